//! Decodes the body of a reply to typed values: lenient about the form of scalars, strict about
//! their meaning.
//!
//! | on the wire | read as |
//! |---|---|
//! | a member absent, `null`, or PHP's empty list `[]` | `None` |
//! | a single value where a list is expected | a list of one |
//! | a number or boolean where text is expected | its characters: `01` keeps its zero, long numbers their digits |
//! | text where a number is expected | the number it spells; `""` is `None` |
//! | a code that an enum does not name | kept in `Other(Unrecognized)`, never taken for another |
//! | base64 where bytes are expected | the bytes |
//! | a known member twice | an error: it is unknown which one counts |
//!
//! JSON, XML and JSONP become one JSON text (`to_json.rs`). It is read once, into a tape with a
//! node for each value (`tape.rs`), in which parts are looked up (`json.rs`). The members of a
//! struct are sorted by its table of names (`members.rs`), and a [`Cursor`] returns them in that
//! order. Nothing here is generic over the struct.

mod any;
#[cfg(feature = "serde")]
mod given;
mod json;
mod members;
mod tape;
mod to_json;

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

pub use self::any::{Any, Unrecognized};
#[cfg(feature = "serde")]
pub use self::given::Given;
pub(crate) use self::json::{Json, Key};
pub(crate) use self::members::{Members, Unreadable, members};
pub(crate) use self::tape::Tape;
pub(crate) use self::to_json::as_json;

/// A value of a reply that differs from the spec. The error does not contain the value.
///
/// ```
/// use pyi_runtime::Any;
///
/// let sent = Any::from_json(r#""many""#).expect("JSON");
/// let error = sent.payload().value(|cursor| cursor.integer()).unwrap_err();
/// assert!(!error.to_string().contains("many"));
/// ```
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
    /// The error with the path from the enclosing object.
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
    /// A value that differs from the spec.
    pub fn object<T: Decode>(self) -> Result<T, DecodeError> {
        let mut cursor = self.members(T::NAMES)?;
        let data = T::decode(&mut cursor);
        cursor.finish(data)
    }

    /// Reads a list; an empty payload is an empty list.
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

    /// Opens an object whose members are known at run time.
    ///
    /// # Errors
    ///
    /// A payload that is neither empty nor an object.
    pub fn members(self, names: &'a [&'a str]) -> Result<Cursor<'a>, DecodeError> {
        Cursor::open(self.0.filter(|json| !json.is_nothing()).unwrap_or(Json::EMPTY), names)
    }

    /// Opens a single value, which is then taken from the cursor once.
    pub fn single(self) -> Cursor<'a> {
        Cursor::of(self.0)
    }

    /// Reads any value.
    ///
    /// # Errors
    ///
    /// None; the result is that of the other readers.
    pub fn any(self) -> Result<Any, DecodeError> {
        Ok(Any::new(self.0.unwrap_or(Json::NULL)))
    }
}

/// Reads the payload of a reply.
pub(crate) type Read<T> = fn(Payload<'_>) -> Result<T, DecodeError>;

/// A struct of a reply. Generated code implements it.
///
/// ```
/// use pyi_runtime::Any;
/// use pyi_runtime::__private::{Cursor, Decode};
///
/// struct Weather {
///     city: Option<String>,
///     degrees: Option<i64>,
/// }
///
/// impl Decode for Weather {
///     const NAMES: &'static [&'static str] = &["city", "degrees"];
///
///     fn decode(from: &mut Cursor<'_>) -> Self {
///         Self { city: from.string(), degrees: from.integer() }
///     }
/// }
///
/// let sent = Any::from_json(r#"{"degrees": "21", "city": "北京", "wind": 3}"#).expect("JSON");
/// let weather: Weather = sent.payload().object().expect("an object");
/// assert_eq!((weather.city.as_deref(), weather.degrees), (Some("北京"), Some(21)));
/// ```
pub trait Decode: Sized {
    /// The wire names of the members, in the order of [`Self::decode`].
    const NAMES: &'static [&'static str];
    /// Reads the members in order.
    fn decode(from: &mut Cursor<'_>) -> Self;
}

/// Returns the members of an object in the order of its names, or the items of a list. The first
/// error is kept, so that a struct's fields need no error handling.
pub struct Cursor<'a> {
    source: Source<'a>,
    next: usize,
    fault: Option<DecodeError>,
}

/// The source of a cursor's values.
enum Source<'a> {
    /// The members of an object.
    Members(&'a [&'a str], Members<'a>),
    /// A value, or the items of a list in order, under a name.
    Single(&'a str, Option<Json<'a>>),
}

/// The name of the whole payload in messages.
const WHOLE: &str = "data";

impl<'a> Cursor<'a> {
    fn open(json: Json<'a>, names: &'a [&'a str]) -> Result<Self, DecodeError> {
        let members = members(json, names).map_err(|error| error.into_fault(WHOLE))?;
        Ok(Self { source: Source::Members(names, members), next: 0, fault: None })
    }

    fn of(payload: Option<Json<'a>>) -> Self {
        Self { source: Source::Single(WHOLE, payload), next: 0, fault: None }
    }

    /// The decoded value, unless a member had an error.
    ///
    /// # Errors
    ///
    /// The first error.
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

    /// The next member, as a code: known to the enum or not.
    pub fn code<T>(&mut self, read: fn(&str) -> T) -> Option<T> {
        self.take("text", |text| Some(read(&text)))
    }

    /// The next member, as an integer.
    pub fn integer(&mut self) -> Option<i64> {
        self.take_filled("a whole number", |text| text.parse().ok())
    }

    /// The next member, as an exact decimal number.
    pub fn decimal(&mut self) -> Option<Decimal> {
        self.take_filled("a decimal number", |text| Decimal::from_str_exact(text).ok())
    }

    /// The next member, as a boolean: `true`, `1`, `false` or `0`.
    pub fn boolean(&mut self) -> Option<bool> {
        self.take_filled("true or false", |text| match text {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        })
    }

    /// The next member, as a date in a pattern of `strftime`.
    pub fn date(&mut self, pattern: &str) -> Option<Date> {
        self.take_filled("a date as the spec's pattern says", |text| Date::strptime(pattern, text).ok())
    }

    /// The next member, as a timestamp in unix seconds.
    pub fn timestamp(&mut self) -> Option<Timestamp> {
        self.take_filled("a time in unix seconds", |text| Timestamp::from_second(text.parse().ok()?).ok())
    }

    /// The next member, as bytes: base64, with or without line breaks and its last `=`.
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        self.take_filled("base64", |text| {
            let digits: String = text.split_ascii_whitespace().collect();
            BASE64.decode(digits).ok()
        })
    }

    /// The next member, as any value.
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

    /// The next member, as a list. A single value is a list of one, since XML has no other lists;
    /// empty items are left out.
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

    /// The name of the member that was taken last.
    #[cfg(feature = "serde")]
    pub(crate) fn last_name(&self) -> &str {
        match &self.source {
            Source::Members(names, _) => {
                self.next.checked_sub(1).and_then(|last| names.get(last)).unwrap_or(&WHOLE)
            }
            Source::Single(name, _) => name,
        }
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

/// Base64, whether or not it is padded.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The trimmed text. Most texts have no blanks at their ends, which is checked first.
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// A member before it has a type.
pub(crate) enum Scalar<'a> {
    /// Text, or the characters of a number or boolean.
    Text(Cow<'a, str>),
    /// `null`, or an empty list or object.
    Nothing,
    /// A list or object that is not empty.
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
