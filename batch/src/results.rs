//! The results of a batch: each row of the table in its order, sent or not; then the rows that were
//! sent and are not in the table.

mod cell;
mod csv;
mod json;
mod recognize;
mod xlsx;

use std::borrow::Cow;
use std::fmt;
use std::io::{Seek, Write};

use pyi_codegen::ir::{Endpoint, Provider};
use pyi_runtime::{CallOutcome, StatusCode, Timestamp};
use pyi_text::{Message, message};

use self::cell::{Cell, Columns};
pub use self::recognize::is_results;
pub use self::xlsx::XLSX_RESULT_LIMIT;
use crate::mapping::Mapping;
use crate::plan::{SkipReason, given, request};
use crate::row_matching::{Claims, next_chunk};
use crate::run::{Key, RunError};
use crate::store::{RowOutcome, RowRecord, RowState, Store, line_of};
use crate::table::{Row, Table};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OutputFormat {
    /// CSV in UTF-8 with a byte order mark, which Excel needs. For programs: a spreadsheet reads
    /// text of digits as a number.
    Csv,
    /// An Excel workbook. Long numbers are text, and codes keep their zeros.
    Xlsx,
    /// A JSON object on each line, with the payload as it came.
    Jsonl,
}

/// The batch's own columns, before those of the reply.
const OWN: [&str; 5] = ["pyi_state", "pyi_outcome", "pyi_code", "pyi_billing", "pyi_why"];

/// The sheet of a workbook that lists the rows that are not in the table.
const UNMATCHED_SHEET: &str = "unmatched";

/// Rows of a store in one page.
const PAGE: u32 = 500;

/// An open file of results.
enum Sheet<W: Write> {
    Csv(Box<csv::Sheet<W>>),
    Xlsx(Box<xlsx::Sheet<W>>),
    Jsonl(W),
}

/// Writes the rows of a table, each with its state and its reply, or with the reason why it was not
/// sent. An answer belongs to a person: it is written at the row that has the person now, and at no
/// other. The columns of the reply are the spec's, with values of the spec's types; the meaning of
/// a code follows it. Returns the rows that were sent and that the table does not have: a workbook
/// lists them on a sheet of their own; for the other formats, [`Unmatched::write`] does.
///
/// # Errors
///
/// A table or store that cannot be read, a file that cannot be written, or more rows than a
/// workbook holds.
pub async fn results<S: Store>(
    (provider, endpoint): (&Provider, &Endpoint),
    (table, mapping): (&Table, &Mapping),
    key: &Key,
    store: &S,
    format: OutputFormat,
    out: impl Write + Seek + Send,
) -> Result<Unmatched, RunError> {
    // Most tables have each row where it was sent from, and need no look at the whole table first.
    let mut claims = None;
    let mut matched = 0;
    let columns = Columns::new(provider, endpoint);
    let own = || table.titles().iter().map(String::as_str).chain(OWN).map(Cow::Borrowed);
    let mut sheet = Sheet::begin(format, out, own().chain(columns.titles()))?;
    let mut rows = table.rows().map_err(RunError::Table)?;
    while let Some(chunk) = next_chunk(&mut rows, mapping, key, store).await? {
        for (row, known) in chunk {
            let result = match known {
                Some((number, found)) if number == row.line => {
                    matched += 1;
                    RowResult::Sent(found)
                }
                Some((number, found)) => {
                    let claims = match &mut claims {
                        Some(claims) => claims,
                        none => none
                            .insert(Claims::read((provider, endpoint), (table, mapping), key, store).await?),
                    };
                    match claims.line(number) {
                        line if line == row.line => RowResult::Sent(found),
                        other => {
                            RowResult::NotSent(Some((CallOutcome::Duplicate, SkipReason::Duplicate(other))))
                        }
                    }
                }
                None => {
                    RowResult::NotSent(refusal((provider, endpoint), &row, mapping, table.titles().len()))
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
        None => Claims::read((provider, endpoint), (table, mapping), key, store).await?,
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

/// Why a row that the ledger does not have is not sent. `None` is a row that is still to be sent.
fn refusal(
    (provider, endpoint): (&Provider, &Endpoint),
    row: &Row,
    mapping: &Mapping,
    columns: usize,
) -> Option<(CallOutcome, SkipReason)> {
    let given = given(row, mapping);
    let fault = request((provider, endpoint), row, mapping, &given, columns).err()?;
    Some((CallOutcome::Refused, fault))
}

/// The rows that were sent and that the table does not have: the table was edited, or is another
/// one.
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

    /// Every row of a store, for a table that cannot be read.
    ///
    /// # Errors
    ///
    /// A store that cannot be read.
    pub async fn all<S: Store>(store: &S) -> Result<Self, RunError> {
        let totals = store.totals().await.map_err(RunError::Store)?;
        Ok(Self { rows: totals.settled + totals.ambiguous + totals.sending, claims: None })
    }

    /// The number of rows.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Writes them to a file of their own, each with the line that it was sent from, and without
    /// its values, which no store keeps.
    ///
    /// # Errors
    ///
    /// As [`results`].
    pub async fn write<S: Store>(
        &self,
        (provider, endpoint): (&Provider, &Endpoint),
        store: &S,
        format: OutputFormat,
        out: impl Write + Seek + Send,
    ) -> Result<(), RunError> {
        let columns = Columns::new(provider, endpoint);
        let mut sheet = Sheet::begin(format, out, unmatched_titles(&columns))?;
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
                    sheet.unmatched(columns, line_of(number), &RowResult::Sent(found))?;
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

fn unwritten(why: impl Into<Message>) -> RunError {
    let why: Message = why.into();
    RunError::Output(OutputError(message!("the results cannot be written: {why}", why)))
}

fn csv_unwritten(why: ::csv::Error) -> RunError {
    unwritten(why.to_string())
}

/// Results that cannot be written. The store is whole, and the results can be written again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputError(Message);

impl OutputError {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> &Message {
        &self.0
    }
}

impl fmt::Display for OutputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for OutputError {}

/// The result of a row of the table.
enum RowResult {
    /// A row that was sent, or that took the answer of an earlier batch.
    Sent(RowRecord),
    /// A row that was not sent, and why if that is in the row itself.
    NotSent(Option<(CallOutcome, SkipReason)>),
}

impl RowResult {
    fn state(&self) -> &'static str {
        match self {
            Self::Sent(RowRecord { reused: Some(_), .. }) => "reused",
            Self::Sent(RowRecord { state: RowState::Settled, .. }) => "settled",
            Self::Sent(_) => "ambiguous",
            Self::NotSent(_) => "not_sent",
        }
    }

    fn row_outcome(&self) -> Option<&RowOutcome> {
        match self {
            Self::Sent(found) => found.outcome.as_ref(),
            Self::NotSent(_) => None,
        }
    }

    fn call_outcome(&self) -> Option<CallOutcome> {
        match self {
            Self::Sent(found) => found.outcome.as_ref().map(|outcome| outcome.outcome),
            Self::NotSent(reason) => reason.as_ref().map(|(outcome, _)| *outcome),
        }
    }

    fn error(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Sent(RowRecord { reused: Some(sent_at), .. }) => Some(Cow::Owned(reused(*sent_at))),
            Self::Sent(found) => found.outcome.as_ref()?.error.as_deref().map(Cow::Borrowed),
            Self::NotSent(reason) => reason.as_ref().map(|(_, reason)| Cow::Owned(reason.to_string())),
        }
    }
}

/// Marks the answer of an earlier batch, with the time of its call.
fn reused(sent_at: i64) -> String {
    let sent_at = Timestamp::from_second(sent_at).unwrap_or_default();
    format!("the answer to a call of {sent_at} by an earlier batch")
}

impl<W: Write + Seek + Send> Sheet<W> {
    fn begin<'a>(
        format: OutputFormat,
        out: W,
        titles: impl Iterator<Item = Cow<'a, str>>,
    ) -> Result<Self, RunError> {
        Ok(match format {
            OutputFormat::Csv => Self::Csv(Box::new(csv::Sheet::begin(out, titles).map_err(csv_unwritten)?)),
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
            Self::Csv(sheet) => sheet.line(&cells).map_err(csv_unwritten),
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

fn code_cell(code: StatusCode) -> Cell {
    code.number().map_or_else(|| Cell::Text(code.to_string()), |number| Cell::Number(number.into()))
}

/// The cells of a row: the given ones, the batch's own, and those of the reply.
fn cells(columns: &Columns<'_>, mut cells: Vec<Cell>, result: &RowResult) -> Vec<Cell> {
    let outcome = result.row_outcome();
    cells.extend([
        text(Some(result.state())),
        text(result.call_outcome().map(CallOutcome::as_str)),
        outcome.and_then(|outcome| outcome.code).map_or(Cell::Blank, code_cell),
        text(outcome.map(|outcome| outcome.billing.as_str())),
        text(result.error().as_deref()),
    ]);
    cells.extend(columns.cells(outcome.and_then(|outcome| outcome.data.as_deref())));
    cells
}
