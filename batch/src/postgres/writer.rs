//! The writer of a ledger in PostgreSQL. Commands that wait for each other share a commit.
//!
//! A transaction is of one chunk ([`group`](super::group)). A group of one chunk is one
//! transaction; a group of several chunks, or one that releases rows and reserves others, first
//! ends all its attempts and then reserves. A transaction that fails is repeated until the outage
//! is too long.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use pyi_text::message;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

use super::Shared;
use super::group::{End, Wanted, Work, transact};
use super::link::{Failure, Link};
use crate::attempt::Attempt;
use crate::store::{Reservation, RowOutcome, StoreError};

/// Maximum commands that share a commit.
pub(super) const GROUP: usize = 256;

/// A group of fewer commands waits for others, for [`GATHER`] from the begin of the last one: on a
/// fast server, a commit for every few rows costs the server more than it gains the worker.
const SMALL: usize = 5;

const GATHER: Duration = Duration::from_millis(2);

/// The pause before a transaction that failed is repeated.
const PAUSE: Duration = Duration::from_millis(100);

/// Takes the answer to a command.
pub(super) type Answer<T> = oneshot::Sender<Result<T, StoreError>>;

/// What a call slot asks for: the end of an attempt, a reservation, or both in this order.
#[derive(Debug)]
pub(super) struct Command {
    /// Without an outcome, the attempt is released.
    pub(super) ended: Option<(Attempt, Option<RowOutcome>)>,
    pub(super) wanted: Option<Wanted>,
    /// `None` for a command without a reservation.
    pub(super) done: Answer<Option<Reservation>>,
}

/// The result of a command, as it is known so far.
type Outcome = Result<Option<Reservation>, StoreError>;

pub(super) struct Writer {
    pub(super) shared: Arc<Shared>,
    pub(super) link: Link,
}

impl Writer {
    /// Takes commands in groups, until all handles of the ledger are dropped.
    pub(super) async fn run(&mut self, mut commands: mpsc::Receiver<Command>) {
        let mut group = Vec::new();
        let mut begun = Instant::now();
        while commands.recv_many(&mut group, GROUP).await > 0 {
            if group.len() < SMALL && begun.elapsed() < GATHER {
                sleep_until(begun + GATHER).await;
                while group.len() < GROUP
                    && let Ok(command) = commands.try_recv()
                {
                    group.push(command);
                }
            }
            begun = Instant::now();
            let outcomes = self.group(&group).await;
            for (command, outcome) in group.drain(..).zip(outcomes) {
                // The caller may be gone.
                let _ = command.done.send(outcome);
            }
        }
    }

    async fn group(&mut self, commands: &[Command]) -> Vec<Outcome> {
        let mut outcomes: Vec<Outcome> = commands.iter().map(|_| Ok(None)).collect();
        let mut ends: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        let mut wanted: BTreeMap<i64, Vec<usize>> = BTreeMap::new();
        let mut has_release = false;
        for (at, command) in commands.iter().enumerate() {
            if let Some((attempt, outcome)) = &command.ended {
                ends.entry(self.chunk(attempt.row)).or_default().push(at);
                has_release |= outcome.is_none();
            }
            if let Some((attempt, ..)) = &command.wanted {
                wanted.entry(self.chunk(attempt.row)).or_default().push(at);
            }
        }
        let chunks: BTreeSet<i64> = ends.keys().chain(wanted.keys()).copied().collect();
        if chunks.len() == 1 && (!has_release || wanted.is_empty()) {
            for chunk in chunks {
                let ends = ends.remove(&chunk).unwrap_or_default();
                let wanted = wanted.remove(&chunk).unwrap_or_default();
                self.commit(chunk, commands, (&ends, &wanted), &mut outcomes).await;
            }
            return outcomes;
        }
        for (chunk, ends) in ends {
            self.commit(chunk, commands, (&ends, &[]), &mut outcomes).await;
        }
        for (chunk, wanted) in wanted {
            // Never a reservation without the end before it.
            let wanted: Vec<usize> = wanted.into_iter().filter(|at| outcomes[*at].is_ok()).collect();
            self.commit(chunk, commands, (&[], &wanted), &mut outcomes).await;
        }
        outcomes
    }

    fn chunk(&self, row: u64) -> i64 {
        (row / self.shared.batch.chunk_rows).cast_signed()
    }

    /// Commits one transaction, and notes what it did for each command.
    async fn commit(
        &mut self,
        chunk: i64,
        commands: &[Command],
        (ends, wanted): (&[usize], &[usize]),
        outcomes: &mut [Outcome],
    ) {
        if ends.is_empty() && wanted.is_empty() {
            return;
        }
        let mut work = Work { chunk, ends: Vec::new(), wanted: Vec::new(), is_repeated: false };
        for at in ends {
            if let Some((attempt, outcome)) = &commands[*at].ended {
                work.ends.push((*attempt, outcome.as_ref().map_or(End::Released, End::Settled)));
            }
        }
        work.wanted.extend(wanted.iter().filter_map(|at| commands[*at].wanted));
        match self.repeat(&mut work).await {
            Ok(mut reservations) => {
                if self.shared.lease.is_over() {
                    self.give_back(&work, &mut reservations).await;
                }
                for (at, reservation) in wanted.iter().zip(reservations) {
                    outcomes[*at] = Ok(Some(reservation));
                }
            }
            Err(error) => {
                for at in ends.iter().chain(wanted) {
                    outcomes[*at] = Err(error.clone());
                }
            }
        }
    }

    /// Releases what was reserved while the lease ended: another worker may have the chunk.
    async fn give_back(&mut self, work: &Work<'_>, reservations: &mut [Reservation]) {
        let mut release =
            Work { chunk: work.chunk, ends: Vec::new(), wanted: Vec::new(), is_repeated: false };
        for ((attempt, ..), reservation) in work.wanted.iter().zip(reservations) {
            if *reservation == Reservation::Send {
                *reservation = Reservation::NotHeld;
                release.ends.push((*attempt, End::Released));
            }
        }
        if !release.ends.is_empty() {
            // Where that fails, the recovery of this worker holds the rows as ambiguous.
            let _ = self.repeat(&mut release).await;
        }
    }

    async fn repeat(&mut self, work: &mut Work<'_>) -> Result<Vec<Reservation>, StoreError> {
        let since = Instant::now();
        loop {
            match self.once(work).await {
                Ok(Some(reservations)) => return Ok(reservations),
                Ok(None) if since.elapsed() < self.shared.settings.outage => {}
                Ok(None) => {
                    return Err(StoreError(message!(
                        "the ledger in PostgreSQL is busy with the same people; try again"
                    )));
                }
                Err(Failure::Passing(_)) if since.elapsed() < self.shared.settings.outage => {
                    work.is_repeated = true;
                    sleep(PAUSE).await;
                }
                Err(failure) => return Err(failure.into_error()),
            }
        }
    }

    async fn once(&mut self, work: &Work<'_>) -> Result<super::group::Done, Failure> {
        let mut connection = self.link.take().await?;
        let worker = (self.shared.lease.worker(), self.shared.settings.statement_limit());
        let done = self.link.within(transact(&mut connection, &self.shared.batch, worker, work)).await?;
        self.link.give_back(connection);
        Ok(done)
    }
}
