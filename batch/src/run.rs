//! A run sends the rows of a table. A row is sent once, unless the caller asks for another send:
//! its reservation is durable before it is sent, and its outcome before the slot takes its next
//! row. A run that stops for any reason is resumed by the next one.

mod backoff;
mod chunk_rows;
mod handle;
mod key;
mod next_row;
mod outcome;
mod queue;
mod shared_limits;
mod slots;
mod source;

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::DynamicOperation;
use pyi_runtime::{Client, RateLimiter};
use pyi_text::{Message, message};
use tokio::sync::Mutex;

use self::backoff::Backoff;
use self::chunk_rows::ChunkRows;
pub use self::handle::{RunHandle, StopReason, Summary};
pub use self::key::Key;
use self::next_row::TableRows;
use self::queue::RowQueue;
use self::slots::Run;
use crate::attempt::AttemptIds;
use crate::mapping::Mapping;
use crate::postgres::PostgresLedger;
use crate::results::OutputError;
use crate::row_matching::Claims;
use crate::store::{OnAmbiguous, Store, StoreError};
use crate::table::{Table, TableError};

/// The settings of a run.
#[derive(Debug)]
pub struct Settings {
    /// Maximum concurrent calls, at least 1.
    pub concurrency: usize,
    /// The treatment of rows that are ambiguous from an earlier run.
    pub on_ambiguous: OnAmbiguous,
    /// Rate of rows. A row waits for its turn before it is reserved. The client needs neither a
    /// rate limit nor retries of its own: a run retries what is free of charge, each time with a
    /// reservation and a turn.
    pub pace: Option<RateLimiter>,
    /// Maximum time that a row waits for the network, and an outcome for the store, before the run
    /// stops.
    pub outage_timeout: Duration,
    /// Shows the progress of the run and stops it.
    pub handle: RunHandle,
}

/// The error of a run. What was sent is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The table cannot be read.
    Table(TableError),
    /// The store cannot be written.
    Store(StoreError),
    /// The results cannot be written. Nothing is wrong with the store.
    Output(OutputError),
    /// The table has new people, and lacks some who were sent: rows may have been edited, and would
    /// be billed again. Nothing was sent.
    Changed {
        /// The first line that was never sent.
        line: u64,
        /// Rows that were sent and that the table does not have.
        missing: u64,
    },
}

impl RunError {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        match self {
            Self::Table(error) => error.message().clone(),
            Self::Store(error) => error.message().clone(),
            Self::Output(error) => error.message().clone(),
            Self::Changed { line, missing } => message!(
                "line {line} is new, and {missing} rows that were sent are not in the table any more, so that rows may have been edited and \
                 would be paid for again; put them back, and what is to be sent besides behind the last row, or begin another batch",
                line,
                missing,
            ),
        }
    }
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for RunError {}

impl From<RunError> for Message {
    fn from(error: RunError) -> Self {
        error.message()
    }
}

/// Sends the rows of a table that were not sent yet.
///
/// # Errors
///
/// A table or store that fails. Calls in flight are waited for first.
pub async fn run<S: Store>(
    client: &Client,
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    store: &S,
    settings: &Settings,
) -> Result<Summary, RunError> {
    let before = store.totals().await.map_err(RunError::Store)?;
    let claims = match before.settled + before.ambiguous + before.sending {
        0 => None,
        _ => Some(Claims::read((provider, endpoint), (table, mapping), key, store).await?),
    };
    if let Some(Claims { first_new: Some(line), unmatched: missing @ 1.., .. }) = claims {
        return Err(RunError::Changed { line, missing });
    }
    let attempts = AttemptIds::new().map_err(RunError::Store)?;
    let source = TableRows {
        provider,
        endpoint,
        mapping,
        columns: table.titles().len(),
        key,
        store,
        attempts: &attempts,
        claims,
        settings,
        queue: Mutex::new(RowQueue::new(table).map_err(RunError::Table)?),
    };
    let run = Run {
        client,
        provider,
        endpoint,
        operation: DynamicOperation::new(provider, endpoint),
        store,
        attempts: &attempts,
        settings,
        source: &source,
        backoff: Backoff::default(),
        consecutive_failures: AtomicUsize::new(0),
    };
    run.slots().await?;
    let (left, ambiguous) = source.queue.into_inner().rest();
    let mut summary = settings.handle.summary();
    summary.left += left;
    summary.ambiguous += ambiguous;
    if settings.handle.is_over() && summary.left + ambiguous > 0 {
        summary.stopped.get_or_insert(StopReason::Requested);
    }
    Ok(summary)
}

/// Sends rows of a batch in a ledger on many machines, as one worker of any number, until all
/// chunks are done or the run is stopped. Chunks that are not done are given back.
///
/// The rate is that of [`WorkerSettings::call_interval`](crate::WorkerSettings::call_interval),
/// over all workers of the account; [`Settings::pace`] is not used. A status after which every call
/// fails stops the batch for all workers, and the pause of an overloaded provider is that of its
/// account.
///
/// # Errors
///
/// A ledger of another endpoint, or that fails. Calls in flight are waited for first.
pub async fn work(
    client: &Client,
    (provider, endpoint): (&Provider, &Endpoint),
    ledger: &PostgresLedger,
    settings: &Settings,
) -> Result<Summary, RunError> {
    if ledger.info().endpoint != endpoint.id {
        return Err(RunError::Store(StoreError::new(message!(
            "the batch is of {endpoint}, not of {given}; give the endpoint that it was submitted for",
            endpoint = ledger.info().endpoint,
            given = endpoint.id
        ))));
    }
    let attempts = AttemptIds::new().map_err(RunError::Store)?;
    let source = ChunkRows::new(ledger, (provider, endpoint), &attempts, settings);
    let run = Run {
        client,
        provider,
        endpoint,
        operation: DynamicOperation::new(provider, endpoint),
        store: ledger,
        attempts: &attempts,
        settings,
        source: &source,
        backoff: Backoff::default(),
        consecutive_failures: AtomicUsize::new(0),
    };
    let slots = async {
        let ended = run.slots().await;
        source.close();
        ended
    };
    let (filled, (), ended) = tokio::join!(source.fill(), source.share_backoff(&run.backoff), slots);
    let left = source.leave_all().await;
    filled.and(ended).and(left)?;
    Ok(settings.handle.summary())
}
