//! The ledger when its server is replaced: a synchronous standby that is promoted has every
//! reservation, so nothing is sent twice; an asynchronous one and a backup are refused.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::time::{Duration, Instant};

use pyi_batch::{
    OnAmbiguous, PostgresLedger, PostgresStore, Risk, RunError, RunHandle, Settings, Store as _, StoreUrl,
    Summary, WorkerSettings, work,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::{Billing, Client, Credentials};

use crate::support::arrivals::Arrivals;
use crate::support::postgres::{Server, look};
use crate::support::submitted::{EACH, Provider, Shape, Submitted, answer, people, wrapping};
use crate::support::{Program, submitted};

const ENDPOINT: &str = "id_card_two_factor";
const ROWS: u64 = 3000;
const WORKERS: usize = 3;
const CONCURRENCY: usize = 8;

fn settings(accepted: &[Risk]) -> WorkerSettings {
    WorkerSettings {
        lease: Duration::from_secs(3),
        outage: Duration::from_secs(2),
        accepted: accepted.to_vec(),
        ..WorkerSettings::default()
    }
}

fn spec() -> ir::Provider {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" }).0
}

/// Runs a worker until all is sent, or until the ledger is gone.
async fn run(ledger: PostgresLedger, port: u16) -> Result<Summary, RunError> {
    let spec = spec();
    let client = Client::builder()
        .base_url(format!("http://127.0.0.1:{port}"))
        .app("an app", Credentials::md5("a secret"))
        .retries(0)
        .build()
        .unwrap();
    let settings = Settings {
        concurrency: CONCURRENCY,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(2),
        handle: RunHandle::default(),
    };
    let sent = work(&client, (&spec, spec.endpoint(ENDPOINT).unwrap()), &ledger, &settings).await;
    // A server that is gone takes no farewell.
    let _ = ledger.close().await;
    sent
}

/// Waits until an answer of a server is `true`.
async fn until(url: &StoreUrl, question: &'static str) {
    let mut connection = look(url).await;
    let since = Instant::now();
    while !sqlx::query_scalar::<_, bool>(question).fetch_one(&mut connection).await.unwrap() {
        assert!(since.elapsed() < Duration::from_secs(60), "{question}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

/// Why a server is refused, with these risks accepted.
async fn refusal(batch: &Submitted, url: &StoreUrl, accepted: &[Risk]) -> String {
    let as_worker = PostgresLedger::open(url, batch.id, &wrapping(), &settings(accepted)).await;
    let as_operator = PostgresStore::new(url, accepted).status(batch.id).await;
    let refused = as_worker.unwrap_err().to_string();
    assert_eq!(as_operator.unwrap_err().to_string(), refused);
    refused
}

/// The primary ends at once while workers send, and its synchronous standby is promoted. It has
/// every reservation that was acknowledged, and so every row that was sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_synchronous_standby_that_is_promoted_sends_nothing_twice() {
    let primary = Server::start();
    let url = primary.database("ledger").await;
    let standby = primary.standby();
    let alter = ["ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"];
    for statement in alter {
        sqlx::raw_sql(statement).execute(&mut look(&url).await).await.unwrap();
    }
    until(&url, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE sync_state = 'sync')").await;
    let batch = people(&url, ROWS, 1_000_000).await;
    let arrivals = Arrivals::start();
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        let ledger = PostgresLedger::open(&url, batch.id, &wrapping(), &settings(&[])).await.unwrap();
        workers.push(tokio::spawn(run(ledger, arrivals.port)));
    }
    let since = Instant::now();
    while arrivals.counts().len() < 500 {
        assert!(since.elapsed() < Duration::from_secs(120));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    primary.tell("stop");
    standby.promote();
    for worker in workers {
        assert!(worker.await.unwrap().is_err(), "its ledger is gone");
    }
    let before = arrivals.counts();
    assert!(before.len() < usize::try_from(ROWS).unwrap(), "the primary ended while rows were left");
    // No program can know that nothing was lost: an operator says so.
    let promoted = Submitted { url: standby.url("ledger"), id: batch.id };
    let refused = refusal(&promoted, &promoted.url, &[]).await;
    assert!(refused.contains("was on timeline 1") && refused.contains("is on timeline 2"), "{refused}");
    let accepted = settings(&[Risk::Timeline]);
    let ledger = PostgresLedger::open(&promoted.url, batch.id, &wrapping(), &accepted).await.unwrap();
    run(ledger, arrivals.port).await.unwrap();
    let counts = arrivals.counts();
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    // Accepted once, the promoted server is the ledger's.
    let totals = promoted.worker().await.totals().await.unwrap();
    assert_eq!((totals.settled + totals.ambiguous, totals.sending), (ROWS, 0));
    assert!(totals.ambiguous <= (WORKERS * CONCURRENCY) as u64, "{totals:?}");
    assert!(counts.len() as u64 >= totals.settled, "{} arrived, {totals:?}", counts.len());
    let funds = promoted.funds().await;
    assert_eq!((funds.spent, funds.reserved), (i64::try_from(ROWS).unwrap() * EACH, 0));
}

/// What may lack reservations is refused: a primary whose standby is asynchronous, that standby
/// when it is promoted, and a backup of before.
#[tokio::test(flavor = "multi_thread")]
async fn an_asynchronous_standby_and_an_old_backup_are_refused() {
    let primary = Server::start();
    let url = primary.database("ledger").await;
    let batch = Submitted::new(&url, &Shape { rows: 40, ..Shape::default() }).await;
    let backup = primary.copy(false);
    let standby = primary.standby();
    until(&url, "SELECT EXISTS (SELECT FROM pg_stat_replication WHERE state = 'streaming')").await;
    let refused = refusal(&batch, &url, &[]).await;
    assert!(
        refused.contains("none is synchronous") && refused.ends_with("by its name: standbys"),
        "{refused}"
    );
    let accepted = [Risk::Standbys];
    let worker =
        Program::new(PostgresLedger::open(&url, batch.id, &wrapping(), &settings(&accepted)).await.unwrap());
    let provider = Provider::default();
    submitted::work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 40);
    // A standby takes no writes.
    let follower = standby.url("ledger");
    let refused = refusal(&batch, &follower, &accepted).await;
    assert!(refused.contains("give the address of its primary"), "{refused}");
    primary.tell("stop");
    standby.promote();
    let refused = refusal(&batch, &follower, &accepted).await;
    assert!(refused.contains("is on timeline 2") && refused.ends_with("by its name: timeline"), "{refused}");
    // The backup has the batch and none of its rows: they would be sent again.
    let restored = Server::restore(backup);
    let url = restored.url("ledger");
    until(&url, "SELECT NOT pg_is_in_recovery()").await;
    let rows: i64 =
        sqlx::query_scalar("SELECT count(*) FROM sent").fetch_one(&mut look(&url).await).await.unwrap();
    assert_eq!(rows, 0);
    let refused = refusal(&batch, &url, &accepted).await;
    assert!(refused.contains("is on timeline 2") && refused.ends_with("by its name: timeline"), "{refused}");
}
