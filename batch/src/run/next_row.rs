//! The rows of a table as a run sends them: taken from the table, looked up in the store, and
//! checked.

use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::Operation;
use tokio::sync::Mutex;

use super::queue::{Claimed, RowQueue};
use super::source::{Next, Passed, PreparedRow, RowSource};
use super::{Key, RunError, Settings};
use crate::attempt::{Attempt, AttemptIds};
use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::row_matching::{CHUNK, Claims};
use crate::store::{OnAmbiguous, Reservation, RowState, Store};

/// The rows of a table, in one process.
pub(super) struct TableRows<'a, S> {
    pub(super) provider: &'a Provider,
    pub(super) endpoint: &'a Endpoint,
    pub(super) mapping: &'a Mapping,
    pub(super) columns: usize,
    pub(super) key: &'a Key,
    pub(super) store: &'a S,
    pub(super) attempts: &'a AttemptIds,
    /// `None` where the store had no rows before this run.
    pub(super) claims: Option<Claims>,
    pub(super) settings: &'a Settings,
    pub(super) queue: Mutex<RowQueue<'a>>,
}

impl<S: Store> RowSource for TableRows<'_, S> {
    async fn next(&self) -> Result<Next, RunError> {
        while !self.settings.handle.is_over() {
            let Some(Claimed { row, is_deferred, known }) = self.claim().await? else { break };
            let given = given(&row, self.mapping);
            let person = self.key.fingerprint(&given);
            let request = request((self.provider, self.endpoint), &row, self.mapping, &given, self.columns);
            match (self.number(row.line, known, request.is_ok()), request) {
                (Some(number), Ok(values)) => {
                    let on_ambiguous = match self.settings.on_ambiguous {
                        // Rows that were never sent come first.
                        OnAmbiguous::Retry { .. } if !is_deferred => OnAmbiguous::Hold,
                        chosen => chosen,
                    };
                    let attempt = Attempt { row: number, id: self.attempts.next() };
                    return Ok(Next::Row(PreparedRow {
                        line: row.line,
                        attempt,
                        person,
                        on_ambiguous,
                        values,
                    }));
                }
                (Some(_), Err(_)) => self.settings.handle.count(|summary| summary.refused += 1),
                (None, _) => {}
            }
            // Lets other slots run between many rows that are not sent.
            tokio::task::consume_budget().await;
        }
        Ok(Next::End)
    }

    /// It never has to be waited for.
    async fn wait(&self) {}

    async fn defer(&self, row: PreparedRow) {
        self.queue.lock().await.defer(row.line);
    }

    fn postpone(&self, row: PreparedRow, _: Duration) -> Option<PreparedRow> {
        Some(row)
    }

    fn is_paced(&self) -> bool {
        self.settings.pace.is_some()
    }

    async fn is_to_be_sent(&self, row: &PreparedRow) -> Result<bool, RunError> {
        let known = self.store.states(vec![row.person]).await.map_err(RunError::Store)?;
        let retry = matches!(row.on_ambiguous, OnAmbiguous::Retry { .. });
        let known = known.into_iter().next().flatten();
        Ok(known.is_none_or(|(_, state)| state == RowState::Ambiguous && retry))
    }

    async fn turn(&self, operation: &Operation<'_>, row: &PreparedRow) -> Result<(), RunError> {
        if let Some(pace) = &self.settings.pace {
            pace.wait(operation, &row.values).await;
        }
        Ok(())
    }

    /// The next run finds in the store what this one has sent.
    fn pass(&self, _: u64, _: Passed) {}
}

impl<S: Store> TableRows<'_, S> {
    /// The next row of the table. Where rows were sent before this run, many are looked up in the
    /// store at a time.
    async fn claim(&self) -> Result<Option<Claimed>, RunError> {
        // Locked over the lookup, so that rows keep their order.
        let mut rows = self.queue.lock().await;
        if self.claims.is_some() && rows.is_read_up() {
            let mut chunk = Vec::new();
            let mut people = Vec::new();
            while chunk.len() < CHUNK
                && let Some(claimed) = rows.next().map_err(RunError::Table)?
            {
                people.push(self.key.fingerprint(&given(&claimed.row, self.mapping)));
                chunk.push(claimed);
            }
            let known = self.store.states(people).await.map_err(RunError::Store)?;
            rows.put_ahead(chunk.into_iter().zip(known).map(|(claimed, known)| Claimed { known, ..claimed }));
        }
        rows.next().map_err(RunError::Table)
    }

    /// The number that a row has or will have in the store. `None` for a row that is counted and
    /// not sent: another row of the table has its person, it is settled, or it was sent before and
    /// fails its checks now.
    fn number(&self, line: u64, known: Option<(u64, RowState)>, is_fit: bool) -> Option<u64> {
        let (Some(claims), Some((number, state))) = (&self.claims, known) else { return Some(line) };
        if claims.line(number) != line {
            self.settings.handle.count(|summary| summary.duplicates += 1);
        } else if is_fit && state != RowState::Settled {
            return Some(number);
        } else {
            self.settings.handle.pass_over(Reservation::Known(state));
        }
        None
    }
}
