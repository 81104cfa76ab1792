//! `pyi export`: the spec in forms that others read. A spec with faults is not exported: what is missing would not be missed.

use std::path::Path;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgMatches, Command};
use pyi_codegen::Input;
use pyi_export::openapi::{Version, openapi};
use pyi_export::samples::{Lang, sample};

use crate::args::spec_arg;
use crate::output::eprint;
use crate::spec::{Spec, endpoint};
use crate::stdio::data;
use crate::{UsageError, spec};

pub(crate) fn command() -> Command {
    let openapi = Command::new("openapi")
        .about("Prints the spec as an OpenAPI document")
        .arg(Arg::new("dir").value_name("DIR").default_value("spec").help("The folder"))
        .arg(
            Arg::new("openapi")
                .long("openapi")
                .value_name("VERSION")
                .value_parser(["3.1", "3.0"])
                .default_value("3.1")
                .help("The version of OpenAPI; some readers know 3.0 alone"),
        );
    let samples = Command::new("samples")
        .about("Prints a program that makes a request of an endpoint, in a language of choice")
        .after_help("The program takes PYI_BASE_URL, PYI_APP_ID and PYI_SECRET from its environment.")
        .arg(spec_arg())
        .arg(Arg::new("endpoint").value_name("ENDPOINT").required(true).help("The endpoint that it calls"))
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANGUAGE")
                .required(true)
                .value_parser(PossibleValuesParser::new(Lang::ALL.map(|(word, _)| word)))
                .help("The language"),
        )
        .arg(
            Arg::new("crate")
                .long("crate")
                .value_name("NAME")
                .default_value("pyi")
                .help("Of Rust: the crate that has the client"),
        );
    Command::new("export")
        .about("Prints the spec in a form that others read")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(openapi)
        .subcommand(samples)
}

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    match matches.subcommand() {
        Some(("openapi", matches)) => document(matches),
        Some(("samples", matches)) => program(spec, matches),
        _ => Err(UsageError("nothing to export; see `pyi export --help`".to_owned())),
    }
}

fn document(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let folder = matches.get_one::<String>("dir").map(String::as_str).unwrap_or("spec");
    let (provider, report) =
        pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: spec::shown(folder) });
    if !report.is_empty() {
        eprint(&report.to_string());
        return Ok(ExitCode::FAILURE);
    }
    let older = matches.get_one::<String>("openapi").is_some_and(|version| version == "3.0");
    let version = if older { Version::V30 } else { Version::V31 };
    let document = openapi(&provider, version)
        .map_err(|error| UsageError(format!("the document cannot be written: {error}")))?;
    data(&document);
    Ok(ExitCode::SUCCESS)
}

fn program(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let said = |name: &str| matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    let (id, word) = (said("endpoint"), said("lang"));
    let endpoint = endpoint(&spec.provider, id)
        .map_err(|UsageError(line)| UsageError(format!("{line}{}", spec.note())))?;
    let lang = Lang::ALL.iter().find(|(known, _)| *known == word).map(|(_, lang)| *lang);
    let lang = lang.ok_or_else(|| UsageError(format!("no sample is written in {word}")))?;
    data(sample(&spec.provider, endpoint, lang, said("crate")).trim_end());
    Ok(ExitCode::SUCCESS)
}
