//! Places of a text in bytes, and in the protocol's lines and UTF-16 units (or bytes, where the
//! editor offers to count so).

use std::ops::Range;

use lsp_types::{Position, Range as LspRange};

/// How the columns of a position are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    Utf8,
    Utf16,
}

impl Columns {
    fn of(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            Self::Utf16 => text.encode_utf16().count(),
        }
    }

    /// The position of an offset.
    pub(super) fn position(self, text: &str, offset: usize) -> Position {
        let before = text.get(..offset).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.matches('\n').count();
        let column = self.of(before.get(line_start..).unwrap_or_default());
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position::new(number(line), number(column))
    }

    pub(super) fn range(self, text: &str, range: Range<usize>) -> LspRange {
        LspRange::new(self.position(text, range.start), self.position(text, range.end))
    }

    /// The offset of a position; one beyond the end of its line is the end of the line.
    pub(super) fn offset(self, text: &str, position: Position) -> usize {
        let mut start = 0;
        for _ in 0..position.line {
            match text.get(start..).and_then(|rest| rest.find('\n')) {
                Some(at) => start += at + 1,
                None => return text.len(),
            }
        }
        let line = text.get(start..).unwrap_or_default();
        let line = line.split(['\n', '\r']).next().unwrap_or_default();
        let mut column = 0;
        for (at, character) in line.char_indices() {
            if column >= position.character as usize {
                return start + at;
            }
            column += match self {
                Self::Utf8 => character.len_utf8(),
                Self::Utf16 => character.len_utf16(),
            };
        }
        start + line.len()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Characters of one, two, three and four bytes; the last one is two units of UTF-16.
    #[test]
    fn each_offset_is_a_position_and_back() {
        let text = "a: é名𝄞\r\nb: 名\n\n𝄞";
        for columns in [Columns::Utf8, Columns::Utf16] {
            for (offset, character) in text.char_indices().chain([(text.len(), ' ')]) {
                let position = columns.position(text, offset);
                // The end of a line may be written in two characters, and is one position.
                let expected =
                    if character == '\n' && text[..offset].ends_with('\r') { offset - 1 } else { offset };
                assert_eq!(columns.offset(text, position), expected, "{columns:?} {offset}");
            }
        }
        assert_eq!(Columns::Utf16.position(text, text.find('\r').unwrap()), Position::new(0, 7));
        assert_eq!(Columns::Utf16.offset(text, Position::new(0, 99)), text.find('\r').unwrap());
        assert_eq!(Columns::Utf16.offset(text, Position::new(99, 0)), text.len());
    }
}
