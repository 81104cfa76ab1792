//! The lease of a worker, by the clock of the database, and the recovery of a worker whose lease
//! ended: its chunks are free again, and the rows that it left in flight are ambiguous.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::{PgConnection, Row as _};
use tokio::time::Instant;

use super::chunk::LockedChunk;
use super::claims::bounds;
use super::group::{begin, end};
use super::link::Failure;
use super::millis;

/// The lease of this process, as all its parts see it.
#[derive(Debug, Clone)]
pub(super) struct Lease(Arc<Mutex<Held>>);

#[derive(Debug, Clone, Copy)]
struct Held {
    worker: i64,
    /// By this machine's clock, from before the renewal was asked for: not later than the database
    /// has it.
    until: Instant,
}

impl Lease {
    pub(super) fn new(worker: i64, until: Instant) -> Self {
        Self(Arc::new(Mutex::new(Held { worker, until })))
    }

    pub(super) fn worker(&self) -> i64 {
        self.held().worker
    }

    /// Whether it may have ended. What is reserved then is not sent.
    pub(super) fn is_over(&self) -> bool {
        Instant::now() >= self.held().until
    }

    /// Begins the lease of another worker.
    pub(super) fn begin(&self, worker: i64, until: Instant) {
        *self.lock() = Held { worker, until };
    }

    /// Sets the end of the lease of a worker, if it is still this one.
    pub(super) fn set_end(&self, worker: i64, until: Instant) {
        let mut held = self.lock();
        if held.worker == worker {
            held.until = until;
        }
    }

    fn held(&self) -> Held {
        *self.lock()
    }

    fn lock(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Registers a worker with a lease of this length. If the answer is lost, the worker that it made
/// holds nothing.
pub(super) async fn register(connection: &mut PgConnection, lease: Duration) -> Result<i64, Failure> {
    Ok(sqlx::query_scalar(include_str!("sql/register.sql")).bind(millis(lease)).fetch_one(connection).await?)
}

/// Renews a lease. `false` if the worker was declared dead.
pub(super) async fn renew(
    connection: &mut PgConnection,
    worker: i64,
    lease: Duration,
) -> Result<bool, Failure> {
    let renewed = sqlx::query(include_str!("sql/renew.sql"))
        .bind(worker)
        .bind(millis(lease))
        .execute(connection)
        .await?;
    Ok(renewed.rows_affected() == 1)
}

/// Ends the lease of one worker whose time is over. Returns whether there was one.
///
/// Its rows in flight become ambiguous and their prices spent; its chunks are free, and count one
/// takeover more.
pub(super) async fn recover(connection: &mut PgConnection, limit: Duration) -> Result<bool, Failure> {
    begin(connection, limit).await?;
    let expired: Option<i64> =
        sqlx::query_scalar(include_str!("sql/expired.sql")).fetch_optional(&mut *connection).await?;
    let Some(worker) = expired else {
        end(connection, "ROLLBACK").await?;
        return Ok(false);
    };
    sqlx::query(include_str!("sql/bury.sql")).bind(worker).execute(&mut *connection).await?;
    let owned =
        sqlx::query(include_str!("sql/owned_chunks.sql")).bind(worker).fetch_all(&mut *connection).await?;
    for row in &owned {
        let (batch, no, size): (i32, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
        let Some(mut chunk) = LockedChunk::lock(connection, batch, no).await? else { continue };
        if chunk.owner != Some(worker) {
            continue;
        }
        let (first, behind) = bounds(no, size);
        let hold = sqlx::query(include_str!("sql/hold_rows.sql"));
        hold.bind(batch).bind(first).bind(behind).execute(&mut *connection).await?;
        chunk.hold();
        chunk.owner = None;
        chunk.taken_over += 1;
        chunk.return_rest(connection).await?;
        chunk.write(connection).await?;
    }
    end(connection, "COMMIT").await?;
    Ok(true)
}
