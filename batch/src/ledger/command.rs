//! What the writer of a ledger is asked for, and how each command changes a group and is answered.

use tokio::sync::oneshot;

use super::group::{Attempt, Group};
use crate::store::{Fingerprint, Found, Intended, OnAmbiguous, Settled, StoreError, Totals};

/// Waits for the result of a command.
pub(super) type Waiting<T> = oneshot::Sender<Result<T, StoreError>>;

#[derive(Debug)]
pub(super) enum Command {
    Intend {
        row: u64,
        person: Fingerprint,
        on_ambiguous: OnAmbiguous,
        done: Waiting<Intended>,
    },
    Settle {
        row: u64,
        settled: Settled,
        done: Waiting<()>,
    },
    SettleThenIntend {
        settled: (u64, Settled),
        next: (u64, Fingerprint, OnAmbiguous),
        done: Waiting<Intended>,
    },
    Withdraw {
        row: u64,
        done: Waiting<()>,
    },
    Find {
        people: Vec<Fingerprint>,
        done: Waiting<Vec<Option<(u64, Found)>>>,
    },
    Numbers {
        people: Vec<Fingerprint>,
        done: Waiting<Vec<Option<u64>>>,
    },
    Page {
        from: u64,
        limit: u32,
        done: Waiting<Vec<(u64, Found)>>,
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
    Intended(Intended, Attempt),
    Noted,
    Found(Vec<Option<(u64, Found)>>),
    Numbers(Vec<Option<u64>>),
    Page(Vec<(u64, Found)>),
    Totals(Totals),
}

impl Command {
    pub(super) fn intent(&self) -> Option<(u64, Fingerprint)> {
        match self {
            Self::Intend { row, person, .. } | Self::SettleThenIntend { next: (row, person, _), .. } => {
                Some((*row, *person))
            }
            _ => None,
        }
    }

    /// A row that it takes from its way.
    pub(super) fn on_its_way(&self) -> Option<u64> {
        match self {
            Self::Settle { row, .. }
            | Self::Withdraw { row, .. }
            | Self::SettleThenIntend { settled: (row, _), .. } => Some(*row),
            _ => None,
        }
    }

    pub(super) fn is_change(&self) -> bool {
        !matches!(
            self,
            Self::Find { .. }
                | Self::Numbers { .. }
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
            Self::Intend { row, person, on_ambiguous, .. } => {
                return Done::Intended(group.intend((*row, *person, *on_ambiguous), new), new);
            }
            Self::SettleThenIntend { settled: (row, settled), next, .. } => {
                if let Some(own) = own {
                    group.settle(*row, own, settled);
                }
                return Done::Intended(group.intend(*next, new), new);
            }
            Self::Settle { row, settled, .. } => {
                if let Some(own) = own {
                    group.settle(*row, own, settled);
                }
            }
            Self::Withdraw { row, .. } => {
                if let Some(own) = own {
                    group.withdraw(*row, own);
                }
            }
            Self::Find { .. }
            | Self::Numbers { .. }
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
                Self::Intend { done, .. } | Self::SettleThenIntend { done, .. },
                Done::Intended(intended, _),
            ) => {
                drop(done.send(Ok(intended)));
            }
            (
                Self::Settle { done, .. } | Self::Withdraw { done, .. } | Self::AcceptOverlap { done, .. },
                Done::Noted,
            ) => drop(done.send(Ok(()))),
            (Self::Find { done, .. }, Done::Found(found)) => drop(done.send(Ok(found))),
            (Self::Numbers { done, .. }, Done::Numbers(numbers)) => drop(done.send(Ok(numbers))),
            (Self::Page { done, .. }, Done::Page(page)) => drop(done.send(Ok(page))),
            (Self::Totals(done), Done::Totals(totals)) => drop(done.send(Ok(totals))),
            // Each command has a result of its own kind.
            _ => {}
        }
    }

    pub(super) fn fail(self, error: &StoreError) {
        match self {
            Self::Intend { done, .. } | Self::SettleThenIntend { done, .. } => {
                drop(done.send(Err(error.clone())));
            }
            Self::Settle { done, .. }
            | Self::Withdraw { done, .. }
            | Self::AcceptOverlap { done, .. }
            | Self::Close(done) => drop(done.send(Err(error.clone()))),
            Self::Find { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Numbers { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Page { done, .. } => drop(done.send(Err(error.clone()))),
            Self::Totals(done) => drop(done.send(Err(error.clone()))),
        }
    }
}
