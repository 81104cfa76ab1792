//! `pyi export`: the spec in the form of another tool. A spec with faults is not exported: its
//! reader would not notice the endpoints that are missing.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use clap::builder::PossibleValuesParser;
use pyi_codegen::Input;
use pyi_export::openapi::{Version, openapi};
use pyi_export::samples::{Lang, sample};
use pyi_text::message;

use crate::options::{FolderOption, SpecOption};
use crate::output::eprint;
use crate::spec::Spec;
use crate::stdio::data;
use crate::{UsageError, spec};

/// Print the spec in the form of another tool
#[derive(Debug, clap::Args)]
#[command(subcommand_required = true, arg_required_else_help = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    form: Form,
}

#[derive(Debug, Subcommand)]
enum Form {
    Openapi(OpenapiArgs),
    Samples(SamplesArgs),
}

/// Print the spec as an OpenAPI document
#[derive(Debug, clap::Args)]
struct OpenapiArgs {
    #[command(flatten)]
    spec: FolderOption,

    /// Version of OpenAPI; some tools read 3.0 only
    #[arg(long, value_name = "VERSION", default_value = "3.1", value_parser = ["3.1", "3.0"])]
    openapi: String,
}

/// Print a program that makes a request of an endpoint, in one of several languages
#[derive(Debug, clap::Args)]
#[command(after_help = "The program reads PYI_BASE_URL, PYI_APP_ID and PYI_SECRET from its environment.")]
struct SamplesArgs {
    #[command(flatten)]
    spec: SpecOption,

    /// The endpoint that the program calls
    #[arg(value_name = "ENDPOINT")]
    endpoint: String,

    /// The language of the program
    #[arg(long, value_name = "LANGUAGE", value_parser = PossibleValuesParser::new(Lang::ALL.map(|(word, _)| word)))]
    code: String,

    /// Rust only: the crate of the generated client
    #[arg(long = "crate", value_name = "NAME", default_value = "pyi")]
    crate_name: String,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    match &args.form {
        Form::Openapi(args) => print_openapi(args),
        Form::Samples(args) => print_sample(spec, args),
    }
}

fn print_openapi(args: &OpenapiArgs) -> Result<ExitCode, UsageError> {
    let folder = args.spec.folder.as_str();
    let (provider, report) =
        pyi_codegen::load(Input::Folder { path: Path::new(folder), shown: spec::shown(folder) });
    if !report.is_empty() {
        eprint(&report.to_string());
        return Ok(ExitCode::FAILURE);
    }
    let version = if args.openapi == "3.0" { Version::V30 } else { Version::V31 };
    let document = openapi(&provider, version).map_err(|error| {
        UsageError(message!("the document cannot be written: {error}", error = error.to_string()))
    })?;
    data(&document);
    Ok(ExitCode::SUCCESS)
}

fn print_sample(spec: &Spec, args: &SamplesArgs) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let endpoint = spec.endpoint(&args.endpoint)?;
    let lang = Lang::ALL.iter().find(|(word, _)| *word == args.code).map(|(_, lang)| *lang);
    let lang = lang.ok_or_else(|| UsageError(message!("there is no sample in that language")))?;
    data(sample(&spec.provider, endpoint, lang, &args.crate_name).trim_end());
    Ok(ExitCode::SUCCESS)
}
