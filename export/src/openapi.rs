//! A spec as an OpenAPI document, for clients in other languages and for OpenAPI tools.
//!
//! | of the spec | in the document |
//! |---|---|
//! | an endpoint | a path, one operation a method; the first method's has the endpoint's id |
//! | a request's fields, the common parameters, the signature | a form in the body, or a query |
//! | the envelope and its payload | two schemas, `….Reply` and `…Data` |
//! | an enum | of a request: its codes; of a reply: any text, since a provider adds codes; their names in `x-pyi` |
//! | statuses | the schema `Status`, in words and in `x-pyi` |
//! | the signing scheme | a security scheme, with a note that says how it is computed |
//! | what arrives later | a callback of the operation, or a webhook |
//! | effect, price, where a later answer goes, what names a person | `x-pyi` |
//!
//! Descriptions state what OpenAPI cannot express: a value may arrive as text or as a number, and
//! checks run only on request, so no pattern is given.

mod callbacks;
mod descriptions;
mod downgrade;
mod operations;
mod schemas;

use md5::{Digest, Md5};
use pyi_codegen::ir::{Endpoint, ParameterPlace, Provider};
use serde_json::{Map, Value};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::server::{ServerBuilder, ServerVariableBuilder};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathsBuilder};

/// A version of the OpenAPI specification.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// 3.1.0, whose schemas are JSON Schema's.
    V31,
    /// 3.0.3, for tools without support for 3.1.
    V30,
}

/// The document as JSON.
///
/// # Errors
///
/// Those of serde_json. None is known.
pub fn openapi(provider: &Provider, version: Version) -> Result<String, serde_json::Error> {
    let document = document(provider);
    let has_callbacks = provider.endpoints.iter().any(|endpoint| endpoint.delivery.is_some());
    if version == Version::V31 && !has_callbacks {
        return document.to_pretty_json();
    }
    // The crate has no type for callbacks.
    let mut document = serde_json::to_value(&document)?;
    callbacks::add(&mut document, provider, |endpoint| path_of(provider, endpoint), version);
    match version {
        Version::V31 => serde_json::to_string_pretty(&document),
        Version::V30 => serde_json::to_string_pretty(&downgrade::to_3_0(document)),
    }
}

fn document(provider: &Provider) -> OpenApi {
    let info = InfoBuilder::new()
        .title(provider.title.clone())
        .description(Some(descriptions::provider(provider)))
        .version(fingerprint(provider));
    let host = ServerVariableBuilder::new()
        .default_value("host.invalid")
        .description(Some("Each account has a host of its own, shown after login."));
    let paths = provider.endpoints.iter().fold(PathsBuilder::new(), |paths, endpoint| {
        paths.path(path_of(provider, endpoint), operations::path_item(provider, endpoint))
    });
    let sign = scheme_name(provider);
    OpenApiBuilder::new()
        .info(info)
        .servers(Some([ServerBuilder::new().url("https://{host}").parameter("host", host).build()]))
        .paths(paths)
        .components(Some(components(provider)))
        .security(Some([SecurityRequirement::new(sign, Vec::<String>::new())]))
        .build()
}

/// The path of an endpoint. A document has each path once: endpoints that share one have their name
/// behind it, which no client sends.
fn path_of(provider: &Provider, endpoint: &Endpoint) -> String {
    let first = provider.endpoints.iter().find(|other| other.path == endpoint.path);
    match first {
        Some(first) if first.id != endpoint.id => format!("{}#{}", endpoint.path, endpoint.id),
        _ => endpoint.path.clone(),
    }
}

fn components(provider: &Provider) -> utoipa::openapi::Components {
    let sign = &provider.sign.parameter;
    let key = ApiKeyValue::with_description(sign.clone(), descriptions::sign_of_requests(provider));
    let key = match provider.sign.place {
        ParameterPlace::Header => ApiKey::Header(key),
        ParameterPlace::Body | ParameterPlace::Query | ParameterPlace::Path | ParameterPlace::Sign => {
            ApiKey::Query(key)
        }
    };
    let shared = ComponentsBuilder::new()
        .security_scheme(scheme_name(provider), SecurityScheme::ApiKey(key))
        .schema("Status", schemas::status(provider))
        .schema(schemas::SERVER_TIME, schemas::server_time());
    let shared =
        provider.enums.iter().fold(shared, |all, named| all.schema(&named.rust, schemas::codes(named)));
    let shared = provider.objects.iter().fold(shared, |all, object| match object.is_given {
        true => all.schema(&object.rust, schemas::given(provider, object)),
        false => {
            all.schema(&object.rust, schemas::data(provider, &object.title, &object.doc, &object.fields))
        }
    });
    let all = provider.endpoints.iter().fold(shared, |all, endpoint| {
        all.schema(&endpoint.data_type, schemas::payload(provider, endpoint))
            .schema(schemas::reply_name(endpoint), schemas::reply(endpoint))
            .schema(schemas::format_name(&endpoint.formats), schemas::format(&endpoint.formats))
    });
    all.build()
}

/// Name of the security scheme: the signature's parameter, in the characters that OpenAPI allows.
fn scheme_name(provider: &Provider) -> String {
    let allowed = |c: char| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' };
    provider.sign.parameter.chars().map(allowed).collect()
}

/// Version of the document: a digest of the spec's files.
fn fingerprint(provider: &Provider) -> String {
    let mut digest = Md5::new();
    for file in &provider.files {
        digest.update(&file.name);
        digest.update([0]);
        digest.update(&file.text);
        digest.update([0]);
    }
    hex::encode(digest.finalize()).chars().take(12).collect()
}

/// Facts without an OpenAPI key, as one object: the order of several extensions is not defined.
fn extension(members: impl IntoIterator<Item = (&'static str, Value)>) -> Option<Extensions> {
    let present = members.into_iter().filter(|(_, value)| !value.is_null());
    let present: Map<String, Value> = present.map(|(key, value)| (key.to_owned(), value)).collect();
    (!present.is_empty()).then(|| Extensions::from_iter([("x-pyi", Value::Object(present))]))
}
