//! A chunk of rows: its owner, its money and its counts. A change of a chunk, or of a row of it,
//! locks the chunk first, and reads what it decides by after that.

use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use crate::row_lifecycle::Funds;
use crate::store::RowState;

/// A chunk as it is while this transaction has its lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LockedChunk {
    batch: i32,
    no: i64,
    pub(super) rows: i64,
    /// The worker that holds it.
    pub(super) owner: Option<i64>,
    pub(super) done: bool,
    /// Whether a row was released by a worker that does not hold the chunk: it is not sent, and the
    /// holder may have passed it.
    pub(super) again: bool,
    /// How many workers were declared dead while they held it.
    pub(super) taken_over: i32,
    /// The part of the budget that has moved to the chunk, spent or not.
    pub(super) granted: i64,
    pub(super) spent: i64,
    pub(super) reserved: i64,
    pub(super) settled: i64,
    pub(super) ambiguous: i64,
    pub(super) sending: i64,
    /// Whether its batch is stopped.
    pub(super) is_stopped: bool,
}

impl LockedChunk {
    /// Locks a chunk until the end of the transaction. `None` for a chunk that the batch has not.
    pub(super) async fn lock(
        connection: &mut PgConnection,
        batch: i32,
        no: i64,
    ) -> Result<Option<Self>, Failure> {
        let found = sqlx::query(include_str!("sql/lock_chunk.sql"))
            .bind(batch)
            .bind(no)
            .fetch_optional(connection)
            .await?;
        let Some(found) = found else { return Ok(None) };
        Ok(Some(Self {
            batch,
            no,
            rows: found.try_get(0)?,
            owner: found.try_get(1)?,
            done: found.try_get(2)?,
            taken_over: found.try_get(3)?,
            granted: found.try_get(4)?,
            spent: found.try_get(5)?,
            reserved: found.try_get(6)?,
            settled: found.try_get(7)?,
            ambiguous: found.try_get(8)?,
            sending: found.try_get(9)?,
            is_stopped: found.try_get(10)?,
            again: found.try_get(11)?,
        }))
    }

    pub(super) async fn write(&self, connection: &mut PgConnection) -> Result<(), Failure> {
        sqlx::query(include_str!("sql/write_chunk.sql"))
            .bind(self.batch)
            .bind(self.no)
            .bind(self.owner)
            .bind(self.done)
            .bind(self.taken_over)
            .bind(self.granted)
            .bind(self.spent)
            .bind(self.reserved)
            .bind(self.settled)
            .bind(self.ambiguous)
            .bind(self.sending)
            .bind(self.again)
            .execute(connection)
            .await?;
        Ok(())
    }

    /// Its money, for the rules of a row. Its budget is what was granted to it.
    pub(super) fn funds(&self, unit_price: i64) -> Funds {
        Funds { budget: self.granted, unit_price, spent: self.spent, reserved: self.reserved }
    }

    /// Counts a row that changed from one state to another. `None` is a row that the ledger does
    /// not have.
    pub(super) fn count(&mut self, before: Option<RowState>, after: Option<RowState>) {
        for (state, change) in [(before, -1), (after, 1)] {
            match state {
                Some(RowState::Sending) => self.sending += change,
                Some(RowState::Ambiguous) => self.ambiguous += change,
                Some(RowState::Settled) => self.settled += change,
                None => {}
            }
        }
    }

    /// Notes that a row was released by a worker that does not hold the chunk.
    pub(super) fn reopen(&mut self) {
        self.done = false;
        self.again = true;
    }

    /// Makes the rows that are in flight ambiguous, and their prices spent.
    pub(super) fn hold(&mut self) {
        self.spent += self.reserved;
        self.reserved = 0;
        self.ambiguous += self.sending;
        self.sending = 0;
    }

    /// Returns the money that a chunk without an owner does not need: money that waits there could
    /// be had by no worker.
    pub(super) async fn return_rest(&mut self, connection: &mut PgConnection) -> Result<(), Failure> {
        let rest = self.granted - self.spent - self.reserved;
        if self.owner.is_none() && rest != 0 {
            self.granted -= rest;
            grant(connection, self.batch, -rest).await?;
        }
        Ok(())
    }

    /// Moves money from the batch to the chunk, for `rows` rows that are to be reserved now and for
    /// some that follow. Returns whether it is enough for these rows. The batch stays locked until
    /// the end of the transaction.
    pub(super) async fn fund(
        &mut self,
        connection: &mut PgConnection,
        rows: i64,
        unit_price: i64,
    ) -> Result<bool, Failure> {
        let needed = rows.saturating_mul(unit_price);
        let available = self.granted - self.spent - self.reserved;
        if available >= needed {
            return Ok(true);
        }
        let rest: i64 = sqlx::query_scalar(include_str!("sql/budget_rest.sql"))
            .bind(self.batch)
            .fetch_one(&mut *connection)
            .await?;
        let left = self.rows.saturating_sub(self.settled + self.ambiguous + self.sending).max(rows);
        let granted =
            share(rest, needed - available, left.saturating_mul(unit_price) - available, unit_price);
        if granted > 0 {
            self.granted += granted;
            grant(connection, self.batch, granted).await?;
        }
        Ok(available + granted >= needed)
    }

    /// Whether money may come back: rows of this chunk are in flight, or another chunk has money
    /// that is not spent.
    pub(super) async fn is_budget_held(
        &self,
        connection: &mut PgConnection,
        reserved: i64,
    ) -> Result<bool, Failure> {
        if reserved > 0 {
            return Ok(true);
        }
        Ok(sqlx::query_scalar(include_str!("sql/budget_is_held.sql"))
            .bind(self.batch)
            .bind(self.no)
            .fetch_one(connection)
            .await?)
    }
}

async fn grant(connection: &mut PgConnection, batch: i32, amount: i64) -> Result<(), Failure> {
    sqlx::query(include_str!("sql/grant.sql")).bind(batch).bind(amount).execute(connection).await?;
    Ok(())
}

/// The part of a budget's rest that one chunk gets: what it needs now, or a sixteenth of the rest,
/// so that other workers have some too; at most what it can use. Whole calls.
fn share(rest: i64, needed: i64, usable: i64, unit_price: i64) -> i64 {
    let part = needed.max(rest / 16).min(usable.max(needed)).min(rest).max(0);
    if unit_price > 0 { part - part % unit_price } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chunk_gets_its_share_in_whole_calls() {
        for (rest, needed, usable, share_of) in [
            // Plenty: all that it can use.
            (1_000_000, 160, 8_000, 8_000),
            // Little: a sixteenth, and then what it needs now.
            (16_000, 160, 8_000, 992),
            (1_600, 160, 8_000, 160),
            (100, 160, 8_000, 96),
            (15, 160, 8_000, 0),
            (0, 160, 8_000, 0),
            // No more rows than those that are reserved now.
            (1_000_000, 160, 0, 160),
        ] {
            assert_eq!(share(rest, needed, usable, 16), share_of, "{rest} {needed} {usable}");
        }
        assert_eq!(share(100, 0, 0, 0), 0);
    }
}
