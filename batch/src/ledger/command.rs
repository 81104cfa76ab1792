//! What the writer of a ledger is asked for, and how each command changes a group and is answered.

use tokio::sync::oneshot;

use super::transaction::{Attempt, Group};
use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowRecord, RowState, Settled, StoreError, Totals};

/// Waits for the result of a command.
pub(super) type Waiting<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Reserve {
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
        done: Waiting<Reservation>,
    },
    Settle {
        row: u64,
        settled: Settled,
        done: Waiting<()>,
    },
    SettleThenReserve {
        settled: (u64, Settled),
        next: (u64, Fingerprint, OnAmbiguous),
        done: Waiting<Reservation>,
    },
    Release {
        row: u64,
        done: Waiting<()>,
    },
    Find {
        people: Vec<Fingerprint>,
        done: Waiting<Vec<Option<(u64, RowRecord)>>>,
    },
    States {
        people: Vec<Fingerprint>,
        done: Waiting<Vec<Option<(u64, RowState)>>>,
    },
    Page {
        from: u64,
        limit: u32,
        done: Waiting<Vec<(u64, RowRecord)>>,
    },
    Totals(Waiting<Totals>),
    AcceptOverlap {
        until: i64,
        people: Vec<Fingerprint>,
        done: Waiting<()>,
    },
    Close(Waiting<()>),
}

/// The result of a command.
pub(super) enum Done {
    /// With the attempt's id.
    Reserved(Reservation, Attempt),
    Noted,
    Found(Vec<Option<(u64, RowRecord)>>),
    States(Vec<Option<(u64, RowState)>>),
    Page(Vec<(u64, RowRecord)>),
    Totals(Totals),
}

impl Command {
    pub(super) fn intent(&self) -> Option<(u64, Fingerprint)> {
        match self {
            Self::Reserve { row, person, .. } | Self::SettleThenReserve { next: (row, person, _), .. } => {
                Some((*row, *person))
            }
            _ => None,
        }
    }

    /// A row that it takes from its way.
    pub(super) fn on_its_way(&self) -> Option<u64> {
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

    /// Changes the rows of a group; what only reads changes none. `own` is the attempt that it settles or releases, if this program made one;
    /// `new` the one that it begins.
    pub(super) fn change(&self, group: &mut Group, own: Option<Attempt>, new: Attempt) -> Done {
        match self {
            Self::Reserve { row, person, on_ambiguous, .. } => {
                return Done::Reserved(group.reserve((*row, *person, *on_ambiguous), new), new);
            }
            Self::SettleThenReserve { settled: (row, settled), next, .. } => {
                if let Some(own) = own {
                    group.settle(*row, own, settled);
                }
                return Done::Reserved(group.reserve(*next, new), new);
            }
            Self::Settle { row, settled, .. } => {
                if let Some(own) = own {
                    group.settle(*row, own, settled);
                }
            }
            Self::Release { row, .. } => {
                if let Some(own) = own {
                    group.release(*row, own);
                }
            }
            Self::Find { .. }
            | Self::States { .. }
            | Self::Page { .. }
            | Self::Totals(_)
            | Self::AcceptOverlap { .. }
            | Self::Close(_) => {}
        }
        Done::Noted
    }

    /// Answers the caller, if it still waits.
    pub(super) fn tell(self, done: Done) {
        match (self, done) {
            (
                Self::Reserve { done, .. } | Self::SettleThenReserve { done, .. },
                Done::Reserved(reservation, _),
            ) => {
                drop(done.send(Ok(reservation)));
            }
            (
                Self::Settle { done, .. } | Self::Release { done, .. } | Self::AcceptOverlap { done, .. },
                Done::Noted,
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
