//! Checks a workbook before calamine reads it: its unpacked size and its hidden parts. calamine
//! trusts the sizes that a workbook states. Here every part is unpacked piece by piece, and
//! counted.

use std::collections::{BTreeSet, HashMap};
use std::io::{self, BufRead, BufReader, Read};

use pyi_text::{Message, message};
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use zip::ZipArchive;

use super::source::Source;
use super::xlsx::{beyond, unreadable};

/// The limits of a workbook, all its parts together.
const FILE_LIMIT: u64 = 32 << 20;
const PARTS: usize = 1000;
const INFLATED: u64 = 64 << 20;
const ROWS: u64 = 1_000_000;
const CELLS: u64 = 2_000_000;
/// Bytes of its shared strings, with the overhead of each.
const STRINGS: u64 = 24 << 20;
const A_STRING: u64 = 56;
/// Elements other than rows, cells and texts, such as styles, and their bytes.
const OTHERS: u64 = 30_000;
const OTHER_BYTES: u64 = 4 << 20;
/// Bytes of one text or tag, or of a cell.
const EVENT: usize = 256 << 10;
const DEPTH: u32 = 64;

/// Elements that calamine does not keep, or that are counted elsewhere.
const PLAIN: [&str; 26] = [
    "row",
    "c",
    "v",
    "f",
    "is",
    "t",
    "r",
    "rPr",
    "si",
    "b",
    "i",
    "u",
    "sz",
    "color",
    "rFont",
    "family",
    "charset",
    "scheme",
    "vertAlign",
    "strike",
    "phoneticPr",
    "rPh",
    "mergeCell",
    "hyperlink",
    "comment",
    "text",
];

/// Parts that are not XML.
const MEDIA: [&str; 10] = [".bin", ".png", ".jpg", ".jpeg", ".gif", ".bmp", ".emf", ".wmf", ".tiff", ".vml"];

/// The hidden part of a sheet.
#[derive(Debug, Default)]
pub(super) struct Hidden {
    /// Numbers of rows, from 1 on.
    rows: BTreeSet<u32>,
    /// Whether rows are hidden by default.
    all_rows: bool,
    /// The first and the last of columns, from 1 on.
    columns: Vec<(u32, u32)>,
}

impl Hidden {
    pub(super) fn has(&self, row: u64, column: usize) -> bool {
        let column = column as u64 + 1;
        self.all_rows
            || u32::try_from(row).is_ok_and(|row| self.rows.contains(&row))
            || self
                .columns
                .iter()
                .any(|(first, last)| (u64::from(*first)..=u64::from(*last)).contains(&column))
    }
}

/// The findings of a check.
#[derive(Debug, Default)]
pub(super) struct Guard {
    inflated: u64,
    rows: u64,
    cells: u64,
    strings: u64,
    others: u64,
    other_bytes: u64,
    /// By the name of the part.
    hidden: HashMap<String, Hidden>,
    /// The relations of the workbook's sheets, in their order, and the targets of relations.
    sheets: Vec<String>,
    targets: HashMap<String, String>,
}

impl Guard {
    /// Unpacks and counts every part.
    pub(super) fn inspect(source: &Source) -> Result<Self, Message> {
        if source.length() > FILE_LIMIT {
            return Err(beyond(&message!("32 MiB")));
        }
        directory(source)?;
        let mut archive = ZipArchive::new(source.reader()).map_err(unreadable)?;
        if archive.len() > PARTS {
            return Err(beyond(&message!("{parts} parts", parts = PARTS)));
        }
        let mut guard = Self::default();
        for index in 0..archive.len() {
            let part = archive.by_index(index).map_err(unreadable)?;
            let name = part.name().map_err(unreadable)?.trim_start_matches('/').to_ascii_lowercase();
            guard.part(&name, part)?;
        }
        Ok(guard)
    }

    /// The hidden part of a sheet, by its index.
    pub(super) fn take_hidden(&mut self, sheet: usize) -> Result<Hidden, Message> {
        let target = self.sheets.get(sheet).and_then(|relation| self.targets.get(relation));
        let target = target.map(|target| target.replace('\\', "/").to_ascii_lowercase()).unwrap_or_default();
        let whole = target.trim_start_matches('/');
        let within = format!("xl/{whole}");
        let found = self.hidden.remove(whole).or_else(|| self.hidden.remove(&within));
        found.ok_or_else(|| message!("it cannot be read as a workbook: a sheet of it has no part"))
    }

    fn part(&mut self, name: &str, part: impl Read) -> Result<(), Message> {
        let mut total = self.inflated;
        let mut part = Counted { inner: part, total: &mut total };
        // A sheet in such a part is refused where it is looked up.
        if MEDIA.iter().any(|ending| name.ends_with(ending)) {
            let end = io::copy(&mut part, &mut io::sink()).map_err(Message::from);
            self.inflated = total;
            return end.map(drop);
        }
        let mut reader = Reader::from_reader(Bounded { inner: BufReader::new(part), since: 0 });
        // As calamine reads.
        let config = reader.config_mut();
        config.check_end_names = false;
        config.check_comments = false;
        config.expand_empty_elements = true;
        let mut seen = Part::default();
        let mut buffer = Vec::new();
        let end = loop {
            buffer.clear();
            match reader.read_event_into(&mut buffer) {
                Ok(Event::Eof) => break Ok(()),
                Ok(event) => {
                    if let Err(error) = seen.event(&event, self) {
                        break Err(error);
                    }
                }
                Err(quick_xml::Error::Io(error)) => break Err(Message::of_io(&error)),
                // calamine stops here as well.
                Err(_) => {
                    break io::copy(&mut reader.get_mut().inner, &mut io::sink())
                        .map(drop)
                        .map_err(Message::from);
                }
            }
            reader.get_mut().since = 0;
        };
        drop(reader);
        self.inflated = total;
        end?;
        if name.ends_with("workbook.xml.rels") {
            self.targets = seen.targets;
        }
        if !seen.sheets.is_empty() {
            self.sheets = seen.sheets;
        }
        self.hidden.insert(name.to_owned(), seen.hidden);
        Ok(())
    }
}

/// A part that is being read.
#[derive(Default)]
struct Part {
    depth: u32,
    row: u32,
    is_row_hidden: bool,
    in_cell: bool,
    cell: usize,
    in_string: bool,
    hidden: Hidden,
    sheets: Vec<String>,
    targets: HashMap<String, String>,
}

impl Part {
    fn event(&mut self, event: &Event<'_>, guard: &mut Guard) -> Result<(), Message> {
        match event {
            Event::Start(tag) => {
                self.depth += 1;
                if self.depth > DEPTH {
                    return Err(beyond(&message!("{depth} elements within each other", depth = DEPTH)));
                }
                self.start(tag, guard)
            }
            Event::End(tag) => {
                self.depth = self.depth.saturating_sub(1);
                match tag.local_name().as_ref() {
                    "c" => self.in_cell = false,
                    "si" => self.in_string = false,
                    _ => {}
                }
                Ok(())
            }
            Event::Text(_) | Event::CData(_) | Event::GeneralRef(_) => {
                let length = event.len();
                if self.in_string || !self.in_cell {
                    guard.strings += length as u64;
                }
                if self.in_cell {
                    self.cell += length;
                }
                if self.cell > EVENT {
                    return Err(beyond(&message!("256 KiB in a cell")));
                }
                within(guard.strings, STRINGS, || message!("24 MiB of texts"))
            }
            _ => Ok(()),
        }
    }

    fn start(&mut self, tag: &BytesStart<'_>, guard: &mut Guard) -> Result<(), Message> {
        let name = tag.local_name();
        let name = name.as_ref();
        match name {
            "row" => {
                guard.rows += 1;
                let number = attribute(tag, "r").and_then(|number| number.parse().ok());
                self.row = number.unwrap_or(self.row.saturating_add(1));
                self.is_row_hidden = is_hidden(tag, "ht");
                if self.is_row_hidden {
                    self.hidden.rows.insert(self.row);
                }
            }
            "sheetFormatPr" => {
                let height = attribute(tag, "defaultRowHeight").and_then(|height| height.parse::<f64>().ok());
                self.hidden.all_rows |= is_set(tag, "zeroHeight") || height == Some(0.0);
            }
            "c" => {
                // A cell states its own row.
                let place = attribute(tag, "r").filter(|_| self.is_row_hidden);
                let row =
                    place.and_then(|place| place.trim_start_matches(char::is_alphabetic).parse::<u32>().ok());
                self.hidden.rows.extend(row);
                guard.cells += 1;
                (self.in_cell, self.cell) = (true, 0);
            }
            "si" => {
                guard.strings += A_STRING;
                self.in_string = true;
            }
            "col" if is_hidden(tag, "width") => {
                let number = |name: &str| attribute(tag, name).and_then(|number| number.parse().ok());
                self.hidden.columns.extend(number("min").zip(number("max")));
            }
            "sheet" => self.sheets.extend(attribute(tag, "id")),
            "Relationship" => self.targets.extend(attribute(tag, "Id").zip(attribute(tag, "Target"))),
            _ => {}
        }
        if !PLAIN.contains(&name) {
            guard.others += 1;
            guard.other_bytes += tag.len() as u64;
        }
        within(guard.rows, ROWS, || message!("1000000 rows"))?;
        within(guard.cells, CELLS, || message!("2000000 cells"))?;
        within(guard.strings, STRINGS, || message!("24 MiB of texts"))?;
        within(guard.others, OTHERS, || message!("30000 styles and other parts"))?;
        within(guard.other_bytes, OTHER_BYTES, || message!("4 MiB of styles and other parts"))
    }
}

fn within(count: u64, limit: u64, what: fn() -> Message) -> Result<(), Message> {
    if count > limit { Err(beyond(&what())) } else { Ok(()) }
}

/// An attribute by the end of its name, since a sheet's relation has a prefix.
fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    // Names of relations have a prefix. Elsewhere, a name with a prefix is another name.
    let mut attributes = tag.attributes().flatten();
    let found = attributes.find(|attribute| match name {
        "id" => attribute.key.local_name().as_ref() == name,
        _ => attribute.key.as_ref() == name,
    })?;
    quick_xml::escape::unescape(&found.value).ok().map(|value| value.into_owned())
}

fn is_set(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.trim(), "1" | "true"))
}

/// Whether a row or a column is hidden, or too small to be visible.
fn is_hidden(tag: &BytesStart<'_>, size: &str) -> bool {
    is_set(tag, "hidden")
        || attribute(tag, size).and_then(|size| size.parse::<f64>().ok()).is_some_and(|size| size == 0.0)
}

/// The number of parts that a zip file states, before memory is allocated for them.
fn directory(source: &Source) -> Result<(), Message> {
    use std::io::{Seek, SeekFrom};
    let mut reader = source.reader();
    let tail = source.length().min(22 + (1 << 16));
    let mut end = Vec::new();
    reader.seek(SeekFrom::Start(source.length() - tail)).map_err(unreadable)?;
    reader.read_to_end(&mut end).map_err(unreadable)?;
    let counts = end.windows(12).filter(|bytes| bytes.starts_with(b"PK\x05\x06"));
    let mut counts = counts.filter_map(|bytes| Some(u16::from_le_bytes([*bytes.get(10)?, *bytes.get(11)?])));
    if counts.any(|count| usize::from(count) > PARTS) || end.windows(4).any(|bytes| bytes == b"PK\x06\x07") {
        return Err(beyond(&message!("{parts} parts", parts = PARTS)));
    }
    Ok(())
}

/// Counts the bytes that are unpacked.
struct Counted<'a, R> {
    inner: R,
    total: &'a mut u64,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(out)?;
        *self.total += read as u64;
        if *self.total > INFLATED {
            return Err(io::Error::other(beyond(&message!("64 MiB once it is unpacked"))));
        }
        Ok(read)
    }
}

/// Fails before a text or tag exceeds its limit.
struct Bounded<R> {
    inner: R,
    since: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read(out)
    }
}

impl<R: BufRead> BufRead for Bounded<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since > EVENT {
            return Err(io::Error::other(beyond(&message!("256 KiB in a text"))));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.since += amount;
        self.inner.consume(amount);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A part that never ends, and how much of it was read.
    struct Endless(u64);

    impl Read for &mut Endless {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            out.fill(b' ');
            self.0 += out.len() as u64;
            Ok(out.len())
        }
    }

    #[test]
    fn no_more_is_unpacked_than_the_limit() {
        let mut guard = Guard::default();
        let (mut first, mut second) = (Endless(0), Endless(0));
        // All parts together have one limit.
        guard.part("xl/a.bin", (&mut first).take(INFLATED / 2)).unwrap();
        let refused = guard.part("xl/media/a.png", &mut second).unwrap_err();
        assert!(refused.to_string().contains("64 MiB once it is unpacked"), "{refused}");
        assert!(second.0 <= INFLATED / 2 + (1 << 16), "{} bytes were unpacked", second.0);
        assert_eq!(guard.inflated, first.0 + second.0);
    }
}
