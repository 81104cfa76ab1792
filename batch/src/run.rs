//! Sends the rows of a table, each at most once unasked: its intent is durable before it is sent, and what came of it before the next one is
//! claimed. Whatever stops a run, another one goes on where it stood.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{OperationParts, ProviderParts, told};
use pyi_runtime::{Any, Billing, Client, Error, Operation, Reply, Values};
use ring::hmac;

use crate::mapping::Mapping;
use crate::plan::{given, request};
use crate::store::{Fingerprint, Intended, Settled, State, Store, StoreError};
use crate::table::{Row, Table, TableError};

/// What a run is to do.
#[derive(Debug, Clone)]
pub struct Settings {
    /// How many calls are on their way at a time, one at least.
    pub in_flight: usize,
    /// Whether rows of which nobody knows whether they were billed are sent again: then they may be paid for twice.
    pub send_ambiguous_again: bool,
    /// By which the run is watched and stopped.
    pub watch: Watch,
}

/// How far a run is, for whoever shows it; and a way to end it.
#[derive(Debug, Clone, Default)]
pub struct Watch {
    summary: Arc<Mutex<Summary>>,
    paid: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
}

impl Watch {
    /// What the run came to so far.
    pub fn summary(&self) -> Summary {
        self.summary.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How many calls of the run were billed so far, or may have been.
    pub fn paid(&self) -> u64 {
        self.paid.load(Ordering::Relaxed)
    }

    /// Has the run begin no other row. What is on its way is waited for.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}

/// By what a run knows a person again. Whoever has it and the ledger can try out who is in it: it is kept apart from the ledger.
#[derive(Clone)]
pub struct Key(hmac::Key);

impl Key {
    /// A key of 32 bytes or more that nobody can guess.
    pub fn new(secret: &[u8]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// A row's values as they are sent, in the request's order.
    fn fingerprint(&self, given: &[(String, String)]) -> Fingerprint {
        let mut context = hmac::Context::with_key(&self.0);
        for (name, value) in given {
            // With lengths, so that no two rows are one text.
            for part in [name, value] {
                context.update(&(part.len() as u64).to_be_bytes());
                context.update(part.as_bytes());
            }
        }
        let tag = context.sign();
        let mut fingerprint = Fingerprint::default();
        fingerprint.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        fingerprint
    }
}

/// Shows no key.
impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Key")
    }
}

/// What a run came to. Every row of the table is in one of these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Summary {
    /// Sent by this run, and answered.
    pub sent: u64,
    /// Answered in an earlier run.
    pub known: u64,
    /// Refused by the spec's rules, or mangled.
    pub refused: u64,
    /// The same as another row.
    pub duplicates: u64,
    /// Nobody knows whether it was billed, and nobody asked to send it again.
    pub ambiguous: u64,
    /// Not sent, since no connection could be made, or since the run stopped before it.
    pub left: u64,
    /// Why the run stopped before the table's end, if it did.
    pub stopped: Option<Stopped>,
}

/// Why a run stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// The budget does not hold another call.
    Budget,
    /// A status after which nothing goes better until somebody has done something.
    Status {
        /// Its code.
        code: i32,
        /// What to do about it.
        next: String,
    },
    /// No connection can be made.
    Network(String),
    /// By [`Watch::stop`].
    Asked,
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
        ended: AtomicBool::new(false),
    };
    let lanes = (0..settings.in_flight.max(1)).map(|_| run.lane());
    let mut ends = futures_util::future::join_all(lanes).await.into_iter();
    ends.try_for_each(|end| end)?;
    // What nobody came to is left.
    let left = run.rows.into_inner().unwrap_or_else(PoisonError::into_inner).count() as u64;
    let mut summary = settings.watch.summary();
    summary.left += left;
    if settings.watch.stop.load(Ordering::Relaxed) && left > 0 {
        summary.stopped.get_or_insert(Stopped::Asked);
    }
    Ok(summary)
}

type Rows<'a> = Box<dyn Iterator<Item = Result<Row, TableError>> + 'a>;

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
    ended: AtomicBool,
}

impl<S: Store> Run<'_, S> {
    /// One row after another, until there are no more or the run stops.
    async fn lane(&self) -> Result<(), RunError> {
        let end = self.walk().await;
        if end.is_err() {
            self.ended.store(true, Ordering::Relaxed);
        }
        end
    }

    async fn walk(&self) -> Result<(), RunError> {
        while !self.ended.load(Ordering::Relaxed) && !self.settings.watch.stop.load(Ordering::Relaxed) {
            let next = self.rows.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some(row) = next else { break };
            self.row(row.map_err(RunError::Table)?).await?;
        }
        Ok(())
    }

    fn count(&self, of: impl FnOnce(&mut Summary)) {
        of(&mut self.settings.watch.summary.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// The run ends with this row; the first reason counts.
    fn stop(&self, why: Stopped) {
        self.ended.store(true, Ordering::Relaxed);
        self.count(|summary| {
            summary.left += 1;
            summary.stopped.get_or_insert(why);
        });
    }

    async fn row(&self, row: Row) -> Result<(), RunError> {
        let given = given(&row, self.mapping);
        let Ok(values) = request(self.endpoint, &row, self.mapping, &given, self.columns) else {
            self.count(|summary| summary.refused += 1);
            return Ok(());
        };
        let again = self.settings.send_ambiguous_again;
        let person = self.key.fingerprint(&given);
        match self.store.intend(row.line, person, again).await.map_err(RunError::Store)? {
            Intended::Send => self.send(row.line, values).await?,
            Intended::Known(State::Settled) => self.count(|summary| summary.known += 1),
            Intended::Known(State::Ambiguous | State::Sending) => {
                self.count(|summary| summary.ambiguous += 1)
            }
            Intended::Duplicate(_) => self.count(|summary| summary.duplicates += 1),
            Intended::Budget => self.stop(Stopped::Budget),
            Intended::Changed => return Err(RunError::Changed { line: row.line }),
        }
        Ok(())
    }

    async fn send(&self, line: u64, values: Values) -> Result<(), RunError> {
        let came = self.client.call_any(self.operation, values).await;
        if let Some(why) = self.hopeless(&came) {
            self.store.withdraw(line).await.map_err(RunError::Store)?;
            self.stop(why);
            return Ok(());
        }
        let told = told(self.provider, self.endpoint, &came);
        let settled = Settled {
            billing: told.billing,
            code: told.code,
            outcome: told.outcome.to_owned(),
            data: told.data.map(|data| Any::json(data).to_owned()),
        };
        let paid = settled.is_paid();
        self.store.settle(line, settled).await.map_err(RunError::Store)?;
        self.settings.watch.paid.fetch_add(u64::from(paid), Ordering::Relaxed);
        self.count(|summary| summary.sent += 1);
        Ok(())
    }

    /// Why no other row would do better, if that is so. A row that ends so has cost nothing, and is sent another time.
    fn hopeless(&self, came: &Result<Reply<Any>, Error>) -> Option<Stopped> {
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
