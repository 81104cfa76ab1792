//! `pyi lint`: all faults of a spec folder.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::Input;

use crate::Misuse;
use crate::output::say;

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec");
    let folder = if folder.len() > 1 { folder.trim_end_matches('/') } else { folder };
    let (provider, report) = pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: folder });
    if report.is_empty() {
        say(&format!("{folder}: no faults, {} endpoint(s)", provider.endpoints.len()));
        return Ok(ExitCode::SUCCESS);
    }
    say(&format!("{report}\n\n{folder}: {} fault(s)", report.diagnostics().len()));
    Ok(ExitCode::FAILURE)
}
