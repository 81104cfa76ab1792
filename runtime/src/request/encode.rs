//! Fills in, signs and encodes the parameters of a request in one pass, in signing order.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;
use smallvec::SmallVec;

use crate::operation::{Format, Operation, Parameter, Source, TimeForm};
use crate::redact::REDACTED;
use crate::request::sign::{Credentials, Signature, Signer};
use crate::response::decode::{DecodeError, Payload};

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
}

/// Number of values that need no allocation; few endpoints have more.
const INLINE: usize = 8;
/// Capacity per value, so that most requests need no reallocation.
const USUAL_LENGTH: usize = 24;

impl Values {
    /// Writes values in order.
    pub fn of(values: &[&dyn Value]) -> Self {
        let text = String::with_capacity(USUAL_LENGTH * values.len());
        let mut all = Self { text, ends: SmallVec::with_capacity(values.len()) };
        for value in values {
            value.write(&mut all.text);
            all.ends.push(all.text.len());
        }
        all
    }

    /// Number of values.
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Replaces the values after the first `count`.
    pub(crate) fn continue_at(&mut self, count: usize, others: &Self) {
        self.ends.truncate(count);
        self.text.truncate(self.ends.last().copied().unwrap_or(0));
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

/// The values that the client fills in.
#[derive(Debug, Clone, Copy)]
pub struct CommonValues<'a> {
    /// The app's id.
    pub app_id: &'a str,
    /// The format of the reply.
    pub format: Format,
    /// The time in unix seconds; `None` leaves it out.
    pub time: Option<i64>,
    /// The random digits of the attempt, if the operation has a nonce.
    pub nonce: &'a str,
    /// Whether data made up for testing is requested.
    pub debug: bool,
    /// The credentials.
    pub sign: &'a Credentials,
}

/// An encoded request. It contains a person's data, with the Hash method the secret too, and is
/// never shown.
pub struct Encoded {
    /// The form, `appid=1&bank_id=…&sign=…`: the body of a POST, the query of a GET.
    pub form: String,
    pub(crate) signature: Signature,
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({REDACTED})")
    }
}

/// Signs and encodes a request, as a client does for each attempt.
pub fn encode(operation: &Operation<'_>, values: &Values, filled: &CommonValues<'_>) -> Encoded {
    let scheme = &operation.provider.sign;
    let (mut digits, mut millis) = ([0; 20], [0; 20]);
    let time = filled.time.map_or("", |time| decimal(time, &mut digits));
    let mut signer = Signer::new(scheme, filled.sign);
    let mut form = String::with_capacity(3 * values.text.len() + 24 * (operation.parameters.len() + 2));
    for parameter in operation.parameters {
        let value = match parameter.source {
            Source::AppId => filled.app_id,
            Source::Format => filled.format.as_str(),
            Source::Clock => match (parameter.form, filled.time) {
                (TimeForm::UnixMs, Some(time)) => decimal(time.saturating_mul(1000), &mut millis),
                _ => time,
            },
            Source::Nonce => filled.nonce,
            Source::Constant => "",
            Source::Debug if filled.debug => "1",
            Source::Debug => "",
            Source::Request(index) => values.get(index),
        };
        let value = if value.is_empty() { parameter.default } else { value };
        if value.is_empty() && (scheme.skip_empty || !parameter.required) {
            continue;
        }
        if parameter.is_signed {
            signer.pair(parameter.name, value);
        }
        push(&mut form, parameter.name, value);
    }
    let signature = signer.finish();
    let text = signature.text(filled.sign);
    match signature {
        // Hexadecimal digits need no encoding.
        Signature::Hex(..) => {
            push_key(&mut form, scheme.parameter);
            form.push_str(text);
        }
        Signature::Base64(..) | Signature::Secret => push(&mut form, scheme.parameter, text),
    }
    Encoded { form, signature }
}

/// Writes a number without an allocation.
fn decimal(number: i64, digits: &mut [u8; 20]) -> &str {
    use std::io::Write;
    let mut rest: &mut [u8] = digits;
    // The longest number has 20 characters, its sign among them.
    let left = write!(rest, "{number}").map_or(20, |()| rest.len());
    std::str::from_utf8(&digits[..20 - left]).unwrap_or_default()
}

/// Writes one pair of a form, encoded as the WHATWG URL standard and PHP's `http_build_query` do.
fn push(form: &mut String, key: &str, value: &str) {
    push_key(form, key);
    form.extend(form_urlencoded::byte_serialize(value.as_bytes()));
}

fn push_key(form: &mut String, key: &str) {
    if !form.is_empty() {
        form.push('&');
    }
    form.extend(form_urlencoded::byte_serialize(key.as_bytes()));
    form.push('=');
}

/// The first required parameter without a value.
pub(crate) fn missing<'a>(operation: &Operation<'a>, values: &Values) -> Option<&'a Parameter<'a>> {
    operation.parameters.iter().find(|parameter| match parameter.source {
        Source::Request(index) => parameter.required && values.get(index).is_empty(),
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Format;
    use crate::test_operation::OPERATION;

    fn form(values: &Values, time: Option<i64>, debug: bool) -> String {
        let sign = Credentials::hash("the-secret");
        encode(
            &OPERATION,
            values,
            &CommonValues { app_id: "1", format: Format::Json, time, nonce: "", debug, sign: &sign },
        )
        .form
    }

    #[test]
    fn parameters_are_filled_in_and_the_signature_is_last() {
        let values = Values::of(&[&"a", &None::<i64>]);
        assert_eq!(form(&values, None, false), "appid=1&city=a&page=1&sign=the-secret");
        assert_eq!(
            form(&Values::of(&[&"a", &2_i64]), Some(-5), true),
            "appid=1&city=a&debug=1&page=2&time=-5&sign=the-secret"
        );
    }

    /// As PHP's `http_build_query` encodes it.
    #[test]
    fn values_are_form_encoded() {
        let values = Values::of(&[&" +&=%~*-._张\n", &""]);
        let encoded = "city=+%2B%26%3D%25%7E*-._%E5%BC%A0%0A&";
        assert!(form(&values, None, false).contains(encoded));
    }

    #[test]
    fn a_required_value_is_missed() {
        assert_eq!(missing(&OPERATION, &Values::of(&[&"", &2_i64])).map(|found| found.name), Some("city"));
        assert!(missing(&OPERATION, &Values::of(&[&"a"])).is_none());
    }

    #[test]
    fn options_replace_what_follows_the_required_values() {
        let mut values = Values::of(&[&"a", &"b", &"c"]);
        values.continue_at(1, &Values::of(&[&"long", &""]));
        assert_eq!(values.iter().collect::<Vec<_>>(), ["a", "long", ""]);
        assert_eq!((values.get(1), values.get(3)), ("long", ""));
    }

    #[test]
    fn numbers_have_all_their_digits() {
        let mut digits = [0; 20];
        for number in [0, 7, -1, i64::MAX, i64::MIN] {
            assert_eq!(decimal(number, &mut digits), number.to_string());
        }
    }
}
