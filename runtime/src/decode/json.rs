//! JSON text that is known to be JSON, and its parts. It is checked whole, once, by serde_json; what is cut out of it afterwards needs
//! no second look, so that each level of a reply costs one walk over its characters, and what nobody asks for is never read.

use std::borrow::Cow;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A JSON value without blanks around it.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a>(&'a str);

impl<'a> Json<'a> {
    /// `null`.
    pub(super) const NULL: Json<'static> = Json("null");
    /// `{}`.
    pub(super) const EMPTY: Json<'static> = Json("{}");

    /// Checks a text from its first character to its last.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Some(Self(text.trim_matches(BLANKS)))
    }

    /// Part of a text that was checked before.
    pub(crate) fn again(text: &'a str) -> Self {
        Self(text)
    }

    /// What serde_json has checked.
    pub(super) fn of_raw(raw: &'a RawValue) -> Self {
        Self(raw.get())
    }

    /// The value as it was written.
    pub(crate) fn text(self) -> &'a str {
        self.0
    }

    fn first(self) -> u8 {
        self.0.as_bytes().first().copied().unwrap_or_default()
    }

    pub(super) fn is_object(self) -> bool {
        self.first() == b'{'
    }

    pub(super) fn is_list(self) -> bool {
        self.first() == b'['
    }

    /// `null`, `""`, `[]` and `{}`: what a provider that runs PHP writes for nothing.
    pub(super) fn is_nothing(self) -> bool {
        match self.first() {
            b'n' => true,
            b'"' => self.0 == "\"\"",
            b'[' => self.items().next().is_none(),
            b'{' => self.members().next().is_none(),
            _ => false,
        }
    }

    /// Text, or the characters of a number or boolean. `None` for a list, an object, `null`, and text with half a character in it.
    pub(super) fn characters(self) -> Option<Cow<'a, str>> {
        match self.first() {
            b'{' | b'[' | b'n' => None,
            b'"' => unquoted(self.0),
            _ => Some(Cow::Borrowed(self.0)),
        }
    }

    /// The members of an object, in its order; none of anything else.
    pub(crate) fn members(self) -> Members<'a> {
        Members(self.0.strip_prefix('{').unwrap_or_default())
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(self) -> Items<'a> {
        Items(self.0.strip_prefix('[').unwrap_or_default())
    }
}

const BLANKS: [char; 4] = [' ', '\t', '\n', '\r'];

/// The characters of a text with its quotes. Most have no backslash, and are there already.
fn unquoted(text: &str) -> Option<Cow<'_, str>> {
    let inner = text.get(1..text.len() - 1)?;
    if inner.as_bytes().contains(&b'\\') {
        serde_json::from_str(text).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// A member's name, with its quotes.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(&'a str);

impl<'a> Key<'a> {
    /// Its characters; one with half a character in it stays as it was written.
    pub(crate) fn text(self) -> Cow<'a, str> {
        unquoted(self.0).unwrap_or(Cow::Borrowed(self.0))
    }

    pub(super) fn is(self, name: &str) -> bool {
        self.text() == name
    }
}

/// What is left of an object, from the character after its brace or after a value.
pub(crate) struct Members<'a>(&'a str);

impl<'a> Iterator for Members<'a> {
    type Item = (Key<'a>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, rest) = cut(self.0, ',')?;
        let (value, rest) = cut(rest, ':')?;
        self.0 = rest;
        Some((Key(key), Json(value)))
    }
}

/// What is left of a list, likewise.
pub(crate) struct Items<'a>(&'a str);

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let (item, rest) = cut(self.0, ',')?;
        self.0 = rest;
        Some(Json(item))
    }
}

/// The next value and what stands behind it, past a mark before it; `None` at the end of what holds it.
fn cut(text: &str, mark: char) -> Option<(&str, &str)> {
    let text = text.trim_start_matches(BLANKS);
    let text = text.strip_prefix(mark).map_or(text, |text| text.trim_start_matches(BLANKS));
    match text.as_bytes().first()? {
        b'}' | b']' => None,
        _ => text.split_at_checked(end(text.as_bytes())),
    }
}

/// Where the value ends that begins here.
fn end(bytes: &[u8]) -> usize {
    match bytes.first() {
        Some(b'"') => string_end(bytes),
        Some(b'{' | b'[') => nested_end(bytes),
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b':' | b' ' | b'\t' | b'\n' | b'\r');
            bytes.iter().position(is_end).unwrap_or(bytes.len())
        }
    }
}

fn string_end(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

fn nested_end(bytes: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                at += string_end(bytes.get(at..).unwrap_or_default());
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return at + 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Map, Value};

    /// Values of every kind, in any depth, with keys and texts of any characters.
    fn values() -> impl Strategy<Value = Value> {
        let single = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(Value::from),
            ".*".prop_map(Value::from),
            "[\\[\\]{}\",:\\\\ \\n]*".prop_map(Value::from),
        ];
        single.prop_recursive(4, 64, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(".*", inner, 0..6)
                    .prop_map(|members| Value::Object(members.into_iter().collect())),
            ]
        })
    }

    /// Puts a value together again from its parts.
    fn walked(json: Json<'_>) -> Value {
        if json.is_object() {
            let members = json.members().map(|(key, value)| (key.text().into_owned(), walked(value)));
            Value::Object(members.collect::<Map<_, _>>())
        } else if json.is_list() {
            json.items().map(walked).collect()
        } else {
            serde_json::from_str(json.text()).unwrap()
        }
    }

    proptest! {
        /// What is cut out of a text is what serde_json reads in it, however the text is laid out.
        #[test]
        fn parts_are_those_that_serde_reads(value in values(), pretty in any::<bool>()) {
            let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
            let read: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(walked(Json::read(&format!(" \n{text}\t")).unwrap()), read);
        }

        /// Nothing that serde_json refuses is walked, and nothing that it takes makes a walk panic.
        #[test]
        fn texts_are_refused_as_serde_refuses_them(text in "[\\[\\]{}\",:\\\\ 0a\\n-]{0,12}|.*") {
            let taken = serde_json::from_str::<IgnoredAny>(&text).is_ok();
            let read = Json::read(&text);
            prop_assert_eq!(read.is_some(), taken);
            if let Some(json) = read {
                json.members().for_each(|(key, _)| drop(key.text()));
                json.items().for_each(|item| drop(item.characters()));
            }
        }
    }

    #[test]
    fn nothing_is_what_php_writes_for_it() {
        let table = [
            ("null", true),
            ("\"\"", true),
            ("[]", true),
            ("{}", true),
            ("[ \n]", true),
            ("{\t}", true),
            ("0", false),
            ("false", false),
            ("\" \"", false),
            ("[null]", false),
            ("{\"\":0}", false),
        ];
        for (text, nothing) in table {
            assert_eq!(Json::read(text).unwrap().is_nothing(), nothing, "{text}");
        }
    }
}
