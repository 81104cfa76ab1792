//! What all parts of a worker share: its batch, its lease, and the connection for heartbeats,
//! claims and queries.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::PgConnection;
use tokio::sync::Mutex as AsyncMutex;
use tokio::time::{Instant, sleep};

use super::lease::{self, Lease};
use super::link::{Failure, Link};
use super::{BatchId, BatchRecord, Risk, StoreUrl, WrappingKey, schema, submit};

/// The settings of a worker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSettings {
    /// The time after which a worker without a heartbeat is declared dead, and its chunks are taken
    /// over. Longer than any pause of the process and of the network that is to be survived.
    pub lease: Duration,
    /// Maximum time that a command waits for a database that does not answer.
    pub outage: Duration,
    /// A chunk whose workers were declared dead as often as this is given up: it may be what ended
    /// them.
    pub takeover_limit: u32,
    /// Minimum time between two calls of the account, over all its workers. Zero: no limit.
    pub call_interval: Duration,
    /// The risks that an operator accepts.
    pub accepted: Vec<Risk>,
}

impl Default for WorkerSettings {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            outage: Duration::from_secs(15),
            takeover_limit: 5,
            call_interval: Duration::ZERO,
            accepted: Vec::new(),
        }
    }
}

impl WorkerSettings {
    /// Maximum time of a statement in the database, and of a transaction whose program is silent:
    /// such a transaction keeps its worker from being declared dead.
    pub(super) fn statement_limit(&self) -> Duration {
        self.lease / 4
    }

    /// Maximum time of a command, with its network.
    pub(super) fn command_limit(&self) -> Duration {
        self.lease / 2
    }

    /// The time between two heartbeats, and between two looks for workers to recover.
    fn heartbeat(&self) -> Duration {
        (self.lease / 5).min(Duration::from_secs(2))
    }
}

/// What all parts of a worker share.
pub(super) struct Shared {
    pub(super) batch: BatchRecord,
    pub(super) lease: Lease,
    pub(super) settings: WorkerSettings,
    control: AsyncMutex<Link>,
    /// The chunks that the run holds.
    held: Mutex<BTreeSet<u64>>,
    /// The shares of a budget that this process has reported.
    reported: Mutex<BTreeSet<(i64, u8)>>,
}

pub(super) type Answered<'c, T> = Pin<Box<dyn Future<Output = Result<T, Failure>> + Send + 'c>>;

impl Shared {
    /// Connects, and begins a lease.
    pub(super) async fn open(
        url: &StoreUrl,
        id: BatchId,
        wrapping: &WrappingKey,
        settings: &WorkerSettings,
    ) -> Result<Self, Failure> {
        // No lease runs yet: the server has as long as in an outage.
        let limit = settings.outage.max(settings.command_limit());
        let mut connection = Link::new(url, &settings.accepted, limit).take().await?;
        schema::check(&mut connection).await?;
        let batch = submit::load(&mut connection, id, wrapping).await?;
        let asked = Instant::now();
        let worker = lease::register(&mut connection, settings.lease).await?;
        let mut link = Link::new(url, &settings.accepted, settings.command_limit());
        link.give_back(connection);
        Ok(Self {
            batch,
            lease: Lease::new(worker, asked + settings.lease),
            settings: settings.clone(),
            control: AsyncMutex::new(link),
            held: Mutex::default(),
            reported: Mutex::default(),
        })
    }

    /// Runs a command on the connection for heartbeats, claims and queries. It may run twice.
    pub(super) async fn control<T>(
        &self,
        command: impl for<'c> Fn(&'c mut PgConnection, &'c Self) -> Answered<'c, T>,
    ) -> Result<T, Failure> {
        let since = Instant::now();
        loop {
            match self.control_once(&command).await {
                Err(Failure::Passing(_)) if since.elapsed() < self.settings.outage => {
                    sleep(Duration::from_millis(100)).await;
                }
                done => return done,
            }
        }
    }

    async fn control_once<T>(
        &self,
        command: &impl for<'c> Fn(&'c mut PgConnection, &'c Self) -> Answered<'c, T>,
    ) -> Result<T, Failure> {
        let mut link = self.control.lock().await;
        let mut connection = link.take().await?;
        let done = link.within(command(&mut connection, self)).await?;
        link.give_back(connection);
        Ok(done)
    }

    pub(super) fn held(&self) -> MutexGuard<'_, BTreeSet<u64>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn reported(&self) -> MutexGuard<'_, BTreeSet<(i64, u8)>> {
        self.reported.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Renews the lease, and recovers workers whose lease ended, until the thread ends.
    pub(super) async fn beat(&self) {
        let lease = self.settings.lease;
        loop {
            sleep(self.settings.heartbeat()).await;
            let (asked, worker) = (Instant::now(), self.lease.worker());
            let renewed =
                self.control_once(&|connection, _| Box::pin(lease::renew(connection, worker, lease))).await;
            match renewed {
                Ok(true) => self.lease.set_end(worker, asked + lease),
                Ok(false) => self.lease.set_end(worker, asked),
                // The lease ends by itself.
                Err(_) => {}
            }
            let limit = self.settings.statement_limit();
            while let Ok(true) =
                self.control_once(&|connection, _| Box::pin(lease::recover(connection, limit))).await
            {
            }
        }
    }
}
