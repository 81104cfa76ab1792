//! Whether the commits of a database survive a crash and a change of its server.
//!
//! A reservation that is lost after its row was sent is a row that is sent twice. So a database
//! that may lose an acknowledged commit is refused, and so is one that may have lost some: another
//! timeline is a promoted standby or a restored backup. Each risk can be accepted by name. It is
//! checked for every connection, since a connection that is made again may be to another server.

use std::fmt;
use std::str::FromStr;

use pyi_text::{Message, message};
use sqlx::{PgConnection, Row as _};

use super::link::Failure;
use crate::store::StoreError;

/// A way in which a database may lose reservations, or may have lost some.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Risk {
    /// `fsync` is off: a crash of the machine loses or damages the ledger.
    Fsync,
    /// `synchronous_commit` acknowledges commits that a crash, or the promotion of the synchronous
    /// standby, loses.
    SynchronousCommit,
    /// `full_page_writes` is off: a crash of the machine may damage the ledger.
    FullPageWrites,
    /// There are standbys and none is synchronous: a promotion loses the last commits.
    Standbys,
    /// The database is on another timeline or another server than the ledger was: a standby was
    /// promoted or a backup restored, and reservations may be missing. Accept it once no program
    /// that used the former server runs any more.
    Timeline,
}

const RISKS: [Risk; 5] =
    [Risk::Fsync, Risk::SynchronousCommit, Risk::FullPageWrites, Risk::Standbys, Risk::Timeline];

impl Risk {
    /// Its name, by which it is accepted.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fsync => "fsync",
            Self::SynchronousCommit => "synchronous-commit",
            Self::FullPageWrites => "full-page-writes",
            Self::Standbys => "standbys",
            Self::Timeline => "timeline",
        }
    }
}

impl fmt::Display for Risk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Risk {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let names = RISKS.map(Self::as_str).join(", ");
        let known = RISKS.into_iter().find(|risk| risk.as_str() == text);
        known.ok_or_else(|| {
            StoreError(message!("there is no risk of this name; the risks are {names}", names))
        })
    }
}

/// The settings of a server that decide on durability.
#[derive(Debug, Clone)]
struct Server {
    fsync: String,
    synchronous_commit: String,
    full_page_writes: String,
    synchronous_standbys: String,
    standbys: i64,
    is_standby: bool,
    system: i64,
    timeline: i64,
}

/// Refuses a server that may lose reservations, except for the risks that are accepted.
pub(super) async fn check(connection: &mut PgConnection, accepted: &[Risk]) -> Result<(), Failure> {
    let found = sqlx::query(include_str!("sql/durability.sql")).fetch_one(&mut *connection).await?;
    let server = Server {
        fsync: found.try_get(0)?,
        synchronous_commit: found.try_get(1)?,
        full_page_writes: found.try_get(2)?,
        synchronous_standbys: found.try_get(3)?,
        standbys: found.try_get(4)?,
        is_standby: found.try_get(5)?,
        system: found.try_get(6)?,
        timeline: found.try_get(7)?,
    };
    if server.is_standby {
        return Err(Failure::Final(StoreError(message!(
            "the database is a standby, which takes no writes; give the address of its primary"
        ))));
    }
    for (risk, reason) in risks(&server) {
        if !accepted.contains(&risk) {
            return Err(Failure::Final(StoreError(message!(
                "{reason}; correct that, or accept the risk by its name: {risk}",
                reason,
                risk = risk.as_str()
            ))));
        }
    }
    check_timeline(connection, &server, accepted).await
}

fn risks(server: &Server) -> Vec<(Risk, Message)> {
    let mut risks = Vec::new();
    if server.fsync != "on" {
        risks.push((
            Risk::Fsync,
            message!("fsync of the database is off, and a crash of its machine loses reservations"),
        ));
    }
    if server.full_page_writes != "on" {
        risks.push((
            Risk::FullPageWrites,
            message!(
                "full_page_writes of the database is off, and a crash of its machine may damage the ledger"
            ),
        ));
    }
    // Without a synchronous standby, every level but `off` waits for the disk.
    let has_synchronous = !server.synchronous_standbys.trim().is_empty();
    let is_enough = match server.synchronous_commit.as_str() {
        "on" | "remote_apply" => true,
        "off" => false,
        _ => !has_synchronous,
    };
    if !is_enough {
        risks.push((
            Risk::SynchronousCommit,
            message!(
                "synchronous_commit of the database is {level}, and acknowledged reservations may be lost; set it to on",
                level = server.synchronous_commit
            ),
        ));
    }
    if server.standbys > 0 && !has_synchronous {
        risks.push((
            Risk::Standbys,
            message!("the database has standbys and none is synchronous, and a promotion loses reservations; name one in synchronous_standby_names"),
        ));
    }
    risks
}

/// Compares the server with the one that the ledger was on. A ledger that is not created yet has
/// none.
async fn check_timeline(
    connection: &mut PgConnection,
    server: &Server,
    accepted: &[Risk],
) -> Result<(), Failure> {
    let exists: bool =
        sqlx::query_scalar("SELECT to_regclass('store') IS NOT NULL").fetch_one(&mut *connection).await?;
    if !exists {
        return Ok(());
    }
    let known = sqlx::query("SELECT system, timeline FROM store").fetch_optional(&mut *connection).await?;
    let Some(known) = known else { return remember(connection, server).await };
    let (system, timeline): (i64, i64) = (known.try_get(0)?, known.try_get(1)?);
    if (system, timeline) == (server.system, server.timeline) {
        return Ok(());
    }
    if !accepted.contains(&Risk::Timeline) {
        let what = match system == server.system {
            true => message!(
                "the ledger was on timeline {timeline} of its database and is on timeline {now}",
                timeline,
                now = server.timeline
            ),
            false => message!("the ledger was on another database server"),
        };
        return Err(Failure::Final(StoreError(message!(
            "{what}: a standby was promoted or a backup restored, and reservations may be missing, so that rows may be sent twice; stop all workers, \
             compare the ledger with the provider's bill, and accept the risk by its name: timeline",
            what
        ))));
    }
    remember(connection, server).await
}

async fn remember(connection: &mut PgConnection, server: &Server) -> Result<(), Failure> {
    sqlx::query(
        "INSERT INTO store (one, system, timeline) VALUES (true, $1, $2)
         ON CONFLICT (one) DO UPDATE SET system = excluded.system, timeline = excluded.timeline",
    )
    .bind(server.system)
    .bind(server.timeline)
    .execute(connection)
    .await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_may_lose_a_commit_is_a_risk() {
        let safe = Server {
            fsync: "on".to_owned(),
            synchronous_commit: "on".to_owned(),
            full_page_writes: "on".to_owned(),
            synchronous_standbys: String::new(),
            standbys: 0,
            is_standby: false,
            system: 1,
            timeline: 1,
        };
        let level = |level: &str, synchronous_standbys: &str| Server {
            synchronous_commit: level.to_owned(),
            synchronous_standbys: synchronous_standbys.to_owned(),
            ..safe.clone()
        };
        for (server, expected) in [
            (safe.clone(), vec![]),
            (Server { fsync: "off".to_owned(), ..safe.clone() }, vec![Risk::Fsync]),
            (Server { full_page_writes: "off".to_owned(), ..safe.clone() }, vec![Risk::FullPageWrites]),
            (Server { standbys: 1, ..safe.clone() }, vec![Risk::Standbys]),
            (Server { standbys: 1, ..level("on", "ANY 1 (a, b)") }, vec![]),
            (level("off", ""), vec![Risk::SynchronousCommit]),
            (level("local", ""), vec![]),
            (level("local", "a"), vec![Risk::SynchronousCommit]),
            (level("remote_write", "a"), vec![Risk::SynchronousCommit]),
            (level("remote_apply", "a"), vec![]),
        ] {
            let found: Vec<Risk> = risks(&server).into_iter().map(|(risk, _)| risk).collect();
            assert_eq!(found, expected, "{server:?}");
        }
        for risk in RISKS {
            assert_eq!(risk.as_str().parse::<Risk>().unwrap(), risk);
        }
    }
}
