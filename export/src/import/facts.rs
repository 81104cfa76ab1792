//! What a page says of an endpoint, in the page's own words; nothing is made up, and what cannot be read is noted.

use pyi_dynamic::title::plain;

use super::page::{Block, Cell};
use super::plain::{INSIDE, is_code, is_name};
use super::words::{self, Column, Label, Section};

/// More fields than any page has.
const FIELD_LIMIT: usize = 1000;

#[derive(Debug, Default)]
pub(super) struct Facts {
    pub(super) path: Option<String>,
    pub(super) title: Option<String>,
    pub(super) summary: Option<String>,
    pub(super) methods: Vec<&'static str>,
    pub(super) formats: Vec<&'static str>,
    /// Whether prices are in yuan, as far as the page says.
    pub(super) yuan: bool,
    /// The number of calls bought, and the price of one.
    pub(super) tiers: Vec<(u32, String)>,
    pub(super) request: Option<Vec<Row>>,
    pub(super) response: Option<Vec<Row>>,
    pub(super) statuses: Vec<(String, String)>,
    /// What was seen and could not be used.
    pub(super) notes: Vec<String>,
}

/// A field of a table.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) name: String,
    /// The rows above it that it is inside of, by their names.
    pub(super) inside: Vec<String>,
    pub(super) required: Option<bool>,
    pub(super) kind: String,
    pub(super) about: String,
    pub(super) example: String,
}

pub(super) fn facts(blocks: &[Block]) -> Facts {
    let mut facts = Facts::default();
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

impl Facts {
    fn line(&mut self, line: &str, next: Option<&Block>) {
        self.yuan |= line.contains('元');
        if let Some(tier) = tier(line) {
            match tier {
                Ok(tier) if self.tiers.iter().any(|(calls, _)| *calls == tier.0) => {
                    self.notes.push(format!("a second price for {} calls: {line}", tier.0));
                }
                Ok(tier) => self.tiers.push(tier),
                Err(()) => self.notes.push(format!("a price that can be read in more than one way: {line}")),
            }
        }
        let Some((label, value)) = Label::of(line) else { return };
        // A page may have the label in one element and the value in the next.
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

    /// What the page calls the product, and what else it calls by name where that should stand.
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
        let columns: Vec<Option<Column>> = head.iter().map(|cell| Column::of(&cell.text)).collect();
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
            // Without a heading: only a request is signed.
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
        let mut found: Vec<Row> = Vec::new();
        for cells in rows {
            let cell = |column| {
                let index = columns.iter().position(|known| *known == Some(column))?;
                cells.get(index)
            };
            let text = |column| cell(column).map(|cell| cell.text.clone()).unwrap_or_default();
            let written = text(Column::Name);
            if !is_name(&written) {
                if !written.is_empty() {
                    self.notes.push(format!("a field whose name cannot be sent: {}", first_line(&written)));
                }
                continue;
            }
            let (inside, name) = place(&written, &found);
            if found.iter().any(|row| row.name == name && row.inside == inside) {
                self.notes.push(format!("a second row for {name}; the first one counts"));
                continue;
            }
            if found.len() == FIELD_LIMIT {
                self.notes.push(format!("more than {FIELD_LIMIT} fields; those behind them are left out"));
                break;
            }
            let mark = cell(Column::Required);
            let required = mark.and_then(|mark| words::is_required(&mark.text).or(mark.icon));
            let row = Row {
                name,
                inside,
                required,
                kind: text(Column::Type),
                about: text(Column::About),
                example: text(Column::Example),
            };
            found.push(row);
        }
        found
    }
}

/// Where a field belongs: a name may say it itself, as in `list.name`, or have a mark before it that puts it inside of the row above.
fn place(written: &str, above: &[Row]) -> (Vec<String>, String) {
    let name = written.trim_start_matches(INSIDE);
    if name.len() < written.len() {
        let owner = above.iter().rev().find(|row| row.inside.is_empty());
        let inside = owner.map(|owner| vec![owner.name.clone()]).unwrap_or_default();
        return (inside, name.to_owned());
    }
    let mut parts: Vec<String> = name.split('.').map(|part| part.trim_end_matches("[]").to_owned()).collect();
    let last = parts.pop().unwrap_or_default();
    (parts, last)
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// A product's name without what the store puts behind it.
fn product(text: &str) -> String {
    let mut name = text.trim();
    for ending in ["接口详情", "接口文档", "接口", "详情", "Api", "API", "api"] {
        name = name.strip_suffix(ending).unwrap_or(name).trim_end();
    }
    name.to_owned()
}

/// The path of an address, whatever stands where the host should be.
fn path(value: &str) -> Option<String> {
    let behind = value.split_once("://").map_or(value, |(_, rest)| rest);
    let path = behind.get(behind.find('/')?..)?;
    let end = path.find(|c: char| !(c.is_ascii_alphanumeric() || "/._-".contains(c))).unwrap_or(path.len());
    let path = path.get(..end)?.trim_end_matches('/');
    (path.len() > 1 && !path.contains("//")).then(|| path.to_owned())
}

/// The words that a list has, in the order of those that are known.
fn known(value: &str, words: &[&'static str]) -> Vec<&'static str> {
    let lower = plain(value);
    let said: Vec<&str> = lower.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    words.iter().copied().filter(|word| said.contains(word)).collect()
}

/// A number of calls and the price of one, or an error where they can be read in more than one way.
type Tier = Result<(u32, String), ()>;

/// A number of calls and the price of one, from a line such as `1000 0.16/次`; or `10000.16/次`, where nothing parts them.
fn tier(line: &str) -> Option<Tier> {
    let plain = plain(line);
    let amount = plain.strip_suffix("/次")?.trim_end_matches(['元', ' ']);
    let numbers: Vec<&str> =
        amount.split(|c: char| !(c.is_ascii_digit() || c == '.')).filter(|part| !part.is_empty()).collect();
    match numbers.as_slice() {
        [calls, price] => Some(match (calls.parse(), is_price(price)) {
            (Ok(calls), true) if calls > 0 => Ok((calls, (*price).to_owned())),
            _ => Err(()),
        }),
        [both] if both.contains('.') => {
            let splits = (1..both.len()).filter_map(|at| both.split_at_checked(at));
            // No call costs a hundred yuan.
            let fits = |(calls, price): &(&str, &str)| {
                !calls.starts_with('0')
                    && !calls.contains('.')
                    && is_price(price)
                    && price.find('.').is_some_and(|dot| dot < 3)
            };
            let mut fitting = splits.filter(fits);
            match (fitting.next(), fitting.next()) {
                (Some((calls, price)), None) => {
                    Some(calls.parse().map(|calls| (calls, price.to_owned())).map_err(|_| ()))
                }
                _ => Some(Err(())),
            }
        }
        _ => None,
    }
}

fn is_price(price: &str) -> bool {
    let (whole, part) = price.split_once('.').unwrap_or((price, "0"));
    let digits = |text: &str| (1..=6).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(whole) && digits(part) && (whole == "0" || !whole.starts_with('0'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_read_where_they_can_be_read_in_one_way() {
        let read = |calls, price: &str| Some(Ok((calls, price.to_owned())));
        let table = [
            ("10000.16/次", read(1000, "0.16")),
            ("1000000.09/次", read(100_000, "0.09")),
            ("500000.1/次", read(50_000, "0.1")),
            ("1000 0.16/次", read(1000, "0.16")),
            ("1000次 0.16元/次", read(1000, "0.16")),
            ("10001.5/次", read(1000, "1.5")),
            ("25000.16/次", read(2500, "0.16")),
            ("100020.5/次", Some(Err(()))),
            ("12340.16/次", Some(Err(()))),
            ("首次赠送0次", None),
            ("价格: (约元/次)", None),
            ("随心搭", None),
        ];
        for (line, expected) in table {
            assert_eq!(tier(line), expected, "{line}");
        }
    }

    #[test]
    fn a_path_is_read_whatever_stands_for_the_host() {
        assert_eq!(path("https://登录后显示/pyi/62/169(支持:http/https)").as_deref(), Some("/pyi/62/169"));
        assert_eq!(path("/pyi/62/169").as_deref(), Some("/pyi/62/169"));
        assert_eq!(path("https://a.b/api/74/187/ ").as_deref(), Some("/api/74/187"));
        assert_eq!(path("https://a.b/"), None);
        assert_eq!(path("登录后显示"), None);
        assert_eq!(path("https://a.b//x"), None);
    }
}
