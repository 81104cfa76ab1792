//! The words that a pyi spec, the client that is generated from it, the sandbox and the reports
//! share: one type for each concept, with `as_str` for the word and [`FromStr`](std::str::FromStr)
//! for the way back.
//!
//! ```
//! use pyi_types::StatusClass;
//!
//! assert_eq!(StatusClass::NoData.as_str(), "no_data");
//! assert_eq!("no_data".parse(), Ok(StatusClass::NoData));
//! let error = "nodata".parse::<StatusClass>().unwrap_err();
//! assert!(error.to_string().contains("no_data"));
//! ```

mod check;
mod outcome;
mod pointer;
mod request;
mod signing;
mod status;
mod status_code;
mod words;

pub use self::check::{Check, InsideChecks};
pub use self::outcome::{Billing, CallOutcome};
pub use self::pointer::Pointer;
pub use self::request::{
    BodyForm, CheckWord, CommonSource, Effect, Format, JsonForm, Method, NonceForm, ParameterPlace, ValueForm,
};
pub use self::signing::{
    Case, Digest, Encoding, KeyEncoding, ParameterOrder, PercentEncoding, SegmentWord, SignMethod, Signing,
};
pub use self::status::{BillingRule, Retry, StatusClass};
pub use self::status_code::{InvalidStatusCode, StatusCode};
pub use self::words::UnknownWord;
