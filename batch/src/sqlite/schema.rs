//! The tables of a ledger, the number of their format, and the migration from each earlier format.

use pyi_text::{Message, message};
use ring::digest;
use sqlx::{AssertSqlSafe, Row as _, SqliteConnection};

use super::LedgerId;
use crate::registry::fingerprint;

/// SQLite's application id of a ledger: `pyiL`.
pub(super) const APPLICATION: i64 = 0x7079_694c;

/// The present format.
pub(super) const FORMAT: i64 = 6;

const BATCH: &str = "
CREATE TABLE batch (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id BLOB NOT NULL,
    endpoint TEXT NOT NULL,
    target TEXT NOT NULL,
    currency TEXT NOT NULL,
    scale INTEGER NOT NULL,
    key_check BLOB NOT NULL,
    budget INTEGER NOT NULL,
    unit_price INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    reserved INTEGER NOT NULL,
    generation INTEGER NOT NULL,
    registry BLOB,
    forgotten INTEGER NOT NULL
) STRICT;
CREATE TABLE accepted (person BLOB PRIMARY KEY) STRICT, WITHOUT ROWID;
";

/// The bills of the provider that were applied, by the digest of their file.
const BILL: &str =
    "CREATE TABLE bill (digest BLOB PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;";

/// The shares of a budget that were reported.
const ALERT: &str = "
CREATE TABLE alert (budget INTEGER NOT NULL, percent INTEGER NOT NULL, PRIMARY KEY (budget, percent)) STRICT, WITHOUT ROWID;";

/// A row that was never sent (`sends` is 0) has the answer of an earlier batch, and the time of
/// that call.
const ROW: &str = "
CREATE TABLE row (
    number INTEGER PRIMARY KEY,
    person BLOB NOT NULL UNIQUE,
    attempt BLOB NOT NULL DEFAULT x'00000000000000000000000000000000',
    state INTEGER NOT NULL,
    sends INTEGER NOT NULL,
    price INTEGER NOT NULL,
    spent INTEGER NOT NULL,
    billing TEXT,
    code ANY,
    outcome TEXT,
    error TEXT,
    data TEXT,
    sent_at INTEGER
) STRICT;
";

/// The content of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Content {
    /// An empty file.
    Empty,
    /// A ledger of this format.
    Ledger(i64),
    /// The data of another program.
    Foreign,
}

/// Determines the content of a file without changing it.
pub(super) async fn content(connection: &mut SqliteConnection) -> Result<Content, sqlx::Error> {
    let found = sqlx::query(
        "SELECT (SELECT application_id FROM pragma_application_id), (SELECT user_version FROM pragma_user_version),
         (SELECT group_concat(name) FROM (SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name)),
         (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('batch') ORDER BY cid)),
         (SELECT group_concat(name) FROM (SELECT name FROM pragma_table_info('row') ORDER BY cid))",
    )
    .fetch_one(connection)
    .await?;
    let (application, version): (i64, i64) = (found.get(0), found.get(1));
    let text = |index: usize| found.get::<Option<String>, _>(index).unwrap_or_default();
    Ok(match (application, version, text(2).as_str()) {
        (APPLICATION, version, _) => Content::Ledger(version),
        (0, 0, "") => Content::Empty,
        // The first format had no number. It is known by its columns.
        (0, 0, "batch,row")
            if text(3) == "id,endpoint,target,key,budget,each,spent,reserved,forgotten"
                && text(4) == "number,person,state,sends,price,spent,billing,code,outcome,why,data" =>
        {
            Content::Ledger(1)
        }
        _ => Content::Foreign,
    })
}

/// The reason why a file cannot be used as a ledger. `None` for a ledger of a known format, and for
/// an empty file.
pub(super) fn unusable(content: Content, shown: &str) -> Option<Message> {
    match content {
        Content::Foreign => Some(message!("{shown} is no ledger; name another file", shown)),
        Content::Ledger(format) if !(1..=FORMAT).contains(&format) => Some(message!(
            "the ledger {shown} has format {format}, and this version of pyi knows formats 1 to {newest}; use the version that wrote it",
            shown,
            format,
            newest = FORMAT
        )),
        Content::Empty | Content::Ledger(_) => None,
    }
}

/// Creates the tables of a new ledger, without its batch.
pub(super) async fn create(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let marks = format!("PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};");
    sqlx::raw_sql(AssertSqlSafe(format!("{BATCH}{ROW}{BILL}{ALERT}{marks}")))
        .execute(connection)
        .await
        .map(drop)
}

/// Migrates a ledger to the present format. Needs an open transaction.
pub(super) async fn migrate(connection: &mut SqliteConnection, from: i64) -> Result<(), sqlx::Error> {
    match from {
        1 => {
            let id = id_of_format_1(connection).await?;
            from_format_1(connection).await?;
            let id = id.as_ref().map(|id| &id[..]);
            sqlx::query("UPDATE batch SET id = coalesce(?, id)").bind(id).execute(connection).await.map(drop)
        }
        2 => from_format_2(connection).await,
        3 => from_format_3(connection).await,
        4 => from_format_4(connection).await,
        5 => from_format_5(connection).await,
        _ => Ok(()),
    }
}

/// The id of a ledger of the first format, the same for its copies: a digest of its key, its batch
/// and its first row.
async fn id_of_format_1(connection: &mut SqliteConnection) -> Result<Option<LedgerId>, sqlx::Error> {
    let found = sqlx::query(
        "SELECT key, endpoint, target, (SELECT person FROM row ORDER BY number LIMIT 1) FROM batch",
    )
    .fetch_optional(connection)
    .await?;
    let Some(found) = found else { return Ok(None) };
    let mut digest = digest::Context::new(&digest::SHA256);
    let (endpoint, target): (String, String) = (found.get(1), found.get(2));
    for part in [
        found.get(0),
        endpoint.as_bytes(),
        target.as_bytes(),
        found.get::<Option<&[u8]>, _>(3).unwrap_or_default(),
    ] {
        digest.update(&(part.len() as u64).to_be_bytes());
        digest.update(part);
    }
    Ok(Some(fingerprint(digest.finish().as_ref())))
}

/// Format 2 adds an id, a currency, a generation, and an attempt for each row, and renames some
/// columns. The first format has no currency: the next run sets it.
async fn from_format_1(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let statements = format!(
        "ALTER TABLE batch RENAME TO batch_1; ALTER TABLE row RENAME TO row_1; {BATCH}{ROW}
         INSERT INTO batch SELECT 1, randomblob(16), endpoint, target, '', 0, key, budget, each, spent, reserved, 0, NULL, forgotten
         FROM batch_1;
         INSERT INTO row (number, person, state, sends, price, spent, billing, code, outcome, error, data)
         SELECT number, person, state, sends, price, spent, billing, code, outcome, why, data FROM row_1;
         DROP TABLE batch_1; DROP TABLE row_1; {BILL}{ALERT}
         PRAGMA application_id = {APPLICATION}; PRAGMA user_version = {FORMAT};"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

/// Format 3 has status codes that are texts.
async fn from_format_2(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let statements = format!(
        "ALTER TABLE row RENAME TO row_2; {ROW} INSERT INTO row SELECT *, NULL FROM row_2; DROP TABLE row_2; {BILL}{ALERT}
         PRAGMA user_version = {FORMAT};"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

/// Format 4 has the time of a row's latest send, and the bills that were applied.
async fn from_format_3(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let statements = format!(
        "ALTER TABLE row RENAME TO row_3; {ROW} INSERT INTO row SELECT *, NULL FROM row_3; DROP TABLE row_3; {BILL}{ALERT}
         PRAGMA user_version = {FORMAT};"
    );
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

/// Format 5 has the shares of the budget that were reported.
async fn from_format_4(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    let statements = format!("{ALERT} PRAGMA user_version = {FORMAT};");
    sqlx::raw_sql(AssertSqlSafe(statements)).execute(connection).await.map(drop)
}

/// Format 6 has rows that were never sent, and took the answer of an earlier batch.
async fn from_format_5(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    sqlx::raw_sql(AssertSqlSafe(format!("PRAGMA user_version = {FORMAT};")))
        .execute(connection)
        .await
        .map(drop)
}
