//! What can stand where somebody is writing: keys that a map does not have yet, words of a fixed
//! set, and names that the spec defines.
//!
//! The text is incomplete there, so that it is read with a word of our own in place of the one that
//! is being written: once as a value, and once as a key.

use std::ops::Range;
use std::sync::Arc;

use super::cursor::Cursor;
use super::{Workspace, section_of, tolerant};
use crate::dialect::{COMPOSITE_TYPES, Kind, Names};
use crate::ir::Type;
use crate::source::File;
use crate::yaml::Value;

/// Something that can stand at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The key or the word.
    pub label: String,
    /// Its meaning, as plain text.
    pub detail: String,
    /// The text that is put there: of a key with its colon.
    pub text: String,
    /// The bytes that it replaces.
    pub range: Range<usize>,
    /// Whether it is a key.
    pub is_key: bool,
}

/// A word that no spec has.
const HERE: &str = "pyi_writes_here";

pub(super) fn complete(file: &File, offset: usize, workspace: &Workspace) -> Vec<Completion> {
    let Some(section) = section_of(&file.name) else { return Vec::new() };
    let Some((before, after)) = file.text.split_at_checked(offset) else { return Vec::new() };
    let is_word = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let start = before.trim_end_matches(is_word).len();
    let end = file.text.len() - after.trim_start_matches(is_word).len();
    let (head, tail) = (&file.text[..start], &file.text[end..]);
    let read = |word: &str| {
        let text = format!("{head}{word}{tail}");
        tolerant::tree(&Arc::new(File { text, ..file.clone() }), start)
    };
    let place = |label: &str, detail: &str, text: String, is_key: bool| Completion {
        label: label.to_owned(),
        detail: detail.to_owned(),
        text,
        range: start..end,
        is_key,
    };
    let mut all = Vec::new();
    let as_word = read(HERE);
    if let Some(cursor) = as_word.as_ref().and_then(|root| Cursor::of_word(root, section, HERE)) {
        for (word, detail) in words(&cursor, file, workspace) {
            all.push(place(&word, &detail, word.clone(), false));
        }
    }
    // A key that has its colon already is a word.
    let has_colon = tail.trim_start_matches(' ').starts_with(':');
    let colon = if has_colon { "" } else { ": " };
    let as_key = if has_colon { as_word } else { read(&format!("{HERE}: x")) };
    if let Some(cursor) = as_key.as_ref().and_then(|root| Cursor::of_word(root, section, HERE)) {
        let Some(Value::Map(pairs)) = cursor.map.map(|map| &map.value) else { return all };
        let is_there = |name: &str| pairs.iter().any(|(key, _)| key.scalar.text == name);
        let section_keys = cursor.section.map_or(&[][..], |section| section.keys);
        for key in section_keys.iter().filter(|key| !is_there(key.name)) {
            all.push(place(key.name, key.meaning, format!("{}{colon}", key.name), true));
        }
        // The common parameters that an endpoint opts in to, or out of.
        if cursor.names == Some(Names::Parameter) && cursor.path.first() == Some(&"common") {
            let common = &workspace.provider().common;
            for parameter in common.iter().filter(|parameter| !is_there(&parameter.name.value)) {
                let name = &parameter.name.value;
                all.push(place(name, "a common parameter of the provider", format!("{name}{colon}"), true));
            }
        }
    }
    all
}

/// The words that a value can be, each with its meaning.
fn words(cursor: &Cursor<'_>, file: &File, workspace: &Workspace) -> Vec<(String, String)> {
    let provider = workspace.provider();
    let meaning = cursor.key.map_or("", |key| key.meaning);
    let plain = |words: &[&str]| words.iter().map(|word| ((*word).to_owned(), meaning.to_owned())).collect();
    match cursor.kind {
        Some(Kind::Word(words) | Kind::Words(words)) => plain(words),
        Some(Kind::Boolean) => plain(&["true", "false"]),
        Some(kind @ (Kind::Type(_) | Kind::Element(_) | Kind::Response(_))) => {
            let except = if let Kind::Type(except) = kind { except } else { COMPOSITE_TYPES };
            let built_in = Type::WORDS.iter().chain(COMPOSITE_TYPES).filter(|word| !except.contains(word));
            let mut words: Vec<(String, String)> =
                built_in.map(|word| ((*word).to_owned(), "a built-in type".to_owned())).collect();
            for named in provider.types.iter() {
                let title =
                    named.title.as_ref().map_or("a type of the provider", |title| title.value.as_str());
                words.push((named.name.value.clone(), title.to_owned()));
            }
            words
        }
        Some(Kind::Callback(_)) => {
            let endpoint = workspace.endpoint(&file.name);
            let fields = endpoint.into_iter().flat_map(|endpoint| &endpoint.request);
            fields.map(|field| (field.name.value.clone(), "a field of the request".to_owned())).collect()
        }
        Some(Kind::Code) => {
            let title = |status: &crate::ast::Status| {
                status.title.as_ref().map(|title| title.value.clone()).unwrap_or_default()
            };
            provider.statuses.iter().map(|status| (status.code.value.clone(), title(status))).collect()
        }
        _ => Vec::new(),
    }
}
