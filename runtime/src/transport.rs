//! The transport of requests: the place for a caller's own client, proxy or middleware. `http.rs`
//! is the default.

#[cfg(feature = "http")]
mod http;
#[cfg(feature = "http")]
mod reason;
#[cfg(feature = "http")]
mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use ::http::{HeaderMap, HeaderName, HeaderValue};

#[cfg(feature = "http")]
pub use self::http::{HttpTransport, HttpTransportBuilder};
use crate::error::Error;
use crate::operation::{BodyForm, Effect, Method};
use crate::redact::REDACTED;
use crate::request::encode::Request;

/// Sends requests. An implementation sends each request at most once, follows no redirect, and
/// distinguishes errors before anything was sent from all others: the billing depends on it.
///
/// ```
/// use pyi_runtime::{Client, Credentials, HttpRequest, HttpResponse, SendFuture, Transport};
///
/// /// Answers every call with "no data", without a network.
/// struct NoData;
///
/// impl Transport for NoData {
///     fn send(&self, _request: HttpRequest) -> SendFuture<'_> {
///         let body = r#"{"codeid": 10025, "message": "查无数据", "retdata": []}"#.into();
///         Box::pin(async { Ok(HttpResponse { status: 200, body, ..HttpResponse::default() }) })
///     }
/// }
///
/// let builder = Client::builder().base_url("https://host.invalid");
/// let client = builder.app("1", Credentials::md5("the app's secret")).transport(NoData).build()?;
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
pub trait Transport: Send + Sync + 'static {
    /// Sends a request and reads the complete answer.
    fn send(&self, request: HttpRequest) -> SendFuture<'_>;
}

/// The future of an answer.
pub type SendFuture<'a> = Pin<Box<dyn Future<Output = Result<HttpResponse, TransportError>> + Send + 'a>>;

/// An HTTP request. It contains a person's data and is never shown.
#[non_exhaustive]
pub struct HttpRequest {
    /// The method.
    pub method: Method,
    /// The URL without a query.
    pub url: String,
    /// The query of the URL, without its question mark; empty for none.
    pub query: String,
    /// The body of a POST.
    pub body: String,
    /// The type of the body; `None` with a GET, which has none.
    pub content_type: Option<&'static str>,
    /// Headers to add to the transport's own: those of the spec, and others such as `traceparent`,
    /// from the client's hooks, or from a transport around this one.
    pub headers: HeaderMap,
    /// The endpoint's name in the spec.
    pub operation: String,
    /// Whether the call changes anything at the provider.
    pub effect: Effect,
    /// The number of the attempt in its call, from 1.
    pub attempt: u32,
}

impl HttpRequest {
    /// A request of a form without headers, of the first attempt of a query, for tests of a
    /// transport: the form is the body of a POST, and the query of a GET.
    pub fn new(method: Method, url: impl Into<String>, form: impl Into<String>) -> Self {
        let (query, body) = match method.has_body() {
            true => (String::new(), form.into()),
            false => (form.into(), String::new()),
        };
        Self {
            method,
            url: url.into(),
            query,
            body,
            content_type: method.has_body().then_some(BodyForm::Form.media_type()),
            headers: HeaderMap::new(),
            operation: String::new(),
            effect: Effect::Query,
            attempt: 1,
        }
    }
}

impl fmt::Debug for HttpRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpRequest({}, {:?}; {REDACTED})", self.operation, self.method)
    }
}

/// A complete answer.
#[derive(Clone, Default)]
pub struct HttpResponse {
    /// The HTTP status.
    pub status: u16,
    /// The header `content-type`.
    pub content_type: Option<String>,
    /// The header `date`.
    pub date: Option<String>,
    /// The header `retry-after`.
    pub retry_after: Option<String>,
    /// The body, after decompression.
    pub body: Vec<u8>,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "HttpResponse({}; {REDACTED}; {} bytes)", self.status, self.body.len())
    }
}

/// Why there is no complete answer. The reason must contain no URL and nothing of the request.
///
/// ```
/// use pyi_runtime::TransportError;
///
/// /// The error of a client of the caller's own.
/// fn error(connected: bool) -> TransportError {
///     if connected {
///         TransportError::lost("the connection was closed")
///     } else {
///         TransportError::not_sent("no connection")
///     }
/// }
/// ```
#[derive(Debug, Clone)]
pub struct TransportError {
    pub(crate) sent: bool,
    pub(crate) timeout: bool,
    pub(crate) why: String,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl TransportError {
    /// Nothing of the request was sent: it can be sent again.
    pub fn not_sent(why: impl Into<String>) -> Self {
        Self { sent: false, timeout: false, why: why.into(), source: None }
    }

    /// The request may have reached the provider, and may be billed.
    pub fn lost(why: impl Into<String>) -> Self {
        Self { sent: true, timeout: false, why: why.into(), source: None }
    }

    /// Whether nothing of the request was sent, so that it costs nothing.
    pub fn is_not_sent(&self) -> bool {
        !self.sent
    }

    /// The same, because of a time limit.
    #[must_use]
    pub fn timed_out(mut self) -> Self {
        self.timeout = true;
        self
    }

    /// The error of a call of an endpoint that failed so, for tests of code that handles errors.
    pub fn into_error<R: Request>(self) -> Error {
        Error::exchange(R::OPERATION.id, self)
    }

    /// The same, with its cause, which becomes the source of the call's error. It must contain no
    /// URL and nothing of the request.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for TransportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for TransportError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}
