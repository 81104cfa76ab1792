//! Hooks: what a caller's own code learns of each attempt and each call, for metrics, traces and
//! records. They get no value of the request, no URL and no message of the provider.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use http::header::{ACCEPT_ENCODING, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HOST, TRANSFER_ENCODING};
use tracing::error;

use crate::error::ErrorKind;
use crate::operation::{Effect, Method};
use crate::transport::{HeaderMap, HeaderName};
use pyi_types::{Billing, StatusCode};

/// Observes the calls of a client: see [`ClientBuilder::hooks`](crate::ClientBuilder::hooks).
///
/// Hooks are synchronous and run on the task of the call, so they should be short. A panic in one
/// is caught and logged, and changes nothing about the call.
///
/// ```
/// use std::sync::atomic::{AtomicU64, Ordering};
///
/// use pyi_runtime::Billing;
/// use pyi_runtime::hooks::{CallEnd, Hooks};
///
/// /// Counts the calls that cost money, or may have.
/// #[derive(Default)]
/// struct Spent(AtomicU64);
///
/// impl Hooks for Spent {
///     fn after_call(&self, call: &CallEnd<'_>) {
///         if matches!(call.billing, Billing::Billed | Billing::Unknown) {
///             self.0.fetch_add(1, Ordering::Relaxed);
///         }
///     }
/// }
/// ```
pub trait Hooks: Send + Sync + 'static {
    /// Runs before an attempt is encoded and sent. It may add headers to the request, such as
    /// `traceparent`. Headers that decide what is sent and where to (`host`, `content-type`,
    /// `content-length`, `transfer-encoding`, `connection`, `accept-encoding`) are left out.
    fn before_attempt(&self, attempt: &Attempt<'_>, headers: &mut HeaderMap) {
        let _ = (attempt, headers);
    }

    /// Runs when an attempt ends.
    fn after_attempt(&self, attempt: &AttemptEnd<'_>) {
        let _ = attempt;
    }

    /// Runs once for each call, when it ends: with a reply, with an error, or because its future
    /// was dropped. A call that was never polled has sent nothing, and is reported too.
    fn after_call(&self, call: &CallEnd<'_>) {
        let _ = call;
    }
}

/// An attempt of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Attempt<'a> {
    /// The endpoint's name in the spec.
    pub operation: &'a str,
    /// Whether a call changes anything at the provider.
    pub effect: Effect,
    /// The HTTP method.
    pub method: Method,
    /// The number of the attempt in its call, from 1.
    pub number: u32,
}

/// An attempt that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct AttemptEnd<'a> {
    /// The attempt.
    pub attempt: Attempt<'a>,
    /// How it ended.
    pub ending: Ending,
    /// Whether it was billed.
    pub billing: Billing,
    /// The provider's status code, if there was an answer with one.
    pub status: Option<StatusCode>,
    /// The HTTP status, if there was an answer.
    pub http_status: Option<u16>,
    /// The time from its encoding to its end.
    pub duration: Duration,
}

/// A call that ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CallEnd<'a> {
    /// The endpoint's name in the spec.
    pub operation: &'a str,
    /// Whether a call changes anything at the provider.
    pub effect: Effect,
    /// How it ended.
    pub ending: Ending,
    /// Whether it was billed. `Unknown` counts as billed.
    pub billing: Billing,
    /// The provider's status code, if the last attempt had an answer with one.
    pub status: Option<StatusCode>,
    /// The HTTP status, if the last attempt had an answer.
    pub http_status: Option<u16>,
    /// Number of attempts that were sent, or were about to be.
    pub attempts: u32,
    /// The time from the call to its end, pauses included.
    pub duration: Duration,
}

/// How an attempt or a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ending {
    /// With a reply: data, no data, or an order that was accepted.
    Replied,
    /// With an error.
    Failed(ErrorKind),
    /// Its future was dropped, by a time limit of the caller or a client that went away.
    Dropped,
}

/// Headers of the transport, which decide what is sent and where to.
const RESERVED: [HeaderName; 6] =
    [HOST, CONTENT_TYPE, CONTENT_LENGTH, TRANSFER_ENCODING, CONNECTION, ACCEPT_ENCODING];

/// The hooks of a client, in the order in which they were given.
#[derive(Clone, Default)]
pub(crate) struct AllHooks(Vec<Arc<dyn Hooks>>);

impl AllHooks {
    pub(crate) fn add(&mut self, hooks: Arc<dyn Hooks>) {
        self.0.push(hooks);
    }

    pub(crate) fn before_attempt(&self, attempt: &Attempt<'_>) -> HeaderMap {
        let mut headers = HeaderMap::new();
        if self.0.is_empty() {
            return headers;
        }
        // A hook that panics midway leaves the headers that it added: each of them is whole.
        self.each(|hooks| hooks.before_attempt(attempt, &mut headers));
        for name in RESERVED {
            headers.remove(name);
        }
        headers
    }

    pub(crate) fn after_attempt(&self, attempt: &AttemptEnd<'_>) {
        self.each(|hooks| hooks.after_attempt(attempt));
    }

    pub(crate) fn after_call(&self, call: &CallEnd<'_>) {
        self.each(|hooks| hooks.after_call(call));
    }

    fn each(&self, mut run: impl FnMut(&dyn Hooks)) {
        for hooks in &self.0 {
            if catch_unwind(AssertUnwindSafe(|| run(&**hooks))).is_err() {
                error!("a hook panicked; the call goes on");
            }
        }
    }
}
