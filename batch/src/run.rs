//! Sends the rows of a table, each at most once unasked: its intent is durable before it is sent, and what came of it before the next one is
//! claimed. Whatever stops a run, another one goes on where it stood.

mod brake;
mod key;
mod watch;

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{OperationParts, ProviderParts, told};
use pyi_runtime::{Any, Billing, Client, Error, Operation, Pace, Reply, Retry, Values};
use tokio::time::{Instant, sleep};

use self::brake::Brake;
pub use self::key::Key;
pub use self::watch::{Stopped, Summary, Watch};
use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::store::{Fingerprint, Intended, OnAmbiguous, Settled, State, Store, StoreError};
use crate::table::{Row, Table, TableError};

/// So many calls in a row without an answer of the provider's end a run: what stands before the provider swallows them, and each may be
/// billed.
const UNANSWERED_LIMIT: u32 = 10;

/// How long a store that failed is left alone before it is asked again.
const STORE_PAUSE: Duration = Duration::from_millis(500);

/// What a run is to do.
#[derive(Debug)]
pub struct Settings {
    /// How many calls are on their way at a time, one at least.
    pub in_flight: usize,
    /// What becomes of rows of which nobody knows whether they were billed.
    pub on_ambiguous: OnAmbiguous,
    /// At which pace rows are sent; each waits for its turn before it is noted as on its way. The client needs none.
    pub pace: Option<Pace>,
    /// How long a row waits for the network, and an answer for room in the store, before the run ends.
    pub patience: Duration,
    /// By which the run is watched and stopped.
    pub watch: Watch,
}

/// A run that cannot go on. What was sent is in the store.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RunError {
    /// The table cannot be read.
    Table(TableError),
    /// The store cannot be written.
    Store(StoreError),
    /// The table is another one than that of the ledger.
    Changed {
        /// The first line that differs.
        line: u64,
    },
}

impl std::fmt::Display for RunError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Table(error) => error.fmt(f),
            Self::Store(error) => error.fmt(f),
            Self::Changed { line } => {
                write!(
                    f,
                    "line {line} is not the one that was sent before; put the table back, or begin another batch"
                )
            }
        }
    }
}

impl std::error::Error for RunError {}

/// Sends the rows of a table that are not sent yet.
///
/// # Errors
///
/// A table or store that fails on the way. Rows that are on their way are waited for first.
pub async fn run<S: Store>(
    client: &Client,
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    store: &S,
    settings: &Settings,
) -> Result<Summary, RunError> {
    let parts = ProviderParts::new(provider);
    let of = parts.provider();
    let parts = OperationParts::new(endpoint);
    let operation = parts.operation(&of);
    let rows = table.rows().map_err(RunError::Table)?;
    let run = Run {
        client,
        provider,
        endpoint,
        operation: &operation,
        mapping,
        columns: table.titles().len(),
        key,
        store,
        settings,
        rows: Mutex::new(rows),
        brake: Brake::default(),
        unanswered: AtomicU32::new(0),
    };
    let lanes = (0..settings.in_flight.max(1)).map(|_| run.lane());
    let mut ends = futures_util::future::join_all(lanes).await.into_iter();
    ends.try_for_each(|end| end)?;
    // What nobody came to is left.
    let left = run.rows.into_inner().unwrap_or_else(PoisonError::into_inner).count() as u64;
    let mut summary = settings.watch.summary();
    summary.left += left;
    if settings.watch.is_over() && summary.left > 0 {
        summary.stopped.get_or_insert(Stopped::Asked);
    }
    Ok(summary)
}

type Rows<'a> = Box<dyn Iterator<Item = Result<Row, TableError>> + 'a>;
type Came = Result<Reply<Any>, Error>;

/// A row that is fit to be sent.
struct Fit {
    line: u64,
    person: Fingerprint,
    values: Values,
}

/// What came of a row, as long as the store has not got it.
struct Owed {
    line: u64,
    settled: Settled,
    /// What is wrong with it, in a line.
    error: Option<String>,
}

struct Run<'a, S> {
    client: &'a Client,
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    operation: &'a Operation<'a>,
    mapping: &'a Mapping,
    columns: usize,
    key: &'a Key,
    store: &'a S,
    settings: &'a Settings,
    rows: Mutex<Rows<'a>>,
    brake: Brake,
    /// How many calls had no answer since the last one that had.
    unanswered: AtomicU32,
}

impl<S: Store> Run<'_, S> {
    /// One row after another, until there are no more or the run is over.
    async fn lane(&self) -> Result<(), RunError> {
        let end = self.walk().await;
        if end.is_err() {
            self.watch().stop();
        }
        end
    }

    async fn walk(&self) -> Result<(), RunError> {
        let mut owed = None;
        loop {
            match self.next() {
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
    fn next(&self) -> Result<Option<Fit>, RunError> {
        while !self.watch().is_over() {
            let next = self.rows.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(row) = next.transpose().map_err(RunError::Table)? else { break };
            let given = given(&row, self.mapping);
            match request(self.endpoint, &row, self.mapping, &given, self.columns) {
                Ok(values) => {
                    let person = self.key.fingerprint(&given);
                    return Ok(Some(Fit { line: row.line, person, values }));
                }
                Err(_) => self.watch().count(|summary| summary.refused += 1),
            }
        }
        Ok(None)
    }

    fn watch(&self) -> &Watch {
        &self.settings.watch
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
    async fn send(&self, fit: Fit, owed: Option<Owed>) -> Result<Option<Owed>, RunError> {
        let mut intended = self.intend(&fit, owed).await?;
        // When the network was first found down.
        let mut down = None;
        loop {
            match intended {
                // Whoever stopped the run meanwhile has not sent this row.
                Some(Intended::Send) if self.watch().is_over() => {
                    self.store.withdraw(fit.line).await.map_err(RunError::Store)?;
                    break;
                }
                Some(Intended::Send) => {}
                Some(Intended::Changed) => return Err(RunError::Changed { line: fit.line }),
                Some(otherwise) => {
                    self.passed_over(otherwise);
                    return Ok(None);
                }
                None => break,
            }
            let pause = self.brake.pause();
            let came = self.client.call_any(self.operation, fit.values.clone()).await;
            let Some(why) = self.hopeless(&came) else {
                return Ok(Some(self.owed(fit.line, &came, pause)));
            };
            self.store.withdraw(fit.line).await.map_err(RunError::Store)?;
            let down = *down.get_or_insert_with(Instant::now);
            if !matches!(why, Stopped::Network(_)) || down.elapsed() >= self.settings.patience {
                self.stop(why);
                break;
            }
            // It was not sent, and so costs nothing to send once there is a connection.
            self.brake.strained(pause);
            intended = self.intend(&fit, None).await?;
        }
        self.watch().count(|summary| summary.left += 1);
        Ok(None)
    }

    /// Notes that a row is about to be sent, after what is owed; `None` if the run is over before its turn.
    async fn intend(&self, fit: &Fit, owed: Option<Owed>) -> Result<Option<Intended>, RunError> {
        let next = (fit.line, fit.person, self.settings.on_ambiguous);
        let alone = || self.store.intend(next.0, next.1, next.2);
        let owed = match owed {
            // An answer does not wait for another row's turn.
            Some(owed) if self.has_to_wait() => {
                self.note(owed).await?;
                None
            }
            owed => owed,
        };
        let intended = match owed {
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
                        alone().await
                    }
                }
            }
            None if !self.turn(fit).await? => return Ok(None),
            None => alone().await,
        };
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
        let found = self.store.find(vec![fit.line]).await.map_err(RunError::Store)?;
        if found.into_iter().flatten().any(|found| found.state == State::Settled) {
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
            Intended::Skipped => summary.skipped += 1,
            Intended::Duplicate(_) => summary.duplicates += 1,
            Intended::Budget | Intended::Send | Intended::Changed => summary.left += 1,
        });
        if intended == Intended::Budget {
            self.stop(Stopped::Budget);
        }
    }

    fn owed(&self, line: u64, came: &Came, pause: Duration) -> Owed {
        let told = told(self.provider, self.endpoint, came);
        let settled = Settled {
            billing: told.billing,
            code: told.code,
            outcome: told.outcome.to_owned(),
            data: told.data.map(|data| Any::json(data).to_owned()),
        };
        if is_strained(came) {
            self.brake.strained(pause);
            self.watch().count(|summary| summary.strained += 1);
        } else {
            self.brake.eased(pause);
        }
        Owed { line, settled, error: told.error }
    }

    /// Notes what came of a row. It may have been paid for: while there is no room for it, somebody may make some.
    async fn note(&self, owed: Owed) -> Result<(), RunError> {
        let since = Instant::now();
        loop {
            match self.store.settle(owed.line, owed.settled.clone()).await {
                Ok(()) => break,
                Err(error) if since.elapsed() >= self.settings.patience => {
                    return Err(RunError::Store(error));
                }
                Err(error) => self.watch().set_trouble(Some(error)),
            }
            sleep(STORE_PAUSE).await;
        }
        self.noted(&owed);
        Ok(())
    }

    /// What came of a row is in the store.
    fn noted(&self, Owed { settled, error, .. }: &Owed) {
        self.watch().set_trouble(None);
        if settled.is_paid() {
            self.watch().count_paid();
        }
        let is_answered = settled.state() == State::Settled;
        self.watch().count(|summary| if is_answered { summary.sent += 1 } else { summary.ambiguous += 1 });
        if is_answered {
            self.unanswered.store(0, Ordering::Relaxed);
        } else if self.unanswered.fetch_add(1, Ordering::Relaxed) + 1 >= UNANSWERED_LIMIT {
            self.stop(Stopped::Unanswered(error.clone().unwrap_or_default()));
        }
    }

    /// Why no other row would do better, if that is so. A row that ends so has cost nothing, and is sent another time.
    fn hopeless(&self, came: &Came) -> Option<Stopped> {
        let Err(error) = came else { return None };
        if error.billing() == Billing::NotSent && !error.is_local() {
            return Some(Stopped::Network(error.to_string()));
        }
        let code = error.code().filter(|_| error.billing() == Billing::Free)?;
        let own = self.endpoint.statuses.iter().chain(&self.provider.statuses);
        let status = own.into_iter().find(|status| status.code == code).filter(|status| status.stops)?;
        Some(Stopped::Status { code, next: status.next.clone() })
    }
}

/// Whether an answer says that there is too much to do: HTTP's own words for it, or a gateway's that has no answer, or a status after which
/// the spec lets a call be repeated.
fn is_strained(came: &Came) -> bool {
    let Err(error) = came else { return false };
    matches!(error.http_status(), Some(429 | 502..=504))
        || error.status().is_some_and(|status| status.retry == Retry::Later)
}
