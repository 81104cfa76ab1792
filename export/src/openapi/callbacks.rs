//! Callbacks: what arrives later, at the address that a request gave, or at one of the account.

use pyi_codegen::ir::{BodyForm, Delivery, Endpoint, Field, ParameterPlace, Provider, Type};
use serde_json::{Map, Value, json};

use super::schemas::{self, Side};
use super::{Version, descriptions};

/// Adds the callbacks of all endpoints to a document, which has none yet.
pub(super) fn add(
    document: &mut Value,
    provider: &Provider,
    path_of: impl Fn(&Endpoint) -> String,
    version: Version,
) {
    for endpoint in &provider.endpoints {
        let Some(delivery) = &endpoint.delivery else { continue };
        let item = item(provider, endpoint, delivery);
        match &endpoint.callback {
            Some(field) => {
                for method in &endpoint.methods {
                    let verb = method.as_str().to_lowercase();
                    let place = endpoint.request.iter().find(|known| known.wire == *field);
                    let place = match place.map_or(ParameterPlace::Body, |known| known.place) {
                        ParameterPlace::Body if method.has_body() => format!("{{$request.body#/{field}}}"),
                        ParameterPlace::Body | ParameterPlace::Query => format!("{{$request.query.{field}}}"),
                        ParameterPlace::Header => format!("{{$request.header.{field}}}"),
                        ParameterPlace::Path | ParameterPlace::Sign => format!("{{$request.path.{field}}}"),
                    };
                    let path = path_of(endpoint);
                    let operation =
                        document.get_mut("paths").and_then(|paths| paths.get_mut(&path)?.get_mut(&verb));
                    if let Some(Value::Object(operation)) = operation {
                        let callback = json!({endpoint.id.as_str(): {place: item.clone()}});
                        operation.insert("callbacks".to_owned(), callback);
                    }
                }
            }
            // Only 3.1 has a place for a request that no other one causes.
            None if version == Version::V31 => {
                if let Value::Object(document) = document {
                    let webhooks = document.entry("webhooks").or_insert_with(|| Value::Object(Map::new()));
                    if let Value::Object(webhooks) = webhooks {
                        webhooks.insert(endpoint.id.clone(), item);
                    }
                }
            }
            None => {}
        }
    }
}

/// The one request of a callback.
fn item(provider: &Provider, endpoint: &Endpoint, delivery: &Delivery) -> Value {
    let unsigned = delivery.fields.iter().filter(|field| !field.is_signed);
    let note = descriptions::sign(&delivery.sign, unsigned.map(|field| field.wire.as_str()));
    let sign = json!({"type": "string", "description": note});
    let mut members = Map::new();
    let mut parameters = Vec::new();
    let is_in_body = |place| delivery.method.has_body() && place == ParameterPlace::Body;
    let mut push = |name: &str, place: ParameterPlace, required: bool, schema: Value| {
        if is_in_body(place) {
            members.insert(name.to_owned(), schema);
        } else {
            let place = if place == ParameterPlace::Header { "header" } else { "query" };
            parameters.push(json!({"name": name, "in": place, "required": required, "schema": schema}));
        }
    };
    for field in &delivery.fields {
        push(&field.wire, field.place, false, schema(provider, delivery, field));
    }
    push(&delivery.sign.parameter, delivery.sign.place, true, sign);
    let mut operation = json!({
        "summary": format!("{}: the later answer", endpoint.title),
        "description": "The signature is verified before anything is read. The same can arrive again.",
        "responses": {"200": {
            "description": "What the provider takes for an answer. Without it, it sends the same again.",
            "content": {delivery.answer_type().split(';').next().unwrap_or_default(): {
                "schema": {"type": "string", "enum": [delivery.answer]},
            }},
        }},
        "security": [],
    });
    if !parameters.is_empty() {
        operation["parameters"] = Value::Array(parameters);
    }
    if delivery.method.has_body() {
        let media_type = delivery.body.media_type().split(';').next().unwrap_or_default();
        let schema = json!({"type": "object", "properties": members});
        operation["requestBody"] = json!({"required": true, "content": {media_type: {"schema": schema}}});
    }
    let verb = delivery.method.as_str().to_lowercase();
    json!({verb: operation})
}

/// A form has an object, a list or any JSON as a text.
fn schema(provider: &Provider, delivery: &Delivery, field: &Field) -> Value {
    let is_composite = matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any);
    let is_json = delivery.method.has_body() && delivery.body == BodyForm::Json;
    let side = if is_composite && !is_json { Side::Text } else { Side::Reply };
    serde_json::to_value(schemas::field(provider, field, side)).unwrap_or_default()
}
