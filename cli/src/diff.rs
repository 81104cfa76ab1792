//! `pyi diff`: what a new version of a spec does to its callers, to money and to the calls, for
//! people, for CI and for a changelog.

mod markdown;
mod revision;

use std::path::Path;
use std::process::ExitCode;

use clap::ValueEnum;
use pyi_codegen::{Change, ChangeClass, Diff, Input, Report, Severity, SpecPlace};
use pyi_text::{line, message};
use serde::Serialize;

use self::revision::RevisionFile;
use crate::language::tr;
use crate::lint::totals;
use crate::output::print;
use crate::{UsageError, argument, stdio};

/// Report the changes from one spec to another: those that break callers, money or calls, and safe
/// ones
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A spec is a folder, git:REV for the folder of the other spec at a revision of its repository, or git:REV:DIR. Exit codes: 0 \
    nothing breaks, or only what --allow names; 1 something breaks; 2 a spec cannot be compared. Code that compiled against the old client compiles \
    against the new one unless a change breaks callers."
)]
pub(crate) struct Args {
    /// The old spec: a folder, git:REV, or git:REV:DIR
    #[arg(value_name = "OLD")]
    old: String,

    /// The new spec: a folder, git:REV, or git:REV:DIR
    #[arg(value_name = "NEW", default_value = "spec")]
    new: String,

    /// Output format; markdown is an entry of a changelog
    #[arg(long, value_name = "FORMAT", default_value = "text")]
    format: DiffFormat,

    /// Classes of changes that do not make the exit code 1
    #[arg(long, value_name = "CLASS", value_delimiter = ',')]
    allow: Vec<Breaking>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum DiffFormat {
    Text,
    Json,
    Markdown,
}

/// A class of changes that break something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Breaking {
    Callers,
    Money,
    Calls,
}

impl From<Breaking> for ChangeClass {
    fn from(class: Breaking) -> Self {
        match class {
            Breaking::Callers => Self::Callers,
            Breaking::Money => Self::Money,
            Breaking::Calls => Self::Calls,
        }
    }
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let old = Side::read(&args.old, &args.new, "OLD")?;
    let new = Side::read(&args.new, &args.old, "NEW")?;
    let (old_texts, new_texts) = (old.texts(), new.texts());
    let (mut diff, old_report, new_report) = pyi_codegen::diff(old.input(&old_texts), new.input(&new_texts));
    old.refuse_faults(&old_report)?;
    new.refuse_faults(&new_report)?;
    for change in &mut diff.changes {
        for (side, place) in [(&old, &mut change.old), (&new, &mut change.new)] {
            if let Some(place) = place {
                side.place_in_revision(place);
            }
        }
    }
    match args.format {
        DiffFormat::Text => print(&as_text(&diff)),
        DiffFormat::Json => stdio::json(&as_json(&diff)),
        DiffFormat::Markdown => print(&markdown::entry(&diff)),
    }
    let is_allowed = |class: ChangeClass| {
        class == ChangeClass::Safe || args.allow.iter().any(|allowed| ChangeClass::from(*allowed) == class)
    };
    let breaks = diff.changes.iter().any(|change| !is_allowed(change.class));
    Ok(if breaks { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// A spec as an argument names it.
struct Side {
    /// The argument's name.
    name: &'static str,
    source: Source,
}

enum Source {
    Folder(String),
    /// The files of a folder at a revision.
    Revision {
        revision: String,
        files: Vec<RevisionFile>,
    },
}

impl Side {
    fn read(given: &str, other: &str, name: &'static str) -> Result<Self, UsageError> {
        let Some(revision) = given.strip_prefix("git:") else {
            let folder = if given.len() > 1 { given.trim_end_matches('/') } else { given };
            return Ok(Self { name, source: Source::Folder(folder.to_owned()) });
        };
        let (revision, folder) = match revision.split_once(':') {
            Some((revision, folder)) => (revision, folder),
            None => match other.strip_prefix("git:").map(|other| other.split_once(':')) {
                Some(Some((_, folder))) => (revision, folder),
                Some(None) => (revision, "spec"),
                None => (revision, other),
            },
        };
        let files = revision::files(revision, folder, name)?;
        Ok(Self { name, source: Source::Revision { revision: revision.to_owned(), files } })
    }

    fn texts(&self) -> Vec<(&str, &str)> {
        match &self.source {
            Source::Folder(_) => Vec::new(),
            Source::Revision { files, .. } => {
                files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect()
            }
        }
    }

    fn input<'a>(&'a self, texts: &'a [(&'a str, &'a str)]) -> Input<'a> {
        match &self.source {
            Source::Folder(folder) => {
                Input::Folder { path: Path::new(folder), shown: argument::folder(folder, self.name) }
            }
            Source::Revision { .. } => Input::Texts(texts),
        }
    }

    /// Names a file of a revision as `git show` takes it.
    fn place_in_revision(&self, place: &mut SpecPlace) {
        let Source::Revision { revision, files } = &self.source else { return };
        let file = files.iter().find(|file| file.name == place.file);
        let path = file.map_or(&place.file, |file| &file.path);
        place.file = format!("{revision}:{path}");
    }

    /// A spec with faults is not compared: what is missing would count as removed.
    fn refuse_faults(&self, report: &Report) -> Result<(), UsageError> {
        let (faults, _) = totals(report);
        let Some(first) = report
            .diagnostics()
            .iter()
            .find(|fault| fault.rule.severity() == Severity::Error)
            .map(|fault| fault.message.clone())
        else {
            return Ok(());
        };
        Err(UsageError(message!(
            "{name} has {faults} fault(s); the first is: {first}; correct them (`pyi lint`), then compare again",
            name = self.name,
            faults,
            first
        )))
    }
}

fn heading(class: ChangeClass) -> String {
    match class {
        ChangeClass::Callers => tr!("breaks callers"),
        ChangeClass::Money => tr!("breaks money"),
        ChangeClass::Calls => tr!("breaks calls"),
        ChangeClass::Safe => tr!("safe"),
    }
}

fn shown(place: &SpecPlace) -> String {
    format!("{}:{}:{}", place.file, place.line, place.column)
}

fn as_text(diff: &Diff) -> String {
    let Some(release) = diff.release() else { return tr!("the specs are the same") };
    let mut lines = Vec::new();
    for class in ChangeClass::ALL {
        for (number, change) in diff.of(class).enumerate() {
            if number == 0 {
                lines.push(format!("{}:", heading(class)));
            }
            lines.push(format!("  {}: {}", change.subject, line(&change.message)));
            let old = change.old.as_ref().map(|place| tr!("was {place}", place = shown(place)));
            let new = change.new.as_ref().map(|place| tr!("is {place}", place = shown(place)));
            let places: Vec<String> = old.into_iter().chain(new).collect();
            lines.push(format!("    {}", places.join(", ")));
        }
    }
    lines.push(tr!("the release is a {release} one", release = release.as_str()));
    lines.join("\n")
}

/// A change in JSON.
#[derive(Serialize)]
struct Json<'a> {
    class: &'static str,
    kind: &'static str,
    subject: &'a str,
    message: &'a str,
    release: &'static str,
    old: Option<Place<'a>>,
    new: Option<Place<'a>>,
}

#[derive(Serialize)]
struct Place<'a> {
    file: &'a str,
    line: usize,
    column: usize,
}

impl<'a> From<&'a SpecPlace> for Place<'a> {
    fn from(SpecPlace { file, line, column }: &'a SpecPlace) -> Self {
        Self { file, line: *line, column: *column }
    }
}

fn as_json(diff: &Diff) -> String {
    fn json(change: &Change) -> Json<'_> {
        Json {
            class: change.class.as_str(),
            kind: change.kind,
            subject: &change.subject,
            message: &change.message,
            release: change.release.as_str(),
            old: change.old.as_ref().map(Place::from),
            new: change.new.as_ref().map(Place::from),
        }
    }
    let changes: Vec<Json<'_>> = diff.changes.iter().map(json).collect();
    let all =
        serde_json::json!({"release": diff.release().map(|release| release.as_str()), "changes": changes});
    serde_json::to_string_pretty(&all).unwrap_or_else(|_| "{}".to_owned())
}
