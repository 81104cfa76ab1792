//! The next row of a call slot: taken from the table, looked up in the store, and checked.

use pyi_runtime::__private::Values;

use super::RunError;
use super::queue::Claimed;
use super::slots::Run;
use crate::attempt::Attempt;
use crate::plan::{given, request};
use crate::row_matching::CHUNK;
use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowState, Store};

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

impl<S: Store> Run<'_, S> {
    /// The next row that may be sent. `None` once the run is over.
    pub(super) async fn next(&self) -> Result<Option<PreparedRow>, RunError> {
        while !self.handle().is_over() {
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
                    return Ok(Some(PreparedRow { line: row.line, attempt, person, on_ambiguous, values }));
                }
                (Some(_), Err(_)) => self.handle().count(|summary| summary.refused += 1),
                (None, _) => {}
            }
            // Lets other slots run between many rows that are not sent.
            tokio::task::consume_budget().await;
        }
        Ok(None)
    }

    /// The next row of the table. Where rows were sent before this run, many are looked up in the
    /// store at a time.
    async fn claim(&self) -> Result<Option<Claimed>, RunError> {
        // Locked over the lookup, so that rows keep their order.
        let mut rows = self.rows.lock().await;
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
            self.handle().count(|summary| summary.duplicates += 1);
        } else if is_fit && state != RowState::Settled {
            return Some(number);
        } else {
            self.pass_over(Reservation::Known(state));
        }
        None
    }
}
