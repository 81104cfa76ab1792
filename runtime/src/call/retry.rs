//! Whether a call is sent again, by its billing:
//!
//! | billing of the attempt | sent again |
//! |---|---|
//! | `NotSent`, not refused locally | yes |
//! | `Free`, status or HTTP status `retry: true`, effect `query` | yes |
//! | `Free`, status or HTTP status `retry: clock`, effect `query` | once, at once, if the clock was set by the answer |
//! | `Unknown`, no status that the spec lists, effect `query` | only if the client's builder was told to risk paying twice |
//! | all else | never |
//!
//! A call has a few retries, after pauses that grow and vary. A longer pause that the answer asks
//! for (`retry-after`) is kept; if it exceeds the call's time limit, there is no retry. All clones
//! of a client draw retries from one budget, so that a provider that is down does not get many
//! times the usual calls.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::error::Error;
use crate::operation::Effect;
use crate::response::envelope::Answer;
use pyi_types::Billing;
use pyi_types::Retry;

/// Default maximum of retries of a call.
const RETRIES: usize = 2;
/// The first pause, which doubles with each retry, and the longest.
const PAUSE: Duration = Duration::from_millis(200);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);
/// The budget of retries that clients of one pool share, the cost of a retry, and the refund of a
/// call that succeeds.
const BUDGET: u32 = 100;
const COST: u32 = 10;
const REFUND: u32 = 1;

/// The retries of a client and its clones.
#[derive(Debug)]
pub(crate) struct Retries {
    most: usize,
    unknown_too: bool,
    tokens: Mutex<u32>,
}

impl Retries {
    pub(crate) fn new(most: Option<usize>, unknown_too: bool) -> Self {
        Self { most: most.unwrap_or(RETRIES), unknown_too, tokens: Mutex::new(BUDGET) }
    }

    fn take(&self) -> bool {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        let left = tokens.checked_sub(COST);
        *tokens = left.unwrap_or(*tokens);
        left.is_some()
    }

    fn refund(&self) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        *tokens = (*tokens + REFUND).min(BUDGET);
    }
}

/// The result of one attempt.
pub(crate) struct Outcome {
    pub(crate) result: Result<Answer, Error>,
    /// Whether the answer adjusted the client's clock.
    pub(crate) clock_adjusted: bool,
}

/// A number of pauses, each longer than the one before.
fn pauses(most: usize) -> ExponentialBackoff {
    let pauses = ExponentialBuilder::default().with_min_delay(PAUSE).with_max_delay(LONGEST_PAUSE);
    pauses.with_max_times(most).with_jitter().build()
}

/// The attempts of one call.
pub(crate) struct Attempts<'a> {
    retries: &'a Retries,
    effect: Effect,
    /// Whether the request has the time of its attempt, so that an adjusted clock matters.
    timed: bool,
    /// Created for the first retry, which most calls never have.
    pauses: Option<Box<ExponentialBackoff>>,
    clock_set: bool,
    made: u32,
}

/// The decision of the table about an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RetryDecision {
    Never,
    AfterPause,
    AtOnce,
}

impl<'a> Attempts<'a> {
    pub(crate) fn new(retries: &'a Retries, effect: Effect, timed: bool) -> Self {
        Self { retries, effect, timed, pauses: None, clock_set: false, made: 0 }
    }

    /// The pause before the next attempt. `None` if there is none, because of the table, or because
    /// the pause exceeds the time that is left.
    pub(crate) fn next_delay(&mut self, outcome: &Outcome, left: Duration) -> Option<Duration> {
        self.made += 1;
        let error = match &outcome.result {
            Ok(_) => {
                self.retries.refund();
                return None;
            }
            Err(error) => error,
        };
        if self.made as usize > self.retries.most {
            return None;
        }
        let pause = match self.again(error, outcome.clock_adjusted) {
            RetryDecision::Never => return None,
            RetryDecision::AtOnce => {
                self.clock_set = true;
                Duration::ZERO
            }
            RetryDecision::AfterPause => {
                self.pauses.get_or_insert_with(|| Box::new(pauses(self.retries.most))).next()?
            }
        };
        let pause = pause.max(error.retry_after().unwrap_or_default());
        (pause < left && self.retries.take()).then_some(pause)
    }

    fn again(&self, error: &Error, clock_adjusted: bool) -> RetryDecision {
        let query = self.effect == Effect::Query;
        let is_listed = error.code().is_some() || error.http_info().is_some();
        match error.billing() {
            Billing::NotSent if !error.is_local() => RetryDecision::AfterPause,
            Billing::Free if query && error.retry() == Retry::Later => RetryDecision::AfterPause,
            Billing::Free if query && self.timed && clock_adjusted && !self.clock_set => {
                RetryDecision::AtOnce
            }
            Billing::Unknown if query && self.retries.unknown_too && !is_listed => RetryDecision::AfterPause,
            _ => RetryDecision::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::envelope::Answer;
    use crate::test_operation::OPERATION;
    use crate::transport::{HttpResponse, TransportError};

    const LONG: Duration = Duration::from_secs(60);

    fn answer(http: u16, body: &str) -> Error {
        let response = HttpResponse { status: http, body: body.into(), ..HttpResponse::default() };
        Answer::read(&OPERATION, response, str::to_owned).err().unwrap()
    }

    fn status(code: i32) -> Error {
        answer(200, &format!(r#"{{"codeid": {code}, "message": ""}}"#))
    }

    fn exchange(error: TransportError) -> Error {
        Error::exchange("weather", error)
    }

    fn decision(error: Error, effect: Effect, unknown_too: bool, clock_adjusted: bool) -> RetryDecision {
        let retries = Retries::new(None, unknown_too);
        Attempts::new(&retries, effect, true).again(&error, clock_adjusted)
    }

    /// The table at the head of this file, row by row.
    #[test]
    fn the_table_decides() {
        use Effect::{Act, Query};
        use RetryDecision::{AfterPause, AtOnce, Never};
        let not_sent = || exchange(TransportError::not_sent("no route"));
        let lost = || exchange(TransportError::lost("reset"));
        let table = [
            (not_sent(), Query, false, false, AfterPause),
            (not_sent(), Act, false, false, AfterPause),
            (Error::configuration("weather", "refused"), Query, true, false, Never),
            (status(10021), Query, false, false, AfterPause),
            (status(10021), Act, true, false, Never),
            (answer(429, ""), Query, false, false, AfterPause),
            (answer(429, ""), Act, true, false, Never),
            (status(10003), Query, true, false, Never),
            (status(10004), Query, false, true, AtOnce),
            (status(10004), Query, false, false, Never),
            (status(10004), Act, false, true, Never),
            (lost(), Query, false, false, Never),
            (lost(), Query, true, false, AfterPause),
            (lost(), Act, true, false, Never),
            (answer(500, ""), Query, false, false, Never),
            (answer(500, ""), Query, true, false, AfterPause),
            (status(10031), Query, true, false, Never),
            (status(1), Query, true, false, Never),
        ];
        for (index, (error, effect, unknown_too, clock_adjusted, expected)) in table.into_iter().enumerate() {
            let text = error.to_string();
            assert_eq!(decision(error, effect, unknown_too, clock_adjusted), expected, "{index}: {text}");
        }
    }

    #[test]
    fn a_call_has_a_number_of_retries_and_its_time() {
        let failed = || Outcome { result: Err(status(10021)), clock_adjusted: false };
        let retries = Retries::new(Some(2), false);
        let mut attempts = Attempts::new(&retries, Effect::Query, true);
        let delays: Vec<_> = (0..4).map(|_| attempts.next_delay(&failed(), LONG)).collect();
        assert!(delays[0].is_some() && delays[1] > delays[0], "{delays:?}");
        assert_eq!((delays[2], delays[3], attempts.made), (None, None, 4));
        let mut late = Attempts::new(&retries, Effect::Query, true);
        assert_eq!(late.next_delay(&failed(), Duration::from_millis(1)), None);
    }

    /// Retries of all calls draw from one budget, which successes refill.
    #[test]
    fn the_budget_is_shared() {
        let failed = Outcome { result: Err(status(10021)), clock_adjusted: false };
        let retries = Retries::new(Some(usize::MAX), false);
        let next = || Attempts::new(&retries, Effect::Query, true).next_delay(&failed, LONG);
        assert_eq!((0..100).filter(|_| next().is_some()).count() as u32, BUDGET / COST);
        for _ in 0..COST / REFUND {
            retries.refund();
        }
        assert_eq!((0..100).filter(|_| next().is_some()).count(), 1);
    }
}
