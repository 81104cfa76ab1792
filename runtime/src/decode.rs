//! From a reply's body to typed values. Lenient about scalars, strict about meaning.
//!
//! | on the wire | read as |
//! |---|---|
//! | a member absent, `null`, or PHP's empty list `[]` | `None` |
//! | a number or boolean where text is expected | its characters: `01` keeps its zero, long numbers their digits |
//! | text where a number is expected | the number it spells; `""` is `None` |
//! | a code that an enum does not name | kept in `Other(Unrecognized)`, never taken for another |
//! | a known member twice | a fault: nobody can tell which one counts |
//!
//! JSON, XML and JSONP come here as one JSON text (`format.rs`); a struct's members are streamed into slots in the order of
//! its names (`members.rs`), and a [`Cursor`] hands them out one after another. Nothing here is generic over the struct.

mod format;
mod members;

use std::fmt;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

pub(crate) use self::format::json;
pub(crate) use self::members::members;
use crate::redact::REDACTED;

/// A value of a reply that cannot be read as the spec says. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub(crate) field: String,
    pub(crate) expected: &'static str,
}

/// What the payload of a reply can be read into.
pub trait Data: Sized {
    /// Reads the payload. `None` where the reply has none.
    ///
    /// # Errors
    ///
    /// A value that is not what the spec says.
    fn read(payload: Option<&RawValue>) -> Result<Self, Fault>;
}

/// A data struct: its members by name, and how it takes them from a cursor.
pub trait Decode: Sized {
    /// The members' names on the wire, in the order that [`Self::decode`] takes them.
    const NAMES: &'static [&'static str];
    /// Takes the members one after another.
    fn decode(from: &mut Cursor<'_>) -> Self;
}

impl<T: Decode> Data for T {
    fn read(payload: Option<&RawValue>) -> Result<Self, Fault> {
        let mut cursor = Cursor::open(payload, T::NAMES)?;
        let data = T::decode(&mut cursor);
        match cursor.fault {
            Some(fault) => Err(fault),
            None => Ok(data),
        }
    }
}

/// Hands out the members of an object, in the order of its names. The first fault is remembered, so that a struct's
/// fields need no error handling of their own.
pub struct Cursor<'a> {
    names: &'a [&'a str],
    members: Vec<Option<&'a RawValue>>,
    next: usize,
    fault: Option<Fault>,
}

impl<'a> Cursor<'a> {
    fn open(payload: Option<&'a RawValue>, names: &'a [&'a str]) -> Result<Self, Fault> {
        let object = payload.map(RawValue::get).filter(|text| !is_nothing(text));
        let members = match object {
            Some(text) => members(text, names).map_err(|error| error.into_fault("data"))?,
            None => vec![None; names.len()],
        };
        Ok(Self { names, members, next: 0, fault: None })
    }

    /// The next member, as text.
    pub fn string(&mut self) -> Option<String> {
        self.take("text", Some)
    }

    /// The next member, as a whole number.
    pub fn integer(&mut self) -> Option<i64> {
        self.take_filled("a whole number", |text| text.parse().ok())
    }

    /// The next member, as yes or no: `true`, `1`, `false` or `0`.
    pub fn boolean(&mut self) -> Option<bool> {
        self.take_filled("true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// The next member, as a date that is written in a pattern of `strftime`.
    pub fn date(&mut self, pattern: &str) -> Option<Date> {
        self.take_filled("a date as the spec's pattern says", |text| Date::strptime(pattern, text).ok())
    }

    /// The next member, whatever it is.
    pub fn any(&mut self) -> Option<Any> {
        let (_, member) = self.advance();
        member.filter(|member| member.get() != "null").map(|member| Any(member.to_owned()))
    }

    fn take_filled<T>(&mut self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.take(expected, |text| match text.trim() {
            "" => Some(None),
            text => read(text).map(Some),
        })
        .flatten()
    }

    fn take<T>(&mut self, expected: &'static str, read: impl FnOnce(String) -> Option<T>) -> Option<T> {
        let (name, member) = self.advance();
        let value = match scalar(member?.get()) {
            Scalar::Text(text) => read(text),
            Scalar::Nothing => return None,
            Scalar::Composite => None,
        };
        if value.is_none() && self.fault.is_none() {
            self.fault = Some(Fault { field: name.to_owned(), expected });
        }
        value
    }

    fn advance(&mut self) -> (&'a str, Option<&'a RawValue>) {
        let name = self.names.get(self.next).copied().unwrap_or("");
        let member = self.members.get(self.next).copied().flatten();
        self.next += 1;
        (name, member)
    }
}

/// What a member is, before it is known what it should be.
pub(crate) enum Scalar {
    /// Text, or the characters of a number or boolean.
    Text(String),
    /// `null`, or an empty list or object.
    Nothing,
    /// A list or object with something in it.
    Composite,
}

/// Reads a JSON value as a scalar.
pub(crate) fn scalar(json: &str) -> Scalar {
    match json.as_bytes().first() {
        Some(b'"') => serde_json::from_str(json).map_or(Scalar::Composite, Scalar::Text),
        Some(b'{' | b'[' | b'n') if is_nothing(json) => Scalar::Nothing,
        Some(b'{' | b'[') => Scalar::Composite,
        _ => Scalar::Text(json.to_owned()),
    }
}

/// `null`, `""`, `[]` and `{}`: what a provider that runs PHP writes for nothing.
fn is_nothing(json: &str) -> bool {
    let mut characters = json.chars().filter(|c| !c.is_ascii_whitespace());
    let short: String = characters.by_ref().take(4).collect();
    characters.next().is_none() && matches!(short.as_str(), "null" | "\"\"" | "[]" | "{}")
}

/// Whatever the provider sent, kept as the JSON text that it was, each digit as it stood.
#[derive(Clone)]
pub struct Any(Box<RawValue>);

impl Any {
    /// The value as JSON text.
    pub fn json(&self) -> &str {
        self.0.get()
    }

    /// Reads the value into a type of the caller's.
    ///
    /// # Errors
    ///
    /// As serde's, where the type does not fit.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.json())
    }
}

impl Data for Any {
    fn read(payload: Option<&RawValue>) -> Result<Self, Fault> {
        Ok(Self(payload.map_or_else(|| RawValue::NULL.to_owned(), ToOwned::to_owned)))
    }
}

impl fmt::Debug for Any {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Any({REDACTED})")
    }
}

/// A code that the spec does not name. Its content is read by [`Self::as_str`] alone, so that naming the code later breaks
/// no match.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unrecognized {
    of: &'static str,
    code: String,
}

impl Unrecognized {
    /// Keeps a code of the enum called `of`.
    pub fn new(of: &'static str, code: String) -> Self {
        Self { of, code }
    }

    /// The code as it stood on the wire.
    pub fn as_str(&self) -> &str {
        &self.code
    }
}

/// A code that nobody named may hold anything, and is not shown.
impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrecognized({}; {REDACTED})", self.of)
    }
}
