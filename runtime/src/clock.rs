//! The time that requests say: this machine's, corrected by what the provider was heard to say. A clock that is more than ten
//! minutes off is refused (10004); the offset is learnt from that refusal and kept for all later calls.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::Error;
use crate::status::Retry;

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
        if error.status().is_none_or(|status| status.retry != Retry::Clock) {
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

/// The unix seconds of a `date` header.
fn http_date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp().as_second())
}
