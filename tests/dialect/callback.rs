//! What arrives later. Python makes deliveries by its own few lines, and a server of axum verifies
//! them; and Python verifies those that the runtime makes.

use std::process::{Command, Stdio};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{Method as HttpMethod, Request, StatusCode};
use pyi_codegen::{Input, load};
use pyi_dynamic::DynamicCallback;
use pyi_runtime::{
    App, Credentials, Delivery, DeliveryError, HeaderMap, Method, SignFuture, SignMethod, Signer, SigningText,
};

use crate::goldens::callback::{
    CallbackCallback, CallbackCallbackState, LaterBesideCallback, LaterDigestCallback, LaterGetCallback,
    LaterJsonCallback, LaterQueryCallback, LaterSortedCallback, LaterXmlCallback, SPEC,
};

const SECRET: &str = "the secret";

fn app(method: SignMethod) -> App {
    App::new("7", Credentials::new(method, SECRET))
}

/// A handler as a service has it: verify, keep, answer.
fn handle(delivery: &Delivery) -> Result<(&'static str, String), DeliveryError> {
    match delivery.path() {
        "/form" => CallbackCallback::verify(delivery, &app(SignMethod::Md5)).map(|read| {
            let skus = read.items.unwrap_or_default().into_iter().map(|item| item.sku.unwrap_or_default());
            assert!(matches!(read.state, Some(CallbackCallbackState::Done)));
            let seen = format!(
                "{} {} {}",
                read.order.unwrap_or_default(),
                read.paid.unwrap_or_default(),
                skus.collect::<String>()
            );
            (CallbackCallback::ANSWER, seen)
        }),
        "/json" => LaterJsonCallback::verify(delivery, &app(SignMethod::HmacSha256)).map(|read| {
            let detail = read.detail.unwrap();
            assert_eq!(read.sent_at.unwrap().as_second(), 1_577_695_766);
            let seen = format!("{} {} {}", read.count.unwrap(), detail.text.unwrap(), detail.amount.unwrap());
            (LaterJsonCallback::ANSWER, seen)
        }),
        "/digest" => LaterDigestCallback::verify(delivery, &app(SignMethod::Sha1))
            .map(|read| (LaterDigestCallback::ANSWER, read.event_type.unwrap())),
        "/get" => LaterGetCallback::verify(delivery, &app(SignMethod::Md5)).map(|read| {
            (LaterGetCallback::ANSWER, format!("{} {}", read.attach.unwrap(), read.total_fee.unwrap()))
        }),
        "/query" => LaterQueryCallback::verify(delivery, &app(SignMethod::Sha1))
            .map(|read| (LaterQueryCallback::ANSWER, format!("{}{}", read.z.unwrap(), read.a.unwrap()))),
        "/beside" => LaterBesideCallback::verify(
            delivery,
            &App::new("7", Credentials::new(SignMethod::HmacSha512, "74686520736563726574")),
        )
        .map(|read| {
            let seen = format!("{} {}", read.sent_at.unwrap().as_second(), read.event.unwrap());
            (LaterBesideCallback::ANSWER, seen)
        }),
        "/sorted" => LaterSortedCallback::verify(delivery, &app(SignMethod::Sha1)).map(|read| {
            (LaterSortedCallback::ANSWER, format!("{} {}", read.timestamp.unwrap(), read.nonce.unwrap()))
        }),
        _ => LaterXmlCallback::verify(delivery, &app(SignMethod::Md5))
            .or_else(|_| LaterXmlCallback::verify(delivery, &app(SignMethod::HmacSha256)))
            .map(|read| (LaterXmlCallback::ANSWER, format!("{}", read.total_fee.unwrap()))),
    }
}

fn delivery(head: &Parts, body: &Bytes) -> Delivery {
    let method = if head.method == HttpMethod::GET { Method::Get } else { Method::Post };
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str());
    Delivery::new(method, target, head.headers.clone(), body.to_vec())
}

async fn serve(
    State(seen): State<tokio::sync::mpsc::UnboundedSender<String>>,
    request: Request<axum::body::Body>,
) -> (StatusCode, String) {
    let (head, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    match handle(&delivery(&head, &body)) {
        Ok((answer, read)) => {
            seen.send(read).unwrap();
            (StatusCode::OK, answer.to_owned())
        }
        Err(error) => {
            assert!(!error.to_string().contains("secret-value"), "{error}");
            (StatusCode::UNAUTHORIZED, error.to_string())
        }
    }
}

const SENDER: &str = include_str!("../support/send_deliveries.py");

#[tokio::test(flavor = "multi_thread")]
async fn deliveries_of_python_are_verified_before_they_are_read() {
    let (send, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        axum::serve(listener, Router::new().fallback(serve).with_state(send)).await.unwrap();
    });
    let output = tokio::task::spawn_blocking(move || {
        Command::new("python3").args(["-c", SENDER, &url]).stderr(Stdio::inherit()).output().unwrap()
    });
    let output = String::from_utf8(output.await.unwrap().stdout).unwrap();
    let answers: Vec<(u16, String)> =
        output.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let wrong = "the signature of the delivery is not the account's";
    let expected = [
        (200, "success"),
        // `sign_type` is not signed.
        (200, "success"),
        (401, wrong),
        (401, wrong),
        (401, wrong),
        (401, "the delivery has no signature"),
        (401, wrong),
        (401, "the delivery has no signature"),
        (401, "the delivery differs from the spec: `paid` is not a decimal number"),
        (200, "{\"code\":0}"),
        (200, "{\"code\":0}"),
        (401, wrong),
        (401, "the delivery has no signature"),
        (401, "the delivery cannot be read: a name in it is there twice"),
        (200, "ok"),
        (401, wrong),
        (200, "ok"),
        (401, wrong),
        (401, wrong),
        (200, "ok"),
        (401, wrong),
        (401, "the delivery cannot be read: a value in it reads as several parameters"),
        (401, "the delivery cannot be read: a value in it reads as several parameters"),
        (200, "{\"code\":0}"),
        (200, "ok"),
        (401, wrong),
        (401, "the delivery has no signature"),
        (401, "the delivery cannot be read: a name in it is there twice"),
        (200, "ok"),
        (401, wrong),
        (200, "<xml><return_code>SUCCESS</return_code></xml>"),
        (200, "<xml><return_code>SUCCESS</return_code></xml>"),
        (401, wrong),
    ];
    let expected: Vec<(u16, String)> = expected.map(|(status, text)| (status, text.to_owned())).to_vec();
    assert_eq!(answers, expected);
    let mut read = Vec::new();
    while let Ok(text) = seen.try_recv() {
        read.push(text);
    }
    let order = "a&b=张 三 12.50 xy";
    assert_eq!(
        read,
        [
            order,
            order,
            "3 张 1.5",
            "3 张 1.50",
            "12",
            "张",
            "a b 1",
            "3 张 1.5",
            "7 张",
            "zz 1",
            "100",
            "100"
        ]
    );
}

const VERIFIER: &str = include_str!("../support/verify_delivery.py");

fn verified_by_python(delivery: &Delivery) -> String {
    let headers: std::collections::BTreeMap<&str, &str> =
        delivery.headers().iter().map(|(name, value)| (name.as_str(), value.to_str().unwrap())).collect();
    let target = match delivery.query() {
        "" => delivery.path().to_owned(),
        query => format!("{}?{query}", delivery.path()),
    };
    let body = std::str::from_utf8(delivery.body()).unwrap();
    let mut python = Command::new("python3");
    python.args(["-c", VERIFIER]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    serde_json::to_writer(python.stdin.take().unwrap(), &(target, headers, body)).unwrap();
    String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

#[test]
fn deliveries_that_are_made_here_are_verified_by_python_and_read_again() {
    let values = [
        ("order", "a&b=张 三"),
        ("paid", "12.50"),
        ("state", "done"),
        ("sign_type", "MD5"),
        ("items", r#"[{"sku":"x"}]"#),
        ("note", "1"),
    ];
    let made = CallbackCallback::deliver(&app(SignMethod::Md5), "/form?shop=1", &values).unwrap();
    assert_eq!(verified_by_python(&made), "True a&b=张 三 x shop=1");
    assert_eq!(handle(&made).unwrap().1, "a&b=张 三 12.50 x");
    let values = [("X-Time", "1577695766"), ("count", "3"), ("detail", r#"{"text":"张","amount":1.50}"#)];
    let made = LaterJsonCallback::deliver(&app(SignMethod::HmacSha256), "/json", &values).unwrap();
    assert_eq!(verified_by_python(&made), "True 张");
    assert_eq!(handle(&made).unwrap().1, "3 张 1.50");
    let values = [("CurTime", "1"), ("eventType", "张")];
    let made = LaterDigestCallback::deliver(&app(SignMethod::Sha1), "/digest", &values).unwrap();
    assert_eq!(handle(&made).unwrap().1, "张");
    let other = Delivery::new(Method::Post, "/digest", made.headers().clone(), r#"{"eventType":"李"}"#);
    assert_eq!(handle(&other).unwrap_err(), DeliveryError::WrongSignature);
    let mut twice = made.headers().clone();
    twice.append("CurTime", "1".parse().unwrap());
    let twice = Delivery::new(Method::Post, "/digest", twice, made.body());
    assert!(handle(&twice).unwrap_err().to_string().contains("there twice"));
    let values = [("attach", "a"), ("total_fee", "1")];
    let made = LaterGetCallback::deliver(&app(SignMethod::Md5), "/get", &values).unwrap();
    assert_eq!(handle(&made).unwrap().1, "a 1");
    let made =
        LaterQueryCallback::deliver(&app(SignMethod::Sha1), "/query", &[("a", "2"), ("z", "1")]).unwrap();
    assert_eq!(verified_by_python(&made), "True");
    assert_eq!(handle(&made).unwrap().1, "12");
    let hex = App::new("7", Credentials::new(SignMethod::HmacSha512, "74686520736563726574"));
    let made = LaterBesideCallback::deliver(&hex, "/beside", &[("t", "7"), ("event", "张")]).unwrap();
    assert_eq!(verified_by_python(&made), "True");
    assert_eq!(handle(&made).unwrap().1, "7 张");
    let refused = LaterBesideCallback::deliver(&app(SignMethod::HmacSha512), "/beside", &[]).unwrap_err();
    assert!(refused.to_string().contains("is not in hexadecimal digits"), "{refused}");
    let values = [("timestamp", "zz"), ("nonce", "1"), ("echostr", "x")];
    let made = LaterSortedCallback::deliver(&app(SignMethod::Sha1), "/sorted", &values).unwrap();
    assert_eq!(verified_by_python(&made), "True");
    assert_eq!(handle(&made).unwrap().1, "zz 1");
    let values = [("return_code", "a<b>&"), ("total_fee", "100")];
    let made = LaterXmlCallback::deliver(&app(SignMethod::Md5), "/xml", &values).unwrap();
    assert_eq!(verified_by_python(&made), "True");
    assert_eq!(handle(&made).unwrap().1, "100");
    assert_eq!(
        (LaterXmlCallback::ANSWER_TYPE, CallbackCallback::ANSWER_TYPE),
        ("application/xml", "text/plain; charset=utf-8")
    );
    assert!(!format!("{made:?}").contains("100"));
}

/// Verifying is for those that have the secret.
#[test]
fn an_app_that_cannot_verify_is_refused() {
    struct Outside;
    impl Signer for Outside {
        fn sign<'a>(&'a self, _: SigningText<'a>) -> SignFuture<'a> {
            Box::pin(async { Ok(Vec::new()) })
        }
    }
    let made = LaterXmlCallback::deliver(&app(SignMethod::Md5), "/xml", &[("total_fee", "1")]).unwrap();
    let table = [
        (App::new("7", Credentials::md5("")), "secret is empty"),
        (app(SignMethod::Sha1), "does not have the signing method Sha1"),
        (App::new("7", Credentials::signer(SignMethod::HmacSha256, Outside)), "does not verify"),
    ];
    for (app, why) in table {
        let error = LaterXmlCallback::verify(&made, &app).unwrap_err();
        assert!(
            matches!(&error, DeliveryError::Credentials(_)) && error.to_string().contains(why),
            "{error}"
        );
    }
    let get = Delivery::new(Method::Get, "/xml", HeaderMap::new(), made.body());
    let error = LaterXmlCallback::verify(&get, &app(SignMethod::Md5)).unwrap_err();
    assert!(error.to_string().contains("another method"), "{error}");
    for body in ["", "no xml", "<xml/>", "[1]", "\u{1}"] {
        let delivery = Delivery::new(Method::Post, "/xml", HeaderMap::new(), body);
        assert!(LaterXmlCallback::verify(&delivery, &app(SignMethod::Md5)).is_err(), "{body}");
    }
}

#[test]
fn an_interpreted_callback_is_verified_alike() {
    let (provider, _) = load(Input::Texts(SPEC));
    let callback = |id| DynamicCallback::new(&provider, provider.endpoint(id).unwrap()).unwrap();
    let form = callback("callback");
    assert_eq!(form.scheme(), *<CallbackCallback as pyi_runtime::SignedCallback>::CALLBACK);
    let json = callback("later_json");
    assert_eq!(json.scheme(), *<LaterJsonCallback as pyi_runtime::SignedCallback>::CALLBACK);
    let made = form
        .deliver(&app(SignMethod::Md5), "/form", &[("order", "1"), ("state", "done"), ("paid", "1")])
        .unwrap();
    let read = form.verify(&made, &app(SignMethod::Md5)).unwrap();
    assert_eq!(read.json(), r#"{"order":"1","paid":"1","state":"done"}"#);
    let made = form.deliver(&app(SignMethod::Md5), "/form", &[("paid", "much")]).unwrap();
    assert!(matches!(form.verify(&made, &app(SignMethod::Md5)), Err(DeliveryError::Decode(_))));
    let other = App::new("7", Credentials::md5("another secret"));
    assert_eq!(form.verify(&made, &other).unwrap_err(), DeliveryError::WrongSignature);
}
