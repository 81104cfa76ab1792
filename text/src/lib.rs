//! Text for people. Text from outside (a spec, a file name, a table, a provider's message) is made
//! safe to show: a terminal obeys control characters, and a reader cannot see direction marks or
//! characters without width. A [`Message`] can be said in another language.

mod message;

use std::borrow::Cow;

pub use self::message::{Message, Value, fill, names};

/// Shown in place of an unsafe character, one for one, so that columns stay aligned.
pub const REPLACEMENT: char = '\u{fffd}';

/// Whether a character is unsafe to show: control characters (C0, DEL, C1), direction marks, line
/// and paragraph separators, and characters without width. Variation selectors are safe: they
/// choose the shape of the character before them, and names have them.
pub fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e007f}')
}

/// The text on one line: line breaks and tabs become blanks, other unsafe characters
/// [`REPLACEMENT`].
pub fn line(text: &str) -> Cow<'_, str> {
    replaced(text, |c| match c {
        '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Some(' '),
        c => is_unsafe(c).then_some(REPLACEMENT),
    })
}

/// The text on several lines: line feeds and tabs stay, other unsafe characters become
/// [`REPLACEMENT`].
pub fn lines(text: &str) -> Cow<'_, str> {
    replaced(text, |c| (is_unsafe(c) && !matches!(c, '\n' | '\t')).then_some(REPLACEMENT))
}

fn replaced(text: &str, by: impl Fn(char) -> Option<char>) -> Cow<'_, str> {
    if text.chars().any(|c| by(c).is_some()) {
        Cow::Owned(text.chars().map(|c| by(c).unwrap_or(c)).collect())
    } else {
        Cow::Borrowed(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_obeys_or_a_reader_cannot_see_is_replaced() {
        for c in (0..0x20).chain(0x7f..0xa0).filter_map(char::from_u32) {
            assert!(is_unsafe(c), "{c:?}");
        }
        for c in "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{200f}\u{61c}\u{200b}\u{200d}\u{feff}\u{2028}\u{2029}\u{e0041}".chars() {
            assert!(is_unsafe(c), "{c:?}");
        }
        for c in "aé张·\u{3000}\u{a0}𠮷\u{e0100}\u{fe0f}\u{301}\u{e000}😀".chars() {
            assert!(!is_unsafe(c), "{c:?}");
        }
        assert_eq!(line("a\tb\r\n\u{1b}[31mc\u{202e}"), "a b  \u{fffd}[31mc\u{fffd}");
        assert_eq!(lines("a\tb\r\n\u{9b}31mc"), "a\tb\u{fffd}\n\u{fffd}31mc");
        assert!(matches!(line("张三"), Cow::Borrowed(_)));
    }

    /// Compared with std's table for `{:?}`: no format or control character of it is shown, except
    /// those that are part of a script.
    #[test]
    fn stds_own_table_knows_no_other_format_character() {
        let escaped = |c: char| c.escape_debug().to_string().starts_with("\\u");
        // Format characters that are visible or shape a script: marks of Arabic, Syriac, Kaithi and
        // others.
        for c in ('\u{2000}'..='\u{206f}').filter(|c| escaped(*c) && !c.is_whitespace()) {
            assert!(is_unsafe(c), "{c:?}");
        }
    }
}
