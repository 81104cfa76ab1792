//! `pyi lint`: all faults of a spec folder.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::Input;

use crate::Misuse;

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec").trim_end_matches('/');
    let (provider, report) = pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: folder });
    if report.is_empty() {
        println!("{folder}: no faults, {} endpoint(s)", provider.endpoints.len());
        return Ok(ExitCode::SUCCESS);
    }
    println!("{report}\n\n{folder}: {} fault(s)", report.diagnostics().len());
    Ok(ExitCode::FAILURE)
}
