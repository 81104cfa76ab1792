//! `pyi batch reconcile`: the provider's bill against the ledger of a batch. It shows what it
//! finds, and changes the ledger only with `--apply`.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pyi_batch::{
    BatchId, Bill, BillColumns, BillLine, Fingerprint, Ledger, Reconciliation, SentRow, Undecided, reconcile,
    seconds_of_bill,
};
use pyi_text::message;
use serde_json::json;

use super::files::{key, key_path};
use super::locate;
use super::store_options::StoreOptions;
use crate::connection::block_on;
use crate::language::tr;
use crate::options::{ReportFormat, SpecOption};
use crate::spec::Spec;
use crate::stdio::{self, print};
use crate::{UsageError, argument};

/// Maximum number of rows or lines that a text names.
const NAMED: usize = 20;

/// The exit code of a bill that differs from the ledger.
const DIFFERS: u8 = 1;

/// Compare the provider's bill with the ledger of a batch
#[derive(Debug, clap::Args)]
#[command(after_help = "\
BILL is a table with a line for each billed call: the person, in the fields that the batch had, and the time. A row and a line belong \
together if they name the same person at times at most --window apart. Nothing is decided where several lines could be a row's, where \
the bill does not cover its time, or where it was sent more than once.

Exit codes: 0 the bill is that of the ledger; 1 it differs, or rows stay ambiguous; 2 usage error.")]
pub(super) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    /// The provider's bill, CSV or .xlsx
    #[arg(value_name = "BILL")]
    bill: String,

    /// The ledger's file, the table that it is beside, or a batch of many workers as `submit` has
    /// printed it
    #[arg(long, value_name = "LEDGER")]
    ledger: String,

    #[command(flatten)]
    store: StoreOptions,

    /// The key of the batch [default: as for `run`]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Column of a field [default: the column with the field's name or title]
    #[arg(long, value_name = "FIELD=TITLE", value_delimiter = ',')]
    map: Vec<String>,

    /// Column with the time of a call
    #[arg(long, value_name = "TITLE")]
    time: String,

    /// Offset from UTC of times without one
    #[arg(long, value_name = "+HH:MM", value_parser = offset, allow_hyphen_values = true)]
    zone: Option<i32>,

    /// Column with the endpoint of a call: its name, title or path [default: all lines are of the
    /// batch's]
    #[arg(long, value_name = "TITLE")]
    endpoint_column: Option<String>,

    /// Maximum time between a row and its line
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    window: u64,

    /// Begin of the time that the bill covers [default: its first line]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    from: Option<String>,

    /// End of the time that the bill covers [default: its last line]
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    to: Option<String>,

    /// Settle the ambiguous rows that the bill decides
    #[arg(long)]
    apply: bool,

    /// Output format
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: ReportFormat,
}

/// The seconds of an offset such as `+08:00`.
fn offset(text: &str) -> Result<i32, UsageError> {
    let offset = || {
        let sign = match text.get(..1)? {
            "+" => 1,
            "-" => -1,
            _ => return None,
        };
        let (hours, minutes) = text.get(1..)?.split_once(':')?;
        let number =
            |text: &str, end: i32| text.parse::<i32>().ok().filter(|number| (0..end).contains(number));
        Some(sign * (number(hours, 24)? * 3600 + number(minutes, 60)? * 60))
    };
    offset().ok_or_else(|| UsageError(message!("write hours and minutes with their sign, such as +08:00")))
}

/// The ledger that a bill is compared with.
enum Source<'a> {
    File(PathBuf),
    Store(&'a StoreOptions, BatchId),
}

impl Source<'_> {
    fn endpoint(&self) -> Result<String, UsageError> {
        match self {
            Self::File(path) => {
                let report = block_on(async { Ledger::report(path).await.map_err(UsageError::new) })?;
                Ok(report.info.endpoint)
            }
            Self::Store(store, id) => {
                let mut store = store.open()?;
                Ok(block_on(async { store.info(*id).await.map_err(UsageError::new) })?.endpoint)
            }
        }
    }

    fn sent_rows(&self) -> Result<Vec<SentRow>, UsageError> {
        match self {
            Self::File(path) => block_on(async { Ledger::sent_rows(path).await.map_err(UsageError::new) }),
            Self::Store(store, id) => {
                let mut store = store.open()?;
                block_on(async { store.sent_rows(*id).await.map_err(UsageError::new) })
            }
        }
    }

    /// `false` for a bill that was applied before.
    fn apply(&self, digest: &[u8], found: &Reconciliation) -> Result<bool, UsageError> {
        match self {
            Self::File(path) => {
                block_on(async { Ledger::apply_bill(path, digest, found).await.map_err(UsageError::new) })
            }
            Self::Store(store, id) => {
                let mut store = store.open()?;
                block_on(async { store.apply_bill(*id, digest, found).await.map_err(UsageError::new) })
            }
        }
    }
}

/// Refuses a bill that names nobody of the ledger.
fn names_people(lines: &[BillLine], rows: &[SentRow]) -> Result<(), UsageError> {
    let people: HashSet<Fingerprint> = rows.iter().map(|row| row.person).collect();
    if !lines.is_empty() && !rows.is_empty() && !lines.iter().any(|line| people.contains(&line.person)) {
        return Err(UsageError(message!(
            "no line of the bill names a person of the ledger; map the same fields as the run did (--map), and give its key (--key)"
        )));
    }
    Ok(())
}

pub(super) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let source = match args.store.has(&args.ledger) {
        true => Source::Store(&args.store, args.ledger.parse().map_err(UsageError::new)?),
        false => Source::File(PathBuf::from(locate::ledger(&args.ledger)?)),
    };
    let beside = match &source {
        Source::File(path) => path.as_path(),
        Source::Store(..) => Path::new(&args.bill),
    };
    let key = key(&key_path(args.key.clone(), beside)?, beside)?;
    let endpoint = spec.endpoint(&source.endpoint()?)?;
    let mut fields = Vec::new();
    for pair in &args.map {
        let (field, title) =
            pair.split_once('=').ok_or_else(|| UsageError(message!("--map takes FIELD=TITLE")))?;
        fields.push((field.trim().to_owned(), title.trim().to_owned()));
    }
    let columns = BillColumns {
        fields,
        time: args.time.clone(),
        offset: args.zone,
        endpoint: args.endpoint_column.clone(),
    };
    let bill = Bill::read(Path::new(&args.bill), (&spec.provider, endpoint), &columns, &key)
        .map_err(|error| argument::about(&error.message(), &args.bill, "BILL"))?;
    let rows = source.sent_rows()?;
    names_people(&bill.lines, &rows)?;
    // A bill without lines covers nothing.
    let (first, last) = bill.span().map_or((i64::MAX, i64::MIN), |span| (*span.start(), *span.end()));
    let (from, to) =
        (time("--from", args.from.as_deref(), args.zone)?, time("--to", args.to.as_deref(), args.zone)?);
    let covered = from.unwrap_or(first)..=to.unwrap_or(last);
    let found = reconcile(&bill.lines, covered, &rows, Duration::from_secs(args.window));
    let mut applied = None;
    if args.apply {
        let is_new = source.apply(&bill.digest, &found)?;
        if !is_new {
            return Err(UsageError(message!(
                "this bill was applied to the ledger before; nothing was changed"
            )));
        }
        applied = Some(found.billed.len() + found.free.len());
    }
    match args.format {
        ReportFormat::Json => stdio::json(&as_json(&bill, &found, applied).to_string()),
        ReportFormat::Text => print(&as_text(&bill, &found, applied)),
    }
    let agrees = found.missing.is_empty() && found.extra.is_empty() && found.undecided.is_empty();
    let is_settled = args.apply || (found.billed.is_empty() && found.free.is_empty());
    Ok(if agrees && is_settled { ExitCode::SUCCESS } else { ExitCode::from(DIFFERS) })
}

fn time(flag: &str, text: Option<&str>, zone: Option<i32>) -> Result<Option<i64>, UsageError> {
    let Some(text) = text else { return Ok(None) };
    match seconds_of_bill(text, zone) {
        Some(at) => Ok(Some(at)),
        None => Err(UsageError(message!(
            "{flag} takes a time such as 2026-01-31 00:00:00, with an offset or with --zone",
            flag
        ))),
    }
}

fn as_text(bill: &Bill, found: &Reconciliation, applied: Option<usize>) -> String {
    let Reconciliation { matched, missing, extra, billed, free, undecided, not_covered } = found;
    let mut lines = vec![tr!(
        "{lines} lines of the endpoint, {others} of others: {matched} rows matched",
        lines = bill.lines.len(),
        others = bill.others,
        matched = matched.len()
    )];
    let mut push = |text: String, named: Vec<u64>| {
        if !named.is_empty() {
            let shown: Vec<String> = named.iter().take(NAMED).map(u64::to_string).collect();
            let more = if named.len() > NAMED { ", …" } else { "" };
            lines.push(format!("{text}: {}{more}", shown.join(", ")));
        }
    };
    push(tr!("{count} billed rows that the bill lacks", count = missing.len()), missing.clone());
    push(tr!("{count} lines of the bill without a billed row", count = extra.len()), extra.clone());
    let rows = |pairs: &[(u64, u64)]| pairs.iter().map(|(row, _)| *row).collect();
    push(tr!("{count} ambiguous rows that were billed", count = billed.len()), rows(billed));
    push(tr!("{count} ambiguous rows that were not billed", count = free.len()), free.clone());
    for (why, text) in [
        (Undecided::Several, tr!("ambiguous rows with several lines that could be theirs")),
        (
            Undecided::Outside,
            tr!("ambiguous rows at a time that the bill does not cover; give --from and --to"),
        ),
        (Undecided::NoTime, tr!("ambiguous rows without a time, of an earlier version")),
        (Undecided::SentAgain, tr!("ambiguous rows that were sent more than once")),
    ] {
        let rows: Vec<u64> =
            undecided.iter().filter(|(_, other)| *other == why).map(|(row, _)| *row).collect();
        push(text, rows);
    }
    if *not_covered > 0 {
        lines.push(tr!("{count} billed rows at a time that the bill does not cover", count = not_covered));
    }
    lines.push(match applied {
        Some(count) => tr!("{count} rows settled", count),
        None => tr!("nothing was changed; --apply settles the rows that the bill decides"),
    });
    lines.join("\n")
}

fn as_json(bill: &Bill, found: &Reconciliation, applied: Option<usize>) -> serde_json::Value {
    let pairs = |pairs: &[(u64, u64)]| {
        let pairs = pairs.iter().map(|(row, line)| json!({"row": row, "line": line}));
        pairs.collect::<Vec<_>>()
    };
    let why = |why: &Undecided| match why {
        Undecided::Several => "several",
        Undecided::Outside => "not_covered",
        Undecided::NoTime => "no_time",
        Undecided::SentAgain => "sent_again",
    };
    json!({
        "lines": bill.lines.len(),
        "others": bill.others,
        "digest": bill.digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>(),
        "matched": pairs(&found.matched),
        "missing": found.missing,
        "extra": found.extra,
        "billed": pairs(&found.billed),
        "free": found.free,
        "undecided": found.undecided.iter().map(|(row, reason)| json!({"row": row, "why": why(reason)})).collect::<Vec<_>>(),
        "not_covered": found.not_covered,
        "applied": applied,
    })
}
