//! Alerts: one report for each share of its budget that a batch has spent, from whichever worker
//! notices it first.

use std::fmt;
use std::future::Future;
use std::str::FromStr;
use std::time::Duration;

use pyi_text::message;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::money::Money;
use crate::store::{Store, StoreError};

/// The time between two looks at what is spent.
const LOOK: Duration = Duration::from_secs(1);

/// Shares of a budget in percent, from 1 to 100, each once and in their order. 100 is reached when
/// the rest of the budget does not cover another call.
///
/// ```
/// use pyi_batch::Shares;
///
/// let shares: Shares = "100%, 50,80%".parse().unwrap();
/// assert_eq!(shares.to_string(), "50%,80%,100%");
/// assert!("0%".parse::<Shares>().is_err());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(Vec<u8>);

/// A share of its budget that a batch has reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alert {
    /// The share in percent.
    pub percent: u8,
    /// The amount that is spent.
    pub spent: Money,
    /// The budget.
    pub budget: Money,
}

/// A store that notes which shares of the budget were reported.
pub trait AlertStore: Store {
    /// The shares that the batch has reached and that were not reported before. Each is returned
    /// once for a batch and a budget, to one of all workers: if that worker ends before it has
    /// reported the share, no other does.
    fn reached(&self, shares: &Shares) -> impl Future<Output = Result<Vec<Alert>, StoreError>> + Send;
}

impl Shares {
    /// Shares in percent. `None` for one that is not between 1 and 100.
    pub fn new(percents: impl IntoIterator<Item = u8>) -> Option<Self> {
        let mut percents: Vec<u8> = percents.into_iter().collect();
        percents.sort_unstable();
        percents.dedup();
        percents.iter().all(|percent| (1..=100).contains(percent)).then_some(Self(percents))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The shares that an amount reaches.
    pub(crate) fn of(&self, spent: i64, (budget, unit_price): (i64, i64)) -> Vec<u8> {
        // Calls that cost nothing use no budget.
        if unit_price <= 0 {
            return Vec::new();
        }
        let is_reached = |percent: &&u8| match **percent {
            100 => spent.checked_add(unit_price).is_none_or(|next| next > budget),
            percent => i128::from(spent) * 100 >= i128::from(budget) * i128::from(percent),
        };
        self.0.iter().filter(is_reached).copied().collect()
    }
}

/// From percents that commas separate, each with or without its sign.
impl FromStr for Shares {
    type Err = StoreError;

    fn from_str(text: &str) -> Result<Self, StoreError> {
        let unreadable = || {
            StoreError(message!(
                "shares of a budget are whole percents from 1 to 100, separated by commas, such as 50%,80%,100%"
            ))
        };
        let mut percents = Vec::new();
        for part in text.split(',') {
            let part = part.trim();
            percents.push(part.strip_suffix('%').unwrap_or(part).parse().map_err(|_| unreadable())?);
        }
        Self::new(percents).ok_or_else(unreadable)
    }
}

impl fmt::Display for Shares {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percents: Vec<String> = self.0.iter().map(|percent| format!("{percent}%")).collect();
        f.write_str(&percents.join(","))
    }
}

/// Does some work of a batch, such as [`run`](crate::run()) or [`work`](crate::work()), and reports
/// each share of the budget that is reached meanwhile. A store that fails is asked again; the error
/// of the last look, which is after the work, is returned beside its result.
///
/// ```no_run
/// # async fn of(
/// #     client: pyi_runtime::Client,
/// #     spec: pyi_codegen::ir::Provider,
/// #     endpoint: pyi_codegen::ir::Endpoint,
/// #     ledger: pyi_batch::PostgresLedger,
/// #     settings: pyi_batch::Settings,
/// # ) -> Result<(), Box<dyn std::error::Error>> {
/// use pyi_batch::{alerting, work};
///
/// let shares = "50%,80%,100%".parse()?;
/// let sending = work(&client, (&spec, &endpoint), &ledger, &settings);
/// let (sent, looked) = alerting(sending, &ledger, &shares, |alert| {
///     eprintln!("{}% of the budget: {} of {}", alert.percent, alert.spent, alert.budget);
/// })
/// .await;
/// # let _ = (sent?, looked?);
/// # Ok(())
/// # }
/// ```
pub async fn alerting<S: AlertStore, T>(
    work: impl Future<Output = T>,
    store: &S,
    shares: &Shares,
    mut report: impl FnMut(Alert),
) -> (T, Result<(), StoreError>) {
    if shares.is_empty() {
        return (work.await, Ok(()));
    }
    let over = Notify::new();
    let work = async {
        let done = work.await;
        over.notify_one();
        done
    };
    // A look that has begun is never given up: the store has noted what it returns.
    let looks = async {
        loop {
            let is_last = timeout(LOOK, over.notified()).await.is_ok();
            let reached = store.reached(shares).await;
            match reached {
                Ok(reached) => reached.into_iter().for_each(&mut report),
                Err(error) if is_last => return Err(error),
                Err(_) => {}
            }
            if is_last {
                return Ok(());
            }
        }
    };
    tokio::join!(work, looks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_reached_at_its_amount() {
        let shares = Shares::new([100, 50, 80, 50]).unwrap();
        for (spent, terms, reached) in [
            (0, (100, 16), &[][..]),
            (49, (100, 16), &[]),
            (50, (100, 16), &[50]),
            (80, (100, 16), &[50, 80]),
            (84, (100, 16), &[50, 80]),
            // The rest is less than a call.
            (85, (100, 16), &[50, 80, 100]),
            (100, (100, 16), &[50, 80, 100]),
            // A budget for no call, and calls that are free.
            (0, (15, 16), &[100]),
            (0, (0, 0), &[]),
            (i64::MAX, (i64::MAX, 1), &[50, 80, 100]),
            (i64::MAX / 2 + 1, (i64::MAX, 1), &[50]),
        ] {
            assert_eq!(shares.of(spent, terms), reached, "{spent} {terms:?}");
        }
    }

    #[test]
    fn shares_are_read() {
        for text in ["", "0", "101%", "50%,", "half", "-1", "50 %x", "1.5%"] {
            assert!(text.parse::<Shares>().is_err(), "{text}");
        }
        assert_eq!(" 80 , 50%".parse::<Shares>().unwrap(), Shares(vec![50, 80]));
    }
}
