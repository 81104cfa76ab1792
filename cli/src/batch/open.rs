//! The ledger of a run, and its registry: where they are, how they are opened, and what their opening found.

use std::path::PathBuf;

use clap::ArgMatches;
use pyi_batch::{BatchInfo, Key, Ledger, Registration, Registry, SANDBOX, StoreError};

use super::files;
use super::overlap::{accepted, keep, registry_path, repeated};
use crate::batch::Opened;
use crate::stdio::eprint;
use crate::{UsageError, argument};

/// Where a run keeps its batch.
pub(super) struct Place {
    pub(super) ledger: PathBuf,
    pub(super) key: PathBuf,
    registry: PathBuf,
    /// Whether there was a key, and no registry beside it.
    is_registry_missing: bool,
}

impl Place {
    pub(super) fn new(ledger: String, matches: &ArgMatches) -> Result<Self, UsageError> {
        let ledger = PathBuf::from(ledger);
        let key = files::key_path(matches.get_one::<String>("key").map(PathBuf::from), &ledger)?;
        let registry = registry_path(&key);
        let is_registry_missing = key.exists() && !registry.exists();
        Ok(Self { ledger, key, registry, is_registry_missing })
    }

    pub(super) fn key(&self) -> Result<Key, UsageError> {
        files::key(&self.key, &self.ledger)
    }

    /// Opens the ledger, and says what its registry lacks. A trial is not entered in the registry.
    pub(super) async fn open(
        &self,
        terms: &BatchInfo,
        key: &Key,
        matches: &ArgMatches,
    ) -> Result<Ledger, UsageError> {
        let Self { ledger: path, registry, .. } = self;
        let failed =
            |error: StoreError| argument::about(&error.to_string(), &path.to_string_lossy(), "--ledger");
        if matches.get_flag("change-base-url") && path.exists() {
            Ledger::move_to(path, &terms.target).await.map_err(failed)?;
        }
        if terms.target == SANDBOX {
            return Ledger::open(path, terms, key).await.map_err(failed);
        }
        let registration =
            Registration { path: registry, keep: keep(matches), adopt: matches.get_flag("adopt") };
        let ledger = Ledger::open_registered(path, terms, key, &registration).await;
        let ledger = ledger.map_err(failed)?;
        let opening = ledger.opening();
        if self.is_registry_missing || opening.is_registry_lost {
            eprint(&format!(
                "warning: the registry {} was not there, or is of another key: people whom other batches had sent are not known, and neither are copies of this \
                 ledger. It is kept from now on",
                registry.display()
            ));
        }
        if opening.adopted > 0 {
            eprint(&format!(
                "warning: {} rows were sent that this ledger did not know; they are held as ambiguous, and count as spent",
                opening.adopted
            ));
        }
        Ok(ledger)
    }

    /// Whether a run may send: no earlier batch was billed for people of its table, or they are to be sent again all the same.
    pub(super) async fn may_send(
        &self,
        ledger: &Ledger,
        opened: &Opened<'_>,
        key: &Key,
        matches: &ArgMatches,
    ) -> Result<bool, UsageError> {
        let registry = Registry::open(&self.registry).await;
        let mut registry = registry.map_err(|error| UsageError(error.to_string()))?;
        let known = Ledger::accepted(&self.ledger).await.map_err(|error| UsageError(error.to_string()))?;
        let found = repeated(&mut registry, (ledger.opening().id, &known), opened, key, matches).await?;
        if found.rows > 0 && !accepted(&found, matches) {
            return Ok(false);
        }
        ledger.accept_overlap(&found).await.map_err(|error| UsageError(error.to_string()))?;
        Ok(true)
    }
}
