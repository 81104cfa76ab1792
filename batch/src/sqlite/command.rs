//! What the writer of a ledger is asked for, and how each command changes a transaction and is
//! answered.

use tokio::sync::oneshot;

use crate::row_lifecycle::{Attempt, Transaction};
use crate::store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, StoreError, Totals,
};

/// Takes the answer to a command.
pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Reserve {
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
        done: Answer<Reservation>,
    },
    Settle {
        row: u64,
        outcome: RowOutcome,
        done: Answer<()>,
    },
    SettleThenReserve {
        settled: (u64, RowOutcome),
        next: (u64, Fingerprint, OnAmbiguous),
        done: Answer<Reservation>,
    },
    Release {
        row: u64,
        done: Answer<()>,
    },
    Find {
        people: Vec<Fingerprint>,
        done: Answer<Vec<Option<(u64, RowRecord)>>>,
    },
    States {
        people: Vec<Fingerprint>,
        done: Answer<Vec<Option<(u64, RowState)>>>,
    },
    Page {
        from: u64,
        limit: u32,
        done: Answer<Vec<(u64, RowRecord)>>,
    },
    Totals(Answer<Totals>),
    AcceptOverlap {
        until: i64,
        people: Vec<Fingerprint>,
        done: Answer<()>,
    },
    Close(Answer<()>),
}

/// The result of a command.
pub(super) enum Done {
    /// With the id of the attempt.
    Reserved(Reservation, Attempt),
    Changed,
    Found(Vec<Option<(u64, RowRecord)>>),
    States(Vec<Option<(u64, RowState)>>),
    Page(Vec<(u64, RowRecord)>),
    Totals(Totals),
}

impl Command {
    /// The row that it reserves.
    pub(super) fn reserved_row(&self) -> Option<(u64, Fingerprint)> {
        match self {
            Self::Reserve { row, person, .. } | Self::SettleThenReserve { next: (row, person, _), .. } => {
                Some((*row, *person))
            }
            _ => None,
        }
    }

    /// The row that it settles or releases.
    pub(super) fn ended_row(&self) -> Option<u64> {
        match self {
            Self::Settle { row, .. }
            | Self::Release { row, .. }
            | Self::SettleThenReserve { settled: (row, _), .. } => Some(*row),
            _ => None,
        }
    }

    pub(super) fn is_change(&self) -> bool {
        !matches!(
            self,
            Self::Find { .. }
                | Self::States { .. }
                | Self::Page { .. }
                | Self::Totals(_)
                | Self::AcceptOverlap { .. }
                | Self::Close(_)
        )
    }

    /// Changes the rows of a transaction; what only reads changes none. `own` is the attempt that
    /// it settles or releases, if this program made one; `new` the one that it begins.
    pub(super) fn change(
        &self,
        transaction: &mut Transaction,
        attempt: Option<Attempt>,
        next_attempt: Attempt,
    ) -> Done {
        match self {
            Self::Reserve { row, person, on_ambiguous, .. } => {
                return Done::Reserved(
                    transaction.reserve((*row, *person, *on_ambiguous), next_attempt),
                    next_attempt,
                );
            }
            Self::SettleThenReserve { settled: (row, outcome), next, .. } => {
                if let Some(attempt) = attempt {
                    transaction.settle(*row, attempt, outcome);
                }
                return Done::Reserved(transaction.reserve(*next, next_attempt), next_attempt);
            }
            Self::Settle { row, outcome, .. } => {
                if let Some(attempt) = attempt {
                    transaction.settle(*row, attempt, outcome);
                }
            }
            Self::Release { row, .. } => {
                if let Some(attempt) = attempt {
                    transaction.release(*row, attempt);
                }
            }
            Self::Find { .. }
            | Self::States { .. }
            | Self::Page { .. }
            | Self::Totals(_)
            | Self::AcceptOverlap { .. }
            | Self::Close(_) => {}
        }
        Done::Changed
    }

    /// Answers the caller, if it still waits.
    pub(super) fn answer(self, done: Done) {
        match (self, done) {
            (
                Self::Reserve { done, .. } | Self::SettleThenReserve { done, .. },
                Done::Reserved(reservation, _),
            ) => {
                drop(done.send(Ok(reservation)));
            }
            (
                Self::Settle { done, .. } | Self::Release { done, .. } | Self::AcceptOverlap { done, .. },
                Done::Changed,
            ) => drop(done.send(Ok(()))),
            (Self::Find { done, .. }, Done::Found(found)) => drop(done.send(Ok(found))),
            (Self::States { done, .. }, Done::States(states)) => drop(done.send(Ok(states))),
            (Self::Page { done, .. }, Done::Page(page)) => drop(done.send(Ok(page))),
            (Self::Totals(done), Done::Totals(totals)) => drop(done.send(Ok(totals))),
            // Each command has a result of its own kind.
            _ => {}
        }
    }

    pub(super) fn fail(self, error: &StoreError) {
        match self {
            Self::Reserve { done, .. } | Self::SettleThenReserve { done, .. } => {
                drop(done.send(Err(error.clone())));
            }
            Self::Settle { done, .. }
            | Self::Release { done, .. }
            | Self::AcceptOverlap { done, .. }
            | Self::Close(done) => drop(done.send(Err(error.clone()))),
            Self::Find { done, .. } => drop(done.send(Err(error.clone()))),
            Self::States { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Page { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Totals(done) => drop(done.send(Err(error.clone()))),
        }
    }
}
