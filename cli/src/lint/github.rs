//! The faults as commands of GitHub's workflows.

use pyi_codegen::{Diagnostic, Report};

/// One line a fault.
pub(super) fn github(report: &Report) -> String {
    let annotations: Vec<String> = report.diagnostics().iter().map(|fault| annotation(fault)).collect();
    annotations.join("\n")
}

/// A fault as a command of GitHub's workflows, which shows it at its place in a change.
fn annotation(fault: &Diagnostic) -> String {
    let place = fault.position().map_or_else(String::new, |(file, line, column)| {
        format!("file={},line={line},col={column},", property(file))
    });
    let title = format!("{} {}", fault.rule.code(), fault.rule.name());
    let text = format!("{}\nhelp: {}", fault.message, fault.help);
    format!("::{} {place}title={}::{}", fault.rule.severity().word(), property(&title), data(&text))
}

/// The text of a command: on one line, in which a percent sign begins an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a command's property, which a comma or a colon would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
