//! `pyi schema`: the JSON Schema of the dialect, with which editors complete and check a spec. The
//! files are in `cli/schema`; a test compares them with the parser.

use std::process::ExitCode;

use clap::ValueEnum;

use crate::UsageError;
use crate::stdio::data;

const PROVIDER: &str = include_str!("../schema/provider.json");
const ENDPOINT: &str = include_str!("../schema/endpoint.json");

/// Print the JSON Schema of a spec's files, for editors
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The first line of a file names its schema: # yaml-language-server: $schema=endpoint.json"
)]
pub(crate) struct Args {
    /// The file of a spec
    #[arg(value_name = "FILE")]
    file: SpecFile,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum SpecFile {
    Provider,
    Endpoint,
}

pub(crate) fn run(args: &Args) -> Result<ExitCode, UsageError> {
    let schema = match args.file {
        SpecFile::Provider => PROVIDER,
        SpecFile::Endpoint => ENDPOINT,
    };
    data(schema.trim_end());
    Ok(ExitCode::SUCCESS)
}
