//! The settings of a running sandbox, and their endpoint: `GET`, `PUT` and `PATCH` of
//! `/_sandbox/settings`, for programs of this machine.
//!
//! A `PATCH` is a JSON Merge Patch (RFC 7396): `{"account": {"quotas": {"bank_card": 3}}}` sets one
//! quota, and `null` removes a limit. Another site cannot send one: a browser asks first before it
//! sends JSON across sites, and is never answered.

use std::net::IpAddr;

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use pyi_codegen::ir::Provider;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::account::Account;
use crate::fault_rates::FaultRates;
use crate::notify::{Notify, is_this_machine};
use crate::state::{Answers, State};

const PATH: &str = "/_sandbox/settings";

/// The settings that can change while a sandbox runs. In JSON:
/// `{"account": …, "faults": …, "notify": …}`.
///
/// ```
/// use pyi_sandbox::Settings;
///
/// let settings: Settings = serde_json::from_str(r#"{"account": {"balance": "0.32", "quotas": {"bank_card": 3}}}"#)?;
/// assert_eq!(settings.account.quotas["bank_card"], 3);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct Settings {
    /// The account at the provider.
    pub account: Account,
    /// Faults at rates.
    pub faults: FaultRates,
    /// How addresses for later answers are called.
    pub notify: Notify,
}

impl Settings {
    /// Why settings cannot be kept.
    pub(crate) fn unfit(&self, provider: &Provider, answers: &Answers) -> Option<String> {
        let is_of_provider = self.account != Account::default() || self.notify != Notify::default();
        if matches!(answers, Answers::Proxy(_)) && is_of_provider {
            let why = "calls that are passed on meet the provider's own account and notify addresses; leave out `account` and `notify`";
            return Some(why.to_owned());
        }
        let named = self.account.quotas.keys().chain(self.account.expires.keys());
        if let Some(unknown) = named.into_iter().find(|id| provider.endpoint(id).is_none()) {
            let known: Vec<&str> = provider.endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect();
            return Some(format!("the spec has no endpoint `{unknown}`; it has {}", known.join(", ")));
        }
        if self.account.balance.is_some_and(|balance| balance.is_sign_negative()) {
            return Some("`balance` is an amount from 0 up".to_owned());
        }
        if self.notify.attempts == 0 {
            return Some("`attempts` of `notify` is 1 at least".to_owned());
        }
        self.faults.unfit()
    }
}

/// Answers a request for the settings.
pub(crate) fn respond(state: &State, head: &Parts, body: &[u8], caller: IpAddr) -> Option<Response> {
    if head.uri.path() != PATH {
        return None;
    }
    let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // A name that was made to point here has another host.
    let is_here = text("host").parse::<Authority>().is_ok_and(|host| is_this_machine(host.host()));
    if !caller.is_loopback() || !is_here {
        return Some(refused(StatusCode::FORBIDDEN, "the settings are for programs of this machine"));
    }
    if !matches!(text("sec-fetch-site"), "" | "same-origin" | "none") {
        return Some(refused(StatusCode::FORBIDDEN, "another site sent this"));
    }
    let is_json = text("content-type").starts_with("application/json");
    Some(match head.method {
        Method::GET => shown(state),
        Method::PUT | Method::PATCH if !is_json => refused(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "settings need the content type application/json; with curl, add -H 'content-type: application/json'",
        ),
        Method::PUT => set(state, serde_json::from_slice(body).and_then(read)),
        Method::PATCH => {
            let merged = serde_json::from_slice(body).and_then(|patch: Value| {
                let mut settings = serde_json::to_value(state.settings())?;
                merge(&mut settings, patch);
                read(settings)
            });
            set(state, merged)
        }
        _ => refused(StatusCode::METHOD_NOT_ALLOWED, "GET, PUT or PATCH"),
    })
}

/// Settings of an object: serde would take a list of its members too.
fn read(settings: Value) -> serde_json::Result<Settings> {
    if !settings.is_object() {
        return Err(serde::de::Error::custom(
            "settings are an object, such as {\"account\": {\"balance\": \"5.00\"}}",
        ));
    }
    serde_json::from_value(settings)
}

fn set(state: &State, settings: serde_json::Result<Settings>) -> Response {
    match settings {
        Ok(settings) => match settings.unfit(&state.spec().provider, &state.answers) {
            Some(why) => refused(StatusCode::UNPROCESSABLE_ENTITY, &why),
            None => {
                state.set(settings);
                shown(state)
            }
        },
        Err(error) => refused(StatusCode::UNPROCESSABLE_ENTITY, &error.to_string()),
    }
}

fn shown(state: &State) -> Response {
    let text = serde_json::to_string(&state.settings()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "no-store")], text).into_response()
}

fn refused(status: StatusCode, why: &str) -> Response {
    (status, format!("{why}\n")).into_response()
}

/// Merges a patch into a value (RFC 7396, section 2).
fn merge(target: &mut Value, patch: Value) {
    let Value::Object(members) = patch else {
        *target = patch;
        return;
    };
    if !target.is_object() {
        *target = Value::Object(Map::new());
    }
    let Value::Object(into) = target else { return };
    for (name, value) in members {
        if value.is_null() {
            into.remove(&name);
        } else {
            merge(into.entry(name).or_insert(Value::Null), value);
        }
    }
}

/// A time in whole milliseconds.
pub(crate) mod millis {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Duration, D::Error> {
        u64::deserialize(from).map(Duration::from_millis)
    }
}

/// The code of a status as a text, since it may have letters.
pub(crate) mod code {
    use pyi_codegen::ir::StatusCode;
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(code: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(code)
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<StatusCode, D::Error> {
        let text = String::deserialize(from)?;
        text.parse().map_err(|_| Error::custom("a status is the text of its code, such as \"10019\""))
    }
}
