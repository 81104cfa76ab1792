//! What an operator does to the batches of a ledger: submits them, looks at them, stops them, and
//! forgets their people.

use std::time::Duration;

use sqlx::PgConnection;

use super::link::{Failure, Link};
use super::{
    BatchId, BatchStatus, NewBatch, NewRow, OPERATOR_LIMIT, Risk, StoreUrl, Submission, WrappingKey, bill,
    forget, queries, schema, status, submit,
};
use crate::money::Money;
use crate::reconcile::{Reconciliation, SentRow};
use crate::sqlite::BatchInfo;
use crate::store::{RowRecord, StoreError};
use crate::table::TableError;

/// The ledger of many batches, for an operator: it takes batches, stops them, and forgets their
/// people. [`PostgresLedger`](crate::PostgresLedger) is one batch for a worker.
///
/// ```no_run
/// # async fn of(
/// #     info: pyi_batch::BatchInfo,
/// #     key: pyi_batch::Key,
/// #     spec: pyi_codegen::ir::Provider,
/// #     endpoint: pyi_codegen::ir::Endpoint,
/// #     table: pyi_batch::Table,
/// #     mapping: pyi_batch::Mapping,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use pyi_batch::{BatchId, NewBatch, PostgresStore, WrappingKey, rows_to_submit};
/// use std::time::Duration;
///
/// let url = "postgres://operator@db.example/batches".parse()?;
/// let mut store = PostgresStore::new(&url, &[]);
/// store.migrate().await?;
/// let batch = NewBatch {
///     id: BatchId::random()?,
///     info: &info,
///     account: "the provider's account",
///     key: &key,
///     chunk_rows: 1000,
///     person_interval: Duration::ZERO,
///     keep: Some(Duration::from_secs(30 * 24 * 3600)),
///     reuse: None,
/// };
/// let wrapping = WrappingKey::from_environment("PYI_STORE_KEY")?;
/// let submitted = store.submit(&batch, &wrapping, rows_to_submit((&spec, &endpoint), &table, &mapping)?).await?;
/// assert!(submitted.is_new);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct PostgresStore {
    link: Link,
}

impl PostgresStore {
    /// A ledger at this address, which is reached with the first command. The risks are those that
    /// an operator accepts.
    pub fn new(url: &StoreUrl, accepted: &[Risk]) -> Self {
        Self { link: Link::new(url, accepted, OPERATOR_LIMIT) }
    }

    /// Creates the tables, or brings them up to date.
    ///
    /// # Errors
    ///
    /// A server that cannot be reached or may lose reservations; a role that may not create tables;
    /// tables of a newer version.
    pub async fn migrate(&mut self) -> Result<(), StoreError> {
        let mut connection = self.connected().await?;
        schema::migrate(&mut connection).await.map_err(Failure::into_error)?;
        // It writes which server the new tables are on: a worker may not.
        self.link.check(&mut connection).await.map_err(Failure::into_error)?;
        self.link.give_back(connection);
        Ok(())
    }

    /// Writes a batch with all its rows, or nothing. The ledger has a batch once, by its id: a
    /// submission whose answer was lost can be repeated.
    ///
    /// # Errors
    ///
    /// As [`Self::migrate`]; tables of another version; two rows of one number; a table that cannot
    /// be read to its end.
    pub async fn submit(
        &mut self,
        batch: &NewBatch<'_>,
        wrapping: &WrappingKey,
        mut rows: impl Iterator<Item = Result<NewRow, TableError>> + Send,
    ) -> Result<Submission, StoreError> {
        self.command(async |connection| submit::submit(connection, batch, wrapping, &mut rows).await).await
    }

    /// The state of a batch, also while workers send it.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`]; a batch that the ledger does not have.
    pub async fn status(&mut self, id: BatchId) -> Result<BatchStatus, StoreError> {
        self.command(async |connection| status::status(connection, id).await).await
    }

    /// Stops a batch: each worker makes at most the reservations that it has begun, and calls in
    /// flight are settled. The first reason is kept.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`]; a batch that the ledger does not have.
    pub async fn stop(&mut self, id: BatchId, reason: &str) -> Result<(), StoreError> {
        let is_known = self.command(async |connection| submit::stop(connection, id, reason).await).await?;
        if is_known { Ok(()) } else { Err(submit::unknown(id).into_error()) }
    }

    /// Lets a stopped batch go on.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`].
    pub async fn resume(&mut self, id: BatchId) -> Result<(), StoreError> {
        self.change(id, "UPDATE batch SET stopped = NULL WHERE id = $1", |query| query).await
    }

    /// Lets workers take chunks again that they leave alone: those that are done and have ambiguous
    /// rows, for workers that retry them ([`OnAmbiguous::Retry`](crate::OnAmbiguous)), and those
    /// that were given up after too many takeovers, whose count begins again. Returns how many. A
    /// worker that holds ambiguous rows leaves such a chunk as it was.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`]. A batch that the ledger does not have has no chunks.
    pub async fn reopen(&mut self, id: BatchId) -> Result<u64, StoreError> {
        self.execute(id, include_str!("sql/reopen.sql"), |query| query).await
    }

    /// Changes the maximum that a batch may spend.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`]; less than its chunks have spent or hold already.
    pub async fn set_budget(&mut self, id: BatchId, budget: Money) -> Result<(), StoreError> {
        self.change(id, "UPDATE batch SET budget = $2 WHERE id = $1", |query| query.bind(budget.units)).await
    }

    /// Erases the people of a batch. Its wrapped key is destroyed first, so that nothing of its
    /// values can be read, also not in backups, replicas and archives; then its rows are erased in
    /// pieces. The costs stay; the batch is stopped. Where it ends in the middle, it is continued
    /// by the next call, and by [`Self::expire`].
    ///
    /// # Errors
    ///
    /// As [`Self::stop`].
    pub async fn forget(&mut self, id: BatchId) -> Result<(), StoreError> {
        let batch = self.command(async |connection| forget::destroy_key(connection, id).await).await?;
        while self.command(async |connection| forget::erase_some(connection, batch).await).await? {}
        Ok(())
    }

    /// Up to `limit` rows that were sent, from a number on, by number.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`]; another key than the batch was submitted with; a batch whose people are
    /// forgotten.
    pub async fn page(
        &mut self,
        id: BatchId,
        wrapping: &WrappingKey,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, RowRecord)>, StoreError> {
        let read = async |connection: &mut PgConnection| {
            let batch = submit::load(connection, id, wrapping).await?;
            queries::page(connection, &batch, from, limit).await
        };
        self.command(read).await
    }

    /// The batches that workers may send rows of: not stopped, and with chunks that are not done.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`].
    pub async fn unfinished(&mut self) -> Result<Vec<BatchId>, StoreError> {
        self.command(async |connection| status::unfinished(connection).await).await
    }

    /// What a batch calls, where, and for how much.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`].
    pub async fn info(&mut self, id: BatchId) -> Result<BatchInfo, StoreError> {
        self.command(async |connection| submit::info(connection, id).await).await
    }

    /// All rows of a batch that were ever sent, to compare them with a bill
    /// ([`reconcile`](crate::reconcile())). What a dead worker left in flight is ambiguous.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`].
    pub async fn sent_rows(&mut self, id: BatchId) -> Result<Vec<SentRow>, StoreError> {
        self.command(async |connection| bill::sent_rows(connection, id).await).await
    }

    /// Settles the rows of unknown billing that a bill decides, in one transaction: those of
    /// `billed` as billed, and those of `free` as free of charge, whose price is given back.
    /// `digest` is that of the bill's file, which the ledger keeps. Returns `false`, and changes
    /// nothing, for a bill that was applied before.
    ///
    /// # Errors
    ///
    /// As [`Self::stop`]; a row that has changed since it was compared.
    pub async fn apply_bill(
        &mut self,
        id: BatchId,
        digest: &[u8],
        found: &Reconciliation,
    ) -> Result<bool, StoreError> {
        self.command(async |connection| bill::apply(connection, id, digest, found).await).await
    }

    /// Forgets the batches that were kept for their time ([`NewBatch::keep`]), and the times of
    /// people who were last sent longer ago than `remember`, which must not be shorter than any
    /// interval of a batch that is still to be submitted. Returns the batches.
    ///
    /// # Errors
    ///
    /// As [`Self::submit`].
    pub async fn expire(&mut self, remember: Duration) -> Result<Vec<BatchId>, StoreError> {
        let due = self.command(async |connection| forget::due(connection).await).await?;
        for id in &due {
            self.forget(*id).await?;
        }
        self.command(async |connection| forget::drop_people(connection, remember).await).await?;
        Ok(due)
    }

    /// Changes the row of a batch.
    async fn change(
        &mut self,
        id: BatchId,
        statement: &'static str,
        bind: impl FnOnce(Query) -> Query + Send,
    ) -> Result<(), StoreError> {
        match self.execute(id, statement, bind).await? {
            0 => Err(submit::unknown(id).into_error()),
            _ => Ok(()),
        }
    }

    /// Executes a statement whose first value is the batch. Returns the number of rows that it
    /// changed.
    async fn execute(
        &mut self,
        id: BatchId,
        statement: &'static str,
        bind: impl FnOnce(Query) -> Query + Send,
    ) -> Result<u64, StoreError> {
        let query = bind(sqlx::query(statement).bind(id.0.to_vec()));
        self.command(async |connection| Ok(query.execute(connection).await?.rows_affected())).await
    }

    /// Executes a command on a ledger whose tables have this version. The connection of one that
    /// failed is closed.
    async fn command<T>(
        &mut self,
        command: impl AsyncFnOnce(&mut PgConnection) -> Result<T, Failure>,
    ) -> Result<T, StoreError> {
        let mut connection = self.checked().await?;
        let answer = command(&mut connection).await.map_err(Failure::into_error)?;
        self.link.give_back(connection);
        Ok(answer)
    }

    async fn connected(&mut self) -> Result<PgConnection, StoreError> {
        self.link.take().await.map_err(Failure::into_error)
    }

    /// A connection to a ledger whose tables have this version. One that was idle may have been
    /// closed by the server: it is made again, once.
    async fn checked(&mut self) -> Result<PgConnection, StoreError> {
        let was_idle = self.link.is_idle();
        let checked = match self.check().await {
            Err(Failure::Passing(_)) if was_idle => self.check().await,
            checked => checked,
        };
        checked.map_err(Failure::into_error)
    }

    async fn check(&mut self) -> Result<PgConnection, Failure> {
        let mut connection = self.link.take().await?;
        schema::check(&mut connection).await?;
        Ok(connection)
    }
}

type Query = sqlx::query::Query<'static, sqlx::Postgres, sqlx::postgres::PgArguments>;
