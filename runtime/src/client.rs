//! The client: a base URL, an app, limits, and a connection pool that its clones share.

mod base_url;
mod builder;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

pub use self::builder::ClientBuilder;
use crate::call::Call;
use crate::call::clock_skew::Clock;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::operation::Operation;
use crate::request::encode::{Request, Values};
use crate::request::sign::Credentials;
use crate::response::decode::{Any, Payload};
use crate::transport::Transport;

/// A client of a provider. Clones share its connections, clock and retry budget.
///
/// ```
/// use pyi_runtime::{Client, Credentials};
///
/// let client = Client::builder()
///     .base_url("https://host.invalid")
///     .app("1", Credentials::md5("the app's secret"))
///     .build()?;
/// let for_another_task = client.clone();
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    base: String,
    /// The host of the base URL, in every form in which an answer may repeat it.
    hosts: Vec<String>,
    app_id: String,
    sign: Credentials,
    may_send_secret: bool,
    checks: bool,
    timeout: Duration,
    retries: Retries,
    clock: Clock,
    #[cfg(feature = "pacing")]
    pace: RateLimiter,
    transport: Arc<dyn Transport>,
}

impl Client {
    /// A builder of a client: base URL, app, limits.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// The call of a request, not sent yet.
    pub fn call<R: Request>(&self, request: &R) -> Call<'static, R::Data> {
        Call::new(self.clone(), R::OPERATION, request.values(), R::read)
    }

    /// The call of an operation that was built at run time, with values in the order of its
    /// parameters. Its data has no type.
    pub fn call_any<'a>(&self, operation: &'a Operation<'a>, values: Values) -> Call<'a, Any> {
        Call::new(self.clone(), operation, values, |payload: Payload<'_>| payload.any())
    }

    pub(crate) fn url(&self, path: &str) -> String {
        [&*self.0.base, path].concat()
    }

    /// The base URL.
    pub(crate) fn base(&self) -> &str {
        &self.0.base
    }

    /// The host of the base URL, in every form in which an answer may repeat it.
    pub(crate) fn hosts(&self) -> impl Iterator<Item = &str> {
        self.0.hosts.iter().map(String::as_str)
    }

    pub(crate) fn app_id(&self) -> &str {
        &self.0.app_id
    }

    pub(crate) fn sign(&self) -> &Credentials {
        &self.0.sign
    }

    pub(crate) fn may_send_secret(&self) -> bool {
        self.0.may_send_secret
    }

    pub(crate) fn checks(&self) -> bool {
        self.0.checks
    }

    pub(crate) fn timeout(&self) -> Duration {
        self.0.timeout
    }

    pub(crate) fn retries(&self) -> &Retries {
        &self.0.retries
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    #[cfg(feature = "pacing")]
    pub(crate) fn pace(&self) -> &RateLimiter {
        &self.0.pace
    }

    pub(crate) fn transport(&self) -> &dyn Transport {
        &*self.0.transport
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("sign", &self.0.sign).finish_non_exhaustive()
    }
}
