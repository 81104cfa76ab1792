//! Extracts the facts about an endpoint from a page, in the page's own wording. Nothing is
//! invented. Unreadable parts become notes.

use pyi_dynamic::normalize_title::plain;

use crate::copied_text::is_code;
use crate::depth::{self, FieldName};
use crate::page::{Block, Cell};
use crate::price::{self, PriceQuote};
use crate::tree::{Row, Tree};
use crate::vocabulary::{self, Column, Label, Section};

/// Maximum fields of a table, above that of any known page.
const FIELD_LIMIT: usize = 1000;

#[derive(Debug, Default)]
pub(crate) struct PageFacts {
    pub(crate) path: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) summary: Option<String>,
    pub(crate) methods: Vec<&'static str>,
    pub(crate) formats: Vec<&'static str>,
    /// Whether the page gives prices in yuan.
    pub(crate) yuan: bool,
    /// Number of calls bought, and the price of one call.
    pub(crate) tiers: Vec<(u32, String)>,
    /// Prices of a call without a number of calls.
    pub(crate) calls: Vec<String>,
    pub(crate) request: Option<Vec<Row>>,
    pub(crate) response: Option<Vec<Row>>,
    pub(crate) statuses: Vec<(String, String)>,
    /// Parts of the page that could not be used.
    pub(crate) notes: Vec<String>,
}

pub(crate) fn extract(blocks: &[Block]) -> PageFacts {
    let mut facts = PageFacts::default();
    let mut section = None;
    let mut blanks = false;
    for (index, block) in blocks.iter().enumerate() {
        match block {
            Block::Title(_) => {}
            Block::Cut => {
                facts.notes.push(
                    "the page ends where it should go on: its last field may be cut, and others missing"
                        .to_owned(),
                );
            }
            Block::Blanks if blanks => {}
            Block::Blanks => {
                blanks = true;
                facts.notes.push(
                    "blanks alone part the cells of its tables: where a description ends and an example begins is read off the last \
                     one, and may be wrong"
                        .to_owned(),
                );
            }
            Block::Heading(line) | Block::Line(line) => {
                section = Section::of(line).or(section);
                facts.line(line, blocks.get(index + 1));
            }
            Block::Table(rows) => facts.table(rows, section.take()),
        }
    }
    facts.names(blocks);
    facts
}

impl PageFacts {
    fn line(&mut self, line: &str, next: Option<&Block>) {
        self.yuan |= line.contains(['元', '￥', '¥']);
        for quote in price::read(line) {
            match quote {
                PriceQuote::Tier(calls, _) if self.tiers.iter().any(|(known, _)| *known == calls) => {
                    self.notes.push(format!("a second price for {calls} calls: {line}"));
                }
                PriceQuote::Tier(calls, price) => self.tiers.push((calls, price)),
                PriceQuote::Call(price) => {
                    self.notes.push(format!("a price of one call, {price}, in the line: {line}"));
                    self.calls.push(price);
                }
                PriceQuote::Unclear(why) => self.notes.push(format!("a price that {why}: {line}")),
            }
        }
        let Some((label, value)) = Label::of(line) else { return };
        // The value may be in the element after the label's.
        let value = match next {
            Some(Block::Line(next)) if value.is_empty() && Label::of(next).is_none() => next,
            _ => value,
        };
        match label {
            Label::Path if self.path.is_none() => {
                self.path = path(value);
                if self.path.is_none() {
                    self.notes.push(format!("an address without a path that can be used: {value}"));
                }
            }
            Label::Formats => self.formats = known(value, &["json", "xml", "jsonp"]),
            Label::Methods => self.methods = known(value, &["post", "get"]),
            Label::Summary if self.summary.is_none() && !value.is_empty() => {
                self.summary = Some(value.to_owned())
            }
            Label::Place => {
                let last = value.rsplit(['>', '›', '»', '/']).map(str::trim).find(|part| !part.is_empty());
                self.title = last.map(product);
            }
            _ => {}
        }
    }

    /// Title of the product, and a note on a different name above the address.
    fn names(&mut self, blocks: &[Block]) {
        let heading = blocks.iter().find_map(|block| match block {
            Block::Heading(text) => Some(product(text)),
            _ => None,
        });
        let head = blocks.iter().find_map(|block| match block {
            Block::Title(text) => text.split(['-', '_', '|', '–', '—']).next().map(product),
            _ => None,
        });
        self.title = self.title.take().or(heading).or(head).filter(|title| !title.is_empty());
        let is_path = |block: &Block| matches!(block, Block::Line(line) if matches!(Label::of(line), Some((Label::Path, _))));
        let above = blocks.iter().position(is_path).and_then(|index| blocks.get(index.checked_sub(1)?));
        if let (Some(Block::Line(name) | Block::Heading(name)), Some(title)) = (above, &self.title) {
            let is_name =
                Label::of(name).is_none() && Section::of(name).is_none() && name.chars().count() <= 40;
            if is_name && product(name) != *title && !name.is_ascii() {
                self.notes.push(format!("the page carries another name above its address: {name}"));
            }
        }
    }

    fn table(&mut self, rows: &[Vec<Cell>], section: Option<Section>) {
        let Some((head, rows)) = rows.split_first() else { return };
        let columns = columns(head, rows);
        let has = |column| columns.contains(&Some(column));
        if has(Column::Code) && !has(Column::Name) || section == Some(Section::Statuses) {
            self.codes(rows);
            return;
        }
        if !has(Column::Name) {
            return;
        }
        for (cell, column) in head.iter().zip(&columns) {
            if column.is_none() && !cell.text.is_empty() {
                self.notes.push(format!("a column that is not known: {}", cell.text));
            }
        }
        let found = self.rows(&columns, rows);
        let is_request = match section {
            Some(Section::Request) => true,
            Some(Section::Response) => false,
            // Without a heading, a signature identifies the request.
            _ => found.iter().any(|row| row.name == "sign" || row.name == "appid"),
        };
        let side = if is_request { &mut self.request } else { &mut self.response };
        match side {
            None => *side = Some(found),
            Some(_) => self.notes.push(format!("a second table of {} fields", found.len())),
        }
    }

    fn codes(&mut self, rows: &[Vec<Cell>]) {
        for row in rows {
            if let [code, words, ..] = row.as_slice()
                && is_code(&code.text)
            {
                self.statuses.push((code.text.clone(), words.text.replace('\n', " ")));
            }
        }
    }

    fn rows(&mut self, columns: &[Option<Column>], rows: &[Vec<Cell>]) -> Vec<Row> {
        let mut tree = Tree::default();
        let place = |column| columns.iter().position(|known| *known == Some(column));
        let cell = |cells: &'_ [Cell], column| place(column).and_then(|index| cells.get(index)).cloned();
        let text = |cells: &[Cell], column| cell(cells, column).map(|cell| cell.text).unwrap_or_default();
        let mut fields: Vec<(FieldName, &[Cell])> = Vec::new();
        for cells in rows {
            let name = cell(cells, Column::Name).unwrap_or_default();
            let Some(mut written) = depth::read(&name.lead, &name.text).filter(|_| is_field(&name, cells))
            else {
                if !name.text.is_empty() {
                    self.notes.push(format!("a field whose name cannot be sent: {}", first_line(&name.text)));
                }
                continue;
            };
            // A column of numbers or levels is more reliable than indents.
            let (number, level) = (text(cells, Column::Number), text(cells, Column::Level));
            let (number, _) = depth::numbered(&format!("{number} "));
            if !number.is_empty() {
                written.number = number;
            }
            written.indent =
                level.parse().ok().filter(|level| *level < FIELD_LIMIT).unwrap_or(written.indent);
            fields.push((written, cells));
        }
        tree.numbered = fields.iter().any(|(written, _)| written.number.len() > 1);
        for (written, cells) in fields {
            if tree.len() >= FIELD_LIMIT {
                self.notes.push(format!("more than {FIELD_LIMIT} fields; those behind them are left out"));
                break;
            }
            let mark = cell(cells, Column::Required);
            let row = Row {
                required: mark.and_then(|mark| vocabulary::is_required(&mark.text).or(mark.icon)),
                kind: text(cells, Column::Type),
                about: text(cells, Column::About),
                example: text(cells, Column::Example),
                default: text(cells, Column::Default),
                ..Row::default()
            };
            tree.add(written, row);
        }
        self.notes.append(&mut tree.notes);
        tree.rows()
    }
}

/// Whether a row is a field and not a heading within the table. A Chinese name alone is a heading.
fn is_field(name: &Cell, cells: &[Cell]) -> bool {
    name.text.chars().any(|c| c.is_ascii_alphabetic())
        || cells.iter().filter(|cell| !cell.text.is_empty()).count() > 1
}

/// Columns of a table. Of several name columns, such as 名称 and 参数名, one has the names that are
/// sent. The others describe.
fn columns(head: &[Cell], rows: &[Vec<Cell>]) -> Vec<Option<Column>> {
    let mut columns: Vec<Option<Column>> = head.iter().map(|cell| Column::of(&cell.text)).collect();
    let sent = |index: usize| {
        let cells = rows.iter().filter_map(|cells| cells.get(index));
        cells.filter(|cell| cell.text.is_ascii() && depth::read("", &cell.text).is_some()).count()
    };
    let names = (0..columns.len()).filter(|index| columns.get(*index) == Some(&Some(Column::Name)));
    let best = names.max_by_key(|index| (sent(*index), std::cmp::Reverse(*index)));
    let described = columns.contains(&Some(Column::About));
    for (index, column) in columns.iter_mut().enumerate() {
        if *column == Some(Column::Name) && Some(index) != best {
            *column = Some(if described { Column::Other } else { Column::About });
        }
    }
    columns
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A product's name without the suffixes of the store.
fn product(text: &str) -> String {
    let mut name = text.trim();
    for ending in ["接口详情", "接口文档", "接口", "详情", "Api", "API", "api"] {
        name = name.strip_suffix(ending).unwrap_or(name).trim_end();
    }
    name.to_owned()
}

/// Path of an address with any text in place of the host.
fn path(value: &str) -> Option<String> {
    let behind = value.split_once("://").map_or(value, |(_, rest)| rest);
    let path = behind.get(behind.find('/')?..)?;
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c))).unwrap_or(path.len());
    let path = path.get(..end)?.trim_end_matches('/');
    // A spec refuses the segments `.` and `..`.
    let has_dots = path.split('/').any(|segment| matches!(segment, "." | ".."));
    (path.len() > 1 && !path.contains("//") && !has_dots).then(|| path.to_owned())
}

/// Known words that a text contains, in the order of `words`.
fn known(value: &str, words: &[&'static str]) -> Vec<&'static str> {
    let lower = plain(value);
    let found: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words.iter().copied().filter(|word| found.contains(word)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_whatever_stands_for_the_host() {
        assert_eq!(path("https://登录后显示/pyi/62/169(支持:http/https)").as_deref(), Some("/pyi/62/169"));
        assert_eq!(path("/pyi/62/169").as_deref(), Some("/pyi/62/169"));
        assert_eq!(path("https://a.b/api/74/187/ ").as_deref(), Some("/api/74/187"));
        assert_eq!(path("https://a.b/"), None);
        assert_eq!(path("登录后显示"), None);
        assert_eq!(path("https://a.b//x"), None);
        assert_eq!(path("https://a.b/."), None);
        assert_eq!(path("https://a.b/x/../y"), None);
    }
}
