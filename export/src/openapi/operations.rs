//! Operations: the requests and responses of an endpoint.

use pyi_codegen::ir::{
    BodyForm, CommonSource, Endpoint, Method, Parameter, ParameterPlace, Provider, Source, Status, TimeForm,
};
use serde_json::{Map, Value, json};
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathItemBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type as Json};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{ContentBuilder, Deprecated, Ref, RefOr, Required, ResponseBuilder};

use super::schemas::{self, Side};
use super::{descriptions, extension};

/// One operation per method.
pub(super) fn path_item(provider: &Provider, endpoint: &Endpoint) -> PathItem {
    let item = PathItemBuilder::new();
    let item = endpoint.methods.iter().enumerate().fold(item, |item, (index, method)| {
        // An endpoint's id has no hyphen, so no two operations have one id.
        let id = if index == 0 {
            endpoint.id.clone()
        } else {
            format!("{}-{}", endpoint.id, method.as_str().to_lowercase())
        };
        let verb = match method {
            Method::Post => HttpMethod::Post,
            Method::Put => HttpMethod::Put,
            Method::Patch => HttpMethod::Patch,
            Method::Delete => HttpMethod::Delete,
            _ => HttpMethod::Get,
        };
        item.operation(verb, operation(provider, endpoint, *method, id))
    });
    item.build()
}

fn operation(provider: &Provider, endpoint: &Endpoint, method: Method, id: String) -> Operation {
    let operation = OperationBuilder::new()
        .operation_id(Some(id))
        .summary(Some(endpoint.title.clone()))
        .description(descriptions::endpoint(endpoint))
        .deprecated(endpoint.deprecated.as_ref().map(|_| Deprecated::True))
        .response("200", response(endpoint));
    let operation = if endpoint.is_signed {
        operation
    } else {
        operation.securities(Some([SecurityRequirement::default()]))
    };
    let operation = provider
        .http
        .iter()
        .fold(operation, |operation, status| operation.response(status.code.to_string(), http(status)));
    let operation = match endpoint.envelope.empty {
        Some(code) if !provider.http.iter().any(|status| status.code == 204) => {
            let text = format!("An answer without a body: status `{code}`.");
            operation.response("204", ResponseBuilder::new().description(text))
        }
        _ => operation,
    };
    let operation = operation.extensions(extension([
        ("effect", json!(endpoint.effect.as_str())),
        ("host", endpoint.host.as_ref().map_or(Value::Null, |host| json!(host))),
        ("price", price(endpoint)),
        ("callback", endpoint.callback.as_ref().map_or(Value::Null, |field| json!(field))),
    ]));
    let sent = parameters(provider, endpoint, method);
    let is_in_body = |sent: &Sent| method.has_body() && sent.place == ParameterPlace::Body;
    let operation = if method.has_body() {
        let inside = sent.iter().filter(|sent| is_in_body(sent));
        operation.request_body(Some(body(endpoint, inside).build()))
    } else {
        operation
    };
    let outside = sent.into_iter().filter(|sent| !is_in_body(sent)).map(|sent| {
        let place = match sent.place {
            ParameterPlace::Body | ParameterPlace::Query => ParameterIn::Query,
            ParameterPlace::Header => ParameterIn::Header,
            // What is not sent by itself is in the description of the signature alone.
            ParameterPlace::Path | ParameterPlace::Sign => ParameterIn::Path,
        };
        let required = sent.required || sent.place == ParameterPlace::Path;
        ParameterBuilder::new()
            .name(sent.name)
            .parameter_in(place)
            .required(if required { Required::True } else { Required::False })
            .schema(Some(sent.schema))
    });
    outside.fold(operation, |operation, parameter| operation.parameter(parameter)).build()
}

fn price(endpoint: &Endpoint) -> Value {
    endpoint.price.as_ref().map_or(Value::Null, |price| {
        let tiers: Map<String, Value> =
            price.tiers.iter().map(|(calls, unit_price)| (calls.to_string(), json!(unit_price))).collect();
        json!({"currency": price.currency, "tiers": tiers})
    })
}

/// A parameter as it is sent.
struct Sent {
    name: String,
    place: ParameterPlace,
    required: bool,
    schema: RefOr<Schema>,
}

/// All parameters that are sent: the endpoint's fields, the common parameters, the signature.
fn parameters(provider: &Provider, endpoint: &Endpoint, method: Method) -> Vec<Sent> {
    let is_json = method.has_body() && endpoint.body == BodyForm::Json;
    let own = endpoint.request.iter().map(|field| Sent {
        name: field.wire.clone(),
        place: field.place,
        required: !field.optional,
        schema: schemas::field(
            provider,
            field,
            if is_json && field.place == ParameterPlace::Body { Side::Json } else { Side::Text },
        ),
    });
    let common = endpoint.parameters.iter().filter_map(|parameter| match parameter.source {
        Source::Common(from) => Some(common(endpoint, parameter, from)),
        Source::Constant => Some(Sent {
            name: parameter.name.clone(),
            place: parameter.place,
            required: parameter.required,
            schema: ObjectBuilder::new()
                .schema_type(Json::String)
                .enum_values(Some([parameter.default.clone()]))
                .into(),
        }),
        Source::Request(_) | Source::Secret => None,
    });
    let note = descriptions::sign_of_requests(provider);
    let sign = Sent {
        name: provider.sign.parameter.clone(),
        place: provider.sign.place,
        required: true,
        schema: ObjectBuilder::new().schema_type(Json::String).description(Some(note)).into(),
    };
    let sent = own.chain(common).chain(endpoint.is_signed.then_some(sign));
    sent.filter(|sent| sent.place != ParameterPlace::Sign).collect()
}

fn common(endpoint: &Endpoint, parameter: &Parameter, from: CommonSource) -> Sent {
    let object = match from {
        CommonSource::AppId => ObjectBuilder::new()
            .schema_type(Json::String)
            .description(Some("The app's id, which the account shows.")),
        CommonSource::Format => {
            let schema = Ref::from_schema_name(schemas::format_name(&endpoint.formats)).into();
            return Sent {
                name: parameter.name.clone(),
                place: parameter.place,
                required: parameter.required,
                schema,
            };
        }
        CommonSource::Clock => {
            let (ty, text) = match &parameter.form {
                TimeForm::Unix => (Json::Integer, "The caller's time in unix seconds.".to_owned()),
                TimeForm::UnixMs => (Json::Integer, "The caller's time in unix milliseconds.".to_owned()),
                TimeForm::Pattern { pattern, .. } => {
                    (Json::String, format!("The caller's time, written as `{pattern}` (strftime)."))
                }
            };
            ObjectBuilder::new().schema_type(ty).description(Some(text))
        }
        CommonSource::SignMethod => {
            ObjectBuilder::new().schema_type(Json::String).description(Some("The method of the signature."))
        }
        CommonSource::BodyMd5
        | CommonSource::BodyMd5Base64
        | CommonSource::BodySha256
        | CommonSource::BodySha256Base64
        | CommonSource::BodySha512 => {
            ObjectBuilder::new().schema_type(Json::String).description(Some("A digest of the body."))
        }
        CommonSource::Account => {
            ObjectBuilder::new().schema_type(Json::String).description(Some("A value of the account."))
        }
        CommonSource::Nonce => ObjectBuilder::new()
            .schema_type(Json::String)
            .description(Some("Random text, another one for each request.")),
        CommonSource::Debug => ObjectBuilder::new()
            .schema_type(Json::Integer)
            .enum_values(Some([1]))
            .description(Some("1 asks for data made up for testing.")),
    };
    Sent {
        name: parameter.name.clone(),
        place: parameter.place,
        required: parameter.required,
        schema: object.into(),
    }
}

fn body<'s>(endpoint: &Endpoint, sent: impl Iterator<Item = &'s Sent>) -> RequestBodyBuilder {
    let object = sent.fold(ObjectBuilder::new(), |object, sent| {
        let object = if sent.required { object.required(&sent.name) } else { object };
        object.property(&sent.name, sent.schema.clone())
    });
    let media_type = endpoint.body.media_type().split(';').next().unwrap_or_default();
    RequestBodyBuilder::new()
        .required(Some(Required::True))
        .content(media_type, ContentBuilder::new().schema(Some(object)).build())
}

/// An answer without an envelope.
fn http(status: &Status) -> ResponseBuilder {
    ResponseBuilder::new().description(descriptions::http(status))
}

/// Errors come with HTTP status 200 too: the envelope says which they are.
fn response(endpoint: &Endpoint) -> ResponseBuilder {
    let own: Vec<_> = endpoint.statuses.iter().collect();
    let more = if own.is_empty() {
        String::new()
    } else {
        format!("Statuses of this endpoint alone:\n\n{}", descriptions::statuses(&own))
    };
    let text = "An answer, whatever it says: its status tells success from failure, and what was billed.";
    let response =
        ResponseBuilder::new().description(descriptions::paragraphs(&[text, &more]).unwrap_or_default());
    endpoint.formats.iter().fold(response, |response, format| {
        let reply = Ref::from_schema_name(schemas::reply_name(endpoint));
        response.content(format.media_type(), ContentBuilder::new().schema(Some(reply)).build())
    })
}
