//! What a rule offers to write in place of what it refuses, as changes of the text at their places.
//! A rule makes a fix where it reports the fault, and offers none where it is not certain what the
//! text would be.

#[cfg(feature = "authors")]
mod apply;
#[cfg(test)]
mod tests;

#[cfg(feature = "authors")]
pub use self::apply::{Fixed, fix};

use crate::report::Place;
use crate::yaml::{Kind, Scalar};

/// Whether a fix can change what the author meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// The text can mean nothing else, such as `Type` in place of `type`.
    Safe,
    /// A guess at a word, or one that takes something away: somebody has to read it.
    Risky,
}

impl Safety {
    /// Its word in reports for programs.
    pub fn word(self) -> &'static str {
        match self {
            Self::Safe => "safe",
            Self::Risky => "risky",
        }
    }
}

/// A correction of a fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// Whether it can change what the author meant.
    pub safety: Safety,
    pub(crate) edits: Vec<Edit>,
}

/// A text in place of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    pub(crate) place: Place,
    /// The text that stands there afterwards.
    pub text: String,
}

impl Edit {
    /// The first character that goes, in lines and characters from 1.
    pub fn start(&self) -> (usize, usize) {
        self.place.position()
    }

    /// The bytes that go.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.place.start..self.place.end
    }

    /// The first character that stays.
    pub fn end(&self) -> (usize, usize) {
        Place { start: self.place.end, ..self.place.clone() }.position()
    }
}

impl Fix {
    /// The changes, all in the file of the fault; no two overlap.
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    pub(crate) fn safe(edit: Edit) -> Self {
        Self { safety: Safety::Safe, edits: vec![edit] }
    }

    pub(crate) fn risky(edit: Edit) -> Self {
        Self { safety: Safety::Risky, edits: vec![edit] }
    }

    /// Two values that change places, which is a guess.
    pub(crate) fn swapped(one: &Place, other: &Place) -> Option<Self> {
        let edits = vec![Edit::whole(one, raw(other)), Edit::whole(other, raw(one))];
        let is_on_a_line = !raw(one).contains('\n') && !raw(other).contains('\n');
        is_on_a_line.then_some(Self { safety: Safety::Risky, edits })
    }

    /// Another word of the dialect. It is safe if the two differ in case and separators alone.
    pub(crate) fn spelling(place: &Place, word: &str, near: &str) -> Option<Self> {
        let letters = |word: &str| word.to_lowercase().replace(['_', '-', ' '], "");
        let edit = Edit::word(place, word, near)?;
        Some(if letters(word) == letters(near) { Self::safe(edit) } else { Self::risky(edit) })
    }
}

impl Edit {
    /// Another text for all of a place.
    pub(crate) fn whole(place: &Place, text: impl Into<String>) -> Self {
        Self { place: place.clone(), text: text.into() }
    }

    /// Another text for a scalar, with its quotes; `None` for one that is not on one line as it is.
    pub(crate) fn scalar(place: &Place, text: &str, other: &str) -> Option<Self> {
        let raw = raw(place);
        let is_it = raw == text || raw == format!("\"{text}\"") || raw == format!("'{text}'");
        (is_it && !text.contains('\n')).then(|| Self::whole(place, other))
    }

    /// A scalar without quotes in quotes; `None` for one that cannot be repeated as it is.
    pub(crate) fn quoted(place: &Place, text: &str) -> Option<Self> {
        (raw(place) == text && is_quotable(text)).then(|| Self::whole(place, format!("\"{text}\"")))
    }

    /// Another word for a word in a scalar, whose quotes stay; `None` if the file does not have it
    /// there once, as it is.
    pub(crate) fn word(place: &Place, word: &str, other: &str) -> Option<Self> {
        let raw = raw(place);
        let mut found = raw.match_indices(word);
        let (at, _) = found.next().filter(|_| !word.is_empty())?;
        if found.next().is_some() || !is_quotable(other) {
            return None;
        }
        let is_plain = raw == word;
        let is_text = Scalar { text: other.to_owned(), quoted: false }.kind() == Kind::Text;
        let stands_alone = is_text && other.chars().all(|c| c.is_alphanumeric() || "_/.".contains(c));
        let text = if is_plain && !stands_alone { format!("\"{other}\"") } else { other.to_owned() };
        let start = place.start + at;
        Some(Self { place: Place { start, end: start + word.len(), ..place.clone() }, text })
    }

    /// Without an entry of a map, by the name of its key and the place of its value; `None` if more
    /// goes with it, such as the map, or if the two are not on one line.
    pub(crate) fn without(key: &str, value: &Place) -> Option<Self> {
        let before = value.file.text.get(..value.start)?;
        let head = before.trim_end_matches(' ').strip_suffix(':')?.strip_suffix(key)?;
        let start = head.len();
        if head.ends_with(|c: char| c.is_alphanumeric() || "_-\"'".contains(c)) {
            return None;
        }
        let end = value.start + raw(value).trim_end().len();
        Self::without_entry(&Place { start, end, ..value.clone() })
    }

    /// Without an entry of a map, from the first character of its key to the last one of its value.
    /// A comment behind it stays, on a line of its own.
    pub(crate) fn without_entry(entry: &Place) -> Option<Self> {
        let text = &entry.file.text;
        let (before, after) = (text.get(..entry.start)?, text.get(entry.end..)?);
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        let rest = after.split('\n').next().unwrap_or_default();
        let gone = |start: usize, end: usize| Some(Self::whole(&Place { start, end, ..entry.clone() }, ""));
        // A comment between its lines, or what looks like one.
        if raw(entry).contains('\n') && raw(entry).contains('#') {
            return None;
        }
        if before.get(line..)?.trim().is_empty() {
            let behind = rest.trim_start().strip_prefix(',');
            let is_all = is_silent(behind.unwrap_or(rest));
            // In lines, an entry has others beside it, or its map would be nothing.
            let has_neighbour = behind.is_some()
                || has_sibling(before.get(..line)?.lines().rev(), entry.start - line)
                || has_sibling(after.lines().skip(1), entry.start - line);
            if is_all && has_neighbour {
                return match behind.unwrap_or(rest).trim_start() {
                    "" => gone(line, (entry.end + rest.len() + 1).min(text.len())),
                    comment => gone(entry.start, entry.end + rest.len() - comment.len()),
                };
            }
        }
        let next = after.trim_start_matches([' ', '\r', '\n']);
        let skipped = after.len() - next.len();
        if let Some(behind) = next.strip_prefix(',') {
            let blanks = behind.len() - behind.trim_start_matches(' ').len();
            return gone(entry.start, entry.end + skipped + 1 + blanks);
        }
        if !next.starts_with('}') {
            return None;
        }
        let head = before.trim_end_matches([' ', '\r', '\n']);
        // On the line before, it may be in a comment.
        if before.get(head.len()..)?.contains('\n') && head.lines().next_back()?.contains('#') {
            return None;
        }
        match head.strip_suffix(',') {
            Some(head) => gone(head.len(), entry.end),
            None => head.ends_with('{').then(|| gone(entry.start, entry.end))?,
        }
    }

    /// With an entry more in the map of a key, as its first one; `None` if the map is none, or
    /// empty.
    pub(crate) fn within(key: &Place, entry: &str) -> Option<Self> {
        let text = &key.file.text;
        let behind = text.get(key.end..)?;
        let value = behind.trim_start_matches(' ').strip_prefix(':')?;
        let inside = value.trim_start_matches(' ');
        let at = |rest: &str| Place {
            start: text.len() - rest.len(),
            end: text.len() - rest.len(),
            ..key.clone()
        };
        if let Some(inside) = inside.strip_prefix('{') {
            let is_empty = inside.trim_start().starts_with('}');
            return (!is_empty).then(|| Self::whole(&at(inside), format!("{entry}, ")));
        }
        let end = if inside.starts_with("\r\n") { "\r\n" } else { "\n" };
        let lines = inside.strip_prefix(end)?;
        let first = lines.lines().find(|line| !is_silent(line))?;
        let line = text.get(..key.start)?.rfind('\n').map_or(0, |at| at + 1);
        let indent = indent(first);
        let is_deeper = indent > self::indent(text.get(line..)?);
        (is_deeper && !first.trim_start().starts_with(['-', '{', '[', '?']))
            .then(|| Self::whole(&at(lines), format!("{}{entry}{end}", " ".repeat(indent))))
    }
}

/// The text of a file at a place.
fn raw(place: &Place) -> &str {
    place.file.text.get(place.start..place.end).unwrap_or_default()
}

/// Whether a text is the same between double quotes.
fn is_quotable(text: &str) -> bool {
    !text.is_empty() && !text.contains(|c: char| c == '"' || c == '\\' || c.is_control())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_silent(line: &str) -> bool {
    line.trim().is_empty() || line.trim_start().starts_with('#')
}

/// Whether the next line that says something, the deeper ones left out, has this indentation.
fn has_sibling<'a>(lines: impl Iterator<Item = &'a str>, wanted: usize) -> bool {
    let mut levels = lines.filter(|line| !is_silent(line)).map(indent);
    levels.find(|level| *level <= wanted) == Some(wanted)
}
