//! The code of a provider's status: a whole number, or a text.

use std::cmp::Ordering;
use std::fmt;
use std::str::FromStr;

/// The code of a status on the wire: a whole number such as `10000`, or a text such as
/// `InvalidParameter`. It is a short text that can be copied.
///
/// A number and the same number as text are one code; a text with leading zeros is another one.
///
/// ```
/// use pyi_types::StatusCode;
///
/// assert_eq!("10000".parse(), Ok(StatusCode::from(10000)));
/// assert_ne!("010000".parse(), Ok(StatusCode::from(10000)));
/// assert_eq!(StatusCode::from(-1).number(), Some(-1));
/// assert_eq!(StatusCode::text("FAIL").number(), None);
/// assert_eq!(StatusCode::text("FAIL").to_string(), "FAIL");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct StatusCode(Repr);

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Repr {
    Number(i32),
    /// A text, and its length.
    Text([u8; StatusCode::LONGEST], u8),
}

impl StatusCode {
    /// The length of the longest text, in bytes of UTF-8.
    pub const LONGEST: usize = 64;

    /// The code of a number, in a constant too.
    #[inline]
    pub const fn from_number(number: i32) -> Self {
        Self(Repr::Number(number))
    }

    /// A code of a text that is no number.
    ///
    /// # Panics
    ///
    /// The text is empty or longer than [`Self::LONGEST`]. In a constant, this is an error of the
    /// compiler. [`FromStr`] is for other texts, and finds the numbers among them.
    pub const fn text(text: &'static str) -> Self {
        assert!(Self::fits(text), "a status code has 1 to 64 bytes");
        Self::of(text.as_bytes())
    }

    const fn fits(text: &str) -> bool {
        !text.is_empty() && text.len() <= Self::LONGEST
    }

    /// The code of a text that fits.
    const fn of(text: &[u8]) -> Self {
        let mut bytes = [0; Self::LONGEST];
        let mut index = 0;
        while index < text.len() && index < Self::LONGEST {
            bytes[index] = text[index];
            index += 1;
        }
        // At most LONGEST, which fits.
        Self(Repr::Text(bytes, index as u8))
    }

    /// The number, unless it is a text.
    #[inline]
    pub const fn number(self) -> Option<i32> {
        match self.0 {
            Repr::Number(number) => Some(number),
            Repr::Text(..) => None,
        }
    }

    /// The text, unless it is a number.
    pub fn as_text(&self) -> Option<&str> {
        match &self.0 {
            Repr::Number(_) => None,
            // Both constructors copy whole texts.
            Repr::Text(bytes, length) => {
                std::str::from_utf8(bytes.get(..usize::from(*length)).unwrap_or_default()).ok()
            }
        }
    }
}

impl From<i32> for StatusCode {
    fn from(number: i32) -> Self {
        Self::from_number(number)
    }
}

/// A text that is no status code: empty, or longer than [`StatusCode::LONGEST`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidStatusCode;

impl fmt::Display for InvalidStatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a status code has 1 to {} bytes", StatusCode::LONGEST)
    }
}

impl std::error::Error for InvalidStatusCode {}

impl FromStr for StatusCode {
    type Err = InvalidStatusCode;

    /// The code of a text: a number, if the text is how that number is written.
    #[inline]
    fn from_str(text: &str) -> Result<Self, InvalidStatusCode> {
        if let Ok(number) = text.parse::<i32>()
            && is_plain_number(text)
        {
            return Ok(number.into());
        }
        if Self::fits(text) { Ok(Self::of(text.as_bytes())) } else { Err(InvalidStatusCode) }
    }
}

/// Whether digits, perhaps after a minus, have neither a plus nor leading zeros.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    text == "0" || (!digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit()))
}

impl PartialOrd for StatusCode {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Numbers by their value, then texts by their bytes.
impl Ord for StatusCode {
    #[inline]
    fn cmp(&self, other: &Self) -> Ordering {
        match (&self.0, &other.0) {
            (Repr::Number(one), Repr::Number(other)) => one.cmp(other),
            (Repr::Number(_), Repr::Text(..)) => Ordering::Less,
            (Repr::Text(..), Repr::Number(_)) => Ordering::Greater,
            (Repr::Text(one, _), Repr::Text(other, _)) => one.cmp(other),
        }
    }
}

impl PartialEq<i32> for StatusCode {
    fn eq(&self, number: &i32) -> bool {
        self.number() == Some(*number)
    }
}

impl PartialEq<str> for StatusCode {
    fn eq(&self, text: &str) -> bool {
        text.parse() == Ok(*self)
    }
}

impl PartialEq<&str> for StatusCode {
    fn eq(&self, text: &&str) -> bool {
        *self == **text
    }
}

impl fmt::Display for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => fmt::Display::fmt(&number, f),
            None => f.pad(self.as_text().unwrap_or_default()),
        }
    }
}

/// As it is on the wire, with quotes around a text.
impl fmt::Debug for StatusCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.number() {
            Some(number) => write!(f, "{number}"),
            None => write!(f, "{:?}", self.as_text().unwrap_or_default()),
        }
    }
}

/// A number, or a text.
#[cfg(feature = "serde")]
impl serde::Serialize for StatusCode {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.number() {
            Some(number) => serializer.serialize_i32(number),
            None => serializer.collect_str(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_number_if_that_is_how_the_number_is_written() {
        for (text, number) in [
            ("0", Some(0)),
            ("200", Some(200)),
            ("-1", Some(-1)),
            ("2147483647", Some(i32::MAX)),
            ("-2147483648", Some(i32::MIN)),
            ("2147483648", None),
            ("00", None),
            ("007", None),
            ("-0", None),
            ("+1", None),
            ("1.0", None),
            ("true", None),
            ("Invalid.Parameter", None),
            ("成功", None),
        ] {
            let code: StatusCode = text.parse().unwrap();
            assert_eq!((code.number(), code.to_string().as_str()), (number, text));
            assert_eq!(Ok(code), text.parse());
            assert!(code == text);
            assert_eq!(code.as_text().is_none(), number.is_some());
        }
    }

    #[test]
    fn a_code_is_short() {
        let longest = "x".repeat(StatusCode::LONGEST);
        assert_eq!(longest.parse::<StatusCode>().unwrap().to_string(), longest);
        for text in [String::new(), longest + "x"] {
            assert_eq!(text.parse::<StatusCode>(), Err(InvalidStatusCode));
        }
    }

    #[test]
    fn numbers_come_first() {
        let mut codes: Vec<StatusCode> =
            ["b", "200", "-1", "ab", "30"].map(|text| text.parse().unwrap()).to_vec();
        codes.sort();
        assert_eq!(format!("{codes:?}"), r#"[-1, 30, 200, "ab", "b"]"#);
        assert_eq!(format!("{:>4}|{:<3}|", codes[1], codes[4]), "  30|b  |");
    }
}
