//! The one that writes the ledger. Commands that wait for each other share a commit, so that many rows cost one write to the disk.
//!
//! A group goes through four steps: one transaction of the ledger, which reads all that it decides by; the registry, which follows; a look
//! whether the path still names the file; and only then the answers. So nothing is sent that a later run could not find, and a row is sent
//! once even if another program writes the same file.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use ring::rand::{SecureRandom, SystemRandom};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::mpsc;

use super::command::{Command, Done};
use super::file::{LedgerFile, connect_to_write, why};
use super::opening::{Prepared, Registered, unfollowed};
use super::transaction::{Attempt, Change, Entry, Group, Money};
use super::{reading, tables};
use crate::registry::{Followed, SentRow};
use crate::store::{Fingerprint, Reservation, RowState, StoreError};

/// The most commands that share a commit.
pub(super) const GROUP: usize = 256;

/// What writes, for as long as a ledger is open.
pub(super) struct Writer {
    path: PathBuf,
    /// `None` after a failed write: the connection may hold an open transaction.
    connection: Option<SqliteConnection>,
    money: Money,
    /// The attempts of this program that are on their way.
    attempts: HashMap<u64, Attempt>,
    /// Their rows as the ledger has them. Empty once another program has written.
    sending: HashMap<u64, Entry>,
    /// The id of the next attempt: its first half is this program's alone.
    next_attempt: (u64, u64),
    /// The number of the ledger's latest commit.
    generation: i64,
    registered: Option<Registered>,
    /// Attempts that are reserved and must not be sent, until they are released.
    unsent: Vec<(u64, Attempt)>,
    /// The number of the registry's sequence behind which people of other batches are not sent.
    overlap_accepted: i64,
    /// The rows that the registry has not followed yet.
    behind: BTreeMap<u64, Followed>,
    file: LedgerFile,
}

impl Writer {
    pub(super) fn new(
        path: &Path,
        connection: SqliteConnection,
        prepared: Prepared,
        file: LedgerFile,
    ) -> Result<Self, StoreError> {
        let mut random = [0; 8];
        let filled = SystemRandom::new().fill(&mut random);
        filled.map_err(|_| StoreError("the system has no random numbers".to_owned()))?;
        Ok(Self {
            path: path.to_owned(),
            connection: Some(connection),
            money: prepared.money,
            attempts: HashMap::new(),
            sending: HashMap::new(),
            next_attempt: (u64::from_be_bytes(random), 0),
            generation: prepared.generation,
            registered: prepared.registered,
            unsent: Vec::new(),
            overlap_accepted: 0,
            behind: BTreeMap::new(),
            file,
        })
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
        if let Some(Registered { mut registry, number }) = self.registered {
            // A registry that cannot follow is behind, and the next run brings it up to date.
            let _ = registry.follow(number, self.generation, &self.behind, i64::MAX).await;
            let _ = registry.close().await;
        }
        drop(self.file);
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
                Ok(told) => changes.into_iter().zip(told).for_each(|(command, told)| match told {
                    Ok(told) => command.tell(told),
                    Err(error) => command.fail(&error),
                }),
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

    /// Changes what a group asks for, and tells each command of it.
    async fn change(&mut self, commands: &[Command]) -> Result<Vec<Result<Done, StoreError>>, sqlx::Error> {
        let (group, told) = self.commit(commands).await?;
        let mut sent = Vec::new();
        for (command, done) in commands.iter().zip(&told) {
            if let Some(row) = command.on_its_way() {
                self.attempts.remove(&row);
                self.sending.remove(&row);
            }
            if let Done::Reserved(Reservation::Send, attempt) = done {
                sent.extend(command.intent().map(|(row, _)| (row, *attempt)));
            }
        }
        self.behind.extend(group.changes().filter_map(followed));
        let (refused, error) = match self.guard().await {
            Ok(elsewhere) => (sent.extract_if(.., |(row, _)| elsewhere.contains(row)).collect(), None),
            // What came is in the ledger; nothing else may be sent.
            Err(error) => (std::mem::take(&mut sent), Some(error)),
        };
        for (row, attempt) in sent {
            self.attempts.insert(row, attempt);
            self.sending.extend(group.entry(row).map(|entry| (row, entry)));
        }
        self.unsent.extend(&refused);
        if let Err(error) = self.release().await {
            // They are released with the next group; until then they count as on their way.
            self.failed(&error).await;
        }
        let answer = |done| match (done, &error) {
            (Done::Reserved(Reservation::Send, attempt), None)
                if refused.iter().any(|(_, own)| *own == attempt) =>
            {
                Ok(Done::Reserved(Reservation::Elsewhere, attempt))
            }
            (Done::Reserved(Reservation::Send, _), Some(error)) => Err(error.clone()),
            (done, _) => Ok(done),
        };
        Ok(told.into_iter().map(answer).collect())
    }

    /// One transaction, which reads what it decides by: another program may have written since.
    async fn commit(&mut self, commands: &[Command]) -> Result<(Group, Vec<Done>), sqlx::Error> {
        let (numbers, people): (Vec<u64>, Vec<Fingerprint>) =
            commands.iter().filter_map(Command::intent).unzip();
        let own: Vec<u64> = commands.iter().filter_map(Command::on_its_way).collect();
        let (money, latest) = (self.money, self.generation);
        let connection = self.connected().await?;
        let (money, generation, mut known) = tables::begin(connection, money, &numbers, &people).await?;
        if generation != latest {
            self.sending.clear();
        }
        let (in_memory, unread): (Vec<u64>, Vec<u64>) =
            own.into_iter().partition(|row| self.sending.contains_key(row));
        known.extend(in_memory.iter().filter_map(|row| Some((*row, self.sending.get(row)?.clone()))));
        if !unread.is_empty() {
            known.extend(tables::rows(self.connected().await?, &unread).await?);
        }
        let mut group = Group::new(money, known);
        let mut told = Vec::new();
        for command in commands {
            let attempt = self.attempt();
            let own = command.on_its_way().and_then(|row| self.attempts.get(&row).copied());
            told.push(command.change(&mut group, own, attempt));
        }
        self.write(&group, generation).await?;
        Ok((group, told))
    }

    /// Ends the transaction that a group began.
    async fn write(&mut self, group: &Group, generation: i64) -> Result<(), sqlx::Error> {
        let connection = self.connected().await?;
        if group.is_changed() {
            tables::commit(connection, group).await?;
            self.generation = generation + 1;
        } else {
            tables::roll_back(connection).await?;
        }
        Ok(())
    }

    /// A new attempt's id. No two are the same, in this program or in another.
    fn attempt(&mut self) -> Attempt {
        self.next_attempt.1 += 1;
        (u128::from(self.next_attempt.0) << 64 | u128::from(self.next_attempt.1)).to_be_bytes()
    }

    /// Has the registry follow, and looks whether the path still names the file: what the next run would find is what is known here. The rows
    /// whose people another batch had sent meanwhile.
    async fn guard(&mut self) -> Result<Vec<u64>, StoreError> {
        let mut elsewhere = Vec::new();
        if let Some(Registered { registry, number }) =
            self.registered.as_mut().filter(|_| !self.behind.is_empty())
        {
            let followed =
                registry.follow(*number, self.generation, &self.behind, self.overlap_accepted).await;
            elsewhere = followed.map_err(|error| unfollowed(&error))?;
            registry.check()?;
        }
        self.behind.clear();
        self.file.check()?;
        Ok(elsewhere)
    }

    /// Releases what must not be sent after all.
    async fn release(&mut self) -> Result<(), sqlx::Error> {
        if self.unsent.is_empty() {
            return Ok(());
        }
        let numbers: Vec<u64> = self.unsent.iter().map(|(row, _)| *row).collect();
        let money = self.money;
        let connection = self.connected().await?;
        let (money, generation, known) = tables::begin(connection, money, &numbers, &[]).await?;
        let mut group = Group::new(money, known);
        self.unsent.iter().for_each(|(row, attempt)| group.release(*row, *attempt));
        self.write(&group, generation).await?;
        self.unsent.clear();
        self.behind.extend(group.changes().filter_map(followed));
        Ok(())
    }

    async fn read(&mut self, command: &Command) -> Result<Done, sqlx::Error> {
        let connection = self.connected().await?;
        match command {
            Command::AcceptOverlap { until, people, .. } => {
                tables::accept(connection, people).await?;
                self.overlap_accepted = *until;
                Ok(Done::Noted)
            }
            Command::Find { people, .. } => reading::find(connection, people).await.map(Done::Found),
            Command::Numbers { people, .. } => reading::numbers(connection, people).await.map(Done::Numbers),
            Command::Page { from, limit, .. } => {
                reading::page(connection, *from, *limit, true).await.map(Done::Page)
            }
            _ => reading::totals(connection).await.map(Done::Totals),
        }
    }
}

/// What the registry learns of a change.
fn followed((number, change): (u64, Change<'_>)) -> Option<(u64, Followed)> {
    let (entry, is_charged) = match change {
        Change::New(entry) | Change::State(entry) => (entry, true),
        Change::Outcome(entry, _) if entry.spent == 0 && entry.state == RowState::Settled => (entry, false),
        // It counts as billed since it was sent.
        Change::Outcome(..) => return None,
        Change::Gone => return Some((number, Followed::Released)),
    };
    Some((number, Followed::Sent(SentRow { person: entry.person, sends: entry.sends, is_charged })))
}
