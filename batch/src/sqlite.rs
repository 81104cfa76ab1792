//! The store on one machine: a SQLite file that only its owner reads, written through to the disk at each commit.

mod command;
mod commit;
mod file;
mod follower;
mod look;
mod opening;
mod queries;
mod schema;
mod statements;

#[cfg(test)]
mod two_writers;
mod writer;

use std::collections::HashSet;
use std::path::Path;

use pyi_runtime::{Billing, CallOutcome};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use self::command::{Answer, Command};
use self::file::{LedgerFile, clear_old_lock, connect_to_read, connect_to_write, real, unopened};
pub(crate) use self::file::{network, private, why};
use self::look::{look, whole};
pub use self::opening::{Opening, Registration};
use self::writer::GROUP;
use crate::overlap::Overlap;
use crate::run::Key;
use crate::store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, Store, StoreError, Totals,
    line_of,
};

/// Identifies a ledger, and its copies with it.
pub type LedgerId = [u8; 16];

/// The target of a batch that is a trial: nothing that it was answered is true of anybody.
pub const SANDBOX: &str = "the sandbox";

/// So many rows of a ledger are read at a time.
const PAGE: u32 = 1000;

/// What a batch is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchInfo {
    /// The endpoint that each row calls.
    pub endpoint: String,
    /// Who is called: the base URL, or [`SANDBOX`]. What one answered is not taken for the other's answer.
    pub target: String,
    /// The currency's ISO 4217 code.
    pub currency: String,
    /// How many decimals of the currency the amounts of the ledger count: 6 where they are millionths.
    pub scale: u32,
    /// The most that may be spent, in the unit that `scale` sets.
    pub budget: i64,
    /// What one call costs at the most from now on, in that unit.
    pub each: i64,
}

/// Rows that came to the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The outcome of each.
    pub outcome: CallOutcome,
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
    /// The ledger's id.
    pub id: LedgerId,
    /// The id of the registry that it was entered in, if it was.
    pub registry: Option<Vec<u8>>,
    /// What the batch is about.
    pub terms: BatchInfo,
    /// What it came to so far.
    pub totals: Totals,
    /// The rows that are settled, by what they came to, each with what all its calls cost.
    pub lines: Vec<Line>,
    /// How many calls were made again, for rows that had no answer: they are in the rows' costs.
    pub again: u64,
    /// What the other rows cost, or may have.
    pub uncertain: i64,
    /// Whether a run has the ledger open.
    pub is_running: bool,
}

/// A ledger that is open. No other program can open it meanwhile; its content can be read.
#[derive(Debug, Clone)]
pub struct Ledger {
    commands: mpsc::Sender<Command>,
    opening: Opening,
}

impl Ledger {
    /// Opens a ledger, or makes one, without a registry: nothing is known of other batches, nor whether the file is a copy. What writes it has a
    /// thread of its own. Rows that the last program was sending when it stopped are ambiguous from now on, and count as spent.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, that another program has open, that is damaged or of another format, or that is the ledger of another
    /// batch or was begun with another key; a file with several names, or on a file system whose locks are not reliable.
    pub async fn open(path: &Path, terms: &BatchInfo, key: &Key) -> Result<Self, StoreError> {
        Self::opened(path, terms, key, None).await
    }

    /// Opens a ledger as [`Self::open`] does, and enters it in the registry of its user: people that other batches had sent are known, and a
    /// copy or an older state of the ledger is refused.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; a registry that cannot be written; a copy or an older state that is not adopted.
    pub async fn open_registered(
        path: &Path,
        terms: &BatchInfo,
        key: &Key,
        registration: &Registration<'_>,
    ) -> Result<Self, StoreError> {
        Self::opened(path, terms, key, Some(registration)).await
    }

    async fn opened(
        path: &Path,
        terms: &BatchInfo,
        key: &Key,
        registration: Option<&Registration<'_>>,
    ) -> Result<Self, StoreError> {
        let path = &real(path);
        clear_old_lock(path)?;
        let (file, mut connection) = Self::taken(path).await?;
        let prepared =
            opening::prepare(&mut connection, (&file, path), terms, &key.check(), registration).await?;
        file.check()?;
        let opening = prepared.opening;
        let (commands, heard) = mpsc::channel(GROUP);
        writer::start(path, connection, prepared, file, heard)?;
        Ok(Self { commands, opening })
    }

    /// The file for this program alone, and a connection that writes it. A file that is no ledger is left as it is.
    async fn taken(path: &Path) -> Result<(LedgerFile, SqliteConnection), StoreError> {
        let failed = unopened(path);
        let file = LedgerFile::take(path).await?;
        let mut connection = connect_to_read(path).await.map_err(failed)?;
        let content = schema::content(&mut connection).await.map_err(failed)?;
        if let Some(refused) = schema::unusable(content, &path.display().to_string()) {
            return Err(StoreError(refused));
        }
        whole(&mut connection, path).await?;
        connection.close().await.map_err(failed)?;
        file.close_to_others()?;
        let connection = connect_to_write(path).await.map_err(failed)?;
        Ok((file, connection))
    }

    /// What its opening found.
    pub fn opening(&self) -> &Opening {
        &self.opening
    }

    /// Notes that this batch may send the people of an overlap, also in later runs. Until it is closed, it may send whom other batches had sent up to
    /// [`Overlap::until`]: those were looked at. Whom another batch sends behind that is not sent by this one.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub async fn accept_overlap(&self, overlap: &Overlap) -> Result<(), StoreError> {
        let (until, people) = (overlap.until, overlap.people.clone());
        self.ask(|done| Command::AcceptOverlap { until, people, done }).await
    }

    /// The people whom other batches had sent, and whom this one may send by an earlier [`Self::accept_overlap`].
    ///
    /// # Errors
    ///
    /// A file that is no ledger.
    pub async fn accepted(path: &Path) -> Result<HashSet<Fingerprint>, StoreError> {
        let mut found = look(path).await?;
        let accepted = queries::accepted(&mut found.connection).await.map_err(unopened(path))?;
        found.close(path).await?;
        Ok(accepted)
    }

    /// Has a batch go on at another target: the same account, at another address. What the sandbox answered stays its own.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open; a move to the sandbox, or from it.
    pub async fn move_to(path: &Path, target: &str) -> Result<(), StoreError> {
        let found = look(path).await?;
        let terms = found.terms.clone();
        found.close(path).await?;
        if terms.target != target && (terms.target == SANDBOX || target == SANDBOX) {
            return Err(StoreError(format!(
                "a batch that was sent to {} does not move to {target}; give each its own ledger",
                terms.target
            )));
        }
        Self::alone(path, async |connection| commit::move_to(connection, target).await).await.map(drop)
    }

    /// Closes the ledger: once it is, another program can open it. A ledger that is dropped closes in its own time.
    ///
    /// # Errors
    ///
    /// A file that cannot be closed properly. What was told of is in it all the same.
    pub async fn close(self) -> Result<(), StoreError> {
        self.ask(Command::Close).await
    }

    /// What a ledger says of its batch, whether or not a run has it open.
    ///
    /// # Errors
    ///
    /// A file that is no ledger.
    pub async fn report(path: &Path) -> Result<Report, StoreError> {
        let failed = unopened(path);
        let mut found = look(path).await?;
        // One moment of the batch, however it goes on meanwhile.
        let mut transaction = found.connection.begin().await.map_err(failed)?;
        let totals = queries::totals(&mut transaction).await.map_err(failed)?;
        let lines = queries::report(&mut transaction).await.map_err(failed)?;
        let (again, uncertain) = queries::repeated(&mut transaction).await.map_err(failed)?;
        let registry = queries::registry(&mut transaction).await.map_err(failed)?;
        transaction.rollback().await.map_err(failed)?;
        let (id, terms) = (found.id, found.terms.clone());
        found.close(path).await?;
        Ok(Report {
            id,
            registry,
            terms,
            totals,
            lines,
            again,
            uncertain,
            is_running: LedgerFile::is_held(&real(path)),
        })
    }

    /// Reads each row that was ever sent, by the line that it was sent from, without the payloads.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub async fn rows(path: &Path, mut told: impl FnMut(u64, RowRecord)) -> Result<(), StoreError> {
        let failed = unopened(path);
        let mut found = look(path).await?;
        let mut from = 0;
        loop {
            let page = queries::page(&mut found.connection, from, PAGE, false).await.map_err(failed)?;
            let Some((last, _)) = page.last() else { break };
            from = last + 1;
            page.into_iter().for_each(|(row, found)| told(line_of(row), found));
        }
        found.close(path).await
    }

    /// Erases what a ledger has of people. What it cost stays; the batch cannot go on. The ledger's id, by which a registry has more of them.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open.
    pub async fn forget(path: &Path) -> Result<LedgerId, StoreError> {
        Self::alone(path, async |connection| commit::forget(connection).await).await
    }

    /// Makes a copy of a ledger as it is at one moment, also while a run has it open. To run the copy is to adopt it.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or a copy that cannot be written or is there already.
    pub async fn back_up(path: &Path, to: &Path) -> Result<(), StoreError> {
        let mut found = look(path).await?;
        let failed = |error: &dyn std::fmt::Display| {
            StoreError(format!("the backup {} cannot be written: {error}", to.display()))
        };
        // For its owner alone, before anything is in it.
        let file = private().create_new(true).open(to).map_err(|error| failed(&error))?;
        let copied =
            sqlx::query("VACUUM INTO ?").bind(to.to_string_lossy()).execute(&mut found.connection).await;
        let synced = copied.map_err(|error| failed(&why(&error)));
        let synced = synced.and_then(|_| file.sync_all().map_err(|error| failed(&error)));
        if synced.is_err() {
            // What is half written is no backup.
            let _ = std::fs::remove_file(to);
        }
        found.close(path).await?;
        synced
    }

    /// Does something with a ledger that is there already, and that no run has open. The ledger's id.
    async fn alone(
        path: &Path,
        done: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), sqlx::Error>,
    ) -> Result<LedgerId, StoreError> {
        let path = &real(path);
        let failed = unopened(path);
        // Whether it is there, and a ledger of a batch.
        look(path).await?.close(path).await?;
        clear_old_lock(path)?;
        let (_file, mut connection) = Self::taken(path).await?;
        let mut transaction = connection.begin().await.map_err(failed)?;
        if let schema::Content::Ledger(format) = schema::content(&mut transaction).await.map_err(failed)? {
            schema::migrate(&mut transaction, format).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        let found = queries::info(&mut connection).await.map_err(failed)?;
        done(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(found.map(|(_, id)| id).unwrap_or_default())
    }

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, StoreError> {
        let closed = || StoreError("the ledger is closed".to_owned());
        let (done, told) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

impl Store for Ledger {
    async fn reserve(
        &self,
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Reservation, StoreError> {
        self.ask(|done| Command::Reserve { row, person, on_ambiguous, done }).await
    }

    async fn settle(&self, row: u64, outcome: RowOutcome) -> Result<(), StoreError> {
        self.ask(|done| Command::Settle { row, outcome, done }).await
    }

    async fn settle_then_reserve(
        &self,
        settled: (u64, RowOutcome),
        next: (u64, Fingerprint, OnAmbiguous),
    ) -> Result<Reservation, StoreError> {
        self.ask(|done| Command::SettleThenReserve { settled, next, done }).await
    }

    async fn release(&self, row: u64) -> Result<(), StoreError> {
        self.ask(|done| Command::Release { row, done }).await
    }

    async fn find(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowRecord)>>, StoreError> {
        self.ask(|done| Command::Find { people, done }).await
    }

    async fn states(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowState)>>, StoreError> {
        self.ask(|done| Command::States { people, done }).await
    }

    async fn page(&self, from: u64, limit: u32) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        self.ask(|done| Command::Page { from, limit, done }).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.ask(Command::Totals).await
    }
}
