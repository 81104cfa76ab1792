//! The rows and the money of a ledger: each statement that changes them.

use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Connection, Row as _, SqliteConnection};

use super::transaction::{Change, Entry, Group, Money};
use crate::registry::fingerprint;
use crate::store::{Fingerprint, RowState};

/// A row that is about to be sent, or on its way.
pub(super) const SENDING: i64 = 0;
/// A row without an answer: it is unknown whether it was billed.
pub(super) const AMBIGUOUS: i64 = 1;
/// A row with an answer, or given up.
pub(super) const SETTLED: i64 = 2;

/// The columns of an entry.
const ENTRY: &str = "number, person, attempt, state, sends, price, spent";

/// Begins a transaction, and reads in it what a group of commands needs: the money, the generation, and the rows that have one of these numbers
/// or people. Nothing that was read before counts: another writer may have been there.
pub(super) async fn begin(
    connection: &mut SqliteConnection,
    money: Money,
    numbers: &[u64],
    people: &[Fingerprint],
) -> Result<(Money, i64, Vec<(u64, Entry)>), sqlx::Error> {
    // One SELECT, since each statement of a connection is an answer to wait for. The first row is the batch, in the columns of an entry.
    let mut statements =
        "BEGIN IMMEDIATE; SELECT generation, NULL, NULL, NULL, NULL, reserved, spent FROM batch".to_owned();
    if !numbers.is_empty() {
        statements +=
            &format!(" UNION ALL SELECT {ENTRY} FROM row WHERE number IN ({})", marks(numbers.len()));
    }
    if !people.is_empty() {
        statements +=
            &format!(" UNION ALL SELECT {ENTRY} FROM row WHERE person IN ({})", marks(people.len()));
    }
    let mut query = sqlx::query(AssertSqlSafe(statements));
    for number in filled(numbers) {
        query = query.bind(number.map(|number| number.cast_signed()));
    }
    for person in filled(people) {
        query = query.bind(person.map(|person| &person[..]));
    }
    let found = query.fetch_all(connection).await?;
    let mut rows = found.iter();
    let batch = rows.next().ok_or(sqlx::Error::RowNotFound)?;
    let money = Money { spent: batch.get(6), reserved: batch.get(5), ..money };
    Ok((money, batch.get(0), rows.map(entry).collect()))
}

/// The rows of these numbers.
pub(super) async fn rows(
    connection: &mut SqliteConnection,
    numbers: &[u64],
) -> Result<Vec<(u64, Entry)>, sqlx::Error> {
    let statement = format!("SELECT {ENTRY} FROM row WHERE number IN ({})", marks(numbers.len()));
    let mut query = sqlx::query(AssertSqlSafe(statement));
    for number in filled(numbers) {
        query = query.bind(number.map(|number| number.cast_signed()));
    }
    Ok(query.fetch_all(connection).await?.iter().map(entry).collect())
}

/// Placeholders for so many values, filled up.
fn marks(count: usize) -> String {
    if count == 0 { String::new() } else { vec!["?"; count.next_power_of_two()].join(",") }
}

fn entry(found: &SqliteRow) -> (u64, Entry) {
    let entry = Entry {
        person: fingerprint(found.get(1)),
        attempt: fingerprint(found.get(2)),
        state: state(found.get(3)),
        sends: found.get(4),
        price: found.get(5),
        spent: found.get(6),
        settled: None,
    };
    (found.get::<i64, _>(0).cast_unsigned(), entry)
}

/// Writes what a group changed, and commits it. After an error, it is unknown what the connection still has open.
pub(super) async fn commit(connection: &mut SqliteConnection, group: &Group) -> Result<(), sqlx::Error> {
    let (mut new, mut moved, mut settled, mut gone) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (row, change) in group.changes() {
        match change {
            Change::New(entry) => new.push((row, entry)),
            Change::State(entry) => moved.push((row, entry)),
            Change::Outcome(entry, outcome) => settled.push((row, entry, outcome)),
            Change::Gone => gone.push(row),
        }
    }
    // A row whose columns are all NULL is none: it fills up the statement.
    let rows = |count: usize, columns: &'static str| vec![columns; count.next_power_of_two()].join(",");
    let mut statements = "UPDATE batch SET spent = ?, reserved = ?, generation = generation + 1;".to_owned();
    // First, since a person of theirs may be that of a new row.
    if !gone.is_empty() {
        statements += "DELETE FROM row WHERE number IN (SELECT value FROM json_each(?));";
    }
    if !new.is_empty() {
        statements += &format!(
            "WITH new (number, person, attempt, state, sends, price, spent) AS (VALUES {})
             INSERT INTO row (number, person, attempt, state, sends, price, spent) SELECT * FROM new WHERE number IS NOT NULL;",
            rows(new.len(), "(?,?,?,?,?,?,?)")
        );
    }
    if !moved.is_empty() {
        statements += &format!(
            "WITH new (number, attempt, state, sends, price, spent) AS (VALUES {})
             UPDATE row SET attempt = new.attempt, state = new.state, sends = new.sends, price = new.price, spent = new.spent
             FROM new WHERE row.number = new.number;",
            rows(moved.len(), "(?,?,?,?,?,?)")
        );
    }
    if !settled.is_empty() {
        // Without an answer, an earlier reason and an earlier payload are still all that is known of the row.
        statements += &format!(
            "WITH new (number, state, sends, price, spent, billing, code, outcome, error, data, adds) AS (VALUES {})
             UPDATE row SET state = new.state, sends = new.sends, price = new.price, spent = new.spent, billing = new.billing,
             code = new.code, outcome = new.outcome, error = coalesce(new.error, iif(new.adds, row.error, NULL)),
             data = coalesce(new.data, iif(new.adds, row.data, NULL)) FROM new WHERE row.number = new.number;",
            rows(settled.len(), "(?,?,?,?,?,?,?,?,?,?,?)")
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
            .bind(new.map(|(_, entry)| &entry.attempt[..]))
            .bind(new.map(|(_, entry)| number_of(entry.state)))
            .bind(new.map(|(_, entry)| entry.sends))
            .bind(new.map(|(_, entry)| entry.price))
            .bind(new.map(|(_, entry)| entry.spent));
    }
    for moved in filled(&moved) {
        query = query
            .bind(moved.map(|(row, _)| row.cast_signed()))
            .bind(moved.map(|(_, entry)| &entry.attempt[..]))
            .bind(moved.map(|(_, entry)| number_of(entry.state)))
            .bind(moved.map(|(_, entry)| entry.sends))
            .bind(moved.map(|(_, entry)| entry.price))
            .bind(moved.map(|(_, entry)| entry.spent));
    }
    for settled in filled(&settled) {
        query = query
            .bind(settled.map(|(row, ..)| row.cast_signed()))
            .bind(settled.map(|(_, entry, _)| number_of(entry.state)))
            .bind(settled.map(|(_, entry, _)| entry.sends))
            .bind(settled.map(|(_, entry, _)| entry.price))
            .bind(settled.map(|(_, entry, _)| entry.spent))
            .bind(settled.map(|(.., outcome)| outcome.billing.as_str()))
            .bind(settled.and_then(|(.., outcome)| outcome.code))
            .bind(settled.map(|(.., outcome)| outcome.outcome.as_str()))
            .bind(settled.and_then(|(.., outcome)| outcome.why.as_deref()))
            .bind(settled.and_then(|(.., outcome)| outcome.data.as_deref()))
            .bind(settled.map(|(.., outcome)| !outcome.is_answer()));
    }
    query.execute(connection).await.map(drop)
}

/// Ends a transaction that changed nothing.
pub(super) async fn roll_back(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("ROLLBACK").execute(connection).await.map(drop)
}

/// Items up to a power of two, none behind the last: so there are few statements, and each is prepared once.
fn filled<T>(items: &[T]) -> impl Iterator<Item = Option<&T>> {
    let size = if items.is_empty() { 0 } else { items.len().next_power_of_two() };
    items.iter().map(Some).chain(std::iter::repeat(None)).take(size)
}

fn number_of(state: RowState) -> i64 {
    match state {
        RowState::Sending => SENDING,
        RowState::Ambiguous => AMBIGUOUS,
        RowState::Settled => SETTLED,
    }
}

pub(super) fn state(number: i64) -> RowState {
    match number {
        SENDING => RowState::Sending,
        AMBIGUOUS => RowState::Ambiguous,
        _ => RowState::Settled,
    }
}

/// Has a batch go on at another target.
pub(super) async fn move_to(connection: &mut SqliteConnection, target: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE batch SET target = ?, generation = generation + 1")
        .bind(target)
        .execute(connection)
        .await
        .map(drop)
}

/// Notes people whom other batches had sent, and who may be sent by this one.
pub(super) async fn accept(
    connection: &mut SqliteConnection,
    people: &[Fingerprint],
) -> Result<(), sqlx::Error> {
    let people: Vec<String> = people.iter().map(hex::encode).collect();
    sqlx::query("INSERT OR IGNORE INTO accepted SELECT unhex(value) FROM json_each(?)")
        .bind(json!(people).to_string())
        .execute(connection)
        .await
        .map(drop)
}

/// Erases what the ledger has of people: who they are, and what was replied. What it cost stays. The file is written anew, so that nothing
/// of them is left in it.
pub(super) async fn forget(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let mut transaction = connection.begin().await?;
    sqlx::query("UPDATE row SET person = randomblob(16), error = NULL, data = NULL")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("DELETE FROM accepted").execute(&mut *transaction).await?;
    sqlx::query("UPDATE batch SET forgotten = 1, generation = generation + 1")
        .execute(&mut *transaction)
        .await?;
    transaction.commit().await?;
    sqlx::query("VACUUM").execute(&mut *connection).await?;
    let busy = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
    // A program that reads the ledger keeps old pages of it from being written over.
    if busy.get::<i64, _>(0) != 0 {
        return Err(sqlx::Error::Protocol("somebody reads it at this moment; forget it again".to_owned()));
    }
    Ok(())
}
