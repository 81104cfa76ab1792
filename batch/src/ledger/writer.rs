//! The one that writes the ledger. Commands that wait for each other share a commit, so that many rows cost one write to the disk.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use super::file::{Lock, reached, why};
use super::group::{Entry, Group, Money};
use super::{reading, tables};
use crate::store::{Fingerprint, Intended, OnAmbiguous, Settled, Standing, StoreError, Totals};

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
        rows: Vec<(u64, Fingerprint)>,
        done: Waiting<Vec<Standing>>,
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

    /// One transaction for what a group changes, of which nobody is told before it is on the disk; then what it reads.
    async fn together(&mut self, group: &mut Vec<Command>) {
        // Nobody asks twice at a time, so that whoever reads has not asked for any of these changes.
        let (changes, reads): (Vec<Command>, Vec<Command>) =
            group.drain(..).partition(|command| command.is_change());
        if !changes.is_empty() {
            match self.change(&changes).await {
                Ok(told) => changes.into_iter().zip(told).for_each(|(command, told)| command.tell(told)),
                Err(error) => {
                    let error = self.failed(&error).await;
                    changes.into_iter().for_each(|command| command.fail(&error));
                }
            }
        }
        for command in reads {
            match self.read(&command).await {
                Ok(told) => command.tell(told),
                Err(error) => {
                    let error = self.failed(&error).await;
                    command.fail(&error);
                }
            }
        }
    }

    /// Lets go of a connection that failed: that rolls back what it has open.
    async fn failed(&mut self, error: &sqlx::Error) -> StoreError {
        if let Some(connection) = self.connection.take() {
            // An error of that is of no more use than the first one.
            let _ = connection.close_hard().await;
        }
        StoreError(format!("the ledger cannot be written: {}", why(error)))
    }

    async fn connected(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => Ok(none.insert(reached(&self.path).await?)),
        }
    }

    /// No other program writes, so that what was looked up before the transaction still holds in it.
    async fn change(&mut self, commands: &[Command]) -> Result<Vec<Done>, sqlx::Error> {
        let asked: Vec<(u64, Fingerprint)> = commands.iter().filter_map(Command::intent).collect();
        let mut known = tables::look_up(self.connected().await?, &asked).await?;
        let own = commands.iter().filter_map(Command::on_its_way);
        known.extend(own.filter_map(|row| Some((row, self.sending.get(&row)?.clone()))));
        let mut group = Group::new(self.money, known);
        let told = commands.iter().map(|command| command.change(&mut group)).collect();
        tables::commit(self.connected().await?, &group).await?;
        self.money = group.money;
        for (row, sending) in group.into_sending() {
            match sending {
                Some(entry) => self.sending.insert(row, entry),
                None => self.sending.remove(&row),
            };
        }
        Ok(told)
    }

    async fn read(&mut self, command: &Command) -> Result<Done, sqlx::Error> {
        let connection = self.connected().await?;
        match command {
            Command::Find { rows, .. } => reading::find(connection, rows).await.map(Done::Found),
            _ => reading::totals(connection).await.map(Done::Totals),
        }
    }
}

/// What a command came to.
enum Done {
    Intended(Intended),
    Noted,
    Found(Vec<Standing>),
    Totals(Totals),
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

    fn is_change(&self) -> bool {
        !matches!(self, Self::Find { .. } | Self::Totals(_) | Self::Close(_))
    }

    /// Changes the rows of a group; what only reads changes none.
    fn change(&self, group: &mut Group) -> Done {
        match self {
            Self::Intend { row, person, on_ambiguous, .. } => {
                return Done::Intended(group.intend(*row, *person, *on_ambiguous));
            }
            Self::SettleThenIntend { settled: (row, settled), next, .. } => {
                group.settle(*row, settled);
                return Done::Intended(group.intend(next.0, next.1, next.2));
            }
            Self::Settle { row, settled, .. } => group.settle(*row, settled),
            Self::Withdraw { row, .. } => group.withdraw(*row),
            Self::Find { .. } | Self::Totals(_) | Self::Close(_) => {}
        }
        Done::Noted
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
