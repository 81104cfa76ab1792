//! Apps and accounts: secrets that rotate, secret stores that fail, and several apps on one pool.
//! Signatures are checked by Python.

use std::collections::HashSet;
use std::error::Error as _;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyi::{
    App, AppFuture, Billing, Client, Credentials, CredentialsError, CredentialsProvider, ErrorKind,
    HttpRequest, HttpResponse, SendFuture, Transport, TransportError,
};

use crate::support::{has, person, run};

/// Keeps what it was given. The first requests are refused by status 10021, which is free.
#[derive(Clone, Default)]
struct Recorder {
    forms: Arc<Mutex<Vec<String>>>,
    busy: u32,
}

impl Transport for Recorder {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        self.forms.lock().unwrap().push(request.body);
        let code = if request.attempt <= self.busy { 10021 } else { 10025 };
        let body = format!(r#"{{"codeid":{code},"message":"","retdata":[]}}"#).into_bytes();
        Box::pin(async { Ok(HttpResponse { status: 200, body, ..HttpResponse::default() }) })
    }
}

/// The app's id in each form, and the secret of this list that signed it, as Python finds it.
const SIGNED_BY: &str = r#"
import hashlib, sys, urllib.parse
secrets, *forms = sys.stdin.read().split("\n")
for form in forms:
    pairs = dict(urllib.parse.parse_qsl(form))
    sign = pairs.pop("sign")
    text = "".join(key + pairs[key] for key in sorted(pairs))
    for secret in secrets.split(","):
        if hashlib.md5((text + secret).encode()).hexdigest() == sign:
            print(pairs["appid"], secret)
"#;

fn signed_by(secrets: &str, recorder: &Recorder) -> Vec<String> {
    let forms = std::mem::take(&mut *recorder.forms.lock().unwrap());
    let found = run("python3", &["-c", SIGNED_BY], &format!("{secrets}\n{}", forms.join("\n")));
    found.lines().map(str::to_owned).collect()
}

/// Another secret each time it is asked.
struct Rotating(AtomicU32);

impl CredentialsProvider for Rotating {
    fn app(&self) -> AppFuture<'_> {
        let number = self.0.fetch_add(1, Ordering::SeqCst);
        Box::pin(async move {
            tokio::task::yield_now().await;
            Ok(App::new("1", Credentials::md5(format!("secret{number}"))))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn a_provider_is_asked_before_each_attempt() {
    if !has("python3") {
        return;
    }
    let recorder = Recorder { busy: 1, ..Recorder::default() };
    let builder = Client::builder().base_url("https://host.invalid").credentials(Rotating(AtomicU32::new(0)));
    let client: Client = builder.transport(recorder.clone()).build().unwrap();
    for _ in 0..2 {
        client.id_card_two_factor(&person()).await.unwrap();
    }
    let secrets = "secret0,secret1,secret2,secret3";
    assert_eq!(signed_by(secrets, &recorder), ["1 secret0", "1 secret1", "1 secret2", "1 secret3"]);
}

#[tokio::test]
async fn apps_share_a_client_and_sign_for_themselves() {
    if !has("python3") {
        return;
    }
    let recorder = Recorder::default();
    let client: Client = Client::builder()
        .base_url("https://host.invalid")
        .app("1", Credentials::md5("one"))
        .transport(recorder.clone())
        .build()
        .unwrap();
    let shop = client.with_app(App::new("2", Credentials::md5("two")));
    let bank = client.with_credentials(Rotating(AtomicU32::new(7)));
    for client in [&shop, &client, &bank] {
        client.id_card_two_factor(&person()).await.unwrap();
    }
    assert_eq!(signed_by("one,two,secret7", &recorder), ["2 two", "1 one", "1 secret7"]);
    let unnamed = client.with_app(App::new("", Credentials::md5("two")));
    let error = unnamed.id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::Configuration, Billing::NotSent));
    let spelled = client.with_app(App::new("3", Credentials::hmac_sha256("three")));
    let error = spelled.id_card_two_factor(&person()).await.unwrap_err();
    assert!(error.is_local() && error.to_string().contains("does not allow the signing method"), "{error}");
    assert!(recorder.forms.lock().unwrap().is_empty());
}

/// A store that has no app, and one that never answers.
struct Failing {
    hangs: bool,
}

impl CredentialsProvider for Failing {
    fn app(&self) -> AppFuture<'_> {
        let hangs = self.hangs;
        Box::pin(async move {
            if hangs {
                std::future::pending::<()>().await;
            }
            let cause = std::io::Error::from(std::io::ErrorKind::ConnectionRefused);
            Err(CredentialsError::new("the secret store is down").caused_by(cause))
        })
    }
}

#[tokio::test(start_paused = true)]
async fn without_an_app_nothing_is_sent() {
    let recorder = Recorder::default();
    let client = |hangs| -> Client {
        let builder = Client::builder().base_url("https://host.invalid").credentials(Failing { hangs });
        builder.transport(recorder.clone()).build().unwrap()
    };
    let error = client(false).id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::Credentials, Billing::NotSent));
    assert!(error.to_string().contains("the secret store is down"), "{error}");
    let cause = error.source().unwrap().downcast_ref::<std::io::Error>().unwrap();
    assert_eq!(cause.kind(), std::io::ErrorKind::ConnectionRefused);
    let call = client(true).id_card_two_factor(&person()).timeout(Duration::from_secs(5));
    let error = call.await.unwrap_err();
    assert!(error.to_string().contains("did not answer within the call's time limit"), "{error}");
    assert_eq!((error.kind(), error.billing()), (ErrorKind::Credentials, Billing::NotSent));
    assert!(recorder.forms.lock().unwrap().is_empty());
}

/// Retries of all apps draw from one budget of ten.
#[tokio::test(start_paused = true)]
async fn apps_share_the_budget_of_retries() {
    struct Unreachable(AtomicU32);
    impl Transport for &'static Unreachable {
        fn send(&self, _: HttpRequest) -> SendFuture<'_> {
            self.0.fetch_add(1, Ordering::SeqCst);
            Box::pin(async { Err(TransportError::not_sent("no route")) })
        }
    }
    static NETWORK: Unreachable = Unreachable(AtomicU32::new(0));
    let builder = Client::builder().base_url("https://host.invalid").transport(&NETWORK);
    let client: Client = builder.app("1", Credentials::md5("one")).build().unwrap();
    for number in 0..40 {
        let client = client.with_app(App::new(number.to_string(), Credentials::md5("two")));
        assert!(client.id_card_two_factor(&person()).await.is_err());
    }
    assert_eq!(NETWORK.0.load(Ordering::SeqCst), 50);
}

/// A server that keeps its connections, and the peers that opened one.
fn keeping() -> (SocketAddr, Arc<Mutex<HashSet<SocketAddr>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, peers) = (listener.local_addr().unwrap(), Arc::default());
    let kept: Arc<Mutex<HashSet<_>>> = Arc::clone(&peers);
    std::thread::spawn(move || {
        while let Ok((mut stream, peer)) = listener.accept() {
            kept.lock().unwrap().insert(peer);
            std::thread::spawn(move || {
                let mut buffer = [0; 8192];
                while matches!(stream.read(&mut buffer), Ok(1..)) {
                    let body = r#"{"codeid":10025,"message":"","retdata":[]}"#;
                    let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
                    let _ = stream.write_all(format!("{head}{body}").as_bytes());
                }
            });
        }
    });
    (address, peers)
}

#[tokio::test]
async fn apps_share_connections() {
    let (address, peers) = keeping();
    let builder = Client::builder().base_url(format!("http://{address}"));
    let client: Client = builder.app("1", Credentials::md5("one")).build().unwrap();
    for number in 0..5 {
        let client = client.with_app(App::new(number.to_string(), Credentials::md5("two")));
        client.id_card_two_factor(&person()).await.unwrap();
    }
    assert_eq!(peers.lock().unwrap().len(), 1);
}
