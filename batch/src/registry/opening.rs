//! How a registry is opened: its tables, the number of their format, and what makes a file one.

use std::path::Path;
use std::time::Duration;

use pyi_text::{Message, message};
use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Row as _, SqliteConnection};

use super::{Registry, inode, journal, unusable};
use crate::sqlite::{network, private, why};
use crate::store::StoreError;

/// SQLite's own mark of the program that a file belongs to: `pyiR`.
const APPLICATION: i64 = 0x7079_6952;
const FORMAT: i64 = 3;

/// How long other programs' writes are waited for.
const BUSY: Duration = Duration::from_secs(30);

const SCHEMA: &str = "
CREATE TABLE registry (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id BLOB NOT NULL,
    key_check BLOB,
    sequence INTEGER NOT NULL
) STRICT;
CREATE TABLE ledger (
    number INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE,
    endpoint TEXT NOT NULL,
    path TEXT NOT NULL,
    inode INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    expired INTEGER NOT NULL DEFAULT 0,
    sequence INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE send (
    ledger INTEGER NOT NULL,
    number INTEGER NOT NULL,
    person BLOB NOT NULL,
    sends INTEGER NOT NULL,
    charged INTEGER NOT NULL,
    time INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (ledger, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX send_by_person ON send (person);
INSERT INTO registry VALUES (1, randomblob(16), NULL, 0);
";

/// New in format 2.
const JOURNAL: &str = "
CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY,
    ledger INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    time INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    changes BLOB NOT NULL
) STRICT;
";

const TO_FORMAT_2: &str = "
ALTER TABLE ledger ADD COLUMN sequence INTEGER NOT NULL DEFAULT 0;
UPDATE ledger SET sequence = coalesce((SELECT max(sequence) FROM send WHERE send.ledger = ledger.number AND charged), 0);
";

/// New in format 3: when the people of a ledger, and files with results, are erased.
const TO_FORMAT_3: &str = "
ALTER TABLE ledger ADD COLUMN keep INTEGER;
ALTER TABLE ledger ADD COLUMN erase_at INTEGER;
CREATE TABLE result (path TEXT PRIMARY KEY, erase_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
";

impl Registry {
    /// Opens a registry, or makes one.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, or that is no registry.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(unusable(path))?;
        let failed = |error| unusable(path)(why(&error));
        let options = SqliteConnectOptions::new()
            .filename(path)
            .busy_timeout(BUSY)
            .synchronous(SqliteSynchronous::Normal)
            .pragma("secure_delete", "ON");
        let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
        let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        migrate(&mut transaction, path).await?;
        let id =
            sqlx::query("SELECT id FROM registry").fetch_one(&mut *transaction).await.map_err(failed)?.get(0);
        transaction.commit().await.map_err(failed)?;
        // Not before it is known to be a registry: this changes the file.
        sqlx::query("PRAGMA journal_mode = WAL").execute(&mut connection).await.map_err(failed)?;
        let inode = std::fs::metadata(path).ok().map(|file| inode(&file));
        Ok(Self {
            connection,
            path: path.to_owned(),
            id,
            keep: Duration::MAX,
            inode,
            appended: 0,
            journaled: 0,
        })
    }
}

/// Creates the file before SQLite opens it, so that its owner alone can read it. The error says
/// what is wrong with the path.
fn create_private(path: &Path) -> Result<(), Message> {
    match std::fs::metadata(path) {
        Ok(file) if !file.is_file() => return Err(message!("it is not a regular file")),
        Ok(_) => {}
        Err(_) => match private().create_new(true).open(path) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => return Err(error.into()),
            _ => {}
        },
    }
    match std::fs::File::open(path).ok().as_ref().and_then(network) {
        Some(name) => Err(message!(
            "it would be on {name}, where locks are not reliable; name a --key on a local disk, which it is kept beside",
            name
        )),
        None => Ok(()),
    }
}

/// Creates the tables of an empty file, or brings those of an earlier format to the present one.
async fn migrate(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let failed = |error| unusable(path)(why(&error));
    let marks = sqlx::query(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version",
    )
    .fetch_one(&mut *connection)
    .await
    .map_err(failed)?;
    match (marks.get(0), marks.get(1), marks.get(2)) {
        (APPLICATION, FORMAT, _) => journal::fold(connection).await.map_err(failed),
        (0_i64, 0_i64, 0_i64) => {
            let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};");
            let schema = AssertSqlSafe(format!("{SCHEMA}{JOURNAL}{TO_FORMAT_3}{marks}"));
            sqlx::raw_sql(schema).execute(connection).await.map_err(failed).map(drop)
        }
        (APPLICATION, 1, _) => {
            let migration = format!("{JOURNAL}{TO_FORMAT_2}{TO_FORMAT_3}PRAGMA user_version = {FORMAT};");
            sqlx::raw_sql(AssertSqlSafe(migration)).execute(connection).await.map_err(failed).map(drop)
        }
        (APPLICATION, 2, _) => {
            let migration = format!("{TO_FORMAT_3}PRAGMA user_version = {FORMAT};");
            sqlx::raw_sql(AssertSqlSafe(migration)).execute(&mut *connection).await.map_err(failed)?;
            journal::fold(connection).await.map_err(failed)
        }
        (APPLICATION, format, _) => Err(unusable(path)(message!(
            "it has format {format}, and this version of pyi knows formats 1 to {newest}",
            format,
            newest = FORMAT
        ))),
        _ => Err(unusable(path)(message!("it is no registry; name another --key, which it is kept beside"))),
    }
}
