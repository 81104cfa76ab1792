//! Answers that go from the ledger of one batch to that of another.

use std::path::{Path, PathBuf};

use pyi_runtime::CallOutcome;
use pyi_text::message;
use serde_json::json;
use sqlx::{Connection, Row as _, SqliteConnection};

use super::commit::{SETTLED, accept, bind_code};
use super::file::unopened;
use super::look::{Look, look};
use super::queries::{free_number, status_code};
use super::statements::Statements;
use super::{BatchInfo, LedgerId};
use crate::registry::fingerprint;
use crate::reuse::{EarlierAnswer, ReusedRow};
use crate::store::{Fingerprint, RowOutcome, StoreError};

/// The ledger of an earlier batch, whose answers another batch may take.
pub(crate) struct EarlierLedger {
    look: Look,
    path: PathBuf,
}

impl EarlierLedger {
    /// Opens a ledger that a registry has. `None` for a batch of another target.
    ///
    /// # Errors
    ///
    /// A file that is no ledger or another one, whose people are forgotten, or that was begun with
    /// another key.
    pub(crate) async fn open(
        path: &Path,
        id: LedgerId,
        info: &BatchInfo,
        key: &Fingerprint,
    ) -> Result<Option<Self>, StoreError> {
        let mut look = look(path).await?;
        let found = sqlx::query("SELECT key_check, forgotten FROM batch").fetch_one(&mut look.connection);
        let found = found.await.map_err(unopened(path))?;
        let is_readable = look.id == id && found.get::<&[u8], _>(0) == key && found.get::<i64, _>(1) == 0;
        let is_same_target = look.info.target == info.target;
        if is_readable && is_same_target {
            return Ok(Some(Self { look, path: path.to_owned() }));
        }
        look.close(path).await?;
        if is_readable {
            return Ok(None);
        }
        Err(StoreError(message!(
            "the ledger {path} is another one than the registry knows, or its people are forgotten",
            path = path.display()
        )))
    }

    /// The billed answers of some people since a moment in Unix seconds.
    pub(crate) async fn answers(
        &mut self,
        people: &[Fingerprint],
        since: i64,
    ) -> Result<Vec<(Fingerprint, EarlierAnswer)>, StoreError> {
        let digits: Vec<String> = people.iter().map(hex::encode).collect();
        let found = sqlx::query(
            "SELECT person, sent_at, CAST(code AS TEXT), outcome, data FROM row
             WHERE person IN (SELECT unhex(value) FROM json_each(?)) AND sent_at >= ? AND sends > 0
             AND state = ? AND billing = 'billed' AND outcome IN ('data', 'no_data')",
        )
        .bind(json!(digits).to_string())
        .bind(since)
        .bind(SETTLED)
        .fetch_all(&mut self.look.connection)
        .await
        .map_err(unopened(&self.path))?;
        let answer = |found: &sqlx::sqlite::SqliteRow| {
            let outcome = found.get::<&str, _>(3).parse().unwrap_or(CallOutcome::Unknown);
            let outcome = RowOutcome::reused(status_code(found.get(2)), outcome, found.get(4));
            (fingerprint(found.get(0)), EarlierAnswer { sent_at: found.get(1), outcome })
        };
        Ok(found.iter().map(answer).collect())
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        self.look.close(&self.path).await
    }
}

/// Writes rows that take answers of earlier batches, in one transaction. Such a row is settled with
/// 0 sends. Its person is accepted, so that a run does not ask about it. Returns the number of rows
/// whose person the ledger did not have.
pub(super) async fn reuse(connection: &mut SqliteConnection, rows: &[ReusedRow]) -> Result<u64, sqlx::Error> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut people = Vec::new();
    for row in rows {
        let known = sqlx::query("SELECT 1 FROM row WHERE person = ?").bind(&row.person[..]);
        if known.fetch_optional(&mut *transaction).await?.is_some() {
            continue;
        }
        let number = free_number(&mut transaction, row.number).await?;
        insert(&mut transaction, number, row).await?;
        people.push(row.person);
    }
    accept(&mut transaction, &people).await?;
    transaction.commit().await?;
    Ok(people.len() as u64)
}

async fn insert(connection: &mut SqliteConnection, number: u64, row: &ReusedRow) -> Result<(), sqlx::Error> {
    let outcome = &row.answer.outcome;
    let mut statements = Statements::new(
        "INSERT INTO row (number, person, state, sends, price, spent, billing, code, outcome, data, sent_at)
         VALUES (?, ?, ?, 0, 0, 0, ?, ?, ?, ?, ?)",
    );
    statements.bind(number.cast_signed());
    statements.bind(&row.person[..]);
    statements.bind(SETTLED);
    statements.bind(outcome.billing.as_str());
    bind_code(&mut statements, outcome.code);
    statements.bind(outcome.outcome.as_str());
    statements.bind(outcome.data.as_deref());
    statements.bind(row.answer.sent_at);
    statements.execute(connection).await
}
