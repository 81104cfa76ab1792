//! A connection of our own to PostgreSQL. One that failed, that timed out, or whose caller is gone
//! is closed, whatever it was doing: what it began may still be open in it.
//!
//! A pool would hand such a connection out again (a cancelled `begin` of sqlx 0.9 leaves its
//! transaction open), and a process needs two connections.

use std::future::Future;
use std::time::Duration;

use pyi_text::message;
use sqlx::{ConnectOptions, PgConnection};
use tokio::time::timeout;

use super::StoreUrl;
use super::durability::{self, Risk};
use crate::sqlite::why;
use crate::store::StoreError;

/// Why a command of PostgreSQL failed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The same command may succeed later: the server restarts, the connection is lost, or a lock
    /// is held too long. Unknown whether a commit was made.
    Passing(StoreError),
    Final(StoreError),
}

impl Failure {
    pub(super) fn into_error(self) -> StoreError {
        match self {
            Self::Passing(error) | Self::Final(error) => error,
        }
    }
}

/// The text has no value of a row: what PostgreSQL says of values is in the details of its errors,
/// which are left out.
impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        let text = StoreError(message!("the ledger in PostgreSQL does not answer: {why}", why = why(&error)));
        match &error {
            sqlx::Error::Database(database) => match database.code().as_deref().map(|code| code.get(..2)) {
                // Connection, rollback, resources, locks, shutdown, and a transaction that was idle
                // for too long.
                Some(Some("08" | "25" | "40" | "53" | "55" | "57" | "58" | "XX")) => Self::Passing(text),
                _ => Self::Final(text),
            },
            sqlx::Error::Configuration(_)
            | sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::Decode(_)
            | sqlx::Error::Encode(_)
            | sqlx::Error::RowNotFound => Self::Final(text),
            _ => Self::Passing(text),
        }
    }
}

/// A connection that is made again where it was lost.
#[derive(Debug)]
pub(super) struct Link {
    url: StoreUrl,
    accepted: Vec<Risk>,
    /// Maximum time of one command, and of a connection.
    limit: Duration,
    connection: Option<PgConnection>,
}

impl Link {
    pub(super) fn new(url: &StoreUrl, accepted: &[Risk], limit: Duration) -> Self {
        Self { url: url.clone(), accepted: accepted.to_vec(), limit, connection: None }
    }

    /// The connection, or a new one to a server that was checked. Give it back after a command that
    /// succeeded.
    pub(super) async fn take(&mut self) -> Result<PgConnection, Failure> {
        if let Some(connection) = self.connection.take() {
            return Ok(connection);
        }
        let connect = async {
            let mut connection = self.url.options().connect().await.map_err(|error| self.unreached(error))?;
            self.check(&mut connection).await?;
            Ok(connection)
        };
        timeout(self.limit, connect).await.unwrap_or_else(|_| Err(timed_out()))
    }

    /// Refuses a server that may lose reservations.
    pub(super) async fn check(&self, connection: &mut PgConnection) -> Result<(), Failure> {
        durability::check(connection, &self.accepted).await
    }

    /// Whether there is a connection from an earlier command.
    pub(super) fn is_idle(&self) -> bool {
        self.connection.is_some()
    }

    pub(super) fn give_back(&mut self, connection: PgConnection) {
        self.connection = Some(connection);
    }

    /// The result of a command, if it ends in time.
    pub(super) async fn within<T>(
        &self,
        command: impl Future<Output = Result<T, Failure>>,
    ) -> Result<T, Failure> {
        timeout(self.limit, command).await.unwrap_or_else(|_| Err(timed_out()))
    }

    fn unreached(&self, error: sqlx::Error) -> Failure {
        let text = StoreError(message!(
            "the store {url} cannot be reached: {why}",
            url = self.url.to_string(),
            why = why(&error)
        ));
        match Failure::from(error) {
            Failure::Passing(_) => Failure::Passing(text),
            Failure::Final(_) => Failure::Final(text),
        }
    }
}

fn timed_out() -> Failure {
    Failure::Passing(StoreError(message!("the ledger in PostgreSQL does not answer in time")))
}
