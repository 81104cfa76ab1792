//! The settings and the state of a client, which its clones and its calls share.

use std::sync::Arc;
use std::time::Duration;

use crate::call::clock_skew::Clock;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::client::app::AppSource;
use crate::hooks::AllHooks;
use crate::transport::Transport;

/// A client: an app, on what it shares with the clients of other apps.
pub(crate) struct Core {
    pub(crate) shared: Arc<Shared>,
    pub(crate) app: AppSource,
}

/// What a client, its clones, and the clients of other apps share.
pub(crate) struct Shared {
    pub(crate) base: String,
    /// The host of the base URL, in every form in which an answer may repeat it.
    pub(crate) hosts: Vec<String>,
    pub(crate) may_send_secret: bool,
    pub(crate) checks: bool,
    pub(crate) timeout: Duration,
    pub(crate) retries: Retries,
    pub(crate) clock: Clock,
    #[cfg(feature = "pacing")]
    pub(crate) pace: RateLimiter,
    pub(crate) hooks: AllHooks,
    pub(crate) transport: Arc<dyn Transport>,
}

impl Shared {
    pub(crate) fn url(&self, path: &str) -> String {
        [&*self.base, path].concat()
    }
}
