//! The tables of a ledger in PostgreSQL, by numbered migrations. Each is applied once, all in one
//! transaction.

use pyi_text::message;
use sqlx::{AssertSqlSafe, PgConnection, SqlSafeStr as _};

use super::link::Failure;
use crate::store::StoreError;

/// The migrations in their order. The first one has number 1.
const MIGRATIONS: [&str; 4] = [
    include_str!("sql/0001_ledger.sql"),
    include_str!("sql/0002_alerts.sql"),
    include_str!("sql/0003_bills.sql"),
    include_str!("sql/0004_retention.sql"),
];

/// The lock of a migration: two programs that migrate at once do so one after the other.
const LOCK: i64 = 0x7079_694c;

/// Creates the tables, or brings them up to date. Needs a role that may create tables in the
/// schema.
pub(super) async fn migrate(connection: &mut PgConnection) -> Result<(), Failure> {
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await?;
    sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *connection).await?;
    sqlx::raw_sql("CREATE TABLE IF NOT EXISTS migration (no integer PRIMARY KEY, applied timestamptz NOT NULL DEFAULT now())")
        .execute(&mut *connection)
        .await?;
    let applied = applied(connection).await?;
    refuse_newer(applied)?;
    for (number, text) in (1..).zip(MIGRATIONS) {
        if number > applied {
            sqlx::raw_sql(AssertSqlSafe(text).into_sql_str()).execute(&mut *connection).await?;
            sqlx::query("INSERT INTO migration (no) VALUES ($1)")
                .bind(number)
                .execute(&mut *connection)
                .await?;
        }
    }
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(())
}

/// Refuses a schema without a ledger, and one of another version.
pub(super) async fn check(connection: &mut PgConnection) -> Result<(), Failure> {
    let exists: bool =
        sqlx::query_scalar("SELECT to_regclass('migration') IS NOT NULL").fetch_one(&mut *connection).await?;
    let applied = if exists { applied(connection).await? } else { 0 };
    refuse_newer(applied)?;
    match usize::try_from(applied) {
        Ok(applied) if applied == MIGRATIONS.len() => Ok(()),
        _ => Err(Failure::Final(StoreError(message!(
            "the schema of the store has version {applied}, and this version of pyi needs version {needed}; migrate it with a role that may create tables",
            applied,
            needed = MIGRATIONS.len()
        )))),
    }
}

fn refuse_newer(applied: i32) -> Result<(), Failure> {
    match usize::try_from(applied) {
        Ok(applied) if applied <= MIGRATIONS.len() => Ok(()),
        _ => Err(Failure::Final(StoreError(message!(
            "the schema of the store has version {applied}, which this version of pyi does not know; use the version that made it",
            applied
        )))),
    }
}

async fn applied(connection: &mut PgConnection) -> Result<i32, Failure> {
    Ok(sqlx::query_scalar("SELECT coalesce(max(no), 0) FROM migration").fetch_one(connection).await?)
}
