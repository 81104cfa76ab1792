//! One transaction of the ledger: it settles and releases attempts of one chunk, and reserves
//! others.
//!
//! Why it is safe under `READ COMMITTED`, where each statement sees what was committed before it
//! began:
//!
//! - **A row is changed by one transaction at a time.** Every transaction that changes a row of a
//!   chunk, or the chunk's money, first locks the chunk (`FOR UPDATE`); that of a worker, of its
//!   late answer, and of the recovery. The rows are read by a later statement, which sees
//!   everything that earlier holders of the lock have committed. So a decision in memory is about
//!   rows that stay as they are until the commit.
//! - **A person has one row.** Another chunk may reserve the same person at the same time, under
//!   another lock. The unique key of batch and person decides: the insertion waits for the other
//!   transaction. If that one commits, fewer rows are inserted than were decided, this transaction
//!   is rolled back and repeated, and its reading finds the other row.
//! - **A dead worker reserves nothing.** A transaction that reserves holds its worker's row
//!   (`FOR KEY SHARE`); the recovery takes `FOR UPDATE` and only then declares the worker dead: it
//!   deletes the row. Either the reservation is committed first, and the recovery finds it, or the
//!   worker is dead, and reserves nothing. A heartbeat (`FOR NO KEY UPDATE`) waits for no
//!   reservation, and none waits for it.
//! - **The budget holds.** Money moves from the batch to a chunk under a lock of the batch, and a
//!   chunk spends no more than it was granted. Two checks in the tables hold the same.
//! - **No deadlock.** Locks are taken in one order: worker, chunk (one), batch, people of the
//!   interval by person, people of new rows by person. A transaction that deletes rows inserts
//!   none.
//! - **A lost answer to a commit costs nothing.** The same attempts are reserved again by another
//!   transaction, which writes, so that its acknowledgement covers what the first one may have
//!   written: on a server with a synchronous standby, a row that can be read may not be safe yet.
//!   Nothing is sent before that.

use std::collections::HashMap;
use std::time::Duration;

use sqlx::{AssertSqlSafe, PgConnection};

use super::BatchRecord;
use super::chunk::LockedChunk;
use super::link::Failure;
use super::{limits, rows};
use crate::attempt::Attempt;
use crate::row_lifecycle::{Change, Transaction};
use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowState};

/// The end of an attempt.
#[derive(Debug, Clone, Copy)]
pub(super) enum End<'a> {
    Settled(&'a RowOutcome),
    Released,
}

/// A row that is to be reserved.
pub(super) type Wanted = (Attempt, Fingerprint, OnAmbiguous);

/// What one transaction does to a chunk.
#[derive(Debug)]
pub(super) struct Work<'a> {
    pub(super) chunk: i64,
    pub(super) ends: Vec<(Attempt, End<'a>)>,
    pub(super) wanted: Vec<Wanted>,
    /// Whether an earlier try may have been committed.
    pub(super) is_repeated: bool,
}

/// The answers to the rows that were to be reserved, in their order. `None`: another transaction
/// has reserved one of the people; the work is to be done again.
pub(super) type Done = Option<Vec<Reservation>>;

/// Begins a transaction. One whose program is stopped, or whose network is cut, does not keep its
/// locks. The plans are those of large tables, and made once: the statements are written so that a
/// plan which is made while a table is empty is the same.
pub(super) async fn begin(connection: &mut PgConnection, limit: Duration) -> Result<(), Failure> {
    begin_with(connection, limit, "").await.map(drop)
}

async fn begin_with(
    connection: &mut PgConnection,
    limit: Duration,
    then: &str,
) -> Result<Option<sqlx::postgres::PgRow>, Failure> {
    let limit = limit.as_millis().max(1);
    let text = format!(
        "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL statement_timeout = {limit};
         SET LOCAL idle_in_transaction_session_timeout = {limit};
         SET LOCAL plan_cache_mode = force_generic_plan;
         SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; {then}"
    );
    Ok(sqlx::raw_sql(AssertSqlSafe(text)).fetch_optional(connection).await?)
}

/// Begins a transaction of a worker that is alive, and stays so until its end. `false` for one that
/// was declared dead.
pub(super) async fn begin_alive(
    connection: &mut PgConnection,
    limit: Duration,
    worker: i64,
) -> Result<bool, Failure> {
    let alive = format!("SELECT no FROM worker WHERE no = {worker} FOR KEY SHARE");
    Ok(begin_with(connection, limit, &alive).await?.is_some())
}

pub(super) async fn end(connection: &mut PgConnection, statement: &'static str) -> Result<(), Failure> {
    sqlx::raw_sql(statement).execute(connection).await?;
    Ok(())
}

/// Does the work of one transaction, and commits it.
pub(super) async fn transact(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    (worker, limit): (i64, Duration),
    work: &Work<'_>,
) -> Result<Done, Failure> {
    let is_alive = match work.wanted.is_empty() {
        true => {
            begin(connection, limit).await?;
            false
        }
        false => begin_alive(connection, limit, worker).await?,
    };
    let Some(mut chunk) = LockedChunk::lock(connection, batch.no, work.chunk).await? else {
        end(connection, "ROLLBACK").await?;
        return Ok(Some(vec![Reservation::NotHeld; work.wanted.len()]));
    };
    let refusal = match () {
        () if !is_alive || chunk.owner != Some(worker) => Some(Reservation::NotHeld),
        () if chunk.is_stopped => Some(Reservation::Stopped),
        () => None,
    };
    let stored = read(connection, batch, work).await?;
    let before: HashMap<u64, RowState> = stored.iter().map(|(row, entry)| (*row, entry.state)).collect();
    // Attempts that an earlier try has reserved.
    let known: Vec<Attempt> = stored
        .iter()
        .filter(|(_, entry)| entry.state == RowState::Sending)
        .map(|(row, entry)| Attempt { row: *row, id: entry.attempt })
        .collect();
    let mut transaction = Transaction::new(chunk.funds(batch.unit_price), stored);
    for (attempt, end) in &work.ends {
        match end {
            End::Settled(outcome) => transaction.settle(*attempt, outcome),
            End::Released => transaction.release(*attempt),
        }
    }
    (chunk.spent, chunk.reserved) = (transaction.funds.spent, transaction.funds.reserved);
    let reservations = match refusal {
        Some(refusal) => vec![refusal; work.wanted.len()],
        None => reserve(connection, batch, (&mut chunk, &mut transaction), (&work.wanted, &known)).await?,
    };
    if !transaction.is_changed() && !work.is_repeated {
        end(connection, "ROLLBACK").await?;
        return Ok(Some(reservations));
    }
    for (row, change) in transaction.changes() {
        let after = match change {
            Change::New(entry) | Change::State(entry) | Change::Outcome(entry, _) => Some(entry.state),
            Change::Deleted => {
                if chunk.owner != Some(worker) {
                    chunk.reopen();
                }
                None
            }
        };
        chunk.count(before.get(&row).copied(), after);
    }
    (chunk.spent, chunk.reserved) = (transaction.funds.spent, transaction.funds.reserved);
    chunk.return_rest(connection).await?;
    if !rows::write(connection, batch.no, &batch.key, &transaction).await? {
        end(connection, "ROLLBACK").await?;
        return Ok(None);
    }
    chunk.write(connection).await?;
    end(connection, "COMMIT").await?;
    Ok(Some(reservations))
}

/// The rows that the work decides by, read under the lock of the chunk.
async fn read(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    work: &Work<'_>,
) -> Result<Vec<(u64, crate::row_lifecycle::Entry)>, Failure> {
    let mut numbers: Vec<i64> = work.ends.iter().map(|(attempt, _)| attempt.row.cast_signed()).collect();
    numbers.extend(work.wanted.iter().map(|(attempt, ..)| attempt.row.cast_signed()));
    let people: Vec<Fingerprint> = work.wanted.iter().map(|(_, person, _)| *person).collect();
    rows::read(connection, batch.no, &numbers, &rows::bytes(&people)).await
}

/// Reserves rows in memory, after the money for them has moved to the chunk.
async fn reserve(
    connection: &mut PgConnection,
    batch: &BatchRecord,
    (chunk, transaction): (&mut LockedChunk, &mut Transaction),
    (wanted, known): (&[Wanted], &[Attempt]),
) -> Result<Vec<Reservation>, Failure> {
    if wanted.is_empty() {
        return Ok(Vec::new());
    }
    let count = i64::try_from(wanted.len()).unwrap_or(i64::MAX);
    let is_funded = chunk.fund(connection, count, batch.unit_price).await?;
    transaction.funds.budget = chunk.granted;
    let mut reservations: Vec<Reservation> = wanted
        .iter()
        .map(|(attempt, person, on_ambiguous)| transaction.reserve(*attempt, *person, *on_ambiguous))
        .collect();
    if !is_funded {
        // Only now, while the batch is locked and no money moves.
        let is_held = chunk.is_budget_held(connection, transaction.funds.reserved).await?;
        let refusal = if is_held { Reservation::BudgetHeld } else { Reservation::BudgetUsed };
        for reservation in &mut reservations {
            if matches!(reservation, Reservation::BudgetHeld | Reservation::BudgetUsed) {
                *reservation = refusal;
            }
        }
    }
    if !batch.person_interval.is_zero() {
        let new: Vec<usize> = (0..wanted.len())
            .filter(|at| reservations[*at] == Reservation::Send && !known.contains(&wanted[*at].0))
            .collect();
        let people: Vec<Fingerprint> = new.iter().map(|at| wanted[*at].1).collect();
        let waits = limits::see_people(connection, batch, people).await?;
        for at in new {
            if let Some(wait) = waits.get(&wanted[at].1) {
                transaction.release(wanted[at].0);
                reservations[at] = Reservation::TooSoon(*wait);
            }
        }
    }
    Ok(reservations)
}
