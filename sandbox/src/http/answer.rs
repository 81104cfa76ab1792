//! The answers of a sandbox: its own, and those of cassettes.

use std::net::IpAddr;

use axum::http::{HeaderValue, StatusCode as HttpStatus, header};
use axum::response::{IntoResponse, Response};
use pyi_codegen::ir::{Endpoint, Format, Provider, StatusClass, StatusCode};
use pyi_dynamic::EnvelopeParts;
use pyi_runtime::Billing;
use serde_json::{Value, json};

use super::envelope::{self, Content, compose};
use crate::cassette::{RecordedReply, Turn};
use crate::clock;
use crate::fault::Fault;
use crate::payload;
use crate::request::ParsedRequest;
use crate::request_log::LoggedRequest;
use crate::state::{Answers, State};
use crate::validation::Validation;

/// An answer, and what the request log says of it.
pub(crate) struct LoggedAnswer {
    pub(crate) code: Option<StatusCode>,
    /// The class of its status.
    pub(crate) class: Option<StatusClass>,
    pub(crate) billing: Billing,
    /// `None` if the connection is closed without an answer.
    pub(crate) response: Option<Response>,
}

impl LoggedAnswer {
    fn of(validation: &Validation<'_>, response: Response) -> Self {
        let billed = validation.status.map(|status| status.billed);
        let class = validation.status.map(|status| status.class);
        Self { code: validation.code(), class, billing: Billing::of(billed), response: Some(response) }
    }

    /// Without an answer.
    pub(super) fn closed() -> Self {
        Self { code: None, class: None, billing: Billing::Unknown, response: None }
    }

    /// Without a status of the spec.
    fn unlisted(response: Response) -> Self {
        Self { code: None, class: None, billing: Billing::Unknown, response: Some(response) }
    }
}

/// The entry of a request in the log.
pub(super) fn entry(
    provider: &Provider,
    endpoint: Option<String>,
    request: &ParsedRequest,
    made: &LoggedAnswer,
) -> LoggedRequest {
    LoggedRequest {
        endpoint,
        method: request.method,
        format: request.format(provider),
        code: made.code,
        billing: made.billing,
        parameters: request.parameters.clone(),
    }
}

/// The answer of a gateway in front of the provider, which never had the request: with the HTTP
/// status of a fault, or else with that of its page.
pub(super) fn of_gateway(provider: &Provider, fault: &Fault) -> LoggedAnswer {
    let status = match fault {
        Fault::Http { status, .. } => *status,
        _ => HttpStatus::BAD_GATEWAY.as_u16(),
    };
    let listed = provider.http.iter().find(|listed| listed.code == i32::from(status));
    let billing = Billing::of(listed.map(|listed| listed.billed));
    LoggedAnswer { code: None, class: None, billing, response: Some(refusal(status, None)) }
}

/// An answer without an envelope.
pub(super) fn refusal(status: u16, retry_after: Option<&str>) -> Response {
    let status = HttpStatus::from_u16(status).unwrap_or(HttpStatus::SERVICE_UNAVAILABLE);
    let wait = retry_after.and_then(|text| HeaderValue::from_str(text).ok());
    let wait = wait.map(|text| [(header::RETRY_AFTER, text)]);
    (status, wait, "too many requests\n").into_response()
}

/// An answer of the sandbox: with HTTP status 200, whatever the status in the envelope is, unless
/// the envelope says that HTTP tells it.
pub(super) fn own(
    provider: &Provider,
    request: &ParsedRequest,
    validation: &Validation<'_>,
    fault: Option<&Fault>,
) -> LoggedAnswer {
    let Some(code) = validation.code() else {
        let why = "the spec has no status for this request; add one to provider.yaml\n";
        return LoggedAnswer::unlisted((HttpStatus::NOT_IMPLEMENTED, why).into_response());
    };
    let payload = match (fault, validation.endpoint) {
        (Some(Fault::Data(data)), _) => data.clone(),
        (_, Some(endpoint)) if validation.has_data() => payload::data(provider, endpoint, request),
        _ => json!([]),
    };
    let (http, reply) = reply(provider, validation, code, payload, fault);
    LoggedAnswer::of(validation, written(provider, request, validation.endpoint, http, &reply))
}

/// The answer of the sandbox or of a cassette to a request, after what the account has left.
pub(super) fn local(
    state: &State,
    answers: &Answers,
    provider: &Provider,
    validation: Validation<'_>,
    request: &ParsedRequest,
    fault: Option<&Fault>,
    caller: IpAddr,
) -> LoggedAnswer {
    if let Some(fault @ (Fault::Http { .. } | Fault::Page)) = fault {
        return of_gateway(provider, fault);
    }
    let granted = validation.endpoint.filter(|_| validation.is_granted);
    let is_own = matches!(fault, Some(Fault::Status(_) | Fault::Data(_)));
    let turn = match (answers, granted) {
        (Answers::Replay(cassettes), Some(endpoint)) if !is_own => {
            match cassettes.turn(provider, endpoint, request) {
                Some(turn) => Some(turn),
                None => return missed(endpoint),
            }
        }
        _ => None,
    };
    let recorded = turn.as_ref().and_then(Turn::reply).cloned();
    let validation = match (fault, recorded.as_ref().map(RecordedReply::code)) {
        (Some(Fault::Status(code)), _) => validation.with_status(provider, *code),
        // Without an envelope there is nothing that an account is charged by.
        (_, Some(None)) => validation,
        (_, Some(Some(code))) => {
            state.account.admit(provider, validation.with_status(provider, code), request, caller)
        }
        (_, None) => state.account.admit(provider, validation, request, caller),
    };
    let made = match recorded.zip(turn).filter(|_| validation.is_granted) {
        Some((recorded, turn)) => {
            turn.take();
            replayed(provider, request, &validation, recorded)
        }
        None => own(provider, request, &validation, fault),
    };
    // A later answer follows only a successful call.
    let is_later = matches!(made.class, Some(StatusClass::Pending | StatusClass::Data | StatusClass::Debug));
    if let Some(endpoint) = granted.filter(|_| is_later && validation.is_granted) {
        state.notifications.begin(&state.notify(), provider, endpoint, &state.app, request, caller);
    }
    made
}

/// HTTP status 501: no cassette has the request.
fn missed(endpoint: &Endpoint) -> LoggedAnswer {
    let why =
        format!("no cassette has this request of `{}`; record it, or send the values of one\n", endpoint.id);
    let made = LoggedAnswer::unlisted((HttpStatus::NOT_IMPLEMENTED, why).into_response());
    LoggedAnswer { billing: Billing::NotSent, ..made }
}

/// An answer that was recorded.
fn replayed(
    provider: &Provider,
    request: &ParsedRequest,
    validation: &Validation<'_>,
    recorded: RecordedReply,
) -> LoggedAnswer {
    let Some(code) = recorded.code() else {
        let status = HttpStatus::from_u16(recorded.http).unwrap_or(HttpStatus::BAD_GATEWAY);
        let rule = provider.http.iter().find(|listed| listed.code == i32::from(recorded.http));
        let response = (status, "a recorded answer without an envelope\n").into_response();
        let billing = Billing::of(rule.map(|rule| rule.billed));
        return LoggedAnswer { code: None, class: None, billing, response: Some(response) };
    };
    let payload = if recorded.data.is_null() { json!([]) } else { recorded.data };
    let (_, reply) = reply(provider, validation, code, payload, None);
    LoggedAnswer::of(validation, written(provider, request, validation.endpoint, recorded.http, &reply))
}

/// A reply in the format that is asked for.
fn written(
    provider: &Provider,
    request: &ParsedRequest,
    endpoint: Option<&Endpoint>,
    http: u16,
    reply: &Value,
) -> Response {
    let default_format = || endpoint?.formats.first().copied();
    let format = request.format(provider).or_else(default_format).unwrap_or(Format::Json);
    if http == envelope::NO_CONTENT && reply.is_null() {
        return HttpStatus::NO_CONTENT.into_response();
    }
    let (content_type, text) = envelope::write(format, reply, request.parameter(&provider.jsonp_callback));
    let http = HttpStatus::from_u16(http).unwrap_or(HttpStatus::OK);
    (http, [(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// The HTTP status and the members of an answer. The time is text, as on the provider's page.
fn reply(
    provider: &Provider,
    validation: &Validation<'_>,
    code: StatusCode,
    payload: Value,
    fault: Option<&Fault>,
) -> (u16, Value) {
    let class = validation.status.map(|status| status.class);
    let info = if validation.info.is_empty() { "sandbox" } else { &validation.info };
    let title = validation.status.map_or("", |status| status.title.as_str());
    let message = title.replace("{ip}", "127.0.0.1").replace("{info}", info);
    let ahead = if let Some(Fault::ClockAhead(seconds)) = fault { *seconds } else { 0 };
    let time = Some(clock::now().saturating_add(ahead).to_string());
    let envelope = validation.endpoint.map_or(&provider.envelope, |endpoint| &endpoint.envelope);
    let content = Content { code, class, message: &message, payload, time };
    compose(&EnvelopeParts::new(envelope).envelope(), content)
}
