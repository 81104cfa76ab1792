//! Converts JSON, JSONP and XML to one JSON text. The first character of a reply decides its
//! format, since a provider may answer an error in another format than the requested one.
//!
//! | first character | read as |
//! |---|---|
//! | `{`, `[`, `"`, a digit, `-` | JSON |
//! | `<` | XML: an element with elements in it is an object, any other is text; elements of one name are a list |
//! | other | JSONP: a call of a function of any name, a comment before it or not, a semicolon behind it or not |

use std::borrow::Cow;

use encoding_rs::GB18030;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, Event};
use serde_json::{Map, Value};

use super::trimmed;
use crate::response::body::Body;

/// Maximum depth of XML elements.
const DEPTH_LIMIT: usize = 64;

/// The body as JSON text, or why it cannot be converted. The reason contains no part of the body.
pub(crate) fn as_json<'a>(body: &'a Body, content_type: Option<&str>) -> Result<Cow<'a, str>, &'static str> {
    match decoded(body, content_type)? {
        Cow::Borrowed(text) => json_of(text),
        Cow::Owned(text) => json_of(&text).map(|json| Cow::Owned(json.into_owned())),
    }
}

fn json_of(text: &str) -> Result<Cow<'_, str>, &'static str> {
    let text = trimmed(text.strip_prefix('\u{feff}').unwrap_or(text));
    match text.as_bytes() {
        [] => Err("it is empty"),
        [b'{' | b'[' | b'"' | b'-' | b'0'..=b'9', ..] => Ok(Cow::Borrowed(text)),
        [b'<', ..] => Ok(Cow::Owned(Value::Object(xml(text)?).to_string())),
        _ => jsonp(text).map(Cow::Borrowed),
    }
}

/// The body as text: UTF-8, or GB18030 (a superset of GBK and GB2312) if the header or the XML
/// declaration says so.
fn decoded<'a>(body: &'a Body, content_type: Option<&str>) -> Result<Cow<'a, str>, &'static str> {
    let named = content_type
        .and_then(|header| after(header.split_once(';')?.1, "charset="))
        .or_else(|| xml_encoding(body.as_bytes()));
    let is_gb = |named: &str| {
        let named = named.trim_matches(['"', '\'', ' ']);
        ["gb18030", "gbk", "gb2312", "x-gbk"].iter().any(|name| name.eq_ignore_ascii_case(named))
    };
    if named.is_some_and(is_gb) {
        return GB18030
            .decode_without_bom_handling_and_without_replacement(body.as_bytes())
            .ok_or("it is not the GB18030 that it says it is");
    }
    body.as_text().map(Cow::Borrowed).ok_or("it is not UTF-8")
}

/// The value of a key in a header or an XML declaration, up to its end.
fn after<'t>(text: &'t str, key: &str) -> Option<&'t str> {
    let mut places = text.as_bytes().windows(key.len());
    let start = places.position(|part| part.eq_ignore_ascii_case(key.as_bytes()))? + key.len();
    text.get(start..)?.split([';', '?', ' ']).next()
}

fn xml_encoding(body: &[u8]) -> Option<&str> {
    if matches!(body.first(), Some(b'{' | b'[')) {
        return None;
    }
    let end = body.iter().position(|byte| *byte == b'>')?;
    let declaration = std::str::from_utf8(body.get(..end)?).ok()?.trim_start_matches('\u{feff}').trim_start();
    after(declaration.strip_prefix("<?xml")?, "encoding=")
}

fn jsonp(text: &str) -> Result<&str, &'static str> {
    let not_jsonp = "it is neither JSON, XML nor JSONP";
    let call = uncommented(text).ok_or(not_jsonp)?;
    let (name, argument) = call.split_once('(').ok_or(not_jsonp)?;
    let is_name = |c: char| c.is_alphanumeric() || "_$.[]'\"".contains(c);
    let argument =
        argument.trim_end_matches([';', ' ', '\t', '\r', '\n']).strip_suffix(')').ok_or(not_jsonp)?;
    if name.trim().chars().all(is_name) { Ok(argument.trim()) } else { Err(not_jsonp) }
}

/// The text without the comment that some servers put before the call.
fn uncommented(text: &str) -> Option<&str> {
    match text.strip_prefix("/*") {
        Some(comment) => comment.split_once("*/").map(|(_, call)| call.trim_start()),
        None => Some(text),
    }
}

/// An XML element whose end is not reached yet.
#[derive(Default)]
struct Element {
    name: String,
    text: String,
    children: Map<String, Value>,
}

impl Element {
    fn named(name: &str) -> Self {
        Self { name: name.to_owned(), ..Self::default() }
    }

    fn add(&mut self, name: String, value: Value) {
        match self.children.get_mut(&name) {
            Some(Value::Array(items)) => items.push(value),
            Some(other) => *other = Value::Array(vec![other.take(), value]),
            None => {
                self.children.insert(name, value);
            }
        }
    }

    /// Text is not trimmed: numbers and dates are trimmed by their readers, and a code with a blank
    /// is another code.
    fn into_value(self) -> Value {
        if self.children.is_empty() { Value::String(self.text) } else { Value::Object(self.children) }
    }
}

/// The members of the root element of any name.
fn xml(text: &str) -> Result<Map<String, Value>, &'static str> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    loop {
        match reader.read_event().map_err(|_| "it is not well-formed XML")? {
            Event::Start(tag) if open.len() > DEPTH_LIMIT => {
                drop(tag);
                return Err("its XML nests too deep");
            }
            Event::Start(tag) => open.push(Element::named(tag.name().as_ref())),
            Event::Empty(tag) => close(&mut open, Element::named(tag.name().as_ref())),
            Event::End(_) => {
                let element = open.pop().unwrap_or_default();
                close(&mut open, element);
            }
            Event::Text(part) => append(&mut open, &part),
            Event::CData(part) => append(&mut open, &part),
            Event::GeneralRef(reference) => append(&mut open, &entity(&reference)?),
            Event::DocType(_) => return Err("its XML has a document type, which is refused"),
            Event::Decl(_) | Event::PI(_) | Event::Comment(_) => {}
            Event::Eof => break,
        }
    }
    let document = open.pop().filter(|_| open.is_empty()).ok_or("its XML is cut short")?;
    let mut roots = document.children.into_iter();
    match (roots.next(), roots.next()) {
        (Some((_, Value::Object(members))), None) => Ok(members),
        (Some((_, Value::String(_))), None) => Ok(Map::new()),
        _ => Err("its XML does not have one root"),
    }
}

fn close(open: &mut [Element], element: Element) {
    if let Some(parent) = open.last_mut() {
        parent.add(element.name.clone(), element.into_value());
    }
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

/// The five predefined entities of XML, and character references. Other entities cannot be
/// declared, since document types are refused.
fn entity(reference: &BytesRef<'_>) -> Result<String, &'static str> {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return Ok(character.to_string());
    }
    quick_xml::escape::resolve_xml_entity(reference).map(str::to_owned).ok_or("its XML has an unknown entity")
}
