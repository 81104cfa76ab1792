//! People whom an earlier batch was billed for: a run counts them before it sends anything, and goes on only if it is told to.

use std::collections::HashSet;
use std::io::{BufRead, IsTerminal};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use clap::{Arg, ArgAction, ArgMatches};
use pyi_batch::{Fingerprint, Key, Ledger, LedgerId, Overlap, Registry, StoreError, overlap};

use super::{Opened, files, resume};
use crate::UsageError;
use crate::stdio::{ask, eprint, error};

/// Nothing was sent, since earlier batches were billed for people of the table.
pub(super) const REPEATED: u8 = 7;

/// How long the registry keeps the people of a batch.
const KEEP: Duration = Duration::from_secs(90 * 24 * 60 * 60);

pub(super) fn args() -> [Arg; 3] {
    [
        Arg::new("new-batch").long("new-batch").action(ArgAction::SetTrue).help(
            "Send people again that earlier batches of this endpoint were billed for, or may have been",
        ),
        Arg::new("new-batch-after")
            .long("new-batch-after")
            .value_name("AGE")
            .value_parser(age)
            .help("Ignore what earlier batches sent longer ago than this, such as 30d or 12h"),
        Arg::new("remember")
            .long("remember")
            .value_name("AGE")
            .value_parser(age)
            .help("How long the registry keeps whom a batch had sent [default: 90d]"),
    ]
}

/// What a plan needs, to say how many people were sent before: the batch's own ledger, if it has begun, and the key.
pub(super) fn plan_args() -> [Arg; 2] {
    [
        Arg::new("ledger").long("ledger").value_name("FILE").help(
            "The batch's own ledger, whose people are not counted as sent before [default: TABLE.ledger]",
        ),
        Arg::new("key")
            .long("key")
            .value_name("FILE")
            .help("The key of the batches, beside which the registry is"),
    ]
}

/// The rows of a plan that earlier batches sent. Without a key or a registry, there are none that are known.
pub(super) fn planned(opened: &Opened<'_>, table: &str, matches: &ArgMatches) -> Result<Overlap, UsageError> {
    let said = |name: &str| matches.get_one::<String>(name).map(PathBuf::from);
    let ledger = said("ledger").unwrap_or_else(|| PathBuf::from(format!("{table}.ledger")));
    let key = match files::key_path(said("key"), &ledger) {
        Ok(key) => key,
        // There is no home folder, and no key in it.
        Err(_) if said("key").is_none() => return Ok(Overlap::default()),
        Err(error) => return Err(error),
    };
    let registry = registry_path(&key);
    if !key.exists() {
        return Ok(Overlap::default());
    }
    if !registry.exists() {
        eprint(
            "warning: there is no registry beside the key: people whom earlier batches had sent are not known",
        );
        return Ok(Overlap::default());
    }
    let key = files::key(&key, &ledger)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let failed = |error: StoreError| UsageError(error.to_string());
        let (own, known) = match ledger.exists() {
            true => {
                let id = Ledger::report(&ledger).await.map_err(failed)?.id;
                (Some(id), Ledger::accepted(&ledger).await.map_err(failed)?)
            }
            false => (None, HashSet::new()),
        };
        let mut registry = Registry::open(&registry).await.map_err(failed)?;
        let found =
            overlap(&mut registry, own, opened.endpoint, (&opened.table, &opened.mapping), &key, (0, &known))
                .await;
        found.map_err(|error| UsageError(error.to_string()))
    })
}

/// A length of time in days or hours.
fn age(text: &str) -> Result<Duration, String> {
    let wrong = || "an age is a number of days or hours, such as 30d or 12h".to_owned();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(wrong)?;
    let hours: u64 = match unit {
        "d" => 24,
        "h" => 1,
        _ => return Err(wrong()),
    };
    let number: u64 = number.parse().map_err(|_| wrong())?;
    number.checked_mul(hours * 60 * 60).map(Duration::from_secs).ok_or_else(wrong)
}

/// How long the registry keeps the people of a batch.
pub(super) fn keep(matches: &ArgMatches) -> Duration {
    matches.get_one::<Duration>("remember").copied().unwrap_or(KEEP)
}

/// The registry beside a key.
pub(super) fn registry_path(key: &Path) -> PathBuf {
    let mut name = key.file_stem().unwrap_or_default().to_owned();
    name.push(".registry");
    key.with_file_name(name)
}

/// The rows of a table that earlier batches sent, and that neither this one sent nor somebody accepted.
pub(super) async fn repeated(
    registry: &mut Registry,
    (own, known): (LedgerId, &HashSet<Fingerprint>),
    opened: &Opened<'_>,
    key: &Key,
    matches: &ArgMatches,
) -> Result<Overlap, UsageError> {
    let age = matches.get_one::<Duration>("new-batch-after");
    let since = age.map_or(0, |age| now().saturating_sub_unsigned(age.as_secs()));
    let Opened { endpoint, table, mapping } = opened;
    let found = overlap(registry, Some(own), endpoint, (table, mapping), key, (since, known)).await;
    found.map_err(|error| UsageError(error.to_string()))
}

/// Whether they are sent again: told by `--new-batch`, or asked on a terminal.
pub(super) fn accepted(overlap: &Overlap, matches: &ArgMatches) -> bool {
    let said = told(overlap);
    if matches.get_flag("new-batch") {
        eprint(&format!("{said}; they are sent again, as --new-batch says"));
        return true;
    }
    if !(std::io::stdin().is_terminal() && std::io::stderr().is_terminal()) {
        error(&format!(
            "{said}; nothing was sent: --new-batch sends them again, --new-batch-after 30d those that are older than 30 days"
        ));
        let arguments: Vec<_> = std::env::args_os().collect();
        eprint(&format!(
            "to send them again, and pay again: {}",
            resume::with_flag(&arguments, "--new-batch")
        ));
        return false;
    }
    eprint(&said);
    ask("Send them again, and pay again? [y/N]");
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    read.is_ok() && matches!(answer.trim(), "y" | "Y" | "yes")
}

/// How many rows earlier batches sent, and the first lines of them.
pub(super) fn told(overlap: &Overlap) -> String {
    let lines: Vec<String> = overlap.lines.iter().map(ToString::to_string).collect();
    let more = overlap.rows.saturating_sub(overlap.lines.len() as u64);
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!(
        "{} rows name people whom earlier batches of this endpoint were billed for, or may have been: lines {}{more}",
        overlap.rows,
        lines.join(", ")
    )
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default()
}
