//! Excel workbooks: the first sheet that has something in it. A number stays the text that a person sees, as far as Excel kept it.

use calamine::{Data, DataRef, Reader, Xlsx};

use super::source::Source;
use super::{Cell, Kind, Row, XLSX_ROW_LIMIT, trimmed};

/// More digits than these are lost in a spreadsheet's numbers.
const DIGITS: f64 = 1e15;

pub(super) fn open(source: &Source) -> Result<(Vec<String>, Kind), String> {
    let unreadable = |error: calamine::XlsxError| format!("it cannot be read as a workbook: {error}");
    let mut workbook: Xlsx<_> = Xlsx::new(source.reader()).map_err(unreadable)?;
    let mut others = Vec::new();
    let mut found = None;
    for sheet in workbook.sheet_names() {
        if found.is_some() {
            others.push(sheet);
            continue;
        }
        let rows = rows(&mut workbook, &sheet)?;
        if !rows.is_empty() {
            found = Some((sheet, rows));
        }
    }
    let (sheet, mut rows) = found.ok_or("none of its sheets has anything in it")?;
    let titles = rows.remove(0).cells.into_iter().map(|cell| cell.text).collect();
    Ok((titles, Kind::Xlsx { sheet, others, rows }))
}

/// The rows of a sheet, cell by cell, so that a sheet that is too long is not read to its end.
fn rows<R: std::io::Read + std::io::Seek>(workbook: &mut Xlsx<R>, sheet: &str) -> Result<Vec<Row>, String> {
    let unreadable = |error: calamine::XlsxError| format!("its sheet {sheet} cannot be read: {error}");
    let mut cells = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let mut rows: Vec<Row> = Vec::new();
    while let Some(cell) = cells.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        if row as usize > XLSX_ROW_LIMIT {
            return Err(format!(
                "its sheet {sheet} has more than {XLSX_ROW_LIMIT} rows; save it as CSV, which may be of any length"
            ));
        }
        let value = match cell.get_value() {
            DataRef::Empty => continue,
            value => self::cell(&Data::from(value.clone())),
        };
        let line = u64::from(row) + 1;
        if rows.last().is_none_or(|last| last.line != line) {
            rows.push(Row { line, cells: Vec::new() });
        }
        if let Some(row) = rows.last_mut() {
            row.cells.resize(row.cells.len().max(column as usize + 1), Cell::default());
            if let Some(place) = row.cells.get_mut(column as usize) {
                *place = value;
            }
        }
    }
    Ok(rows)
}

fn cell(value: &Data) -> Cell {
    match value {
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e21 => {
            Cell { text: format!("{number:.0}"), rounded: number.abs() >= DIGITS }
        }
        Data::Float(number) => Cell { text: number.to_string(), rounded: false },
        Data::Int(number) => {
            Cell { text: number.to_string(), rounded: number.unsigned_abs() >= DIGITS as u64 }
        }
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            let text = format!("{year:04}-{month:02}-{day:02}");
            Cell { text, rounded: false }
        }
        other => Cell { text: trimmed(&other.to_string()).to_owned(), rounded: false },
    }
}
