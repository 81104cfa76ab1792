//! A typed client for the `/pyi/*` endpoints of the provider 挖数据, generated from the crate's folder
//! `spec/`: first of all `/pyi/62/169`, does this name belong to this resident ID number?
//!
//! A call that succeeds costs money and carries a real person's data. Each reply and each error has
//! a [`Billing`], and a request that may have been billed is not sent again unless the caller asks
//! for exactly that. No error, log or span has a name, a number or a secret.
//!
//! ```no_run
//! use pyi::{Client, Credentials, IdCardTwoFactor, MatchStatus};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::builder()
//!     .base_url("https://<your host>") // each account has a host of its own
//!     .app("1", Credentials::md5(std::env::var("PYI_SECRET")?))
//!     .build()?;
//! let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "张三".into() };
//! let reply = client.id_card_two_factor(&person).await?;
//! // An unknown code is never a match.
//! let is_match = reply.data()?.bank_status == Some(MatchStatus::Match);
//! println!("{is_match}, {}", reply.billing());
//! # Ok(())
//! # }
//! ```
//!
//! | feature | adds |
//! |---|---|
//! | `http` (default) | the default transport: reqwest over rustls; without it, [`Transport`] is the caller's |
//! | `http2` | HTTP/2 in the default transport |
//! | `blocking` | `blocking::Client`, for the calling thread |
//! | `pacing` | `calls_per_second` and `between_same_person` of the client's builder |
//! | `metrics` | `Metrics`, hooks that record each call through the crate metrics |
//! | `serde` | `Serialize` for data and enums, `Deserialize` for requests; it shows personal values |
//! | `derives` | `Clone` and `PartialEq` for requests and data, `Default` for data |
//!
//! The crate [pyi-sandbox](https://docs.rs/pyi-sandbox) is a provider for tests,
//! [pyi-batch](https://docs.rs/pyi-batch) sends tables, [pyi-dynamic](https://docs.rs/pyi-dynamic)
//! calls the endpoints of a spec that was not compiled, and
//! [pyi-runtime](https://docs.rs/pyi-runtime) makes a crate of a spec of one's own.

// One by one: an endpoint or a type of the spec that has a name of the runtime's gets a suffix, and
// replaces nothing.
#[cfg(feature = "metrics")]
pub use pyi_runtime::Metrics;
pub use pyi_runtime::{
    Any, App, AppFuture, Billing, BillingRule, Body, Call, CallOutcome, Callback, CallbackParseError,
    ClientBuilder, Credentials, CredentialsError, CredentialsProvider, Date, Decimal, DecodeError, Delivery,
    DeliveryError, Effect, Error, ErrorKind, Format, HeaderMap, HeaderName, HeaderValue, HttpRequest,
    HttpResponse, Method, Operation, Options, Outcome, Reply, ReplyFuture, Request, Retry, SendFuture,
    SignFuture, SignMethod, SignedCallback, Signer, SigningText, StatusClass, StatusCode, StatusInfo,
    StatusInfoBuilder, Time, Timestamp, Transport, TransportError, Unrecognized, hooks,
};
#[cfg(feature = "http")]
pub use pyi_runtime::{HttpTransport, HttpTransportBuilder};

pyi_runtime::provider!("spec");

/// Compiles README's call.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
