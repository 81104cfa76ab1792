//! The data of an answer, made from the spec and the request:
//!
//! | a response field | gets |
//! |---|---|
//! | of an enum | the code that the request asks for, or the first that the spec names |
//! | with the name of a request field | that field's value |
//! | of the named type of one request field | that field's value |
//! | with an example | the example |
//! | otherwise | a plain value of its type |

use pyi_codegen::ir::{Endpoint, Field, Provider, Type};
use serde_json::{Map, Value, json};

use crate::script;
use crate::server::Asked;

pub(crate) fn data(provider: &Provider, endpoint: &Endpoint, asked: &Asked) -> Value {
    let values: Vec<&str> = asked.parameters.iter().map(|(_, value)| value.as_str()).collect();
    let code = script::code(&values);
    let fields = endpoint
        .response
        .iter()
        .map(|field| (field.wire.clone(), value(field, code, provider, endpoint, asked)));
    Value::Object(fields.collect::<Map<_, _>>())
}

fn value(
    field: &Field,
    code: Option<&str>,
    provider: &Provider,
    endpoint: &Endpoint,
    asked: &Asked,
) -> Value {
    if let Type::Enum(name) = &field.ty {
        let named = provider.codes(name).and_then(|named| named.codes.first()).map(|code| code.code.as_str());
        return json!(code.or(named).unwrap_or(""));
    }
    let echoed = asked.parameter(&field.wire).or_else(|| same_type(field, endpoint, asked));
    match echoed.or(field.example.as_deref()) {
        Some(text) => typed(&field.ty, text),
        None => plain(&field.ty),
    }
}

/// The value of the only request field that has the same named type.
fn same_type<'a>(field: &Field, endpoint: &Endpoint, asked: &'a Asked) -> Option<&'a str> {
    let named = field.named.as_ref()?;
    let mut alike = endpoint.request.iter().filter(|own| own.named.as_ref() == Some(named));
    let only = alike.next().filter(|_| alike.next().is_none())?;
    asked.parameter(&only.wire)
}

fn typed(ty: &Type, text: &str) -> Value {
    match ty {
        Type::Integer => text.parse::<i64>().map_or_else(|_| json!(text), |number| json!(number)),
        Type::Boolean => json!(matches!(text, "true" | "1")),
        _ => json!(text),
    }
}

fn plain(ty: &Type) -> Value {
    match ty {
        Type::Integer => json!(1),
        Type::Boolean => json!(true),
        Type::Date { pattern } => json!(jiff::civil::date(1949, 12, 31).strftime(pattern).to_string()),
        Type::String | Type::Enum(_) => json!("示例"),
        Type::Any => Value::Null,
    }
}
