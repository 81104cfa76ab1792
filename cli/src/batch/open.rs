//! The files that keep a batch: its ledger, its key, and the registry. How a run opens them, and
//! what it reports about them.

use std::path::PathBuf;
use std::time::Duration;

use pyi_batch::{BatchInfo, Key, Ledger, LedgerId, Registration, Registry, SANDBOX, StoreError, reuse};

use super::expire::{erase_due, retain_results};
use super::files;
use super::files::Written;
use super::overlap::{OverlapOptions, accepted, age, before, registry_path, repeated, report_reused};
use crate::batch::Opened;
use crate::language::tr;
use crate::stdio::eprint;
use crate::{UsageError, argument};

/// How a run opens its ledger.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct PlaceOptions {
    /// The batch's ledger [default: TABLE.ledger, or TABLE.sandbox-ledger with --sandbox]
    #[arg(long, value_name = "FILE")]
    pub(super) ledger: Option<String>,

    /// Continue a batch at another base URL: the same account at another address
    #[arg(long)]
    change_base_url: bool,

    /// The key that identifies people across runs, in another folder than the ledger; created if
    /// missing
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,

    /// Accept a ledger that is a copy or an older state; rows that were sent since are ambiguous
    #[arg(long)]
    adopt: bool,

    /// Erase the people of the batch and its results files this long after the last run, such as
    /// 30d [default: never]
    #[arg(long, value_name = "AGE", value_parser = age)]
    pub(super) retain: Option<Duration>,
}

/// The files that keep a batch.
pub(super) struct Place {
    pub(super) ledger: PathBuf,
    pub(super) key: PathBuf,
    registry: PathBuf,
    /// Whether there is a key without a registry beside it.
    is_registry_missing: bool,
}

impl Place {
    pub(super) fn new(ledger: String, options: &PlaceOptions) -> Result<Self, UsageError> {
        let ledger = PathBuf::from(ledger);
        let key = files::key_path(options.key.clone(), &ledger)?;
        let registry = registry_path(&key);
        let is_registry_missing = key.exists() && !registry.exists();
        Ok(Self { ledger, key, registry, is_registry_missing })
    }

    pub(super) fn key(&self) -> Result<Key, UsageError> {
        files::key(&self.key, &self.ledger)
    }

    /// Opens the ledger, and warns if the registry was lost. A batch on the sandbox is not
    /// registered.
    pub(super) async fn open(
        &self,
        info: &BatchInfo,
        key: &Key,
        (options, overlap): (&PlaceOptions, &OverlapOptions),
    ) -> Result<Ledger, UsageError> {
        let Self { ledger: path, registry, .. } = self;
        let failed =
            |error: StoreError| argument::about(error.message(), &path.to_string_lossy(), "--ledger");
        if options.change_base_url && path.exists() {
            Ledger::move_to(path, &info.target).await.map_err(failed)?;
        }
        if info.target == SANDBOX {
            return Ledger::open(path, info, key).await.map_err(failed);
        }
        let (keep, adopt, retain) = (overlap.keep(), options.adopt, options.retain);
        let registration = Registration { path: registry, keep, adopt, retain };
        let ledger = Ledger::open_registered(path, info, key, &registration).await;
        let ledger = ledger.map_err(failed)?;
        let opening = ledger.opening();
        if self.is_registry_missing || opening.is_registry_lost {
            eprint(&tr!(
                "warning: the registry {registry} was missing, or belongs to another key: people of other batches are unknown, and so are copies of \
                 this ledger. It is kept from now on",
                registry = registry.display()
            ));
        }
        if opening.adopted > 0 {
            eprint(&tr!(
                "warning: {adopted} rows were sent that this ledger does not have; they are held as ambiguous, and count as spent",
                adopted = opening.adopted
            ));
        }
        Ok(ledger)
    }

    /// Erases what is due, before a run begins.
    pub(super) async fn erase_due(&self) -> Result<(), UsageError> {
        erase_due(&self.registry).await.map(drop)
    }

    /// Notes the results files of a ledger, if they are to be removed later.
    pub(super) async fn retain(&self, ledger: LedgerId, written: &Written) -> Result<(), UsageError> {
        let mut registry = Registry::open(&self.registry).await.map_err(UsageError::new)?;
        let keep = registry.retention(ledger).await.map_err(UsageError::new)?;
        retain_results(&self.registry, keep, written).await
    }

    /// Notes the results files of a batch in a store.
    pub(super) async fn retain_for(
        &self,
        keep: Option<Duration>,
        written: &Written,
    ) -> Result<(), UsageError> {
        retain_results(&self.registry, keep, written).await
    }

    /// Gives rows the answers of earlier batches that are at most this old.
    pub(super) async fn reuse(
        &self,
        (ledger, info): (&Ledger, &BatchInfo),
        opened: &Opened<'_>,
        key: &Key,
        within: Duration,
    ) -> Result<(), UsageError> {
        let mut registry = Registry::open(&self.registry).await.map_err(UsageError::new)?;
        let Opened { provider, endpoint, table, mapping } = opened;
        let found =
            reuse(&mut registry, (ledger, info), (provider, endpoint), (table, mapping), key, before(within))
                .await;
        let found = found.map_err(UsageError::new)?;
        let unread = found.unread.iter().map(|(path, error)| (path.display(), error));
        report_reused(found.rows, &unread.collect::<Vec<_>>());
        Ok(())
    }

    /// Whether a run may send: no earlier batch was billed for people of its table, or the caller
    /// sends them again.
    pub(super) async fn may_send(
        &self,
        ledger: &Ledger,
        opened: &Opened<'_>,
        key: &Key,
        options: &OverlapOptions,
    ) -> Result<bool, UsageError> {
        let mut registry = Registry::open(&self.registry).await.map_err(UsageError::new)?;
        let known = Ledger::accepted(&self.ledger).await.map_err(UsageError::new)?;
        let found = repeated(&mut registry, (ledger.opening().id, &known), opened, key, options).await?;
        if found.rows > 0 && !accepted(&found, options) {
            return Ok(false);
        }
        ledger.accept_overlap(&found).await.map_err(UsageError::new)?;
        Ok(true)
    }
}
