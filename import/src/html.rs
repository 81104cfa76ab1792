//! Reads a page as a browser saves it. Hidden content, such as another tab, belongs to the page.
//! Scripts and styles do not.

use ego_tree::iter::Edge;
use scraper::node::Element;
use scraper::{Html, Node};

use crate::page::{Block, Cell, tidy};
use crate::vocabulary;

/// Elements whose content is not text of the page.
const SILENT: [&str; 7] = ["script", "style", "template", "noscript", "svg", "select", "textarea"];
/// Elements that start a new line.
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "body",
    "br",
    "button",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "header",
    "hr",
    "label",
    "legend",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tbody",
    "thead",
    "tr",
    "ul",
];

pub(crate) fn blocks(text: &str) -> Vec<Block> {
    let document = Html::parse_document(text);
    let mut walk = PageWalk::default();
    // Iterative, not recursive: a hostile page may nest without limit.
    for edge in document.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) if walk.silent == 0 => walk.add_text(text),
                Node::Element(element) => walk.open(element),
                _ => {}
            },
            Edge::Close(node) => {
                if let Node::Element(element) = node.value() {
                    walk.close(element.name());
                }
            }
        }
    }
    walk.end_line();
    let lower = text.to_ascii_lowercase();
    if lower.contains("<html") && !lower.contains("</html") {
        walk.blocks.push(Block::Cut);
    }
    walk.blocks
}

/// State of the walk over a page.
#[derive(Default)]
struct PageWalk {
    blocks: Vec<Block>,
    /// Text since the start of the last block.
    text: String,
    /// Number of open silent elements.
    silent: usize,
    /// Number of open elements that keep the line breaks of the source.
    preformatted: usize,
    /// Number of open list items.
    items: usize,
    tables: Vec<Table>,
}

#[derive(Default)]
struct Table {
    rows: Vec<Vec<Cell>>,
    cell: Option<Cell>,
    /// Whether it contains other tables and only arranges them.
    arranges: bool,
}

impl PageWalk {
    fn in_cell(&mut self) -> Option<&mut Cell> {
        self.tables.last_mut()?.cell.as_mut()
    }

    fn add_text(&mut self, text: &str) {
        if self.preformatted > 0 {
            self.text.push_str(text);
        } else {
            // ASCII blanks collapse to one. Other blanks may indent a name and stay.
            for c in text.chars().map(|c| if c.is_ascii_whitespace() { ' ' } else { c }) {
                if c != ' ' || !self.text.ends_with([' ', '\n']) && !self.text.is_empty() {
                    self.text.push(c);
                }
            }
        }
    }

    fn open(&mut self, element: &Element) {
        let name = element.name();
        self.silent += usize::from(SILENT.contains(&name));
        self.preformatted += usize::from(name == "pre");
        match name {
            "table" => {
                self.end_line();
                if let Some(outer) = self.tables.last_mut() {
                    outer.arranges = true;
                }
                self.tables.push(Table::default());
            }
            "tr" => {
                self.end_cell();
                if let Some(table) = self.tables.last_mut() {
                    table.rows.push(Vec::new());
                }
            }
            "td" | "th" => {
                self.end_cell();
                self.text.clear();
                if let Some(table) = self.tables.last_mut() {
                    table.cell = Some(Cell::default());
                }
            }
            "title" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.flush(),
            "li" => {
                self.flush();
                self.items += 1;
            }
            _ if BLOCKS.contains(&name) => self.flush(),
            // The source has no blank between the values of a list item.
            _ if self.items > 0 => self.text.push(' '),
            _ => {}
        }
        let described =
            ["class", "alt", "title", "src"].map(|name| element.attr(name).unwrap_or_default()).join(" ");
        let checked = (name == "input" && element.attr("type") == Some("checkbox"))
            .then(|| element.attr("checked").is_some());
        if let Some(cell) =
            self.in_cell().filter(|_| matches!(name, "i" | "img" | "span" | "em" | "b" | "input" | "svg"))
        {
            let alt = element.attr("alt").and_then(vocabulary::is_required);
            cell.icon = cell.icon.or(checked).or(alt).or_else(|| vocabulary::icon(&described));
        }
        let padding = element.attr("style").map_or(0, padding);
        if let Some(cell) = self.in_cell() {
            cell.lead.extend(std::iter::repeat_n('\u{a0}', padding));
        }
    }

    fn close(&mut self, name: &str) {
        self.silent -= usize::from(SILENT.contains(&name));
        self.preformatted -= usize::from(name == "pre");
        match name {
            "title" => self.head(Block::Title),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" if self.in_cell().is_none() => self.head(Block::Heading),
            "td" | "th" | "tr" => self.end_cell(),
            "table" => self.end_table(),
            "li" => {
                self.flush();
                self.items = self.items.saturating_sub(1);
            }
            _ if BLOCKS.contains(&name) => self.flush(),
            _ if self.items > 0 => self.text.push(' '),
            _ => {}
        }
    }

    /// Ends a line, within a cell or outside of cells.
    fn flush(&mut self) {
        if self.in_cell().is_some() {
            self.text.push('\n');
            return;
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.blocks.extend(tidy(&text).lines().map(|line| Block::Line(line.to_owned())));
    }

    fn head(&mut self, block: fn(String) -> Block) {
        let text = tidy(&std::mem::take(&mut self.text));
        if !text.is_empty() {
            self.blocks.push(block(text));
        }
    }

    fn end_cell(&mut self) {
        let text = &self.text;
        let Some(table) = self.tables.last_mut() else { return };
        let Some(cell) = table.cell.take() else { return };
        let lead = format!("{}{}", cell.lead, Cell::text(text).lead);
        let cell = Cell { text: tidy(text), lead, ..cell };
        match table.rows.last_mut() {
            Some(row) => row.push(cell),
            None => table.rows.push(vec![cell]),
        }
        self.text.clear();
    }

    fn end_table(&mut self) {
        self.end_cell();
        let Some(Table { rows, arranges, .. }) = self.tables.pop() else { return };
        if arranges {
            let lines = rows.iter().flatten().flat_map(|cell| cell.text.lines());
            self.blocks.extend(lines.map(|line| Block::Line(line.to_owned())));
        } else if rows.iter().any(|row| !row.is_empty()) {
            self.blocks.push(Block::Table(rows));
        }
    }
}

/// Indent of a style, in blanks. Some pages show a level only this way.
fn padding(style: &str) -> usize {
    let is_indent = |name: &str| ["padding-left", "margin-left", "text-indent"].contains(&name);
    let lengths = style.split(';').filter_map(|rule| rule.split_once(':'));
    let lengths = lengths.filter(|(name, _)| is_indent(name.trim().to_ascii_lowercase().as_str()));
    let blanks = lengths.filter_map(|(_, length)| {
        let length = length.trim();
        let (number, size) = length
            .strip_suffix("px")
            .map(|number| (number, 8.0))
            .or_else(|| Some((length.strip_suffix("em")?.trim_end_matches('r'), 0.5)))?;
        number.parse::<f64>().ok().map(|number| (number / size).clamp(0.0, 100.0).round() as usize)
    });
    blanks.sum::<usize>().min(100)
}
