//! YAML with places: maps as pairs in file order, scalars as their text.
//!
//! Nothing is resolved: `01` stays `01`, and a scalar knows whether it was quoted. YAML features
//! beyond maps, lists and scalars (anchors, aliases, tags, merge keys, several documents) are
//! faults: a spec is read by people, and shares definitions under `types`.

use std::sync::Arc;

use granit_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use crate::report::{Place, Report};
use crate::rules::Rule;
use crate::source::File;

/// Maximum nesting of maps and lists.
const DEPTH_LIMIT: usize = 32;

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) place: Place,
    pub(crate) value: Value,
}

impl Node {
    /// Whether another node has the same values, wherever it is.
    pub(crate) fn says_the_same(&self, other: &Self) -> bool {
        match (&self.value, &other.value) {
            (Value::Scalar(one), Value::Scalar(other)) => one == other,
            (Value::List(one), Value::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(one, other)| one.says_the_same(other))
            }
            (Value::Map(one), Value::Map(other)) => {
                let same = |((key, one), (other_key, other)): (&(Key, Self), &(Key, Self))| {
                    key.scalar == other_key.scalar && one.says_the_same(other)
                };
                one.len() == other.len() && one.iter().zip(other).all(same)
            }
            _ => false,
        }
    }
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

/// The type of a scalar in YAML's core schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Null,
    Boolean,
    Number,
}

impl Scalar {
    /// The type that a YAML reader gives it. Words that are booleans in YAML 1.1 only (`yes`,
    /// `off`) count as booleans, since readers differ.
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

/// Reads one file. Unreadable YAML is one fault, without a tree.
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
                self.whole(&place, &text);
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
            // The target of an alias is unknown here, so it is an empty text with a fault.
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

    fn whole(&mut self, place: &Place, text: &str) {
        if text.contains('\0') {
            let help = "remove the `\\0`: some programs drop the text after it".to_owned();
            self.report.fault(Rule::NulCharacter, place, "a text has a NUL character".to_owned(), help);
        }
    }

    fn refuse(&mut self, place: &Place, what: &str, help: &str) {
        self.report.fault(
            Rule::YamlFeature,
            place,
            format!("{what} cannot be used in a spec"),
            help.to_owned(),
        );
    }

    fn syntax(&mut self, error: &ScanError) {
        let start = self.offset + error.marker().byte_offset().unwrap_or(0);
        let place = Place { file: Arc::clone(self.file), start, end: start };
        let (place, what) = match tab(&self.file.text, start).filter(|_| error.info().contains("tab")) {
            Some(start) => {
                let what = "indent with spaces here: YAML allows no tab".to_owned();
                (Place { file: Arc::clone(self.file), start, end: start }, what)
            }
            None => {
                let why = outdent(&self.file.text, start).unwrap_or_default();
                (place, format!("correct the YAML here{why}"))
            }
        };
        let help = format!("{what}; the file's other faults are reported after that");
        self.report.fault(Rule::YamlSyntax, &place, format!("not YAML: {}", error.info()), help);
        self.failed = true;
    }

    fn place(&self, span: &Span) -> Place {
        let range = span.byte_range().unwrap_or(0..0);
        Place { file: Arc::clone(self.file), start: self.offset + range.start, end: self.offset + range.end }
    }
}

/// The first tab of an indentation, in the line of a place or after it.
fn tab(text: &str, at: usize) -> Option<usize> {
    let mut start = text.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    for line in text.get(start..)?.split_inclusive('\n') {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        if let Some(tab) = line.get(..indent).and_then(|indent| indent.find('\t')) {
            return Some(start + tab);
        }
        start += line.len();
    }
    None
}

/// The lines before a line that is indented less. The parser stops at the line that does not fit,
/// and the fault is often where the earlier lines begin, such as a missing key above them.
fn outdent(text: &str, at: usize) -> Option<String> {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let before: Vec<&str> = text.get(..at)?.lines().collect();
    let here = text.lines().nth(text.get(..at)?.matches('\n').count())?;
    let last = before.len().checked_sub(usize::from(!text.get(..at)?.ends_with('\n')))?;
    let silent = |line: &str| line.trim().is_empty() || line.trim_start().starts_with('#');
    let deeper = |line: &&&str| silent(line) || indent(line) > indent(here);
    let count = before.get(..last)?.iter().rev().take_while(deeper).count();
    (count > 0).then(|| {
        let first = last - count + 1;
        format!(", or above: line {first} to line {last} are indented further, so the key that holds them is missing or misplaced")
    })
}

/// The parser reports a key without a value as a plain `~` of length 0: null.
fn scalar(text: &str, style: ScalarStyle, place: &Place) -> Scalar {
    let absent = style == ScalarStyle::Plain && place.start == place.end;
    Scalar { text: if absent { String::new() } else { text.to_owned() }, quoted: style != ScalarStyle::Plain }
}

/// All shipped and golden specs read the same with another parser: the maintained fork of
/// serde_yaml.
#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::{Path, PathBuf};

    use serde_yaml::Value as Other;

    use super::*;

    fn yaml_files(folder: &str) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join(folder);
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        let files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|end| end == "yaml")).collect();
        assert!(!files.is_empty(), "{}", folder.display());
        files
    }

    /// Compares a node with the other parser's. Text has the same characters, a number the same
    /// digits.
    fn agree(node: &Node, other: &Other, at: &str) {
        match (&node.value, other) {
            (Value::Map(entries), Other::Mapping(others)) => {
                assert_eq!(entries.len(), others.len(), "{at}");
                for ((key, value), (other_key, other)) in entries.iter().zip(others) {
                    let at = format!("{at}.{}", key.scalar.text);
                    agree_scalar(&key.scalar, other_key, &at);
                    agree(value, other, &at);
                }
            }
            (Value::List(items), Other::Sequence(others)) => {
                assert_eq!(items.len(), others.len(), "{at}");
                items.iter().zip(others).for_each(|(item, other)| agree(item, other, at));
            }
            (Value::Scalar(scalar), other) => agree_scalar(scalar, other, at),
            _ => panic!("{at}: {:?} and {other:?}", node.value),
        }
    }

    fn agree_scalar(scalar: &Scalar, other: &Other, at: &str) {
        match (scalar.kind(), other) {
            (Kind::Text, Other::String(text)) => assert_eq!(scalar.text, *text, "{at}"),
            (Kind::Boolean, Other::Bool(value)) => assert_eq!(scalar.text, value.to_string(), "{at}"),
            (Kind::Null, Other::Null) => {}
            (Kind::Number, Other::Number(number)) => {
                assert_eq!(scalar.text.parse::<f64>().ok(), number.as_f64(), "{at}");
            }
            (kind, other) => panic!("{at}: `{}` is {kind:?}, and {other:?}", scalar.text),
        }
    }

    #[test]
    fn another_parser_reads_the_same() {
        let folders = ["spec", "spec/endpoints", "tests/expand", "tests/expand/shared", "cli/templates"];
        let providers = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("../providers"))
            .unwrap()
            .map(|entry| entry.unwrap().path());
        let providers = providers.filter(|path| path.is_dir()).flat_map(|path| {
            let folder = format!("providers/{}", path.file_name().unwrap().to_string_lossy());
            [format!("{folder}/endpoints"), folder]
        });
        let folders = folders.into_iter().map(str::to_owned).chain(providers);
        let files: Vec<PathBuf> = folders.flat_map(|folder| yaml_files(&folder)).collect();
        assert!(files.len() > 15);
        for path in files {
            // A golden has several files, each after a line that begins with `### `.
            for text in fs::read_to_string(&path).unwrap().split("\n### ") {
                let text = format!("# {text}");
                let name = path.display().to_string();
                let file = Arc::new(File { name: name.clone(), shown: name, disk: None, text: text.clone() });
                let mut report = Report::default();
                let node = read(&file, &mut report);
                assert!(report.is_empty(), "{report}");
                let other: Other = serde_yaml::from_str(&text).unwrap();
                match node {
                    Some(node) => agree(&node, &other, &path.display().to_string()),
                    None => assert!(other.is_null(), "{}", path.display()),
                }
            }
        }
    }
}
