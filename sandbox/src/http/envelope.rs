//! An answer in the format that was asked for. The name of an XML root and of a JSONP callback are not known; these are ours.

use pyi_codegen::ir::Format;
use quick_xml::escape::escape;
use serde_json::{Map, Value};

/// The root element of an XML answer.
const ROOT: &str = "root";
/// The name of a JSONP answer's function, if the request names none.
const CALLBACK: &str = "callback";

/// The content type and the text of an answer.
pub(crate) fn write(
    format: Format,
    members: Map<String, Value>,
    callback: Option<&str>,
) -> (&'static str, String) {
    match format {
        Format::Json => ("application/json;charset=utf-8", Value::Object(members).to_string()),
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
