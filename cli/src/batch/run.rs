//! `pyi batch run`: sends the rows of a table that are not sent yet, within a budget, and writes
//! their results. A run has five phases: prepare, open, decide, send, finish. `stored` has those of
//! a run whose ledger is in PostgreSQL, where they differ.

mod stored;

use std::ffi::OsString;
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use clap::ValueEnum;
use pyi_batch::{
    BatchInfo, Key, Ledger, Money, OnAmbiguous, RunError, RunHandle, SANDBOX, Settings, Store, StoreError,
    Summary, Totals, run as send,
};
use pyi_runtime::{Client, RateLimiter};
use pyi_sandbox::Sandbox;
use pyi_text::message;

use super::alerts::{AlertOptions, Notices, exit_code, with_alerts};
use super::amounts::{amount, budget, price, sum, times};
use super::batch_file::{refuse_batch, refuse_ledger};
use super::files::{Output, Results, Written};
use super::locate::{BATCH, LEDGER, SANDBOX_BATCH, SANDBOX_LEDGER};
use super::open::{Place, PlaceOptions};
use super::overlap::{OverlapOptions, REPEATED, ReuseOptions};
use super::progress::watched;
use super::store_options::{SealOptions, StoreChoice};
use super::worker::called;
use super::{Opened, TABLE_HELP, TableOptions, may_change, next_commands, open, summary};
use crate::UsageError;
use crate::connection::{Target, block_on};
use crate::interrupt::interrupted;
use crate::language::tr;
use crate::options::ConnectionOptions;
use crate::spec::Spec;
use crate::stdio::{eprint, keep};

/// Send the rows that are not sent yet, each once, within a budget; run it again to continue
#[derive(Debug, clap::Args)]
#[command(after_help = format!(
    "{TABLE_HELP} The ledger has every row that was sent, and its outcome; no person is sent twice unless you ask for it. Exit codes: 0 \
     every row that the spec accepts has its answer; 1 the run stopped early, rows are held or left, or rows that were sent are not in the \
     table any more; 2 it could not continue; 7 nothing was sent, because earlier batches were billed for people of the table; 8 the budget does not cover another call."
))]
pub(super) struct Args {
    #[command(flatten)]
    connection: ConnectionOptions,

    #[command(flatten)]
    table: TableOptions,

    /// Results file: the rows in the table's order with their outcomes, as .csv, .xlsx or .jsonl
    #[arg(short, long, value_name = "FILE")]
    output: String,

    /// Replace the file of -o even if it has other content than results of a batch
    #[arg(long)]
    overwrite: bool,

    /// Maximum amount that all runs of this batch may spend, such as 100.00
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    budget: String,

    #[command(flatten)]
    place: PlaceOptions,

    #[command(flatten)]
    overlap: OverlapOptions,

    #[command(flatten)]
    reuse: ReuseOptions,

    #[command(flatten)]
    store: StoreChoice,

    #[command(flatten)]
    seal: SealOptions,

    #[command(flatten)]
    alerts: AlertOptions,

    /// Maximum concurrent calls
    #[arg(long, value_name = "CALLS", default_value = "4", value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,

    /// Rows that an earlier run sent, without an answer, and that may be billed: hold them, retry
    /// (may pay twice), or skip for good
    #[arg(long, value_name = "CHOICE")]
    on_ambiguous: Option<AmbiguousChoice>,

    /// Maximum sends of one row with --on-ambiguous retry, the first one included
    #[arg(long, value_name = "TIMES", default_value = "2", value_parser = clap::value_parser!(u32).range(1..))]
    max_sends: u32,

    /// Maximum calls per second
    #[arg(long, value_name = "CALLS")]
    per_second: Option<NonZeroU32>,

    /// Minimum pause between two calls with the same name or number
    #[arg(long, value_name = "SECONDS")]
    between_same_person: Option<u32>,

    /// Maximum wait for a network that is down, or for free disk space, before the run ends
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    outage_timeout: u32,

    /// Allow calls of an endpoint that changes something, one for each row
    #[arg(long)]
    allow_side_effects: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum AmbiguousChoice {
    Hold,
    Retry,
    Skip,
}

pub(super) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    let run = Run::prepare(spec, args)?;
    if let Some(store) = args.store.options() {
        return stored::run(&run, &store);
    }
    block_on(async {
        let Some(batch) = run.open().await? else { return Ok(ExitCode::from(REPEATED)) };
        let (results, on_ambiguous) = run.decide(batch.before.ambiguous)?;
        let sent = run.send(&batch, on_ambiguous).await?;
        let written = run.write(&batch.ledger, results).await;
        if let (Ok(written), true) = (&written, run.info.target != SANDBOX) {
            run.place.retain(batch.ledger.opening().id, written).await?;
        }
        let totals = batch.ledger.totals().await;
        let closed = batch.ledger.close().await;
        run.finish(sent, written, (totals, closed))
    })
}

/// A run that can begin: everything that is refused without a ledger has been checked.
struct Run<'a> {
    spec: &'a Spec,
    args: &'a Args,
    /// The command line that was typed, for the lines that continue the run.
    typed: Vec<OsString>,
    opened: Opened<'a>,
    rows: u64,
    info: BatchInfo,
    place: Place,
    key: Key,
    output: Output,
    target: Target,
    /// The maximum age of an earlier answer that a row takes.
    reuse: Option<Duration>,
}

/// An open batch.
struct Batch {
    client: Client,
    _sandbox: Option<Sandbox>,
    ledger: Ledger,
    /// Totals before the run.
    before: Totals,
}

impl<'a> Run<'a> {
    /// Phase 1: reads the spec, the table, the budget and the files that are named.
    fn prepare(spec: &'a Spec, args: &'a Args) -> Result<Self, UsageError> {
        let opened = open(spec, &args.table)?;
        may_change(opened.endpoint, args.allow_side_effects)?;
        let reuse = args.reuse.within(opened.endpoint)?;
        let target = Target::new(spec, &args.connection)?;
        let unit_price = price(opened.endpoint)?;
        let budget = budget(&args.budget, unit_price)?;
        // A batch on the sandbox has a ledger of its own, so that a trial has no effect on a real
        // run.
        let (ledger, batch) = match &target {
            Target::Sandbox => (SANDBOX_LEDGER, SANDBOX_BATCH),
            Target::Provider { .. } => (LEDGER, BATCH),
        };
        let table = args.table.table.as_str();
        let ending = match args.store.options() {
            Some(_) => {
                refuse_ledger(table, ledger)?;
                batch
            }
            None => {
                refuse_batch(table, batch)?;
                ledger
            }
        };
        let ledger = args.place.ledger.clone().unwrap_or_else(|| format!("{table}.{ending}"));
        let place = Place::new(ledger.clone(), &args.place)?;
        let output = Output::new(&args.output, &[table, &ledger], &place.key, args.overwrite)?;
        let key = place.key()?;
        let rows = opened.table.rows().map_err(UsageError::new)?.count() as u64;
        output.holds(rows)?;
        let info = BatchInfo {
            endpoint: opened.endpoint.id.clone(),
            target: called(&target).to_owned(),
            budget,
            unit_price,
        };
        let typed = std::env::args_os().collect();
        Ok(Self { spec, args, typed, opened, rows, info, place, key, output, target, reuse })
    }

    /// Phase 2: opens the client, the ledger and the registry. `None` if earlier batches were
    /// billed for people of the table, and the caller did not agree to send them again.
    async fn open(&self) -> Result<Option<Batch>, UsageError> {
        let Self { args, key, .. } = self;
        if self.info.target != SANDBOX {
            self.place.erase_due().await?;
        }
        // The client comes first: a base URL that is refused is never written to a ledger.
        let (client, _sandbox) = self.target.connect(self.spec, &args.connection, Some(0)).await?;
        let ledger = self.place.open(&self.info, key, (&args.place, &args.overlap)).await?;
        match self.reuse {
            Some(_) if self.info.target == SANDBOX => {
                eprint(&tr!("--reuse has no effect with --sandbox, whose answers are invented"));
            }
            Some(within) => self.place.reuse((&ledger, &self.info), &self.opened, key, within).await?,
            None => {}
        }
        if self.info.target != SANDBOX
            && !self.place.may_send(&ledger, &self.opened, key, &args.overlap).await?
        {
            ledger.close().await.map_err(UsageError::new)?;
            return Ok(None);
        }
        let before = ledger.totals().await.map_err(UsageError::new)?;
        Ok(Some(Batch { client, _sandbox, ledger, before }))
    }

    /// Phase 3: creates the results file, and decides about ambiguous rows of earlier runs.
    fn decide(&self, ambiguous: u64) -> Result<(Results, OnAmbiguous), UsageError> {
        let results = self.output.create(&self.place.ledger)?;
        let on_ambiguous = match self.args.on_ambiguous {
            Some(chosen) => chosen.treatment(self.args.max_sends),
            None if ambiguous == 0 => OnAmbiguous::Hold,
            None => {
                eprint(&tr!(
                    "to hold them, and send the others: {command}",
                    command = next_commands::holding(&self.typed)
                ));
                next_commands::held(ambiguous, true, &self.typed).iter().for_each(|way| eprint(way));
                return Err(UsageError(message!(
                    "{ambiguous} rows were sent, have no answer, and may be billed already; give --on-ambiguous hold, which leaves them, \
                     retry, which may pay for them twice, or skip, which gives them up",
                    ambiguous
                )));
            }
        };
        Ok((results, on_ambiguous))
    }

    /// Phase 4: sends the rows, and shows the progress.
    async fn send(
        &self,
        batch: &Batch,
        on_ambiguous: OnAmbiguous,
    ) -> Result<Result<Summary, RunError>, UsageError> {
        let Self { args, info, .. } = self;
        let handle = RunHandle::default();
        let settings = Settings {
            concurrency: usize::from(args.concurrency),
            on_ambiguous,
            pace: args.pace(),
            outage_timeout: seconds(args.outage_timeout),
            handle: handle.clone(),
        };
        let Opened { endpoint, table, mapping, .. } = &self.opened;
        let sending = send(
            &batch.client,
            (&self.spec.provider, endpoint),
            (table, mapping),
            &self.key,
            &batch.ledger,
            &settings,
        );
        let spent = |paid: u64| {
            let spent = sum(batch.before.spent, times(info.unit_price, paid));
            let left = info.budget.checked_sub(spent).unwrap_or(Money { units: 0, ..info.budget });
            tr!("{spent} spent, {left} left", spent = amount(spent), left = amount(left))
        };
        let notices = Notices::default();
        let watched = watched(sending, &handle, (self.rows, &notices), spent);
        let name = self.place.ledger.to_string_lossy();
        with_alerts(watched, (&batch.ledger, &*name), &args.alerts, &notices).await.ok_or_else(|| {
            UsageError(message!("abandoned: calls in flight may be billed, and their rows are ambiguous"))
        })
    }

    /// Phase 5: writes the results, whatever ended the run.
    async fn write<S: Store>(&self, ledger: &S, results: Results) -> Result<Written, UsageError> {
        let Opened { endpoint, table, mapping, .. } = &self.opened;
        let reopened = || open(self.spec, &self.args.table).ok().map(|opened| (opened.table, opened.mapping));
        let endpoint = (&*self.spec.provider, *endpoint);
        tokio::select! {
            written = results.write(endpoint, (table, mapping), (&self.key, ledger), reopened) => written,
            () = interrupted() => Err(UsageError(message!("stopped before the results were written; run the command again to write them, no row is sent twice"))),
        }
    }

    /// Phase 5: prints the summary, and how to continue.
    fn finish(
        &self,
        sent: Result<Summary, RunError>,
        written: Result<Written, UsageError>,
        (totals, closed): (Result<Totals, StoreError>, Result<(), StoreError>),
    ) -> Result<ExitCode, UsageError> {
        let Self { args, typed, .. } = self;
        if let Ok(Written { unmatched: Some((rows, file)), .. }) = &written {
            eprint(&tr!("{rows} rows that were sent are not in the table; they are in {file}", rows, file));
        }
        let is_current = self.opened.table.is_current();
        if !is_current {
            eprint(&tr!(
                "{table} was changed during the run; to write the results of its present rows, without sending a row twice: {command}",
                table = args.table.table,
                command = next_commands::holding(typed)
            ));
        }
        let summary = sent.map_err(|error| {
            eprint(&tr!(
                "to continue once that is corrected, without sending a row twice: {command}",
                command = next_commands::holding(typed)
            ));
            UsageError::new(error)
        })?;
        let totals = totals.map_err(UsageError::new)?;
        let file = written.as_ref().is_ok_and(|written| written.has_table).then_some(args.output.as_str());
        let endpoint = (&*self.spec.provider, self.opened.endpoint);
        let mut lines = vec![summary::text(&summary, &totals, endpoint, file)];
        lines.extend(next_commands::lines(&summary, &totals, self.info.unit_price, typed));
        keep(&lines.join("\n"));
        let written = written?;
        closed.map_err(UsageError::new)?;
        let is_complete = summary.stopped.is_none()
            && summary.ambiguous + summary.elsewhere + summary.left == 0
            && written.unmatched.is_none()
            && is_current;
        Ok(exit_code(is_complete, &summary))
    }
}

impl Args {
    fn pace(&self) -> Option<RateLimiter> {
        let pause = self.between_same_person.map(seconds);
        (self.per_second.is_some() || pause.is_some()).then(|| RateLimiter::new(self.per_second, pause))
    }
}

pub(super) fn seconds(seconds: u32) -> Duration {
    Duration::from_secs(u64::from(seconds))
}
