//! The reply of a call: its outcome, its billing, its status and its body.

use std::fmt;

use crate::error::{Error, Kind};
use crate::redact::REDACTED;
use crate::response::body::Body;
use crate::status::StatusInfo;
use pyi_types::Billing;

/// The provider's answer to a call, if its status is not an error.
///
/// ```
/// use pyi_runtime::{Outcome, Reply};
///
/// fn describe<T>(reply: &Reply<T>) -> String {
///     let outcome = match reply.outcome() {
///         Outcome::Data(_) => "real data",
///         Outcome::Debug(_) => "data made up for testing",
///         Outcome::NoData => "no data",
///         _ => "no data yet",
///     };
///     format!("{outcome} ({}, {})", reply.status().code, reply.billing())
/// }
/// ```
pub struct Reply<T> {
    outcome: Outcome<T>,
    head: Head,
}

/// The outcome of an answer.
#[non_exhaustive]
pub enum Outcome<T> {
    /// Real data. A successful call says nothing about a person yet: read the data.
    Data(T),
    /// Data made up by the provider, on request.
    Debug(T),
    /// The provider has no data.
    NoData,
    /// The provider accepted an order; its answer comes later.
    Pending,
}

/// A reply without its data.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) operation: String,
    pub(crate) status: StatusInfo,
    pub(crate) message: Message,
    pub(crate) server_time: Option<i64>,
    pub(crate) billing: Billing,
    pub(crate) body: Body,
}

/// The provider's message, which may repeat values of the request and is shown only on request.
pub(crate) struct Message(pub(crate) String);

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REDACTED)
    }
}

impl<T> Reply<T> {
    pub(crate) fn new(outcome: Outcome<T>, head: Head) -> Self {
        Self { outcome, head }
    }

    /// The real data.
    ///
    /// # Errors
    ///
    /// The answer has no real data: none is known, it comes later, or it is made up. The error has
    /// the outcome and the billing.
    pub fn data(&self) -> Result<&T, Error> {
        match &self.outcome {
            Outcome::Data(data) => Ok(data),
            _ => Err(self.head.without_data()),
        }
    }

    /// As [`Self::data`], by value.
    ///
    /// # Errors
    ///
    /// As [`Self::data`].
    pub fn into_data(self) -> Result<T, Error> {
        match self.outcome {
            Outcome::Data(data) => Ok(data),
            _ => Err(self.head.without_data()),
        }
    }

    /// The outcome.
    pub fn outcome(&self) -> &Outcome<T> {
        &self.outcome
    }

    /// The outcome, by value.
    pub fn into_outcome(self) -> Outcome<T> {
        self.outcome
    }

    /// Whether the call was billed.
    pub fn billing(&self) -> Billing {
        self.head.billing
    }

    /// The status of the answer.
    pub fn status(&self) -> &StatusInfo {
        &self.head.status
    }

    /// The provider's message. It varies between replies of one kind: make no decision by it.
    pub fn message(&self) -> &str {
        &self.head.message.0
    }

    /// The server's time, in unix seconds, if the reply has it.
    pub fn server_time(&self) -> Option<i64> {
        self.head.server_time
    }

    /// The body of the answer.
    pub fn body(&self) -> &Body {
        &self.head.body
    }
}

/// Shows the kind of outcome. The data may be any type, without redaction of its own, and is not
/// shown.
impl<T> fmt::Debug for Outcome<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(_) => write!(f, "Data({REDACTED})"),
            Self::Debug(_) => write!(f, "Debug({REDACTED})"),
            Self::NoData => f.write_str("NoData"),
            Self::Pending => f.write_str("Pending"),
        }
    }
}

impl<T> fmt::Debug for Reply<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("outcome", &self.outcome).field("head", &self.head).finish()
    }
}

impl Head {
    fn without_data(&self) -> Error {
        let kind =
            Kind::Status { code: self.status.code, info: Some(self.status.clone()), message: String::new() };
        Error::new(&self.operation, self.billing, kind).with_body(self.body.clone())
    }
}
