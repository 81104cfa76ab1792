//! `pyi batch expire`: erases what was kept for its time, in ledgers, results files, the registry
//! and a store.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use pyi_batch::{Erased, Registry};

use super::files::{Written, any_key_path};
use super::overlap::{age, registry_path};
use super::store_options::StoreOptions;
use crate::UsageError;
use crate::connection::block_on;
use crate::language::{say, tr};
use crate::stdio::{eprint, print};

/// Erase the people of batches whose time is over, and their results files
#[derive(Debug, clap::Args)]
#[command(after_help = "\
The time is that of --retain, since the last run or call. `run` and `submit` erase what is due before they begin; this command does so from a \
schedule. A ledger that a run has open is left for the next time. Exit codes: 0 all that is due is erased; 1 something is left; 2 usage \
error.")]
pub(super) struct Args {
    /// The key of the batches, beside which the registry is [default: as for `run`]
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Time that a store keeps when a person was last called
    #[arg(long, value_name = "AGE", value_parser = age, default_value = "90d")]
    remember: Duration,

    #[command(flatten)]
    store: StoreOptions,
}

pub(super) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let key = any_key_path(args.key.clone())?;
    let erased = block_on(erase_due(&registry_path(&key)))?;
    print(&tr!(
        "{ledgers} ledgers and {results} results files are erased",
        ledgers = erased.ledgers.len(),
        results = erased.results.len()
    ));
    if args.store.is_given() {
        let mut store = args.store.open()?;
        let batches = block_on(async { store.expire(args.remember).await.map_err(UsageError::new) })?;
        print(&tr!("{batches} batches of the store are erased", batches = batches.len()));
    }
    Ok(if erased.kept.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Erases what is due, and reports it.
pub(super) async fn erase_due(registry: &Path) -> Result<Erased, UsageError> {
    let erased = Registry::erase_due(registry).await.map_err(UsageError::new)?;
    let Erased { ledgers, results, kept } = &erased;
    for file in ledgers {
        eprint(&tr!("the people of {file} are erased: their time is over", file = file.display()));
    }
    for file in results {
        eprint(&tr!("{file} is removed: its time is over", file = file.display()));
    }
    for (file, reason) in kept {
        eprint(&tr!(
            "warning: the time of {file} is over, and it is not erased: {reason}",
            file = file.display(),
            reason = say(reason)
        ));
    }
    Ok(erased)
}

/// Notes the files that were written, if they are to be removed later.
pub(super) async fn retain_results(
    registry: &Path,
    keep: Option<Duration>,
    written: &Written,
) -> Result<(), UsageError> {
    let Some(keep) = keep else { return Ok(()) };
    let mut registry = Registry::open(registry).await.map_err(UsageError::new)?;
    for file in &written.files {
        registry.retain_results(file, keep).await.map_err(UsageError::new)?;
    }
    Ok(())
}
