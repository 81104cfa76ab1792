//! The one that writes the ledger. Commands that wait for each other share a commit, so that many rows cost one write to the disk.

use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::file::{Lock, reached, why};
use super::group::{Group, Money};
use super::tables;
use crate::store::{Fingerprint, Found, Intended, OnAmbiguous, Settled, StoreError, Totals};

/// The most commands that share a commit.
pub(super) const GROUP: usize = 256;

/// Whoever waits for what a command comes to.
pub(super) type Waiting<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Intend { row: u64, person: Fingerprint, on_ambiguous: OnAmbiguous, done: Waiting<Intended> },
    Settle { row: u64, settled: Settled, done: Waiting<()> },
    Withdraw { row: u64, done: Waiting<()> },
    Find { rows: Vec<u64>, done: Waiting<Vec<Option<Found>>> },
    Totals(Waiting<Totals>),
    Close(Waiting<()>),
}

/// What writes, for as long as a ledger is open.
pub(super) struct Writer {
    path: PathBuf,
    /// None after a write that failed: what it began may still be open in it, and would take in all that is written later.
    connection: Option<SqliteConnection>,
    money: Money,
    lock: Lock,
}

impl Writer {
    pub(super) fn new(path: &Path, connection: SqliteConnection, money: Money, lock: Lock) -> Self {
        Self { path: path.to_owned(), connection: Some(connection), money, lock }
    }

    /// Does what is asked for, in groups, until it is told to close or nobody is left who could ask.
    pub(super) async fn work(mut self, mut heard: mpsc::Receiver<Command>) {
        let mut group = Vec::new();
        let mut closing = None;
        while closing.is_none() && heard.recv_many(&mut group, GROUP).await > 0 {
            let at = group.iter().position(|command| matches!(command, Command::Close(_)));
            // Whoever asked behind that is told that the ledger is closed, by being dropped.
            let mut rest = at.map(|at| group.split_off(at)).unwrap_or_default();
            if let Some(Command::Close(done)) = rest.drain(..).next() {
                closing = Some(done);
            }
            self.together(&mut group).await;
        }
        // SQLite tidies up its files, and only then may another program have the ledger.
        let closed = match self.connection {
            Some(connection) => connection.close().await,
            None => Ok(()),
        };
        drop(self.lock);
        if let Some(done) = closing {
            let closed =
                closed.map_err(|error| StoreError(format!("the ledger cannot be closed: {}", why(&error))));
            // Whoever asked may be gone.
            let _ = done.send(closed);
        }
    }

    /// One transaction for a group. Nobody is told of it before it is on the disk.
    async fn together(&mut self, group: &mut Vec<Command>) {
        match self.transact(group).await {
            Ok((money, told)) => {
                self.money = money;
                group.drain(..).zip(told).for_each(|(command, told)| command.tell(told));
            }
            Err(error) => {
                if let Some(connection) = self.connection.take() {
                    // What the failed transaction did is rolled back by that; an error of it is of no more use than the first one.
                    let _ = connection.close_hard().await;
                }
                let error = StoreError(format!("the ledger cannot be written: {}", why(&error)));
                group.drain(..).for_each(|command| command.fail(&error));
            }
        }
    }

    async fn transact(&mut self, commands: &[Command]) -> Result<(Money, Vec<Done>), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(reached(&self.path).await?),
        };
        sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        let done = transact(connection, self.money, commands).await?;
        sqlx::query("COMMIT").execute(&mut *connection).await?;
        Ok(done)
    }
}

/// What a command came to.
enum Done {
    Intended(Intended),
    Noted,
    Found(Vec<Option<Found>>),
    Totals(Totals),
}

/// What stands between the beginning and the commit.
async fn transact(
    connection: &mut SqliteConnection,
    money: Money,
    commands: &[Command],
) -> Result<(Money, Vec<Done>), sqlx::Error> {
    let rows: Vec<u64> = commands.iter().filter_map(Command::row).collect();
    let people: Vec<Fingerprint> = commands.iter().filter_map(Command::person).collect();
    let known =
        if rows.is_empty() { Vec::new() } else { tables::look_up(connection, &rows, &people).await? };
    let mut group = Group::new(money, known);
    // Changes first: nobody asks twice at a time, so that whoever reads has not asked for any of these.
    let noted: Vec<Option<Done>> = commands.iter().map(|command| command.change(&mut group)).collect();
    if !rows.is_empty() {
        tables::save(connection, &group).await?;
    }
    let mut told = Vec::with_capacity(commands.len());
    for (command, noted) in commands.iter().zip(noted) {
        told.push(match (command, noted) {
            (_, Some(noted)) => noted,
            (Command::Find { rows, .. }, None) => {
                let mut found: std::collections::HashMap<u64, Found> =
                    tables::find(connection, rows).await?.into_iter().collect();
                Done::Found(rows.iter().map(|row| found.remove(row)).collect())
            }
            (_, None) => Done::Totals(tables::totals(connection).await?),
        });
    }
    Ok((group.money, told))
}

impl Command {
    /// The row that it changes.
    fn row(&self) -> Option<u64> {
        match self {
            Self::Intend { row, .. } | Self::Settle { row, .. } | Self::Withdraw { row, .. } => Some(*row),
            Self::Find { .. } | Self::Totals(_) | Self::Close(_) => None,
        }
    }

    fn person(&self) -> Option<Fingerprint> {
        match self {
            Self::Intend { person, .. } => Some(*person),
            _ => None,
        }
    }

    /// Does what changes a row; what only reads does nothing.
    fn change(&self, group: &mut Group) -> Option<Done> {
        match self {
            Self::Intend { row, person, on_ambiguous, .. } => {
                return Some(Done::Intended(group.intend(*row, *person, *on_ambiguous)));
            }
            Self::Settle { row, settled, .. } => group.settle(*row, settled),
            Self::Withdraw { row, .. } => group.withdraw(*row),
            Self::Find { .. } | Self::Totals(_) | Self::Close(_) => return None,
        }
        Some(Done::Noted)
    }

    /// Tells whoever waits, if somebody still does.
    fn tell(self, done: Done) {
        match (self, done) {
            (Self::Intend { done, .. }, Done::Intended(intended)) => drop(done.send(Ok(intended))),
            (Self::Settle { done, .. } | Self::Withdraw { done, .. }, Done::Noted) => drop(done.send(Ok(()))),
            (Self::Find { done, .. }, Done::Found(found)) => drop(done.send(Ok(found))),
            (Self::Totals(done), Done::Totals(totals)) => drop(done.send(Ok(totals))),
            // Each command has a result of its own kind.
            _ => {}
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Intend { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Settle { done, .. } | Self::Withdraw { done, .. } | Self::Close(done) => {
                drop(done.send(Err(error.clone())));
            }
            Self::Find { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Totals(done) => drop(done.send(Err(error.clone()))),
        }
    }
}
