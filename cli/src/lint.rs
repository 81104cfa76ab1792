//! `pyi lint`: all faults of a spec folder and what looks like one, for people or for programs, and what each rule is there for.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::{Diagnostic, Input, Report, Rule, Severity};
use serde::Serialize;

use crate::output::print;
use crate::stdio;
use crate::watch::Watch;
use crate::{UsageError, spec};

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    if let Some(word) = matches.get_one::<String>("explain") {
        return explain(word);
    }
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec");
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    let as_json = matches.get_one::<String>("format").is_some_and(|form| form == "json");
    let mut watch = matches.get_flag("watch").then(|| Watch::new(Path::new(folder)));
    loop {
        let code = lint(folder, as_json);
        match &mut watch {
            // There is no reader left.
            Some(_) if stdio::has_failed() => return Ok(code),
            Some(watch) => watch.wait(),
            None => return Ok(code),
        }
    }
}

fn lint(folder: &str, as_json: bool) -> ExitCode {
    let shown = spec::shown(folder);
    let input = Input::Folder { path: Path::new(folder), shown };
    let (provider, report) = pyi_codegen::lint(input, &pyi_dynamic::broken);
    let count =
        |severity| report.diagnostics().iter().filter(|told| told.rule.severity() == severity).count();
    let (faults, warnings) = (count(Severity::Error), count(Severity::Warning));
    if as_json {
        stdio::json(&json(&report));
    } else if report.is_empty() {
        print(&format!("{shown}: no faults, {} endpoint(s)", provider.endpoints.len()));
    } else {
        let also = if warnings > 0 { format!(", {warnings} warning(s)") } else { String::new() };
        print(&format!(
            "{report}\n\n{shown}: {faults} fault(s){also}; `pyi lint --explain CODE` tells of each"
        ));
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A fault as a program reads it.
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

/// One rule of the catalogue, or all of them as the page that docs/RULES.md is.
fn explain(word: &str) -> Result<ExitCode, UsageError> {
    if word == "all" {
        let entries: Vec<String> = Rule::ALL.iter().map(|rule| entry(*rule)).collect();
        print(&format!("{PAGE}\n{}", entries.join("\n\n")));
        return Ok(ExitCode::SUCCESS);
    }
    let rule = Rule::find(word)
        .ok_or_else(|| UsageError(format!("--explain takes a rule's code or name: {}, or all", codes())))?;
    print(&entry(rule));
    Ok(ExitCode::SUCCESS)
}

/// The first and the last code of each severity.
fn codes() -> String {
    let of = |severity| {
        let mut codes =
            Rule::ALL.iter().filter(move |rule| rule.severity() == severity).map(|rule| rule.code());
        let first = codes.next().unwrap_or_default();
        format!("{first} to {}", codes.next_back().unwrap_or(first))
    };
    format!("{}, {}", of(Severity::Error), of(Severity::Warning))
}

const PAGE: &str = "# Faults of a spec

Every rule that a spec can break: what a spec that breaks it has, why that is refused, and what could stand there instead. A code with a W
is a warning, which `pyi lint` tells and nothing is refused for. This page is what `pyi lint --explain all` prints; a test holds the two together.
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
