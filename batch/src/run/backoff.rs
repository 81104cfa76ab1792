//! Slows a run down while the provider, or a gateway before it, is overloaded.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

const FIRST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(60);

/// The pause of each call slot before its next row.
#[derive(Debug, Default)]
pub(super) struct Backoff(Mutex<Duration>);

impl Backoff {
    pub(super) fn pause(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Doubles the pause after a throttled call that began under the pause `under`. Of calls that
    /// were in flight together, one counts; of the pauses that the provider asked for, the longest,
    /// up to a minute.
    pub(super) fn throttled(&self, under: Duration, asked: Option<Duration>) {
        self.change(under, (under * 2).clamp(FIRST, LONGEST));
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *pause = (*pause).max(asked.unwrap_or_default().min(LONGEST));
    }

    /// Halves the pause after a call that was not throttled and began under the pause `under`.
    pub(super) fn recovered(&self, under: Duration) {
        let half = under / 2;
        self.change(under, if half < FIRST { Duration::ZERO } else { half });
    }

    /// Takes over the pause of other workers, if the own one still is `from`.
    pub(super) fn adopt(&self, from: Duration, to: Duration) {
        self.change(from, to);
    }

    fn change(&self, from: Duration, to: Duration) {
        let mut pause = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if *pause == from {
            *pause = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_slows_down_by_steps_and_comes_back() {
        let (backoff, seconds) = (Backoff::default(), Duration::from_secs);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let under = backoff.pause();
            // Four calls that were in flight together.
            (0..4).for_each(|_| backoff.throttled(under, None));
            pauses.push(backoff.pause());
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60].map(seconds));
        // One that began before all that says nothing of now.
        backoff.recovered(Duration::ZERO);
        assert_eq!(backoff.pause(), seconds(60));
        let mut steps = 0;
        while !backoff.pause().is_zero() {
            backoff.recovered(backoff.pause());
            steps += 1;
        }
        assert_eq!(steps, 6);
    }

    #[test]
    fn a_pause_that_the_provider_asks_for_is_kept_up_to_a_minute() {
        let (backoff, seconds) = (Backoff::default(), Duration::from_secs);
        let asked = [Some(7), None, Some(20), Some(3), Some(86_400)];
        let pauses = asked.map(|asked| {
            // All of them were in flight together.
            backoff.throttled(Duration::ZERO, asked.map(seconds));
            backoff.pause()
        });
        assert_eq!(pauses, [7, 7, 20, 20, 60].map(seconds));
    }
}
