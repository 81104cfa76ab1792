//! The second step of a group that was committed: the registry follows, the file is checked, and
//! the callers get their answers.
//!
//! Groups that were committed meanwhile are followed together. A row that must not be sent goes
//! back to the writer, which releases it.

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::sync::mpsc;

use super::command::{Command, Done};
use super::file::LedgerFile;
use super::opening::{Registered, unfollowed};
use crate::attempt::Attempt;
use crate::registry::{Followed, SentRow};
use crate::row_lifecycle::Change;
use crate::store::{Reservation, RowState, StoreError};

/// Groups that are committed and wait for the follower. It takes all that wait at once.
const WAITING: usize = 4;

/// A group of commands whose transaction is on the disk.
pub(super) struct Committed {
    /// Each command with its result.
    pub(super) commands: Vec<(Command, Done)>,
    /// The changes that the registry follows.
    pub(super) changes: Vec<(u64, Followed)>,
    /// The number of the commit.
    pub(super) generation: i64,
    /// The number of the registry's sequence behind which people of other batches are not sent.
    pub(super) overlap_accepted: i64,
}

/// Follows the writer of a ledger for as long as it is open.
pub(super) struct Follower {
    registered: Option<Registered>,
    file: Arc<LedgerFile>,
    /// Takes the attempts that are reserved and must not be sent.
    refused: mpsc::UnboundedSender<Attempt>,
    /// The rows that the registry has not followed yet.
    behind: BTreeMap<u64, Followed>,
    generation: i64,
    overlap_accepted: i64,
}

/// The way from the writer to the follower.
pub(super) fn channel() -> (mpsc::Sender<Committed>, mpsc::Receiver<Committed>) {
    mpsc::channel(WAITING)
}

impl Follower {
    pub(super) fn new(
        registered: Option<Registered>,
        file: Arc<LedgerFile>,
        refused: mpsc::UnboundedSender<Attempt>,
    ) -> Self {
        Self { registered, file, refused, behind: BTreeMap::new(), generation: 0, overlap_accepted: 0 }
    }

    /// Follows until the writer ends.
    pub(super) async fn run(&mut self, mut committed: mpsc::Receiver<Committed>) {
        let mut groups = Vec::new();
        while committed.recv_many(&mut groups, WAITING).await > 0 {
            for group in &mut groups {
                self.behind.extend(std::mem::take(&mut group.changes));
                self.generation = group.generation;
                self.overlap_accepted = group.overlap_accepted;
            }
            let guarded = self.guard().await;
            for (command, done) in groups.drain(..).flat_map(|group| group.commands) {
                self.answer(command, done, &guarded);
            }
        }
    }

    /// Has the registry follow, and checks that the path still names the file: the next run finds
    /// what is known here. The rows whose people another batch has sent meanwhile.
    async fn guard(&mut self) -> Result<Vec<u64>, StoreError> {
        let mut elsewhere = Vec::new();
        if let Some(Registered { registry, number }) =
            self.registered.as_mut().filter(|_| !self.behind.is_empty())
        {
            let followed =
                registry.follow(*number, self.generation, &self.behind, self.overlap_accepted).await;
            elsewhere = followed.map_err(|error| unfollowed(&error))?;
            registry.check()?;
        }
        self.behind.clear();
        self.file.check()?;
        Ok(elsewhere)
    }

    /// Answers a command. An outcome is in the ledger whatever the registry says; a row is sent
    /// only if the registry has it.
    fn answer(&self, command: Command, done: Done, guarded: &Result<Vec<u64>, StoreError>) {
        let (Done::Reserved(Reservation::Send), Some((attempt, _))) = (&done, command.reserved()) else {
            return command.answer(done);
        };
        match guarded {
            Ok(elsewhere) if !elsewhere.contains(&attempt.row) => command.answer(done),
            refused => {
                // Before the answer, so that the next reservation of the row finds it released. A
                // writer that has ended needs none: it waits for the follower, and releases what is
                // left.
                let _ = self.refused.send(attempt);
                match refused {
                    Ok(_) => command.answer(Done::Reserved(Reservation::Elsewhere)),
                    Err(error) => command.fail(error),
                }
            }
        }
    }

    /// Has the registry follow to the last commit, and closes it. A registry that cannot follow is
    /// behind, and the next run brings it up to date.
    pub(super) async fn close(mut self, changes: Vec<(u64, Followed)>, generation: i64) {
        self.behind.extend(changes);
        if let Some(Registered { mut registry, number }) = self.registered {
            let _ = registry.follow(number, generation, &self.behind, i64::MAX).await;
            // The time begins with the last run's end, or with its begin where that cannot be
            // written.
            let _ = registry.retain(number, None).await;
            let _ = registry.close().await;
        }
    }
}

/// What the registry learns of a change.
pub(super) fn followed((number, change): (u64, Change<'_>)) -> Option<(u64, Followed)> {
    let (entry, is_charged) = match change {
        Change::New(entry) | Change::State(entry) => (entry, true),
        Change::Outcome(entry, _) if entry.spent == 0 && entry.state == RowState::Settled => (entry, false),
        // It counts as billed since it was sent.
        Change::Outcome(..) => return None,
        Change::Deleted => return Some((number, Followed::Released)),
    };
    Some((number, Followed::Sent(SentRow { person: entry.person, sends: entry.sends, is_charged })))
}
