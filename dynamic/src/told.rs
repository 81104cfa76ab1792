//! What came of a call, in the words that the program and the page tell it with.

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{Any, Billing, Error, Outcome, Reply, StatusInfo};

use crate::check_data;

/// What came of a call.
#[derive(Debug)]
pub struct Told<'a> {
    /// `data`, `debug`, `no_data`, `pending`; `refused` locally; `error`, a status that says no, or an HTTP status that the
    /// spec lists; `not_sent`; `unknown`, perhaps sent, and no
    /// answer that says what happened; or `undecodable`, data that is not what the spec says.
    pub outcome: &'static str,
    /// The status code, if there was an answer.
    pub code: Option<i32>,
    /// What the spec says of it.
    pub status: Option<&'a StatusInfo>,
    /// The provider's words.
    pub message: Option<&'a str>,
    /// What it cost.
    pub billing: Billing,
    /// The payload. What the spec does not take for data is here too, since it was paid for.
    pub data: Option<&'a Any>,
    /// What is wrong, in a line.
    pub error: Option<String>,
}

/// Tells what came of a call of an endpoint.
pub fn told<'a>(provider: &Provider, endpoint: &Endpoint, came: &'a Result<Reply<Any>, Error>) -> Told<'a> {
    match came {
        Ok(reply) => answered(provider, endpoint, reply),
        Err(error) => failed(error),
    }
}

fn answered<'a>(provider: &Provider, endpoint: &Endpoint, reply: &'a Reply<Any>) -> Told<'a> {
    let (outcome, data) = match reply.outcome() {
        Outcome::Data(data) => ("data", Some(data)),
        Outcome::Debug(data) => ("debug", Some(data)),
        Outcome::NoData => ("no_data", None),
        Outcome::Pending => ("pending", None),
        _ => ("unknown", None),
    };
    // What the generated client would not take for data is none here either.
    let fault = data.and_then(|data| check_data(provider, endpoint, data).err());
    let error = fault.map(|fault| format!("{}: {fault} ({}); mend the spec", endpoint.id, reply.billing()));
    Told {
        outcome: if error.is_some() { "undecodable" } else { outcome },
        code: Some(reply.status().code),
        status: Some(reply.status()),
        message: Some(reply.message()),
        billing: reply.billing(),
        data,
        error,
    }
}

fn failed(error: &Error) -> Told<'_> {
    let outcome = match (error.billing(), error.code()) {
        _ if error.is_local() => "refused",
        _ if error.http_info().is_some() => "error",
        (_, Some(_)) => "error",
        (Billing::NotSent, None) => "not_sent",
        (_, None) => "unknown",
    };
    Told {
        outcome,
        code: error.code(),
        status: error.status().or(error.http_info()),
        message: error.message(),
        billing: error.billing(),
        data: None,
        error: Some(error.to_string()),
    }
}

/// What a word of [`billing`] stands for.
pub fn billing_of(word: &str) -> Option<Billing> {
    [Billing::NotSent, Billing::Free, Billing::Billed, Billing::Unknown]
        .into_iter()
        .find(|known| billing(*known) == word)
}

/// The word for what a call cost.
pub fn billing(billing: Billing) -> &'static str {
    match billing {
        Billing::NotSent => "not_sent",
        Billing::Free => "free",
        Billing::Billed => "billed",
        Billing::Unknown => "unknown",
    }
}
