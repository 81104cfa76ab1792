//! What a test can have happen to a request, beside what the spec and the script say.

use std::collections::VecDeque;
use std::io::Write;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

/// What happens to a request.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Fault {
    /// It is answered with this status code, whether or not the spec lists it. A status that is not listed may be billed.
    Status(i32),
    /// It is answered with this payload, on the first status that carries data.
    Data(Value),
    /// It is answered as usual, after this time.
    Delay(Duration),
    /// It is read, and never answered.
    Silence,
    /// It is read, and its connection closed.
    Close,
    /// It is read, and its connection reset.
    Reset,
    /// Its answer is cut short.
    Cut,
    /// Its answer is not what any provider would send.
    Garble,
    /// Its answer is a page of HTML with HTTP status 502, as from a gateway.
    Page,
    /// Its answer is a text with this HTTP status and no envelope, as from what stands before a provider and refuses a request, and with the
    /// header `retry-after` if it says to wait. It costs what the spec's `http` says.
    Http {
        /// The HTTP status, from 300 to 599.
        status: u16,
        /// The header `retry-after`: seconds, or a date.
        retry_after: Option<String>,
    },
    /// Its answer is 256 MiB of blanks, compressed.
    Bomb,
    /// It is answered as if the sandbox's clock were this many seconds ahead.
    ClockAhead(i64),
}

/// FaultQueue in a queue, and such that come again and again.
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

    /// What happens to the request that has just arrived.
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

/// So many requests in a time, and a status for those beyond.
#[derive(Debug)]
pub(crate) struct Throttle {
    requests: usize,
    within: Duration,
    code: i32,
    recent: Mutex<VecDeque<Instant>>,
}

impl Throttle {
    pub(crate) fn new(requests: usize, within: Duration, code: i32) -> Self {
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

/// 256 MiB of blanks, compressed once.
pub(crate) fn bomb() -> &'static [u8] {
    static BOMB: OnceLock<Vec<u8>> = OnceLock::new();
    BOMB.get_or_init(|| {
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        let blanks = vec![b' '; 1 << 20];
        // Writing to memory does not fail; a bomb that did would be a smaller one.
        for _ in 0..256 {
            let _ = gzip.write_all(&blanks);
        }
        gzip.finish().unwrap_or_default()
    })
}
