//! JSON text that is known to be JSON, and its parts. It is checked whole, once, by serde_json (the envelope's members are found on the
//! way); what is cut out of it afterwards needs no second look, so that each level of a reply costs one walk over its characters, and what
//! nobody asks for is never read.

use std::borrow::Cow;
use std::slice::Iter;

use serde::de::IgnoredAny;
use serde_json::value::RawValue;

/// A JSON value without blanks around it.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    text: &'a str,
    /// Whether a text in quotes has a backslash, as most have not.
    escaped: bool,
}

impl<'a> Json<'a> {
    /// `null`.
    pub(super) const NULL: Json<'static> = Json { text: "null", escaped: false };
    /// `{}`.
    pub(super) const EMPTY: Json<'static> = Json { text: "{}", escaped: false };

    /// Checks a text from its first character to its last.
    pub(crate) fn read(text: &'a str) -> Option<Self> {
        serde_json::from_str::<IgnoredAny>(text).ok()?;
        Some(Self::again(text.trim_matches([' ', '\t', '\n', '\r'])))
    }

    /// Part of a text that was checked before.
    pub(crate) fn again(text: &'a str) -> Self {
        Self { text, escaped: text.starts_with('"') && text.contains('\\') }
    }

    /// What serde_json has checked.
    pub(super) fn of_raw(raw: &'a RawValue) -> Self {
        Self::again(raw.get())
    }

    /// The value as it was written.
    pub(crate) fn text(self) -> &'a str {
        self.text
    }

    fn first(self) -> u8 {
        self.text.as_bytes().first().copied().unwrap_or_default()
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
            b'"' => self.text == "\"\"",
            b'[' | b'{' => {
                let bytes = self.text.as_bytes();
                matches!(bytes.get(unblank(bytes, 1)), Some(b']' | b'}'))
            }
            _ => false,
        }
    }

    /// Text, or the characters of a number or boolean. `None` for a list, an object, `null`, and text with half a character in it.
    pub(super) fn characters(self) -> Option<Cow<'a, str>> {
        match self.first() {
            b'{' | b'[' | b'n' => None,
            b'"' if self.escaped => serde_json::from_str(self.text).ok().map(Cow::Owned),
            b'"' => self.text.get(1..self.text.len() - 1).map(Cow::Borrowed),
            _ => Some(Cow::Borrowed(self.text)),
        }
    }

    /// The members of an object, in its order; none of anything else.
    pub(crate) fn members(self) -> Members<'a> {
        Members(Parts::of(self.text, self.is_object()))
    }

    /// The items of a list; none of anything else.
    pub(crate) fn items(self) -> Items<'a> {
        Items(Parts::of(self.text, self.is_list()))
    }
}

/// A member's name.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(Json<'a>);

impl<'a> Key<'a> {
    /// Its characters; one with half a character in it stays as it was written.
    pub(crate) fn text(self) -> Cow<'a, str> {
        self.0.characters().unwrap_or(Cow::Borrowed(self.0.text))
    }

    pub(super) fn is(self, name: &str) -> bool {
        self.text() == name
    }
}

/// What is left of an object.
pub(crate) struct Members<'a>(Parts<'a>);

impl<'a> Iterator for Members<'a> {
    type Item = (Key<'a>, Json<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.0.next(b',')?;
        Some((Key(key), self.0.next(b':')?))
    }
}

/// What is left of a list.
pub(crate) struct Items<'a>(Parts<'a>);

impl<'a> Iterator for Items<'a> {
    type Item = Json<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next(b',')
    }
}

/// The inside of an object or a list, and how far it was walked.
struct Parts<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Parts<'a> {
    fn of(text: &'a str, has_any: bool) -> Self {
        Self { text, at: if has_any { 1 } else { text.len() } }
    }

    /// The next value, past a mark before it; `None` at the end.
    fn next(&mut self, mark: u8) -> Option<Json<'a>> {
        let bytes = self.text.as_bytes();
        let mut start = unblank(bytes, self.at);
        if bytes.get(start) == Some(&mark) {
            start = unblank(bytes, start + 1);
        }
        let mut rest = bytes.get(start..)?.iter();
        let escaped = pass(&mut rest)?;
        self.at = bytes.len() - rest.as_slice().len();
        Some(Json { text: self.text.get(start..self.at)?, escaped })
    }
}

/// The first place from `at` on that is no blank.
fn unblank(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Passes over the value that begins here, and says whether it is a text with a backslash; `None` if no value begins here.
fn pass(rest: &mut Iter<'_, u8>) -> Option<bool> {
    match *rest.as_slice().first()? {
        b'}' | b']' => None,
        b'"' => {
            rest.next();
            Some(pass_text(rest))
        }
        b'{' | b'[' => {
            pass_nested(rest);
            Some(false)
        }
        _ => {
            let is_end = |byte: &u8| matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r');
            let length = rest.as_slice().iter().position(is_end).unwrap_or(rest.len());
            rest.nth(length.checked_sub(1)?);
            Some(false)
        }
    }
}

/// Passes over a text, from behind its first quote to behind its last.
fn pass_text(rest: &mut Iter<'_, u8>) -> bool {
    let mut escaped = false;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => break,
            b'\\' => {
                escaped = true;
                rest.next();
            }
            _ => {}
        }
    }
    escaped
}

fn pass_nested(rest: &mut Iter<'_, u8>) {
    let mut depth = 0_usize;
    while let Some(byte) = rest.next() {
        match byte {
            b'"' => {
                pass_text(rest);
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => break,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
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
