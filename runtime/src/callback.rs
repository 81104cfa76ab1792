//! An answer that comes later, at the address that a request gave: the result of an order that was
//! accepted (`Outcome::Pending`).
//!
//! The provider does not document what it sends there. So everything is kept: a form, JSON, JSONP
//! or XML is read into fields by name, and the bytes stay available. It is no proof: anyone can
//! send to a public address, so query the provider before goods are shipped.

use std::collections::BTreeMap;
use std::fmt;

use crate::operation::Operation;
use crate::redact::REDACTED;
use crate::response::body::Body;
use crate::response::decode::{self, Json, Key, Scalar, Tape, scalar};
use crate::status::StatusInfo;
use pyi_types::{Pointer, StatusCode};

/// A request that arrived at the address for later answers.
///
/// ```
/// use pyi_runtime::{Callback, CallbackParseError, Operation};
///
/// /// Whether an order is said to have succeeded. Query the provider before anything is shipped.
/// fn succeeded(operation: &Operation<'_>, body: &[u8]) -> Result<bool, CallbackParseError> {
///     let callback = Callback::parse(operation, body, Some("application/json"))?;
///     Ok(callback.status.is_some_and(|status| status.name == "ok"))
/// }
/// ```
#[derive(Clone)]
#[non_exhaustive]
pub struct Callback {
    /// The status code, if exactly one field has the envelope's name for it.
    pub code: Option<StatusCode>,
    /// The spec's description of that status.
    pub status: Option<StatusInfo>,
    /// The server's time, in unix seconds, if it is there.
    pub server_time: Option<i64>,
    /// All fields by name: text as it is, other values as JSON text.
    pub fields: BTreeMap<String, String>,
    body: Body,
}

impl Callback {
    /// Reads a body, with its `content-type` header.
    ///
    /// # Errors
    ///
    /// The body is neither a form, nor JSON, JSONP or XML with fields.
    pub fn parse(
        operation: &Operation<'_>,
        bytes: &[u8],
        content_type: Option<&str>,
    ) -> Result<Self, CallbackParseError> {
        let body = Body::new(bytes.to_vec(), content_type.map(str::to_owned));
        // A later answer is flat: what is inside of its members is not read.
        let status = operation.envelope.status.iter().find_map(|status| match Pointer::of(status) {
            Pointer::Member(name) => Some(name),
            _ => None,
        });
        let status = status.unwrap_or_default();
        let read = match body.read() {
            Ok(text) => Tape::of(&text).map(|tape| {
                let json = Json::whole(&text, &tape);
                (members(json), decode::members(json, &[status]).is_ok())
            }),
            Err(_) => form(bytes).map(|pairs| {
                let once = pairs.iter().filter(|(name, _)| name == status).count() <= 1;
                (pairs.into_iter().collect(), once)
            }),
        };
        let (fields, once): (BTreeMap<String, String>, bool) = read.ok_or(CallbackParseError)?;
        if fields.is_empty() {
            return Err(CallbackParseError);
        }
        let field = |name: &str| fields.get(name).map(|value| value.trim());
        let code = field(status).filter(|_| once).and_then(|code| code.parse().ok());
        let times = operation.envelope.time.iter().copied().filter_map(field);
        Ok(Self {
            code,
            status: code.and_then(|code| operation.status(code)).cloned(),
            server_time: times.filter_map(|time| time.parse().ok()).next(),
            fields,
            body,
        })
    }

    /// The bytes that arrived.
    pub fn body(&self) -> &Body {
        &self.body
    }
}

fn members(json: Json<'_>) -> BTreeMap<String, String> {
    let text = |value: Json<'_>| match scalar(value) {
        Scalar::Text(text) => text.into_owned(),
        Scalar::Nothing => String::new(),
        Scalar::Composite => value.text().to_owned(),
    };
    let field = |(name, place): (Key<'_>, usize)| Some((name.text().into_owned(), text(json.part(place)?)));
    json.members().filter_map(field).collect()
}

/// Whether a text is a form: it has a name before each `=`, and no blanks.
fn form(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let is_form = text.split('&').all(|pair| pair.split_once('=').is_some_and(|(name, _)| !name.is_empty()));
    let plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_form && plain).then(|| form_urlencoded::parse(text.as_bytes()).into_owned().collect())
}

/// Shows the status. Field names are not shown: any text can look like a form, with a person's name
/// as a field name.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Callback")
            .field("code", &self.code)
            .field("fields", &self.fields.len())
            .field("body", &self.body)
            .finish()
    }
}

/// A body without fields. Its content is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackParseError;

impl fmt::Display for CallbackParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the body is neither a form, nor JSON, JSONP or XML with fields ({REDACTED})")
    }
}

impl std::error::Error for CallbackParseError {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_operation::OPERATION;

    #[test]
    fn any_body_with_fields_is_read() {
        let table = [
            ("codeid=10000&time=7&order=a%26b", None),
            (r#"{"codeid":"10000","time":7,"order":"a&b"}"#, Some("application/json")),
            (r#"done({"codeid":10000,"time":"7","order":"a&b"});"#, None),
            ("<any><codeid>10000</codeid><time>7</time><order>a&amp;b</order></any>", Some("text/xml")),
        ];
        for (text, content_type) in table {
            let callback = Callback::parse(&OPERATION, text.as_bytes(), content_type).unwrap();
            assert_eq!((callback.code, callback.server_time), (Some(10000.into()), Some(7)), "{text}");
            assert_eq!(callback.status.as_ref().map(|status| &*status.name), Some("a_status"));
            assert_eq!(callback.fields.get("order").map(String::as_str), Some("a&b"));
            assert_eq!(callback.body().as_bytes(), text.as_bytes());
            assert!(!format!("{callback:?}").contains("a&b"));
        }
        let unknown = Callback::parse(&OPERATION, br#"{"state":{"a":[1.10]},"codeid":7}"#, None).unwrap();
        assert_eq!((unknown.code, unknown.status), (Some(7.into()), None));
        assert_eq!(unknown.fields["state"], r#"{"a":[1.10]}"#);
        for twice in [r#"{"codeid":10003,"codeid":10000}"#, "codeid=10003&codeid=10000"] {
            assert_eq!(Callback::parse(&OPERATION, twice.as_bytes(), None).unwrap().code, None);
        }
        for nothing in ["", "hello world", "[]", "{}", "<a/>", "=", "\u{1}"] {
            assert!(Callback::parse(&OPERATION, nothing.as_bytes(), None).is_err(), "{nothing}");
        }
    }
}
