//! `pyi schema`: the JSON Schema of the dialect, by which editors complete and underline. The files lie in `cli/schema`; a test
//! holds them and the parser together.

use std::process::ExitCode;

use clap::ArgMatches;

use crate::UsageError;
use crate::stdio::data;

const PROVIDER: &str = include_str!("../schema/provider.json");
const ENDPOINT: &str = include_str!("../schema/endpoint.json");

pub(crate) fn run(matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let provider = matches.get_one::<String>("file").is_some_and(|file| file == "provider");
    data(if provider { PROVIDER } else { ENDPOINT }.trim_end());
    Ok(ExitCode::SUCCESS)
}
