//! A table of people: CSV in UTF-8 or GB18030, read row by row, or an Excel workbook, read whole up
//! to a limit of rows. The first row has the titles.

mod csv;
mod encoding;
mod guard;
mod source;
mod xlsx;

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use pyi_text::{Message, message};

use self::source::Source;

/// Maximum rows of a workbook. Save a longer table as CSV, which is read row by row.
pub const XLSX_ROW_LIMIT: usize = 100_000;

/// Maximum columns of a table.
pub const COLUMN_LIMIT: usize = 1000;

/// An open table. Its rows are read later, as they were when it was opened.
#[derive(Debug)]
pub struct Table {
    path: PathBuf,
    source: Source,
    titles: Vec<String>,
    kind: Kind,
    include_hidden: bool,
}

#[derive(Debug)]
enum Kind {
    Csv(csv::Dialect),
    Xlsx { sheet: String, others: Vec<String>, rows: Box<xlsx::Packed> },
}

/// A row below the titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// The line of the file, or the row of the sheet, from 1 on.
    pub line: u64,
    /// Its cells. It may have fewer or more than there are titles.
    pub cells: Vec<Cell>,
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cell {
    /// Its text, without white space around it.
    pub text: String,
    /// Whether it is a number with more digits than a spreadsheet keeps: the last ones are lost.
    pub rounded: bool,
    /// Whether its row, its column or its sheet is hidden.
    pub hidden: bool,
}

/// The error of a table that cannot be read. It contains nothing of the table's rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableError(Message);

impl TableError {
    fn new(path: &Path, why: &Message) -> Self {
        Self(message!("{path}: {why}", path = path.display(), why))
    }

    pub(crate) fn of_io(path: &Path, error: &io::Error) -> Self {
        Self::new(path, &Message::of_io(error))
    }

    /// Its text, which can be said in another language.
    pub fn message(&self) -> &Message {
        &self.0
    }
}

impl fmt::Display for TableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for TableError {}

impl From<TableError> for Message {
    fn from(error: TableError) -> Self {
        error.0
    }
}

impl Table {
    /// Opens a table. Its content decides whether it is CSV or a workbook.
    ///
    /// # Errors
    ///
    /// A file that cannot be read, that is no table, that has no titles, or that is a workbook of
    /// too many rows.
    pub fn open(path: &Path) -> Result<Self, TableError> {
        let fail = |why: Message| TableError::new(path, &why);
        let failed = |error: io::Error| TableError::of_io(path, &error);
        let source = Source::open(path).map_err(failed)?;
        let mut head = [0; 4];
        let read = source.reader().read(&mut head).map_err(failed)?;
        let (titles, kind) = match head.get(..read).unwrap_or_default() {
            [] => {
                return Err(fail(message!(
                    "it is empty; its first row should have the titles of the columns"
                )));
            }
            b"PK\x03\x04" => xlsx::open(&source).map_err(fail)?,
            // A workbook of before 2007, and everything else of Excel's own.
            [0xD0, 0xCF, 0x11, 0xE0] => {
                return Err(fail(message!(
                    "this is a workbook of an old kind (.xls); save it as .xlsx or as CSV"
                )));
            }
            _ => csv::open(&source).map_err(fail)?,
        };
        if titles.iter().all(String::is_empty) {
            return Err(fail(message!("its first row is blank; it should have the titles of the columns")));
        }
        Ok(Self { path: path.to_owned(), source, titles, kind, include_hidden: false })
    }

    /// Whether rows, columns and sheets that are hidden in a workbook are read like others.
    #[must_use]
    pub fn include_hidden(self, include_hidden: bool) -> Self {
        Self { include_hidden, ..self }
    }

    /// The titles of its columns.
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// How it is read: its encoding and delimiter, or its sheet and the sheets that are not read.
    pub fn read_as(&self) -> Message {
        match &self.kind {
            Kind::Csv(dialect) => dialect.message(),
            Kind::Xlsx { sheet, others, .. } if others.is_empty() => message!("Excel, sheet {sheet}", sheet),
            Kind::Xlsx { sheet, others, .. } => {
                message!("Excel, sheet {sheet}; not read: {others}", sheet, others = others.join(", "))
            }
        }
    }

    /// Whether its path still leads to the same content.
    pub fn is_current(&self) -> bool {
        self.source.is_at(&self.path)
    }

    /// Its rows in order, without blank rows.
    ///
    /// # Errors
    ///
    /// A file that can no longer be read, or that was changed since it was opened.
    pub fn rows(&self) -> Result<Box<dyn Iterator<Item = Result<Row, TableError>> + Send + '_>, TableError> {
        let filled = |row: &Row| row.cells.iter().any(|cell| !cell.text.is_empty());
        match &self.kind {
            Kind::Csv(dialect) => {
                let rows =
                    csv::rows(&self.source, dialect).map_err(|why| TableError::new(&self.path, &why))?;
                let rows = rows.map(|row| row.map_err(|why| TableError::new(&self.path, &why)));
                Ok(Box::new(rows.filter(move |row| row.as_ref().map_or(true, filled))))
            }
            Kind::Xlsx { rows, .. } => {
                let include = self.include_hidden;
                let shown = move |mut row: Row| {
                    row.cells.iter_mut().for_each(|cell| cell.hidden &= !include);
                    Ok(row)
                };
                Ok(Box::new(rows.iter().filter(move |row| filled(row)).map(shown)))
            }
        }
    }
}

/// The text of a cell without white space of any width and without a byte order mark. A tab before
/// a number is common: it keeps a spreadsheet from reading the number.
fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}')
}
