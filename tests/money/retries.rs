//! Retries without a network and in virtual time: their number, their pauses, and their budget.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyi::operations::{ID_CARD_TWO_FACTOR, PROVIDER};
use pyi::{
    Billing, Client, Credentials, HttpRequest, HttpResponse, Operation, SendFuture, SmsSend, Status, Time,
    Transport, TransportError,
};
use pyi_runtime::__private::operation::{BillingRule, Provider, Retry, StatusClass, StatusInfo};
use pyi_runtime::__private::sign::signature;
use pyi_runtime::Request;
use tokio::time::Instant;

use crate::canary::{ID, NAME, SECRET, person};

/// A transport that answers from a list, the last entry again and again, and keeps what it was
/// given.
#[derive(Clone)]
struct Scripted {
    answers: Arc<Vec<Result<HttpResponse, TransportError>>>,
    sent: Arc<Mutex<Vec<(Instant, String)>>>,
}

impl Scripted {
    fn new(answers: Vec<Result<HttpResponse, TransportError>>) -> Self {
        Self { answers: Arc::new(answers), sent: Arc::default() }
    }

    fn sent(&self) -> Vec<(Instant, String)> {
        self.sent.lock().unwrap().clone()
    }

    fn client(&self) -> pyi::ClientBuilder<Client> {
        Client::builder()
            .base_url("https://host.invalid")
            .app("1", Credentials::md5(SECRET))
            .transport(self.clone())
    }
}

impl Transport for Scripted {
    fn send(&self, outgoing: HttpRequest) -> SendFuture<'_> {
        let mut sent = self.sent.lock().unwrap();
        let answer = self.answers[sent.len().min(self.answers.len() - 1)].clone();
        sent.push((Instant::now(), outgoing.body));
        Box::pin(async move { answer })
    }
}

fn status(code: i32) -> Result<HttpResponse, TransportError> {
    let body = format!(r#"{{"codeid":{code},"message":"","retdata":[]}}"#).into_bytes();
    let mut answered = HttpResponse::default();
    (answered.status, answered.body) = (200, body);
    Ok(answered)
}

fn unreachable() -> Result<HttpResponse, TransportError> {
    Err(TransportError::not_sent("no connection could be made"))
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_is_sent_again_after_growing_pauses() {
    let network = Scripted::new(vec![unreachable(), unreachable(), status(10000)]);
    let reply = network.client().build().unwrap().id_card_two_factor(&person()).await.unwrap();
    assert_eq!(reply.billing(), Billing::Billed);
    let sent = network.sent();
    assert_eq!(sent.len(), 3);
    let pauses: Vec<Duration> = sent.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    assert!(pauses[0] >= Duration::from_millis(200) && pauses[0] < Duration::from_millis(401), "{pauses:?}");
    assert!(pauses[1] >= Duration::from_millis(400) && pauses[1] < Duration::from_millis(801), "{pauses:?}");
}

#[tokio::test(start_paused = true)]
async fn an_act_is_sent_again_if_it_was_not_sent_and_never_on_a_status() {
    let text = SmsSend { mobile: "19900000000".into(), template_id: "7".into(), template_param: "{}".into() };
    let network = Scripted::new(vec![unreachable(), status(10000)]);
    assert!(network.client().build().unwrap().sms_send(&text).await.is_ok());
    assert_eq!(network.sent().len(), 2);
    let network = Scripted::new(vec![status(10021), status(10000)]);
    let error = network.client().build().unwrap().sms_send(&text).await.unwrap_err();
    assert_eq!((Status::of(&error), network.sent().len()), (Some(Status::ServerError), 1));
}

/// One hundred failing calls: the clones share a budget of ten, so 110 requests arrive and not 300.
/// A success refills a tenth.
#[tokio::test(start_paused = true)]
async fn all_clones_draw_from_one_budget() {
    let network = Scripted::new(vec![unreachable()]);
    let client = network.client().build().unwrap();
    let calls = (0..100).map(|_| {
        let client = client.clone();
        tokio::spawn(async move { client.id_card_two_factor(&person()).await.unwrap_err().billing() })
    });
    for call in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap(), Billing::NotSent);
    }
    assert_eq!(network.sent().len(), 110);

    let mut answers = vec![unreachable(); 11];
    answers.extend(vec![status(10000); 20]);
    answers.push(unreachable());
    let network = Scripted::new(answers);
    let client = network.client().build().unwrap();
    for _ in 0..30 {
        let _ = client.id_card_two_factor(&person()).await;
    }
    let before = network.sent().len();
    let _ = client.id_card_two_factor(&person()).await;
    assert!(network.sent().len() - before <= 3);
}

#[tokio::test(start_paused = true)]
async fn retries_can_be_switched_off_and_end_with_the_calls_time() {
    let network = Scripted::new(vec![unreachable()]);
    let client = network.client().retries(0).build().unwrap();
    assert!(client.id_card_two_factor(&person()).await.is_err());
    assert_eq!(network.sent().len(), 1);

    let network = Scripted::new(vec![unreachable()]);
    let client = network.client().retries(9).build().unwrap();
    let began = Instant::now();
    assert!(client.id_card_two_factor(&person()).timeout(Duration::from_millis(900)).await.is_err());
    assert!(began.elapsed() <= Duration::from_millis(900), "{:?}", began.elapsed());
    assert!(network.sent().len() < 4, "{}", network.sent().len());
}

fn value<'f>(form: &'f str, name: &str) -> &'f str {
    form.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).unwrap()
}

/// The server's pause is kept if it is longer than the client's own and within the call's time.
#[tokio::test(start_paused = true)]
async fn a_pause_that_the_server_asks_for_is_kept() {
    let throttled = |wait: &str| {
        let mut answered = HttpResponse::default();
        (answered.status, answered.retry_after) = (429, Some(wait.to_owned()));
        Ok(answered)
    };
    let listed = [StatusInfo::builder(429, "http_429", StatusClass::Server)
        .billed(BillingRule::Never)
        .retry(Retry::Later)
        .build()];
    let provider = Provider { http: &listed, ..PROVIDER };
    let operation = Operation { provider: &provider, ..ID_CARD_TWO_FACTOR };
    let network = Scripted::new(vec![throttled("7"), throttled("0"), status(10000)]);
    let client: Client = network.client().build().unwrap();
    let reply = client.runtime().call_any(&operation, person().values()).await.unwrap();
    assert_eq!(reply.billing(), Billing::Billed);
    let sent = network.sent();
    let pauses: Vec<Duration> = sent.windows(2).map(|pair| pair[1].0 - pair[0].0).collect();
    // The second is the client's own: 400 ms, and as much again at random.
    assert_eq!(pauses[0], Duration::from_secs(7));
    assert!(pauses[1] >= Duration::from_millis(400) && pauses[1] < Duration::from_millis(801), "{pauses:?}");

    // A longer pause than the time that is left: the error is returned at once, with the pause.
    let network = Scripted::new(vec![throttled("7"), throttled("60"), status(10000)]);
    let client: Client = network.client().timeout(Duration::from_secs(30)).build().unwrap();
    let began = Instant::now();
    let error = client.runtime().call_any(&operation, person().values()).await.unwrap_err();
    assert_eq!((error.billing(), error.http_status()), (Billing::Free, Some(429)));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(60)));
    assert_eq!((network.sent().len(), began.elapsed()), (2, Duration::from_secs(7)));

    // The same beside an envelope; and an absurd one is no overflow.
    let busy = |wait: &str| {
        let mut answered = HttpResponse::default();
        (answered.status, answered.body) = (503, br#"{"codeid":10021,"message":""}"#.to_vec());
        answered.retry_after = Some(wait.to_owned());
        Ok(answered)
    };
    let network = Scripted::new(vec![busy("3"), busy("99999999999999999999"), status(10000)]);
    let client: Client = network.client().timeout(Duration::MAX).build().unwrap();
    let began = Instant::now();
    let error = client.id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((Status::of(&error), network.sent().len()), (Some(Status::ServerError), 2));
    assert_eq!(began.elapsed(), Duration::from_secs(3));
}

/// Each attempt says its own time and is signed for it; the offset that a refusal taught is kept
/// for the calls after it.
#[tokio::test(start_paused = true)]
async fn a_clock_that_is_off_is_corrected_once_and_for_all_later_calls() {
    let ahead = 1_900_000_000;
    let in_envelope = format!(r#"{{"codeid":10004,"message":"","curtime":{ahead}}}"#);
    let by_header = Some("Mon, 17 Mar 2030 17:46:40 GMT".replace("Mon", "Sun"));
    for (body, date) in [(in_envelope, None), (r#"{"codeid":10004,"message":""}"#.to_owned(), by_header)] {
        let mut refused = HttpResponse::default();
        (refused.status, refused.body, refused.date) = (200, body.into_bytes(), date);
        let network = Scripted::new(vec![Ok(refused.clone()), status(10000), status(10000), Ok(refused)]);
        let client = network.client().build().unwrap();
        client.id_card_two_factor(&person()).await.unwrap();
        client.id_card_two_factor(&person()).await.unwrap();
        let sent = network.sent();
        assert_eq!(sent.len(), 3);
        let times: Vec<i64> = sent.iter().map(|(_, form)| value(form, "time").parse().unwrap()).collect();
        assert!(
            times[0] < ahead - 1000 && times[1] >= ahead && times[2] >= ahead && times[2] < ahead + 60,
            "{times:?}"
        );
        for (_, form) in &sent {
            let pairs = [
                ("appid", "1"),
                ("bank_id", ID),
                ("bank_name", NAME),
                ("format", "json"),
                ("time", value(form, "time")),
            ];
            assert_eq!(value(form, "sign"), signature(&PROVIDER.sign, &Credentials::md5(SECRET), pairs));
        }
        // A refusal that stays is given back after the one more time.
        let error = client.id_card_two_factor(&person()).await.unwrap_err();
        assert_eq!(Status::of(&error), Some(Status::ClockSkew));
        assert_eq!((network.sent().len(), error.billing()), (5, Billing::Free));
    }
}

/// The number of sends is limited for any mix of reasons.
#[tokio::test(start_paused = true)]
async fn no_mix_of_reasons_sends_more_often_than_allowed() {
    let skewed = || {
        let mut refused = HttpResponse::default();
        (refused.status, refused.body) = (200, br#"{"codeid":10004,"time":1900000000}"#.to_vec());
        Ok(refused)
    };
    let network = Scripted::new(vec![status(10021), status(10021), skewed(), status(10000)]);
    assert!(network.client().build().unwrap().id_card_two_factor(&person()).await.is_err());
    assert_eq!(network.sent().len(), 3);
    let network = Scripted::new(vec![skewed(), status(10000)]);
    assert!(network.client().retries(0).build().unwrap().id_card_two_factor(&person()).await.is_err());
    assert_eq!(network.sent().len(), 1);
}

/// Every attempt waits for the rate limit, not only the first.
#[tokio::test(start_paused = true)]
async fn a_retry_keeps_the_pace() {
    let network = Scripted::new(vec![status(10021), status(10021), status(10000)]);
    let client = network.client().between_same_person(Duration::from_secs(4)).build().unwrap();
    client.id_card_two_factor(&person()).timeout(Duration::from_secs(3)).await.unwrap();
    let sent = network.sent();
    assert_eq!(sent.len(), 3);
    assert!(sent.windows(2).all(|pair| pair[1].0 - pair[0].0 >= Duration::from_secs(4)));
}

/// An implausible time does not adjust the clock, and an endless limit does not overflow.
#[tokio::test(start_paused = true)]
async fn numbers_without_bounds_do_no_harm() {
    for time in
        ["-9223372036854775808", "9223372036854775807", "99999999999999999999", "\"x\"", "1", "1900000000000"]
    {
        let mut refused = HttpResponse::default();
        (refused.status, refused.body) = (200, format!(r#"{{"codeid":10004,"time":{time}}}"#).into_bytes());
        let network = Scripted::new(vec![Ok(refused), status(10000)]);
        let client = network.client().timeout(Duration::MAX).build().unwrap();
        let call = client.id_card_two_factor(&person()).timeout(Duration::MAX);
        assert_eq!(Status::of(&call.await.unwrap_err()), Some(Status::ClockSkew), "{time}");
        assert_eq!(network.sent().len(), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_time_that_the_caller_chose_is_not_corrected() {
    let body = br#"{"codeid":10004,"message":"","time":1900000000}"#.to_vec();
    let mut refused = HttpResponse::default();
    (refused.status, refused.body) = (200, body);
    let network = Scripted::new(vec![Ok(refused)]);
    let client = network.client().build().unwrap();
    assert!(client.id_card_two_factor(&person()).time(Time::At(7)).await.is_err());
    assert_eq!(network.sent().len(), 1);
}

/// A transport that hangs is ended by the call's time, and may have been billed.
#[tokio::test(start_paused = true)]
async fn a_transport_that_hangs_is_ended() {
    struct Hanging;
    impl Transport for Hanging {
        fn send(&self, _: HttpRequest) -> SendFuture<'_> {
            Box::pin(std::future::pending())
        }
    }
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5(SECRET))
        .transport(Hanging)
        .build()
        .unwrap();
    let error = client.id_card_two_factor(&person()).await.unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.billing(), Billing::Unknown);
}
