//! What a batch must be able to rely on, whatever keeps it: the intent to send a row is durable before it is sent, what came of it before
//! the next one is claimed, and money is set aside in the same breath as the intent.

use std::fmt;
use std::future::Future;

use pyi_runtime::{Billing, CallOutcome};

/// A person, as a batch knows one: a keyed digest of a row's values.
pub type Fingerprint = [u8; 16];

/// Keeps a batch. What it has confirmed survives whatever stops the program.
pub trait Store: Send + Sync {
    /// Notes that a row is about to be sent, and sets its price aside. Sends of one row, and of one person, follow each other.
    fn reserve(
        &self,
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> impl Future<Output = Result<Reservation, StoreError>> + Send;

    /// Notes what came of a row that was sent. One without an answer is ambiguous from then on.
    fn settle(&self, row: u64, settled: Settled) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Notes what came of one row, and then that another is about to be sent. A store that can does both in one commit: never the second
    /// without the first.
    fn settle_then_reserve(
        &self,
        settled: (u64, Settled),
        next: (u64, Fingerprint, OnAmbiguous),
    ) -> impl Future<Output = Result<Reservation, StoreError>> + Send {
        async move {
            self.settle(settled.0, settled.1).await?;
            self.reserve(next.0, next.1, next.2).await
        }
    }

    /// Releases the reservation of a row that was not sent, or cost nothing, and restores its previous state: an earlier outcome, its
    /// reason and its kept payload.
    fn release(&self, row: u64) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// What is known of some people, each in its place: the number of the row, and its state. `None` for one who was never sent.
    fn find(
        &self,
        people: Vec<Fingerprint>,
    ) -> impl Future<Output = Result<Vec<Option<(u64, RowRecord)>>, StoreError>> + Send;

    /// The number and the state of the row of each of some people, without its outcome. `None` for one who was never sent.
    fn states(
        &self,
        people: Vec<Fingerprint>,
    ) -> impl Future<Output = Result<Vec<Option<(u64, RowState)>>, StoreError>> + Send {
        async move {
            let found = self.find(people).await?;
            Ok(found.into_iter().map(|found| found.map(|(number, found)| (number, found.state))).collect())
        }
    }

    /// The rows from a number on, in the order of their numbers, `limit` at the most.
    fn page(
        &self,
        from: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(u64, RowRecord)>, StoreError>> + Send;

    /// What was noted so far.
    fn totals(&self) -> impl Future<Output = Result<Totals, StoreError>> + Send;
}

/// What becomes of a row of which nobody knows whether it was billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// It stays as it is, for somebody to decide.
    Hold,
    /// It is sent again, behind the rows that were never sent, and may be paid for twice.
    Retry {
        /// Maximum sends of one row, the first one included.
        max_sends: u32,
    },
    /// It is given up: it has no answer, counts as spent, and is not asked about any more.
    Skip,
}

/// Whether a row may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Now: its intent is durable, and its price set aside.
    Send,
    /// No: this is what came of it.
    Known(RowState),
    /// No: nobody knew what came of it, and it is given up from now on.
    Skipped,
    /// No: it has no answer, and was sent as often as [`OnAmbiguous::Retry`] allows.
    SendLimit,
    /// No: another row has the same person.
    Duplicate(u64),
    /// No: another batch of the same registry was billed for the person, or may have been.
    Elsewhere,
    /// No: the budget does not hold it.
    Budget,
    /// No: another person has this number. The table is not the one that it was; the row takes the next number of its line.
    Changed,
}

/// More lines than any table has.
const LINES: u64 = 1 << 40;

/// The line that a row was sent from. A row's number is that line; where another person was sent from it before, the table being another
/// one then, it is the next number of that line.
pub(crate) fn line_of(number: u64) -> u64 {
    number % LINES
}

/// The number of a line that comes after another of it.
pub(crate) fn next_number(number: u64) -> u64 {
    number.wrapping_add(LINES)
}

/// Where a row stands that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Nobody knows whether it was billed: no answer came, or it was about to be sent or on its way when the program stopped.
    Ambiguous,
    /// It is on its way.
    Sending,
    /// An answer came, or it is given up.
    Settled,
}

/// What is known of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRecord {
    /// Where it stands.
    pub state: RowState,
    /// What came of it, if that was noted.
    pub settled: Option<Settled>,
}

/// What came of a row.
#[derive(Clone, PartialEq, Eq)]
pub struct Settled {
    /// What it cost.
    pub billing: Billing,
    /// The provider's status.
    pub code: Option<i32>,
    /// The outcome.
    pub outcome: CallOutcome,
    /// What is wrong, in a line that holds no value of the request.
    pub why: Option<String>,
    /// The payload as JSON text.
    pub data: Option<String>,
}

impl Settled {
    /// Whether it counts as spent: it was billed, or nobody knows.
    pub fn is_paid(&self) -> bool {
        matches!(self.billing, Billing::Billed | Billing::Unknown)
    }

    /// Where a row stands that came to this: without an answer, nobody knows.
    pub fn state(&self) -> RowState {
        if self.is_answer() { RowState::Settled } else { RowState::Ambiguous }
    }

    /// Whether the provider's answer is in it: neither is in a row without an answer, nor in one that is given up.
    pub(crate) fn is_answer(&self) -> bool {
        self.code.is_some() || self.billing != Billing::Unknown
    }

    /// What a row comes to that is given up.
    pub(crate) fn skipped() -> Self {
        Self { billing: Billing::Unknown, code: None, outcome: CallOutcome::Skipped, why: None, data: None }
    }
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
    /// Rows with an answer, or given up.
    pub settled: u64,
    /// Rows of which nobody knows whether they were billed.
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
