//! The answers of a sandbox: its own, and those of cassettes.

use axum::http::{HeaderValue, StatusCode as HttpStatus, header};
use axum::response::{IntoResponse, Response};
use pyi_codegen::ir::{BillingRule, Endpoint, Format, Provider, StatusCode};
use pyi_dynamic::EnvelopeParts;
use pyi_runtime::Billing;
use serde_json::{Value, json};

use super::envelope::{self, Content, compose};
use crate::cassette::Cassettes;
use crate::fault::Fault;
use crate::payload;
use crate::request::ParsedRequest;
use crate::request_log::LoggedRequest;
use crate::validate;
use crate::validation::Validation;

/// An answer, and what the request log says of it.
pub(super) struct Made {
    pub(super) code: Option<StatusCode>,
    pub(super) billing: Billing,
    /// `None` if the connection is closed without an answer.
    pub(super) response: Option<Response>,
}

impl Made {
    fn of(validation: &Validation<'_>, response: Response) -> Self {
        let billed = validation.status.map(|status| status.billed);
        Self { code: validation.code(), billing: billing(billed), response: Some(response) }
    }

    /// Without a status of the spec.
    fn unlisted(response: Response) -> Self {
        Self { code: None, billing: Billing::Unknown, response: Some(response) }
    }
}

fn billing(billed: Option<BillingRule>) -> Billing {
    match billed {
        Some(BillingRule::Always) => Billing::Billed,
        Some(BillingRule::Never) => Billing::Free,
        Some(BillingRule::Unknown) | None => Billing::Unknown,
    }
}

/// The entry of a request in the log.
pub(super) fn entry(
    provider: &Provider,
    endpoint: Option<String>,
    request: &ParsedRequest,
    made: &Made,
    fault: Option<&Fault>,
) -> LoggedRequest {
    let (code, billing) = match fault {
        Some(Fault::Http { status, .. }) => {
            let listed = provider.http.iter().find(|listed| listed.code == i32::from(*status));
            (None, billing(listed.map(|listed| listed.billed)))
        }
        _ => (made.code, made.billing),
    };
    LoggedRequest {
        endpoint,
        method: request.method,
        format: request.format(provider),
        code,
        billing,
        parameters: request.parameters.clone(),
    }
}

/// An answer without an envelope.
pub(super) fn refusal(status: u16, retry_after: Option<&str>) -> Response {
    let status = HttpStatus::from_u16(status).unwrap_or(HttpStatus::SERVICE_UNAVAILABLE);
    let wait = retry_after.and_then(|text| HeaderValue::from_str(text).ok());
    let wait = wait.map(|text| [(header::RETRY_AFTER, text)]);
    (status, wait, "too many requests\n").into_response()
}

/// An answer of the sandbox: with HTTP status 200, whatever the status in the envelope is, unless the envelope says
/// that HTTP tells it.
pub(super) fn own(
    provider: &Provider,
    request: &ParsedRequest,
    validation: &Validation<'_>,
    fault: Option<&Fault>,
) -> Made {
    let Some(code) = validation.code() else {
        let why = "the spec has no status for this request; add one to provider.yaml\n";
        return Made::unlisted((HttpStatus::NOT_IMPLEMENTED, why).into_response());
    };
    let payload = match (fault, validation.endpoint) {
        (Some(Fault::Data(data)), _) => data.clone(),
        (_, Some(endpoint)) if validation.has_data() => payload::data(provider, endpoint, request),
        _ => json!([]),
    };
    let (http, reply) = reply(provider, validation, code, payload, fault);
    Made::of(validation, written(provider, request, validation.endpoint, http, &reply))
}

/// The answer that was recorded for a request; HTTP status 501 if there is none.
pub(super) fn replayed(
    provider: &Provider,
    request: &ParsedRequest,
    validation: Validation<'_>,
    cassettes: &Cassettes,
) -> Made {
    let Some(endpoint) = validation.endpoint else { return own(provider, request, &validation, None) };
    let Some(recorded) = cassettes.reply(provider, endpoint, request) else {
        let why = format!(
            "no cassette has this request of `{}`; record it, or send the values of one\n",
            endpoint.id
        );
        return Made::unlisted((HttpStatus::NOT_IMPLEMENTED, why).into_response());
    };
    let Some(code) = recorded.code() else {
        let status = HttpStatus::from_u16(recorded.http).unwrap_or(HttpStatus::BAD_GATEWAY);
        let rule = provider.http.iter().find(|listed| listed.code == i32::from(recorded.http));
        let response = (status, "a recorded answer without an envelope\n").into_response();
        return Made { code: None, billing: billing(rule.map(|rule| rule.billed)), response: Some(response) };
    };
    let validation = validation.with_status(provider, code);
    let payload = if recorded.data.is_null() { json!([]) } else { recorded.data };
    let (http, reply) = reply(provider, &validation, code, payload, None);
    Made::of(&validation, written(provider, request, Some(endpoint), http, &reply))
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
    let time = Some((validate::now() + ahead).to_string());
    let envelope = validation.endpoint.map_or(&provider.envelope, |endpoint| &endpoint.envelope);
    let content = Content { code, class, message: &message, payload, time };
    compose(&EnvelopeParts::new(envelope).envelope(), content)
}
