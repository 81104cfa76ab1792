//! The PostgreSQL of the benchmark, and what a run costs there: commits, and bytes of the
//! write-ahead log by pg_waldump, with and without full-page images.

use std::time::Duration;

use pyi_batch::{BatchId, NewBatch, NewRow, PostgresStore};
use sqlx::{PgConnection, Row as _};

use crate::worker::{NUMBER, info, key, name, wrapping};

#[allow(dead_code, reason = "the tests use all of it")]
#[path = "../../tests/support/postgres.rs"]
mod server;

use self::server::{Server, connect};

/// The interval per person, where it is on. Each person is sent once.
const INTERVAL: Duration = Duration::from_secs(60);

pub(crate) struct Store {
    server: Server,
}

/// A batch that is submitted, in a database of its own.
pub(crate) struct Submitted {
    pub(crate) url: String,
    pub(crate) id: BatchId,
    /// Bytes of the write-ahead log that it took.
    bytes: f64,
}

/// A moment of the server.
pub(crate) struct Position {
    log: String,
    commits: i64,
}

/// What a run costs, for all its rows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Costs {
    pub(crate) commits: f64,
    /// Bytes of the write-ahead log without full-page images.
    pub(crate) records: f64,
    /// Bytes of full-page images.
    pub(crate) images: f64,
    /// Bytes of the write-ahead log for the submission.
    pub(crate) submitted: f64,
}

impl Store {
    pub(crate) async fn start() -> Self {
        let server = Server::start();
        // The log of a run stays until it is read.
        let keep = "ALTER SYSTEM SET wal_keep_size = '8GB'";
        let mut connection = connect(&server.url_text("postgres")).await;
        sqlx::raw_sql(keep).execute(&mut connection).await.unwrap();
        sqlx::raw_sql("SELECT pg_reload_conf()").execute(&mut connection).await.unwrap();
        Self { server }
    }

    async fn look(&self) -> PgConnection {
        connect(&self.server.url_text("postgres")).await
    }

    /// Submits a batch to an empty database, and writes all pages to the disk.
    pub(crate) async fn submit(&self, rows: usize, has_interval: bool) -> Submitted {
        let id = BatchId::random().unwrap();
        let name_of_database = format!("b{id}");
        self.server.database(&name_of_database).await;
        let url = self.server.url_text(&name_of_database);
        let mut store = PostgresStore::new(&url.parse().unwrap(), &[]);
        store.migrate().await.unwrap();
        let before = self.position().await;
        let (info, key) = (info(), key());
        let batch = NewBatch {
            id,
            info: &info,
            account: "an account",
            key: &key,
            chunk_rows: 500,
            person_interval: if has_interval { INTERVAL } else { Duration::ZERO },
            keep: None,
            reuse: None,
        };
        let values =
            |row: usize| vec![("bank_id".to_owned(), NUMBER.to_owned()), ("bank_name".to_owned(), name(row))];
        let people = (0..rows).map(|row| Ok(NewRow { number: row as u64, values: values(row) }));
        assert!(store.submit(&batch, &wrapping(), people).await.unwrap().is_new);
        let bytes = self.bytes_since(&before).await;
        sqlx::raw_sql("CHECKPOINT").execute(&mut self.look().await).await.unwrap();
        Submitted { url, id, bytes }
    }

    pub(crate) async fn position(&self) -> Position {
        // A backend reports its commits with a delay of a second at most.
        tokio::time::sleep(Duration::from_millis(1500)).await;
        let text =
            "SELECT pg_current_wal_lsn()::text, (SELECT sum(xact_commit)::bigint FROM pg_stat_database)";
        let row = sqlx::query(text).fetch_one(&mut self.look().await).await.unwrap();
        Position { log: row.get(0), commits: row.get(1) }
    }

    async fn bytes_since(&self, before: &Position) -> f64 {
        let text = "SELECT (pg_current_wal_lsn() - $1::pg_lsn)::float8";
        sqlx::query_scalar(text).bind(&before.log).fetch_one(&mut self.look().await).await.unwrap()
    }

    /// What the server has done since a moment.
    pub(crate) async fn costs(&self, before: &Position, submitted: &Submitted) -> Costs {
        let after = self.position().await;
        let output = self
            .server
            .program("pg_waldump")
            .args(["--stats", "-s", &before.log, "-e", &after.log, "-p"])
            .arg(self.server.folder.join("data/pg_wal"))
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        // Its last line: records, their bytes, bytes of images, and the sum, each with a share in
        // brackets.
        let total = text.lines().find_map(|line| line.strip_prefix("Total"));
        let total = total.unwrap_or_else(|| panic!("{text} {}", String::from_utf8_lossy(&output.stderr)));
        let numbers: Vec<f64> = total.split_whitespace().filter_map(|word| word.parse().ok()).collect();
        let [_, records, images, sum] = numbers[..] else { panic!("{total}") };
        assert!((records + images - sum).abs() < 1.0, "{total}");
        Costs {
            commits: (after.commits - before.commits) as f64,
            records,
            images,
            submitted: submitted.bytes,
        }
    }
}
