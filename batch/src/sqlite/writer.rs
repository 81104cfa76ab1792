//! The writer of a ledger. Commands that wait for each other share a commit, so that many rows cost
//! one write to the disk.
//!
//! A group takes two steps, and the next group takes its first while this one takes its second:
//! 1. one transaction of the ledger, which reads all that it decides by;
//! 2. the follower: the registry, a check of the file, and the answers.
//!
//! A row is sent after its answer. So nothing is sent that a later run could not find, and a row is
//! sent once even if another program writes the same file. A row that the second step refuses is
//! released by the next transaction.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyi_text::message;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::mpsc;

use super::after_commit::{self, Committed, Follower, followed};
use super::command::{Answer, Command, Done};
use super::file::{LedgerFile, connect_to_write, why};
use super::opening::Prepared;
use super::{alerts, commit, queries, reuse};
use crate::attempt::Attempt;
use crate::row_lifecycle::{Entry, Funds, Transaction};
use crate::store::{Fingerprint, Reservation, StoreError};

/// Maximum commands that share a commit.
pub(super) const GROUP: usize = 256;

/// Writes a ledger for as long as it is open.
struct Writer {
    path: PathBuf,
    /// `None` after a failed write: the connection may hold an open transaction.
    connection: Option<SqliteConnection>,
    funds: Funds,
    /// The rows that this program is sending, as the ledger has them. Empty once another program
    /// has written.
    sending: HashMap<u64, Entry>,
    /// The number of the ledger's latest commit.
    generation: i64,
    /// Attempts that the next transaction releases.
    unsent: Vec<Attempt>,
    overlap_accepted: i64,
    file: Arc<LedgerFile>,
}

/// Starts the writer of a ledger on a thread of its own: a commit takes several steps, none of
/// which waits for the calls of the run.
pub(super) fn start(
    path: &Path,
    connection: SqliteConnection,
    prepared: Prepared,
    file: LedgerFile,
    commands: mpsc::Receiver<Command>,
) -> Result<(), StoreError> {
    let file = Arc::new(file);
    let (refuse, refused) = mpsc::unbounded_channel();
    let follower = Follower::new(prepared.registered, Arc::clone(&file), refuse);
    let writer = Writer {
        path: path.to_owned(),
        connection: Some(connection),
        funds: prepared.funds,
        sending: HashMap::new(),
        generation: prepared.generation,
        unsent: Vec::new(),
        overlap_accepted: 0,
        file,
    };
    let unstarted =
        |error: std::io::Error| StoreError(message!("the ledger cannot be written: {error}", error));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().map_err(unstarted)?;
    let work = move || runtime.block_on(work(writer, follower, commands, refused));
    std::thread::Builder::new().name("pyi-ledger".to_owned()).spawn(work).map(drop).map_err(unstarted)
}

/// Writes and follows until the ledger is closed, or until all its handles are dropped; then closes
/// the files.
async fn work(
    mut writer: Writer,
    mut follower: Follower,
    commands: mpsc::Receiver<Command>,
    mut refused: mpsc::UnboundedReceiver<Attempt>,
) {
    let (committed, groups) = after_commit::channel();
    let (closing, ()) = tokio::join!(writer.run(commands, &mut refused, committed), follower.run(groups));
    while let Ok(refused) = refused.try_recv() {
        writer.refuse(refused);
    }
    let released = match writer.unsent.is_empty() {
        true => Vec::new(),
        // A release that fails leaves rows that count as sent without an answer: the next run holds
        // them.
        false => writer
            .commit(&[])
            .await
            .map(|(transaction, _)| transaction.changes().filter_map(followed).collect())
            .unwrap_or_default(),
    };
    // SQLite tidies up its files, and only then may another program have the ledger.
    let closed = match writer.connection {
        Some(connection) => connection.close().await,
        None => Ok(()),
    };
    follower.close(released, writer.generation).await;
    drop(writer.file);
    if let Some(done) = closing {
        let closed = closed
            .map_err(|error| StoreError(message!("the ledger cannot be closed: {why}", why = why(&error))));
        // The caller may be gone.
        let _ = done.send(closed);
    }
}

impl Writer {
    /// Takes commands in groups, until one closes the ledger or all its handles are dropped. The
    /// command that closes it.
    async fn run(
        &mut self,
        mut commands: mpsc::Receiver<Command>,
        refused: &mut mpsc::UnboundedReceiver<Attempt>,
        committed: mpsc::Sender<Committed>,
    ) -> Option<Answer<()>> {
        let mut group = Vec::new();
        loop {
            let is_open = tokio::select! {
                biased;
                Some(refused) = refused.recv() => {
                    self.refuse(refused);
                    true
                }
                count = commands.recv_many(&mut group, GROUP) => count > 0,
            };
            while let Ok(refused) = refused.try_recv() {
                self.refuse(refused);
            }
            let closing = group.iter().position(|command| matches!(command, Command::Close(_)));
            // The commands behind it are dropped, which says that the ledger is closed.
            let mut rest = closing.map(|at| group.split_off(at)).unwrap_or_default();
            self.group(&mut group, &committed).await;
            if let Some(Command::Close(done)) = rest.drain(..).next() {
                return Some(done);
            }
            if !is_open {
                return None;
            }
        }
    }

    /// One transaction for the changes of a group, which then goes to the follower; then the reads.
    async fn group(&mut self, group: &mut Vec<Command>, committed: &mpsc::Sender<Committed>) {
        // A caller waits for its answer, so no read of a group depends on a change of the same
        // group.
        let (changes, reads): (Vec<Command>, Vec<Command>) =
            group.drain(..).partition(|command| command.is_change());
        if !changes.is_empty() || !self.unsent.is_empty() {
            match self.change(changes).await {
                Ok(group) => {
                    // The follower ends after the writer.
                    let _ = committed.send(group).await;
                }
                Err((changes, error)) => {
                    let error = self.failed(&error).await;
                    changes.into_iter().for_each(|command| command.fail(&error));
                }
            }
        }
        for command in reads {
            match self.read(&command).await {
                Ok(done) => command.answer(done),
                Err(error) => {
                    let error = self.failed(&error).await;
                    command.fail(&error);
                }
            }
        }
    }

    /// Commits the changes of a group, and notes which rows are being sent. The commands that were
    /// not done, and why.
    async fn change(&mut self, commands: Vec<Command>) -> Result<Committed, (Vec<Command>, sqlx::Error)> {
        let (transaction, results) = match self.commit(&commands).await {
            Ok(done) => done,
            Err(error) => return Err((commands, error)),
        };
        let commands: Vec<(Command, Done)> = commands.into_iter().zip(results).collect();
        for (command, done) in &commands {
            if let Some(attempt) = command.ended() {
                self.sending.remove(&attempt.row);
            }
            if let (Done::Reserved(Reservation::Send), Some((attempt, _))) = (done, command.reserved()) {
                let row = attempt.row;
                self.sending.extend(transaction.entry(row).map(|entry| (row, entry)));
            }
        }
        Ok(Committed {
            commands,
            changes: transaction.changes().filter_map(followed).collect(),
            generation: self.generation,
            overlap_accepted: self.overlap_accepted,
        })
    }

    /// Notes an attempt that the next transaction releases.
    fn refuse(&mut self, refused: Attempt) {
        self.sending.remove(&refused.row);
        self.unsent.push(refused);
    }

    /// Closes a connection that failed, which rolls back its open transaction.
    async fn failed(&mut self, error: &sqlx::Error) -> StoreError {
        if let Some(connection) = self.connection.take() {
            // An error of that is of no more use than the first one.
            let _ = connection.close_hard().await;
        }
        StoreError(message!("the ledger cannot be written: {why}", why = why(error)))
    }

    async fn connected(&mut self) -> Result<&mut SqliteConnection, sqlx::Error> {
        match &mut self.connection {
            Some(connection) => Ok(connection),
            none => {
                // Another file under this path is not this ledger.
                let protocol = |error: StoreError| sqlx::Error::Protocol(error.to_string());
                self.file.check().map_err(protocol)?;
                let connection = connect_to_write(&self.path).await?;
                self.file.check().map_err(protocol)?;
                Ok(none.insert(connection))
            }
        }
    }

    /// One transaction, which releases what is unsent, then does the commands in their order. It
    /// reads what it decides by: another program may have written since.
    async fn commit(&mut self, commands: &[Command]) -> Result<(Transaction, Vec<Done>), sqlx::Error> {
        let reserved = commands.iter().filter_map(Command::reserved);
        let (mut numbers, people): (Vec<u64>, Vec<Fingerprint>) =
            reserved.map(|(attempt, person)| (attempt.row, person)).unzip();
        numbers.extend(self.unsent.iter().map(|refused| refused.row));
        let own: Vec<u64> = commands.iter().filter_map(Command::ended).map(|attempt| attempt.row).collect();
        let (funds, latest) = (self.funds, self.generation);
        let connection = self.connected().await?;
        let (funds, generation, mut known) = commit::begin(connection, funds, &numbers, &people).await?;
        if generation != latest {
            self.sending.clear();
        }
        let (in_memory, unread): (Vec<u64>, Vec<u64>) =
            own.into_iter().partition(|row| self.sending.contains_key(row));
        known.extend(in_memory.iter().filter_map(|row| Some((*row, self.sending.get(row)?.clone()))));
        if !unread.is_empty() {
            known.extend(commit::rows(self.connected().await?, &unread).await?);
        }
        let mut transaction = Transaction::new(funds, known);
        self.unsent.iter().for_each(|refused| transaction.release(*refused));
        let results = commands.iter().map(|command| command.change(&mut transaction)).collect();
        self.write(&transaction, generation).await?;
        self.unsent.clear();
        Ok((transaction, results))
    }

    /// Ends the transaction that a group began.
    async fn write(&mut self, transaction: &Transaction, generation: i64) -> Result<(), sqlx::Error> {
        let connection = self.connected().await?;
        if transaction.is_changed() {
            commit::commit(connection, transaction).await?;
            self.generation = generation + 1;
        } else {
            commit::roll_back(connection).await?;
        }
        Ok(())
    }

    async fn read(&mut self, command: &Command) -> Result<Done, sqlx::Error> {
        let connection = self.connected().await?;
        match command {
            Command::AcceptOverlap { until, people, .. } => {
                commit::accept(connection, people).await?;
                self.overlap_accepted = *until;
                Ok(Done::Changed)
            }
            Command::Reuse { rows, .. } => reuse::reuse(connection, rows).await.map(Done::Reused),
            Command::Alerts { shares, .. } => alerts::reached(connection, shares).await.map(Done::Alerts),
            Command::Find { people, .. } => queries::find(connection, people).await.map(Done::Found),
            Command::States { people, .. } => queries::states(connection, people).await.map(Done::States),
            Command::Page { from, limit, .. } => {
                queries::page(connection, *from, *limit, true).await.map(Done::Page)
            }
            _ => queries::totals(connection).await.map(Done::Totals),
        }
    }
}
