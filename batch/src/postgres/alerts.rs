//! The shares of a budget that were reported: one row for each, which the first worker writes.

use std::collections::BTreeSet;

use sqlx::{PgConnection, Row as _};

use super::BatchRecord;
use super::link::Failure;
use super::queries::totals;
use crate::alerts::{Alert, Shares};
use crate::money::Money;

/// The shares that a batch has reached, that no worker has noted and that are not among `reported`.
/// They are noted for this worker: the same command, repeated since its answer was lost, finds them
/// again.
pub(super) async fn reached(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    (shares, reported): (&Shares, &BTreeSet<(i64, u8)>),
    worker: i64,
) -> Result<Vec<Alert>, Failure> {
    let found = sqlx::query(include_str!("sql/alerts.sql"))
        .bind(batch.no)
        .bind(worker)
        .fetch_one(&mut *connection)
        .await?;
    let (budget, granted): (i64, i64) = (found.try_get(0)?, found.try_get(1)?);
    let known: Vec<i16> = found.try_get(2)?;
    let is_new =
        |percent: &u8| !known.contains(&i16::from(*percent)) && !reported.contains(&(budget, *percent));
    let terms = (budget, batch.unit_price);
    // What is granted is an upper bound, and in one row: most looks end here.
    if !shares.of(granted, terms).iter().any(is_new) {
        return Ok(Vec::new());
    }
    let spent = totals(connection, batch).await?.spent;
    let new: Vec<i16> = shares.of(spent.units, terms).into_iter().filter(is_new).map(i16::from).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let noted = sqlx::query_scalar::<_, i16>(include_str!("sql/note_alerts.sql"))
        .bind(batch.no)
        .bind(budget)
        .bind(&new)
        .bind(worker)
        .fetch_all(connection)
        .await?;
    let budget = Money { units: budget, ..spent };
    let mut alerts = Vec::new();
    for percent in new {
        // Smallest first: the database returns them in any order.
        if noted.contains(&percent) {
            alerts.push(Alert { percent: percent.try_into().unwrap_or(100), spent, budget });
        }
    }
    Ok(alerts)
}
