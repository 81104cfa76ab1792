//! Excel workbooks: the first sheet with content, visible ones first. A number is read as the text
//! that Excel shows, as far as Excel kept its digits.

use calamine::{Data, DataRef, Reader, SheetVisible, Xlsx};
use pyi_text::{Message, message};

use super::guard::{Guard, Hidden};
use super::source::Source;
use super::{COLUMN_LIMIT, Cell, Kind, Row, XLSX_ROW_LIMIT, trimmed};

/// Digits that a number of a spreadsheet keeps.
const DIGITS: f64 = 1e15;

/// Maximum bytes of text in the cells of a sheet, and maximum cells.
const TEXT_LIMIT: usize = 16 << 20;
const CELL_LIMIT: usize = 2_000_000;

pub(super) fn open(source: &Source) -> Result<(Vec<String>, Kind), Message> {
    let mut guard = Guard::inspect(source)?;
    let mut workbook: Xlsx<_> = Xlsx::new(source.reader()).map_err(unreadable)?;
    let sheets = workbook.sheets_metadata().iter().enumerate();
    let mut sheets: Vec<(usize, String, bool)> = sheets
        .map(|(place, sheet)| (place, sheet.name.clone(), sheet.visible != SheetVisible::Visible))
        .collect();
    sheets.sort_by_key(|(place, _, is_hidden)| (*is_hidden, *place));
    let mut found = None;
    for (place, sheet, is_hidden) in &sheets {
        let mut rows = rows(&mut workbook, sheet)?;
        if !rows.is_empty() {
            rows.hidden = guard.take_hidden(*place)?;
            rows.is_hidden = *is_hidden;
            found = Some((*place, sheet.clone(), rows));
            break;
        }
    }
    let (place, sheet, rows) = found.ok_or_else(|| message!("none of its sheets has anything in it"))?;
    let is_seen = |is_hidden: bool| if is_hidden { " (hidden)" } else { "" };
    // Those before it in this order are empty.
    let mut others: Vec<&(usize, String, bool)> =
        sheets.iter().skip_while(|(other, ..)| *other != place).skip(1).collect();
    others.sort();
    let others = others.iter().map(|(_, name, is_hidden)| format!("{name}{}", is_seen(*is_hidden))).collect();
    let titles = rows.titles();
    let sheet = format!("{sheet}{}", is_seen(rows.is_hidden));
    Ok((titles, Kind::Xlsx { sheet, others, rows: Box::new(rows) }))
}

/// The rows of a sheet, packed into one text.
#[derive(Debug, Default)]
pub(super) struct Packed {
    text: String,
    /// Where the text of each cell ends, and whether its last digits are lost.
    cells: Vec<(u32, bool)>,
    /// The line of each row, and where its cells end.
    rows: Vec<(u64, usize)>,
    hidden: Hidden,
    is_hidden: bool,
}

impl Packed {
    fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Adds a cell; false if there is no room for it.
    fn add(&mut self, line: u64, column: usize, cell: &Cell) -> bool {
        if self.rows.last().is_none_or(|(last, _)| *last != line) {
            self.rows.push((line, self.cells.len()));
        }
        let before = self.rows.iter().nth_back(1).map_or(0, |(_, end)| *end);
        let own = self.cells.len() - before;
        // A second cell of a place, or one out of order, is ignored.
        let Some(gap) = column.checked_sub(own) else { return true };
        if self.cells.len() + gap >= CELL_LIMIT || self.text.len() + cell.text.len() > TEXT_LIMIT {
            return false;
        }
        let end = |text: &str| u32::try_from(text.len()).unwrap_or(u32::MAX);
        self.cells.resize(self.cells.len() + gap, (end(&self.text), false));
        self.text.push_str(&cell.text);
        self.cells.push((end(&self.text), cell.rounded));
        if let Some((_, end)) = self.rows.last_mut() {
            *end = self.cells.len();
        }
        true
    }

    fn titles(&self) -> Vec<String> {
        self.row(0).map(|row| row.cells.into_iter().map(|cell| cell.text).collect()).unwrap_or_default()
    }

    fn row(&self, index: usize) -> Option<Row> {
        let (line, end) = *self.rows.get(index)?;
        let begin = index.checked_sub(1).and_then(|before| self.rows.get(before)).map_or(0, |(_, end)| *end);
        let mut from =
            begin.checked_sub(1).and_then(|before| self.cells.get(before)).map_or(0, |(end, _)| *end);
        let cells = self.cells.get(begin..end)?.iter().enumerate().map(|(column, (end, rounded))| {
            let text = self.text.get(from as usize..*end as usize).unwrap_or_default().to_owned();
            from = *end;
            let hidden = self.is_hidden || self.hidden.has(line, column);
            Cell { text, rounded: *rounded, hidden }
        });
        Some(Row { line, cells: cells.collect() })
    }

    /// The rows below the titles.
    pub(super) fn iter(&self) -> impl Iterator<Item = Row> {
        (1..self.rows.len()).filter_map(|index| self.row(index))
    }
}

/// The error of a workbook that is beyond a limit.
pub(super) fn beyond(what: &Message) -> Message {
    message!(
        "it is a workbook with more than {what}; save its sheet as CSV, which may be of any length",
        what
    )
}

/// An error without the reader's own message, which may contain a cell.
pub(super) fn unreadable<E>(_: E) -> Message {
    message!("it cannot be read as a workbook; open it in a spreadsheet, and save it anew")
}

/// The rows of a sheet, read cell by cell up to the limits.
fn rows<R: std::io::Read + std::io::Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Result<Packed, Message> {
    // calamine's own message may contain a cell.
    let unreadable =
        |_| message!("its sheet {sheet} cannot be read; open it in a spreadsheet, and save it anew", sheet);
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut rows = Packed::default();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let beyond = |what: Message| {
            message!(
                "its sheet {sheet} has more than {what}; save it as CSV, which may be of any length",
                sheet,
                what
            )
        };
        let value = match cell.get_value() {
            DataRef::Empty => continue,
            value => self::cell(&Data::from(value.clone())),
        };
        if row as usize > XLSX_ROW_LIMIT {
            return Err(beyond(message!("{limit} rows", limit = XLSX_ROW_LIMIT)));
        }
        if column as usize >= COLUMN_LIMIT {
            return Err(beyond(message!("{limit} columns", limit = COLUMN_LIMIT)));
        }
        if !rows.add(u64::from(row) + 1, column as usize, &value) {
            return Err(beyond(message!("{limit} cells or 16 MiB of text", limit = CELL_LIMIT)));
        }
    }
    Ok(rows)
}

fn cell(value: &Data) -> Cell {
    let (text, rounded) = match value {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e21 => {
            (format!("{number:.0}"), number.abs() >= DIGITS)
        }
        Data::Float(number) => (number.to_string(), false),
        Data::Int(number) => (number.to_string(), number.unsigned_abs() >= DIGITS as u64),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            (format!("{year:04}-{month:02}-{day:02}"), false)
        }
        other => (trimmed(&other.to_string()).to_owned(), false),
    };
    Cell { text, rounded, hidden: false }
}
