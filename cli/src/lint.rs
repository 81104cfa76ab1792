//! `pyi lint`: all faults of a spec folder, for people or for programs, and what each rule is there for.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::{Diagnostic, Input, Report, Rule};
use serde::Serialize;

use crate::Misuse;
use crate::output::say;
use crate::watch::Watch;

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
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
            Some(watch) => watch.wait(),
            None => return Ok(code),
        }
    }
}

fn lint(folder: &str, as_json: bool) -> ExitCode {
    let (provider, report) = pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: folder });
    let faults = report.diagnostics().len();
    if as_json {
        say(&json(&report));
    } else if faults > 0 {
        say(&format!("{report}\n\n{folder}: {faults} fault(s); `pyi lint --explain CODE` tells of each"));
    } else {
        say(&format!("{folder}: no faults, {} endpoint(s)", provider.endpoints.len()));
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A fault as a program reads it.
#[derive(Serialize)]
struct Fault<'a> {
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

/// One rule of the catalogue, or all of them as the page that FAULTS.md is.
fn explain(word: &str) -> Result<ExitCode, Misuse> {
    if word == "all" {
        let entries: Vec<String> = Rule::ALL.iter().map(|rule| entry(*rule)).collect();
        say(&format!("{PAGE}\n{}", entries.join("\n\n")));
        return Ok(ExitCode::SUCCESS);
    }
    let rule = Rule::find(word).ok_or_else(|| {
        Misuse(format!(
            "no rule is called {word}; there are E01 to E{:02}, and `--explain all`",
            Rule::ALL.len()
        ))
    })?;
    say(&entry(rule));
    Ok(ExitCode::SUCCESS)
}

const PAGE: &str = "# Faults of a spec

Every rule that a spec can break: what a spec that breaks it has, why it is refused, and what could stand there instead. This page is what
`pyi lint --explain all` prints; a test holds the two together.
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
