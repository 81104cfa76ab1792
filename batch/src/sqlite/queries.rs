//! The queries of a ledger: rows by person and by number, and the totals of its batch.

use std::collections::{HashMap, HashSet};

use pyi_runtime::{Billing, CallOutcome, StatusCode};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::commit::{AMBIGUOUS, SENDING, SETTLED, state};
use super::{BatchInfo, LedgerId, Line};
use crate::money::{Currency, Money};
use crate::registry::fingerprint;
use crate::store::{Fingerprint, RowOutcome, RowRecord, RowState, Totals, next_number};

/// The number and the record of the row of each of these people, in their order.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    people: &[Fingerprint],
) -> Result<Vec<Option<(u64, RowRecord)>>, sqlx::Error> {
    let digits: Vec<String> = people.iter().map(hex::encode).collect();
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {FOUND}, data, person FROM row WHERE person IN (SELECT unhex(value) FROM json_each(?))"
    )))
    .bind(json!(digits).to_string())
    .fetch_all(connection)
    .await?;
    let known: HashMap<Fingerprint, (u64, RowRecord)> =
        found.iter().map(|found| (fingerprint(found.get(8)), found_row(found))).collect();
    // A person may be given more than once.
    Ok(people.iter().map(|person| known.get(person).cloned()).collect())
}

/// The number and the state of the row of each of these people, in their order. The answer is one
/// row: each row of an answer wakes two threads.
pub(super) async fn states(
    connection: &mut SqliteConnection,
    people: &[Fingerprint],
) -> Result<Vec<Option<(u64, RowState)>>, sqlx::Error> {
    let people: Vec<String> = people.iter().map(hex::encode).collect();
    let found = sqlx::query(
        "SELECT json_group_array(json((SELECT json_array(number, state) FROM row WHERE person = unhex(value))) ORDER BY key)
         FROM json_each(?)",
    )
    .bind(json!(people).to_string())
    .fetch_one(connection)
    .await?;
    let found: Vec<Option<(u64, i64)>> =
        serde_json::from_str(found.get(0)).map_err(|error| sqlx::Error::Decode(error.into()))?;
    Ok(found.into_iter().map(|found| found.map(|(number, found)| (number, state(found)))).collect())
}

/// Up to `limit` rows from a number on, by number, with or without their payloads.
pub(super) async fn page(
    connection: &mut SqliteConnection,
    from: u64,
    limit: u32,
    with_data: bool,
) -> Result<Vec<(u64, RowRecord)>, sqlx::Error> {
    let data = if with_data { "data" } else { "NULL" };
    let found = sqlx::query(AssertSqlSafe(format!(
        "SELECT {FOUND}, {data} FROM row WHERE number >= ? ORDER BY number LIMIT ?"
    )))
    .bind(from.cast_signed())
    .bind(limit)
    .fetch_all(&mut *connection)
    .await?;
    Ok(found.iter().map(found_row).collect())
}

/// The columns that [`found_row`] reads before the payload.
const FOUND: &str =
    "number, state, billing, CAST(code AS TEXT), outcome, error, iif(sends = 0, sent_at, NULL)";

fn found_row(found: &SqliteRow) -> (u64, RowRecord) {
    let billing: Option<String> = found.get(2);
    let word: Option<String> = found.get(4);
    let outcome = billing.zip(word).map(|(billing, word)| RowOutcome {
        billing: billing_of(&billing),
        code: status_code(found.get(3)),
        outcome: word.parse().unwrap_or(CallOutcome::Unknown),
        error: found.get(5),
        data: found.get(7),
    });
    let record = RowRecord { state: state(found.get(1)), outcome, reused: found.get(6) };
    (found.get::<i64, _>(0).cast_unsigned(), record)
}

/// The currency of a ledger. One of the first format has none before its next run.
pub(super) fn currency(code: &str, decimals: u32) -> Currency {
    Currency::new(code, decimals).unwrap_or(Currency::NONE)
}

pub(super) fn status_code(text: Option<&str>) -> Option<StatusCode> {
    text?.parse().ok()
}

fn billing_of(word: &str) -> Billing {
    word.parse().unwrap_or(Billing::Unknown)
}

/// The totals so far.
pub(super) async fn totals(connection: &mut SqliteConnection) -> Result<Totals, sqlx::Error> {
    let batch =
        sqlx::query("SELECT spent, reserved, currency, scale FROM batch").fetch_one(&mut *connection).await?;
    let counts =
        sqlx::query("SELECT state, count(*) FROM row GROUP BY state").fetch_all(&mut *connection).await?;
    let count = |state: i64| {
        let found = counts.iter().find(|count| count.get::<i64, _>(0) == state);
        found.map_or(0, |count| count.get::<i64, _>(1).cast_unsigned())
    };
    let currency = currency(batch.get(2), batch.get(3));
    Ok(Totals {
        spent: Money { units: batch.get(0), currency },
        reserved: Money { units: batch.get(1), currency },
        settled: count(SETTLED),
        ambiguous: count(AMBIGUOUS),
        sending: count(SENDING),
    })
}

/// The batch, if there is one, and the id of the ledger.
pub(super) async fn info(
    connection: &mut SqliteConnection,
) -> Result<Option<(BatchInfo, LedgerId)>, sqlx::Error> {
    let batch = sqlx::query("SELECT endpoint, target, currency, scale, budget, unit_price, id FROM batch")
        .fetch_optional(&mut *connection)
        .await?;
    Ok(batch.map(|batch| {
        let currency = currency(batch.get(2), batch.get(3));
        let info = BatchInfo {
            endpoint: batch.get(0),
            target: batch.get(1),
            budget: Money { units: batch.get(4), currency },
            unit_price: Money { units: batch.get(5), currency },
        };
        (info, fingerprint(batch.get(6)))
    }))
}

/// The settled rows that were sent, counted by outcome, status and billing.
pub(super) async fn report(
    connection: &mut SqliteConnection,
    currency: Currency,
) -> Result<Vec<Line>, sqlx::Error> {
    let lines = sqlx::query(
        "SELECT outcome, CAST(code AS TEXT), billing, count(*), sum(spent) FROM row WHERE state = ? AND sends > 0 GROUP BY 1, 2, 3 ORDER BY 4 DESC, code",
    )
    .bind(SETTLED)
    .fetch_all(&mut *connection)
    .await?;
    let line = |line: &SqliteRow| Line {
        outcome: line
            .get::<Option<&str>, _>(0)
            .and_then(|word| word.parse().ok())
            .unwrap_or(CallOutcome::Unknown),
        code: status_code(line.get(1)),
        billing: billing_of(&line.get::<Option<String>, _>(2).unwrap_or_default()),
        rows: line.get::<i64, _>(3).cast_unsigned(),
        spent: Money { units: line.get(4), currency },
    };
    Ok(lines.iter().map(line).collect())
}

/// The number of repeated calls, and the cost of the rows that are not settled.
pub(super) async fn repeated(connection: &mut SqliteConnection) -> Result<(u64, i64), sqlx::Error> {
    let found = sqlx::query(
        "SELECT coalesce(sum(max(sends - 1, 0)), 0), coalesce(sum(CASE state WHEN ? THEN 0 WHEN ? THEN spent + price ELSE spent END), 0) FROM row",
    )
    .bind(SETTLED)
    .bind(SENDING)
    .fetch_one(connection)
    .await?;
    Ok((found.get::<i64, _>(0).cast_unsigned(), found.get(1)))
}

/// The number of rows with an answer of an earlier batch.
pub(super) async fn reused(connection: &mut SqliteConnection) -> Result<u64, sqlx::Error> {
    let found = sqlx::query("SELECT count(*) FROM row WHERE sends = 0").fetch_one(connection).await?;
    Ok(found.get::<i64, _>(0).cast_unsigned())
}

/// The people whom other batches had sent, and whom this batch may send.
pub(super) async fn accepted(connection: &mut SqliteConnection) -> Result<HashSet<Fingerprint>, sqlx::Error> {
    let found = sqlx::query("SELECT person FROM accepted").fetch_all(connection).await?;
    Ok(found.iter().map(|found| fingerprint(found.get(0))).collect())
}

/// The number of a row, or the next one of its line where the older state has another person under
/// it.
pub(super) async fn free_number(
    connection: &mut SqliteConnection,
    mut number: u64,
) -> Result<u64, sqlx::Error> {
    let taken = |number: u64| sqlx::query("SELECT 1 FROM row WHERE number = ?").bind(number.cast_signed());
    while taken(number).fetch_optional(&mut *connection).await?.is_some() {
        number = next_number(number);
    }
    Ok(number)
}

/// The id of the registry that has the ledger.
pub(super) async fn registry(connection: &mut SqliteConnection) -> Result<Option<Vec<u8>>, sqlx::Error> {
    Ok(sqlx::query("SELECT registry FROM batch").fetch_one(connection).await?.get(0))
}
