//! Where a run gets its rows from: a table, or the chunks of a ledger on many machines.

use std::future::Future;
use std::time::Duration;

use pyi_runtime::__private::Values;
use pyi_runtime::Operation;

use super::RunError;
use crate::attempt::Attempt;
use crate::store::{Fingerprint, OnAmbiguous};

/// A row that passes its checks and may be sent.
pub(super) struct PreparedRow {
    /// Its line in the table.
    pub(super) line: u64,
    /// Its number in the store, and the id of its next send.
    pub(super) attempt: Attempt,
    pub(super) person: Fingerprint,
    pub(super) on_ambiguous: OnAmbiguous,
    pub(super) values: Values,
}

/// The answer to a slot that asks for a row.
pub(super) enum Next {
    Row(PreparedRow),
    /// None at this moment. A slot settles its pending outcome before it waits: the rows that come
    /// may wait for that.
    Wait,
    /// The run is over.
    End,
}

/// How the run is done with a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passed {
    /// Its outcome is in the store, or it is not to be sent.
    Done,
    /// It is still to be sent, by another worker or by another run.
    Left,
}

/// The rows of a run. Each row that a slot takes is passed once, or deferred.
pub(super) trait RowSource: Sync {
    fn next(&self) -> impl Future<Output = Result<Next, RunError>> + Send;

    /// Waits until there may be another row.
    fn wait(&self) -> impl Future<Output = ()> + Send;

    /// Puts an ambiguous row after all rows that were never sent.
    fn defer(&self, row: PreparedRow) -> impl Future<Output = ()> + Send;

    /// Takes back a row whose person was sent too short a time ago, and gives it out again after
    /// `wait`. Returns it where the slot itself is to wait.
    fn postpone(&self, row: PreparedRow, wait: Duration) -> Option<PreparedRow>;

    /// Whether the rows wait for turns.
    fn is_paced(&self) -> bool;

    /// Whether a row will be sent, as far as is known without its reservation.
    fn is_to_be_sent(&self, row: &PreparedRow) -> impl Future<Output = Result<bool, RunError>> + Send;

    /// Waits for the turn of a row.
    fn turn(
        &self,
        operation: &Operation<'_>,
        row: &PreparedRow,
    ) -> impl Future<Output = Result<(), RunError>> + Send;

    fn pass(&self, row: u64, passed: Passed);
}
