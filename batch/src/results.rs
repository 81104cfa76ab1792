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
pub use self::xlsx::XLSX_RESULT_LIMIT;
use crate::mapping::Mapping;
use crate::plan::{What, given, request};
use crate::run::{Key, RunError};
use crate::store::{Settled, Standing, State, Store, StoreError};
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
const OWN: [&str; 5] = ["pyi_state", "pyi_outcome", "pyi_code", "pyi_billing", "pyi_why"];

/// Results that are being written.
enum Sheet<'a, W: Write> {
    Csv(Columns<'a>, Box<csv::Sheet<W>>),
    Xlsx(Columns<'a>, Box<xlsx::Sheet<W>>),
    Jsonl(&'a [String], W),
}

/// Writes the rows of a table, each with where it stands and what was replied, or why it was not sent. What came of another row that was once
/// under a row's number is not shown as its own. The columns of the reply are the spec's, with values of the
/// spec's types; a code is followed by what it means.
///
/// # Errors
///
/// A table or store that cannot be read, a file that cannot be written, or more rows than a workbook holds.
pub async fn results<S: Store>(
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
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
        let people = chunk.iter().map(|row| (row.line, key.fingerprint(&given(row, mapping))));
        let standings = store.find(people.collect()).await.map_err(RunError::Store)?;
        for (row, standing) in chunk.iter().zip(standings) {
            let fault = || {
                let given = given(row, mapping);
                request(endpoint, row, mapping, &given, table.titles().len()).err()
            };
            sheet.write(table.titles().len(), row, &Told::new(standing, fault))?;
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

/// What is told of a row.
struct Told {
    state: &'static str,
    outcome: Option<String>,
    why: Option<String>,
    settled: Option<Settled>,
}

impl Told {
    /// Why a row cannot be sent is asked of one alone that was not.
    fn new(standing: Standing, fault: impl FnOnce() -> Option<What>) -> Self {
        let not_sent = |outcome: Option<&str>, why| Self {
            state: "not_sent",
            outcome: outcome.map(str::to_owned),
            why,
            settled: None,
        };
        match standing {
            Standing::Known(found) => Self {
                state: if found.state == State::Settled { "settled" } else { "ambiguous" },
                outcome: found.settled.as_ref().map(|settled| settled.outcome.clone()),
                why: found.settled.as_ref().and_then(|settled| settled.why.clone()),
                settled: found.settled,
            },
            Standing::Changed => Self {
                state: "changed",
                outcome: None,
                why: Some("another row was sent under this one's number".to_owned()),
                settled: None,
            },
            Standing::Duplicate(line) => not_sent(Some("duplicate"), Some(What::Duplicate(line).to_string())),
            Standing::New => match fault() {
                Some(fault) => not_sent(Some("refused"), Some(fault.to_string())),
                None => not_sent(None, None),
            },
        }
    }
}

impl<W: Write + Seek + Send> Sheet<'_, W> {
    fn write(&mut self, titles: usize, row: &Row, told: &Told) -> Result<(), RunError> {
        match self {
            Self::Csv(columns, sheet) => sheet.line(&cells(columns, titles, row, told)).map_err(unwritten),
            Self::Xlsx(columns, sheet) => {
                sheet.line(row.line, &cells(columns, titles, row, told)).map_err(unwritten)
            }
            Self::Jsonl(titles, out) => json::line(out, titles, row, told).map_err(unwritten),
        }
    }
}

/// The cells of a row: those of the table, our own, and those of the reply.
fn cells(columns: &Columns<'_>, titles: usize, row: &Row, told: &Told) -> Vec<Cell> {
    let settled = told.settled.as_ref();
    let text = |text: Option<&str>| text.map_or(Cell::Blank, |text| Cell::Text(text.to_owned()));
    let mut cells: Vec<Cell> =
        (0..titles).map(|column| text(row.cells.get(column).map(|cell| cell.text.as_str()))).collect();
    cells.extend([
        text(Some(told.state)),
        text(told.outcome.as_deref()),
        settled.and_then(|settled| settled.code).map_or(Cell::Blank, |code| Cell::Number(code.into())),
        text(settled.map(|settled| pyi_dynamic::billing(settled.billing))),
        text(told.why.as_deref()),
    ]);
    cells.extend(columns.cells(settled.and_then(|settled| settled.data.as_deref())));
    cells
}
