//! The store on one machine: a SQLite file that only its owner reads, written through to the disk at each commit. Commands that wait for each
//! other share a commit, so that many rows cost one write.

use std::path::Path;

use pyi_runtime::Billing;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqliteSynchronous};
use sqlx::{Connection, Row as _, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use crate::store::{Fingerprint, Found, Intended, Settled, State, Store, StoreError, Totals};

/// The most commands that share a commit.
const GROUP: usize = 256;

/// A row that is about to be sent, or on its way.
const SENDING: i64 = 0;
/// One of which nobody knows: the program stopped while it was on its way.
const AMBIGUOUS: i64 = 1;
/// One with an answer.
const SETTLED: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    endpoint TEXT NOT NULL,
    budget INTEGER NOT NULL,
    each INTEGER NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS row (
    number INTEGER PRIMARY KEY,
    person BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    billing TEXT,
    code INTEGER,
    outcome TEXT,
    data TEXT
) STRICT;
";

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
        let failed =
            |error: sqlx::Error| StoreError(format!("the ledger {shown} cannot be opened: {}", why(&error)));
        let mut connection = connect(path).await.map_err(failed)?;
        prepare(&mut connection, terms).await.map_err(failed)??;
        let (commands, heard) = mpsc::channel(GROUP);
        tokio::spawn(write(connection, terms.each, heard));
        Ok(Self { commands })
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

/// Makes the tables, or checks that they are this batch's, and settles what the last program left on its way.
async fn prepare(
    connection: &mut SqliteConnection,
    terms: &Terms,
) -> Result<Result<(), StoreError>, sqlx::Error> {
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("INSERT INTO batch (id, endpoint, budget, each) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&terms.endpoint)
        .bind(terms.budget)
        .bind(terms.each)
        .execute(&mut *transaction)
        .await?;
    let batch = sqlx::query("SELECT endpoint, each FROM batch").fetch_one(&mut *transaction).await?;
    let (endpoint, each): (String, i64) = (batch.get(0), batch.get(1));
    if endpoint != terms.endpoint || each != terms.each {
        let why = format!(
            "the ledger is of a batch of {endpoint}, at another price or of another endpoint; give each batch its own"
        );
        return Ok(Err(StoreError(why)));
    }
    // A budget may be raised or lowered between runs.
    sqlx::query("UPDATE batch SET budget = ?, spent = spent + reserved, reserved = 0")
        .bind(terms.budget)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE row SET state = ? WHERE state = ?")
        .bind(AMBIGUOUS)
        .bind(SENDING)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Ok(()))
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
                Done::Intended(intend(&mut transaction, each, *row, person, *again).await?)
            }
            Command::Settle { row, settled, .. } => {
                settle(&mut transaction, each, *row, settled).await?;
                Done::Settled
            }
            Command::Withdraw { row, .. } => {
                withdraw(&mut transaction, each, *row).await?;
                Done::Settled
            }
            Command::Find { rows, .. } => {
                let mut found = Vec::with_capacity(rows.len());
                for row in rows {
                    found.push(find(&mut transaction, *row).await?);
                }
                Done::Found(found)
            }
            Command::Totals { .. } => Done::Totals(totals(&mut transaction).await?),
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

async fn intend(
    connection: &mut SqliteConnection,
    each: i64,
    row: u64,
    person: &Fingerprint,
    again: bool,
) -> Result<Intended, sqlx::Error> {
    let number = row.cast_signed();
    let known = sqlx::query("SELECT number, person, state FROM row WHERE number = ? OR person = ?")
        .bind(number)
        .bind(&person[..])
        .fetch_all(&mut *connection)
        .await?;
    let own = known.iter().find(|found| found.get::<i64, _>(0) == number);
    match own {
        Some(own) if own.get::<Vec<u8>, _>(1) != person => return Ok(Intended::Changed),
        Some(own) => {
            let state = state(own.get(2));
            if state != State::Ambiguous || !again {
                return Ok(Intended::Known(state));
            }
        }
        None => {
            if let Some(other) = known.first() {
                return Ok(Intended::Duplicate(other.get::<i64, _>(0).cast_unsigned()));
            }
        }
    }
    let reserved =
        sqlx::query("UPDATE batch SET reserved = reserved + ?1 WHERE spent + reserved + ?1 <= budget")
            .bind(each)
            .execute(&mut *connection)
            .await?;
    if reserved.rows_affected() == 0 {
        return Ok(Intended::Budget);
    }
    sqlx::query(
        "INSERT INTO row (number, person, state, sends) VALUES (?, ?, ?, 1)
         ON CONFLICT (number) DO UPDATE SET state = excluded.state, sends = sends + 1",
    )
    .bind(number)
    .bind(&person[..])
    .bind(SENDING)
    .execute(&mut *connection)
    .await?;
    Ok(Intended::Send)
}

/// What was set aside is spent where it was billed, or nobody knows; else it is free again. A row that is not on its way is left alone.
async fn settle(
    connection: &mut SqliteConnection,
    each: i64,
    row: u64,
    settled: &Settled,
) -> Result<(), sqlx::Error> {
    let updated = sqlx::query("UPDATE row SET state = ?, billing = ?, code = ?, outcome = ?, data = ? WHERE number = ? AND state = ?")
        .bind(SETTLED)
        .bind(pyi_dynamic::billing(settled.billing))
        .bind(settled.code)
        .bind(&settled.outcome)
        .bind(&settled.data)
        .bind(row.cast_signed())
        .bind(SENDING)
        .execute(&mut *connection)
        .await?;
    if updated.rows_affected() == 1 {
        let spent = if matches!(settled.billing, Billing::Billed | Billing::Unknown) { each } else { 0 };
        sqlx::query("UPDATE batch SET reserved = reserved - ?, spent = spent + ?")
            .bind(each)
            .bind(spent)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// A row that was sent before, when nobody knew what came of it, is as it was; any other is as if it had not been. A row that is not on its
/// way is left alone.
async fn withdraw(connection: &mut SqliteConnection, each: i64, row: u64) -> Result<(), sqlx::Error> {
    let back = sqlx::query(
        "UPDATE row SET state = ?, sends = sends - 1 WHERE number = ? AND state = ? AND sends > 1",
    )
    .bind(AMBIGUOUS)
    .bind(row.cast_signed())
    .bind(SENDING)
    .execute(&mut *connection)
    .await?;
    let gone = sqlx::query("DELETE FROM row WHERE number = ? AND state = ?")
        .bind(row.cast_signed())
        .bind(SENDING)
        .execute(&mut *connection)
        .await?;
    if back.rows_affected() + gone.rows_affected() == 1 {
        sqlx::query("UPDATE batch SET reserved = reserved - ?").bind(each).execute(&mut *connection).await?;
    }
    Ok(())
}

fn state(number: i64) -> State {
    match number {
        SENDING => State::Sending,
        AMBIGUOUS => State::Ambiguous,
        _ => State::Settled,
    }
}

async fn find(connection: &mut SqliteConnection, row: u64) -> Result<Option<Found>, sqlx::Error> {
    let found = sqlx::query("SELECT state, billing, code, outcome, data FROM row WHERE number = ?")
        .bind(row.cast_signed())
        .fetch_optional(&mut *connection)
        .await?;
    Ok(found.map(|found| {
        let billing: Option<String> = found.get(1);
        let outcome: Option<String> = found.get(3);
        let settled = billing.zip(outcome).map(|(billing, outcome)| Settled {
            billing: pyi_dynamic::billing_of(&billing).unwrap_or(Billing::Unknown),
            code: found.get(2),
            outcome,
            data: found.get(4),
        });
        Found { state: state(found.get(0)), settled }
    }))
}

async fn totals(connection: &mut SqliteConnection) -> Result<Totals, sqlx::Error> {
    let batch = sqlx::query("SELECT spent, reserved FROM batch").fetch_one(&mut *connection).await?;
    let counts =
        sqlx::query("SELECT state, count(*) FROM row GROUP BY state").fetch_all(&mut *connection).await?;
    let count = |state: i64| {
        let found = counts.iter().find(|count| count.get::<i64, _>(0) == state);
        found.map_or(0, |count| count.get::<i64, _>(1).cast_unsigned())
    };
    Ok(Totals {
        spent: batch.get(0),
        reserved: batch.get(1),
        settled: count(SETTLED),
        ambiguous: count(AMBIGUOUS),
        sending: count(SENDING),
    })
}

#[cfg(test)]
mod tests {
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
