//! The one layout of spec files: two blanks for each level, one blank behind a comma or a colon,
//! two before a comment. Comments, the order of keys and the lines stay; of several blank lines one
//! stays, and none at either end. What a file says is the same before and after, which each call
//! checks.
//!
//! It works on the text, since the tree has no comments: the parser says where scalars and levels
//! are, and what is between them is punctuation.

mod line;

use std::collections::BTreeMap;
use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, StructureStyle};

use self::line::{Kind, Line, Shift, assembled};
use crate::report::Report;
use crate::source::File;
use crate::yaml::{self, Node};

/// Why a text has no layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unformatted {
    /// The line, from 1.
    pub line: usize,
    /// The reason, in one line.
    pub message: String,
    /// Whether it is a fault of the text, which `lint` reports too.
    pub is_fault: bool,
}

/// Formats the text of a spec file. All its lines end as the first one does; a byte order mark is
/// removed.
///
/// # Errors
///
/// A text that is not YAML, or with features that specs do not have: anchors, tags, several
/// documents. YAML of a form that the formatter does not know.
pub fn format(text: &str) -> Result<String, Unformatted> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let before = tree(text)?;
    let unified = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut formatted = Layout::read(&unified)?.lines()?;
    let first = text.find(['\r', '\n']).and_then(|at| text.get(at..));
    if first.is_some_and(|first| first.starts_with("\r\n")) {
        formatted = formatted.replace('\n', "\r\n");
    }
    let after = tree(&formatted)?;
    let is_same = match (&before, &after) {
        (Some(before), Some(after)) => before.says_the_same(after),
        (before, after) => before.is_none() && after.is_none(),
    };
    if is_same {
        Ok(formatted)
    } else {
        Err(unformatted(1, "its layout is one that the formatter does not know"))
    }
}

fn unformatted(line: usize, message: &str) -> Unformatted {
    Unformatted { line, message: message.to_owned(), is_fault: false }
}

fn tree(text: &str) -> Result<Option<Node>, Unformatted> {
    let (name, mut report) = ("spec.yaml".to_owned(), Report::default());
    let file = Arc::new(File { name: name.clone(), shown: name, disk: None, text: text.to_owned() });
    let node = yaml::read(&file, &mut report);
    match report.diagnostics().first() {
        Some(fault) => {
            let line = fault.position().map_or(1, |(_, line, _)| line);
            Err(Unformatted { line, message: fault.message.clone(), is_fault: true })
        }
        None => Ok(node),
    }
}

/// A scalar in the text.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    end: usize,
}

/// The content of a block scalar.
#[derive(Debug, Clone, Copy)]
struct Block {
    /// The line of its `|` or `>`.
    head: usize,
    /// Its last line.
    last: usize,
}

/// A collection that is open.
struct Frame {
    is_block: bool,
    is_map: bool,
    is_key_next: bool,
}

/// What the parser says of a text.
struct Layout<'a> {
    text: &'a str,
    /// The place of each line's begin.
    begins: Vec<usize>,
    /// Scalars in the order of their places, without block scalars.
    scalars: Vec<Span>,
    /// Block scalars in the order of their places.
    blocks: Vec<Block>,
    /// The indentation of lines that begin with a key, an item or a value.
    indents: BTreeMap<usize, usize>,
}

impl<'a> Layout<'a> {
    fn read(text: &'a str) -> Result<Self, Unformatted> {
        let begins = std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect();
        let mut layout =
            Self { text, begins, scalars: Vec::new(), blocks: Vec::new(), indents: BTreeMap::new() };
        let mut frames: Vec<Frame> = Vec::new();
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| unformatted(error.marker().line(), &error.info()))?;
            let range = span.byte_range().unwrap_or(0..0);
            match event {
                Event::Scalar(_, style, ..) => {
                    let is_block = matches!(style, ScalarStyle::Literal | ScalarStyle::Folded);
                    // An absent value is at the next word.
                    layout.node(&mut frames, range.start, !is_block && range.start < range.end);
                    if is_block {
                        layout.block(&frames, range.start, range.end);
                    } else if range.start < range.end {
                        layout.scalars.push(Span { start: range.start, end: range.end });
                    }
                }
                Event::MappingStart(style, ..) | Event::SequenceStart(style, ..) => {
                    let is_block = style == StructureStyle::Block;
                    layout.node(&mut frames, range.start, !is_block);
                    let is_map = matches!(event, Event::MappingStart(..));
                    frames.push(Frame { is_block, is_map, is_key_next: true });
                }
                Event::MappingEnd | Event::SequenceEnd => {
                    frames.pop();
                }
                _ => {}
            }
        }
        Ok(layout)
    }

    /// Notes the indentation of a node's line, if the node, or the dash before it, is the first on
    /// it.
    fn node(&mut self, frames: &mut [Frame], at: usize, may_begin_line: bool) {
        let level = frames.iter().filter(|frame| frame.is_block).count();
        let Some(parent) = frames.last_mut() else {
            if may_begin_line {
                self.place(at, 0);
            }
            return;
        };
        match parent {
            Frame { is_block: false, .. } => {}
            Frame { is_map: true, is_key_next, .. } => {
                let is_key = *is_key_next;
                *is_key_next = !is_key;
                if may_begin_line {
                    self.place(at, if is_key { level.saturating_sub(1) } else { level });
                }
            }
            Frame { is_map: false, .. } => {
                let before = self.text.get(..at).unwrap_or_default().trim_end();
                if let Some(dash) = before.strip_suffix('-') {
                    self.place(dash.len(), level.saturating_sub(1));
                }
            }
        }
    }

    fn place(&mut self, at: usize, level: usize) {
        let line = self.line(at);
        let begin = self.begins.get(line).copied().unwrap_or_default();
        let level = match self.text.get(begin..at).map(str::trim) {
            // `?` is before a key, and `:` on a line of its own before the value.
            Some("" | "?") => level,
            Some(":") => level.saturating_sub(1),
            _ => return,
        };
        self.indents.entry(line).or_insert(2 * level);
    }

    fn line(&self, at: usize) -> usize {
        self.begins.partition_point(|begin| *begin <= at).saturating_sub(1)
    }

    /// The scalar that the character at an offset is in.
    fn scalar(&self, at: usize) -> Option<&Span> {
        let next = self.scalars.partition_point(|span| span.start <= at);
        self.scalars.get(next.checked_sub(1)?).filter(|span| at < span.end)
    }

    /// The block scalar that begins on a line.
    fn block_at(&self, line: usize) -> Option<&Block> {
        let at = self.blocks.partition_point(|block| block.head < line);
        self.blocks.get(at).filter(|block| block.head == line)
    }

    /// The text of a line, without its end.
    fn text_of(&self, line: usize) -> &'a str {
        let begin = self.begins.get(line).copied().unwrap_or(self.text.len());
        let end = self.begins.get(line + 1).map_or(self.text.len(), |next| next - 1);
        self.text.get(begin..end).unwrap_or_default()
    }

    fn block(&mut self, frames: &[Frame], start: usize, end: usize) {
        let first = self.line(start);
        let head = (0..first).rev().find(|line| !self.text_of(*line).trim().is_empty()).unwrap_or(0);
        let header = self.text_of(head);
        if frames.last().is_some_and(|parent| !parent.is_map) && header.trim_start().starts_with('-') {
            let level = frames.iter().filter(|frame| frame.is_block).count();
            let begin = self.begins.get(head).copied().unwrap_or_default();
            self.place(begin + header.len() - header.trim_start().len(), level.saturating_sub(1));
        }
        // It ends where the next line's first word begins, or with the text.
        let mut last = self.line(end);
        let begin = self.begins.get(last).copied().unwrap_or_default();
        if self.text.get(begin..end).is_some_and(|before| before.trim().is_empty()) {
            last = last.saturating_sub(1);
        }
        // Blank lines behind it are its own only if it keeps them.
        let keeps = header.rsplit(['|', '>']).next().is_some_and(|word| word.trim_start().starts_with('+'));
        while !keeps && last > head && self.text_of(last).trim().is_empty() {
            last -= 1;
        }
        self.blocks.push(Block { head, last });
    }

    /// The lines in their layout.
    fn lines(&self) -> Result<String, Unformatted> {
        let mut lines: Vec<Line> = Vec::new();
        // The new indentation of each line, and that of the lines whose brackets are open.
        let mut indents: Vec<usize> = Vec::new();
        let mut brackets: Vec<usize> = Vec::new();
        let mut block: Option<(Block, Shift)> = None;
        for number in 0..self.begins.len() {
            let line = self.text_of(number);
            let begin = self.begins.get(number).copied().unwrap_or_default();
            let old = line.len() - line.trim_start_matches(' ').len();
            block = block.filter(|(block, _)| number <= block.last);
            if let Some((_, shift)) = &block {
                lines.push(Line::content(line, shift));
                indents.push(0);
                continue;
            }
            if line.trim().is_empty() {
                lines.push(Line::blank());
                indents.push(0);
                continue;
            }
            let first = line.trim_start().chars().next().unwrap_or(' ');
            let inner = self.scalar(begin).filter(|span| span.start < begin);
            let indent = match inner {
                Some(span) => Some(indents.get(self.line(span.start)).copied().unwrap_or(0) + 2),
                None if matches!(first, '}' | ']') => brackets.last().copied(),
                None if !brackets.is_empty() => brackets.last().map(|indent| indent + 2),
                None if first == '#' => None,
                None if is_marker(line) => Some(0),
                None => Some(self.indents.get(&number).copied().ok_or_else(|| {
                    unformatted(number + 1, "a line begins with what the formatter does not know")
                })?),
            };
            let is_comment = first == '#' && inner.is_none();
            let text = self.tokens(number, indent.unwrap_or(0), &mut brackets)?;
            let kind = if is_comment && indent.is_none() { Kind::Comment } else { Kind::Text };
            lines.push(Line { kind, indent: indent.unwrap_or(0), old, text });
            indents.push(indent.unwrap_or(0));
            if let Some(found) = self.block_at(number) {
                block = Some((*found, self.shift(found, old, indent.unwrap_or(0))));
            }
        }
        Ok(assembled(&lines))
    }

    /// How far the content of a block scalar moves.
    fn shift(&self, block: &Block, old: usize, new: usize) -> Shift {
        let signed = |columns: usize| isize::try_from(columns).unwrap_or(0);
        let header = self.text_of(block.head);
        let content = (block.head + 1..=block.last).map(|line| self.text_of(line));
        let first = content.into_iter().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let from = first.len() - first.trim_start_matches(' ').len();
        let states_it =
            header.rsplit(['|', '>']).next().is_some_and(|word| word.contains(|c: char| c.is_ascii_digit()));
        if states_it {
            return Shift { from, right: signed(new) - signed(old) };
        }
        // An item's dash is before its key, or before the text itself.
        let behind = header.trim_start().trim_start_matches(['-', ' ']);
        let dashes = header.strip_suffix(behind).unwrap_or_default().matches('-').count();
        let is_item = dashes > 0 && behind.starts_with(['|', '>']);
        let levels = if is_item { dashes } else { dashes + 1 };
        Shift { from, right: signed(new + 2 * levels) - signed(from) }
    }

    /// The tokens of a line with the blanks between them. Notes the brackets that it opens and
    /// closes.
    fn tokens(&self, number: usize, indent: usize, brackets: &mut Vec<usize>) -> Result<String, Unformatted> {
        let begin = self.begins.get(number).copied().unwrap_or_default();
        let line = self.text_of(number);
        let end = begin + line.len();
        let mut text = String::new();
        let mut previous = ' ';
        let mut at = begin;
        while at < end {
            let rest = self.text.get(at..end).unwrap_or_default();
            let Some(next) = rest.chars().next() else { break };
            let (token, kind) = match (self.scalar(at), next) {
                // Blanks before its first character on this line are none of its own.
                (Some(span), ' ' | '\t') if at == begin || text.is_empty() && span.start < begin => {
                    at += 1;
                    continue;
                }
                (Some(span), _) => (self.text.get(at..span.end.min(end)).unwrap_or_default(), 's'),
                (None, ' ' | '\t') => {
                    at += 1;
                    continue;
                }
                (None, '#') => (rest, '#'),
                (None, '|' | '>') => (rest.split([' ', '\t']).next().unwrap_or(rest), 's'),
                (None, '.') if at == begin && is_marker(line) => (rest.get(..3).unwrap_or_default(), 's'),
                (None, '{' | '[' | '}' | ']' | ',' | ':' | '-' | '?') => {
                    (rest.get(..1).unwrap_or_default(), next)
                }
                _ => return Err(unformatted(number + 1, "a line has what the formatter does not know")),
            };
            match kind {
                '{' | '[' => brackets.push(indent),
                '}' | ']' => {
                    brackets.pop();
                }
                _ => {}
            }
            let gap = match (previous, kind) {
                (' ', _) | ('{' | '[', _) | (_, '}' | ']' | ',' | ':') => "",
                ('-', '-') if text.ends_with('-') && self.text.get(at.saturating_sub(1)..at) == Some("-") => {
                    ""
                }
                (_, '#') => "  ",
                _ => " ",
            };
            text.push_str(gap);
            text.push_str(token);
            previous = kind;
            at += token.len();
        }
        Ok(text.trim_end().to_owned())
    }
}

/// Whether a line begins with what begins or ends a document.
fn is_marker(line: &str) -> bool {
    matches!(line.split([' ', '\t']).next(), Some("---" | "..."))
}
