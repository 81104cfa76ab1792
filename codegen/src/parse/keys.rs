//! Reads one map of the spec: takes the keys that the dialect knows, then reports those that are missing, doubled or
//! unknown.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::list;
use super::scalars::{any_scalar, boolean, code_of, number, number_of, text, text_of, texts};
use crate::ast::{At, Text};
use crate::catalogue::Rule;
use crate::names::nearest;
use crate::report::{Place, Report};
use crate::source::File;
use crate::tree::{Key, Kind, Node, Scalar, Value};

pub(super) struct Keys<'n> {
    owner: String,
    place: Place,
    entries: Vec<(&'n Key, &'n Node)>,
    known: Vec<&'static str>,
    /// Required keys that are not there, each with what to write.
    missing: Vec<(&'static str, String)>,
    /// What to do about keys that belong elsewhere.
    stray: Vec<(&'static str, &'static str)>,
}

impl<'n> Keys<'n> {
    /// A file's outermost map. A file that could not be read has its fault already.
    pub(super) fn of_file(file: &Arc<File>, root: Option<&'n Node>, report: &mut Report) -> Option<Self> {
        let place = Place::start_of(file);
        match root {
            Some(node) => Self::of(node, &format!("`{}`", file.shown), &place, report),
            None if report.is_faulty(file) => None,
            None => {
                let help = "describe the provider or the endpoint here".to_owned();
                report.fault(Rule::EmptyFile, &place, format!("`{}` says nothing", file.shown), help);
                None
            }
        }
    }

    /// The map of something that messages call `owner`, and point at with `place`.
    pub(super) fn of(node: &'n Node, owner: &str, place: &Place, report: &mut Report) -> Option<Self> {
        let Value::Map(entries) = &node.value else {
            let message = format!("{owner} is not a map of keys and values");
            report.fault(
                Rule::WrongShape,
                &node.place,
                message,
                "write `key: value` pairs, as in `{type: string}`".to_owned(),
            );
            return None;
        };
        let mut keys = Self {
            owner: owner.to_owned(),
            place: place.clone(),
            entries: Vec::new(),
            known: Vec::new(),
            missing: Vec::new(),
            stray: Vec::new(),
        };
        let mut seen = BTreeSet::new();
        for (key, value) in entries {
            if !seen.insert(key.scalar.text.as_str()) {
                let message = format!("duplicate key `{}` in {owner}", key.scalar.text);
                report.fault(Rule::DuplicateKey, &key.place, message, "remove one of the two".to_owned());
            } else {
                keys.entries.push((key, value));
            }
        }
        Some(keys)
    }

    pub(super) fn optional(&mut self, key: &'static str) -> Option<&'n Node> {
        self.known.push(key);
        let at = self.entries.iter().position(|(found, _)| found.scalar.text == key)?;
        Some(self.entries.remove(at).1)
    }

    /// Whether a key is there, and was not taken yet.
    pub(super) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|(found, _)| found.scalar.text == key)
    }

    /// What to do about keys that mean something elsewhere, if they are here.
    pub(super) fn stray(&mut self, keys: &[&'static str], help: &'static str) {
        self.stray.extend(keys.iter().map(|key| (*key, help)));
    }

    /// A key that must be there. That it is not is said in the end, when it is known which keys were misspelt.
    pub(super) fn required(&mut self, key: &'static str, hint: &str) -> Option<&'n Node> {
        let found = self.optional(key);
        if found.is_none() {
            self.missing.push((key, hint.to_owned()));
        }
        found
    }

    pub(super) fn text(&mut self, key: &'static str, report: &mut Report) -> Option<Text> {
        text(self.optional(key)?, report)
    }

    pub(super) fn required_text(
        &mut self,
        key: &'static str,
        hint: &str,
        report: &mut Report,
    ) -> Option<Text> {
        text(self.required(key, hint)?, report)
    }

    pub(super) fn texts(&mut self, key: &'static str, report: &mut Report) -> Vec<Text> {
        self.optional(key).map(|node| texts(node, report)).unwrap_or_default()
    }

    /// At least one text: an empty list is as good as none.
    pub(super) fn required_texts(&mut self, key: &'static str, hint: &str, report: &mut Report) -> Vec<Text> {
        let Some(node) = self.required(key, hint) else {
            return Vec::new();
        };
        if matches!(&node.value, Value::List(items) if items.is_empty()) {
            report.fault(Rule::EmptyList, &node.place, format!("`{key}` names nothing"), hint.to_owned());
        }
        texts(node, report)
    }

    pub(super) fn boolean(&mut self, key: &'static str, report: &mut Report) -> Option<At<bool>> {
        boolean(self.optional(key)?, report)
    }

    pub(super) fn scalar(&mut self, key: &'static str, report: &mut Report) -> Option<At<Scalar>> {
        any_scalar(self.optional(key)?, report)
    }

    /// One of a few words, `true` and `false` among them.
    pub(super) fn word(&mut self, key: &'static str, report: &mut Report) -> Option<Text> {
        let At { value, place } = self.scalar(key, report)?;
        Some(At { value: value.text, place })
    }

    pub(super) fn number(&mut self, key: &'static str, report: &mut Report) -> Option<Text> {
        number(self.optional(key)?, report)
    }

    /// A required map of its own.
    pub(super) fn map(&mut self, key: &'static str, hint: &str, report: &mut Report) -> Option<Keys<'n>> {
        let node = self.required(key, hint)?;
        Keys::of(node, &format!("`{key}`"), &node.place, report)
    }

    /// An optional map whose keys are names that the author chose.
    pub(super) fn entries(&mut self, key: &'static str, report: &mut Report) -> Vec<(Text, &'n Node)> {
        self.optional(key).map(|node| entries(node, key, Kind::Text, report)).unwrap_or_default()
    }

    /// Reports the keys that nothing asked for, and those that are missing. A missing key that was misspelt is one fault.
    pub(super) fn finish(self, report: &mut Report) {
        let mut missing = self.missing;
        for (key, _) in &self.entries {
            let word = key.scalar.text.as_str();
            let stray = self.stray.iter().find(|(key, _)| *key == word);
            // Beyond what is listed, nothing is suggested: looking for it takes longer than all else.
            let is_listed = stray.is_none() && !report.is_full(&key.place.file);
            let near = is_listed.then(|| nearest(word, self.known.iter().copied())).flatten();
            missing.retain(|(name, _)| Some(*name) != near);
            let help = match (near, stray) {
                (_, Some((_, help))) => (*help).to_owned(),
                (Some(near), None) => format!("did you mean `{near}`?"),
                (None, None) => format!("{} may have {}", self.owner, list(self.known.iter().copied())),
            };
            report.fault(
                Rule::UnknownKey,
                &key.place,
                format!("unknown key `{word}` in {}", self.owner),
                help,
            );
        }
        for (key, hint) in missing {
            let message = format!("missing key `{key}` in {}", self.owner);
            report.fault(Rule::MissingKey, &self.place, message, format!("add `{key}`: {hint}"));
        }
    }
}

/// The entries of a map whose keys are names (or numbers) that the author chose, each of them once.
pub(super) fn entries<'n>(
    node: &'n Node,
    section: &str,
    kind: Kind,
    report: &mut Report,
) -> Vec<(Text, &'n Node)> {
    let Value::Map(pairs) = &node.value else {
        let help = "write `name: {…}` pairs, or `{}` for none".to_owned();
        report.fault(
            Rule::WrongShape,
            &node.place,
            format!("`{section}` is not a map of keys and values"),
            help,
        );
        return Vec::new();
    };
    let mut entries: Vec<(Text, &Node)> = Vec::new();
    let mut seen = BTreeSet::new();
    for (key, value) in pairs {
        let read = match kind {
            Kind::Number if section == "statuses" => code_of,
            Kind::Number => number_of,
            _ => text_of,
        };
        // A name that only wants quotes is read on, for the faults of what it names.
        let unquoted = || {
            let wants_quotes = key.scalar.kind() == Kind::Boolean
                || (section == "enum" && key.scalar.kind() == Kind::Number);
            (kind == Kind::Text && wants_quotes)
                .then(|| Text { value: key.scalar.text.clone(), place: key.place.clone() })
        };
        let Some(name) = read(&key.scalar, &key.place, report).or_else(unquoted) else {
            continue;
        };
        if !seen.insert(key.scalar.text.as_str()) {
            duplicate(section, &name, report);
        } else {
            entries.push((name, value));
        }
    }
    entries
}

fn duplicate(section: &str, name: &Text, report: &mut Report) {
    let (rule, what) = match section {
        "request" | "response" | "fields" => (Rule::DuplicateField, "field"),
        "statuses" | "http" => (Rule::DuplicateStatus, "status"),
        "enum" => (Rule::DuplicateCode, "code"),
        _ => (Rule::DuplicateKey, "key"),
    };
    let message = format!("duplicate {what} `{}` in `{section}`", name.value);
    report.fault(
        rule,
        &name.place,
        message,
        "remove one of the two, or give it the name that was meant".to_owned(),
    );
}
