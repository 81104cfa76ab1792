//! The time that requests say: this machine's, corrected by what the provider was heard to say. A clock that is more than ten
//! minutes off is refused (10004); the offset is learnt from that refusal and kept for all later calls.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::error::Error;
use pyi_types::Retry;

/// The longest time that a server can ask to wait for.
const LONGEST: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// Times that a provider can mean, in unix seconds: from 2020 to 2100. Any other is no time, or is none in seconds.
const PLAUSIBLE: std::ops::Range<i64> = 1_577_836_800..4_102_444_800;

/// How far this machine's clock is from the provider's, in seconds.
#[derive(Debug, Default)]
pub(crate) struct Clock(AtomicI64);

impl Clock {
    /// The provider's time as far as is known, in unix seconds.
    pub(crate) fn now(&self) -> Option<i64> {
        Some(machine()?.saturating_add(self.0.load(Ordering::Relaxed)))
    }

    /// Learns from a status that says so: from the time in its envelope, or from the answer's `date` header. Tells whether it did.
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

fn machine() -> Option<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    i64::try_from(since.as_secs()).ok()
}

/// How long a server asks to wait: the seconds of a `retry-after` header, or the time until its date. That is counted from the answer's own
/// `date`, since this machine's clock may be off.
pub(crate) fn wait(retry_after: &str, date: Option<&str>) -> Option<Duration> {
    let text = retry_after.trim();
    let seconds = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that do not fit ask for longer than anything that does.
        text.parse().unwrap_or(u64::MAX)
    } else {
        let now = date.and_then(http_date).or_else(machine)?;
        u64::try_from(http_date(text)?.saturating_sub(now)).unwrap_or(0)
    };
    Some(Duration::from_secs(seconds).min(LONGEST))
}

/// The unix seconds of a date in a header, in the form that is sent today or in one of the two before it (RFC 9110, 5.6.7).
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
            // In the past: at once.
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
        // Without the answer's own date, by this machine's clock.
        assert_eq!(wait("Sun, 06 Nov 1994 08:51:37 GMT", None), Some(Duration::ZERO));
        assert_eq!(wait("Fri, 06 Nov 2099 08:51:37 GMT", Some("no date")), Some(LONGEST));
    }
}
