//! The faults as a list in JSON.

use pyi_codegen::{Diagnostic, Fix, Report};
use serde::Serialize;

/// A fault in JSON.
#[derive(Serialize)]
struct Fault<'a> {
    severity: &'static str,
    code: &'static str,
    rule: &'static str,
    file: Option<&'a str>,
    line: Option<usize>,
    column: Option<usize>,
    message: &'a str,
    help: &'a str,
    fix: Option<Correction<'a>>,
}

/// What the rule would write.
#[derive(Serialize)]
struct Correction<'a> {
    /// `safe`, or `risky` for one that `--fix=all` applies.
    safety: &'static str,
    edits: Vec<Replacement<'a>>,
}

/// The text that replaces what is from a start to an end; the end itself is not part of it.
#[derive(Serialize)]
struct Replacement<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    text: &'a str,
}

impl<'a> From<&'a Fix> for Correction<'a> {
    fn from(fix: &'a Fix) -> Self {
        let edits = fix.edits().iter().map(|edit| {
            let ((line, column), (end_line, end_column)) = (edit.start(), edit.end());
            Replacement { line, column, end_line, end_column, text: &edit.text }
        });
        Self { safety: fix.safety.word(), edits: edits.collect() }
    }
}

/// The list, as `--help` describes it.
pub(super) fn json(report: &Report) -> String {
    let diagnostics = report.diagnostics();
    let faults: Vec<Fault<'_>> = diagnostics.iter().map(|fault| Fault::from(*fault)).collect();
    serde_json::to_string_pretty(&faults).unwrap_or_else(|_| "[]".to_owned())
}

impl<'a> From<&'a Diagnostic> for Fault<'a> {
    fn from(fault: &'a Diagnostic) -> Self {
        let position = fault.position();
        Self {
            severity: fault.rule.severity().word(),
            code: fault.rule.code(),
            rule: fault.rule.name(),
            file: position.map(|(file, ..)| file),
            line: position.map(|(_, line, _)| line),
            column: position.map(|(.., column)| column),
            message: &fault.message,
            help: &fault.help,
            fix: fault.fix().map(Correction::from),
        }
    }
}
