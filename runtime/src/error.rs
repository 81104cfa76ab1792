//! The error of a call. One type for all endpoints, in one line: the operation, what happened, the
//! billing, and what to do. It contains no URL, no secret and no value of the request. The reply's
//! body is available on request.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use crate::client::app::CredentialsError;
use crate::response::body::Body;
use crate::status::StatusInfo;
use crate::transport::TransportError;
use pyi_types::{Billing, Retry, StatusCode};

/// The error of a call, with its billing.
///
/// ```
/// use pyi_runtime::{Billing, Error};
///
/// /// Whether the call can be made again without paying twice.
/// fn is_free(error: &Error) -> bool {
///     matches!(error.billing(), Billing::NotSent | Billing::Free)
/// }
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    operation: String,
    kind: Kind,
    billing: Billing,
    server_time: Option<i64>,
    retry_after: Option<Duration>,
    body: Option<Body>,
    source: Option<Source>,
}

/// The cause of an error, without URL or values.
type Source = Arc<dyn std::error::Error + Send + Sync>;

/// What happened, for a caller's `match`. [`Error::billing`] tells whether it cost money, which no
/// kind decides alone.
///
/// ```
/// use pyi_runtime::{Error, ErrorKind};
///
/// /// The status that a service answers with.
/// fn http_status(error: &Error) -> u16 {
///     match error.kind() {
///         ErrorKind::Value => 422,
///         ErrorKind::NotSent => 503,
///         ErrorKind::TimedOut => 504,
///         ErrorKind::NoAnswer | ErrorKind::Status | ErrorKind::Undecodable => 502,
///         _ => 500,
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A value of the request is missing or breaks a rule of the spec: [`Error::field`] names it.
    /// Nothing was sent.
    Value,
    /// The configuration of the client, or the options of the call. Nothing was sent.
    Configuration,
    /// The client's [`CredentialsProvider`](crate::CredentialsProvider) failed before an attempt,
    /// which was not sent.
    Credentials,
    /// There was no connection. Nothing was sent.
    NotSent,
    /// A time limit of the client ended the call after the request may have been sent.
    TimedOut,
    /// The request may have been sent, and no usable answer came: the connection was lost, or the
    /// answer is not the provider's.
    NoAnswer,
    /// The provider answered with a status without data: [`Error::status`] describes it.
    Status,
    /// The data differs from the spec: [`Error::field`] names the field, [`Error::body`] has it.
    Undecodable,
}

impl ErrorKind {
    /// Its word, for logs and metrics: `value`, `configuration`, `credentials`, `not_sent`,
    /// `timed_out`, `no_answer`, `status` or `undecodable`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Value => "value",
            Self::Configuration => "configuration",
            Self::Credentials => "credentials",
            Self::NotSent => "not_sent",
            Self::TimedOut => "timed_out",
            Self::NoAnswer => "no_answer",
            Self::Status => "status",
            Self::Undecodable => "undecodable",
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A value of the request, refused before anything was sent.
    Value { field: String, why: String },
    /// A setting, refused before anything was sent.
    Configuration { why: String },
    /// No complete answer.
    Exchange { why: String, timeout: bool, sent: bool },
    /// The credentials provider has no app to sign with.
    Credentials { why: String },
    /// A complete answer without an envelope, and the spec's description of its HTTP status.
    NoEnvelope { http: u16, info: Option<StatusInfo>, why: String },
    /// A status of the provider without data.
    Status { code: StatusCode, info: Option<StatusInfo>, message: String },
    /// Data that differs from the spec.
    Undecodable { field: String, expected: String },
}

impl Error {
    pub(crate) fn new(operation: &str, billing: Billing, kind: Kind) -> Self {
        Self(Box::new(Inner {
            operation: operation.to_owned(),
            kind,
            billing,
            server_time: None,
            retry_after: None,
            body: None,
            source: None,
        }))
    }

    /// A setting that is refused before anything is sent.
    pub(crate) fn configuration(operation: &str, why: impl Into<String>) -> Self {
        Self::new(operation, Billing::NotSent, Kind::Configuration { why: why.into() })
    }

    /// A value of the request that is refused before anything is sent. The reason does not contain
    /// the value.
    pub(crate) fn value(operation: &str, field: &str, why: impl Into<String>) -> Self {
        let kind = Kind::Value { field: field.to_owned(), why: why.into() };
        Self::new(operation, Billing::NotSent, kind)
    }

    /// An exchange without a complete answer.
    pub(crate) fn exchange(operation: &str, error: TransportError) -> Self {
        let TransportError { sent, timeout, why, source } = error;
        let billing = if sent { Billing::Unknown } else { Billing::NotSent };
        let mut error = Self::new(operation, billing, Kind::Exchange { why, timeout, sent });
        error.0.source = source;
        error
    }

    /// The credentials provider failed.
    pub(crate) fn credentials(operation: &str, error: CredentialsError) -> Self {
        let CredentialsError { why, source } = error;
        let mut error = Self::new(operation, Billing::NotSent, Kind::Credentials { why });
        error.0.source = source;
        error
    }

    pub(crate) fn with_billing(mut self, billing: Billing) -> Self {
        self.0.billing = billing;
        self
    }

    pub(crate) fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.0.source = Some(Arc::new(source));
        self
    }

    pub(crate) fn with_body(mut self, body: Body) -> Self {
        self.0.body = Some(body);
        self
    }

    pub(crate) fn at(mut self, server_time: Option<i64>) -> Self {
        self.0.server_time = server_time;
        self
    }

    pub(crate) fn after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// The server's time, in unix seconds, if there was an answer with it.
    pub fn server_time(&self) -> Option<i64> {
        self.0.server_time
    }

    /// What happened, for a `match`.
    pub fn kind(&self) -> ErrorKind {
        match &self.0.kind {
            Kind::Value { .. } => ErrorKind::Value,
            Kind::Configuration { .. } => ErrorKind::Configuration,
            Kind::Credentials { .. } => ErrorKind::Credentials,
            Kind::Exchange { sent: false, .. } => ErrorKind::NotSent,
            Kind::Exchange { timeout: true, .. } => ErrorKind::TimedOut,
            Kind::Exchange { .. } | Kind::NoEnvelope { .. } => ErrorKind::NoAnswer,
            Kind::Status { .. } => ErrorKind::Status,
            Kind::Undecodable { .. } => ErrorKind::Undecodable,
        }
    }

    /// The wire name of the request's field that was refused, or the path of the reply's field that
    /// differs from the spec.
    pub fn field(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Value { field, .. } | Kind::Undecodable { field, .. } => Some(field),
            _ => None,
        }
    }

    /// Whether the call was billed.
    pub fn billing(&self) -> Billing {
        self.0.billing
    }

    /// The endpoint's name in the spec. Outside of a call, the activity that failed.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The status code of the answer, in the spec or not.
    pub fn code(&self) -> Option<StatusCode> {
        match &self.0.kind {
            Kind::Status { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// The spec's description of the answer's status.
    pub fn status(&self) -> Option<&StatusInfo> {
        match &self.0.kind {
            Kind::Status { info, .. } => info.as_ref(),
            _ => None,
        }
    }

    /// Whether the spec allows the same call again.
    pub fn retry(&self) -> Retry {
        self.status().or(self.http_info()).map_or(Retry::Never, |status| status.retry)
    }

    /// The pause before another call that the answer's `retry-after` header asks for, at most a
    /// year.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// The spec's description, under `http`, of the HTTP status of an answer without an envelope.
    pub fn http_info(&self) -> Option<&StatusInfo> {
        match &self.0.kind {
            Kind::NoEnvelope { info, .. } => info.as_ref(),
            _ => None,
        }
    }

    /// The HTTP status of an answer without an envelope.
    pub fn http_status(&self) -> Option<u16> {
        match &self.0.kind {
            Kind::NoEnvelope { http, .. } => Some(*http),
            _ => None,
        }
    }

    /// The provider's message, with the request's values masked.
    pub fn message(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Status { message, .. } => Some(message),
            _ => None,
        }
    }

    /// The body of the answer, if it was complete.
    pub fn body(&self) -> Option<&Body> {
        self.0.body.as_ref()
    }

    /// Whether a time limit of the client ended the call, before or after the request was sent.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Exchange { timeout: true, .. })
    }

    /// Whether the client refused the call: by a value of the request, by a setting, or without an
    /// app to sign with.
    pub fn is_local(&self) -> bool {
        matches!(self.kind(), ErrorKind::Value | ErrorKind::Configuration | ErrorKind::Credentials)
    }

    /// Whether the data differs from the spec.
    pub fn is_undecodable(&self) -> bool {
        matches!(self.0.kind, Kind::Undecodable { .. })
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { operation, kind, billing, .. } = &*self.0;
        write!(f, "{operation}: ")?;
        match kind {
            Kind::Value { field, why } => write!(f, "`{field}` {why}"),
            Kind::Configuration { why } => write!(f, "{why}"),
            Kind::Credentials { why } => write!(f, "the credentials provider has no app: {why}"),
            Kind::Exchange { why, .. } => write!(f, "{why} ({billing})"),
            Kind::NoEnvelope { http, info: Some(info), .. } => {
                let words = if info.title.is_empty() { "no envelope".to_owned() } else { info.words() };
                write!(f, "HTTP status {http} {}: {words} ({billing})", info.name)?;
                if info.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", info.remedy) }
            }
            Kind::NoEnvelope { http, info: None, why } => write!(
                f,
                "the answer is not the provider's: {why}, HTTP status {http} ({billing}); {}",
                if (300..400).contains(http) {
                    "redirects are not followed: give the final base URL"
                } else {
                    "check the base URL, and proxies on the way"
                }
            ),
            Kind::Status { code, info: None, message } => {
                write!(
                    f,
                    "status {code}, which the spec does not name: {message} ({billing}); add it to the spec's statuses"
                )
            }
            Kind::Status { code, info: Some(info), message } => {
                let words = if message.is_empty() { info.words() } else { message.clone() };
                write!(f, "status {code} {}: {words} ({billing})", info.name)?;
                if info.remedy.is_empty() { Ok(()) } else { write!(f, "; {}", info.remedy) }
            }
            Kind::Undecodable { field, expected } => {
                write!(
                    f,
                    "`{field}` is not {expected} ({billing}); read it from the body, and correct the spec"
                )
            }
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("operation", &self.0.operation)
            .field("kind", &self.0.kind)
            .field("billing", &self.0.billing)
            .field("body", &self.0.body)
            .finish()
    }
}

/// The source is the cause of an exchange without an answer, or of data that cannot be decoded, if
/// there is one. It has neither a URL nor a value, unless a caller's own transport puts it there.
impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source.as_deref().map(|source| source as _)
    }
}
