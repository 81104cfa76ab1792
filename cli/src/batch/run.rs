//! `pyi batch run`: sends the rows of a table that are not sent yet, within a budget, and writes what came of each.

use std::num::NonZeroU32;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use pyi_batch::{BatchInfo, Money, OnAmbiguous, RunHandle, SANDBOX, Settings, Store, run as send};
use pyi_codegen::ir::Effect;
use pyi_runtime::RateLimiter;

use super::files::{Output, Written};
use super::locate::{LEDGER, SANDBOX_LEDGER};
use super::money::{amount, price, sum, times};
use super::open::Place;
use super::overlap::{self, REPEATED};
use super::progress::{interrupted, watched};
use super::summary::told;
use super::{Opened, TABLE_HELP, open, resume, table_args};
use crate::UsageError;
use crate::args::connection_settings;
use crate::call::{Target, connect, sign_method, target};
use crate::spec::Spec;
use crate::stdio::{eprint, keep};

pub(super) fn command() -> Command {
    Command::new("run")
        .about("Sends the rows that are not sent yet, each once, within a budget; run it again to go on")
        .after_help(format!(
            "{TABLE_HELP} What was sent, and what came of it, stands in the ledger; no person is sent twice unasked. Exit codes: 0 every \
             row that the spec does not refuse has its answer; 1 the run stopped before, rows are held or left, or rows that were sent are not \
             in the table any more; 2 it could not go on; 7 nothing was sent, since earlier batches were billed for people of the table."
        ))
        .args(connection_settings())
        .args(table_args())
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("RESULTS")
                .required(true)
                .help("Where the rows are written with what came of them, in the table's order: .csv, .xlsx or .jsonl"),
        )
        .arg(
            Arg::new("overwrite")
                .long("overwrite")
                .action(ArgAction::SetTrue)
                .help("Replace the file of -o even if it holds something else than results of a batch"),
        )
        .arg(
            Arg::new("budget")
                .long("budget")
                .value_name("AMOUNT")
                .required(true)
                .allow_hyphen_values(true)
                .help("Maximum amount that all runs of this batch may spend, such as 100.00"),
        )
        .arg(
            Arg::new("ledger")
                .long("ledger")
                .value_name("FILE")
                .help("Where the batch is kept; TABLE with .ledger behind it if not said, or with .sandbox-ledger"),
        )
        .arg(
            Arg::new("change-base-url")
                .long("change-base-url")
                .action(ArgAction::SetTrue)
                .help("Continue a batch at another base URL: the same account at another address"),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("FILE")
                .help("By which people are known again, in another folder than the ledger; made if it is not there"),
        )
        .arg(
            Arg::new("adopt")
                .long("adopt")
                .action(ArgAction::SetTrue)
                .help("Accept a ledger that is a copy, or an older state; what was sent since is held as ambiguous"),
        )
        .args(overlap::args())
        .arg(
            Arg::new("concurrency")
                .long("concurrency")
                .value_name("CALLS")
                .default_value("4")
                .value_parser(value_parser!(u16).range(1..=256))
                .help("Maximum concurrent calls"),
        )
        .arg(
            Arg::new("on-ambiguous")
                .long("on-ambiguous")
                .value_name("WHAT")
                .value_parser(["hold", "retry", "skip"])
                .help(
                    "What becomes of rows that an earlier run sent and that have no answer, and may be billed: hold leaves them, retry sends \
                     them again and may pay twice, skip gives them up",
                ),
        )
        .arg(
            Arg::new("max-sends")
                .long("max-sends")
                .value_name("TIMES")
                .default_value("2")
                .value_parser(value_parser!(u32).range(1..))
                .help("Maximum sends of one row with --on-ambiguous retry, the first one included"),
        )
        .arg(
            Arg::new("per-second")
                .long("per-second")
                .value_name("CALLS")
                .value_parser(value_parser!(NonZeroU32))
                .help("Maximum calls per second"),
        )
        .arg(
            Arg::new("between-same-person")
                .long("between-same-person")
                .value_name("SECONDS")
                .value_parser(value_parser!(u32))
                .help("Minimum pause between two calls with the same name or number"),
        )
        .arg(
            Arg::new("outage-timeout")
                .long("outage-timeout")
                .value_name("SECONDS")
                .default_value("60")
                .value_parser(value_parser!(u32))
                .help("Maximum wait for a network that is down, or for free disk space, before the run ends"),
        )
        .arg(
            Arg::new("allow-side-effects")
                .long("allow-side-effects")
                .action(ArgAction::SetTrue)
                .help("Allow calls of an endpoint that changes something, one for each row"),
        )
}

pub(super) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let opened = open(spec, matches)?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    if opened.endpoint.effect == Effect::Act && !matches.get_flag("allow-side-effects") {
        return Err(UsageError(format!(
            "{} does something, once for each row; say --allow-side-effects",
            opened.endpoint.id
        )));
    }
    let target = target(matches)?;
    let each = price(opened.endpoint)?;
    let budget = Money::parse(said("budget"), each.currency)
        .ok_or_else(|| UsageError("--budget is an amount of money such as 100.00".to_owned()))?;
    // The sandbox's answers are apart from the provider's: a trial leaves nothing behind that a run would go by.
    let (called, ending) = match &target {
        Target::Sandbox => (SANDBOX, SANDBOX_LEDGER),
        Target::Provider { base_url, .. } => (base_url.trim_end_matches('/'), LEDGER),
    };
    let called = called.to_owned();
    let ledger = matches
        .get_one::<String>("ledger")
        .map_or_else(|| format!("{}.{ending}", said("table")), String::clone);
    let place = Place::new(ledger.clone(), matches)?;
    let output =
        Output::new(said("output"), &[said("table"), &ledger], &place.key, matches.get_flag("overwrite"))?;
    let key = place.key()?;
    let rows = opened.table.rows().map_err(|error| UsageError(error.to_string()))?.count() as u64;
    output.holds(rows)?;
    let terms = BatchInfo { endpoint: opened.endpoint.id.clone(), target: called, budget, unit_price: each };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        // A base URL that is refused never gets into a ledger.
        let (client, _sandbox) = connect(spec, target, sign_method(spec, matches), matches, Some(0)).await?;
        let ledger = place.open(&terms, &key, matches).await?;
        if terms.target != SANDBOX && !place.may_send(&ledger, &opened, &key, matches).await? {
            ledger.close().await.map_err(|error| UsageError(error.to_string()))?;
            return Ok(ExitCode::from(REPEATED));
        }
        let output = output.create(&place.ledger)?;
        let before = ledger.totals().await.map_err(|error| UsageError(error.to_string()))?;
        let arguments: Vec<_> = std::env::args_os().collect();
        let on_ambiguous = match said("on-ambiguous") {
            "retry" => OnAmbiguous::Retry { max_sends: matches.get_one::<u32>("max-sends").copied().unwrap_or(2) },
            "skip" => OnAmbiguous::Skip,
            "" if before.ambiguous > 0 => {
                eprint(&format!("to leave them, and send the others: {}", resume::holding(&arguments)));
                resume::held(before.ambiguous, true, &arguments).iter().for_each(|way| eprint(way));
                return Err(UsageError(format!(
                    "{} rows were sent and have no answer, and may be billed already; say --on-ambiguous hold, which leaves them, retry, which \
                     may pay for them twice, or skip, which gives them up",
                    before.ambiguous
                )));
            }
            _ => OnAmbiguous::Hold,
        };
        let watch = RunHandle::default();
        let settings = Settings {
            concurrency: usize::from(matches.get_one::<u16>("concurrency").copied().unwrap_or(1)),
            on_ambiguous,
            pace: pace(matches),
            outage_timeout: seconds(matches, "outage-timeout").unwrap_or_default(),
            handle: watch.clone(),
        };
        let Opened { endpoint, table, mapping } = &opened;
        let sending = send(&client, (&spec.provider, endpoint), (table, mapping), &key, &ledger, &settings);
        let spent = |paid: u64| {
            let spent = sum(before.spent, times(each, paid));
            let left = budget.checked_sub(spent).unwrap_or(Money { units: 0, ..budget });
            format!("{} spent, {} left", amount(spent), amount(left))
        };
        let Some(came) = watched(sending, &watch, rows, spent).await else {
            return Err(UsageError("given up: what was on its way may be billed, and is ambiguous".to_owned()));
        };
        // Whatever ended the run, what was paid for is written.
        let reopened = || open(spec, matches).ok().map(|opened| (opened.table, opened.mapping));
        let written = tokio::select! {
            written = output.write((&spec.provider, endpoint), (table, mapping), (&key, &ledger), reopened) => written,
            () = interrupted() => {
                Err(UsageError("stopped before the results were written; run it again to have them, which sends nobody twice".to_owned()))
            }
        };
        if let Ok(Written { unmatched: Some((rows, listed)), .. }) = &written {
            eprint(&format!("{rows} rows that were sent are not in the table; they are in {listed}"));
        }
        let is_current = table.is_current();
        if !is_current {
            eprint(&format!(
                "{} was changed while the run was on; to have the results of the rows that it has now, which sends nobody twice: {}",
                said("table"),
                resume::holding(&arguments)
            ));
        }
        let totals = ledger.totals().await;
        let closed = ledger.close().await;
        let summary = came.map_err(|error| {
            eprint(&format!("to go on once that is mended, which sends nobody twice: {}", resume::holding(&arguments)));
            UsageError(error.to_string())
        })?;
        let totals = totals.map_err(|error| UsageError(error.to_string()))?;
        let output = written.as_ref().is_ok_and(|written| written.has_table).then_some(said("output"));
        let mut lines = vec![told(&summary, &totals, (&spec.provider, endpoint), output)];
        lines.extend(resume::lines(&summary, &totals, each, &arguments));
        keep(&lines.join("\n"));
        let written = written?;
        closed.map_err(|error| UsageError(error.to_string()))?;
        let whole = summary.stopped.is_none() && summary.ambiguous + summary.elsewhere + summary.left == 0;
        let whole = whole && written.unmatched.is_none() && is_current;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

fn seconds(matches: &ArgMatches, name: &str) -> Option<Duration> {
    matches.get_one::<u32>(name).map(|seconds| Duration::from_secs(u64::from(*seconds)))
}

fn pace(matches: &ArgMatches) -> Option<RateLimiter> {
    let per_second = matches.get_one::<NonZeroU32>("per-second").copied();
    let between = seconds(matches, "between-same-person");
    (per_second.is_some() || between.is_some()).then(|| RateLimiter::new(per_second, between))
}
