//! The changes of a spec as an entry of a changelog. The texts are those of a spec, and nothing in
//! them is markup, a link, a mention or a formula.

use std::fmt::Write as _;

use pyi_codegen::{ChangeClass, Diff};
use pyi_text::line;

use crate::language::tr;

/// The heading of a class in a changelog.
fn title(class: ChangeClass) -> String {
    match class {
        ChangeClass::Callers => tr!("Breaks callers"),
        ChangeClass::Money => tr!("Breaks money"),
        ChangeClass::Calls => tr!("Breaks calls"),
        ChangeClass::Safe => tr!("Other changes"),
    }
}

pub(super) fn entry(diff: &Diff) -> String {
    let Some(release) = diff.release() else { return tr!("The specs are the same.") };
    let mut text = String::new();
    for class in ChangeClass::ALL {
        for (number, change) in diff.of(class).enumerate() {
            // Writing to a text does not fail.
            if number == 0 {
                let _ = write!(text, "### {}\n\n", title(class));
            }
            let _ = writeln!(text, "- **{}**: {}", plain(&change.subject), plain(&change.message));
        }
        if !text.is_empty() && !text.ends_with("\n\n") {
            text.push('\n');
        }
    }
    text + &tr!("This needs a {release} release.", release = release.as_str())
}

/// A text in Markdown. What is in backticks is code, and so is a word that a site such as GitHub
/// makes a link, a mention or a formula of: it does so behind a backslash too, and in no code.
fn plain(text: &str) -> String {
    let text = line(text);
    let mut parts: Vec<(bool, &str)> = Vec::new();
    let pieces: Vec<&str> = text.split('`').collect();
    for (index, piece) in pieces.iter().enumerate() {
        // A backtick without another one is a backtick.
        let is_open = index % 2 == 1 && index + 1 == pieces.len();
        match (index % 2 == 1 && !is_open, is_open) {
            (true, _) if piece.is_empty() => parts.push((false, "``")),
            (true, _) => parts.push((true, piece)),
            (false, is_open) => {
                parts.extend(is_open.then_some((false, "`")));
                parts.extend(piece.split_inclusive(' ').map(|word| (is_active(word), word)));
            }
        }
    }
    let mut written = String::new();
    let mut code = String::new();
    // Code beside code is one piece of code.
    for (is_code, part) in parts.into_iter().chain([(false, "")]) {
        if is_code {
            code.push_str(part);
            continue;
        }
        if !code.is_empty() {
            let blank = if code.ends_with(' ') { " " } else { "" };
            let _ = write!(written, "`{}`{blank}", code.trim_end());
            code.clear();
        }
        escape(part, &mut written);
    }
    written
}

/// Whether a word is more than itself to a site that shows Markdown.
fn is_active(word: &str) -> bool {
    let word = word.trim().to_ascii_lowercase();
    let has_mark = word.contains(['@', '#', '$']) || word.matches(':').count() > 1;
    let has_address = ["://", "www.", "mailto:", "xmpp:", "gh-"].iter().any(|mark| word.contains(mark));
    // The number of a commit.
    let is_number = word.split(|c: char| !c.is_ascii_hexdigit()).any(|digits| digits.len() >= 7);
    has_mark || has_address || is_number
}

fn escape(text: &str, written: &mut String) {
    for character in text.chars() {
        match character {
            '<' => written.push_str("&lt;"),
            '&' => written.push_str("&amp;"),
            '\\' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '!' | '`' => {
                written.push('\\');
                written.push(character);
            }
            other => written.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_text_is_more_than_text() {
        let table = [
            ("is `a_b`, and was `c`", "is `a_b`, and was `c`"),
            ("ask @user or #12, $x$ *now*", "ask `@user` or `#12, $x$` \\*now\\*"),
            ("see https://x.com and www.x.com.", "see `https://x.com` and `www.x.com.`"),
            ("$`x`$", "`$x$`"),
            ("one ` tick <b>", "one \\` tick &lt;b>"),
            ("empty ``, then `@a` b", "empty \\`\\`, then `@a` b"),
            ("`a` b `c", "`a` b \\`c"),
            ("commit 1a2b3c4d, :tada: or org/repo#1", "commit `1a2b3c4d, :tada:` or `org/repo#1`"),
            ("Ask a@b.cn", "Ask `a@b.cn`"),
            ("in GH-12", "in `GH-12`"),
        ];
        for (text, written) in table {
            assert_eq!(plain(text), written, "{text}");
        }
    }
}
