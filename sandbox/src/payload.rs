//! Makes the payload of an answer from the spec and the request:
//!
//! | a value | is |
//! |---|---|
//! | of an enum | the code of a magic value, or the first code in the spec |
//! | of a field with the name and type of a request field | that field's value |
//! | of a named type that exactly one request field has | that field's value |
//! | with an example | the example |
//! | of a list | two values of the item type |
//! | otherwise | a plain value of its type |

use pyi_codegen::ir::{Endpoint, Field, Provider, Response, Type};
use serde_json::{Map, Value, json};

use crate::magic_values;
use crate::request::ParsedRequest;

/// Inputs of a payload.
struct PayloadBuilder<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    request: &'a ParsedRequest,
    code: Option<&'a str>,
}

pub(crate) fn data(provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> Value {
    let builder = PayloadBuilder::new(provider, endpoint, request);
    match &endpoint.response {
        Response::Fields(fields) => builder.object(fields),
        Response::Whole(ty) => builder.plain(ty),
    }
}

/// The values of a later answer, as texts.
pub(crate) fn texts(
    provider: &Provider,
    endpoint: &Endpoint,
    fields: &[Field],
    request: &ParsedRequest,
) -> Vec<(String, String)> {
    let builder = PayloadBuilder::new(provider, endpoint, request);
    let text = |field: &Field| match builder.value(field) {
        Value::String(text) => text,
        other => other.to_string(),
    };
    fields.iter().map(|field| (field.wire.clone(), text(field))).collect()
}

impl<'a> PayloadBuilder<'a> {
    fn new(provider: &'a Provider, endpoint: &'a Endpoint, request: &'a ParsedRequest) -> Self {
        Self { provider, endpoint, request, code: magic_values::code(&request.values(endpoint)) }
    }

    fn object(&self, fields: &[Field]) -> Value {
        let members = fields.iter().map(|field| (field.wire.clone(), self.value(field)));
        Value::Object(members.collect::<Map<_, _>>())
    }

    fn value(&self, field: &Field) -> Value {
        let text = self.echoed(field).filter(|text| !text.is_empty()).or(field.example.as_deref());
        match (&field.ty, text) {
            (Type::Enum(_) | Type::Object(_) | Type::List(_), _) | (_, None) => self.plain(&field.ty),
            (ty, Some(text)) => typed(ty, text),
        }
    }

    /// Value of the request field with the same name, or of the only one with the same named type.
    /// `None` if its type differs.
    fn echoed(&self, field: &Field) -> Option<&str> {
        let source = self
            .endpoint
            .request
            .iter()
            .find(|sent| sent.wire == field.wire)
            .or_else(|| self.alike(field))?;
        self.request.parameter(&source.wire).filter(|_| source.ty == field.ty)
    }

    fn alike(&self, field: &Field) -> Option<&Field> {
        let named = field.named.as_ref()?;
        let mut alike = self.endpoint.request.iter().filter(|sent| sent.named.as_ref() == Some(named));
        alike.next().filter(|_| alike.next().is_none())
    }

    fn plain(&self, ty: &Type) -> Value {
        match ty {
            Type::Integer => json!(1),
            Type::Decimal => json!("1.50"),
            Type::Boolean => json!(true),
            Type::Date { pattern } => json!(jiff::civil::date(1949, 12, 31).strftime(pattern).to_string()),
            Type::Timestamp => json!(1_577_695_766),
            Type::String => json!("示例"),
            Type::Bytes => json!("5aSn"),
            Type::Enum(name) => {
                let first = self.provider.codes(name).and_then(|named| named.codes.first());
                json!(self.code.or(first.map(|code| code.code.as_str())).unwrap_or(""))
            }
            Type::Object(name) => {
                self.object(self.provider.object(name).map_or(&[], |object| object.fields.as_slice()))
            }
            Type::List(item) => json!([self.plain(item), self.plain(item)]),
            Type::Any => json!({"示例": "1"}),
        }
    }
}

fn typed(ty: &Type, text: &str) -> Value {
    match ty {
        Type::Integer | Type::Timestamp => {
            text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number))
        }
        Type::Boolean => json!(matches!(text, "true" | "1")),
        _ => json!(text),
    }
}
