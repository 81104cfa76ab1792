//! What came of a batch, row by row in the table's order, whether or not a row was sent.

mod cell;
mod csv;
mod json;
mod xlsx;

use std::borrow::Cow;
use std::fmt;
use std::io::{Seek, Write};

use pyi_codegen::ir::{Endpoint, Provider};

use self::cell::{Cell, Columns};
use crate::run::RunError;
use crate::store::{Found, State, Store, StoreError};
use crate::table::{Row, Table};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8, with a byte order mark, by which Excel knows it. For programs: a spreadsheet takes what looks like a number for one.
    Csv,
    /// An Excel workbook, in which long numbers are text and codes keep their zeros.
    Xlsx,
    /// A JSON object on each line, the payload as it came.
    Jsonl,
}

/// So many rows are looked up together.
const CHUNK: usize = 500;

/// Columns of our own, before those of the reply.
const OWN: [&str; 4] = ["pyi_state", "pyi_outcome", "pyi_code", "pyi_billing"];

/// Results that are being written.
enum Sheet<'a, W: Write> {
    Csv(Columns<'a>, Box<csv::Sheet<W>>),
    Xlsx(Columns<'a>, Box<xlsx::Sheet<W>>),
    Jsonl(&'a [String], W),
}

/// Writes the rows of a table, each with where it stands and what was replied. The columns of the reply are the spec's, with values of the
/// spec's types; a code is followed by what it means.
///
/// # Errors
///
/// A table or store that cannot be read, a file that cannot be written, or more rows than a workbook holds.
pub async fn results<S: Store>(
    (provider, endpoint): (&Provider, &Endpoint),
    table: &Table,
    store: &S,
    form: Form,
    out: impl Write + Seek + Send,
) -> Result<(), RunError> {
    let columns = Columns::new(provider, endpoint);
    let own = || table.titles().iter().map(String::as_str).chain(OWN).map(Cow::Borrowed);
    let titles = || own().chain(columns.titles());
    let mut sheet = match form {
        Form::Csv => {
            let sheet = csv::Sheet::begin(out, titles()).map_err(unwritten)?;
            Sheet::Csv(columns, Box::new(sheet))
        }
        Form::Xlsx => {
            let sheet = xlsx::Sheet::begin(out, titles()).map_err(unwritten)?;
            Sheet::Xlsx(columns, Box::new(sheet))
        }
        Form::Jsonl => Sheet::Jsonl(table.titles(), out),
    };
    let mut rows = table.rows().map_err(RunError::Table)?;
    loop {
        let chunk: Vec<Row> = rows.by_ref().take(CHUNK).collect::<Result<_, _>>().map_err(RunError::Table)?;
        if chunk.is_empty() {
            break;
        }
        let found = store.find(chunk.iter().map(|row| row.line).collect()).await.map_err(RunError::Store)?;
        for (row, found) in chunk.iter().zip(found) {
            sheet.write(table.titles().len(), row, found.as_ref())?;
        }
    }
    match sheet {
        Sheet::Csv(_, sheet) => sheet.end().map_err(unwritten),
        Sheet::Xlsx(_, sheet) => sheet.end().map_err(unwritten),
        Sheet::Jsonl(_, mut out) => out.flush().map_err(unwritten),
    }
}

fn unwritten(why: impl fmt::Display) -> RunError {
    RunError::Store(StoreError(format!("the results cannot be written: {why}")))
}

impl<W: Write + Seek + Send> Sheet<'_, W> {
    fn write(&mut self, titles: usize, row: &Row, found: Option<&Found>) -> Result<(), RunError> {
        match self {
            Self::Csv(columns, sheet) => sheet.line(&cells(columns, titles, row, found)).map_err(unwritten),
            Self::Xlsx(columns, sheet) => {
                sheet.line(row.line, &cells(columns, titles, row, found)).map_err(unwritten)
            }
            Self::Jsonl(titles, out) => json::line(out, titles, row, found).map_err(unwritten),
        }
    }
}

/// The cells of a row: those of the table, our own, and those of the reply.
fn cells(columns: &Columns<'_>, titles: usize, row: &Row, found: Option<&Found>) -> Vec<Cell> {
    let settled = found.and_then(|found| found.settled.as_ref());
    let text = |text: Option<&str>| text.map_or(Cell::Blank, |text| Cell::Text(text.to_owned()));
    let mut cells: Vec<Cell> =
        (0..titles).map(|column| text(row.cells.get(column).map(|cell| cell.text.as_str()))).collect();
    cells.extend([
        text(Some(state(found))),
        text(settled.map(|settled| settled.outcome.as_str())),
        settled.and_then(|settled| settled.code).map_or(Cell::Blank, |code| Cell::Number(code.into())),
        text(settled.map(|settled| pyi_dynamic::billing(settled.billing))),
    ]);
    cells.extend(columns.cells(settled.and_then(|settled| settled.data.as_deref())));
    cells
}

fn state(found: Option<&Found>) -> &'static str {
    match found.map(|found| found.state) {
        None => "not_sent",
        Some(State::Sending | State::Ambiguous) => "ambiguous",
        Some(State::Settled) => "settled",
    }
}
