//! The program `pyi`: what a spec describes, at the command line. Endpoints and their flags are read from the spec when it
//! starts, so a new endpoint needs no compiler.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | real data, or whatever else was asked for |
//! | 1 | `lint`, `expand`, `export` or `import` found faults, or `expand --check` a difference |
//! | 2 | wrong use, or refused locally |
//! | 3 | the provider said no, and bills nothing |
//! | 4 | not sent |
//! | 5 | sent, and the outcome or the billing is unknown |
//! | 6 | answered without real data: none, pending, or made up |
//! | 7 | `batch run`: nothing was sent, since earlier batches were billed for people of the table |

mod args;
mod argument;
mod batch;
mod call;
mod completions;
mod expand;
mod export;
mod field_values;
mod import;
mod lint;
mod new;
mod output;
mod private;
mod refusal;
mod sandbox;
mod schema;
mod secret;
mod sign;
mod spec;
mod stdio;
mod watch;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::ArgMatches;

use crate::spec::Spec;

/// A line for the person who used the program wrong: what is wrong, and the way out.
pub(crate) struct UsageError(pub(crate) String);

/// The command line that a spec makes.
pub fn command(provider: &pyi_codegen::ir::Provider) -> clap::Command {
    args::command(provider)
}

/// Does what the arguments ask for.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(stdio::panicked));
    stdio::end(ended(&arguments))
}

fn ended(arguments: &[OsString]) -> ExitCode {
    let spec = Spec::load(spec::folder(arguments));
    let matches = match args::command(&spec.provider).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return args::explain(&error, arguments, &spec),
    };
    match run(&spec, &matches) {
        Ok(code) => code,
        Err(UsageError(line)) => {
            stdio::error(&line);
            ExitCode::from(output::USAGE_ERROR)
        }
    }
}

fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    match matches.subcommand() {
        Some(("call", matches)) => call::run(spec, matches),
        Some(("batch", matches)) => batch::run(spec, matches),
        Some(("sandbox", matches)) => sandbox::run(spec, matches),
        Some(("sign", matches)) => sign::run(spec, matches),
        Some(("lint", matches)) => lint::run(matches),
        Some(("expand", matches)) => expand::run(matches),
        Some(("export", matches)) => export::run(spec, matches),
        Some(("import", matches)) => import::run(spec, matches),
        Some(("schema", matches)) => schema::run(matches),
        Some(("new", matches)) => new::run(matches),
        Some(("completions", matches)) => completions::run(spec, matches),
        _ => Err(UsageError("nothing to do; see `pyi --help`".to_owned())),
    }
}
