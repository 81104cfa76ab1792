//! A value in a JSON text, whose parts are looked up in its tape (`tape.rs`).

use std::borrow::Cow;
use std::ops::Range;

use super::tape::{Kind, Node, Tape};

/// A JSON value.
#[derive(Clone, Copy)]
pub(crate) struct Json<'a> {
    /// The text that contains the value.
    text: &'a str,
    /// The node of the value, and those inside it.
    tape: &'a [Node],
}

impl<'a> Json<'a> {
    /// `null`.
    pub(super) const NULL: Json<'static> = Json { text: "null", tape: &[Node::alone(Kind::Null, 4)] };
    /// `{}`.
    pub(super) const EMPTY: Json<'static> = Json { text: "{}", tape: &[Node::alone(Kind::Object, 2)] };

    /// The whole of a text with this tape.
    pub(crate) fn whole(text: &'a str, tape: &'a Tape) -> Self {
        Self { text, tape: tape.all() }
    }

    fn mark(self) -> Node {
        self.tape.first().copied().unwrap_or(Node::alone(Kind::Null, 0))
    }

    /// The text of the value.
    pub(crate) fn text(self) -> &'a str {
        self.text.get(self.mark().range()).unwrap_or_default()
    }

    /// The tape of the value as a separate text.
    pub(super) fn to_marks(self) -> Tape {
        Tape::within(self.tape)
    }

    pub(crate) fn is_object(self) -> bool {
        self.mark().kind() == Kind::Object
    }

    pub(crate) fn is_list(self) -> bool {
        self.mark().kind() == Kind::List
    }

    /// Whether it is `null`, `""`, `[]` or `{}`, which a provider in PHP writes for an empty value.
    pub(crate) fn is_nothing(self) -> bool {
        match self.mark().kind() {
            Kind::Null => true,
            Kind::Object | Kind::List => self.tape.len() == 1,
            Kind::Plain => self.mark().range().len() == 2,
            Kind::Escaped | Kind::Word => false,
        }
    }

    /// Text, or the characters of a number or boolean. `None` for a list, an object, `null`, and
    /// text with an unpaired surrogate.
    pub(crate) fn characters(self) -> Option<Cow<'a, str>> {
        let Range { start, end } = self.mark().range();
        match self.mark().kind() {
            Kind::Plain => self.text.get(start + 1..end - 1).map(Cow::Borrowed),
            Kind::Escaped => unescaped(self.text.get(start + 1..end - 1)?).map(Cow::Owned),
            Kind::Word => self.text.get(start..end).map(Cow::Borrowed),
            Kind::Null | Kind::Object | Kind::List => None,
        }
    }

    /// The part with the node at an index, counted from the value's own.
    pub(crate) fn part(self, place: usize) -> Option<Json<'a>> {
        let tape = self.tape.get(place..)?;
        Some(Json { text: self.text, tape: tape.get(..tape.first()?.count())? })
    }

    /// The members of an object in order, each value by its index; empty for other values.
    pub(crate) fn members(self) -> impl Iterator<Item = (Key<'a>, usize)> {
        let mut rest = self.inside(Kind::Object);
        std::iter::from_fn(move || {
            let (name, values) = rest.split_at_checked(1)?;
            let place = self.tape.len() - values.len();
            rest = values.get(values.first()?.count()..)?;
            Some((Key(Json { text: self.text, tape: name }), place))
        })
    }

    /// The items of a list; empty for other values.
    pub(crate) fn items(self) -> impl Iterator<Item = Json<'a>> {
        let mut rest = self.inside(Kind::List);
        std::iter::from_fn(move || {
            let (item, behind) = rest.split_at_checked(rest.first()?.count())?;
            rest = behind;
            Some(Json { text: self.text, tape: item })
        })
    }

    /// The nodes inside a value of a kind.
    fn inside(self, kind: Kind) -> &'a [Node] {
        match self.tape.split_first() {
            Some((own, inside)) if own.kind() == kind => inside,
            _ => &[],
        }
    }
}

/// A text without escapes; `None` if it has an unpaired surrogate.
fn unescaped(text: &str) -> Option<String> {
    let mut characters = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        let plain = rest.bytes().position(|byte| byte == b'\\').unwrap_or(rest.len());
        let (plain, escape) = rest.split_at(plain);
        characters.push_str(plain);
        if escape.is_empty() {
            return Some(characters);
        }
        let (character, behind) = escaped(escape)?;
        characters.push(character);
        rest = behind;
    }
}

/// The character of an escape, and the rest of the text.
fn escaped(escape: &str) -> Option<(char, &str)> {
    let (kind, rest) = escape.split_at_checked(2)?;
    let character = match kind {
        "\\u" => return unit(rest).and_then(|(first, rest)| whole(first, rest)),
        "\\b" => '\u{8}',
        "\\f" => '\u{c}',
        "\\n" => '\n',
        "\\r" => '\r',
        "\\t" => '\t',
        other => other.chars().nth(1)?,
    };
    Some((character, rest))
}

/// A character that begins with a UTF-16 unit: the unit itself, or a surrogate pair.
fn whole(first: u32, rest: &str) -> Option<(char, &str)> {
    if !(0xD800..0xDC00).contains(&first) {
        return Some((char::from_u32(first)?, rest));
    }
    let (second, rest) = unit(rest.strip_prefix("\\u")?)?;
    let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
    Some((char::from_u32(0x1_0000 + ((first - 0xD800) << 10) + low)?, rest))
}

/// Four hexadecimal digits, and the rest of the text.
fn unit(text: &str) -> Option<(u32, &str)> {
    let (digits, rest) = text.split_at_checked(4)?;
    let unit = digits.chars().try_fold(0, |unit, digit| Some(unit << 4 | digit.to_digit(16)?))?;
    Some((unit, rest))
}

/// A member's name.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(Json<'a>);

impl<'a> Key<'a> {
    /// Its characters; a name with an unpaired surrogate stays escaped.
    pub(crate) fn text(self) -> Cow<'a, str> {
        self.0.characters().unwrap_or(Cow::Borrowed(self.0.text()))
    }

    /// Whether it equals a name.
    pub(super) fn is(self, name: &str) -> bool {
        let Key(Json { text, .. }) = self;
        let Range { start, end } = self.0.mark().range();
        match self.0.mark().kind() {
            Kind::Plain => {
                text.as_bytes().get(start + 1..end - 1).is_some_and(|text| text == name.as_bytes())
            }
            _ => self.text() == name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::de::IgnoredAny;
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
            let members = json
                .members()
                .map(|(key, place)| (key.text().into_owned(), walked(json.part(place).unwrap())));
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
            let text = format!(" \n{text}\t");
            let tape = Tape::of(&text).unwrap();
            prop_assert_eq!(walked(Json::whole(&text, &tape)), read);
        }

        /// A text is what serde_json makes of it: any characters, any escapes, halves of characters
        /// among them, and long runs of neither.
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
            let tape = Tape::of(&list).unwrap();
            let cut = Json::whole(&list, &tape).items().next().unwrap();
            prop_assert_eq!(cut.text(), &text);
            prop_assert_eq!(cut.characters().map(Cow::into_owned), read);
        }

        /// What serde_json refuses is refused, and nothing that it takes makes a walk panic: texts
        /// of any characters, and JSON with one character more, less or another.
        #[test]
        fn texts_are_refused_as_serde_refuses_them(
            value in values(),
            place in any::<prop::sample::Index>(),
            length in 0_usize..2,
            other in "[\\[\\]{}\",:\\\\ 019.eE+\\-trufalsn\u{1}\u{1f} \n查]?",
            any in "[\\[\\]{}\",:\\\\ 0.e+\\-\\n]{0,12}|.*",
        ) {
            let mut characters: Vec<char> = value.to_string().chars().collect();
            let start = place.index(characters.len());
            characters.splice(start..start + length, other.chars());
            for text in [characters.into_iter().collect(), any] {
                let read = Tape::of(&text);
                prop_assert_eq!(read.is_some(), serde_json::from_str::<IgnoredAny>(&text).is_ok(), "{}", text);
                if let Some(tape) = &read {
                    let json = Json::whole(&text, tape);
                    json.members().for_each(|(key, _)| drop(key.text()));
                    json.items().for_each(|item| drop(item.characters()));
                }
            }
        }
    }

    /// A number is what serde_json takes for one.
    #[test]
    fn numbers_are_those_that_serde_reads() {
        let alphabet = ["0", "1", "-", "+", ".", "e", "E"];
        let mut texts = vec![String::new()];
        for _ in 0..6 {
            texts = texts.iter().flat_map(|text| alphabet.map(|more| format!("{text}{more}"))).collect();
            for text in &texts {
                assert_eq!(
                    Tape::of(text).is_some(),
                    serde_json::from_str::<IgnoredAny>(text).is_ok(),
                    "{text}"
                );
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
            let tape = Tape::of(text).unwrap();
            assert_eq!(Json::whole(text, &tape).is_nothing(), nothing, "{text}");
        }
    }
}
