//! The state of a batch for an operator, from counters: it is read often, and costs no look at the
//! rows.

use std::time::Duration;

use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use super::submit::unknown;
use super::{BatchId, currency};
use crate::money::Money;
use crate::registry::fingerprint;
use crate::store::Totals;

/// The state of a batch at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BatchStatus {
    /// Rows that were submitted.
    pub rows: u64,
    /// Money and rows so far.
    pub totals: Totals,
    /// The maximum to spend.
    pub budget: Money,
    /// Money that workers hold for rows that they have not reserved yet. It is not spent, and no
    /// other worker can have it at this moment.
    pub escrow: Money,
    /// Number of chunks.
    pub chunks: u64,
    /// Chunks that are done.
    pub chunks_done: u64,
    /// Workers that hold chunks.
    pub workers: u64,
    /// How often a worker was declared dead while it held a chunk, over all chunks.
    pub takeovers: u64,
    /// How long after its last call the people of the batch are kept. `None`: until they are
    /// forgotten.
    pub keep: Option<Duration>,
    /// Why the batch is stopped, if it is.
    pub stopped: Option<String>,
}

pub(super) async fn status(connection: &mut PgConnection, id: BatchId) -> Result<BatchStatus, Failure> {
    let found =
        sqlx::query(include_str!("sql/status.sql")).bind(&id.0[..]).fetch_optional(connection).await?;
    let Some(found) = found else { return Err(unknown(id)) };
    let currency = currency(found.try_get(2)?, found.try_get(3)?);
    let money = |units: i64| Money { units, currency };
    let count = |column: usize| found.try_get::<i64, _>(column).map(i64::cast_unsigned);
    let (granted, spent, reserved): (i64, i64, i64) =
        (found.try_get(1)?, found.try_get(5)?, found.try_get(6)?);
    Ok(BatchStatus {
        rows: count(10)?,
        totals: Totals {
            spent: money(spent),
            reserved: money(reserved),
            settled: count(7)?,
            ambiguous: count(8)?,
            sending: count(9)?,
        },
        budget: money(found.try_get(0)?),
        escrow: money(granted - spent - reserved),
        chunks: count(11)?,
        chunks_done: count(12)?,
        workers: count(13)?,
        takeovers: count(14)?,
        keep: found.try_get::<Option<i64>, _>(15)?.map(|keep| Duration::from_secs(keep.unsigned_abs())),
        stopped: found.try_get(4)?,
    })
}

/// The batches that workers may send rows of.
pub(super) async fn unfinished(connection: &mut PgConnection) -> Result<Vec<BatchId>, Failure> {
    let found: Vec<Vec<u8>> =
        sqlx::query_scalar(include_str!("sql/unfinished.sql")).fetch_all(connection).await?;
    Ok(found.iter().map(|id| BatchId(fingerprint(id))).collect())
}
