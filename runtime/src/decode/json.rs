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
            b'"' => {
                let inner = self.text.get(1..self.text.len() - 1)?;
                if self.escaped { unescaped(inner).map(Cow::Owned) } else { Some(Cow::Borrowed(inner)) }
            }
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

/// A text without its escapes; `None` if one of them is half a character.
fn unescaped(text: &str) -> Option<String> {
    let mut characters = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, escape)) = rest.split_once('\\') {
        characters.push_str(plain);
        let (character, behind) = escaped(escape)?;
        characters.push(character);
        rest = behind;
    }
    characters.push_str(rest);
    Some(characters)
}

/// The character of an escape, and what stands behind it.
fn escaped(escape: &str) -> Option<(char, &str)> {
    let (kind, rest) = escape.split_at_checked(1)?;
    let character = match kind {
        "b" => '\u{8}',
        "f" => '\u{c}',
        "n" => '\n',
        "r" => '\r',
        "t" => '\t',
        "u" => return unit(rest).and_then(|(first, rest)| whole(first, rest)),
        other => other.chars().next()?,
    };
    Some((character, rest))
}

/// A character that one unit of UTF-16 begins: itself, or half of it, with the other half behind it.
fn whole(first: u32, rest: &str) -> Option<(char, &str)> {
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, rest));
    }
    let (second, rest) = unit(rest.strip_prefix("\\u")?)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low)?, rest))
}

/// Four hexadecimal digits, and what stands behind them.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    Some((u32::from_str_radix(digits, 16).ok()?, rest))
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
///
/// Texts are most of what a reply holds, so eight bytes are looked at together.
fn pass_text(rest: &mut Iter<'_, u8>) -> bool {
    let mut escaped = false;
    loop {
        skip_plain(rest);
        match rest.next() {
            Some(b'"') | None => return escaped,
            Some(b'\\') => {
                escaped = true;
                rest.next();
            }
            Some(_) => {}
        }
    }
}

/// Passes over eight bytes at a time as long as none of them is a quote or a backslash, then over those before it.
fn skip_plain(rest: &mut Iter<'_, u8>) {
    while let Some(eight) = rest.as_slice().first_chunk::<8>() {
        let word = u64::from_le_bytes(*eight);
        let marks = equal(word, b'"') | equal(word, b'\\');
        let plain = marks.trailing_zeros() as usize / 8;
        *rest = rest.as_slice().get(plain..).unwrap_or_default().iter();
        if marks != 0 {
            return;
        }
    }
}

/// The high bit of each byte of a word that equals another; above the first of them, of bytes that do not as well.
fn equal(word: u64, byte: u8) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let difference = word ^ (ONES * u64::from(byte));
    difference.wrapping_sub(ONES) & !difference & (ONES << 7)
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

        /// A text is what serde_json makes of it: any characters, any escapes, halves of characters among them, and long runs of neither.
        #[test]
        fn texts_are_those_that_serde_reads(
            parts in prop::collection::vec(
                prop_oneof!["[^\"\\\\\u{0}-\u{1f}]{0,20}", "\\\\[\"\\\\/bfnrt]", "\\\\u[0-9a-fA-F]{4}", "\\\\u[dD][89a-fA-F][0-9a-f]{2}"],
                0..8,
            ),
        ) {
            let text = format!("\"{}\"", parts.concat());
            let read = serde_json::from_str::<String>(&text).ok();
            prop_assert!(serde_json::from_str::<IgnoredAny>(&text).is_ok());
            let list = format!("[{text},0]");
            let cut = Json::read(&list).unwrap().items().next().unwrap();
            prop_assert_eq!(cut.text(), &text);
            prop_assert_eq!(cut.characters().map(Cow::into_owned), read);
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
