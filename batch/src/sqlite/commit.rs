//! The writes of a ledger: one transaction for each group of commands, one function for each
//! statement.

use pyi_runtime::StatusCode;
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row as _, SqliteConnection};

use super::statements::{Statements, filled, placeholders};
use crate::attempt::AttemptId;
use crate::registry::fingerprint;
use crate::row_lifecycle::{Change, Entry, Funds, Transaction};
use crate::store::{Fingerprint, RowOutcome, RowState};

/// A row that is about to be sent, or in flight.
pub(super) const SENDING: i64 = 0;
/// A row without an answer: it is unknown whether it was billed.
pub(super) const AMBIGUOUS: i64 = 1;
/// A row with an answer, or given up.
pub(super) const SETTLED: i64 = 2;

/// The columns of an entry.
const ENTRY: &str = "number, person, attempt, state, sends, price, spent";

/// Begins a transaction, and reads in it what a group of commands decides by: the money, the
/// generation, and the rows with one of these numbers or people. What was read before does not
/// count: another program may have written since.
pub(super) async fn begin(
    connection: &mut SqliteConnection,
    funds: Funds,
    numbers: &[u64],
    people: &[Fingerprint],
) -> Result<(Funds, i64, Vec<(u64, Entry)>), sqlx::Error> {
    // One SELECT. Its first row is the batch, in the columns of an entry.
    let mut statements = Statements::new(
        "BEGIN IMMEDIATE; SELECT generation, NULL, NULL, NULL, NULL, reserved, spent FROM batch",
    );
    if !numbers.is_empty() {
        statements.push(" UNION ALL ");
        select_by_number(&mut statements, numbers);
    }
    if !people.is_empty() {
        statements.push(" UNION ALL ");
        select_by_person(&mut statements, people);
    }
    let found = statements.fetch(connection).await?;
    let mut rows = found.iter();
    let batch = rows.next().ok_or(sqlx::Error::RowNotFound)?;
    let funds = Funds { spent: batch.get(6), reserved: batch.get(5), ..funds };
    Ok((funds, batch.get(0), rows.map(entry).collect()))
}

/// The rows of these numbers.
pub(super) async fn rows(
    connection: &mut SqliteConnection,
    numbers: &[u64],
) -> Result<Vec<(u64, Entry)>, sqlx::Error> {
    let mut statements = Statements::default();
    select_by_number(&mut statements, numbers);
    Ok(statements.fetch(connection).await?.iter().map(entry).collect())
}

fn select_by_number(statements: &mut Statements, numbers: &[u64]) {
    let numbers_in = placeholders(numbers.len(), "?");
    statements.push(&format!("SELECT {ENTRY} FROM row WHERE number IN ({numbers_in})"));
    for number in filled(numbers) {
        statements.bind(number.map(|number| number.cast_signed()));
    }
}

fn select_by_person(statements: &mut Statements, people: &[Fingerprint]) {
    let people_in = placeholders(people.len(), "?");
    statements.push(&format!("SELECT {ENTRY} FROM row WHERE person IN ({people_in})"));
    for person in filled(people) {
        statements.bind(person.map(|person| &person[..]));
    }
}

fn entry(found: &SqliteRow) -> (u64, Entry) {
    let entry = Entry {
        person: fingerprint(found.get(1)),
        attempt: AttemptId(fingerprint(found.get(2))),
        state: state(found.get(3)),
        sends: found.get(4),
        price: found.get(5),
        spent: found.get(6),
        outcome: None,
    };
    (found.get::<i64, _>(0).cast_unsigned(), entry)
}

/// Writes the changes of a transaction, and commits it. After an error, the connection may hold an
/// open transaction.
pub(super) async fn commit(
    connection: &mut SqliteConnection,
    transaction: &Transaction,
) -> Result<(), sqlx::Error> {
    let (mut new, mut states, mut outcomes, mut deleted) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (row, change) in transaction.changes() {
        match change {
            Change::New(entry) => new.push((row, entry)),
            Change::State(entry) => states.push((row, entry)),
            Change::Outcome(entry, outcome) => outcomes.push((row, entry, outcome)),
            Change::Deleted => deleted.push(row),
        }
    }
    let mut statements = Statements::default();
    update_batch(&mut statements, transaction.funds);
    // First, since a new row may have the person of a deleted one.
    if !deleted.is_empty() {
        delete_rows(&mut statements, &deleted);
    }
    if !new.is_empty() {
        insert_rows(&mut statements, &new);
    }
    if !states.is_empty() {
        update_states(&mut statements, &states);
    }
    if !outcomes.is_empty() {
        update_outcomes(&mut statements, &outcomes);
    }
    statements.push("COMMIT");
    statements.execute(connection).await
}

fn update_batch(statements: &mut Statements, funds: Funds) {
    statements.push("UPDATE batch SET spent = ?, reserved = ?, generation = generation + 1;");
    statements.bind(funds.spent);
    statements.bind(funds.reserved);
}

fn delete_rows(statements: &mut Statements, rows: &[u64]) {
    statements.push("DELETE FROM row WHERE number IN (SELECT value FROM json_each(?));");
    statements.bind(json!(rows).to_string());
}

/// A row whose columns are all NULL is not written: it fills up the statement. So in the two below.
fn insert_rows(statements: &mut Statements, rows: &[(u64, &Entry)]) {
    let values = placeholders(rows.len(), "(?,?,?,?,?,?,?)");
    statements.push(&format!(
        "WITH new (number, person, attempt, state, sends, price, spent) AS (VALUES {values})
         INSERT INTO row (number, person, attempt, state, sends, price, spent, sent_at)
         SELECT *, unixepoch() FROM new WHERE number IS NOT NULL;"
    ));
    for row in filled(rows) {
        statements.bind(row.map(|(number, _)| number.cast_signed()));
        statements.bind(row.map(|(_, entry)| &entry.person[..]));
        statements.bind(row.map(|(_, entry)| &entry.attempt.0[..]));
        bind_counts(statements, row.map(|(_, entry)| *entry));
    }
}

/// A send has its time. A row whose latest send was taken back has none: that of the one before is
/// not kept.
fn update_states(statements: &mut Statements, rows: &[(u64, &Entry)]) {
    let values = placeholders(rows.len(), "(?,?,?,?,?,?)");
    statements.push(&format!(
        "WITH new (number, attempt, state, sends, price, spent) AS (VALUES {values})
         UPDATE row SET attempt = new.attempt, state = new.state, sends = new.sends, price = new.price,
         spent = new.spent, sent_at = CASE new.state WHEN 0 THEN unixepoch() END FROM new WHERE row.number = new.number;"
    ));
    for row in filled(rows) {
        statements.bind(row.map(|(number, _)| number.cast_signed()));
        statements.bind(row.map(|(_, entry)| &entry.attempt.0[..]));
        bind_counts(statements, row.map(|(_, entry)| *entry));
    }
}

/// An outcome without an answer adds to the earlier one: the earlier error and payload stay where
/// it has none.
fn update_outcomes(statements: &mut Statements, rows: &[(u64, &Entry, &RowOutcome)]) {
    let values = placeholders(rows.len(), "(?,?,?,?,?,?,?,?,?,?,?)");
    statements.push(&format!(
        "WITH new (number, state, sends, price, spent, billing, code, outcome, error, data, adds) AS (VALUES {values})
         UPDATE row SET state = new.state, sends = new.sends, price = new.price, spent = new.spent,
         billing = new.billing, code = new.code, outcome = new.outcome,
         error = coalesce(new.error, iif(new.adds, row.error, NULL)),
         data = coalesce(new.data, iif(new.adds, row.data, NULL)) FROM new WHERE row.number = new.number;"
    ));
    for row in filled(rows) {
        let outcome = row.map(|(.., outcome)| *outcome);
        statements.bind(row.map(|(number, ..)| number.cast_signed()));
        bind_counts(statements, row.map(|(_, entry, _)| *entry));
        statements.bind(outcome.map(|outcome| outcome.billing.as_str()));
        bind_code(statements, outcome.and_then(|outcome| outcome.code));
        statements.bind(outcome.map(|outcome| outcome.outcome.as_str()));
        statements.bind(outcome.and_then(|outcome| outcome.error.as_deref()));
        statements.bind(outcome.and_then(|outcome| outcome.data.as_deref()));
        statements.bind(outcome.map(|outcome| !outcome.is_answer()));
    }
}

/// Binds a status code: a number as a number.
pub(super) fn bind_code(statements: &mut Statements, code: Option<StatusCode>) {
    match code.map(|code| (code.number(), code)) {
        Some((None, code)) => statements.bind(code.to_string()),
        number => statements.bind(number.and_then(|(number, _)| number)),
    }
}

/// Binds the state, the sends, the price and the cost of a row.
fn bind_counts(statements: &mut Statements, entry: Option<&Entry>) {
    statements.bind(entry.map(|entry| number_of(entry.state)));
    statements.bind(entry.map(|entry| entry.sends));
    statements.bind(entry.map(|entry| entry.price));
    statements.bind(entry.map(|entry| entry.spent));
}

/// Ends a transaction that changed nothing.
pub(super) async fn roll_back(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql("ROLLBACK").execute(connection).await.map(drop)
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

/// Erases what the ledger has of people: who they are, and what was replied. What it cost stays.
/// The file is written anew, so that nothing of them is left in it.
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
        return Err(sqlx::Error::Protocol("a program is reading it; run forget again".to_owned()));
    }
    Ok(())
}
