//! Values of any type, and codes that the spec does not list.

use std::fmt;

use serde::de::{Deserialize, Error as _};
use serde_json::value::RawValue;

use super::{Json, Payload, Tape};
use crate::redact::REDACTED;

/// A value of any type, kept as its JSON text with every digit.
#[derive(Clone)]
pub struct Any {
    text: Box<str>,
    tape: Tape,
}

impl Any {
    /// Keeps a part of a reply.
    pub(super) fn new(json: Json<'_>) -> Self {
        Self { text: json.text().into(), tape: json.to_marks() }
    }

    /// A value from JSON text, for tests that need data without a call.
    ///
    /// ```
    /// # use pyi_runtime::Any;
    /// let sent = Any::from_json(r#"{"amount": 12.50}"#)?;
    /// assert_eq!(sent.json(), r#"{"amount": 12.50}"#);
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The text is not JSON.
    pub fn from_json(json: &str) -> Result<Self, serde_json::Error> {
        let text = serde_json::from_str::<&RawValue>(json)?.get();
        let tape = Tape::of(text).ok_or_else(|| serde_json::Error::custom("it is too long"))?;
        Ok(Self { text: text.into(), tape })
    }

    /// The value as JSON text.
    pub fn json(&self) -> &str {
        &self.text
    }

    /// The value as the payload of a reply.
    pub fn payload(&self) -> Payload<'_> {
        Payload::new(Some(Json::whole(&self.text, &self.tape)))
    }

    /// Runs a function on the value's tree.
    #[cfg(feature = "serde")]
    pub(crate) fn with_json<T>(&self, read: impl FnOnce(Json<'_>) -> T) -> T {
        read(Json::whole(&self.text, &self.tape))
    }

    /// Deserializes the value.
    ///
    /// # Errors
    ///
    /// The value does not have the type.
    pub fn parse<'a, T: Deserialize<'a>>(&'a self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.json())
    }
}

/// Two values are equal if their JSON text is, with the same digits, blanks and order.
impl PartialEq for Any {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Any {}

impl fmt::Debug for Any {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Any({REDACTED})")
    }
}

/// A code that the spec does not list. Only [`Self::code`] reads it, so that a spec that lists the
/// code later breaks no match.
///
/// ```
/// use pyi_runtime::Unrecognized;
///
/// let code = Unrecognized::new("MatchStatus", "09");
/// assert_eq!(code.code(), "09");
/// assert!(!format!("{code:?}").contains("09"));
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Unrecognized {
    of: &'static str,
    code: String,
}

impl Unrecognized {
    /// A code of the enum `of`.
    pub fn new(of: &'static str, code: &str) -> Self {
        Self { of, code: code.to_owned() }
    }

    /// The code on the wire.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The same as [`Self::code`].
    pub fn as_str(&self) -> &str {
        &self.code
    }
}

/// An unlisted code may be any text, and is not shown.
impl fmt::Debug for Unrecognized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unrecognized({}; {REDACTED})", self.of)
    }
}
