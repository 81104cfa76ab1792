//! The results of a batch: row by row in the table's order, whether or not a row was sent; then the rows that are not in the table any more.

mod cell;
mod csv;
mod json;
mod own;
mod xlsx;

use std::borrow::Cow;
use std::fmt;
use std::io::{Seek, Write};

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::CallOutcome;

use self::cell::{Cell, Columns};
pub use self::own::is_results;
pub use self::xlsx::XLSX_RESULT_LIMIT;
use crate::claims::{Claims, next_chunk};
use crate::mapping::Mapping;
use crate::plan::{SkipReason, given, request};
use crate::run::{Key, RunError};
use crate::store::{RowRecord, RowState, Settled, Store, StoreError, line_of};
use crate::table::{Row, Table};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// CSV in UTF-8, with a byte order mark, by which Excel knows it. For programs: a spreadsheet takes what looks like a number for one.
    Csv,
    /// An Excel workbook, in which long numbers are text and codes keep their zeros.
    Xlsx,
    /// A JSON object on each line, the payload as it came.
    Jsonl,
}

/// Columns of our own, before those of the reply.
const OWN: [&str; 5] = ["pyi_state", "pyi_outcome", "pyi_code", "pyi_billing", "pyi_why"];

/// The sheet of a workbook that lists the rows that are not in the table.
const UNMATCHED_SHEET: &str = "unmatched";

/// So many rows of a store are read at a time.
const PAGE: u32 = 500;

/// Results that are being written.
enum Sheet<W: Write> {
    Csv(Box<csv::Sheet<W>>),
    Xlsx(Box<xlsx::Sheet<W>>),
    Jsonl(W),
}

/// Writes the rows of a table, each with its state and what was replied, or why it was not sent. An answer belongs to a person: it is found
/// wherever the person's row is now, and is shown at no other. The columns of the reply are the spec's, with values of the spec's types; a
/// code is followed by what it means. Gives the rows that were sent and that the table does not have: a workbook lists them on a sheet of
/// their own, for the other forms [`Unmatched::write`] does.
///
/// # Errors
///
/// A table or store that cannot be read, a file that cannot be written, or more rows than a workbook holds.
pub async fn results<S: Store>(
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    store: &S,
    form: OutputFormat,
    out: impl Write + Seek + Send,
) -> Result<Unmatched, RunError> {
    // Most tables have each row where it was sent from, and need no look at the whole table first.
    let mut claims = None;
    let mut matched = 0;
    let columns = Columns::new(provider, endpoint);
    let own = || table.titles().iter().map(String::as_str).chain(OWN).map(Cow::Borrowed);
    let mut sheet = Sheet::begin(form, out, own().chain(columns.titles()))?;
    let mut rows = table.rows().map_err(RunError::Table)?;
    while let Some(chunk) = next_chunk(&mut rows, mapping, key, store).await? {
        for (row, known) in chunk {
            let result = match known {
                Some((number, found)) if number == row.line => {
                    matched += 1;
                    RowResult::found(found)
                }
                Some((number, found)) => {
                    let claims = match &mut claims {
                        Some(claims) => claims,
                        none => none.insert(Claims::read(endpoint, (table, mapping), key, store).await?),
                    };
                    match claims.line(number) {
                        line if line == row.line => RowResult::found(found),
                        other => {
                            RowResult::not_sent(Some((CallOutcome::Duplicate, SkipReason::Duplicate(other))))
                        }
                    }
                }
                None => {
                    let given = given(&row, mapping);
                    let fault = request(endpoint, &row, mapping, &given, table.titles().len()).err();
                    RowResult::not_sent(fault.map(|fault| (CallOutcome::Refused, fault)))
                }
            };
            sheet.row(&columns, table.titles(), &row, &result)?;
        }
    }
    let claims = match claims {
        Some(claims) => claims,
        None if Unmatched::all(store).await?.rows == matched => {
            return sheet.end().map(|()| Unmatched::none());
        }
        None => Claims::read(endpoint, (table, mapping), key, store).await?,
    };
    let unmatched = Unmatched { rows: claims.unmatched, claims: Some(claims) };
    if let Sheet::Xlsx(workbook) = &mut sheet
        && unmatched.rows > 0
    {
        workbook.next_sheet(UNMATCHED_SHEET, unmatched_titles(&columns)).map_err(unwritten)?;
        unmatched.list(&columns, store, &mut sheet).await?;
    }
    sheet.end()?;
    Ok(unmatched)
}

/// The rows that were sent and that the table does not have: it was edited, or is another one.
#[derive(Debug)]
pub struct Unmatched {
    rows: u64,
    /// `None` if there is no table at all, or no such row.
    claims: Option<Claims>,
}

impl Unmatched {
    fn none() -> Self {
        Self { rows: 0, claims: None }
    }

    /// Every row of a store, where there is no table to be had.
    ///
    /// # Errors
    ///
    /// A store that cannot be read.
    pub async fn all<S: Store>(store: &S) -> Result<Self, RunError> {
        let totals = store.totals().await.map_err(RunError::Store)?;
        Ok(Self { rows: totals.settled + totals.ambiguous + totals.sending, claims: None })
    }

    /// How many they are.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes them to a file of their own, by the line that each was sent from. What was sent is not shown: no store keeps it.
    ///
    /// # Errors
    ///
    /// As [`results`].
    pub async fn write<S: Store>(
        &self,
        (provider, endpoint): (&Provider, &Endpoint),
        store: &S,
        form: OutputFormat,
        out: impl Write + Seek + Send,
    ) -> Result<(), RunError> {
        let columns = Columns::new(provider, endpoint);
        let mut sheet = Sheet::begin(form, out, unmatched_titles(&columns))?;
        self.list(&columns, store, &mut sheet).await?;
        sheet.end()
    }

    async fn list<S: Store, W: Write + Seek + Send>(
        &self,
        columns: &Columns<'_>,
        store: &S,
        sheet: &mut Sheet<W>,
    ) -> Result<(), RunError> {
        let mut from = (self.rows > 0).then_some(0);
        while let Some(first) = from {
            let page = store.page(first, PAGE).await.map_err(RunError::Store)?;
            from = page.last().map(|(number, _)| number + 1);
            for (number, found) in page {
                if self.claims.as_ref().is_none_or(|claims| !claims.has(number)) {
                    sheet.unmatched(columns, line_of(number), &RowResult::found(found))?;
                }
            }
        }
        Ok(())
    }
}

fn unmatched_titles<'a>(columns: &Columns<'a>) -> impl Iterator<Item = Cow<'a, str>> {
    let own = ["pyi_line"].into_iter().chain(OWN).map(Cow::Borrowed);
    own.chain(columns.titles())
}

fn unwritten(why: impl fmt::Display) -> RunError {
    RunError::Store(StoreError(format!("the results cannot be written: {why}")))
}

/// The columns of a row that are the batch's own.
struct RowResult {
    state: &'static str,
    outcome: Option<CallOutcome>,
    why: Option<String>,
    settled: Option<Settled>,
}

impl RowResult {
    fn found(found: RowRecord) -> Self {
        Self {
            state: if found.state == RowState::Settled { "settled" } else { "ambiguous" },
            outcome: found.settled.as_ref().map(|settled| settled.outcome),
            why: found.settled.as_ref().and_then(|settled| settled.why.clone()),
            settled: found.settled,
        }
    }

    fn not_sent(why: Option<(CallOutcome, SkipReason)>) -> Self {
        Self {
            state: "not_sent",
            outcome: why.as_ref().map(|(outcome, _)| *outcome),
            why: why.map(|(_, why)| why.to_string()),
            settled: None,
        }
    }
}

impl<W: Write + Seek + Send> Sheet<W> {
    fn begin<'a>(
        form: OutputFormat,
        out: W,
        titles: impl Iterator<Item = Cow<'a, str>>,
    ) -> Result<Self, RunError> {
        Ok(match form {
            OutputFormat::Csv => Self::Csv(Box::new(csv::Sheet::begin(out, titles).map_err(unwritten)?)),
            OutputFormat::Xlsx => Self::Xlsx(Box::new(xlsx::Sheet::begin(out, titles).map_err(unwritten)?)),
            OutputFormat::Jsonl => Self::Jsonl(out),
        })
    }

    fn row(
        &mut self,
        columns: &Columns<'_>,
        titles: &[String],
        row: &Row,
        result: &RowResult,
    ) -> Result<(), RunError> {
        if let Self::Jsonl(out) = self {
            return json::line(out, row.line, Some((titles, row)), result).map_err(unwritten);
        }
        let input = |column| row.cells.get(column).map(|cell: &crate::table::Cell| cell.text.as_str());
        let lead = (0..titles.len()).map(|column| text(input(column))).collect();
        self.cells(row.line, cells(columns, lead, result))
    }

    fn unmatched(&mut self, columns: &Columns<'_>, line: u64, result: &RowResult) -> Result<(), RunError> {
        if let Self::Jsonl(out) = self {
            return json::line(out, line, None, result).map_err(unwritten);
        }
        let cells = cells(columns, vec![Cell::Number(line.into())], result);
        match self {
            Self::Xlsx(workbook) => workbook
                .listed(line, &cells, UNMATCHED_SHEET, || unmatched_titles(columns))
                .map_err(unwritten),
            _ => self.cells(line, cells),
        }
    }

    fn cells(&mut self, line: u64, cells: Vec<Cell>) -> Result<(), RunError> {
        match self {
            Self::Csv(sheet) => sheet.line(&cells).map_err(unwritten),
            Self::Xlsx(sheet) => sheet.line(line, &cells).map_err(unwritten),
            Self::Jsonl(_) => Ok(()),
        }
    }

    fn end(self) -> Result<(), RunError> {
        match self {
            Self::Csv(sheet) => sheet.end().map_err(unwritten),
            Self::Xlsx(sheet) => sheet.end().map_err(unwritten),
            Self::Jsonl(mut out) => out.flush().map_err(unwritten),
        }
    }
}

fn text(text: Option<&str>) -> Cell {
    text.map_or(Cell::Blank, |text| Cell::Text(text.to_owned()))
}

/// The cells of a row: those before our own, our own, and those of the reply.
fn cells(columns: &Columns<'_>, mut cells: Vec<Cell>, result: &RowResult) -> Vec<Cell> {
    let settled = result.settled.as_ref();
    cells.extend([
        text(Some(result.state)),
        text(result.outcome.map(CallOutcome::as_str)),
        settled.and_then(|settled| settled.code).map_or(Cell::Blank, |code| Cell::Number(code.into())),
        text(settled.map(|settled| settled.billing.as_str())),
        text(result.why.as_deref()),
    ]);
    cells.extend(columns.cells(settled.and_then(|settled| settled.data.as_deref())));
    cells
}
