//! The ledger's tables, and each thing that is done to them.

use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, Row as _, SqliteConnection};

use super::Terms;
use super::group::{Change, Entry, Group, Money};
use super::reading::person;
use crate::store::{Fingerprint, State, StoreError};

/// A row that is about to be sent, or on its way.
pub(super) const SENDING: i64 = 0;
/// One of which nobody knows whether it was billed.
pub(super) const AMBIGUOUS: i64 = 1;
/// One with an answer, or given up.
pub(super) const SETTLED: i64 = 2;

const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS batch (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    endpoint TEXT NOT NULL,
    target TEXT NOT NULL,
    key BLOB NOT NULL,
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
    price INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    billing TEXT,
    code INTEGER,
    outcome TEXT,
    why TEXT,
    data TEXT
) STRICT;
";

/// Makes the tables, or checks that they are this batch's, and takes what the last program left on its way for ambiguous. Tells what was
/// spent so far.
pub(super) async fn prepare(
    connection: &mut SqliteConnection,
    terms: &Terms,
    key: &Fingerprint,
) -> Result<Result<Money, StoreError>, sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::raw_sql(SCHEMA).execute(&mut *transaction).await?;
    sqlx::query("INSERT INTO batch (id, endpoint, target, key, budget, each) VALUES (1, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(&terms.endpoint)
        .bind(&terms.target)
        .bind(&key[..])
        .bind(terms.budget)
        .bind(terms.each)
        .execute(&mut *transaction)
        .await?;
    let batch = sqlx::query("SELECT endpoint, key, forgotten, target FROM batch")
        .fetch_one(&mut *transaction)
        .await?;
    let endpoint: String = batch.get(0);
    if batch.get::<i64, _>(2) != 0 {
        return Ok(Err(StoreError(
            "the people of this ledger are forgotten, and nobody could be known again; begin another batch"
                .to_owned(),
        )));
    }
    if endpoint != terms.endpoint {
        let why = format!(
            "the ledger is of a batch of {endpoint}, not of {}; give each batch its own",
            terms.endpoint
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
    if batch.get::<&[u8], _>(1) != key {
        let why = "this is not the key that the ledger was begun with, and nobody would be known again; give it that key";
        return Ok(Err(StoreError(why.to_owned())));
    }
    // The budget and the price may change between runs.
    sqlx::query("UPDATE batch SET budget = ?, each = ?, spent = spent + reserved, reserved = 0")
        .bind(terms.budget)
        .bind(terms.each)
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE row SET state = ?, spent = spent + price WHERE state = ?")
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
        "SELECT number, person, state, sends, price, spent FROM row WHERE number IN ({marks})
         UNION SELECT number, person, state, sends, price, spent FROM row WHERE person IN ({marks})"
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
        let entry = Entry {
            person: person(found.get(1)),
            state: state(found.get(2)),
            sends: found.get(3),
            price: found.get(4),
            spent: found.get(5),
            settled: None,
        };
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
    // First, since a person of theirs may be that of a new row.
    if !gone.is_empty() {
        statements += "DELETE FROM row WHERE number IN (SELECT value FROM json_each(?));";
    }
    if !new.is_empty() {
        statements += &format!(
            "WITH new (number, person, state, sends, price, spent) AS (VALUES {})
             INSERT INTO row (number, person, state, sends, price, spent) SELECT * FROM new WHERE number IS NOT NULL;",
            rows(new.len(), "(?,?,?,?,?,?)")
        );
    }
    if !other.is_empty() {
        statements += &format!(
            "WITH new (number, state, sends, price, spent, billing, code, outcome, why, data) AS (VALUES {})
             UPDATE row SET state = new.state, sends = new.sends, price = new.price, spent = new.spent, billing = new.billing,
             code = new.code, outcome = new.outcome, why = new.why, data = new.data FROM new WHERE row.number = new.number;",
            rows(other.len(), "(?,?,?,?,?,?,?,?,?,?)")
        );
    }
    statements += "COMMIT";
    let mut query = sqlx::query(AssertSqlSafe(statements)).bind(group.money.spent).bind(group.money.reserved);
    if !gone.is_empty() {
        query = query.bind(json!(gone).to_string());
    }
    for new in filled(&new) {
        query = query
            .bind(new.map(|(row, _)| row.cast_signed()))
            .bind(new.map(|(_, entry)| &entry.person[..]))
            .bind(new.map(|(_, entry)| number_of(entry.state)))
            .bind(new.map(|(_, entry)| entry.sends))
            .bind(new.map(|(_, entry)| entry.price))
            .bind(new.map(|(_, entry)| entry.spent));
    }
    for other in filled(&other) {
        let settled = other.and_then(|(_, entry)| entry.settled.as_ref());
        query = query
            .bind(other.map(|(row, _)| row.cast_signed()))
            .bind(other.map(|(_, entry)| number_of(entry.state)))
            .bind(other.map(|(_, entry)| entry.sends))
            .bind(other.map(|(_, entry)| entry.price))
            .bind(other.map(|(_, entry)| entry.spent))
            .bind(settled.map(|settled| pyi_dynamic::billing(settled.billing)))
            .bind(settled.and_then(|settled| settled.code))
            .bind(settled.map(|settled| settled.outcome.as_str()))
            .bind(settled.and_then(|settled| settled.why.as_deref()))
            .bind(settled.and_then(|settled| settled.data.as_deref()));
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

pub(super) fn state(number: i64) -> State {
    match number {
        SENDING => State::Sending,
        AMBIGUOUS => State::Ambiguous,
        _ => State::Settled,
    }
}

/// Has a batch go on at another target.
pub(super) async fn move_to(connection: &mut SqliteConnection, target: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE batch SET target = ?").bind(target).execute(connection).await.map(drop)
}

/// Erases what the ledger has of people: who they are, and what was replied. What it cost stays. The file is written anew, so that nothing
/// of them is left in it.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("UPDATE row SET person = randomblob(16), why = NULL, data = NULL")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE batch SET forgotten = 1").execute(&mut *transaction).await?;
    transaction.commit().await?;
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    let busy = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    // Whoever reads the ledger keeps old pages of it from being written over.
    if busy.get::<i64, _>(0) != 0 {
        return Err(sqlx::Error::Protocol("somebody reads it at this moment; forget it again".to_owned()));
    }
    Ok(())
}
