//! Values of a request as text, by wire name. Rules that the macro's structs enforce by their types
//! are checked here.

use std::fmt;

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyi_codegen::ir::{Endpoint, Field, Provider, Type};
use pyi_runtime::__private::{Value, Values, join};
use pyi_runtime::{Any, Date, Decimal};
use pyi_text::{Message, message};

use crate::composite;

/// A value that an endpoint's request cannot have. The error does not contain the value.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ValueFault {
    /// The request has no field of this name.
    Unknown {
        /// The name that was given.
        field: String,
        /// The names that the request has.
        known: Vec<String>,
    },
    /// A field was given twice.
    Twice {
        /// Its name.
        field: String,
    },
    /// A required field is missing or empty.
    Missing {
        /// Its name.
        field: String,
    },
    /// A value has another type than the field.
    Unfit {
        /// The field's name.
        field: String,
        /// The expected type.
        expected: Message,
    },
    /// A value inside of an object or a list differs from the spec.
    Inside {
        /// The field's name.
        field: String,
        /// The place and the reason, without the value.
        reason: String,
    },
}

impl ValueFault {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        match self {
            // The name is not shown: it may be a value in the wrong place.
            Self::Unknown { known, .. } => message!(
                "the request has no field of a name that was given; there are {known}",
                known = known.join(", "),
            ),
            Self::Twice { field } => message!("`{field}` is given twice", field),
            Self::Missing { field } => message!("`{field}` is required and has no value", field),
            Self::Unfit { field, expected } => message!("`{field}` is not {expected}", field, expected),
            Self::Inside { field, reason } => message!("`{field}` cannot be sent: {reason}", field, reason),
        }
    }
}

impl fmt::Display for ValueFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for ValueFault {}

/// Arranges values for an endpoint's operation.
///
/// # Errors
///
/// All faults of the values.
pub fn values(
    provider: &Provider,
    endpoint: &Endpoint,
    given: &[(String, String)],
) -> Result<Values, Vec<ValueFault>> {
    let mut faults = Vec::new();
    for (index, (name, _)) in given.iter().enumerate() {
        if !endpoint.request.iter().any(|field| field.wire == *name) {
            let known = endpoint.request.iter().map(|field| field.wire.clone()).collect();
            faults.push(ValueFault::Unknown { field: name.clone(), known });
        } else if given.iter().take(index).any(|(other, _)| other == name) {
            faults.push(ValueFault::Twice { field: name.clone() });
        }
    }
    let texts: Vec<Cow<'_, str>> =
        endpoint.request.iter().map(|field| text(provider, field, given, &mut faults)).collect();
    if faults.is_empty() {
        let texts: Vec<&str> = texts.iter().map(|text| &**text).collect();
        let values: Vec<&dyn Value> = texts.iter().map(|text| text as &dyn Value).collect();
        Ok(Values::of(&values))
    } else {
        Err(faults)
    }
}

fn text<'g>(
    provider: &Provider,
    field: &Field,
    given: &'g [(String, String)],
    faults: &mut Vec<ValueFault>,
) -> Cow<'g, str> {
    let text = given.iter().find(|(name, _)| *name == field.wire).map_or("", |(_, value)| value.as_str());
    if text.is_empty() && field.optional {
        return text.into();
    }
    if text.is_empty() {
        faults.push(ValueFault::Missing { field: field.wire.clone() });
    } else if let (Type::Boolean, Some(word)) = (&field.ty, boolean(text)) {
        return word.into();
    } else if matches!(field.ty, Type::Object(_) | Type::List(_)) {
        match composite(provider, field, text) {
            Ok(text) => return text.into(),
            Err(reason) => faults.push(ValueFault::Inside { field: field.wire.clone(), reason }),
        }
    } else if let Some(expected) = unfit(&field.ty, text) {
        faults.push(ValueFault::Unfit { field: field.wire.clone(), expected });
    } else {
        return canonical_value(&field.ty, text).into();
    }
    text.into()
}

/// An object or a list as it is sent: JSON, or its elements as one text.
fn composite(provider: &Provider, field: &Field, text: &str) -> Result<String, String> {
    let given = Any::from_json(text).map_err(|_| "it is not JSON".to_owned())?;
    let node = composite::node(provider, &field.ty, &given)?;
    if let Some(separator) = &field.join {
        return join(node, separator).map_err(|reason| format!("it {reason}"));
    }
    let mut json = String::new();
    node.write_json(&mut json);
    Ok(json)
}

/// A boolean as it is sent.
fn boolean(text: &str) -> Option<&'static str> {
    match text {
        "true" | "1" => Some("1"),
        "false" | "0" => Some("0"),
        _ => None,
    }
}

/// A value as the generated client sends it: a number without superfluous zeros, a boolean as a
/// digit, a date in its pattern. A value of another type stays unchanged.
pub fn canonical_value(ty: &Type, text: &str) -> String {
    let written = match ty {
        Type::Integer | Type::Timestamp => text.parse::<i64>().ok().map(|number| number.to_string()),
        Type::Decimal => Decimal::from_str_exact(text).ok().map(|number| number.to_string()),
        Type::Boolean => boolean(text).map(str::to_owned),
        Type::Date { pattern } => {
            Date::strptime(pattern, text).ok().map(|date| date.strftime(pattern).to_string())
        }
        _ => None,
    };
    written.unwrap_or_else(|| text.to_owned())
}

/// The expected type of a value that does not have it.
fn unfit(ty: &Type, text: &str) -> Option<Message> {
    match ty {
        Type::Integer | Type::Timestamp if text.parse::<i64>().is_err() => Some(message!("a whole number")),
        Type::Decimal if Decimal::from_str_exact(text).is_err() => Some(message!("a decimal number")),
        Type::Boolean => Some(message!("true or false")),
        Type::Any if Any::from_json(text).is_err() => Some(message!("JSON")),
        Type::Bytes if BASE64_STANDARD.decode(text).is_err() => Some(message!("base64")),
        Type::Date { pattern } if Date::strptime(pattern, text).is_err() => {
            Some(message!("a date written as {pattern}", pattern))
        }
        _ => None,
    }
}
