//! What a batch requires of its store: a reservation is durable before its row is sent, an outcome
//! is durable before the slot takes its next row, and the price is reserved in the same commit as
//! the row.

use std::fmt;
use std::future::Future;
use std::time::Duration;

use pyi_runtime::{Billing, CallOutcome, StatusCode};
use pyi_text::Message;

use crate::attempt::Attempt;
use crate::money::Money;

/// Keyed digest of the values of a row. It identifies a person across runs.
pub type Fingerprint = [u8; 16];

/// The durable state of a batch. What it has confirmed survives a kill and a loss of power.
pub trait Store: Send + Sync {
    /// Reserves a row that is about to be sent, with its price. Reservations of one row, and of one
    /// person, follow each other. A reservation that failed may be in the store: the same attempt
    /// may be reserved again, which has no further effect, or released.
    fn reserve(
        &self,
        attempt: Attempt,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> impl Future<Output = Result<Reservation, StoreError>> + Send;

    /// Settles an attempt with its outcome, whether or not the row was taken for ambiguous
    /// meanwhile. Another attempt of the row stays as it is. An attempt without an answer becomes
    /// ambiguous.
    fn settle(
        &self,
        attempt: Attempt,
        outcome: RowOutcome,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Settles one attempt, and then reserves another. A store may do both in one commit; never the
    /// second without the first.
    fn settle_then_reserve(
        &self,
        settled: (Attempt, RowOutcome),
        next: (Attempt, Fingerprint, OnAmbiguous),
    ) -> impl Future<Output = Result<Reservation, StoreError>> + Send {
        async move {
            self.settle(settled.0, settled.1).await?;
            self.reserve(next.0, next.1, next.2).await
        }
    }

    /// Releases the reservation of an attempt that was not sent or was free of charge, and restores
    /// the row's previous state and outcome. Another attempt of the row stays as it is.
    fn release(&self, attempt: Attempt) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The number and the record of the row of each of these people, in their order. `None` for a
    /// person who was never sent.
    fn find(
        &self,
        people: Vec<Fingerprint>,
    ) -> impl Future<Output = Result<Vec<Option<(u64, RowRecord)>>, StoreError>> + Send;

    /// The number and the state of the row of each of these people, in their order. `None` for a
    /// person who was never sent.
    fn states(
        &self,
        people: Vec<Fingerprint>,
    ) -> impl Future<Output = Result<Vec<Option<(u64, RowState)>>, StoreError>> + Send {
        async move {
            let found = self.find(people).await?;
            Ok(found.into_iter().map(|found| found.map(|(number, found)| (number, found.state))).collect())
        }
    }

    /// Up to `limit` rows from a number on, by number.
    fn page(
        &self,
        from: u64,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<(u64, RowRecord)>, StoreError>> + Send;

    /// The totals so far.
    fn totals(&self) -> impl Future<Output = Result<Totals, StoreError>> + Send;
}

/// The treatment of rows that are ambiguous from an earlier run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnAmbiguous {
    /// Keeps them ambiguous, for a decision by hand.
    Hold,
    /// Sends them again, after the rows that were never sent. They may be billed twice.
    Retry {
        /// Maximum sends of one row, the first one included.
        max_sends: u32,
    },
    /// Gives them up: no answer, counted as spent, settled.
    Skip,
}

/// The answer to a reservation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reservation {
    /// Send the row now. The reservation and its price are durable.
    Send,
    /// Do not send: the row was sent before, and is in this state.
    Known(RowState),
    /// Do not send: the ambiguous row is given up from now on.
    Skipped,
    /// Do not send: the ambiguous row was sent as often as [`OnAmbiguous::Retry`] allows.
    SendLimit,
    /// Do not send: this row has the same person.
    Duplicate(u64),
    /// Do not send: another batch of the same registry was billed for the person, or may have been.
    Elsewhere,
    /// Do not send: what the budget has left is less than the price, whatever the rows in flight
    /// cost.
    BudgetUsed,
    /// Do not send now: the rest of the budget is reserved for rows in flight, or held by another
    /// worker. Some of it may come back.
    BudgetHeld,
    /// Do not send now: the person was sent less than the account's interval ago. The time until
    /// that is over.
    TooSoon(Duration),
    /// Do not send: the batch is stopped for all workers.
    Stopped,
    /// Do not send: this worker does not hold the row. Its lease ended, or another worker has the
    /// chunk.
    NotHeld,
    /// Do not send: another person has this number, since the table has changed. The row takes the
    /// next number of its line.
    Changed,
}

/// Greater than the number of lines of any table.
const LINES: u64 = 1 << 40;

/// The line that a row was sent from. The number of a row is its line. Where the table has changed
/// and another person was sent from the line before, the number is `LINES` more.
pub(crate) fn line_of(number: u64) -> u64 {
    number % LINES
}

/// The next number of the same line.
pub(crate) fn next_number(number: u64) -> u64 {
    number.wrapping_add(LINES)
}

/// The state of a row that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowState {
    /// Unknown whether it was billed: it has no answer, or the program stopped between its
    /// reservation and its outcome.
    Ambiguous,
    /// It is reserved or in flight.
    Sending,
    /// It has an answer, or is given up.
    Settled,
}

/// A row as the store has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowRecord {
    /// Its state.
    pub state: RowState,
    /// Its latest outcome, if there is one.
    pub outcome: Option<RowOutcome>,
    /// Where the batch took the answer of an earlier batch instead of a call: the time of that
    /// call, in Unix seconds. `None` for a row that was sent.
    pub reused: Option<i64>,
}

/// The outcome of a row.
#[derive(Clone, PartialEq, Eq)]
pub struct RowOutcome {
    /// Whether it was billed.
    pub billing: Billing,
    /// The provider's status code.
    pub code: Option<StatusCode>,
    /// The outcome of its call.
    pub outcome: CallOutcome,
    /// The error, in one line without any value of the request.
    pub error: Option<String>,
    /// The payload as JSON text.
    pub data: Option<String>,
}

impl RowOutcome {
    /// Whether its price counts as spent: it was billed, or that is unknown.
    pub fn is_paid(&self) -> bool {
        matches!(self.billing, Billing::Billed | Billing::Unknown)
    }

    /// The state of a row with this outcome: ambiguous without an answer.
    pub fn state(&self) -> RowState {
        if self.is_answer() { RowState::Settled } else { RowState::Ambiguous }
    }

    /// Whether it is the provider's answer. A row without an answer has none, and neither has one
    /// that is given up.
    pub(crate) fn is_answer(&self) -> bool {
        self.code.is_some() || self.billing != Billing::Unknown
    }

    /// The outcome of a row that takes the answer of an earlier batch: this batch sends nothing.
    pub(crate) fn reused(code: Option<StatusCode>, outcome: CallOutcome, data: Option<String>) -> Self {
        Self { billing: Billing::NotSent, code, outcome, error: None, data }
    }

    /// The outcome of a row that is given up.
    pub(crate) fn skipped() -> Self {
        Self { billing: Billing::Unknown, code: None, outcome: CallOutcome::Skipped, error: None, data: None }
    }
}

/// Shows no data.
impl fmt::Debug for RowOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowOutcome")
            .field("billing", &self.billing)
            .field("code", &self.code)
            .finish_non_exhaustive()
    }
}

/// The totals of a batch so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Totals {
    /// Spent: the rows that were billed, and those that may have been.
    pub spent: Money,
    /// Reserved for rows in flight.
    pub reserved: Money,
    /// Rows with an answer, and rows that are given up.
    pub settled: u64,
    /// Rows that may have been billed: no answer says whether.
    pub ambiguous: u64,
    /// Rows that are reserved or in flight.
    pub sending: u64,
}

/// A store that failed. Unknown whether the command that failed has changed anything; it may be
/// repeated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError(pub(crate) Message);

impl StoreError {
    /// The error of a store of the caller's own, in one line: what failed, and what to do.
    pub fn new(why: impl Into<Message>) -> Self {
        Self(why.into())
    }

    /// Its text, which can be said in another language.
    pub fn message(&self) -> &Message {
        &self.0
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for StoreError {}

impl From<StoreError> for Message {
    fn from(error: StoreError) -> Self {
        error.0
    }
}
