//! The values of a request, as text for the wire.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use smallvec::SmallVec;

use crate::operation::Operation;
use crate::redact::REDACTED;
use crate::response::decode::{Any, DecodeError, Payload};

/// A request struct. Generated code implements it.
pub trait Request {
    /// The type of a reply's data.
    type Data;
    /// Its endpoint.
    const OPERATION: &'static Operation<'static>;
    /// Its values, in the order of [`Source::Request`](crate::operation::Source::Request).
    fn values(&self) -> Values;
    /// Reads the payload of a reply.
    ///
    /// # Errors
    ///
    /// A value that differs from the spec.
    fn read(payload: Payload<'_>) -> Result<Self::Data, DecodeError>;
}

/// A struct of the optional fields of a request. Generated code implements it.
pub trait Options {
    /// The type of the reply's data.
    type Data;
    /// Its endpoint.
    const OPERATION: &'static Operation<'static>;
    /// Its values, which follow the request's.
    fn values(&self) -> Values;
}

/// A value of a request, which writes itself for the wire.
///
/// ```
/// use pyi_runtime::__private::Value;
///
/// /// A card number, which is sent without blanks.
/// struct Card(String);
///
/// impl Value for Card {
///     fn write(&self, out: &mut String) {
///         out.extend(self.0.chars().filter(|character| *character != ' '));
///     }
/// }
/// ```
pub trait Value {
    /// Writes the value as the provider expects it, in raw UTF-8. A parameter without text is left
    /// out.
    fn write(&self, out: &mut String);
}

impl Value for String {
    fn write(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl Value for str {
    fn write(&self, out: &mut String) {
        out.push_str(self);
    }
}

impl Value for &str {
    fn write(&self, out: &mut String) {
        out.push_str(self);
    }
}

/// `None` is left out.
impl<T: Value> Value for Option<T> {
    fn write(&self, out: &mut String) {
        if let Some(value) = self {
            value.write(out);
        }
    }
}

impl Value for Decimal {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

/// In unix seconds.
impl Value for Timestamp {
    fn write(&self, out: &mut String) {
        out.push_str(&self.as_second().to_string());
    }
}

impl Value for i64 {
    fn write(&self, out: &mut String) {
        out.push_str(&self.to_string());
    }
}

/// As `1` or `0`: PHP, which the provider runs, drops the word `false`.
impl Value for bool {
    fn write(&self, out: &mut String) {
        out.push(if *self { '1' } else { '0' });
    }
}

/// As base64 (RFC 4648, section 4).
impl Value for Vec<u8> {
    fn write(&self, out: &mut String) {
        BASE64_STANDARD.encode_string(self, out);
    }
}

/// As JSON text.
impl Value for Any {
    fn write(&self, out: &mut String) {
        out.push_str(self.json());
    }
}

/// A date with its pattern.
#[derive(Clone, Copy)]
pub struct Dated<'a> {
    /// The date.
    pub date: Date,
    /// The pattern, in conversions of `strftime`.
    pub pattern: &'a str,
}

impl Value for Dated<'_> {
    fn write(&self, out: &mut String) {
        out.push_str(&self.date.strftime(self.pattern).to_string());
    }
}

/// The values of a request, written once and encoded for each attempt. They are never shown.
///
/// ```
/// use pyi_runtime::__private::Values;
///
/// let values = Values::of(&[&"11010519491231002X", &None::<i64>, &true]);
/// assert_eq!(values.iter().collect::<Vec<_>>(), ["11010519491231002X", "", "1"]);
/// assert!(!format!("{values:?}").contains("11010519491231002X"));
/// ```
#[derive(Clone, Default)]
pub struct Values {
    text: String,
    ends: SmallVec<[usize; INLINE]>,
    /// The first value that cannot be sent, by its index, and the reason.
    refusal: Option<Box<Refusal>>,
}

/// The index of a value that cannot be sent, and the reason.
type Refusal = (usize, &'static str);

/// Number of values that need no allocation; few endpoints have more.
const INLINE: usize = 8;
/// Capacity per value, so that most requests need no reallocation.
const USUAL_LENGTH: usize = 24;

impl Values {
    /// Writes values in order.
    pub fn of(values: &[&dyn Value]) -> Self {
        let text = String::with_capacity(USUAL_LENGTH * values.len());
        let mut all = Self { text, ends: SmallVec::with_capacity(values.len()), refusal: None };
        for value in values {
            value.write(&mut all.text);
            all.ends.push(all.text.len());
        }
        all
    }

    /// Notes why the value at an index cannot be sent, if it cannot.
    #[must_use]
    pub fn refused(mut self, index: usize, why: Option<&'static str>) -> Self {
        if let (Some(why), None) = (why, &self.refusal) {
            self.refusal = Some(Box::new((index, why)));
        }
        self
    }

    /// The index of the first value that cannot be sent, and the reason.
    pub(crate) fn refusal(&self) -> Option<Refusal> {
        self.refusal.as_deref().copied()
    }

    /// Length of all values, in bytes.
    pub(crate) fn text_length(&self) -> usize {
        self.text.len()
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Replaces the values after the first `count`.
    pub(crate) fn continue_at(&mut self, count: usize, others: &Self) {
        self.ends.truncate(count);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
        self.refusal.take_if(|refusal| refusal.0 >= count);
        if self.refusal.is_none() {
            self.refusal = others.refusal().map(|(index, why)| Box::new((count + index, why)));
        }
        let start = self.text.len();
        self.text.push_str(&others.text);
        self.ends.extend(others.ends.iter().map(|end| start + end));
    }

    /// The value at an index; empty if there is none.
    pub fn get(&self, index: usize) -> &str {
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let range = start.zip(self.ends.get(index).copied()).map(|(start, end)| start..end);
        range.and_then(|range| self.text.get(range)).unwrap_or("")
    }

    /// All values in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.ends.len()).map(|index| self.get(index))
    }
}

impl fmt::Debug for Values {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Values({REDACTED}; {})", self.ends.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_replace_what_follows_the_required_values() {
        let mut values = Values::of(&[&"a", &"b", &"c"]);
        values.continue_at(1, &Values::of(&[&"long", &""]));
        assert_eq!(values.iter().collect::<Vec<_>>(), ["a", "long", ""]);
        assert_eq!((values.get(1), values.get(3)), ("long", ""));
    }
}
