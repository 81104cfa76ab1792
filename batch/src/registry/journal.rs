//! The journal of a registry: it has one row for each commit of a ledger, which is cheap to write,
//! and is folded into the table of people later, many commits at a time.
//!
//! Where another batch of the endpoint has written since, a commit is checked against the table
//! instead: people of that batch are refused.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::{Followed, Registry, SentRow, now, seconds};
use crate::store::Fingerprint;

/// Rows of one program in the journal, before it folds them into the table.
const ROWS: usize = 16_384;

/// Commits that are folded together.
const COMMITS: i64 = 512;

/// Rows of one statement.
const CHUNK: usize = 128;

impl Registry {
    /// Follows a commit of a ledger, given by its number in the registry. Returns the rows whose
    /// people another batch of the endpoint has sent after `since` in the sequence. They are not
    /// entered, and must not be sent.
    pub(crate) async fn follow(
        &mut self,
        ledger: i64,
        generation: i64,
        changes: &BTreeMap<u64, Followed>,
        since: i64,
    ) -> Result<Vec<u64>, sqlx::Error> {
        if !self.append(ledger, generation, changes, since).await? {
            return self.arbitrate(ledger, generation, changes.clone(), since).await;
        }
        self.journaled += changes.len();
        if self.journaled >= ROWS {
            self.fold().await?;
        }
        Ok(Vec::new())
    }

    /// Writes a commit to the journal, unless another batch of the endpoint has written after
    /// `since` in the sequence. It is one statement, and so atomic.
    async fn append(
        &mut self,
        ledger: i64,
        generation: i64,
        changes: &BTreeMap<u64, Followed>,
        since: i64,
    ) -> Result<bool, sqlx::Error> {
        let now = now();
        let appended = sqlx::query(
            "INSERT INTO journal (sequence, ledger, generation, time, expires, changes)
             SELECT max(registry.sequence, coalesce((SELECT max(sequence) FROM journal), 0)) + 1, number, ?, ?, ?, ?
             FROM registry, ledger AS own WHERE number = ?
             AND NOT EXISTS (SELECT 1 FROM journal CROSS JOIN ledger AS other ON other.number = journal.ledger
                 WHERE journal.sequence > ? AND other.number <> own.number AND other.endpoint = own.endpoint)
             AND NOT EXISTS (SELECT 1 FROM ledger AS other
                 WHERE other.sequence > ? AND other.number <> own.number AND other.endpoint = own.endpoint)",
        )
        .bind(generation)
        .bind(now)
        .bind(now.saturating_add(seconds(self.keep)))
        .bind(written(changes))
        .bind(ledger)
        // Commits between the two are of this ledger, or of another endpoint.
        .bind(self.appended.max(since))
        .bind(since)
        .execute(&mut self.connection)
        .await?;
        let is_appended = appended.rows_affected() > 0;
        if is_appended {
            self.appended = appended.last_insert_rowid();
        }
        Ok(is_appended)
    }

    /// Enters a commit into the table of people, without the rows whose people another batch has
    /// sent. Returns those.
    async fn arbitrate(
        &mut self,
        ledger: i64,
        generation: i64,
        changes: BTreeMap<u64, Followed>,
        since: i64,
    ) -> Result<Vec<u64>, sqlx::Error> {
        let expires = now().saturating_add(seconds(self.keep));
        let commit = Commit { sequence: 0, ledger, generation, time: now(), expires, changes };
        begin(&mut self.connection).await?;
        let decided = decide(&mut self.connection, commit, since).await;
        self.journaled = 0;
        end(&mut self.connection, decided).await
    }

    /// Folds the journal into the table of people, which every query reads.
    pub(super) async fn fold(&mut self) -> Result<(), sqlx::Error> {
        let has_any = sqlx::query("SELECT EXISTS (SELECT 1 FROM journal)");
        if !has_any.fetch_one(&mut self.connection).await?.get::<bool, _>(0) {
            return Ok(());
        }
        begin(&mut self.connection).await?;
        let folded = fold(&mut self.connection).await;
        self.journaled = 0;
        end(&mut self.connection, folded).await
    }
}

async fn begin(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::query("BEGIN IMMEDIATE").execute(connection).await.map(drop)
}

/// Commits the transaction, or rolls it back after an error.
async fn end<T>(connection: &mut SqliteConnection, done: Result<T, sqlx::Error>) -> Result<T, sqlx::Error> {
    let done = match done {
        Ok(done) => sqlx::query("COMMIT").execute(&mut *connection).await.map(|_| done),
        Err(error) => Err(error),
    };
    if done.is_err() {
        // An open transaction must not include the next one. Where none is open, this fails without
        // effect.
        let _ = sqlx::query("ROLLBACK").execute(connection).await;
    }
    done
}

/// A commit of a ledger.
struct Commit {
    sequence: i64,
    ledger: i64,
    generation: i64,
    time: i64,
    expires: i64,
    changes: BTreeMap<u64, Followed>,
}

/// Enters the rows of a commit that may be sent, as the next commit of the sequence, and returns
/// the others. Needs an open transaction.
async fn decide(
    connection: &mut SqliteConnection,
    mut commit: Commit,
    since: i64,
) -> Result<Vec<u64>, sqlx::Error> {
    fold(connection).await?;
    let mut people = Vec::new();
    for (number, change) in &commit.changes {
        // A row that was free of charge is only recorded.
        if let Followed::Sent(SentRow { person, is_charged: true, .. }) = change {
            people.push(json!([number, hex::encode(person)]));
        }
    }
    let found = sqlx::query(
        "SELECT value ->> 0 FROM json_each(?) WHERE EXISTS (
             SELECT 1 FROM send JOIN ledger AS other ON other.number = send.ledger
             WHERE send.person = unhex(value ->> 1) AND send.charged AND send.sequence > ?
             AND other.number <> ? AND other.endpoint = (SELECT endpoint FROM ledger WHERE number = ?))",
    )
    .bind(json!(people).to_string())
    .bind(since)
    .bind(commit.ledger)
    .bind(commit.ledger)
    .fetch_all(&mut *connection)
    .await?;
    let elsewhere: Vec<u64> = found.iter().map(|found| found.get::<i64, _>(0).cast_unsigned()).collect();
    for number in &elsewhere {
        commit.changes.remove(number);
    }
    commit.sequence =
        sqlx::query("SELECT sequence + 1 FROM registry").fetch_one(&mut *connection).await?.get(0);
    record(connection, &[commit]).await?;
    Ok(elsewhere)
}

/// Enters the commits of the journal into the table of people, in their order. Needs an open
/// transaction.
pub(super) async fn fold(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    loop {
        let found = sqlx::query(
            "SELECT sequence, ledger, generation, time, expires, changes FROM journal ORDER BY sequence LIMIT ?",
        )
        .bind(COMMITS)
        .fetch_all(&mut *connection)
        .await?;
        let commits: Vec<Commit> = found
            .iter()
            .map(|found| Commit {
                sequence: found.get(0),
                ledger: found.get(1),
                generation: found.get(2),
                time: found.get(3),
                expires: found.get(4),
                changes: read(found.get(5)),
            })
            .collect();
        let Some(last) = commits.last() else { return Ok(()) };
        record(connection, &commits).await?;
        sqlx::query("DELETE FROM journal WHERE sequence <= ?")
            .bind(last.sequence)
            .execute(&mut *connection)
            .await?;
    }
}

/// Enters commits into the table of people, in their order.
async fn record(connection: &mut SqliteConnection, commits: &[Commit]) -> Result<(), sqlx::Error> {
    let mut sent = Vec::new();
    for commit in commits {
        let Commit { sequence, ledger, time, expires, .. } = commit;
        let mut charged = 0;
        for (number, change) in &commit.changes {
            match change {
                Followed::Sent(SentRow { person, sends, is_charged }) => {
                    let (number, charged_now) = (number.cast_signed(), i64::from(*is_charged));
                    let numbers = [*ledger, number, *sends, charged_now, *time, *expires, *sequence];
                    sent.push((*person, numbers));
                    charged |= charged_now;
                }
                Followed::Released => {
                    // It may be one of the rows in `sent`.
                    record_sent(connection, std::mem::take(&mut sent)).await?;
                    sqlx::query("DELETE FROM send WHERE ledger = ? AND number = ?")
                        .bind(ledger)
                        .bind(number.cast_signed())
                        .execute(&mut *connection)
                        .await?;
                }
            }
        }
        sqlx::query("UPDATE ledger SET generation = ?, sequence = iif(?, ?, sequence) WHERE number = ?")
            .bind(commit.generation)
            .bind(charged)
            .bind(sequence)
            .bind(ledger)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(last) = commits.last() {
        sqlx::query("UPDATE registry SET sequence = ?").bind(last.sequence).execute(&mut *connection).await?;
    }
    record_sent(connection, sent).await
}

/// Enters rows that were sent. The time of a row is that of its latest send.
async fn record_sent(
    connection: &mut SqliteConnection,
    sent: Vec<(Fingerprint, [i64; 7])>,
) -> Result<(), sqlx::Error> {
    for chunk in sent.chunks(CHUNK) {
        // A row whose columns are all NULL is none: it fills up the statement, so that there is
        // one.
        let rows = vec!["(?,?,?,?,?,?,?,?)"; CHUNK].join(",");
        let statement = format!(
            "WITH new (person, ledger, number, sends, charged, time, expires, sequence) AS (VALUES {rows})
             INSERT INTO send (person, ledger, number, sends, charged, time, expires, sequence)
             SELECT * FROM new WHERE person IS NOT NULL
             ON CONFLICT DO UPDATE SET person = excluded.person, sends = excluded.sends, charged = excluded.charged,
             time = iif(excluded.sends > sends, excluded.time, time), expires = iif(excluded.sends > sends, excluded.expires, expires),
             sequence = iif(excluded.sends > sends, excluded.sequence, sequence)"
        );
        let mut query = sqlx::query(AssertSqlSafe(statement));
        for sent in chunk.iter().map(Some).chain(std::iter::repeat(None)).take(CHUNK) {
            query = query.bind(sent.map(|(person, _)| &person[..]));
            for number in sent.map_or([None; 7], |(_, numbers)| numbers.map(Some)) {
                query = query.bind(number);
            }
        }
        query.execute(&mut *connection).await?;
    }
    Ok(())
}

/// The changes as bytes: for each the number of the row, its sends (0 if it was released), whether
/// it is charged, and its person.
fn written(changes: &BTreeMap<u64, Followed>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (number, change) in changes {
        let row = match change {
            Followed::Sent(row) => *row,
            Followed::Released => SentRow { person: Fingerprint::default(), sends: 0, is_charged: false },
        };
        bytes.extend(number.to_be_bytes());
        bytes.extend(row.sends.to_be_bytes());
        bytes.push(u8::from(row.is_charged));
        bytes.extend(row.person);
    }
    bytes
}

/// The changes in bytes.
fn read(mut bytes: &[u8]) -> BTreeMap<u64, Followed> {
    std::iter::from_fn(|| read_change(&mut bytes)).collect()
}

fn read_change(bytes: &mut &[u8]) -> Option<(u64, Followed)> {
    let number = u64::from_be_bytes(take(bytes)?);
    let sends = i64::from_be_bytes(take(bytes)?);
    let [charged] = take(bytes)?;
    let person = take(bytes)?;
    let row = SentRow { person, sends, is_charged: charged != 0 };
    Some((number, if sends == 0 { Followed::Released } else { Followed::Sent(row) }))
}

fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk()?;
    *bytes = rest;
    Some(*first)
}
