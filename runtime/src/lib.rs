//! What a generated client runs on: signing, sending, decoding, and saying what a call cost.
//!
//! This crate knows no YAML. A call is an [`Operation`], plain data that the macro writes or that a program builds from a
//! spec at run time, and there is one way to make it: `execute`.
//!
//! ```text
//! Request ─▶ Values ─▶ encode + sign ─▶ transport ─▶ decode ─▶ Reply<T> or Error, each with its Billing
//! ```

pub mod check;
pub mod encode;
pub mod operation;
pub mod redact;
pub mod sign;

#[cfg(feature = "blocking")]
pub mod blocking;

mod answer;
mod base;
mod call;
mod client;
mod clock;
mod decode;
mod error;
mod execute;
mod later;
#[cfg(feature = "pacing")]
mod pace;
mod prepare;
mod reply;
mod retry;
mod status;
mod transport;

pub use answer::read;
pub use call::{Call, ReplyFuture, Time};
pub use client::{Client, ClientBuilder};
pub use decode::{Any, Cursor, Decode, Fault, Payload, Unrecognized};
pub use encode::{Options, Request, Value, Values};
pub use error::Error;
pub use later::{Later, NotFields};
pub use operation::{Format, Method, Operation};
#[cfg(feature = "pacing")]
pub use pace::Pace;
pub use pyi_types::{Billing, BillingRule, CallOutcome, Retry, StatusClass};
pub use reply::{Body, Outcome, Reply};
pub use sign::Sign;
pub use status::StatusInfo;
pub use transport::{Answered, Outgoing, Response, Transport, TransportError};

/// A moment, without a zone.
pub use jiff::Timestamp;
/// A date of the calendar, without time or zone.
pub use jiff::civil::Date;
/// An exact decimal number.
pub use rust_decimal::Decimal;

#[cfg(feature = "macros")]
pub use pyi_macros::provider;

/// Keeps its items if the feature `blocking` is on: generated code cannot ask for a feature of this crate.
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
