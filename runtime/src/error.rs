//! The error of a call. One type for all endpoints, in one line: the operation, what happened, the
//! billing, and what to do. It contains no URL, no secret and no value of the request. The reply's
//! body is available on request.

use std::fmt;
use std::time::Duration;

use crate::response::body::Body;
use crate::status::StatusInfo;
use pyi_types::Billing;
use pyi_types::Retry;

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
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Refused before anything was sent.
    Local { why: String },
    /// No complete answer.
    Exchange { why: String, timeout: bool },
    /// A complete answer without an envelope, and the spec's description of its HTTP status.
    NoEnvelope { http: u16, info: Option<StatusInfo>, why: String },
    /// A status of the provider without data.
    Status { code: i32, info: Option<StatusInfo>, message: String },
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
        }))
    }

    /// Refused before anything was sent.
    pub(crate) fn local(operation: &str, why: impl Into<String>) -> Self {
        Self::new(operation, Billing::NotSent, Kind::Local { why: why.into() })
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

    /// Whether the call was billed.
    pub fn billing(&self) -> Billing {
        self.0.billing
    }

    /// The endpoint's name in the spec. Outside of a call, the activity that failed.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The status code of the answer, in the spec or not.
    pub fn code(&self) -> Option<i32> {
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

    /// Whether a time limit of the client ended the call.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Exchange { timeout: true, .. })
    }

    /// Whether the client refused the call: by a setting, or by a value of the request.
    pub fn is_local(&self) -> bool {
        matches!(self.0.kind, Kind::Local { .. })
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
            Kind::Local { why } => write!(f, "{why}"),
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

impl std::error::Error for Error {}
