//! Forgets the people of batches. First the wrapped key is destroyed, which makes every copy of the
//! values unreadable; then the rows are erased in pieces, so that a batch of any size costs no long
//! transaction, and an end in the middle is continued.

use std::time::Duration;

use sqlx::PgConnection;

use super::link::Failure;
use super::submit::unknown;
use super::{BatchId, millis};
use crate::registry::fingerprint;

/// Rows that are erased in one transaction.
const PIECE: i64 = 10_000;

/// Destroys the wrapped key of a batch, and stops it. Returns its number in the tables.
pub(super) async fn destroy_key(connection: &mut PgConnection, id: BatchId) -> Result<i32, Failure> {
    let no: Option<i32> = sqlx::query_scalar(
        "UPDATE batch SET wrapped_key = NULL, stopped = coalesce(stopped, 'forgotten') WHERE id = $1 RETURNING no",
    )
    .bind(&id.0[..])
    .fetch_optional(connection)
    .await?;
    no.ok_or_else(|| unknown(id))
}

/// Erases some people of a batch, and their values. Returns whether there were any.
pub(super) async fn erase_some(connection: &mut PgConnection, batch: i32) -> Result<bool, Failure> {
    let found: (Option<i64>, Option<i64>) = sqlx::query_as(
        "SELECT min(number), max(number) FROM (SELECT number FROM input WHERE batch = $1 ORDER BY number LIMIT $2) AS piece",
    )
    .bind(batch)
    .bind(PIECE)
    .fetch_one(&mut *connection)
    .await?;
    let (Some(first), Some(last)) = found else { return Ok(false) };
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await?;
    sqlx::query(include_str!("sql/erase_rows.sql"))
        .bind(batch)
        .bind(first)
        .bind(last)
        .execute(&mut *connection)
        .await?;
    // They say which pieces are left.
    sqlx::query("DELETE FROM input WHERE batch = $1 AND number BETWEEN $2 AND $3")
        .bind(batch)
        .bind(first)
        .bind(last)
        .execute(&mut *connection)
        .await?;
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(true)
}

/// The batches whose time is over, and those that were forgotten and are not erased yet.
pub(super) async fn due(connection: &mut PgConnection) -> Result<Vec<BatchId>, Failure> {
    let due: Vec<Vec<u8>> =
        sqlx::query_scalar(include_str!("sql/due_batches.sql")).fetch_all(connection).await?;
    Ok(due.iter().map(|id| BatchId(fingerprint(id))).collect())
}

/// Drops the times of people who were last sent longer ago than `remember`.
pub(super) async fn drop_people(connection: &mut PgConnection, remember: Duration) -> Result<(), Failure> {
    let drop_people = sqlx::query(include_str!("sql/drop_people.sql")).bind(millis(remember));
    drop_people.execute(connection).await?;
    Ok(())
}
