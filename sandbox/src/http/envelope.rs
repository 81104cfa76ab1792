//! Writes an answer in the requested format. The provider's XML root and default JSONP callback are
//! not known, so the names are the sandbox's.

use pyi_codegen::ir::Format;
use quick_xml::escape::escape;
use serde_json::{Map, Value};

/// Root element of an XML answer.
const ROOT: &str = "root";
/// Function of a JSONP answer. Default for a request without a callback.
const CALLBACK: &str = "callback";

/// Content type and text of an answer.
pub(crate) fn write(
    format: Format,
    members: Map<String, Value>,
    callback: Option<&str>,
) -> (&'static str, String) {
    match format {
        Format::Jsonp => {
            let name: String = callback
                .unwrap_or(CALLBACK)
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            ("application/javascript;charset=utf-8", format!("{name}({});", Value::Object(members)))
        }
        Format::Xml => {
            let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned();
            element(&mut text, ROOT, &Value::Object(members));
            ("application/xml;charset=utf-8", text)
        }
        _ => ("application/json;charset=utf-8", Value::Object(members).to_string()),
    }
}

fn element(text: &mut String, name: &str, value: &Value) {
    if let Value::Array(items) = value {
        if items.is_empty() {
            text.push_str(&format!("<{name}/>"));
        }
        return items.iter().for_each(|item| element(text, name, item));
    }
    text.push_str(&format!("<{name}>"));
    match value {
        Value::Null => {}
        Value::String(content) => text.push_str(&escape(content.as_str())),
        Value::Object(members) => members.iter().for_each(|(name, value)| element(text, name, value)),
        other => text.push_str(&other.to_string()),
    }
    text.push_str(&format!("</{name}>"));
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A format that were forgotten here would be sent as JSON.
    #[test]
    fn each_format_has_its_media_type() {
        for word in Format::WORDS {
            let format: Format = word.parse().unwrap();
            let (media_type, _) = write(format, Map::new(), None);
            assert_eq!(media_type.split(';').next(), Some(format.media_type()), "{word}");
        }
    }
}
