//! The store on many machines: batches in PostgreSQL, in chunks that workers claim and hold by a
//! lease. Any worker may end at any moment; the others recover its chunks.
//!
//! A process has two connections: one for the writer, and one for heartbeats, claims and queries.
//! Both are on a thread of their own, so that a run that is busy keeps its lease.

mod alerts;
mod bill;
mod chunk;
mod claims;
mod durability;
mod forget;
mod group;
mod lease;
mod limits;
mod link;
mod operator;
mod queries;
mod reuse;
mod rows;
mod schema;
mod seal;
mod service;
mod shared;
mod status;
mod submit;
mod url;
mod worker;
mod writer;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use pyi_text::message;

pub use self::claims::{Chunk, Claim, Input};
pub use self::durability::Risk;
pub use self::limits::Turns;
pub use self::operator::PostgresStore;
use self::seal::DataKey;
pub use self::seal::WrappingKey;
pub use self::service::BatchService;
use self::shared::Shared;
pub use self::shared::WorkerSettings;
pub use self::status::BatchStatus;
pub use self::submit::{NewBatch, NewRow, Submission, rows_to_submit};
pub use self::url::StoreUrl;
pub use self::worker::PostgresLedger;
use crate::money::Currency;
use crate::random::random;
use crate::sqlite::BatchInfo;
use crate::store::StoreError;

/// Maximum time of an operator's command.
const OPERATOR_LIMIT: Duration = Duration::from_secs(600);

/// Identifies a batch in a ledger of many batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BatchId(pub [u8; 16]);

impl BatchId {
    /// A new id.
    ///
    /// # Errors
    ///
    /// A system without random numbers.
    pub fn random() -> Result<Self, StoreError> {
        random().map(Self)
    }
}

/// From 32 hexadecimal digits.
impl FromStr for BatchId {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let mut id = [0; 16];
        let read = hex::decode_to_slice(text, &mut id);
        read.map_err(|_| {
            StoreError(message!("a batch is named by 32 hexadecimal digits, as it was submitted"))
        })?;
        Ok(Self(id))
    }
}

/// 32 hexadecimal digits.
impl fmt::Display for BatchId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A time in whole milliseconds, as the tables have it.
fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The currency of a batch.
fn currency(code: &str, decimals: i32) -> Currency {
    let decimals = decimals.try_into().unwrap_or(0);
    Currency::new(code, decimals).unwrap_or(Currency::NONE)
}

/// A batch as the ledger has it, and the key of its values.
#[derive(Debug, Clone)]
struct BatchRecord {
    id: BatchId,
    /// Its number in the tables.
    no: i32,
    account: i32,
    info: BatchInfo,
    key: DataKey,
    chunk_rows: u64,
    person_interval: Duration,
    unit_price: i64,
}
