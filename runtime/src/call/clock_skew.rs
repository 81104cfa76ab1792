//! The time of requests: this machine's clock, corrected by the provider's. A clock that is more
//! than ten minutes off is refused (10004). The offset is taken from that refusal and kept for all
//! later calls.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::Error;
use pyi_types::Retry;

/// Maximum pause that a server can ask for.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Plausible times of a provider, in unix seconds: from 2020 to 2100. Other numbers are not a time
/// in seconds.
const PLAUSIBLE: std::ops::Range<i64> = 1_577_836_800..4_102_444_800;

/// Offset of this machine's clock from the provider's, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    /// The provider's time, in unix seconds, as far as it is known, and the milliseconds since its
    /// second.
    pub(crate) fn now(&self) -> (Option<i64>, u16) {
        let Some(since) = since_epoch() else { return (None, 0) };
        let seconds = i64::try_from(since.as_secs()).ok();
        let offset = self.0.load(Ordering::Relaxed);
        // Fewer than a thousand.
        (seconds.map(|seconds| seconds.saturating_add(offset)), since.subsec_millis() as u16)
    }

    /// Adjusts the clock after a status with `retry: clock`: from the time in the envelope, or from
    /// the answer's `date` header. Returns whether it was adjusted.
    pub(crate) fn learn(&self, error: &Error, date: Option<&str>) -> bool {
        if error.retry() != Retry::Clock {
            return false;
        }
        let server =
            error.server_time().or_else(|| http_date(date?)).filter(|server| PLAUSIBLE.contains(server));
        let Some((machine, server)) = machine().zip(server) else { return false };
        self.0.store(server.saturating_sub(machine), Ordering::Relaxed);
        true
    }
}

fn since_epoch() -> Option<Duration> {
    SystemTime::now().duration_since(UNIX_EPOCH).ok()
}

fn machine() -> Option<i64> {
    i64::try_from(since_epoch()?.as_secs()).ok()
}

/// The pause that a server asks for: the seconds of a `retry-after` header, or the time until its
/// date. The time is counted from the answer's own `date`, since this machine's clock may be off.
pub(crate) fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number that overflows is longer than any pause.
        text.parse().unwrap_or(u64::MAX)
    } else {
        let now = date.and_then(http_date).or_else(machine)?;
        u64::try_from(http_date(text)?.saturating_sub(now)).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds).min(LONGEST))
}

/// The unix seconds of a date in a header, in the current form or in one of the two obsolete ones
/// (RFC 9110, 5.6.7).
fn http_date(text: &str) -> Option<i64> {
    if let Ok(date) = jiff::fmt::rfc2822::parse(text) {
        return Some(date.timestamp().as_second());
    }
    let date = ["%A, %d-%b-%y %H:%M:%S GMT", "%a %b %e %H:%M:%S %Y"]
        .iter()
        .find_map(|form| DateTime::strptime(form, text.trim()).ok())?;
    Some(TimeZone::UTC.to_timestamp(date).ok()?.as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_asks_to_wait_in_seconds_or_until_a_date() {
        let date = Some("Sun, 06 Nov 1994 08:49:37 GMT");
        let table = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(LONGEST.as_secs())),
            ("Sun, 06 Nov 1994 08:51:37 GMT", Some(120)),
            ("Sunday, 06-Nov-94 08:51:37 GMT", Some(120)),
            ("Sun Nov  6 08:51:37 1994", Some(120)),
            // A date in the past means no pause.
            ("Sun, 06 Nov 1994 08:40:00 GMT", Some(0)),
            ("Sat, 06 Nov 2094 08:49:37 GMT", Some(LONGEST.as_secs())),
            ("-5", None),
            ("1.5", None),
            ("soon", None),
            ("", None),
        ];
        for (text, seconds) in table {
            assert_eq!(wait(text, date).map(|wait| wait.as_secs()), seconds, "{text}");
        }
        // Without the answer's date, this machine's clock is used.
        assert_eq!(wait("Sun, 06 Nov 1994 08:51:37 GMT", None), Some(Duration::ZERO));
        assert_eq!(wait("Fri, 06 Nov 2099 08:51:37 GMT", Some("no date")), Some(LONGEST));
    }
}
