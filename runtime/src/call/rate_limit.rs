//! A limit of calls per second, and a pause between two calls for one person, since the provider
//! forbids frequent checks of the same name or number. All clones of a client share its limiter.

use std::collections::HashMap;
use std::fmt;
use std::hash::{BuildHasher, RandomState};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock, DefaultClock};
use governor::{DefaultDirectRateLimiter, Quota};
use tokio::time::{Instant, sleep, sleep_until};

use crate::operation::{Operation, Source};
use crate::request::encode::Values;

/// Number of remembered persons above which expired ones are removed.
const FORGET_FROM: usize = 1024;

/// A limit of the rate of calls. A client has its own. A program with other work before a call
/// waits for a limiter itself.
///
/// ```
/// use std::num::NonZeroU32;
/// use std::time::Duration;
///
/// use pyi_runtime::{Operation, RateLimiter};
/// use pyi_runtime::__private::Values;
///
/// async fn paced(operation: &Operation<'_>, values: &Values) -> Duration {
///     let limiter = RateLimiter::new(NonZeroU32::new(10), Some(Duration::from_secs(60)));
///     limiter.wait(operation, values).await
/// }
/// ```
#[derive(Default)]
pub struct RateLimiter {
    clock: DefaultClock,
    calls: Option<DefaultDirectRateLimiter>,
    persons: Option<Persons>,
}

impl RateLimiter {
    /// Limits the calls per second, evenly spaced, and sets the pause between two calls for one
    /// person, at most a day.
    pub fn new(calls_per_second: Option<NonZeroU32>, between_same_person: Option<Duration>) -> Self {
        let quota = |per_second: NonZeroU32| Quota::with_period(Duration::from_secs(1) / per_second.get());
        Self {
            calls: calls_per_second.and_then(quota).map(governor::RateLimiter::direct),
            persons: between_same_person.map(Persons::new),
            clock: DefaultClock::default(),
        }
    }

    /// Waits until a call may be made, by the rate and by the person. Returns the time that it
    /// waited.
    pub async fn wait(&self, operation: &Operation<'_>, values: &Values) -> Duration {
        if self.calls.is_none() && self.persons.is_none() {
            return Duration::ZERO;
        }
        let asked = Instant::now();
        while let Some(Err(early)) = self.calls.as_ref().map(|calls| calls.check()) {
            sleep(early.wait_time_from(self.clock.now())).await;
        }
        if let Some(persons) = &self.persons {
            sleep_until(persons.reserve(operation, values)).await;
        }
        asked.elapsed()
    }
}

/// Shows no person.
impl fmt::Debug for RateLimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RateLimiter").finish_non_exhaustive()
    }
}

/// The time from which each person may be called for again. A person is a hash with a key of this
/// process; no value is kept.
struct Persons {
    pause: Duration,
    hasher: RandomState,
    free: Mutex<HashMap<u64, Instant>>,
}

impl Persons {
    /// A pause is at most a day.
    fn new(pause: Duration) -> Self {
        let pause = pause.min(Duration::from_secs(24 * 60 * 60));
        Self { pause, hasher: RandomState::new(), free: Mutex::default() }
    }

    /// The earliest time for a call's persons, which is then reserved. Each value counts on its
    /// own, a name as well as a number, in all endpoints.
    fn reserve(&self, operation: &Operation<'_>, values: &Values) -> Instant {
        let persons = operation.parameters.iter().filter_map(|parameter| match parameter.source {
            Source::Request(index) if parameter.is_person => Some(values.get(index)),
            _ => None,
        });
        let keys: Vec<u64> =
            persons.filter(|value| !value.is_empty()).map(|value| self.hasher.hash_one(value)).collect();
        let mut free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if free.len() > FORGET_FROM {
            free.retain(|_, free| *free > now);
        }
        let turn = keys.iter().filter_map(|key| free.get(key)).max().map_or(now, |free| (*free).max(now));
        free.extend(keys.into_iter().map(|key| (key, turn + self.pause)));
        turn
    }
}
