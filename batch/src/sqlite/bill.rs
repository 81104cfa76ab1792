//! A provider's bill against a ledger: the rows that it is compared with, and the outcomes that it
//! decides.

use std::path::Path;

use serde_json::json;
use sqlx::{Connection, Row as _, SqliteConnection};

use super::Ledger;
use super::commit::{AMBIGUOUS, SENDING, SETTLED};
use super::file::{LedgerFile, real, unopened};
use super::look::look;
use crate::reconcile::{Reconciliation, RowCost, SentRow};
use crate::registry::fingerprint;
use crate::store::StoreError;

impl Ledger {
    /// All rows that were ever sent, to compare them with a bill
    /// ([`reconcile`](crate::reconcile())).
    ///
    /// # Errors
    ///
    /// As [`Self::report`].
    pub async fn sent_rows(path: &Path) -> Result<Vec<SentRow>, StoreError> {
        let mut found = look(path).await?;
        let is_running = LedgerFile::is_held(&real(path));
        let rows = sent_rows(&mut found.connection, is_running).await.map_err(unopened(path))?;
        found.close(path).await?;
        Ok(rows)
    }

    /// Settles the ambiguous rows that a bill decides, in one transaction: those of `billed` as
    /// billed, and those of `free` as free of charge, whose price is given back. `digest` is that
    /// of the bill's file, which the ledger keeps. Returns `false`, and changes nothing, for a bill
    /// that was applied before.
    ///
    /// # Errors
    ///
    /// A file that is no ledger, or that a run has open.
    pub async fn apply_bill(path: &Path, digest: &[u8], found: &Reconciliation) -> Result<bool, StoreError> {
        let billed: Vec<u64> = found.billed.iter().map(|(row, _)| *row).collect();
        let mut is_new = false;
        Self::alone(path, async |connection| {
            is_new = apply(connection, digest, &billed, &found.free).await?;
            Ok(())
        })
        .await?;
        Ok(is_new)
    }
}

/// All rows that were ever sent. Those in flight are ambiguous if no run is on.
async fn sent_rows(connection: &mut SqliteConnection, is_running: bool) -> Result<Vec<SentRow>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT number, person, sent_at, sends, state, billing FROM row WHERE sends > 0 ORDER BY number",
    )
    .fetch_all(connection)
    .await?;
    let row = |found: &sqlx::sqlite::SqliteRow| {
        let state: i64 = found.get(4);
        let billing: Option<&str> = found.get(5);
        SentRow {
            number: found.get::<i64, _>(0).cast_unsigned(),
            person: fingerprint(found.get(1)),
            sent_at: found.get(2),
            sends: found.get::<i64, _>(3).cast_unsigned(),
            cost: match (state, billing) {
                (SENDING, _) if is_running => RowCost::Sending,
                (SENDING | AMBIGUOUS, _) => RowCost::Ambiguous,
                (_, Some("billed")) => RowCost::Billed,
                (_, Some("free" | "not_sent")) => RowCost::Free,
                // It was given up, and is settled without a billing.
                _ => RowCost::Ambiguous,
            },
        }
    };
    Ok(found.iter().map(row).collect())
}

/// Settles ambiguous rows as billed or as free, in one transaction, and notes the bill. `false` if
/// the bill was applied before; then nothing changes.
async fn apply(
    connection: &mut SqliteConnection,
    digest: &[u8],
    billed: &[u64],
    free: &[u64],
) -> Result<bool, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let noted = sqlx::query("INSERT OR IGNORE INTO bill (digest, applied_at) VALUES (?, unixepoch())")
        .bind(digest)
        .execute(&mut *transaction)
        .await?;
    if noted.rows_affected() == 0 {
        transaction.rollback().await?;
        return Ok(false);
    }
    // What the last program left in flight is ambiguous, as when a run opens the ledger.
    sqlx::query("UPDATE batch SET spent = spent + reserved, reserved = 0, generation = generation + 1")
        .execute(&mut *transaction)
        .await?;
    sqlx::query("UPDATE row SET state = ?, spent = spent + price WHERE state = ?")
        .bind(AMBIGUOUS)
        .bind(SENDING)
        .execute(&mut *transaction)
        .await?;
    for (numbers, billing) in [(billed, "billed"), (free, "free")] {
        if billing == "free" {
            sqlx::query(
                "UPDATE batch SET spent = spent - (SELECT coalesce(sum(spent), 0) FROM row
                 WHERE number IN (SELECT value FROM json_each(?)))",
            )
            .bind(json!(numbers).to_string())
            .execute(&mut *transaction)
            .await?;
        }
        sqlx::query(
            "UPDATE row SET state = ?1, billing = ?2, outcome = coalesce(outcome, 'unknown'),
             spent = CASE ?2 WHEN 'free' THEN 0 ELSE spent END
             WHERE number IN (SELECT value FROM json_each(?3))",
        )
        .bind(SETTLED)
        .bind(billing)
        .bind(json!(numbers).to_string())
        .execute(&mut *transaction)
        .await?;
    }
    transaction.commit().await?;
    Ok(true)
}
