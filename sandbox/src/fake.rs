//! Replies and errors without a network, for unit tests of code that handles them. The runtime
//! reads them as it reads answers, so that outcome, billing and error are those of a call.
//!
//! A [`Sandbox`](crate::Sandbox) tests more: the request, its signature, and the connection.
//!
//! ```
//! # use pyi_runtime::{Billing, ErrorKind, Request};
//! use pyi_sandbox::fake;
//! use serde_json::json;
//!
//! fn test<R: Request>() {
//!     let reply = fake::reply::<R>(&json!({"bank_status": "01"})).expect("data as the spec says");
//!     assert_eq!(reply.billing(), Billing::Billed);
//!     let error = fake::status::<R>(10018).expect_err("a status without data");
//!     assert_eq!((error.kind(), error.billing()), (ErrorKind::Status, Billing::Free));
//!     assert_eq!(fake::timed_out::<R>().billing(), Billing::Unknown);
//! }
//! ```

use pyi_runtime::__private::operation::{Operation, StatusInfo};
use pyi_runtime::{Error, HttpResponse, Reply, Request, StatusClass, StatusCode, TransportError};
use serde_json::Value;

use crate::http::envelope::{Content, compose};

/// A reply with data, by the first status of class `data`.
///
/// # Errors
///
/// Data that differs from the spec.
pub fn reply<R: Request>(data: &Value) -> Result<Reply<R::Data>, Error> {
    let success = all(R::OPERATION).find(|status| status.class == StatusClass::Data);
    answer::<R>(success.map_or(0.into(), |status| status.code), data)
}

/// The reply or the error of a status, listed in the spec or not. It has no data.
///
/// # Errors
///
/// A status that is an error, as in a call.
pub fn status<R: Request>(code: impl Into<StatusCode>) -> Result<Reply<R::Data>, Error> {
    answer::<R>(code.into(), &Value::Array(Vec::new()))
}

/// An answer that is not the provider's, with an HTTP status: a proxy's page, for example.
pub fn http<R: Request>(status: u16) -> Option<Error> {
    let response = HttpResponse { status, ..HttpResponse::default() };
    Reply::from_http::<R>(response).err()
}

/// The error of a call without a connection. Nothing was sent.
pub fn not_sent<R: Request>() -> Error {
    TransportError::not_sent("no connection could be made").into_error::<R>()
}

/// The error of a call whose connection was lost. It is unknown whether it was billed.
pub fn lost<R: Request>() -> Error {
    TransportError::lost("the connection was lost").into_error::<R>()
}

/// The error of a call that a time limit ended. It is unknown whether it was billed.
pub fn timed_out<R: Request>() -> Error {
    TransportError::lost("no answer came in time").timed_out().into_error::<R>()
}

fn all<'a>(operation: &'a Operation<'a>) -> impl Iterator<Item = &'a StatusInfo> {
    operation.statuses.iter().chain(operation.provider.statuses)
}

fn answer<R: Request>(code: StatusCode, data: &Value) -> Result<Reply<R::Data>, Error> {
    let class = all(R::OPERATION).find(|status| status.code == code).map(|status| status.class);
    let content = Content { code, class, message: "", payload: data.clone(), time: None };
    let (status, reply) = compose(&R::OPERATION.envelope, content);
    let body = if reply.is_null() { Vec::new() } else { reply.to_string().into_bytes() };
    let content_type = Some("application/json".to_owned());
    Reply::from_http::<R>(HttpResponse { status, content_type, body, ..HttpResponse::default() })
}
