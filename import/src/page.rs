//! A page of the provider's store as lines and tables, from HTML, copied text or Markdown.

use std::fmt;

use encoding_rs::{Encoding, GB18030, UTF_8};
use pyi_text::{Message, message};
use pyi_text::{REPLACEMENT, is_unsafe};

use crate::depth;

/// Maximum page size in bytes. Pages of the store have about 100 KiB and some thousand elements.
const PAGE_LIMIT: usize = 4 << 20;
const ELEMENT_LIMIT: usize = 50_000;

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    /// Title in the page's head.
    Title(String),
    Heading(String),
    Line(String),
    Table(Vec<Vec<Cell>>),
    /// Only blanks separate the cells of the next table.
    Blanks,
    /// The page is truncated.
    Cut,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Cell {
    pub(crate) text: String,
    /// Meaning of an icon in the cell, if it has one.
    pub(crate) icon: Option<bool>,
    /// Lead before the text, unchanged.
    pub(crate) lead: String,
}

impl Cell {
    pub(crate) fn text(text: &str) -> Self {
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        Self { text: tidy(text), icon: None, lead: depth::lead(first).to_owned() }
    }
}

/// Reason why a page cannot be imported.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportError(pub(crate) Message);

impl ImportError {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> &Message {
        &self.0
    }
}

impl fmt::Display for ImportError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for ImportError {}

/// Reads a page of any supported format.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Block>, ImportError> {
    if bytes.len() > PAGE_LIMIT {
        return Err(ImportError(message!(
            "the page has more than {limit} MiB; save the page of one endpoint",
            limit = PAGE_LIMIT >> 20
        )));
    }
    if bytes.contains(&0) {
        return Err(ImportError(message!(
            "this is no page, but a file of another kind; save the page as HTML, or its text as UTF-8"
        )));
    }
    let text = decoded(bytes)?;
    let text = text.trim_start();
    if text.matches('<').count() > ELEMENT_LIMIT {
        return Err(ImportError(message!(
            "the page has more than {limit} elements; save the page of one endpoint",
            limit = ELEMENT_LIMIT
        )));
    }
    Ok(if text.starts_with('<') { crate::html::blocks(text) } else { crate::copied_text::blocks(text) })
}

/// Decodes a page by its byte order mark, the charset in its head, UTF-8 or GB18030, in this order.
fn decoded(bytes: &[u8]) -> Result<String, ImportError> {
    let named = Encoding::for_bom(bytes).map(|(encoding, _)| encoding).or_else(|| charset(bytes));
    let guesses = [named.unwrap_or(UTF_8), UTF_8, GB18030];
    let texts = guesses.iter().map(|encoding| encoding.decode(bytes));
    let whole = texts.into_iter().find(|(_, _, broken)| !broken);
    let (text, ..) = whole.ok_or_else(|| {
        ImportError(message!(
            "the page is neither UTF-8 nor GB18030, nor what it says it is; save it as UTF-8"
        ))
    })?;
    Ok(text.into_owned())
}

/// Encoding that the head of an HTML page names.
fn charset(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(bytes.get(..2048).unwrap_or(bytes)).to_ascii_lowercase();
    let (_, named) = head.split_once("charset=")?;
    let named = named.trim_start_matches(['"', '\'', ' ']);
    let end = named.find(|c: char| !c.is_ascii_alphanumeric() && !"-_".contains(c)).unwrap_or(named.len());
    Encoding::for_label(named.get(..end)?.as_bytes())
}

/// Removes control characters and collapses blanks. Line breaks stay.
pub(crate) fn tidy(text: &str) -> String {
    let lines = text.lines().map(|line| {
        let visible = line.chars().map(|c| if is_left_out(c) { ' ' } else { c }).collect::<String>();
        visible.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// Whether a character is unsafe to show, a replacement character, or a code point that YAML does
/// not allow.
fn is_left_out(c: char) -> bool {
    is_unsafe(c)
        || c == REPLACEMENT
        || u32::from(c) & 0xfffe == 0xfffe
        || matches!(c, '\u{fdd0}'..='\u{fdef}')
}
