//! Whether a file holds results that [`results`](super::results) wrote: by the columns, or the members, that no other program writes.

use std::io::{BufRead, BufReader, Read, Seek};

use calamine::{Data, Reader, Xlsx};
use serde_json::{Map, Value};

use super::{Form, OWN};

/// As much of a file's first line as is read, in bytes.
const LINE_LIMIT: u64 = 16 << 20;

/// The members of a line of JSON.
const MEMBERS: [&str; 8] = ["line", "row", "state", "outcome", "code", "billing", "why", "data"];

/// Whether a file holds results in a form, or nothing at all.
///
/// # Errors
///
/// A file that cannot be read.
pub fn is_results(mut file: impl Read + Seek, form: Form) -> std::io::Result<bool> {
    if file.seek(std::io::SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.rewind()?;
    Ok(match form {
        Form::Csv => has_csv_titles(file),
        Form::Jsonl => has_members(file),
        Form::Xlsx => has_xlsx_titles(file),
    })
}

fn has_csv_titles(mut file: impl Read) -> bool {
    let mut mark = [0; 3];
    if file.read_exact(&mut mark).is_err() || mark != *"\u{feff}".as_bytes() {
        return false;
    }
    let mut rows = ::csv::ReaderBuilder::new().has_headers(false).from_reader(file.take(LINE_LIMIT));
    let mut titles = ::csv::StringRecord::new();
    rows.read_record(&mut titles).is_ok_and(|found| found) && has_own(titles.iter())
}

fn has_members(file: impl Read) -> bool {
    let mut line = String::new();
    if BufReader::new(file.take(LINE_LIMIT)).read_line(&mut line).is_err() {
        return false;
    }
    serde_json::from_str::<Map<String, Value>>(&line).is_ok_and(|members| {
        members.len() == MEMBERS.len() && MEMBERS.iter().all(|name| members.contains_key(*name))
    })
}

fn has_xlsx_titles(file: impl Read + Seek) -> bool {
    let Ok(mut workbook) = Xlsx::new(BufReader::new(file)) else { return false };
    let Some(sheet) = workbook.sheet_names().into_iter().next() else { return false };
    let Ok(mut cells) = workbook.worksheet_cells_reader(&sheet) else { return false };
    let mut titles = Vec::new();
    while let Ok(Some(cell)) = cells.next_cell() {
        if cell.get_position().0 > 0 {
            break;
        }
        titles.push(Data::from(cell.get_value().clone()).to_string());
    }
    has_own(titles.iter().map(String::as_str))
}

/// Whether our own columns are there, one behind the other.
fn has_own<'a>(titles: impl Iterator<Item = &'a str>) -> bool {
    let titles: Vec<&str> = titles.collect();
    titles.windows(OWN.len()).any(|titles| titles == OWN)
}
