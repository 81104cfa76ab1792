//! From a reply's body to typed values. Lenient about scalars, strict about meaning.
//!
//! | on the wire | read as |
//! |---|---|
//! | a member absent, `null`, or PHP's empty list `[]` | `None` |
//! | a single value where a list is expected | a list of one |
//! | a number or boolean where text is expected | its characters: `01` keeps its zero, long numbers their digits |
//! | text where a number is expected | the number it spells; `""` is `None` |
//! | a code that an enum does not name | kept in `Other(Unrecognized)`, never taken for another |
//! | a known member twice | a fault: nobody can tell which one counts |
//!
//! JSON, XML and JSONP come here as one JSON text (`format.rs`), which is read once and leaves a mark for each value
//! (`tape.rs`), so that its parts are looked up (`json.rs`); a struct's members are brought into the order of its names (`members.rs`), and
//! a [`Cursor`] hands them out one after another. Nothing here is generic over the struct.

mod any;
mod format;
mod json;
mod members;
mod tape;

use std::borrow::Cow;
use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

pub use self::any::{Any, Unrecognized};
pub(crate) use self::format::as_json;
pub(crate) use self::json::{Json, Key};
pub(crate) use self::members::{Members, members};
pub(crate) use self::tape::Tape;

/// A value of a reply that cannot be read as the spec says. It never holds the value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    pub(crate) field: String,
    pub(crate) expected: &'static str,
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not {}", self.field, self.expected)
    }
}

impl std::error::Error for DecodeError {}

impl DecodeError {
    /// The same fault, as seen from the object that holds the field it was found in.
    pub fn inside(mut self, owner: &str) -> Self {
        self.field = if self.field == WHOLE { owner.to_owned() } else { format!("{owner}.{}", self.field) };
        self
    }
}

/// The payload of a reply, if it has one.
#[derive(Clone, Copy)]
pub struct Payload<'a>(Option<Json<'a>>);

impl<'a> Payload<'a> {
    pub(crate) fn new(json: Option<Json<'a>>) -> Self {
        Self(json)
    }

    /// Reads an object into a struct.
    ///
    /// # Errors
    ///
    /// A value that is not what the spec says.
    pub fn object<T: Decode>(self) -> Result<T, DecodeError> {
        let mut cursor = self.members(T::NAMES)?;
        let data = T::decode(&mut cursor);
        cursor.finish(data)
    }

    /// Reads a list; nothing is a list of nothing.
    ///
    /// # Errors
    ///
    /// As [`Self::object`].
    pub fn list<T>(self, read: fn(&mut Cursor<'_>) -> Option<T>) -> Result<Vec<T>, DecodeError> {
        let mut cursor = Cursor::of(self.0);
        let items = cursor.list(read).unwrap_or_default();
        cursor.finish(items)
    }

    /// Reads a single value.
    ///
    /// # Errors
    ///
    /// As [`Self::object`].
    pub fn value<T>(self, read: fn(&mut Cursor<'_>) -> Option<T>) -> Result<Option<T>, DecodeError> {
        let mut cursor = Cursor::of(self.0);
        let value = read(&mut cursor);
        cursor.finish(value)
    }

    /// Opens an object whose members a program knows only when it runs.
    ///
    /// # Errors
    ///
    /// A payload that is something, and no object.
    pub fn members(self, names: &'a [&'a str]) -> Result<Cursor<'a>, DecodeError> {
        Cursor::open(self.0.filter(|json| !json.is_nothing()).unwrap_or(Json::EMPTY), names)
    }

    /// Opens a single value, to be taken from the cursor once.
    pub fn single(self) -> Cursor<'a> {
        Cursor::of(self.0)
    }

    /// Takes whatever it is.
    ///
    /// # Errors
    ///
    /// None: the result is there so that all payloads are read alike.
    pub fn any(self) -> Result<Any, DecodeError> {
        Ok(Any::new(self.0.unwrap_or(Json::NULL)))
    }
}

/// A struct of a reply: its members by name, and how it takes them from a cursor.
pub trait Decode: Sized {
    /// The members' names on the wire, in the order that [`Self::decode`] takes them.
    const NAMES: &'static [&'static str];
    /// Takes the members one after another.
    fn decode(from: &mut Cursor<'_>) -> Self;
}

/// Hands out the members of an object in the order of its names, or the items of a list. The first fault is remembered, so
/// that a struct's fields need no error handling of their own.
pub struct Cursor<'a> {
    source: Source<'a>,
    next: usize,
    fault: Option<DecodeError>,
}

/// What a cursor takes its values from.
enum Source<'a> {
    /// The members of an object.
    Members(&'a [&'a str], Members<'a>),
    /// A value, or the items of a list one after another, under a name.
    Single(&'a str, Option<Json<'a>>),
}

/// What messages call the payload as a whole.
const WHOLE: &str = "data";

impl<'a> Cursor<'a> {
    fn open(json: Json<'a>, names: &'a [&'a str]) -> Result<Self, DecodeError> {
        let members = members(json, names).map_err(|error| error.into_fault(WHOLE))?;
        Ok(Self { source: Source::Members(names, members), next: 0, fault: None })
    }

    fn of(payload: Option<Json<'a>>) -> Self {
        Self { source: Source::Single(WHOLE, payload), next: 0, fault: None }
    }

    /// The value that was made of the members, unless one of them was not what it should be.
    ///
    /// # Errors
    ///
    /// The first fault.
    pub fn finish<T>(self, value: T) -> Result<T, DecodeError> {
        match self.fault {
            Some(fault) => Err(fault),
            None => Ok(value),
        }
    }

    /// The next member, as text.
    pub fn string(&mut self) -> Option<String> {
        self.take("text", |text| Some(text.into_owned()))
    }

    /// The next member, as a code: one of those that an enum names, or another.
    pub fn code<T>(&mut self, read: fn(&str) -> T) -> Option<T> {
        self.take("text", |text| Some(read(&text)))
    }

    /// The next member, as a whole number.
    pub fn integer(&mut self) -> Option<i64> {
        self.take_filled("a whole number", |text| text.parse().ok())
    }

    /// The next member, as an exact decimal number.
    pub fn decimal(&mut self) -> Option<Decimal> {
        self.take_filled("a decimal number", |text| Decimal::from_str_exact(text).ok())
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

    /// The next member, as a moment in unix seconds.
    pub fn timestamp(&mut self) -> Option<Timestamp> {
        self.take_filled("a time in unix seconds", |text| Timestamp::from_second(text.parse().ok()?).ok())
    }

    /// The next member, whatever it is.
    pub fn any(&mut self) -> Option<Any> {
        let (_, member) = self.advance();
        member.filter(|member| member.text() != "null").map(Any::new)
    }

    /// The next member, as an object.
    pub fn object<T: Decode>(&mut self) -> Option<T> {
        let (name, member) = self.advance();
        let json = member.filter(|member| !member.is_nothing())?;
        match Payload(Some(json)).object() {
            Ok(object) => Some(object),
            Err(fault) => {
                self.note(|| fault.inside(name));
                None
            }
        }
    }

    /// The next member, as a list. A single value is a list of one, since XML cannot tell them apart; items that are nothing
    /// are left out.
    pub fn list<T>(&mut self, read: fn(&mut Cursor<'_>) -> Option<T>) -> Option<Vec<T>> {
        let (name, member) = self.advance();
        let json = member?;
        let mut items = Cursor { source: Source::Single(name, None), next: 0, fault: None };
        let mut item = |json: Json<'a>| {
            items.source = Source::Single(name, Some(json));
            read(&mut items)
        };
        let read: Vec<T> = match json.is_nothing() {
            _ if json.is_list() => json.items().filter_map(item).collect(),
            true if json.is_object() => Vec::new(),
            true => return None,
            false => item(json).into_iter().collect(),
        };
        if let Some(fault) = items.fault {
            self.note(|| fault);
        }
        Some(read)
    }

    fn take_filled<T>(&mut self, expected: &'static str, read: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        self.take(expected, |text: Cow<'_, str>| match trimmed(&text) {
            "" => Some(None),
            text => read(text).map(Some),
        })
        .flatten()
    }

    fn take<T>(&mut self, expected: &'static str, read: impl FnOnce(Cow<'a, str>) -> Option<T>) -> Option<T> {
        let (name, member) = self.advance();
        let value = match scalar(member?) {
            Scalar::Text(text) => read(text),
            Scalar::Nothing => return None,
            Scalar::Composite => None,
        };
        if value.is_none() {
            self.note(|| DecodeError { field: name.to_owned(), expected });
        }
        value
    }

    fn note(&mut self, fault: impl FnOnce() -> DecodeError) {
        self.fault.get_or_insert_with(fault);
    }

    fn advance(&mut self) -> (&'a str, Option<Json<'a>>) {
        match &mut self.source {
            Source::Members(names, members) => {
                let index = self.next;
                self.next += 1;
                (names.get(index).copied().unwrap_or_default(), members.get(index))
            }
            Source::Single(name, value) => (name, value.take()),
        }
    }
}

/// A text without the blanks around it. Most have none, and are not looked through from both sides for them.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// What a member is, before it is known what it should be.
pub(crate) enum Scalar<'a> {
    /// Text, or the characters of a number or boolean.
    Text(Cow<'a, str>),
    /// `null`, or an empty list or object.
    Nothing,
    /// A list or object with something in it.
    Composite,
}

/// Reads a JSON value as a scalar.
pub(crate) fn scalar(json: Json<'_>) -> Scalar<'_> {
    match json.characters() {
        Some(text) => Scalar::Text(text),
        None if json.is_nothing() => Scalar::Nothing,
        None => Scalar::Composite,
    }
}
