//! Results as CSV.

use std::borrow::Cow;
use std::io::{self, Write};

use super::cell::Cell;

/// With these, narrow or full-width, a spreadsheet takes a text for a formula.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A file that is being written.
pub(super) struct Sheet<W: Write>(::csv::Writer<W>);

impl<W: Write> Sheet<W> {
    /// The byte order mark and the titles.
    pub(super) fn begin<'a>(
        mut out: W,
        titles: impl Iterator<Item = Cow<'a, str>>,
    ) -> Result<Self, ::csv::Error> {
        out.write_all("\u{feff}".as_bytes())?;
        let mut sheet =
            Self(::csv::WriterBuilder::new().terminator(::csv::Terminator::CRLF).from_writer(out));
        let titles: Vec<Cell> = titles.map(|title| Cell::Text(title.into_owned())).collect();
        sheet.line(&titles)?;
        Ok(sheet)
    }

    /// A line. A text that a spreadsheet would take for a formula begins with an apostrophe, which
    /// it takes for the mark of a text.
    pub(super) fn line(&mut self, cells: &[Cell]) -> Result<(), ::csv::Error> {
        for cell in cells {
            let text = match cell {
                Cell::Blank => Cow::Borrowed(""),
                Cell::Text(text) if text.starts_with(FORMULA) => Cow::Owned(format!("'{text}")),
                Cell::Text(text) => Cow::Borrowed(text.as_str()),
                Cell::Number(number) => Cow::Owned(number.to_string()),
                Cell::Boolean(boolean) => Cow::Borrowed(if *boolean { "true" } else { "false" }),
                Cell::Date(date) => Cow::Owned(date.to_string()),
            };
            self.0.write_field(text.as_bytes())?;
        }
        self.0.write_record(None::<&[u8]>)
    }

    pub(super) fn end(mut self) -> io::Result<()> {
        self.0.flush()
    }
}
