//! Composes an answer in the provider's envelope, and writes it in the requested format. The
//! provider's XML root and default JSONP callback are not known, so the names are the sandbox's.

use pyi_codegen::ir::{Format, Pointer, StatusClass, StatusCode};
use pyi_runtime::__private::operation::Envelope;
use quick_xml::escape::escape;
use serde_json::{Map, Value, json};

/// What an answer says.
pub(crate) struct Content<'a> {
    pub(crate) code: StatusCode,
    /// The class of its status, if the spec lists it.
    pub(crate) class: Option<StatusClass>,
    pub(crate) message: &'a str,
    pub(crate) payload: Value,
    pub(crate) time: Option<String>,
}

/// HTTP status of an answer without a body.
pub(crate) const NO_CONTENT: u16 = 204;

/// HTTP status of an answer that says in its body that it is an error, where HTTP tells too.
const BAD_REQUEST: u16 = 400;

/// The HTTP status and the members of an answer. Where a part has several places, a success is in
/// the last one, and an error in the first, as providers put what says more first. An answer that
/// has no body is `null`.
pub(crate) fn compose(envelope: &Envelope<'_>, content: Content<'_>) -> (u16, Value) {
    let is_success = matches!(content.class, Some(StatusClass::Data | StatusClass::Debug));
    if envelope.empty == Some(content.code) && [json!({}), json!([])].contains(&content.payload) {
        return (NO_CONTENT, Value::Null);
    }
    let (is_of_http, places) = match envelope.status {
        [places @ .., "http"] => (true, places),
        places => (false, places),
    };
    let of_http = content.code.number().and_then(|code| u16::try_from(code).ok());
    let of_http = of_http.filter(|code| is_of_http && (200..=599).contains(code));
    let is_absent = of_http.is_some() || (is_success && envelope.absent == Some(content.code));
    let mut reply = match content.payload {
        // Without data, the payload is an empty list, as PHP writes it.
        ref payload if envelope.data == "." && payload != &json!([]) => payload.clone(),
        _ => Value::Object(Map::new()),
    };
    // The data comes first: other parts may be inside of it.
    match Pointer::of(envelope.data) {
        place @ Pointer::Member(_) => insert(&mut reply, place, content.payload),
        place @ Pointer::Path(_) if is_success => insert(&mut reply, place, content.payload),
        _ => {}
    }
    if let Some(proof) = envelope.proof.filter(|_| is_absent && of_http.is_none()) {
        prove(&mut reply, Pointer::of(proof));
    }
    if let Some(place) = choose(places, is_success).filter(|_| !is_absent) {
        let code = content.code.number().map_or_else(|| json!(content.code.to_string()), |code| json!(code));
        insert(&mut reply, place, code);
    }
    // A message inside of an error would make a success half an error, and beside the data a part
    // of it.
    let is_said = |place: &Pointer<'_>| {
        !is_success || (envelope.data != "." && (!is_absent || matches!(place, Pointer::Member(_))))
    };
    if let Some(place) = choose(envelope.message, is_success).filter(is_said) {
        insert(&mut reply, place, json!(content.message));
    }
    if let Some((place, time)) = envelope.time.first().zip(content.time) {
        insert(&mut reply, Pointer::of(place), json!(time));
    }
    // What is inside of a text is written first.
    for place in envelope.json_text.iter().rev() {
        write_as_text(&mut reply, Pointer::of(place));
    }
    let of_error = if is_of_http && !is_success { BAD_REQUEST } else { 200 };
    (of_http.unwrap_or(of_error), reply)
}

fn choose<'a>(places: &[&'a str], is_success: bool) -> Option<Pointer<'a>> {
    let place = if is_success { places.last() } else { places.first() };
    place.map(|place| Pointer::of(place))
}

/// Puts a value at a place. A reply that is no object stays as it is.
fn insert(reply: &mut Value, place: Pointer<'_>, value: Value) {
    let mut inside = reply;
    let mut names = place.members().peekable();
    while let Some(name) = names.next() {
        let Value::Object(members) = inside else { return };
        if names.peek().is_none() {
            members.insert(name.to_owned(), value);
            return;
        }
        inside = members.entry(name).or_insert_with(|| Value::Object(Map::new()));
        // Without data, the payload is an empty list.
        if *inside == json!([]) {
            *inside = Value::Object(Map::new());
        }
    }
}

/// Puts a text at the place that proves a success, unless the payload has something there.
fn prove(reply: &mut Value, place: Pointer<'_>) {
    let mut found = Some(&*reply);
    for name in place.members() {
        found = found.and_then(|part| part.get(name));
    }
    let is_nothing = |value: &Value| [json!(null), json!(""), json!([]), json!({})].contains(value);
    if found.is_none_or(is_nothing) {
        insert(reply, place, json!("1"));
    }
}

/// Writes an object or a list at a place as a text of JSON.
fn write_as_text(reply: &mut Value, place: Pointer<'_>) {
    let mut part = reply;
    for name in place.members() {
        let Some(inside) = part.get_mut(name) else { return };
        part = inside;
    }
    if part.is_object() || part.is_array() {
        *part = Value::String(part.to_string());
    }
}

/// Root element of an XML answer.
const ROOT: &str = "root";
/// Function of a JSONP answer. Default for a request without a callback.
const CALLBACK: &str = "callback";

/// Content type and text of an answer.
pub(crate) fn write(format: Format, reply: &Value, callback: Option<&str>) -> (&'static str, String) {
    match format {
        Format::Jsonp => {
            let name: String = callback
                .unwrap_or(CALLBACK)
                .chars()
                .filter(|c| c.is_ascii_alphanumeric() || *c == '_')
                .collect();
            ("application/javascript;charset=utf-8", format!("{name}({reply});"))
        }
        Format::Xml => {
            let mut text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>".to_owned();
            element(&mut text, ROOT, reply);
            ("application/xml;charset=utf-8", text)
        }
        _ => ("application/json;charset=utf-8", reply.to_string()),
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
            let (media_type, _) = write(format, &json!({}), None);
            assert_eq!(media_type.split(';').next(), Some(format.media_type()), "{word}");
        }
    }
}
