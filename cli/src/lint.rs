//! `pyi lint`: all faults and warnings of a spec folder, for people or for programs, and the reason
//! of each rule.

use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;
use pyi_codegen::{Diagnostic, Input, Report, Rule, Severity};
use pyi_text::message;
use serde::Serialize;

use crate::language::tr;
use crate::options::FolderOption;
use crate::output::print;
use crate::spec::Spec;
use crate::stdio;
use crate::watch::Watch;
use crate::{UsageError, spec};

/// Report all faults and warnings of a spec folder; the exit code is 1 if there is a fault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: FolderOption,

    /// Output format; json is a list of severity, code, rule, file, line, column, message, help; github
    /// is annotations of a workflow
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: LintFormat,

    /// Report again whenever a file is saved, until Ctrl-C
    #[arg(long)]
    watch: bool,

    /// Explain a rule, by its code or name; `all` explains all rules
    #[arg(long, value_name = "CODE")]
    explain: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum LintFormat {
    Text,
    Json,
    Github,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    if let Some(word) = &args.explain {
        return explain(word);
    }
    let folder = args.spec.folder.as_str();
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    let mut watch = args.watch.then(|| Watch::new(Path::new(folder)));
    loop {
        let code = lint(folder, args.format);
        match &mut watch {
            // The reader of stdout is gone.
            Some(_) if stdio::has_failed() => return Ok(code),
            Some(watch) => watch.wait(),
            None => return Ok(code),
        }
    }
}

fn lint(folder: &str, format: LintFormat) -> ExitCode {
    let shown = spec::shown(folder);
    let input = Input::Folder { path: Path::new(folder), shown };
    let (provider, report) = pyi_codegen::lint(input, &pyi_runtime::__private::check::violation);
    let (faults, warnings) = totals(&report);
    if format == LintFormat::Json {
        stdio::json(&json(&report));
    } else if format == LintFormat::Github {
        let annotations: Vec<String> = report.diagnostics().iter().map(|fault| annotation(fault)).collect();
        if !annotations.is_empty() {
            print(&annotations.join("\n"));
        }
    } else if report.is_empty() {
        print(&tr!(
            "{shown}: no faults, {endpoints} endpoint(s)",
            shown,
            endpoints = provider.endpoints.len()
        ));
    } else {
        let also = if warnings > 0 { tr!(", {warnings} warning(s)", warnings) } else { String::new() };
        stdio::report(&tr!(
            "{report}\n\n{shown}: {faults} fault(s){also}; `pyi lint --explain CODE` explains a rule",
            report = report.to_string(),
            shown,
            faults,
            also
        ));
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The numbers of faults and of warnings.
pub(crate) fn totals(report: &Report) -> (usize, usize) {
    let count = |severity| {
        report.diagnostics().iter().filter(|diagnostic| diagnostic.rule.severity() == severity).count()
    };
    (count(Severity::Error), count(Severity::Warning))
}

/// The number of endpoints, and all faults and warnings, of a folder or of the spec that the program
/// carries.
pub(crate) fn counted(folder: Option<&str>, spec: &Spec) -> (usize, Report) {
    let texts = spec.texts();
    let input = match folder {
        Some(folder) => Input::Folder { path: Path::new(folder), shown: spec::shown(folder) },
        None => Input::Texts(&texts),
    };
    let (provider, report) = pyi_codegen::lint(input, &pyi_runtime::__private::check::violation);
    (provider.endpoints.len(), report)
}

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
}

fn json(report: &Report) -> String {
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
        }
    }
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

/// One rule, or all of them, which is the page docs/RULES.md.
fn explain(word: &str) -> Result<ExitCode, UsageError> {
    if word == "all" {
        let entries: Vec<String> = Rule::ALL.iter().map(|rule| entry(*rule)).collect();
        print(&format!("{PAGE}\n{}", entries.join("\n\n")));
        return Ok(ExitCode::SUCCESS);
    }
    let rule = Rule::find(word).ok_or_else(|| {
        UsageError(message!("--explain takes a rule's code or name: {codes}, or all", codes = codes()))
    })?;
    print(&entry(rule));
    Ok(ExitCode::SUCCESS)
}

/// The first and the last code of each severity.
fn codes() -> String {
    let span = |severity| {
        let mut codes =
            Rule::ALL.iter().filter(move |rule| rule.severity() == severity).map(|rule| rule.code());
        let first = codes.next().unwrap_or_default();
        tr!("{first} to {last}", first, last = codes.next_back().unwrap_or(first))
    };
    format!("{}, {}", span(Severity::Error), span(Severity::Warning))
}

const PAGE: &str = "# Faults of a spec

The rules of a spec: a violation, the reason of the rule, and a correct example. A code with a W is a warning, which `pyi lint` reports and
which refuses nothing. This page is the output of `pyi lint --explain all`; a test compares the two.
";

fn entry(rule: Rule) -> String {
    format!(
        "## {} {}\n\n{} {}\n\n```yaml\n{}\n```",
        rule.code(),
        rule.name(),
        rule.what(),
        rule.why(),
        rule.instead()
    )
}
