//! Workers of one batch in processes of their own, which are killed in the middle of their calls. An
//! HTTP server in Python counts what arrives.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use pyi_batch::{
    BatchId, OnAmbiguous, PostgresLedger, PostgresStore, RunHandle, Settings, Store as _, StoreUrl,
    WorkerSettings, work,
};
use pyi_codegen::Input;
use pyi_runtime::{Client, Credentials};

use crate::support::arrivals::Arrivals;
use crate::support::postgres::{PASSWORD, database};
use crate::support::submitted::{EACH, Submitted, people, wrapping};

const ENDPOINT: &str = "id_card_two_factor";
const ROWS: u64 = 2000;
const WORKERS: usize = 6;
const CONCURRENCY: usize = 8;

/// A worker that dies is taken over soon.
fn settings() -> WorkerSettings {
    // No chunk is given up, however many kills there are.
    WorkerSettings { lease: Duration::from_secs(2), takeover_limit: 100_000, ..WorkerSettings::default() }
}

/// The process of a worker, in this test binary: see [`start`].
#[tokio::test]
#[ignore = "a process that other tests start"]
async fn the_process() {
    let said = |name: &str| std::env::var(name).unwrap_or_default();
    let Ok(url) = said("PYI_TEST_STORE").parse::<StoreUrl>() else { return };
    let id: Vec<u8> = (0..16)
        .map(|at| u8::from_str_radix(&said("PYI_TEST_BATCH")[2 * at..2 * at + 2], 16).unwrap())
        .collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    let (spec, _) = pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" });
    let id = BatchId(id.try_into().unwrap());
    let ledger = PostgresLedger::open(&url, id, &wrapping(), &settings()).await.unwrap();
    let client = Client::builder()
        .base_url(said("PYI_TEST_URL"))
        .app("an app", Credentials::md5("a secret"))
        .retries(0)
        .build()
        .unwrap();
    let run = Settings {
        concurrency: CONCURRENCY,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(10),
        handle: RunHandle::default(),
    };
    let summary = work(&client, (&spec, spec.endpoint(ENDPOINT).unwrap()), &ledger, &run).await.unwrap();
    assert_eq!(summary.refused, 0);
    ledger.close().await.unwrap();
}

/// Starts a worker in a process of its own.
fn start(batch: &Submitted, port: u16) -> Child {
    let store = batch.url.to_string().replace("pyi@", &format!("pyi:{PASSWORD}@"));
    Command::new(std::env::current_exe().unwrap())
        .args(["the_process", "--exact", "--ignored", "--quiet"])
        .env("PYI_TEST_STORE", store)
        .env("PYI_TEST_BATCH", batch.id.to_string())
        .env("PYI_TEST_URL", format!("http://127.0.0.1:{port}"))
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

/// Number of kills: `PYI_WORKER_KILLS`, or 20.
fn kills() -> usize {
    std::env::var("PYI_WORKER_KILLS").ok().and_then(|kills| kills.parse().ok()).unwrap_or(20)
}

/// Stops a worker until its chunks are taken over, and lets it go on then: its rows in flight are
/// ambiguous, and it begins another lease.
async fn stop_past_the_lease(batch: &Submitted, worker: &Child) {
    let signal = |signal: &str| {
        Command::new("kill").args([signal, &worker.id().to_string()]).status().unwrap();
    };
    let mut store = PostgresStore::new(&batch.url, &[]);
    let before = store.status(batch.id).await.unwrap().takeovers;
    signal("-STOP");
    for _ in 0..500 {
        if store.status(batch.id).await.unwrap().takeovers > before {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    signal("-CONT");
}

/// Six workers, of which one after another is killed, or stopped for longer than its lease, while it
/// sends: no row arrives twice, every row
/// is accounted for, and the money is that of the rows.
async fn kill_workers(calls: i64) {
    let batch = people(&database().await, ROWS, calls).await;
    let arrivals = Arrivals::start();
    let mut workers: Vec<Child> = (0..WORKERS).map(|_| start(&batch, arrivals.port)).collect();
    let expected = (ROWS as usize).min(usize::try_from(calls).unwrap());
    for kill in 0..kills() {
        // Spread over the rows, whatever the speed of the machine.
        let due = expected * 9 * (kill + 1) / (10 * (kills() + 1));
        while arrivals.counts().len() < due {
            batch.funds().await;
            let are_over = workers.iter_mut().all(|worker| worker.try_wait().unwrap().is_some());
            assert!(
                !are_over || arrivals.counts().len() >= due,
                "all workers ended before {due} rows arrived"
            );
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let worker = &mut workers[kill % WORKERS];
        if kill % 4 == 3 {
            stop_past_the_lease(&batch, worker).await;
            continue;
        }
        worker.kill().unwrap();
        worker.wait().unwrap();
        *worker = start(&batch, arrivals.port);
    }
    for mut worker in workers {
        let status = tokio::task::spawn_blocking(move || worker.wait().unwrap()).await.unwrap();
        assert!(status.success());
    }
    let counts = arrivals.counts();
    let twice: Vec<_> = counts.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "{twice:?}");
    let ledger = batch.worker().await;
    let totals = ledger.totals().await.unwrap();
    println!("{} arrived, {totals:?}", counts.len());
    assert_eq!(totals.settled + totals.ambiguous, expected as u64);
    assert!(totals.ambiguous <= (kills() * CONCURRENCY) as u64, "{totals:?}");
    // What has an answer has arrived; what has arrived has an answer or is ambiguous.
    assert!(
        totals.settled <= counts.len() as u64 && counts.len() as u64 <= totals.settled + totals.ambiguous
    );
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (expected as i64 * EACH, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_send_no_row_twice_and_lose_none() {
    kill_workers(1_000_000).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn workers_that_are_killed_keep_the_budget_and_use_it() {
    kill_workers(i64::try_from(ROWS).unwrap() / 2).await;
}
