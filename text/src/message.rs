//! A message for people: an English text with named values, which another language can replace.
//!
//! The template is the key of a translation. A library writes a message once, in English; a program
//! that speaks other languages looks the template up, and fills in the same values.

use std::borrow::Cow;
use std::fmt;
use std::io;

/// An English text, and what it was made of.
///
/// ```
/// use pyi_text::{Message, message};
///
/// let (path, why) = ("bill.csv", message!("it is empty"));
/// let error = message!("{path}: {why}", path, why);
/// assert_eq!(error.to_string(), "bill.csv: it is empty");
///
/// let german = |template: &str| (template == "it is empty").then_some("sie ist leer");
/// assert_eq!(error.translated(&german), "bill.csv: sie ist leer");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    template: &'static str,
    english: String,
    values: Vec<(&'static str, Value)>,
}

/// A value of a message: text that is the same in every language, or a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A name, a path, a number, or text of another library.
    Text(String),
    /// A text that has translations of its own.
    Message(Message),
}

/// Makes a message of an English template. Each `{name}` in it needs a value: `name` for a variable
/// of that name, or `name = expression`. The compiler checks that the names agree.
#[macro_export]
macro_rules! message {
    ($template:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::Message::new(
            $template,
            ::std::format!($template $(, $name = $crate::message!(@value $name $(= $value)?))*),
            ::std::vec![$((
                ::std::stringify!($name),
                $crate::Value::from(&$crate::message!(@value $name $(= $value)?)),
            )),*],
        )
    };
    (@value $name:ident) => { $name };
    (@value $name:ident = $value:expr) => { $value };
}

impl Message {
    /// What [`message!`] makes.
    #[doc(hidden)]
    pub fn new(template: &'static str, english: String, values: Vec<(&'static str, Value)>) -> Self {
        Self { template, english, values }
    }

    /// The text in another language. A template that `find` does not know stays English, around
    /// values that are translated.
    pub fn translated<'a>(&self, find: &dyn Fn(&str) -> Option<&'a str>) -> String {
        if self.template.is_empty() {
            return self.english.clone();
        }
        fill(find(self.template).unwrap_or(self.template), |name| {
            self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| match value {
                Value::Text(text) => Cow::Borrowed(text.as_str()),
                Value::Message(message) => Cow::Owned(message.translated(find)),
            })
        })
    }

    /// The message with another text in place of one that its values have.
    #[must_use]
    pub fn replacing(&self, old: &str, new: &Self) -> Self {
        let replaced = |value: &Value| match value {
            Value::Text(text) if text == old => Value::Message(new.clone()),
            Value::Text(text) => Value::Text(text.replace(old, &new.english)),
            Value::Message(message) => Value::Message(message.replacing(old, new)),
        };
        let mut message = Self {
            template: self.template,
            english: self.english.replace(old, &new.english),
            values: self.values.iter().map(|(name, value)| (*name, replaced(value))).collect(),
        };
        if !self.template.is_empty() {
            message.english = message.translated(&|_| None);
        }
        message
    }

    /// The message that an I/O error carries, or the text of the system.
    pub fn of_io(error: &io::Error) -> Self {
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Self>());
        inner.cloned().unwrap_or_else(|| Self::from(error.to_string()))
    }
}

/// The names in a template, in order.
pub fn names(template: &str) -> Vec<String> {
    let mut names = Vec::new();
    fill(template, |name| {
        names.push(name.to_owned());
        None
    });
    names
}

/// A template with its `{name}`s replaced; `{{` and `}}` are braces. A name without a value is left
/// out.
pub fn fill<'a>(template: &str, mut value: impl FnMut(&str) -> Option<Cow<'a, str>>) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(['{', '}']) {
        out.push_str(before);
        let brace = if rest.as_bytes().get(before.len()) == Some(&b'{') { '{' } else { '}' };
        rest = match after.strip_prefix(brace) {
            Some(after) => {
                out.push(brace);
                after
            }
            None => {
                let (name, after) = after.split_once('}').unwrap_or((after, ""));
                out.push_str(&value(name).unwrap_or_default());
                after
            }
        };
    }
    out + rest
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.english)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.english)
    }
}

impl std::error::Error for Message {}

/// Text that is the same in every language.
impl From<String> for Message {
    fn from(text: String) -> Self {
        Self { template: "", english: text, values: Vec::new() }
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Self::from(text.to_owned())
    }
}

impl From<io::Error> for Message {
    fn from(error: io::Error) -> Self {
        Self::of_io(&error)
    }
}

impl From<Message> for io::Error {
    fn from(message: Message) -> Self {
        Self::other(message)
    }
}

impl From<&&Message> for Value {
    fn from(message: &&Message) -> Self {
        Self::Message((*message).clone())
    }
}

impl From<&Message> for Value {
    fn from(message: &Message) -> Self {
        Self::Message(message.clone())
    }
}

impl From<&&io::Error> for Value {
    fn from(error: &&io::Error) -> Self {
        Self::from(*error)
    }
}

impl From<&io::Error> for Value {
    fn from(error: &io::Error) -> Self {
        Self::Message(Message::of_io(error))
    }
}

macro_rules! texts {
    ($($ty:ty),*) => {$(
        impl From<&$ty> for Value {
            fn from(value: &$ty) -> Self {
                Self::Text(value.to_string())
            }
        }
    )*};
}

texts!(
    str,
    &str,
    &&str,
    String,
    &String,
    Cow<'_, str>,
    &Cow<'_, str>,
    char,
    u8,
    u16,
    u32,
    u64,
    u128,
    usize,
    i32,
    i64
);
texts!(std::path::Display<'_>, &std::path::Display<'_>, &u64, &u32, &u16, &i32, &i64, &usize);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn values_are_filled_in_by_name() {
        let (rows, file) = (3_u64, "a{b}.csv");
        let message = message!("{file} has {rows} rows", rows, file);
        assert_eq!(message.to_string(), "a{b}.csv has 3 rows");
        let chinese = |_: &str| Some("{rows} 行，在 {file}");
        assert_eq!(message.translated(&chinese), "3 行，在 a{b}.csv");
        assert_eq!(message.translated(&|_| None), message.to_string());
        assert_eq!(names("{file} has {rows} of {{rows}}"), ["file", "rows"]);
        assert_eq!(message!("{{{rows}}}", rows).translated(&|_| None), "{3}");
    }

    #[test]
    fn a_message_keeps_its_translation_inside_others() {
        let inner = message!("it is empty");
        let io = io::Error::from(inner.clone());
        let outer = message!("{path}: {io}", path = "x", io);
        let known = |template: &str| (template == "it is empty").then_some("空");
        assert_eq!(outer.translated(&known), "x: 空");
        assert_eq!(Message::of_io(&io::Error::other("other")).translated(&known), "other");
        // A text that was made elsewhere is no template.
        assert_eq!(Message::from("it is empty").translated(&known), "it is empty");
        assert_eq!(Message::from("{x}").translated(&|_| None), "{x}");
    }
}
