//! The builder of a client: its settings, their defaults, and their checks.

use std::fmt;
use std::marker::PhantomData;
#[cfg(feature = "pacing")]
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::Client;
use super::base_url::Base;
use super::core::Core;
use crate::call::clock_skew::Clock;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::error::Error;
use crate::request::sign::Credentials;
use crate::transport::{Http, Limits, Transport};

/// Time limit of a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit between two chunks of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Time limit of a call.
const TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of an answer after decompression.
const BODY_LIMIT: usize = 8 << 20;

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
    base_url: Option<String>,
    app: Option<(String, Credentials)>,
    limits: Limits,
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
    transport: Option<Arc<dyn Transport>>,
    client: PhantomData<fn() -> C>,
}

impl<C> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self {
            base_url: None,
            app: None,
            limits: Limits {
                connect: CONNECT_TIMEOUT,
                read: READ_TIMEOUT,
                whole: TIMEOUT,
                body: BODY_LIMIT,
                roots: Vec::new(),
            },
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
            transport: None,
            client: PhantomData,
        }
    }
}

/// Shows neither host nor app.
impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder").field("timeout", &self.limits.whole).finish_non_exhaustive()
    }
}

impl<C: From<Client>> ClientBuilder<C> {
    /// A builder without settings.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the account's base URL, such as `https://<your host>`. Each account has its own, shown
    /// after login, so there is no default.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Sets the app's id and its credentials.
    pub fn app(mut self, id: impl Into<String>, sign: Credentials) -> Self {
        self.app = Some((id.into(), sign));
        self
    }

    /// Sets the time limit of a connection. Default: 10 seconds.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect = limit;
        self
    }

    /// Sets the time limit between two chunks of an answer. Default: 30 seconds.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.limits.read = limit;
        self
    }

    /// Sets the time limit of a call, retries included. Default: 60 seconds.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.whole = limit;
        self
    }

    /// Sets the maximum size of an answer, in bytes after decompression. Default: 8 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
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
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.limits.roots.push(der.into());
        self
    }

    /// Sets another transport. The limits of connections, silence and size are then the transport's
    /// task.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Checks every request's values by the spec's rules, as [`Call::check`](crate::Call::check)
    /// does for one call.
    pub fn check(mut self) -> Self {
        self.checks = true;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// A setting that is missing or refused; the message names it and what to do.
    pub fn build(self) -> Result<C, Error> {
        let refuse = |why: String| Error::local("client", why);
        let base = self.base().map_err(refuse)?;
        let (app_id, sign) = self.app.ok_or_else(|| {
            refuse("no app; give .app(id, Credentials::md5(secret)), which the account shows".to_owned())
        })?;
        if app_id.is_empty() || sign.secret().is_empty() {
            return Err(refuse("the app's id or secret is empty; the account shows both".to_owned()));
        }
        if [self.limits.connect, self.limits.read, self.limits.whole].contains(&Duration::ZERO) {
            return Err(refuse(
                "a timeout is zero, so that every call would fail; give a longer one".to_owned(),
            ));
        }
        let may_send_secret = base.tls || base.loopback || self.insecure_hash;
        let transport: Arc<dyn Transport> = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Http::new(&self.limits, base.tls, base.loopback).map_err(refuse)?),
        };
        let core = Core {
            base: base.url,
            hosts: base.hosts,
            app_id,
            sign,
            may_send_secret,
            checks: self.checks,
            timeout: self.limits.whole,
            retries: Retries::new(self.retries, self.resend_unknown),
            clock: Clock::default(),
            #[cfg(feature = "pacing")]
            pace: RateLimiter::new(self.calls_per_second, self.between_same_person),
            transport,
        };
        Ok(Client(Arc::new(core)).into())
    }

    /// The base URL, or why it is refused.
    fn base(&self) -> Result<Base, String> {
        let Some(base) = &self.base_url else {
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
