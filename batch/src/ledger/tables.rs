//! The ledger's tables, and each thing that is done to them, within a transaction of whoever asks.

use pyi_runtime::Billing;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, Row as _, SqliteConnection};

use super::group::{Change, Entry, Group, Money};
use super::{Line, Terms};
use crate::store::{Fingerprint, Found, Settled, State, StoreError, Totals, is_paid};

/// A row that is about to be sent, or on its way.
const SENDING: i64 = 0;
/// One of which nobody knows whether it was billed.
const AMBIGUOUS: i64 = 1;
/// One with an answer, or given up.
const SETTLED: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    endpoint TEXT NOT NULL,
    target TEXT NOT NULL,
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

/// Makes the tables, or checks that they are this batch's, and takes what the last program left on its way for ambiguous. Tells what was
/// spent so far.
pub(super) async fn prepare(
    connection: &mut SqliteConnection,
    terms: &Terms,
) -> Result<Result<Money, StoreError>, sqlx::Error> {
    sqlx::raw_sql(SCHEMA).execute(&mut *connection).await?;
    let mut transaction = connection.begin().await?;
    sqlx::query("INSERT INTO batch (id, endpoint, target, budget, each) VALUES (1, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&terms.endpoint)
        .bind(&terms.target)
        .bind(terms.budget)
        .bind(terms.each)
        .execute(&mut *transaction)
        .await?;
    let batch = sqlx::query("SELECT endpoint, each, forgotten, target FROM batch")
        .fetch_one(&mut *transaction)
        .await?;
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
    let target: String = batch.get(3);
    if target != terms.target {
        let why = format!(
            "the ledger is of a batch that was sent to {target}, and not to {}; give each batch its own, or move it if that is the same \
             account at another address",
            terms.target
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
    let spent = sqlx::query("SELECT spent FROM batch").fetch_one(&mut *transaction).await?.get(0);
    transaction.commit().await?;
    Ok(Ok(Money { budget: terms.budget, each: terms.each, spent, reserved: 0 }))
}

/// The rows of these numbers, and those of these people: pairs of a row and who it is.
pub(super) async fn look_up(
    connection: &mut SqliteConnection,
    asked: &[(u64, Fingerprint)],
) -> Result<Vec<(u64, Entry)>, sqlx::Error> {
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let size = asked.len().next_power_of_two();
    let marks = vec!["?"; size].join(",");
    let statement = format!(
        "SELECT number, person, state, sends FROM row WHERE number IN ({marks})
         UNION SELECT number, person, state, sends FROM row WHERE person IN ({marks})"
    );
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for asked in filled(asked) {
        query = query.bind(asked.map(|(row, _)| row.cast_signed()));
    }
    for asked in filled(asked) {
        query = query.bind(asked.map(|(_, person)| &person[..]));
    }
    let found = query.fetch_all(connection).await?;
    let entry = |found: &SqliteRow| {
        let mut person = Fingerprint::default();
        person.iter_mut().zip(found.get::<&[u8], _>(1)).for_each(|(to, from)| *to = *from);
        let entry = Entry { person, state: state(found.get(2)), sends: found.get(3), settled: None };
        (found.get::<i64, _>(0).cast_unsigned(), entry)
    };
    Ok(found.iter().map(entry).collect())
}

/// Commits what a group changed, in one step. After an error, nobody knows what the connection still has open.
pub(super) async fn commit(connection: &mut SqliteConnection, group: &Group) -> Result<(), sqlx::Error> {
    let (mut new, mut other, mut gone) = (Vec::new(), Vec::new(), Vec::new());
    for (row, change) in group.changes() {
        match change {
            Change::New(entry) => new.push((row, entry)),
            Change::Other(entry) => other.push((row, entry)),
            Change::Gone => gone.push(row),
        }
    }
    // A row of which all is NULL is none: it fills up the statement.
    let rows = |of: usize, columns: &'static str| vec![columns; of.next_power_of_two()].join(",");
    let mut statements = "BEGIN IMMEDIATE; UPDATE batch SET spent = ?, reserved = ?;".to_owned();
    if !new.is_empty() {
        statements += &format!(
            "WITH new (number, person, state, sends) AS (VALUES {})
             INSERT INTO row (number, person, state, sends) SELECT * FROM new WHERE number IS NOT NULL;",
            rows(new.len(), "(?,?,?,?)")
        );
    }
    if !other.is_empty() {
        statements += &format!(
            "WITH new (number, state, sends, billing, code, outcome, data) AS (VALUES {})
             UPDATE row SET state = new.state, sends = new.sends, billing = new.billing, code = new.code, outcome = new.outcome,
             data = new.data FROM new WHERE row.number = new.number;",
            rows(other.len(), "(?,?,?,?,?,?,?)")
        );
    }
    if !gone.is_empty() {
        statements += "DELETE FROM row WHERE number IN (SELECT value FROM json_each(?));";
    }
    statements += "COMMIT";
    let mut query = sqlx::query(AssertSqlSafe(statements)).bind(group.money.spent).bind(group.money.reserved);
    for new in filled(&new) {
        query = query
            .bind(new.map(|(row, _)| row.cast_signed()))
            .bind(new.map(|(_, entry)| &entry.person[..]))
            .bind(new.map(|(_, entry)| number_of(entry.state)))
            .bind(new.map(|(_, entry)| entry.sends));
    }
    for other in filled(&other) {
        let settled = other.and_then(|(_, entry)| entry.settled.as_ref());
        query = query
            .bind(other.map(|(row, _)| row.cast_signed()))
            .bind(other.map(|(_, entry)| number_of(entry.state)))
            .bind(other.map(|(_, entry)| entry.sends))
            .bind(settled.map(|settled| pyi_dynamic::billing(settled.billing)))
            .bind(settled.and_then(|settled| settled.code))
            .bind(settled.map(|settled| settled.outcome.as_str()))
            .bind(settled.and_then(|settled| settled.data.as_deref()));
    }
    if !gone.is_empty() {
        query = query.bind(json!(gone).to_string());
    }
    query.execute(connection).await.map(drop)
}

/// Items up to a power of two, none behind the last: so there are few statements, and each is prepared once.
fn filled<T>(items: &[T]) -> impl Iterator<Item = Option<&T>> {
    let size = if items.is_empty() { 0 } else { items.len().next_power_of_two() };
    items.iter().map(Some).chain(std::iter::repeat(None)).take(size)
}

fn number_of(state: State) -> i64 {
    match state {
        State::Sending => SENDING,
        State::Ambiguous => AMBIGUOUS,
        State::Settled => SETTLED,
    }
}

fn state(number: i64) -> State {
    match number {
        SENDING => State::Sending,
        AMBIGUOUS => State::Ambiguous,
        _ => State::Settled,
    }
}

/// What is known of some rows, in no order.
pub(super) async fn find(
    connection: &mut SqliteConnection,
    rows: &[u64],
) -> Result<Vec<(u64, Found)>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT number, state, billing, code, outcome, data FROM row WHERE number IN (SELECT value FROM json_each(?))",
    )
    .bind(json!(rows).to_string())
    .fetch_all(connection)
    .await?;
    Ok(found.iter().map(found_row).collect())
}

/// Every row from a number on, in order, so many at the most.
pub(super) async fn rows(
    connection: &mut SqliteConnection,
    from: u64,
    limit: u32,
) -> Result<Vec<(u64, Found)>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT number, state, billing, code, outcome, NULL FROM row WHERE number >= ? ORDER BY number LIMIT ?",
    )
    .bind(from.cast_signed())
    .bind(limit)
    .fetch_all(connection)
    .await?;
    Ok(found.iter().map(found_row).collect())
}

fn found_row(found: &SqliteRow) -> (u64, Found) {
    let billing: Option<String> = found.get(2);
    let outcome: Option<String> = found.get(4);
    let settled = billing.zip(outcome).map(|(billing, outcome)| Settled {
        billing: billing_of(&billing),
        code: found.get(3),
        outcome,
        data: found.get(5),
    });
    (found.get::<i64, _>(0).cast_unsigned(), Found { state: state(found.get(1)), settled })
}

fn billing_of(word: &str) -> Billing {
    pyi_dynamic::billing_of(word).unwrap_or(Billing::Unknown)
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
    let batch = sqlx::query("SELECT endpoint, target, budget, each FROM batch")
        .fetch_optional(&mut *connection)
        .await?;
    Ok(batch.map(|batch| Terms {
        endpoint: batch.get(0),
        target: batch.get(1),
        budget: batch.get(2),
        each: batch.get(3),
    }))
}

/// What the rows with an answer came to, by status and billing.
pub(super) async fn report(connection: &mut SqliteConnection, each: i64) -> Result<Vec<Line>, sqlx::Error> {
    let lines = sqlx::query("SELECT outcome, code, billing, count(*) FROM row WHERE state = ? GROUP BY 1, 2, 3 ORDER BY 4 DESC, 2")
        .bind(SETTLED)
        .fetch_all(&mut *connection)
        .await?;
    let line = |line: &SqliteRow| {
        let billing = billing_of(&line.get::<String, _>(2));
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

/// Has a batch go on at another target.
pub(super) async fn move_to(connection: &mut SqliteConnection, target: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE batch SET target = ?").bind(target).execute(connection).await.map(drop)
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
