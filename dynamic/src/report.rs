//! The report of a call: what the command line, the page and batches show of its result.

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{Any, Billing, CallOutcome, Error, Outcome, Reply, StatusInfo};

use crate::check_data;

/// The report of a call.
#[derive(Debug)]
pub struct CallReport<'a> {
    /// The outcome.
    pub outcome: CallOutcome,
    /// The status code, if there was an answer.
    pub code: Option<i32>,
    /// The spec's description of the status.
    pub status: Option<&'a StatusInfo>,
    /// The provider's message.
    pub message: Option<&'a str>,
    /// Whether the call was billed.
    pub billing: Billing,
    /// The payload. It is also here if it differs from the spec, since it was paid for.
    pub data: Option<&'a Any>,
    /// The error in one line.
    pub error: Option<String>,
}

impl<'a> CallReport<'a> {
    /// Reports the result of a call of an endpoint.
    pub fn new(provider: &Provider, endpoint: &Endpoint, result: &'a Result<Reply<Any>, Error>) -> Self {
        match result {
            Ok(reply) => answered(provider, endpoint, reply),
            Err(error) => failed(error),
        }
    }
}

fn answered<'a>(provider: &Provider, endpoint: &Endpoint, reply: &'a Reply<Any>) -> CallReport<'a> {
    let (outcome, data) = match reply.outcome() {
        Outcome::Data(data) => (CallOutcome::Data, Some(data)),
        Outcome::Debug(data) => (CallOutcome::Debug, Some(data)),
        Outcome::NoData => (CallOutcome::NoData, None),
        Outcome::Pending => (CallOutcome::Pending, None),
        _ => (CallOutcome::Unknown, None),
    };
    // Data that the generated client refuses is refused here as well.
    let fault = data.and_then(|data| check_data(provider, endpoint, data).err());
    let error = fault.map(|fault| format!("{}: {fault} ({}); mend the spec", endpoint.id, reply.billing()));
    CallReport {
        outcome: if error.is_some() { CallOutcome::Undecodable } else { outcome },
        code: Some(reply.status().code),
        status: Some(reply.status()),
        message: Some(reply.message()),
        billing: reply.billing(),
        data,
        error,
    }
}

fn failed(error: &Error) -> CallReport<'_> {
    let outcome = match (error.billing(), error.code()) {
        _ if error.is_local() => CallOutcome::Refused,
        _ if error.http_info().is_some() => CallOutcome::Error,
        (_, Some(_)) => CallOutcome::Error,
        (Billing::NotSent, None) => CallOutcome::NotSent,
        (_, None) => CallOutcome::Unknown,
    };
    CallReport {
        outcome,
        code: error.code(),
        status: error.status().or(error.http_info()),
        message: error.message(),
        billing: error.billing(),
        data: None,
        error: Some(error.to_string()),
    }
}
