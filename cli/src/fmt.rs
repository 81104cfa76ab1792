//! `pyi fmt`: brings the files of a spec folder into the one layout of specs.

use std::path::Path;
use std::process::ExitCode;

use pyi_codegen::{File, Input};
use pyi_text::{Message, message};

use crate::language::{say, tr};
use crate::options::FolderOption;
use crate::output::print;
use crate::{USAGE_ERROR, UsageError, spec, spec_file, stdio};

/// Format the files of a spec folder; comments, the order of keys and the ends of lines stay, and
/// several blank lines become one
#[derive(Debug, clap::Args)]
#[command(
    after_help = "A file that cannot be formatted stays as it is, and the others are formatted: one that is not YAML, that cannot be read or written, \
    or whose layout is not known. Exit codes: 0 all files have the layout; 1 with --check, a file has another one; 2 a file cannot be formatted."
)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: FolderOption,

    /// Change nothing, and list the files that would be changed
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let folder = args.spec.folder.as_str();
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    let input = Input::Folder { path: Path::new(folder), shown: spec::shown(folder) };
    let (files, faults) = pyi_codegen::read_files(input);
    let (mut changed, mut refused) = (0, 0);
    for fault in faults.diagnostics() {
        refused += 1;
        stdio::error(&format!("{}; {}", fault.message, fault.help));
    }
    for file in files {
        match formatted(&file, args.check) {
            Ok(false) => {}
            Ok(true) => {
                changed += 1;
                print(&file.shown);
            }
            Err(UsageError(why)) => {
                refused += 1;
                stdio::error(&say(&why));
            }
        }
    }
    Ok(match (refused, changed) {
        (0, 0) => {
            print(&tr!("all files have the layout of specs"));
            ExitCode::SUCCESS
        }
        (0, _) if args.check => ExitCode::FAILURE,
        (0, _) => ExitCode::SUCCESS,
        _ => ExitCode::from(USAGE_ERROR),
    })
}

/// Formats a file, unless it is only checked. Returns whether it had another layout.
fn formatted(file: &File, is_check: bool) -> Result<bool, UsageError> {
    let formatted = pyi_codegen::format(&file.text).map_err(|error| {
        let correction = match error.is_fault {
            true => message!("; correct it (`pyi lint`), then format again"),
            false => Message::from(""),
        };
        UsageError(message!(
            "{shown}:{line} cannot be formatted: {why}{correction}; the file stays as it is",
            shown = file.shown,
            line = error.line,
            why = error.message,
            correction
        ))
    })?;
    if formatted == file.text {
        return Ok(false);
    }
    if let Some(path) = file.disk.as_ref().filter(|_| !is_check) {
        spec_file::replace(path, &formatted)?;
    }
    Ok(true)
}
