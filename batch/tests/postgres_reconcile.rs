//! The provider's bill against a batch in PostgreSQL: the rules are those of a ledger in a file, a
//! bill is applied once and in one transaction, and never to rows that have changed since.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyi_batch::{
    BatchInfo, BillLine, Claim, Fingerprint, Ledger, OnAmbiguous, PostgresStore, Reservation, RowCost,
    RowOutcome, RowState, SANDBOX, SentRow, Store, Totals, reconcile,
};
use pyi_runtime::{Billing, CallOutcome};

use crate::support::Program;
use crate::support::postgres::database;
use crate::support::submitted::{EACH, Shape, Submitted, answer, key, values_of, yuan};

const WINDOW: Duration = Duration::from_secs(3600);

fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}

fn person(row: u64) -> Fingerprint {
    key().fingerprint(&values_of(row))
}

/// No answer: the row is ambiguous.
fn none() -> RowOutcome {
    RowOutcome {
        billing: Billing::Unknown,
        code: None,
        outcome: CallOutcome::Unknown,
        error: None,
        data: None,
    }
}

/// What a row of the tests is like, by its number.
fn outcome(row: u64) -> RowOutcome {
    match row % 5 {
        0 | 1 => answer(Billing::Billed),
        2 => answer(Billing::Free),
        // An answer whose billing is unknown.
        3 => answer(Billing::Unknown),
        _ => none(),
    }
}

/// Sends the rows, each as its number has it. Some are given up.
async fn send<S: Store>(program: &Program<S>, rows: u64) {
    for row in 0..rows {
        assert_eq!(program.reserve(row, person(row), OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        program.settle(row, outcome(row)).await.unwrap();
        if row % 15 == 4 {
            let skipped = program.reserve(row, person(row), OnAmbiguous::Skip).await.unwrap();
            assert_eq!(skipped, Reservation::Skipped);
        }
    }
}

/// The bill of a provider that has billed every third row, and more than was sent.
fn bill(rows: u64) -> Vec<BillLine> {
    let lines = (0..rows + 3).filter(|row| row % 3 == 0);
    lines.map(|row| BillLine { line: 100 + row, person: person(row), at: now() }).collect()
}

fn costs(rows: &[SentRow]) -> Vec<(u64, Fingerprint, u64, RowCost)> {
    rows.iter().map(|row| (row.number, row.person, row.sends, row.cost)).collect()
}

/// The same rows in both stores, and the same bill: it finds and settles the same.
#[tokio::test(flavor = "multi_thread")]
async fn the_rules_are_those_of_a_ledger_in_a_file() {
    const ROWS: u64 = 60;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let info = BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: SANDBOX.to_owned(),
        budget: yuan(1000 * EACH),
        unit_price: yuan(EACH),
    };
    let file = Program::new(Ledger::open(&path, &info, &key()).await.unwrap());
    send(&file, ROWS).await;
    file.into_store().close().await.unwrap();
    let shape = Shape { rows: ROWS, chunk_rows: 7, calls: 1000, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let worker = batch.worker().await;
    while let Claim::Held(_) = worker.claim().await.unwrap() {}
    send(&worker, ROWS).await;
    let mut store = PostgresStore::new(&batch.url, &[]);
    let rows = store.sent_rows(batch.id).await.unwrap();
    assert!(rows.iter().all(|row| row.sent_at.is_some_and(|at| now().abs_diff(at) < 600)), "{rows:?}");
    assert_eq!(costs(&rows), costs(&Ledger::sent_rows(&path).await.unwrap()));
    let found = reconcile(&bill(ROWS), 0..=i64::MAX, &rows, WINDOW);
    let same = reconcile(&bill(ROWS), 0..=i64::MAX, &Ledger::sent_rows(&path).await.unwrap(), WINDOW);
    assert_eq!(found, same);
    assert!(!found.billed.is_empty() && !found.free.is_empty() && !found.missing.is_empty(), "{found:?}");
    for is_new in [true, false] {
        assert_eq!(store.apply_bill(batch.id, b"a digest", &found).await.unwrap(), is_new);
        batch.funds().await;
    }
    assert!(Ledger::apply_bill(&path, b"a digest", &found).await.unwrap());
    assert_eq!(
        costs(&store.sent_rows(batch.id).await.unwrap()),
        costs(&Ledger::sent_rows(&path).await.unwrap())
    );
    let of_file = Ledger::report(&path).await.unwrap().totals;
    let totals = store.status(batch.id).await.unwrap().totals;
    let units =
        |totals: &Totals| (totals.spent.units, totals.reserved.units, totals.settled, totals.ambiguous);
    assert_eq!(units(&totals), units(&of_file));
    assert_eq!(totals.ambiguous, 0);
}

/// Rows of a living worker are left alone, and those that a dead one left in flight are decided. A
/// late answer changes nothing then, and no row is sent again.
#[tokio::test(flavor = "multi_thread")]
async fn rows_in_flight_are_decided_once_their_worker_is_dead() {
    let batch = Submitted::new(&database().await, &Shape { rows: 4, ..Shape::default() }).await;
    let worker = batch.worker().await;
    let Claim::Held(_) = worker.claim().await.unwrap() else { panic!("a chunk is free") };
    for row in 0..4 {
        worker.reserve(row, person(row), OnAmbiguous::Hold).await.unwrap();
    }
    worker.settle(3, none()).await.unwrap();
    let mut store = PostgresStore::new(&batch.url, &[]);
    let compared = async |store: &mut PostgresStore| {
        let rows = store.sent_rows(batch.id).await.unwrap();
        reconcile(&bill(0), 0..=i64::MAX, &rows, WINDOW)
    };
    let found = compared(&mut store).await;
    assert_eq!((found.billed.as_slice(), found.free.as_slice()), (&[][..], &[3][..]), "{found:?}");
    // Another worker sends row 3 again meanwhile: what was found does not hold any more.
    let again = worker.reserve(3, person(3), OnAmbiguous::Retry { max_sends: 2 }).await.unwrap();
    assert_eq!(again, Reservation::Send);
    let before = batch.funds().await;
    let refused = store.apply_bill(batch.id, b"one", &found).await.unwrap_err();
    assert!(refused.to_string().contains("compare it again"), "{refused}");
    assert_eq!(batch.funds().await, before);
    // The worker is dead. The refused bill was not noted.
    batch.expire_all().await;
    let found = compared(&mut store).await;
    assert_eq!((found.billed.as_slice(), found.free.as_slice()), (&[(0, 100)][..], &[1, 2][..]), "{found:?}");
    assert!(store.apply_bill(batch.id, b"one", &found).await.unwrap());
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (3 * EACH, 0), "row 0, and row 3 twice");
    // Late answers.
    worker.settle(0, answer(Billing::Free)).await.unwrap();
    worker.settle(1, answer(Billing::Billed)).await.unwrap();
    assert_eq!(batch.funds().await, funds);
    let other = batch.worker().await;
    let Claim::Held(_) = other.claim().await.unwrap() else { panic!("the chunk is free") };
    for row in 0..3 {
        let known = other.reserve(row, person(row), OnAmbiguous::Retry { max_sends: 9 }).await.unwrap();
        assert_eq!(known, Reservation::Known(RowState::Settled));
    }
}
