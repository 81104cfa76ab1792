//! The generated client against a sandbox, and against servers that answer badly.

use std::time::Duration;

use pyi::{
    Billing, Client, Credentials, Format, IdCardTwoFactor, IdCardTwoFactorData, MatchStatus, Outcome, Status,
};
use pyi_sandbox::Sandbox;

use crate::support::Raw;

const ID: &str = "11010519491231002X";
const NAME: &str = "欧阳示例";
const SECRET: &str = "5ec2e75ec2e75ec2e75ec2e75ec2e75e";

fn person(name: &str) -> IdCardTwoFactor {
    IdCardTwoFactor { bank_id: ID.into(), bank_name: name.into() }
}

fn client(url: String) -> Client {
    Client::builder().base_url(url).app("1", Credentials::md5(SECRET)).build().unwrap()
}

async fn sandbox() -> (Sandbox, Client) {
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let client = Client::builder()
        .base_url(sandbox.url())
        .app(sandbox.app_id(), Credentials::md5(sandbox.secret()))
        .build()
        .unwrap();
    (sandbox, client)
}

/// Asserted by the compiler.
#[allow(dead_code)]
fn bounds(client: &Client) {
    fn is<T: Send + Sync + Clone + 'static>() {}
    fn is_error<T: std::error::Error + Send + Sync + 'static>() {}
    fn is_future<T: Future + Send + 'static>(_: T) {}
    is::<Client>();
    is::<pyi::blocking::Client>();
    is_error::<pyi::Error>();
    is_future(client.id_card_two_factor(&person(NAME)).into_future());
}

#[tokio::test]
async fn a_match_is_typed_and_billed() {
    let (sandbox, client) = sandbox().await;
    for format in [Format::Json, Format::Xml, Format::Jsonp] {
        let reply = client.id_card_two_factor(&person(NAME)).format(format).await.unwrap();
        assert_eq!(reply.billing(), Billing::Billed);
        assert_eq!(reply.status().code, Status::Ok.code());
        assert!(reply.server_time().is_some());
        let data = reply.data().unwrap();
        assert_eq!(data.bank_status, Some(MatchStatus::Match));
        assert_eq!(data.bank_birthday, Some(pyi::Date::constant(1949, 12, 31)));
        assert_eq!((data.bank_name.as_deref(), data.bank_id_card.as_deref()), (Some(NAME), Some(ID)));
    }
    let ledger = sandbox.request_log();
    assert_eq!(ledger.len(), 3);
    assert!(
        ledger
            .iter()
            .all(|entry| entry.billing == Billing::Billed && entry.parameter("bank_name") == Some(NAME))
    );
}

#[tokio::test]
async fn a_mismatch_and_an_unknown_code_are_no_match() {
    let (_sandbox, client) = sandbox().await;
    let table =
        [("code-02", "02"), ("code-202", "202"), ("code-1", "1"), ("code-001", "001"), ("code-01 ", "01 ")];
    for (name, code) in table {
        let reply = client.id_card_two_factor(&person(name)).await.unwrap();
        let status = reply.data().unwrap().bank_status.clone().unwrap();
        assert_ne!(status, MatchStatus::Match, "{name}");
        assert_eq!(status.as_str(), code);
        assert_eq!(reply.billing(), Billing::Billed, "a mismatch costs as much as a match");
    }
}

/// Each of the provider's statuses has the outcome of the spec.
#[tokio::test]
async fn every_status_has_its_outcome_and_its_billing() {
    let (sandbox, client) = sandbox().await;
    let mut seen = 0;
    for info in pyi::operations::PROVIDER.statuses {
        let status = Status::from_code(info.code.number().unwrap()).unwrap();
        let result = client.id_card_two_factor(&person(&format!("status-{}", info.code))).await;
        let (billing, outcome) = match &result {
            Ok(reply) => {
                assert_eq!(reply.status(), info);
                let outcome = match reply.outcome() {
                    Outcome::Data(_) => "data",
                    Outcome::Debug(_) => "debug",
                    Outcome::NoData => "no_data",
                    Outcome::Pending => "pending",
                    _ => "new",
                };
                assert_eq!(reply.data().is_ok(), outcome == "data");
                if let Err(error) = reply.data() {
                    assert_eq!(error.billing(), reply.billing());
                    assert_eq!(Status::of(&error), Some(status));
                }
                (reply.billing(), outcome)
            }
            Err(error) => {
                assert_eq!(Status::of(error), Some(status));
                assert!(
                    error.to_string().contains(&*info.name) && !error.to_string().contains('\n'),
                    "{error}"
                );
                (error.billing(), "error")
            }
        };
        let expected = match info.code.number().unwrap() {
            10000 => (Billing::Billed, "data"),
            10023 => (Billing::Unknown, "pending"),
            10024 => (Billing::Free, "debug"),
            10025 => (Billing::Free, "no_data"),
            10014 | 10019 => (Billing::Unknown, "error"),
            _ => (Billing::Free, "error"),
        };
        assert_eq!((billing, outcome), expected, "{}", info.code);
        assert_eq!(sandbox.request_log().last().unwrap().code, Some(info.code));
        seen += 1;
    }
    assert_eq!(seen, 25);
    // 10021 allows the call again, which was made twice more; 10004 was repeated with the adjusted
    // clock.
    assert_eq!(sandbox.request_log().len(), 25 + 2 + 1, "nothing else was sent twice");
}

#[tokio::test]
async fn what_is_refused_locally_is_not_sent() {
    let (sandbox, client) = sandbox().await;
    let error = client.id_card_two_factor(&person("")).await.unwrap_err();
    assert_eq!(error.to_string(), "id_card_two_factor: `bank_name` is required and has no value");
    assert_eq!(error.billing(), Billing::NotSent);
    assert!(error.is_local());
    assert_eq!(sandbox.request_log().len(), 0);
}

#[test]
fn a_builder_refuses_what_is_unsafe() {
    let build =
        |url: &str, sign: Credentials| Client::builder().base_url(url).app("1", sign).build().map(|_| ());
    let table = [
        ("http://example.com", "plain http"),
        ("ftp://example.com", "neither https nor http"),
        ("example.com", "cannot be read"),
        ("https://user:word@example.com", "has a user"),
        ("https://example.com/?a=b", "a query"),
    ];
    for (url, why) in table {
        let error = build(url, Credentials::md5(SECRET)).unwrap_err();
        assert!(error.to_string().contains(why), "{url}: {error}");
        assert_eq!(error.billing(), Billing::NotSent);
    }
    assert!(build("http://[::1]:1", Credentials::hash(SECRET)).is_ok(), "loopback needs no https");
    assert!(build("http://localhost:1/prefix/", Credentials::md5(SECRET)).is_ok());
    assert!(
        Client::builder()
            .app("1", Credentials::md5(SECRET))
            .build()
            .unwrap_err()
            .to_string()
            .contains("no base URL")
    );
    assert!(
        Client::builder().base_url("https://example.com").build().unwrap_err().to_string().contains("no app")
    );
    assert!(build("https://example.com", Credentials::md5("")).unwrap_err().to_string().contains("empty"));
}

/// The secret would be sent in the clear: refused before a connection is made.
#[tokio::test]
async fn hash_over_plain_http_is_refused_unless_asked_for() {
    let builder = || {
        Client::builder()
            .base_url("http://host.invalid")
            .app("1", Credentials::hash(SECRET))
            .allow_insecure_http()
    };
    let error = builder().build().unwrap().id_card_two_factor(&person(NAME)).await.unwrap_err();
    assert!(error.is_local() && error.to_string().contains(".allow_insecure_hash()"), "{error}");
    let error =
        builder().allow_insecure_hash().build().unwrap().id_card_two_factor(&person(NAME)).await.unwrap_err();
    assert!(!error.is_local(), "asked for, so it was tried: {error}");
    assert_eq!(error.billing(), Billing::NotSent);
}

/// Answers of which nobody knows what they cost.
#[tokio::test]
async fn an_answer_without_an_envelope_is_unknown() {
    let page = "<html><body>bad gateway</body></html>";
    let table = [
        ("302 Found", "", "it is empty"),
        ("404 Not Found", page, "no status code"),
        ("502 Bad Gateway", page, "no status code"),
        ("200 OK", page, "no status code"),
        ("200 OK", "", "it is empty"),
        ("200 OK", r#"{"codeid":10000,"message":"通过","retdata":{"#, "no object"),
        ("200 OK", r#"{"message":"通过"}"#, "no status code"),
        ("200 OK", r#"{"codeid":"ok"}"#, "no status code"),
        ("200 OK", r#"{"codeid":10025,"codeid":10000,"retdata":{}}"#, "once"),
        ("200 OK", "<!DOCTYPE r [<!ENTITY x \"y\">]><r><codeid>10000</codeid></r>", "document type"),
        ("200 OK", "\u{1}\u{2}", "neither JSON"),
    ];
    for (status, body, why) in table {
        let server = Raw::http(status, body);
        let error = client(server.url()).id_card_two_factor(&person(NAME)).await.unwrap_err();
        assert_eq!(error.billing(), Billing::Unknown, "{status} {body}");
        assert!(error.to_string().contains(why), "{body}: {error}");
        assert_eq!(error.body().unwrap().as_bytes(), body.as_bytes());
        assert_eq!(server.arrived().len(), 1, "{status} {body} was asked for once");
    }
}

/// A decodable envelope decides, whatever the HTTP status; an unlisted status is unknown.
#[tokio::test]
async fn an_envelope_decides() {
    let table = [
        (
            "500 Oops",
            r#"{"codeid":"10018","message":"次数不足","retdata":null}"#,
            Billing::Free,
            Some(10018.into()),
        ),
        ("200 OK", r#"{"codeid":10016,"message":"?","retdata":""}"#, Billing::Unknown, Some(10016.into())),
        ("200 OK", r#"{"codeid":10000,"message":"通过","retdata":"none"}"#, Billing::Billed, None),
        ("200 OK", r#"{"codeid":10000,"retdata":{"bank_birthday":"yesterday"}}"#, Billing::Billed, None),
        (
            "200 OK",
            r#"{"codeid":10000,"retdata":{"bank_status":"01","bank_status":"02"}}"#,
            Billing::Billed,
            None,
        ),
    ];
    for (status, body, billing, code) in table {
        let server = Raw::http(status, body);
        let error = client(server.url()).id_card_two_factor(&person(NAME)).await.unwrap_err();
        assert_eq!((error.billing(), error.code()), (billing, code), "{body}");
        assert_eq!(error.is_undecodable(), code.is_none());
        assert_eq!(error.body().unwrap().as_bytes(), body.as_bytes(), "what was paid for is not lost");
    }
}

/// Types that mix between replies, and payloads that PHP writes for nothing.
#[tokio::test]
async fn lenient_about_scalars() {
    let data = async |body: &str| {
        let server = Raw::http("200 OK", body);
        client(server.url()).id_card_two_factor(&person(NAME)).await.unwrap().into_data().unwrap()
    };
    for nothing in ["[]", "{}", "\"\"", "null"] {
        let data: IdCardTwoFactorData = data(&format!(r#"{{"codeid":"10000","retdata":{nothing}}}"#)).await;
        assert_eq!(data.bank_status, None, "{nothing}");
    }
    let mixed = r#"{"codeid":10000,"curtime":1577695766,"retdata":{"bank_sex":1,"bank_status":"01","bank_area":null,
        "bank_birthday":"","bank_idCard":110105194912310021234567890,"more":{"a":[1]}}}"#;
    let data = data(mixed).await;
    assert_eq!(data.bank_sex.as_deref(), Some("1"));
    assert_eq!(data.bank_id_card.as_deref(), Some("110105194912310021234567890"), "each digit is kept");
    assert_eq!((data.bank_area, data.bank_birthday), (None, None));
}

#[tokio::test]
async fn where_nothing_listens_nothing_was_sent() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let error =
        client(format!("http://127.0.0.1:{port}")).id_card_two_factor(&person(NAME)).await.unwrap_err();
    assert_eq!(error.billing(), Billing::NotSent);
    assert!(!error.is_local() && error.to_string().contains("no connection"), "{error}");
}

#[tokio::test]
async fn a_call_that_takes_too_long_may_be_billed() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let silent = client(format!("http://{}", listener.local_addr().unwrap()));
    let error =
        silent.id_card_two_factor(&person(NAME)).timeout(Duration::from_millis(200)).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.billing(), Billing::Unknown);
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_a_redirect_is_not_followed() {
    let server = Raw::http("200 OK", &" ".repeat(4096));
    let small = Client::builder()
        .base_url(server.url())
        .app("1", Credentials::md5(SECRET))
        .body_limit(1024)
        .build()
        .unwrap();
    let error = small.id_card_two_factor(&person(NAME)).await.unwrap_err();
    assert_eq!(error.billing(), Billing::Unknown);
    assert!(error.to_string().contains("larger than 1024 bytes"), "{error}");

    let elsewhere = Raw::http("200 OK", r#"{"codeid":10000,"retdata":{"bank_status":"01"}}"#);
    let answer = format!(
        "HTTP/1.1 307 Moved\r\nlocation: {}/pyi/62/169\r\ncontent-length: 0\r\n\r\n",
        elsewhere.url()
    );
    let moved = Raw::start(answer);
    let error = client(moved.url()).id_card_two_factor(&person(NAME)).await.unwrap_err();
    assert_eq!(error.billing(), Billing::Unknown);
    assert_eq!((moved.arrived().len(), elsewhere.arrived().len()), (1, 0));
}

/// Marked values in name, number and secret, and a provider that repeats them all.
#[tokio::test]
async fn nothing_of_a_person_is_shown() {
    let echo = format!(r#"{{"codeid":10019,"message":"{NAME} {ID} {SECRET}","retdata":"{NAME}"}}"#);
    let data = format!(
        r#"{{"codeid":10000,"message":"{NAME}","retdata":{{"bank_name":"{NAME}","bank_status":"{ID}"}}}}"#
    );
    let cut = format!(r#"{{"codeid":10000,"message":"{NAME}","retdata":{{"bank_birthday":"{ID}"}}}}"#);
    let mut shown =
        vec![format!("{:?} {:#?}", person(NAME), person(NAME)), format!("{:?}", Credentials::md5(SECRET))];
    for body in [echo, data, cut, "garbage".to_owned()] {
        let server = Raw::http("200 OK", &body);
        let client = client(server.url());
        let call = client.id_card_two_factor(&person(NAME));
        shown.push(format!("{client:?} {call:?}"));
        match call.await {
            Ok(reply) => shown.push(format!("{reply:?} {reply:#?}")),
            Err(error) => {
                shown.push(format!("{error} {error:?} {error:#?} {:?}", std::error::Error::source(&error)))
            }
        }
    }
    let shown = shown.join("\n");
    for secret in [NAME, ID, SECRET, "62/169"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_blocking_client_works_inside_and_outside_of_a_runtime() {
    let (sandbox, _) = sandbox().await;
    let client = pyi::blocking::Client::builder()
        .base_url(sandbox.url())
        .app("1", Credentials::md5(sandbox.secret()))
        .build()
        .unwrap();
    let inside = client.id_card_two_factor(&person(NAME)).timeout(Duration::from_secs(20)).send().unwrap();
    assert_eq!(inside.data().unwrap().bank_status, Some(MatchStatus::Match));
    let outside = std::thread::spawn(move || client.id_card_two_factor(&person("code-02")).send().unwrap())
        .join()
        .unwrap();
    assert_eq!(outside.into_data().unwrap().bank_status, Some(MatchStatus::Mismatch));
    assert_eq!(sandbox.request_log().len(), 2);
}

/// A paid reply that could not be read is kept, and read after the spec is corrected, without
/// another call.
#[test]
fn an_answer_that_was_kept_is_read_again() {
    let kept = |body: &str, content_type: &str| pyi::HttpResponse {
        status: 200,
        content_type: Some(content_type.to_owned()),
        body: body.as_bytes().to_vec(),
        ..pyi::HttpResponse::default()
    };
    let json = r#"{"codeid":"10000","message":"ok","retdata":{"bank_status":"02"},"curtime":"1577695766"}"#;
    let xml = "<r><codeid>10000</codeid><retdata><bank_status>02</bank_status></retdata><time>1577695766</time></r>";
    for answered in [kept(json, "application/json"), kept(&format!("f({json});"), ""), kept(xml, "text/xml")]
    {
        let reply = pyi::Reply::from_http::<IdCardTwoFactor>(answered).unwrap();
        assert_eq!((reply.billing(), reply.server_time()), (Billing::Billed, Some(1_577_695_766)));
        assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Mismatch));
    }
    let no = r#"{"codeid":10018,"message":"次数不足 张三","retdata":[]}"#;
    let error = pyi::Reply::from_http::<IdCardTwoFactor>(kept(no, "application/json")).unwrap_err();
    assert_eq!((error.code(), error.billing()), (Some(10018.into()), Billing::Free));
    assert!(!error.to_string().contains("张三"), "{error}");
    assert!(
        pyi::Reply::from_http::<IdCardTwoFactor>(kept("<html>", "text/html")).unwrap_err().code().is_none()
    );
}
