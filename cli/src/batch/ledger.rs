//! `pyi batch status`, `report`, `forget` and `backup`, which read the ledger of a batch.

use std::path::PathBuf;
use std::process::ExitCode;

use pyi_batch::{Ledger, Registry, Report, RowRecord, RowState, StoreError, Totals};
use pyi_text::message;

use super::amounts::{amount, sum};
use super::files::key_path;
use super::overlap::registry_path;
use super::store;
use super::store_options::StoreOptions;
use super::{leftovers, locate};
use crate::connection::block_on;
use crate::language::tr;
use crate::private::folder;
use crate::stdio::{eprint, print};
use crate::{UsageError, argument};

/// Maximum number of rows that `status` names.
const NAMED: usize = 20;

/// Report the progress of a batch, also during a run, and the rows that need a decision. A batch of
/// many workers is named as `submit` has printed it
#[derive(Debug, clap::Args)]
pub(super) struct StatusArgs {
    #[command(flatten)]
    ledger: LedgerArgument,

    /// List each row: line, state, outcome, status, billing
    #[arg(long, conflicts_with = "store")]
    rows: bool,

    #[command(flatten)]
    store: StoreOptions,
}

/// Report the outcomes and the cost of a batch by status, to compare with the provider's bill
#[derive(Debug, clap::Args)]
pub(super) struct ReportArgs {
    #[command(flatten)]
    ledger: LedgerArgument,
}

/// Erase the people of a batch from its ledger; its cost stays, and the batch cannot be resumed
#[derive(Debug, clap::Args)]
pub(super) struct ForgetArgs {
    #[command(flatten)]
    ledger: LedgerArgument,

    /// The key of the batch, whose registry has entries of the people too
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Results file of the batch; removes the temporary files of killed runs beside it
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,

    #[command(flatten)]
    store: StoreOptions,
}

/// Copy a ledger as it is at one moment, also during a run; a run on the copy needs --adopt
#[derive(Debug, clap::Args)]
pub(super) struct BackupArgs {
    #[command(flatten)]
    ledger: LedgerArgument,

    /// The copy, a new file
    #[arg(value_name = "FILE")]
    to: String,
}

/// The ledger that a command reads.
#[derive(Debug, clap::Args)]
#[group(skip)]
struct LedgerArgument {
    /// The ledger's file, or the table that it is beside
    #[arg(value_name = "LEDGER")]
    ledger: String,
}

impl LedgerArgument {
    fn locate(&self) -> Result<PathBuf, UsageError> {
        locate::ledger(&self.ledger).map(PathBuf::from)
    }
}

pub(super) fn status(args: &StatusArgs) -> Result<ExitCode, UsageError> {
    if args.store.has(&args.ledger.ledger) {
        print(&store::status(&args.store, &args.ledger.ledger)?);
        return Ok(ExitCode::SUCCESS);
    }
    let path = &args.ledger.locate()?;
    let Report { info, totals, is_running, .. } = query(Ledger::report(path))?;
    let Totals { spent, reserved, settled, ambiguous, sending } = totals;
    let (mut named, mut more) = (Vec::new(), 0);
    query(Ledger::rows(path, |line, record| {
        if args.rows {
            print(&row(line, &record));
        }
        if record.state != RowState::Settled && !(is_running && record.state == RowState::Sending) {
            if named.len() < NAMED { named.push(line.to_string()) } else { more += 1 }
        }
    }))?;
    let activity = if is_running { tr!("a run is on") } else { tr!("no run is on") };
    let mut lines = vec![
        tr!(
            "{endpoint} at {target}: {activity}; {settled} rows settled, {ambiguous} ambiguous, {sending} in flight",
            endpoint = info.endpoint,
            target = info.target,
            activity,
            settled,
            ambiguous,
            sending
        ),
        tr!(
            "spent at most {spent}, reserved {reserved}, budget {budget}",
            spent = amount(spent),
            reserved = amount(reserved),
            budget = amount(info.budget)
        ),
    ];
    if !named.is_empty() {
        let more = if more > 0 { tr!(" and {more} more", more) } else { String::new() };
        lines.push(tr!("unknown whether these lines were billed: {named}{more}; repeat the command of the run with --on-ambiguous", named = named.join(", "), more));
    }
    print(&lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// A row in columns, separated by tabs.
fn row(line: u64, record: &RowRecord) -> String {
    let state = match (record.state, record.reused) {
        (_, Some(_)) => "reused",
        (RowState::Sending, _) => "sending",
        (RowState::Ambiguous, _) => "ambiguous",
        (RowState::Settled, _) => "settled",
    };
    let (outcome, code, billing) = record.outcome.as_ref().map_or_else(Default::default, |outcome| {
        let code = outcome.code.map(|code| code.to_string()).unwrap_or_default();
        (outcome.outcome.as_str(), code, outcome.billing.to_string())
    });
    format!("{line}\t{state}\t{outcome}\t{code}\t{billing}")
}

pub(super) fn report(args: &ReportArgs) -> Result<ExitCode, UsageError> {
    let path = args.ledger.locate()?;
    let Report { info, totals, lines, reused, repeated, uncertain, .. } = query(Ledger::report(&path))?;
    let mut text = vec![tr!(
        "{endpoint}: at most {price} a call, a budget of {budget}",
        endpoint = info.endpoint,
        price = amount(info.unit_price),
        budget = amount(info.budget)
    )];
    text.extend(lines.iter().map(|line| {
        let code = line.code.map(|code| format!(" {code}")).unwrap_or_default();
        tr!(
            "  {rows} rows {outcome}{code}, {billing}: {amount}",
            rows = line.rows,
            outcome = line.outcome.to_string(),
            code,
            billing = line.billing.to_string(),
            amount = amount(line.spent)
        )
    }));
    if reused > 0 {
        text.push(tr!("  {reused} rows took the answers of earlier batches, at no cost", reused));
    }
    if totals.ambiguous + totals.sending > 0 {
        text.push(tr!(
            "  {rows} rows, unknown whether billed: {amount}",
            rows = totals.ambiguous + totals.sending,
            amount = amount(uncertain)
        ));
    }
    if repeated > 0 {
        text.push(tr!(
            "  of these, {repeated} calls were repeated on request, and may be billed twice",
            repeated
        ));
    }
    text.push(tr!("spent at most {amount}", amount = amount(sum(totals.spent, totals.reserved))));
    print(&text.join("\n"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn forget(args: &ForgetArgs) -> Result<ExitCode, UsageError> {
    if args.store.has(&args.ledger.ledger) {
        return store::forget(&args.store, &args.ledger.ledger);
    }
    let path = args.ledger.locate()?;
    let key = key_path(args.key.clone(), &path)?;
    let Report { id, registry, .. } = query(Ledger::report(&path))?;
    query(Ledger::forget(&path))?;
    let is_forgotten = match &registry {
        Some(registry) => query(Registry::forget(&registry_path(&key), registry, id))?,
        None => true,
    };
    for file in [&path].into_iter().chain(&args.output) {
        leftovers::remove(folder(file), &path);
    }
    print(&tr!(
        "{path}: its people are erased; results files are not, remove them yourself",
        path = path.display()
    ));
    if !is_forgotten {
        eprint(&tr!(
            "warning: the registry of this batch is not beside that key, and may have its people; give the batch's own --key FILE"
        ));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) fn backup(args: &BackupArgs) -> Result<ExitCode, UsageError> {
    let (path, to) = (args.ledger.locate()?, &args.to);
    query(Ledger::back_up(&path, to.as_ref()))
        .map_err(|UsageError(error)| argument::about(&error, to, message!("the copy")))?;
    print(&tr!("{to} is a copy of {path}", to, path = path.display()));
    Ok(ExitCode::SUCCESS)
}

/// Runs a request to a ledger.
fn query<T>(request: impl Future<Output = Result<T, StoreError>>) -> Result<T, UsageError> {
    block_on(async { request.await.map_err(UsageError::new) })
}
