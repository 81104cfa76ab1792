//! Faults that a test injects into requests, the queue that assigns them, the throttle of requests,
//! and the compressed blanks of one fault.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use pyi_runtime::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A fault to inject into one request, or at a rate ([`FaultRates`](crate::FaultRates)). In JSON
/// its name, such as `"close"`, or `{"status": "10021"}`.
///
/// ```
/// use pyi_sandbox::Fault;
///
/// let fault: Fault = serde_json::from_str(r#"{"http": {"status": 429, "retry_after": "7"}}"#)?;
/// assert_eq!(fault, Fault::Http { status: 429, retry_after: Some("7".to_owned()) });
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Fault {
    /// Answers with this status code, whether or not the spec lists it. Billing of an unlisted
    /// status is unknown.
    Status(#[serde(with = "crate::settings::code")] StatusCode),
    /// Answers with this payload, on the first status that carries data.
    Data(Value),
    /// Answers as usual after this time. In JSON `delay_ms`, in milliseconds.
    #[serde(rename = "delay_ms", with = "crate::settings::millis")]
    Delay(Duration),
    /// Reads the request and never answers.
    Silence,
    /// Reads the request and closes the connection.
    Close,
    /// Reads the request and resets the connection.
    Reset,
    /// Truncates the answer.
    Cut,
    /// Answers with invalid bytes.
    Garble,
    /// Answers with an HTML page and HTTP status 502, as from a gateway.
    Page,
    /// Answers with this HTTP status and a text without an envelope, as from a proxy in front of
    /// the provider. The spec's `http` decides its billing.
    Http {
        /// HTTP status from 300 to 599.
        status: u16,
        /// Header `retry-after`: seconds or a date.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        retry_after: Option<String>,
    },
    /// Answers with 256 MiB of compressed blanks.
    Bomb,
    /// Answers as if the sandbox's clock were this many seconds ahead.
    ClockAhead(i64),
}

/// Queued faults, recurring faults and the throttle.
#[derive(Debug, Default)]
pub(crate) struct FaultQueue {
    throttle: Option<Throttle>,
    queue: Mutex<VecDeque<Fault>>,
    recurring: Vec<(usize, Fault)>,
    count: Mutex<usize>,
}

impl FaultQueue {
    pub(crate) fn new(recurring: Vec<(usize, Fault)>, throttle: Option<Throttle>) -> Self {
        Self { recurring, throttle, ..Self::default() }
    }

    pub(crate) fn push(&self, fault: Fault) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).push_back(fault);
    }

    /// Fault of the request that has just arrived. A queued fault precedes the throttle, and the
    /// throttle precedes a recurring fault.
    pub(crate) fn take(&self) -> Option<Fault> {
        let queued = self.queue.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let mut count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        *count += 1;
        let throttled = || self.throttle.as_ref().and_then(Throttle::refusal);
        let recurring = || {
            self.recurring
                .iter()
                .find(|(every, _)| count.is_multiple_of(*every))
                .map(|(_, fault)| fault.clone())
        };
        queued.or_else(throttled).or_else(recurring)
    }
}

/// Maximum requests within a period, and the status of requests beyond it.
#[derive(Debug)]
pub(crate) struct Throttle {
    requests: usize,
    within: Duration,
    code: StatusCode,
    recent: Mutex<VecDeque<Instant>>,
}

impl Throttle {
    pub(crate) fn new(requests: usize, within: Duration, code: StatusCode) -> Self {
        Self { requests, within, code, recent: Mutex::default() }
    }

    fn refusal(&self) -> Option<Fault> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        while recent.front().is_some_and(|first| now.duration_since(*first) >= self.within) {
            recent.pop_front();
        }
        if recent.len() >= self.requests {
            return Some(Fault::Status(self.code));
        }
        recent.push_back(now);
        None
    }
}

/// 256 MiB of blanks, compressed once per process.
pub(crate) fn bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let blanks = vec![b' '; 1 << 20];
        // Writing to memory does not fail. A failure would make a smaller bomb.
        for _ in 0..256 {
            let _ = gzip.write_all(&blanks);
        }
        gzip.finish().unwrap_or_default()
    })
}
