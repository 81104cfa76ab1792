//! What a service that embeds the crate does with it: 24 small programs. Each must compile, and its
//! assertions hold.

use std::collections::HashSet;
use std::error::Error as StdError;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyi::hooks::{Attempt, AttemptEnd, CallEnd, Ending, Hooks};
use pyi::{
    App, AppFuture, Billing, Client, Credentials, CredentialsError, CredentialsProvider, Error, ErrorKind,
    HeaderMap, HeaderValue, HttpRequest, HttpResponse, HttpTransport, IdCardTwoFactor, IdCardTwoFactorData,
    MatchStatus, MobileRechargeOptions, Outcome, Reply, SendFuture, Status, StatusClass, Transport,
    TransportError,
};

use crate::support::person;

const ID: &str = "00000019490101776X";

/// A reply that was kept, as a fake without a network.
fn fake(code: i32, data: &str) -> Result<Reply<IdCardTwoFactorData>, Error> {
    let body = format!(r#"{{"codeid":{code},"message":"","retdata":{data}}}"#).into_bytes();
    Reply::from_http::<IdCardTwoFactor>(HttpResponse { status: 200, body, ..HttpResponse::default() })
}

fn client(transport: impl Transport) -> Client {
    let builder = Client::builder().base_url("https://host.invalid").app("1", Credentials::md5("s"));
    builder.transport(transport).build().unwrap()
}

/// Answers with a status that has no data.
#[derive(Clone, Default)]
struct Fixed(Arc<Mutex<Vec<(String, u32)>>>);

impl Transport for Fixed {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        self.0.lock().unwrap().push((request.operation, request.attempt));
        let body = br#"{"codeid":10025,"message":"","retdata":[]}"#.to_vec();
        Box::pin(async { Ok(HttpResponse { status: 200, body, ..HttpResponse::default() }) })
    }
}

#[test]
fn probe_01_errors_are_matched_by_kind() {
    let status = |error: &Error| match error.kind() {
        ErrorKind::Value => 422,
        ErrorKind::NotSent => 503,
        ErrorKind::TimedOut => 504,
        ErrorKind::NoAnswer | ErrorKind::Status | ErrorKind::Undecodable => 502,
        _ => 500,
    };
    assert_eq!(status(&fake(10018, "[]").unwrap_err()), 502);
}

#[test]
fn probe_02_an_error_is_a_box_dyn_error_with_a_source() {
    let error: Box<dyn StdError + Send + Sync> =
        Box::new(fake(10000, r#"{"bank_birthday":"甲"}"#).unwrap_err());
    assert!(error.source().unwrap().is::<pyi::DecodeError>());
}

#[tokio::test]
async fn probe_03_an_error_names_the_field() {
    let wrong = IdCardTwoFactor { bank_id: "1".into(), ..person() };
    let error = client(Fixed::default()).id_card_two_factor(&wrong).check_values().await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("bank_id")));
}

#[test]
fn probe_04_requests_are_cloned_and_compared() {
    let request = person();
    assert!(request.clone() == request);
    assert!(MobileRechargeOptions::default().clone() == MobileRechargeOptions::default());
}

#[test]
fn probe_05_data_is_made_in_a_test() {
    let mut data = IdCardTwoFactorData::default();
    data.bank_status = Some(MatchStatus::Match);
    assert!(data.clone() == data && data != IdCardTwoFactorData::default());
}

#[test]
fn probe_06_data_is_serialized() {
    let sent = r#"{"bank_birthday":"1949年12月31日","bank_status":"01","bank_name":"甲甲"}"#;
    let data = fake(10000, sent).unwrap().into_data().unwrap();
    let json: serde_json::Value = serde_json::to_value(&data).unwrap();
    assert_eq!(json["bank_birthday"], "1949年12月31日");
    assert_eq!((&json["bank_status"], &json["bank_area"]), (&"01".into(), &serde_json::Value::Null));
}

#[test]
fn probe_07_requests_are_deserialized_by_wire_name() {
    let json = format!(r#"{{"bank_id":"{ID}","bank_name":"甲甲","more":1}}"#);
    assert!(serde_json::from_str::<IdCardTwoFactor>(&json).unwrap() == person());
    let said = |json: &str| serde_json::from_str::<IdCardTwoFactor>(json).unwrap_err().to_string();
    assert!(said(r#"{"bank_name":"甲甲"}"#).contains("`bank_id` is missing"));
    let odd = said(r#"{"bank_id":{"x":"秘密"},"bank_name":"甲甲"}"#);
    assert!(odd.contains("`bank_id` is not text") && !odd.contains("秘密"), "{odd}");
    let twice = said(r#"{"bank_id":"1","bank_id":"2","bank_name":"甲甲"}"#);
    assert!(twice.contains("`bank_id`"), "{twice}");
}

#[test]
fn probe_08_billing_and_enums_are_serialized() {
    let json =
        serde_json::to_string(&(Billing::Unknown, ErrorKind::TimedOut, Status::Ok, MatchStatus::Match));
    assert_eq!(json.unwrap(), r#"["unknown","timed_out",10000,"01"]"#);
}

#[test]
fn probe_09_a_status_has_a_name_and_a_class() {
    assert_eq!(
        (Status::QuotaExhausted.name(), Status::QuotaExhausted.class()),
        ("quota_exhausted", StatusClass::Account)
    );
}

#[test]
fn probe_10_an_enum_is_displayed_without_unknown_text() {
    assert_eq!(MatchStatus::Match.to_string(), "01");
    assert_eq!(MatchStatus::from_code("甲甲").to_string(), "<redacted>");
}

#[test]
fn probe_11_the_default_transport_is_configured() {
    let transport = HttpTransport::builder()
        .proxy("http://127.0.0.1:3128")
        .user_agent("shop/1.0")
        .pool_idle_timeout(Duration::from_secs(2))
        .pool_max_idle_per_host(8)
        .http2()
        .build();
    assert!(transport.is_ok());
}

#[test]
fn probe_12_a_reqwest_client_of_ones_own() {
    let _ = |client: reqwest::Client| HttpTransport::from_client(client, 1 << 20);
}

#[tokio::test]
async fn probe_13_a_transport_is_wrapped_and_told_what_it_sends() {
    struct Around<T>(T);
    impl<T: Transport> Transport for Around<T> {
        fn send(&self, mut request: HttpRequest) -> SendFuture<'_> {
            assert_eq!(request.effect, pyi::Effect::Query);
            request.headers.insert("x-tenant", HeaderValue::from_static("7"));
            self.0.send(request)
        }
    }
    let inner = Fixed::default();
    client(Around(inner.clone())).id_card_two_factor(&person()).await.unwrap();
    assert_eq!(*inner.0.lock().unwrap(), [("id_card_two_factor".to_owned(), 1)]);
}

#[tokio::test]
async fn probe_14_hooks_of_a_call() {
    #[derive(Clone, Default)]
    struct Calls(Arc<Mutex<Vec<(Billing, Ending, u32)>>>);
    impl Hooks for Calls {
        fn after_call(&self, call: &CallEnd<'_>) {
            self.0.lock().unwrap().push((call.billing, call.ending, call.attempts));
        }
    }
    let calls = Calls::default();
    let builder = Client::builder().base_url("https://host.invalid").app("1", Credentials::md5("s"));
    let client: Client = builder.transport(Fixed::default()).hooks(calls.clone()).build().unwrap();
    client.id_card_two_factor(&person()).await.unwrap();
    assert_eq!(*calls.0.lock().unwrap(), [(Billing::Free, Ending::Replied, 1)]);
}

#[test]
fn probe_15_hooks_of_an_attempt_and_its_headers() {
    struct Traced;
    impl Hooks for Traced {
        fn before_attempt(&self, _: &Attempt<'_>, headers: &mut HeaderMap) {
            headers.insert("traceparent", HeaderValue::from_static("00-1-1-01"));
        }
        fn after_attempt(&self, end: &AttemptEnd<'_>) {
            let _: (Option<u16>, Duration) = (end.http_status, end.duration);
        }
    }
    let _ = Client::builder().hooks(Traced);
}

#[test]
fn probe_16_metrics() {
    let _ = Client::builder().hooks(pyi_runtime::Metrics);
}

#[tokio::test]
async fn probe_17_a_secret_store_provides_the_app() {
    struct Store(AtomicU32);
    impl CredentialsProvider for Store {
        fn app(&self) -> AppFuture<'_> {
            Box::pin(async {
                match self.0.fetch_add(1, Ordering::SeqCst) {
                    0 => Ok(App::new("1", Credentials::md5("s"))),
                    _ => Err(CredentialsError::new("revoked")),
                }
            })
        }
    }
    let builder = Client::builder().base_url("https://host.invalid").credentials(Store(AtomicU32::new(0)));
    let client: Client = builder.transport(Fixed::default()).build().unwrap();
    assert!(client.id_card_two_factor(&person()).await.is_ok());
    let error = client.id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Credentials);
}

#[tokio::test]
async fn probe_18_several_accounts_share_a_client() {
    let transport = Fixed::default();
    let one = client(transport.clone());
    let two: Client = one.with_app(App::new("2", Credentials::md5("t")));
    for client in [one, two] {
        client.id_card_two_factor(&person()).await.unwrap();
    }
    assert_eq!(transport.0.lock().unwrap().len(), 2);
}

#[test]
fn probe_19_replies_are_faked_without_a_network() {
    let reply = fake(10000, r#"{"bank_status":"02"}"#).unwrap();
    assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Mismatch));
    assert!(matches!(fake(10025, "[]").unwrap().outcome(), Outcome::NoData));
}

#[tokio::test]
async fn probe_20_errors_are_faked_without_a_network() {
    struct Down;
    impl Transport for Down {
        fn send(&self, _: HttpRequest) -> SendFuture<'_> {
            Box::pin(async { Err(TransportError::lost("reset").caused_by(std::io::Error::other("x"))) })
        }
    }
    let error = client(Down).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::NoAnswer, Billing::Unknown));
}

#[test]
fn probe_21_errors_of_stores_and_transports_are_made_outside() {
    let made: [Box<dyn StdError>; 2] =
        [Box::new(TransportError::not_sent("no route")), Box::new(CredentialsError::new("revoked"))];
    assert_eq!(made.map(|error| error.to_string()), ["no route", "revoked"]);
}

#[tokio::test]
async fn probe_22_a_call_is_dropped_by_a_time_limit_of_the_caller() {
    struct Never;
    impl Transport for Never {
        fn send(&self, _: HttpRequest) -> SendFuture<'_> {
            Box::pin(std::future::pending())
        }
    }
    let client = client(Never);
    let call = client.id_card_two_factor(&person());
    assert!(tokio::time::timeout(Duration::from_millis(5), call).await.is_err());
}

#[test]
fn probe_23_kinds_and_enums_are_keys_of_a_map() {
    let kinds: HashSet<ErrorKind> = [ErrorKind::Value, ErrorKind::Value].into();
    let codes: HashSet<MatchStatus> = [MatchStatus::Match].into();
    assert_eq!((kinds.len(), codes.len()), (1, 1));
}

#[test]
fn probe_24_a_client_is_state_of_a_service() {
    fn state<T: Clone + Send + Sync + 'static>() {}
    state::<Client>();
    fn future<T: Send>(_: T) {}
    future(async {
        let _ = client(Fixed::default()).id_card_two_factor(&person()).await;
    });
}
