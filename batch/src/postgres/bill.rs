//! A provider's bill against a batch in PostgreSQL: the rows that it is compared with, and the
//! outcomes that it decides.

use std::collections::{BTreeMap, BTreeSet};

use pyi_text::message;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::chunk::LockedChunk;
use super::group::{begin, end};
use super::lease::recover;
use super::link::Failure;
use super::rows::state;
use super::submit::unknown;
use super::{BatchId, OPERATOR_LIMIT};
use crate::reconcile::{Reconciliation, RowCost, SentRow};
use crate::registry::fingerprint;
use crate::store::{RowState, StoreError};

/// All rows that were ever sent.
pub(super) async fn sent_rows(connection: &mut PgConnection, id: BatchId) -> Result<Vec<SentRow>, Failure> {
    let (batch, chunk_rows) = batch_of(connection, id).await?;
    let found = sqlx::query(include_str!("sql/sent_rows.sql"))
        .bind(batch)
        .bind(chunk_rows)
        .fetch_all(connection)
        .await?;
    let mut rows = Vec::new();
    for row in &found {
        rows.push(sent_row(row)?);
    }
    Ok(rows)
}

fn sent_row(found: &PgRow) -> Result<SentRow, sqlx::Error> {
    let is_in_flight: bool = found.try_get(6)?;
    let cost = match (state(found.try_get(4)?), found.try_get::<Option<&str>, _>(5)?) {
        (RowState::Sending, _) if is_in_flight => RowCost::Sending,
        (RowState::Sending | RowState::Ambiguous, _) => RowCost::Ambiguous,
        (RowState::Settled, Some("billed")) => RowCost::Billed,
        (RowState::Settled, Some("free" | "not_sent")) => RowCost::Free,
        // It was given up, and is settled without a billing.
        (RowState::Settled, _) => RowCost::Ambiguous,
    };
    Ok(SentRow {
        number: found.try_get::<i64, _>(0)?.cast_unsigned(),
        person: fingerprint(found.try_get(1)?),
        sent_at: found.try_get(2)?,
        sends: u64::try_from(found.try_get::<i32, _>(3)?).unwrap_or(0),
        cost,
    })
}

/// Settles rows as billed or as free, in one transaction, and notes the bill. `false` if the bill
/// was applied before; then nothing changes.
///
/// All chunks of the rows are locked first, by number, and the batch after them: workers take one
/// chunk, and then the batch.
pub(super) async fn apply(
    connection: &mut PgConnection,
    id: BatchId,
    digest: &[u8],
    found: &Reconciliation,
) -> Result<bool, Failure> {
    let (batch, chunk_rows) = batch_of(connection, id).await?;
    // What dead workers left in flight is ambiguous from now on, as it was compared.
    while recover(connection, OPERATOR_LIMIT).await? {}
    let billed: Vec<i64> = found.billed.iter().map(|(row, _)| row.cast_signed()).collect();
    let free: Vec<i64> = found.free.iter().map(|row| row.cast_signed()).collect();
    begin(connection, OPERATOR_LIMIT).await?;
    let noted = sqlx::query(include_str!("sql/note_bill.sql")).bind(batch).bind(digest);
    if noted.execute(&mut *connection).await?.rows_affected() == 0 {
        end(connection, "ROLLBACK").await?;
        return Ok(false);
    }
    let numbers: BTreeSet<i64> = billed.iter().chain(&free).map(|row| row / chunk_rows.max(1)).collect();
    let mut chunks: BTreeMap<i64, LockedChunk> = BTreeMap::new();
    for number in numbers {
        if let Some(chunk) = LockedChunk::lock(connection, batch, number).await? {
            chunks.insert(number, chunk);
        }
    }
    for (rows, billing) in [(&billed, "billed"), (&free, "free")] {
        let settled = sqlx::query(include_str!("sql/settle_by_bill.sql"))
            .bind(batch)
            .bind(rows)
            .bind(billing)
            .fetch_all(&mut *connection)
            .await?;
        if settled.len() != rows.len() {
            end(connection, "ROLLBACK").await?;
            return Err(Failure::Final(StoreError(message!(
                "rows of the batch were settled or sent again since they were compared with the bill, and nothing was changed; compare it again"
            ))));
        }
        for row in &settled {
            let number: i64 = row.try_get(0)?;
            let (before, after): (i64, i64) = (row.try_get(2)?, row.try_get(3)?);
            if let Some(chunk) = chunks.get_mut(&(number / chunk_rows.max(1))) {
                chunk.spent += after - before;
                chunk.count(Some(state(row.try_get(1)?)), Some(RowState::Settled));
            }
        }
    }
    for chunk in chunks.values_mut() {
        chunk.return_rest(connection).await?;
        chunk.write(connection).await?;
    }
    end(connection, "COMMIT").await?;
    Ok(true)
}

/// The number of a batch in the tables, and the rows of its chunks.
async fn batch_of(connection: &mut PgConnection, id: BatchId) -> Result<(i32, i64), Failure> {
    let found = sqlx::query("SELECT no, chunk_rows FROM batch WHERE id = $1")
        .bind(&id.0[..])
        .fetch_optional(connection)
        .await?;
    match found {
        Some(found) => Ok((found.try_get(0)?, found.try_get(1)?)),
        None => Err(unknown(id)),
    }
}
