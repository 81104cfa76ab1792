//! The store on one machine: a SQLite file for its owner alone, synced at each commit.

mod after_commit;
mod alerts;
mod bill;
mod command;
mod commit;
mod file;
mod look;
mod opening;
mod queries;
mod reuse;
mod schema;
mod statements;

#[cfg(test)]
mod two_writers;
mod writer;

use std::collections::HashSet;
use std::path::Path;

use pyi_runtime::{Billing, CallOutcome, StatusCode};
use pyi_text::{Message, message};
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use self::command::{Answer, Command};
use self::file::{LedgerFile, clear_old_lock, connect_to_read, connect_to_write, real, unopened};
pub(crate) use self::file::{network, private, why};
use self::look::{look, whole};
pub use self::opening::{OpeningReport, Registration};
pub(crate) use self::reuse::EarlierLedger;
use self::writer::GROUP;
use crate::attempt::Attempt;
use crate::money::Money;
use crate::overlap::Overlap;
use crate::reuse::ReusedRow;
use crate::run::Key;
use crate::store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, Store, StoreError, Totals,
    line_of,
};

/// Identifies a ledger, and its copies with it.
pub type LedgerId = [u8; 16];

/// The target of a batch that is a trial. The answers of the sandbox are invented.
pub const SANDBOX: &str = "the sandbox";

/// Rows of a ledger in one page.
const PAGE: u32 = 1000;

/// The batch that a ledger belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchInfo {
    /// The endpoint that each row calls.
    pub endpoint: String,
    /// The base URL, or [`SANDBOX`]. A ledger has the answers of one target.
    pub target: String,
    /// The maximum to spend. All amounts of a ledger have its currency and its decimals.
    pub budget: Money,
    /// The maximum cost of one call from now on.
    pub unit_price: Money,
}

/// Rows with the same outcome, status and billing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The outcome of each.
    pub outcome: CallOutcome,
    /// The provider's status.
    pub code: Option<StatusCode>,
    /// Whether each was billed.
    pub billing: Billing,
    /// Number of rows.
    pub rows: u64,
    /// Their cost together, or what it may be.
    pub spent: Money,
}

/// The report of a ledger on its batch, to compare with the provider's bill. It contains no person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The ledger's id.
    pub id: LedgerId,
    /// The id of the registry that has it, if one has.
    pub registry: Option<Vec<u8>>,
    /// The batch.
    pub info: BatchInfo,
    /// The totals so far.
    pub totals: Totals,
    /// The settled rows by outcome, with the cost of all their calls.
    pub lines: Vec<Line>,
    /// Rows with an answer of an earlier batch, which cost nothing. They are in no line.
    pub reused: u64,
    /// Repeated calls, of rows without an answer. Their cost is in that of the rows.
    pub repeated: u64,
    /// The cost of the other rows, or what it may be.
    pub uncertain: Money,
    /// Whether a run has the ledger open.
    pub is_running: bool,
}

/// An open ledger. No other program can open it to write; others can read it.
#[derive(Debug, Clone)]
pub struct Ledger {
    commands: mpsc::Sender<Command>,
    opening: OpeningReport,
}

impl Ledger {
    /// Opens or creates a ledger without a registry: other batches are not known, and a copy of the
    /// file is not detected. Its writer has a thread of its own. Rows that were in flight when the
    /// last program stopped become ambiguous, and count as spent.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, that another program has open, that is damaged or of another
    /// format, or that is the ledger of another batch or was begun with another key; a file with
    /// several names, or on a file system whose locks are not reliable.
    pub async fn open(path: &Path, info: &BatchInfo, key: &Key) -> Result<Self, StoreError> {
        Self::opened(path, info, key, None).await
    }

    /// Opens a ledger as [`Self::open`] does, and enters it in the registry of its user: people of
    /// other batches are known, and a copy or an older state of the ledger is refused.
    ///
    /// # Errors
    ///
    /// As [`Self::open`]; a registry that cannot be written; a copy or an older state that is not
    /// adopted.
    pub async fn open_registered(
        path: &Path,
        info: &BatchInfo,
        key: &Key,
        registration: &Registration<'_>,
    ) -> Result<Self, StoreError> {
        Self::opened(path, info, key, Some(registration)).await
    }

    async fn opened(
        path: &Path,
        info: &BatchInfo,
        key: &Key,
        registration: Option<&Registration<'_>>,
    ) -> Result<Self, StoreError> {
        let path = &real(path);
        clear_old_lock(path)?;
        let (file, mut connection) = Self::taken(path).await?;
        let prepared =
            opening::prepare(&mut connection, (&file, path), info, &key.check(), registration).await?;
        file.check()?;
        let opening = prepared.opening;
        let (commands, heard) = mpsc::channel(GROUP);
        writer::start(path, connection, prepared, file, heard)?;
        Ok(Self { commands, opening })
    }

    /// Locks the file and connects to write it. A file that is no ledger stays as it is.
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

    /// The findings of its opening.
    pub fn opening(&self) -> &OpeningReport {
        &self.opening
    }

    /// Allows this batch to send the people of an overlap, also in later runs. Until the ledger is
    /// closed, it may send the people that other batches had sent up to [`Overlap::until`]. It does
    /// not send the people that another batch sends after that.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub async fn accept_overlap(&self, overlap: &Overlap) -> Result<(), StoreError> {
        let (until, people) = (overlap.until, overlap.people.clone());
        self.ask(|done| Command::AcceptOverlap { until, people, done }).await
    }

    /// Writes rows with answers of earlier batches. Returns how many the ledger did not have.
    pub(crate) async fn reuse(&self, rows: Vec<ReusedRow>) -> Result<u64, StoreError> {
        self.ask(|done| Command::Reuse { rows, done }).await
    }

    /// The people of other batches that this batch may send, by earlier calls of
    /// [`Self::accept_overlap`].
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

    /// Moves a batch to another target: the same account at another address. A batch of the sandbox
    /// cannot move, and none moves to it.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open; a move to the sandbox, or from it.
    pub async fn move_to(path: &Path, target: &str) -> Result<(), StoreError> {
        let found = look(path).await?;
        let info = found.info.clone();
        found.close(path).await?;
        if info.target != target && (info.target == SANDBOX || target == SANDBOX) {
            return Err(StoreError(message!(
                "a batch that was sent to {from} does not move to {target}; give each its own ledger",
                from = info.target,
                target
            )));
        }
        Self::alone(path, async |connection| commit::move_to(connection, target).await).await.map(drop)
    }

    /// Closes the ledger, so that another program can open it. A ledger that is dropped closes
    /// later.
    ///
    /// # Errors
    ///
    /// A file that cannot be closed properly. What was confirmed is in it.
    pub async fn close(self) -> Result<(), StoreError> {
        self.ask(Command::Close).await
    }

    /// The report of a ledger, whether or not a run has it open.
    ///
    /// # Errors
    ///
    /// A file that is no ledger.
    pub async fn report(path: &Path) -> Result<Report, StoreError> {
        let failed = unopened(path);
        let mut found = look(path).await?;
        let (id, info) = (found.id, found.info.clone());
        let currency = info.budget.currency;
        // One moment of the batch, however it goes on meanwhile.
        let mut transaction = found.connection.begin().await.map_err(failed)?;
        let totals = queries::totals(&mut transaction).await.map_err(failed)?;
        let lines = queries::report(&mut transaction, currency).await.map_err(failed)?;
        let (repeated, units) = queries::repeated(&mut transaction).await.map_err(failed)?;
        let reused = queries::reused(&mut transaction).await.map_err(failed)?;
        let registry = queries::registry(&mut transaction).await.map_err(failed)?;
        transaction.rollback().await.map_err(failed)?;
        found.close(path).await?;
        Ok(Report {
            id,
            registry,
            info,
            totals,
            lines,
            reused,
            repeated,
            uncertain: Money { units, currency },
            is_running: LedgerFile::is_held(&real(path)),
        })
    }

    /// Calls `each` for each row that was sent or took an earlier answer, with its line, without
    /// its payload.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub async fn rows(path: &Path, mut each: impl FnMut(u64, RowRecord)) -> Result<(), StoreError> {
        let failed = unopened(path);
        let mut found = look(path).await?;
        let mut from = 0;
        loop {
            let page = queries::page(&mut found.connection, from, PAGE, false).await.map_err(failed)?;
            let Some((last, _)) = page.last() else { break };
            from = last + 1;
            page.into_iter().for_each(|(row, found)| each(line_of(row), found));
        }
        found.close(path).await
    }

    /// Erases the people of a ledger. Its costs stay; the batch cannot be resumed. Returns the
    /// ledger's id, for [`Registry::forget`](crate::Registry::forget).
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open.
    pub async fn forget(path: &Path) -> Result<LedgerId, StoreError> {
        Self::alone(path, async |connection| commit::forget(connection).await).await
    }

    /// Copies a ledger as it is at one moment, also while a run has it open. To run the copy, adopt
    /// it ([`Registration::adopt`]).
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or a copy that cannot be written or is there already.
    pub async fn back_up(path: &Path, to: &Path) -> Result<(), StoreError> {
        let mut found = look(path).await?;
        let failed = |error: Message| {
            StoreError(message!("the backup {to} cannot be written: {error}", to = to.display(), error))
        };
        // Readable by its owner alone, before it has content.
        let file = private().create_new(true).open(to).map_err(|error| failed(error.into()))?;
        let copied =
            sqlx::query("VACUUM INTO ?").bind(to.to_string_lossy()).execute(&mut found.connection).await;
        let synced = copied.map_err(|error| failed(why(&error).into()));
        let synced = synced.and_then(|_| file.sync_all().map_err(|error| failed(error.into())));
        if synced.is_err() {
            // An unfinished copy is no backup.
            let _ = std::fs::remove_file(to);
        }
        found.close(path).await?;
        synced
    }

    /// Changes an existing ledger that no run has open. Returns the ledger's id.
    async fn alone(
        path: &Path,
        change: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), sqlx::Error>,
    ) -> Result<LedgerId, StoreError> {
        let path = &real(path);
        let failed = unopened(path);
        // It must exist, and belong to a batch.
        look(path).await?.close(path).await?;
        clear_old_lock(path)?;
        let (_file, mut connection) = Self::taken(path).await?;
        let mut transaction = connection.begin().await.map_err(failed)?;
        if let schema::Content::Ledger(format) = schema::content(&mut transaction).await.map_err(failed)? {
            schema::migrate(&mut transaction, format).await.map_err(failed)?;
        }
        transaction.commit().await.map_err(failed)?;
        let found = queries::info(&mut connection).await.map_err(failed)?;
        change(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(found.map(|(_, id)| id).unwrap_or_default())
    }

    async fn ask<T>(&self, command: impl FnOnce(Answer<T>) -> Command) -> Result<T, StoreError> {
        let closed = || StoreError(message!("the ledger is closed"));
        let (done, told) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

impl Store for Ledger {
    async fn reserve(
        &self,
        attempt: Attempt,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Reservation, StoreError> {
        self.ask(|done| Command::Reserve { attempt, person, on_ambiguous, done }).await
    }

    async fn settle(&self, attempt: Attempt, outcome: RowOutcome) -> Result<(), StoreError> {
        self.ask(|done| Command::Settle { attempt, outcome, done }).await
    }

    async fn settle_then_reserve(
        &self,
        settled: (Attempt, RowOutcome),
        next: (Attempt, Fingerprint, OnAmbiguous),
    ) -> Result<Reservation, StoreError> {
        self.ask(|done| Command::SettleThenReserve { settled, next, done }).await
    }

    async fn release(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.ask(|done| Command::Release { attempt, done }).await
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
