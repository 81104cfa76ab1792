//! The ledger's tables, and each thing that is done to them, within a transaction of whoever asks.

use pyi_runtime::Billing;
use sqlx::{Connection, Row as _, SqliteConnection};

use super::{Line, Terms};
use crate::store::{Fingerprint, Found, Intended, Settled, State, StoreError, Totals, is_paid};

/// A row that is about to be sent, or on its way.
const SENDING: i64 = 0;
/// One of which nobody knows: the program stopped while it was on its way.
const AMBIGUOUS: i64 = 1;
/// One with an answer.
const SETTLED: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    endpoint TEXT NOT NULL,
    budget INTEGER NOT NULL,
    each INTEGER NOT NULL,
    spent INTEGER NOT NULL DEFAULT 0,
    reserved INTEGER NOT NULL DEFAULT 0,
    forgotten INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS row (
    number INTEGER PRIMARY KEY,
    person BLOB NOT NULL UNIQUE,
    state INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    billing TEXT,
    code INTEGER,
    outcome TEXT,
    data TEXT
) STRICT;
";

/// Makes the tables, or checks that they are this batch's, and settles what the last program left on its way.
pub(super) async fn prepare(
    connection: &mut SqliteConnection,
    terms: &Terms,
) -> Result<Result<(), StoreError>, sqlx::Error> {
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("INSERT INTO batch (id, endpoint, budget, each) VALUES (1, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&terms.endpoint)
        .bind(terms.budget)
        .bind(terms.each)
        .execute(&mut *transaction)
        .await?;
    let batch =
        sqlx::query("SELECT endpoint, each, forgotten FROM batch").fetch_one(&mut *transaction).await?;
    let (endpoint, each): (String, i64) = (batch.get(0), batch.get(1));
    if batch.get::<i64, _>(2) != 0 {
        return Ok(Err(StoreError(
            "the people of this ledger are forgotten, and nobody could be known again; begin another batch"
                .to_owned(),
        )));
    }
    if endpoint != terms.endpoint || each != terms.each {
        let why = format!(
            "the ledger is of a batch of {endpoint}, at another price or of another endpoint; give each batch its own"
        );
        return Ok(Err(StoreError(why)));
    }
    // A budget may be raised or lowered between runs.
    sqlx::query("UPDATE batch SET budget = ?, spent = spent + reserved, reserved = 0")
        .bind(terms.budget)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE row SET state = ? WHERE state = ?")
        .bind(AMBIGUOUS)
        .bind(SENDING)
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    Ok(Ok(()))
}

/// Whether a row may be sent, and its price set aside if so.
pub(super) async fn intend(
    connection: &mut SqliteConnection,
    each: i64,
    row: u64,
    person: &Fingerprint,
    again: bool,
) -> Result<Intended, sqlx::Error> {
    let number = row.cast_signed();
    let known = sqlx::query("SELECT number, person, state FROM row WHERE number = ? OR person = ?")
        .bind(number)
        .bind(&person[..])
        .fetch_all(&mut *connection)
        .await?;
    let own = known.iter().find(|found| found.get::<i64, _>(0) == number);
    match own {
        Some(own) if own.get::<Vec<u8>, _>(1) != person => return Ok(Intended::Changed),
        Some(own) => {
            let state = state(own.get(2));
            if state != State::Ambiguous || !again {
                return Ok(Intended::Known(state));
            }
        }
        None => {
            if let Some(other) = known.first() {
                return Ok(Intended::Duplicate(other.get::<i64, _>(0).cast_unsigned()));
            }
        }
    }
    let reserved =
        sqlx::query("UPDATE batch SET reserved = reserved + ?1 WHERE spent + reserved + ?1 <= budget")
            .bind(each)
            .execute(&mut *connection)
            .await?;
    if reserved.rows_affected() == 0 {
        return Ok(Intended::Budget);
    }
    sqlx::query(
        "INSERT INTO row (number, person, state, sends) VALUES (?, ?, ?, 1)
         ON CONFLICT (number) DO UPDATE SET state = excluded.state, sends = sends + 1",
    )
    .bind(number)
    .bind(&person[..])
    .bind(SENDING)
    .execute(&mut *connection)
    .await?;
    Ok(Intended::Send)
}

/// What was set aside is spent where it was billed, or nobody knows; else it is free again. A row that is not on its way is left alone.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    each: i64,
    row: u64,
    settled: &Settled,
) -> Result<(), sqlx::Error> {
    let updated = sqlx::query("UPDATE row SET state = ?, billing = ?, code = ?, outcome = ?, data = ? WHERE number = ? AND state = ?")
        .bind(SETTLED)
        .bind(pyi_dynamic::billing(settled.billing))
        .bind(settled.code)
        .bind(&settled.outcome)
        .bind(&settled.data)
        .bind(row.cast_signed())
        .bind(SENDING)
        .execute(&mut *connection)
        .await?;
    if updated.rows_affected() == 1 {
        let spent = if settled.is_paid() { each } else { 0 };
        sqlx::query("UPDATE batch SET reserved = reserved - ?, spent = spent + ?")
            .bind(each)
            .bind(spent)
            .execute(&mut *connection)
            .await?;
    }
    Ok(())
}

/// A row that was sent before, when nobody knew what came of it, is as it was; any other is as if it had not been. A row that is not on its
/// way is left alone.
pub(super) async fn withdraw(
    connection: &mut SqliteConnection,
    each: i64,
    row: u64,
) -> Result<(), sqlx::Error> {
    let back = sqlx::query(
        "UPDATE row SET state = ?, sends = sends - 1 WHERE number = ? AND state = ? AND sends > 1",
    )
    .bind(AMBIGUOUS)
    .bind(row.cast_signed())
    .bind(SENDING)
    .execute(&mut *connection)
    .await?;
    let gone = sqlx::query("DELETE FROM row WHERE number = ? AND state = ?")
        .bind(row.cast_signed())
        .bind(SENDING)
        .execute(&mut *connection)
        .await?;
    if back.rows_affected() + gone.rows_affected() == 1 {
        sqlx::query("UPDATE batch SET reserved = reserved - ?").bind(each).execute(&mut *connection).await?;
    }
    Ok(())
}

fn state(number: i64) -> State {
    match number {
        SENDING => State::Sending,
        AMBIGUOUS => State::Ambiguous,
        _ => State::Settled,
    }
}

/// What is known of a row.
pub(super) async fn find(connection: &mut SqliteConnection, row: u64) -> Result<Option<Found>, sqlx::Error> {
    let found = sqlx::query("SELECT state, billing, code, outcome, data FROM row WHERE number = ?")
        .bind(row.cast_signed())
        .fetch_optional(&mut *connection)
        .await?;
    Ok(found.map(|found| {
        let billing: Option<String> = found.get(1);
        let outcome: Option<String> = found.get(3);
        let settled = billing.zip(outcome).map(|(billing, outcome)| Settled {
            billing: pyi_dynamic::billing_of(&billing).unwrap_or(Billing::Unknown),
            code: found.get(2),
            outcome,
            data: found.get(4),
        });
        Found { state: state(found.get(0)), settled }
    }))
}

/// What was noted so far.
pub(super) async fn totals(connection: &mut SqliteConnection) -> Result<Totals, sqlx::Error> {
    let batch = sqlx::query("SELECT spent, reserved FROM batch").fetch_one(&mut *connection).await?;
    let counts =
        sqlx::query("SELECT state, count(*) FROM row GROUP BY state").fetch_all(&mut *connection).await?;
    let count = |state: i64| {
        let found = counts.iter().find(|count| count.get::<i64, _>(0) == state);
        found.map_or(0, |count| count.get::<i64, _>(1).cast_unsigned())
    };
    Ok(Totals {
        spent: batch.get(0),
        reserved: batch.get(1),
        settled: count(SETTLED),
        ambiguous: count(AMBIGUOUS),
        sending: count(SENDING),
    })
}

/// What an earlier program left: the terms of the batch, if there is one.
pub(super) async fn terms(connection: &mut SqliteConnection) -> Result<Option<Terms>, sqlx::Error> {
    let tables = sqlx::query("SELECT count(*) FROM sqlite_schema WHERE name IN ('batch', 'row')")
        .fetch_one(&mut *connection)
        .await?;
    if tables.get::<i64, _>(0) != 2 {
        return Ok(None);
    }
    let batch =
        sqlx::query("SELECT endpoint, budget, each FROM batch").fetch_optional(&mut *connection).await?;
    Ok(batch.map(|batch| Terms { endpoint: batch.get(0), budget: batch.get(1), each: batch.get(2) }))
}

/// What the rows with an answer came to, by status and billing.
pub(super) async fn report(connection: &mut SqliteConnection, each: i64) -> Result<Vec<Line>, sqlx::Error> {
    let lines = sqlx::query("SELECT outcome, code, billing, count(*) FROM row WHERE state = ? GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2")
        .bind(SETTLED)
        .fetch_all(&mut *connection)
        .await?;
    let line = |line: &sqlx::sqlite::SqliteRow| {
        let billing = pyi_dynamic::billing_of(&line.get::<String, _>(2)).unwrap_or(Billing::Unknown);
        let rows: i64 = line.get(3);
        Line {
            outcome: line.get(0),
            code: line.get(1),
            billing,
            rows: rows.cast_unsigned(),
            spent: if is_paid(billing) { each.saturating_mul(rows) } else { 0 },
        }
    };
    Ok(lines.iter().map(line).collect())
}

/// Erases what the ledger has of people: who they are, and what was replied. What it cost stays. The file is written anew, so that nothing
/// of them is left in it.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("UPDATE row SET person = randomblob(16), data = NULL").execute(&mut *transaction).await?;
    sqlx::query("UPDATE batch SET forgotten = 1").execute(&mut *transaction).await?;
    transaction.commit().await?;
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
    Ok(())
}
