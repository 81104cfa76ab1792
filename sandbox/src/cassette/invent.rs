//! Invents values in place of those of a call: of the same type, within the checks of the field, and the same for the same
//! value under one key. Kept are codes of enums that the spec lists, statuses, and fields with `public: true`; what the
//! spec does not describe is left out.
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

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use pyi_codegen::ir::{Check, CheckWord, Endpoint, Field, Provider, Response, Type};
use pyi_runtime::__private::check::violation;
use pyi_runtime::Decimal;

use serde_json::{Map, Value, json};
use sha2::Sha256;

use crate::request::ParsedRequest;

/// The key of invented values. Whoever has it can find out which person a value stands for, by trying all: keep it apart from
/// the cassettes.
#[derive(Clone)]
pub struct CassetteKey([u8; 32]);

impl CassetteKey {
    /// A key of these bytes, which are random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
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

/// Maximum characters of an invented text. A field whose texts are longer is not recorded.
const LENGTH_LIMIT: usize = 4096;

/// What stands for a value that its type cannot have.
const UNFIT: &str = "?";

/// Days of 1949.
const DAYS: u64 = 365;

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
/// Capital letters and digits that all identifiers may have.
const PLAIN: &str = "0123456789ABCDEFGHJKLMNPRTUWXY";

pub(crate) struct Inventor<'a> {
    provider: &'a Provider,
    key: &'a CassetteKey,
}

/// The fields of a request as they were sent.
pub(crate) fn as_sent(endpoint: &Endpoint, request: &ParsedRequest) -> Map<String, Value> {
    let fields = endpoint.request.iter();
    fields.filter_map(|field| Some((field.wire.clone(), sent(field, request)?))).collect()
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

impl<'a> Inventor<'a> {
    pub(crate) fn new(provider: &'a Provider, key: &'a CassetteKey) -> Self {
        Self { provider, key }
    }

    /// The fields of a request; `None` if no value within the checks of one is found.
    pub(crate) fn request(&self, endpoint: &Endpoint, request: &ParsedRequest) -> Option<Map<String, Value>> {
        let mut invented = Map::new();
        for field in &endpoint.request {
            if let Some(value) = sent(field, request) {
                invented.insert(field.wire.clone(), self.field(field, &value)?);
            }
        }
        Some(invented)
    }

    /// The payload of a reply.
    pub(crate) fn payload(&self, endpoint: &Endpoint, payload: &Value) -> Option<Value> {
        match &endpoint.response {
            Response::Fields(fields) => self.object(fields, payload),
            Response::Whole(ty) => self.value(ty, &[], payload),
        }
    }

    fn field(&self, field: &Field, value: &Value) -> Option<Value> {
        let checks = if matches!(field.ty, Type::List(_)) { &field.element_checks } else { &field.checks };
        if field.public { Some(value.clone()) } else { self.value(&field.ty, checks, value) }
    }

    /// The members that the spec describes.
    fn object(&self, fields: &[Field], value: &Value) -> Option<Value> {
        let Value::Object(members) = value else { return Some(emptied(value)) };
        let mut invented = Map::new();
        for field in fields {
            if let Some(member) = members.get(&field.wire) {
                invented.insert(field.wire.clone(), self.field(field, member)?);
            }
        }
        Some(Value::Object(invented))
    }

    fn value(&self, ty: &Type, checks: &[Check], value: &Value) -> Option<Value> {
        match ty {
            Type::Any => return Some(emptied(value)),
            Type::Object(name) => {
                let fields = self.provider.object(name).map_or(&[][..], |object| &object.fields);
                return self.object(fields, value);
            }
            Type::List(item) => {
                let Value::Array(items) = value else { return Some(emptied(value)) };
                return items.iter().map(|value| self.value(item, checks, value)).collect();
            }
            _ => {}
        }
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            Value::Null | Value::Array(_) | Value::Object(_) => return Some(emptied(value)),
        };
        if text.trim().is_empty() {
            return Some(json!(""));
        }
        let invented = self.text(ty, checks, text.trim())?;
        // It is written as it was: as a text, or as itself.
        Some(match value {
            Value::Number(_) => invented.parse().map_or_else(|_| json!(invented), Value::Number),
            Value::Bool(_) => invented.parse().map_or_else(|_| json!(invented), Value::Bool),
            _ => json!(invented),
        })
    }

    /// A single value; `None` if none within its checks is found.
    fn text(&self, ty: &Type, checks: &[Check], text: &str) -> Option<String> {
        if let Type::Enum(name) = ty
            && self
                .provider
                .codes(name)
                .is_some_and(|listed| listed.codes.iter().any(|code| code.code == text))
        {
            return Some(text.to_owned());
        }
        if !fits(ty, text) {
            return Some(UNFIT.to_owned());
        }
        let is_fine =
            |value: &String| value != text && checks.iter().all(|check| violation(check, value).is_none());
        let values = (0..ATTEMPTS).map(|attempt| {
            let mut draw = Draw { key: self.key, text, attempt, count: 0 };
            invented(ty, checks, text, &mut draw)
        });
        // A boolean has one other value, and both are drawn.
        let values = values.filter(|value| matches!(ty, Type::Boolean) || is_fine(value));
        values.into_iter().next()
    }
}

/// A value of the same kind that says nothing; one that has something in it has something still, since a reply may be a
/// success by that.
fn emptied(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => json!(false),
        Value::Number(_) => json!(0),
        Value::String(text) if text.is_empty() => json!(""),
        Value::String(_) => json!(UNFIT),
        Value::Array(items) if items.is_empty() => json!([]),
        Value::Array(_) => json!([UNFIT]),
        Value::Object(members) if members.is_empty() => json!({}),
        Value::Object(_) => json!({ UNFIT: UNFIT }),
    }
}

/// Whether a text can be a value of a type.
fn fits(ty: &Type, text: &str) -> bool {
    match ty {
        Type::Integer | Type::Timestamp => text.parse::<i64>().is_ok(),
        Type::Decimal => Decimal::from_str_exact(text).is_ok(),
        Type::Boolean => ["true", "false", "0", "1"].contains(&text),
        Type::Date { pattern } => jiff::civil::Date::strptime(pattern, text).is_ok(),
        Type::Bytes => BASE64_STANDARD.decode(text).is_ok(),
        Type::String | Type::Enum(_) | Type::Object(_) | Type::List(_) | Type::Any => true,
    }
}

/// Random numbers that follow from a key and a value.
struct Draw<'a> {
    key: &'a CassetteKey,
    text: &'a str,
    attempt: u32,
    count: u32,
}

impl Draw<'_> {
    /// A number below a limit, which is not 0.
    fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        // A key of any length is one of HMAC.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.key.0) else { return 0 };
        mac.update(self.text.as_bytes());
        mac.update(&[0]);
        mac.update(&self.attempt.to_be_bytes());
        mac.update(&self.count.to_be_bytes());
        let bytes = mac.finalize().into_bytes();
        let number = bytes.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % limit.max(1)
    }

    fn one_of(&mut self, characters: &str) -> char {
        let index = usize::try_from(self.below(characters.len() as u64)).unwrap_or(0);
        characters.as_bytes().get(index).map_or('0', |byte| char::from(*byte))
    }

    fn text(&mut self, characters: &str, count: usize) -> String {
        (0..count).map(|_| self.one_of(characters)).collect()
    }

    /// A day of 1949.
    fn day(&mut self) -> jiff::civil::Date {
        let first = jiff::civil::date(1949, 1, 1);
        let days = i64::try_from(self.below(DAYS)).unwrap_or(0);
        first.saturating_add(jiff::Span::new().days(days))
    }
}

/// A value of a type, which may still violate a check.
fn invented(ty: &Type, checks: &[Check], text: &str, draw: &mut Draw<'_>) -> String {
    let range = || {
        let bound = |of: fn(&Check) -> Option<&str>| checks.iter().find_map(of)?.parse::<Decimal>().ok();
        let least = bound(|check| if let Check::Min(least) = check { Some(least) } else { None });
        let most = bound(|check| if let Check::Max(most) = check { Some(most) } else { None });
        let whole = |bound: Decimal| i64::try_from(bound.trunc()).ok();
        let least = least.and_then(|least| whole(least.ceil()));
        let most = most.and_then(|most| whole(most.floor()));
        let from = least.unwrap_or_else(|| most.map_or(1, |most| most.min(1)));
        (from, most.unwrap_or_else(|| from.saturating_add(999_998)).max(from))
    };
    match ty {
        Type::Integer | Type::Decimal => {
            let (from, to) = range();
            let steps = draw.below(to.abs_diff(from).saturating_add(1));
            let whole = from.saturating_add_unsigned(steps);
            let cents = if matches!(ty, Type::Decimal) && whole < to { draw.below(100) } else { 0 };
            match ty {
                Type::Decimal => format!("{whole}.{cents:02}"),
                _ => whole.to_string(),
            }
        }
        Type::Boolean => {
            let is_true = draw.below(2) == 1;
            let is_digit = ["0", "1"].contains(&text);
            match (is_digit, is_true) {
                (true, _) => u8::from(is_true).to_string(),
                (false, _) => is_true.to_string(),
            }
        }
        Type::Date { pattern } => draw.day().strftime(pattern).to_string(),
        // Of the year 2000.
        Type::Timestamp => (946_684_800 + draw.below(31_536_000)).to_string(),
        Type::Bytes => BASE64_STANDARD.encode(draw.text(SMALL, 12)),
        Type::Enum(_) => format!("x{}", draw.text(DIGITS, 6)),
        Type::String | Type::Object(_) | Type::List(_) | Type::Any => string(checks, text, draw),
    }
}

fn string(checks: &[Check], text: &str, draw: &mut Draw<'_>) -> String {
    let mut word = None;
    let (mut least, mut most) = (0, usize::MAX);
    let length = |length: &u32| usize::try_from(*length).unwrap_or(usize::MAX);
    for check in checks {
        match check {
            Check::Named(named) => word = Some(*named),
            Check::MinLength(bound) => least = least.max(length(bound)),
            Check::MaxLength(bound) => most = most.min(length(bound)),
            Check::Length(bound) => (least, most) = (length(bound), length(bound)),
            Check::OneOf(codes) => {
                let index = usize::try_from(draw.below(codes.len() as u64)).unwrap_or(0);
                return codes.get(index).map(|code| code.to_string()).unwrap_or_default();
            }
            Check::Min(_) | Check::Max(_) => {}
        }
    }
    let clamped = |wanted: usize| wanted.max(least).min(most).min(LENGTH_LIMIT);
    match word {
        Some(CheckWord::ResidentId) => {
            let number = format!("110105{}{:03}", draw.day().strftime("%Y%m%d"), draw.below(1000));
            completed(&number, "", "0123456789X", CheckWord::ResidentId)
        }
        Some(CheckWord::UnifiedCreditCode) => {
            let code = format!("91000000{}", draw.text(PLAIN, 9));
            completed(&code, "", PLAIN, CheckWord::UnifiedCreditCode)
        }
        Some(CheckWord::Vin) => {
            let (maker, rest) = (format!("000{}", draw.text(PLAIN, 5)), draw.text(PLAIN, 8));
            completed(&maker, &rest, "0123456789X", CheckWord::Vin)
        }
        Some(CheckWord::BankCard) => {
            let length = text.chars().count().clamp(12, 19);
            let card = format!("000000{}", draw.text(DIGITS, clamped(length).saturating_sub(7)));
            completed(&card, "", DIGITS, CheckWord::BankCard)
        }
        Some(CheckWord::Digits) => {
            let length = clamped(text.chars().count());
            let front = if length > 8 { "000" } else { "" };
            format!("{front}{}", draw.text(DIGITS, length - front.len()))
        }
        None => draw.text(SMALL, clamped(10)),
    }
}

/// A text with the check character between its parts that fits.
fn completed(before: &str, after: &str, characters: &str, word: CheckWord) -> String {
    let all = characters.chars().map(|c| format!("{before}{c}{after}"));
    let fits = |text: &String| violation(&Check::Named(word), text).is_none();
    all.into_iter().find(fits).unwrap_or_else(|| format!("{before}{after}"))
}
