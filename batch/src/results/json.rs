//! Results as JSON, an object on each line.

use std::io::{self, Write};

use serde_json::{Map, Value};

use super::state;
use crate::store::Found;
use crate::table::Row;

pub(super) fn line(
    out: &mut impl Write,
    titles: &[String],
    row: &Row,
    found: Option<&Found>,
) -> io::Result<()> {
    let settled = found.and_then(|found| found.settled.as_ref());
    let cells =
        titles.iter().zip(&row.cells).map(|(title, cell)| (title.clone(), Value::from(cell.text.clone())));
    let told = serde_json::json!({
        "line": row.line,
        "row": cells.collect::<Map<String, Value>>(),
        "state": state(found),
        "outcome": settled.map(|settled| settled.outcome.as_str()),
        "code": settled.and_then(|settled| settled.code),
        "billing": settled.map(|settled| pyi_dynamic::billing(settled.billing)),
    });
    // The payload stands there as it came, each digit of it, and on one line: a line's end in JSON is a blank, or is escaped.
    let data =
        settled.and_then(|settled| settled.data.as_deref()).unwrap_or("null").replace(['\r', '\n'], " ");
    let told = told.to_string();
    writeln!(out, "{},\"data\":{data}}}", told.strip_suffix('}').unwrap_or(&told))
}
