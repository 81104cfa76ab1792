//! The builder of a client: its settings, their defaults, and what is refused.

use std::fmt;
use std::marker::PhantomData;
#[cfg(feature = "pacing")]
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use super::base_url::Base;
use super::{Client, Inner};
use crate::call::clock_skew::Clock;
#[cfg(feature = "pacing")]
use crate::call::rate_limit::RateLimiter;
use crate::call::retry::Retries;
use crate::error::Error;
use crate::request::sign::Credentials;
use crate::transport::{Http, Limits, Transport};

/// Time to make a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time between two pieces of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Time for a whole call.
const TIMEOUT: Duration = Duration::from_secs(60);
/// The most that an answer may hold, after decompression.
const BODY_LIMIT: usize = 8 << 20;

/// Settings of a client to be. `C` is the client that it builds: a generated one, or the runtime's.
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
    /// No settings yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The account's host, such as `https://<your host>`. Each account has one of its own, shown after login, so there is no
    /// default.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// The app's id and what its calls are signed with.
    pub fn app(mut self, id: impl Into<String>, sign: Credentials) -> Self {
        self.app = Some((id.into(), sign));
        self
    }

    /// Time to make a connection; 10 seconds if not said.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.limits.connect = limit;
        self
    }

    /// Time between two pieces of an answer; 30 seconds if not said.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.limits.read = limit;
        self
    }

    /// Time for a whole call; 60 seconds if not said.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.limits.whole = limit;
        self
    }

    /// The most that an answer may hold, in bytes after decompression; 8 MiB if not said.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Allows a base URL of plain http on another host, where anyone on the way reads names and numbers.
    pub fn allow_insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// Allows the Hash method over plain http on another host, where anyone on the way reads the secret.
    pub fn allow_insecure_hash(mut self) -> Self {
        self.insecure_hash = true;
        self
    }

    /// Refuses every host but this machine, so that a test cannot spend money by a wrong setting.
    pub fn loopback_only(mut self) -> Self {
        self.loopback_only = true;
        self
    }

    /// How often one call is sent again at most, where that costs nothing: no connection, or a status that the spec tape with
    /// `retry`. Twice if not said; 0 sends every call once.
    pub fn retries(mut self, most: usize) -> Self {
        self.retries = Some(most);
        self
    }

    /// Sends a query again even if an earlier attempt may have reached the provider and been billed: each call can then be paid for
    /// several times. What must not happen twice, an endpoint of effect `act`, is not sent again all the same.
    pub fn resend_unknown_and_risk_paying_twice(mut self) -> Self {
        self.resend_unknown = true;
        self
    }

    /// Makes at most so many calls a second, evenly spaced; those that come earlier wait. Waiting does not count against a call's
    /// time.
    #[cfg(feature = "pacing")]
    pub fn calls_per_second(mut self, calls: NonZeroU32) -> Self {
        self.calls_per_second = Some(calls);
        self
    }

    /// Waits so long between two calls that name the same person, by any of the values that the spec tape with `person`.
    #[cfg(feature = "pacing")]
    pub fn between_same_person(mut self, pause: Duration) -> Self {
        self.between_same_person = Some(pause);
        self
    }

    /// Trusts a certificate beside those that the system trusts, given in DER.
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.limits.roots.push(der.into());
        self
    }

    /// Sends by a transport of the caller's, rather than by the one that is built in. The limits for connecting, for silence and for
    /// a body's size are then the transport's own affair.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Checks every request's values by the spec's rules, as [`Call::check`](crate::Call::check) does for one.
    pub fn check(mut self) -> Self {
        self.checks = true;
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// A setting that is missing or refused; the message names it and the way out.
    pub fn build(self) -> Result<C, Error> {
        let refuse = |why: String| Error::local("client", why);
        let base = self.base_url.ok_or_else(|| {
            refuse(
                "no base URL; give .base_url(\"https://<your host>\"), which the account shows after login"
                    .to_owned(),
            )
        })?;
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
        let base = Base::parse(&base).map_err(refuse)?;
        if self.loopback_only && !base.loopback {
            return Err(refuse(
                "the client is for tests, and the base URL is no address of this machine".to_owned(),
            ));
        }
        if !base.tls && !base.loopback && !self.insecure_http {
            return Err(refuse(
                "the base URL is plain http, and what is sent names a person; use https, or .allow_insecure_http()".to_owned(),
            ));
        }
        let may_send_secret = base.tls || base.loopback || self.insecure_hash;
        let transport: Arc<dyn Transport> = match self.transport {
            Some(transport) => transport,
            None => Arc::new(Http::new(&self.limits, base.tls, base.loopback).map_err(refuse)?),
        };
        let inner = Inner {
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
        Ok(Client(Arc::new(inner)).into())
    }
}
