//! The runtime of a generated client: signing, sending, decoding, and the billing of each call.
//!
//! This crate does not know YAML. A call is an [`Operation`], plain data that the macro writes or
//! that a program builds from a spec at run time, and one function makes it: `execute`.
//!
//! ```text
//! Request ─▶ Values ─▶ encode + sign ─▶ transport ─▶ decode ─▶ Reply<T> or Error, each with its Billing
//! ```

pub mod hooks;
pub mod operation;
pub mod redact;

#[cfg(feature = "blocking")]
pub mod blocking;

mod call;
mod callback;
mod client;
mod error;
#[cfg(feature = "metrics")]
mod metrics;
mod request;
mod response;
mod status;
#[cfg(test)]
mod test_operation;
mod transport;

pub use pyi_types::{Billing, BillingRule, CallOutcome, Retry, StatusClass};

#[cfg(feature = "pacing")]
pub use self::call::rate_limit::RateLimiter;
pub use self::call::{Call, ReplyFuture, Time};
pub use self::callback::{Callback, CallbackParseError};
pub use self::client::app::{App, AppFuture, CredentialsError, CredentialsProvider};
pub use self::client::{Client, ClientBuilder};
pub use self::error::{Error, ErrorKind};
#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;
pub use self::operation::{Format, Method, Operation};
pub use self::request::encode::{Options, Request, Value, Values};
pub use self::request::sign::Credentials;
pub use self::request::{check, encode, sign};
pub use self::response::body::Body;
pub use self::response::decode::{Any, Cursor, Decode, DecodeError, Payload, Unrecognized};
pub use self::response::reply::{Outcome, Reply};
pub use self::status::StatusInfo;
pub use self::transport::{
    HeaderMap, HeaderName, HeaderValue, HttpRequest, HttpResponse, SendFuture, Transport, TransportError,
};
#[cfg(feature = "http")]
pub use self::transport::{HttpTransport, HttpTransportBuilder};

/// A point in time.
pub use jiff::Timestamp;
/// A date without time or zone.
pub use jiff::civil::Date;
/// An exact decimal number.
pub use rust_decimal::Decimal;

#[cfg(feature = "macros")]
pub use pyi_macros::provider;

/// Keeps its items if the feature `blocking` is on: generated code cannot test a feature of this
/// crate.
#[cfg(feature = "blocking")]
#[doc(hidden)]
#[macro_export]
macro_rules! if_blocking {
    ($($item:item)*) => { $($item)* };
}

/// Drops its items, since the feature `blocking` is off.
#[cfg(not(feature = "blocking"))]
#[doc(hidden)]
#[macro_export]
macro_rules! if_blocking {
    ($($item:item)*) => {};
}
