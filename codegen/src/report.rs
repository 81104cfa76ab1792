//! The report of a spec: all faults, each with its place and what to write instead. A warning has
//! the same form, with `warning` as its first word.
//!
//! ```text
//! error[E12 unknown-key]: unknown key `typ` in field `amount`      the offence
//!  --> spec/endpoints/bill.yaml:7:12                           the place, in lines and characters from 1
//!   |
//! 7 |   amount: {typ: decimal}
//!   |            ^^^
//!   = help: did you mean `type`?                                the way out
//! ```

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt::{self, Write};
use std::sync::Arc;

use pyi_text::{line, lines};

use crate::fix::Fix;
use crate::rules::{Rule, Severity};
use crate::source::File;

/// Maximum number of faults of a file that are listed, and of warnings. One more line has the
/// number of the others.
pub(crate) const FAULT_LIMIT: usize = 100;

/// Maximum characters of a message or a help, which may quote long text of a file.
const TEXT_LIMIT: usize = 600;

/// Maximum columns of a line of the spec, and of the part before the place.
const LINE_LIMIT: usize = 160;
const LINE_BEFORE: usize = 60;

/// A range of bytes in a file of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: Arc<File>,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

impl Place {
    pub(crate) fn start_of(file: &Arc<File>) -> Self {
        Self { file: Arc::clone(file), start: 0, end: 0 }
    }

    /// Line and column of the start, from 1; columns are characters.
    pub(crate) fn position(&self) -> (usize, usize) {
        let before = self.file.text.get(..self.start).unwrap_or(&self.file.text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count() + 1;
        (line, before.get(line_start..).unwrap_or("").chars().count() + 1)
    }
}

/// A fault of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The rule that is violated.
    pub rule: Rule,
    /// The fault, with the name of the part.
    pub message: String,
    /// What to write instead.
    pub help: String,
    place: Option<Place>,
    fix: Option<Fix>,
}

impl Diagnostic {
    /// The file's name in messages, with line and column from 1. `None` for a fault outside of
    /// files.
    pub fn position(&self) -> Option<(&str, usize, usize)> {
        let place = self.place.as_ref()?;
        let (line, column) = place.position();
        Some((&place.file.shown, line, column))
    }

    /// The first character behind the place, in lines and characters from 1.
    pub fn end(&self) -> Option<(usize, usize)> {
        let place = self.place.as_ref()?;
        Some(Place { start: place.end.max(place.start), ..place.clone() }.position())
    }

    /// The file, and the bytes of the place.
    pub fn range(&self) -> Option<(&File, std::ops::Range<usize>)> {
        let place = self.place.as_ref()?;
        Some((&place.file, place.start..place.end))
    }

    /// What the rule would write, if it is certain enough of the text.
    pub fn fix(&self) -> Option<&Fix> {
        self.fix.as_ref()
    }

    /// As [`Display`](fmt::Display), without the first word, which the compiler adds.
    pub(crate) fn within_error(&self) -> String {
        format!("{} [{} {}]{}", line(&self.message), self.rule.code(), self.rule.name(), Rest(self))
    }
}

/// The form in the module's documentation.
impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = self.rule.severity().word();
        let message = line(&self.message);
        write!(f, "{word}[{} {}]: {message}{}", self.rule.code(), self.rule.name(), Rest(self))
    }
}

/// The lines after the first.
struct Rest<'a>(&'a Diagnostic);

impl fmt::Display for Rest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('\n')?;
        match &self.0.place {
            Some(place) => snippet(f, place)?,
            None => f.write_char(' ')?,
        }
        write!(f, " = help: {}", line(&self.0.help))
    }
}

fn snippet(f: &mut fmt::Formatter<'_>, place: &Place) -> fmt::Result {
    let (number, column) = place.position();
    let text = place.file.text.lines().nth(number - 1).unwrap_or("");
    let margin = " ".repeat(number.to_string().len());
    let (before, rest) = split_at_char(text, column - 1);
    let marked = place.file.text.get(place.start..place.end).unwrap_or("").lines().next().unwrap_or("");
    let marked = rest.get(..marked.len().min(rest.len())).unwrap_or("");
    let (before, rest) = window(before, rest);
    let carets = width(marked).clamp(1, LINE_LIMIT).min(width(&rest).max(1));
    writeln!(f, "{margin}--> {}:{number}:{column}", line(&place.file.shown))?;
    writeln!(f, "{margin} |")?;
    writeln!(f, "{number} | {}{}", lines(&before), lines(&rest))?;
    writeln!(f, "{margin} | {}{}", padding(&before), "^".repeat(carets))?;
    f.write_str(&margin)
}

/// The part of a line that is shown before and after a place.
fn window<'t>(before: &'t str, rest: &'t str) -> (Cow<'t, str>, Cow<'t, str>) {
    if width(before) + width(rest) <= LINE_LIMIT {
        return (before.into(), rest.into());
    }
    let start = cut(before.char_indices().rev(), LINE_BEFORE).map_or(0, |(at, c)| at + c.len_utf8());
    let near = before.get(start..).unwrap_or("");
    let end = cut(rest.char_indices(), LINE_LIMIT - width(near)).map(|(at, _)| at);
    let before = if start > 0 { format!("…{near}").into() } else { before.into() };
    let rest = match end {
        Some(end) => format!("{}…", rest.get(..end).unwrap_or("")).into(),
        None => rest.into(),
    };
    (before, rest)
}

/// The offset of the first character after a number of columns.
fn cut(characters: impl Iterator<Item = (usize, char)>, limit: usize) -> Option<(usize, char)> {
    let mut width = 0;
    for (at, c) in characters {
        width += columns(c);
        if width > limit {
            return Some((at, c));
        }
    }
    None
}

/// A text of limited length.
fn shortened(text: String) -> String {
    match text.char_indices().nth(TEXT_LIMIT) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or("")),
        None => text,
    }
}

fn split_at_char(text: &str, count: usize) -> (&str, &str) {
    let at = text.char_indices().nth(count).map_or(text.len(), |(at, _)| at);
    text.split_at(at)
}

/// Blanks of a text's width on a terminal. Tabs are kept, so that they align with the text's own.
fn padding(text: &str) -> String {
    text.chars().map(|c| if c == '\t' { "\t".to_owned() } else { " ".repeat(columns(c)) }).collect()
}

fn width(text: &str) -> usize {
    text.chars().map(columns).sum()
}

/// The columns of a character on a terminal: two for East Asian wide and full-width ones.
fn columns(c: char) -> usize {
    match u32::from(c) {
        0x1100..=0x115F | 0x2E80..=0xA4CF | 0xAC00..=0xD7A3 | 0xF900..=0xFAFF => 2,
        0xFE30..=0xFE6F | 0xFF00..=0xFF60 | 0xFFE0..=0xFFE6 | 0x1F300..=0x1FAFF | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// The faults that were found.
#[derive(Debug, Clone, Default)]
pub struct Report {
    diagnostics: Vec<Diagnostic>,
    /// By file name.
    files: BTreeMap<String, Found>,
}

/// The counts of one file, including those beyond the limit.
#[derive(Debug, Clone, Default)]
struct Found {
    rules: BTreeSet<Rule>,
    faults: Tally,
    warnings: Tally,
}

/// The numbers of faults, or of warnings, of a file.
#[derive(Debug, Clone, Default)]
struct Tally {
    count: usize,
    /// The index of the line with the number of further faults.
    more: Option<usize>,
}

impl Report {
    /// Whether there are neither faults nor warnings.
    pub fn is_empty(&self) -> bool {
        self.diagnostics.is_empty()
    }

    /// The faults, sorted by file, line and column; those without a place come first.
    pub fn diagnostics(&self) -> Vec<&Diagnostic> {
        let mut sorted: Vec<_> = self.diagnostics.iter().collect();
        sorted.sort_by_key(|fault| fault.place.as_ref().map(|place| (place.file.name.clone(), place.start)));
        sorted
    }

    /// Whether a fault is outside of the endpoints' own files, so that all endpoints are affected.
    pub fn is_fatal(&self) -> bool {
        let outside =
            |fault: &Diagnostic| fault.place.as_ref().is_none_or(|place| place.file.endpoint().is_none());
        self.diagnostics.iter().any(outside)
    }

    /// Adds a fault at a place.
    pub(crate) fn fault(&mut self, rule: Rule, place: &Place, message: String, help: String) {
        self.fixable(rule, place, message, help, None);
    }

    /// Adds a fault at a place, with what to write there.
    pub(crate) fn fixable(
        &mut self,
        rule: Rule,
        place: &Place,
        message: String,
        help: String,
        fix: Option<Fix>,
    ) {
        let found = self.files.entry(place.file.name.clone()).or_default();
        found.rules.insert(rule);
        let (tally, more, what) = match rule.severity() {
            Severity::Error => (&mut found.faults, Rule::MoreFaults, "faults"),
            Severity::Warning => (&mut found.warnings, Rule::MoreWarnings, "warnings"),
        };
        tally.count += 1;
        let beyond = tally.count.saturating_sub(FAULT_LIMIT);
        let last = self.diagnostics.len();
        let line = (beyond > 0).then(|| *tally.more.get_or_insert(last));
        let Some(line) = line else {
            let (message, help) = (shortened(message), shortened(help));
            self.diagnostics.push(Diagnostic { rule, message, help, place: Some(place.clone()), fix });
            return;
        };
        let message =
            format!("`{}` has {beyond} more {what} than the {FAULT_LIMIT} that are listed", place.file.shown);
        match self.diagnostics.get_mut(line) {
            Some(diagnostic) => diagnostic.message = message,
            None => {
                let help = "correct those first; the others are listed then".to_owned();
                let end = place.file.text.len();
                let place = Place { file: Arc::clone(&place.file), start: end, end };
                self.diagnostics.push(Diagnostic {
                    rule: more,
                    message,
                    help,
                    place: Some(place),
                    fix: None,
                });
            }
        }
    }

    /// Adds the faults of a file that has none here yet.
    #[cfg(feature = "authors")]
    pub(crate) fn append(&mut self, other: &Self) {
        let shift = self.diagnostics.len();
        for (name, found) in &other.files {
            let mut found = found.clone();
            for tally in [&mut found.faults, &mut found.warnings] {
                tally.more = tally.more.map(|line| line + shift);
            }
            self.files.insert(name.clone(), found);
        }
        self.diagnostics.extend(other.diagnostics.iter().cloned());
    }

    /// Removes the faults outside of files by a rule.
    #[cfg(feature = "authors")]
    pub(crate) fn forget(&mut self, rule: Rule) {
        self.diagnostics.retain(|fault| fault.rule != rule || fault.place.is_some());
    }

    /// Removes the faults of a file.
    #[cfg(feature = "authors")]
    pub(crate) fn forget_file(&mut self, file: &File) {
        self.files.remove(&file.name);
        let is_of_file = |place: &Place| place.file.name == file.name;
        self.diagnostics.retain(|fault| !fault.place.as_ref().is_some_and(is_of_file));
    }

    /// Whether a file has reached the limit, so that further faults are not listed.
    pub(crate) fn is_full(&self, file: &File) -> bool {
        self.files.get(&file.name).is_some_and(|found| found.faults.count >= FAULT_LIMIT)
    }

    /// Adds a fault outside of readable files.
    pub(crate) fn unplaced(&mut self, rule: Rule, message: String, help: String) {
        let (message, help) = (shortened(message), shortened(help));
        self.diagnostics.push(Diagnostic { rule, message, help, place: None, fix: None });
    }

    /// The places of all faults so far.
    pub(crate) fn places(&self) -> Places {
        let places = self.diagnostics.iter().filter_map(|fault| fault.place.as_ref());
        Places(places.map(|place| (place.file.name.clone(), place.start)).collect())
    }

    /// Whether code can be generated for a file with faults: none of them is about Rust names or
    /// types.
    pub(crate) fn has_names(&self, file: &File) -> bool {
        let nameless = [Rule::NotAName, Rule::SameRustName, Rule::ReservedName, Rule::StatusClash];
        self.files.get(&file.name).is_none_or(|found| nameless.iter().all(|rule| !found.rules.contains(rule)))
    }

    /// Whether a file has a fault.
    pub(crate) fn is_faulty(&self, file: &File) -> bool {
        self.files.get(&file.name).is_some_and(|found| !found.rules.is_empty())
    }
}

/// Places of faults, by file and offset.
pub(crate) struct Places(HashSet<(String, usize)>);

impl Places {
    pub(crate) fn contains(&self, place: &Place) -> bool {
        self.0.contains(&(place.file.name.clone(), place.start))
    }
}

/// All faults, separated by blank lines.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, fault) in self.diagnostics().into_iter().enumerate() {
            if index > 0 {
                f.write_str("\n\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}
