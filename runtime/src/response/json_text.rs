//! Members of a reply whose text is JSON: it is read as if it stood there itself.

use std::borrow::Cow;

use crate::response::decode::{self, Json, Tape};
use pyi_types::Pointer;

/// A reply with the texts of JSON at some places opened, each before those inside of it. A text
/// that is no object and no list of JSON, such as the empty text of an error, stays as it is.
pub(crate) fn opened<'r>(reply: Cow<'r, str>, places: &[&str]) -> Cow<'r, str> {
    let mut reply = reply;
    for place in places {
        if let Some(opened) = open(&reply, place) {
            reply = Cow::Owned(opened);
        }
    }
    reply
}

fn open(reply: &str, place: &str) -> Option<String> {
    let tape = Tape::of(reply)?;
    let mut part = Json::whole(reply, &tape);
    for name in Pointer::of(place).members() {
        let members = decode::members(part, &[name]).ok()?;
        part = part.part(members.place(0)?)?;
    }
    let written = part.text();
    let inside = part.characters().filter(|_| written.starts_with('"'))?;
    let inside = decode::trimmed(&inside);
    if !inside.starts_with(['{', '[']) || Tape::of(inside).is_none() {
        return None;
    }
    // The part's text is a piece of the reply's.
    let start = written.as_ptr() as usize - reply.as_ptr() as usize;
    let (before, rest) = reply.split_at_checked(start)?;
    Some([before, inside, rest.get(written.len()..)?].concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The texts were written by Python's `json.dumps`.
    #[test]
    fn a_text_of_json_stands_for_what_it_says() {
        let table = [
            (
                &["d"][..],
                r#"{"d": "{\"a\": \"\\u5f20\\\"\"}", "x": 1}"#,
                r#"{"d": {"a": "\u5f20\""}, "x": 1}"#,
            ),
            (&["/a/b"], r#"{"a": {"b": " [1, 2] "}}"#, r#"{"a": {"b": [1, 2]}}"#),
            // One in another.
            (&["a", "/a/b"], r#"{"a": "{\"b\": \"{\\\"c\\\": 1}\"}"}"#, r#"{"a": {"b": {"c": 1}}}"#),
            (&["."], r#""{\"a\": 1}""#, r#"{"a": 1}"#),
        ];
        for (places, reply, expected) in table {
            assert_eq!(opened(reply.into(), places), expected, "{reply}");
        }
    }

    #[test]
    fn other_values_stay() {
        for reply in [
            r#"{"d": ""}"#,
            r#"{"d": "{\"a\": "}"#,
            r#"{"d": "no data"}"#,
            r#"{"d": {"a": 1}}"#,
            r#"{"d": "1"}"#,
            r#"{"x": "{}"}"#,
            r#"{"d": "{}", "d": "{}"}"#,
            "[]",
            "{",
        ] {
            assert_eq!(opened(reply.into(), &["d"]), reply);
        }
    }
}
