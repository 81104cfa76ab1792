//! CSV: its encoding, its delimiter, and its rows, which are read one by one.

use std::io::Read;

use csv::{Reader, ReaderBuilder, StringRecord};
use encoding_rs::{Encoding, GB18030};
use encoding_rs_io::{DecodeReaderBytes, DecodeReaderBytesBuilder};
use pyi_text::{Message, message};

use super::encoding::encoding;
use super::source::{Blocks, Source};
use super::{COLUMN_LIMIT, Cell, Kind, Row, trimmed};

/// The format of a CSV file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Dialect {
    encoding: &'static Encoding,
    delimiter: u8,
    /// Whether a line ends with two characters. csv counts the second one to the next record.
    crlf: bool,
}

impl Dialect {
    /// How a table of this dialect is read.
    pub(super) fn message(&self) -> Message {
        let delimiter = match self.delimiter {
            b'\t' => message!("tabs"),
            b';' => message!("semicolons"),
            _ => message!("commas"),
        };
        // ASCII is the same in every encoding.
        let encoding = if self.encoding == GB18030 { "GB18030" } else { self.encoding.name() };
        message!("CSV, {encoding}, {delimiter}", encoding, delimiter)
    }
}

pub(super) fn open(source: &Source) -> Result<(Vec<String>, Kind), Message> {
    let encoding = encoding(source)?;
    let (delimiter, crlf) = delimiter(source, encoding)?;
    let dialect = Dialect { encoding, delimiter, crlf };
    let mut reader = reader(source, &dialect);
    let mut record = StringRecord::new();
    reader.read_record(&mut record).map_err(|error| why(&error))?;
    if record.len() > COLUMN_LIMIT {
        return Err(too_wide(&record));
    }
    let titles = record.iter().map(|title| trimmed(title).to_owned()).collect();
    Ok((titles, Kind::Csv(dialect)))
}

/// The rows below the titles.
pub(super) fn rows<'a>(
    source: &'a Source,
    dialect: &Dialect,
) -> Result<impl Iterator<Item = Result<Row, Message>> + use<'a>, Message> {
    let mut reader = reader(source, dialect);
    let late = u64::from(dialect.crlf);
    let mut last = 1;
    let mut record = StringRecord::new();
    reader.read_record(&mut record).map_err(|error| why(&error))?;
    Ok(std::iter::from_fn(move || match reader.read_record(&mut record) {
        Ok(false) => None,
        Ok(true) => {
            if record.len() > COLUMN_LIMIT {
                return Some(Err(too_wide(&record)));
            }
            let cells = record.iter().map(|cell| Cell { text: trimmed(cell).to_owned(), ..Cell::default() });
            let line = record.position().map_or(0, |position| position.line() + late);
            // In a file with mixed line ends, numbers of lines may be wrong. They are unique, and
            // the same each time.
            last = line.max(last + 1);
            let line = last;
            Some(Ok(Row { line, cells: cells.collect() }))
        }
        Err(error) => Some(Err(why(&error))),
    }))
}

type Decoded<'a> = DecodeReaderBytes<Blocks<'a>, Vec<u8>>;

fn reader<'a>(source: &'a Source, dialect: &Dialect) -> Reader<Decoded<'a>> {
    let decoded = decoded(source, dialect.encoding);
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(dialect.delimiter).from_reader(decoded)
}

fn decoded<'a>(source: &'a Source, encoding: &'static Encoding) -> Decoded<'a> {
    DecodeReaderBytesBuilder::new().encoding(Some(encoding)).bom_override(true).build(source.reader())
}

fn too_wide(record: &StringRecord) -> Message {
    let line = record.position().map_or(1, csv::Position::line);
    message!(
        "line {line} has more than {limit} columns; leave out those that are not needed",
        line,
        limit = COLUMN_LIMIT
    )
}

/// An error without csv's own message, which may show a row.
fn why(error: &csv::Error) -> Message {
    match error.kind() {
        csv::ErrorKind::Io(error) => Message::of_io(error),
        _ => match error.position() {
            Some(position) => message!("line {line} cannot be read as CSV", line = position.line()),
            None => message!("it cannot be read as CSV"),
        },
    }
}

/// The most frequent delimiter of the titles outside quotes, and whether their line ends with two
/// characters.
fn delimiter(source: &Source, encoding: &'static Encoding) -> Result<(u8, bool), Message> {
    let mut head = vec![0; 1 << 16];
    let mut decoded = decoded(source, encoding);
    let mut filled = 0;
    while let Some(room) = head.get_mut(filled..).filter(|room| !room.is_empty()) {
        match decoded.read(room).map_err(|error| error.to_string())? {
            0 => break,
            read => filled += read,
        }
    }
    let mut counts = [(b',', 0_usize), (b'\t', 0), (b';', 0)];
    let mut quoted = false;
    let mut crlf = false;
    let head = head.get(..filled).unwrap_or_default();
    for (index, byte) in head.iter().enumerate() {
        match byte {
            b'"' => quoted = !quoted,
            b'\n' | b'\r' if !quoted => {
                crlf = head.get(index..index + 2) == Some(b"\r\n");
                break;
            }
            _ if !quoted => {
                counts.iter_mut().filter(|(known, _)| known == byte).for_each(|(_, count)| *count += 1);
            }
            _ => {}
        }
    }
    let most = counts.iter().rev().max_by_key(|(_, count)| *count);
    Ok((most.map_or(b',', |(byte, _)| *byte), crlf))
}
