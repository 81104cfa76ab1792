//! `pyi batch run`: sends the rows of a table that are not sent yet, within a budget, and writes what came of each; and what is done with a
//! ledger afterwards.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, IsTerminal, Read, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use pyi_batch::{
    Form, Key, Ledger, Report, Settings, Stopped, Store, Summary, Table, Terms, Totals, Watch, results,
    run as send, worst_price,
};
use pyi_codegen::ir::{Effect, Endpoint};
use rust_decimal::Decimal;

use super::{Opened, TABLE_HELP, open, table_args};
use crate::Misuse;
use crate::args::connection_settings;
use crate::call::{connect, sign_method, target};
use crate::output::{complain, say};
use crate::spec::Spec;

/// Money is counted in millionths, so that every price is a whole number of them.
const SCALE: u32 = 6;

pub(super) fn command() -> Command {
    Command::new("run")
        .about("Sends the rows that are not sent yet, each once, within a budget; run it again to go on")
        .after_help(format!(
            "{TABLE_HELP} What was sent, and what came of it, stands in the ledger; no person is sent twice unasked. Exit codes: 0 every \
             row has its answer; 1 the run stopped before, or rows are held; 2 wrong use."
        ))
        .args(connection_settings())
        .args(table_args())
        .arg(
            Arg::new("output")
                .short('o')
                .long("output")
                .value_name("RESULTS")
                .required(true)
                .help("Where the rows are written with what came of them, in the table's order: .csv or .jsonl"),
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
                .help("Where the batch is kept; TABLE with .ledger behind it if not said"),
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
                .value_parser(["hold", "retry"])
                .help("What becomes of rows that were on their way when a run broke off: they may be billed already"),
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
    let output = Results::create(said("output"))?;
    let each = price(opened.endpoint)?;
    let budget = Decimal::from_str_exact(said("budget")).ok().and_then(units).ok_or_else(|| {
        Misuse(format!("--budget is an amount of money such as 100.00, not {}", said("budget")))
    })?;
    let ledger = matches
        .get_one::<String>("ledger")
        .map_or_else(|| format!("{}.ledger", said("table")), String::clone);
    let key = key(matches.get_one::<String>("key").map(PathBuf::from), Path::new(&ledger))?;
    let terms = Terms { endpoint: opened.endpoint.id.clone(), budget, each };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Misuse(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let ledger = Ledger::open(Path::new(&ledger), &terms).await.map_err(|error| Misuse(error.to_string()))?;
        let before = ledger.totals().await.map_err(|error| Misuse(error.to_string()))?;
        let retry = said("on-ambiguous") == "retry";
        if before.ambiguous > 0 && said("on-ambiguous").is_empty() {
            return Err(Misuse(format!(
                "{} rows were on their way when a run broke off, and may be billed already; say --on-ambiguous hold, or retry, which may \
                 pay for them twice",
                before.ambiguous
            )));
        }
        let (client, _sandbox) = connect(spec, target, sign_method(spec, matches), matches).await?;
        let watch = Watch::default();
        let settings = Settings {
            in_flight: usize::from(matches.get_one::<u16>("in-flight").copied().unwrap_or(1)),
            send_ambiguous_again: retry,
            watch: watch.clone(),
        };
        let Opened { endpoint, table, mapping } = &opened;
        let rows = table.rows().map_err(|error| Misuse(error.to_string()))?.count() as u64;
        let sending = send(&client, (&spec.provider, endpoint), (table, mapping), &key, &ledger, &settings);
        let spent = |paid: i64| before.spent.saturating_add(each.saturating_mul(paid));
        let came = watched(sending, &watch, rows, spent).await;
        // Whatever ended the run: what was paid for is written.
        let written = output.write(endpoint, table, &ledger).await;
        let totals = ledger.totals().await.map_err(|error| Misuse(error.to_string()))?;
        let summary = came.map_err(|error| Misuse(error.to_string()))?;
        written?;
        say(&told(&summary, &totals, endpoint, said("output")));
        let whole = summary.stopped.is_none() && summary.ambiguous == 0 && summary.left == 0;
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    })
}

/// What a batch came to, line by line.
pub(super) fn report(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let path = ledger(matches);
    let Report { terms, totals, lines } =
        block_on(Ledger::report(Path::new(path)))?.map_err(|error| Misuse(error.to_string()))?;
    let mut said = vec![format!(
        "{}: at most {} a call, a budget of {}",
        terms.endpoint,
        amount(terms.each),
        amount(terms.budget)
    )];
    said.extend(lines.iter().map(|line| {
        let code = line.code.map(|code| format!(" {code}")).unwrap_or_default();
        format!("  {} rows {}{code}, {}: {}", line.rows, line.outcome, line.billing, amount(line.spent))
    }));
    if totals.ambiguous + totals.sending > 0 {
        said.push(format!(
            "  {} rows of which nobody knows whether they were billed",
            totals.ambiguous + totals.sending
        ));
    }
    said.push(format!("spent at most {}", amount(totals.spent.saturating_add(totals.reserved))));
    say(&said.join("\n"));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn forget(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let path = ledger(matches);
    block_on(Ledger::forget(Path::new(path)))?.map_err(|error| Misuse(error.to_string()))?;
    say(&format!("{path}: nobody is known by it any more; results that were written are files of their own"));
    Ok(ExitCode::SUCCESS)
}

fn ledger(matches: &ArgMatches) -> &str {
    matches.get_one::<String>("ledger").map(String::as_str).unwrap_or_default()
}

fn block_on<T>(done: impl Future<Output = T>) -> Result<T, Misuse> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Misuse(format!("cannot start: {error}")))?.block_on(done))
}

/// Shows how far a run is, and ends it at Ctrl-C: what is on its way is waited for.
async fn watched<T>(
    sending: impl Future<Output = T>,
    watch: &Watch,
    rows: u64,
    spent: impl Fn(i64) -> i64,
) -> T {
    let bar = if std::io::stderr().is_terminal() { ProgressBar::new(rows) } else { ProgressBar::hidden() };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} rows, {rate}, {msg}, {eta} left") {
        let rate = |state: &ProgressState, out: &mut dyn std::fmt::Write| {
            // A rate that cannot be written is not shown.
            let _ = write!(out, "{:.0} a second", state.per_sec());
        };
        bar.set_style(style.with_key("rate", rate));
    }
    let mut sending = std::pin::pin!(sending);
    let mut ticks = tokio::time::interval(Duration::from_millis(200));
    loop {
        tokio::select! {
            came = &mut sending => {
                bar.finish_and_clear();
                return came;
            }
            _ = ticks.tick() => {
                let Summary { sent, known, refused, duplicates, ambiguous, left, .. } = watch.summary();
                bar.set_position(sent + known + refused + duplicates + ambiguous + left);
                bar.set_message(format!("{} spent", amount(spent(watch.paid().cast_signed()))));
            }
            _ = tokio::signal::ctrl_c() => {
                watch.stop();
                bar.suspend(|| complain("stopping: what is on its way is waited for"));
            }
        }
    }
}

fn told(summary: &Summary, totals: &Totals, endpoint: &Endpoint, output: &str) -> String {
    let Summary { sent, known, refused, duplicates, ambiguous, left, stopped } = summary;
    let currency = endpoint.price.as_ref().map(|price| price.currency.as_str()).unwrap_or_default();
    let mut lines = vec![
        format!(
            "sent {sent}, answered before {known}, refused {refused}, twice {duplicates}, held {ambiguous}, not sent {left}"
        ),
        format!("spent at most {} {currency} by all runs; results in {output}", amount(totals.spent)),
    ];
    lines.extend(stopped.as_ref().map(|why| match why {
        Stopped::Budget => "stopped: the budget holds no other call; raise --budget to go on".to_owned(),
        Stopped::Status { code, next } => format!("stopped by the status {code}: {next}; then run it again"),
        Stopped::Network(why) => format!("stopped: {why}; run it again once there is a connection"),
        _ => "stopped as asked; run it again to go on".to_owned(),
    }));
    lines.join("\n")
}

/// The file that results go to, beside the one that it becomes: made before anything is sent, and put in its place once it is whole.
struct Results {
    form: Form,
    file: File,
    beside: PathBuf,
    path: PathBuf,
}

impl Results {
    fn create(output: &str) -> Result<Self, Misuse> {
        let form = match Path::new(output).extension().and_then(|ending| ending.to_str()) {
            Some("csv") => Form::Csv,
            Some("jsonl") => Form::Jsonl,
            _ => return Err(Misuse(format!("results are written as .csv or .jsonl, not as {output}"))),
        };
        let beside = PathBuf::from(format!("{output}.new"));
        let file = private()
            .create(true)
            .truncate(true)
            .open(&beside)
            .map_err(|error| Misuse(format!("cannot write {output}: {error}")))?;
        Ok(Self { form, file, beside, path: PathBuf::from(output) })
    }

    async fn write(self, endpoint: &Endpoint, table: &Table, ledger: &Ledger) -> Result<(), Misuse> {
        let failed = |error: std::io::Error| Misuse(format!("cannot write {}: {error}", self.path.display()));
        let mut out = BufWriter::new(&self.file);
        results(endpoint, table, ledger, self.form, &mut out)
            .await
            .map_err(|error| Misuse(error.to_string()))?;
        drop(out);
        self.file.sync_all().and_then(|()| std::fs::rename(&self.beside, &self.path)).map_err(failed)
    }
}

/// How a file is written that its owner alone shall read.
fn private() -> OpenOptions {
    let mut options = File::options();
    options.write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

/// What a call costs at the most, in millionths.
fn price(endpoint: &Endpoint) -> Result<i64, Misuse> {
    let each = worst_price(endpoint).ok_or_else(|| {
        Misuse(format!("the spec has no price of {}, so no budget can be held; add one", endpoint.id))
    })?;
    units(each).ok_or_else(|| {
        Misuse(format!(
            "the price of {} cannot be counted in millionths, so no budget can be held",
            endpoint.id
        ))
    })
}

/// An amount in millionths, exactly.
fn units(amount: Decimal) -> Option<i64> {
    let units = amount.checked_mul(Decimal::from(10_u64.pow(SCALE)))?;
    if units.is_integer() && !units.is_sign_negative() { i64::try_from(units).ok() } else { None }
}

/// Millionths as an amount.
fn amount(units: i64) -> String {
    Decimal::new(units, SCALE).normalize().to_string()
}

/// The key by which people are known again: a file that its owner alone reads, and never beside the ledger.
fn key(said: Option<PathBuf>, ledger: &Path) -> Result<Key, Misuse> {
    let state = || {
        let home = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
        home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".local/state")))
    };
    let path = said.or_else(|| Some(state()?.join("pyi/batch.key")));
    let path =
        path.ok_or_else(|| Misuse("there is no home folder for the key; say --key FILE".to_owned()))?;
    let folder = |path: &Path| {
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .unwrap_or(Path::new("."))
            .to_owned();
        folder.canonicalize().unwrap_or(folder)
    };
    if folder(&path) == folder(ledger) {
        let shown = path.display();
        return Err(Misuse(format!(
            "the key {shown} would be beside the ledger, and whoever has both can try out who is in it; say another --key"
        )));
    }
    let failed =
        |error: std::io::Error| Misuse(format!("the key {} cannot be used: {error}", path.display()));
    if !path.exists() {
        std::fs::create_dir_all(folder(&path)).map_err(failed)?;
        let mut secret = [0; 32];
        getrandom::fill(&mut secret).map_err(|error| Misuse(format!("no key can be made: {error}")))?;
        let mut file = private().create_new(true).open(&path).map_err(failed)?;
        file.write_all(&secret).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    let mut secret = Vec::new();
    let mut file = File::open(&path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(failed)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(Misuse(format!(
                "others can read the key {}; take that from them: chmod 600",
                path.display()
            )));
        }
    }
    file.read_to_end(&mut secret).map_err(failed)?;
    if secret.len() < 32 {
        return Err(Misuse(format!(
            "the key {} has fewer than 32 bytes; remove it to have one made",
            path.display()
        )));
    }
    Ok(Key::new(&secret))
}
