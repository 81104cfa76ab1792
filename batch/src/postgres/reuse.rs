//! Answers of earlier batches in PostgreSQL, which a batch takes while it is submitted.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use super::seal::{DataKey, Kind, WrappingKey};
use super::submit::load;
use super::{BatchId, BatchRecord};
use crate::registry::{fingerprint, now};
use crate::store::StoreError;

/// Rows that are looked up together.
const PAGE: i64 = 1000;

/// The answers that a batch in PostgreSQL has taken from earlier batches.
#[derive(Debug, Default)]
pub(super) struct Reused {
    pub(super) rows: u64,
    /// Earlier batches that cannot be read, each with the reason.
    pub(super) unread: Vec<(BatchId, StoreError)>,
}

/// The rows of a page that take an answer, a list for each column.
#[derive(Default)]
struct Columns {
    numbers: Vec<i64>,
    people: Vec<Vec<u8>>,
    codes: Vec<Option<String>>,
    outcomes: Vec<String>,
    data: Vec<Option<Vec<u8>>>,
    sent_at: Vec<i64>,
}

/// Gives the rows of a batch that is being submitted the answers that earlier batches were billed
/// for within a time, the newest of each person, and counts them in its chunks. The batches are
/// those of the same account, endpoint and target. Needs the batch's transaction.
pub(super) async fn reuse(
    connection: &mut PgConnection,
    (batch, key): (i32, &DataKey),
    wrapping: &WrappingKey,
    within: Duration,
) -> Result<Reused, Failure> {
    let since = now().saturating_sub_unsigned(within.as_secs());
    let mut reused = Reused::default();
    let earlier = earlier(connection, batch, wrapping, &mut reused.unread).await?;
    if earlier.is_empty() {
        return Ok(reused);
    }
    let batches: Vec<i32> = earlier.keys().copied().collect();
    let mut last = i64::MIN;
    loop {
        let page = sqlx::query(
            "SELECT number, person FROM input WHERE batch = $1 AND number > $2 ORDER BY number LIMIT $3",
        );
        let page = page.bind(batch).bind(last).bind(PAGE).fetch_all(&mut *connection).await?;
        let Some(end) = page.last() else { break };
        last = end.try_get(0)?;
        let (mut numbers, mut people): (Vec<i64>, Vec<&[u8]>) = (Vec::new(), Vec::new());
        for row in &page {
            numbers.push(row.try_get(0)?);
            people.push(row.try_get(1)?);
        }
        let found = sqlx::query(include_str!("sql/earlier_answers.sql"))
            .bind(numbers)
            .bind(people)
            .bind(&batches)
            .bind(since)
            .fetch_all(&mut *connection)
            .await?;
        reused.rows += write(connection, (batch, key), &earlier, &found).await?;
    }
    sqlx::query(include_str!("sql/count_reused.sql")).bind(batch).execute(connection).await?;
    Ok(reused)
}

/// The earlier batches whose values can be read, by their number in the tables.
async fn earlier(
    connection: &mut PgConnection,
    batch: i32,
    wrapping: &WrappingKey,
    unread: &mut Vec<(BatchId, StoreError)>,
) -> Result<HashMap<i32, BatchRecord>, Failure> {
    let found: Vec<Vec<u8>> = sqlx::query_scalar(include_str!("sql/earlier_batches.sql"))
        .bind(batch)
        .fetch_all(&mut *connection)
        .await?;
    let mut earlier = HashMap::new();
    for id in &found {
        let id = BatchId(fingerprint(id));
        match load(connection, id, wrapping).await {
            Ok(record) => {
                earlier.insert(record.no, record);
            }
            Err(Failure::Final(error)) => unread.push((id, error)),
            Err(error) => return Err(error),
        }
    }
    Ok(earlier)
}

/// Writes the rows that take these answers, sealed with the key of the new batch. Returns their
/// number.
async fn write(
    connection: &mut PgConnection,
    (batch, key): (i32, &DataKey),
    earlier: &HashMap<i32, BatchRecord>,
    found: &[PgRow],
) -> Result<u64, Failure> {
    let mut rows = Columns::default();
    for row in found {
        let number: i64 = row.try_get(0)?;
        let Some(from) = earlier.get(&row.try_get(2)?) else { continue };
        let data = match row.try_get::<Option<Vec<u8>>, _>(6)? {
            Some(sealed) => {
                let place = row.try_get::<i64, _>(3)?.cast_unsigned();
                let data = from.key.open(Kind::Data, place, &sealed).map_err(Failure::Final)?;
                Some(key.seal(Kind::Data, number.cast_unsigned(), &data).map_err(Failure::Final)?)
            }
            None => None,
        };
        rows.numbers.push(number);
        rows.people.push(row.try_get(1)?);
        rows.codes.push(row.try_get(4)?);
        rows.outcomes.push(row.try_get(5)?);
        rows.data.push(data);
        rows.sent_at.push(row.try_get(7)?);
    }
    let written = sqlx::query(include_str!("sql/write_reused.sql"))
        .bind(batch)
        .bind(rows.numbers)
        .bind(rows.people)
        .bind(rows.codes)
        .bind(rows.outcomes)
        .bind(rows.data)
        .bind(rows.sent_at)
        .execute(connection)
        .await?;
    Ok(written.rows_affected())
}
