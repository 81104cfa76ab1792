//! Submits a batch to the ledger, with all its rows in one transaction, and reads its record.

use std::fmt::Write as _;
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_text::message;
use sqlx::postgres::PgRow;
use sqlx::{PgConnection, Row as _};

use super::claims::write_values;
use super::link::Failure;
use super::reuse::{Reused, reuse};
use super::seal::{DataKey, Kind, WrappingKey};
use super::{BatchId, BatchRecord, currency, millis};
use crate::mapping::Mapping;
use crate::money::Money;
use crate::plan::{SkipReason, checked, given, request};
use crate::run::Key;
use crate::sqlite::BatchInfo;
use crate::store::{Fingerprint, StoreError};
use crate::table::{Table, TableError};

/// The longest time in seconds that people are kept, so that no sum of times overflows.
const LONGEST: i64 = 100 * 366 * 24 * 60 * 60;

/// Rows that are sent to the database at a time.
const COPIED: usize = 1000;

/// A batch that is submitted to a ledger.
#[derive(Debug, Clone)]
pub struct NewBatch<'a> {
    /// Identifies the batch. The same id is submitted once, also if the answer to a submission is
    /// lost.
    pub id: BatchId,
    /// What it calls, where, and for how much.
    pub info: &'a BatchInfo,
    /// The account of the provider, whose limits all its batches share.
    pub account: &'a str,
    /// The key of the people's digests.
    pub key: &'a Key,
    /// Rows in a chunk: 500 to 1,000 serve most batches.
    pub chunk_rows: u64,
    /// Minimum time between two calls for one person, over all batches of the account.
    pub person_interval: Duration,
    /// How long after its last call the people of the batch are kept. `None`: until they are
    /// forgotten.
    pub keep: Option<Duration>,
    /// How old the answers of earlier batches of the account, endpoint and target may be that the
    /// rows take instead of calls. `None`: every row is sent. Not for an endpoint that changes
    /// something: each of its calls has an effect of its own.
    pub reuse: Option<Duration>,
}

/// What became of a batch that was submitted.
#[derive(Debug, Default)]
#[must_use]
pub struct Submission {
    /// Whether it is written now. `false`: the ledger had it already, by its id.
    pub is_new: bool,
    /// Rows that took the answer of an earlier batch.
    pub reused: u64,
    /// Earlier batches whose values cannot be read with this key, each with the reason. Their
    /// people are sent.
    pub unread: Vec<(BatchId, StoreError)>,
}

/// A row of a batch that is submitted.
#[derive(Clone)]
pub struct NewRow {
    /// Its number in the table.
    pub number: u64,
    /// The fields of its request, each with its value, in the request's order.
    pub values: Vec<(String, String)>,
}

impl NewRow {
    /// A row that comes from no table: its values are put into the request's order. The number is
    /// the caller's own, by which the results are found again.
    ///
    /// # Errors
    ///
    /// Values that the endpoint does not take. The reason has no value.
    pub fn checked(
        endpoint: (&Provider, &Endpoint),
        number: u64,
        values: Vec<(String, String)>,
    ) -> Result<Self, SkipReason> {
        Ok(Self { number, values: checked(endpoint, values)? })
    }
}

/// Shows no value.
impl std::fmt::Debug for NewRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewRow").field("number", &self.number).finish_non_exhaustive()
    }
}

/// The rows of a table that an endpoint takes, for
/// [`PostgresStore::submit`](super::PostgresStore::submit). The rows that [`plan`](crate::plan)
/// reports as unfit, hidden or mangled are left out; of several rows with the same values, the
/// ledger sends one.
///
/// # Errors
///
/// A table that cannot be read; also of a row, later.
pub fn rows_to_submit<'a>(
    (provider, endpoint): (&'a Provider, &'a Endpoint),
    table: &'a Table,
    mapping: &'a Mapping,
) -> Result<impl Iterator<Item = Result<NewRow, TableError>> + Send + 'a, TableError> {
    let columns = table.titles().len();
    let mut rows = table.rows()?;
    Ok(std::iter::from_fn(move || {
        loop {
            let row = match rows.next()? {
                Ok(row) => row,
                Err(error) => return Some(Err(error)),
            };
            let values = given(&row, mapping);
            if request((provider, endpoint), &row, mapping, &values, columns).is_ok() {
                return Some(Ok(NewRow { number: row.line, values }));
            }
        }
    }))
}

/// Writes a batch with all its rows, or nothing.
pub(super) async fn submit(
    connection: &mut PgConnection,
    batch: &NewBatch<'_>,
    wrapping: &WrappingKey,
    rows: &mut (dyn Iterator<Item = Result<NewRow, TableError>> + Send),
) -> Result<Submission, Failure> {
    let (key, wrapped) = DataKey::generate(wrapping, batch.id).map_err(Failure::Final)?;
    let info = batch.info;
    sqlx::raw_sql("BEGIN").execute(&mut *connection).await?;
    sqlx::query("INSERT INTO account (name) VALUES ($1) ON CONFLICT DO NOTHING")
        .bind(batch.account)
        .execute(&mut *connection)
        .await?;
    let no: Option<i32> = sqlx::query_scalar(include_str!("sql/submit.sql"))
        .bind(&batch.id.0[..])
        .bind(batch.account)
        .bind(&info.endpoint)
        .bind(&info.target)
        .bind(info.budget.currency.code())
        .bind(info.budget.currency.decimals().cast_signed())
        .bind(&batch.key.check()[..])
        .bind(wrapped)
        .bind(batch.chunk_rows.max(1).cast_signed())
        .bind(millis(batch.person_interval))
        .bind(info.unit_price.units)
        .bind(info.budget.units)
        .bind(batch.keep.map(|keep| i64::try_from(keep.as_secs()).unwrap_or(i64::MAX).min(LONGEST)))
        .fetch_optional(&mut *connection)
        .await?;
    let Some(no) = no else {
        sqlx::raw_sql("ROLLBACK").execute(connection).await?;
        return Ok(Submission::default());
    };
    let mut copy = connection.copy_in_raw("COPY input (batch, number, person, sealed) FROM STDIN").await?;
    let mut text = String::new();
    let mut count = 0;
    for row in rows {
        let row = row.map_err(|error| Failure::Final(StoreError(error.message().clone())))?;
        let person: Fingerprint = batch.key.fingerprint(&row.values);
        let sealed = key.seal(Kind::Input, row.number, &write_values(&row.values)).map_err(Failure::Final)?;
        // Writing to a text does not fail.
        let _ = writeln!(
            text,
            "{no}\t{}\t\\\\x{}\t\\\\x{}",
            row.number,
            hex::encode(person),
            hex::encode(sealed)
        );
        count += 1;
        if count % COPIED == 0 {
            copy.send(text.as_bytes()).await?;
            text.clear();
        }
    }
    copy.send(text.as_bytes()).await?;
    copy.finish().await?;
    let chunks = sqlx::query(include_str!("sql/make_chunks.sql"));
    chunks.bind(no).bind(batch.chunk_rows.max(1).cast_signed()).execute(&mut *connection).await?;
    let reused = match batch.reuse {
        Some(within) => reuse(connection, (no, &key), wrapping, within).await?,
        None => Reused::default(),
    };
    sqlx::raw_sql("COMMIT").execute(connection).await?;
    Ok(Submission { is_new: true, reused: reused.rows, unread: reused.unread })
}

/// What a batch calls.
pub(super) async fn info(connection: &mut PgConnection, id: BatchId) -> Result<BatchInfo, Failure> {
    let found = sqlx::query(include_str!("sql/batch.sql")).bind(&id.0[..]).fetch_optional(connection).await?;
    match found {
        Some(found) => info_of(&found),
        None => Err(unknown(id)),
    }
}

fn info_of(found: &PgRow) -> Result<BatchInfo, Failure> {
    let currency = currency(found.try_get(4)?, found.try_get(5)?);
    Ok(BatchInfo {
        endpoint: found.try_get(2)?,
        target: found.try_get(3)?,
        budget: Money { units: found.try_get(10)?, currency },
        unit_price: Money { units: found.try_get(9)?, currency },
    })
}

/// A batch of the ledger, with the key of its values.
pub(super) async fn load(
    connection: &mut PgConnection,
    id: BatchId,
    wrapping: &WrappingKey,
) -> Result<BatchRecord, Failure> {
    let found = sqlx::query(include_str!("sql/batch.sql")).bind(&id.0[..]).fetch_optional(connection).await?;
    let Some(found) = found else { return Err(unknown(id)) };
    let Some(wrapped) = found.try_get::<Option<Vec<u8>>, _>(6)? else {
        return Err(Failure::Final(StoreError(message!(
            "the people of batch {id} are forgotten, and its values cannot be read",
            id = id.to_string()
        ))));
    };
    if found.try_get(11)? {
        return Err(Failure::Final(StoreError(message!(
            "the time that the people of batch {id} are kept is over, and its values are not read any more",
            id = id.to_string()
        ))));
    }
    let info = info_of(&found)?;
    Ok(BatchRecord {
        id,
        no: found.try_get(0)?,
        account: found.try_get(1)?,
        key: DataKey::unwrap(wrapping, id, &wrapped).map_err(Failure::Final)?,
        chunk_rows: found.try_get::<i64, _>(7)?.cast_unsigned(),
        person_interval: Duration::from_millis(found.try_get::<i64, _>(8)?.cast_unsigned()),
        unit_price: info.unit_price.units,
        info,
    })
}

pub(super) fn unknown(id: BatchId) -> Failure {
    Failure::Final(StoreError(message!("the ledger has no batch {id}; submit it first", id = id.to_string())))
}

/// Stops a batch, unless it is stopped already. `false` for a batch that the ledger does not have.
pub(super) async fn stop(connection: &mut PgConnection, id: BatchId, reason: &str) -> Result<bool, Failure> {
    let stopped = sqlx::query("UPDATE batch SET stopped = coalesce(stopped, $2) WHERE id = $1")
        .bind(&id.0[..])
        .bind(reason)
        .execute(connection)
        .await?;
    Ok(stopped.rows_affected() > 0)
}
