//! Reads the provider's bill: a table with a line for each billed call, whose columns are mapped as
//! those of a batch's table.

use std::fmt;
use std::ops::RangeInclusive;
use std::path::Path;

use jiff::civil::DateTime;
use jiff::tz::Offset;
use pyi_codegen::ir::{Endpoint, Provider};
use pyi_text::{Message, message};
use ring::digest::{SHA256, digest};

use crate::mapping::{MapFault, Mapping};
use crate::plan::given;
use crate::reconcile::BillLine;
use crate::run::Key;
use crate::table::{Row, Table, TableError};

/// The columns of a bill.
#[derive(Debug, Clone, Default)]
pub struct BillColumns {
    /// The columns of the request's fields, where they are not found by name or title.
    pub fields: Vec<(String, String)>,
    /// The title of the column with the time of a call.
    pub time: String,
    /// The offset from UTC of times without one, in seconds.
    pub offset: Option<i32>,
    /// The title of the column with the endpoint of a call; `None` if all lines are of one.
    pub endpoint: Option<String>,
}

/// A bill, without anything that names a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bill {
    /// The lines of the endpoint.
    pub lines: Vec<BillLine>,
    /// Number of lines of other endpoints.
    pub others: u64,
    /// The SHA-256 digest of the file.
    pub digest: [u8; 32],
}

/// Why a bill cannot be read. It contains no value of the bill.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum BillError {
    /// The file is no table that can be read.
    Table(TableError),
    /// A field has no column.
    Fields(MapFault),
    /// There is no column, or there are several, of a title.
    Column {
        /// What the column has.
        what: &'static str,
        /// The titles of the bill.
        known: Vec<String>,
    },
    /// The time of a line cannot be read.
    Time {
        /// The line.
        line: u64,
    },
    /// The time of a line has no offset from UTC, and none was given.
    NoOffset {
        /// The line.
        line: u64,
    },
}

impl BillError {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        match self {
            Self::Table(error) => error.message().clone(),
            Self::Fields(fault) => fault.message(),
            Self::Column { what, known } => message!(
                "the bill has no column, or several, of the title that was given for {what}; there are {known}",
                what,
                known = known.join(", ")
            ),
            Self::Time { line } => message!(
                "line {line} of the bill has no time that can be read; a time is written as 2026-01-31 12:00:00, with an offset or without, or in unix seconds",
                line
            ),
            Self::NoOffset { line } => {
                message!(
                    "line {line} of the bill has a time without an offset from UTC; give one, such as +08:00",
                    line
                )
            }
        }
    }
}

impl fmt::Display for BillError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for BillError {}

impl Bill {
    /// Reads the lines of an endpoint. People are identified by the key of the batch, so the fields
    /// are those that the batch had.
    ///
    /// # Errors
    ///
    /// A bill that cannot be read, or a line without a time.
    pub fn read(
        path: &Path,
        (provider, endpoint): (&Provider, &Endpoint),
        columns: &BillColumns,
        key: &Key,
    ) -> Result<Self, BillError> {
        let table = Table::open(path).map_err(BillError::Table)?;
        let bytes = std::fs::read(path).map_err(|error| BillError::Table(TableError::of_io(path, &error)))?;
        let mapping =
            Mapping::new(provider, endpoint, table.titles(), &columns.fields).map_err(BillError::Fields)?;
        let time = column(&table, "the time", &columns.time)?;
        let of_endpoint = match &columns.endpoint {
            Some(title) => Some(column(&table, "the endpoint", title)?),
            None => None,
        };
        let mut bill = Self { lines: Vec::new(), others: 0, digest: [0; 32] };
        bill.digest.copy_from_slice(digest(&SHA256, &bytes).as_ref());
        for row in table.rows().map_err(BillError::Table)? {
            let row = row.map_err(BillError::Table)?;
            if let Some(column) = of_endpoint {
                let called = text(&row, column);
                let names = [endpoint.id.as_str(), endpoint.title.as_str(), endpoint.path.as_str()];
                if !names.contains(&called) {
                    bill.others += 1;
                    continue;
                }
            }
            let moment = moment(text(&row, time)).ok_or(BillError::Time { line: row.line })?;
            if matches!(moment, Moment::Local(_)) && columns.offset.is_none() {
                return Err(BillError::NoOffset { line: row.line });
            }
            let at = moment.seconds(columns.offset).ok_or(BillError::Time { line: row.line })?;
            let person = key.fingerprint(&given(&row, &mapping));
            bill.lines.push(BillLine { line: row.line, person, at });
        }
        Ok(bill)
    }

    /// The time from the first to the last line; `None` for a bill without lines.
    pub fn span(&self) -> Option<RangeInclusive<i64>> {
        let times = self.lines.iter().map(|line| line.at);
        Some(times.clone().min()?..=times.max()?)
    }
}

/// The only column of a title.
fn column(table: &Table, what: &'static str, title: &str) -> Result<usize, BillError> {
    let mut found = table.titles().iter().enumerate().filter(|(_, known)| *known == title);
    match (found.next(), found.next()) {
        (Some((index, _)), None) => Ok(index),
        _ => Err(BillError::Column { what, known: table.titles().to_vec() }),
    }
}

fn text(row: &Row, column: usize) -> &str {
    row.cells.get(column).map_or("", |cell| cell.text.as_str())
}

/// A time as a bill has it.
enum Moment {
    /// In unix seconds.
    At(i64),
    /// Without an offset from UTC.
    Local(DateTime),
}

impl Moment {
    /// In unix seconds. `None` for a time without an offset where none is given.
    fn seconds(self, offset: Option<i32>) -> Option<i64> {
        match self {
            Self::At(at) => Some(at),
            Self::Local(local) => {
                Some(Offset::from_seconds(offset?).ok()?.to_timestamp(local).ok()?.as_second())
            }
        }
    }
}

/// A time in unix seconds, with an offset, or without one.
fn moment(text: &str) -> Option<Moment> {
    if let Ok(seconds) = text.parse() {
        return Some(Moment::At(seconds));
    }
    let text = text.replace('/', "-");
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(Moment::At(at.as_second()));
    }
    text.parse().ok().map(Moment::Local)
}

/// The seconds of a time that a user gives, as in a bill. `None` for another text, or for a time
/// without an offset where none is given.
pub fn seconds(text: &str, offset: Option<i32>) -> Option<i64> {
    moment(text)?.seconds(offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `date -u -d … +%s` has them.
    #[test]
    fn times_of_bills() {
        let table = [
            ("1764417600", None, Some(1_764_417_600)),
            ("2025-11-29 20:00:00", Some(8 * 3600), Some(1_764_417_600)),
            ("2025/11/29 20:00:00", Some(8 * 3600), Some(1_764_417_600)),
            ("2025-11-29T20:00:00+08:00", None, Some(1_764_417_600)),
            ("2025-11-29T12:00:00Z", Some(8 * 3600), Some(1_764_417_600)),
            ("2025-11-29 20:00:00", None, None),
            ("29.11.2025", Some(0), None),
            ("", Some(0), None),
        ];
        for (text, offset, expected) in table {
            assert_eq!(seconds(text, offset), expected, "{text}");
        }
    }
}
