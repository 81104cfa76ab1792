//! Objects and lists of a request: JSON that the caller gives, read by the spec's types and written
//! as the generated client writes it. Nothing that was given is left out.

use std::borrow::Cow;
use std::collections::BTreeMap;

use pyi_codegen::ir::{Field, Provider, Type};
use pyi_runtime::__private::{Cursor, Node, Wire};
use pyi_runtime::Any;
use serde::de::IgnoredAny;

/// A value of a request that differs from its type. It contains no value.
pub(crate) type Unfit = String;

/// Reads a value by its type.
///
/// # Errors
///
/// The first value inside that differs from its type, by its name.
pub(crate) fn node<'a>(provider: &'a Provider, ty: &Type, given: &Any) -> Result<Node<'a>, Unfit> {
    match ty {
        Type::Object(name) => {
            object(provider, provider.object(name).map_or(&[], |object| &object.fields), given)
        }
        Type::List(item) => {
            let count = given.parse::<Vec<IgnoredAny>>().map_err(|_| "it is not a list".to_owned())?.len();
            let items = given.payload().list(|from| from.any()).unwrap_or_default();
            if items.len() != count {
                return Err("it has an element that is null".to_owned());
            }
            let mut nodes = Vec::new();
            for (index, given) in items.iter().enumerate() {
                let node = node(provider, item, given);
                nodes.push(node.map_err(|unfit| format!("element {}: {unfit}", index + 1))?);
            }
            Ok(Node::List(nodes))
        }
        Type::Any => Ok(Node::Digits(given.json().to_owned())),
        single => {
            let mut cursor = given.payload().single();
            let node = scalar(provider, single, &mut cursor);
            let found = cursor.finish(node).unwrap_or_default();
            found.ok_or_else(|| format!("it is not {}", wanted(single)))
        }
    }
}

fn object<'a>(provider: &'a Provider, fields: &'a [Field], given: &Any) -> Result<Node<'a>, Unfit> {
    let Ok(all) = given.parse::<BTreeMap<String, IgnoredAny>>() else {
        return Err("it is not an object".to_owned());
    };
    // The name is not shown: it may be a value in the wrong place.
    if all.keys().any(|name| fields.iter().all(|field| field.wire != *name)) {
        let known: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
        return Err(format!("it has a member that is none of {}", known.join(", ")));
    }
    let names: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
    let mut cursor = given.payload().members(&names).map_err(|fault| fault.to_string())?;
    let mut nodes = Vec::new();
    for field in fields {
        let node = match cursor.any() {
            Some(given) => {
                node(provider, &field.ty, &given).map_err(|unfit| format!("`{}`: {unfit}", field.wire))?
            }
            None if field.optional => Node::Null,
            None => return Err(format!("`{}` is missing", field.wire)),
        };
        nodes.push((field.wire.as_str(), node));
    }
    Ok(Node::Fields(nodes))
}

/// A single value; `None` for an empty one, or for a code that the spec does not list.
fn scalar<'a>(provider: &'a Provider, ty: &Type, from: &mut Cursor<'_>) -> Option<Node<'a>> {
    Some(match ty {
        Type::Integer => Node::Integer(from.integer()?),
        Type::Decimal => Node::Digits(from.decimal()?.to_string()),
        Type::Boolean => Node::Boolean(from.boolean()?),
        Type::Date { pattern } => text(from.date(pattern)?.strftime(pattern).to_string()),
        Type::Timestamp => Node::Integer(from.timestamp()?.as_second()),
        Type::Bytes => match from.bytes()?.node("") {
            Node::Text(base64) => text(base64.into_owned()),
            _ => return None,
        },
        Type::Enum(name) => {
            let code = from.string()?;
            let codes = provider.codes(name).map(|named| &named.codes)?;
            codes.iter().find(|listed| listed.code == code)?;
            text(code)
        }
        Type::String => text(from.string()?),
        Type::Object(_) | Type::List(_) | Type::Any => return None,
    })
}

fn text<'a>(text: String) -> Node<'a> {
    Node::Text(Cow::Owned(text))
}

fn wanted(ty: &Type) -> &'static str {
    match ty {
        Type::Integer => "a whole number",
        Type::Decimal => "a decimal number",
        Type::Boolean => "true or false",
        Type::Date { .. } => "a date in the spec's pattern",
        Type::Timestamp => "a time in unix seconds",
        Type::Bytes => "base64",
        Type::Enum(_) => "a code that the spec lists",
        _ => "text",
    }
}
