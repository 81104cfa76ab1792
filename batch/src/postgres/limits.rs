//! The limits that all workers and all batches of an account share: the interval per person, the
//! rate, and the backoff.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use super::rows::bytes;
use super::{BatchRecord, millis};
use crate::registry::fingerprint;
use crate::store::Fingerprint;

/// Marks people as sent now. Those who were sent less than the interval ago are not marked: the
/// time that each of them has to wait. Part of the reservation's transaction, so that
/// each person who is marked has a reservation.
pub(super) async fn see_people(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    people: Vec<Fingerprint>,
) -> Result<HashMap<Fingerprint, Duration>, Failure> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let interval = millis(batch.person_interval);
    let seen = sqlx::query_scalar::<_, Vec<u8>>(include_str!("sql/see_people.sql"))
        .bind(batch.account)
        .bind(&batch.info.endpoint)
        .bind(bytes(&people))
        .bind(interval)
        .fetch_all(&mut *connection)
        .await?;
    let seen: Vec<Fingerprint> = seen.iter().map(|person| fingerprint(person)).collect();
    let early: Vec<Fingerprint> = people.into_iter().filter(|person| !seen.contains(person)).collect();
    if early.is_empty() {
        return Ok(HashMap::new());
    }
    let waits = sqlx::query(include_str!("sql/people_wait.sql"))
        .bind(batch.account)
        .bind(&batch.info.endpoint)
        .bind(bytes(&early))
        .bind(interval)
        .fetch_all(connection)
        .await?;
    let mut found = HashMap::new();
    for row in &waits {
        let wait = Duration::from_millis(row.try_get::<i64, _>(1)?.try_into().unwrap_or(0));
        found.insert(fingerprint(row.try_get(0)?), wait);
    }
    Ok(found)
}

/// Turns of an account's rate that one worker has drawn: the first one after `wait`, and then one
/// each `step`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Turns {
    /// The time until the first turn.
    pub wait: Duration,
    /// The time between two turns.
    pub step: Duration,
    /// The number of turns.
    pub count: u32,
}

/// Draws turns of an account, which no other worker has then.
pub(super) async fn draw_turns(
    connection: &mut PgConnection,
    account: i32,
    step: Duration,
    count: u32,
) -> Result<Turns, Failure> {
    let micros = i64::try_from(step.as_micros()).unwrap_or(i64::MAX);
    let wait: i64 = sqlx::query_scalar(include_str!("sql/draw_turns.sql"))
        .bind(account)
        .bind(micros.saturating_mul(count.into()))
        .fetch_one(connection)
        .await?;
    Ok(Turns { wait: Duration::from_micros(wait.try_into().unwrap_or(0)), step, count })
}

/// The pause of an account that is throttled.
pub(super) async fn backoff(connection: &mut PgConnection, account: i32) -> Result<Duration, Failure> {
    let pause: i64 = sqlx::query_scalar("SELECT backoff FROM account WHERE no = $1")
        .bind(account)
        .fetch_one(connection)
        .await?;
    Ok(Duration::from_millis(pause.try_into().unwrap_or(0)))
}

/// Changes the pause of an account, if it still is `from`. Of workers that were throttled together,
/// one counts. Returns the pause that holds then.
pub(super) async fn change_backoff(
    connection: &mut PgConnection,
    account: i32,
    from: Duration,
    to: Duration,
) -> Result<Duration, Failure> {
    sqlx::query("UPDATE account SET backoff = $3 WHERE no = $1 AND backoff = $2")
        .bind(account)
        .bind(millis(from))
        .bind(millis(to))
        .execute(&mut *connection)
        .await?;
    backoff(connection, account).await
}
