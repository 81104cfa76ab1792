//! Reads a text that is being written, and is no YAML for a moment: brackets and quotes that are
//! open at the cursor are closed, and other lines that the parser stops at are blanked. All places
//! before the cursor stay. Faults are never found in such a text.

use std::ops::Range;
use std::sync::Arc;

use crate::report::Report;
use crate::source::File;
use crate::yaml::{self, Node};

/// Most changes of a text, each with a few candidates.
const ROUNDS: usize = 6;

/// Most lines above the cursor's that are searched for what is open, each indented less.
const ANCESTORS: usize = 4;

/// The tree of a text, with a cursor at an offset.
pub(super) fn tree(file: &Arc<File>, cursor: usize) -> Option<Node> {
    read(&mended(file, Some(cursor))).ok().flatten()
}

/// The text, if it is YAML, or else one that is as near as it can be made.
pub(super) fn mended(file: &Arc<File>, cursor: Option<usize>) -> Arc<File> {
    let mut mended = Arc::clone(file);
    for _ in 0..ROUNDS {
        let Err(stuck) = read(&mended) else { break };
        let Some(text) = better(&mended, stuck, cursor) else { break };
        mended = with(file, text);
    }
    mended
}

fn with(file: &File, text: String) -> Arc<File> {
    Arc::new(File { text, ..file.clone() })
}

/// The tree, or the offset that the parser stops at.
fn read(file: &Arc<File>) -> Result<Option<Node>, usize> {
    let mut report = Report::default();
    match yaml::read(file, &mut report) {
        Some(node) => Ok(Some(node)),
        None => match report.diagnostics().last().and_then(|fault| fault.range()) {
            Some((_, range)) => Err(range.start),
            None => Ok(None),
        },
    }
}

/// The text with one change, after which the parser reads the most lines of it.
fn better(file: &Arc<File>, stuck: usize, cursor: Option<usize>) -> Option<String> {
    let lines = Lines::of(&file.text);
    let (at, cursor) = (lines.at(stuck), cursor.map(|cursor| lines.at(cursor)));
    let closed = cursor.filter(|cursor| *cursor <= at).map(|cursor| lines.closed(cursor)).unwrap_or_default();
    let is_text = |line: &usize| !lines.text(*line).trim().is_empty();
    let above = (0..at).rev().find(is_text).unwrap_or(at);
    let below = (at + 1..lines.count()).find(is_text).unwrap_or(at);
    let open = (0..=at).rev().find(|line| !opened(lines.text(*line)).0.is_empty());
    let deeper = (above + 1..lines.count()).take_while(|line| lines.indent(*line) > lines.indent(above));
    let mut ranges =
        vec![at..at + 1, above..above + 1, below..below + 1, above..deeper.last().unwrap_or(above) + 1];
    ranges.extend(open.map(|line| line..line + 1));
    // What is being written goes last.
    ranges.sort_by_key(|range| cursor.is_some_and(|cursor| range.contains(&cursor)));
    let blanked = ranges.into_iter().map(|range| lines.without(range));
    let mut best: Option<(usize, String)> = None;
    for text in closed.into_iter().chain(blanked).filter(|text| *text != file.text) {
        let changed = with(file, text);
        let reached = match read(&changed) {
            Ok(_) => return Some(changed.text.clone()),
            Err(stuck) => Lines::of(&changed.text).at(stuck),
        };
        if reached > best.as_ref().map_or(at, |(reached, _)| *reached) {
            best = Some((reached, changed.text.clone()));
        }
    }
    let all = || lines.without(above..at + 1);
    best.map(|(_, text)| text).or_else(|| Some(all()).filter(|text| *text != file.text))
}

/// A text by its lines, from 0.
struct Lines<'t> {
    all: &'t str,
    begins: Vec<usize>,
}

impl<'t> Lines<'t> {
    fn of(all: &'t str) -> Self {
        let begins = std::iter::once(0).chain(all.match_indices('\n').map(|(at, _)| at + 1)).collect();
        Self { all, begins }
    }

    fn count(&self) -> usize {
        self.begins.len()
    }

    fn at(&self, offset: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= offset).saturating_sub(1)
    }

    fn begin(&self, line: usize) -> usize {
        self.begins.get(line).copied().unwrap_or(self.all.len())
    }

    fn text(&self, line: usize) -> &'t str {
        let text = self.all.get(self.begin(line)..self.begin(line + 1)).unwrap_or_default();
        text.trim_end_matches(['\r', '\n'])
    }

    fn indent(&self, line: usize) -> usize {
        let text = self.text(line);
        text.len() - text.trim_start().len()
    }

    /// The text with blanks in place of these lines.
    fn without(&self, lines: Range<usize>) -> String {
        let range = self.begin(lines.start)..self.begin(lines.end);
        let blank = |byte: u8| if matches!(byte, b'\r' | b'\n') { char::from(byte) } else { ' ' };
        let blanks: String = self.all.get(range.clone()).unwrap_or_default().bytes().map(blank).collect();
        let mut text = self.all.to_owned();
        text.replace_range(range, &blanks);
        text
    }

    /// The text with what is open at the end of a line closed there: what that line opens, or also
    /// what the lines above opened that it is inside of.
    fn closed(&self, line: usize) -> Vec<String> {
        let mut texts = Vec::new();
        let mut first = line;
        for _ in 0..ANCESTORS {
            let end = self.begin(line) + self.text(line).len();
            let (closing, code) = opened(self.all.get(self.begin(first)..end).unwrap_or_default());
            if !closing.is_empty() {
                let (before, after) = self.all.split_at(self.begin(first) + code);
                texts.push(format!("{before}{closing}{after}"));
            }
            let is_outside = |above: &usize| {
                !self.text(*above).trim().is_empty() && self.indent(*above) < self.indent(first)
            };
            match (0..first).rev().find(is_outside) {
                Some(above) => first = above,
                None => break,
            }
        }
        texts
    }
}

/// What closes the quotes and brackets that a text opens, and where its code ends: before a comment
/// of its last line. Brackets and quotes in the middle of a word are part of it.
fn opened(text: &str) -> (String, usize) {
    let mut brackets = Vec::new();
    let mut quote = None;
    let (mut begins_token, mut previous, mut is_comment) = (true, '\n', false);
    let mut code = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        match (quote, character) {
            (_, '\n') => {
                begins_token = true;
                is_comment = false;
            }
            _ if is_comment => continue,
            (Some('"'), '\\') => {
                characters.next();
            }
            (Some(open), _) if open == character => quote = None,
            (Some(_), _) | (None, ' ' | '\t' | '\r') => {}
            (None, '#') if previous.is_whitespace() => {
                is_comment = true;
                continue;
            }
            (None, '"' | '\'') if begins_token => {
                quote = Some(character);
                begins_token = false;
            }
            (None, '{' | '[') if begins_token => brackets.push(if character == '{' { '}' } else { ']' }),
            (None, '}' | ']') if !brackets.is_empty() => {
                brackets.pop();
                begins_token = false;
            }
            (None, ',') if !brackets.is_empty() => begins_token = true,
            (None, ':' | '-' | '?') => {
                let is_alone = characters.peek().is_none_or(|(_, next)| next.is_whitespace());
                begins_token = is_alone && (begins_token || character == ':');
            }
            (None, _) => begins_token = false,
        }
        previous = character;
        code = if character == ' ' { code } else { at + character.len_utf8() };
    }
    (quote.into_iter().chain(brackets.into_iter().rev()).collect(), code.min(text.len()))
}
