//! The call slots of a run: each takes one row after another, sends it, and settles it together with
//! the reservation of the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{Billing, Client, Operation, Values};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

use super::backoff::Backoff;
use super::outcome::{NotCharged, PendingOutcome};
use super::queue::{Claimed, RowQueue};
use super::{Key, RunError, RunHandle, Settings, StopReason};
use crate::claims::{CHUNK, Claims};
use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::store::{Fingerprint, OnAmbiguous, Reservation, RowState, Store, StoreError, next_number};

/// So many calls in a row that came to nothing end a run, or twice as many as are on their way at a time, if that is more: each of them may
/// have been billed, or nothing goes better by going on.
const FAILURE_LIMIT: usize = 10;

/// So often a row is sent that the provider had too much to do for, free of charge, before another run has to.
const TURNS: u32 = 3;

/// How long a store that failed is left alone before it is asked again.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// A row that is fit to be sent.
struct PreparedRow {
    /// Its line in the table.
    line: u64,
    /// Its number in the store.
    number: u64,
    person: Fingerprint,
    on_ambiguous: OnAmbiguous,
    values: Values,
}

/// A run, as all its slots see it.
pub(super) struct Run<'a, S> {
    pub(super) client: &'a Client,
    pub(super) provider: &'a Provider,
    pub(super) endpoint: &'a Endpoint,
    pub(super) operation: &'a Operation<'a>,
    pub(super) mapping: &'a Mapping,
    pub(super) columns: usize,
    pub(super) key: &'a Key,
    pub(super) store: &'a S,
    /// `None` where nobody was sent before this run.
    pub(super) claims: Option<Claims>,
    pub(super) settings: &'a Settings,
    pub(super) rows: Mutex<RowQueue<'a>>,
    pub(super) backoff: Backoff,
    /// How many calls came to nothing since the last one that came to something.
    pub(super) consecutive_failures: AtomicUsize,
}

impl<'a, S: Store> Run<'a, S> {
    /// One row after another, until there are no more or the run is over.
    pub(super) async fn slot(&self) -> Result<(), RunError> {
        let end = self.walk().await;
        if end.is_err() {
            self.watch().stop();
        }
        end
    }

    async fn walk(&self) -> Result<(), RunError> {
        let mut owed = None;
        loop {
            match self.next().await {
                Ok(Some(fit)) => owed = self.send(fit, owed).await?,
                end => {
                    if let Some(owed) = owed {
                        self.note(owed).await?;
                    }
                    return end.map(drop);
                }
            }
        }
    }

    /// The next row that is fit to be sent; none once the run is over.
    async fn next(&self) -> Result<Option<PreparedRow>, RunError> {
        while !self.watch().is_over() {
            let Some(Claimed { row, is_deferred, known }) = self.claim().await? else { break };
            let given = given(&row, self.mapping);
            let person = self.key.fingerprint(&given);
            let request = request(self.endpoint, &row, self.mapping, &given, self.columns);
            match (self.number(row.line, known, request.is_ok()), request) {
                (Some(number), Ok(values)) => {
                    let on_ambiguous = match self.settings.on_ambiguous {
                        // Rows that were never sent come first.
                        OnAmbiguous::Retry { .. } if !is_deferred => OnAmbiguous::Hold,
                        asked => asked,
                    };
                    return Ok(Some(PreparedRow { line: row.line, number, person, on_ambiguous, values }));
                }
                (Some(_), Err(_)) => self.watch().count(|summary| summary.refused += 1),
                (None, _) => {}
            }
            // Many rows that are not sent one after another let others have their turn.
            tokio::task::consume_budget().await;
        }
        Ok(None)
    }

    /// The next row of the table. Where rows were sent before this run, many are looked up in the store at a time.
    async fn claim(&self) -> Result<Option<Claimed>, RunError> {
        // Held over the look: the rows behind these wait for them.
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

    /// The number of a row in the store, which it has or will have. `None` for one that is counted and not sent: another row of the table has
    /// its person, it has its outcome, or it was sent before and fails its checks now.
    fn number(&self, line: u64, known: Option<(u64, RowState)>, is_fit: bool) -> Option<u64> {
        let (Some(claims), Some((number, state))) = (&self.claims, known) else { return Some(line) };
        if claims.line(number) != line {
            self.watch().count(|summary| summary.duplicates += 1);
        } else if is_fit && state != RowState::Settled {
            return Some(number);
        } else {
            self.passed_over(Reservation::Known(state));
        }
        None
    }

    fn watch(&self) -> &RunHandle {
        &self.settings.watch
    }

    /// Whether the run is over for a reason that holds for reserved rows too.
    fn is_cut_off(&self) -> bool {
        self.watch().is_over() && self.watch().summary().stopped != Some(StopReason::Budget)
    }

    /// The run begins no other row; the first reason counts.
    fn stop(&self, why: StopReason) {
        self.watch().count(|summary| {
            summary.stopped.get_or_insert(why);
        });
        self.watch().stop();
    }

    /// Sends a row, and notes the answer that is owed for the one before. Gives the answer that is owed now: it shares a commit with the
    /// intent of the next row.
    async fn send(
        &self,
        mut fit: PreparedRow,
        owed: Option<PendingOutcome>,
    ) -> Result<Option<PendingOutcome>, RunError> {
        let mut reservation = self.reserve(&mut fit, owed).await?;
        // When the network was first found down, and how often the row was sent in vain.
        let (mut down, mut turns) = (None, 0);
        loop {
            match reservation {
                // The run was stopped meanwhile. At the end of the budget, the rows that it holds are still sent.
                Some(Reservation::Send) if self.is_cut_off() => {
                    self.release(fit.number).await?;
                    break;
                }
                Some(Reservation::Send) => {}
                Some(Reservation::Known(RowState::Ambiguous))
                    if fit.on_ambiguous != self.settings.on_ambiguous =>
                {
                    self.rows.lock().await.defer(fit.line);
                    return Ok(None);
                }
                Some(otherwise) => {
                    self.passed_over(otherwise);
                    return Ok(None);
                }
                None => break,
            }
            let pause = self.backoff.pause();
            let came = self.client.call_any(self.operation, fit.values.clone()).await;
            let Some(not_charged) = NotCharged::of(self.provider, self.endpoint, &came) else {
                let owed = PendingOutcome::new(self.provider, self.endpoint, fit.number, &came);
                if owed.is_throttled {
                    self.backoff.throttled(pause, owed.wait);
                    self.watch().count(|summary| summary.throttled(owed.unlisted));
                } else {
                    self.backoff.recovered(pause);
                }
                return Ok(Some(owed));
            };
            self.release(fit.number).await?;
            match &not_charged {
                NotCharged::Hopeless(why) => {
                    self.stop(why.clone());
                    break;
                }
                NotCharged::Refused(why) => {
                    self.watch().count(|summary| summary.refused += 1);
                    self.consecutive_failures(StopReason::Refused(why.clone()));
                    return Ok(None);
                }
                NotCharged::Network(why) => {
                    let down = *down.get_or_insert_with(Instant::now);
                    if down.elapsed() >= self.settings.outage_timeout {
                        self.stop(StopReason::Network(why.clone()));
                        break;
                    }
                }
                NotCharged::Again { why, is_throttled, .. } => {
                    self.watch().count(|summary| summary.throttled += u64::from(*is_throttled));
                    self.consecutive_failures(StopReason::ConsecutiveFailures(why.clone()));
                    turns += 1;
                    if turns == TURNS {
                        break;
                    }
                }
            }
            if !matches!(not_charged, NotCharged::Again { is_throttled: false, .. }) {
                self.backoff.throttled(pause, not_charged.wait());
            }
            reservation = self.reserve(&mut fit, None).await?;
        }
        self.watch().count(|summary| summary.left += 1);
        Ok(None)
    }

    /// Notes that a row is about to be sent, after what is owed; `None` if the run is over before its turn.
    async fn reserve(
        &self,
        fit: &mut PreparedRow,
        owed: Option<PendingOutcome>,
    ) -> Result<Option<Reservation>, RunError> {
        let next = (fit.number, fit.person, fit.on_ambiguous);
        let alone = |number: u64| self.store.reserve(number, next.1, next.2);
        let owed = match owed {
            // An answer does not wait for another row's turn.
            Some(owed) if self.has_to_wait() => {
                self.note(owed).await?;
                None
            }
            owed => owed,
        };
        let mut reservation = match owed {
            Some(owed) => {
                let settled = (owed.line, owed.settled.clone());
                match self.store.settle_then_reserve(settled, next).await {
                    Ok(reservation) => {
                        self.noted(&owed);
                        Ok(reservation)
                    }
                    // The answer first, with patience.
                    Err(_) => {
                        self.note(owed).await?;
                        alone(fit.number).await
                    }
                }
            }
            None if !self.turn(fit).await? => return Ok(None),
            None => alone(fit.number).await,
        };
        while reservation == Ok(Reservation::Changed) {
            fit.number = next_number(fit.number);
            reservation = alone(fit.number).await;
        }
        reservation.map(Some).map_err(RunError::Store)
    }

    fn has_to_wait(&self) -> bool {
        self.settings.pace.is_some() || !self.backoff.pause().is_zero()
    }

    /// Waits until a row may be sent, before anything is noted of it: what only waits is not on its way. `false` if the run is over first.
    async fn turn(&self, fit: &PreparedRow) -> Result<bool, RunError> {
        if !self.has_to_wait() {
            return Ok(true);
        }
        // A row that would not be sent has no turn, and takes none.
        let known = self.store.find(vec![fit.person]).await.map_err(RunError::Store)?;
        let retry = matches!(fit.on_ambiguous, OnAmbiguous::Retry { .. });
        let known = known.into_iter().next().flatten();
        let is_sent = known.is_none_or(|(_, found)| found.state == RowState::Ambiguous && retry);
        if !is_sent {
            return Ok(true);
        }
        let wait = async {
            sleep(self.backoff.pause()).await;
            if let Some(pace) = &self.settings.pace {
                pace.wait(self.operation, &fit.values).await;
            }
        };
        Ok(tokio::select! {
            () = wait => true,
            () = self.watch().until_over() => false,
        })
    }

    fn passed_over(&self, reservation: Reservation) {
        self.watch().count(|summary| match reservation {
            Reservation::Known(RowState::Settled) => summary.known += 1,
            Reservation::Known(RowState::Ambiguous | RowState::Sending) => summary.ambiguous += 1,
            Reservation::SendLimit => {
                summary.ambiguous += 1;
                summary.send_limit += 1;
            }
            Reservation::Skipped => summary.skipped += 1,
            Reservation::Elsewhere => summary.elsewhere += 1,
            Reservation::Duplicate(_) => summary.duplicates += 1,
            Reservation::Budget | Reservation::Send | Reservation::Changed => summary.left += 1,
        });
        if reservation == Reservation::Budget {
            self.stop(StopReason::Budget);
        }
    }

    /// Notes what came of a row. It may have been paid for: while there is no room for it, somebody may make some.
    async fn note(&self, owed: PendingOutcome) -> Result<(), RunError> {
        self.patiently(async || self.store.settle(owed.line, owed.settled.clone()).await).await?;
        self.noted(&owed);
        Ok(())
    }

    /// A row that was not sent is not to be held for one that may have been.
    async fn release(&self, line: u64) -> Result<(), RunError> {
        self.patiently(async || self.store.release(line).await).await
    }

    async fn patiently(&self, done: impl AsyncFn() -> Result<(), StoreError>) -> Result<(), RunError> {
        let since = Instant::now();
        loop {
            match done().await {
                Ok(()) => {
                    self.watch().set_trouble(None);
                    return Ok(());
                }
                Err(error) if since.elapsed() >= self.settings.outage_timeout => {
                    return Err(RunError::Store(error));
                }
                Err(error) => self.watch().set_trouble(Some(error)),
            }
            sleep(STORE_PAUSE).await;
        }
    }

    /// What came of a row is in the store.
    fn noted(&self, PendingOutcome { settled, stops, .. }: &PendingOutcome) {
        if settled.is_paid() {
            self.watch().count_paid();
        }
        let is_answered = settled.state() == RowState::Settled;
        self.watch().count(|summary| if is_answered { summary.sent += 1 } else { summary.ambiguous += 1 });
        if let Some(why) = stops {
            self.stop(why.clone());
        }
        if settled.billing == Billing::Unknown {
            self.consecutive_failures(StopReason::ConsecutiveFailures(
                settled.why.clone().unwrap_or_default(),
            ));
        } else {
            self.consecutive_failures.store(0, Ordering::Relaxed);
        }
    }

    /// A call that came to nothing: the run ends after many of them one after another.
    fn consecutive_failures(&self, why: StopReason) {
        let limit = FAILURE_LIMIT.max(self.settings.concurrency.saturating_mul(2));
        if self.consecutive_failures.fetch_add(1, Ordering::Relaxed) + 1 >= limit {
            self.stop(why);
        }
    }
}
