//! Redaction: values of a request are shown only if the spec says `public: true`.

use std::fmt::{self, Debug};

use pyi_text::line;

/// Shown instead of a value.
pub const REDACTED: &str = "<redacted>";

/// Maximum characters of a provider's message in an error.
const MESSAGE_LIMIT: usize = 200;

/// Writes a struct, with the values of its public fields only.
///
/// ```
/// use std::fmt;
///
/// struct Person {
///     name: String,
///     city: String,
/// }
///
/// impl fmt::Debug for Person {
///     fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
///         pyi_runtime::__private::redact::debug(f, "Person", &[("name", None), ("city", Some(&self.city))])
///     }
/// }
///
/// let person = Person { name: "张三".into(), city: "北京".into() };
/// assert_eq!(format!("{person:?}"), r#"Person { name: <redacted>, city: "北京" }"#);
/// ```
pub fn debug(f: &mut fmt::Formatter<'_>, name: &str, fields: &[(&str, Option<&dyn Debug>)]) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (field, value) in fields {
        out.field(field, value.unwrap_or(&format_args!("{REDACTED}")));
    }
    out.finish()
}

/// A provider's message in one line of limited length. Values of the request in it are masked: as
/// they were given, as they were encoded, in upper or lower case, and with or without control
/// characters.
pub(crate) fn message<'a>(text: &str, values: impl Iterator<Item = &'a str>) -> String {
    let mut text = line(text).into_owned();
    let mut masked: Vec<String> = Vec::new();
    for value in values.filter(|value| is_telling(value)) {
        masked.extend(forms(value));
        for part in parts(value).iter().filter(|part| is_telling(part)) {
            masked.extend(forms(part));
        }
    }
    masked.sort_by_key(|form| std::cmp::Reverse(form.len()));
    for form in masked {
        text = mask(&text, &form);
    }
    match text.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", text[..end].trim()),
        None => text.trim().to_owned(),
    }
}

/// The forms in which a value may come back: as it is, trimmed, form-encoded, percent-encoded, and
/// escaped as ASCII JSON.
fn forms(value: &str) -> Vec<String> {
    let mut forms = vec![line(value).into_owned()];
    for value in [value, value.trim()] {
        let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
        let units = value.encode_utf16();
        let ascii = units.map(|unit| match char::from_u32(u32::from(unit)) {
            Some(c) if c.is_ascii() => c.to_string(),
            _ => format!("\\u{unit:04x}"),
        });
        forms.extend([value.to_owned(), encoded.replace('+', "%20"), encoded, ascii.collect()]);
    }
    forms
}

/// The parts of a value that can come back by themselves: the texts and numbers inside of JSON, and
/// the elements of a list that is one text.
fn parts(value: &str) -> Vec<String> {
    if !value.trim_start().starts_with(['{', '[']) {
        let parts = value.split(|c: char| ",;|，；、".contains(c) || c.is_whitespace());
        return parts.filter(|part| *part != value).map(str::to_owned).collect();
    }
    let mut found = Vec::new();
    if let Ok(json) = serde_json::from_str(value) {
        texts(&json, &mut found);
    }
    // Numbers as they are written, with all their digits.
    let tokens = value.split(|c: char| "[]{},:\"".contains(c) || c.is_whitespace());
    found.extend(
        tokens.filter(|token| token.starts_with(|c: char| c.is_ascii_digit() || c == '-')).map(str::to_owned),
    );
    found
}

/// The texts inside of JSON.
fn texts(json: &serde_json::Value, found: &mut Vec<String>) {
    match json {
        serde_json::Value::String(text) => found.push(text.clone()),
        serde_json::Value::Array(items) => items.iter().for_each(|item| texts(item, found)),
        serde_json::Value::Object(members) => members.values().for_each(|member| texts(member, found)),
        serde_json::Value::Null | serde_json::Value::Bool(_) | serde_json::Value::Number(_) => {}
    }
}

/// A single ASCII character is in most texts, and identifies nobody.
fn is_telling(value: &str) -> bool {
    value.trim().len() > 1
}

/// Replaces all occurrences of a form, ignoring ASCII case.
fn mask(text: &str, form: &str) -> String {
    let (lower, form) = (text.to_ascii_lowercase(), form.to_ascii_lowercase());
    let mut out = String::new();
    let mut end = 0;
    for (start, found) in lower.match_indices(&form) {
        out.push_str(&text[end..start]);
        out.push_str(REDACTED);
        end = start + found.len();
    }
    out.push_str(&text[end..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_repeats_the_request_is_masked() {
        let table = [
            ("张三 (11010519491231002X)\nunknown", "<redacted> (<redacted>) unknown"),
            (
                "bank_name=%E5%BC%A0%E4%B8%89&bank_id=11010519491231002x",
                "bank_name=<redacted>&bank_id=<redacted>",
            ),
            ("bank_name=%e5%bc%a0%e4%b8%89", "bank_name=<redacted>"),
            ("a\tb and a b and a%09b", "<redacted> and <redacted> and <redacted>"),
            ("李 was 1 of us", "<redacted> was 1 of us"),
            ("a+b, a%20b", "a+b, a%20b"),
            ("name[王五] \\u738b\\u4e94 \\u738B\\u4E94", "name[<redacted>] <redacted> <redacted>"),
        ];
        for (said, expected) in table {
            let shown =
                message(said, ["张三", "11010519491231002X", "1", "a\tb", "李", " ", "王五\n"].into_iter());
            assert_eq!(shown, expected);
        }
    }

    /// What is inside of a list or an object comes back by itself.
    #[test]
    fn the_parts_of_a_value_are_masked() {
        let table = [
            ("13900000001,13900000002", "no 13900000002", "no <redacted>"),
            (
                r#"[{"name":"张三","n":12345678901234567890123}]"#,
                "name 张三 12345678901234567890123",
                "name <redacted> <redacted>",
            ),
            (r#"{"a":{"b":["x\"y"]}}"#, "b is x\"y", "b is <redacted>"),
            ("李 四光", "四光", "<redacted>"),
        ];
        for (value, said, expected) in table {
            assert_eq!(message(said, [value].into_iter()), expected);
        }
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let shown = message(&"查".repeat(500), std::iter::empty());
        assert_eq!(shown.chars().count(), MESSAGE_LIMIT + 1);
    }
}
