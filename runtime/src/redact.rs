//! What may be shown of a call. Values are shown only where the spec says `public: true`.

use std::fmt::{self, Debug};

/// Stands where a value is not shown.
pub const REDACTED: &str = "<redacted>";

/// As much of a provider's message as an error shows, in characters.
const MESSAGE_LIMIT: usize = 200;

/// The shortest value that is looked for in a provider's message: shorter ones are part of everything.
const MASKED_LENGTH: usize = 2;

/// Writes a struct of which only some fields have a value to show.
pub fn debug(f: &mut fmt::Formatter<'_>, name: &str, fields: &[(&str, Option<&dyn Debug>)]) -> fmt::Result {
    let mut out = f.debug_struct(name);
    for (field, value) in fields {
        out.field(field, value.unwrap_or(&format_args!("{REDACTED}")));
    }
    out.finish()
}

/// A provider's message on one line of bounded length, with the values of the request masked where it repeats them.
pub(crate) fn message<'a>(text: &str, values: impl Iterator<Item = &'a str>) -> String {
    let mut text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let mut values: Vec<&str> = values.filter(|value| value.chars().count() >= MASKED_LENGTH).collect();
    values.sort_by_key(|value| std::cmp::Reverse(value.len()));
    for value in values {
        text = text.replace(value, REDACTED);
    }
    match text.char_indices().nth(MESSAGE_LIMIT) {
        Some((end, _)) => format!("{}…", text[..end].trim()),
        None => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_that_repeats_the_request_is_masked() {
        let shown =
            message("张三 (11010519491231002X)\nunknown", ["张三", "11010519491231002X", "1"].into_iter());
        assert_eq!(shown, "<redacted> (<redacted>) unknown");
    }

    #[test]
    fn a_long_message_is_cut_between_characters() {
        let shown = message(&"查".repeat(500), std::iter::empty());
        assert_eq!(shown.chars().count(), MESSAGE_LIMIT + 1);
    }
}
