//! `pyi fmt`: brings the files of a spec folder into the one layout of specs.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use pyi_text::message;

use crate::argument::{self, Access};
use crate::language::tr;
use crate::options::FolderOption;
use crate::output::print;
use crate::{UsageError, spec, spec_file};

/// Format the files of a spec folder; comments, the order of keys and line breaks stay
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A file that is not YAML is left alone, and so are all others. Exit codes: 0 all files have the layout; 1 with --check, a file has \
    another one; 2 a file cannot be formatted."
)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: FolderOption,

    /// Change nothing, and list the files that would be changed
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let folder = Path::new(&args.spec.folder);
    let mut changed: Vec<(PathBuf, String)> = Vec::new();
    for path in files(folder, &args.spec.folder)? {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(&path)
            .map_err(|error| argument::failed(Access::Read, &shown, message!("the spec folder"), error))?;
        let formatted = pyi_codegen::format(&text).map_err(|error| {
            UsageError(message!(
                "{shown}:{line} cannot be formatted: {why}; correct it (`pyi lint`), then format again; no file was changed",
                shown,
                line = error.line,
                why = error.message
            ))
        })?;
        if formatted != text {
            changed.push((path, formatted));
        }
    }
    for (path, formatted) in &changed {
        if !args.check {
            spec_file::replace(path, formatted)?;
        }
        print(&path.display().to_string());
    }
    if changed.is_empty() {
        print(&tr!("all files have the layout of specs"));
    }
    Ok(if args.check && !changed.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The files of a spec folder.
fn files(folder: &Path, given: &str) -> Result<Vec<PathBuf>, UsageError> {
    let shown = spec::shown(given);
    let unreadable = |error: std::io::Error| {
        UsageError(message!("the spec folder {shown} cannot be read: {error}", shown, error))
    };
    let mut files = vec![folder.join("provider.yaml")];
    let mut endpoints = Vec::new();
    if folder.join("endpoints").exists() {
        for entry in std::fs::read_dir(folder.join("endpoints")).map_err(unreadable)? {
            let path = entry.map_err(unreadable)?.path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                endpoints.push(path);
            }
        }
    }
    endpoints.sort();
    files.extend(endpoints);
    Ok(files)
}
