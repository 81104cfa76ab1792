//! The one that writes the ledger. Commands that wait for each other share a commit, so that many rows cost one write to the disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::file::{Lock, reached, why};
use super::group::{Entry, Group, Money};
use super::tables;
use crate::store::{Fingerprint, Found, Intended, OnAmbiguous, Settled, StoreError, Totals};

/// The most commands that share a commit.
pub(super) const GROUP: usize = 256;

/// Whoever waits for what a command comes to.
pub(super) type Waiting<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Intend {
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
        done: Waiting<Intended>,
    },
    Settle {
        row: u64,
        settled: Settled,
        done: Waiting<()>,
    },
    SettleThenIntend {
        settled: (u64, Settled),
        next: (u64, Fingerprint, OnAmbiguous),
        done: Waiting<Intended>,
    },
    Withdraw {
        row: u64,
        done: Waiting<()>,
    },
    Find {
        rows: Vec<u64>,
        done: Waiting<Vec<Option<Found>>>,
    },
    Totals(Waiting<Totals>),
    Close(Waiting<()>),
}

/// What writes, for as long as a ledger is open.
pub(super) struct Writer {
    path: PathBuf,
    /// None after a write that failed: what it began may still be open in it, and would take in all that is written later.
    connection: Option<SqliteConnection>,
    money: Money,
    /// The rows that are on their way: nobody else changes them.
    sending: HashMap<u64, Entry>,
    lock: Lock,
}

impl Writer {
    pub(super) fn new(path: &Path, connection: SqliteConnection, money: Money, lock: Lock) -> Self {
        Self { path: path.to_owned(), connection: Some(connection), money, sending: HashMap::new(), lock }
    }

    /// Works on a thread of its own: a commit takes several steps, none of which waits for the calls that are being made meanwhile.
    pub(super) fn start(self, heard: mpsc::Receiver<Command>) -> std::io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
        let work = move || runtime.block_on(self.work(heard));
        std::thread::Builder::new().name("pyi-ledger".to_owned()).spawn(work).map(drop)
    }

    /// Does what is asked for, in groups, until it is told to close or nobody is left who could ask.
    async fn work(mut self, mut heard: mpsc::Receiver<Command>) {
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
            Ok((changed, told)) => {
                if let Some(changed) = changed {
                    self.money = changed.money;
                    for (row, sending) in changed.into_sending() {
                        match sending {
                            Some(entry) => self.sending.insert(row, entry),
                            None => self.sending.remove(&row),
                        };
                    }
                }
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

    async fn transact(&mut self, commands: &[Command]) -> Result<(Option<Group>, Vec<Done>), sqlx::Error> {
        let connection = match &mut self.connection {
            Some(connection) => connection,
            none => none.insert(reached(&self.path).await?),
        };
        if commands.is_empty() {
            return Ok((None, Vec::new()));
        }
        // Changes first: nobody asks twice at a time, so that whoever reads has not asked for any of these.
        let (changed, noted) = change(connection, self.money, &self.sending, commands).await?;
        let mut told = Vec::with_capacity(commands.len());
        for (command, noted) in commands.iter().zip(noted) {
            told.push(match noted {
                Some(noted) => noted,
                None => read(connection, command).await?,
            });
        }
        Ok((changed, told))
    }
}

/// What a command came to.
enum Done {
    Intended(Intended),
    Noted,
    Found(Vec<Option<Found>>),
    Totals(Totals),
}

/// Does what changes rows. No other program writes, so that what was looked up before the transaction still holds in it.
async fn change(
    connection: &mut SqliteConnection,
    money: Money,
    sending: &HashMap<u64, Entry>,
    commands: &[Command],
) -> Result<(Option<Group>, Vec<Option<Done>>), sqlx::Error> {
    let asked: Vec<(u64, Fingerprint)> = commands.iter().filter_map(Command::intent).collect();
    let mut known = tables::look_up(connection, &asked).await?;
    let own = commands.iter().filter_map(Command::on_its_way);
    known.extend(own.filter_map(|row| Some((row, sending.get(&row)?.clone()))));
    let mut group = Group::new(money, known);
    let noted: Vec<Option<Done>> = commands.iter().map(|command| command.change(&mut group)).collect();
    if noted.iter().all(Option::is_none) {
        return Ok((None, noted));
    }
    tables::commit(connection, &group).await?;
    Ok((Some(group), noted))
}

/// Does what only reads.
async fn read(connection: &mut SqliteConnection, command: &Command) -> Result<Done, sqlx::Error> {
    let Command::Find { rows, .. } = command else {
        return tables::totals(connection).await.map(Done::Totals);
    };
    let mut found: HashMap<u64, Found> = tables::find(connection, rows).await?.into_iter().collect();
    Ok(Done::Found(rows.iter().map(|row| found.remove(row)).collect()))
}

impl Command {
    fn intent(&self) -> Option<(u64, Fingerprint)> {
        match self {
            Self::Intend { row, person, .. } | Self::SettleThenIntend { next: (row, person, _), .. } => {
                Some((*row, *person))
            }
            _ => None,
        }
    }

    /// A row that it takes from its way.
    fn on_its_way(&self) -> Option<u64> {
        match self {
            Self::Settle { row, .. }
            | Self::Withdraw { row, .. }
            | Self::SettleThenIntend { settled: (row, _), .. } => Some(*row),
            _ => None,
        }
    }

    /// Does what changes a row; what only reads does nothing.
    fn change(&self, group: &mut Group) -> Option<Done> {
        match self {
            Self::Intend { row, person, on_ambiguous, .. } => {
                return Some(Done::Intended(group.intend(*row, *person, *on_ambiguous)));
            }
            Self::SettleThenIntend { settled: (row, settled), next, .. } => {
                group.settle(*row, settled);
                return Some(Done::Intended(group.intend(next.0, next.1, next.2)));
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
            (Self::Intend { done, .. } | Self::SettleThenIntend { done, .. }, Done::Intended(intended)) => {
                drop(done.send(Ok(intended)));
            }
            (Self::Settle { done, .. } | Self::Withdraw { done, .. }, Done::Noted) => drop(done.send(Ok(()))),
            (Self::Find { done, .. }, Done::Found(found)) => drop(done.send(Ok(found))),
            (Self::Totals(done), Done::Totals(totals)) => drop(done.send(Ok(totals))),
            // Each command has a result of its own kind.
            _ => {}
        }
    }

    fn fail(self, error: &StoreError) {
        match self {
            Self::Intend { done, .. } | Self::SettleThenIntend { done, .. } => {
                drop(done.send(Err(error.clone())));
            }
            Self::Settle { done, .. } | Self::Withdraw { done, .. } | Self::Close(done) => {
                drop(done.send(Err(error.clone())));
            }
            Self::Find { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Totals(done) => drop(done.send(Err(error.clone()))),
        }
    }
}
