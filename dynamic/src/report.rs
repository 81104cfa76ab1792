//! The report of a call: what the command line, the page and batches show of its result.

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{Any, Billing, CallOutcome, Error, Outcome, Reply, StatusInfo};
use pyi_types::StatusCode;

use crate::check_data;

/// The report of a call.
#[derive(Debug)]
pub struct CallReport {
    result: Result<Reply<Any>, Error>,
    outcome: CallOutcome,
    error: Option<String>,
}

impl CallReport {
    /// Reports the result of a call of an endpoint. Data that the generated client refuses is
    /// refused here as well.
    pub fn new(provider: &Provider, endpoint: &Endpoint, result: Result<Reply<Any>, Error>) -> Self {
        let (outcome, error) = match &result {
            Ok(reply) => match undecodable(provider, endpoint, reply) {
                Some(error) => (CallOutcome::Undecodable, Some(error)),
                None => (replied(reply), None),
            },
            Err(error) => (failed(error), Some(error.to_string())),
        };
        Self { result, outcome, error }
    }

    /// The result that is reported.
    pub fn result(&self) -> &Result<Reply<Any>, Error> {
        &self.result
    }

    /// The outcome.
    pub fn outcome(&self) -> CallOutcome {
        self.outcome
    }

    /// Whether the call was billed.
    pub fn billing(&self) -> Billing {
        match &self.result {
            Ok(reply) => reply.billing(),
            Err(error) => error.billing(),
        }
    }

    /// The status code, if there was an answer.
    pub fn code(&self) -> Option<StatusCode> {
        match &self.result {
            Ok(reply) => Some(reply.status().code),
            Err(error) => error.code(),
        }
    }

    /// The spec's description of the status, or of the HTTP status.
    pub fn status(&self) -> Option<&StatusInfo> {
        match &self.result {
            Ok(reply) => Some(reply.status()),
            Err(error) => error.status().or(error.http_info()),
        }
    }

    /// The provider's message.
    pub fn message(&self) -> Option<&str> {
        match &self.result {
            Ok(reply) => Some(reply.message()),
            Err(error) => error.message(),
        }
    }

    /// The payload. Data that differs from the spec is here too, since it was paid for.
    pub fn data(&self) -> Option<&Any> {
        self.result.as_ref().ok().and_then(payload)
    }

    /// The error in one line.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }
}

fn payload(reply: &Reply<Any>) -> Option<&Any> {
    match reply.outcome() {
        Outcome::Data(data) | Outcome::Debug(data) => Some(data),
        _ => None,
    }
}

/// Why data differs from the spec, in one line.
fn undecodable(provider: &Provider, endpoint: &Endpoint, reply: &Reply<Any>) -> Option<String> {
    let fault = check_data(provider, endpoint, payload(reply)?).err()?;
    Some(format!("{}: {fault} ({}); correct the spec", endpoint.id, reply.billing()))
}

fn replied(reply: &Reply<Any>) -> CallOutcome {
    match reply.outcome() {
        Outcome::Data(_) => CallOutcome::Data,
        Outcome::Debug(_) => CallOutcome::Debug,
        Outcome::NoData => CallOutcome::NoData,
        Outcome::Pending => CallOutcome::Pending,
        _ => CallOutcome::Unknown,
    }
}

fn failed(error: &Error) -> CallOutcome {
    match (error.billing(), error.code()) {
        _ if error.is_local() => CallOutcome::Refused,
        _ if error.http_info().is_some() => CallOutcome::Error,
        (_, Some(_)) => CallOutcome::Error,
        (Billing::NotSent, None) => CallOutcome::NotSent,
        (_, None) => CallOutcome::Unknown,
    }
}
