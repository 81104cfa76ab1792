//! The ledger's file: made so that its owner alone reads it, had by one program at a time, and read by any.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};

use super::{Terms, tables};
use crate::store::StoreError;

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
    pub(super) fn take(path: &Path) -> Result<Self, StoreError> {
        let beside = Self::beside(path);
        let mut options = private();
        let file =
            options.create(true).truncate(false).open(&beside).map_err(|error| unmade(path, &error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError(format!(
                "the ledger {} cannot be opened: another program has it open",
                path.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unmade(path, &error)),
        }
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

/// A file that its owner alone can read, there before SQLite opens it; what SQLite puts beside it has the same mode.
pub(super) fn create(path: &Path) -> Result<(), StoreError> {
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
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()
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

/// A ledger that is there already, to be read only, and what it is about.
pub(super) async fn look(path: &Path) -> Result<(SqliteConnection, Terms), StoreError> {
    let shown = path.display();
    if !path.is_file() {
        return Err(StoreError(format!("there is no ledger {shown}")));
    }
    let failed = unopened(path);
    let options = SqliteConnectOptions::new().filename(path).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(failed)?;
    let terms = tables::terms(&mut connection).await.map_err(failed)?;
    let terms = terms.ok_or_else(|| StoreError(format!("{shown} is the ledger of no batch")))?;
    Ok((connection, terms))
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
        create(&path).unwrap();
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
