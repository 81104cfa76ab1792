//! The address of a ledger in PostgreSQL. Its password is in no error and in no `Debug` output.

use std::fmt;
use std::str::FromStr;

use pyi_text::message;
use sqlx::ConnectOptions;
use sqlx::postgres::PgConnectOptions;

use crate::store::StoreError;

/// The address of a ledger in PostgreSQL: `postgres://user:password@host:port/database`, with the
/// parameters of libpq, such as `sslmode` and `sslrootcert`. `options=-csearch_path=NAME` chooses
/// the schema of a tenant.
///
/// It is shown without its password.
///
/// ```
/// use pyi_batch::StoreUrl;
///
/// let url: StoreUrl = "postgres://worker:secret@db.example/batches".parse().unwrap();
/// assert_eq!(url.to_string(), "postgres://worker@db.example:5432/batches");
/// assert!(!format!("{url:?}").contains("secret"));
/// ```
#[derive(Clone)]
pub struct StoreUrl(PgConnectOptions);

impl StoreUrl {
    /// The options of a connection. Statements are not logged: the log of a program is kept longer
    /// than its batches.
    pub(super) fn options(&self) -> PgConnectOptions {
        self.0.clone().application_name("pyi").disable_statement_logging()
    }
}

impl FromStr for StoreUrl {
    type Err = StoreError;

    /// Fails for a text that is no address of PostgreSQL. The error does not repeat the text.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let unusable = || {
            StoreError(message!(
                "the store's address cannot be read; it has the form postgres://user:password@host:port/database"
            ))
        };
        let is_postgres = text.starts_with("postgres://") || text.starts_with("postgresql://");
        if !is_postgres {
            return Err(unusable());
        }
        PgConnectOptions::from_str(text).map(Self).map_err(|_| unusable())
    }
}

impl fmt::Display for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (user, host, port) = (self.0.get_username(), self.0.get_host(), self.0.get_port());
        write!(f, "postgres://{user}@{host}:{port}/{}", self.0.get_database().unwrap_or(user))
    }
}

impl fmt::Debug for StoreUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
