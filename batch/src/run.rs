//! Sends the rows of a table, each at most once unasked: its intent is durable before it is sent, and what came of it before the next one is
//! claimed. Whatever stops a run, another one goes on where it stood.

mod backoff;
mod handle;
mod key;
mod outcome;
mod queue;
mod slots;

use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{OperationParts, ProviderParts};
use pyi_runtime::{Client, RateLimiter};
use tokio::sync::Mutex;

use self::backoff::Backoff;
pub use self::handle::{RunHandle, StopReason, Summary};
pub use self::key::Key;
use self::queue::RowQueue;
use self::slots::Run;
use crate::claims::Claims;
use crate::mapping::Mapping;
use crate::store::{OnAmbiguous, Store, StoreError};
use crate::table::{Table, TableError};

/// What a run is to do.
#[derive(Debug)]
pub struct Settings {
    /// How many calls are on their way at a time, one at least.
    pub concurrency: usize,
    /// What becomes of rows of which nobody knows whether they were billed.
    pub on_ambiguous: OnAmbiguous,
    /// At which pace rows are sent; each waits for its turn before it is noted as on its way. The client needs no pace of its own, and no
    /// retries: a run sends again what costs nothing, each time with an intent and a turn.
    pub pace: Option<RateLimiter>,
    /// How long a row waits for the network, and an answer for room in the store, before the run ends.
    pub outage_timeout: Duration,
    /// By which the run is watched and stopped.
    pub watch: RunHandle,
}

/// A run that cannot go on. What was sent is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The table cannot be read.
    Table(TableError),
    /// The store cannot be written.
    Store(StoreError),
    /// People who were sent are not in the table any more, and others are: rows may have been edited, and would be paid for again.
    /// Nothing was sent.
    Changed {
        /// The first line that was never sent.
        line: u64,
        /// How many rows were sent that the table does not have.
        gone: u64,
    },
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Changed { line, gone } => {
                write!(
                    f,
                    "line {line} is new, and {gone} rows that were sent are not in the table any more, so that rows may have been edited and \
                     would be paid for again; put them back, and what is to be sent besides behind the last row, or begin another batch"
                )
            }
        }
    }
}

impl std::error::Error for RunError {}

/// Sends the rows of a table that are not sent yet.
///
/// # Errors
///
/// A table or store that fails on the way. Rows that are on their way are waited for first.
pub async fn run<S: Store>(
    client: &Client,
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    store: &S,
    settings: &Settings,
) -> Result<Summary, RunError> {
    let parts = ProviderParts::new(provider);
    let of = parts.provider();
    let parts = OperationParts::new(endpoint);
    let operation = parts.operation(&of);
    let before = store.totals().await.map_err(RunError::Store)?;
    let claims = match before.settled + before.ambiguous + before.sending {
        0 => None,
        _ => Some(Claims::read(endpoint, (table, mapping), key, store).await?),
    };
    if let Some(Claims { first_new: Some(line), unmatched: gone @ 1.., .. }) = claims {
        return Err(RunError::Changed { line, gone });
    }
    let rows = RowQueue::new(table).map_err(RunError::Table)?;
    let run = Run {
        client,
        provider,
        endpoint,
        operation: &operation,
        mapping,
        columns: table.titles().len(),
        key,
        store,
        claims,
        settings,
        rows: Mutex::new(rows),
        backoff: Backoff::default(),
        consecutive_failures: AtomicUsize::new(0),
    };
    let slots = (0..settings.concurrency.max(1)).map(|_| run.slot());
    let mut ends = futures_util::future::join_all(slots).await.into_iter();
    ends.try_for_each(|end| end)?;
    let (left, ambiguous) = run.rows.into_inner().rest();
    let mut summary = settings.watch.summary();
    summary.left += left;
    summary.ambiguous += ambiguous;
    if settings.watch.is_over() && summary.left + ambiguous > 0 {
        summary.stopped.get_or_insert(StopReason::Asked);
    }
    Ok(summary)
}
