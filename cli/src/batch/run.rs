//! `pyi batch run`: sends the rows of a table that are not sent yet, within a budget, and writes what came of each.

use std::io::IsTerminal;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pyi_batch::{
    Ledger, OnAmbiguous, RunError, SANDBOX, Settings, Stopped, Store, Summary, Terms, Totals, Watch,
    run as send,
};
use pyi_codegen::ir::{Effect, Endpoint};
use pyi_runtime::Pace;
use rust_decimal::Decimal;

use super::files::{Output, key, key_path};
use super::money::{amount, price, units};
use super::{Opened, TABLE_HELP, open, table_args};
use crate::Misuse;
use crate::args::connection_settings;
use crate::call::{Target, connect, sign_method, target};
use crate::output::{complain, say};
use crate::spec::Spec;

pub(super) fn command() -> Command {
    Command::new("run")
        .about("Sends the rows that are not sent yet, each once, within a budget; run it again to go on")
        .after_help(format!(
            "{TABLE_HELP} What was sent, and what came of it, stands in the ledger; no person is sent twice unasked. Exit codes: 0 every \
             row that the spec does not refuse has its answer; 1 the run stopped before, or rows are held or left; 2 it could not go on."
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
            Arg::new("budget")
                .long("budget")
                .value_name("AMOUNT")
                .required(true)
                .allow_hyphen_values(true)
                .help("The most that all runs of this batch may spend, such as 100.00"),
        )
        .arg(
            Arg::new("ledger")
                .long("ledger")
                .value_name("FILE")
                .help("Where the batch is kept; TABLE with .ledger behind it if not said, or with .sandbox-ledger"),
        )
        .arg(
            Arg::new("moved")
                .long("moved")
                .action(ArgAction::SetTrue)
                .help("Goes on with a batch at another base URL than before: the same account, at another address"),
        )
        .arg(
            Arg::new("key")
                .long("key")
                .value_name("FILE")
                .help("By which people are known again, in another folder than the ledger; made if it is not there"),
        )
        .arg(
            Arg::new("in-flight")
                .long("in-flight")
                .value_name("CALLS")
                .default_value("4")
                .value_parser(value_parser!(u16).range(1..=256))
                .help("How many calls are on their way at a time"),
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
            Arg::new("per-second")
                .long("per-second")
                .value_name("CALLS")
                .value_parser(value_parser!(NonZeroU32))
                .help("How many calls are made a second, at the most"),
        )
        .arg(
            Arg::new("between-same-person")
                .long("between-same-person")
                .value_name("SECONDS")
                .value_parser(value_parser!(u32))
                .help("How long it is at least between two calls with the same name or number"),
        )
        .arg(
            Arg::new("patience")
                .long("patience")
                .value_name("SECONDS")
                .default_value("60")
                .value_parser(value_parser!(u32))
                .help("How long to wait for a network that is down, and with answers for room on the disk, before the run ends"),
        )
        .arg(
            Arg::new("yes-act")
                .long("yes-act")
                .action(ArgAction::SetTrue)
                .help("Calls an endpoint that does something, for every row"),
        )
}

pub(super) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let opened = open(spec, matches)?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    if opened.endpoint.effect == Effect::Act && !matches.get_flag("yes-act") {
        return Err(Misuse(format!(
            "{} does something, once for each row; say --yes-act",
            opened.endpoint.id
        )));
    }
    let target = target(matches)?;
    let each = price(opened.endpoint)?;
    let budget = Decimal::from_str_exact(said("budget")).ok().and_then(units).ok_or_else(|| {
        Misuse(format!("--budget is an amount of money such as 100.00, not {}", said("budget")))
    })?;
    // The sandbox's answers are apart from the provider's: a trial leaves nothing behind that a run would go by.
    let (called, ending) = match &target {
        Target::Sandbox => (SANDBOX, "sandbox-ledger"),
        Target::Provider { base_url, .. } => (base_url.trim_end_matches('/'), "ledger"),
    };
    let called = called.to_owned();
    let ledger = matches
        .get_one::<String>("ledger")
        .map_or_else(|| format!("{}.{ending}", said("table")), String::clone);
    let key_path = key_path(matches.get_one::<String>("key").map(PathBuf::from), Path::new(&ledger))?;
    let output = Output::new(said("output"), &[said("table"), &ledger], &key_path)?;
    let key = key(&key_path, Path::new(&ledger))?;
    let rows = opened.table.rows().map_err(|error| Misuse(error.to_string()))?.count() as u64;
    output.holds(rows)?;
    let terms = Terms { endpoint: opened.endpoint.id.clone(), target: called, budget, each };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Misuse(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        if matches.get_flag("moved") && Path::new(&ledger).exists() {
            let moved = Ledger::move_to(Path::new(&ledger), &terms.target).await;
            moved.map_err(|error| Misuse(error.to_string()))?;
        }
        let ledger = Ledger::open(Path::new(&ledger), &terms, &key).await.map_err(|error| Misuse(error.to_string()))?;
        let output = output.create()?;
        let before = ledger.totals().await.map_err(|error| Misuse(error.to_string()))?;
        let on_ambiguous = match said("on-ambiguous") {
            "retry" => OnAmbiguous::Retry,
            "skip" => OnAmbiguous::Skip,
            "" if before.ambiguous > 0 => {
                return Err(Misuse(format!(
                    "{} rows were sent and have no answer, and may be billed already; say --on-ambiguous hold, which leaves them, retry, which \
                     may pay for them twice, or skip, which gives them up",
                    before.ambiguous
                )));
            }
            _ => OnAmbiguous::Hold,
        };
        let (client, _sandbox) = connect(spec, target, sign_method(spec, matches), matches, Some(0)).await?;
        let watch = Watch::default();
        let settings = Settings {
            in_flight: usize::from(matches.get_one::<u16>("in-flight").copied().unwrap_or(1)),
            on_ambiguous,
            pace: pace(matches),
            patience: seconds(matches, "patience").unwrap_or_default(),
            watch: watch.clone(),
        };
        let Opened { endpoint, table, mapping } = &opened;
        let sending = send(&client, (&spec.provider, endpoint), (table, mapping), &key, &ledger, &settings);
        let spent = |paid: i64| {
            let spent = before.spent.saturating_add(each.saturating_mul(paid));
            format!("{} spent, {} left", amount(spent), amount(budget.saturating_sub(spent)))
        };
        let Some(came) = watched(sending, &watch, rows, spent).await else {
            return Err(Misuse("given up: what was on its way may be billed, and is ambiguous".to_owned()));
        };
        // Whatever ended the run, what was paid for is written; but not beside the rows of another table.
        let written = match &came {
            Err(RunError::Changed { .. }) => Ok(()),
            _ => tokio::select! {
                written = output.write((&spec.provider, endpoint), (table, mapping), &key, &ledger) => written,
                () = interrupted() => {
                    Err(Misuse("stopped before the results were written; run it again to have them, which sends nobody twice".to_owned()))
                }
            },
        };
        let totals = ledger.totals().await;
        let closed = ledger.close().await;
        let summary = came.map_err(|error| Misuse(error.to_string()))?;
        let totals = totals.map_err(|error| Misuse(error.to_string()))?;
        say(&told(&summary, &totals, endpoint, written.is_ok().then_some(said("output"))));
        written?;
        closed.map_err(|error| Misuse(error.to_string()))?;
        let whole = summary.stopped.is_none() && summary.ambiguous == 0 && summary.left == 0;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

fn seconds(matches: &ArgMatches, name: &str) -> Option<Duration> {
    matches.get_one::<u32>(name).map(|seconds| Duration::from_secs(u64::from(*seconds)))
}

fn pace(matches: &ArgMatches) -> Option<Pace> {
    let per_second = matches.get_one::<NonZeroU32>("per-second").copied();
    let between = seconds(matches, "between-same-person");
    (per_second.is_some() || between.is_some()).then(|| Pace::new(per_second, between))
}

/// Waits until somebody wants the program to end.
async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (ended, hung_up) = (signal(SignalKind::terminate()), signal(SignalKind::hangup()));
        if let (Ok(mut ended), Ok(mut hung_up)) = (ended, hung_up) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = ended.recv() => {}
                _ = hung_up.recv() => {}
            }
            return;
        }
    }
    // Where there is no such signal to be heard, there is nothing to wait for either.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Shows how far a run is, and ends it at Ctrl-C: what is on its way is waited for. At a second one, nothing is.
async fn watched<T>(
    sending: impl Future<Output = T>,
    watch: &Watch,
    rows: u64,
    spent: impl Fn(i64) -> String,
) -> Option<T> {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(rows) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {rate}, {msg}, {eta} to go") {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A rate that cannot be written is not shown.
            let _ = write!(out, "{:.0} a second", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
    let mut sending = std::pin::pin!(sending);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    let (mut trouble, mut stopping) = (None, false);
    let mut interrupt = std::pin::pin!(interrupted());
    loop {
        tokio::select! {
            came = &mut sending => {
                bar.finish_and_clear();
                return Some(came);
            }
            _ = ticks.tick() => {
                let Summary { sent, known, refused, duplicates, ambiguous, skipped, left, .. } = watch.summary();
                bar.set_position(sent + known + refused + duplicates + ambiguous + skipped + left);
                let now = watch.trouble();
                if let Some(error) = now.as_ref().filter(|_| trouble.is_none()) {
                    bar.suspend(|| complain(&format!("{error}; answers that were paid for wait for it, for --patience")));
                }
                trouble = now;
                bar.set_message(spent(watch.paid().cast_signed()));
            }
            () = &mut interrupt => {
                interrupt.set(interrupted());
                if stopping {
                    bar.finish_and_clear();
                    return None;
                }
                stopping = true;
                watch.stop();
                bar.suspend(|| complain("stopping: what is on its way is waited for; once more gives it up"));
            }
        }
    }
}

fn told(summary: &Summary, totals: &Totals, endpoint: &Endpoint, output: Option<&str>) -> String {
    let Summary { sent, known, refused, duplicates, ambiguous, skipped, left, strained, stopped } = summary;
    let currency = endpoint.price.as_ref().map(|price| price.currency.as_str()).unwrap_or_default();
    let mut lines = vec![
        format!(
            "sent {sent}, answered before {known}, refused {refused}, twice {duplicates}, held {ambiguous}, given up {skipped}, not reached {left}"
        ),
        format!("spent at most {} {currency} by all runs", amount(totals.spent)),
    ];
    lines.extend(output.map(|output| format!("results in {output}")));
    if *strained > 0 {
        lines.push(format!("{strained} answers said that there is too much to do, and the run slowed down"));
    }
    lines.extend(stopped.as_ref().map(|why| match why {
        Stopped::Budget => "stopped: the budget holds no other call; raise --budget to go on".to_owned(),
        Stopped::Status { code, next } => format!("stopped by the status {code}: {next}; then run it again"),
        Stopped::Network(why) => format!("stopped: {why}; run it again once there is a connection"),
        Stopped::Fruitless(why) => format!("stopped, since calls one after another came to nothing: {why}"),
        Stopped::Refused(why) => format!("stopped, since the client refuses the calls: {why}"),
        _ => "stopped as asked; run it again to go on".to_owned(),
    }));
    if *ambiguous > 0 {
        lines.push(
            "nobody knows whether the rows that are held were billed; run it again with --on-ambiguous retry or skip"
                .to_owned(),
        );
    }
    lines.join("\n")
}
