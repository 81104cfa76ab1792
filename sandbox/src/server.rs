//! The HTTP side: what was asked, from the query or the form, and an answer with HTTP status 200, as the provider gives it.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::Request;
use axum::http::{Method as HttpMethod, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pyi_codegen::Report;
use pyi_codegen::ir::{Billed, Class, Endpoint, Format, From, Method, Provider, Status};
use pyi_runtime::Billing;
use serde_json::{Map, Value, json};
use tokio::sync::oneshot;

use crate::judge::{App, Verdict, judge};
use crate::ledger::{Entry, Ledger};
use crate::{answer, write};

/// The most that a request may hold, in bytes.
const BODY_LIMIT: usize = 1 << 20;

pub(crate) struct State {
    pub(crate) provider: Provider,
    pub(crate) report: Report,
    pub(crate) app: App,
    pub(crate) ledger: Ledger,
}

impl State {
    pub(crate) fn new(provider: Provider, report: Report, app: App) -> Self {
        Self { provider, report, app, ledger: Ledger::default() }
    }
}

/// A request, decoded.
pub(crate) struct Asked {
    pub(crate) path: String,
    pub(crate) method: Option<Method>,
    pub(crate) parameters: Vec<(String, String)>,
}

impl Asked {
    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The values of the request's own fields, in the spec's order.
    pub(crate) fn values(&self, endpoint: &Endpoint) -> Vec<&str> {
        endpoint.request.iter().filter_map(|field| self.parameter(&field.wire)).collect()
    }

    /// The value of a common parameter; an empty one counts as none.
    pub(crate) fn common(&self, provider: &Provider, from: From) -> Option<&str> {
        self.parameter(&provider.common_from(from)?.name).filter(|value| !value.is_empty())
    }

    pub(crate) fn format(&self, provider: &Provider) -> Option<Format> {
        Format::from_word(self.common(provider, From::Format)?)
    }
}

/// Serves until the other end of `stopped` is dropped, then answers what has begun.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>, stopped: oneshot::Receiver<()>) {
    let router = Router::new().fallback(move |request: Request| respond(Arc::clone(&state), request));
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let stopped = async {
        let _ = stopped.await;
    };
    // A listener that fails leaves nobody to tell.
    let _ = axum::serve(listener, router).with_graceful_shutdown(stopped).await;
}

async fn respond(state: Arc<State>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, BODY_LIMIT).await else {
        return (StatusCode::PAYLOAD_TOO_LARGE, "the request is too large\n").into_response();
    };
    let asked = ask(&head.method, head.uri.path(), head.uri.query().unwrap_or(""), &body);
    let verdict = judge(&state.provider, &state.app, &asked);
    state.ledger.add(entry(&state.provider, &asked, &verdict));
    let Some(status) = verdict.status else {
        let why = "the spec has no status that says what is wrong with this request\n";
        return (StatusCode::NOT_IMPLEMENTED, why).into_response();
    };
    let format = asked
        .format(&state.provider)
        .or_else(|| verdict.endpoint?.formats.first().copied())
        .unwrap_or(Format::Json);
    let members = members(&state.provider, &asked, &verdict, status);
    let (content_type, text) = write::write(format, members, asked.parameter(write::CALLBACK));
    ([(header::CONTENT_TYPE, content_type)], text).into_response()
}

/// Parameters come from the query of a GET and from the form of a POST, as PHP reads them.
fn ask(method: &HttpMethod, path: &str, query: &str, body: &Bytes) -> Asked {
    let method = Method::from_word(method.as_str());
    let pairs = if method == Some(Method::Post) { body.as_ref() } else { query.as_bytes() };
    let parameters = form_urlencoded::parse(pairs).into_owned().collect();
    Asked { path: path.to_owned(), method, parameters }
}

fn entry(provider: &Provider, asked: &Asked, verdict: &Verdict<'_>) -> Entry {
    Entry {
        endpoint: verdict.endpoint.map(|endpoint| endpoint.id.clone()),
        method: asked.method.map(pyi_dynamic::method),
        format: asked.format(provider).map(pyi_dynamic::format),
        code: verdict.status.map(|status| status.code),
        billing: match verdict.status.map(|status| status.billed) {
            Some(Billed::Always) => Billing::Billed,
            Some(Billed::Never) => Billing::Free,
            Some(Billed::Unknown) | None => Billing::Unknown,
        },
        parameters: asked.parameters.clone(),
    }
}

/// The envelope. The time is text, as the provider's page has it; without data, the payload is PHP's empty list.
fn members(provider: &Provider, asked: &Asked, verdict: &Verdict<'_>, status: &Status) -> Map<String, Value> {
    let envelope = verdict.endpoint.map_or(&provider.envelope, |endpoint| &endpoint.envelope);
    let payload = match (status.class, verdict.endpoint) {
        (Class::Data | Class::Debug, Some(endpoint)) => answer::data(provider, endpoint, asked),
        _ => json!([]),
    };
    let words = status
        .title
        .replace("{ip}", "127.0.0.1")
        .replace("{info}", if verdict.info.is_empty() { "sandbox" } else { &verdict.info });
    let mut members = Map::new();
    members.insert(envelope.status.clone(), json!(status.code));
    members.insert(envelope.message.clone(), json!(words));
    members.insert(envelope.data.clone(), payload);
    if let Some(name) = envelope.time.first() {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        members.insert(name.clone(), json!(now.to_string()));
    }
    members
}
