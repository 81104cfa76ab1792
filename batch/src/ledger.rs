//! The store on one machine: a SQLite file that only its owner reads, written through to the disk at each commit. Commands that wait for each
//! other share a commit, so that many rows cost one write.

mod tables;

use std::path::Path;

use pyi_runtime::Billing;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::store::{Fingerprint, Found, Intended, Settled, Store, StoreError, Totals};

/// The most commands that share a commit.
const GROUP: usize = 256;

/// What a batch is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The endpoint that each row calls.
    pub endpoint: String,
    /// The most that may be spent, in the smallest unit that all prices have.
    pub budget: i64,
    /// What one call costs at the most, in that unit.
    pub each: i64,
}

/// Rows that came to the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The word for what came of them.
    pub outcome: String,
    /// The provider's status.
    pub code: Option<i32>,
    /// Whether each was billed.
    pub billing: Billing,
    /// How many they are.
    pub rows: u64,
    /// What they cost together, or may have, in the terms' unit.
    pub spent: i64,
}

/// What a ledger says of its batch, to be held against the provider's bill. It shows nobody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What the batch is about.
    pub terms: Terms,
    /// What it came to so far.
    pub totals: Totals,
    /// The rows with an answer.
    pub lines: Vec<Line>,
}

/// A ledger that is open. No other program can open it meanwhile.
#[derive(Debug, Clone)]
pub struct Ledger {
    commands: mpsc::Sender<Command>,
}

#[derive(Debug)]
enum Command {
    Intend { row: u64, person: Fingerprint, again: bool, done: oneshot::Sender<Result<Intended, StoreError>> },
    Settle { row: u64, settled: Settled, done: oneshot::Sender<Result<(), StoreError>> },
    Withdraw { row: u64, done: oneshot::Sender<Result<(), StoreError>> },
    Find { rows: Vec<u64>, done: oneshot::Sender<Result<Vec<Option<Found>>, StoreError>> },
    Totals { done: oneshot::Sender<Result<Totals, StoreError>> },
}

impl Ledger {
    /// Opens a ledger, or makes one. Rows that were on their way when the program that had it open stopped are ambiguous from now on, and
    /// count as spent.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, that another program has open, or that is the ledger of another batch.
    pub async fn open(path: &Path, terms: &Terms) -> Result<Self, StoreError> {
        let shown = path.display();
        owned(path).map_err(|error| StoreError(format!("the ledger {shown} cannot be made: {error}")))?;
        let failed = unopened(path);
        let mut connection = connect(path).await.map_err(failed)?;
        tables::prepare(&mut connection, terms).await.map_err(failed)??;
        let (commands, heard) = mpsc::channel(GROUP);
        tokio::spawn(write(connection, terms.each, heard));
        Ok(Self { commands })
    }

    /// What a ledger that no program has open says of its batch.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that another program has open.
    pub async fn report(path: &Path) -> Result<Report, StoreError> {
        let failed = unopened(path);
        let (mut connection, terms) = existing(path).await?;
        let totals = tables::totals(&mut connection).await.map_err(failed)?;
        let lines = tables::report(&mut connection, terms.each).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(Report { terms, totals, lines })
    }

    /// Erases what a ledger has of people. What it cost stays; the batch cannot go on.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub async fn forget(path: &Path) -> Result<(), StoreError> {
        let failed = unopened(path);
        let (mut connection, _) = existing(path).await?;
        tables::forget(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)
    }

    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, StoreError>>) -> Command,
    ) -> Result<T, StoreError> {
        let closed = || StoreError("the ledger is closed".to_owned());
        let (done, told) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

impl Store for Ledger {
    async fn intend(&self, row: u64, person: Fingerprint, again: bool) -> Result<Intended, StoreError> {
        self.ask(|done| Command::Intend { row, person, again, done }).await
    }

    async fn settle(&self, row: u64, settled: Settled) -> Result<(), StoreError> {
        self.ask(|done| Command::Settle { row, settled, done }).await
    }

    async fn withdraw(&self, row: u64) -> Result<(), StoreError> {
        self.ask(|done| Command::Withdraw { row, done }).await
    }

    async fn find(&self, rows: Vec<u64>) -> Result<Vec<Option<Found>>, StoreError> {
        self.ask(|done| Command::Find { rows, done }).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.ask(|done| Command::Totals { done }).await
    }
}

/// A ledger that is there already, and what it is about.
async fn existing(path: &Path) -> Result<(SqliteConnection, Terms), StoreError> {
    let shown = path.display();
    if !path.is_file() {
        return Err(StoreError(format!("there is no ledger {shown}")));
    }
    let failed = unopened(path);
    let mut connection = connect(path).await.map_err(failed)?;
    let terms = tables::terms(&mut connection).await.map_err(failed)?;
    let terms = terms.ok_or_else(|| StoreError(format!("{shown} is the ledger of no batch")))?;
    Ok((connection, terms))
}

fn unopened(path: &Path) -> impl Fn(sqlx::Error) -> StoreError + Copy {
    move |error| StoreError(format!("the ledger {} cannot be opened: {}", path.display(), why(&error)))
}

/// Each commit is on the disk before it is told of, and what is deleted is overwritten.
async fn connect(path: &Path) -> Result<SqliteConnection, sqlx::Error> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .locking_mode(SqliteLockingMode::Exclusive)
        .pragma("secure_delete", "ON");
    SqliteConnection::connect_with(&options).await
}

/// A file that its owner alone can read, made before SQLite opens it; what SQLite puts beside it has the same mode.
#[cfg(unix)]
fn owned(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    match made {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        }
        Err(error) => Err(error),
    }
}

#[cfg(not(unix))]
fn owned(path: &Path) -> std::io::Result<()> {
    std::fs::OpenOptions::new().append(true).create(true).open(path).map(drop)
}

/// SQLite's own word, which holds nothing of a row.
fn why(error: &sqlx::Error) -> String {
    match error.as_database_error() {
        Some(error) if error.message().contains("locked") => "another program has it open".to_owned(),
        Some(error) => error.message().to_owned(),
        None => error.to_string(),
    }
}

/// Does what is asked for, in groups: each is one transaction, and nobody is told of it before it is on the disk.
async fn write(mut connection: SqliteConnection, each: i64, mut heard: mpsc::Receiver<Command>) {
    let mut group = Vec::new();
    while heard.recv_many(&mut group, GROUP).await > 0 {
        match together(&mut connection, each, &group).await {
            Ok(told) => group.drain(..).zip(told).for_each(|(command, told)| command.tell(told)),
            Err(error) => {
                let error = StoreError(format!("the ledger cannot be written: {}", why(&error)));
                group.drain(..).for_each(|command| command.fail(&error));
            }
        }
    }
    // The last owner is gone; SQLite tidies up its files.
    let _ = connection.close().await;
}

/// What each command of a group came to.
enum Done {
    Intended(Intended),
    Settled,
    Found(Vec<Option<Found>>),
    Totals(Totals),
}

async fn together(
    connection: &mut SqliteConnection,
    each: i64,
    group: &[Command],
) -> Result<Vec<Done>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    let mut done = Vec::new();
    for command in group {
        done.push(match command {
            Command::Intend { row, person, again, .. } => {
                Done::Intended(tables::intend(&mut transaction, each, *row, person, *again).await?)
            }
            Command::Settle { row, settled, .. } => {
                tables::settle(&mut transaction, each, *row, settled).await?;
                Done::Settled
            }
            Command::Withdraw { row, .. } => {
                tables::withdraw(&mut transaction, each, *row).await?;
                Done::Settled
            }
            Command::Find { rows, .. } => {
                let mut found = Vec::with_capacity(rows.len());
                for row in rows {
                    found.push(tables::find(&mut transaction, *row).await?);
                }
                Done::Found(found)
            }
            Command::Totals { .. } => Done::Totals(tables::totals(&mut transaction).await?),
        });
    }
    transaction.commit().await?;
    Ok(done)
}

impl Command {
    /// Tells whoever waits, if somebody still does.
    fn tell(self, done: Done) {
        match (self, done) {
            (Self::Intend { done, .. }, Done::Intended(intended)) => drop(done.send(Ok(intended))),
            (Self::Settle { done, .. } | Self::Withdraw { done, .. }, Done::Settled) => {
                drop(done.send(Ok(())))
            }
            (Self::Find { done, .. }, Done::Found(found)) => drop(done.send(Ok(found))),
            (Self::Totals { done, .. }, Done::Totals(totals)) => drop(done.send(Ok(totals))),
            // Each command has a result of its own kind.
            _ => {}
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Intend { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Settle { done, .. } | Self::Withdraw { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Find { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Totals { done, .. } => drop(done.send(Err(error.clone()))),
        }
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
        owned(&path).unwrap();
        let mut connection = connect(&path).await.unwrap();
        for (name, value) in [
            ("journal_mode", "wal"),
            ("synchronous", "2"),
            ("locking_mode", "exclusive"),
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
