//! The data of an answer, made from the spec and the request:
//!
//! | a value | is |
//! |---|---|
//! | of an enum | the code that the request asks for, or the first that the spec names |
//! | with the name of a request field, of the same type | that field's value |
//! | of the named type of one request field alone | that field's value |
//! | with an example | the example |
//! | of a list | two values of what it holds |
//! | otherwise | a plain value of its type |

use pyi_codegen::ir::{Endpoint, Field, Provider, Response, Type};
use serde_json::{Map, Value, json};

use crate::http::ParsedRequest;
use crate::magic_values;

/// What an answer is made from.
struct PayloadBuilder<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    request: &'a ParsedRequest,
    code: Option<&'a str>,
}

pub(crate) fn data(provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> Value {
    let builder =
        PayloadBuilder { provider, endpoint, request, code: magic_values::code(&request.values(endpoint)) };
    match &endpoint.response {
        Response::Fields(fields) => builder.object(fields),
        Response::Whole(ty) => builder.plain(ty),
    }
}

impl PayloadBuilder<'_> {
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

    /// The value of the request field that has the same name, or that alone has the same named type; if it is of the same type.
    fn echoed(&self, field: &Field) -> Option<&str> {
        let own =
            self.endpoint.request.iter().find(|own| own.wire == field.wire).or_else(|| self.alike(field))?;
        self.request.parameter(&own.wire).filter(|_| own.ty == field.ty)
    }

    fn alike(&self, field: &Field) -> Option<&Field> {
        let named = field.named.as_ref()?;
        let mut alike = self.endpoint.request.iter().filter(|own| own.named.as_ref() == Some(named));
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
