//! Escapes texts of a spec for source code: one function per language and position. No other code
//! writes a spec's text into a sample. A spec may copy an untrusted page, so its text must stay a
//! value or a comment.
//!
//! | position | function |
//! |---|---|
//! | a comment of one line | [`comment`] |
//! | a string literal, or a word of the shell | [`literal`] |
//! | the name before the `=` of curl's `--data-urlencode`, which curl sends as it is | [`form_key`] |
//! | a basic regular expression inside of `/…/` | [`pattern`] |
//!
//! Identifiers of Rust need no function: `pyi_codegen` makes them of ASCII letters, digits and `_`.

use super::Lang;

/// A text for a comment line. Line breaks and invisible characters become blanks.
pub(super) fn comment(lang: Lang, text: &str) -> String {
    let line: String = text.chars().map(|c| if is_plain(c) { c } else { ' ' }).collect();
    match lang {
        // `?>` ends PHP code even within a comment.
        Lang::Php => line.replace("?>", "? >"),
        Lang::Curl | Lang::Python | Lang::JavaScript | Lang::Rust => line,
    }
}

/// A text as a literal with exactly this value. Invisible characters and direction marks are
/// escaped.
pub(super) fn literal(lang: Lang, text: &str) -> String {
    match lang {
        Lang::Curl => shell(text),
        Lang::Php if text.chars().all(is_plain) => quoted(text, '\'', &['\''], |_| String::new()),
        Lang::Php => quoted(text, '"', &['"', '$'], |c| format!("\\u{{{:x}}}", u32::from(c))),
        Lang::Python => quoted(text, '"', &['"'], |c| match u32::from(c) {
            code @ ..=0xFF => format!("\\x{code:02x}"),
            code @ ..=0xFFFF => format!("\\u{code:04x}"),
            code => format!("\\U{code:08x}"),
        }),
        Lang::JavaScript => quoted(text, '"', &['"'], |c| format!("\\u{{{:x}}}", u32::from(c))),
        // `Debug` writes a literal of Rust, and escapes whatever does not show.
        Lang::Rust => format!("{text:?}"),
    }
}

/// A quoted text with a backslash before backslashes and `special`, and invisible characters
/// escaped.
fn quoted(text: &str, quote: char, special: &[char], escape: impl Fn(char) -> String) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        if c == '\\' || special.contains(&c) {
            out.push('\\');
            out.push(c);
        } else if is_plain(c) {
            out.push(c);
        } else {
            out.push_str(&escape(c));
        }
    }
    out.push(quote);
    out
}

/// One word of a POSIX shell, in single quotes. A line break stays literal. `printf` writes other
/// invisible characters, so its output never ends with a line break, which the shell would remove.
fn shell(text: &str) -> String {
    let mut out = String::from("'");
    for c in text.chars() {
        if c == '\'' {
            out.push_str(r"'\''");
        } else if is_plain(c) || c == '\n' {
            out.push(c);
        } else {
            let octal: String = c.to_string().bytes().map(|byte| format!("\\{byte:03o}")).collect();
            out.push_str(&format!("'\"$(printf '{octal}')\"'"));
        }
    }
    out.push('\'');
    out
}

/// A form key, percent-encoded as curl encodes values.
pub(super) fn form_key(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}

/// A basic regular expression that matches a text literally, within the slashes of a `sed` command.
pub(super) fn pattern(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if matches!(c, '\\' | '/' | '.' | '*' | '[' | '^' | '$') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// Whether a character is visible as itself anywhere: no control character, no line break, no
/// direction mark. Quotes and backslashes are plain.
fn is_plain(c: char) -> bool {
    c.escape_debug().len() == 1 || matches!(c, '"' | '\'' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_a_literal_in_each_language() {
        let text = "a'\"\\$\n\r\u{202e}𠮷\u{e000}";
        let table = [
            (
                Lang::Curl,
                "'a'\\''\"\\$\n'\"$(printf '\\015')\"''\"$(printf '\\342\\200\\256')\"'𠮷'\"$(printf '\\356\\200\\200')\"''",
            ),
            (Lang::Php, r#""a'\"\\\$\u{a}\u{d}\u{202e}𠮷\u{e000}""#),
            (Lang::Python, r#""a'\"\\$\x0a\x0d\u202e𠮷\ue000""#),
            (Lang::JavaScript, r#""a'\"\\$\u{a}\u{d}\u{202e}𠮷\u{e000}""#),
            (Lang::Rust, r#""a'\"\\$\n\r\u{202e}𠮷\u{e000}""#),
        ];
        for (lang, expected) in table {
            assert_eq!(literal(lang, text), expected, "{lang:?}");
        }
        assert_eq!(literal(Lang::Php, r"a'\$x"), r"'a\'\\$x'");
        assert_eq!(literal(Lang::Python, "\u{10ffff}"), r#""\U0010ffff""#);
    }

    #[test]
    fn a_comment_is_one_line_and_ends_nothing() {
        assert_eq!(comment(Lang::Php, "a\n?><?php\u{2028}\u{85}\rb"), "a ? ><?php   b");
        assert_eq!(comment(Lang::Rust, "\u{202e}名\0"), " 名 ");
    }

    #[test]
    fn keys_and_patterns_are_taken_as_they_are() {
        assert_eq!(form_key("a[b]=&名-._~"), "a%5Bb%5D%3D%26%E5%90%8D-._~");
        assert_eq!(pattern("a.b*[c]^$/\\"), r"a\.b\*\[c]\^\$\/\\");
    }
}
