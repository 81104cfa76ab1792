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
pub(super) fn assembled(lines: &[Line]) -> String {
    let mut text = String::new();
    let mut is_blank = false;
    for (line, indent) in lines.iter().zip(indents(lines)) {
        if line.kind == Kind::Blank {
            is_blank = !text.is_empty();
            continue;
        }
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

/// The indentation of each line. That of a comment on a line of its own is that of the next line,
/// or else of the last one, that was indented as it is; where there is none, that of the nearer of
/// its neighbours.
fn indents(lines: &[Line]) -> Vec<usize> {
    let mut indents = vec![0; lines.len()];
    // The next line behind each comment.
    let mut next: Option<&Line> = None;
    let mut following = vec![None; lines.len()];
    for (line, following) in lines.iter().zip(&mut following).rev() {
        *following = next;
        if line.kind == Kind::Text {
            next = Some(line);
        }
    }
    let mut last: Option<&Line> = None;
    // The lines before that no later one is indented as little as.
    let mut open: Vec<&Line> = Vec::new();
    for ((line, next), indent) in lines.iter().zip(following).zip(&mut indents) {
        match line.kind {
            Kind::Blank | Kind::Content => {}
            Kind::Text => {
                *indent = line.indent;
                last = Some(line);
                open.truncate(open.partition_point(|other| other.old < line.old));
                open.push(line);
            }
            Kind::Comment => {
                let before = open.partition_point(|other| other.old <= line.old).checked_sub(1);
                let before = before.and_then(|at| open.get(at).copied());
                let same = |other: &&Line| other.old == line.old;
                // Behind the last line, it may be about the whole file.
                let distance = |other: Option<&Line>| other.map_or(0, |other| other.old).abs_diff(line.old);
                let is_of_next = last.is_none() || distance(next) <= distance(last);
                let nearer = if is_of_next { next } else { last };
                let about = next.filter(same).or(before.filter(same)).or(nearer);
                *indent = about.map_or(0, |about| about.indent);
            }
        }
    }
    indents
}
