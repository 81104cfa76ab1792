//! The default transport: reqwest over rustls, configured to send once.
//!
//! | what could send twice, or elsewhere | what is set |
//! |---|---|
//! | a redirect | none is followed |
//! | reqwest's own retries | never |
//! | a proxy from the environment | none for loopback, none for plain http |
//! | a body without end | refused while it streams, after decompression |
//! | headers without end | hyper's own limits: 100 headers, and what it buffers |

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue, RETRY_AFTER};

use super::reason::{before_answer, reason, within_answer};
use super::tls::{Tls, config};
use super::{HttpRequest, HttpResponse, SendFuture, Transport, TransportError};
use crate::client::ZERO_TIMEOUT;
use crate::error::Error;
use crate::operation::Method;

/// Time that an idle connection is kept, shorter than servers keep it, so that it is not found
/// closed.
const IDLE: Duration = Duration::from_secs(4);
/// Time limit of a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Time limit between two chunks of an answer.
const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of an answer after decompression.
const BODY_LIMIT: usize = 8 << 20;

/// Maximum number of cached URLs, more than any spec has endpoints.
const URLS: usize = 10_000;

/// The default transport: a pool of connections. Clones share it.
///
/// A client makes its own unless it is given one. One that is built here can have a proxy, other
/// certificates, or a transport around it:
///
/// ```
/// use pyi_runtime::{HttpRequest, HttpTransport, SendFuture, Transport};
///
/// /// Adds a header for the company's proxy.
/// struct Tagged(HttpTransport);
///
/// impl Transport for Tagged {
///     fn send(&self, mut request: HttpRequest) -> SendFuture<'_> {
///         request.headers.insert("x-team", pyi_runtime::HeaderValue::from_static("risk"));
///         self.0.send(request)
///     }
/// }
///
/// let transport = Tagged(HttpTransport::builder().user_agent("shop/1.0").build()?);
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct HttpTransport(Arc<Pool>);

struct Pool {
    http: reqwest::Client,
    /// The endpoints' URLs, each parsed once: parsing takes longer than signing.
    urls: RwLock<HashMap<String, Url>>,
    body_limit: usize,
}

impl HttpTransport {
    /// A builder with the settings of a client that makes its own transport.
    pub fn builder() -> HttpTransportBuilder {
        HttpTransportBuilder::default()
    }

    /// A transport over a client of the caller's own, and the maximum size of an answer in bytes
    /// after decompression.
    ///
    /// What a call was billed is only right if the client sends each request once, so it must be
    /// built with `redirect(Policy::none())` and `retry(reqwest::retry::never())`, and without
    /// middleware that sends again. A redirect that is followed sends a person's data to another
    /// host. It should have a read timeout, and an idle time below the server's. A version of
    /// reqwest without a TLS provider needs one that is installed for the process; pyi installs
    /// none. The version of reqwest is 0.13.
    pub fn from_client(client: reqwest::Client, body_limit: usize) -> Self {
        Self(Arc::new(Pool { http: client, urls: RwLock::default(), body_limit }))
    }
}

/// Shows neither hosts nor proxies.
impl fmt::Debug for HttpTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransport").field("body_limit", &self.0.body_limit).finish_non_exhaustive()
    }
}

/// Builds the default transport.
///
/// ```
/// use std::time::Duration;
///
/// use pyi_runtime::{Client, Credentials, HttpTransport};
///
/// let transport = HttpTransport::builder()
///     .proxy("http://proxy.invalid:3128")
///     .pool_max_idle_per_host(16)
///     .read_timeout(Duration::from_secs(10))
///     .build()?;
/// let client = Client::builder()
///     .base_url("https://host.invalid")
///     .app("1", Credentials::md5("the app's secret"))
///     .transport(transport)
///     .build()?;
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder makes nothing until .build() is called"]
pub struct HttpTransportBuilder {
    connect_timeout: Duration,
    read_timeout: Duration,
    body_limit: usize,
    idle: Duration,
    max_idle: Option<usize>,
    user_agent: Option<String>,
    proxy: Proxy,
    tls: Tls,
}

/// Where connections go through.
#[derive(Clone)]
enum Proxy {
    /// What the variables `https_proxy`, `all_proxy` and `no_proxy` say.
    Environment,
    Direct,
    Url(String),
}

impl Default for HttpTransportBuilder {
    fn default() -> Self {
        Self {
            connect_timeout: CONNECT_TIMEOUT,
            read_timeout: READ_TIMEOUT,
            body_limit: BODY_LIMIT,
            idle: IDLE,
            max_idle: None,
            user_agent: None,
            proxy: Proxy::Environment,
            tls: Tls::default(),
        }
    }
}

/// Shows neither proxies nor certificates.
impl fmt::Debug for HttpTransportBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpTransportBuilder")
            .field("connect_timeout", &self.connect_timeout)
            .field("read_timeout", &self.read_timeout)
            .field("body_limit", &self.body_limit)
            .finish_non_exhaustive()
    }
}

impl HttpTransportBuilder {
    /// Sets the time limit of a connection. Default: 10 seconds.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connect_timeout = limit;
        self
    }

    /// Sets the time limit between two chunks of an answer. Default: 30 seconds.
    pub fn read_timeout(mut self, limit: Duration) -> Self {
        self.read_timeout = limit;
        self
    }

    /// Sets the maximum size of an answer, in bytes after decompression. Default: 8 MiB.
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Sets the time that an idle connection is kept. Default: 4 seconds. Keep it below the
    /// server's: a request on a connection that the server closes is perhaps billed.
    pub fn pool_idle_timeout(mut self, idle: Duration) -> Self {
        self.idle = idle;
        self
    }

    /// Sets the maximum number of idle connections of a host. Default: no maximum.
    pub fn pool_max_idle_per_host(mut self, connections: usize) -> Self {
        self.max_idle = Some(connections);
        self
    }

    /// Sets the header `user-agent`. Default: none is sent.
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = Some(name.into());
        self
    }

    /// Sends all requests through a proxy, such as `http://user:password@proxy:3128`. Over https,
    /// it sees the host and no more. Default: the proxy that the variables `https_proxy`,
    /// `all_proxy` and `no_proxy` name, for https alone.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Proxy::Url(url.into());
        self
    }

    /// Sends all requests directly, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.proxy = Proxy::Direct;
        self
    }

    /// Trusts a root certificate in DER, in addition to the system's.
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.tls.roots.push(der.into());
        self
    }

    /// Trusts the root certificates of a PEM file, in addition to the system's.
    pub fn root_certificates_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.pem_roots.push(pem.into());
        self
    }

    /// Shows a client certificate: a PEM file with the certificate, those that lead to its root,
    /// and its key.
    pub fn client_certificate_pem(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.tls.client = Some(secrecy::SecretSlice::from(pem.into()));
        self
    }

    /// Offers HTTP/2, and uses it if the server takes it. All requests to a host then share one
    /// connection: if it is lost, all of them are perhaps billed.
    #[cfg(feature = "http2")]
    pub fn http2(mut self) -> Self {
        self.tls.http2 = true;
        self
    }

    /// Builds the transport.
    ///
    /// # Errors
    ///
    /// A setting that cannot be used; the message names it and shows none of its content.
    pub fn build(self) -> Result<HttpTransport, Error> {
        self.build_for(true, false).map_err(|why| Error::configuration("transport", why))
    }

    /// A transport for one host. `tls` is for https; `direct` allows no proxy of the environment.
    pub(crate) fn build_for(self, tls: bool, direct: bool) -> Result<HttpTransport, String> {
        if self.connect_timeout.is_zero() || self.read_timeout.is_zero() {
            return Err(ZERO_TIMEOUT.to_owned());
        }
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(config(tls, &self.tls)?)
            .connect_timeout(self.connect_timeout)
            .read_timeout(self.read_timeout)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_idle_timeout(self.idle);
        if let Some(connections) = self.max_idle {
            builder = builder.pool_max_idle_per_host(connections);
        }
        if let Some(name) = self.user_agent {
            let name = HeaderValue::try_from(name).map_err(|_| {
                "the user agent cannot be a header; write it in ASCII, on one line".to_owned()
            })?;
            builder = builder.user_agent(name);
        }
        builder = match self.proxy {
            Proxy::Environment if direct || !tls => builder.no_proxy(),
            Proxy::Environment => builder,
            Proxy::Direct => builder.no_proxy(),
            Proxy::Url(url) => {
                let proxy = reqwest::Proxy::all(url).map_err(|_| {
                    "the proxy's URL cannot be read; write it as http://<host>:<port>".to_owned()
                })?;
                builder.no_proxy().proxy(proxy)
            }
        };
        let http = builder.build().map_err(|error| reason(&error.without_url()).0)?;
        Ok(HttpTransport::from_client(http, self.body_limit))
    }
}

impl Pool {
    fn url(&self, text: String) -> Result<Url, TransportError> {
        let known = self.urls.read().unwrap_or_else(PoisonError::into_inner).get(&text).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let url = Url::parse(&text)
            .map_err(|error| TransportError::not_sent(format!("the URL cannot be used: {error}")))?;
        let mut urls = self.urls.write().unwrap_or_else(PoisonError::into_inner);
        if urls.len() < URLS {
            urls.insert(text, url.clone());
        }
        Ok(url)
    }

    async fn exchange(&self, outgoing: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut url = self.url(outgoing.url)?;
        if !outgoing.query.is_empty() {
            url.set_query(Some(&outgoing.query));
        }
        let method = match outgoing.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
            _ => return Err(TransportError::not_sent("this transport does not know the method")),
        };
        let request = self.http.request(method, url);
        let request = match outgoing.content_type {
            Some(content_type) => {
                request.header(CONTENT_TYPE, HeaderValue::from_static(content_type)).body(outgoing.body)
            }
            None => request,
        };
        let request = request.headers(outgoing.headers);
        let mut response = request.send().await.map_err(|error| before_answer(&error.without_url()))?;
        let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let mut answered = HttpResponse {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            date: header(DATE),
            retry_after: header(RETRY_AFTER),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| within_answer(&error.without_url()))? {
            if answered.body.len() + chunk.len() > self.body_limit {
                return Err(TransportError::lost(format!(
                    "the answer is larger than {} bytes",
                    self.body_limit
                )));
            }
            answered.body.extend_from_slice(&chunk);
        }
        Ok(answered)
    }
}

impl Transport for HttpTransport {
    fn send(&self, outgoing: HttpRequest) -> SendFuture<'_> {
        Box::pin(self.0.exchange(outgoing))
    }
}
