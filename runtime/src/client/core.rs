//! The settings and the state of a client, which its clones and its calls share.

use std::sync::Arc;
use std::time::Duration;

use crate::call::clock_skew::Clock;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::request::sign::Credentials;
use crate::transport::Transport;

/// What a client and its clones share.
pub(crate) struct Core {
    pub(crate) base: String,
    /// The host of the base URL, in every form in which an answer may repeat it.
    pub(crate) hosts: Vec<String>,
    pub(crate) app_id: String,
    pub(crate) sign: Credentials,
    pub(crate) may_send_secret: bool,
    pub(crate) checks: bool,
    pub(crate) timeout: Duration,
    pub(crate) retries: Retries,
    pub(crate) clock: Clock,
    #[cfg(feature = "pacing")]
    pub(crate) pace: RateLimiter,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Core {
    pub(crate) fn url(&self, path: &str) -> String {
        [&*self.base, path].concat()
    }
}
