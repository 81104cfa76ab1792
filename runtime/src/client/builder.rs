//! The builder of a client: its settings, their defaults, and their checks.

use std::fmt;
use std::marker::PhantomData;
#[cfg(feature = "pacing")]
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use super::app::{App, AppSource, CredentialsProvider};
use super::base_url::Base;
use super::core::{Core, Shared};
use crate::call::clock_skew::Clock;
use crate::call::prepare::unfit;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::error::Error;
use crate::hooks::{AllHooks, Hooks};
use crate::operation::Provider;
use crate::request::sign::Credentials;
#[cfg(feature = "http")]
use crate::transport::HttpTransportBuilder;
use crate::transport::Transport;

/// Time limit of a call.
const TIMEOUT: Duration = Duration::from_secs(60);

pub(crate) const ZERO_TIMEOUT: &str = "a timeout is zero, so that every call would fail; give a longer one";

/// Builds a client. `C` is the type of the client: a generated one, or the runtime's.
///
/// ```
/// use std::time::Duration;
///
/// use pyi_runtime::{Client, Credentials};
///
/// let builder = Client::builder().app("1", Credentials::md5("the app's secret"));
/// let builder = builder.timeout(Duration::from_secs(20)).retries(1);
/// let error = builder.base_url("http://host.invalid").build().unwrap_err();
/// assert!(error.is_local() && error.to_string().contains("the base URL is plain http"));
/// ```
#[derive(Clone)]
#[must_use = "a builder makes nothing until .build() is called"]
pub struct ClientBuilder<C = Client> {
    /// The provider of all calls; `None` for a client that calls any operation.
    provider: Option<&'static Provider<'static>>,
    base_url: Option<String>,
    named_hosts: Vec<(String, String)>,
    app: Option<AppSource>,
    timeout: Duration,
    #[cfg(feature = "http")]
    http: HttpTransportBuilder,
    insecure_http: bool,
    insecure_hash: bool,
    loopback_only: bool,
    checks: bool,
    retries: Option<usize>,
    resend_unknown: bool,
    #[cfg(feature = "pacing")]
    calls_per_second: Option<NonZeroU32>,
    #[cfg(feature = "pacing")]
    between_same_person: Option<Duration>,
    hooks: AllHooks,
    transport: Option<Arc<dyn Transport>>,
    client: PhantomData<fn() -> C>,
}

impl<C> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self {
            provider: None,
            base_url: None,
            named_hosts: Vec::new(),
            app: None,
            timeout: TIMEOUT,
            #[cfg(feature = "http")]
            http: HttpTransportBuilder::default(),
            insecure_http: false,
            insecure_hash: false,
            loopback_only: false,
            checks: false,
            retries: None,
            resend_unknown: false,
            #[cfg(feature = "pacing")]
            calls_per_second: None,
            #[cfg(feature = "pacing")]
            between_same_person: None,
            hooks: AllHooks::default(),
            transport: None,
            client: PhantomData,
        }
    }
}

/// Shows neither host nor app.
impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}

impl<C: From<Client>> ClientBuilder<C> {
    /// A builder without settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the provider of all calls, so that credentials that cannot sign for it are refused
    /// here.
    #[doc(hidden)]
    pub fn of(mut self, provider: &'static Provider<'static>) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Sets the account's base URL, such as `https://<your host>`. Each account has its own, shown
    /// after login, so there is no default.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the base URL of a host that the spec names (`host` in an endpoint). The endpoints
    /// without one are on [`Self::base_url`].
    pub fn host(mut self, name: impl Into<String>, url: impl Into<String>) -> Self {
        let name = name.into();
        self.named_hosts.retain(|(other, _)| *other != name);
        self.named_hosts.push((name, url.into()));
        self
    }

    /// Sets credentials without an app id, for a provider that asks for none, such as one with a
    /// bare key.
    pub fn app_without_id(mut self, sign: Credentials) -> Self {
        self.app = Some(AppSource::Fixed(App::without_id(sign)));
        self
    }

    /// Sets an app, as [`Self::app`] and [`Self::app_without_id`] do.
    pub fn app_of(mut self, app: App) -> Self {
        self.app = Some(AppSource::Fixed(app));
        self
    }

    /// Sets the app's id and its credentials.
    pub fn app(mut self, id: impl Into<String>, sign: Credentials) -> Self {
        self.app = Some(AppSource::Fixed(App::new(id, sign)));
        self
    }

    /// Asks for the app before each attempt, instead of [`Self::app`]: for secrets that rotate, or
    /// that a secret store keeps.
    pub fn credentials(mut self, provider: impl CredentialsProvider) -> Self {
        self.app = Some(AppSource::Provider(Arc::new(provider)));
        self
    }

    /// Adds hooks, which learn of each attempt and each call. Those that were added first run
    /// first.
    pub fn hooks(mut self, hooks: impl Hooks) -> Self {
        self.hooks.add(Arc::new(hooks));
        self
    }

    /// Sets the time limit of a connection. Default: 10 seconds.
    #[cfg(feature = "http")]
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.http = self.http.connect_timeout(limit);
        self
    }

    /// Sets the time limit between two chunks of an answer. Default: 30 seconds.
    #[cfg(feature = "http")]
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.http = self.http.read_timeout(limit);
        self
    }

    /// Sets the time limit of a call, retries included. Default: 60 seconds.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the maximum size of an answer, in bytes after decompression. Default: 8 MiB.
    #[cfg(feature = "http")]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.http = self.http.body_limit(bytes);
        self
    }

    /// Allows a base URL of plain http on another host, where anyone on the network can read names
    /// and numbers.
    pub fn allow_insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// Allows the Hash method over plain http on another host, where anyone on the network can read
    /// the secret.
    pub fn allow_insecure_hash(mut self) -> Self {
        self.insecure_hash = true;
        self
    }

    /// Refuses every host but this machine, so that a test with a wrong setting cannot spend money.
    pub fn loopback_only(mut self) -> Self {
        self.loopback_only = true;
        self
    }

    /// Sets the maximum of retries of a call, which are made only if they are free of charge:
    /// without a connection, or after a status that the spec marks with `retry`. Default: 2. With
    /// 0, every call is sent once.
    pub fn retries(mut self, most: usize) -> Self {
        self.retries = Some(most);
        self
    }

    /// Sends a query again even if an earlier attempt may have reached the provider and been
    /// billed. A call can then be paid for several times. An endpoint of effect `act` is still not
    /// sent again.
    pub fn resend_unknown_and_risk_paying_twice(mut self) -> Self {
        self.resend_unknown = true;
        self
    }

    /// Limits the calls per second, evenly spaced. The wait does not count against a call's time
    /// limit.
    #[cfg(feature = "pacing")]
    pub fn calls_per_second(mut self, calls: NonZeroU32) -> Self {
        self.calls_per_second = Some(calls);
        self
    }

    /// Sets the pause between two calls for the same person, by any value that the spec marks with
    /// `person`.
    #[cfg(feature = "pacing")]
    pub fn between_same_person(mut self, pause: Duration) -> Self {
        self.between_same_person = Some(pause);
        self
    }

    /// Trusts a root certificate in DER, in addition to the system's.
    #[cfg(feature = "http")]
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.http = self.http.root_certificate(der);
        self
    }

    /// Sets another transport. The limits of connections, silence and size are then the transport's
    /// task.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Checks every request's values by the spec's rules, as
    /// [`Call::check_values`](crate::Call::check_values) does for one call.
    pub fn check_values(mut self) -> Self {
        self.checks = true;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// A setting that is missing or refused; the message names it and what to do.
    pub fn build(self) -> Result<C, Error> {
        let refuse = |why: String| Error::configuration("client", why);
        let base = self.base(self.base_url.as_deref()).map_err(refuse)?;
        let mut named = Vec::new();
        for (name, url) in &self.named_hosts {
            named.push((
                name.clone(),
                self.base(Some(url)).map_err(|why| refuse(format!("host `{name}`: {why}")))?,
            ));
        }
        let bases = || named.iter().map(|(_, base)| base).chain([&base]);
        let app = self.app.ok_or_else(|| {
            refuse("no app; give .app(id, Credentials::md5(secret)), which the account shows".to_owned())
        })?;
        if let AppSource::Fixed(app) = &app
            && let Some(why) = app.refusal()
        {
            return Err(refuse(why.to_owned()));
        }
        if let (Some(provider), AppSource::Fixed(app)) = (self.provider, &app)
            && let Some(why) = unfit(provider, &app.credentials)
        {
            return Err(refuse(why));
        }
        if self.timeout.is_zero() {
            return Err(refuse(ZERO_TIMEOUT.to_owned()));
        }
        let may_send_secret = self.insecure_hash || bases().all(|base| base.tls || base.loopback);
        let hosts = bases().flat_map(|base| base.hosts.clone()).collect();
        let transport: Arc<dyn Transport> = match self.transport {
            Some(transport) => transport,
            #[cfg(feature = "http")]
            None => {
                let (tls, direct) = (bases().any(|base| base.tls), bases().all(|base| base.loopback));
                Arc::new(self.http.build_for(tls, direct).map_err(refuse)?)
            }
            #[cfg(not(feature = "http"))]
            None => {
                let why = "no transport; give .transport(..), or build pyi-runtime with its feature `http`";
                return Err(refuse(why.to_owned()));
            }
        };
        let shared = Shared {
            base: base.into(),
            named_hosts: named.into_iter().map(|(name, base)| (name, base.into())).collect(),
            hosts,
            may_send_secret,
            checks: self.checks,
            timeout: self.timeout,
            retries: Retries::new(self.retries, self.resend_unknown),
            clock: Clock::default(),
            #[cfg(feature = "pacing")]
            pace: RateLimiter::new(self.calls_per_second, self.between_same_person),
            hooks: self.hooks,
            transport,
        };
        Ok(Client(Arc::new(Core { shared: Arc::new(shared), app })).into())
    }

    /// A base URL, or why it is refused.
    fn base(&self, url: Option<&str>) -> Result<Base, String> {
        let Some(base) = url else {
            return Err(
                "no base URL; give .base_url(\"https://<your host>\"), which the account shows after login"
                    .to_owned(),
            );
        };
        let base = Base::parse(base)?;
        if self.loopback_only && !base.loopback {
            return Err(
                "the client is restricted to this machine, and the base URL is another host".to_owned()
            );
        }
        if !base.tls && !base.loopback && !self.insecure_http {
            return Err("the base URL is plain http, and what is sent names a person; use https, or .allow_insecure_http()".to_owned());
        }
        Ok(base)
    }
}
