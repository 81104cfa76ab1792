//! Opens a ledger to write it: creates or migrates it, compares it with what the caller and the
//! registry expect, and recovers the rows that the last program left in flight. All of it is one
//! transaction.

use std::path::Path;
use std::time::Duration;

use pyi_text::{Message, message};
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row as _, SqliteConnection};

use super::commit::{AMBIGUOUS, SENDING};
use super::file::{LedgerFile, unopened, why};
use super::schema::{self, Content};
use super::{BatchInfo, LedgerId, PAGE, queries};
use crate::registry::{Followed, KnownLedger, Registry, SentRow, fingerprint, sent_row};
use crate::row_lifecycle::Funds;
use crate::store::{Fingerprint, StoreError};

/// The registry that a ledger is entered in, and how.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// The registry's file. It is created if it does not exist.
    pub path: &'a Path,
    /// How long it keeps the people of a batch.
    pub keep: Duration,
    /// Accepts a ledger that is a copy, or an older state, of the one that the registry has. What
    /// was sent since becomes ambiguous, and counts as spent.
    pub adopt: bool,
    /// How long after its last run the people of the ledger are kept
    /// ([`Registry::erase_due`](crate::Registry::erase_due)). `None` leaves the time that an
    /// earlier run has set.
    pub retain: Option<Duration>,
}

/// The findings of the opening of a ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct OpeningReport {
    /// The ledger's own id, which its copies share.
    pub id: LedgerId,
    /// Whether the registry of the ledger is lost, or has lost it: other batches are not known.
    pub is_registry_lost: bool,
    /// Rows of an adopted copy that the registry has and the ledger has not. They are held as
    /// ambiguous.
    pub adopted: u64,
}

/// A ledger that is ready to write.
pub(super) struct Prepared {
    pub(super) funds: Funds,
    pub(super) generation: i64,
    pub(super) opening: OpeningReport,
    pub(super) registered: Option<Registered>,
}

/// A registry, and the ledger's number in it.
pub(super) struct Registered {
    pub(super) registry: Registry,
    pub(super) number: i64,
}

/// The batch as the ledger has it.
struct Batch {
    id: LedgerId,
    generation: i64,
    registry: Option<Vec<u8>>,
    /// The maximum cost of a call in the last run.
    unit_price: i64,
}

pub(super) async fn prepare(
    connection: &mut SqliteConnection,
    (file, path): (&LedgerFile, &Path),
    info: &BatchInfo,
    key: &Fingerprint,
    registration: Option<&Registration<'_>>,
) -> Result<Prepared, StoreError> {
    let failed = unopened(path);
    let mut registry = match registration {
        Some(registration) => Some(Registry::open(registration.path).await?.keeping(registration.keep)),
        None => None,
    };
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
    make(&mut transaction, info, key).await.map_err(failed)?;
    let (batch, mut opening) = check(&mut transaction, info, key, path).await?;
    let known = match &mut registry {
        Some(registry) => registry.known(batch.id).await.map_err(|error| unfollowed(&error))?,
        None => None,
    };
    recover(&mut transaction, info).await.map_err(failed)?;
    let mut generation = batch.generation + 1;
    if let (Some(registry), Some(registration)) = (&mut registry, registration) {
        let is_of_key = registry.is_of_key(key).await.map_err(|error| unfollowed(&error))?;
        opening.is_registry_lost = (batch.registry.is_some() && known.is_none()) || !is_of_key;
        let changed = known.as_ref().and_then(|known| Some((known, differs(known, file, &batch, path)?)));
        if let Some((known, difference)) = changed {
            may_adopt(known, difference, registration, path)?;
            opening.adopted = adopt(&mut transaction, registry, &batch, info).await.map_err(failed)?;
            generation = generation.max(known.generation + 1);
        }
    }
    sqlx::query("UPDATE batch SET generation = ?, registry = coalesce(?, registry)")
        .bind(generation)
        .bind(registry.as_ref().map(Registry::id))
        .execute(&mut *transaction)
        .await
        .map_err(failed)?;
    let spent =
        sqlx::query("SELECT spent FROM batch").fetch_one(&mut *transaction).await.map_err(failed)?.get(0);
    transaction.commit().await.map_err(failed)?;
    let retain = registration.and_then(|registration| registration.retain);
    let registered = match registry {
        Some(registry) => {
            let known = known.map(|known| known.generation);
            let owner = (batch.id, info.endpoint.as_str());
            Some(
                enter(connection, registry, (owner, retain), (file, path), (generation, known))
                    .await
                    .map_err(failed)?,
            )
        }
        None => None,
    };
    let funds = Funds { budget: info.budget.units, unit_price: info.unit_price.units, spent, reserved: 0 };
    Ok(Prepared { funds, generation, opening, registered })
}

/// Creates the tables and the batch, or migrates them to the present format.
async fn make(
    connection: &mut SqliteConnection,
    info: &BatchInfo,
    key: &Fingerprint,
) -> Result<(), sqlx::Error> {
    match schema::content(connection).await? {
        Content::Empty => schema::create(connection).await?,
        Content::Ledger(format) => schema::migrate(connection, format).await?,
        // Refused before.
        Content::Foreign => {}
    }
    sqlx::query(
        "INSERT INTO batch (one, id, endpoint, target, currency, scale, key_check, budget, unit_price, spent, reserved, generation, forgotten)
         VALUES (1, randomblob(16), ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0) ON CONFLICT DO NOTHING",
    )
    .bind(&info.endpoint)
    .bind(&info.target)
    .bind(info.budget.currency.code())
    .bind(info.budget.currency.decimals())
    .bind(&key[..])
    .bind(info.budget.units)
    .bind(info.unit_price.units)
    .execute(&mut *connection)
    .await?;
    // The first format did not say in which currency it counts.
    sqlx::query("UPDATE batch SET currency = ?, scale = ? WHERE currency = ''")
        .bind(info.budget.currency.code())
        .bind(info.budget.currency.decimals())
        .execute(connection)
        .await
        .map(drop)
}

/// Checks that the ledger is of this batch.
async fn check(
    connection: &mut SqliteConnection,
    info: &BatchInfo,
    key: &Fingerprint,
    path: &Path,
) -> Result<(Batch, OpeningReport), StoreError> {
    let row = sqlx::query(
        "SELECT endpoint, target, currency, scale, key_check, forgotten, id, generation, registry, unit_price FROM batch",
    )
    .fetch_one(connection)
    .await
    .map_err(unopened(path))?;
    if let Some(reason) = refusal(&row, info, key) {
        return Err(StoreError(reason));
    }
    let id = fingerprint(row.get(6));
    let opening = OpeningReport { id, ..OpeningReport::default() };
    Ok((Batch { id, generation: row.get(7), registry: row.get(8), unit_price: row.get(9) }, opening))
}

/// Why a ledger is refused for a batch.
fn refusal(row: &SqliteRow, info: &BatchInfo, key: &Fingerprint) -> Option<Message> {
    let (endpoint, target, currency): (&str, &str, &str) = (row.get(0), row.get(1), row.get(2));
    let scale: u32 = row.get(3);
    let budget = info.budget.currency;
    if row.get::<i64, _>(5) != 0 {
        return Some(message!(
            "the people of this ledger are forgotten, and no person can be identified; begin another batch"
        ));
    }
    if endpoint != info.endpoint {
        return Some(message!(
            "the ledger is of a batch of {endpoint}, not of {given}; give each batch its own",
            endpoint,
            given = info.endpoint
        ));
    }
    if target != info.target {
        return Some(message!(
            "the ledger is of a batch that was sent to {target}, and not to {given}; give each batch its own, or move it if that is the same \
             account at another address",
            target,
            given = info.target
        ));
    }
    if (currency, scale) != (budget.code(), budget.decimals()) {
        return Some(message!(
            "the ledger counts in {currency} with {scale} decimals, and not in {code} with {decimals}; give each batch its own",
            currency,
            scale,
            code = budget.code(),
            decimals = budget.decimals()
        ));
    }
    if budget != info.unit_price.currency {
        return Some(message!(
            "the budget is in {budget}, and the price in {currency}; use one for both",
            budget = budget.to_string(),
            currency = info.unit_price.currency.to_string()
        ));
    }
    (row.get::<&[u8], _>(4) != key).then(|| {
        message!("this is not the key that the ledger was begun with, and no person would be identified; give that key")
    })
}

/// Sets the budget and the price of this run, and makes the rows ambiguous that the last program
/// left in flight.
async fn recover(connection: &mut SqliteConnection, info: &BatchInfo) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE batch SET budget = ?, unit_price = ?, spent = spent + reserved, reserved = 0")
        .bind(info.budget.units)
        .bind(info.unit_price.units)
        .execute(&mut *connection)
        .await?;
    sqlx::query("UPDATE row SET state = ?, spent = spent + price WHERE state = ?")
        .bind(AMBIGUOUS)
        .bind(SENDING)
        .execute(connection)
        .await
        .map(drop)
}

/// How a ledger differs from the one that the registry has under its id.
fn differs(known: &KnownLedger, file: &LedgerFile, batch: &Batch, path: &Path) -> Option<Message> {
    let shown = path.display();
    let way = message!(
        "run that one, or adopt this one (--adopt), which holds everything that was sent since as ambiguous"
    );
    if known.inode != file.inode() {
        return Some(message!(
            "the ledger {shown} is a copy of {path}, or was restored; {way}",
            shown,
            path = known.path,
            way
        ));
    }
    let missing = known.generation - batch.generation;
    (missing > 0).then(|| {
        message!("the ledger {shown} is an older state of itself: {missing} commits are missing; restore the newest one, or adopt this one \
             (--adopt), which holds everything that was sent since as ambiguous", shown, missing)
    })
}

/// Refuses a ledger that differs from the registry's, unless the caller adopts it and the registry
/// has all people that were sent since.
fn may_adopt(
    known: &KnownLedger,
    difference: Message,
    registration: &Registration<'_>,
    path: &Path,
) -> Result<(), StoreError> {
    if !registration.adopt {
        return Err(StoreError(difference));
    }
    if known.is_expired {
        return Err(StoreError(message!(
            "the ledger {path} cannot be adopted: the registry has forgotten some of the people that were sent since, by age; begin another \
             batch, which counts those that it knows",
            path = path.display()
        )));
    }
    Ok(())
}

/// Holds the rows that the registry has as sent and the ledger has not. Returns their number.
async fn adopt(
    connection: &mut SqliteConnection,
    registry: &mut Registry,
    batch: &Batch,
    info: &BatchInfo,
) -> Result<u64, sqlx::Error> {
    // It is not known which of the two prices a send had.
    let price = info.unit_price.units.max(batch.unit_price);
    let mut adopted = 0;
    let mut from = 0;
    loop {
        let page = registry.sends(batch.id, from, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(adopted) };
        from = last + 1;
        for (number, sent) in &page {
            adopted += hold(connection, *number, sent, price).await?;
        }
    }
}

/// Holds a row that was sent more often than the ledger knows, each further time at a price.
async fn hold(
    connection: &mut SqliteConnection,
    number: u64,
    sent: &SentRow,
    price: i64,
) -> Result<u64, sqlx::Error> {
    let known = sqlx::query("SELECT number, sends FROM row WHERE person = ?")
        .bind(&sent.person[..])
        .fetch_optional(&mut *connection)
        .await?;
    let missing = sent.sends - known.as_ref().map_or(0, |known| known.get::<i64, _>(1));
    if missing <= 0 {
        return Ok(0);
    }
    let cost = missing.saturating_mul(price);
    sqlx::query("UPDATE batch SET spent = spent + ?").bind(cost).execute(&mut *connection).await?;
    let held = match known {
        Some(known) => {
            sqlx::query("UPDATE row SET state = ?, sends = ?, price = ?, spent = spent + ? WHERE number = ?")
                .bind(AMBIGUOUS)
                .bind(sent.sends)
                .bind(price)
                .bind(cost)
                .bind(known.get::<i64, _>(0))
        }
        None => {
            let number = queries::free_number(connection, number).await?;
            sqlx::query(
                "INSERT INTO row (person, state, sends, price, spent, number) VALUES (?, ?, ?, ?, ?, ?)",
            )
            .bind(&sent.person[..])
            .bind(AMBIGUOUS)
            .bind(sent.sends)
            .bind(price)
            .bind(cost)
            .bind(number.cast_signed())
        }
    };
    held.execute(connection).await.map(|_| 1)
}

/// Enters a ledger in a registry, and brings what that has of it up to date. The generation comes
/// last: a registry that was cut off here is still behind.
async fn enter(
    connection: &mut SqliteConnection,
    mut registry: Registry,
    ((id, endpoint), retain): ((LedgerId, &str), Option<Duration>),
    (file, path): (&LedgerFile, &Path),
    (generation, known): (i64, Option<i64>),
) -> Result<Registered, sqlx::Error> {
    let path = path.display().to_string();
    let mut entry =
        KnownLedger { path, inode: file.inode(), generation: known.unwrap_or_default(), is_expired: false };
    let number = registry.enter(id, endpoint, &entry).await?;
    // It has all commits but the one that opened the ledger, or it has missed the last ones before
    // a kill or a loss of power.
    let mut from = (known != Some(generation - 1)).then_some(0);
    while let Some(first) = from {
        let found = sqlx::query(
            "SELECT number, person, sends, spent > 0 FROM row WHERE number >= ? AND sends > 0 ORDER BY number LIMIT ?",
        )
        .bind(first)
        .bind(PAGE)
        .fetch_all(&mut *connection)
        .await?;
        let rows = found.iter().map(sent_row).map(|(number, row)| (number, Followed::Sent(row)));
        registry.follow(number, entry.generation, &rows.collect(), i64::MAX).await?;
        from = found.last().map(|found| found.get::<i64, _>(0) + 1);
    }
    entry.generation = generation;
    registry.enter(id, endpoint, &entry).await?;
    registry.retain(number, retain).await?;
    // Last: what is adopted is read before.
    registry.expire().await?;
    Ok(Registered { registry, number })
}

/// A registry that does not follow.
pub(super) fn unfollowed(error: &sqlx::Error) -> StoreError {
    StoreError(message!("the registry of batches cannot be written: {why}", why = why(error)))
}
