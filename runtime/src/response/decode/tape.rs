//! The tape of a JSON text: one node for each value, with its place in the text. The text is read
//! once, and refused unless it is JSON (RFC 8259). Parts are looked up in the tape without reading
//! the text again.

use std::ops::Range;

/// The node of a value, or of a member's name.
#[derive(Clone, Copy)]
pub(super) struct Node {
    start: u32,
    end: u32,
    /// The number of the following nodes that are inside this one.
    inside: u32,
    kind: Kind,
}

/// The kind of a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Object,
    List,
    /// A string without a backslash, as most are.
    Plain,
    /// A string with a backslash.
    Escaped,
    /// A number, or `true` or `false`.
    Word,
    Null,
}

impl Node {
    /// The node of a value that is a text of its own, with no parts.
    pub(super) const fn alone(kind: Kind, length: u32) -> Self {
        Self { start: 0, end: length, inside: 0, kind }
    }

    pub(super) fn kind(self) -> Kind {
        self.kind
    }

    /// The bytes of the value.
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    /// The number of nodes of the value: its own, and those inside it.
    pub(super) fn count(self) -> usize {
        1 + self.inside as usize
    }
}

/// The nodes of a text, each before those inside it; a member's name is before its value.
#[derive(Clone)]
pub(crate) struct Tape(Vec<Node>);

impl Tape {
    /// Reads a text; `None` if it is not JSON.
    pub(crate) fn of(text: &str) -> Option<Self> {
        // Offsets have 32 bits; a text of 4 GiB is refused.
        u32::try_from(text.len()).ok()?;
        let tape = Vec::with_capacity(text.len() / 8 + 8);
        let mut reader = Reader { bytes: text.as_bytes(), at: 0, tape, open: None };
        while reader.next_value()? {
            reader.value()?;
        }
        (reader.at == text.len()).then_some(Self(reader.tape))
    }

    /// The tape of a value as a separate text.
    pub(super) fn within(tape: &[Node]) -> Self {
        let start = tape.first().map_or(0, |own| own.start);
        let moved = |mark: &Node| Node { start: mark.start - start, end: mark.end - start, ..*mark };
        Self(tape.iter().map(moved).collect())
    }

    pub(super) fn all(&self) -> &[Node] {
        &self.0
    }
}

/// The reader: a text, an offset, and the nodes so far.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    tape: Vec<Node>,
    /// The innermost list or object whose end is not reached.
    open: Option<usize>,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_blanks(&mut self) {
        while let Some(b' ' | b'\t' | b'\n' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Reads what is between two values: ends of lists and objects, a comma, a member's name. False
    /// after the last value.
    fn next_value(&mut self) -> Option<bool> {
        loop {
            self.skip_blanks();
            let Some(open) = self.open else { return Some(self.tape.is_empty()) };
            let is_object = self.tape.get(open)?.kind == Kind::Object;
            let is_first = self.tape.len() == open + 1;
            let end = if is_object { b'}' } else { b']' };
            match self.peek()? {
                byte if byte == end => {
                    self.close(open)?;
                    continue;
                }
                b',' if !is_first => {
                    self.at += 1;
                    self.skip_blanks();
                }
                _ if is_first => {}
                _ => return None,
            }
            if is_object {
                self.text()?;
                self.skip_blanks();
                self.take(b':')?;
                self.skip_blanks();
            }
            return Some(true);
        }
    }

    /// Reads a value, or the beginning of a list or object.
    fn value(&mut self) -> Option<()> {
        match self.peek()? {
            b'"' => self.text(),
            b'{' => self.begin(Kind::Object),
            b'[' => self.begin(Kind::List),
            _ => self.word(),
        }
    }

    fn mark(&mut self, start: usize, inside: usize, kind: Kind) {
        self.tape.push(Node { start: start as u32, end: self.at as u32, inside: inside as u32, kind });
    }

    fn begin(&mut self, kind: Kind) -> Option<()> {
        let start = self.at;
        self.at += 1;
        // Until its end is reached, a node has the index of the enclosing one.
        let outer = self.open.replace(self.tape.len());
        self.mark(start, outer.unwrap_or_default(), kind);
        Some(())
    }

    fn close(&mut self, open: usize) -> Option<()> {
        self.at += 1;
        let inside = self.tape.len() - open - 1;
        let mark = self.tape.get_mut(open)?;
        // The first node has no enclosing one.
        self.open = (open > 0).then_some(mark.inside as usize);
        mark.end = self.at as u32;
        mark.inside = inside as u32;
        Some(())
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.peek()? == byte).then(|| self.at += 1)
    }

    /// Reads a number or literal.
    fn word(&mut self) -> Option<()> {
        let start = self.at;
        let rest = self.bytes.get(start..)?;
        let (length, kind) = match rest.first()? {
            b'n' if rest.starts_with(b"null") => (4, Kind::Null),
            b't' if rest.starts_with(b"true") => (4, Kind::Word),
            b'f' if rest.starts_with(b"false") => (5, Kind::Word),
            _ => {
                self.number()?;
                (0, Kind::Word)
            }
        };
        self.at += length;
        self.mark(start, 0, kind);
        Some(())
    }

    fn number(&mut self) -> Option<()> {
        let _ = self.take(b'-');
        if self.take(b'0').is_none() {
            self.digits()?;
        }
        if self.take(b'.').is_some() {
            self.digits()?;
        }
        if self.take(b'e').or_else(|| self.take(b'E')).is_some() {
            let _ = self.take(b'+').or_else(|| self.take(b'-'));
            self.digits()?;
        }
        Some(())
    }

    /// Reads one or more digits.
    fn digits(&mut self) -> Option<()> {
        let first = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        (self.at > first).then_some(())
    }

    fn text(&mut self) -> Option<()> {
        let start = self.at;
        self.take(b'"')?;
        let rest = skip_plain(self.bytes.get(self.at..)?);
        let (kind, rest) = match rest.split_first()? {
            (b'"', rest) => (Kind::Plain, rest),
            _ => skip_escaped(rest)?,
        };
        self.at = self.bytes.len() - rest.len();
        self.mark(start, 0, kind);
        Some(())
    }
}

/// The offset after a string, and whether it has a backslash.
fn skip_escaped(mut rest: &[u8]) -> Option<(Kind, &[u8])> {
    let mut kind = Kind::Plain;
    loop {
        rest = match rest.split_first()? {
            (b'"', rest) => return Some((kind, rest)),
            (b'\\', escape) => {
                kind = Kind::Escaped;
                skip_plain(skip_escape(escape)?)
            }
            (0..=0x1F, _) => return None,
            (_, rest) => rest,
        }
    }
}

/// The offset after an escape.
fn skip_escape(escape: &[u8]) -> Option<&[u8]> {
    match escape {
        [b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't', rest @ ..] => Some(rest),
        [b'u', a, b, c, d, rest @ ..] if [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()) => {
            Some(rest)
        }
        _ => None,
    }
}

/// Skips plain characters of a string, eight bytes at a time, since strings are most of a reply.
/// The last seven bytes of a text are not skipped.
fn skip_plain(mut rest: &[u8]) -> &[u8] {
    while let Some(eight) = rest.first_chunk() {
        let word = u64::from_le_bytes(*eight);
        let ends = ends(word);
        rest = rest.get(ends.trailing_zeros() as usize / 8..).unwrap_or_default();
        if ends != 0 {
            break;
        }
    }
    rest
}

/// Sets the highest bit of each byte that is a quote, a backslash or a control character, and
/// perhaps of bytes above the first of them.
///
/// Subtraction borrows from a byte that is smaller. XOR makes a quote the only byte below 0x21
/// beside control characters, and a backslash the only byte below 1. Bytes with the highest bit are
/// parts of non-ASCII characters, and are excluded.
fn ends(word: u64) -> u64 {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let quotes = (word ^ (ONES * u64::from(b'"' ^ 0x20))).wrapping_sub(ONES * 0x21);
    let backslashes = (word ^ (ONES * u64::from(b'\\'))).wrapping_sub(ONES);
    (quotes | backslashes) & !word & (ONES << 7)
}
