//! Ledgers that the present program did not write: of the first format, of a later one, damaged, in
//! another currency, or other files. Python's sqlite3 writes them.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use pyi_batch::{
    AlertStore, BatchInfo, Currency, Key, Ledger, Money, OnAmbiguous, Reservation, RowOutcome, RowRecord,
    RowState, Shares, Store,
};
use pyi_runtime::{Billing, CallOutcome};

use crate::support::Program;

mod support;

const EACH: i64 = 16;

fn yuan(units: i64) -> Money {
    Money { units, currency: Currency::new("CNY", 2).unwrap() }
}

fn info() -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: "https://provider.example".to_owned(),
        budget: yuan(100 * EACH),
        unit_price: yuan(EACH),
    }
}

fn key() -> Key {
    Key::new(b"a key of the tests, which opens nothing at all")
}

/// Runs Python with a file's path; `false` where there is none.
fn python(script: &str, path: &Path) -> bool {
    let done = Command::new("python3").args(["-c", script]).arg(path).status();
    let done = done.is_ok_and(|status| status.success());
    assert!(done || std::env::var_os("CI").is_none(), "Python is needed");
    done
}

/// The first format, as the version of that time made it.
const FIRST_FORMAT: &str = "import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute('PRAGMA journal_mode = WAL')
c.executescript('''
CREATE TABLE batch (id INTEGER PRIMARY KEY CHECK (id = 1), endpoint TEXT NOT NULL, target TEXT NOT NULL, key BLOB NOT NULL,
    budget INTEGER NOT NULL, each INTEGER NOT NULL, spent INTEGER NOT NULL DEFAULT 0, reserved INTEGER NOT NULL DEFAULT 0,
    forgotten INTEGER NOT NULL DEFAULT 0) STRICT;
CREATE TABLE row (number INTEGER PRIMARY KEY, person BLOB NOT NULL UNIQUE, state INTEGER NOT NULL, sends INTEGER NOT NULL,
    price INTEGER NOT NULL, spent INTEGER NOT NULL, billing TEXT, code INTEGER, outcome TEXT, why TEXT, data TEXT) STRICT;
''')
";

/// The check of the tests' key, read off a ledger that the program made.
async fn key_check(folder: &Path) -> String {
    let path = folder.join("any");
    Ledger::open(&path, &info(), &key()).await.unwrap().close().await.unwrap();
    let script = "import sqlite3, sys\nprint(sqlite3.connect(sys.argv[1]).execute('SELECT hex(key_check) FROM batch').fetchone()[0])";
    let printed = Command::new("python3").args(["-c", script]).arg(&path).output().unwrap();
    String::from_utf8(printed.stdout).unwrap().trim().to_owned()
}

/// A ledger of the first format is read as it is, and goes on in today's.
#[tokio::test]
async fn a_ledger_of_the_first_format_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    if !python("import sqlite3", folder.path()) {
        return;
    }
    let check = key_check(folder.path()).await;
    let rows = format!(
        "{FIRST_FORMAT}
c.execute(\"INSERT INTO batch VALUES (1, 'id_card_two_factor', 'https://provider.example', x'{check}', 1600, 16, 32, 16, 0)\")
c.execute(\"INSERT INTO row VALUES (2, ?, 2, 1, 16, 16, 'billed', 10000, 'data', NULL, '{{}}')\", (bytes([2] * 16),))
c.execute(\"INSERT INTO row VALUES (3, ?, 1, 1, 16, 16, 'unknown', NULL, 'unknown', 'no answer', '[3]')\", (bytes([3] * 16),))
c.execute(\"INSERT INTO row VALUES (4, ?, 0, 1, 16, 0, NULL, NULL, NULL, NULL, NULL)\", (bytes([4] * 16),))
c.commit()
c.close()"
    );
    assert!(python(&rows, &path));
    // The lock of that version, which nobody holds.
    std::fs::write(folder.path().join("ledger-lock"), "").unwrap();
    let before = std::fs::read(&path).unwrap();
    let report = Ledger::report(&path).await.unwrap();
    assert_eq!((report.totals.spent.units, report.totals.reserved.units), (32, 16));
    assert_eq!(std::fs::read(&path).unwrap(), before, "a look changes nothing");
    let mut lines = Vec::new();
    Ledger::rows(&path, |line, found| lines.push((line, found.state))).await.unwrap();
    assert_eq!(lines, [(2, RowState::Settled), (3, RowState::Ambiguous), (4, RowState::Sending)]);
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    assert!(!folder.path().join("ledger-lock").exists());
    let totals = ledger.totals().await.unwrap();
    assert_eq!((totals.spent.units, totals.reserved.units, totals.settled, totals.ambiguous), (48, 0, 1, 2));
    assert_eq!(
        ledger.reserve(2, [2; 16], OnAmbiguous::Hold).await.unwrap(),
        Reservation::Known(RowState::Settled)
    );
    let retry = OnAmbiguous::Retry { max_sends: 2 };
    assert_eq!(ledger.reserve(4, [4; 16], retry).await.unwrap(), Reservation::Send);
    ledger
        .settle(
            4,
            RowOutcome {
                billing: Billing::Billed,
                code: Some(10000.into()),
                outcome: CallOutcome::Data,
                error: None,
                data: None,
            },
        )
        .await
        .unwrap();
    let found = ledger.find(vec![[3; 16]]).await.unwrap();
    let (_, found) = found[0].as_ref().unwrap();
    let outcome = found.outcome.as_ref().unwrap();
    assert_eq!((outcome.error.as_deref(), outcome.data.as_deref()), (Some("no answer"), Some("[3]")));
    ledger.into_store().close().await.unwrap();
    // The same tables as those of a new ledger.
    let schema = "import sqlite3, sys
read = lambda path: sqlite3.connect(path).execute(\"SELECT name, sql FROM sqlite_schema ORDER BY name\").fetchall()
import os
assert read(sys.argv[1]) == read(os.path.join(os.path.dirname(sys.argv[1]), 'any')), read(sys.argv[1])
c = sqlite3.connect(sys.argv[1])
assert c.execute('PRAGMA user_version').fetchone() == (6,) and c.execute('PRAGMA application_id').fetchone() == (0x7079694c,)";
    assert!(python(schema, &path));
}

/// The third format had no times of sends, and no bills.
#[tokio::test]
async fn a_ledger_of_the_third_format_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let (path, any) = (folder.path().join("ledger"), folder.path().join("any"));
    for path in [&path, &any] {
        let ledger = Program::new(Ledger::open(path, &info(), &key()).await.unwrap());
        assert_eq!(ledger.reserve(1, [1; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        ledger.into_store().close().await.unwrap();
    }
    let older = "import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute('ALTER TABLE row DROP COLUMN sent_at'); c.execute('DROP TABLE bill'); c.execute('DROP TABLE alert'); c.execute('PRAGMA user_version = 3'); c.commit()";
    if !python(older, &path) {
        return;
    }
    // It is read as it is, and a row of that time has none.
    assert_eq!(Ledger::sent_rows(&path).await.unwrap()[0].sent_at, None);
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    assert_eq!(ledger.reserve(2, [2; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
    ledger.into_store().close().await.unwrap();
    let times: Vec<bool> =
        Ledger::sent_rows(&path).await.unwrap().iter().map(|row| row.sent_at.is_some()).collect();
    assert_eq!(times, [false, true]);
    let same = "import sqlite3, sys, os
read = lambda path: sqlite3.connect(path).execute(\"SELECT name, sql FROM sqlite_schema ORDER BY name\").fetchall()
assert read(sys.argv[1]) == read(os.path.join(os.path.dirname(sys.argv[1]), 'any')), read(sys.argv[1])";
    assert!(python(same, &path));
}

/// The fourth format did not have the shares of the budget that were reported.
#[tokio::test]
async fn a_ledger_of_the_fourth_format_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    assert_eq!(ledger.reserve(1, [1; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
    ledger.into_store().close().await.unwrap();
    let older = "import sqlite3, sys
c = sqlite3.connect(sys.argv[1])
c.execute('DROP TABLE alert'); c.execute('PRAGMA user_version = 4'); c.commit()";
    if !python(older, &path) {
        return;
    }
    assert_eq!(Ledger::sent_rows(&path).await.unwrap().len(), 1);
    let ledger = Ledger::open(&path, &info(), &key()).await.unwrap();
    let all = Shares::new(1..=100).unwrap();
    let (first, again) = (ledger.reached(&all).await.unwrap(), ledger.reached(&all).await.unwrap());
    assert!(!first.is_empty() && again.is_empty(), "{first:?} {again:?}");
    // Format 5 has the same tables, and no row that took an earlier answer.
    ledger.close().await.unwrap();
    let older = "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])
c.execute('PRAGMA user_version = 5'); c.commit()";
    assert!(python(older, &path));
    assert_eq!(Ledger::report(&path).await.unwrap().reused, 0);
    assert!(Ledger::open(&path, &info(), &key()).await.is_ok());
}

/// Unknown features are refused before anything is sent, with the reason, and the file is not
/// changed.
#[tokio::test]
async fn another_format_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let refused = [
        // A column more, as an independent attempt had it: what was opened, sent four rows, and
        // then failed.
        ("more.ledger", format!("{FIRST_FORMAT}\nc.execute('ALTER TABLE row ADD COLUMN other TEXT')\nc.commit()"), "is no ledger"),
        (
            "later.ledger",
            "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('PRAGMA application_id = 0x7079694c')\n\
             c.execute('PRAGMA user_version = 7')\nc.execute('CREATE TABLE batch (id)')\nc.commit()"
                .to_owned(),
            "has format 7, and this version of pyi knows formats 1 to 6",
        ),
        (
            "other.db",
            "import sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\nc.execute('CREATE TABLE notes (text)')\nc.commit()".to_owned(),
            "is no ledger",
        ),
    ];
    for (name, script, why) in refused {
        let path = folder.path().join(name);
        if !python(&script, &path) {
            return;
        }
        let before = std::fs::read(&path).unwrap();
        for error in [
            Ledger::open(&path, &info(), &key()).await.unwrap_err(),
            Ledger::report(&path).await.unwrap_err(),
            Ledger::forget(&path).await.unwrap_err(),
        ] {
            assert!(error.to_string().contains(why), "{name}: {error}");
        }
        assert_eq!(std::fs::read(&path).unwrap(), before, "{name}");
    }
}

/// A batch whose money is in this currency.
fn in_currency(code: &str, decimals: u32) -> BatchInfo {
    let money = Money { units: EACH, currency: Currency::new(code, decimals).unwrap() };
    BatchInfo { budget: money, unit_price: money, ..info() }
}

/// Amounts of another currency, or with other decimals, are not added up.
#[tokio::test]
async fn a_ledger_counts_in_one_currency() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    Ledger::open(&path, &info(), &key()).await.unwrap().close().await.unwrap();
    for other in [in_currency("USD", 2), in_currency("CNY", 6)] {
        let error = Ledger::open(&path, &other, &key()).await.unwrap_err().to_string();
        assert!(error.contains("counts in CNY with 2 decimals"), "{error}");
    }
    let two = BatchInfo { unit_price: in_currency("USD", 2).unit_price, ..info() };
    let error = Ledger::open(&path, &two, &key()).await.unwrap_err().to_string();
    assert!(error.contains("the price in USD with 2 decimals"), "{error}");
}

/// A ledger that was cut, at many places: it is refused, or read as far as it is whole, and always
/// comes to an end.
#[tokio::test]
async fn a_ledger_that_was_cut_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    for row in 0..90_u64 {
        assert_eq!(ledger.reserve(row, [row as u8; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        let data = Some(format!("{{\"text\": \"{}\"}}", "x".repeat(200)));
        let outcome = RowOutcome {
            billing: Billing::Billed,
            code: Some(10000.into()),
            outcome: CallOutcome::Data,
            error: None,
            data,
        };
        ledger.settle(row, outcome).await.unwrap();
    }
    ledger.into_store().close().await.unwrap();
    let whole = std::fs::read(&path).unwrap();
    let mut refused = 0;
    for cut in (1..whole.len()).step_by(509) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        let mut rows = 0;
        let status = Ledger::rows(&path, |_, _| rows += 1).await;
        assert!(status.is_err(), "{cut} of {} bytes: {rows} rows", whole.len());
        let error = Ledger::open(&path, &info(), &key()).await.unwrap_err().to_string();
        assert!(!error.is_empty());
        refused += 1;
    }
    assert!(refused > 20);
    // Cut within the last page.
    std::fs::write(&path, &whole[..whole.len() - 100]).unwrap();
    let error = Ledger::report(&path).await.unwrap_err().to_string();
    assert!(error.contains("is damaged") && error.contains("--adopt"), "{error}");
}

/// A device is not a ledger, and keeps its mode.
#[cfg(unix)]
#[tokio::test]
async fn a_device_or_a_pipe_is_no_ledger() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let before = std::fs::metadata("/dev/null").unwrap().permissions().mode();
    for path in [Path::new("/dev/null"), &pipe, folder.path()] {
        for error in [
            Ledger::open(path, &info(), &key()).await.unwrap_err(),
            Ledger::report(path).await.unwrap_err(),
            Ledger::forget(path).await.unwrap_err(),
        ] {
            assert!(!error.to_string().contains("cannot be written"), "{error}");
        }
    }
    assert_eq!(std::fs::metadata("/dev/null").unwrap().permissions().mode(), before);
    let error = Ledger::open(&pipe, &info(), &key()).await.unwrap_err().to_string();
    assert!(error.contains("not a regular file"), "{error}");
}

/// A row that is sent again and then released has the reason and the payload that it had; so has
/// one without an answer again, or given up.
#[tokio::test]
async fn a_release_restores_the_earlier_outcome() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    let earlier = RowOutcome {
        billing: Billing::Unknown,
        code: None,
        outcome: CallOutcome::Unknown,
        error: Some("an answer that cannot be read".to_owned()),
        data: Some("{\"kept\": 1}".to_owned()),
    };
    for row in 1..4 {
        assert_eq!(ledger.reserve(row, [row as u8; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        ledger.settle(row, earlier.clone()).await.unwrap();
    }
    let retry = OnAmbiguous::Retry { max_sends: 2 };
    for row in 1..3 {
        assert_eq!(ledger.reserve(row, [row as u8; 16], retry).await.unwrap(), Reservation::Send);
    }
    // A release that is asked for again, since its answer was lost, releases nothing else.
    ledger.release(1).await.unwrap();
    ledger.release(1).await.unwrap();
    let again =
        RowOutcome { error: Some("no answer came in time".to_owned()), data: None, ..earlier.clone() };
    ledger.settle(2, again).await.unwrap();
    assert_eq!(ledger.reserve(3, [3; 16], OnAmbiguous::Skip).await.unwrap(), Reservation::Skipped);
    // A kill in the middle of a third one.
    assert_eq!(ledger.reserve(1, [1; 16], retry).await.unwrap(), Reservation::Send);
    ledger.into_store().close().await.unwrap();
    let ledger = Program::new(Ledger::open(&path, &info(), &key()).await.unwrap());
    let found = ledger.find((1..4).map(|row| [row; 16]).collect()).await.unwrap();
    let kept = |found: &Option<(u64, RowRecord)>| {
        let outcome = found.as_ref().unwrap().1.outcome.clone().unwrap();
        (outcome.outcome, outcome.error.unwrap(), outcome.data.unwrap())
    };
    let data = "{\"kept\": 1}".to_owned();
    let expected = |outcome: CallOutcome, why: &str| (outcome, why.to_owned(), data.clone());
    assert_eq!(kept(&found[0]), expected(CallOutcome::Unknown, "an answer that cannot be read"));
    assert_eq!(kept(&found[1]), expected(CallOutcome::Unknown, "no answer came in time"));
    assert_eq!(kept(&found[2]), expected(CallOutcome::Skipped, "an answer that cannot be read"));
    // Twice, and not again.
    assert_eq!(ledger.reserve(2, [2; 16], retry).await.unwrap(), Reservation::SendLimit);
}
