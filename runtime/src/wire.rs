//! Values as the provider writes them: the objects and lists of a request as JSON, and, with the
//! feature `serde`, data and enums.
//!
//! | type | as |
//! |---|---|
//! | a date | text in the spec's pattern |
//! | a decimal | its digits; `serialize.rs` has them as text |
//! | a timestamp | unix seconds |
//! | bytes | base64 (RFC 4648, section 4) |
//! | a code of an enum | its text, listed or not |

use std::borrow::Cow;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::request::values::Value;
use crate::response::decode::Any;

/// A value as the provider writes it.
pub enum Node<'a> {
    /// A field that is left out.
    Null,
    /// Text.
    Text(Cow<'a, str>),
    /// The digits of an exact number.
    Digits(String),
    /// A whole number.
    Integer(i64),
    /// A boolean.
    Boolean(bool),
    /// A list.
    List(Vec<Node<'a>>),
    /// The fields of a struct.
    Fields(Vec<(&'a str, Node<'a>)>),
    /// A value without a type.
    Any(&'a Any),
}

impl Node<'_> {
    /// Writes the value as JSON. A field that is left out is no member.
    pub fn write_json(&self, out: &mut String) {
        match self {
            Self::Null => out.push_str("null"),
            Self::Text(text) => push_json_text(out, text),
            Self::Digits(digits) => out.push_str(digits),
            Self::Integer(number) => out.push_str(&number.to_string()),
            Self::Boolean(value) => out.push_str(if *value { "true" } else { "false" }),
            Self::List(items) => {
                out.push('[');
                for (index, item) in items.iter().enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    item.write_json(out);
                }
                out.push(']');
            }
            Self::Fields(fields) => {
                out.push('{');
                let present = fields.iter().filter(|(_, node)| !matches!(node, Self::Null));
                for (index, (name, node)) in present.enumerate() {
                    if index > 0 {
                        out.push(',');
                    }
                    push_json_text(out, name);
                    out.push(':');
                    node.write_json(out);
                }
                out.push('}');
            }
            Self::Any(any) => out.push_str(any.json()),
        }
    }
}

/// A text as JSON.
pub(crate) fn push_json_text(out: &mut String, text: &str) {
    out.push_str(&serde_json::Value::from(text).to_string());
}

/// A value that can be written. `pattern` is that of a date, and empty for other types.
pub trait Wire {
    /// The value as the provider writes it.
    fn node(&self, pattern: &str) -> Node<'_>;
}

impl Wire for String {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Text(Cow::Borrowed(self))
    }
}

impl Wire for i64 {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Integer(*self)
    }
}

impl Wire for bool {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Boolean(*self)
    }
}

impl Wire for Decimal {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Digits(self.to_string())
    }
}

impl Wire for Date {
    fn node(&self, pattern: &str) -> Node<'_> {
        Node::Text(Cow::Owned(self.strftime(pattern).to_string()))
    }
}

impl Wire for Timestamp {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Integer(self.as_second())
    }
}

/// Bytes.
impl Wire for Vec<u8> {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Text(Cow::Owned(BASE64_STANDARD.encode(self)))
    }
}

impl Wire for Any {
    fn node(&self, _: &str) -> Node<'_> {
        Node::Any(self)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn node(&self, pattern: &str) -> Node<'_> {
        self.as_ref().map_or(Node::Null, |value| value.node(pattern))
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn node(&self, pattern: &str) -> Node<'_> {
        Node::List(self.iter().map(|item| item.node(pattern)).collect())
    }
}

/// An object or a list of a request, which is sent as JSON. One that is left out has no text.
#[derive(Clone, Copy)]
pub struct Composite<'a> {
    /// The value.
    pub value: &'a dyn Wire,
    /// The pattern of its dates, in conversions of `strftime`.
    pub pattern: &'a str,
}

impl Value for Composite<'_> {
    fn write(&self, out: &mut String) {
        match self.value.node(self.pattern) {
            Node::Null => {}
            node => node.write_json(out),
        }
    }
}

/// A list of a request, which is sent as one text. A boolean is `1` or `0`, as it is by itself.
///
/// ```
/// use pyi_runtime::__private::{Joined, Value};
///
/// let numbers = vec!["19900000000".to_owned(), "19900000001".to_owned()];
/// let mut text = String::new();
/// Joined { list: &numbers, pattern: "", separator: "," }.write(&mut text);
/// assert_eq!(text, "19900000000,19900000001");
///
/// // What would be two elements at the provider is refused.
/// let numbers = vec!["19900000000,19900000001".to_owned()];
/// assert!(Joined { list: &numbers, pattern: "", separator: "," }.refusal().is_some());
/// ```
#[derive(Clone, Copy)]
pub struct Joined<'a> {
    /// The list.
    pub list: &'a dyn Wire,
    /// The pattern of its dates, in conversions of `strftime`.
    pub pattern: &'a str,
    /// The text between two elements.
    pub separator: &'a str,
}

impl Joined<'_> {
    /// Why the list cannot be sent, without its elements.
    pub fn refusal(&self) -> Option<&'static str> {
        join(self.list.node(self.pattern), self.separator).err()
    }
}

impl Value for Joined<'_> {
    fn write(&self, out: &mut String) {
        if let Ok(text) = join(self.list.node(self.pattern), self.separator) {
            out.push_str(&text);
        }
    }
}

/// The elements of a list as one text.
///
/// # Errors
///
/// An element that would not be one element at the provider.
pub fn join(list: Node<'_>, separator: &str) -> Result<String, &'static str> {
    let Node::List(items) = list else { return Ok(String::new()) };
    let mut joined = String::new();
    for (index, item) in items.into_iter().enumerate() {
        let element = match item {
            Node::Text(text) => text,
            Node::Boolean(value) => Cow::Borrowed(if value { "1" } else { "0" }),
            other => {
                let mut text = String::new();
                other.write_json(&mut text);
                Cow::Owned(text)
            }
        };
        if element.is_empty() || element.contains(separator) {
            return Err("has an element that is empty, or has the text in it that separates elements");
        }
        if index > 0 {
            joined.push_str(separator);
        }
        joined.push_str(&element);
    }
    Ok(joined)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_composite_is_json() {
        let any = Any::from_json(r#"{"a":1.50}"#).unwrap();
        let node = Node::Fields(vec![
            ("text", Node::Text("a\"\\张\n".into())),
            ("none", Node::Null),
            (
                "list",
                Node::List(vec![Node::Digits("1.50".to_owned()), Node::Integer(-2), Node::Boolean(true)]),
            ),
            ("any", Node::Any(&any)),
        ]);
        let mut text = String::new();
        node.write_json(&mut text);
        assert_eq!(text, r#"{"text":"a\"\\张\n","list":[1.50,-2,true],"any":{"a":1.50}}"#);
        // As serde_json reads it.
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["text"], "a\"\\张\n");
    }

    #[test]
    fn what_is_left_out_has_no_text() {
        let mut text = String::new();
        Composite { value: &None::<Vec<i64>>, pattern: "" }.write(&mut text);
        assert_eq!(text, "");
        Composite { value: &Some(vec![b"\x00\xff".to_vec()]), pattern: "" }.write(&mut text);
        assert_eq!(text, r#"["AP8="]"#);
    }

    #[test]
    fn elements_are_joined_if_they_stay_apart() {
        let joined = |list: &dyn Wire| {
            let joined = Joined { list, pattern: "%Y%m%d", separator: "|" };
            let mut text = String::new();
            joined.write(&mut text);
            (text, joined.refusal().is_some())
        };
        assert_eq!(joined(&vec![1_i64, -2]), ("1|-2".to_owned(), false));
        assert_eq!(joined(&vec![true, false]), ("1|0".to_owned(), false));
        assert_eq!(joined(&vec![Date::constant(1949, 12, 31)]), ("19491231".to_owned(), false));
        assert_eq!(joined(&None::<Vec<String>>), (String::new(), false));
        assert!(joined(&vec!["a|b".to_owned()]).1 && joined(&vec![String::new()]).1);
    }
}
