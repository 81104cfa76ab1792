//! The encoding of a table: one that fits every cell, or none.

use std::io::Read;

use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8};
use pyi_text::{Message, message};

use super::source::Source;

/// In this number of cells of GB18030 text, fewer than one is UTF-8 text by chance.
const BY_CHANCE: u64 = 10_000;

/// The encoding by the byte order mark, else UTF-8 if the whole file is valid, else GB18030 if it
/// is valid and no cell looks like UTF-8. A cell of two-byte characters that are also common
/// Chinese text, such as `éé`, decides nothing.
pub(super) fn encoding(source: &Source) -> Result<&'static Encoding, Message> {
    let mut head = [0; 3];
    let read = source.reader().read(&mut head).map_err(|error| Message::of_io(&error))?;
    if let Some((encoding, _)) = Encoding::for_bom(head.get(..read).unwrap_or_default()) {
        return Ok(encoding);
    }
    if is_encoded(source, UTF_8)? {
        return Ok(UTF_8);
    }
    let mut seen = Seen { line: 1, ..Seen::default() };
    let mut bytes = vec![0; 1 << 16];
    let mut reader = source.reader();
    loop {
        match reader.read(&mut bytes).map_err(|error| Message::of_io(&error))? {
            0 => break,
            read => bytes.iter().take(read).for_each(|byte| seen.byte(*byte)),
        }
    }
    seen.end_cell();
    if let Some((is_utf8, line)) = seen.mixed() {
        if is_utf8 {
            return Err(message!(
                "it is UTF-8, but line {line} looks otherwise: read in one encoding, the other's names would be sent as other characters; save \
                 the whole table as UTF-8",
                line,
            ));
        }
        return Err(message!(
            "it is not UTF-8, but line {line} looks like UTF-8: read in one encoding, the other's names would be sent as other characters; save \
             the whole table as UTF-8",
            line,
        ));
    }
    if is_encoded(source, GB18030)? {
        return Ok(GB18030);
    }
    Err(message!(
        "it is neither UTF-8 nor GB18030 (which GBK is part of), or no table at all; save it as CSV in UTF-8"
    ))
}

/// Whether a whole file is valid in an encoding, without control bytes.
fn is_encoded(source: &Source, encoding: &'static Encoding) -> Result<bool, Message> {
    let mut file = source.reader();
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut bytes = vec![0; 1 << 16];
    let mut text = vec![0; 1 << 18];
    loop {
        let read = file.read(&mut bytes).map_err(|error| Message::of_io(&error))?;
        let piece = bytes.get(..read).unwrap_or_default();
        if piece.contains(&0) {
            return Ok(false);
        }
        let (result, ..) = decoder.decode_to_utf8_without_replacement(piece, &mut text, read == 0);
        match result {
            DecoderResult::Malformed(..) => return Ok(false),
            DecoderResult::InputEmpty if read == 0 => return Ok(true),
            // No character grows to more than four times its bytes.
            DecoderResult::InputEmpty | DecoderResult::OutputFull => {}
        }
    }
}

/// The number of cells in an encoding, and the first line with one.
#[derive(Debug, Default, Clone, Copy)]
struct Count {
    cells: u64,
    first: u64,
}

impl Count {
    fn add(&mut self, line: u64) {
        if self.cells == 0 {
            self.first = line;
        }
        self.cells += 1;
    }
}

/// The encodings of the cells of a file, without those of ASCII alone. In both encodings, no byte
/// of a longer character is a delimiter, a quote or a line end.
#[derive(Debug, Default)]
struct Seen {
    line: u64,
    cell: Vec<u8>,
    /// UTF-8 as Chinese text has it, whether or not it could be GB18030 as well.
    utf8: Count,
    /// UTF-8 that is not like any common text in GB18030.
    utf8_alone: Count,
    /// Not valid UTF-8.
    other: Count,
}

impl Seen {
    fn byte(&mut self, byte: u8) {
        match byte {
            b',' | b';' | b'\t' | b'"' | b'\r' => self.end_cell(),
            b'\n' => {
                self.end_cell();
                self.line += 1;
            }
            // A longer text is no cell; a part of it is enough to decide.
            _ if self.cell.len() < 1 << 16 => self.cell.push(byte),
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        if !self.cell.is_ascii() {
            match std::str::from_utf8(&self.cell) {
                Err(_) => self.other.add(self.line),
                // Two characters of GB18030 are often one or two of two bytes in UTF-8, which
                // Chinese text has none of but the dot in names.
                Ok(text) if text.chars().all(|c| c.is_ascii() || c == '\u{b7}' || c >= '\u{800}') => {
                    self.utf8.add(self.line);
                    if !is_common(&self.cell) {
                        self.utf8_alone.add(self.line);
                    }
                }
                // Characters that usual text in GB18030 has none of, or a Chinese one that is glued
                // to a Latin letter.
                Ok(text) if !is_common(&self.cell) || has_accent_in_word(text) => {
                    self.utf8.add(self.line);
                    self.utf8_alone.add(self.line);
                }
                Ok(_) => {}
            }
        }
        self.cell.clear();
    }

    /// Whether most cells are UTF-8, and the first line that is otherwise.
    fn mixed(&self) -> Option<(bool, u64)> {
        let by_chance = self.utf8_alone.cells == 0 && self.utf8.cells * BY_CHANCE < self.other.cells;
        if self.other.cells == 0 || self.utf8.cells == 0 || by_chance {
            return None;
        }
        Some(if self.utf8.cells >= self.other.cells {
            (true, self.other.first)
        } else {
            (false, if self.utf8_alone.cells > 0 { self.utf8_alone.first } else { self.utf8.first })
        })
    }
}

/// Whether a text is Latin, and an accented letter of Western Europe is beside an ASCII letter, as
/// in José.
fn has_accent_in_word(text: &str) -> bool {
    let letters: Vec<char> = text.chars().collect();
    let is_accented = |c: char| ('\u{c0}'..='\u{ff}').contains(&c);
    let is_latin = letters.iter().all(|c| c.is_ascii() || is_accented(*c));
    is_latin
        && letters.windows(2).any(|pair| match *pair {
            [a, b] => {
                (is_accented(a) && b.is_ascii_alphabetic()) || (a.is_ascii_alphabetic() && is_accented(b))
            }
            _ => false,
        })
}

/// Whether bytes are common characters of GB18030 alone: those of GB 2312, two bytes each.
fn is_common(cell: &[u8]) -> bool {
    let mut bytes = cell.iter();
    while let Some(first) = bytes.next() {
        let is_pair = |second: &u8| (0xa1..=0xf7).contains(first) && *second >= 0xa1;
        if !first.is_ascii() && !bytes.next().is_some_and(is_pair) {
            return false;
        }
    }
    true
}
