//! The sandbox's clock, which is the machine's.

use std::time::{SystemTime, UNIX_EPOCH};

/// Current time of the sandbox in unix seconds.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    i64::try_from(since).unwrap_or(i64::MAX)
}
