//! The rows of the chunks that a worker claims from a ledger on many machines. The next chunk is
//! claimed before the slots have taken all rows of the last one.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::values;
use pyi_runtime::Operation;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep, timeout};

use super::backoff::Backoff;
use super::shared_limits::{SharedRate, share_backoff};
use super::source::{Next, Passed, PreparedRow, RowSource};
use super::{RunError, Settings, StopReason};
use crate::attempt::{Attempt, AttemptIds};
use crate::postgres::{Chunk, Claim, Input, PostgresLedger};
use crate::store::{OnAmbiguous, Reservation, RowState};

/// The time between two looks at whether there is room for another chunk.
const LOOK: Duration = Duration::from_millis(20);

/// The time between two looks at the pause of the account.
const BACKOFF_LOOK: Duration = Duration::from_secs(1);

/// The pause before a claim is repeated, while other workers hold all chunks.
const CLAIM_PAUSE: Duration = Duration::from_millis(500);

/// The rows of the chunks that this worker holds.
pub(super) struct ChunkRows<'a> {
    ledger: &'a PostgresLedger,
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    attempts: &'a AttemptIds,
    settings: &'a Settings,
    rate: SharedRate,
    state: Mutex<State>,
    /// Rows have come, or none will.
    changed: Notify,
}

#[derive(Default)]
struct State {
    rows: VecDeque<(Input, OnAmbiguous)>,
    /// Rows whose person was sent too short a time ago, by the time from which they may be sent.
    /// They hold no slot.
    postponed: BTreeMap<Instant, Vec<PreparedRow>>,
    held: HashMap<u64, Held>,
    /// Whether no row will come.
    is_over: bool,
}

/// A chunk with rows that are not passed yet.
struct Held {
    chunk: Chunk,
    /// By number, and not only their count: a chunk whose lease ended may be claimed again while
    /// rows of the earlier claim are in flight.
    rows: HashSet<u64>,
    /// Whether no row of it is left.
    is_done: bool,
}

impl<'a> ChunkRows<'a> {
    pub(super) fn new(
        ledger: &'a PostgresLedger,
        (provider, endpoint): (&'a Provider, &'a Endpoint),
        attempts: &'a AttemptIds,
        settings: &'a Settings,
    ) -> Self {
        let rate = SharedRate::new(ledger.settings().call_interval);
        Self {
            ledger,
            provider,
            endpoint,
            attempts,
            settings,
            rate,
            state: Mutex::default(),
            changed: Notify::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Claims chunks and leaves those whose rows are passed, until the run is over.
    pub(super) async fn fill(&self) -> Result<(), RunError> {
        let filled = self.claim_chunks().await;
        if filled.is_err() {
            self.settings.handle.stop();
        }
        self.close();
        match self.settings.handle.summary().stopped {
            // Every call of every worker fails until the cause is removed.
            Some(StopReason::Status { code, remedy }) => {
                filled.and(self.stop_all(&format!("status {code}: {remedy}")).await)
            }
            Some(StopReason::Http { status, remedy }) => {
                filled.and(self.stop_all(&format!("HTTP status {status}: {remedy}")).await)
            }
            _ => filled,
        }
    }

    async fn stop_all(&self, reason: &str) -> Result<(), RunError> {
        self.ledger.stop(reason).await.map_err(RunError::Store)
    }

    /// Waits, but not beyond the end of the run.
    async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.settings.handle.until_over() => {}
        }
    }

    /// Shares the pause of a provider that is overloaded with the other workers, until the run is
    /// over. A ledger that fails ends the run elsewhere.
    pub(super) async fn share_backoff(&self, backoff: &Backoff) {
        let mut known = Duration::ZERO;
        let mut next = Instant::now();
        while !self.settings.handle.is_over() && !self.state().is_over {
            if backoff.pause() != known || Instant::now() >= next {
                if let Ok(shared) = share_backoff(self.ledger, backoff, known).await {
                    known = shared;
                }
                next = Instant::now() + BACKOFF_LOOK;
            }
            self.pause(LOOK).await;
        }
    }

    async fn claim_chunks(&self) -> Result<(), RunError> {
        while !self.settings.handle.is_over() && !self.state().is_over {
            self.leave_passed().await?;
            if self.state().rows.len() >= self.settings.concurrency {
                self.pause(LOOK).await;
                continue;
            }
            match self.ledger.claim().await.map_err(RunError::Store)? {
                Claim::Held(chunk) => {
                    let inputs = self.ledger.inputs(chunk).await.map_err(RunError::Store)?;
                    self.add(chunk, inputs);
                    self.changed.notify_waiters();
                }
                Claim::Wait => {
                    // A chunk of this worker may be the last one.
                    let pause = if self.state().held.is_empty() { CLAIM_PAUSE } else { LOOK };
                    self.pause(pause).await;
                }
                Claim::Stopped => {
                    self.settings.handle.stop_for(StopReason::Requested);
                }
                Claim::Over { .. } => return Ok(()),
            }
        }
        Ok(())
    }

    /// Adds the rows of a chunk: those that were never sent first.
    fn add(&self, chunk: Chunk, inputs: Vec<Input>) {
        let mut state = self.state();
        let rows = inputs.iter().map(|input| input.number).collect();
        state.held.insert(chunk.number, Held { chunk, rows, is_done: true });
        let (ambiguous, new): (Vec<Input>, Vec<Input>) =
            inputs.into_iter().partition(|input| input.state == Some(RowState::Ambiguous));
        state.rows.extend(new.into_iter().map(|input| (input, OnAmbiguous::Hold)));
        state.rows.extend(ambiguous.into_iter().map(|input| (input, self.settings.on_ambiguous)));
    }

    /// A postponed row that may be sent now.
    fn due(&self) -> Option<PreparedRow> {
        let mut state = self.state();
        let mut first = state.postponed.first_entry().filter(|entry| *entry.key() <= Instant::now())?;
        let row = first.get_mut().pop();
        if first.get().is_empty() {
            first.remove();
        }
        row
    }

    /// Leaves the chunks whose rows are all passed.
    async fn leave_passed(&self) -> Result<(), RunError> {
        let passed: Vec<Held> = {
            let mut state = self.state();
            let passed: Vec<u64> = state
                .held
                .iter()
                .filter(|(_, held)| held.rows.is_empty())
                .map(|(number, _)| *number)
                .collect();
            passed.iter().filter_map(|number| state.held.remove(number)).collect()
        };
        for Held { chunk, is_done, .. } in passed {
            self.ledger.leave(chunk, is_done).await.map_err(RunError::Store)?;
        }
        Ok(())
    }

    /// Gives back the chunks that are not done, after all slots have ended.
    pub(super) async fn leave_all(&self) -> Result<(), RunError> {
        self.leave_passed().await?;
        let held: Vec<Held> = self.state().held.drain().map(|(_, held)| held).collect();
        for Held { chunk, .. } in held {
            self.ledger.leave(chunk, false).await.map_err(RunError::Store)?;
        }
        Ok(())
    }

    /// Ends the source: the slots get the rows that are there, and no others.
    pub(super) fn close(&self) {
        self.state().is_over = true;
        self.changed.notify_waiters();
    }
}

impl RowSource for ChunkRows<'_> {
    async fn next(&self) -> Result<Next, RunError> {
        while !self.settings.handle.is_over() {
            if let Some(row) = self.due() {
                return Ok(Next::Row(row));
            }
            let (input, on_ambiguous) = {
                let mut state = self.state();
                match state.rows.pop_front() {
                    Some(row) => row,
                    None if state.is_over => return Ok(Next::End),
                    None => return Ok(Next::Wait),
                }
            };
            if input.state == Some(RowState::Ambiguous) && on_ambiguous == OnAmbiguous::Hold {
                let passed = self.settings.handle.pass_over(Reservation::Known(RowState::Ambiguous));
                self.pass(input.number, passed);
                continue;
            }
            let attempt = Attempt { row: input.number, id: self.attempts.next() };
            let (line, person) = (input.number, input.person);
            match values(self.provider, self.endpoint, &input.values) {
                Ok(values) => {
                    return Ok(Next::Row(PreparedRow { line, attempt, person, on_ambiguous, values }));
                }
                Err(_) => {
                    self.settings.handle.count(|summary| summary.refused += 1);
                    self.pass(input.number, Passed::Done);
                }
            }
        }
        Ok(Next::End)
    }

    async fn wait(&self) {
        // A notice between the look and the wait is missed: it looks again soon.
        let _ = timeout(LOOK, self.changed.notified()).await;
    }

    /// An ambiguous row comes after all others of its chunk already.
    async fn defer(&self, row: PreparedRow) {
        self.settings.handle.count(|summary| summary.ambiguous += 1);
        self.pass(row.attempt.row, Passed::Done);
    }

    fn postpone(&self, row: PreparedRow, wait: Duration) -> Option<PreparedRow> {
        self.state().postponed.entry(Instant::now() + wait).or_default().push(row);
        None
    }

    fn is_paced(&self) -> bool {
        self.rate.is_limited()
    }

    /// The rows of a chunk have no answer, and the ambiguous ones that are held do not come here.
    async fn is_to_be_sent(&self, _: &PreparedRow) -> Result<bool, RunError> {
        Ok(true)
    }

    async fn turn(&self, _: &Operation<'_>, _: &PreparedRow) -> Result<(), RunError> {
        match self.rate.is_limited() {
            true => self.rate.turn(self.ledger).await.map_err(RunError::Store),
            false => Ok(()),
        }
    }

    fn pass(&self, row: u64, passed: Passed) {
        if let Some(held) = self.state().held.get_mut(&self.ledger.chunk_of(row))
            && held.rows.remove(&row)
        {
            held.is_done &= passed == Passed::Done;
        }
    }
}
