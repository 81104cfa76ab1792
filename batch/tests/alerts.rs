//! Alerts at shares of a budget: each once for a batch and a budget, over runs of a ledger in a
//! file and over workers of one in PostgreSQL.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::Path;
use std::sync::{Arc, Mutex};

use pyi_batch::{
    Alert, AlertStore, BatchInfo, Ledger, OnAmbiguous, PostgresStore, SANDBOX, Shares, Store, StoreError,
    alerting,
};
use pyi_runtime::Billing;

use crate::support::Program;
use crate::support::postgres::database;
use crate::support::submitted::{EACH, Provider, Shape, Submitted, answer, key, work, yuan};

fn shares() -> Shares {
    "50%,80%,100%".parse().unwrap()
}

fn percents(alerts: Result<Vec<Alert>, StoreError>) -> Vec<u8> {
    alerts.unwrap().iter().map(|alert| alert.percent).collect()
}

/// Sends rows, each for its price.
async fn spend<S: Store>(program: &Program<S>, rows: std::ops::Range<u64>) {
    for row in rows {
        let mut person = [0; 16];
        person[..8].copy_from_slice(&row.to_be_bytes());
        program.reserve(row, person, OnAmbiguous::Hold).await.unwrap();
        program.settle(row, answer(Billing::Billed)).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_reported_once_over_all_runs_of_a_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    async fn open(path: &Path, calls: i64) -> Program<Ledger> {
        let info = BatchInfo {
            endpoint: "id_card_two_factor".to_owned(),
            target: SANDBOX.to_owned(),
            budget: yuan(calls * EACH + EACH / 2),
            unit_price: yuan(EACH),
        };
        Program::new(Ledger::open(path, &info, &key()).await.unwrap())
    }
    let ledger = open(&path, 10).await;
    spend(&ledger, 1..6).await;
    assert_eq!(percents(ledger.reached(&shares()).await), [0_u8; 0]);
    spend(&ledger, 6..7).await;
    let alerts = ledger.reached(&shares()).await.unwrap();
    assert_eq!(alerts, [Alert { percent: 50, spent: yuan(6 * EACH), budget: yuan(10 * EACH + EACH / 2) }]);
    assert_eq!(percents(ledger.reached(&shares()).await), [0_u8; 0]);
    ledger.into_store().close().await.unwrap();
    // The next run does not report it again. Its rest is less than a call.
    let ledger = open(&path, 10).await;
    assert_eq!(percents(ledger.reached(&shares()).await), [0_u8; 0]);
    spend(&ledger, 7..11).await;
    assert_eq!(percents(ledger.reached(&shares()).await), [80, 100]);
    ledger.into_store().close().await.unwrap();
    // Another budget has shares of its own.
    let ledger = open(&path, 15).await;
    assert_eq!(percents(ledger.reached(&shares()).await), [50]);
    assert_eq!(percents(ledger.reached(&shares()).await), [0_u8; 0]);
}

/// Several workers look all the time: each share is reported to one of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_reported_to_one_of_all_workers() {
    let shape = Shape { rows: 200, chunk_rows: 10, calls: 100, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let provider = Provider::default();
    let reported: Arc<Mutex<Vec<u8>>> = Arc::default();
    let mut workers = Vec::new();
    for _ in 0..4 {
        let (batch, provider, reported) = (batch.clone(), provider.clone(), Arc::clone(&reported));
        workers.push(tokio::spawn(async move {
            let worker = batch.worker().await;
            let shares = shares();
            let sending = async {
                work(&worker, &provider, |_| answer(Billing::Billed)).await;
            };
            let report = |alert: Alert| {
                assert!(
                    alert.spent.units * 100 >= alert.budget.units * i64::from(alert.percent),
                    "{alert:?}"
                );
                reported.lock().unwrap().push(alert.percent);
            };
            let ((), looked) = alerting(sending, &*worker, &shares, report).await;
            looked.unwrap();
        }));
    }
    for worker in workers {
        worker.await.unwrap();
    }
    let mut found = reported.lock().unwrap().clone();
    found.sort_unstable();
    assert_eq!((found, batch.funds().await.spent), (vec![50, 80, 100], 100 * EACH));
    // A worker that comes later gets no report, and one of another budget gets its own share.
    let late = batch.worker().await;
    assert_eq!(percents(late.reached(&shares()).await), [0_u8; 0]);
    let mut store = PostgresStore::new(&batch.url, &[]);
    store.set_budget(batch.id, yuan(150 * EACH)).await.unwrap();
    assert_eq!(percents(late.reached(&shares()).await), [50]);
    assert_eq!(percents(batch.worker().await.reached(&shares()).await), [0_u8; 0]);
}
