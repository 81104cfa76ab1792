//! The queries of a ledger in PostgreSQL: rows by person and by number, and the totals of a batch,
//! which are sums of counters.

use std::collections::HashMap;

use pyi_runtime::{Billing, CallOutcome};
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::BatchRecord;
use super::link::Failure;
use super::rows::{bytes, state};
use super::seal::{DataKey, Kind};
use crate::money::Money;
use crate::registry::fingerprint;
use crate::store::{Fingerprint, RowOutcome, RowRecord, RowState, Totals};

/// The number and the record of the row of each of these people, in their order.
pub(super) async fn find(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    people: &[Fingerprint],
) -> Result<Vec<Option<(u64, RowRecord)>>, Failure> {
    let query = sqlx::query(include_str!("sql/find.sql")).bind(batch.no).bind(bytes(people));
    let mut known: HashMap<Fingerprint, (u64, RowRecord)> = HashMap::new();
    for row in &query.fetch_all(connection).await? {
        known.insert(fingerprint(row.try_get(1)?), record(row, &batch.key)?);
    }
    // A person may be given more than once.
    Ok(people.iter().map(|person| known.get(person).cloned()).collect())
}

/// The number and the state of the row of each of these people, in their order.
pub(super) async fn states(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    people: &[Fingerprint],
) -> Result<Vec<Option<(u64, RowState)>>, Failure> {
    let query = sqlx::query(include_str!("sql/states.sql")).bind(batch.no).bind(bytes(people));
    let mut known: HashMap<Fingerprint, (u64, RowState)> = HashMap::new();
    for row in &query.fetch_all(connection).await? {
        let number = row.try_get::<i64, _>(0)?.cast_unsigned();
        known.insert(fingerprint(row.try_get(1)?), (number, state(row.try_get(2)?)));
    }
    Ok(people.iter().map(|person| known.get(person).copied()).collect())
}

/// Up to `limit` rows from a number on, by number.
pub(super) async fn page(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    from: u64,
    limit: u32,
) -> Result<Vec<(u64, RowRecord)>, Failure> {
    let Ok(from) = i64::try_from(from) else { return Ok(Vec::new()) };
    let query = sqlx::query(include_str!("sql/page.sql")).bind(batch.no).bind(from).bind(i64::from(limit));
    query.fetch_all(connection).await?.iter().map(|row| record(row, &batch.key)).collect()
}

fn record(row: &PgRow, key: &DataKey) -> Result<(u64, RowRecord), Failure> {
    let number = row.try_get::<i64, _>(0)?.cast_unsigned();
    let opened = |kind: Kind, sealed: Option<Vec<u8>>| match sealed {
        Some(sealed) => key.open(kind, number, &sealed).map(Some).map_err(Failure::Final),
        None => Ok(None),
    };
    let (billing, outcome): (Option<String>, Option<String>) = (row.try_get(3)?, row.try_get(5)?);
    let code: Option<String> = row.try_get(4)?;
    let outcome = match billing.zip(outcome) {
        Some((billing, outcome)) => Some(RowOutcome {
            billing: billing.parse().unwrap_or(Billing::Unknown),
            code: code.and_then(|code| code.parse().ok()),
            outcome: outcome.parse().unwrap_or(CallOutcome::Unknown),
            error: opened(Kind::Error, row.try_get(6)?)?,
            data: opened(Kind::Data, row.try_get(7)?)?,
        }),
        None => None,
    };
    Ok((number, RowRecord { state: state(row.try_get(2)?), outcome, reused: row.try_get(8)? }))
}

/// The totals so far.
pub(super) async fn totals(connection: &mut PgConnection, batch: &BatchRecord) -> Result<Totals, Failure> {
    let found = sqlx::query(include_str!("sql/totals.sql")).bind(batch.no).fetch_one(connection).await?;
    let currency = batch.info.budget.currency;
    let count = |column: usize| found.try_get::<i64, _>(column).map(i64::cast_unsigned);
    Ok(Totals {
        spent: Money { units: found.try_get(0)?, currency },
        reserved: Money { units: found.try_get(1)?, currency },
        settled: count(2)?,
        ambiguous: count(3)?,
        sending: count(4)?,
    })
}
