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
    pub(crate) base: BaseUrl,
    /// The base URLs of hosts that a spec names.
    pub(crate) named_hosts: Vec<(String, BaseUrl)>,
    /// The hosts of all base URLs, in every form in which an answer may repeat them.
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

/// A base URL as calls need it.
pub(crate) struct BaseUrl {
    /// The URL without a slash at its end.
    pub(crate) url: String,
    /// Its host, with its port if it has one.
    pub(crate) authority: String,
}

impl Shared {
    /// The base URL of a host of the spec; `None` if the client was not given it.
    pub(crate) fn base(&self, host: Option<&str>) -> Option<&BaseUrl> {
        match host {
            None => Some(&self.base),
            Some(host) => self.named_hosts.iter().find(|(name, _)| name == host).map(|(_, base)| base),
        }
    }
}
