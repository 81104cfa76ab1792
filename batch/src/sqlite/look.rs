//! Reads a ledger without changing it: also while a run has it open, on a read-only file system, or
//! in an earlier format.

use std::path::{Path, PathBuf};

use pyi_text::{Message, message};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection, Row as _, SqliteConnection};
use tempfile::TempDir;

use super::file::{connect_to_read, unopened, why};
use super::schema::{self, Content, FORMAT};
use super::{BatchInfo, LedgerId, queries};
use crate::store::StoreError;

/// Maximum copies of a ledger that is written meanwhile, before it is reported as damaged.
const COPIES: u32 = 3;

/// A ledger that is open to be read.
pub(super) struct Look {
    pub(super) connection: SqliteConnection,
    pub(super) info: BatchInfo,
    pub(super) id: LedgerId,
    /// The folder of its copy, if it cannot be read in place. Readable by its owner alone, and
    /// deleted with this.
    copy: Option<TempDir>,
}

impl Look {
    pub(super) async fn close(self, path: &Path) -> Result<(), StoreError> {
        let closed = self.connection.close().await;
        drop(self.copy);
        closed.map_err(unopened(path))
    }
}

/// Opens a ledger to be read.
pub(super) async fn look(path: &Path) -> Result<Look, StoreError> {
    let shown = path.display().to_string();
    let failed = unopened(path);
    match std::fs::metadata(path) {
        Ok(file) if file.is_file() => {}
        Ok(_) => return Err(StoreError(message!("{shown} is not a regular file; name a ledger", shown))),
        Err(_) => return Err(StoreError(message!("there is no ledger {shown}", shown))),
    }
    let mut copies = COPIES;
    loop {
        let (mut connection, copy) = open(path).await?;
        match whole(&mut connection, path).await {
            Ok(()) => {
                let none = || StoreError(message!("{shown} is the ledger of no batch", shown));
                let (info, id) = queries::info(&mut connection).await.map_err(failed)?.ok_or_else(none)?;
                return Ok(Look { connection, info, id, copy });
            }
            // Another machine may have written while it was copied.
            Err(_) if copy.is_some() && copies > 0 => copies -= 1,
            Err(error) => return Err(error),
        }
        connection.close().await.map_err(failed)?;
    }
}

/// Opens a ledger in today's format, without a look at what is in it.
async fn open(path: &Path) -> Result<(SqliteConnection, Option<TempDir>), StoreError> {
    let shown = path.display().to_string();
    let failed = unopened(path);
    let (mut connection, content, mut copy) = reach(path).await?;
    if let Some(refused) = schema::unusable(content, &shown) {
        return Err(StoreError(refused));
    }
    match content {
        Content::Ledger(FORMAT) => {}
        // Read in today's format; the ledger itself keeps its own until the next run.
        Content::Ledger(format) => {
            connection.close().await.map_err(failed)?;
            let folder = copied(path)?;
            connection = connect_to_read(&folder.path().join("ledger")).await.map_err(failed)?;
            let mut transaction = connection.begin().await.map_err(failed)?;
            schema::migrate(&mut transaction, format).await.map_err(failed)?;
            transaction.commit().await.map_err(failed)?;
            copy = Some(folder);
        }
        Content::Empty | Content::Foreign => {
            return Err(StoreError(message!("{shown} is the ledger of no batch", shown)));
        }
    }
    Ok((connection, copy))
}

/// Reads a ledger in its place. Where nothing can be written beside it, a file without a log cannot
/// change and is read as it is; one with a log is read as a copy.
async fn reach(path: &Path) -> Result<(SqliteConnection, Content, Option<TempDir>), StoreError> {
    let failed = unopened(path);
    let found = async {
        let mut connection = connect_to_read(path).await?;
        let content = schema::content(&mut connection).await?;
        Ok::<_, sqlx::Error>((connection, content))
    };
    let error = match found.await {
        Ok((connection, content)) => return Ok((connection, content, None)),
        Err(error) => error,
    };
    if !is_unwritable(&error) {
        return Err(failed(error));
    }
    let (connection, copy) = if has_log(path) {
        let folder = copied(path)?;
        (connect_to_read(&folder.path().join("ledger")).await, Some(folder))
    } else {
        let options = SqliteConnectOptions::new().filename(path).read_only(true).immutable(true);
        (SqliteConnection::connect_with(&options).await, None)
    };
    let mut connection = connection.map_err(failed)?;
    let content = schema::content(&mut connection).await.map_err(failed)?;
    Ok((connection, content, copy))
}

/// SQLite's log beside a ledger.
fn log(path: &Path) -> PathBuf {
    let mut log = path.as_os_str().to_owned();
    log.push("-wal");
    log.into()
}

fn has_log(path: &Path) -> bool {
    std::fs::metadata(log(path)).is_ok_and(|log| log.len() > 0)
}

/// SQLITE_READONLY and SQLITE_CANTOPEN, with what SQLite adds to them.
fn is_unwritable(error: &sqlx::Error) -> bool {
    let code = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let code = code.and_then(|code| code.parse::<u32>().ok());
    matches!(code.map(|code| code & 0xff), Some(8 | 14))
}

/// A copy of a ledger and its log, in a folder of its own.
fn copied(path: &Path) -> Result<TempDir, StoreError> {
    let failed = |error: std::io::Error| {
        StoreError(message!("the ledger {path} cannot be copied: {error}", path = path.display(), error))
    };
    let folder = tempfile::tempdir().map_err(failed)?;
    std::fs::copy(path, folder.path().join("ledger")).map_err(failed)?;
    if has_log(path) {
        std::fs::copy(log(path), folder.path().join("ledger-wal")).map_err(failed)?;
    }
    Ok(folder)
}

/// Refuses a file that was cut or written over: what it says of money and people is not relied on.
pub(super) async fn whole(connection: &mut SqliteConnection, path: &Path) -> Result<(), StoreError> {
    let length = std::fs::metadata(path).map_or(0, |file| file.len());
    let checked = async {
        let pages = sqlx::query("SELECT page_size FROM pragma_page_size").fetch_one(&mut *connection).await?;
        // SQLite reads zeros for what a page lacks, and takes a file of a few bytes for a new one.
        // With a log, the file may lack what that has.
        if !has_log(path) && !length.is_multiple_of(pages.get::<i64, _>(0).cast_unsigned().max(1)) {
            return Ok(message!("it was cut"));
        }
        let checked = sqlx::query("PRAGMA quick_check(1)").fetch_one(&mut *connection).await?;
        Ok::<Message, sqlx::Error>(Message::from(checked.get::<&str, _>(0)))
    };
    let fault = checked.await.unwrap_or_else(|error| why(&error).into());
    let shown = fault.to_string();
    if shown == "ok" {
        return Ok(());
    }
    // The first line names pages and no content.
    let first = shown.lines().next().unwrap_or_default();
    let fault = if first == shown { fault } else { Message::from(first) };
    Err(StoreError(message!(
        "the ledger {path} is damaged ({fault}); restore a backup of it, and adopt that (--adopt)",
        path = path.display(),
        fault
    )))
}
