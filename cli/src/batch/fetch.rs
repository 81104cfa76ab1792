//! `pyi batch results`: the results of a batch of many workers, in the order of its table.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pyi_batch::{BatchId, PostgresLedger, WorkerSettings};

use super::expire::retain_results;
use super::files::{Output, key, key_path};
use super::overlap::registry_path;
use super::store_options::{SealOptions, StoreOptions, batch_id};
use super::{TableOptions, open};
use crate::UsageError;
use crate::connection::block_on;
use crate::language::tr;
use crate::options::SpecOption;
use crate::spec::Spec;
use crate::stdio::{eprint, print};

/// Write the results of a batch of many workers, also while they send
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    #[command(flatten)]
    table: TableOptions,

    /// The batch, as `submit` has printed it
    #[arg(long, value_name = "BATCH", value_parser = batch_id)]
    batch: BatchId,

    #[command(flatten)]
    store: StoreOptions,

    #[command(flatten)]
    seal: SealOptions,

    /// Results file: the rows in the table's order with their outcomes, as .csv, .xlsx or .jsonl
    #[arg(short, long, value_name = "FILE")]
    output: String,

    /// Replace the file of -o even if it has other content than results of a batch
    #[arg(long)]
    overwrite: bool,

    /// The key that identifies people across batches [default: as for `run`]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

pub(super) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    let opened = open(spec, &args.table)?;
    let table = Path::new(&args.table.table);
    let people = key_path(args.key.clone(), table)?;
    // The key exists: without it, no row would be found.
    let people_key = key(&people, table)?;
    let output = Output::new(&args.output, &[&args.table.table], &people, args.overwrite)?;
    let wrapping = args.seal.key()?;
    let url = args.store.url()?;
    let results = output.create(table)?;
    let written = block_on(async {
        let settings = WorkerSettings { accepted: args.store.accepted(), ..WorkerSettings::default() };
        let ledger =
            PostgresLedger::open(&url, args.batch, &wrapping, &settings).await.map_err(UsageError::new)?;
        let endpoint = (opened.provider, opened.endpoint);
        let reopened = || open(spec, &args.table).ok().map(|opened| (opened.table, opened.mapping));
        let table = (&opened.table, &opened.mapping);
        let written = results.write(endpoint, table, (&people_key, &ledger), reopened).await;
        ledger.close().await.map_err(UsageError::new)?;
        let written = written?;
        let keep = args.store.open()?.status(args.batch).await.map_err(UsageError::new)?.keep;
        retain_results(&registry_path(&people), keep, &written).await?;
        Ok(written)
    })?;
    if let Some((rows, file)) = &written.unmatched {
        eprint(&tr!(
            "{rows} rows that were sent are not in the table; they are in {file}",
            rows = *rows,
            file
        ));
    }
    print(&tr!("results: {path}", path = args.output.as_str()));
    Ok(if written.has_table && written.unmatched.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
