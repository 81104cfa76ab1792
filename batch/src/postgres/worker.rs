//! A batch for a worker: its thread, its chunks, and the store that a run uses.

use std::sync::Arc;
use std::time::Duration;

use pyi_text::message;
use sqlx::PgConnection;
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot};
use tokio::time::Instant;

use super::alerts;
use super::claims::{self, Chunk, Claim, Input};
use super::lease;
use super::link::{Failure, Link};
use super::shared::{Answered, Shared, WorkerSettings};
use super::writer::{Command, GROUP, Writer};
use super::{BatchId, StoreUrl, Turns, WrappingKey, limits, queries, submit};
use crate::alerts::{Alert, AlertStore, Shares};
use crate::attempt::Attempt;
use crate::sqlite::BatchInfo;
use crate::store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, Store, StoreError, Totals,
};

/// One batch of a ledger in PostgreSQL, for a worker. The worker claims chunks ([`Self::claim`]),
/// sends their rows ([`Self::inputs`]) as any [`Store`] has it, and leaves them ([`Self::leave`]).
/// Its lease is renewed in the background; rows and chunks of a worker that is gone are recovered
/// by the others.
#[derive(Clone)]
pub struct PostgresLedger {
    commands: mpsc::Sender<Command>,
    runtime: Handle,
    shared: Arc<Shared>,
}

impl std::fmt::Debug for PostgresLedger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PostgresLedger").field("batch", &self.shared.batch.id).finish_non_exhaustive()
    }
}

impl PostgresLedger {
    /// Opens a batch of a ledger, and begins a lease.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached, or that may lose reservations; tables of another version; a
    /// batch that the ledger does not have, whose people are forgotten, or whose values another key
    /// wraps.
    pub async fn open(
        url: &StoreUrl,
        id: BatchId,
        wrapping: &WrappingKey,
        settings: &WorkerSettings,
    ) -> Result<Self, StoreError> {
        let unstarted =
            |error: std::io::Error| StoreError(message!("the ledger cannot be opened: {error}", error));
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unstarted)?;
        let handle = runtime.handle().clone();
        let (commands, heard) = mpsc::channel(GROUP);
        let (opened, told) = oneshot::channel();
        let (url, wrapping, settings) = (url.clone(), wrapping.clone(), settings.clone());
        let work = async move {
            match Shared::open(&url, id, &wrapping, &settings).await {
                Err(failure) => drop(opened.send(Err(failure.into_error()))),
                Ok(shared) => {
                    let shared = Arc::new(shared);
                    let link = Link::new(&url, &settings.accepted, settings.command_limit());
                    let mut writer = Writer { shared: Arc::clone(&shared), link };
                    drop(opened.send(Ok(Arc::clone(&shared))));
                    tokio::select! {
                        () = shared.beat() => {}
                        () = writer.run(heard) => {}
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("pyi-ledger".to_owned());
        thread.spawn(move || runtime.block_on(work)).map_err(unstarted)?;
        let shared = told.await.map_err(|_| closed())??;
        Ok(Self { commands, runtime: handle, shared })
    }

    /// The batch.
    pub fn info(&self) -> &BatchInfo {
        &self.shared.batch.info
    }

    pub(crate) fn settings(&self) -> &WorkerSettings {
        &self.shared.settings
    }

    /// Stops the batch for all workers. The first reason is kept.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn stop(&self, reason: &str) -> Result<(), StoreError> {
        let reason = reason.to_owned();
        self.control(move |connection, shared| {
            let reason = reason.clone();
            Box::pin(async move { submit::stop(connection, shared.batch.id, &reason).await.map(drop) })
        })
        .await
    }

    /// The number of the chunk of a row.
    pub(crate) fn chunk_of(&self, row: u64) -> u64 {
        row / self.shared.batch.chunk_rows
    }

    /// Claims a chunk.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn claim(&self) -> Result<Claim, StoreError> {
        self.control(move |connection, shared| {
            Box::pin(async move {
                let lease = shared.settings.lease;
                let limit = shared.settings.statement_limit();
                let held: Vec<i64> = shared.held().iter().map(|number| number.cast_signed()).collect();
                loop {
                    let worker = (shared.lease.worker(), limit);
                    let takeovers = shared.settings.takeover_limit;
                    let claim = claims::claim(connection, shared.batch.no, worker, &held, takeovers).await?;
                    if let Some(claim) = claim {
                        if let Claim::Held(chunk) = claim {
                            shared.held().insert(chunk.number);
                        }
                        return Ok(claim);
                    }
                    // It was declared dead, and its chunks are others'.
                    shared.held().clear();
                    let asked = Instant::now();
                    let worker = lease::register(connection, lease).await?;
                    shared.lease.begin(worker, asked + lease);
                }
            })
        })
        .await
    }

    /// The rows of a chunk that have no answer, in their order.
    ///
    /// # Errors
    ///
    /// A database that does not answer; values that do not open.
    pub async fn inputs(&self, chunk: Chunk) -> Result<Vec<Input>, StoreError> {
        self.control(move |connection, shared| Box::pin(claims::inputs(connection, &shared.batch, chunk)))
            .await
    }

    /// Leaves a chunk: all its rows are done with, or it is free for another worker. `false` if
    /// this worker does not hold it any more, or has rows of it in flight.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn leave(&self, chunk: Chunk, is_done: bool) -> Result<bool, StoreError> {
        // Of an earlier lease, or of another worker. The same chunk may be held by this one since.
        if chunk.worker != self.shared.lease.worker() {
            return Ok(false);
        }
        let is_left = self
            .control(move |connection, shared| {
                let limit = shared.settings.statement_limit();
                Box::pin(async move {
                    let is_left = claims::leave(connection, shared.batch.no, limit, chunk, is_done).await?;
                    // Before the next claim, which may be of the same chunk.
                    shared.held().remove(&chunk.number);
                    Ok(is_left)
                })
            })
            .await?;
        Ok(is_left)
    }

    /// Recovers one worker whose lease ended. Its rows in flight become ambiguous, and its chunks
    /// free. `false` if there is none. Each worker does so in the background.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn recover(&self) -> Result<bool, StoreError> {
        self.control(|connection, shared| {
            Box::pin(lease::recover(connection, shared.settings.statement_limit()))
        })
        .await
    }

    /// Draws turns of the account's rate: no other worker of the account has them.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn draw_turns(&self, step: Duration, count: u32) -> Result<Turns, StoreError> {
        self.control(move |connection, shared| {
            Box::pin(limits::draw_turns(connection, shared.batch.account, step, count))
        })
        .await
    }

    /// The pause between calls that all workers of the account keep.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn backoff(&self) -> Result<Duration, StoreError> {
        self.control(|connection, shared| Box::pin(limits::backoff(connection, shared.batch.account))).await
    }

    /// Changes that pause, if it still is `from`: of calls that were throttled together, one
    /// counts. Returns the pause that holds then.
    ///
    /// # Errors
    ///
    /// A database that does not answer.
    pub async fn change_backoff(&self, from: Duration, to: Duration) -> Result<Duration, StoreError> {
        self.control(move |connection, shared| {
            Box::pin(limits::change_backoff(connection, shared.batch.account, from, to))
        })
        .await
    }

    /// Ends the lease, so that what this worker holds is free for others at once. The ledger is not
    /// to be used after that.
    ///
    /// # Errors
    ///
    /// A database that does not answer: the lease ends by itself.
    pub async fn close(self) -> Result<(), StoreError> {
        self.control(|connection, shared| {
            let worker = shared.lease.worker();
            Box::pin(async move { lease::renew(connection, worker, Duration::ZERO).await.map(drop) })
        })
        .await?;
        self.shared.lease.set_end(self.shared.lease.worker(), Instant::now());
        Ok(())
    }

    /// Runs a command on the ledger's thread.
    async fn control<T: Send + 'static>(
        &self,
        command: impl for<'c> Fn(&'c mut PgConnection, &'c Shared) -> Answered<'c, T> + Send + Sync + 'static,
    ) -> Result<T, StoreError> {
        let shared = Arc::clone(&self.shared);
        let done = self.runtime.spawn(async move { shared.control(command).await }).await;
        done.map_err(|_| closed())?.map_err(Failure::into_error)
    }

    async fn ask(
        &self,
        ended: Option<(Attempt, Option<RowOutcome>)>,
        wanted: Option<(Attempt, Fingerprint, OnAmbiguous)>,
    ) -> Result<Option<Reservation>, StoreError> {
        let (done, told) = oneshot::channel();
        self.commands.send(Command { ended, wanted, done }).await.map_err(|_| closed())?;
        told.await.map_err(|_| closed())?
    }
}

fn closed() -> StoreError {
    StoreError(message!("the ledger is closed"))
}

impl Store for PostgresLedger {
    async fn reserve(
        &self,
        attempt: Attempt,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Reservation, StoreError> {
        let reservation = self.ask(None, Some((attempt, person, on_ambiguous))).await?;
        reservation.ok_or_else(closed)
    }

    async fn settle(&self, attempt: Attempt, outcome: RowOutcome) -> Result<(), StoreError> {
        self.ask(Some((attempt, Some(outcome))), None).await.map(drop)
    }

    async fn settle_then_reserve(
        &self,
        settled: (Attempt, RowOutcome),
        next: (Attempt, Fingerprint, OnAmbiguous),
    ) -> Result<Reservation, StoreError> {
        let reservation = self.ask(Some((settled.0, Some(settled.1))), Some(next)).await?;
        reservation.ok_or_else(closed)
    }

    async fn release(&self, attempt: Attempt) -> Result<(), StoreError> {
        self.ask(Some((attempt, None)), None).await.map(drop)
    }

    async fn find(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowRecord)>>, StoreError> {
        let people = Arc::new(people);
        self.control(move |connection, shared| {
            let people = Arc::clone(&people);
            Box::pin(async move { queries::find(connection, &shared.batch, &people).await })
        })
        .await
    }

    async fn states(&self, people: Vec<Fingerprint>) -> Result<Vec<Option<(u64, RowState)>>, StoreError> {
        let people = Arc::new(people);
        self.control(move |connection, shared| {
            let people = Arc::clone(&people);
            Box::pin(async move { queries::states(connection, &shared.batch, &people).await })
        })
        .await
    }

    async fn page(&self, from: u64, limit: u32) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        self.control(move |connection, shared| {
            Box::pin(queries::page(connection, &shared.batch, from, limit))
        })
        .await
    }

    async fn totals(&self) -> Result<Totals, StoreError> {
        self.control(|connection, shared| Box::pin(queries::totals(connection, &shared.batch))).await
    }
}

impl AlertStore for PostgresLedger {
    async fn reached(&self, shares: &Shares) -> Result<Vec<Alert>, StoreError> {
        let shares = Arc::new(shares.clone());
        let reached = self.control(move |connection, shared| {
            let (shares, reported) = (Arc::clone(&shares), shared.reported().clone());
            Box::pin(async move {
                let worker = shared.lease.worker();
                alerts::reached(connection, &shared.batch, (&shares, &reported), worker).await
            })
        });
        let reached = reached.await?;
        for alert in &reached {
            self.shared.reported().insert((alert.budget.units, alert.percent));
        }
        Ok(reached)
    }
}
