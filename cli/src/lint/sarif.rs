//! The faults as a log of SARIF 2.1.0, the format of code scanning, with the corrections of those
//! that have one.

use std::path::Path;

use pyi_codegen::{Diagnostic, Fix, Report, Rule};
use serde_json::{Value, json};

/// The log. Columns count characters.
pub(super) fn sarif(report: &Report) -> String {
    let rules: Vec<Value> = Rule::ALL.iter().map(|rule| descriptor(*rule)).collect();
    let results: Vec<Value> = report.diagnostics().into_iter().map(result).collect();
    let log = json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {"name": "pyi", "version": env!("CARGO_PKG_VERSION"), "rules": rules}},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default()
}

/// A rule, which code scanning explains beside each of its faults.
fn descriptor(rule: Rule) -> Value {
    json!({
        "id": rule.code(),
        "name": rule.name(),
        "shortDescription": {"text": text(rule.what())},
        "fullDescription": {"text": text(rule.why())},
        "help": {
            "text": text(&format!("{}\n\n{}", rule.why(), rule.instead())),
            "markdown": format!("{}\n\n```yaml\n{}\n```", rule.why(), rule.instead()),
        },
        "defaultConfiguration": {"level": rule.severity().word()},
    })
}

fn result(fault: &Diagnostic) -> Value {
    let mut result = json!({
        "ruleId": fault.rule.code(),
        "ruleIndex": Rule::ALL.iter().position(|rule| *rule == fault.rule),
        "level": fault.rule.severity().word(),
        "message": {"text": text(&format!("{}\nhelp: {}", fault.message, fault.help))},
    });
    // A fault outside of files, such as a missing one, has no location.
    let Some((file, line, column)) = fault.position() else { return result };
    let end = fault.end().unwrap_or((line, column));
    let place = json!({"artifactLocation": artifact(file), "region": region((line, column), end)});
    result["locations"] = json!([{"physicalLocation": place}]);
    if let Some(fix) = fault.fix() {
        result["fixes"] = json!([correction(file, fix)]);
    }
    result
}

fn correction(file: &str, fix: &Fix) -> Value {
    let replacement = |edit: &pyi_codegen::Edit| json!({"deletedRegion": region(edit.start(), edit.end()), "insertedContent": {"text": edit.text}});
    let replacements: Vec<Value> = fix.edits().iter().map(replacement).collect();
    json!({
        "description": {"text": format!("a {} fix", fix.safety.word())},
        "artifactChanges": [{"artifactLocation": artifact(file), "replacements": replacements}],
    })
}

/// From a first character to the one behind the last.
fn region((line, column): (usize, usize), (end_line, end_column): (usize, usize)) -> Value {
    json!({"startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column})
}

/// A path as a URI: relative to where the program ran, or of the whole machine.
fn artifact(file: &str) -> Value {
    let mut uri = String::new();
    if Path::new(file).is_absolute() {
        uri.push_str("file://");
    }
    let file = file.strip_prefix("./").unwrap_or(file);
    for byte in file.bytes() {
        let byte = if std::path::is_separator(char::from(byte)) { b'/' } else { byte };
        match byte {
            b'/' | b'-' | b'.' | b'_' | b'~' => uri.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => uri.push(char::from(byte)),
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    json!({"uri": uri})
}

/// A text that a reader of SARIF does not take for a link: `[text](target)`.
fn text(text: &str) -> String {
    text.replace("](", "] (")
}
