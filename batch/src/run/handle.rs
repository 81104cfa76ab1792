//! The handle of a run: its progress, its summary, and a way to stop it.

use pyi_runtime::StatusCode;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::source::Passed;
use crate::store::{Reservation, RowState, StoreError};

/// Shows the progress of a run and stops it. Each run has a handle of its own.
#[derive(Debug, Clone, Default)]
pub struct RunHandle {
    summary: Arc<Mutex<Summary>>,
    paid: Arc<AtomicU64>,
    store_error: Arc<Mutex<Option<StoreError>>>,
    over: watch::Sender<bool>,
}

impl RunHandle {
    /// The summary so far.
    pub fn summary(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Calls of the run that were billed so far, or may have been.
    pub fn paid(&self) -> u64 {
        self.paid.load(Ordering::Relaxed)
    }

    /// The error of a store that does not take outcomes at this moment. The run retries for
    /// [`Settings::outage_timeout`](super::Settings::outage_timeout).
    pub fn store_error(&self) -> Option<StoreError> {
        self.store_error.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Stops the run: no other row begins, and calls in flight are waited for.
    pub fn stop(&self) {
        self.over.send_replace(true);
    }

    pub(super) fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until the run is stopped.
    pub(super) async fn until_over(&self) {
        // The sender lives as long as this does.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    pub(super) fn count(&self, change: impl FnOnce(&mut Summary)) {
        change(&mut self.summary.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Stops the run for a reason. The first one is kept.
    pub(super) fn stop_for(&self, reason: StopReason) {
        self.count(|summary| {
            summary.stopped.get_or_insert(reason);
        });
        self.stop();
    }

    /// Counts a row that is not sent. Returns whether it is still to be sent.
    pub(super) fn pass_over(&self, reservation: Reservation) -> Passed {
        let mut passed = Passed::Done;
        self.count(|summary| match reservation {
            Reservation::Known(RowState::Settled) => summary.known += 1,
            Reservation::Known(RowState::Ambiguous | RowState::Sending) => summary.ambiguous += 1,
            Reservation::SendLimit => {
                summary.ambiguous += 1;
                summary.send_limit += 1;
            }
            Reservation::Skipped => summary.skipped += 1,
            Reservation::Elsewhere => summary.elsewhere += 1,
            Reservation::Duplicate(_) => summary.duplicates += 1,
            Reservation::BudgetUsed
            | Reservation::BudgetHeld
            | Reservation::TooSoon(_)
            | Reservation::Stopped
            | Reservation::NotHeld
            | Reservation::Send
            | Reservation::Changed => {
                summary.left += 1;
                passed = Passed::Left;
            }
        });
        match reservation {
            Reservation::BudgetUsed => self.stop_for(StopReason::Budget),
            Reservation::Stopped => self.stop_for(StopReason::Requested),
            _ => {}
        }
        passed
    }

    pub(super) fn count_paid(&self) {
        self.paid.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_store_error(&self, error: Option<StoreError>) {
        *self.store_error.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }
}

/// The rows of a run by their outcome. Each row of the table is counted once, in one of `sent` to
/// `left`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Sent by this run, and answered.
    pub sent: u64,
    /// Answered or given up in an earlier run.
    pub known: u64,
    /// Refused by the spec's rules or by the client.
    pub refused: u64,
    /// The person is that of another row.
    pub duplicates: u64,
    /// Unknown whether billed: without an answer in this run, or held from an earlier one.
    pub ambiguous: u64,
    /// Ambiguous rows that were sent as often as [`OnAmbiguous::Retry`](crate::OnAmbiguous::Retry)
    /// allows. They are counted in `ambiguous` too.
    pub send_limit: u64,
    /// Given up by [`OnAmbiguous::Skip`](crate::OnAmbiguous::Skip).
    pub skipped: u64,
    /// Not sent: another batch of the same registry has sent the person meanwhile.
    pub elsewhere: u64,
    /// Not sent: no connection was made, or the run stopped before the row.
    pub left: u64,
    /// Answers that slowed the run down, since the provider was overloaded.
    pub throttled: u64,
    /// Answers with HTTP status 429 or 503, without an envelope or an entry in the spec's `http`,
    /// by status. It is unknown whether they were billed.
    pub unlisted_http: BTreeMap<u16, u64>,
    /// Why the run stopped before the end of the table, if it did.
    pub stopped: Option<StopReason>,
}

impl Summary {
    /// Counts an answer of an overloaded provider.
    pub(super) fn throttled(&mut self, unlisted: Option<u16>) {
        self.throttled += 1;
        if let Some(status) = unlisted {
            *self.unlisted_http.entry(status).or_default() += 1;
        }
    }
}

/// Why a run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum StopReason {
    /// The rest of the budget is less than the price of a call.
    Budget,
    /// A provider status after which every call fails until its cause is removed.
    Status {
        /// The status code.
        code: StatusCode,
        /// The remedy.
        remedy: String,
    },
    /// An HTTP status without an envelope after which every call fails until its cause is removed.
    Http {
        /// The HTTP status.
        status: u16,
        /// The remedy.
        remedy: String,
    },
    /// No connection can be made, with the last error.
    Network(String),
    /// Many consecutive calls failed, and each may have been billed. With the last error.
    ConsecutiveFailures(String),
    /// The client refuses one call after another, with the last error.
    Refused(String),
    /// Stopped by [`RunHandle::stop`].
    Requested,
}
