//! The limits that a worker shares with all workers of its account: the rate of calls, and the
//! pause while the provider is overloaded. Neither costs a query a row.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::time::{Instant, sleep_until};

use super::backoff::Backoff;
use crate::postgres::PostgresLedger;
use crate::store::StoreError;

/// The turns that one worker draws at a time: those of a second.
const DRAWN: Duration = Duration::from_secs(1);

/// Turns of the account that this worker has drawn.
#[derive(Default)]
struct Drawn {
    /// The time of the next one.
    next: Option<Instant>,
    left: u32,
}

/// The rate of an account.
pub(super) struct SharedRate {
    /// The time between two calls. Zero: no limit.
    step: Duration,
    drawn: Mutex<Drawn>,
}

impl SharedRate {
    pub(super) fn new(step: Duration) -> Self {
        Self { step, drawn: Mutex::default() }
    }

    pub(super) fn is_limited(&self) -> bool {
        !self.step.is_zero()
    }

    /// Waits for the next turn.
    pub(super) async fn turn(&self, ledger: &PostgresLedger) -> Result<(), StoreError> {
        let at = self.take(ledger).await?;
        sleep_until(at).await;
        Ok(())
    }

    async fn take(&self, ledger: &PostgresLedger) -> Result<Instant, StoreError> {
        // Locked over the query, so that one slot draws for all.
        let mut drawn = self.drawn.lock().await;
        let now = Instant::now();
        loop {
            let Some(next) = drawn.next.filter(|_| drawn.left > 0) else {
                let count = (DRAWN.as_micros() / self.step.as_micros().max(1)).clamp(1, 1000);
                let turns = ledger.draw_turns(self.step, u32::try_from(count).unwrap_or(1)).await?;
                *drawn = Drawn { next: Some(Instant::now() + turns.wait), left: turns.count };
                continue;
            };
            drawn.next = Some(next + self.step);
            drawn.left -= 1;
            // A turn that was missed is lost: others have theirs now.
            if next + self.step >= now {
                return Ok(next);
            }
        }
    }
}

/// Compares the pause of this worker with that of the account, which `known` was at the last look:
/// what changed here goes there, and what changed there comes here. Returns the account's pause.
pub(super) async fn share_backoff(
    ledger: &PostgresLedger,
    backoff: &Backoff,
    known: Duration,
) -> Result<Duration, StoreError> {
    let own = backoff.pause();
    if own == known {
        let shared = ledger.backoff().await?;
        backoff.adopt(own, shared);
        return Ok(shared);
    }
    let shared = ledger.change_backoff(known, own).await?;
    // Another worker was throttled meanwhile: the longer pause holds.
    backoff.adopt(own, shared.max(own));
    Ok(shared)
}
