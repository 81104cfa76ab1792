//! The feature `serde`: data and enums are serialized as the provider writes them, and requests are
//! deserialized by wire name.
//!
//! Values are as `wire.rs` writes them, except for two: a decimal is text, with every digit, and a
//! field that is left out is null.
//!
//! What is serialized shows personal values. Errors of deserialization show none.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use crate::error::ErrorKind;
use crate::response::decode::{Any, Cursor};
use crate::wire::Node;

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_none(),
            Self::Text(text) => serializer.serialize_str(text),
            Self::Digits(digits) => serializer.serialize_str(digits),
            Self::Integer(number) => serializer.serialize_i64(*number),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::List(items) => serializer.collect_seq(items),
            Self::Fields(fields) => serializer.collect_map(fields.iter().map(|(name, node)| (*name, node))),
            Self::Any(any) => any.serialize(serializer),
        }
    }
}

/// A number that is neither a 64-bit integer nor exactly a 64-bit float is text, with every digit.
impl Serialize for Any {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.with_json(|json| Part(json).serialize(serializer))
    }
}

/// A part of a value without a type.
struct Part<'a>(crate::response::decode::Json<'a>);

impl Serialize for Part<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let json = self.0;
        if json.is_object() {
            let mut map = serializer.serialize_map(None)?;
            for (name, place) in json.members() {
                if let Some(value) = json.part(place) {
                    map.serialize_entry(&name.text(), &Part(value))?;
                }
            }
            return map.end();
        }
        if json.is_list() {
            let mut list = serializer.serialize_seq(None)?;
            for item in json.items() {
                list.serialize_element(&Part(item))?;
            }
            return list.end();
        }
        let text = json.text();
        match (json.characters(), text) {
            (None, _) => serializer.serialize_none(),
            (Some(_), "true") => serializer.serialize_bool(true),
            (Some(_), "false") => serializer.serialize_bool(false),
            (Some(characters), text) if text.starts_with('"') => serializer.serialize_str(&characters),
            (Some(digits), _) => number(&digits, serializer),
        }
    }
}

fn number<S: Serializer>(digits: &str, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(number) = digits.parse::<i64>() {
        return serializer.serialize_i64(number);
    }
    if let Ok(number) = digits.parse::<u64>() {
        return serializer.serialize_u64(number);
    }
    match digits.parse::<f64>() {
        Ok(number) if number.to_string() == digits => serializer.serialize_f64(number),
        _ => serializer.serialize_str(digits),
    }
}

impl Serialize for ErrorKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Deserializes a request: `read` takes the fields from a cursor over `names`, and gives `None` at
/// a required one that is missing. Fields that the request does not have are left alone.
///
/// # Errors
///
/// A field that is missing, is there twice, or does not have its type. The error names the field
/// and not its value.
pub fn deserialize<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    names: &'static [&'static str],
    read: impl FnOnce(&mut Cursor<'_>) -> Option<T>,
) -> Result<T, D::Error> {
    let text = deserializer.deserialize_map(Fields)?;
    let any = Any::from_json(&text).map_err(|_| D::Error::custom("the request cannot be read"))?;
    let mut cursor = any.payload().members(names).map_err(D::Error::custom)?;
    let value = read(&mut cursor);
    let last = cursor.last_name().to_owned();
    match cursor.finish(value).map_err(D::Error::custom)? {
        Some(value) => Ok(value),
        None => Err(D::Error::custom(format_args!("`{last}` is missing"))),
    }
}

/// Reads a map as JSON text, in which a field that is there twice stays so.
struct Fields;

impl<'de> Visitor<'de> for Fields {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the fields of a request")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        let mut text = String::from("{");
        while let Some((name, value)) = map.next_entry::<String, serde_json::Value>()? {
            let separator = if text.len() > 1 { "," } else { "" };
            text.push_str(&format!("{separator}{}:{value}", serde_json::Value::String(name)));
        }
        text.push('}');
        Ok(text)
    }
}

/// A value without a type, from any format that describes itself.
impl<'de> Deserialize<'de> for Any {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        Any::from_json(&value.to_string()).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What serde_json writes is what it was given.
    #[test]
    fn a_value_without_a_type_is_written_as_it_was() {
        for text in [
            "null",
            "true",
            r#"[1,-2,18446744073709551615,1.5,"1.50"]"#,
            r#"{"a":{"b":[]},"c":"x\"\n张三","d":[{"e":null},{}]}"#,
        ] {
            assert_eq!(serde_json::to_string(&Any::from_json(text).unwrap()).unwrap(), text);
        }
        let exact = Any::from_json("[1.50,123456789012345678901234567890]").unwrap();
        assert_eq!(serde_json::to_string(&exact).unwrap(), r#"["1.50","123456789012345678901234567890"]"#);
    }
}
