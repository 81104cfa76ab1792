//! The call slots of a run: each takes one row after another, sends it, and settles it together
//! with the reservation of the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{CallOptions, DynamicOperation};
use pyi_runtime::{Billing, Client};
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::outcome::{NotCharged, PendingOutcome};
use super::source::{Next, Passed, PreparedRow, RowSource};
use super::{RunError, RunHandle, Settings, StopReason};
use crate::attempt::{Attempt, AttemptIds};
use crate::store::{Reservation, RowState, Store, StoreError, next_number};

/// Consecutive calls without a usable answer that stop a run, or twice the concurrency if that is
/// more: each may have been billed.
const FAILURE_LIMIT: usize = 10;

/// Maximum free retries of a throttled row per run, the first send included.
const SENDS_PER_RUN: u32 = 3;

/// The pause before a row asks again for a budget that others hold.
const BUDGET_PAUSE: Duration = Duration::from_millis(100);

/// The pause before a store that failed is called again.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// The state of a row in a call slot.
enum SlotRow {
    /// Its price is reserved, and it is sent next.
    Reserved,
    /// It was not charged, after this pause, and may be reserved again.
    Retry(NotCharged, Duration),
    /// It was sent, and the store does not have its outcome yet.
    Answered(PendingOutcome),
    /// It was counted, and is not sent by this run.
    PassedOver(Passed),
    /// Its person was sent too short a time ago. It may be sent after this time.
    TooSoon(Duration),
    /// It is ambiguous, and comes after the rows that were never sent.
    Deferred,
    /// The run ended before it was sent.
    Left,
}

/// A run, as all its slots see it.
pub(super) struct Run<'a, S, R> {
    pub(super) client: &'a Client,
    pub(super) provider: &'a Provider,
    pub(super) endpoint: &'a Endpoint,
    pub(super) operation: DynamicOperation<'a>,
    pub(super) store: &'a S,
    pub(super) attempts: &'a AttemptIds,
    pub(super) settings: &'a Settings,
    pub(super) source: &'a R,
    pub(super) backoff: Backoff,
    /// Calls without a usable answer since the last one with an answer.
    pub(super) consecutive_failures: AtomicUsize,
}

/// The retries of one row in its slot.
#[derive(Default)]
struct Retries {
    /// The start of a network outage.
    outage: Option<Instant>,
    /// Sends that were throttled.
    throttled: u32,
}

impl<S: Store, R: RowSource> Run<'_, S, R> {
    /// Sends rows in all slots, until there are no more or the run is over.
    pub(super) async fn slots(&self) -> Result<(), RunError> {
        let mut slots = Vec::new();
        for _ in 0..self.settings.concurrency.max(1) {
            slots.push(self.slot());
        }
        for end in futures_util::future::join_all(slots).await {
            end?;
        }
        Ok(())
    }

    /// Sends one row after another, until there are no more or the run is over.
    async fn slot(&self) -> Result<(), RunError> {
        let end = self.send_rows().await;
        if end.is_err() {
            self.handle().stop();
        }
        end
    }

    async fn send_rows(&self) -> Result<(), RunError> {
        let mut pending = None;
        loop {
            let next = self.source.next().await;
            if let Ok(Next::Row(row)) = next {
                pending = self.send(row, pending).await?;
                continue;
            }
            if let Some(pending) = pending.take() {
                self.settle(pending).await?;
            }
            match next? {
                Next::Wait => self.source.wait().await,
                Next::Row(_) | Next::End => return Ok(()),
            }
        }
    }

    pub(super) fn handle(&self) -> &RunHandle {
        &self.settings.handle
    }

    /// Whether the run is over for a reason that holds for reserved rows too. The budget holds none
    /// of them: they are within it.
    fn is_cut_off(&self) -> bool {
        self.handle().is_over() && self.handle().summary().stopped != Some(StopReason::Budget)
    }

    fn stop(&self, reason: StopReason) {
        self.handle().stop_for(reason);
    }

    /// Sends a row, and settles the row before it with the reservation. The outcome of this row is
    /// pending in turn: it shares a commit with the next reservation.
    async fn send(
        &self,
        mut row: PreparedRow,
        pending: Option<PendingOutcome>,
    ) -> Result<Option<PendingOutcome>, RunError> {
        let mut retries = Retries::default();
        let mut state = self.reserve(&mut row, pending).await?;
        loop {
            state = match state {
                SlotRow::Reserved => self.call(&row).await?,
                SlotRow::Retry(not_charged, pause) => {
                    if self.may_retry(&not_charged, &mut retries) {
                        if !matches!(not_charged, NotCharged::Retry { is_throttled: false, .. }) {
                            self.backoff.throttled(pause, not_charged.retry_after());
                        }
                        row.attempt.id = self.attempts.next();
                        self.reserve(&mut row, None).await?
                    } else {
                        SlotRow::Left
                    }
                }
                SlotRow::Answered(pending) => return Ok(Some(pending)),
                SlotRow::PassedOver(passed) => {
                    self.source.pass(row.attempt.row, passed);
                    return Ok(None);
                }
                SlotRow::TooSoon(wait) => match self.source.postpone(row, wait) {
                    None => return Ok(None),
                    Some(waiting) => {
                        row = waiting;
                        tokio::select! {
                            () = sleep(wait) => self.reserve(&mut row, None).await?,
                            () = self.handle().until_over() => SlotRow::Left,
                        }
                    }
                },
                SlotRow::Deferred => {
                    self.source.defer(row).await;
                    return Ok(None);
                }
                SlotRow::Left => {
                    self.handle().count(|summary| summary.left += 1);
                    self.source.pass(row.attempt.row, Passed::Left);
                    return Ok(None);
                }
            };
        }
    }

    /// Calls the endpoint for a reserved row. A row that is not charged is released.
    async fn call(&self, row: &PreparedRow) -> Result<SlotRow, RunError> {
        let pause = self.backoff.pause();
        let report = self.operation.call(self.client, row.values.clone(), &CallOptions::default()).await;
        let Some(not_charged) = NotCharged::of(self.provider, self.endpoint, report.result()) else {
            let pending = PendingOutcome::new(self.provider, self.endpoint, row.attempt, &report);
            if pending.is_throttled {
                self.backoff.throttled(pause, pending.retry_after);
                self.handle().count(|summary| summary.throttled(pending.unlisted));
            } else {
                self.backoff.recovered(pause);
            }
            return Ok(SlotRow::Answered(pending));
        };
        self.release(row.attempt).await?;
        match &not_charged {
            NotCharged::Hopeless(reason) => {
                self.stop(reason.clone());
                return Ok(SlotRow::Left);
            }
            NotCharged::Refused(error) => {
                self.handle().count(|summary| summary.refused += 1);
                self.count_failure(StopReason::Refused(error.clone()));
                return Ok(SlotRow::PassedOver(Passed::Done));
            }
            NotCharged::Retry { error, is_throttled, .. } => {
                self.handle().count(|summary| summary.throttled += u64::from(*is_throttled));
                self.count_failure(StopReason::ConsecutiveFailures(error.clone()));
            }
            NotCharged::Network(_) => {}
        }
        Ok(SlotRow::Retry(not_charged, pause))
    }

    /// Whether a row that was not charged is sent again by this run. A long outage stops the run.
    fn may_retry(&self, not_charged: &NotCharged, retries: &mut Retries) -> bool {
        if let NotCharged::Network(error) = not_charged {
            let outage = *retries.outage.get_or_insert_with(Instant::now);
            let is_long = outage.elapsed() >= self.settings.outage_timeout;
            if is_long {
                self.stop(StopReason::Network(error.clone()));
            }
            return !is_long;
        }
        retries.throttled += 1;
        retries.throttled < SENDS_PER_RUN
    }

    /// Reserves a row, after the pending outcome is settled.
    async fn reserve(
        &self,
        row: &mut PreparedRow,
        pending: Option<PendingOutcome>,
    ) -> Result<SlotRow, RunError> {
        let pending = match pending {
            // An outcome does not wait for the turn of the next row.
            Some(pending) if self.has_to_wait() => {
                self.settle(pending).await?;
                None
            }
            pending => pending,
        };
        let mut reservation = match pending {
            Some(pending) => self.settle_then_reserve(pending, row).await?,
            None if !self.turn(row).await? => return Ok(SlotRow::Left),
            None => self.reserve_alone(row).await?,
        };
        while reservation == Reservation::Changed {
            row.attempt.row = next_number(row.attempt.row);
            reservation = self.reserve_alone(row).await?;
        }
        // The price of a row in flight may come back. The slot has no pending outcome meanwhile:
        // others may wait for what that returns to the budget.
        while reservation == Reservation::BudgetHeld {
            tokio::select! {
                () = sleep(BUDGET_PAUSE) => reservation = self.reserve_alone(row).await?,
                () = self.handle().until_over() => break,
            }
        }
        match reservation {
            // The run was stopped meanwhile.
            Reservation::Send if self.is_cut_off() => {
                self.release(row.attempt).await?;
                Ok(SlotRow::Left)
            }
            Reservation::Send => Ok(SlotRow::Reserved),
            Reservation::Known(RowState::Ambiguous) if row.on_ambiguous != self.settings.on_ambiguous => {
                Ok(SlotRow::Deferred)
            }
            Reservation::TooSoon(wait) => Ok(SlotRow::TooSoon(wait)),
            other => Ok(SlotRow::PassedOver(self.handle().pass_over(other))),
        }
    }

    async fn reserve_alone(&self, row: &PreparedRow) -> Result<Reservation, RunError> {
        self.store.reserve(row.attempt, row.person, row.on_ambiguous).await.map_err(RunError::Store)
    }

    async fn settle_then_reserve(
        &self,
        pending: PendingOutcome,
        row: &PreparedRow,
    ) -> Result<Reservation, RunError> {
        let settled = (pending.attempt, pending.outcome.clone());
        let next = (row.attempt, row.person, row.on_ambiguous);
        match self.store.settle_then_reserve(settled, next).await {
            Ok(reservation) => {
                self.count_settled(&pending);
                Ok(reservation)
            }
            // The outcome first, with retries.
            Err(_) => {
                self.settle(pending).await?;
                self.reserve_alone(row).await
            }
        }
    }

    fn has_to_wait(&self) -> bool {
        self.source.is_paced() || !self.backoff.pause().is_zero()
    }

    /// Waits until a row may be sent, before it is reserved: a row that waits is not in flight.
    /// `false` if the run is over first.
    async fn turn(&self, row: &PreparedRow) -> Result<bool, RunError> {
        if !self.has_to_wait() {
            return Ok(true);
        }
        // Skip pacing for rows that will not be sent.
        if !self.source.is_to_be_sent(row).await? {
            return Ok(true);
        }
        let wait = async {
            sleep(self.backoff.pause()).await;
            let provider = self.operation.provider();
            self.source.turn(&self.operation.operation(&provider), row).await
        };
        tokio::select! {
            turn = wait => turn.map(|()| true),
            () = self.handle().until_over() => Ok(false),
        }
    }

    /// Settles a row that may have been billed. A full disk may be cleared meanwhile: the store is
    /// retried.
    async fn settle(&self, pending: PendingOutcome) -> Result<(), RunError> {
        let since = Instant::now();
        while let Err(error) = self.store.settle(pending.attempt, pending.outcome.clone()).await {
            self.wait_for_store(since, error).await?;
        }
        self.handle().set_store_error(None);
        self.count_settled(&pending);
        Ok(())
    }

    /// Releases a row, so that it is not held as one that may have been billed.
    async fn release(&self, attempt: Attempt) -> Result<(), RunError> {
        let since = Instant::now();
        while let Err(error) = self.store.release(attempt).await {
            self.wait_for_store(since, error).await?;
        }
        self.handle().set_store_error(None);
        Ok(())
    }

    /// Waits before a store that failed is called again. An outage that is too long ends the run.
    async fn wait_for_store(&self, since: Instant, error: StoreError) -> Result<(), RunError> {
        if since.elapsed() >= self.settings.outage_timeout {
            return Err(RunError::Store(error));
        }
        self.handle().set_store_error(Some(error));
        sleep(STORE_PAUSE).await;
        Ok(())
    }

    /// Counts a row whose outcome is in the store.
    fn count_settled(&self, PendingOutcome { attempt, outcome, stop_reason, .. }: &PendingOutcome) {
        self.source.pass(attempt.row, Passed::Done);
        if outcome.is_paid() {
            self.handle().count_paid();
        }
        let is_answered = outcome.state() == RowState::Settled;
        self.handle().count(|summary| if is_answered { summary.sent += 1 } else { summary.ambiguous += 1 });
        if let Some(reason) = stop_reason {
            self.stop(reason.clone());
        }
        if outcome.billing == Billing::Unknown {
            self.count_failure(StopReason::ConsecutiveFailures(outcome.error.clone().unwrap_or_default()));
        } else {
            self.consecutive_failures.store(0, Ordering::Relaxed);
        }
    }

    /// Counts a call without a usable answer. Many consecutive ones stop the run.
    fn count_failure(&self, reason: StopReason) {
        let limit = FAILURE_LIMIT.max(self.settings.concurrency.saturating_mul(2));
        if self.consecutive_failures.fetch_add(1, Ordering::Relaxed) + 1 >= limit {
            self.stop(reason);
        }
    }
}
