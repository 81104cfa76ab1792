//! Reads one map of the spec: takes the keys of its section, then reports those that are missing,
//! duplicate or unknown.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::scalars::{any_scalar, any_text, boolean, code_of, number, number_of, scalar, text, texts};
use crate::ast::{At, Text};
use crate::dialect::elsewhere::{instead_of_key, same_key};
use crate::dialect::{self, Names, Need, Section};
use crate::fix::{Edit, Fix};
use crate::names::{list, nearest};
use crate::report::{FAULT_LIMIT, Place, Report};
use crate::rules::Rule;
use crate::source::File;
use crate::yaml::{Key, Kind, Node, Scalar, Value};

/// A required key that is absent.
struct Missing {
    key: &'static str,
    hint: String,
    /// The entry with the value that the other keys leave alone as possible.
    entry: Option<&'static str>,
}

pub(super) struct MapReader<'n> {
    section: &'static Section,
    owner: String,
    place: Place,
    entries: Vec<(&'n Key, &'n Node)>,
    /// The keys that were read.
    asked: Vec<&'static str>,
    /// All keys that are there, read or not.
    present: BTreeSet<&'n str>,
    missing: Vec<Missing>,
    /// Hints for keys that belong elsewhere.
    stray: Vec<Stray>,
}

/// The hint of a key that belongs elsewhere, or nowhere.
struct Stray {
    key: &'static str,
    help: &'static str,
    /// Whether a fix removes it. What it says may have to be said by another key.
    is_removable: bool,
}

impl<'n> MapReader<'n> {
    /// The outermost map of a file. A file that cannot be read has its fault already.
    pub(super) fn of_file(
        file: &Arc<File>,
        section: &'static Section,
        root: Option<&'n Node>,
        report: &mut Report,
    ) -> Option<Self> {
        let place = Place::start_of(file);
        match root {
            Some(node) => Self::of(node, section, &format!("`{}`", file.shown), &place, report),
            None if report.is_faulty(file) => None,
            None => {
                let help = "describe the provider or the endpoint here".to_owned();
                report.fault(Rule::EmptyFile, &place, format!("`{}` is empty", file.shown), help);
                None
            }
        }
    }

    /// The map of `owner`, as messages name it, at `place`.
    pub(super) fn of(
        node: &'n Node,
        section: &'static Section,
        owner: &str,
        place: &Place,
        report: &mut Report,
    ) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let message = format!("{owner} is not a map of keys and values");
            let is_name =
                |text: &str| !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_');
            let help = match &node.value {
                // The name of a type alone, as after `of`.
                Value::Scalar(scalar) if section.key("type").is_some() && is_name(&scalar.text) => {
                    format!("write `key: value` pairs, as in `{{type: {}}}`", scalar.text)
                }
                _ => format!("write `key: value` pairs, as in `{}`", section.shape()),
            };
            report.fault(Rule::WrongShape, &node.place, message, help);
            return None;
        };
        let mut keys = Self {
            section,
            owner: owner.to_owned(),
            place: place.clone(),
            entries: Vec::new(),
            asked: Vec::new(),
            present: BTreeSet::new(),
            missing: Vec::new(),
            stray: Vec::new(),
        };
        for (key, value) in entries {
            if !keys.present.insert(&key.scalar.text) {
                let message = format!("duplicate key `{}` in {owner}", key.scalar.text);
                let first = keys.entries.iter().find(|(first, _)| first.scalar.text == key.scalar.text);
                let is_same = first.is_some_and(|(_, first)| first.says_the_same(value));
                let fix = is_same.then(|| without(&key.scalar.text, value)).flatten().map(Fix::safe);
                report.fixable(
                    Rule::DuplicateKey,
                    &key.place,
                    message,
                    "remove one of the two".to_owned(),
                    fix,
                );
            } else {
                keys.entries.push((key, value));
            }
        }
        Some(keys)
    }

    /// The value of a key. A missing required key is reported at the end, after misspelt keys are
    /// known.
    pub(super) fn take(&mut self, name: &str) -> Option<&'n Node> {
        self.take_or(name, |key| (key.hint(), None))
    }

    /// As [`MapReader::take`], with a hint for a missing required key, and the entry that would be
    /// right.
    pub(super) fn take_or(
        &mut self,
        name: &str,
        hint: impl FnOnce(&dialect::Key) -> (String, Option<&'static str>),
    ) -> Option<&'n Node> {
        let key = self.section.key(name);
        debug_assert!(key.is_some(), "`{name}` is not in the section `{}`", self.section.name);
        let key = key?;
        self.asked.push(key.name);
        let at = self.entries.iter().position(|(found, _)| found.scalar.text == key.name);
        if at.is_none() && key.need.is_required_when_asked() {
            let (hint, entry) = hint(key);
            self.missing.push(Missing { key: key.name, hint, entry });
        }
        Some(self.entries.remove(at?).1)
    }

    /// Whether a key is present and not read yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(found, _)| found.scalar.text == key)
    }

    /// Sets the hint of keys that belong elsewhere, if they are present.
    pub(super) fn stray(&mut self, keys: impl IntoIterator<Item = &'static str>, help: &'static str) {
        self.stray.extend(keys.into_iter().map(|key| Stray { key, help, is_removable: true }));
    }

    /// Sets the hint of a key that belongs nowhere, if it is present. Nothing removes it: what it
    /// says may have to be said by another key.
    pub(super) fn misused(&mut self, key: &'static str, help: &'static str) {
        self.stray.push(Stray { key, help, is_removable: false });
    }

    pub(super) fn text(&mut self, name: &str, report: &mut Report) -> Option<Text> {
        text(self.take(name)?, self.words(name), report)
    }

    /// A list of texts. An empty list is a fault if the key is required.
    pub(super) fn texts(&mut self, name: &str, report: &mut Report) -> Vec<Text> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        let required = self.section.key(name).filter(|key| key.need == Need::Required);
        if let (Some(key), Value::List(items)) = (required, &node.value)
            && items.is_empty()
        {
            report.fault(Rule::EmptyList, &node.place, format!("`{name}` is empty"), key.hint());
        }
        texts(node, self.words(name), report)
    }

    /// The words that a key takes, where it takes no other text.
    fn words(&self, name: &str) -> Option<&'static [&'static str]> {
        match self.section.key(name)?.kind {
            dialect::Kind::Word(words) | dialect::Kind::Words(words) => Some(words),
            _ => None,
        }
    }

    pub(super) fn boolean(&mut self, name: &str, report: &mut Report) -> Option<At<bool>> {
        boolean(self.take(name)?, report)
    }

    pub(super) fn scalar(&mut self, name: &str, report: &mut Report) -> Option<At<Scalar>> {
        any_scalar(self.take(name)?, report)
    }

    /// A word of a set, which may include `true` and `false`.
    pub(super) fn word(&mut self, name: &str, report: &mut Report) -> Option<Text> {
        let At { value, place } = self.scalar(name, report)?;
        Some(At { value: value.text, place })
    }

    /// The code of a status.
    pub(super) fn code(&mut self, name: &str, report: &mut Report) -> Option<Text> {
        let node = self.take(name)?;
        code_of(scalar(node, "a status code", report)?, &node.place, report)
    }

    pub(super) fn number(&mut self, name: &str, report: &mut Report) -> Option<Text> {
        number(self.take(name)?, report)
    }

    /// A map with the keys of a section.
    pub(super) fn map(&mut self, name: &str, report: &mut Report) -> Option<MapReader<'n>> {
        let node = self.take(name)?;
        let Some(dialect::Kind::Map(section)) = self.section.key(name).map(|key| key.kind) else {
            debug_assert!(false, "`{name}` is not a map in the section `{}`", self.section.name);
            return None;
        };
        MapReader::of(node, section, &format!("`{name}`"), &node.place, report)
    }

    /// The entries of a map with names of the author's choice.
    pub(super) fn entries(&mut self, name: &str, report: &mut Report) -> Vec<(Text, &'n Node)> {
        let Some(node) = self.take(name) else {
            return Vec::new();
        };
        let key = self.section.key(name);
        let Some((key, dialect::Kind::MapOf(names, _))) = key.map(|key| (key, key.kind)) else {
            debug_assert!(false, "`{name}` has no entries in the section `{}`", self.section.name);
            return Vec::new();
        };
        entries(node, (name, key.example), names, report)
    }

    /// The possible keys of this map. A key that depends on another one counts if it was read.
    fn known(&self) -> impl Iterator<Item = &'static str> {
        let keys = self.section.keys.iter();
        keys.filter(|key| key.need.is_unconditional() || self.asked.contains(&key.name)).map(|key| key.name)
    }

    /// Reports unknown keys, and missing keys. A missing key that was misspelt is one fault.
    pub(super) fn finish(self, report: &mut Report) {
        let known: Vec<&str> = self.known().collect();
        let mut missing = self.missing;
        let stray_of = |word: &str| self.stray.iter().find(|stray| stray.key == word);
        // Faults beyond the limit get no suggestion, which takes longer than the rest of the check.
        let mut nears: Vec<Option<&str>> = Vec::new();
        for (key, _) in self.entries.iter().take(FAULT_LIMIT) {
            let word = key.scalar.text.as_str();
            let is_open = stray_of(word).is_none() && !report.is_full(&key.place.file);
            let meant = || {
                let same = same_key(word).filter(|key| self.section.key(key).is_some());
                same.or_else(|| nearest(word, known.iter().copied()))
            };
            nears.push(is_open.then(meant).flatten());
        }
        // Two keys that may be the same one would be one key twice.
        let is_meant_twice = |near: &str| nears.iter().filter(|other| **other == Some(near)).count() > 1;
        for (index, (key, value)) in self.entries.iter().enumerate() {
            let word = key.scalar.text.as_str();
            let stray = stray_of(word);
            let near = nears.get(index).copied().flatten().filter(|_| !report.is_full(&key.place.file));
            missing.retain(|missing| Some(missing.key) != near);
            let help = match (near, stray) {
                (_, Some(stray)) => stray.help.to_owned(),
                (Some(near), None) => format!("did you mean `{near}`?"),
                (None, None) => match instead_of_key(self.section, word) {
                    Some(instead) => instead.to_owned(),
                    None => format!("{} may have {}", self.owner, list(known.iter().copied())),
                },
            };
            let fix = match (near, stray) {
                (_, Some(stray)) if stray.is_removable => without(word, value).map(Fix::risky),
                (Some(near), None) if !self.present.contains(near) && !is_meant_twice(near) => {
                    Fix::spelling(&key.place, word, near)
                }
                _ => None,
            };
            let message = format!("unknown key `{word}` in {}", self.owner);
            report.fixable(Rule::UnknownKey, &key.place, message, help, fix);
        }
        for Missing { key, hint, entry } in missing {
            let message = format!("missing key `{key}` in {}", self.owner);
            let fix = entry.and_then(|entry| Edit::within(&self.place, entry)).map(Fix::safe);
            report.fixable(Rule::MissingKey, &self.place, message, format!("add `{key}`: {hint}"), fix);
        }
    }
}

/// The text without an entry, whose value is not a map or a list.
fn without(key: &str, value: &Node) -> Option<Edit> {
    match value.value {
        Value::Scalar(_) => Edit::without(key, &value.place),
        Value::List(_) | Value::Map(_) => None,
    }
}

/// The entries of a map with names of the author's choice, without duplicates. The map has a name
/// and an example.
pub(super) fn entries<'n>(
    node: &'n Node,
    (section, example): (&str, &str),
    names: Names,
    report: &mut Report,
) -> Vec<(Text, &'n Node)> {
    let Value::Map(pairs) = &node.value else {
        let none = if matches!(names, Names::Code) { "" } else { ", or `{}` for none" };
        let help = format!("write a map, such as `{example}`{none}");
        report.fault(
            Rule::WrongShape,
            &node.place,
            format!("`{section}` is not a map of keys and values"),
            help,
        );
        return Vec::new();
    };
    let read = |scalar: &Scalar, place: &Place, report: &mut Report| match names {
        Names::Status => code_of(scalar, place, report),
        Names::HttpStatus => number_of(scalar, place, 503, report),
        Names::Calls => number_of(scalar, place, 1000, report),
        _ => any_text(scalar, place, report),
    };
    let mut entries: Vec<(Text, &Node)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (key, value) in pairs {
        // A name without quotes is a fault, and its value is read all the same.
        let unquoted = || {
            let lacks_quotes = match names {
                Names::Status | Names::HttpStatus | Names::Calls => false,
                Names::Code => matches!(key.scalar.kind(), Kind::Boolean | Kind::Number),
                _ => key.scalar.kind() == Kind::Boolean,
            };
            lacks_quotes.then(|| Text { value: key.scalar.text.clone(), place: key.place.clone() })
        };
        let Some(name) = read(&key.scalar, &key.place, report).or_else(unquoted) else {
            continue;
        };
        if !seen.insert(key.scalar.text.as_str()) {
            duplicate(section, names, &name, report);
        } else {
            entries.push((name, value));
        }
    }
    entries
}

fn duplicate(section: &str, names: Names, name: &Text, report: &mut Report) {
    let (rule, what) = match names {
        Names::RequestField | Names::ReplyField => (Rule::DuplicateField, "field"),
        Names::Status | Names::HttpStatus => (Rule::DuplicateStatus, "status"),
        Names::Code => (Rule::DuplicateCode, "code"),
        Names::Parameter | Names::Type | Names::Calls => (Rule::DuplicateKey, "key"),
    };
    let message = format!("duplicate {what} `{}` in `{section}`", name.value);
    let help = "remove one of the two, or give one another name";
    report.fault(rule, &name.place, message, help.to_owned());
}
