//! Workers that send a batch of a ledger in PostgreSQL, and the limits that they share: a status
//! that stops the batch, the pause of an overloaded provider, the rate of the account.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::time::Duration;

use pyi_batch::{
    BatchId, Mapping, NewBatch, OnAmbiguous, OutputFormat, PostgresLedger, PostgresStore, RowState, RunError,
    RunHandle, Settings, StopReason, Store as _, Summary, Table, WorkerSettings, results, rows_to_submit,
    work,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::{Client, Credentials};

use crate::support::arrivals::Arrivals;
use crate::support::postgres::{database, look};
use crate::support::submitted::{EACH, Shape, Submitted, info, key, people, people_of, wrapping};

const ENDPOINT: &str = "id_card_two_factor";

fn spec() -> ir::Provider {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" }).0
}

/// Runs a worker of a batch against a path of the server, until it ends.
async fn run(
    ledger: &PostgresLedger,
    port: u16,
    path: &str,
    handle: &RunHandle,
) -> Result<Summary, RunError> {
    let spec = spec();
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{port}{path}"))
        .app("an app", Credentials::md5("a secret"))
        .retries(0)
        .build()
        .unwrap();
    let settings = Settings {
        concurrency: 4,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(10),
        handle: handle.clone(),
    };
    work(&client, (&spec, spec.endpoint(ENDPOINT).unwrap()), ledger, &settings).await
}

async fn open(batch: &Submitted, settings: &WorkerSettings) -> PostgresLedger {
    PostgresLedger::open(&batch.url, batch.id, &wrapping(), settings).await.unwrap()
}

/// One worker meets a status after which every call fails: the other one, whose calls succeed,
/// stops too. Resumed, the batch goes on.
#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_stops_one_worker_stops_the_batch() {
    let batch = people(&database().await, 2000, 1_000_000).await;
    let arrivals = Arrivals::start();
    let settings = WorkerSettings::default();
    let (one, two) = (open(&batch, &settings).await, open(&batch, &settings).await);
    let handle = RunHandle::default();
    let late = async {
        while handle.summary().sent < 20 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        run(&two, arrivals.port, "/used-up", &RunHandle::default()).await
    };
    // In a task of its own, as a service runs it.
    let sends = tokio::spawn({
        let (port, handle) = (arrivals.port, handle.clone());
        async move { run(&one, port, "", &handle).await }
    });
    let stopped = late.await.unwrap();
    let other = sends.await.unwrap().unwrap();
    assert!(matches!(stopped.stopped, Some(StopReason::Status { .. })), "{stopped:?}");
    assert_eq!(other.stopped, Some(StopReason::Requested));
    let totals = two.totals().await.unwrap();
    assert_eq!((totals.settled, totals.sending, totals.ambiguous), (other.sent, 0, 0));
    assert!(totals.settled < 2000);
    let mut connection = look(&batch.url).await;
    let reason: String =
        sqlx::query_scalar("SELECT stopped FROM batch").fetch_one(&mut connection).await.unwrap();
    assert!(reason.starts_with("status 10018: buy more calls"), "{reason}");
    // Both have given back what they held.
    let held: i64 = sqlx::query_scalar("SELECT count(*) FROM chunk WHERE owner IS NOT NULL")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(held, 0);
    PostgresStore::new(&batch.url, &[]).resume(batch.id).await.unwrap();
    let rest = run(&two, arrivals.port, "", &RunHandle::default()).await.unwrap();
    assert_eq!((rest.sent + other.sent, rest.stopped), (2000, None));
    assert_eq!(batch.funds().await.spent, 2000 * EACH);
}

/// The provider is overloaded for one worker: its pause is that of the account.
#[tokio::test(flavor = "multi_thread")]
async fn a_pause_of_one_worker_is_the_accounts() {
    let batch = people(&database().await, 50, 1_000_000).await;
    let arrivals = Arrivals::start();
    let ledger = open(&batch, &WorkerSettings::default()).await;
    let handle = RunHandle::default();
    let other = open(&batch, &WorkerSettings::default()).await;
    let look = async {
        let mut pause = Duration::ZERO;
        for _ in 0..1000 {
            pause = other.backoff().await.unwrap();
            if !pause.is_zero() {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        handle.stop();
        pause
    };
    let (summary, pause) = tokio::join!(run(&ledger, arrivals.port, "/busy", &handle), look);
    let summary = summary.unwrap();
    assert!(summary.throttled > 0 && !pause.is_zero(), "{summary:?}");
}

/// Two workers of an account with one call an hour: one row is sent, by one of them.
#[tokio::test(flavor = "multi_thread")]
async fn the_rate_of_an_account_is_shared() {
    let batch = people(&database().await, 50, 1_000_000).await;
    let arrivals = Arrivals::start();
    let settings = WorkerSettings { call_interval: Duration::from_secs(3600), ..WorkerSettings::default() };
    let (one, two) = (open(&batch, &settings).await, open(&batch, &settings).await);
    let handle = RunHandle::default();
    let stop = async {
        // Every slot of both has drawn or waits: the next turn is hours away.
        let mut connection = look(&batch.url).await;
        let is_drawn = "SELECT pace_next > now() + interval '90 minutes' FROM account";
        while !sqlx::query_scalar::<_, bool>(is_drawn).fetch_one(&mut connection).await.unwrap()
            || arrivals.counts().is_empty()
        {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        handle.stop();
    };
    let (first, second, ()) =
        tokio::join!(run(&one, arrivals.port, "", &handle), run(&two, arrivals.port, "", &handle), stop);
    assert_eq!(arrivals.counts().values().sum::<u32>(), 1);
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(handle.summary().sent, 1, "both count in one handle");
    let states = one.page(0, 50).await.unwrap();
    assert_eq!(states.iter().map(|(_, found)| found.state).collect::<Vec<_>>(), [RowState::Settled]);
}

/// The first rows are of people who were sent an hour too short a time ago: they hold no slot, and
/// the other rows are sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_comes_too_soon_holds_no_slot() {
    let url = database().await;
    let shape = Shape { rows: 20, interval: Duration::from_secs(3600), ..Shape::default() };
    let (first, second) =
        (people_of(&url, &shape).await, people_of(&url, &Shape { rows: 40, ..shape }).await);
    let arrivals = Arrivals::start();
    let ledger = open(&first, &WorkerSettings::default()).await;
    let summary = run(&ledger, arrivals.port, "", &RunHandle::default()).await.unwrap();
    assert_eq!((summary.sent, summary.stopped), (20, None));
    let (ledger, handle) = (open(&second, &WorkerSettings::default()).await, RunHandle::default());
    let stop = async {
        for _ in 0..1000 {
            if handle.summary().sent == 20 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        handle.stop();
    };
    let (summary, ()) = tokio::join!(run(&ledger, arrivals.port, "", &handle), stop);
    assert_eq!(summary.unwrap().sent, 20);
    let sent: Vec<u64> = ledger.page(0, 40).await.unwrap().into_iter().map(|(number, _)| number).collect();
    assert_eq!(sent, (20..40).collect::<Vec<_>>());
    // The chunks of the others are free for another worker, later.
    let status = PostgresStore::new(&url, &[]).status(second.id).await.unwrap();
    assert_eq!((status.chunks, status.chunks_done, status.workers), (4, 2, 0));
}

/// From a table to its results, as in one process: each row in its order, a repeated person once, a
/// row that the endpoint does not take with the reason.
#[tokio::test(flavor = "multi_thread")]
async fn a_table_is_submitted_sent_and_written() {
    let (spec, folder, url) = (spec(), tempfile::tempdir().unwrap(), database().await);
    let endpoint = spec.endpoint(ENDPOINT).unwrap();
    let mut text = "姓名,身份证号\n".to_owned();
    for row in 0..40 {
        let number = if row == 7 { "1" } else { "11010519491231002X" };
        text += &format!("张{}号,{number}\n", row % 30);
    }
    std::fs::write(folder.path().join("people.csv"), text).unwrap();
    let table = Table::open(&folder.path().join("people.csv")).unwrap();
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
    let info = info(1000);
    let batch = NewBatch {
        id: BatchId::random().unwrap(),
        info: &info,
        account: "an account",
        key: &key(),
        chunk_rows: 7,
        person_interval: Duration::ZERO,
        keep: None,
        reuse: None,
    };
    let mut store = PostgresStore::new(&url, &[]);
    store.migrate().await.unwrap();
    let rows = rows_to_submit((&spec, endpoint), &table, &mapping).unwrap();
    assert!(store.submit(&batch, &wrapping(), rows).await.unwrap().is_new);
    let ledger = PostgresLedger::open(&url, batch.id, &wrapping(), &WorkerSettings::default()).await.unwrap();
    let arrivals = Arrivals::start();
    let summary = run(&ledger, arrivals.port, "", &RunHandle::default()).await.unwrap();
    // Row 7 is not sent, row 37 is its person's first one that can be.
    assert_eq!((summary.sent, summary.duplicates, summary.stopped), (30, 9, None));
    let path = folder.path().join("results.csv");
    let out = std::fs::File::create(&path).unwrap();
    results((&spec, endpoint), (&table, &mapping), &key(), &ledger, OutputFormat::Csv, out).await.unwrap();
    let text = std::fs::read_to_string(&path).unwrap();
    let states: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(3)).collect();
    let expected = |row: usize| match row {
        7 => "refused",
        0..30 | 37 => "data",
        _ => "duplicate",
    };
    assert_eq!(states, (0..40).map(expected).collect::<Vec<_>>());
}
