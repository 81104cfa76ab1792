//! How far a run is, for whoever shows it; what it came to; and a way to end it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use crate::store::StoreError;

/// How far a run is, for whoever shows it; and a way to end it. Each run has its own.
#[derive(Debug, Clone, Default)]
pub struct RunHandle {
    summary: Arc<Mutex<Summary>>,
    paid: Arc<AtomicU64>,
    trouble: Arc<Mutex<Option<StoreError>>>,
    over: watch::Sender<bool>,
}

impl RunHandle {
    /// What the run came to so far.
    pub fn summary(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls of the run were billed so far, or may have been.
    pub fn paid(&self) -> u64 {
        self.paid.load(Ordering::Relaxed)
    }

    /// Why answers that came are not in the store: it is tried again until [`Settings::outage_timeout`](super::Settings::outage_timeout) is at its end.
    pub fn trouble(&self) -> Option<StoreError> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has the run begin no other row. What is on its way is waited for.
    pub fn stop(&self) {
        self.over.send_replace(true);
    }

    pub(super) fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until the run is over.
    pub(super) async fn until_over(&self) {
        // The sender lives as long as this does.
        let _ = self.over.subscribe().wait_for(|over| *over).await;
    }

    pub(super) fn count(&self, of: impl FnOnce(&mut Summary)) {
        of(&mut self.summary.lock().unwrap_or_else(PoisonError::into_inner));
    }

    pub(super) fn count_paid(&self) {
        self.paid.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn set_trouble(&self, trouble: Option<StoreError>) {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
    }
}

/// What a run came to. Every row of the table is in one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Sent by this run, and answered.
    pub sent: u64,
    /// Answered in an earlier run, or given up in one.
    pub known: u64,
    /// Refused by the spec's rules or by the client, or mangled.
    pub refused: u64,
    /// The same as another row.
    pub duplicates: u64,
    /// Nobody knows whether it was billed: no answer came in this run, or nobody asked to send it again.
    pub ambiguous: u64,
    /// How many of the ambiguous ones were sent as often as [`OnAmbiguous::Retry`](crate::OnAmbiguous::Retry) allows.
    pub send_limit: u64,
    /// Given up, as was asked for.
    pub skipped: u64,
    /// Not sent, since another batch of the same registry had sent the person meanwhile.
    pub elsewhere: u64,
    /// Not sent, since no connection could be made, or since the run stopped before it.
    pub left: u64,
    /// How many answers said that the provider has too much to do, so that the run slowed down.
    pub throttled: u64,
    /// How many answers had HTTP status 429 or 503, no envelope, and no entry in the spec's `http`: it is unknown whether they were
    /// billed.
    pub unlisted_http: BTreeMap<u16, u64>,
    /// Why the run stopped before the table's end, if it did.
    pub stopped: Option<StopReason>,
}

impl Summary {
    /// Counts an answer that said that the provider has too much to do.
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
    /// The budget does not hold another call.
    Budget,
    /// A status after which nothing goes better until somebody has done something.
    Status {
        /// Its code.
        code: i32,
        /// What to do about it.
        remedy: String,
    },
    /// An HTTP status without an envelope after which nothing goes better until somebody has done something.
    Http {
        /// The HTTP status.
        status: u16,
        /// What to do about it.
        remedy: String,
    },
    /// No connection can be made.
    Network(String),
    /// Many calls in a row came to nothing, and each may have been billed. What came of the last one.
    ConsecutiveFailures(String),
    /// The client itself refuses one call after another. Why.
    Refused(String),
    /// By [`RunHandle::stop`].
    Asked,
}
