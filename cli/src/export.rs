//! `pyi export`: the spec in forms that others read. A spec with faults is not exported: what is missing would not be missed.

use std::path::Path;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_codegen::Input;
use pyi_export::openapi::{Version, openapi};

use crate::Misuse;
use crate::output::{complain, say};

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    let Some(("openapi", matches)) = matches.subcommand() else {
        return Err(Misuse("nothing to export; see `pyi export --help`".to_owned()));
    };
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec");
    let (provider, report) = pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: folder });
    if !report.is_empty() {
        complain(&report.to_string());
        return Ok(ExitCode::FAILURE);
    }
    let older = matches.get_one::<String>("openapi").is_some_and(|version| version == "3.0");
    let version = if older { Version::V30 } else { Version::V31 };
    let document = openapi(&provider, version)
        .map_err(|error| Misuse(format!("the document cannot be written: {error}")))?;
    say(&document);
    Ok(ExitCode::SUCCESS)
}
