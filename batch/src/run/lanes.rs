//! The lanes of a run: each takes one row after another, sends it, and notes what came of it together with the intent of the next.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{Billing, Client, Operation, Values};
use tokio::time::{Instant, sleep};

use super::brake::Brake;
use super::queue::{Claimed, RowQueue};
use super::verdict::{Owed, Unsent};
use super::{Key, RunError, Settings, Stopped, Watch};
use crate::claims::Claims;
use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::store::{Fingerprint, Intended, OnAmbiguous, State, Store, StoreError, next_number};

/// So many calls in a row that came to nothing end a run, or twice as many as are on their way at a time, if that is more: each of them may
/// have been billed, or nothing goes better by going on.
const FRUITLESS_LIMIT: usize = 10;

/// So often a row is sent that the provider had too much to do for, free of charge, before another run has to.
const TURNS: u32 = 3;

/// How long a store that failed is left alone before it is asked again.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// A row that is fit to be sent.
struct Fit {
    /// Its line in the table.
    line: u64,
    /// Its number in the store.
    number: u64,
    person: Fingerprint,
    on_ambiguous: OnAmbiguous,
    values: Values,
}

/// A run, as all its lanes see it.
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
    pub(super) brake: Brake,
    /// How many calls came to nothing since the last one that came to something.
    pub(super) fruitless: AtomicUsize,
}

impl<'a, S: Store> Run<'a, S> {
    /// One row after another, until there are no more or the run is over.
    pub(super) async fn lane(&self) -> Result<(), RunError> {
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
    async fn next(&self) -> Result<Option<Fit>, RunError> {
        while !self.watch().is_over() {
            let next = self.rows().next().map_err(RunError::Table)?;
            let Some(Claimed { row, is_deferred }) = next else { break };
            let given = given(&row, self.mapping);
            let person = self.key.fingerprint(&given);
            let request = request(self.endpoint, &row, self.mapping, &given, self.columns);
            match (self.number(row.line, person, request.is_ok()).await?, request) {
                (Some(number), Ok(values)) => {
                    let on_ambiguous = match self.settings.on_ambiguous {
                        // Rows that were never sent come first.
                        OnAmbiguous::Retry { .. } if !is_deferred => OnAmbiguous::Hold,
                        asked => asked,
                    };
                    return Ok(Some(Fit { line: row.line, number, person, on_ambiguous, values }));
                }
                (Some(_), Err(_)) => self.watch().count(|summary| summary.refused += 1),
                (None, _) => {}
            }
            // Many rows that are not sent one after another let others have their turn.
            tokio::task::consume_budget().await;
        }
        Ok(None)
    }

    fn rows(&self) -> MutexGuard<'_, RowQueue<'a>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The number of a row in the store, which it has or will have. `None` for one that is counted and done with: another row of the table has
    /// its person, or it was sent before and is refused by now.
    async fn number(&self, line: u64, person: Fingerprint, is_fit: bool) -> Result<Option<u64>, RunError> {
        let Some(claims) = &self.claims else { return Ok(Some(line)) };
        let known = self.store.find(vec![person]).await.map_err(RunError::Store)?.pop().flatten();
        let Some((number, found)) = known else { return Ok(Some(line)) };
        if claims.line(number) != line {
            self.watch().count(|summary| summary.duplicates += 1);
        } else if is_fit {
            return Ok(Some(number));
        } else {
            self.passed_over(Intended::Known(found.state));
        }
        Ok(None)
    }

    fn watch(&self) -> &Watch {
        &self.settings.watch
    }

    /// Whether the run is over for a reason that holds for reserved rows too.
    fn is_cut_off(&self) -> bool {
        self.watch().is_over() && self.watch().summary().stopped != Some(Stopped::Budget)
    }

    /// The run begins no other row; the first reason counts.
    fn stop(&self, why: Stopped) {
        self.watch().count(|summary| {
            summary.stopped.get_or_insert(why);
        });
        self.watch().stop();
    }

    /// Sends a row, and notes the answer that is owed for the one before. Gives the answer that is owed now: it shares a commit with the
    /// intent of the next row.
    async fn send(&self, mut fit: Fit, owed: Option<Owed>) -> Result<Option<Owed>, RunError> {
        let mut intended = self.intend(&mut fit, owed).await?;
        // When the network was first found down, and how often the row was sent in vain.
        let (mut down, mut turns) = (None, 0);
        loop {
            match intended {
                // The run was stopped meanwhile. At the end of the budget, the rows that it holds are still sent.
                Some(Intended::Send) if self.is_cut_off() => {
                    self.withdraw(fit.number).await?;
                    break;
                }
                Some(Intended::Send) => {}
                Some(Intended::Known(State::Ambiguous)) if fit.on_ambiguous != self.settings.on_ambiguous => {
                    self.rows().defer(fit.line);
                    return Ok(None);
                }
                Some(otherwise) => {
                    self.passed_over(otherwise);
                    return Ok(None);
                }
                None => break,
            }
            let pause = self.brake.pause();
            let came = self.client.call_any(self.operation, fit.values.clone()).await;
            let Some(unsent) = Unsent::of(self.provider, self.endpoint, &came) else {
                let owed = Owed::new(self.provider, self.endpoint, fit.number, &came);
                if owed.is_strained {
                    self.brake.strained(pause, owed.wait);
                    self.watch().count(|summary| summary.strained(owed.unlisted));
                } else {
                    self.brake.eased(pause);
                }
                return Ok(Some(owed));
            };
            self.withdraw(fit.number).await?;
            match &unsent {
                Unsent::Hopeless(why) => {
                    self.stop(why.clone());
                    break;
                }
                Unsent::Refused(why) => {
                    self.watch().count(|summary| summary.refused += 1);
                    self.fruitless(Stopped::Refused(why.clone()));
                    return Ok(None);
                }
                Unsent::Network(why) => {
                    let down = *down.get_or_insert_with(Instant::now);
                    if down.elapsed() >= self.settings.patience {
                        self.stop(Stopped::Network(why.clone()));
                        break;
                    }
                }
                Unsent::Again { why, is_strained, .. } => {
                    self.watch().count(|summary| summary.strained += u64::from(*is_strained));
                    self.fruitless(Stopped::Fruitless(why.clone()));
                    turns += 1;
                    if turns == TURNS {
                        break;
                    }
                }
            }
            if !matches!(unsent, Unsent::Again { is_strained: false, .. }) {
                self.brake.strained(pause, unsent.wait());
            }
            intended = self.intend(&mut fit, None).await?;
        }
        self.watch().count(|summary| summary.left += 1);
        Ok(None)
    }

    /// Notes that a row is about to be sent, after what is owed; `None` if the run is over before its turn.
    async fn intend(&self, fit: &mut Fit, owed: Option<Owed>) -> Result<Option<Intended>, RunError> {
        let next = (fit.number, fit.person, fit.on_ambiguous);
        let alone = |number: u64| self.store.intend(number, next.1, next.2);
        let owed = match owed {
            // An answer does not wait for another row's turn.
            Some(owed) if self.has_to_wait() => {
                self.note(owed).await?;
                None
            }
            owed => owed,
        };
        let mut intended = match owed {
            Some(owed) => {
                let settled = (owed.line, owed.settled.clone());
                match self.store.settle_then_intend(settled, next).await {
                    Ok(intended) => {
                        self.noted(&owed);
                        Ok(intended)
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
        while intended == Ok(Intended::Changed) {
            fit.number = next_number(fit.number);
            intended = alone(fit.number).await;
        }
        intended.map(Some).map_err(RunError::Store)
    }

    fn has_to_wait(&self) -> bool {
        self.settings.pace.is_some() || !self.brake.pause().is_zero()
    }

    /// Waits until a row may be sent, before anything is noted of it: what only waits is not on its way. `false` if the run is over first.
    async fn turn(&self, fit: &Fit) -> Result<bool, RunError> {
        if !self.has_to_wait() {
            return Ok(true);
        }
        // A row that would not be sent has no turn, and takes none.
        let known = self.store.find(vec![fit.person]).await.map_err(RunError::Store)?;
        let retry = matches!(fit.on_ambiguous, OnAmbiguous::Retry { .. });
        let known = known.into_iter().next().flatten();
        let is_sent = known.is_none_or(|(_, found)| found.state == State::Ambiguous && retry);
        if !is_sent {
            return Ok(true);
        }
        let wait = async {
            sleep(self.brake.pause()).await;
            if let Some(pace) = &self.settings.pace {
                pace.wait(self.operation, &fit.values).await;
            }
        };
        Ok(tokio::select! {
            () = wait => true,
            () = self.watch().until_over() => false,
        })
    }

    fn passed_over(&self, intended: Intended) {
        self.watch().count(|summary| match intended {
            Intended::Known(State::Settled) => summary.known += 1,
            Intended::Known(State::Ambiguous | State::Sending) => summary.ambiguous += 1,
            Intended::SendLimit => {
                summary.ambiguous += 1;
                summary.send_limit += 1;
            }
            Intended::Skipped => summary.skipped += 1,
            Intended::Elsewhere => summary.elsewhere += 1,
            Intended::Duplicate(_) => summary.duplicates += 1,
            Intended::Budget | Intended::Send | Intended::Changed => summary.left += 1,
        });
        if intended == Intended::Budget {
            self.stop(Stopped::Budget);
        }
    }

    /// Notes what came of a row. It may have been paid for: while there is no room for it, somebody may make some.
    async fn note(&self, owed: Owed) -> Result<(), RunError> {
        self.patiently(async || self.store.settle(owed.line, owed.settled.clone()).await).await?;
        self.noted(&owed);
        Ok(())
    }

    /// A row that was not sent is not to be held for one that may have been.
    async fn withdraw(&self, line: u64) -> Result<(), RunError> {
        self.patiently(async || self.store.withdraw(line).await).await
    }

    async fn patiently(&self, done: impl AsyncFn() -> Result<(), StoreError>) -> Result<(), RunError> {
        let since = Instant::now();
        loop {
            match done().await {
                Ok(()) => {
                    self.watch().set_trouble(None);
                    return Ok(());
                }
                Err(error) if since.elapsed() >= self.settings.patience => {
                    return Err(RunError::Store(error));
                }
                Err(error) => self.watch().set_trouble(Some(error)),
            }
            sleep(STORE_PAUSE).await;
        }
    }

    /// What came of a row is in the store.
    fn noted(&self, Owed { settled, stops, .. }: &Owed) {
        if settled.is_paid() {
            self.watch().count_paid();
        }
        let is_answered = settled.state() == State::Settled;
        self.watch().count(|summary| if is_answered { summary.sent += 1 } else { summary.ambiguous += 1 });
        if let Some(why) = stops {
            self.stop(why.clone());
        }
        if settled.billing == Billing::Unknown {
            self.fruitless(Stopped::Fruitless(settled.why.clone().unwrap_or_default()));
        } else {
            self.fruitless.store(0, Ordering::Relaxed);
        }
    }

    /// A call that came to nothing: the run ends after many of them one after another.
    fn fruitless(&self, why: Stopped) {
        let limit = FRUITLESS_LIMIT.max(self.settings.in_flight.saturating_mul(2));
        if self.fruitless.fetch_add(1, Ordering::Relaxed) + 1 >= limit {
            self.stop(why);
        }
    }
}
