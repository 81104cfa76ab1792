//! Marked values in every place with a person or a secret, and a search for them in everything that
//! is shown: Display, Debug, source chains, and all traces at TRACE.

use std::fmt::Debug;
use std::io::Write;
use std::sync::{Arc, Mutex, OnceLock};

use pyi::{Any, IdCardTwoFactor, Reply};
use pyi_runtime::__private::{Value, Values};

pub(crate) const NAME: &str = "金丝雀甲";
pub(crate) const ID: &str = "00000019490101776X";
pub(crate) const SECRET: &str = "canary5ec2e7canary5ec2e7canary00";

/// A request of the two-factor check.
pub(crate) fn person() -> IdCardTwoFactor {
    IdCardTwoFactor { bank_id: ID.into(), bank_name: NAME.into() }
}

/// The values of the two-factor check: number and name.
pub(crate) fn values() -> Values {
    let (id, name): (&dyn Value, &dyn Value) = (&ID, &NAME);
    Values::of(&[id, name])
}

/// An answer with a status that repeats everything it was told.
pub(crate) fn body(code: i32) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    format!(
        r#"{{"codeid":{code},"message":"{NAME} {ID} {SECRET}","time":"{now}","retdata":{{"bank_name":"{NAME}","bank_idCard":"{ID}","bank_status":"01"}}}}"#
    )
}

/// Every kind of value that names a person, in typed calls: a card and a mobile number beside the
/// name and the number.
#[tokio::test]
async fn typed_requests_and_replies_show_nobody() {
    let (card, mobile) = ("6200777700007777000", "19977770000");
    let canary = Canary::listen();
    let payload = format!(r#"{{"bank_accountNo":"{card}","bank_area":"{NAME}","m_mobile":"{mobile}"}}"#);
    let mut shown = String::new();
    for code in [10000, 10018, 10016, 10024] {
        // Each server repeats what its own call said: what was never sent cannot be known for a
        // person's.
        let repeating = |said: &str| {
            let message = format!("{NAME} {ID} {said} {SECRET}");
            let body = format!(r#"{{"codeid":{code},"message":"{message}","retdata":{payload}}}"#);
            crate::server::Server::http("200 OK", "", body.as_bytes())
        };
        let client = |server: &crate::server::Server| -> pyi::Client {
            pyi::Client::builder()
                .base_url(server.url())
                .app("1", pyi::Credentials::md5(SECRET))
                .build()
                .unwrap()
        };
        let (by_card_server, by_mobile_server) = (repeating(card), repeating(mobile));
        let (id, name, mobile) = (ID.to_owned(), NAME.to_owned(), mobile.to_owned());
        let by_card =
            pyi::BankCard { bank_card: card.to_owned(), bank_id: id.clone(), bank_name: name.clone() };
        let by_mobile = pyi::MobileThreeFactor { bank_id: id, bank_name: name, mobile: mobile.clone() };
        let order =
            pyi::MobileRechargeOptions::default().notify_url(format!("https://shop.example/{mobile}"));
        shown.push_str(&format!("{by_card:?} {by_card:#?} {by_mobile:?} {order:#?}"));
        match client(&by_card_server).bank_card(&by_card).await {
            Ok(reply) => shown.push_str(&format!(
                "{reply:#?} {:#?} {:#?}",
                reply.outcome(),
                reply.data().map_err(|error| error.to_string())
            )),
            Err(error) => shown.push_str(&format!("{error} {error:#?}")),
        }
        match client(&by_mobile_server).mobile_three_factor(&by_mobile).await {
            Ok(reply) => shown.push_str(&format!("{reply:#?}")),
            Err(error) => shown.push_str(&format!("{error} {error:#?}")),
        }
        let panicked = std::panic::catch_unwind(|| panic!("{by_card:?} {by_mobile:?}")).unwrap_err();
        shown.push_str(panicked.downcast_ref::<String>().unwrap());
    }
    shown.push_str(&String::from_utf8_lossy(&traced().lock().unwrap()));
    for mark in [NAME, ID, SECRET, card, mobile] {
        assert!(!shown.contains(mark), "{mark}");
    }
    drop(canary);
}

/// An error is one line that helps: the operation, the code and name, the provider's words, the
/// cost, and what to do next.
#[tokio::test]
async fn an_error_says_what_to_do_next() {
    let table = [
        (10003, "", "run"),
        (10006, "当前IP地址未授权203.0.113.7", "203.0.113.7 (not billed); allow this address"),
        (10018, "次数不足", "buy more calls in the provider's store"),
        (10022, "", "帐户余额不足 (not billed); top up the account in"),
        (10019, "维护中", "维护中 (perhaps billed)"),
    ];
    for (code, message, said) in table {
        let body = format!(r#"{{"codeid":{code},"message":"{message}","retdata":[]}}"#);
        let server = crate::server::Server::http("200 OK", "", body.as_bytes());
        let client: pyi::Client = pyi::Client::builder()
            .base_url(server.url())
            .app("1", pyi::Credentials::md5(SECRET))
            .build()
            .unwrap();
        let person = pyi::IdCardTwoFactor { bank_id: ID.into(), bank_name: NAME.into() };
        let error = client.id_card_two_factor(&person).await.unwrap_err().to_string();
        assert!(
            error.starts_with(&format!("id_card_two_factor: status {code} ")) && error.contains(said),
            "{error}"
        );
        assert!(!error.contains(['\n', '{']), "{error}");
    }
}

/// All traces since the first canary.
pub(crate) fn traced() -> &'static Arc<Mutex<Vec<u8>>> {
    static TRACED: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    TRACED.get_or_init(|| {
        let buffer: Arc<Mutex<Vec<u8>>> = Arc::default();
        let writer = Arc::clone(&buffer);
        tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(tracing_subscriber::fmt::format::FmtSpan::FULL)
            .with_writer(move || Buffer(Arc::clone(&writer)))
            .init();
        buffer
    })
}

struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The output that was shown, and the text that must not be in it.
pub(crate) struct Canary {
    shown: Mutex<String>,
    signatures: Mutex<Vec<String>>,
}

impl Canary {
    pub(crate) fn listen() -> Self {
        traced();
        Self { shown: Mutex::default(), signatures: Mutex::default() }
    }

    pub(crate) fn show(&self, shown: &dyn Debug) {
        self.shown.lock().unwrap().push_str(&format!("{shown:?}\n{shown:#?}\n"));
    }

    /// Shows a result in every way, and records the signatures of the requests.
    pub(crate) fn see(&self, result: &Result<Reply<Any>, pyi::Error>, arrived: &[String]) {
        self.show(result);
        if let Ok(reply) = result {
            self.show(&reply.outcome());
            self.show(&reply.body());
            self.show(&reply.data());
        }
        if let Err(error) = result {
            let mut cause: Option<&dyn std::error::Error> = Some(error);
            while let Some(error) = cause {
                self.shown.lock().unwrap().push_str(&format!("{error}\n"));
                self.show(&error);
                cause = error.source();
            }
        }
        let signature = |request: &String| {
            let (_, rest) = request.split_once("&sign=")?;
            Some(rest.split([' ', '&']).next()?.to_owned())
        };
        self.signatures.lock().unwrap().extend(arrived.iter().filter_map(signature));
    }

    pub(crate) fn judge(self) {
        let traced = String::from_utf8_lossy(&traced().lock().unwrap()).into_owned();
        assert!(traced.contains("pyi.call") && traced.contains("billing"), "nothing was traced");
        let shown = self.shown.into_inner().unwrap();
        assert!(shown.len() > 1000, "nothing was shown");
        let encoded = "%E9%87%91%E4%B8%9D%E9%9B%80%E7%94%B2";
        let signatures = self.signatures.into_inner().unwrap();
        assert!(signatures.len() > 50, "{} signatures", signatures.len());
        let marked = [NAME, ID, SECRET, encoded].map(str::to_owned).into_iter().chain(signatures);
        for mark in marked {
            for (place, text) in [("what was shown", &shown), ("what was traced", &traced)] {
                let Some(at) = text.find(&mark) else { continue };
                let around: String =
                    text[..at].chars().rev().take(300).collect::<Vec<_>>().into_iter().rev().collect();
                panic!("{mark} is in {place}: {around}");
            }
        }
    }
}

/// A host that an answer repeats is masked, in whatever form it is written.
#[tokio::test]
async fn a_host_is_masked_in_every_form() {
    let message =
        "no [::1]:PORT, [::1], ::1, 0:0:0:0:0:0:0:1 or 0000:0000:0000:0000:0000:0000:0000:0001 here";
    let body = format!(r#"{{"codeid":10018,"message":"{message}","retdata":[]}}"#);
    let Some(server) = crate::server::Server::http_at("[::1]:0", "200 OK", "", body.as_bytes()) else {
        return;
    };
    let client: pyi::Client = pyi::Client::builder()
        .base_url(server.url())
        .app("1", pyi::Credentials::md5(SECRET))
        .build()
        .unwrap();
    let person = pyi::IdCardTwoFactor { bank_id: ID.into(), bank_name: NAME.into() };
    let error = client.id_card_two_factor(&person).await.unwrap_err();
    let masked = "no <redacted>:PORT, <redacted>, <redacted>, <redacted> or <redacted> here";
    assert_eq!(error.message(), Some(masked));
}
