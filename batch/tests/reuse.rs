//! Answers of earlier batches in ledgers in files: a batch takes those that were billed and are
//! decided.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyi_batch::{
    BatchInfo, Currency, Fingerprint, Key, Ledger, Mapping, Money, OnAmbiguous, Overlap, Registration,
    Registry, Reservation, Reused, RowOutcome, RowState, Store, Table, reuse,
};
use pyi_codegen::{Input, ir};
use pyi_runtime::{Billing, CallOutcome};
use sqlx::Connection as _;

use crate::support::Program;

mod support;

const DAY: i64 = 24 * 60 * 60;
const PEOPLE: u64 = 9;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

fn info(target: &str) -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: target.to_owned(),
        budget: yuan(1_000_000),
        unit_price: yuan(16),
    }
}

const HERE: &str = "https://provider.example";

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

/// The person of a line.
fn person(line: u64) -> Fingerprint {
    let values = [("bank_id", "11010519491231002X".to_owned()), ("bank_name", format!("张{line}号"))];
    key().fingerprint(&values.map(|(name, value)| (name.to_owned(), value)))
}

/// The outcome of a line in the earlier batch. Lines 2 and 3 are taken.
fn met(line: u64) -> RowOutcome {
    let data = Some("{\"bank_name\":\"张\"}".to_owned());
    let billed = RowOutcome {
        billing: Billing::Billed,
        code: Some(10000.into()),
        outcome: CallOutcome::Data,
        error: None,
        data,
    };
    match line {
        2 => billed,
        3 => RowOutcome { outcome: CallOutcome::NoData, data: None, code: Some(10001.into()), ..billed },
        4 => RowOutcome { billing: Billing::Free, ..billed },
        5 => RowOutcome { outcome: CallOutcome::Undecodable, ..billed },
        6 => RowOutcome { outcome: CallOutcome::Pending, ..billed },
        7 => RowOutcome { outcome: CallOutcome::Debug, ..billed },
        8 => RowOutcome { billing: Billing::Unknown, ..billed },
        _ => RowOutcome { billing: Billing::Unknown, code: None, outcome: CallOutcome::Unknown, ..billed },
    }
}

/// A folder with a registry, and a table whose lines 2 to 10 are people, and line 11 is the first
/// again.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        let lines: Vec<String> = (2..2 + PEOPLE).map(line_of).chain([line_of(2)]).collect();
        std::fs::write(folder.path("people.csv"), format!("姓名,身份证号\n{}", lines.concat())).unwrap();
        folder
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    async fn open(&self, name: &str, target: &str) -> Ledger {
        let registry = self.path("batch.registry");
        let keep = Duration::from_secs(90 * 24 * 3600);
        let registration = Registration { path: &registry, keep, adopt: false, retain: None };
        Ledger::open_registered(&self.path(name), &info(target), &key(), &registration).await.unwrap()
    }

    /// Sends the table's people, each as its line has it.
    async fn send(&self, name: &str, target: &str) {
        let program = Program::new(self.open(name, target).await);
        program.accept_overlap(&Overlap { until: i64::MAX, ..Overlap::default() }).await.unwrap();
        for line in 2..2 + PEOPLE {
            let sent = program.reserve(line, person(line), OnAmbiguous::Hold).await.unwrap();
            assert_eq!(sent, Reservation::Send);
            program.settle(line, met(line)).await.unwrap();
        }
        program.into_store().close().await.unwrap();
    }

    async fn reuse(&self, ledger: &Ledger, target: &str, since: i64) -> Reused {
        let spec = spec();
        let endpoint = spec.endpoint("id_card_two_factor").unwrap();
        let table = Table::open(&self.path("people.csv")).unwrap();
        let mapping = Mapping::new(&spec, endpoint, table.titles(), &[]).unwrap();
        let mut registry = Registry::open(&self.path("batch.registry")).await.unwrap();
        let info = info(target);
        reuse(&mut registry, (ledger, &info), (&spec, endpoint), (&table, &mapping), &key(), since)
            .await
            .unwrap()
    }
}

fn line_of(line: u64) -> String {
    format!("张{line}号,11010519491231002X\n")
}

fn spec() -> ir::Provider {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../spec");
    pyi_codegen::load(Input::Folder { path: &folder, shown: "spec" }).0
}

async fn execute(path: &Path, statement: &'static str) {
    let mut connection = sqlx::SqliteConnection::connect(path.to_str().unwrap()).await.unwrap();
    sqlx::raw_sql(statement).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_takes_billed_answers_and_no_others() {
    let folder = Folder::new();
    folder.send("first", HERE).await;
    let second = folder.open("second", HERE).await;
    let reused = folder.reuse(&second, HERE, 0).await;
    assert_eq!((reused.rows, reused.unread.len()), (2, 0));
    // A second time, after a kill for one, takes nothing more.
    assert_eq!(folder.reuse(&second, HERE, 0).await.rows, 0);
    let totals = second.totals().await.unwrap();
    assert_eq!((totals.settled, totals.spent, totals.reserved), (2, yuan(0), yuan(0)));
    let found = second.find((2..2 + PEOPLE).map(person).collect()).await.unwrap();
    for (line, found) in (2..).zip(found) {
        match found {
            Some((number, record)) => {
                assert_eq!((number, record.state), (line, RowState::Settled));
                assert!(record.reused.is_some());
                let kept = RowOutcome { billing: Billing::NotSent, ..met(line) };
                assert_eq!(record.outcome, Some(kept), "line {line}");
            }
            None => assert!(line > 3, "line {line}"),
        }
    }
    let program = Program::new(second);
    let known = program.reserve(2, person(2), OnAmbiguous::Hold).await.unwrap();
    assert_eq!(known, Reservation::Known(RowState::Settled));
    program.into_store().close().await.unwrap();
    let path = folder.path("second");
    let report = Ledger::report(&path).await.unwrap();
    assert_eq!((report.reused, report.lines.len(), report.repeated), (2, 0, 0));
    assert!(Ledger::sent_rows(&path).await.unwrap().is_empty(), "a bill has no line of them");
    // The registry has no call of the second batch, also once it was brought up to date.
    execute(&folder.path("batch.registry"), "UPDATE ledger SET generation = 0").await;
    folder.open("second", HERE).await.close().await.unwrap();
    execute(&folder.path("first"), "UPDATE row SET sent_at = sent_at - 8 * 86400").await;
    let third = folder.open("third", HERE).await;
    let week = now() - 7 * DAY;
    assert_eq!(folder.reuse(&third, HERE, week).await.rows, 0, "the age is that of the call");
    assert_eq!(folder.reuse(&third, HERE, now() - 9 * DAY).await.rows, 2);
    third.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_cannot_be_read_is_named() {
    let folder = Folder::new();
    folder.send("first", HERE).await;
    folder.send("elsewhere", "https://another.example").await;
    let second = folder.open("second", HERE).await;
    // Another file at the place of the first one, then none.
    std::fs::rename(folder.path("first"), folder.path("moved")).unwrap();
    std::fs::copy(folder.path("elsewhere"), folder.path("first")).unwrap();
    let reused = folder.reuse(&second, HERE, 0).await;
    assert_eq!((reused.rows, reused.unread.len()), (0, 1), "{reused:?}");
    assert!(reused.unread[0].1.to_string().contains("another one than the registry knows"), "{reused:?}");
    std::fs::remove_file(folder.path("first")).unwrap();
    let reused = folder.reuse(&second, HERE, 0).await;
    assert!(reused.unread[0].1.to_string().contains("there is no ledger"), "{reused:?}");
    std::fs::rename(folder.path("moved"), folder.path("first")).unwrap();
    // Forgotten people have no answers.
    Ledger::forget(&folder.path("first")).await.unwrap();
    let reused = folder.reuse(&second, HERE, 0).await;
    assert_eq!((reused.rows, reused.unread.len()), (0, 1), "{reused:?}");
    second.close().await.unwrap();
}

fn now() -> i64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs().try_into().unwrap()
}
