//! The ledger in PostgreSQL, against a real server: workers share a batch and its budget, a worker
//! that is gone is recovered, and nothing of a person can be read.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::time::Duration;

use pyi_batch::{
    BatchId, BatchInfo, Claim, Currency, Key, Money, NewBatch, NewRow, OnAmbiguous, PostgresLedger,
    PostgresStore, Reservation, RowOutcome, RowState, Store, StoreUrl, WorkerSettings, WrappingKey,
};
use pyi_runtime::{Billing, CallOutcome};

use crate::support::Program;
use crate::support::postgres::database;

const EACH: i64 = 16;

#[tokio::test(flavor = "multi_thread")]
async fn first_light() {
    let url = database().await;
    let mut store = PostgresStore::new(&url, &[]);
    store.migrate().await.unwrap();
    store.migrate().await.unwrap();
    let yuan = |units| Money { units, currency: Currency::new("CNY", 2).unwrap() };
    let info = BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: "https://provider.example".to_owned(),
        budget: yuan(100 * EACH),
        unit_price: yuan(EACH),
    };
    let key = Key::new(b"a key of the tests, which opens nothing at all");
    let id = BatchId::random().unwrap();
    let batch = NewBatch {
        id,
        info: &info,
        account: "a",
        key: &key,
        chunk_rows: 10,
        person_interval: Duration::ZERO,
    };
    let wrapping = WrappingKey::new(&[3; 32]);
    let rows =
        (2..52).map(|number| NewRow { number, values: vec![("name".to_owned(), format!("name {number}"))] });
    assert!(store.submit(&batch, &wrapping, rows.clone()).await.unwrap());
    assert!(!store.submit(&batch, &wrapping, rows).await.unwrap());
    let ledger = PostgresLedger::open(&url, id, &wrapping, &WorkerSettings::default()).await.unwrap();
    let program = Program::new(ledger);
    let mut sent = 0;
    while let Claim::Held(chunk) = program.claim().await.unwrap() {
        for input in program.inputs(chunk).await.unwrap() {
            assert_eq!(
                program.reserve(input.number, input.person, OnAmbiguous::Hold).await.unwrap(),
                Reservation::Send
            );
            program
                .settle(
                    input.number,
                    RowOutcome {
                        billing: Billing::Billed,
                        code: Some(10000.into()),
                        outcome: CallOutcome::Data,
                        error: None,
                        data: Some("{}".to_owned()),
                    },
                )
                .await
                .unwrap();
            sent += 1;
        }
        assert!(program.leave(chunk, true).await.unwrap());
    }
    assert_eq!(sent, 50);
    let totals = program.totals().await.unwrap();
    assert_eq!((totals.spent.units, totals.reserved.units, totals.settled), (50 * EACH, 0, 50));
}
