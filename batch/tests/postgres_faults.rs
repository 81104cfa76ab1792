//! The ledger in PostgreSQL under faults: workers that are gone, late answers, backends that are
//! killed, a server that stops at once, and a network that loses the answers to commits.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::sync::atomic::Ordering;
use std::time::Duration;

use pyi_batch::{
    Claim, OnAmbiguous, PostgresLedger, PostgresStore, Reservation, RowState, Store, WorkerSettings,
};
use pyi_runtime::Billing;
use sqlx::{Connection as _, Row as _};

use crate::support::postgres::{Server, database, look};
use crate::support::submitted::{EACH, Met, Provider, Shape, Submitted, answer, work};
use crate::support::{Program, proxy};

const HOLD: OnAmbiguous = OnAmbiguous::Hold;

/// Claims a chunk and reserves its first rows.
async fn reserve_some(worker: &Program<PostgresLedger>, rows: usize) -> Vec<pyi_batch::Input> {
    let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("a chunk is free") };
    let inputs = worker.inputs(chunk).await.unwrap();
    for input in inputs.iter().take(rows) {
        assert_eq!(worker.reserve(input.number, input.person, HOLD).await.unwrap(), Reservation::Send);
    }
    inputs
}

/// A worker ends with rows in flight: another one takes its chunk over, holds these rows as
/// ambiguous, and the budget is exact.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_gone_is_taken_over_and_its_money_is_exact() {
    let shape = Shape { rows: 40, calls: 25, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let settings = WorkerSettings { lease: Duration::from_secs(1), ..WorkerSettings::default() };
    let gone = batch.worker_at(&batch.url, &settings).await;
    reserve_some(&gone, 6).await;
    // Its thread ends with it, and so do its heartbeats.
    drop(gone);
    assert_eq!(batch.funds().await.reserved, 6 * EACH);
    let mut store = PostgresStore::new(&batch.url, &[]);
    let status = store.status(batch.id).await.unwrap();
    assert_eq!((status.rows, status.totals.sending, status.totals.reserved.units), (40, 6, 6 * EACH));
    assert_eq!((status.chunks, status.chunks_done, status.workers, status.takeovers), (4, 0, 1, 0));
    let provider = Provider::default();
    let worker = batch.worker_at(&batch.url, &settings).await;
    let met = work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert!(met.is_budget_used, "{met:?}");
    let totals = worker.totals().await.unwrap();
    assert_eq!((totals.ambiguous, totals.sending, totals.settled), (6, 0, 19));
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (25 * EACH, 0));
    assert_eq!(provider.rows(), 19);
    let status = store.status(batch.id).await.unwrap();
    assert_eq!((status.totals, status.budget.units, status.escrow.units), (totals, 25 * EACH, 0));
    assert_eq!((status.workers, status.takeovers, status.stopped), (0, 1, None));
    assert!(provider.calls().keys().all(|row| *row >= 6), "no row of the worker that is gone is sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_of_a_dead_worker_settles_its_own_attempt() {
    let batch = Submitted::new(&database().await, &Shape { rows: 10, ..Shape::default() }).await;
    let (late, next) = (batch.worker().await, batch.worker().await);
    let inputs = reserve_some(&late, 5).await;
    batch.expire_all().await;
    while next.recover().await.unwrap() {}
    let totals = next.totals().await.unwrap();
    assert_eq!((totals.ambiguous, totals.spent.units, totals.reserved.units), (5, 5 * EACH, 0));
    // It reserves nothing any more.
    assert_eq!(late.reserve(5, inputs[5].person, HOLD).await.unwrap(), Reservation::NotHeld);
    late.settle(0, answer(Billing::Billed)).await.unwrap();
    late.settle(1, answer(Billing::Free)).await.unwrap();
    late.release(2).await.unwrap();
    let totals = next.totals().await.unwrap();
    assert_eq!((totals.settled, totals.ambiguous, totals.spent.units), (2, 2, 3 * EACH));
    batch.funds().await;
    // The next worker was declared dead as well; it begins another lease, and sends one row again.
    let Claim::Held(chunk) = next.claim().await.unwrap() else { panic!("the chunk is free") };
    assert_eq!(chunk.taken_over, 1);
    let retry = OnAmbiguous::Retry { max_sends: 2 };
    assert_eq!(next.reserve(3, inputs[3].person, retry).await.unwrap(), Reservation::Send);
    late.settle(3, answer(Billing::Free)).await.unwrap();
    let states = next.states(vec![inputs[3].person, inputs[4].person]).await.unwrap();
    assert_eq!(states, [Some((3, RowState::Sending)), Some((4, RowState::Ambiguous))]);
    next.settle(3, answer(Billing::Billed)).await.unwrap();
    assert_eq!(batch.funds().await.spent, 4 * EACH);
}

/// A row that a dead worker releases late is not lost, although the chunk was done meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_release_opens_a_chunk_again() {
    let batch = Submitted::new(&database().await, &Shape { rows: 20, ..Shape::default() }).await;
    let late = batch.worker().await;
    reserve_some(&late, 2).await;
    batch.expire_all().await;
    let (next, provider) = (batch.worker().await, Provider::default());
    while next.recover().await.unwrap() {}
    let billed = |_| answer(Billing::Billed);
    work(&next, &provider, billed).await;
    assert_eq!((provider.rows(), next.claim().await.unwrap()), (18, Claim::Over { given_up: 0 }));
    late.release(0).await.unwrap();
    let Claim::Held(chunk) = next.claim().await.unwrap() else { panic!("the chunk is open again") };
    // The holder has read its rows without this one.
    let inputs = next.inputs(chunk).await.unwrap();
    late.release(1).await.unwrap();
    assert_eq!(
        inputs.iter().map(|input| (input.number, input.state)).collect::<Vec<_>>(),
        [(0, None), (1, Some(RowState::Ambiguous))]
    );
    assert!(next.leave(chunk, true).await.unwrap());
    work(&next, &provider, billed).await;
    assert_eq!((provider.rows(), next.claim().await.unwrap()), (20, Claim::Over { given_up: 0 }));
    assert_eq!(batch.funds().await.spent, 20 * EACH);
}

/// A chunk that ends its workers is given up, and holds no money.
#[tokio::test(flavor = "multi_thread")]
async fn a_chunk_is_taken_over_a_limited_number_of_times() {
    let batch = Submitted::new(&database().await, &Shape { rows: 10, ..Shape::default() }).await;
    let settings = WorkerSettings { takeover_limit: 2, ..WorkerSettings::default() };
    let worker = batch.worker_at(&batch.url, &settings).await;
    for round in 0..2 {
        let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("the chunk is free") };
        assert_eq!(chunk.taken_over, round);
        let input = &worker.inputs(chunk).await.unwrap()[round as usize];
        let number = u64::from(round);
        assert_eq!(worker.reserve(number, input.person, HOLD).await.unwrap(), Reservation::Send);
        batch.expire_all().await;
        while worker.recover().await.unwrap() {}
    }
    assert_eq!(worker.claim().await.unwrap(), Claim::Over { given_up: 1 });
    let mut connection = look(&batch.url).await;
    let granted: i64 =
        sqlx::query_scalar("SELECT granted FROM batch").fetch_one(&mut connection).await.unwrap();
    assert_eq!(granted, 2 * EACH);
    // The operator has mended what ended the workers.
    let mut store = PostgresStore::new(&batch.url, &[]);
    assert_eq!(store.reopen(batch.id).await.unwrap(), 1);
    let provider = Provider::default();
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!((provider.rows(), batch.funds().await.spent), (8, 10 * EACH));
    let status = store.status(batch.id).await.unwrap();
    assert_eq!((status.chunks_done, status.totals.ambiguous), (1, 2));
    // The rows that are ambiguous are sent again by a worker that has the setting, and by no other.
    assert_eq!(store.reopen(batch.id).await.unwrap(), 1);
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!((provider.rows(), batch.funds().await.spent), (8, 10 * EACH));
    assert_eq!(worker.claim().await.unwrap(), Claim::Over { given_up: 0 });
    assert_eq!(store.reopen(batch.id).await.unwrap(), 1);
    let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("the chunk is open") };
    let retry = OnAmbiguous::Retry { max_sends: 2 };
    for input in worker.inputs(chunk).await.unwrap() {
        assert_eq!(worker.reserve(input.number, input.person, retry).await.unwrap(), Reservation::Send);
        worker.settle(input.number, answer(Billing::Billed)).await.unwrap();
    }
    worker.leave(chunk, true).await.unwrap();
    assert_eq!(batch.funds().await.spent, 12 * EACH);
    assert_eq!(store.reopen(batch.id).await.unwrap(), 0);
}

/// The answer to a commit is lost. The attempt is committed again before it is sent, and no row is
/// sent twice or lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_answer_to_a_commit_is_followed_by_another_commit() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    let mut connection = look(&batch.url).await;
    sqlx::raw_sql(
        "CREATE TABLE written (number bigint, attempt bytea, transaction bigint);
         CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO written VALUES (NEW.number, NEW.attempt, txid_current()); RETURN NEW; END $$;
         CREATE TRIGGER note AFTER INSERT OR UPDATE ON sent FOR EACH ROW WHEN (NEW.state = 0) EXECUTE FUNCTION note()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let (url, faults) = proxy::start(&batch.url);
    let worker = batch.worker_at(&url, &WorkerSettings::default()).await;
    let Claim::Held(chunk) = worker.claim().await.unwrap() else { panic!("a chunk is free") };
    let inputs = worker.inputs(chunk).await.unwrap();
    for (input, commits) in inputs.iter().zip([1_i64, 2, 3]) {
        faults.swallow.store(u32::try_from(commits).unwrap() - 1, Ordering::SeqCst);
        assert_eq!(worker.reserve(input.number, input.person, HOLD).await.unwrap(), Reservation::Send);
        let written: i64 =
            sqlx::query_scalar("SELECT count(DISTINCT transaction) FROM written WHERE number = $1")
                .bind(input.number.cast_signed())
                .fetch_one(&mut connection)
                .await
                .unwrap();
        assert_eq!(written, commits, "row {}", input.number);
    }
    faults.swallow.store(1, Ordering::SeqCst);
    worker.settle(0, answer(Billing::Billed)).await.unwrap();
    faults.swallow.store(1, Ordering::SeqCst);
    worker.release(1).await.unwrap();
    worker.settle(2, answer(Billing::Free)).await.unwrap();
    assert_eq!(faults.swallowed.load(Ordering::SeqCst), 5);
    assert_eq!((batch.funds().await.spent, batch.funds().await.reserved), (EACH, 0));
    // A claim and a leave whose answers are lost.
    faults.swallow.store(1, Ordering::SeqCst);
    worker.leave(chunk, false).await.unwrap();
    faults.swallow.store(1, Ordering::SeqCst);
    let provider = Provider::default();
    work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!(provider.rows(), 98);
    let owned: i64 = sqlx::query_scalar("SELECT count(*) FROM chunk WHERE owner IS NOT NULL OR NOT done")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(owned, 0);
}

/// Backends are killed all the time, and every ninth commit loses its answer.
#[tokio::test(flavor = "multi_thread")]
async fn killed_backends_lose_no_row_and_send_none_twice() {
    let shape = Shape { rows: 600, chunk_rows: 50, person: |row| row % 500, ..Shape::default() };
    let batch = Submitted::new(&database().await, &shape).await;
    let (url, faults) = proxy::start(&batch.url);
    faults.each.store(9, Ordering::SeqCst);
    let provider = Provider::default();
    let mut workers = Vec::new();
    for _ in 0..3 {
        workers.push(batch.worker_at(&url, &WorkerSettings::default()).await);
    }
    let mut connection = look(&batch.url).await;
    let mut killed = 0;
    let disturb = async {
        loop {
            let kill =
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()
                        AND application_name = 'pyi' ORDER BY random() LIMIT 1";
            killed += sqlx::raw_sql(kill).execute(&mut connection).await.unwrap().rows_affected();
            batch.funds().await;
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
    };
    let all = workers.iter().map(|worker| work(worker, &provider, |_| answer(Billing::Billed)));
    let met = tokio::select! {
        met = futures_util::future::join_all(all) => met,
        () = disturb => unreachable!("it goes on until the workers are done"),
    };
    assert!(killed > 10, "{killed}");
    assert!(faults.swallowed.load(Ordering::SeqCst) > 5);
    assert_eq!(provider.rows(), 500);
    assert_eq!(met.iter().map(|met| met.duplicates).sum::<u64>(), 100);
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (500 * EACH, 0));
}

/// The server stops without a checkpoint while rows are in flight, and comes back; then one of its
/// processes is killed, which ends all others.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_stops_at_once_loses_no_reservation() {
    let server = Server::start();
    let batch = Submitted::new(
        &server.database("ledger").await,
        &Shape { rows: 500, chunk_rows: 50, ..Shape::default() },
    )
    .await;
    let provider = Provider::default();
    let workers = [batch.worker().await, batch.worker().await];
    let disturb = async {
        for _ in 0..2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
            server.tell("stop");
            tokio::time::sleep(Duration::from_millis(300)).await;
            server.tell("start");
            let mut connection = look(&batch.url).await;
            let pid = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'pyi' LIMIT 1";
            if let Ok(Some(row)) = sqlx::query(pid).fetch_optional(&mut connection).await {
                let pid: i32 = row.get(0);
                std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
            }
            connection.close().await.ok();
        }
    };
    let all = futures_util::future::join_all(
        workers.iter().map(|worker| work(worker, &provider, |_| answer(Billing::Billed))),
    );
    let (met, ()) = tokio::join!(all, disturb);
    assert_eq!(met, [Met::default(), Met::default()]);
    assert_eq!(provider.rows(), 500);
    let funds = batch.funds().await;
    assert_eq!((funds.spent, funds.reserved), (500 * EACH, 0));
    assert!(server.log().contains("database system was not properly shut down"), "it was stopped at once");
}

/// The network of one worker goes silent for longer than its lease: another one takes over, the
/// answers that come later are kept, and what it reserved when the network comes back is not sent.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_whose_network_is_silent_is_taken_over() {
    let batch = Submitted::new(&database().await, &Shape { rows: 30, ..Shape::default() }).await;
    let (url, faults) = proxy::start(&batch.url);
    let short = WorkerSettings { lease: Duration::from_secs(1), ..WorkerSettings::default() };
    let cut_off = batch.worker_at(&url, &short).await;
    let inputs = reserve_some(&cut_off, 3).await;
    faults.is_silent.store(true, Ordering::SeqCst);
    let late = tokio::spawn({
        let (cut_off, person) = (cut_off.clone(), inputs[3].person);
        async move {
            cut_off.settle(0, answer(Billing::Free)).await.unwrap();
            cut_off.reserve(3, person, HOLD).await.unwrap()
        }
    });
    let (provider, worker) = (Provider::default(), batch.worker_at(&batch.url, &short).await);
    let met = work(&worker, &provider, |_| answer(Billing::Billed)).await;
    assert_eq!((met, provider.rows()), (Met::default(), 27));
    faults.is_silent.store(false, Ordering::SeqCst);
    assert_eq!(late.await.unwrap(), Reservation::NotHeld);
    let totals = worker.totals().await.unwrap();
    assert_eq!((totals.settled, totals.ambiguous, totals.spent.units), (28, 2, 29 * EACH));
    batch.funds().await;
}

/// While a worker is being recovered, it reserves and claims nothing: it waits, and is dead then.
#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_is_being_recovered_reserves_and_claims_nothing() {
    let batch = Submitted::new(&database().await, &Shape::default()).await;
    let worker = batch.worker().await;
    let inputs = reserve_some(&worker, 1).await;
    let mut recovery = look(&batch.url).await;
    let mut watch = look(&batch.url).await;
    // The first steps of a recovery.
    sqlx::raw_sql("BEGIN; SELECT no FROM worker FOR UPDATE").execute(&mut recovery).await.unwrap();
    let reserve = tokio::spawn({
        let (worker, person) = (worker.clone(), inputs[1].person);
        async move { worker.reserve(1, person, HOLD).await.unwrap() }
    });
    let claim = tokio::spawn({
        let worker = worker.clone();
        async move { worker.claim().await.unwrap() }
    });
    let waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let mut both = 0_i64;
    for _ in 0..500 {
        both = sqlx::query_scalar(waiting).fetch_one(&mut watch).await.unwrap();
        if both == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(both, 2, "the reservation and the claim wait for the recovery");
    sqlx::raw_sql("DELETE FROM worker; COMMIT").execute(&mut recovery).await.unwrap();
    assert_eq!(reserve.await.unwrap(), Reservation::NotHeld);
    let Claim::Held(chunk) = claim.await.unwrap() else { panic!("a chunk is free") };
    let alive = "SELECT count(*) FROM chunk JOIN worker ON worker.no = chunk.owner WHERE chunk.no = $1";
    let alive: i64 =
        sqlx::query_scalar(alive).bind(chunk.number.cast_signed()).fetch_one(&mut watch).await.unwrap();
    assert_eq!(alive, 1, "it claims with another lease");
}

/// Late answers of a dead worker and reservations of the next one change the same chunk at the same
/// time, in a database that is slow: the money and the counts are those of the rows.
#[tokio::test(flavor = "multi_thread")]
async fn two_workers_change_one_chunk_one_after_the_other() {
    let batch = Submitted::new(&database().await, &Shape { rows: 10, ..Shape::default() }).await;
    let late = batch.worker().await;
    let inputs = reserve_some(&late, 3).await;
    batch.expire_all().await;
    let next = batch.worker().await;
    while next.recover().await.unwrap() {}
    let Claim::Held(_) = next.claim().await.unwrap() else { panic!("the chunk is free") };
    let mut connection = look(&batch.url).await;
    sqlx::raw_sql(
        "CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.1); RETURN NEW; END $$;
         CREATE TRIGGER slow BEFORE INSERT OR UPDATE ON sent FOR EACH ROW EXECUTE FUNCTION slow()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for row in 0..3 {
        let person = inputs[row as usize + 5].person;
        let (settled, reserved) =
            tokio::join!(late.settle(row, answer(Billing::Free)), next.reserve(row + 5, person, HOLD));
        settled.unwrap();
        assert_eq!(reserved.unwrap(), Reservation::Send);
        let funds = batch.funds().await;
        let reserved = (row as i64 + 1) * EACH;
        assert_eq!((funds.spent, funds.reserved), (3 * EACH - reserved, reserved));
    }
}
