#![doc = include_str!("../README.md")]

// One by one: an endpoint or a type of the spec that has a name of the runtime's gets a suffix, and
// replaces nothing.
#[cfg(feature = "metrics")]
pub use pyi_runtime::Metrics;
pub use pyi_runtime::{
    Any, App, AppFuture, Billing, BillingRule, Body, Call, CallOutcome, Callback, CallbackParseError,
    ClientBuilder, Credentials, CredentialsError, CredentialsProvider, Date, Decimal, DecodeError, Effect,
    Error, ErrorKind, Format, HeaderMap, HeaderName, HeaderValue, HttpRequest, HttpResponse, Method,
    Operation, Options, Outcome, Reply, ReplyFuture, Request, Retry, SendFuture, SignMethod, StatusClass,
    StatusInfo, StatusInfoBuilder, Time, Timestamp, Transport, TransportError, Unrecognized, hooks,
};
#[cfg(feature = "http")]
pub use pyi_runtime::{HttpTransport, HttpTransportBuilder};

pyi_runtime::provider!("spec");
