//! The ledger's file: made so that its owner alone reads it, had by one program at a time, and read by any.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use super::Terms;
use super::reading::{self, Begun};
use crate::store::StoreError;

/// Whoever asks whether a ledger is had locks it for a moment.
const TRIES: u32 = 5;
const BETWEEN_TRIES: Duration = Duration::from_millis(20);

/// That one program has a ledger: an empty file beside it, locked by the system for as long as that program runs. The ledger itself is not
/// locked, so that others can read how far a run is.
#[derive(Debug)]
pub(super) struct Lock(File);

/// A process that is being started at this very moment has a copy of the file for as long as it takes, and would keep the lock.
impl Drop for Lock {
    fn drop(&mut self) {
        // The system lets go of it as well, when the last copy is closed.
        let _ = self.0.unlock();
    }
}

impl Lock {
    pub(super) async fn take(path: &Path) -> Result<Self, StoreError> {
        let mut options = private();
        let file = options.create(true).truncate(false).open(Self::beside(path));
        let file = file.map_err(|error| unmade(path, &error))?;
        for _ in 0..TRIES {
            match file.try_lock() {
                Ok(()) => return Ok(Self(file)),
                Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_TRIES).await,
                Err(TryLockError::Error(error)) => return Err(unmade(path, &error)),
            }
        }
        let shown = path.display();
        Err(StoreError(format!("the ledger {shown} cannot be opened: another program has it open")))
    }

    /// Whether some program has a ledger now.
    pub(super) fn is_held(path: &Path) -> bool {
        let file = File::open(Self::beside(path));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    fn beside(path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        name.push("-lock");
        name.into()
    }
}

/// The one name of a file that may have several, so that it has one lock.
pub(super) fn real(path: &Path) -> PathBuf {
    let whole =
        || Ok::<_, io::Error>(folder(path).canonicalize()?.join(path.file_name().unwrap_or_default()));
    path.canonicalize().or_else(|_| whole()).unwrap_or_else(|_| path.to_owned())
}

/// The folder that a file is in.
fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that its owner alone can read, there before SQLite opens it; what SQLite puts beside it has the same mode. A file that is there
/// and is no ledger is left as it is.
pub(super) async fn create(path: &Path) -> Result<(), StoreError> {
    if std::fs::metadata(path).is_ok_and(|file| file.len() > 0) {
        let mut connection = looked(path).await.map_err(unopened(path))?;
        let begun = reading::is_begun(&mut connection).await.map_err(unopened(path))?;
        connection.close().await.map_err(unopened(path))?;
        if begun == Begun::Otherwise {
            return Err(StoreError(format!("{} is no ledger; name another file", path.display())));
        }
    }
    let made = || match private().create_new(true).open(path) {
        Ok(_) => synced(path),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => closed_to_others(path),
        Err(error) => Err(error),
    };
    made().map_err(|error| unmade(path, &error))
}

fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// That there is such a file must outlast a loss of power as what stands in it does.
#[cfg(unix)]
fn synced(path: &Path) -> io::Result<()> {
    File::open(folder(path))?.sync_all()
}

#[cfg(unix)]
fn closed_to_others(path: &Path) -> io::Result<()> {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600))
}

#[cfg(not(unix))]
fn synced(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(not(unix))]
fn closed_to_others(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Reaches a ledger to write it: each commit is on the disk before it is told of, and what is deleted is overwritten.
pub(super) async fn reached(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // Where a sync is none by itself, as on macOS.
        .pragma("fullfsync", "ON")
        .pragma("checkpoint_fullfsync", "ON")
        .pragma("secure_delete", "ON");
    SqliteConnection::connect_with(&options).await
}

/// A ledger that is there already, to be read, and what it is about.
pub(super) async fn look(path: &Path) -> Result<(SqliteConnection, Terms), StoreError> {
    let shown = path.display();
    if !path.is_file() {
        return Err(StoreError(format!("there is no ledger {shown}")));
    }
    let failed = unopened(path);
    let mut connection = looked(path).await.map_err(failed)?;
    let terms = reading::terms(&mut connection).await.map_err(failed)?;
    let terms = terms.ok_or_else(|| StoreError(format!("{shown} is the ledger of no batch")))?;
    Ok((connection, terms))
}

/// A connection that is used to read. It may write all the same, since SQLite has to mend what a program left that was killed while it made
/// the file.
async fn looked(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await
}

fn unmade(path: &Path, error: &io::Error) -> StoreError {
    StoreError(format!("the ledger {} cannot be made: {error}", path.display()))
}

pub(super) fn unopened(path: &Path) -> impl Fn(sqlx::Error) -> StoreError + Copy {
    move |error| StoreError(format!("the ledger {} cannot be opened: {}", path.display(), why(&error)))
}

/// SQLite's own word, which holds nothing of a row.
pub(super) fn why(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use sqlx::Row as _;

    use super::*;

    /// What SQLite says it does, on the connection that writes: a name that it does not know it would pass over in silence.
    #[tokio::test]
    async fn a_commit_is_written_through_to_the_disk() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger");
        create(&path).await.unwrap();
        let mut connection = reached(&path).await.unwrap();
        for (name, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("fullfsync", "1"),
            ("checkpoint_fullfsync", "1"),
            ("secure_delete", "1"),
        ] {
            let row = sqlx::query(sqlx::AssertSqlSafe(format!("PRAGMA {name}")))
                .fetch_one(&mut connection)
                .await
                .unwrap();
            let said = row.try_get::<String, _>(0).unwrap_or_else(|_| row.get::<i64, _>(0).to_string());
            assert_eq!(said, value, "{name}");
        }
    }
}
