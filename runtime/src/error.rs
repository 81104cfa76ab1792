//! Why a call has no data. One type for all endpoints, on one line: the operation, what happened, what it cost, and what
//! to do next. It holds no URL, no secret and no value of the request; the reply's body is there for those who ask.

use std::fmt;
use std::time::Duration;

use crate::response::body::Body;
use crate::status::StatusInfo;
use pyi_types::Billing;
use pyi_types::Retry;

/// Why a call has no data, and what it cost all the same.
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
    /// The exchange did not end with a whole answer.
    Exchange { why: String, timeout: bool },
    /// A whole answer without an envelope, and what the spec says of its HTTP status.
    NoEnvelope { http: u16, info: Option<StatusInfo>, why: String },
    /// The provider's answer, which is not data.
    Status { code: i32, info: Option<StatusInfo>, message: String },
    /// The provider's data, which cannot be read as the spec says.
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

    /// The server's time, in unix seconds, if an answer came that says it.
    pub fn server_time(&self) -> Option<i64> {
        self.0.server_time
    }

    /// What the call cost.
    pub fn billing(&self) -> Billing {
        self.0.billing
    }

    /// The endpoint's name in the spec, or what was being done if no call was being made.
    pub fn operation(&self) -> &str {
        &self.0.operation
    }

    /// The status code that the provider answered with, whether or not the spec names it.
    pub fn code(&self) -> Option<i32> {
        match &self.0.kind {
            Kind::Status { code, .. } => Some(*code),
            _ => None,
        }
    }

    /// What the spec says of the status that the provider answered with.
    pub fn status(&self) -> Option<&StatusInfo> {
        match &self.0.kind {
            Kind::Status { info, .. } => info.as_ref(),
            _ => None,
        }
    }

    /// Whether the spec lets the same call be sent again.
    pub fn retry(&self) -> Retry {
        self.status().or(self.http_info()).map_or(Retry::Never, |status| status.retry)
    }

    /// How long the server asks to wait before another call, by the answer's `retry-after` header; a year at the most.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// What the spec says, under `http`, of the HTTP status of an answer without an envelope.
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

    /// The provider's words, with the request's values masked.
    pub fn message(&self) -> Option<&str> {
        match &self.0.kind {
            Kind::Status { message, .. } => Some(message),
            _ => None,
        }
    }

    /// What the provider sent, if a whole answer came.
    pub fn body(&self) -> Option<&Body> {
        self.0.body.as_ref()
    }

    /// Whether a time limit of the client ended the call.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Exchange { timeout: true, .. })
    }

    /// Whether the client itself refused: the builder's settings, or a value of the request.
    pub fn is_local(&self) -> bool {
        matches!(self.0.kind, Kind::Local { .. })
    }

    /// Whether the provider sent data that cannot be read as the spec says.
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
                    "redirects are not followed: give the base URL that answers itself"
                } else {
                    "check the base URL, and what stands between"
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
                write!(f, "`{field}` is not {expected} ({billing}); read it from the body, and mend the spec")
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
