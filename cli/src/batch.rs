//! `pyi batch`: many calls of one endpoint, from a table. `plan` reports what a run would send and
//! cost, and sends nothing; `run` sends; `status`, `report`, `forget` and `backup` read its ledger,
//! `expire` erases what is due, and `reconcile` compares it with a bill. `submit`, `work`,
//! `results`, `stop` and `resume` are of many workers.

mod alerts;
mod amounts;
mod batch_file;
mod expire;
mod fetch;
mod files;
mod ledger;
mod leftovers;
mod locate;
mod next_commands;
mod open;
mod overlap;
mod plan;
mod progress;
mod reconcile;
mod run;
mod store;
mod store_options;
mod summary;
mod worker;

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use pyi_batch::{Mapping, Table};
use pyi_codegen::ir::{Effect, Endpoint, Provider};
use pyi_text::message;

use crate::spec::Spec;
use crate::{UsageError, argument};

/// Call one endpoint for each row of a table
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Plan(plan::Args),
    Run(Box<run::Args>),
    Status(ledger::StatusArgs),
    Report(ledger::ReportArgs),
    Forget(ledger::ForgetArgs),
    Backup(ledger::BackupArgs),
    Reconcile(Box<reconcile::Args>),
    Submit(Box<store::SubmitArgs>),
    Work(Box<worker::Args>),
    Results(Box<fetch::Args>),
    Stop(store::StopArgs),
    Expire(expire::Args),
    Resume(store::ResumeArgs),
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    match &args.command {
        Command::Plan(args) => plan::run(spec, args),
        Command::Run(args) => run::run(spec, args),
        Command::Status(args) => ledger::status(args),
        Command::Report(args) => ledger::report(args),
        Command::Forget(args) => ledger::forget(args),
        Command::Backup(args) => ledger::backup(args),
        Command::Reconcile(args) => reconcile::run(spec, args),
        Command::Submit(args) => store::submit(spec, args),
        Command::Work(args) => worker::work(spec, args),
        Command::Results(args) => fetch::run(spec, args),
        Command::Expire(args) => expire::run(args),
        Command::Stop(args) => store::stop(args),
        Command::Resume(args) => store::resume(args),
    }
}

/// Tables that a batch reads, for the help of `plan` and `run`.
const TABLE_HELP: &str = "\
TABLE is CSV (UTF-8, GB18030 or UTF-16; commas, semicolons or tabs) of any length, or an Excel workbook (.xlsx) of at most 100000 rows \
and 64 MiB unpacked; with at most 1000 columns, and 500 characters in a value. Its first row has the titles.";

/// The table, and the endpoint that is called for its rows.
#[derive(Debug, clap::Args)]
#[group(skip)]
struct TableOptions {
    /// The table's file
    #[arg(value_name = "TABLE")]
    table: String,

    /// The endpoint that is called for each row
    #[arg(long, value_name = "ENDPOINT")]
    endpoint: String,

    /// Column of a field [default: the column with the field's name or title]
    #[arg(long, value_name = "FIELD=TITLE", value_delimiter = ',')]
    map: Vec<String>,

    /// Include rows that a workbook hides, by row, column or sheet [default: they are refused]
    #[arg(long)]
    include_hidden: bool,
}

/// Refuses an endpoint that changes something, unless the caller allows that.
fn may_change(endpoint: &Endpoint, is_allowed: bool) -> Result<(), UsageError> {
    match endpoint.effect {
        Effect::Act if !is_allowed => Err(UsageError(message!(
            "{id} changes something, once for each row; give --allow-side-effects",
            id = endpoint.id
        ))),
        _ => Ok(()),
    }
}

/// A table, and the fields of its columns.
struct Opened<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    table: Table,
    mapping: Mapping,
}

fn open<'a>(spec: &'a Spec, options: &TableOptions) -> Result<Opened<'a>, UsageError> {
    spec.usable()?;
    let endpoint = spec.endpoint(&options.endpoint)?;
    let path = options.table.as_str();
    let table =
        Table::open(Path::new(path)).map_err(|error| argument::about(error.message(), path, "TABLE"))?;
    let table = table.include_hidden(options.include_hidden);
    let mut pairs = Vec::new();
    for pair in &options.map {
        let (field, title) =
            pair.split_once('=').ok_or_else(|| UsageError(message!("--map takes FIELD=TITLE")))?;
        pairs.push((field.trim().to_owned(), title.trim().to_owned()));
    }
    let mapping = Mapping::new(&spec.provider, endpoint, table.titles(), &pairs).map_err(|fault| {
        let fault = fault.message();
        UsageError(message!("{path}: {fault}; --map FIELD=TITLE gives a field its column", path, fault))
    })?;
    Ok(Opened { provider: &spec.provider, endpoint, table, mapping })
}
