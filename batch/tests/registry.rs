//! The registry of a user in the library: batches that run at the same time do not send a person
//! twice, and old entries expire.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::time::Duration;

use pyi_batch::{
    BatchInfo, Currency, Key, Ledger, Money, OnAmbiguous, Overlap, Registration, Registry, Reservation,
    RowOutcome, Store,
};
use pyi_runtime::{Billing, CallOutcome};

use crate::support::Program;

mod support;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

fn info(endpoint: &str) -> BatchInfo {
    BatchInfo {
        endpoint: endpoint.to_owned(),
        target: "https://provider.example".to_owned(),
        budget: yuan(1_000_000),
        unit_price: yuan(16),
    }
}

async fn open(folder: &Path, name: &str, endpoint: &str) -> Program<Ledger> {
    let registry = folder.join("batch.registry");
    let registration = Registration { path: &registry, keep: 90 * DAY, adopt: false, retain: None };
    let key = Key::new(b"a key of the tests, which opens nothing at all");
    let path = folder.join(name);
    Program::new(Ledger::open_registered(&path, &info(endpoint), &key, &registration).await.unwrap())
}

fn settled(billing: Billing) -> RowOutcome {
    RowOutcome { billing, code: Some(10000.into()), outcome: CallOutcome::Data, error: None, data: None }
}

async fn reserve(ledger: &Program<Ledger>, row: u64, person: u8) -> Reservation {
    ledger.reserve(row, [person; 16], OnAmbiguous::Hold).await.unwrap()
}

/// Changes a registry with Python. `false` if Python is missing.
fn python(path: &Path, statements: &str) -> bool {
    let script = "import sqlite3, sys\nsqlite3.connect(sys.argv[1]).executescript(sys.argv[2])";
    let python =
        std::process::Command::new("python3").args(["-c", script]).arg(path).arg(statements).status();
    let is_done = python.is_ok_and(|status| status.success());
    assert!(is_done || std::env::var_os("CI").is_none(), "Python is needed");
    is_done
}

/// Two batches of the same people at once: the registry lets each person through once, and what is
/// refused costs nothing.
#[tokio::test(flavor = "multi_thread")]
async fn batches_that_run_at_the_same_time_share_their_people() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path(), "one", "id_card_two_factor").await;
    let two = open(folder.path(), "two", "id_card_two_factor").await;
    let mut tasks = Vec::new();
    for person in 0..30_u8 {
        for (ledger, row) in [(one.clone(), u64::from(person)), (two.clone(), 100 - u64::from(person))] {
            tasks.push(tokio::spawn(async move { reserve(&ledger, row, person).await }));
        }
    }
    let mut told = Vec::new();
    for task in tasks {
        told.push(task.await.unwrap());
    }
    assert_eq!(told.iter().filter(|told| **told == Reservation::Send).count(), 30, "{told:?}");
    assert_eq!(told.iter().filter(|told| **told == Reservation::Elsewhere).count(), 30, "{told:?}");
    let (first, second) = (one.totals().await.unwrap(), two.totals().await.unwrap());
    assert_eq!((first.sending + second.sending, first.reserved.units + second.reserved.units), (30, 30 * 16));
    // Another endpoint has nothing to do with it.
    let other = open(folder.path(), "other", "bank_card").await;
    assert_eq!(reserve(&other, 1, 1).await, Reservation::Send);
}

/// A free call reserves no person; accepted people are sent; old entries are ignored.
#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_free_again_by_a_free_answer_by_leave_and_by_time() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path(), "one", "id_card_two_factor").await;
    for (row, billing) in [(1, Billing::Billed), (2, Billing::Free), (3, Billing::Unknown)] {
        assert_eq!(reserve(&one, row, row as u8).await, Reservation::Send);
        one.settle(row, settled(billing)).await.unwrap();
    }
    assert_eq!(reserve(&one, 4, 4).await, Reservation::Send);
    one.release(4).await.unwrap();
    let two = open(folder.path(), "two", "id_card_two_factor").await;
    let people = [[1; 16], [2; 16], [3; 16], [4; 16], [5; 16]];
    let path = folder.path().join("batch.registry");
    let mut registry = Registry::open(&path).await.unwrap();
    let own = Some(two.opening().id);
    let overlap = registry.overlap(own, "id_card_two_factor", &people, 0).await.unwrap();
    assert_eq!(overlap, [true, false, true, false, false]);
    // The batch's own people are known to its own ledger.
    let of_one = Some(one.opening().id);
    let none = registry.overlap(of_one, "id_card_two_factor", &people, 0).await.unwrap();
    assert!(!none.contains(&true), "{none:?}");
    let none = registry.overlap(own, "id_card_two_factor", &people, i64::MAX).await.unwrap();
    assert!(!none.contains(&true), "{none:?}");
    assert_eq!(reserve(&two, 1, 1).await, Reservation::Elsewhere);
    assert_eq!(reserve(&two, 2, 2).await, Reservation::Send);
    // What is accepted is what was looked at: it holds for this opening, and a person that was
    // named is kept.
    let until = registry.sequence().await.unwrap();
    let accepted = Overlap { people: vec![[1; 16]], until, ..Overlap::default() };
    two.accept_overlap(&accepted).await.unwrap();
    assert_eq!(reserve(&two, 1, 1).await, Reservation::Send);
    // Sent behind what was looked at.
    assert_eq!(reserve(&one, 5, 5).await, Reservation::Send);
    assert_eq!(reserve(&two, 5, 5).await, Reservation::Elsewhere);
    two.into_store().close().await.unwrap();
    let two = open(folder.path(), "two", "id_card_two_factor").await;
    assert_eq!(reserve(&two, 3, 3).await, Reservation::Elsewhere);
    let known = Ledger::accepted(&folder.path().join("two")).await.unwrap();
    assert!(known.contains(&[1; 16]) && known.len() == 1);
}

/// What expired is gone from the file.
#[tokio::test(flavor = "multi_thread")]
async fn entries_expire() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path(), "one", "id_card_two_factor").await;
    assert_eq!(reserve(&one, 1, 1).await, Reservation::Send);
    one.into_store().close().await.unwrap();
    let path = folder.path().join("batch.registry");
    // A send of a hundred days ago.
    let older = "time = time - 8640000, expires = expires - 8640000";
    if !python(&path, &format!("UPDATE send SET {older}; UPDATE journal SET {older}")) {
        return;
    }
    let mut registry = Registry::open(&path).await.unwrap();
    let found = registry.overlap(None, "id_card_two_factor", &[[1; 16]], 0).await.unwrap();
    assert_eq!(found, [false]);
    // It leaves the file with the next batch that is opened; a copy of its ledger can no longer be
    // adopted.
    open(folder.path(), "two", "id_card_two_factor").await.into_store().close().await.unwrap();
    std::fs::copy(folder.path().join("one"), folder.path().join("copy")).unwrap();
    let registration = Registration { path: &path, keep: 90 * DAY, adopt: true, retain: None };
    let key = Key::new(b"a key of the tests, which opens nothing at all");
    let copy = folder.path().join("copy");
    let error = Ledger::open_registered(&copy, &info("id_card_two_factor"), &key, &registration).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("has forgotten some of the people"), "{error}");
}

/// A registry of the first format, which had no journal, keeps whom it knows.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_the_first_format_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path(), "one", "id_card_two_factor").await;
    assert_eq!(reserve(&one, 1, 1).await, Reservation::Send);
    one.into_store().close().await.unwrap();
    let path = folder.path().join("batch.registry");
    // Its journal is in the table of people then.
    Registry::open(&path).await.unwrap();
    let statements = "DROP TABLE journal; DROP TABLE result; ALTER TABLE ledger DROP COLUMN sequence; ALTER TABLE ledger DROP COLUMN keep;
        ALTER TABLE ledger DROP COLUMN erase_at; PRAGMA user_version = 1";
    if !python(&path, statements) {
        return;
    }
    let mut registry = Registry::open(&path).await.unwrap();
    let people = [[1; 16], [2; 16]];
    let found = registry.overlap(None, "id_card_two_factor", &people, 0).await.unwrap();
    assert_eq!(found, [true, false]);
    let two = open(folder.path(), "two", "id_card_two_factor").await;
    assert_eq!(reserve(&two, 1, 1).await, Reservation::Elsewhere);
    assert_eq!(reserve(&two, 2, 2).await, Reservation::Send);
}

/// More rows than a journal keeps, and a row that is sent again and released while they are in it.
#[tokio::test(flavor = "multi_thread")]
async fn a_long_journal_is_folded() {
    let folder = tempfile::tempdir().unwrap();
    let one = open(folder.path(), "one", "id_card_two_factor").await;
    let person = |row: u64| u128::from(row).to_be_bytes();
    let retry = OnAmbiguous::Retry { max_sends: 3 };
    let mut tasks = tokio::task::JoinSet::new();
    for row in 1..=17_000 {
        let one = one.clone();
        tasks.spawn(async move {
            assert_eq!(one.reserve(row, person(row), retry).await.unwrap(), Reservation::Send);
            match row % 4 {
                0 => one.release(row).await.unwrap(),
                1 => one.settle(row, settled(Billing::Free)).await.unwrap(),
                2 => one.settle(row, settled(Billing::Billed)).await.unwrap(),
                _ => {
                    let lost = RowOutcome { code: None, ..settled(Billing::Unknown) };
                    one.settle(row, lost).await.unwrap();
                    assert_eq!(one.reserve(row, person(row), retry).await.unwrap(), Reservation::Send);
                    one.release(row).await.unwrap();
                }
            }
        });
    }
    while let Some(done) = tasks.join_next().await {
        done.unwrap();
    }
    let mut registry = Registry::open(&folder.path().join("batch.registry")).await.unwrap();
    let people: Vec<_> = (1..=17_000).map(person).collect();
    let found = registry.overlap(None, "id_card_two_factor", &people, 0).await.unwrap();
    for (row, found) in (1_u64..).zip(found) {
        assert_eq!(found, row % 4 > 1, "row {row}");
    }
}

/// A registry of another key identifies no person, and is reported.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_another_key_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    open(folder.path(), "one", "id_card_two_factor").await.into_store().close().await.unwrap();
    let path = folder.path().join("batch.registry");
    let registration = Registration { path: &path, keep: 90 * DAY, adopt: false, retain: None };
    let (two, key) = (folder.path().join("two"), Key::new(&[7; 32]));
    let two = Ledger::open_registered(&two, &info("id_card_two_factor"), &key, &registration).await.unwrap();
    assert!(two.opening().is_registry_lost);
}

/// A file that is no registry is left as it is.
#[tokio::test]
async fn what_is_no_registry_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    std::fs::write(&path, "no registry, and longer than the head of one: ".repeat(10)).unwrap();
    assert!(Registry::open(&path).await.is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("no registry"));
    let ledger = open(folder.path(), "one", "id_card_two_factor").await;
    ledger.into_store().close().await.unwrap();
    let error = Registry::open(&folder.path().join("one")).await.unwrap_err().to_string();
    assert!(error.contains("is no registry"), "{error}");
    let error = Registry::open(folder.path()).await.unwrap_err().to_string();
    assert!(error.contains("not a regular file"), "{error}");
}
