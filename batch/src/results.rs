//! What came of a batch, row by row in the table's order, whether or not a row was sent.

use std::collections::BTreeMap;
use std::io::{self, Write};

use pyi_codegen::ir::Endpoint;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::run::RunError;
use crate::store::{Found, State, Store, StoreError};
use crate::table::{Row, Table};

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// CSV in UTF-8, with a byte order mark, by which Excel knows it.
    Csv,
    /// A JSON object on each line.
    Jsonl,
}

/// So many rows are looked up together.
const CHUNK: usize = 500;

/// Columns of our own, before those of the reply.
const OWN: [&str; 4] = ["pyi_state", "pyi_outcome", "pyi_code", "pyi_billing"];

/// Writes the rows of a table, each with where it stands and what was replied.
///
/// # Errors
///
/// A table or store that cannot be read, or a file that cannot be written.
pub async fn results<S: Store>(
    endpoint: &Endpoint,
    table: &Table,
    store: &S,
    form: Form,
    out: &mut (impl Write + Send),
) -> Result<(), RunError> {
    let failed =
        |error: io::Error| RunError::Store(StoreError(format!("the results cannot be written: {error}")));
    let fields: Vec<&str> = endpoint.response.fields().iter().map(|field| field.wire.as_str()).collect();
    if form == Form::Csv {
        let titles = table.titles().iter().map(String::as_str).chain(OWN).chain(fields.iter().copied());
        out.write_all("\u{feff}".as_bytes()).map_err(failed)?;
        line(out, titles).map_err(failed)?;
    }
    let mut rows = table.rows().map_err(RunError::Table)?;
    loop {
        let chunk: Vec<Row> = rows.by_ref().take(CHUNK).collect::<Result<_, _>>().map_err(RunError::Table)?;
        if chunk.is_empty() {
            return out.flush().map_err(failed);
        }
        let found = store.find(chunk.iter().map(|row| row.line).collect()).await.map_err(RunError::Store)?;
        for (row, found) in chunk.iter().zip(found) {
            match form {
                Form::Csv => as_csv(out, table.titles().len(), &fields, row, found.as_ref()),
                Form::Jsonl => as_json(out, table.titles(), row, found.as_ref()),
            }
            .map_err(failed)?;
        }
    }
}

fn state(found: Option<&Found>) -> &'static str {
    match found.map(|found| found.state) {
        None => "not_sent",
        Some(State::Sending | State::Ambiguous) => "ambiguous",
        Some(State::Settled) => "settled",
    }
}

/// The members of a payload that is an object, each as it stands there.
fn members(found: Option<&Found>) -> BTreeMap<String, Box<RawValue>> {
    let data = found.and_then(|found| found.settled.as_ref()?.data.as_deref());
    data.and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default()
}

fn as_csv(
    out: &mut impl Write,
    columns: usize,
    fields: &[&str],
    row: &Row,
    found: Option<&Found>,
) -> io::Result<()> {
    let settled = found.and_then(|found| found.settled.as_ref());
    let members = members(found);
    let text = |name: &&str| {
        let value =
            members.get(*name).map(|value| value.get()).filter(|value| *value != "null").unwrap_or_default();
        serde_json::from_str::<String>(value).unwrap_or_else(|_| value.to_owned())
    };
    let cells =
        (0..columns).map(|column| row.cells.get(column).map(|cell| cell.text.clone()).unwrap_or_default());
    let own = [
        state(found).to_owned(),
        settled.map(|settled| settled.outcome.clone()).unwrap_or_default(),
        settled.and_then(|settled| settled.code).map(|code| code.to_string()).unwrap_or_default(),
        settled.map(|settled| pyi_dynamic::billing(settled.billing).to_owned()).unwrap_or_default(),
    ];
    let all: Vec<String> = cells.chain(own).chain(fields.iter().map(text)).collect();
    line(out, all.iter().map(String::as_str))
}

/// A line of CSV. A cell that a spreadsheet would take for a formula begins with an apostrophe, which it takes for the mark of a text.
fn line<'a>(out: &mut impl Write, cells: impl Iterator<Item = &'a str>) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    let harmless = |cell: &str| {
        let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
        if is_formula { format!("'{cell}") } else { cell.to_owned() }
    };
    writer.write_record(cells.map(harmless))?;
    let bytes = writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?;
    out.write_all(&bytes)
}

fn as_json(out: &mut impl Write, titles: &[String], row: &Row, found: Option<&Found>) -> io::Result<()> {
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
    // The payload stands there as it came, each digit of it.
    let data = settled.and_then(|settled| settled.data.as_deref()).unwrap_or("null");
    let told = told.to_string();
    writeln!(out, "{},\"data\":{data}}}", told.strip_suffix('}').unwrap_or(&told))
}
