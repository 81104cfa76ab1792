//! What the writer of a ledger is asked for, and how each command changes a transaction and is
//! answered.

use tokio::sync::oneshot;

use crate::alerts::{Alert, Shares};
use crate::attempt::Attempt;
use crate::reuse::ReusedRow;
use crate::row_lifecycle::Transaction;
use crate::store::{
    Fingerprint, OnAmbiguous, Reservation, RowOutcome, RowRecord, RowState, StoreError, Totals,
};

/// Takes the answer to a command.
pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Reserve {
        attempt: Attempt,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
        done: Answer<Reservation>,
    },
    Settle {
        attempt: Attempt,
        outcome: RowOutcome,
        done: Answer<()>,
    },
    SettleThenReserve {
        settled: (Attempt, RowOutcome),
        next: (Attempt, Fingerprint, OnAmbiguous),
        done: Answer<Reservation>,
    },
    Release {
        attempt: Attempt,
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
    Alerts {
        shares: Shares,
        done: Answer<Vec<Alert>>,
    },
    AcceptOverlap {
        until: i64,
        people: Vec<Fingerprint>,
        done: Answer<()>,
    },
    Reuse {
        rows: Vec<ReusedRow>,
        done: Answer<u64>,
    },
    Close(Answer<()>),
}

/// The result of a command.
pub(super) enum Done {
    Reserved(Reservation),
    Changed,
    Found(Vec<Option<(u64, RowRecord)>>),
    States(Vec<Option<(u64, RowState)>>),
    Page(Vec<(u64, RowRecord)>),
    Totals(Totals),
    Alerts(Vec<Alert>),
    Reused(u64),
}

impl Command {
    /// The attempt that it reserves, and its person.
    pub(super) fn reserved(&self) -> Option<(Attempt, Fingerprint)> {
        match self {
            Self::Reserve { attempt, person, .. }
            | Self::SettleThenReserve { next: (attempt, person, _), .. } => Some((*attempt, *person)),
            _ => None,
        }
    }

    /// The attempt that it settles or releases.
    pub(super) fn ended(&self) -> Option<Attempt> {
        match self {
            Self::Settle { attempt, .. }
            | Self::Release { attempt, .. }
            | Self::SettleThenReserve { settled: (attempt, _), .. } => Some(*attempt),
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
                | Self::Alerts { .. }
                | Self::AcceptOverlap { .. }
                | Self::Reuse { .. }
                | Self::Close(_)
        )
    }

    /// Changes the rows of a transaction; what only reads changes none.
    pub(super) fn change(&self, transaction: &mut Transaction) -> Done {
        match self {
            Self::Reserve { attempt, person, on_ambiguous, .. } => {
                return Done::Reserved(transaction.reserve(*attempt, *person, *on_ambiguous));
            }
            Self::SettleThenReserve { settled: (attempt, outcome), next, .. } => {
                transaction.settle(*attempt, outcome);
                return Done::Reserved(transaction.reserve(next.0, next.1, next.2));
            }
            Self::Settle { attempt, outcome, .. } => transaction.settle(*attempt, outcome),
            Self::Release { attempt, .. } => transaction.release(*attempt),
            Self::Find { .. }
            | Self::States { .. }
            | Self::Page { .. }
            | Self::Totals(_)
            | Self::Alerts { .. }
            | Self::AcceptOverlap { .. }
            | Self::Reuse { .. }
            | Self::Close(_) => {}
        }
        Done::Changed
    }

    /// Answers the caller, if it still waits.
    pub(super) fn answer(self, done: Done) {
        match (self, done) {
            (
                Self::Reserve { done, .. } | Self::SettleThenReserve { done, .. },
                Done::Reserved(reservation),
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
            (Self::Alerts { done, .. }, Done::Alerts(alerts)) => drop(done.send(Ok(alerts))),
            (Self::Reuse { done, .. }, Done::Reused(rows)) => drop(done.send(Ok(rows))),
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
            Self::Alerts { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Reuse { done, .. } => drop(done.send(Err(error.clone()))),
        }
    }
}
