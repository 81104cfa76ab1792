//! Invents values in place of those of a call: of the same type, within the checks of the field,
//! and the same for the same value under one key. Kept are codes of enums that the spec lists,
//! statuses, and fields with `public: true`; what the spec does not describe is left out.
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

/// The key of invented values. With the key and the cassettes one can test which person a value
/// stands for: keep the two apart.
#[derive(Clone)]
pub struct CassetteKey([u8; 32]);

impl CassetteKey {
    /// A key of these bytes, which are random.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// A digest of a request as it was sent, by which it is known again.
    pub(crate) fn digest(&self, endpoint: &str, sent: &Map<String, Value>) -> String {
        let bytes = self.mac(&[endpoint.as_bytes(), &[0], super::of_request(sent).as_bytes()]);
        bytes.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
    }

    fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
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
    /// Which values are invented, of those that could be: others where two requests would become
    /// one.
    round: u32,
}

/// A field without an invented value within its checks.
pub(crate) struct NoValue(pub(crate) String);

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
            if let Some(value) = sent.get(&field.wire) {
                let value = self.field(field, value, false).ok_or_else(|| NoValue(field.wire.clone()))?;
                invented.insert(field.wire.clone(), value);
            }
        }
        Ok(invented)
    }

    /// The payload of a reply.
    pub(crate) fn payload(&self, endpoint: &Endpoint, payload: &Value) -> Result<Value, NoValue> {
        let invented = match &endpoint.response {
            Response::Fields(fields) => self.object(fields, payload, false),
            Response::Whole(ty) => self.value(ty, &[], payload, false),
        };
        invented.ok_or_else(|| NoValue("the payload".to_owned()))
    }

    fn field(&self, field: &Field, value: &Value, is_public: bool) -> Option<Value> {
        let checks = if matches!(field.ty, Type::List(_)) { &field.element_checks } else { &field.checks };
        self.value(&field.ty, checks, value, is_public || field.public)
    }

    /// The members that the spec describes. Those of a public object are public.
    fn object(&self, fields: &[Field], value: &Value, is_public: bool) -> Option<Value> {
        let Value::Object(members) = value else { return Some(emptied(value)) };
        let mut invented = Map::new();
        for field in fields {
            if let Some(member) = members.get(&field.wire) {
                invented.insert(field.wire.clone(), self.field(field, member, is_public)?);
            }
        }
        Some(Value::Object(invented))
    }

    fn value(&self, ty: &Type, checks: &[Check], value: &Value, is_public: bool) -> Option<Value> {
        match ty {
            Type::Any => return Some(emptied(value)),
            Type::Object(name) => {
                let fields = self.provider.object(name).map_or(&[][..], |object| &object.fields);
                return self.object(fields, value, is_public);
            }
            Type::List(item) => {
                let Value::Array(items) = value else { return Some(emptied(value)) };
                return items.iter().map(|value| self.value(item, checks, value, is_public)).collect();
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
        if is_public && fits(ty, text.trim()) {
            return Some(value.clone());
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
        // A code that the spec does not list stays one that it does not list.
        let counts = |check: &&Check| !matches!((ty, check), (Type::Enum(_), Check::OneOf(_)));
        let is_fine =
            |value: &str| checks.iter().filter(counts).all(|check| violation(check, value).is_none());
        let mut same = None;
        for attempt in 0..ATTEMPTS {
            let mut draw = Draw { key: self.key, text, round: self.round, attempt, count: 0 };
            let value = invented(ty, checks, text, &mut draw);
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

/// A value of the same kind that says nothing; one that has something in it has something still,
/// since a reply may be a success by that.
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
    round: u32,
    attempt: u32,
    count: u32,
}

impl Draw<'_> {
    /// A number below a limit, which is not 0.
    fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        let (round, attempt, count) =
            (self.round.to_be_bytes(), self.attempt.to_be_bytes(), self.count.to_be_bytes());
        let bytes = self.key.mac(&[self.text.as_bytes(), &[0], &round, &attempt, &count]);
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

/// A number between the bounds of a field's checks: a whole one, or with two decimals or as many as
/// the bounds have.
fn number(checks: &[Check], is_whole: bool, draw: &mut Draw<'_>) -> Decimal {
    let bound = |of: fn(&Check) -> Option<&str>| Decimal::from_str_exact(checks.iter().find_map(of)?).ok();
    let least = bound(|check| if let Check::Min(least) = check { Some(least) } else { None });
    let most = bound(|check| if let Check::Max(most) = check { Some(most) } else { None });
    let scales = [least, most].into_iter().flatten().map(|bound| bound.scale());
    let scale = if is_whole { 0 } else { scales.max().unwrap_or(0).clamp(2, 9) };
    let one = 10_i64.pow(scale);
    let steps = |bound: Decimal| bound.checked_mul(Decimal::from(one));
    let least = least.and_then(steps).and_then(|least| i64::try_from(least.ceil()).ok());
    let most = most.and_then(steps).and_then(|most| i64::try_from(most.floor()).ok());
    let from = least.unwrap_or_else(|| most.map_or(one, |most| most.min(one)));
    let to = most.unwrap_or_else(|| from.saturating_add(one.saturating_mul(999_998))).max(from);
    let drawn = draw.below(to.abs_diff(from).saturating_add(1));
    Decimal::new(from.saturating_add_unsigned(drawn), scale)
}

/// A value of a type, which may still violate a check.
fn invented(ty: &Type, checks: &[Check], text: &str, draw: &mut Draw<'_>) -> String {
    match ty {
        Type::Integer => number(checks, true, draw).to_string(),
        Type::Decimal => number(checks, false, draw).to_string(),
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
