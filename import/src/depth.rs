//! Depth of a field's row: by the lead before its name (blanks, dashes, lines of a drawn tree), by
//! its number (1.1), and by the name itself (`list[].name`).

/// A field's name as written in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FieldName {
    /// Indent. Only the order of indents within one table matters.
    pub(crate) indent: usize,
    /// Number such as 1.2. Empty without one.
    pub(crate) number: Vec<u32>,
    /// Names of its owners, as far as the name has them, and its own name. Never empty.
    pub(crate) steps: Vec<Step>,
}

/// A name within a name such as `list[].name`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Step {
    pub(crate) name: String,
    /// Whether brackets mark it as a list.
    pub(crate) list: bool,
}

/// Maximum length of a name in characters.
const NAME_LENGTH: usize = 100;
/// Characters of a drawn tree where a branch leaves.
const BRANCHES: [char; 13] = ['└', '├', '┗', '┣', '╰', '╚', '╠', '┝', '┕', '┖', '∟', '↳', '⌊'];
/// The same in ASCII, if a dash follows.
const ASCII_BRANCHES: [char; 5] = ['|', '`', '+', '\\', '│'];
const DASHES: [char; 8] = ['-', '─', '━', '－', '—', '–', '―', '═'];
/// Other marks before a name.
const MARKS: [char; 13] = ['┃', '║', '｜', '∣', '>', '＞', '»', '→', '·', '•', '◦', '▪', '■'];

/// Whether a character may indent a name.
pub(crate) fn is_mark(c: char) -> bool {
    c.is_whitespace() || is_drawn(c)
}

/// Whether a character is a visible mark before a name.
pub(crate) fn is_drawn(c: char) -> bool {
    BRANCHES.contains(&c) || ASCII_BRANCHES.contains(&c) || DASHES.contains(&c) || MARKS.contains(&c)
}

/// Lead: the indent and the marks before a name.
pub(crate) fn lead(text: &str) -> &str {
    let end = text.find(|c| !is_mark(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// Reads a name with its lead. `None` if the text cannot be a field's name.
pub(crate) fn read(lead: &str, text: &str) -> Option<FieldName> {
    let (number, name) = numbered(text.trim_start_matches(is_mark));
    let steps = steps(name.trim_start_matches(is_mark))?;
    Some(FieldName { indent: indent(lead), number, steps })
}

/// Indent of a lead: the column of the tree's last branch, or the width of the lead.
fn indent(lead: &str) -> usize {
    let drawn = lead.contains(is_drawn);
    let lead: Vec<char> = if drawn { lead.trim_end() } else { lead }.chars().collect();
    // In a drawn tree without narrow blanks, a full-width blank is as wide as a line.
    let narrow = drawn && !lead.iter().any(|c| matches!(c, ' ' | '\t' | '\u{a0}'));
    let width = |c: &char| match c {
        '\t' => 4,
        '\u{3000}' | '\u{2003}' if !narrow => 2,
        _ => 1,
    };
    let is_branch = |(at, c): &(usize, &char)| {
        BRANCHES.contains(c)
            || ASCII_BRANCHES.contains(c) && lead.get(at + 1).is_some_and(|next| DASHES.contains(next))
    };
    let branch = lead.iter().enumerate().rfind(is_branch);
    match branch {
        Some((at, _)) => 1 + lead.iter().take(at).map(width).sum::<usize>(),
        None => lead.iter().map(width).sum(),
    }
}

/// A number such as `1.2` and the text after it.
pub(crate) fn numbered(text: &str) -> (Vec<u32>, &str) {
    let none = (Vec::new(), text);
    let open = text.trim_start_matches(['(', '（']);
    let end = open.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(open.len());
    let (digits, rest) = open.split_at_checked(end).unwrap_or((open, ""));
    let number: Option<Vec<u32>> =
        digits.trim_end_matches('.').split('.').map(|part| part.parse().ok()).collect();
    let Some(number) = number else { return none };
    let is_apart = number.len() > 1 || digits.ends_with('.') || rest.starts_with([' ', '、', ')', '）', ':']);
    if !is_apart {
        return none;
    }
    (number, rest.trim_start_matches([' ', '、', ')', '）', ':']))
}

fn steps(name: &str) -> Option<Vec<Step>> {
    if name.chars().count() > NAME_LENGTH {
        return None;
    }
    let mut steps: Vec<Step> = Vec::new();
    for part in name.replace("->", ".").replace('>', ".").split('.') {
        let (name, brackets) = part.split_at_checked(part.find('[').unwrap_or(part.len()))?;
        let list = !brackets.is_empty();
        if list && !brackets.ends_with(']') {
            return None;
        }
        // Index of a list: `list.0.name`, `list.[].name`.
        if name.bytes().all(|byte| byte.is_ascii_digit()) && (list || !name.is_empty()) {
            if let Some(step) = steps.last_mut() {
                step.list = true;
            }
            continue;
        }
        let begins = name.starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !begins || !name.chars().all(|c| c.is_alphanumeric() || "_-".contains(c)) {
            return None;
        }
        steps.push(Step { name: name.to_owned(), list });
    }
    (!steps.is_empty()).then_some(steps)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_with_what_they_say_of_their_place() {
        let table = [
            ("name", Some(vec![("name", false)])),
            ("├─ name", Some(vec![("name", false)])),
            ("1.1 name", Some(vec![("name", false)])),
            ("list[].name", Some(vec![("list", true), ("name", false)])),
            ("list[0].name[]", Some(vec![("list", true), ("name", true)])),
            ("list.0.name", Some(vec![("list", true), ("name", false)])),
            ("[].name", Some(vec![("name", false)])),
            ("a->b>c", Some(vec![("a", false), ("b", false), ("c", false)])),
            ("金额", Some(vec![("金额", false)])),
            ("2fa", None),
            ("odd name", None),
            ("a..b", None),
            ("a[", None),
            ("", None),
            ("1.1", None),
            ("├─", None),
        ];
        for (text, expected) in table {
            let found = read("", text).map(|written| written.steps);
            let found = found
                .as_ref()
                .map(|steps| steps.iter().map(|step| (step.name.as_str(), step.list)).collect::<Vec<_>>());
            assert_eq!(found, expected, "{text}");
        }
        for (text, number) in [
            ("1 a", vec![1]),
            ("1.2、a", vec![1, 2]),
            ("（3）a", vec![3]),
            ("1.2a", vec![1, 2]),
            ("a", vec![]),
        ] {
            assert_eq!(read("", text).unwrap().number, number, "{text}");
        }
    }

    /// Each line holds leads of one level, the next one those of the level below.
    #[test]
    fn leads_have_an_order() {
        for levels in [
            &[&[""][..], &["├─ ", "└── ", "├"], &["│  ├─ ", "   └─ ", "│  └"]][..],
            &[&[""], &["├─"], &["│├─", "　└─", "├├─", "│└"]],
            &[&[""], &["|-- ", "`-- ", "+-- "], &["|   |-- ", "    `-- "]],
            &[&[""], &["-", "- "], &["--", "-- "], &["---"]],
            &[&[""], &["　"], &["　　"]],
            &[&[""], &["  ", "　", "\u{a0}\u{a0}"], &["    ", "　　", "\t"]],
            &[&[""], &["∟"], &["　∟", " ∟"], &["　　∟"]],
            &[&[""], &["  - "], &["    - "]],
            &[&[""], &["│ "], &["│ │ "]],
        ] {
            let mut above = None;
            for level in levels {
                let indents: Vec<usize> = level.iter().map(|lead| indent(lead)).collect();
                assert!(
                    indents.iter().all(|indent| above.is_none_or(|above| *indent > above)),
                    "{levels:?}: {indents:?}"
                );
                above = indents.into_iter().max();
                // Within a level, all are alike.
                assert_eq!(level.iter().map(|lead| indent(lead)).min(), above, "{level:?}");
            }
        }
    }
}
