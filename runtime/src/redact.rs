//! What may be shown of a call. Values are shown only where the spec says `public: true`.

use std::fmt::{self, Debug};

use pyi_text::line;

/// Stands where a value is not shown.
pub const REDACTED: &str = "<redacted>";

/// As much of a provider's message as an error shows, in characters.
const MESSAGE_LIMIT: usize = 200;

/// Writes a struct of which only some fields have a value to show.
pub fn debug(f: &mut fmt::Formatter<'_>, name: &str, fields: &[(&str, Option<&dyn Debug>)]) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (field, value) in fields {
        out.field(field, value.unwrap_or(&format_args!("{REDACTED}")));
    }
    out.finish()
}

/// A provider's message on one line of bounded length. What it repeats of the request is masked: as it was said, as it was
/// encoded, in whatever case, and whether or not its control characters came through.
pub(crate) fn message<'a>(text: &str, values: impl Iterator<Item = &'a str>) -> String {
    let mut text = line(text).into_owned();
    let mut masked: Vec<String> = values.filter(|value| is_telling(value)).flat_map(forms).collect();
    masked.sort_by_key(|form| std::cmp::Reverse(form.len()));
    for form in masked {
        text = mask(&text, &form);
    }
    match text.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", text[..end].trim()),
        None => text.trim().to_owned(),
    }
}

/// Every form in which a value may come back: as it is, without the blanks around it, form-encoded, percent-encoded, and as JSON writes
/// it in ASCII.
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

/// A single ASCII character stands in every text, and tells nothing.
fn is_telling(value: &str) -> bool {
    value.trim().len() > 1
}

/// Replaces a form wherever it stands, in ASCII's upper or lower case.
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

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let shown = message(&"查".repeat(500), std::iter::empty());
        assert_eq!(shown.chars().count(), MESSAGE_LIMIT + 1);
    }
}
