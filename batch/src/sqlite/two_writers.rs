//! Tests of two writers of one ledger, where the lock did not hold: each decides by what it reads
//! in its own transaction.

use std::path::Path;

use pyi_runtime::{Billing, CallOutcome};
use sqlx::Connection;
use tokio::sync::mpsc;

use super::file::{LedgerFile, connect_to_write};
use super::writer::GROUP;
use super::{BatchInfo, Ledger, SANDBOX, opening, writer};
use crate::attempt::{Attempt, AttemptId};
use crate::money::{Currency, Money};
use crate::run::Key;
use crate::store::{OnAmbiguous, Reservation, RowOutcome, RowState, Store};

const EACH: i64 = 16;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

fn info(budget: i64) -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: SANDBOX.to_owned(),
        budget: yuan(budget),
        unit_price: yuan(EACH),
    }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

/// Opens a ledger past the lock.
async fn open_unlocked(path: &Path, budget: i64) -> Ledger {
    let file = LedgerFile::unlocked(path);
    let mut connection = connect_to_write(path).await.unwrap();
    let prepared =
        opening::prepare(&mut connection, (&file, path), &info(budget), &key().check(), None).await.unwrap();
    let opening = prepared.opening;
    let (commands, heard) = mpsc::channel(GROUP);
    writer::start(path, connection, prepared, file, heard).unwrap();
    Ledger { commands, opening }
}

/// The attempt of a row by one of two programs.
fn attempt(row: u64, program: u8) -> Attempt {
    Attempt { row, id: AttemptId([program; 16]) }
}

fn answered(billing: Billing) -> RowOutcome {
    let data = Some("{}".to_owned());
    RowOutcome { billing, code: Some(10000.into()), outcome: CallOutcome::Data, error: None, data }
}

#[tokio::test(flavor = "multi_thread")]
async fn two_writers_send_each_row_once_and_share_the_budget() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let budget = 100 * EACH;
    let ledgers =
        [Ledger::open(&path, &info(budget), &key()).await.unwrap(), open_unlocked(&path, budget).await];
    let mut tasks = Vec::new();
    for row in 0..150_u64 {
        for (program, ledger) in (1..).zip(ledgers.clone()) {
            tasks.push(tokio::spawn(async move {
                let attempt = attempt(row, program);
                let mut reservation = Reservation::BudgetHeld;
                while reservation == Reservation::BudgetHeld {
                    reservation = ledger.reserve(attempt, [row as u8; 16], OnAmbiguous::Hold).await.unwrap();
                }
                if reservation == Reservation::Send {
                    ledger.settle(attempt, answered(Billing::Billed)).await.unwrap();
                }
                u64::from(reservation == Reservation::Send)
            }));
        }
    }
    let mut sent = 0;
    for task in tasks {
        sent += task.await.unwrap();
    }
    assert_eq!(sent, 100);
    let totals = ledgers[0].totals().await.unwrap();
    assert_eq!((totals.spent.units, totals.reserved.units, totals.settled), (budget, 0, 100));
}

/// A program that opens the ledger takes what another one is sending for ambiguous; the answer that
/// comes later is not lost.
#[tokio::test(flavor = "multi_thread")]
async fn a_late_answer_settles_its_own_attempt_and_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let first = Ledger::open(&path, &info(100 * EACH), &key()).await.unwrap();
    for row in 0..4_u64 {
        assert_eq!(
            first.reserve(attempt(row, 1), [row as u8; 16], OnAmbiguous::Hold).await.unwrap(),
            Reservation::Send
        );
    }
    let second = open_unlocked(&path, 100 * EACH).await;
    let totals = second.totals().await.unwrap();
    assert_eq!((totals.ambiguous, totals.spent.units, totals.reserved.units), (4, 4 * EACH, 0));
    first.settle(attempt(0, 1), answered(Billing::Billed)).await.unwrap();
    first.settle(attempt(1, 1), answered(Billing::Free)).await.unwrap();
    first.release(attempt(2, 1)).await.unwrap();
    let totals = second.totals().await.unwrap();
    assert_eq!((totals.settled, totals.ambiguous, totals.spent.units), (2, 1, 2 * EACH));
    // The other program sends the last row again: the first one's answer is not the new attempt's.
    let retry = OnAmbiguous::Retry { max_sends: 2 };
    assert_eq!(second.reserve(attempt(3, 2), [3; 16], retry).await.unwrap(), Reservation::Send);
    first.settle(attempt(3, 1), answered(Billing::Free)).await.unwrap();
    let found = second.find(vec![[3; 16]]).await.unwrap();
    assert!(matches!(&found[0], Some((3, found)) if found.state == RowState::Sending), "{found:?}");
    second.settle(attempt(3, 2), answered(Billing::Billed)).await.unwrap();
    let totals = second.totals().await.unwrap();
    assert_eq!(
        (totals.settled, totals.ambiguous, totals.spent.units, totals.reserved.units),
        (3, 0, 3 * EACH, 0)
    );
    let mut connection = connect_to_write(&path).await.unwrap();
    let (rows,): (i64,) =
        sqlx::query_as("SELECT sum(spent) FROM row").fetch_one(&mut connection).await.unwrap();
    assert_eq!(rows, totals.spent.units);
    connection.close().await.unwrap();
}
