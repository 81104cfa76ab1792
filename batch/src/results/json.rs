//! Results as JSON, an object on each line.

use std::io::{self, Write};

use serde_json::{Map, Value};

use pyi_runtime::CallOutcome;

use super::RowResult;
use crate::table::Row;

/// The line of a row; one that is not in the table any more has no cells.
pub(super) fn line(
    out: &mut impl Write,
    line: u64,
    row: Option<(&[String], &Row)>,
    result: &RowResult,
) -> io::Result<()> {
    let settled = result.settled.as_ref();
    let line = serde_json::json!({
        "line": line,
        "row": row.map(|(titles, row)| cells(titles, row)),
        "state": result.state,
        "outcome": result.outcome.map(CallOutcome::as_str),
        "code": settled.and_then(|settled| settled.code),
        "billing": settled.map(|settled| settled.billing.as_str()),
        "why": result.why,
    });
    // The payload stands there as it came, each digit of it, and on one line: a line's end in JSON is a blank, or is escaped.
    let data =
        settled.and_then(|settled| settled.data.as_deref()).unwrap_or("null").replace(['\r', '\n'], " ");
    let line = line.to_string();
    writeln!(out, "{},\"data\":{data}}}", line.strip_suffix('}').unwrap_or(&line))
}

fn cells(titles: &[String], row: &Row) -> Map<String, Value> {
    let mut cells = Map::new();
    for (column, cell) in row.cells.iter().enumerate() {
        // Columns of one title, or of none, are told apart by their place.
        let title = titles.get(column).filter(|title| !cells.contains_key(*title));
        let title = title.map_or_else(|| format!("column {}", column + 1), String::clone);
        cells.insert(title, Value::from(cell.text.clone()));
    }
    cells
}
