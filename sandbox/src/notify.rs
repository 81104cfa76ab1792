//! Calls the address for later answers that a request gave, as the provider does: signed, after a
//! while, and again until it is answered as the spec says. Only addresses of this machine are
//! called, unless a setting allows others.
//!
//! Where the spec describes what arrives, that is sent: fields with the request's values of the
//! same names, their examples, or a plain value of their types. Where it does not, the envelope's
//! members and the request's fields are sent as a form, signed as requests are; how the provider
//! does it is not known.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::http::Uri;
use pyi_codegen::ir::{BodyForm, Endpoint, Method, Pointer, Provider, StatusClass};
use pyi_dynamic::{DynamicCallback, ProviderParts};
use pyi_runtime::__private::delivery::deliver;
use pyi_runtime::__private::operation::CallbackScheme;
use pyi_runtime::{Delivery, HttpRequest, HttpTransport, Transport};
use serde::{Deserialize, Serialize};

use crate::clock::now;
use crate::own_app::OwnApp;
use crate::own_app::app;
use crate::payload;
use crate::request::ParsedRequest;

/// How the address for later answers is called.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Notify {
    /// The time before the first attempt, in milliseconds.
    pub delay_ms: u64,
    /// Maximum attempts.
    pub attempts: u32,
    /// The time before the second attempt, in milliseconds; each further pause is twice as long.
    pub pause_ms: u64,
    /// Whether addresses of other machines are called. A request of a test may have the address of
    /// a shop in use.
    pub anywhere: bool,
}

impl Default for Notify {
    fn default() -> Self {
        Self { delay_ms: 1000, attempts: 5, pause_ms: 2000, anywhere: false }
    }
}

/// A call of an address for later answers.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Notification {
    /// The endpoint in the spec.
    pub endpoint: String,
    /// The attempts so far.
    pub attempts: u32,
    /// Whether it was answered as the spec says.
    pub is_delivered: bool,
    /// Why the last attempt failed, or why there is none. It does not have the address.
    pub failure: Option<String>,
}

/// The notifications of a sandbox, in the order of their requests.
#[derive(Clone, Default)]
pub(crate) struct Notifications(Arc<Mutex<Vec<Notification>>>);

impl Notifications {
    pub(crate) fn entries(&self) -> Vec<Notification> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn add(&self, notification: Notification) -> usize {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.push(notification);
        all.len() - 1
    }

    fn attempted(&self, index: usize, result: Result<(), String>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(notification) = all.get_mut(index) {
            notification.attempts += 1;
            notification.is_delivered = result.is_ok();
            notification.failure = result.err();
        }
    }

    /// Begins to call the address of a request, if it has one.
    pub(crate) fn begin(
        &self,
        settings: &Notify,
        provider: &Provider,
        endpoint: &Endpoint,
        own: &OwnApp,
        request: &ParsedRequest,
        caller: IpAddr,
    ) {
        let address = endpoint.callback.as_ref().and_then(|field| request.parameter(field));
        let Some(address) = address.filter(|address| !address.is_empty()) else { return };
        let notification =
            Notification { endpoint: endpoint.id.clone(), attempts: 0, is_delivered: false, failure: None };
        let is_theirs = !caller.is_loopback() && !settings.anywhere;
        let outgoing = if is_theirs {
            Err("the caller is on another machine; the setting `anywhere` of `notify` allows its addresses"
                .to_owned())
        } else {
            outgoing(settings, provider, endpoint, own, request, address)
        };
        match outgoing {
            Ok(outgoing) => {
                let index = self.add(notification);
                tokio::spawn(attempts(self.clone(), index, settings.clone(), outgoing));
            }
            Err(why) => {
                self.add(Notification { failure: Some(why), ..notification });
            }
        }
    }
}

/// What is sent, and what is answered to it.
struct Outgoing {
    transport: HttpTransport,
    origin: String,
    delivery: Delivery,
    body: BodyForm,
    /// The text of the answer; `None` where any success will do.
    answer: Option<String>,
}

fn outgoing(
    settings: &Notify,
    provider: &Provider,
    endpoint: &Endpoint,
    own: &OwnApp,
    request: &ParsedRequest,
    address: &str,
) -> Result<Outgoing, String> {
    let no_address = || "it is no address, such as http://127.0.0.1:8080/notify".to_owned();
    let uri: Uri = address.parse().map_err(|_| no_address())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(no_address());
    };
    if !["http", "https"].contains(&scheme) || authority.as_str().contains('@') {
        return Err(no_address());
    }
    let is_here = is_this_machine(authority.host());
    if !is_here && !settings.anywhere {
        return Err("it is not of this machine; the setting `anywhere` of `notify` allows others".to_owned());
    }
    let target = uri.path_and_query().map_or("/", |target| target.as_str());
    let own = app(provider, &own.id, &own.secret);
    let failed = |error: pyi_runtime::DeliveryError| error.to_string();
    let builder = HttpTransport::builder();
    let builder = if is_here { builder.no_proxy() } else { builder };
    let transport = builder.build().map_err(|error| error.to_string())?;
    let (delivery, body, answer) =
        match DynamicCallback::new(provider, endpoint).zip(endpoint.delivery.as_ref()) {
            Some((callback, described)) => {
                let values = payload::texts(provider, endpoint, &described.fields, request);
                let delivery = callback.deliver(&own, target, &borrowed(&values)).map_err(failed)?;
                (delivery, described.body, Some(described.answer.clone()))
            }
            None => {
                let parts = ProviderParts::new(provider);
                let sign = parts.signing_scheme();
                let scheme = CallbackScheme { method: Method::Post, body: BodyForm::Form, sign, fields: &[] };
                let values = undescribed(provider, endpoint, request);
                let delivery = deliver(&scheme, &own, target, &borrowed(&values)).map_err(failed)?;
                (delivery, BodyForm::Form, None)
            }
        };
    Ok(Outgoing { transport, origin: format!("{scheme}://{authority}"), delivery, body, answer })
}

fn borrowed(values: &[(String, String)]) -> Vec<(&str, &str)> {
    values.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The members of an envelope, and the fields of the request without the address.
fn undescribed(provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> Vec<(String, String)> {
    let envelope = &endpoint.envelope;
    let member = |places: &[String]| match places.first().map(|place| Pointer::of(place)) {
        Some(Pointer::Member(name)) => Some(name.to_owned()),
        _ => None,
    };
    let success = provider.statuses.iter().find(|status| status.class == StatusClass::Data);
    let mut values = Vec::new();
    if let Some(status) = success {
        values.extend(member(&envelope.status).map(|name| (name, status.code.to_string())));
        values.extend(member(&envelope.message).map(|name| (name, status.title.clone())));
    }
    values.extend(member(&envelope.time).map(|name| (name, now().to_string())));
    let fields = endpoint.request.iter().filter(|field| endpoint.callback.as_ref() != Some(&field.wire));
    values.extend(
        fields.filter_map(|field| Some((field.wire.clone(), request.parameter(&field.wire)?.to_owned()))),
    );
    values
}

async fn attempts(notifications: Notifications, index: usize, settings: Notify, outgoing: Outgoing) {
    tokio::time::sleep(Duration::from_millis(settings.delay_ms)).await;
    let mut pause = Duration::from_millis(settings.pause_ms);
    for attempt in 1..=settings.attempts {
        let result = attempt_once(&outgoing).await;
        let is_delivered = result.is_ok();
        notifications.attempted(index, result);
        if is_delivered || attempt == settings.attempts {
            return;
        }
        tokio::time::sleep(pause).await;
        pause = pause.saturating_mul(2);
    }
}

async fn attempt_once(outgoing: &Outgoing) -> Result<(), String> {
    let Outgoing { transport, origin, delivery, body, answer } = outgoing;
    let mut request = HttpRequest::new(delivery.method(), format!("{origin}{}", delivery.path()), "");
    request.query = delivery.query().to_owned();
    request.body = String::from_utf8_lossy(delivery.body()).into_owned();
    request.content_type = delivery.method().has_body().then_some(body.media_type());
    request.headers = delivery.headers().clone();
    request.headers.remove("content-type");
    let response = transport.send(request).await.map_err(|error| error.to_string())?;
    if !(200..=299).contains(&response.status) {
        return Err(format!("it answered with HTTP status {}", response.status));
    }
    match answer {
        Some(answer) if response.body.trim_ascii() != answer.trim().as_bytes() => {
            Err("it did not answer as the spec says (`answer` of the callback)".to_owned())
        }
        _ => Ok(()),
    }
}

/// Whether a host is this machine by its name or its address, which is in brackets if it is of
/// IPv6.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}
