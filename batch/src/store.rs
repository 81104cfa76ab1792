//! What a batch must be able to rely on, whatever keeps it: the intent to send a row is durable before it is sent, what came of it before
//! the next one is claimed, and money is set aside in the same breath as the intent.

use std::fmt;
use std::future::Future;

use pyi_runtime::Billing;

/// A person, as a batch knows one: a keyed digest of a row's values.
pub type Fingerprint = [u8; 16];

/// Keeps a batch. What it has confirmed survives whatever stops the program.
pub trait Store: Send + Sync {
    /// Notes that a row is about to be sent, and sets its price aside. Sends of one row, and of one person, follow each other.
    fn intend(
        &self,
        row: u64,
        person: Fingerprint,
        again: bool,
    ) -> impl Future<Output = Result<Intended, StoreError>> + Send;

    /// Notes what came of a row that was sent.
    fn settle(&self, row: u64, settled: Settled) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Takes an intent back: the row was not sent, or nothing will go better until somebody has done something. It is as it was before.
    fn withdraw(&self, row: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What is known of some rows, each in its place.
    fn find(&self, rows: Vec<u64>) -> impl Future<Output = Result<Vec<Option<Found>>, StoreError>> + Send;

    /// What was noted so far.
    fn totals(&self) -> impl Future<Output = Result<Totals, StoreError>> + Send;
}

/// Whether a row may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Intended {
    /// Now: its intent is durable, and its price set aside.
    Send,
    /// No: this is what came of it.
    Known(State),
    /// No: another row has the same person.
    Duplicate(u64),
    /// No: the budget does not hold it.
    Budget,
    /// No: it is not the row that was sent under this number.
    Changed,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It was about to be sent, or on its way, when the program stopped: nobody knows whether it was billed.
    Ambiguous,
    /// It is on its way.
    Sending,
    /// An answer came.
    Settled,
}

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it stands.
    pub state: State,
    /// What came of it, if an answer came.
    pub settled: Option<Settled>,
}

/// What came of a row.
#[derive(Clone, PartialEq, Eq)]
pub struct Settled {
    /// What it cost.
    pub billing: Billing,
    /// The provider's status.
    pub code: Option<i32>,
    /// The word for what came of it, as `pyi_dynamic::Told` has it.
    pub outcome: String,
    /// The payload as JSON text.
    pub data: Option<String>,
}

impl Settled {
    /// Whether it counts as spent: it was billed, or nobody knows.
    pub fn is_paid(&self) -> bool {
        is_paid(self.billing)
    }
}

/// Whether a billing counts as spent.
pub(crate) fn is_paid(billing: Billing) -> bool {
    matches!(billing, Billing::Billed | Billing::Unknown)
}

/// Shows no data.
impl fmt::Debug for Settled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settled")
            .field("billing", &self.billing)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// What a batch came to so far. Money is in the store's smallest unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Totals {
    /// What was spent, or may have been: each row that was billed, and each of which nobody knows.
    pub spent: i64,
    /// What is set aside for rows that are on their way.
    pub reserved: i64,
    /// Rows with an answer.
    pub settled: u64,
    /// Rows of which nobody knows whether they were billed, since the program stopped.
    pub ambiguous: u64,
    /// Rows on their way.
    pub sending: u64,
}

/// A store that cannot do what it is asked for. Nothing that it was asked for has happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub(crate) String);

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for StoreError {}
