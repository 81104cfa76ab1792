//! The runtime of a generated client: signing, sending, decoding, and the billing of each call.
//!
//! This crate does not know YAML. A call is an [`Operation`], plain data that the macro writes or
//! that a program builds from a spec at run time, and one function makes it: `execute`.
//!
//! ```text
//! Request ─▶ Values ─▶ encode + sign ─▶ transport ─▶ decode ─▶ Reply<T> or Error, each with its Billing
//! ```

pub mod hooks;
#[doc(hidden)]
pub mod operation;
#[doc(hidden)]
pub mod redact;

#[cfg(feature = "blocking")]
pub mod blocking;

mod call;
mod callback;
mod client;
#[doc(hidden)]
pub mod delivery;
mod error;
#[cfg(feature = "metrics")]
mod metrics;
mod request;
mod response;
#[cfg(feature = "serde")]
mod serialize;
mod status;
#[cfg(test)]
mod test_operation;
mod transport;
mod wire;

pub use pyi_types::{Billing, BillingRule, CallOutcome, Retry, StatusClass, StatusCode};

#[cfg(feature = "pacing")]
pub use self::call::rate_limit::RateLimiter;
pub use self::call::{Call, ReplyFuture, Time};
pub use self::callback::{Callback, CallbackParseError};
pub use self::client::app::{App, AppFuture, CredentialsError, CredentialsProvider};
pub use self::client::{Client, ClientBuilder};
pub use self::delivery::{Delivery, DeliveryError, SignedCallback};
pub use self::error::{Error, ErrorKind};
#[cfg(feature = "metrics")]
pub use self::metrics::Metrics;
pub use self::operation::{Effect, Format, Method, Operation, SignMethod};
pub use self::request::encode::{Options, Request};
pub use self::request::sign::Credentials;
pub use self::request::signer::{SignFuture, Signer, SigningText};
pub use self::response::body::Body;
pub use self::response::decode::{Any, DecodeError, Unrecognized};
pub use self::response::reply::{Outcome, Reply};
pub use self::status::{StatusInfo, StatusInfoBuilder};
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

/// What generated code and the other crates of pyi use. It is no part of the public interface, and
/// may change in any version: these crates depend on one exact version of each other.
#[doc(hidden)]
pub mod __private {
    pub use crate::request::body_digest::digest_of;
    pub use crate::request::values::{Value, Values};
    pub use crate::request::{canonical, check, encode, identifiers, inside, key, sign, template};
    #[cfg(feature = "serde")]
    pub use crate::response::decode::Given;
    pub use crate::response::decode::{Cursor, Decode, Payload};
    pub use crate::response::envelope::read_any;
    #[cfg(feature = "serde")]
    pub use crate::serialize::deserialize;
    pub use crate::status::{find as find_status, find_of_text as find_status_of_text};
    pub use crate::wire::{Composite, Joined, Node, Wire, join};
    pub use crate::{delivery, if_blocking, operation, redact};
    #[cfg(feature = "serde")]
    pub use serde;

    /// Refuses code that `pyi expand` wrote for another version of this crate.
    pub const fn written_for(version: &str) {
        assert!(
            is_equal(version.as_bytes(), env!("CARGO_PKG_VERSION").as_bytes()),
            concat!(
                "this code was written for another version of pyi-runtime than ",
                env!("CARGO_PKG_VERSION"),
                "; run `pyi expand` again"
            )
        );
    }

    const fn is_equal(a: &[u8], b: &[u8]) -> bool {
        let mut index = 0;
        while index < a.len() && index < b.len() && a[index] == b[index] {
            index += 1;
        }
        index == a.len() && index == b.len()
    }
}

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
