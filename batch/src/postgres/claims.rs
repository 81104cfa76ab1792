//! Chunks of a batch: claimed by a worker, read, and left.

use std::time::Duration;

use pyi_text::message;
use sqlx::{PgConnection, Row as _};

use super::BatchRecord;
use super::chunk::LockedChunk;
use super::group::{begin, begin_alive, end};
use super::link::Failure;
use super::rows::state;
use super::seal::Kind;
use crate::registry::fingerprint;
use crate::store::{Fingerprint, RowState, StoreError};

/// A chunk that this worker holds until its lease ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk {
    /// Its number in the batch.
    pub number: u64,
    /// How many workers were declared dead while they held it.
    pub taken_over: u32,
    pub(super) worker: i64,
}

/// The answer to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Claim {
    /// The chunk is this worker's.
    Held(Chunk),
    /// Each chunk that is not done is held by a worker. Some may become free.
    Wait,
    /// The batch is stopped.
    Stopped,
    /// All chunks are done, but for those that ended too many workers.
    Over {
        /// Chunks that no worker takes any more.
        given_up: u64,
    },
}

/// A row of a chunk that has no answer.
#[derive(Clone, PartialEq, Eq)]
pub struct Input {
    /// Its number.
    pub number: u64,
    /// The keyed digest of its person.
    pub person: Fingerprint,
    /// Its state, if it was sent.
    pub state: Option<RowState>,
    /// The fields of its request, each with its value.
    pub values: Vec<(String, String)>,
}

/// Shows no value.
impl std::fmt::Debug for Input {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Input")
            .field("number", &self.number)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// Claims the first chunk that is free, or one that this worker holds and that is not among `held`:
/// the answer to an earlier claim was lost. `None` for a worker that was declared dead.
pub(super) async fn claim(
    connection: &mut PgConnection,
    batch: i32,
    (worker, limit): (i64, Duration),
    held: &[i64],
    takeover_limit: u32,
) -> Result<Option<Claim>, Failure> {
    let takeovers = i32::try_from(takeover_limit).unwrap_or(i32::MAX);
    if !begin_alive(connection, limit, worker).await? {
        end(connection, "ROLLBACK").await?;
        return Ok(None);
    }
    let unclear = sqlx::query(include_str!("sql/unclear_claim.sql"));
    let mut found = unclear.bind(batch).bind(worker).bind(held).fetch_optional(&mut *connection).await?;
    if found.is_none() {
        let free = sqlx::query(include_str!("sql/claim.sql"));
        found = free.bind(batch).bind(worker).bind(takeovers).fetch_optional(&mut *connection).await?;
    }
    if let Some(found) = found {
        let number = found.try_get::<i64, _>(0)?.cast_unsigned();
        let taken_over = found.try_get::<i32, _>(1)?.cast_unsigned();
        end(connection, "COMMIT").await?;
        return Ok(Some(Claim::Held(Chunk { number, taken_over, worker })));
    }
    end(connection, "ROLLBACK").await?;
    let left = sqlx::query(include_str!("sql/unclaimed.sql"));
    let left = left.bind(batch).bind(takeovers).fetch_one(connection).await?;
    let (open, given_up): (i64, i64) = (left.try_get(0)?, left.try_get(1)?);
    Ok(Some(match open {
        0 => Claim::Over { given_up: given_up.cast_unsigned() },
        _ if left.try_get(2)? => Claim::Stopped,
        _ => Claim::Wait,
    }))
}

/// The number of the first row of a chunk, and of the first one behind it.
pub(super) fn bounds(chunk: i64, chunk_rows: i64) -> (i64, i64) {
    let first = chunk.saturating_mul(chunk_rows);
    (first, first.saturating_add(chunk_rows))
}

/// The rows of a chunk that have no answer, in their order.
pub(super) async fn inputs(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    chunk: Chunk,
) -> Result<Vec<Input>, Failure> {
    let (first, end) = bounds(chunk.number.cast_signed(), batch.chunk_rows.cast_signed());
    let found = sqlx::query(include_str!("sql/inputs.sql"))
        .bind(batch.no)
        .bind(first)
        .bind(end)
        .fetch_all(connection)
        .await?;
    let mut inputs = Vec::new();
    for row in &found {
        let number = row.try_get::<i64, _>(0)?.cast_unsigned();
        let text = batch.key.open(Kind::Input, number, row.try_get(2)?).map_err(Failure::Final)?;
        inputs.push(Input {
            number,
            person: fingerprint(row.try_get(1)?),
            state: row.try_get::<Option<i16>, _>(3)?.map(state),
            values: read_values(&text, number)?,
        });
    }
    Ok(inputs)
}

/// The text that is sealed for a row.
pub(super) fn write_values(values: &[(String, String)]) -> String {
    serde_json::json!(values).to_string()
}

fn read_values(text: &str, row: u64) -> Result<Vec<(String, String)>, Failure> {
    let unreadable = || {
        Failure::Final(StoreError(message!(
            "the values of row {row} are not readable: a newer version of pyi wrote them; use that version",
            row
        )))
    };
    serde_json::from_str(text).map_err(|_| unreadable())
}

/// Leaves a chunk: it is done, or free for another worker. Returns `false` if this worker does not
/// hold it any more, or has rows of it in flight.
pub(super) async fn leave(
    connection: &mut PgConnection,
    batch: i32,
    limit: Duration,
    chunk: Chunk,
    is_done: bool,
) -> Result<bool, Failure> {
    begin(connection, limit).await?;
    let locked = LockedChunk::lock(connection, batch, chunk.number.cast_signed()).await?;
    let Some(mut locked) = locked.filter(|locked| locked.owner == Some(chunk.worker) && locked.sending == 0)
    else {
        end(connection, "ROLLBACK").await?;
        return Ok(false);
    };
    // A row that another worker released meanwhile is still to be sent.
    locked.done = is_done && !locked.again;
    locked.owner = None;
    locked.return_rest(connection).await?;
    locked.write(connection).await?;
    end(connection, "COMMIT").await?;
    Ok(true)
}
