//! The parser takes every key of the table, with the value that the table gives as an example.

use std::sync::Arc;

use super::*;
use crate::report::Report;
use crate::source::File;

/// Depth to which the fields of objects and the elements of lists are written.
const DEPTH: usize = 4;

/// A map of a section with all keys that a type of this word can have.
fn map(section: &Section, shape: &str, depth: usize) -> String {
    let has = |key: &&Key| match key.need {
        Need::OnlyForType(word) => shape == word,
        Need::RequiredUnless(other) => shape != other,
        Need::Required => true,
        _ => depth < DEPTH && (key.name != "enum" || shape == "enum"),
    };
    let keys = section.keys.iter().filter(has);
    let pairs = keys.map(|key| format!("{}: {}", key.name, value(key, shape, depth)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(", "))
}

fn value(key: &Key, shape: &str, depth: usize) -> String {
    let inner = |section| map(section, if depth < DEPTH { shape } else { "string" }, depth + 1);
    match key.kind {
        Kind::Type(_) => shape.to_owned(),
        Kind::Map(section) | Kind::Element(section) | Kind::Callback(section) => inner(section),
        Kind::MapOf(Names::Status | Names::HttpStatus, Entry::Section(section)) => {
            format!("{{300: {}}}", inner(section))
        }
        Kind::MapOf(_, Entry::Section(section)) | Kind::Response(section) => {
            format!("{{a: {}}}", inner(section))
        }
        _ => key.example.to_owned(),
    }
}

fn faults(text: &str, name: &str) -> String {
    let file = File { name: name.into(), shown: name.into(), disk: None, text: text.into() };
    let mut report = Report::default();
    crate::parse::parse(&vec![Arc::new(file)], &mut report);
    report.to_string()
}

#[test]
fn the_parser_takes_every_key_of_the_table() {
    for shape in ["string", "enum", "object", "list"] {
        for (section, name) in [(&PROVIDER, "provider.yaml"), (&ENDPOINT, "endpoints/a.yaml")] {
            let text = map(section, shape, 0);
            assert_eq!(faults(&text, name), "", "{text}");
        }
    }
}

#[test]
fn the_parser_takes_every_example() {
    for (section, name) in [(&PROVIDER, "provider.yaml"), (&ENDPOINT, "endpoints/a.yaml")] {
        let keys = section.keys.iter().map(|key| format!("{}: {}\n", key.name, key.example));
        let text: String = keys.collect();
        assert_eq!(faults(&text, name), "", "{text}");
    }
}

#[test]
fn a_key_is_described_in_one_phrase() {
    for section in SECTIONS {
        for (index, key) in section.keys.iter().enumerate() {
            let name = format!("{}.{}", section.name, key.name);
            assert!(!key.meaning.ends_with('.') && !key.meaning.is_empty(), "{name}");
            assert!(section.keys.iter().skip(index + 1).all(|other| other.name != key.name), "{name}");
        }
    }
}
