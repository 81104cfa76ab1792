//! The checks before a request is sent, and the method and format of the call.

use std::time::Duration;

use crate::call::settings::Settings;
use crate::client::app::{App, AppSource};
use crate::client::core::{Core, Shared};
use crate::error::Error;
use crate::operation::{
    Format, Method, Operation, Parameter, Provider, Segment, SegmentWord, SignMethod, Signing, Source,
};
use crate::request::check::{climbing, missing, named, unlisted, violation};
use crate::request::encode::Values;
use crate::request::inside::violation_inside;
use crate::request::key::key_fault;
use crate::request::sign::Credentials;

/// The method and format of a call.
pub(crate) struct Prepared {
    pub(crate) method: Method,
    pub(crate) format: Format,
}

/// The words of some values, for a message.
fn listed<T: Copy>(values: &[T], word: fn(T) -> &'static str) -> String {
    values.iter().map(|value| word(*value)).collect::<Vec<_>>().join(", ")
}

/// Refuses what can be refused without a request.
pub(crate) fn prepare(
    core: &Core,
    operation: &Operation<'_>,
    values: &Values,
    settings: &Settings,
) -> Result<Prepared, Error> {
    let refuse = |why: String| Error::configuration(operation.id, why);
    let method = allowed(settings.method, operation.methods).ok_or_else(|| {
        let (method, known) =
            (settings.method.map_or("", Method::as_str), listed(operation.methods, Method::as_str));
        refuse(format!("the endpoint does not allow the method {method}; it allows {known}"))
    })?;
    let format = allowed(settings.format, operation.formats).ok_or_else(|| {
        let (format, known) =
            (settings.format.map_or("", Format::as_str), listed(operation.formats, Format::as_str));
        refuse(format!("the endpoint does not offer the format {format}; it offers {known}"))
    })?;
    if let Some(other) = settings.stray_options {
        return Err(refuse(format!("the options belong to `{other}`")));
    }
    if settings.timeout == Some(Duration::ZERO) {
        return Err(refuse("the timeout must be greater than zero".to_owned()));
    }
    if settings.debug && !operation.has(Source::Debug) {
        return Err(refuse("the endpoint offers no debug data".to_owned()));
    }
    if let Some(host) = operation.host
        && core.shared.base(Some(host)).is_none()
    {
        return Err(refuse(format!(
            "the endpoint is on the host `{host}`, whose URL is not known; give .host(\"{host}\", \"https://…\")"
        )));
    }
    if let Some(parameter) = missing(operation, values) {
        return Err(Error::value(operation.id, parameter.name, "is required and has no value"));
    }
    if let Some(parameter) = climbing(operation, values) {
        return Err(Error::value(operation.id, parameter.name, "cannot be sent in a path"));
    }
    if let Some((index, why)) = values.refusal() {
        let of_value = |parameter: &&Parameter<'_>| parameter.source == Source::Request(index);
        let name = operation.parameters.iter().find(of_value).map_or("", |parameter| parameter.name);
        return Err(Error::value(operation.id, name, why));
    }
    if let Some((name, why)) = unlisted(operation, values) {
        return Err(Error::value(operation.id, &name, why.to_string()));
    }
    if settings.check || core.shared.checks {
        check(operation, values)?;
    }
    if let AppSource::Fixed(app) = &core.app {
        check_app(&core.shared, operation, app)?;
    }
    Ok(Prepared { method, format })
}

/// Refuses an app that cannot sign, or whose method the provider or the base URL does not allow.
pub(crate) fn check_app(shared: &Shared, operation: &Operation<'_>, app: &App) -> Result<(), Error> {
    let refuse = |why: String| Err(Error::configuration(operation.id, why));
    let method = app.credentials.method();
    if let Some(why) = app.refusal() {
        return refuse(why.to_owned());
    }
    let asks_for_id =
        operation.has(Source::AppId) || (operation.is_signed && operation.provider.sign.has_app_id(method));
    if app.id().is_empty() && asks_for_id {
        return refuse("the provider asks for an app id; give .app(id, credentials)".to_owned());
    }
    let of_account = |parameter: &&Parameter<'_>| {
        parameter.source == Source::Account && parameter.required && app.value_of(parameter.name).is_empty()
    };
    if let Some(parameter) = operation.parameters.iter().find(of_account) {
        let name = parameter.name;
        return refuse(format!(
            "the app has no value of the account for `{name}`; give .value(\"{name}\", …)"
        ));
    }
    if let Some(why) = unfit(operation.provider, &app.credentials) {
        return refuse(why);
    }
    if matches!(method.signing(), Signing::Secret | Signing::Basic) && !shared.may_send_secret {
        return refuse(format!(
            "the {method:?} method sends the secret itself, and the base URL is plain http; use https, or build the client \
             with .allow_insecure_hash()"
        ));
    }
    Ok(())
}

/// Why no request to a provider can be signed with some credentials.
pub(crate) fn unfit(provider: &Provider<'_>, credentials: &Credentials) -> Option<String> {
    let method = credentials.method();
    if !provider.sign.methods.contains(&method) {
        let known = listed(provider.sign.methods, SignMethod::as_str);
        let method = method.as_str();
        return Some(format!("the provider does not allow the signing method {method}; it allows {known}"));
    }
    if let Some(why) = key_fault(&provider.sign, credentials) {
        return Some(why.to_owned());
    }
    let text = provider.sign.text(method);
    if credentials.outside().is_some() && text.contains(&Segment::Word(SegmentWord::Secret)) {
        let why = "the text that this provider signs has the secret in it, so that no signer can sign it";
        return Some(why.to_owned());
    }
    None
}

/// Runs the spec's rules over the values, in the order of the request's fields.
fn check(operation: &Operation<'_>, values: &Values) -> Result<(), Error> {
    for index in 0..values.len() {
        let value = values.get(index);
        let of_value = |parameter: &&Parameter<'_>| parameter.source == Source::Request(index);
        let Some(parameter) = operation.parameters.iter().find(of_value).filter(|_| !value.is_empty()) else {
            continue;
        };
        if let Some(reason) = parameter.checks.iter().find_map(|check| violation(check, value)) {
            return Err(Error::value(operation.id, parameter.name, reason.to_string()));
        }
        if let Some((place, reason)) = violation_inside(parameter.inside, value, |_| true) {
            return Err(Error::value(operation.id, &named(parameter, &place), reason.to_string()));
        }
    }
    Ok(())
}

/// The requested value if it is allowed. Without a request, the first allowed value.
fn allowed<T: Copy + PartialEq>(asked: Option<T>, allowed: &[T]) -> Option<T> {
    match asked {
        Some(asked) => allowed.contains(&asked).then_some(asked),
        None => allowed.first().copied(),
    }
}
