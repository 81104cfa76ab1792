//! The options of a ledger in PostgreSQL: its address, the risks that are accepted, and the key
//! that its values are sealed with.

use std::path::{Path, PathBuf};

use pyi_batch::{BatchId, PostgresStore, Risk, StoreUrl, WrappingKey};
use pyi_text::message;

use crate::argument::Access;
use crate::{UsageError, argument};

/// The variables of the store's address, and of the key that its values are sealed with.
const STORE: &str = "PYI_STORE";
const STORE_KEY: &str = "PYI_STORE_KEY";

/// The ledger in PostgreSQL.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct StoreOptions {
    /// The ledger's database, postgres://user@host/database, without a password [default: the
    /// variable PYI_STORE]
    #[arg(long, value_name = "URL")]
    pub(super) store: Option<String>,

    /// Accept a risk of the database by its name
    #[arg(long, value_name = "RISK")]
    accept: Vec<Risk>,
}

/// A ledger in PostgreSQL, where a command has one in a file by default.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct StoreChoice {
    /// Keep the ledger in PostgreSQL, postgres://user@host/database; the password comes from
    /// PGPASSWORD [default: a file]
    #[arg(
        long,
        value_name = "URL",
        conflicts_with_all = ["ledger", "adopt", "change_base_url", "new_batch", "new_batch_after", "remember"]
    )]
    store: Option<String>,

    /// Accept a risk of the database by its name
    #[arg(long, value_name = "RISK", requires = "store")]
    accept: Vec<Risk>,
}

impl StoreChoice {
    /// The store that was chosen.
    pub(super) fn options(&self) -> Option<StoreOptions> {
        let store = Some(self.store.clone()?);
        Some(StoreOptions { store, accept: self.accept.clone() })
    }
}

/// The key that the values of a batch are sealed with.
#[derive(Debug, clap::Args)]
#[group(skip)]
pub(super) struct SealOptions {
    /// File with the key that seals values, 64 hexadecimal digits [default: the variable
    /// PYI_STORE_KEY]
    #[arg(long, value_name = "FILE")]
    store_key: Option<PathBuf>,

    /// Command that prints the key that seals values
    #[arg(long, value_name = "COMMAND", conflicts_with = "store_key")]
    store_key_command: Option<String>,
}

/// The id of a batch: 32 hexadecimal digits.
pub(super) fn batch_id(text: &str) -> Result<BatchId, UsageError> {
    text.parse::<BatchId>().map_err(UsageError::new)
}

impl StoreOptions {
    /// Whether a name is that of a batch in a store, and not of a ledger's file.
    pub(super) fn has(&self, name: &str) -> bool {
        self.store.is_some() || (name.parse::<BatchId>().is_ok() && !Path::new(name).exists())
    }

    /// Whether there is a store: by the option or by the variable.
    pub(super) fn is_given(&self) -> bool {
        self.store.is_some() || std::env::var_os(STORE).is_some()
    }

    pub(super) fn accepted(&self) -> Vec<Risk> {
        self.accept.clone()
    }

    pub(super) fn url(&self) -> Result<StoreUrl, UsageError> {
        if let Some(given) = &self.store {
            // What is typed is in the list of processes.
            let has_password = given.split_once("://").is_some_and(|(_, rest)| {
                rest.split_once('@').is_some_and(|(user, _)| user.contains(':')) || rest.contains("password=")
            });
            if has_password {
                return Err(UsageError(message!(
                    "--store has a password, which the list of processes shows; set {variable} to the address, or PGPASSWORD to the password",
                    variable = STORE
                )));
            }
            return given.parse().map_err(UsageError::new);
        }
        let url = std::env::var(STORE).map_err(|_| {
            UsageError(message!(
                "no store; give --store postgres://user@host/database, or set {variable}",
                variable = STORE
            ))
        })?;
        url.parse().map_err(UsageError::new)
    }

    pub(super) fn open(&self) -> Result<PostgresStore, UsageError> {
        Ok(PostgresStore::new(&self.url()?, &self.accept))
    }
}

impl SealOptions {
    pub(super) fn key(&self) -> Result<WrappingKey, UsageError> {
        let key = match (&self.store_key, &self.store_key_command) {
            (Some(path), _) => {
                // The path that was typed is shown only if it is one.
                if let Err(error) = std::fs::File::open(path) {
                    return Err(argument::failed(
                        Access::Read,
                        &path.to_string_lossy(),
                        "--store-key",
                        error,
                    ));
                }
                WrappingKey::from_file(path)
            }
            (None, Some(command)) => WrappingKey::from_command(command),
            (None, None) => WrappingKey::from_environment(STORE_KEY),
        };
        key.map_err(UsageError::new)
    }
}
