//! Whole calls on loopback, in turns: our client, reqwest by hand, progenitor's client; and what
//! servers carry.
//!
//! ```text
//! pyi-whole serve [MS]             a bare axum server that answers every request alike, after some milliseconds; prints its port
//! pyi-whole sandbox                the sandbox; prints its port, app id and secret
//! pyi-whole drive URL APP SECRET   calls it, in turns, and prints a JSON line for each client and number in flight
//! pyi-whole bare URL APP SECRET ROWS IN_FLIGHT   calls it so often with our client, each time about somebody else
//! ```

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use md5::{Digest, Md5};
use pyi_benches::{IdCardTwoFactor, by_hand, shipped};
use serde_json::json;
use tokio::task::JoinSet;

/// progenitor's client, of the document that run.py exports.
#[allow(clippy::all, dead_code, unused)]
mod progenitors {
    progenitor::generate_api!("api.json");
}

const CALLS: usize = 2_000;
const ROUNDS: usize = 120;
const IN_FLIGHT: [usize; 3] = [1, 8, 64];
const BANK_ID: &str = "11010519491231002X";
const BANK_NAME: &str = "张三";

#[tokio::main(flavor = "current_thread")]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().expect("the first of its kind");
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["serve"] => serve(0).await,
        ["serve", delay] => serve(delay.parse().expect("milliseconds")).await,
        ["sandbox"] => sandbox().await,
        ["drive", url, app, secret] => drive(url, app, secret).await,
        ["bare", url, app, secret, rows, in_flight] => {
            let (rows, in_flight) = (rows.parse().expect("rows"), in_flight.parse().expect("calls"));
            bare(url, app, secret, rows, in_flight).await;
        }
        _ => panic!("serve, sandbox, drive or bare"),
    }
}

async fn serve(delay: u64) {
    let body = Bytes::from(pyi_benches::body());
    let answer = move |_: Bytes| async move {
        if delay > 0 {
            tokio::time::sleep(Duration::from_millis(delay)).await;
        }
        ([(header::CONTENT_TYPE, "application/json")], body)
    };
    let app = Router::new().fallback(axum::routing::any(answer));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    println!(
        "{}",
        json!({"url": format!("http://{}", listener.local_addr().expect("an address")), "app": "1", "secret": pyi_benches::SECRET})
    );
    axum::serve(listener, app).await.expect("a server");
}

async fn sandbox() {
    let sandbox = pyi_sandbox::Sandbox::start(shipped::SPEC).await.expect("a sandbox");
    println!("{}", json!({"url": sandbox.url(), "app": sandbox.app_id(), "secret": sandbox.secret()}));
    std::future::pending::<()>().await;
}

/// Calls about one person after another, so many at a time, and prints how many a second.
async fn bare(url: &str, app: &str, secret: &str, rows: usize, in_flight: usize) {
    let sign = pyi_runtime::Credentials::md5(secret);
    let client = shipped::Client::builder().base_url(url).app(app, sign).build().expect("a client");
    let next = Arc::new(AtomicUsize::new(0));
    let began = Instant::now();
    let mut lanes = JoinSet::new();
    for _ in 0..in_flight {
        let (client, next) = (client.clone(), Arc::clone(&next));
        lanes.spawn(async move {
            loop {
                let row = next.fetch_add(1, Ordering::Relaxed);
                if row >= rows {
                    break;
                }
                let person =
                    IdCardTwoFactor { bank_id: BANK_ID.into(), bank_name: format!("张{row}号").into() };
                called(client.clone(), Arc::new(person)).await;
            }
        });
    }
    while lanes.join_next().await.is_some() {}
    println!("{}", json!({"rows_s": rows as f64 / began.elapsed().as_secs_f64()}));
}

async fn drive(url: &str, app: &str, secret: &str) {
    let ours = shipped::Client::builder()
        .base_url(url)
        .app(app, pyi_runtime::Credentials::md5(secret))
        .build()
        .expect("a client");
    let plain = || {
        reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .pool_idle_timeout(Duration::from_secs(4))
            .connect_timeout(Duration::from_secs(10))
            .read_timeout(Duration::from_secs(30))
            .timeout(Duration::from_secs(60))
            .build()
            .expect("a client")
    };
    let by_hand = ByHand {
        http: plain(),
        url: format!("{url}/pyi/62/169").into(),
        app: app.into(),
        secret: secret.into(),
    };
    let theirs = Theirs {
        client: progenitors::Client::new_with_client(url, plain()),
        app: app.into(),
        secret: secret.into(),
    };
    let person = Arc::new(IdCardTwoFactor { bank_id: BANK_ID.into(), bank_name: BANK_NAME.into() });
    for round in 0..=ROUNDS {
        for in_flight in IN_FLIGHT {
            // Each goes first in one round of three, so that none always follows the same other.
            for turn in 0..3 {
                match (round + turn) % 3 {
                    0 => {
                        let (client, person) = (ours.clone(), Arc::clone(&person));
                        run("pyi", round, in_flight, move || called(client.clone(), Arc::clone(&person)))
                            .await;
                    }
                    1 => {
                        let by_hand = by_hand.clone();
                        run("reqwest", round, in_flight, move || by_hand.clone().call()).await;
                    }
                    _ => {
                        let theirs = theirs.clone();
                        run("progenitor", round, in_flight, move || theirs.clone().call()).await;
                    }
                }
            }
        }
    }
}

async fn called(client: shipped::Client, person: Arc<IdCardTwoFactor>) {
    drop(client.id_card_two_factor(&person).await.expect("a reply").into_data().expect("data"));
}

/// What a careful engineer writes for this one endpoint.
#[derive(Clone)]
struct ByHand {
    http: reqwest::Client,
    url: Arc<str>,
    app: Arc<str>,
    secret: Arc<str>,
}

impl ByHand {
    async fn call(self) {
        let form = form(&self.app, &self.secret);
        let request = self
            .http
            .post(&*self.url)
            .header("content-type", "application/x-www-form-urlencoded;charset=utf-8")
            .body(form);
        let reply = request.send().await.expect("a reply");
        assert_eq!(reply.status(), 200);
        let body = reply.bytes().await.expect("a body");
        let (person, _body) = by_hand::decoded(body.into());
        assert!(person.bank_status.is_some());
    }
}

fn form(app: &str, secret: &str) -> String {
    let time = now().to_string();
    let mut form = form_urlencoded::Serializer::new(String::with_capacity(256));
    form.append_pair("appid", app).append_pair("bank_id", BANK_ID).append_pair("bank_name", BANK_NAME);
    form.append_pair("format", "json")
        .append_pair("time", &time)
        .append_pair("sign", &sign(app, &time, secret));
    form.finish()
}

/// progenitor's client signs nothing: that is done before, by hand.
#[derive(Clone)]
struct Theirs {
    client: progenitors::Client,
    app: Arc<str>,
    secret: Arc<str>,
}

impl Theirs {
    async fn call(self) {
        let time = now();
        let body = progenitors::types::IdCardTwoFactorBody {
            appid: self.app.to_string(),
            bank_id: BANK_ID.into(),
            bank_name: BANK_NAME.into(),
            format: progenitors::types::FormatJsonXmlJsonp::Json,
            sign: sign(&self.app, &time.to_string(), &self.secret),
            time: Some(time),
        };
        let reply = self.client.id_card_two_factor(&body).await.expect("a reply").into_inner();
        assert!(matches!(reply.codeid, progenitors::types::Status::Integer(10000)));
        assert!(reply.retdata.is_some());
    }
}

fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
    since.as_secs().try_into().expect("some years yet")
}

fn sign(app: &str, time: &str, secret: &str) -> String {
    let mut digest = Md5::new();
    for piece in ["appid", app, "bank_id", BANK_ID, "bank_name", BANK_NAME, "formatjsontime", time, secret] {
        digest.update(piece);
    }
    hex::encode(digest.finalize())
}

/// Makes all calls of a turn, so many at a time. The first round warms up and is not told.
async fn run<F, C>(name: &str, round: usize, in_flight: usize, call: F)
where
    F: Fn() -> C + Clone + Send + 'static,
    C: Future<Output = ()> + Send + 'static,
{
    let made = Arc::new(AtomicUsize::new(0));
    let (began, spent) = (Instant::now(), cpu_seconds());
    let mut tasks = JoinSet::new();
    for _ in 0..in_flight {
        let (made, call) = (Arc::clone(&made), call.clone());
        tasks.spawn(async move {
            let mut latencies = Vec::new();
            while made.fetch_add(1, Ordering::Relaxed) < CALLS {
                let began = Instant::now();
                call().await;
                latencies.push(began.elapsed().as_micros());
            }
            latencies
        });
    }
    let mut latencies: Vec<u128> = tasks.join_all().await.concat();
    let (seconds, cpu) = (began.elapsed().as_secs_f64(), cpu_seconds() - spent);
    latencies.sort_unstable();
    let at = |part: usize| latencies[latencies.len() * part / 100];
    if round > 0 {
        let calls = latencies.len() as f64;
        let line = json!({"client": name, "in_flight": in_flight, "calls_s": calls / seconds, "calls_core_s": calls / cpu,
            "p50_us": at(50) as u64, "p99_us": at(99) as u64});
        println!("{line}");
    }
}

/// What this thread, which drives all calls, has spent on a core, in seconds.
fn cpu_seconds() -> f64 {
    let spent =
        std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux, with its scheduler's figures");
    let nanoseconds = spent.split_whitespace().next().and_then(|nanoseconds| nanoseconds.parse::<f64>().ok());
    nanoseconds.expect("nanoseconds") / 1e9
}
