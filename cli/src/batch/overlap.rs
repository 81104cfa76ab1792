//! People whom earlier batches were billed for. A run counts them before it sends anything, and
//! continues only if the caller agrees.

use std::borrow::Borrow;
use std::collections::HashSet;
use std::fmt::Display;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyi_batch::{Fingerprint, Key, Ledger, LedgerId, Overlap, Registry, StoreError, overlap};
use pyi_codegen::ir::{Effect, Endpoint};
use pyi_text::message;

use super::{Opened, files, next_commands};
use crate::UsageError;
use crate::connection::block_on;
use crate::language::{say, tr};
use crate::stdio::{can_ask, confirmed, eprint, error};

/// Exit code: nothing was sent, because earlier batches were billed for people of the table.
pub(super) const REPEATED: u8 = 7;

/// Time that the registry keeps the people of a batch.
pub(super) const KEEP: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How a run treats people of earlier batches.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct OverlapOptions {
    /// Send people again that earlier batches of this endpoint were billed for, or may have been
    #[arg(long)]
    pub(super) new_batch: bool,

    /// Ignore sends of earlier batches that are older than this, such as 30d or 12h
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(super) new_batch_after: Option<Duration>,

    /// Time that the registry keeps the people of a batch [default: 90d]
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(super) remember: Option<Duration>,
}

/// Whether rows take the answers of earlier batches.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct ReuseOptions {
    /// Take answers of earlier batches that are at most this old, such as 7d, instead of paying
    /// again
    #[arg(long, value_name = "AGE", value_parser = age)]
    reuse: Option<Duration>,
}

impl ReuseOptions {
    /// The maximum age of an answer. An endpoint that changes something is refused: each of its
    /// calls has an effect of its own.
    pub(super) fn within(&self, endpoint: &Endpoint) -> Result<Option<Duration>, UsageError> {
        match endpoint.effect {
            Effect::Act if self.reuse.is_some() => Err(UsageError(message!(
                "{id} changes something with each call, so an earlier answer does not stand for a call; leave --reuse out",
                id = endpoint.id
            ))),
            _ => Ok(self.reuse),
        }
    }
}

/// Reports the rows that took an earlier answer, and the batches whose answers cannot be read.
pub(super) fn report_reused<E: Borrow<StoreError>>(rows: u64, unread: &[(impl Display, E)]) {
    for (batch, error) in unread {
        eprint(&tr!(
            "warning: the answers of {batch} are not reused: {error}",
            batch = batch.to_string(),
            error = say(error.borrow().message())
        ));
    }
    eprint(&tr!("{rows} rows take the answers of earlier batches, at no cost", rows));
}

impl OverlapOptions {
    pub(super) fn keep(&self) -> Duration {
        self.remember.unwrap_or(KEEP)
    }
}

/// The rows of a plan that earlier batches sent. Without a key or a registry, none are known.
pub(super) fn planned(opened: &Opened<'_>, ledger: &Path, key: Option<&str>) -> Result<Overlap, UsageError> {
    let key = match files::key_path(key.map(PathBuf::from), ledger) {
        Ok(key) => key,
        // There is no home folder, and no key in it.
        Err(_) if key.is_none() => return Ok(Overlap::default()),
        Err(error) => return Err(error),
    };
    let registry = registry_path(&key);
    if !key.exists() {
        return Ok(Overlap::default());
    }
    if !registry.exists() {
        eprint(&tr!(
            "warning: there is no registry beside the key, so people of earlier batches are unknown"
        ));
        return Ok(Overlap::default());
    }
    let key = files::key(&key, ledger)?;
    block_on(async {
        let (own, known) = match ledger.exists() {
            true => {
                let id = Ledger::report(ledger).await.map_err(UsageError::new)?.id;
                (Some(id), Ledger::accepted(ledger).await.map_err(UsageError::new)?)
            }
            false => (None, HashSet::new()),
        };
        let mut registry = Registry::open(&registry).await.map_err(UsageError::new)?;
        let Opened { provider, endpoint, table, mapping } = opened;
        let found =
            overlap(&mut registry, own, (provider, endpoint), (table, mapping), &key, (0, &known)).await;
        found.map_err(UsageError::new)
    })
}

/// A length of time in days or hours.
pub(super) fn age(text: &str) -> Result<Duration, UsageError> {
    let invalid = || UsageError(message!("an age is a number of days or hours, such as 30d or 12h"));
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(invalid)?;
    let hours: u64 = match unit {
        "d" => 24,
        "h" => 1,
        _ => return Err(invalid()),
    };
    let number: u64 = number.parse().map_err(|_| invalid())?;
    number.checked_mul(hours * 60 * 60).map(Duration::from_secs).ok_or_else(invalid)
}

/// The registry beside a key.
pub(super) fn registry_path(key: &Path) -> PathBuf {
    let mut name = key.file_stem().unwrap_or_default().to_owned();
    name.push(".registry");
    key.with_file_name(name)
}

/// The rows of a table that earlier batches sent, without those that this batch sent or that were
/// accepted.
pub(super) async fn repeated(
    registry: &mut Registry,
    (own, known): (LedgerId, &HashSet<Fingerprint>),
    opened: &Opened<'_>,
    key: &Key,
    options: &OverlapOptions,
) -> Result<Overlap, UsageError> {
    let since = options.new_batch_after.map_or(0, before);
    let Opened { provider, endpoint, table, mapping } = opened;
    let found =
        overlap(registry, Some(own), (provider, endpoint), (table, mapping), key, (since, known)).await;
    found.map_err(UsageError::new)
}

/// Whether people of earlier batches are sent again: by `--new-batch`, or by an answer on a
/// terminal.
pub(super) fn accepted(overlap: &Overlap, options: &OverlapOptions) -> bool {
    let summary = summary(overlap);
    if options.new_batch {
        eprint(&tr!("{summary}; they are sent again, because of --new-batch", summary));
        return true;
    }
    if !can_ask() {
        error(&tr!(
            "{summary}; nothing was sent: --new-batch sends them again, --new-batch-after 30d those that are older than 30 days",
            summary
        ));
        let arguments: Vec<_> = std::env::args_os().collect();
        eprint(&tr!(
            "to send them again, and pay again: {command}",
            command = next_commands::with_flag(&arguments, "--new-batch")
        ));
        return false;
    }
    eprint(&summary);
    confirmed(&tr!("Send them again, and pay again? [y/N]"))
}

/// The number of rows that earlier batches sent, and their first lines.
pub(super) fn summary(overlap: &Overlap) -> String {
    let lines: Vec<String> = overlap.lines.iter().map(ToString::to_string).collect();
    let more = overlap.rows.saturating_sub(overlap.lines.len() as u64);
    let more = if more > 0 { tr!(" and {more} more", more) } else { String::new() };
    tr!(
        "{rows} rows name people whom earlier batches of this endpoint were billed for, or may have been: lines {lines}{more}",
        rows = overlap.rows,
        lines = lines.join(", "),
        more
    )
}

/// A time before now, in Unix seconds.
pub(super) fn before(age: Duration) -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let now = since.ok().and_then(|since| i64::try_from(since.as_secs()).ok()).unwrap_or_default();
    now.saturating_sub_unsigned(age.as_secs())
}
