//! Batches against a provider that refuses calls for a while without an envelope: a raw server
//! counts the requests.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use pyi_batch::{
    BatchInfo, Currency, Key, Ledger, Mapping, Money, OnAmbiguous, RunHandle, Settings, StopReason, Store,
    Summary, Table, run,
};
use pyi_codegen::Input;
use pyi_runtime::{Client, Credentials};

use crate::support::{Raw, pyi, root};

const EACH: i64 = 16;
const ROWS: usize = 5;
const PAIR: &str = "\nhttp: {429: {class: server, billed: never, retry: true}}\n";

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

/// The provider's file with an addition at its end.
fn provider(more: &str) -> String {
    std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap() + more
}

fn table(folder: &std::path::Path) -> std::path::PathBuf {
    let path = folder.join("people.csv");
    let rows: String = (0..ROWS).map(|row| format!("张{row}号,11010519491231002X\n")).collect();
    std::fs::write(&path, format!("姓名,身份证号\n{rows}")).unwrap();
    path
}

/// A server that refuses the requests with these numbers, and answers the others.
fn server(status: &'static str, refused: std::ops::Range<usize>, headers: &'static str) -> Raw {
    Raw::answering(move |number| {
        let (status, headers, body) = if refused.contains(&number) {
            (status, headers, "<html>slow down</html>")
        } else {
            ("200 OK", "", r#"{"codeid":10000,"message":"","retdata":{"bank_status":"01"}}"#)
        };
        let length = body.len();
        let head =
            format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
        (head + body).into_bytes()
    })
}

/// The number of requests of each person.
fn arrivals(server: &Raw) -> BTreeMap<String, usize> {
    let mut arrivals = BTreeMap::new();
    for request in server.arrived() {
        let name = request.split("bank_name=").nth(1).unwrap().split('&').next().unwrap();
        *arrivals.entry(name.to_owned()).or_default() += 1;
    }
    arrivals
}

/// One run with one call at a time. Returns its summary, and the ledger's figures: spent,
/// ambiguous.
async fn send(spec: &str, server: &Raw) -> (Summary, (i64, u64)) {
    let folder = tempfile::tempdir().unwrap();
    let endpoint = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    let texts = [("provider.yaml", spec), ("endpoints/id_card_two_factor.yaml", &endpoint)];
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let table = Table::open(&table(folder.path())).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    let key = Key::new(b"a key of the tests, which opens nothing at all");
    let terms = BatchInfo {
        endpoint: endpoint.id.clone(),
        target: "a test".to_owned(),
        budget: yuan(1000 * EACH),
        unit_price: yuan(EACH),
    };
    let ledger = Ledger::open(&folder.path().join("ledger"), &terms, &key).await.unwrap();
    let client: Client = Client::builder()
        .base_url(server.url())
        .app("1", Credentials::md5("secret"))
        .retries(0)
        .build()
        .unwrap();
    let settings = Settings {
        concurrency: 1,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::ZERO,
        handle: RunHandle::default(),
    };
    let summary =
        run(&client, (&spec, endpoint), (&table, &mapping), &key, &ledger, &settings).await.unwrap();
    let totals = ledger.totals().await.unwrap();
    (summary, (totals.spent.units, totals.ambiguous))
}

/// A listed status is free: the row is sent again after the pause that the server asks for, and no
/// row is held.
#[tokio::test]
async fn a_listed_refusal_is_waited_out() {
    let server = server("429 Too Many Requests", 1..2, "retry-after: 3\r\n");
    let began = Instant::now();
    let (summary, (spent, ambiguous)) = send(&provider(PAIR), &server).await;
    // A pause that is too short would be noticed; a longer one may be the machine's.
    assert!(began.elapsed() >= Duration::from_secs(3), "{:?}", began.elapsed());
    assert_eq!(
        (summary.sent, summary.ambiguous, summary.throttled, summary.stopped),
        (ROWS as u64, 0, 1, None)
    );
    assert_eq!((spent, ambiguous), (ROWS as i64 * EACH, 0));
    assert!(summary.unlisted_http.is_empty());
    let mut arrivals: Vec<usize> = arrivals(&server).into_values().collect();
    arrivals.sort_unstable();
    assert_eq!(arrivals, [1, 1, 1, 1, 2]);
}

/// An unlisted status may be billed: the row is held, sent once, and counted.
#[tokio::test]
async fn an_unlisted_refusal_is_held_and_counted() {
    for (status, counted) in
        [("429 Too Many Requests", Some(429)), ("503 Unavailable", Some(503)), ("502 Bad Gateway", None)]
    {
        let server = server(status, 1..2, "");
        let (summary, (spent, ambiguous)) = send(&provider(""), &server).await;
        assert_eq!((summary.sent, summary.ambiguous, summary.throttled), (ROWS as u64 - 1, 1, 1), "{status}");
        assert_eq!((spent, ambiguous), (ROWS as i64 * EACH, 1));
        assert_eq!(summary.unlisted_http, counted.map(|status| (status, 1)).into_iter().collect());
        assert!(arrivals(&server).values().all(|times| *times == 1));
    }
}

#[tokio::test]
async fn an_http_status_that_stops_ends_the_run() {
    let http = "\nhttp: {403: {class: auth, billed: never, stops: true, next: allow this address}}\n";
    let server = server("403 Forbidden", 2..3, "");
    let (summary, (spent, _)) = send(&provider(http), &server).await;
    let stopped = StopReason::Http { status: 403, remedy: "allow this address".to_owned() };
    assert_eq!((summary.sent, summary.left, summary.stopped), (2, 3, Some(stopped)));
    assert_eq!((spent, server.arrived().len()), (2 * EACH, 3));
}

/// The program's report has the lines to add, and they work as they are printed.
#[test]
fn the_report_names_the_line_to_add() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.path().join("spec/endpoints")).unwrap();
    let endpoint = "spec/endpoints/id_card_two_factor.yaml";
    std::fs::copy(root().join(endpoint), folder.path().join(endpoint)).unwrap();
    let table = table(folder.path());
    let run = |spec: &str, server: &Raw, ledger: &str| {
        std::fs::write(folder.path().join("spec/provider.yaml"), spec).unwrap();
        let mut command = pyi();
        command
            .args([
                "batch",
                "run",
                table.to_str().unwrap(),
                "--endpoint",
                "id_card_two_factor",
                "--concurrency",
                "1",
            ])
            .args([
                "--budget",
                "9",
                "-o",
                &path("results.csv"),
                "--ledger",
                &path(ledger),
                "--spec",
                &path("spec"),
            ])
            .args(["--base-url", &server.url(), "--app-id", "1"])
            .env("PYI_SECRET", "secret")
            // Each run is a batch of its own.
            .env("XDG_STATE_HOME", path(&format!("state-{ledger}")))
            .env("no_proxy", "127.0.0.1");
        let output = command.output().unwrap();
        String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap()
    };
    let said = run(&provider(""), &server("429 Too Many Requests", 1..3, ""), "a");
    assert!(
        said.contains(
            "2 answer(s) had HTTP status 429 and no envelope; it is unknown whether they were billed"
        ),
        "{said}"
    );
    let line = said.lines().find(|line| line.starts_with("http:")).unwrap();
    assert_eq!(line, PAIR.trim());
    let said = run(&provider(&format!("\n{line}\n")), &server("429 Too Many Requests", 1..2, ""), "b");
    assert!(said.contains("sent 5, ") && said.contains("held 0") && !said.contains("http:"), "{said}");
    // Beside what is listed already.
    let said = run(&provider(PAIR), &server("503 Unavailable", 0..1, ""), "c");
    let (_, added) = said.split_once("add under `http` in provider.yaml:\n").unwrap();
    let entry = added.lines().next().unwrap();
    let both = PAIR.replace("429:", &format!("{entry}, 429:"));
    let said = run(&provider(&both), &server("503 Unavailable", 0..1, ""), "d");
    assert!(said.contains("sent 5, ") && said.contains("held 0"), "{said}");
}
