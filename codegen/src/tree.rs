//! YAML with places: maps as pairs in file order, scalars as the text that stands there.
//!
//! Nothing is resolved here: `01` stays `01`, and a scalar knows whether it was quoted. What YAML offers beyond plain
//! maps, lists and scalars (anchors, aliases, tags, merge keys, more than one document) is a fault: a spec is read by
//! people, and says things once in `types`.

use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::report::{Place, Report};
use crate::source::File;

/// How deep maps and lists may nest.
const DEPTH_LIMIT: usize = 32;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

#[derive(Debug, Clone)]
pub(crate) enum Value {
    Scalar(Scalar),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

#[derive(Debug, Clone)]
pub(crate) struct Key {
    pub(crate) place: Place,
    pub(crate) scalar: Scalar,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: String,
    pub(crate) quoted: bool,
}

/// What YAML's core schema makes of a scalar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Null,
    Boolean,
    Number,
}

impl Scalar {
    /// The kind that a YAML reader would see. Words that only YAML 1.1 takes for a boolean (`yes`, `off`) count as one,
    /// since readers differ.
    pub(crate) fn kind(&self) -> Kind {
        let text = self.text.as_str();
        match text {
            _ if self.quoted => Kind::Text,
            "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
            _ if is_boolean(text) => Kind::Boolean,
            _ if is_number(text) => Kind::Number,
            _ => Kind::Text,
        }
    }
}

fn is_boolean(text: &str) -> bool {
    ["true", "false", "yes", "no", "on", "off", "y", "n"].contains(&text.to_ascii_lowercase().as_str())
}

fn is_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    let special = [".inf", ".nan", "inf", "nan", "infinity"].contains(&digits.to_ascii_lowercase().as_str());
    let based = ["0x", "0o", "0b"].iter().any(|prefix| digits.starts_with(prefix));
    special
        || based
        || (digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') && text.parse::<f64>().is_ok())
}

/// Reads one file. YAML that cannot be read at all gives one fault, and no tree.
pub(crate) fn read(file: &Arc<File>, report: &mut Report) -> Option<Node> {
    let text = file.text.strip_prefix('\u{feff}').unwrap_or(&file.text);
    let offset = file.text.len() - text.len();
    let mut reader = Reader { file, offset, events: Parser::new_from_str(text), report, failed: false };
    let node = reader.document();
    if reader.failed { None } else { node }
}

struct Reader<'a> {
    file: &'a Arc<File>,
    offset: usize,
    events: Parser<'a, granit_parser::StrInput<'a>>,
    report: &'a mut Report,
    failed: bool,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Place)> {
        match self.events.next()? {
            Ok((event, span)) => Some((event, self.place(&span))),
            Err(error) => {
                self.syntax(&error);
                None
            }
        }
    }

    fn document(&mut self) -> Option<Node> {
        let mut root = None;
        while let Some((event, place)) = self.next() {
            match event {
                Event::DocumentStart(..) if root.is_some() => {
                    self.refuse(&place, "a second document", "a spec file is one document; remove the `---`");
                    return root;
                }
                Event::StreamStart | Event::StreamEnd | Event::DocumentStart(..) | Event::DocumentEnd => {}
                event => root = Some(self.node(event, place, 0)?),
            }
        }
        root
    }

    fn node(&mut self, event: Event<'a>, place: Place, depth: usize) -> Option<Node> {
        if depth > DEPTH_LIMIT {
            self.refuse(&place, "nesting this deep", &format!("a spec nests at most {DEPTH_LIMIT} levels"));
            self.failed = true;
            return None;
        }
        let value = match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.plain(&place, anchor, tag.is_some());
                Value::Scalar(scalar(&text, style, &place))
            }
            Event::SequenceStart(_, anchor, tag) => {
                self.plain(&place, anchor, tag.is_some());
                Value::List(self.list(depth)?)
            }
            Event::MappingStart(_, anchor, tag) => {
                self.plain(&place, anchor, tag.is_some());
                Value::Map(self.map(depth)?)
            }
            // An alias: what it stands for is unknown here, so it reads as an empty text beside its fault.
            _ => {
                self.refuse(&place, "an alias", "write the value out, or name it once under `types`");
                Value::Scalar(Scalar { text: String::new(), quoted: true })
            }
        };
        Some(Node { place, value })
    }

    fn list(&mut self, depth: usize) -> Option<Vec<Node>> {
        let mut items = Vec::new();
        loop {
            match self.next()? {
                (Event::SequenceEnd, _) => return Some(items),
                (event, place) => items.push(self.node(event, place, depth + 1)?),
            }
        }
    }

    fn map(&mut self, depth: usize) -> Option<Vec<(Key, Node)>> {
        let mut entries = Vec::new();
        loop {
            let key = match self.next()? {
                (Event::MappingEnd, _) => return Some(entries),
                (event, place) => self.node(event, place, depth + 1)?,
            };
            let (event, place) = self.next()?;
            let value = self.node(event, place, depth + 1)?;
            match key.value {
                Value::Scalar(scalar) if scalar.text == "<<" && !scalar.quoted => {
                    self.refuse(
                        &key.place,
                        "a merge key",
                        "write the values out, or name them once under `types`",
                    );
                }
                Value::Scalar(scalar) => entries.push((Key { place: key.place, scalar }, value)),
                _ => self.refuse(&key.place, "a map or list as a key", "write a plain word as the key"),
            }
        }
    }

    fn plain(&mut self, place: &Place, anchor: usize, tagged: bool) {
        if anchor != 0 {
            self.refuse(
                place,
                "an anchor",
                "remove the `&name`; values used twice are named once under `types`",
            );
        }
        if tagged {
            self.refuse(place, "a tag", "remove the `!tag`; the dialect knows each value's type");
        }
    }

    fn refuse(&mut self, place: &Place, what: &str, help: &str) {
        self.report.fault("yaml-feature", place, format!("{what} cannot be used in a spec"), help.to_owned());
    }

    fn syntax(&mut self, error: &ScanError) {
        let start = self.offset + error.marker().byte_offset().unwrap_or(0);
        let place = Place { file: Arc::clone(self.file), start, end: start };
        let help = "mend the YAML here; the file's other faults are shown once it can be read".to_owned();
        self.report.fault("yaml-syntax", &place, format!("not YAML: {}", error.info()), help);
        self.failed = true;
    }

    fn place(&self, span: &Span) -> Place {
        let range = span.byte_range().unwrap_or(0..0);
        Place { file: Arc::clone(self.file), start: self.offset + range.start, end: self.offset + range.end }
    }
}

/// A key without a value is reported by the parser as a plain `~` that takes no room: that is null.
fn scalar(text: &str, style: ScalarStyle, place: &Place) -> Scalar {
    let absent = style == ScalarStyle::Plain && place.start == place.end;
    Scalar { text: if absent { String::new() } else { text.to_owned() }, quoted: style != ScalarStyle::Plain }
}
