//! The matrix of billing: every end of an exchange, by both methods, for a query and for an act,
//! with the billing that the client reports and the number of requests. `cargo test -p pyi --test
//! money matrix -- --nocapture` prints it.

use std::fmt::Write as _;
use std::sync::OnceLock;
use std::time::Duration;

use pyi::operations::{ID_CARD_TWO_FACTOR, PROVIDER};
use pyi::{Any, Billing, Call, Client, Credentials, Method, Operation, Reply};
use pyi_runtime::__private::Values;
use pyi_runtime::__private::operation::{BillingRule, Effect, Provider, Retry, StatusClass, StatusInfo};

use crate::canary::{self, Canary};
use crate::server::{Behaviour, Server, Unreachable, refused};

/// The result of a cell.
struct Cell {
    billing: Billing,
    arrived: usize,
}

/// Where a call of the matrix goes.
enum Target {
    Server(Server),
    Url(String),
    Unreachable(Unreachable),
}

impl Target {
    fn url(&self) -> String {
        match self {
            Self::Server(server) => server.url(),
            Self::Url(url) => url.clone(),
            Self::Unreachable(unreachable) => unreachable.url.clone(),
        }
    }

    fn arrived(&self) -> Vec<String> {
        match self {
            Self::Server(server) => server.arrived(),
            Self::Url(_) | Self::Unreachable(_) => Vec::new(),
        }
    }
}

/// A row: how an exchange ends, what it costs, and how often the request arrives for a query and
/// for an act.
struct Row {
    name: String,
    target: fn(&str) -> Target,
    /// What the target answers, where it answers by status.
    body: String,
    billing: Billing,
    arrivals: [usize; 2],
}

fn page(status: &str) -> Target {
    Target::Server(Server::http(status, "content-type: text/html\r\n", b"<html><body>no</body></html>"))
}

fn transport_rows() -> Vec<Row> {
    let row = |name: &str, billing, arrived: usize, target: fn(&str) -> Target| Row {
        name: name.to_owned(),
        target,
        body: String::new(),
        billing,
        arrivals: [arrived; 2],
    };
    vec![
        row("connection refused", Billing::NotSent, 0, |_| Target::Url(refused())),
        row("TLS failure", Billing::NotSent, 0, |_| {
            let server = Server::http("200 OK", "", b"");
            let url = server.url().replace("http:", "https:");
            std::mem::forget(server);
            Target::Url(url)
        }),
        row("connect timeout", Billing::NotSent, 0, |_| Target::Unreachable(Unreachable::new())),
        row("reset before the request was read", Billing::Unknown, 0, |_| {
            Target::Server(Server::start(Behaviour::ResetUnread))
        }),
        row("reset after the request was read", Billing::Unknown, 1, |_| {
            Target::Server(Server::start(Behaviour::ResetRead))
        }),
        row("closed after the request was read", Billing::Unknown, 1, |_| {
            Target::Server(Server::start(Behaviour::CloseRead))
        }),
        row("read timeout", Billing::Unknown, 1, |_| Target::Server(Server::start(Behaviour::Silent))),
        row("302", Billing::Unknown, 1, |_| {
            Target::Server(Server::http("302 Found", "location: /elsewhere\r\n", b""))
        }),
        row("404 page", Billing::Unknown, 1, |_| page("404 Not Found")),
        row("500 page", Billing::Unknown, 1, |_| page("500 Internal Server Error")),
        row("200 HTML page", Billing::Unknown, 1, |_| page("200 OK")),
        row("5xx with an envelope", Billing::Free, 1, |_| {
            let body = canary::body(10018);
            Target::Server(Server::http("503 Unavailable", "", body.as_bytes()))
        }),
        row("cut body", Billing::Unknown, 1, |_| {
            let body = canary::body(10000);
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len() + 9);
            Target::Server(Server::start(Behaviour::Answer(format!("{head}{body}").into_bytes())))
        }),
        row("garbled body", Billing::Unknown, 1, |_| {
            Target::Server(Server::http("200 OK", "", &[0xFF, 0x00, 0x7B]))
        }),
        row("garbled gzip", Billing::Unknown, 1, |_| {
            Target::Server(Server::http("200 OK", "content-encoding: gzip\r\n", b"\x1f\x8b not gzip"))
        }),
        row("garbled head", Billing::Unknown, 1, |_| {
            Target::Server(Server::start(Behaviour::Answer(b"what? no.\r\n\r\n".to_vec())))
        }),
    ]
}

/// Refusals without an envelope, by HTTP statuses that the spec lists as free and lets a query
/// repeat: three arrivals, unless the server asks to wait for longer than the call has. What has an
/// envelope, or is cut short, is no such refusal.
fn http_rows() -> Vec<Row> {
    let row = |name: &str, body: String, billing, arrivals, target: fn(&str) -> Target| Row {
        name: name.to_owned(),
        target,
        body,
        billing,
        arrivals,
    };
    let refusal = |name: &str, arrivals, target| row(name, String::new(), Billing::Free, arrivals, target);
    vec![
        refusal("429 page, listed", [3, 1], |_| page("429 Too Many Requests")),
        refusal("503 page, listed, retry-after 0", [3, 1], |_| waiting("503 Unavailable", "0")),
        refusal("429 page, listed, retry-after 1", [3, 1], |_| waiting("429 Too Many Requests", "1")),
        refusal("429 page, listed, retry-after an hour", [1, 1], |_| {
            waiting("429 Too Many Requests", "3600")
        }),
        refusal("503 page, listed, retry-after a date", [1, 1], |_| {
            waiting("503 Unavailable", "Fri, 06 Nov 2099 08:49:37 GMT")
        }),
        row("413 page, listed without retry", String::new(), Billing::Free, [1, 1], |_| {
            page("413 Too Large")
        }),
        row("502 page, not listed", String::new(), Billing::Unknown, [1, 1], |_| page("502 Bad Gateway")),
        row("429 page, listed, cut short", String::new(), Billing::Unknown, [1, 1], |_| {
            let head = "HTTP/1.1 429 Too Many Requests\r\ncontent-length: 99\r\n\r\n<html>";
            Target::Server(Server::start(Behaviour::Answer(head.as_bytes().to_vec())))
        }),
        row("429 with an envelope of data", canary::body(10000), Billing::Billed, [1, 1], enveloped),
        row("429 with an envelope of no entry", canary::body(10016), Billing::Unknown, [1, 1], enveloped),
    ]
}

fn waiting(status: &str, retry_after: &str) -> Target {
    Target::Server(Server::http(
        status,
        &format!("retry-after: {retry_after}\r\n"),
        b"<html>slow down</html>",
    ))
}

fn enveloped(body: &str) -> Target {
    Target::Server(Server::http("429 Too Many Requests", "retry-after: 0\r\n", body.as_bytes()))
}

/// Each of the provider's statuses, and one that is in no table. Two may be asked for again, by a
/// query alone: the one that says to, three times in all, and the one that says that the clock is
/// off, one more time.
fn status_rows() -> Vec<Row> {
    let listed = PROVIDER.statuses.iter().filter_map(|status| status.code.number());
    let rows = listed.chain([10016]).map(|code| Row {
        name: format!("status {code}"),
        target: |body| Target::Server(Server::http("200 OK", "", body.as_bytes())),
        body: canary::body(code),
        billing: match code {
            10000 => Billing::Billed,
            10014 | 10016 | 10019 | 10023 => Billing::Unknown,
            _ => Billing::Free,
        },
        arrivals: match code {
            10021 => [3, 1],
            10004 => [2, 1],
            _ => [1, 1],
        },
    });
    rows.collect()
}

fn client(url: String) -> Client {
    Client::builder()
        .base_url(url)
        .app("1", Credentials::md5(canary::SECRET))
        .connect_timeout(Duration::from_millis(300))
        .read_timeout(Duration::from_millis(700))
        .timeout(Duration::from_secs(15))
        .build()
        .unwrap()
}

fn call<'a>(client: &Client, operation: &'a Operation<'a>, method: Method) -> Call<'a, Any> {
    client.runtime().call_any(operation, canary::values()).method(method)
}

/// Both effects of one endpoint, of a provider that is known not to bill some HTTP statuses.
fn operations() -> [(&'static str, Operation<'static>); 2] {
    static PROVIDERS: OnceLock<Provider<'static>> = OnceLock::new();
    let provider = PROVIDERS.get_or_init(|| Provider { http: LISTED, ..PROVIDER });
    let query = Operation { provider, ..ID_CARD_TWO_FACTOR };
    [("query", query), ("act", Operation { effect: Effect::Act, ..query })]
}

const LISTED: &[StatusInfo] = &[
    StatusInfo::builder(413, "http_413", StatusClass::Request).billed(BillingRule::Never).build(),
    StatusInfo::builder(429, "http_429", StatusClass::Server)
        .billed(BillingRule::Never)
        .retry(Retry::Later)
        .build(),
    StatusInfo::builder(503, "http_503", StatusClass::Server)
        .billed(BillingRule::Never)
        .retry(Retry::Later)
        .build(),
];

fn billing(result: &Result<Reply<Any>, pyi::Error>) -> Billing {
    match result {
        Ok(reply) => reply.billing(),
        Err(error) => error.billing(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_cell_costs_what_the_table_says_and_arrives_as_often_as_it_may() {
    let canary = Canary::listen();
    let mut table = String::from(
        "| exchange | billing | POST query | POST act | GET query | GET act |\n|---|---|---|---|---|---|\n",
    );
    let mut cells = 0;
    for row in transport_rows().into_iter().chain(http_rows()).chain(status_rows()) {
        let mut arrivals = Vec::new();
        for method in [Method::Post, Method::Get] {
            for (index, (effect, operation)) in operations().into_iter().enumerate() {
                let target = (row.target)(&row.body);
                let client = client(target.url());
                let made = call(&client, &operation, method);
                canary.show(&made);
                canary.show(&client);
                let result = made.await;
                canary.see(&result, &target.arrived());
                let cell = Cell { billing: billing(&result), arrived: target.arrived().len() };
                let at = format!("{}, {method:?}, {effect}", row.name);
                assert_eq!(cell.billing, row.billing, "{at}");
                assert_eq!(cell.arrived, row.arrivals[index], "{at}");
                arrivals.push(cell.arrived.to_string());
                cells += 1;
            }
        }
        writeln!(table, "| {} | {:?} | {} |", row.name, row.billing, arrivals.join(" | ")).unwrap();
    }
    println!("{table}\n{cells} cells");
    assert_eq!(cells, (16 + 10 + 26) * 4);
    canary.judge();
}

/// A dropped call: before it begins, it sends nothing; after that, it is not continued.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_dropped_future_sends_nothing_more() {
    for method in [Method::Post, Method::Get] {
        for (_, operation) in operations() {
            let server = Server::start(Behaviour::Silent);
            let client = client(server.url());
            drop(call(&client, &operation, method));
            drop(call(&client, &operation, method).into_future());
            assert_eq!(server.arrived().len(), 0);
            let waiting = call(&client, &operation, method).into_future();
            let arrived = async {
                while server.arrived().is_empty() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::select! {
                result = waiting => panic!("a silent server does not answer: {result:?}"),
                () = arrived => {}
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(server.arrived().len(), 1);
        }
    }
}

/// On request, a query with an unknown outcome is sent again; an act never is.
#[tokio::test]
async fn unknown_is_sent_again_only_where_the_caller_took_the_risk() {
    for (effect, operation) in operations() {
        let server = Server::start(Behaviour::CloseRead);
        let builder = Client::builder().base_url(server.url()).app("1", Credentials::md5(canary::SECRET));
        let client: Client = builder.resend_unknown_and_risk_paying_twice().retries(1).build().unwrap();
        let result = client.runtime().call_any(&operation, canary::values()).await;
        assert_eq!(billing(&result), Billing::Unknown);
        assert_eq!(server.arrived().len(), if effect == "query" { 2 } else { 1 });
    }
}

/// A status that the spec does not list is unknown, whatever the server asks for.
#[tokio::test]
async fn a_refusal_that_the_spec_does_not_list_may_be_billed() {
    assert!(PROVIDER.http.is_empty(), "what the provider bills at an HTTP status is not documented");
    for (status, wait) in [("429 Too Many Requests", "7"), ("503 Unavailable", "0")] {
        let Target::Server(server) = waiting(status, wait) else { panic!("it is a server") };
        let error = call(&client(server.url()), &ID_CARD_TWO_FACTOR, Method::Post).await.unwrap_err();
        assert_eq!(
            (error.billing(), error.retry(), error.http_info()),
            (Billing::Unknown, Retry::Never, None)
        );
        assert_eq!(error.retry_after(), Some(Duration::from_secs(wait.parse().unwrap())));
        assert_eq!(server.arrived().len(), 1);
    }
}

/// Values that are used by no cell, so that the compiler holds the shapes: a call is its operation
/// and its values.
#[allow(dead_code)]
fn shapes(values: Values) -> usize {
    values.iter().count()
}
