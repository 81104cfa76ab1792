//! Applies the fixes of a spec's faults, again until no fault has one.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Edit, Fix, Safety};
use crate::check::CheckFn;
use crate::report::Report;
use crate::source::{self, File, Input};
use crate::{understood, yaml};

/// A fix can show further faults, which were hidden by the first. So many rounds end a circle of
/// two fixes.
const ROUNDS: usize = 20;

/// A file with fixes applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fixed {
    /// The file as it was.
    pub file: Arc<File>,
    /// Its text with the fixes.
    pub text: String,
    /// The number of faults and warnings that were fixed.
    pub faults: usize,
}

/// Applies all fixes that are at most this risky, and returns the files that they change. It writes
/// nothing.
pub fn fix(input: Input<'_>, check: CheckFn<'_>, most: Safety) -> Vec<Fixed> {
    let before = source::read(input, &mut Report::default());
    let mut sources = before.clone();
    let mut faults: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..ROUNDS {
        let mut report = Report::default();
        understood(&sources, check, &mut report);
        let mut is_done = true;
        for file in &mut sources {
            let (text, count) = applied(file, &report, most);
            if count > 0 {
                *faults.entry(file.name.clone()).or_default() += count;
                *file = Arc::new(File { text, ..File::clone(file) });
                is_done = false;
            }
        }
        if is_done {
            break;
        }
    }
    before
        .into_iter()
        .zip(sources)
        .filter(|(before, after)| before.text != after.text)
        .map(|(file, after)| Fixed {
            faults: faults.get(&file.name).copied().unwrap_or_default(),
            text: after.text.clone(),
            file,
        })
        .collect()
}

/// The text of a file with the fixes of its faults, and their number. Of two that meet, the first
/// counts. One that would leave less YAML than there is is left out.
fn applied(file: &File, report: &Report, most: Safety) -> (String, usize) {
    let mut fixes: Vec<&Fix> = Vec::new();
    for fault in report.diagnostics() {
        let Some(fix) = fault.fix().filter(|fix| fix.safety <= most) else { continue };
        let is_here = fix.edits().iter().all(|edit| edit.place.file.name == file.name);
        let meets =
            |edit: &Edit| fixes.iter().flat_map(|other| other.edits()).any(|other| overlap(edit, other));
        if is_here && !fix.edits().iter().any(meets) {
            fixes.push(fix);
        }
    }
    let before = yaml_faults(file, &file.text);
    let is_fine = |fixes: &[&Fix]| yaml_faults(file, &edited(file, fixes)) <= before;
    if !is_fine(&fixes) {
        fixes.retain(|fix| is_fine(&[fix]));
    }
    if is_fine(&fixes) { (edited(file, &fixes), fixes.len()) } else { (file.text.clone(), 0) }
}

fn edited(file: &File, fixes: &[&Fix]) -> String {
    let mut edits: Vec<&Edit> = fixes.iter().flat_map(|fix| fix.edits()).collect();
    edits.sort_by_key(|edit| edit.place.start);
    let mut text = file.text.clone();
    for edit in edits.into_iter().rev() {
        text.replace_range(edit.place.start..edit.place.end, &edit.text);
    }
    text
}

/// Two insertions at one place meet too: their order would be a guess.
fn overlap(one: &Edit, other: &Edit) -> bool {
    let (one, other) = (&one.place, &other.place);
    one.start < other.end && other.start < one.end || one.start == other.start
}

fn yaml_faults(file: &File, text: &str) -> usize {
    let mut report = Report::default();
    yaml::read(&Arc::new(File { text: text.to_owned(), ..file.clone() }), &mut report);
    report.diagnostics().len()
}
