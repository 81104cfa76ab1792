//! Updates a file by splicing text at positions. Every other byte stays unchanged.

use std::ops::Range;

use granit_parser::{Event, Parser, StrInput, StructureStyle};
use pyi_text::message;

use crate::page::ImportError;
use crate::write::{Draft, Entry, Payload};

/// Maximum depth, slightly above that of a spec.
const DEPTH_LIMIT: usize = 64;

/// The file with the page's facts inserted, and notes.
pub(crate) fn merge(file: &str, draft: &Draft) -> Result<(String, Vec<String>), ImportError> {
    let body = file.strip_prefix('\u{feff}').unwrap_or(file);
    let bom = file.len() - body.len();
    let root = Node::read(body)?;
    let mut merging = Merge { text: body, root: &root, edits: Vec::new(), notes: Vec::new() };
    merging.same_path(draft)?;
    merging.single(draft);
    merging.fields("request", &draft.request);
    match &draft.response {
        Payload::Fields(fields) => merging.fields("response", fields),
        Payload::List(_) if root.get("response").is_none() => {
            merging.append("response", &draft.response.lines())
        }
        Payload::List(_) => merging.list(&draft.response),
        Payload::Any => {}
    }
    let Merge { mut edits, notes, .. } = merging;
    // Last position first, so that earlier positions stay valid.
    edits.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut text = body.to_owned();
    for (range, new) in edits {
        text.replace_range(range, &new);
    }
    Ok((format!("{}{text}", file.get(..bom).unwrap_or_default()), notes))
}

/// A value of the file and its byte range.
struct Node {
    place: Range<usize>,
    value: Value,
}

enum Value {
    Scalar(String),
    List(Vec<Node>),
    Map { flow: bool, entries: Vec<(Node, Node)> },
}

impl Node {
    fn read(text: &str) -> Result<Self, ImportError> {
        let root = Reader(Parser::new_from_str(text)).root();
        root.ok_or_else(|| {
            ImportError(message!(
                "the file cannot be brought up to date: it is no YAML; `pyi lint` says where"
            ))
        })
    }

    fn text(&self) -> &str {
        match &self.value {
            Value::Scalar(text) => text,
            _ => "",
        }
    }

    fn get(&self, name: &str) -> Option<&Node> {
        match &self.value {
            Value::Map { entries, .. } => {
                entries.iter().find(|(key, _)| key.text() == name).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// End of the value. A block ends with its last line.
    fn end(&self) -> usize {
        match &self.value {
            Value::Map { flow: false, entries } => {
                entries.last().map_or(self.place.end, |(key, value)| value.end().max(key.place.end))
            }
            Value::List(items) => items.last().map_or(self.place.end, Node::end).max(self.place.end),
            _ => self.place.end,
        }
    }

    /// Sorted lower-case items of a list, or the scalar.
    fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = match &self.value {
            Value::List(items) => items.iter().map(|item| item.text().to_lowercase()).collect(),
            _ => vec![self.text().to_lowercase()],
        };
        words.sort_unstable();
        words
    }

    /// Prices of a map of tiers, without trailing zeros.
    fn prices(&self) -> Vec<(String, String)> {
        let Some(Node { value: Value::Map { entries, .. }, .. }) = self.get("tiers") else {
            return Vec::new();
        };
        let mut tiers: Vec<(String, String)> =
            entries.iter().map(|(calls, price)| (calls.text().to_owned(), amount(price.text()))).collect();
        tiers.sort_unstable();
        tiers
    }
}

fn amount(price: &str) -> String {
    if price.contains('.') {
        price.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        price.to_owned()
    }
}

/// Builds values from parser events.
struct Reader<'a>(Parser<'a, StrInput<'a>>);

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let (event, span) = self.0.next()?.ok()?;
        Some((event, span.byte_range().unwrap_or_default()))
    }

    /// First value of the text.
    fn root(&mut self) -> Option<Node> {
        loop {
            match self.next()? {
                (Event::StreamStart | Event::DocumentStart(..), _) => {}
                (event, place) => return self.node(&event, place, 0),
            }
        }
    }

    fn node(&mut self, event: &Event<'a>, place: Range<usize>, depth: usize) -> Option<Node> {
        if depth > DEPTH_LIMIT {
            return None;
        }
        match event {
            Event::Scalar(text, ..) => Some(Node { place, value: Value::Scalar(text.to_string()) }),
            Event::SequenceStart(..) => {
                let mut items = Vec::new();
                loop {
                    let (event, at) = self.next()?;
                    if matches!(event, Event::SequenceEnd) {
                        return Some(Node { place: place.start..at.end, value: Value::List(items) });
                    }
                    items.push(self.node(&event, at, depth + 1)?);
                }
            }
            Event::MappingStart(style, ..) => {
                let flow = *style == StructureStyle::Flow;
                let mut entries = Vec::new();
                loop {
                    let (event, at) = self.next()?;
                    if matches!(event, Event::MappingEnd) {
                        return Some(Node {
                            place: place.start..at.end,
                            value: Value::Map { flow, entries },
                        });
                    }
                    let key = self.node(&event, at, depth + 1)?;
                    let (event, at) = self.next()?;
                    entries.push((key, self.node(&event, at, depth + 1)?));
                }
            }
            _ => None,
        }
    }
}

/// A file with its pending edits and notes.
struct Merge<'a> {
    text: &'a str,
    root: &'a Node,
    edits: Vec<(Range<usize>, String)>,
    notes: Vec<String>,
}

impl Merge<'_> {
    fn same_path(&self, draft: &Draft) -> Result<(), ImportError> {
        let page_path = draft.get("path");
        match self.root.get("path").map(Node::text) {
            Some(path) if path == page_path => Ok(()),
            Some(path) => Err(ImportError(message!(
                "the page is of {page_path}, and the file of {path}; choose the file of the same path",
                page_path,
                path
            ))),
            None => Err(ImportError(message!("the file is no endpoint's: it has no path"))),
        }
    }

    /// PageFacts that stand by themselves. What the page alone knows follows it; what people write
    /// better stays.
    fn single(&mut self, draft: &Draft) {
        for (key, value) in &draft.single {
            let Some(old) = self.root.get(key) else {
                if ["price", "common", "methods", "formats"].contains(key) {
                    let end = self.line_end(self.before_fields());
                    self.edits.push((end..end, format!("{key}: {value}\n")));
                    self.notes.push(format!("{key}: put in"));
                }
                continue;
            };
            let Ok(new) = Node::read(value) else { continue };
            let differs = match *key {
                "methods" | "formats" => old.words() != new.words(),
                "price" => old.prices() != new.prices(),
                "title" if old.text() != new.text() => {
                    self.notes.push(format!("title: the page says {}", new.text()));
                    false
                }
                _ => false,
            };
            // A default that stands for an unknown fact never replaces a value.
            let known = !draft.unknown.iter().any(|what| what.starts_with(&format!("the {key}:")));
            if differs && known {
                let range = old.place.start..old.end();
                let was = self.text.get(range.clone()).unwrap_or_default().replace('\n', " ");
                self.notes.push(format!("{key}: {was} became {value}"));
                self.edits.push((range, value.clone()));
            }
        }
    }

    /// End of the keys before the fields.
    fn before_fields(&self) -> usize {
        let Value::Map { entries, .. } = &self.root.value else { return self.root.end() };
        let single =
            entries.iter().take_while(|(key, _)| key.text() != "request" && key.text() != "response");
        single.last().map_or(0, |(_, value)| value.end())
    }

    /// Appends a missing key to the file.
    fn append(&mut self, side: &str, lines: &[String]) {
        let end = self.text.len();
        let gap = if self.text.ends_with('\n') { "" } else { "\n" };
        self.edits.push((end..end, format!("{gap}\n{}\n", lines.join("\n"))));
        self.notes.push(format!("{side}: put in"));
    }

    /// Keeps a response that is a list as a whole, and notes fields that only the page has.
    fn list(&mut self, page: &Payload) {
        let item = match self.root.get("response").map(|node| &node.value) {
            Some(Value::List(items)) => items.first(),
            _ => None,
        };
        let missing =
            page.fields().iter().filter(|entry| item.and_then(|item| item.get(&entry.name)).is_none());
        let names: Vec<&str> = missing.map(|entry| entry.name.as_str()).collect();
        if !names.is_empty() {
            self.notes.push(format!(
                "response stays as it is; the page has a list of objects, with {}",
                names.join(", ")
            ));
        }
    }

    fn fields(&mut self, side: &str, page: &[Entry]) {
        let Some(old) = self.root.get(side) else {
            let head = if page.is_empty() { format!("{side}: {{}}") } else { format!("{side}:") };
            return self.append(side, &[vec![head], lines(page, "  ")].concat());
        };
        let Value::Map { flow, entries } = &old.value else {
            let names: Vec<&str> = page.iter().map(|entry| entry.name.as_str()).collect();
            self.notes.push(format!("{side} stays {}; the page has {}", old.text(), names.join(", ")));
            return;
        };
        // A response that is one type as a whole is also a map.
        if side == "response"
            && ["type", "enum"]
                .iter()
                .any(|key| old.get(key).is_some_and(|value| matches!(value.value, Value::Scalar(_))))
        {
            self.notes.push("response stays as it is: it is a type as a whole".to_owned());
            return;
        }
        let missing: Vec<Entry> =
            page.iter().filter(|entry| old.get(&entry.name).is_none()).cloned().collect();
        let gone = entries.iter().filter(|(key, _)| page.iter().all(|entry| entry.name != key.text()));
        self.notes
            .extend(gone.map(|(key, _)| format!("{side}: {} is not on the page, and stays", key.text())));
        self.notes.extend(missing.iter().map(|entry| format!("{side}: {} put in", entry.name)));
        self.notes.extend(
            missing.iter().flat_map(|entry| entry.comments("")).map(|why| format!("not known: {why}")),
        );
        if missing.is_empty() {
            return;
        }
        self.insert(old, entries, *flow, &missing);
    }

    /// Inserts lines after the last of a map's entries, in the map's own style.
    fn insert(&mut self, map: &Node, entries: &[(Node, Node)], is_flow: bool, missing: &[Entry]) {
        match entries.first() {
            None => {
                let range = map.place.clone();
                self.edits.push((range, format!("\n{}", lines(missing, "  ").join("\n"))));
            }
            Some(_) if is_flow => {
                let inline: Vec<String> = missing.iter().map(Entry::inline).collect();
                let end = entries.last().map_or(map.place.end, |(_, value)| value.end());
                self.edits.push((end..end, format!(", {}", inline.join(", "))));
            }
            Some((first, _)) => {
                let line = self.text.get(..first.place.start).and_then(|before| before.rsplit('\n').next());
                let end = self.line_end(map.end());
                let gap =
                    if self.text.get(..end).is_some_and(|before| before.ends_with('\n')) { "" } else { "\n" };
                self.edits
                    .push((end..end, format!("{gap}{}\n", lines(missing, line.unwrap_or("  ")).join("\n"))));
            }
        }
    }

    /// Position after the line break of the line at a position.
    fn line_end(&self, at: usize) -> usize {
        // A block scalar ends after its own line break.
        if self.text.get(..at).is_some_and(|before| before.ends_with('\n')) {
            return at;
        }
        let rest = self.text.get(at..).unwrap_or_default();
        rest.find('\n').map_or(self.text.len(), |end| at + end + 1)
    }
}

fn lines(entries: &[Entry], indent: &str) -> Vec<String> {
    entries.iter().flat_map(|entry| entry.lines(indent)).collect()
}
