//! Every word of a spec is changed and every line is left out: where the client is another one, there
//! is a change, and no change hides another one.

use std::collections::BTreeSet;

use super::{Files, borrowed, folder, parts};
use crate::diff::{Change, ChangeClass, diff};
use crate::ir::{Field, Provider, Response};
use crate::source::Input;

/// Words that another word of the same list can stand for.
const WORDS: [&[&str]; 12] = [
    &["true", "false"],
    &["query", "act"],
    &["POST", "GET"],
    &["json", "xml", "jsonp"],
    &["form", "json", "xml"],
    &["always", "never", "unknown"],
    &["data", "no_data", "pending", "debug", "auth", "account", "request", "server", "other"],
    &["body", "query", "header"],
    &["md5", "hash", "sha1", "hmac_sha256"],
    &["lower", "upper"],
    &["string", "integer", "decimal", "boolean", "any"],
    &["key", "value", "listed"],
];

/// A line of a file, and what is there instead of it.
#[derive(Clone)]
struct Mutant {
    file: usize,
    line: usize,
    text: String,
}

fn mutants(files: &Files) -> Vec<Mutant> {
    let mut all = Vec::new();
    for (file, (_, text)) in files.iter().enumerate() {
        for (line, text) in text.lines().enumerate().filter(|(_, text)| !text.trim_start().starts_with('#')) {
            let mut add = |text: String| all.push(Mutant { file, line, text });
            add(String::new());
            let is_word = |c: char| c.is_alphanumeric() || "_-./%".contains(c);
            for word in text.split(|c| !is_word(c)).filter(|word| !word.is_empty()) {
                let at = word.as_ptr() as usize - text.as_ptr() as usize;
                let with = |other: &str| [&text[..at], other, &text[at + word.len()..]].concat();
                add(with(&format!("{word}1")));
                let others = WORDS.iter().filter(|list| list.contains(&word)).flat_map(|list| *list);
                others.filter(|other| **other != word).for_each(|other| add(with(other)));
            }
            // A key of a map in braces, with its value.
            for (at, _) in text.match_indices(", ") {
                let end = text[at + 2..].find([',', '}']).map(|end| at + 2 + end);
                end.into_iter().for_each(|end| add([&text[..at], &text[end..]].concat()));
            }
        }
    }
    all
}

fn mutated(files: &Files, mutants: &[&Mutant]) -> Files {
    let mut files = files.clone();
    for (file, (_, text)) in files.iter_mut().enumerate() {
        let lines = text.lines().enumerate().map(|(line, text)| {
            let mutant = mutants.iter().find(|mutant| (mutant.file, mutant.line) == (file, line));
            mutant.map_or(text, |mutant| mutant.text.as_str())
        });
        *text = lines.collect::<Vec<_>>().join("\n") + "\n";
    }
    files
}

/// A spec without what no client has: its texts, the names of types, and checks of what is read.
fn client(mut provider: Provider) -> Provider {
    let unchecked = |field: &mut Field| {
        field.checks.clear();
        field.element_checks.clear();
    };
    provider.files.clear();
    provider.types.clear();
    for object in provider.objects.iter_mut().filter(|object| !object.is_given) {
        object.fields.iter_mut().for_each(unchecked);
    }
    for endpoint in &mut provider.endpoints {
        if let Response::Fields(fields) = &mut endpoint.response {
            fields.iter_mut().for_each(unchecked);
        }
        endpoint.delivery.iter_mut().flat_map(|delivery| &mut delivery.fields).for_each(unchecked);
    }
    provider
}

/// The client of a spec without faults.
fn sound(files: &Files) -> Option<Provider> {
    let (provider, report) = crate::load(Input::Texts(&borrowed(files)));
    report.is_empty().then(|| client(provider))
}

fn between(old: &Files, new: &Files) -> Vec<Change> {
    diff(Input::Texts(&borrowed(old)), Input::Texts(&borrowed(new))).0.changes
}

/// The mutants of a spec that another client is made from, each with its changes.
fn changed(files: &Files) -> Vec<(Mutant, Vec<Change>)> {
    let old = sound(files).unwrap();
    let mut changed = Vec::new();
    for mutant in mutants(files) {
        let new = mutated(files, &[&mutant]);
        if sound(&new).is_some_and(|new| new != old) {
            let changes = between(files, &new);
            assert!(
                !changes.is_empty(),
                "{} line {}: {}",
                files[mutant.file].0,
                mutant.line + 1,
                mutant.text
            );
            let is_placed = |change: &Change| change.old.is_some() || change.new.is_some();
            assert!(changes.iter().all(is_placed), "{changes:#?}");
            changed.push((mutant, changes));
        }
    }
    changed
}

fn breaking(changes: &[Change]) -> BTreeSet<(ChangeClass, &'static str, &str)> {
    let breaking = changes.iter().filter(|change| change.class != ChangeClass::Safe);
    breaking.map(|change| (change.class, change.kind, change.subject.as_str())).collect()
}

#[test]
fn another_client_is_a_change_and_no_change_hides_another_one() {
    let listed = parts("tests/conventions/parts_anywhere.yaml");
    let (mut single, mut pairs) = (0, 0);
    for files in [parts("tests/diff/base.yaml"), listed, folder("providers/taobao")] {
        let changed = changed(&files);
        single += changed.len();
        // Each beside two others, since all pairs take minutes.
        let step = changed.len() / 2 + 1;
        for (index, (one, changes)) in changed.iter().enumerate() {
            for (other, other_changes) in changed.iter().cycle().skip(index + 1).step_by(step).take(2) {
                if (one.file, one.line) == (other.file, other.line) {
                    continue;
                }
                let both = mutated(&files, &[one, other]);
                if sound(&both).is_none() {
                    continue;
                }
                pairs += 1;
                let found = between(&files, &both);
                let mut alone = breaking(changes);
                alone.append(&mut breaking(other_changes));
                let found = breaking(&found);
                // A part that is gone has no other changes.
                let is_gone = |subject: &str| {
                    found.iter().any(|(_, kind, other)| kind.ends_with("-removed") && *other == subject)
                };
                let hidden: Vec<_> =
                    alone.difference(&found).filter(|(_, _, subject)| !is_gone(subject)).collect();
                assert!(hidden.is_empty(), "{hidden:?} hidden by\n{}\n{}", one.text, other.text);
            }
        }
    }
    println!("{single} mutants, {pairs} pairs");
    assert!(single > 500 && pairs > 1000, "{single} mutants, {pairs} pairs");
}
