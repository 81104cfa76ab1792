//! The store on one machine: a SQLite file that only its owner reads, written through to the disk at each commit.

mod file;
mod group;
mod reading;
mod tables;
mod writer;

use std::path::Path;

use pyi_runtime::Billing;
use sqlx::{Connection, SqliteConnection};
use tokio::sync::{mpsc, oneshot};

use self::file::{Lock, create, look, reached, real, unopened};
use self::writer::{Command, GROUP, Waiting, Writer};
use crate::run::Key;
use crate::store::{Fingerprint, Found, Intended, OnAmbiguous, Settled, Standing, Store, StoreError, Totals};

/// The target of a batch that is a trial: nothing that it was answered is true of anybody.
pub const SANDBOX: &str = "the sandbox";

/// So many rows of a ledger are read at a time.
const PAGE: u32 = 1000;

/// What a batch is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// The endpoint that each row calls.
    pub endpoint: String,
    /// Who is called: the base URL, or [`SANDBOX`]. What one answered is not taken for the other's answer.
    pub target: String,
    /// The most that may be spent, in the smallest unit that all prices have.
    pub budget: i64,
    /// What one call costs at the most from now on, in that unit.
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
    /// The rows that are settled, by what they came to, each with what all its calls cost.
    pub lines: Vec<Line>,
    /// How many calls were made again, for rows that had no answer: they are in the rows' costs.
    pub again: u64,
    /// What the other rows cost, or may have.
    pub uncertain: i64,
    /// Whether a run has the ledger open.
    pub is_running: bool,
}

/// A ledger that is open. No other program can open it meanwhile; what stands in it can be read.
#[derive(Debug, Clone)]
pub struct Ledger {
    commands: mpsc::Sender<Command>,
}

impl Ledger {
    /// Opens a ledger, or makes one; what writes it has a thread of its own. Rows that were on their way when the program that had it open
    /// stopped are ambiguous from now on, and count as spent.
    ///
    /// # Errors
    ///
    /// A file that cannot be written, that another program has open, or that is the ledger of another batch or was begun with another key.
    pub async fn open(path: &Path, terms: &Terms, key: &Key) -> Result<Self, StoreError> {
        let path = &real(path);
        let lock = Lock::take(path).await?;
        create(path).await?;
        let failed = unopened(path);
        let mut connection = reached(path).await.map_err(failed)?;
        let money = tables::prepare(&mut connection, terms, &key.check()).await.map_err(failed)??;
        let (commands, heard) = mpsc::channel(GROUP);
        let writer = Writer::new(path, connection, money, lock);
        writer.start(heard).map_err(|error| StoreError(format!("the ledger cannot be written: {error}")))?;
        Ok(Self { commands })
    }

    /// Has a batch go on at another target: the same account, at another address. What the sandbox answered stays its own.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open; a move to the sandbox, or from it.
    pub async fn move_to(path: &Path, target: &str) -> Result<(), StoreError> {
        let (connection, terms) = look(path).await?;
        connection.close().await.map_err(unopened(path))?;
        if terms.target != target && (terms.target == SANDBOX || target == SANDBOX) {
            return Err(StoreError(format!(
                "a batch that was sent to {} does not move to {target}; give each its own ledger",
                terms.target
            )));
        }
        Self::alone(path, async |connection| tables::move_to(connection, target).await).await
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
        let (mut connection, terms) = look(path).await?;
        // One moment of the batch, however it goes on meanwhile.
        let mut transaction = connection.begin().await.map_err(failed)?;
        let totals = reading::totals(&mut transaction).await.map_err(failed)?;
        let lines = reading::report(&mut transaction).await.map_err(failed)?;
        let (again, uncertain) = reading::again(&mut transaction).await.map_err(failed)?;
        transaction.rollback().await.map_err(failed)?;
        connection.close().await.map_err(failed)?;
        Ok(Report { terms, totals, lines, again, uncertain, is_running: Lock::is_held(&real(path)) })
    }

    /// Tells where each row stands that was ever sent, in the table's order, without the payloads.
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub async fn rows(path: &Path, mut told: impl FnMut(u64, Found)) -> Result<(), StoreError> {
        let failed = unopened(path);
        let (mut connection, _) = look(path).await?;
        let mut from = Some(0);
        while let Some(first) = from {
            let page = reading::rows(&mut connection, first, PAGE).await.map_err(failed)?;
            from = page.last().map(|(row, _)| row + 1);
            page.into_iter().for_each(|(row, found)| told(row, found));
        }
        connection.close().await.map_err(failed)
    }

    /// Erases what a ledger has of people. What it cost stays; the batch cannot go on.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open.
    pub async fn forget(path: &Path) -> Result<(), StoreError> {
        Self::alone(path, async |connection| tables::forget(connection).await).await
    }

    /// Does something with a ledger that is there already, and that no run has open.
    async fn alone(
        path: &Path,
        done: impl AsyncFnOnce(&mut SqliteConnection) -> Result<(), sqlx::Error>,
    ) -> Result<(), StoreError> {
        let failed = unopened(path);
        look(path).await?.0.close().await.map_err(failed)?;
        let _lock = Lock::take(&real(path)).await?;
        let mut connection = reached(path).await.map_err(failed)?;
        done(&mut connection).await.map_err(failed)?;
        connection.close().await.map_err(failed)
    }

    async fn ask<T>(&self, command: impl FnOnce(Waiting<T>) -> Command) -> Result<T, StoreError> {
        let closed = || StoreError("the ledger is closed".to_owned());
        let (done, told) = oneshot::channel();
        self.commands.send(command(done)).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

impl Store for Ledger {
    async fn intend(
        &self,
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Intended, StoreError> {
        self.ask(|done| Command::Intend { row, person, on_ambiguous, done }).await
    }

    async fn settle(&self, row: u64, settled: Settled) -> Result<(), StoreError> {
        self.ask(|done| Command::Settle { row, settled, done }).await
    }

    async fn settle_then_intend(
        &self,
        settled: (u64, Settled),
        next: (u64, Fingerprint, OnAmbiguous),
    ) -> Result<Intended, StoreError> {
        self.ask(|done| Command::SettleThenIntend { settled, next, done }).await
    }

    async fn withdraw(&self, row: u64) -> Result<(), StoreError> {
        self.ask(|done| Command::Withdraw { row, done }).await
    }

    async fn find(&self, rows: Vec<(u64, Fingerprint)>) -> Result<Vec<Standing>, StoreError> {
        self.ask(|done| Command::Find { rows, done }).await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.ask(Command::Totals).await
    }
}
