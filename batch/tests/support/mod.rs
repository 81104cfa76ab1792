//! A program of the tests: a store, and the attempts that it has made in it.

#[allow(dead_code, reason = "each file of tests uses some of it")]
pub(crate) mod arrivals;
#[allow(dead_code, reason = "each file of tests uses some of it")]
pub(crate) mod model;
#[cfg(unix)]
#[allow(dead_code, reason = "each file of tests uses some of it")]
pub(crate) mod postgres;
#[cfg(unix)]
#[allow(dead_code, reason = "each file of tests uses some of it")]
pub(crate) mod proxy;
#[cfg(unix)]
#[allow(dead_code, reason = "each file of tests uses some of it")]
pub(crate) mod submitted;

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::{Arc, Mutex};

use pyi_batch::{
    Attempt, AttemptId, AttemptIds, Fingerprint, OnAmbiguous, Reservation, RowOutcome, Store, StoreError,
};

/// A store, and the latest attempt of each row that this program has reserved and not ended.
#[derive(Debug, Clone)]
pub(crate) struct Program<S> {
    store: S,
    ids: Arc<AttemptIds>,
    pending: Arc<Mutex<HashMap<u64, AttemptId>>>,
}

impl<S> Deref for Program<S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.store
    }
}

#[allow(dead_code, reason = "each file of tests uses some of it")]
impl<S: Store> Program<S> {
    pub(crate) fn new(store: S) -> Self {
        Self { store, ids: Arc::new(AttemptIds::new().unwrap()), pending: Arc::default() }
    }

    pub(crate) fn into_store(self) -> S {
        self.store
    }

    pub(crate) async fn reserve(
        &self,
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Reservation, StoreError> {
        let attempt = Attempt { row, id: self.ids.next() };
        let reservation = self.store.reserve(attempt, person, on_ambiguous).await?;
        if reservation == Reservation::Send {
            self.pending.lock().unwrap().insert(row, attempt.id);
        }
        Ok(reservation)
    }

    pub(crate) async fn settle(&self, row: u64, outcome: RowOutcome) -> Result<(), StoreError> {
        self.store.settle(self.ended(row), outcome).await
    }

    pub(crate) async fn release(&self, row: u64) -> Result<(), StoreError> {
        self.store.release(self.ended(row)).await
    }

    /// The attempt of a row that ends, or one that the store does not know.
    fn ended(&self, row: u64) -> Attempt {
        let id = self.pending.lock().unwrap().remove(&row);
        Attempt { row, id: id.unwrap_or_else(|| self.ids.next()) }
    }
}
