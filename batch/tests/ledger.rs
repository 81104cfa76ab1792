//! The ledger compared with a model: for any requests and stops, no row and no person is sent twice
//! unasked, the budget holds, and reported outcomes are stored.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;

use proptest::prelude::*;
use pyi_batch::{BatchInfo, Key, Ledger, OnAmbiguous, Reservation, RowState, SANDBOX, Store};
use pyi_runtime::Billing;

use crate::support::Program;
use crate::support::model::{EACH, follow, person, settled, steps, yuan};

mod support;

const TARGET: &str = SANDBOX;

fn info(budget: i64) -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: TARGET.to_owned(),
        budget: yuan(budget),
        unit_price: yuan(EACH),
    }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

async fn open(path: &Path, budget: i64) -> Program<Ledger> {
    Program::new(Ledger::open(path, &info(budget), &key()).await.unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]
    #[test]
    fn a_ledger_is_its_model(steps in steps(), budget in 0_i64..5 * EACH) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("ledger");
            let reopen = async |ledger: Option<Ledger>| {
                if let Some(ledger) = ledger {
                    ledger.close().await.unwrap();
                }
                Ledger::open(&path, &info(budget), &key()).await.unwrap()
            };
            follow(steps, budget, reopen).await
        })?;
    }
}

/// Rows that wait for each other share a transaction, and each gets its own result.
#[tokio::test(flavor = "multi_thread")]
async fn many_rows_at_once_are_each_sent_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    let asked = (0..400_u64).map(|ask| {
        let ledger = ledger.clone();
        let of = person((ask % 200) as u8);
        tokio::spawn(async move { ledger.reserve(ask % 200, of, OnAmbiguous::Hold).await.unwrap() })
    });
    let asked: Vec<_> = asked.collect();
    let mut sent = 0;
    for told in asked {
        sent += u32::from(told.await.unwrap() == Reservation::Send);
    }
    // No more than the budget covers, and no row twice.
    assert_eq!(sent, 100);
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.sending, totals.reserved.units, totals.spent.units), (100, 100 * EACH, 0));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_its_owners_alone_and_one_programs_at_a_time() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = open(&path, EACH).await;
    ledger.reserve(1, person(1), OnAmbiguous::Hold).await.unwrap();
    ledger.settle(1, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
    }
    let other = Ledger::open(&path, &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(other.contains("another program has it open"), "{other}");
    // Its progress can be read.
    assert!(Ledger::report(&path).await.unwrap().is_running);
    ledger.into_store().close().await.unwrap();
    assert!(!Ledger::report(&path).await.unwrap().is_running);
    // A price may change while a batch is under way, what is called may not.
    let dearer = BatchInfo { unit_price: yuan(EACH + 1), ..info(EACH) };
    Ledger::open(&path, &dearer, &key()).await.unwrap().close().await.unwrap();
    let other = BatchInfo { endpoint: "bank_card".to_owned(), ..info(EACH) };
    let error = Ledger::open(&path, &other, &key()).await.unwrap_err().to_string();
    assert!(error.contains("give each batch its own"), "{error}");
    // What the sandbox answered is not taken for the provider's answer.
    let provider = BatchInfo { target: "https://provider.example".to_owned(), ..info(EACH) };
    let error = Ledger::open(&path, &provider, &key()).await.unwrap_err().to_string();
    assert!(error.contains("was sent to the sandbox, and not to https://provider.example"), "{error}");
    let error = Ledger::move_to(&path, &provider.target).await.unwrap_err().to_string();
    assert!(error.contains("does not move to"), "{error}");
    // Another key would identify no person.
    let other = Ledger::open(&path, &info(EACH), &Key::new(&[7; 32])).await.unwrap_err().to_string();
    assert!(other.contains("not the key that the ledger was begun with"), "{other}");
    let nowhere =
        Ledger::open(Path::new("/nowhere/ledger"), &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(nowhere.contains("cannot be made"), "{nowhere}");
}

/// A batch moves with its account from one address to another, and to the sandbox it does not.
#[tokio::test]
async fn a_ledger_moves_between_addresses_and_not_to_the_sandbox() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let at = |target: &str| BatchInfo { target: target.to_owned(), ..info(EACH) };
    let (old, new) = (at("http://provider.example"), at("https://provider.example"));
    Ledger::open(&path, &old, &key()).await.unwrap().close().await.unwrap();
    assert!(Ledger::move_to(&path, SANDBOX).await.is_err());
    let error = Ledger::open(&path, &new, &key()).await.unwrap_err().to_string();
    assert!(error.contains("was sent to http://provider.example, and not to https://"), "{error}");
    Ledger::move_to(&path, &new.target).await.unwrap();
    Ledger::open(&path, &new, &key()).await.unwrap().close().await.unwrap();
}

/// A person is free again as soon as the row is that had him, also within one group.
#[tokio::test(flavor = "multi_thread")]
async fn a_row_is_withdrawn_and_its_duplicate_intended_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    for round in 0..50_u64 {
        let (first, second) = (2 * round, 2 * round + 1);
        let person = person(round as u8);
        assert_eq!(ledger.reserve(first, person, OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        let (withdrawn, intended) =
            tokio::join!(ledger.release(first), ledger.reserve(second, person, OnAmbiguous::Hold));
        withdrawn.unwrap();
        assert_eq!(intended.unwrap(), Reservation::Send);
        ledger.settle(second, settled(Billing::Free, Some(10025.into()))).await.unwrap();
    }
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.settled, totals.sending, totals.spent.units, totals.reserved.units), (50, 0, 0, 0));
}

/// What each row cost is what the batch cost, however often some of them were sent.
#[tokio::test]
async fn a_report_adds_up() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = open(&path, 100 * EACH).await;
    for row in 0..4 {
        ledger.reserve(row, person(row as u8), OnAmbiguous::Hold).await.unwrap();
    }
    ledger.settle(0, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    ledger.settle(1, settled(Billing::Free, Some(10025.into()))).await.unwrap();
    ledger.settle(2, settled(Billing::Unknown, None)).await.unwrap();
    ledger.into_store().close().await.unwrap();
    // Row 3 was in flight, row 2 had no answer; both are sent again, at another price, and one of
    // them is answered.
    let dearer = BatchInfo { unit_price: yuan(EACH + 1), ..info(100 * EACH) };
    let ledger = Program::new(Ledger::open(&path, &dearer, &key()).await.unwrap());
    for row in 2..4 {
        let told = ledger.reserve(row, person(row as u8), OnAmbiguous::Retry { max_sends: 2 }).await.unwrap();
        assert_eq!(told, Reservation::Send);
    }
    ledger.settle(2, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    let report = Ledger::report(&path).await.unwrap();
    let settled: i64 = report.lines.iter().map(|line| line.spent.units).sum();
    assert_eq!((settled, report.repeated), (EACH + EACH + EACH + 1, 2));
    assert_eq!(report.uncertain.units, EACH + EACH + 1);
    assert_eq!(settled + report.uncertain.units, report.totals.spent.units + report.totals.reserved.units);
    ledger.into_store().close().await.unwrap();
}

/// Files of other programs are not changed.
#[tokio::test]
async fn a_file_that_is_no_ledger_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes");
    std::fs::write(&path, "no ledger, and longer than the head of one: ".repeat(10)).unwrap();
    let before = std::fs::metadata(&path).unwrap().permissions();
    assert!(Ledger::open(&path, &info(EACH), &key()).await.is_err());
    assert!(std::fs::read_to_string(&path).unwrap().starts_with("no ledger"));
    assert_eq!(std::fs::metadata(&path).unwrap().permissions(), before);
}

/// One file has one lock, under whichever name.
#[cfg(unix)]
#[tokio::test]
async fn a_ledger_of_two_names_is_one_programs() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("ledger"), folder.path().join("current"));
    let ledger = open(&path, EACH).await;
    std::os::unix::fs::symlink(&path, &other).unwrap();
    let error = Ledger::open(&other, &info(EACH), &key()).await.unwrap_err().to_string();
    assert!(error.contains("another program has it open"), "{error}");
    assert!(Ledger::report(&other).await.unwrap().is_running);
    ledger.into_store().close().await.unwrap();
}

/// A lookup of states, with an unknown and a repeated person.
#[tokio::test]
async fn states_are_those_of_the_rows() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = open(&folder.path().join("ledger"), 100 * EACH).await;
    for row in [1_u8, 2] {
        ledger.reserve(row.into(), [row; 16], OnAmbiguous::Hold).await.unwrap();
    }
    ledger.settle(1, settled(Billing::Billed, Some(10000.into()))).await.unwrap();
    let states = ledger.states([2, 9, 1, 2].map(|person| [person; 16]).to_vec()).await.unwrap();
    let (first, second) = (Some((1, RowState::Settled)), Some((2, RowState::Sending)));
    assert_eq!(states, [second, None, first, second]);
}
