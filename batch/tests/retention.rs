//! The time that people are kept: ledgers, results files and the registry, and batches in
//! PostgreSQL.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
#![cfg(unix)]

mod support;

use std::path::{Path, PathBuf};
use std::time::Duration;

use pyi_batch::{
    BatchInfo, Erased, Ledger, OnAmbiguous, PostgresLedger, PostgresStore, Registration, Registry,
    Reservation, Store, WorkerSettings,
};
use pyi_runtime::Billing;
use sqlx::{AssertSqlSafe, Connection as _, SqliteConnection};

use crate::support::Program;
use crate::support::postgres::{database, look};
use crate::support::submitted::{EACH, Provider, Shape, Submitted, answer, key, work, wrapping, yuan};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn info() -> BatchInfo {
    BatchInfo {
        endpoint: "id_card_two_factor".to_owned(),
        target: "https://provider.example".to_owned(),
        budget: yuan(100 * EACH),
        unit_price: yuan(EACH),
    }
}

/// A folder with a registry and ledgers.
struct Desk(tempfile::TempDir);

impl Desk {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().canonicalize().unwrap().join(name)
    }

    fn registry(&self) -> PathBuf {
        self.path("batch.registry")
    }

    async fn open(&self, name: &str, retain: Option<Duration>) -> Program<Ledger> {
        let path = self.registry();
        let registration = Registration { path: &path, keep: 90 * DAY, adopt: false, retain };
        let opened = Ledger::open_registered(&self.path(name), &info(), &key(), &registration).await;
        Program::new(opened.unwrap())
    }

    /// Sends one row, and closes the ledger.
    async fn run(&self, name: &str, row: u64, retain: Option<Duration>) {
        let ledger = self.open(name, retain).await;
        assert_eq!(ledger.reserve(row, [row as u8; 16], OnAmbiguous::Hold).await.unwrap(), Reservation::Send);
        ledger.settle(row, answer(Billing::Billed)).await.unwrap();
        ledger.into_store().close().await.unwrap();
    }

    /// Lets time pass, for the registry.
    async fn later(&self, by: Duration) {
        let url = format!("sqlite://{}", self.registry().display());
        let mut connection = SqliteConnection::connect(&url).await.unwrap();
        for (table, column) in [("ledger", "erase_at"), ("result", "erase_at"), ("send", "expires")] {
            let earlier = format!("UPDATE {table} SET {column} = {column} - {}", by.as_secs());
            sqlx::raw_sql(AssertSqlSafe(earlier)).execute(&mut connection).await.unwrap();
        }
        connection.close().await.unwrap();
    }

    async fn erase(&self) -> Erased {
        Registry::erase_due(&self.registry()).await.unwrap()
    }

    async fn retention(&self, name: &str) -> Option<Duration> {
        let id = Ledger::report(&self.path(name)).await.unwrap().id;
        Registry::open(&self.registry()).await.unwrap().retention(id).await.unwrap()
    }
}

fn has(path: &Path, text: &str) -> bool {
    std::fs::read(path).unwrap().windows(text.len()).any(|part| part == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_erased_once_its_time_is_over() {
    let desk = Desk(tempfile::tempdir().unwrap());
    assert_eq!(desk.erase().await, Erased::default(), "there is no registry");
    desk.run("kept", 1, None).await;
    desk.run("month", 2, Some(30 * DAY)).await;
    // A later run keeps the time, and begins it again; another time replaces it.
    desk.later(20 * DAY).await;
    desk.run("month", 3, None).await;
    assert_eq!((desk.retention("month").await, desk.retention("kept").await), (Some(30 * DAY), None));
    desk.later(20 * DAY).await;
    assert_eq!(desk.erase().await, Erased::default());
    assert!(has(&desk.path("month"), "reply-canary"));
    desk.later(11 * DAY).await;
    // While a run has it open, it is left.
    let running = desk.open("month", Some(DAY)).await;
    desk.later(2 * DAY).await;
    let erased = desk.erase().await;
    assert!(erased.ledgers.is_empty() && erased.kept.len() == 1, "{erased:?}");
    running.into_store().close().await.unwrap();
    desk.later(2 * DAY).await;
    let erased = desk.erase().await;
    assert_eq!(erased, Erased { ledgers: vec![desk.path("month")], ..Erased::default() });
    assert!(!has(&desk.path("month"), "reply-canary") && has(&desk.path("kept"), "reply-canary"));
    // Its costs stay, and the registry has none of its people.
    assert_eq!(Ledger::report(&desk.path("month")).await.unwrap().totals.spent, yuan(2 * EACH));
    let mut registry = Registry::open(&desk.registry()).await.unwrap();
    let people = [[1; 16], [2; 16], [3; 16]];
    let known = registry.overlap(None, "id_card_two_factor", &people, 0).await.unwrap();
    assert_eq!(known, [true, false, false]);
    drop(registry);
    assert_eq!(desk.erase().await, Erased::default(), "once");
    // The registry's own time, without a run.
    desk.later(91 * DAY).await;
    assert_eq!(desk.erase().await, Erased::default());
    let mut registry = Registry::open(&desk.registry()).await.unwrap();
    assert_eq!(registry.overlap(None, "id_card_two_factor", &people, 0).await.unwrap(), [false; 3]);
}

/// A ledger that was replaced or deleted costs nothing else, and files that people made stay.
#[tokio::test(flavor = "multi_thread")]
async fn only_results_and_the_ledger_itself_are_erased() {
    let desk = Desk(tempfile::tempdir().unwrap());
    desk.run("replaced", 1, Some(DAY)).await;
    desk.run("deleted", 2, Some(DAY)).await;
    std::fs::remove_file(desk.path("replaced")).unwrap();
    std::fs::remove_file(desk.path("deleted")).unwrap();
    let other = Ledger::open(&desk.path("replaced"), &info(), &key()).await.unwrap();
    other.close().await.unwrap();
    let own =
        "\u{feff}name,pyi_state,pyi_outcome,pyi_code,pyi_billing,pyi_why\nn,settled,data,10000,billed,\n";
    let lines = "{\"line\":2,\"row\":{},\"state\":\"settled\",\"outcome\":\"data\",\"code\":1,\"billing\":\"billed\",\"why\":null,\"data\":null}\n";
    let mut registry = Registry::open(&desk.registry()).await.unwrap();
    for (name, content) in [
        ("results.csv", own),
        ("results.jsonl", lines),
        ("edited.csv", "a,b\n"),
        ("gone.csv", own),
        ("later.csv", own),
    ] {
        std::fs::write(desk.path(name), content).unwrap();
        let keep = if name == "later.csv" { 9 * DAY } else { DAY };
        registry.retain_results(&desk.path(name), keep).await.unwrap();
    }
    assert!(registry.retain_results(&desk.path("none.csv"), DAY).await.is_err());
    drop(registry);
    std::fs::remove_file(desk.path("gone.csv")).unwrap();
    assert_eq!(desk.erase().await, Erased::default());
    desk.later(2 * DAY).await;
    for _ in 0..2 {
        let erased = desk.erase().await;
        assert!(erased.ledgers.is_empty(), "{erased:?}");
        let kept: Vec<&PathBuf> = erased.kept.iter().map(|(path, _)| path).collect();
        assert_eq!(kept, [&desk.path("edited.csv")], "it is reported until it is removed by hand");
    }
    let left =
        ["results.csv", "results.jsonl", "edited.csv", "later.csv"].map(|name| desk.path(name).exists());
    assert_eq!(left, [false, false, true, true]);
    // The other ledger is as it was.
    let other = Ledger::open(&desk.path("replaced"), &info(), &key()).await;
    other.unwrap().close().await.unwrap();
}

/// A registry of the second format had no times.
#[tokio::test(flavor = "multi_thread")]
async fn a_registry_of_the_second_format_gets_times() {
    let desk = Desk(tempfile::tempdir().unwrap());
    desk.run("ledger", 1, None).await;
    let url = format!("sqlite://{}", desk.registry().display());
    let mut connection = SqliteConnection::connect(&url).await.unwrap();
    let older =
        "DROP TABLE result; ALTER TABLE ledger DROP COLUMN keep; ALTER TABLE ledger DROP COLUMN erase_at;
        PRAGMA user_version = 2";
    sqlx::raw_sql(older).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    desk.run("ledger", 2, Some(DAY)).await;
    desk.later(2 * DAY).await;
    assert_eq!(desk.erase().await.ledgers, [desk.path("ledger")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_in_postgres_is_not_read_and_erased_once_its_time_is_over() {
    let url = database().await;
    let shape = Shape { rows: 20, keep: Some(30 * DAY), interval: 40 * DAY, ..Shape::default() };
    let batch = Submitted::new(&url, &shape).await;
    let forever = Submitted::new(&url, &Shape { rows: 5, person: |row| row + 100, ..Shape::default() }).await;
    let worker = batch.worker().await;
    work(&worker, &Provider::default(), |_| answer(Billing::Billed)).await;
    let mut store = PostgresStore::new(&url, &[]);
    assert_eq!(store.status(batch.id).await.unwrap().keep, Some(30 * DAY));
    let later = async |days: u32| {
        let earlier = format!(
            "UPDATE batch SET submitted = submitted - interval '{days} days';
             UPDATE sent SET sent_at = sent_at - {days} * 86400;
             UPDATE person_seen SET last_intent = last_intent - interval '{days} days'"
        );
        sqlx::raw_sql(AssertSqlSafe(earlier)).execute(&mut look(&url).await).await.unwrap();
    };
    let open = async || {
        let opened = PostgresLedger::open(&url, batch.id, &wrapping(), &WorkerSettings::default()).await;
        opened.map(drop).map_err(|error| error.to_string())
    };
    let count = async |table: &'static str| {
        let text = AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar::<_, i64>(text).fetch_one(&mut look(&url).await).await.unwrap()
    };
    later(29).await;
    assert_eq!((open().await, store.expire(Duration::ZERO).await.unwrap()), (Ok(()), vec![]));
    later(2).await;
    // Its last call counts, and not only its begin.
    let recent = "UPDATE sent SET sent_at = extract(epoch FROM now()) WHERE number = 7";
    sqlx::raw_sql(recent).execute(&mut look(&url).await).await.unwrap();
    assert_eq!((open().await, store.expire(Duration::ZERO).await.unwrap()), (Ok(()), vec![]));
    later(31).await;
    // No program reads it, also before one has erased it.
    let refused = open().await.unwrap_err();
    assert!(refused.contains("are kept is over"), "{refused}");
    assert!(store.page(batch.id, &wrapping(), 0, 10).await.is_err());
    assert_eq!((count("input").await, count("person_seen").await), (25, 20));
    assert_eq!(store.expire(90 * DAY).await.unwrap(), [batch.id]);
    assert_eq!((count("input").await, count("sent WHERE data_sealed IS NOT NULL").await), (5, 0));
    let refused = open().await.unwrap_err();
    assert!(refused.contains("are forgotten"), "{refused}");
    assert_eq!(store.status(batch.id).await.unwrap().totals.spent, yuan(20 * EACH), "its costs stay");
    assert_eq!(store.expire(90 * DAY).await.unwrap(), [], "once");
    // People are known for as long as was asked for.
    assert_eq!(count("person_seen").await, 20);
    later(30).await;
    store.expire(90 * DAY).await.unwrap();
    assert_eq!(count("person_seen").await, 0);
    assert_eq!(forever.worker().await.totals().await.unwrap().settled, 0);
}

/// A batch of several pieces, and a program that ended between two of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_is_forgotten_by_half_is_erased_later() {
    let url = database().await;
    let shape = Shape { rows: 25_000, chunk_rows: 1000, ..Shape::default() };
    let batch = Submitted::new(&url, &shape).await;
    let other = Submitted::new(&url, &Shape { rows: 5, ..Shape::default() }).await;
    let mut connection = look(&url).await;
    let rows = "INSERT INTO sent (batch, number, person, attempt, state, sends, price, spent, data_sealed)
        SELECT batch, number, person, person, 2, 1, 16, 16, sealed FROM input";
    sqlx::raw_sql(rows).execute(&mut connection).await.unwrap();
    let ended = "UPDATE batch SET wrapped_key = NULL WHERE no = 1; DELETE FROM input WHERE batch = 1 AND number < 10000";
    sqlx::raw_sql(ended).execute(&mut connection).await.unwrap();
    let mut store = PostgresStore::new(&url, &[]);
    assert_eq!(store.expire(90 * DAY).await.unwrap(), [batch.id]);
    let left: (i64, i64, i64) = sqlx::query_as(
        "SELECT (SELECT count(*) FROM input), (SELECT count(*) FROM sent WHERE data_sealed IS NOT NULL AND number >= 10000),
                (SELECT count(*) FROM sent WHERE spent = 16)",
    )
    .fetch_one(&mut connection)
    .await
    .unwrap();
    assert_eq!(left, (5, 0, 25_005), "the other batch, and all costs, stay");
    assert_eq!(store.expire(90 * DAY).await.unwrap(), []);
    store.forget(other.id).await.unwrap();
    let people = "SELECT count(*) FROM input JOIN sent USING (person)";
    let people: i64 = sqlx::query_scalar(people).fetch_one(&mut connection).await.unwrap();
    assert_eq!(people, 0);
}
