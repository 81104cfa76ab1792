//! The transport: the default one with a caller's settings, a transport around it, and one of the
//! caller's own.

use std::error::Error as _;
use std::time::Duration;

use pyi::{
    Billing, Client, Credentials, ErrorKind, HeaderValue, HttpRequest, HttpTransport, SendFuture, SmsSend,
    Transport,
};

use crate::support::{Raw, person};

fn no_data() -> Raw {
    Raw::http("200 OK", r#"{"codeid":10025,"message":"","retdata":[]}"#)
}

fn client(url: &str, transport: impl Transport) -> Client {
    let builder = Client::builder().base_url(url).app("1", Credentials::md5("one"));
    builder.allow_insecure_http().retries(0).transport(transport).build().unwrap()
}

#[tokio::test]
async fn a_proxy_gets_the_whole_url() {
    let proxy = no_data();
    let transport = HttpTransport::builder().proxy(proxy.url()).user_agent("shop/1.0").build().unwrap();
    let reply = client("http://host.invalid", transport).id_card_two_factor(&person()).await.unwrap();
    assert_eq!(reply.billing(), Billing::Free);
    let arrived = proxy.arrived();
    assert!(arrived[0].starts_with("POST http://host.invalid/pyi/62/169 HTTP/1.1\r\n"), "{}", arrived[0]);
    assert!(arrived[0].to_lowercase().contains("\r\nuser-agent: shop/1.0\r\n"), "{}", arrived[0]);
}

/// Adds a header with what the request tells.
struct Tagged(HttpTransport);

impl Transport for Tagged {
    fn send(&self, mut request: HttpRequest) -> SendFuture<'_> {
        let told = format!("{} {:?} {}", request.operation, request.effect, request.attempt);
        request.headers.insert("x-call", HeaderValue::from_str(&told).unwrap());
        self.0.send(request)
    }
}

#[tokio::test]
async fn a_transport_around_the_default_one_sees_each_request() {
    let server = no_data();
    let client = client(&server.url(), Tagged(HttpTransport::builder().build().unwrap()));
    client.id_card_two_factor(&person()).await.unwrap();
    let text = SmsSend { mobile: "19900000000".into(), template_id: "7".into(), template_param: "{}".into() };
    client.sms_send(&text).await.unwrap();
    for (request, told) in server.arrived().iter().zip(["id_card_two_factor Query 1", "sms_send Act 1"]) {
        assert!(request.contains(&format!("x-call: {told}\r\n")), "{request}");
    }
}

#[tokio::test]
async fn a_client_of_the_callers_own_sends() {
    let server = no_data();
    let _ = rustls::crypto::ring::default_provider().install_default();
    let own = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .no_proxy()
        .user_agent("own")
        .build()
        .unwrap();
    let client = client(&server.url(), HttpTransport::from_client(own, 1 << 20));
    client.id_card_two_factor(&person()).await.unwrap();
    assert!(server.arrived()[0].contains("user-agent: own\r\n"));
}

/// The size limit, the connection limit and the kinds of errors, with their causes.
#[tokio::test]
async fn errors_have_a_kind_and_a_cause() {
    let server = no_data();
    let small = HttpTransport::builder().body_limit(8).build().unwrap();
    let error = client(&server.url(), small).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::NoAnswer, Billing::Unknown));

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let plain = || HttpTransport::builder().build().unwrap();
    let error = client(&format!("http://{closed}"), plain()).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::NotSent, Billing::NotSent));
    let cause = error.source().unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionRefused);
    assert!(!format!("{error} {error:?} {cause} {cause:?}").contains("127.0.0.1"));

    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let call = client(&url, plain());
    let error = call.id_card_two_factor(&person()).timeout(Duration::from_millis(50)).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::TimedOut, Billing::Unknown));

    let html = Raw::http("502 Bad Gateway", "<html>");
    let error = client(&html.url(), plain()).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.http_status()), (ErrorKind::NoAnswer, Some(502)));
    let refused = Raw::http("200 OK", r#"{"codeid":10018,"message":""}"#);
    let error = client(&refused.url(), plain()).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Status, None));
    let odd = Raw::http("200 OK", r#"{"codeid":10000,"message":"","retdata":{"bank_birthday":"甲甲"}}"#);
    let error = client(&odd.url(), plain()).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Undecodable, Some("bank_birthday")));
    assert!(error.source().unwrap().is::<pyi::DecodeError>());
    assert!(!format!("{error} {:?}", error.source()).contains("甲甲"));
}

#[test]
fn settings_that_cannot_be_used_are_refused_without_their_content() {
    let builder = HttpTransport::builder;
    let table = [
        (builder().proxy("http://user:pass word@ :x"), "the proxy's URL cannot be read"),
        (builder().user_agent("a\r\nb: c"), "the user agent cannot be a header"),
        (builder().read_timeout(Duration::ZERO), "a timeout is zero"),
        (builder().root_certificates_pem("no certificate"), "the certificates to trust cannot be read"),
        (builder().client_certificate_pem("no certificate"), "the client certificate cannot be used"),
    ];
    for (builder, expected) in table {
        let shown = format!("{builder:?}");
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration);
        assert!(error.to_string().contains(expected), "{error}");
        assert!(!format!("{error}{shown}").contains("pass word"), "{error} {shown}");
    }
}
