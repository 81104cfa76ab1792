//! `pyi batch work`: sends rows of a batch as one worker of any number. `run --store` sends by the
//! same function.

use std::process::ExitCode;
use std::time::Duration;

use pyi_batch::{
    BatchId, BatchStatus, OnAmbiguous, PostgresLedger, RunError, RunHandle, SANDBOX, Settings, Store,
    Summary, WorkerSettings, work as send,
};
use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::Client;
use pyi_text::message;

use super::alerts::{AlertOptions, Notices, exit_code, with_alerts};
use super::amounts::{amount, sum, times};
use super::progress::watched;
use super::store_options::{SealOptions, StoreOptions, batch_id};
use super::{run, summary};
use crate::UsageError;
use crate::connection::{Target, block_on};
use crate::language::tr;
use crate::options::ConnectionOptions;
use crate::spec::Spec;
use crate::stdio::keep;

/// Send rows of a batch, as one worker of any number
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Any number of workers, on any machines, send one batch; each row is sent once. A worker that ends, or that is killed, is taken over. \
The first Ctrl-C or SIGTERM waits for calls in flight. Exit codes: 0 all rows of the batch have their answer; 1 the worker stopped \
early, or rows are ambiguous or left; 2 it could not continue; 8 the budget does not cover another call.")]
pub(super) struct Args {
    #[command(flatten)]
    connection: ConnectionOptions,

    /// The batch, as `submit` has printed it
    #[arg(value_name = "BATCH", value_parser = batch_id)]
    batch: BatchId,

    #[command(flatten)]
    store: StoreOptions,

    #[command(flatten)]
    seal: SealOptions,

    #[command(flatten)]
    alerts: AlertOptions,

    /// Maximum concurrent calls
    #[arg(long, value_name = "CALLS", default_value = "16", value_parser = clap::value_parser!(u16).range(1..=256))]
    concurrency: u16,

    /// Rows without an answer that may be billed: hold them, retry (may pay twice), or skip for
    /// good
    #[arg(long, value_name = "CHOICE", default_value = "hold")]
    on_ambiguous: run::AmbiguousChoice,

    /// Maximum sends of one row with --on-ambiguous retry, the first one included
    #[arg(long, value_name = "TIMES", default_value = "2", value_parser = clap::value_parser!(u32).range(1..))]
    max_sends: u32,

    /// Maximum calls per second, over all workers of the account
    #[arg(long, value_name = "CALLS", value_parser = clap::value_parser!(u32).range(1..))]
    per_second: Option<u32>,

    /// Time after which a worker without a sign of life is taken over
    #[arg(long, value_name = "SECONDS", default_value = "30", value_parser = clap::value_parser!(u32).range(5..=3600))]
    lease: u32,

    /// Maximum wait for a network that is down before the worker ends
    #[arg(long, value_name = "SECONDS", default_value = "60")]
    outage_timeout: u32,
}

pub(super) fn work(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let wrapping = args.seal.key()?;
    let url = args.store.url()?;
    let target = Target::new(spec, &args.connection)?;
    let worker = WorkerSettings {
        lease: run::seconds(args.lease),
        call_interval: interval(args.per_second),
        accepted: args.store.accepted(),
        ..WorkerSettings::default()
    };
    block_on(async {
        let (client, _sandbox) = target.connect(spec, &args.connection, Some(0)).await?;
        let ledger =
            PostgresLedger::open(&url, args.batch, &wrapping, &worker).await.map_err(UsageError::new)?;
        is_for(&ledger, called(&target))?;
        let endpoint = spec.endpoint(&ledger.info().endpoint)?;
        let settings = Settings {
            concurrency: usize::from(args.concurrency),
            on_ambiguous: args.on_ambiguous.treatment(args.max_sends),
            pace: None,
            outage_timeout: run::seconds(args.outage_timeout),
            handle: RunHandle::default(),
        };
        let mut store = args.store.open()?;
        let before = store.status(args.batch).await.map_err(UsageError::new)?;
        let endpoint = (&*spec.provider, endpoint);
        let reported = (args.batch, &args.alerts);
        let sent = send_rows(&client, endpoint, (&ledger, &before), &settings, reported).await?;
        let totals = ledger.totals().await;
        let closed = ledger.close().await;
        let done = sent.map_err(UsageError::new)?;
        let totals = totals.map_err(UsageError::new)?;
        closed.map_err(UsageError::new)?;
        let status = store.status(args.batch).await.map_err(UsageError::new)?;
        keep(&summary::text(&done, &totals, endpoint, None));
        Ok(exit_code(is_complete(&done, &status), &done))
    })
}

/// Sends rows as one worker, and shows the progress.
pub(super) async fn send_rows(
    client: &Client,
    endpoint: (&Provider, &Endpoint),
    (ledger, before): (&PostgresLedger, &BatchStatus),
    settings: &Settings,
    (batch, alerts): (BatchId, &AlertOptions),
) -> Result<Result<Summary, RunError>, UsageError> {
    let unit_price = ledger.info().unit_price;
    let spent = |paid: u64| {
        let spent = sum(before.totals.spent, times(unit_price, paid));
        tr!("{spent} spent", spent = amount(spent))
    };
    let rows = before.rows.saturating_sub(before.totals.settled);
    let sending = send(client, endpoint, ledger, settings);
    let notices = Notices::default();
    let watched = watched(sending, &settings.handle, (rows, &notices), spent);
    with_alerts(watched, (ledger, &batch.to_string()), alerts, &notices).await.ok_or_else(|| {
        UsageError(message!("abandoned: calls in flight may be billed, and their rows are ambiguous"))
    })
}

/// Refuses to send rows elsewhere than they were submitted for.
pub(super) fn is_for(ledger: &PostgresLedger, called: &str) -> Result<(), UsageError> {
    let target = ledger.info().target.as_str();
    match target {
        _ if target == called => Ok(()),
        SANDBOX => Err(UsageError(message!("the batch was submitted for the sandbox; give --sandbox"))),
        _ => Err(UsageError(message!("the batch was submitted for {target}; give that base URL", target))),
    }
}

/// Whether all rows of a batch have their answer.
fn is_complete(summary: &Summary, status: &BatchStatus) -> bool {
    summary.stopped.is_none() && status.totals.ambiguous == 0 && status.chunks_done == status.chunks
}

/// What a batch calls, as its ledger has it.
pub(super) fn called(target: &Target) -> &str {
    match target {
        Target::Sandbox => SANDBOX,
        Target::Provider { base_url, .. } => base_url.trim_end_matches('/'),
    }
}

/// The time between two calls of an account.
pub(super) fn interval(per_second: Option<u32>) -> Duration {
    per_second.map_or(Duration::ZERO, |calls| Duration::from_secs(1) / calls.max(1))
}

impl run::AmbiguousChoice {
    /// The treatment that was chosen.
    pub(super) fn treatment(self, max_sends: u32) -> OnAmbiguous {
        match self {
            Self::Hold => OnAmbiguous::Hold,
            Self::Retry => OnAmbiguous::Retry { max_sends },
            Self::Skip => OnAmbiguous::Skip,
        }
    }
}
