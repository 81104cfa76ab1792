//! Whether a file holds results that [`results`](super::results) wrote: by the columns, or the
//! members, that no other program writes.

use std::io::{BufRead, BufReader, Read, Seek};

use quick_xml::events::Event;
use serde_json::{Map, Value};
use zip::ZipArchive;

use super::{OWN, OutputFormat};

/// As much of a file's first line as is read, in bytes.
const LINE_LIMIT: u64 = 16 << 20;

/// The members of a line of JSON.
const MEMBERS: [&str; 8] = ["line", "row", "state", "outcome", "code", "billing", "why", "data"];

/// Whether a file holds results in a form, or nothing at all.
///
/// # Errors
///
/// A file that cannot be read.
pub fn is_results(mut file: impl Read + Seek, form: OutputFormat) -> std::io::Result<bool> {
    if file.seek(std::io::SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.rewind()?;
    Ok(match form {
        OutputFormat::Csv => has_csv_titles(file),
        OutputFormat::Jsonl => has_members(file),
        OutputFormat::Xlsx => has_xlsx_titles(file),
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

/// Reads the first row of the first sheet alone, as our writer writes it: its texts are in the
/// cells. A workbook that a spreadsheet saved since is somebody's own.
fn has_xlsx_titles(file: impl Read + Seek) -> bool {
    let Ok(mut archive) = ZipArchive::new(BufReader::new(file)) else { return false };
    let Ok(sheet) = archive.by_name("xl/worksheets/sheet1.xml") else { return false };
    let mut reader = quick_xml::Reader::from_reader(BufReader::new(sheet.take(LINE_LIMIT)));
    let (mut titles, mut buffer) = (Vec::new(), Vec::new());
    loop {
        buffer.clear();
        match reader.read_event_into(&mut buffer) {
            Ok(Event::Text(text)) => titles.push(text.into_inner().into_owned()),
            Ok(Event::End(tag)) if tag.name().as_ref() == "row" => break,
            Ok(Event::Eof) | Err(_) => return false,
            Ok(_) => {}
        }
    }
    has_own(titles.iter().map(String::as_str))
}

/// Whether our own columns are there, one behind the other.
fn has_own<'a>(titles: impl Iterator<Item = &'a str>) -> bool {
    let titles: Vec<&str> = titles.collect();
    titles.windows(OWN.len()).any(|titles| titles == OWN)
}
