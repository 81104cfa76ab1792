//! What is done with the ledger of a batch: `pyi batch status`, `report` and `forget`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Arg, ArgAction, ArgMatches, Command};
use pyi_batch::{Ledger, Registry, Report, RowRecord, RowState, StoreError, Totals};

use super::files::{folder, key_path};
use super::money::{amount, sum};
use super::overlap::registry_path;
use super::{leftovers, locate};
use crate::stdio::{eprint, print};
use crate::{UsageError, argument};

/// So many of the rows that wait for somebody are named.
const NAMED: usize = 20;

pub(super) fn commands() -> [Command; 4] {
    let ledger = || {
        Arg::new("ledger")
            .value_name("LEDGER")
            .required(true)
            .help("The ledger's file, or the table that it is beside")
    };
    let rows = Arg::new("rows")
        .long("rows")
        .action(ArgAction::SetTrue)
        .help("Tells of each row: its line, where it stands, what came of it, the status, the billing");
    [
        Command::new("status")
            .about("Says how far a batch is, also while it runs, and which rows wait for somebody to decide")
            .arg(ledger())
            .arg(rows),
        Command::new("report")
            .about("Says what a batch came to, by status, to be held against the provider's bill")
            .arg(ledger()),
        Command::new("forget")
            .about("Erases what a ledger has of people; what it cost stays, and the batch cannot go on")
            .arg(ledger())
            .arg(
                Arg::new("key")
                    .long("key")
                    .value_name("FILE")
                    .help("The key of the batch, whose registry has entries of the people too"),
            )
            .arg(
                Arg::new("output")
                    .short('o')
                    .long("output")
                    .value_name("RESULTS")
                    .help("Where results of it were written; also removes what a killed run left there"),
            ),
        Command::new("backup")
            .about(
                "Copies a ledger as it is at one moment, also while it runs; a run on the copy needs --adopt",
            )
            .arg(ledger())
            .arg(
                Arg::new("to")
                    .value_name("FILE")
                    .required(true)
                    .help("The copy, which must not be there yet"),
            ),
    ]
}

/// How far a batch is.
pub(super) fn status(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let ledger = ledger(matches)?;
    let path = Path::new(&ledger);
    let Report { info, totals, is_running, .. } = asked(Ledger::report(path))?;
    let Totals { spent, reserved, settled, ambiguous, sending } = totals;
    let (mut named, mut more) = (Vec::new(), 0);
    asked(Ledger::rows(path, |line, found| {
        if matches.get_flag("rows") {
            print(&row(line, &found));
        }
        if found.state != RowState::Settled && !(is_running && found.state == RowState::Sending) {
            if named.len() < NAMED { named.push(line.to_string()) } else { more += 1 }
        }
    }))?;
    let way = if is_running { "a run is on" } else { "no run is on" };
    let mut lines = vec![
        format!(
            "{} at {}: {way}; {settled} rows settled, {ambiguous} ambiguous, {sending} on their way",
            info.endpoint, info.target
        ),
        format!(
            "spent at most {}, set aside {}, budget {}",
            amount(spent),
            amount(reserved),
            amount(info.budget)
        ),
    ];
    if !named.is_empty() {
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        lines.push(format!(
            "nobody knows whether these lines were billed: {}{more}; the next run wants --on-ambiguous",
            named.join(", ")
        ));
    }
    print(&lines.join("\n"));
    Ok(ExitCode::SUCCESS)
}

/// A row in columns, parted by tabs.
fn row(line: u64, found: &RowRecord) -> String {
    let state = match found.state {
        RowState::Sending => "sending",
        RowState::Ambiguous => "ambiguous",
        RowState::Settled => "settled",
    };
    let (outcome, code, billing) = found.outcome.as_ref().map_or_else(Default::default, |settled| {
        let code = settled.code.map(|code| code.to_string()).unwrap_or_default();
        (settled.outcome.as_str(), code, settled.billing.to_string())
    });
    format!("{line}\t{state}\t{outcome}\t{code}\t{billing}")
}

/// What a batch came to, line by line.
pub(super) fn report(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let path = ledger(matches)?;
    let Report { info, totals, lines, repeated, uncertain, .. } = asked(Ledger::report(Path::new(&path)))?;
    let mut said = vec![format!(
        "{}: at most {} a call, a budget of {}",
        info.endpoint,
        amount(info.unit_price),
        amount(info.budget)
    )];
    said.extend(lines.iter().map(|line| {
        let code = line.code.map(|code| format!(" {code}")).unwrap_or_default();
        format!("  {} rows {}{code}, {}: {}", line.rows, line.outcome, line.billing, amount(line.spent))
    }));
    if totals.ambiguous + totals.sending > 0 {
        said.push(format!(
            "  {} rows of which nobody knows whether they were billed: {}",
            totals.ambiguous + totals.sending,
            amount(uncertain)
        ));
    }
    if repeated > 0 {
        said.push(format!(
            "  of these, {repeated} calls were made again, as was asked for, and may be billed twice"
        ));
    }
    said.push(format!("spent at most {}", amount(sum(totals.spent, totals.reserved))));
    print(&said.join("\n"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn forget(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let path = ledger(matches)?;
    let key = key_path(matches.get_one::<String>("key").map(PathBuf::from), Path::new(&path))?;
    let Report { id, registry, .. } = asked(Ledger::report(Path::new(&path)))?;
    asked(Ledger::forget(Path::new(&path)))?;
    let is_forgotten = match &registry {
        Some(registry) => asked(Registry::forget(&registry_path(&key), registry, id))?,
        None => true,
    };
    let results = matches.get_one::<String>("output").map(Path::new);
    for folder in [Path::new(&path)].into_iter().chain(results).map(folder) {
        leftovers::remove(folder, Path::new(&path));
    }
    print(&format!(
        "{path}: nobody is known by it any more; results that were written are files of their own"
    ));
    if !is_forgotten {
        eprint(
            "warning: the registry of this batch is not beside that key, and may have its people; give --key FILE, the batch's own",
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// A consistent copy of a ledger.
pub(super) fn backup(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let path = ledger(matches)?;
    let to = matches.get_one::<String>("to").map(String::as_str).unwrap_or_default();
    let copied = asked(Ledger::back_up(Path::new(&path), Path::new(to)));
    copied.map_err(|UsageError(error)| argument::about(&error, to, "the copy"))?;
    print(&format!("{to} is a copy of {path}"));
    Ok(ExitCode::SUCCESS)
}

fn ledger(matches: &ArgMatches) -> Result<String, UsageError> {
    locate::ledger(matches.get_one::<String>("ledger").map(String::as_str).unwrap_or_default())
}

/// Does what asks a ledger, and nothing else.
fn asked<T>(done: impl Future<Output = Result<T, StoreError>>) -> Result<T, UsageError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError(format!("cannot start: {error}")))?;
    runtime.block_on(done).map_err(|error| UsageError(error.to_string()))
}
