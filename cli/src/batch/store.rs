//! `pyi batch submit`, `stop` and `resume`: batches of many workers, whose ledger is in PostgreSQL;
//! and the state of one for `status`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pyi_batch::{BatchId, BatchInfo, BatchStatus, NewBatch, rows_to_submit};
use pyi_text::message;

use super::amounts::{amount, budget, price};
use super::batch_file::{BatchFile, refuse_ledger};
use super::files::{key, key_path};
use super::locate::{BATCH, LEDGER};
use super::overlap::{KEEP, ReuseOptions, age, report_reused};
use super::store_options::{SealOptions, StoreOptions, batch_id};
use super::{TABLE_HELP, TableOptions, may_change, open};
use crate::UsageError;
use crate::connection::block_on;
use crate::language::tr;
use crate::options::SpecOption;
use crate::spec::Spec;
use crate::stdio::{eprint, print};

/// Rows of a chunk by default.
pub(super) const CHUNK_ROWS: u64 = 500;

/// Submit a table as a batch of many workers
#[derive(Debug, clap::Args)]
#[command(after_help = format!(
    "{TABLE_HELP} The rows that the endpoint takes are sealed and written to the ledger, all or none. Nothing is sent; workers send them: \
     `pyi batch work`."
))]
pub(super) struct SubmitArgs {
    #[command(flatten)]
    spec: SpecOption,

    #[command(flatten)]
    table: TableOptions,

    #[command(flatten)]
    store: StoreOptions,

    #[command(flatten)]
    seal: SealOptions,

    /// The account's base URL, which the workers call [default: the variable PYI_BASE_URL]
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// Maximum amount that the batch may spend, such as 100.00
    #[arg(long, value_name = "AMOUNT", allow_hyphen_values = true)]
    budget: String,

    /// Name of the account, whose batches share their limits [default: the base URL]
    #[arg(long, value_name = "NAME")]
    account: Option<String>,

    /// The key that identifies people across batches; created if missing [default: as for `run`]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Rows of a chunk, which one worker has at a time
    #[arg(long, value_name = "ROWS", default_value_t = CHUNK_ROWS, value_parser = clap::value_parser!(u64).range(1..=100_000))]
    chunk_rows: u64,

    /// Minimum pause between two calls for one person, over all batches of the account
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    between_same_person: u32,

    /// Erase the people of the batch this long after its last call, such as 30d [default: never]
    #[arg(long, value_name = "AGE", value_parser = age)]
    retain: Option<Duration>,

    #[command(flatten)]
    reuse: ReuseOptions,

    /// Allow calls of an endpoint that changes something, one for each row
    #[arg(long)]
    allow_side_effects: bool,
}

/// Stop a batch of many workers
#[derive(Debug, clap::Args)]
pub(super) struct StopArgs {
    /// The batch, as `submit` has printed it
    #[arg(value_name = "BATCH", value_parser = batch_id)]
    batch: BatchId,

    #[command(flatten)]
    store: StoreOptions,
}

/// Let a stopped batch of many workers go on
#[derive(Debug, clap::Args)]
pub(super) struct ResumeArgs {
    /// The batch, as `submit` has printed it
    #[arg(value_name = "BATCH", value_parser = batch_id)]
    batch: BatchId,

    /// Take chunks again that were given up, or that are done and have ambiguous rows
    #[arg(long)]
    reopen: bool,

    #[command(flatten)]
    store: StoreOptions,
}

pub(super) fn submit(spec: &Spec, args: &SubmitArgs) -> Result<ExitCode, UsageError> {
    let opened = open(spec, &args.table)?;
    may_change(opened.endpoint, args.allow_side_effects)?;
    let table = args.table.table.as_str();
    refuse_ledger(table, LEDGER)?;
    let base_url = args.base_url.clone().or_else(|| std::env::var("PYI_BASE_URL").ok()).ok_or_else(|| {
        UsageError(message!("no base URL; give --base-url https://<your host>, or set PYI_BASE_URL"))
    })?;
    let target = base_url.trim_end_matches('/').to_owned();
    let unit_price = price(opened.endpoint)?;
    let budget = budget(&args.budget, unit_price)?;
    let info = BatchInfo { endpoint: opened.endpoint.id.clone(), target: target.clone(), budget, unit_price };
    let people = key(&key_path(args.key.clone(), Path::new(table))?, Path::new(""))?;
    let wrapping = args.seal.key()?;
    // The file comes first: the same command submits nothing twice, however it ended.
    let file = PathBuf::from(format!("{table}.{BATCH}"));
    let id = BatchFile::open(&file, &opened, &people)?.id;
    let batch = NewBatch {
        id,
        info: &info,
        account: args.account.as_deref().unwrap_or(&target),
        key: &people,
        chunk_rows: args.chunk_rows,
        person_interval: Duration::from_secs(u64::from(args.between_same_person)),
        keep: args.retain,
        reuse: args.reuse.within(opened.endpoint)?,
    };
    let mut store = args.store.open()?;
    let (submitted, status) = block_on(async {
        store.migrate().await.map_err(UsageError::new)?;
        store.expire(KEEP).await.map_err(UsageError::new)?;
        let rows = rows_to_submit((opened.provider, opened.endpoint), &opened.table, &opened.mapping);
        let submitted = store.submit(&batch, &wrapping, rows.map_err(UsageError::new)?).await;
        let submitted = submitted.map_err(UsageError::new)?;
        Ok::<_, UsageError>((submitted, store.status(id).await.map_err(UsageError::new)?))
    })?;
    if !submitted.is_new {
        eprint(&tr!(
            "the table was submitted before, and nothing was submitted now; to call its people again, remove {file} and submit it again",
            file = file.display()
        ));
    } else if batch.reuse.is_some() {
        report_reused(submitted.reused, &submitted.unread);
    }
    print(&tr!(
        "batch {id}: {rows} rows submitted, budget {budget}; send them with any number of: pyi batch work {id}",
        id = id.to_string(),
        rows = status.rows,
        budget = amount(budget)
    ));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn stop(args: &StopArgs) -> Result<ExitCode, UsageError> {
    let reason = tr!("by hand");
    let mut store = args.store.open()?;
    block_on(async { store.stop(args.batch, &reason).await.map_err(UsageError::new) })?;
    print(&tr!(
        "stopped; calls in flight are settled, and `pyi batch resume {batch}` goes on",
        batch = args.batch.to_string()
    ));
    Ok(ExitCode::SUCCESS)
}

pub(super) fn resume(args: &ResumeArgs) -> Result<ExitCode, UsageError> {
    let mut store = args.store.open()?;
    block_on(async {
        store.resume(args.batch).await.map_err(UsageError::new)?;
        if args.reopen {
            let chunks = store.reopen(args.batch).await.map_err(UsageError::new)?;
            print(&tr!("{chunks} chunk(s) are open again", chunks));
        }
        Ok::<(), UsageError>(())
    })?;
    print(&tr!("the batch goes on: pyi batch work {batch}", batch = args.batch.to_string()));
    Ok(ExitCode::SUCCESS)
}

/// Erases the people of a batch.
pub(super) fn forget(store: &StoreOptions, batch: &str) -> Result<ExitCode, UsageError> {
    let id: BatchId = batch.parse().map_err(UsageError::new)?;
    let mut opened = store.open()?;
    block_on(async { opened.forget(id).await.map_err(UsageError::new) })?;
    print(&tr!(
        "the people of batch {id} are erased, and its values cannot be read in any backup",
        id = batch
    ));
    Ok(ExitCode::SUCCESS)
}

/// The state of a batch, in lines.
pub(super) fn status(store: &StoreOptions, batch: &str) -> Result<String, UsageError> {
    let id: BatchId = batch.parse().map_err(UsageError::new)?;
    let mut opened = store.open()?;
    let status = block_on(async { opened.status(id).await.map_err(UsageError::new) })?;
    let BatchStatus { rows, totals, budget, escrow, chunks, chunks_done, workers, takeovers, keep, stopped } =
        status;
    let mut lines = vec![
        tr!(
            "{settled} of {rows} rows settled, {ambiguous} ambiguous, {sending} in flight; {chunks_done} of {chunks} chunks done",
            settled = totals.settled,
            rows,
            ambiguous = totals.ambiguous,
            sending = totals.sending,
            chunks_done,
            chunks
        ),
        tr!(
            "spent at most {spent}, reserved {reserved}, held by workers {escrow}, budget {budget}",
            spent = amount(totals.spent),
            reserved = amount(totals.reserved),
            escrow = amount(escrow),
            budget = amount(budget)
        ),
        tr!("{workers} workers, {takeovers} takeovers", workers, takeovers),
    ];
    if let Some(keep) = keep {
        let hours = keep.as_secs() / 3600;
        lines.push(tr!("its people are erased {hours} hours after the last call", hours));
    }
    if let Some(reason) = stopped {
        lines.push(tr!("stopped: {reason}", reason));
    }
    Ok(lines.join("\n"))
}
