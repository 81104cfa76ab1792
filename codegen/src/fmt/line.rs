//! The lines of a file in their layout, and the text that they make.

/// How far the content of a block scalar moves.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shift {
    /// Its first column before.
    pub(super) from: usize,
    /// Columns to the right.
    pub(super) right: isize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    /// A comment on a line of its own, outside of brackets: indented as the line that it is about.
    Comment,
    /// A line of a block scalar, as it is.
    Content,
    Blank,
}

pub(super) struct Line {
    pub(super) kind: Kind,
    pub(super) indent: usize,
    /// Its indentation before.
    pub(super) old: usize,
    pub(super) text: String,
}

impl Line {
    pub(super) fn blank() -> Self {
        Self { kind: Kind::Blank, indent: 0, old: 0, text: String::new() }
    }

    pub(super) fn content(line: &str, shift: &Shift) -> Self {
        let blanks = line.len() - line.trim_start_matches(' ').len();
        let text = match blanks == line.len() && blanks <= shift.from {
            true => String::new(),
            false => {
                let moved = blanks.saturating_add_signed(shift.right);
                format!("{}{}", " ".repeat(moved), line.get(blanks..).unwrap_or_default())
            }
        };
        Self { kind: Kind::Content, indent: 0, old: 0, text }
    }
}

/// The text of lines: with at most one blank line at a time, none at either end, and each comment
/// indented.
pub(super) fn assembled(lines: Vec<Line>) -> String {
    let mut text = String::new();
    let mut is_blank = false;
    for (number, line) in lines.iter().enumerate() {
        let indent = match line.kind {
            Kind::Blank => {
                is_blank = !text.is_empty();
                continue;
            }
            Kind::Content => 0,
            Kind::Text => line.indent,
            Kind::Comment => comment(&lines, number, line.old),
        };
        if is_blank {
            text.push('\n');
            is_blank = false;
        }
        if !line.text.is_empty() {
            text.push_str(&" ".repeat(indent));
            text.push_str(&line.text);
        }
        text.push('\n');
    }
    text
}

/// The indentation of a comment on a line of its own: that of the next line, or else of the last
/// one, that was indented as it is; where there is none, that of the nearer of its neighbours.
fn comment(lines: &[Line], number: usize, old: usize) -> usize {
    let is_text = |other: &&Line| other.kind == Kind::Text;
    let next = lines.iter().skip(number + 1).find(is_text);
    if let Some(next) = next.filter(|next| next.old == old) {
        return next.indent;
    }
    let mut previous = lines.iter().take(number).rev().filter(is_text);
    let last = previous.clone().next();
    if let Some(same) = previous.find(|other| other.old <= old).filter(|other| other.old == old) {
        return same.indent;
    }
    // Behind the last line, it may be about the whole file.
    let distance = |other: Option<&Line>| other.map_or(0, |other| other.old).abs_diff(old);
    let is_of_next = last.is_none() || distance(next) <= distance(last);
    let about = if is_of_next { next } else { last };
    about.map_or(0, |about| about.indent)
}
