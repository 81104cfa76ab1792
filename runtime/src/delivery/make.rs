//! Makes a delivery as a provider does: for tests of a handler, and for a sandbox.

use super::{Delivery, DeliveryError, check_app};
use crate::client::app::App;
use crate::operation::{
    CallbackScheme, Envelope, Format, JsonForm, Operation, Parameter, ParameterOrder, ParameterPlace,
    Provider, Source,
};
use crate::request::encode::{CommonValues, SECRET, Value, Values, encode};
use crate::transport::{HeaderMap, HeaderName, HeaderValue};

/// Makes a signed delivery of values, by wire name. `target` is the path and the query of the
/// address. A value that the spec does not list is sent as well.
///
/// # Errors
///
/// An app that cannot sign, or a value that no header can have.
pub fn deliver(
    callback: &CallbackScheme<'_>,
    app: &App,
    target: &str,
    values: &[(&str, &str)],
) -> Result<Delivery, DeliveryError> {
    check_app(callback, app)?;
    let texts: Vec<&str> = values.iter().map(|(_, value)| *value).collect();
    let texts: Vec<&dyn Value> = texts.iter().map(|value| value as &dyn Value).collect();
    let mut parameters: Vec<Parameter<'_>> = Vec::new();
    let digests = callback.fields.iter().filter_map(|field| Some((field, field.digest?)));
    for (field, (digest, encoding)) in digests.clone() {
        let parameter = Parameter::required(field.name, Source::Body(digest, encoding));
        parameters.push(parameter.place(field.place).unsigned());
    }
    for (index, (name, _)) in values.iter().enumerate() {
        let mut parameter = Parameter::optional(name, Source::Request(index));
        if digests.clone().any(|(field, _)| field.name == *name) {
            continue;
        }
        if let Some(field) = callback.fields.iter().find(|field| field.name == *name) {
            parameter.place = field.place;
            parameter.is_signed = field.is_signed;
            parameter.json = if field.is_json { JsonForm::Raw } else { JsonForm::Text };
        }
        parameters.push(parameter);
    }
    if !callback.sign.secret_as.is_empty() {
        let secret = Parameter::required(callback.sign.secret_as, Source::Secret);
        parameters.push(secret.place(ParameterPlace::Sign).template(SECRET));
    }
    let listed = |name: &str| callback.fields.iter().position(|field| field.name == name);
    match callback.sign.order {
        ParameterOrder::Key | ParameterOrder::Value => parameters.sort_by_key(|parameter| parameter.name),
        ParameterOrder::Listed => {
            parameters.sort_by_key(|parameter| listed(parameter.name).unwrap_or(usize::MAX));
        }
    }
    let (path, own_query) = target.split_once('?').unwrap_or((target, ""));
    let provider = Provider {
        name: "",
        title: "",
        sign: callback.sign,
        envelope: Envelope::NOWHERE,
        statuses: &[],
        http: &[],
    };
    let operation = Operation {
        path,
        body: callback.body,
        methods: &[callback.method],
        parameters: &parameters,
        ..Operation::of(&provider)
    };
    let filled = CommonValues {
        app_id: app.id(),
        method: callback.method,
        host: "",
        format: Format::Json,
        time: None,
        millis: 0,
        nonce: "",
        debug: false,
        account: &|_| "",
        sign: app.credentials(),
    };
    let encoded = encode(&operation, &Values::of(&texts), &filled);
    let query = [own_query, encoded.query.as_str()].into_iter().filter(|query| !query.is_empty());
    let query = query.collect::<Vec<_>>().join("&");
    let target = if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") };
    let mut headers = HeaderMap::new();
    let written = |name: &str, value: &str| {
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        Some((name, HeaderValue::from_str(value).ok()?))
    };
    let content_type = ("content-type".to_owned(), callback.body.media_type().to_owned());
    let content_type = callback.method.has_body().then_some(content_type);
    for (name, value) in encoded.headers.into_iter().chain(content_type) {
        let unfit = DeliveryError::Unreadable("a value in it cannot be a header");
        let (name, value) = written(&name, &value).ok_or(unfit)?;
        headers.append(name, value);
    }
    Ok(Delivery::new(callback.method, target, headers, encoded.body))
}
