//! Invents values in place of those of a call: of the same type, within the checks of the field,
//! and the same for the same value under one key. Kept are codes of enums that the spec lists,
//! statuses, and fields with `public: true`, each for itself: a member of a public object is not
//! public. What the spec does not describe is left out.
//!
//! A value is read as the client reads it, so that the cassette has data where the client has.
//! [`super::draw`] makes the others:
//!
//! | a value | becomes |
//! |---|---|
//! | of a resident ID number | one of region 110105, born in 1949 |
//! | of a company, a vehicle, a bank card | one whose region or maker is 000000 or 000, with its check character |
//! | of digits | digits, with 000 in front where there is room |
//! | of another text | small letters |
//! | that does not fit its type | `?`, which does not fit it either |
//! | of `any` | `?`, in a list or an object where it is one |
//! | empty | the same |

use hmac::{Hmac, KeyInit, Mac};
use pyi_codegen::ir::{Check, Endpoint, Field, Provider, Response, Type};
use pyi_dynamic::{check_data, check_value};
use pyi_runtime::__private::check::violation;
use pyi_runtime::Any;
use serde_json::{Map, Value, json};
use sha2::Sha256;

use super::draw::{Draw, invented};
use crate::request::ParsedRequest;

/// The key of invented values. With the key and the cassettes one can test which person a value
/// stands for: keep the two apart.
#[derive(Clone)]
pub struct CassetteKey([u8; 32]);

impl CassetteKey {
    /// A key of these bytes, which are random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A digest of a request as it was sent, by which it is known again: of the texts of its fields,
    /// since two texts of JSON may be one value.
    pub(crate) fn digest(&self, provider: &Provider, endpoint: &Endpoint, request: &ParsedRequest) -> String {
        let texts = all(provider, endpoint, request, |field| request.parameter(&field.wire).map(Value::from));
        let bytes = self.mac(&[endpoint.id.as_bytes(), &[0], super::of_request(&texts).as_bytes()]);
        bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    pub(super) fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        // A key of any length is one of HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return Vec::new() };
        parts.iter().for_each(|part| mac.update(part));
        mac.finalize().into_bytes().to_vec()
    }
}

/// Shows nothing of the key.
impl std::fmt::Debug for CassetteKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CassetteKey(…)")
    }
}

/// How often another value is tried when one violates a check.
const ATTEMPTS: u32 = 200;

/// What is in the place of a value that its type cannot have.
const UNFIT: &str = "?";

/// The member of an object that says nothing: a name that XML can have too.
const INSIDE: &str = "_";

/// What a request for debug data has beside its fields: no name of a parameter.
const DEBUG: &str = "(debug data)";

/// The characters of a text that no two requests have by chance.
const UNMISTAKABLE: usize = 8;

pub(crate) struct Inventor<'a> {
    provider: &'a Provider,
    key: &'a CassetteKey,
    /// Which values are invented, of those that could be: others where two requests would become
    /// one.
    round: u32,
}

/// A field without an invented value within its checks.
pub(crate) struct NoValue(pub(crate) String);

/// The fields of a request as they were sent, and whether it asks for debug data, which is answered
/// otherwise.
pub(crate) fn as_sent(
    provider: &Provider,
    endpoint: &Endpoint,
    request: &ParsedRequest,
) -> Map<String, Value> {
    all(provider, endpoint, request, |field| sent(field, request))
}

fn all(
    provider: &Provider,
    endpoint: &Endpoint,
    request: &ParsedRequest,
    value: impl Fn(&Field) -> Option<Value>,
) -> Map<String, Value> {
    let fields = endpoint.request.iter();
    let mut all: Map<String, Value> =
        fields.filter_map(|field| Some((field.wire.clone(), value(field)?))).collect();
    if request.asks_for_debug_data(provider) {
        all.insert(DEBUG.to_owned(), json!(true));
    }
    all
}

/// A field of a request: a text, or what it says in JSON.
fn sent(field: &Field, request: &ParsedRequest) -> Option<Value> {
    let text = request.parameter(&field.wire)?;
    let is_composite = matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any);
    match &field.join {
        Some(join) => Some(text.split(join.as_str()).map(Value::from).collect()),
        None if is_composite => Some(serde_json::from_str(text).unwrap_or_else(|_| json!(text))),
        None => Some(json!(text)),
    }
}

/// Whether the invented values of a request are no request that somebody else may send: one of them
/// is a text that is long enough. Others, such as a boolean, may be anybody's.
pub(crate) fn is_unmistakable(endpoint: &Endpoint, request: &Map<String, Value>) -> bool {
    endpoint.request.iter().any(|field| {
        let is_drawn = !field.public && matches!(field.ty, Type::String | Type::Bytes);
        let is_listed = field.checks.iter().any(|check| matches!(check, Check::OneOf(_)));
        let text = request.get(&field.wire).and_then(Value::as_str).unwrap_or_default();
        is_drawn && !is_listed && text.len() >= UNMISTAKABLE
    })
}

impl<'a> Inventor<'a> {
    pub(crate) fn new(provider: &'a Provider, key: &'a CassetteKey, round: u32) -> Self {
        Self { provider, key, round }
    }

    /// Invents the fields of a request.
    pub(crate) fn request(
        &self,
        endpoint: &Endpoint,
        sent: &Map<String, Value>,
    ) -> Result<Map<String, Value>, NoValue> {
        let mut invented = Map::new();
        for field in &endpoint.request {
            let Some(value) = sent.get(&field.wire) else { continue };
            let value = Any::from_json(&value.to_string()).ok().and_then(|value| self.field(field, &value));
            invented.insert(field.wire.clone(), value.ok_or_else(|| NoValue(field.wire.clone()))?);
        }
        invented.extend(sent.get(DEBUG).map(|debug| (DEBUG.to_owned(), debug.clone())));
        Ok(invented)
    }

    /// The payload of a reply, which is read as the client reads it: what a client cannot decode is
    /// no data in the cassette either.
    pub(crate) fn payload(&self, endpoint: &Endpoint, payload: &Any) -> Result<Value, NoValue> {
        let invented = match &endpoint.response {
            Response::Fields(fields) => self.object(fields, payload),
            Response::Whole(ty) => self.value(ty, &[], payload, false),
        };
        let invented = invented.ok_or_else(|| NoValue("the payload".to_owned()))?;
        let is_data = |payload: &Any| check_data(self.provider, endpoint, payload).is_ok();
        let is_same = Any::from_json(&invented.to_string())
            .is_ok_and(|invented| is_data(&invented) == is_data(payload));
        if is_same {
            Ok(invented)
        } else {
            Err(NoValue("the payload, which does not fit the spec,".to_owned()))
        }
    }

    fn field(&self, field: &Field, value: &Any) -> Option<Value> {
        let checks = if matches!(field.ty, Type::List(_)) { &field.element_checks } else { &field.checks };
        self.value(&field.ty, checks, value, field.public)
    }

    /// The members that the spec describes.
    fn object(&self, fields: &[Field], value: &Any) -> Option<Value> {
        if is_nothing(value) {
            return Some(json!({}));
        }
        let names: Vec<&str> = fields.iter().map(|field| field.wire.as_str()).collect();
        // What is no object, or has a member twice, stays none.
        let Ok(mut members) = value.payload().members(&names) else { return Some(json!(UNFIT)) };
        let mut invented = Map::new();
        for field in fields {
            if let Some(member) = members.any() {
                invented.insert(field.wire.clone(), self.field(field, &member)?);
            }
        }
        Some(Value::Object(invented))
    }

    fn value(&self, ty: &Type, checks: &[Check], value: &Any, is_public: bool) -> Option<Value> {
        match ty {
            Type::Any => return Some(emptied(value)),
            Type::Object(name) => {
                let fields = self.provider.object(name).map_or(&[][..], |object| &object.fields);
                return self.object(fields, value);
            }
            Type::List(_) if is_nothing(value) => return Some(json!([])),
            Type::List(item) => {
                let items = value.payload().list(|from| from.any()).ok()?;
                return items.iter().map(|value| self.value(item, checks, value, is_public)).collect();
            }
            _ => {}
        }
        let Ok(text) = value.payload().value(|from| from.string()) else {
            return Some(json!({ INSIDE: UNFIT }));
        };
        let text = text.unwrap_or_default();
        if text.trim().is_empty() {
            return Some(json!(""));
        }
        if is_public && self.fits(ty, value) {
            return Some(as_it_was(value, text));
        }
        let invented = self.text(ty, checks, value, &text)?;
        // It is written as it was: as a text, or as itself.
        Some(match value.json().as_bytes().first() {
            Some(b'"') => json!(invented),
            _ => serde_json::from_str(&invented).unwrap_or_else(|_| json!(invented)),
        })
    }

    /// Whether a client reads a value as one of a type.
    fn fits(&self, ty: &Type, value: &Any) -> bool {
        check_value(self.provider, ty, value).is_ok()
    }

    /// A single value; `None` if none within its checks is found.
    fn text(&self, ty: &Type, checks: &[Check], value: &Any, text: &str) -> Option<String> {
        let listed = |code: &str| {
            let Type::Enum(name) = ty else { return false };
            self.provider
                .codes(name)
                .is_some_and(|listed| listed.codes.iter().any(|known| known.code == code))
        };
        if listed(text) {
            return Some(text.to_owned());
        }
        if !self.fits(ty, value) {
            return Some(UNFIT.to_owned());
        }
        // A code that the spec does not list stays one that it does not list.
        let counts = |check: &&Check| !matches!((ty, check), (Type::Enum(_), Check::OneOf(_)));
        let is_fine = |value: &str| {
            !listed(value) && checks.iter().filter(counts).all(|check| violation(check, value).is_none())
        };
        let mut same = None;
        for attempt in 0..ATTEMPTS {
            let mut draw = Draw::new(self.key, text, self.round, attempt);
            let value = invented(ty, checks, text.trim(), &mut draw);
            if !is_fine(&value) {
                continue;
            }
            if value != text || *ty == Type::Boolean {
                return Some(value);
            }
            same = Some(value);
        }
        // There is one value that the field can have.
        same
    }
}

/// Whether a client reads a value as none.
fn is_nothing(value: &Any) -> bool {
    let mut characters = value.json().chars().filter(|c| !c.is_whitespace());
    let first: String = characters.by_ref().take(4).collect();
    matches!(first.as_str(), "null" | "\"\"" | "[]" | "{}") && characters.next().is_none()
}

/// A public value, with each digit: as a text where a number of JSON would lose some.
fn as_it_was(value: &Any, text: String) -> Value {
    let kept = serde_json::from_str::<Value>(value.json()).ok();
    let is_whole =
        |kept: &Value| kept.is_string() || serde_json::to_string(kept).is_ok_and(|text| text == value.json());
    kept.filter(is_whole).unwrap_or(Value::String(text))
}

/// A value of the same kind that says nothing; one that has something in it has something still,
/// since a reply may be a success by that.
fn emptied(value: &Any) -> Value {
    if is_nothing(value) {
        return serde_json::from_str(value.json()).unwrap_or_default();
    }
    match value.json().as_bytes().first() {
        Some(b'{') => json!({ INSIDE: UNFIT }),
        Some(b'[') => json!([UNFIT]),
        Some(b'"') => json!(UNFIT),
        Some(b't' | b'f') => json!(false),
        _ => json!(0),
    }
}
