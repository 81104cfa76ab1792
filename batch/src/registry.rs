//! The registry of a user: the ledgers and the people that they have sent. It detects people that
//! are billed again by a table with another name, and a ledger that was deleted, copied or
//! restored.
//!
//! It is a SQLite file beside the key, and has keyed digests of people alone. A ledger writes here
//! after its own commit and before anything is sent: one row of a journal for each commit, which is
//! folded into the table of people later. That write is not synced: it survives a kill, and after a
//! loss of power the ledger, which is synced, brings its registry up to date. The ledger stays the
//! truth about its batch; the registry answers what no single ledger can.

mod journal;
mod opening;
mod retention;

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use pyi_text::{Message, message};
use serde_json::json;
use sqlx::sqlite::SqliteRow;
use sqlx::{Connection, Row as _, SqliteConnection};

use crate::sqlite::{LedgerId, why};
use crate::store::{Fingerprint, StoreError};

pub use self::retention::Erased;

/// A registry that is open. Several programs may have it open at a time.
#[derive(Debug)]
pub struct Registry {
    connection: SqliteConnection,
    path: PathBuf,
    id: Vec<u8>,
    /// How long new entries are kept.
    keep: Duration,
    inode: Option<u64>,
    /// The number of the last commit that this program wrote to the journal.
    appended: i64,
    /// Rows that this program wrote to the journal since it was folded.
    journaled: usize,
}

/// A ledger as the registry has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownLedger {
    pub(crate) path: String,
    pub(crate) inode: u64,
    pub(crate) generation: i64,
    /// Whether some of its people were removed by age.
    pub(crate) is_expired: bool,
}

/// An earlier batch that was billed for some people, or may have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EarlierBatch {
    pub(crate) id: LedgerId,
    pub(crate) path: PathBuf,
    /// The positions of the people in the list that was asked for.
    pub(crate) people: Vec<usize>,
}

/// A row of a ledger, as the registry has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct SentRow {
    pub(crate) person: Fingerprint,
    pub(crate) sends: i64,
    /// Whether it was billed, or may have been.
    pub(crate) is_charged: bool,
}

/// A change of a ledger that the registry follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Followed {
    Sent(SentRow),
    /// The row was released, and counts as not sent.
    Released,
}

impl Registry {
    /// Sets how long new entries are kept.
    pub(crate) fn keeping(self, keep: Duration) -> Self {
        Self { keep, ..self }
    }

    /// Whether this is the key of the registry. A registry without a key takes it.
    pub(crate) async fn is_of_key(&mut self, check: &Fingerprint) -> Result<bool, sqlx::Error> {
        let found = sqlx::query("UPDATE registry SET key_check = coalesce(key_check, ?) RETURNING key_check")
            .bind(&check[..])
            .fetch_one(&mut self.connection)
            .await?;
        Ok(found.get::<&[u8], _>(0) == check)
    }

    /// Checks that the path still names the file: another batch does not find what is written to a
    /// deleted one.
    pub(crate) fn check(&self) -> Result<(), StoreError> {
        let named = std::fs::metadata(&self.path).ok().map(|file| inode(&file));
        if named.is_some() && named == self.inode {
            return Ok(());
        }
        Err(unusable(&self.path)(message!("it was moved, replaced or deleted; put it back, then run again")))
    }

    /// Removes entries that are too old, and marks their ledgers.
    pub(crate) async fn expire(&mut self) -> Result<(), sqlx::Error> {
        let now = now();
        let mut transaction = self.connection.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::query(
            "UPDATE ledger SET expired = 1 WHERE number IN (SELECT ledger FROM send WHERE expires < ?)",
        )
        .bind(now)
        .execute(&mut *transaction)
        .await?;
        sqlx::query("DELETE FROM send WHERE expires < ?").bind(now).execute(&mut *transaction).await?;
        transaction.commit().await
    }

    /// The number of the latest commit that the registry followed.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub async fn sequence(&mut self) -> Result<i64, StoreError> {
        self.fold_or_say().await?;
        let found = sqlx::query("SELECT sequence FROM registry").fetch_one(&mut self.connection).await;
        Ok(found.map_err(|error| unusable(&self.path)(why(&error)))?.get(0))
    }

    async fn fold_or_say(&mut self) -> Result<(), StoreError> {
        self.fold().await.map_err(|error| unusable(&self.path)(why(&error)))
    }

    /// Whether another ledger than `own` has people of an endpoint.
    pub(crate) async fn has_others(
        &mut self,
        own: Option<LedgerId>,
        endpoint: &str,
    ) -> Result<bool, StoreError> {
        self.fold_or_say().await?;
        let own = own.unwrap_or_default();
        let found = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM ledger WHERE endpoint = ? AND id <> ? AND sequence > 0)",
        )
        .bind(endpoint)
        .bind(&own[..])
        .fetch_one(&mut self.connection)
        .await;
        Ok(found.map_err(|error| unusable(&self.path)(why(&error)))?.get(0))
    }

    /// Which of these people another batch of the endpoint was billed for, or may have been, since
    /// a moment in Unix seconds. People of the ledger `own` are left out, since it does not send
    /// them again.
    ///
    /// # Errors
    ///
    /// A file that cannot be read.
    pub async fn overlap(
        &mut self,
        own: Option<LedgerId>,
        endpoint: &str,
        people: &[Fingerprint],
        since: i64,
    ) -> Result<Vec<bool>, StoreError> {
        self.fold_or_say().await?;
        let people: Vec<String> = people.iter().map(hex::encode).collect();
        let own = own.unwrap_or_default();
        let found = sqlx::query(
            "SELECT EXISTS (SELECT 1 FROM send JOIN ledger ON ledger.number = send.ledger
                 WHERE person = unhex(value) AND endpoint = ? AND id <> ? AND charged AND time >= ? AND expires >= ?)
             AND NOT EXISTS (SELECT 1 FROM send JOIN ledger ON ledger.number = send.ledger WHERE person = unhex(value) AND id = ?)
             FROM json_each(?) ORDER BY key",
        )
        .bind(endpoint)
        .bind(&own[..])
        .bind(since)
        .bind(now())
        .bind(&own[..])
        .bind(json!(people).to_string())
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| unusable(&self.path)(why(&error)))?;
        Ok(found.iter().map(|found| found.get(0)).collect())
    }

    /// The ledgers of an endpoint that were billed for some of these people since a moment in Unix
    /// seconds, each with the positions of its people. `own` is left out.
    pub(crate) async fn billed_for(
        &mut self,
        own: LedgerId,
        endpoint: &str,
        people: &[Fingerprint],
        since: i64,
    ) -> Result<Vec<EarlierBatch>, StoreError> {
        self.fold_or_say().await?;
        let people: Vec<String> = people.iter().map(hex::encode).collect();
        let found = sqlx::query(
            "SELECT ledger.id, ledger.path, json_group_array(json_each.key) FROM json_each(?)
             JOIN send ON person = unhex(json_each.value) JOIN ledger ON ledger.number = send.ledger
             WHERE endpoint = ? AND ledger.id <> ? AND charged AND time >= ? GROUP BY ledger.number ORDER BY ledger.number",
        )
        .bind(json!(people).to_string())
        .bind(endpoint)
        .bind(&own[..])
        .bind(since)
        .fetch_all(&mut self.connection)
        .await
        .map_err(|error| unusable(&self.path)(why(&error)))?;
        let batch = |found: &SqliteRow| EarlierBatch {
            id: fingerprint(found.get(0)),
            path: PathBuf::from(found.get::<&str, _>(1)),
            people: serde_json::from_str(found.get(2)).unwrap_or_default(),
        };
        Ok(found.iter().map(batch).collect())
    }

    /// Removes a ledger from a registry. `false` where the file does not exist, or has another id.
    ///
    /// # Errors
    ///
    /// A file that cannot be written.
    pub async fn forget(path: &Path, id: &[u8], ledger: LedgerId) -> Result<bool, StoreError> {
        if !path.exists() {
            return Ok(false);
        }
        let failed = |error| unusable(path)(why(&error));
        let mut registry = Self::open(path).await?;
        if registry.id != id {
            registry.close().await?;
            return Ok(false);
        }
        let mut transaction = registry.connection.begin_with("BEGIN IMMEDIATE").await.map_err(failed)?;
        sqlx::query("DELETE FROM send WHERE ledger = (SELECT number FROM ledger WHERE id = ?)")
            .bind(&ledger[..])
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        sqlx::query("DELETE FROM ledger WHERE id = ?")
            .bind(&ledger[..])
            .execute(&mut *transaction)
            .await
            .map_err(failed)?;
        transaction.commit().await.map_err(failed)?;
        // What is removed leaves the log as well, unless another program reads it at this moment;
        // then with that program's next checkpoint.
        let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)");
        checkpoint.fetch_one(&mut registry.connection).await.map_err(failed)?;
        registry.close().await.map(|()| true)
    }

    pub(crate) async fn close(self) -> Result<(), StoreError> {
        self.connection.close().await.map_err(|error| unusable(&self.path)(why(&error)))
    }

    pub(crate) fn id(&self) -> &[u8] {
        &self.id
    }

    pub(crate) async fn known(&mut self, ledger: LedgerId) -> Result<Option<KnownLedger>, sqlx::Error> {
        let found = sqlx::query("SELECT path, inode, generation, expired FROM ledger WHERE id = ?")
            .bind(&ledger[..])
            .fetch_optional(&mut self.connection)
            .await?;
        Ok(found.map(|found| KnownLedger {
            path: found.get(0),
            inode: found.get::<i64, _>(1).cast_unsigned(),
            generation: found.get(2),
            is_expired: found.get(3),
        }))
    }

    /// Stores the place and the generation of a ledger. Returns its number in the registry.
    pub(crate) async fn enter(
        &mut self,
        ledger: LedgerId,
        endpoint: &str,
        known: &KnownLedger,
    ) -> Result<i64, sqlx::Error> {
        let entered = sqlx::query(
            "INSERT INTO ledger (id, endpoint, path, inode, generation) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (id) DO UPDATE SET path = excluded.path, inode = excluded.inode, generation = excluded.generation
             RETURNING number",
        )
        .bind(&ledger[..])
        .bind(endpoint)
        .bind(&known.path)
        .bind(known.inode.cast_signed())
        .bind(known.generation)
        .fetch_one(&mut self.connection)
        .await?;
        Ok(entered.get(0))
    }

    /// Up to `limit` rows that a ledger has sent, from a number on.
    pub(crate) async fn sends(
        &mut self,
        ledger: LedgerId,
        from: u64,
        limit: u32,
    ) -> Result<Vec<(u64, SentRow)>, sqlx::Error> {
        let found = sqlx::query(
            "SELECT send.number, person, sends, charged FROM send JOIN ledger ON ledger.number = send.ledger
             WHERE id = ? AND send.number >= ? ORDER BY send.number LIMIT ?",
        )
        .bind(&ledger[..])
        .bind(from.cast_signed())
        .bind(limit)
        .fetch_all(&mut self.connection)
        .await?;
        Ok(found.iter().map(sent_row).collect())
    }
}

/// A row from the columns number, person, sends, and whether it is charged.
pub(crate) fn sent_row(found: &SqliteRow) -> (u64, SentRow) {
    let row = SentRow { person: fingerprint(found.get(1)), sends: found.get(2), is_charged: found.get(3) };
    (found.get::<i64, _>(0).cast_unsigned(), row)
}

#[cfg(unix)]
fn inode(file: &std::fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(file)
}

#[cfg(not(unix))]
fn inode(_: &std::fs::Metadata) -> u64 {
    0
}

fn unusable<M: Into<Message>>(path: &Path) -> impl Fn(M) -> StoreError + Copy {
    move |why| {
        let why: Message = why.into();
        StoreError(message!(
            "the registry of batches {path} cannot be used: {why}",
            path = path.display(),
            why
        ))
    }
}

pub(crate) fn fingerprint(bytes: &[u8]) -> Fingerprint {
    let mut person = Fingerprint::default();
    person.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    person
}

/// The present in Unix seconds, by this machine's clock.
pub(crate) fn now() -> i64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, seconds)
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}
