//! Batches inside a service: requests that run at the same time submit them, look at them and read
//! their results, over a few connections. A request may end at any moment; what it began is rolled
//! back.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use pyi_text::message;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::{
    BatchId, BatchStatus, NewBatch, NewRow, PostgresLedger, PostgresStore, Risk, StoreUrl, Submission,
    WorkerSettings, WrappingKey,
};
use crate::store::{RowRecord, StoreError};

/// Maximum connections of a service. Other requests wait.
const CONNECTIONS: usize = 8;

/// The batches of a service. Clones share their connections, so it is the state of a router; each
/// method can be called by many requests at a time, and its future can be dropped.
///
/// ```no_run
/// # async fn of(
/// #     info: pyi_batch::BatchInfo,
/// #     key: pyi_batch::Key,
/// #     spec: pyi_codegen::ir::Provider,
/// #     endpoint: pyi_codegen::ir::Endpoint,
/// #     people: Vec<Vec<(String, String)>>,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use pyi_batch::{BatchId, BatchService, NewBatch, NewRow, WrappingKey};
/// use std::time::Duration;
///
/// let url = "postgres://service@db.example/batches".parse()?;
/// let service = BatchService::new(&url, &WrappingKey::from_environment("PYI_STORE_KEY")?, &[]);
/// let batch = NewBatch {
///     id: BatchId::random()?,
///     info: &info,
///     account: "the provider's account",
///     key: &key,
///     chunk_rows: 500,
///     person_interval: Duration::ZERO,
///     keep: Some(Duration::from_secs(30 * 24 * 3600)),
///     reuse: None,
/// };
/// let mut rows = Vec::new();
/// for (number, values) in (1..).zip(people) {
///     rows.push(NewRow::checked((&spec, &endpoint), number, values)?);
/// }
/// println!("new: {}", service.submit(&batch, rows).await?.is_new);
/// println!("{} settled", service.progress(batch.id).await?.totals.settled);
/// for (number, record) in service.results(batch.id, 0, 100).await? {
///     println!("{number}: {:?}", record.state);
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct BatchService(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    url: StoreUrl,
    accepted: Vec<Risk>,
    wrapping: WrappingKey,
    idle: Mutex<Vec<PostgresStore>>,
    turns: Semaphore,
}

impl BatchService {
    /// The batches of a ledger at this address, which is reached with the first command.
    pub fn new(url: &StoreUrl, wrapping: &WrappingKey, accepted: &[Risk]) -> Self {
        Self(Arc::new(Inner {
            url: url.clone(),
            accepted: accepted.to_vec(),
            wrapping: wrapping.clone(),
            idle: Mutex::default(),
            turns: Semaphore::new(CONNECTIONS),
        }))
    }

    /// Creates the tables, or brings them up to date, as [`PostgresStore::migrate`] does.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn migrate(&self) -> Result<(), StoreError> {
        self.store().await?.migrate().await
    }

    /// Writes a batch with all its rows, or nothing. The ledger has a batch once, by its id: a
    /// request that is repeated with the same id submits once.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::submit`].
    pub async fn submit(&self, batch: &NewBatch<'_>, rows: Vec<NewRow>) -> Result<Submission, StoreError> {
        let mut store = self.store().await?;
        store.submit(batch, &self.0.wrapping, rows.into_iter().map(Ok)).await
    }

    /// The state of a batch, also while workers send it.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::status`].
    pub async fn progress(&self, id: BatchId) -> Result<BatchStatus, StoreError> {
        self.store().await?.status(id).await
    }

    /// Up to `limit` rows that were sent, from a number on, by number. The next page begins behind
    /// the last number.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::page`].
    pub async fn results(
        &self,
        id: BatchId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        let mut store = self.store().await?;
        store.page(id, &self.0.wrapping, from, limit).await
    }

    /// The batches that workers may send rows of: what a service goes on with when it starts.
    ///
    /// # Errors
    ///
    /// As [`PostgresStore::unfinished`].
    pub async fn unfinished(&self) -> Result<Vec<BatchId>, StoreError> {
        self.store().await?.unfinished().await
    }

    /// Forgets the batches that were kept for their time, as [`PostgresStore::expire`] does: a
    /// service does so once an hour or a day.
    ///
    /// # Errors
    ///
    /// As there.
    pub async fn expire(&self, remember: Duration) -> Result<Vec<BatchId>, StoreError> {
        self.store().await?.expire(remember).await
    }

    /// A worker of a batch, for [`work`](crate::work()). It has two connections and a thread of its
    /// own.
    ///
    /// # Errors
    ///
    /// As [`PostgresLedger::open`].
    pub async fn worker(&self, id: BatchId, settings: &WorkerSettings) -> Result<PostgresLedger, StoreError> {
        PostgresLedger::open(&self.0.url, id, &self.0.wrapping, settings).await
    }

    /// A connection, as soon as one is free.
    async fn store(&self) -> Result<Taken<'_>, StoreError> {
        let closed = |_| StoreError(message!("the ledger is closed"));
        let turn = self.0.turns.acquire().await.map_err(closed)?;
        let idle = self.0.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let store = idle.unwrap_or_else(|| PostgresStore::new(&self.0.url, &self.0.accepted));
        Ok(Taken { store, inner: &self.0, _turn: turn })
    }
}

/// A connection of one request, which others have after it.
struct Taken<'a> {
    store: PostgresStore,
    inner: &'a Inner,
    _turn: SemaphorePermit<'a>,
}

impl Deref for Taken<'_> {
    type Target = PostgresStore;

    fn deref(&self) -> &PostgresStore {
        &self.store
    }
}

impl DerefMut for Taken<'_> {
    fn deref_mut(&mut self) -> &mut PostgresStore {
        &mut self.store
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        // A command that was dropped has closed its connection, and the store makes another.
        let none = PostgresStore::new(&self.inner.url, &self.inner.accepted);
        let store = std::mem::replace(&mut self.store, none);
        self.inner.idle.lock().unwrap_or_else(PoisonError::into_inner).push(store);
    }
}
