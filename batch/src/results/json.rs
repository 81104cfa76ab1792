//! Results as JSON, an object on each line.

use std::io::{self, Write};

use serde_json::{Map, Value};

use pyi_runtime::CallOutcome;

use super::RowResult;
use crate::table::Row;

/// Writes the line of a row. A row that is not in the table has no cells.
pub(super) fn line(
    out: &mut impl Write,
    line: u64,
    row: Option<(&[String], &Row)>,
    result: &RowResult,
) -> io::Result<()> {
    let outcome = result.row_outcome();
    let line = serde_json::json!({
        "line": line,
        "row": row.map(|(titles, row)| cells(titles, row)),
        "state": result.state(),
        "outcome": result.call_outcome().map(CallOutcome::as_str),
        "code": outcome.and_then(|outcome| outcome.code),
        "billing": outcome.map(|outcome| outcome.billing.as_str()),
        "why": result.error(),
    });
    // The payload as it came, digit by digit, on one line: a line's end in JSON is white space, or
    // is escaped.
    let data =
        outcome.and_then(|outcome| outcome.data.as_deref()).unwrap_or("null").replace(['\r', '\n'], " ");
    let line = line.to_string();
    writeln!(out, "{},\"data\":{data}}}", line.strip_suffix('}').unwrap_or(&line))
}

fn cells(titles: &[String], row: &Row) -> Map<String, Value> {
    let mut cells = Map::new();
    for (column, cell) in row.cells.iter().enumerate() {
        // Columns of one title, or of none, are named by their place.
        let title = titles.get(column).filter(|title| !cells.contains_key(*title));
        let title = title.map_or_else(|| format!("column {}", column + 1), String::clone);
        cells.insert(title, Value::from(cell.text.clone()));
    }
    cells
}
