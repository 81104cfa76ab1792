//! The ledger in PostgreSQL, against a real server: workers share a batch, its people and its
//! budget.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::time::Duration;

use proptest::prelude::*;
use pyi_batch::{
    Claim, Input, OnAmbiguous, PostgresLedger, PostgresStore, Reservation, RowState, Store, WorkerSettings,
};
use pyi_runtime::Billing;
use sqlx::Row as _;

use crate::support::Program;
use crate::support::model::{follow, steps};
use crate::support::postgres::{database, database_of, look, shared};
use crate::support::submitted::{EACH, Met, Provider, Shape, Submitted, answer, send_chunk, work};

#[tokio::test(flavor = "multi_thread")]
async fn two_workers_send_each_row_of_a_batch_once() {
    let batch = Submitted::new(&database().await, &Shape { rows: 400, ..Shape::default() }).await;
    let provider = Provider::default();
    let (one, two) = (batch.worker().await, batch.worker().await);
    let billed = |row: u64| answer(if row.is_multiple_of(4) { Billing::Free } else { Billing::Billed });
    let met = tokio::join!(work(&one, &provider, billed), work(&two, &provider, billed));
    assert_eq!(met, (Met::default(), Met::default()));
    assert_eq!(provider.rows(), 400);
    let totals = one.totals().await.unwrap();
    assert_eq!((totals.settled, totals.ambiguous, totals.sending), (400, 0, 0));
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (300 * EACH, 0));
    // Both have worked, and what a chunk did not spend is back.
    let mut connection = look(&batch.url).await;
    let granted: i64 =
        sqlx::query_scalar("SELECT granted FROM batch").fetch_one(&mut connection).await.unwrap();
    assert_eq!(granted, funds.spent);
    assert_eq!(two.claim().await.unwrap(), Claim::Over { given_up: 0 });
}

/// A delivery that comes twice reaches the ledger, and the ledger decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_that_is_delivered_twice_is_sent_once() {
    let batch =
        Submitted::new(&database().await, &Shape { rows: 60, chunk_rows: 60, ..Shape::default() }).await;
    let provider = Provider::default();
    let (one, two) = (batch.worker().await, batch.worker().await);
    let Claim::Held(chunk) = one.claim().await.unwrap() else { panic!("a chunk is free") };
    let billed = |_| answer(Billing::Billed);
    let (mut first, mut second, mut other) = (Met::default(), Met::default(), Met::default());
    tokio::join!(
        send_chunk(&one, &provider, billed, chunk, &mut first),
        send_chunk(&one, &provider, billed, chunk, &mut second),
        send_chunk(&two, &provider, billed, chunk, &mut other),
    );
    assert_eq!(provider.rows(), 60);
    assert_eq!(other.not_held, 60, "a worker reserves rows of its own chunks, and leaves no other");
    assert_eq!(batch.funds().await.spent, 60 * EACH);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_of_many_rows_is_sent_once() {
    let shape = Shape { rows: 300, person: |row| row % 100, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let provider = Provider::default();
    let (one, two) = (batch.worker().await, batch.worker().await);
    let billed = |_| answer(Billing::Billed);
    let met = tokio::join!(work(&one, &provider, billed), work(&two, &provider, billed));
    assert_eq!(provider.rows(), 100);
    let people: std::collections::BTreeSet<u64> = provider.calls().keys().map(|row| row % 100).collect();
    assert_eq!(people.len(), 100);
    assert_eq!(met.0.duplicates + met.1.duplicates, 200);
    assert_eq!(batch.funds().await.spent, 100 * EACH);
}

/// A budget for half the rows, of which some turn out to be free: it is used to the last call.
#[tokio::test(flavor = "multi_thread")]
async fn a_budget_is_spent_to_its_last_call_and_never_exceeded() {
    let shape = Shape { rows: 300, calls: 150, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let provider = Provider::default();
    let outcome = |row: u64| answer(if row.is_multiple_of(3) { Billing::Free } else { Billing::Billed });
    let workers = [batch.worker().await, batch.worker().await, batch.worker().await];
    let looks = async {
        loop {
            batch.funds().await;
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    let all = futures_util::future::join_all(workers.iter().map(|worker| work(worker, &provider, outcome)));
    let met = tokio::select! {
        met = all => met,
        () = looks => unreachable!("it looks until the workers are done"),
    };
    assert!(met.iter().all(|met| met.is_budget_used), "{met:?}");
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved, funds.budget), (150 * EACH, 0, 150 * EACH));
    let paid = provider.calls().keys().filter(|row| !row.is_multiple_of(3)).count();
    assert_eq!(paid, 150);
    provider.rows();
    // With more of it, the rest is sent.
    let mut store = PostgresStore::new(&batch.url, &[]);
    let too_small = store.set_budget(batch.id, support::submitted::yuan(EACH)).await;
    assert!(too_small.is_err());
    store.set_budget(batch.id, support::submitted::yuan(1000 * EACH)).await.unwrap();
    work(&workers[0], &provider, outcome).await;
    assert_eq!(provider.rows(), 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_batch_reserves_nothing_until_it_is_resumed() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    let worker = batch.worker().await;
    let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("a chunk is free") };
    let inputs = worker.inputs(chunk).await.unwrap();
    let reserve = async |at: usize| {
        worker.reserve(inputs[at].number, inputs[at].person, OnAmbiguous::Hold).await.unwrap()
    };
    assert_eq!(reserve(0).await, Reservation::Send);
    let mut store = PostgresStore::new(&batch.url, &[]);
    store.stop(batch.id, "the account is locked").await.unwrap();
    assert_eq!(reserve(1).await, Reservation::Stopped);
    assert_eq!(worker.claim().await.unwrap(), Claim::Stopped);
    // What is in flight is settled.
    worker.settle(0, answer(Billing::Billed)).await.unwrap();
    assert!(worker.leave(chunk, false).await.unwrap());
    assert_eq!(batch.funds().await.spent, EACH);
    store.resume(batch.id).await.unwrap();
    let provider = Provider::default();
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 99);
    let states = worker.states(inputs.iter().map(|input| input.person).collect()).await.unwrap();
    assert_eq!(states[0], Some((0, RowState::Settled)));
    assert_eq!(states[1], Some((1, RowState::Settled)));
}

/// Half the rows repeat a person, in two batches at once and in opposite orders: no deadlock, and
/// no person sooner than the interval allows.
#[tokio::test(flavor = "multi_thread")]
async fn two_batches_keep_the_interval_of_a_person_without_a_deadlock() {
    let url = database().await;
    let interval = Duration::from_millis(300);
    let forth = Shape { rows: 120, person: |row| row % 60, interval, ..Shape::default() };
    let back = Shape { person: |row| 59 - row % 60, ..forth.clone() };
    let batches = [Submitted::new(&url, &forth).await, Submitted::new(&url, &back).await];
    let mut connection = look(&url).await;
    sqlx::raw_sql(
        "CREATE TABLE mark (before timestamptz, after timestamptz);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO mark VALUES (OLD.last_intent, NEW.last_intent); RETURN NEW; END $$;
         CREATE TRIGGER note AFTER UPDATE ON person_seen FOR EACH ROW EXECUTE FUNCTION note()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let mut workers = Vec::new();
    for batch in &batches {
        workers.push((batch.worker().await, Provider::default()));
        workers.push((batch.worker().await, workers[workers.len() - 1].1.clone()));
    }
    let all = workers.iter().map(|(worker, provider)| work(worker, provider, |_| answer(Billing::Billed)));
    futures_util::future::join_all(all).await;
    let deadlocks: i64 =
        sqlx::query_scalar("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
            .fetch_one(&mut connection)
            .await
            .unwrap();
    assert_eq!(deadlocks, 0);
    for (batch, at) in batches.iter().zip([0, 2]) {
        assert_eq!(workers[at].1.rows(), 60);
        assert_eq!(batch.funds().await.spent, 60 * EACH);
    }
    // Each person was marked by one batch and later by the other, by the clock of the database.
    let marks =
        "SELECT count(*), count(*) FILTER (WHERE after - before >= interval '300 milliseconds') FROM mark";
    let marks = sqlx::query(marks).fetch_one(&mut connection).await.unwrap();
    assert_eq!((marks.get::<i64, _>(0), marks.get::<i64, _>(1)), (60, 60));
}

/// Reserves the rows of a worker's next chunk: one, which moves money under a lock of the batch,
/// and then all others at once.
async fn reserve_all(worker: &Program<PostgresLedger>) -> Vec<Reservation> {
    let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("a chunk is free") };
    let inputs = worker.inputs(chunk).await.unwrap();
    let reserve = |input: &Input| {
        let (number, person) = (input.number, input.person);
        async move { worker.reserve(number, person, OnAmbiguous::Hold).await.unwrap() }
    };
    let mut reserved = vec![reserve(&inputs[0]).await];
    reserved.extend(futures_util::future::join_all(inputs[1..].iter().map(reserve)).await);
    reserved
}

/// The same people in opposite orders, in two chunks of one batch and in two batches. The database
/// is slow, so that each transaction meets the other in its middle.
#[tokio::test(flavor = "multi_thread")]
async fn locks_of_people_are_taken_in_one_order() {
    let url = database().await;
    let interval = Duration::from_millis(1);
    let shape = Shape {
        rows: 32,
        chunk_rows: 16,
        person: |row| if row < 16 { row } else { 31 - row },
        ..Shape::default()
    };
    let one = Submitted::new(&url, &shape).await;
    let forth = Submitted::new(&url, &Shape { rows: 16, interval, ..shape.clone() }).await;
    let back =
        Submitted::new(&url, &Shape { rows: 16, interval, person: |row| 15 - row, ..shape.clone() }).await;
    let mut connection = look(&url).await;
    sqlx::raw_sql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.01); RETURN NEW; END $$;
         CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON person_seen FOR EACH ROW EXECUTE FUNCTION slow();
         CREATE TRIGGER slow BEFORE INSERT ON sent FOR EACH ROW EXECUTE FUNCTION slow()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let (first, second) = (one.worker().await, one.worker().await);
    let (first, second) = tokio::join!(reserve_all(&first), reserve_all(&second));
    let sent = first.iter().chain(&second).filter(|found| **found == Reservation::Send).count();
    let again =
        first.iter().chain(&second).filter(|found| matches!(found, Reservation::Duplicate(_))).count();
    assert_eq!((sent, again), (16, 16));
    let (forth, back) = (forth.worker().await, back.worker().await);
    let (forth, back) = tokio::join!(reserve_all(&forth), reserve_all(&back));
    assert!(
        forth.iter().chain(&back).all(|found| matches!(found, Reservation::Send | Reservation::TooSoon(_)))
    );
    assert!(!shared().log().contains("deadlock detected"));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]
    /// The same model as that of the ledger in a file.
    #[test]
    fn a_ledger_is_its_model(steps in steps(), calls in 0_i64..5) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let shape = Shape { rows: 10, calls, ..Shape::default() };
            let batch = Submitted::new(&database_of("model").await, &shape).await;
            let settings = WorkerSettings { takeover_limit: u32::MAX, ..WorkerSettings::default() };
            let reopen = async |ledger: Option<PostgresLedger>| {
                if let Some(ledger) = ledger {
                    ledger.close().await.unwrap();
                }
                let ledger = batch.worker_at(&batch.url, &settings).await.into_store();
                while ledger.recover().await.unwrap() {}
                assert!(matches!(ledger.claim().await.unwrap(), Claim::Held(_)));
                ledger
            };
            let followed = follow(steps, calls * EACH, reopen).await;
            batch.funds().await;
            followed
        })?;
    }
}
