//! The rows of a chunk in PostgreSQL: read by number and by person, and written together.

use pyi_runtime::StatusCode;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use super::seal::{DataKey, Kind};
use crate::attempt::AttemptId;
use crate::registry::fingerprint;
use crate::row_lifecycle::{Change, Entry, Transaction};
use crate::store::{Fingerprint, RowState};

pub(super) fn number_of(state: RowState) -> i16 {
    match state {
        RowState::Sending => 0,
        RowState::Ambiguous => 1,
        RowState::Settled => 2,
    }
}

pub(super) fn state(number: i16) -> RowState {
    match number {
        0 => RowState::Sending,
        1 => RowState::Ambiguous,
        _ => RowState::Settled,
    }
}

/// The rows of a batch with one of these numbers or people.
pub(super) async fn read(
    connection: &mut PgConnection,
    batch: i32,
    numbers: &[i64],
    people: &[&[u8]],
) -> Result<Vec<(u64, Entry)>, Failure> {
    let found = sqlx::query(include_str!("sql/read_rows.sql"))
        .bind(batch)
        .bind(numbers)
        .bind(people)
        .fetch_all(connection)
        .await?;
    let mut entries = Vec::new();
    for row in &found {
        entries.push((row.try_get::<i64, _>(0)?.cast_unsigned(), entry(row)?));
    }
    Ok(entries)
}

fn entry(row: &PgRow) -> Result<Entry, sqlx::Error> {
    Ok(Entry {
        person: fingerprint(row.try_get(1)?),
        attempt: AttemptId(fingerprint(row.try_get(2)?)),
        state: state(row.try_get(3)?),
        sends: row.try_get::<i32, _>(4)?.into(),
        price: row.try_get(5)?,
        spent: row.try_get(6)?,
        outcome: None,
    })
}

/// Rows to write, a list for each column.
#[derive(Default)]
struct Columns {
    numbers: Vec<i64>,
    people: Vec<Vec<u8>>,
    attempts: Vec<Vec<u8>>,
    states: Vec<i16>,
    sends: Vec<i32>,
    prices: Vec<i64>,
    spent: Vec<i64>,
    billing: Vec<&'static str>,
    codes: Vec<Option<String>>,
    outcomes: Vec<&'static str>,
    errors: Vec<Option<Vec<u8>>>,
    data: Vec<Option<Vec<u8>>>,
    /// Whether an outcome is no answer, and adds to the earlier one.
    adds: Vec<bool>,
}

impl Columns {
    fn push(&mut self, number: u64, entry: &Entry) {
        self.numbers.push(number.cast_signed());
        self.people.push(entry.person.to_vec());
        self.attempts.push(entry.attempt.0.to_vec());
        self.states.push(number_of(entry.state));
        self.sends.push(entry.sends.try_into().unwrap_or(i32::MAX));
        self.prices.push(entry.price);
        self.spent.push(entry.spent);
    }
}

/// Writes the changes of a transaction. `false` if another transaction has committed the person of
/// a new row since the rows were read: nothing of this one may be committed then.
pub(super) async fn write(
    connection: &mut PgConnection,
    batch: i32,
    key: &DataKey,
    transaction: &Transaction,
) -> Result<bool, Failure> {
    let (mut new, mut states, mut outcomes) = (Columns::default(), Columns::default(), Columns::default());
    let mut deleted: Vec<i64> = Vec::new();
    for (number, change) in transaction.changes() {
        match change {
            Change::New(entry) => new.push(number, entry),
            Change::State(entry) => states.push(number, entry),
            Change::Outcome(entry, outcome) => {
                outcomes.push(number, entry);
                outcomes.billing.push(outcome.billing.as_str());
                outcomes.codes.push(outcome.code.map(|code: StatusCode| code.to_string()));
                outcomes.outcomes.push(outcome.outcome.as_str());
                let sealed = |kind: Kind, text: &Option<String>| match text {
                    Some(text) => key.seal(kind, number, text).map(Some),
                    None => Ok(None),
                };
                outcomes.errors.push(sealed(Kind::Error, &outcome.error).map_err(Failure::Final)?);
                outcomes.data.push(sealed(Kind::Data, &outcome.data).map_err(Failure::Final)?);
                outcomes.adds.push(!outcome.is_answer());
            }
            Change::Deleted => deleted.push(number.cast_signed()),
        }
    }
    if !deleted.is_empty() {
        let delete = sqlx::query(include_str!("sql/delete_rows.sql")).bind(batch).bind(&deleted);
        delete.execute(&mut *connection).await?;
    }
    let expected = new.numbers.len();
    if expected + states.numbers.len() + outcomes.numbers.len() == 0 {
        return Ok(true);
    }
    let inserted: i64 = sqlx::query_scalar(include_str!("sql/write_rows.sql"))
        .bind(batch)
        .bind(new.numbers)
        .bind(new.people)
        .bind(new.attempts)
        .bind(new.states)
        .bind(new.sends)
        .bind(new.prices)
        .bind(new.spent)
        .bind(states.numbers)
        .bind(states.attempts)
        .bind(states.states)
        .bind(states.sends)
        .bind(states.prices)
        .bind(states.spent)
        .bind(outcomes.numbers)
        .bind(outcomes.states)
        .bind(outcomes.sends)
        .bind(outcomes.prices)
        .bind(outcomes.spent)
        .bind(outcomes.billing)
        .bind(outcomes.codes)
        .bind(outcomes.outcomes)
        .bind(outcomes.errors)
        .bind(outcomes.data)
        .bind(outcomes.adds)
        .fetch_one(connection)
        .await?;
    Ok(usize::try_from(inserted).is_ok_and(|inserted| inserted == expected))
}

/// The bytes of each of these people.
pub(super) fn bytes(people: &[Fingerprint]) -> Vec<&[u8]> {
    people.iter().map(|person| &person[..]).collect()
}
