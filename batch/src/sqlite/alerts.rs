//! The shares of a budget that were reported, each by one row of the ledger.

use sqlx::{Row as _, SqliteConnection};

use super::Ledger;
use super::command::Command;
use super::queries::currency;
use crate::alerts::{Alert, AlertStore, Shares};
use crate::money::Money;
use crate::store::StoreError;

impl AlertStore for Ledger {
    async fn reached(&self, shares: &Shares) -> Result<Vec<Alert>, StoreError> {
        self.ask(|done| Command::Alerts { shares: shares.clone(), done }).await
    }
}

/// The shares that the batch has reached and that the ledger does not have yet. They are written to
/// it.
pub(super) async fn reached(
    connection: &mut SqliteConnection,
    shares: &Shares,
) -> Result<Vec<Alert>, sqlx::Error> {
    let batch = sqlx::query("SELECT spent, budget, unit_price, currency, scale FROM batch")
        .fetch_one(&mut *connection)
        .await?;
    let (spent, budget): (i64, i64) = (batch.get(0), batch.get(1));
    let currency = currency(batch.get(3), batch.get(4));
    let money = |units: i64| Money { units, currency };
    let mut alerts = Vec::new();
    for percent in shares.of(spent, (budget, batch.get(2))) {
        let noted = sqlx::query("INSERT OR IGNORE INTO alert (budget, percent) VALUES (?, ?)")
            .bind(budget)
            .bind(percent)
            .execute(&mut *connection)
            .await?;
        if noted.rows_affected() > 0 {
            alerts.push(Alert { percent, spent: money(spent), budget: money(budget) });
        }
    }
    Ok(alerts)
}
