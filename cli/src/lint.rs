//! `pyi lint`: all faults and warnings of a spec folder, for people or for programs, what corrects
//! them, and the reason of each rule.

mod github;
mod json;
mod sarif;

use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;
use pyi_codegen::{Diagnostic, Input, Report, Rule, Safety, Severity};
use pyi_text::message;

use crate::language::tr;
use crate::options::FolderOption;
use crate::output::print;
use crate::spec::Spec;
use crate::stdio;
use crate::watch::Watch;
use crate::{UsageError, spec, spec_file};

/// Report all faults and warnings of a spec folder; the exit code is 1 if there is a fault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: FolderOption,

    /// Output format; json is a list of severity, code, rule, file, line, column, message, help,
    /// fix; github is annotations of a workflow; sarif is version 2.1.0, for code scanning
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: LintFormat,

    /// Apply corrections that are safe, since the text can mean nothing else, then report the rest;
    /// `--fix=all` applies also what is a guess, and has to be read
    #[arg(long, value_name = "WHICH", num_args = 0..=1, require_equals = true, default_missing_value = "safe", conflicts_with = "watch")]
    fix: Option<Fixes>,

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
    Sarif,
}

/// The fixes that are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Fixes {
    Safe,
    All,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    if let Some(word) = &args.explain {
        return explain(word);
    }
    let folder = args.spec.folder.as_str();
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    let mut watch = args.watch.then(|| Watch::new(Path::new(folder)));
    loop {
        if let Some(fixes) = args.fix {
            fix(folder, fixes)?;
        }
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
    match format {
        LintFormat::Json => stdio::json(&json::json(&report)),
        LintFormat::Sarif => stdio::json(&sarif::sarif(&report)),
        LintFormat::Github if report.is_empty() => {}
        LintFormat::Github => print(&github::github(&report)),
        LintFormat::Text if report.is_empty() => print(&tr!(
            "{shown}: no faults, {endpoints} endpoint(s)",
            shown,
            endpoints = provider.endpoints.len()
        )),
        LintFormat::Text => {
            let also = if warnings > 0 { tr!(", {warnings} warning(s)", warnings) } else { String::new() };
            stdio::report(&tr!(
                "{report}\n\n{shown}: {faults} fault(s){also}; `pyi lint --explain CODE` explains a rule{fixes}",
                report = report.to_string(),
                shown,
                faults,
                also,
                fixes = fixable(&report)
            ));
        }
    }
    if faults == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How many of the faults `--fix` would correct.
fn fixable(report: &Report) -> String {
    let count = |safety| {
        let fixes = report.diagnostics().into_iter().filter_map(Diagnostic::fix);
        fixes.filter(|fix| fix.safety == safety).count()
    };
    match (count(Safety::Safe), count(Safety::Risky)) {
        (0, 0) => String::new(),
        (safe, 0) => tr!("; `--fix` corrects {safe} of them (safe)", safe),
        (0, risky) => tr!("; `--fix=all` corrects {risky} of them (a guess)", risky),
        (safe, risky) => {
            tr!("; `--fix` corrects {safe} of them (safe), `--fix=all` {risky} more (a guess)", safe, risky)
        }
    }
}

/// Writes the files with their fixes.
fn fix(folder: &str, fixes: Fixes) -> Result<(), UsageError> {
    let most = match fixes {
        Fixes::Safe => Safety::Safe,
        Fixes::All => Safety::Risky,
    };
    let input = Input::Folder { path: Path::new(folder), shown: spec::shown(folder) };
    for fixed in pyi_codegen::fix(input, &pyi_runtime::__private::check::violation, most) {
        let Some(path) = &fixed.file.disk else { continue };
        spec_file::replace(path, &fixed.text)?;
        // Beside the report, which may be for a program.
        stdio::eprint(&tr!(
            "{file}: {count} fault(s) corrected",
            file = fixed.file.shown,
            count = fixed.faults
        ));
    }
    Ok(())
}

/// The numbers of faults and of warnings.
pub(crate) fn totals(report: &Report) -> (usize, usize) {
    let count = |severity| {
        report.diagnostics().iter().filter(|diagnostic| diagnostic.rule.severity() == severity).count()
    };
    (count(Severity::Error), count(Severity::Warning))
}

/// The number of endpoints, and all faults and warnings, of a folder or of the spec that the
/// program carries.
pub(crate) fn counted(folder: Option<&str>, spec: &Spec) -> (usize, Report) {
    let texts = spec.texts();
    let input = match folder {
        Some(folder) => Input::Folder { path: Path::new(folder), shown: spec::shown(folder) },
        None => Input::Texts(&texts),
    };
    let (provider, report) = pyi_codegen::lint(input, &pyi_runtime::__private::check::violation);
    (provider.endpoints.len(), report)
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
