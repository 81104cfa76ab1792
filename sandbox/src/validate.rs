//! Validates a request and chooses its status. The provider's order of checks is not known. The
//! sandbox uses this order:
//!
//! | check | status, by its name in the spec | otherwise the first of class |
//! |---|---|---|
//! | the path is an endpoint's | `endpoint_unknown` | `request` |
//! | the endpoint allows the method, and offers the format | `other` | `request` |
//! | the app id is present and is the app's | `app_id_missing`, `app_id_invalid` | `auth` |
//! | the time, if present, is in whole seconds and near | `time_not_integer`, `clock_skew` | `auth` |
//! | the signature is present and matches a method of the spec | `sign_missing`, `sign_invalid` | `auth` |
//! | the required fields are present, none is unknown or repeated | `parameter_count` | `request` |
//! | a field has a magic value for a status of the spec | that status | |
//! | debug data is requested | | `debug` |
//! | the request has a callback URL | | `pending` |
//! | otherwise | | `data` |
//!
//! A spec with neither the name nor the class gets any other status that is no success. A spec
//! without such a status gets HTTP 501. `notify` calls the callback URL.

use jiff::Timestamp;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::tz::Offset;
use pyi_codegen::ir::{
    Common, CommonSource, Endpoint, Parameter, ParameterPlace, Pointer, Provider, SignMethod, Source, Status,
    StatusClass, TimeForm,
};
use pyi_dynamic::ProviderParts;
use pyi_runtime::__private::canonical::{Material, Pair, in_order};
use pyi_runtime::__private::digest_of;
use pyi_runtime::Credentials;

use crate::clock::now;
use crate::magic_values;
use crate::own_app::OwnApp;
use crate::request::{ParsedRequest, is_sent};
use crate::validation::{Refusal, Validation};

/// Maximum clock difference of a request, in seconds.
const WINDOW: i64 = 600;

pub(crate) fn validate<'p>(
    provider: &'p Provider,
    endpoint: Option<&'p Endpoint>,
    app: &OwnApp,
    request: &ParsedRequest,
) -> Validation<'p> {
    let refused = match endpoint {
        None => Some(Refusal::plain(StatusClass::Request, "endpoint_unknown")),
        Some(endpoint) => refusal(provider, endpoint, app, request),
    };
    let is_granted = refused.is_none();
    let (status, info) = match refused {
        Some(refusal) => (refusal.status(provider), refusal.info),
        None => (granted(provider, endpoint, request), String::new()),
    };
    Validation { endpoint, status, unlisted: None, info, is_granted }
}

fn granted<'p>(
    provider: &'p Provider,
    endpoint: Option<&'p Endpoint>,
    request: &ParsedRequest,
) -> Option<&'p Status> {
    let values: Vec<&str> = endpoint.map(|endpoint| request.values(endpoint)).unwrap_or_default();
    // The provider's statuses come first. An endpoint's own status needs a magic value.
    let own = endpoint.into_iter().flat_map(|endpoint| &endpoint.statuses);
    let statuses: Vec<&Status> = provider.statuses.iter().chain(own).collect();
    let first = |class| statuses.iter().find(|status| status.class == class).copied();
    let debug = request.asks_for_debug_data(provider);
    let later = endpoint
        .and_then(|endpoint| request.parameter(endpoint.callback.as_ref()?))
        .is_some_and(|to| !to.is_empty());
    magic_values::status(&statuses, &values)
        .or_else(|| first(StatusClass::Debug).filter(|_| debug))
        .or_else(|| first(StatusClass::Pending).filter(|_| later))
        .or_else(|| success(provider, endpoint, &statuses))
}

/// The status of a success: the one of a reply that says nothing, or of HTTP, where the envelope
/// has such a status; otherwise the first with data.
fn success<'p>(
    provider: &'p Provider,
    endpoint: Option<&'p Endpoint>,
    statuses: &[&'p Status],
) -> Option<&'p Status> {
    let envelope = endpoint.map_or(&provider.envelope, |endpoint| &endpoint.envelope);
    let is_of_http = envelope.status.last().is_some_and(|place| Pointer::of(place) == Pointer::HttpStatus);
    let mut usual = statuses.iter().filter(|status| status.class == StatusClass::Data).copied();
    let fits = |status: &&Status| match status.code.number() {
        Some(code) if is_of_http => (200..=299).contains(&code),
        _ => !is_of_http && envelope.absent == Some(status.code),
    };
    usual.clone().find(fits).or_else(|| usual.next())
}

fn refusal(
    provider: &Provider,
    endpoint: &Endpoint,
    app: &OwnApp,
    request: &ParsedRequest,
) -> Option<Refusal> {
    let method_allowed = request.method.is_some_and(|method| endpoint.methods.contains(&method));
    if !method_allowed {
        return Refusal::other("the endpoint does not allow this method");
    }
    let format = request.format(provider);
    if request.common(provider, CommonSource::Format).is_some()
        && format.is_none_or(|format| !endpoint.formats.contains(&format))
    {
        return Refusal::other("the endpoint does not offer this format");
    }
    match request.common(provider, CommonSource::AppId) {
        None if sends(provider, endpoint, CommonSource::AppId) => return Refusal::auth("app_id_missing"),
        Some(id) if id != app.id => return Refusal::auth("app_id_invalid"),
        _ => {}
    }
    if let Some((common, time)) = clock(provider, request) {
        match seconds(time, &common.form) {
            None => return Refusal::auth("time_not_integer"),
            Some(time) if now().abs_diff(time) > WINDOW.unsigned_abs() => {
                return Refusal::auth("clock_skew");
            }
            Some(_) => {}
        }
    }
    if let Some(digest) = wrong_body_digest(provider, endpoint, request) {
        return Refusal::other(&format!("`{digest}` is not the digest of the body"));
    }
    if let Some(account) = missing_account_value(endpoint, request) {
        return Refusal::other(&format!("the account's `{account}` is missing"));
    }
    match request.signature(provider, &app.id) {
        _ if !endpoint.is_signed => {}
        None => return Refusal::auth("sign_missing"),
        Some(signature) if !is_signature_valid(provider, endpoint, app, request, &signature) => {
            return Refusal::auth("sign_invalid");
        }
        Some(_) => {}
    }
    let complete = are_fields_complete(provider, endpoint, request);
    (!complete).then(|| Refusal::plain(StatusClass::Request, "parameter_count"))
}

/// The first parameter that is not the digest of the body that it says.
fn wrong_body_digest<'p>(
    provider: &Provider,
    endpoint: &'p Endpoint,
    request: &ParsedRequest,
) -> Option<&'p str> {
    let is_wrong = |parameter: &&Parameter| {
        let Source::Common(from) = parameter.source else { return false };
        let Some((digest, encoding)) = from.body_digest() else { return false };
        let expected = digest_of(digest, encoding, request.body.as_bytes());
        request.parameter(&parameter.name) != Some(expected.as_str())
    };
    let mut sent = endpoint.parameters.iter().filter(|parameter| is_sent(parameter, provider));
    sent.find(is_wrong).map(|parameter| parameter.name.as_str())
}

/// The first parameter of the account that is not sent.
fn missing_account_value<'p>(endpoint: &'p Endpoint, request: &ParsedRequest) -> Option<&'p str> {
    let of_account = |parameter: &&Parameter| {
        parameter.source == Source::Common(CommonSource::Account) && parameter.required
    };
    let is_missing = |parameter: &&Parameter| request.parameter(&parameter.name).is_none_or(str::is_empty);
    endpoint.parameters.iter().filter(of_account).find(is_missing).map(|parameter| parameter.name.as_str())
}

/// Whether a signature is that of one of the spec's methods.
fn is_signature_valid(
    provider: &Provider,
    endpoint: &Endpoint,
    app: &OwnApp,
    request: &ParsedRequest,
    signature: &str,
) -> bool {
    let parts = ProviderParts::new(provider);
    let scheme = parts.signing_scheme();
    let listed = |name: &str| endpoint.parameters.iter().position(|parameter| parameter.name == name);
    let mut sent: Vec<(Option<usize>, Pair<'_>)> = Vec::new();
    for (name, value) in &request.as_sent {
        let index = listed(name);
        let is_signed =
            index.is_none_or(|index| endpoint.parameters.get(index).is_some_and(|sent| sent.is_signed));
        sent.push((index, Pair { name, value, template: "", is_signed }));
    }
    let unsent = unsent(provider, endpoint, app, request);
    for (index, name, value, template) in &unsent {
        let is_signed = endpoint.parameters.get(*index).is_some_and(|parameter| parameter.is_signed);
        sent.push((Some(*index), Pair { name, value, template, is_signed }));
    }
    sent.sort_by_key(|(index, _)| *index);
    let pairs = in_order(&scheme, sent.into_iter().map(|(_, pair)| pair));
    let (query, body) = without_signature(provider, request);
    let material = Material {
        method: request.method.map_or("", |method| method.as_str()),
        host: &request.host,
        path: &request.path,
        query: &query,
        body: &body,
        app_id: &app.id,
        pairs: &pairs,
    };
    // Where the request names its method, only that one counts.
    let named = provider
        .common_from(CommonSource::SignMethod)
        .zip(request.common(provider, CommonSource::SignMethod));
    let is_named = |method: &&SignMethod| {
        named.is_none_or(|(common, sent)| {
            let word = method.as_str();
            let own = common.words.iter().find(|(known, _)| known == word).map_or(word, |(_, own)| own);
            own == sent
        })
    };
    // What a signer makes outside, the sandbox cannot check.
    if provider.sign.methods.contains(&SignMethod::Signer) && !signature.is_empty() {
        return true;
    }
    let methods = provider.sign.methods.iter().filter(is_named);
    let mut signs = methods.map(|method| Credentials::new(*method, app.secret.as_str()));
    signs.any(|sign| pyi_runtime::__private::sign::signature_of(&scheme, &sign, &material) == signature)
}

/// The parameters that are signed and not sent: their index, name, value and text.
fn unsent<'p>(
    provider: &Provider,
    endpoint: &'p Endpoint,
    app: &OwnApp,
    request: &ParsedRequest,
) -> Vec<(usize, &'p str, String, &'p str)> {
    let mut unsent = Vec::new();
    for (index, parameter) in endpoint.parameters.iter().enumerate() {
        if is_sent(parameter, provider) {
            continue;
        }
        let value = match parameter.source {
            Source::Constant => parameter.default.clone(),
            Source::Common(CommonSource::AppId) => app.id.clone(),
            // Its template stands for it.
            Source::Secret => parameter.template.clone(),
            Source::Common(from) => match from.body_digest() {
                Some((digest, encoding)) => digest_of(digest, encoding, request.body.as_bytes()),
                None => continue,
            },
            Source::Request(_) => continue,
        };
        unsent.push((index, parameter.name.as_str(), value, parameter.template.as_str()));
    }
    unsent
}

/// The query and the body as they are signed: a form is signed before the signature is added.
fn without_signature(provider: &Provider, request: &ParsedRequest) -> (String, String) {
    let sign = &provider.sign;
    if sign.place == ParameterPlace::Header {
        return (request.query.clone(), request.body.clone());
    }
    let is_other = |pair: &&str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        name.as_deref() != Some(sign.parameter.as_str())
    };
    let without = |form: &str| form.split('&').filter(is_other).collect::<Vec<_>>().join("&");
    (without(&request.query), without(&request.body))
}

/// The unix seconds of a time as it is written.
fn seconds(text: &str, form: &TimeForm) -> Option<i64> {
    match form {
        TimeForm::Unix => text.parse().ok(),
        TimeForm::UnixMs => Some(text.parse::<i64>().ok()?.div_euclid(1000)),
        TimeForm::Pattern { pattern, offset } => {
            let offset = Offset::from_seconds(*offset).ok()?;
            let is_whole = ["%Y", "%m", "%d", "%H", "%M", "%S"].iter().all(|part| pattern.contains(part));
            if is_whole {
                let time = BrokenDownTime::parse(pattern, text).ok()?.to_datetime().ok()?;
                return offset.to_timestamp(time).ok().map(|time| time.as_second());
            }
            // The moment near now that is written so.
            (now() - WINDOW..=now() + WINDOW).find(|second| {
                let time = Timestamp::from_second(*second).map(|time| offset.to_datetime(time));
                time.is_ok_and(|time| time.strftime(pattern).to_string() == text)
            })
        }
    }
}

/// The parameter of the clock, and its value.
fn clock<'r>(provider: &'r Provider, request: &'r ParsedRequest) -> Option<(&'r Common, &'r str)> {
    let common = provider.common_from(CommonSource::Clock)?;
    Some((common, request.common(provider, CommonSource::Clock)?))
}

fn sends(provider: &Provider, endpoint: &Endpoint, from: CommonSource) -> bool {
    let is_it = |parameter: &&Parameter| parameter.source == Source::Common(from);
    endpoint.parameters.iter().filter(is_it).any(|parameter| is_sent(parameter, provider))
}

/// Whether each required field has a value and each parameter is known and unique.
fn are_fields_complete(provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> bool {
    let filled = endpoint.parameters.iter().all(|parameter| {
        !parameter.required
            || !is_sent(parameter, provider)
            || !matches!(
                parameter.source,
                Source::Request(_) | Source::Constant | Source::Common(CommonSource::Nonce)
            )
            || request.parameter(&parameter.name).is_some_and(|value| !value.is_empty())
    });
    let constant =
        endpoint.parameters.iter().filter(|parameter| parameter.source == Source::Constant).all(
            |parameter| request.parameter(&parameter.name).is_none_or(|value| value == parameter.default),
        );
    filled && constant && are_parameters_known(provider, endpoint, request)
}

/// Whether a request has no parameter twice, and none that the spec does not have.
pub(crate) fn are_parameters_known(
    provider: &Provider,
    endpoint: &Endpoint,
    request: &ParsedRequest,
) -> bool {
    let is_callback = |name: &str| name == provider.jsonp_callback;
    request.parameters.iter().enumerate().all(|(index, (name, _))| {
        let is_repeated = request.parameters.iter().take(index).any(|(other, _)| other == name);
        let is_listed = endpoint.parameters.iter().any(|parameter| parameter.name == *name);
        !is_repeated && (is_listed || *name == provider.sign.parameter || is_callback(name))
    })
}

/// Whether a request has the constants of an endpoint, by which endpoints of one path differ.
pub(crate) fn are_constants_fixed(provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> bool {
    let constants = endpoint.parameters.iter().filter(|parameter| parameter.source == Source::Constant);
    constants
        .filter(|parameter| is_sent(parameter, provider))
        .all(|parameter| request.parameter(&parameter.name) == Some(&parameter.default))
}
