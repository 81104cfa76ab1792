//! Results as an Excel workbook, written row by row: what is done lies in a file without a name
//! until the workbook is whole.

use std::borrow::Cow;
use std::io::{Seek, Write};

use pyi_runtime::{Date, Decimal};
use pyi_text::{Message, message};
use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::cell::Cell;

/// The most digits that a spreadsheet keeps of a number.
const DIGITS: usize = 15;

/// The most rows of a table whose results a workbook holds: one less than it has, for the titles.
pub const XLSX_RESULT_LIMIT: u64 = ROW_LIMIT as u64 - 1;

const ROW_LIMIT: u32 = 1_048_576;

/// The most characters of a cell.
const CELL_LIMIT: usize = 32_767;

/// A workbook that is being written.
pub(super) struct Sheet<W> {
    out: W,
    workbook: Workbook,
    dates: Format,
    /// The sheet that is written, and its next row.
    sheet: usize,
    next: u32,
    row_limit: u32,
    /// How many sheets the list has.
    parts: u32,
}

/// What a workbook cannot hold.
#[derive(Debug)]
pub(super) enum Fault {
    Rows,
    Cell { line: u64 },
    Writer(XlsxError),
}

impl Fault {
    /// Its text, which can be said in another language.
    pub(super) fn message(&self) -> Message {
        match self {
            Self::Rows => {
                message!("a workbook holds {limit} rows at most; take .csv or .jsonl", limit = ROW_LIMIT)
            }
            Self::Cell { line } => message!(
                "the result of line {line} has more than the {limit} characters that a cell holds; use .csv or .jsonl",
                line,
                limit = CELL_LIMIT,
            ),
            Self::Writer(error) => Message::from(error.to_string()),
        }
    }
}

impl From<Fault> for Message {
    fn from(fault: Fault) -> Self {
        fault.message()
    }
}

impl From<XlsxError> for Fault {
    fn from(error: XlsxError) -> Self {
        Self::Writer(error)
    }
}

impl<W: Write + Seek + Send> Sheet<W> {
    /// A workbook with the titles, which stay in sight.
    pub(super) fn begin<'a>(out: W, titles: impl Iterator<Item = Cow<'a, str>>) -> Result<Self, Fault> {
        let mut workbook = Workbook::new();
        workbook.add_worksheet_with_constant_memory()?;
        let dates = Format::new().set_num_format("yyyy-mm-dd");
        let mut sheet = Self { out, workbook, dates, sheet: 0, next: 0, row_limit: ROW_LIMIT, parts: 1 };
        sheet.titles(titles)?;
        Ok(sheet)
    }

    /// A row of a list, which goes on in another sheet where this one is full: `unmatched`,
    /// `unmatched 2`, and so on.
    pub(super) fn listed<'a, I: Iterator<Item = Cow<'a, str>>>(
        &mut self,
        line: u64,
        cells: &[Cell],
        name: &str,
        titles: impl FnOnce() -> I,
    ) -> Result<(), Fault> {
        if self.next >= self.row_limit {
            self.parts += 1;
            self.next_sheet(&format!("{name} {}", self.parts), titles())?;
        }
        self.line(line, cells)
    }

    /// Ends the sheet, and begins another.
    pub(super) fn next_sheet<'a>(
        &mut self,
        name: &str,
        titles: impl Iterator<Item = Cow<'a, str>>,
    ) -> Result<(), Fault> {
        self.workbook.add_worksheet_with_constant_memory()?.set_name(name)?;
        self.sheet += 1;
        self.next = 0;
        self.titles(titles)
    }

    fn titles<'a>(&mut self, titles: impl Iterator<Item = Cow<'a, str>>) -> Result<(), Fault> {
        self.workbook.worksheet_from_index(self.sheet)?.set_freeze_panes(1, 0)?;
        let titles: Vec<Cell> = titles.map(|title| Cell::Text(title.into_owned())).collect();
        self.line(1, &titles)
    }

    /// A row: texts are texts whatever they look like, so that no cell is a formula, and no digit
    /// of a number is lost.
    pub(super) fn line(&mut self, line: u64, cells: &[Cell]) -> Result<(), Fault> {
        let row = self.next;
        if row >= self.row_limit {
            return Err(Fault::Rows);
        }
        let worksheet = self.workbook.worksheet_from_index(self.sheet)?;
        for (column, cell) in (0_u16..).zip(cells) {
            match cell {
                Cell::Blank => {}
                Cell::Text(text) => {
                    if text.chars().nth(CELL_LIMIT).is_some() {
                        return Err(Fault::Cell { line });
                    }
                    worksheet.write_string(row, column, text)?;
                }
                Cell::Number(number) => number_cell(worksheet, row, column, number)?,
                Cell::Boolean(boolean) => {
                    worksheet.write_boolean(row, column, *boolean)?;
                }
                Cell::Date(date) => {
                    match day(*date) {
                        Some(day) => worksheet.write_datetime_with_format(row, column, &day, &self.dates)?,
                        None => worksheet.write_string(row, column, date.to_string())?,
                    };
                }
            }
        }
        self.next += 1;
        Ok(())
    }

    /// Puts the workbook together.
    pub(super) fn end(mut self) -> Result<(), Fault> {
        self.workbook.save_to_writer(&mut self.out)?;
        Ok(self.out.flush().map_err(XlsxError::IoError)?)
    }
}

/// A number of more digits than a spreadsheet keeps is a text.
fn number_cell(worksheet: &mut Worksheet, row: u32, column: u16, number: &Decimal) -> Result<(), Fault> {
    let text = number.to_string();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    match text.parse::<f64>() {
        Ok(value) if digits <= DIGITS => worksheet.write_number(row, column, value)?,
        _ => worksheet.write_string(row, column, text)?,
    };
    Ok(())
}

/// A date that Excel knows: none before 1900.
fn day(date: Date) -> Option<ExcelDateTime> {
    let year = u16::try_from(date.year()).ok().filter(|year| *year >= 1900)?;
    ExcelDateTime::from_ymd(year, date.month().unsigned_abs(), date.day().unsigned_abs()).ok()
}

#[cfg(test)]
mod tests {
    use calamine::Reader;

    use super::*;

    #[test]
    fn a_list_goes_on_in_further_sheets() {
        let titles = || ["line"].into_iter().map(Cow::Borrowed);
        let mut file = std::io::Cursor::new(Vec::new());
        let mut sheet = Sheet::begin(&mut file, titles()).unwrap();
        sheet.row_limit = 3;
        sheet.next_sheet("unmatched", titles()).unwrap();
        for line in 0..5_u64 {
            sheet.listed(line, &[Cell::Number(line.into())], "unmatched", titles).unwrap();
        }
        assert!(matches!(sheet.line(9, &[]), Ok(())), "the last sheet has room for one");
        assert!(matches!(sheet.line(9, &[]), Err(Fault::Rows)));
        sheet.end().unwrap();
        let mut read = calamine::Xlsx::new(file).unwrap();
        let lines: Vec<_> = ["unmatched", "unmatched 2", "unmatched 3"]
            .iter()
            .flat_map(|name| {
                read.worksheet_range(name)
                    .unwrap()
                    .rows()
                    .skip(1)
                    .map(|row| row[0].to_string())
                    .collect::<Vec<_>>()
            })
            .collect();
        assert_eq!(lines, ["0", "1", "2", "3", "4"]);
    }
}
