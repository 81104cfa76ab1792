//! The program `pyi`: a spec at the command line. Endpoints and their flags are read from the spec
//! when the program starts, so a new endpoint needs no compiler.
//!
//! Help, errors and tables are English or Chinese, by `--lang` or the locale.
//!
//! | exit code | meaning |
//! |---|---|
//! | 0 | real data, or the command did its job |
//! | 1 | `lint`, `expand`, `export` or `import` found faults, or `expand --check` a difference |
//! | 2 | usage error, or refused locally |
//! | 3 | the provider refused the call, and bills nothing |
//! | 4 | not sent |
//! | 5 | sent, and the outcome or the billing is unknown |
//! | 6 | answered without real data: none, pending, or made up |
//! | 7 | `batch run`: nothing was sent, because earlier batches were billed for people of the table |
//! | 8 | `batch run` and `batch work`: the budget does not cover another call |

mod argument;
mod batch;
mod call;
mod command;
mod completions;
mod connection;
mod diff;
mod doctor;
mod expand;
mod export;
mod field_values;
mod fmt;
mod help;
mod import;
mod interrupt;
mod language;
mod lint;
mod lsp;
mod man;
mod new;
mod options;
mod output;
mod private;
mod profile;
mod refusal;
mod sandbox;
mod schema;
mod secret;
mod sign;
mod spec;
mod spec_file;
mod stdio;
mod watch;

use std::ffi::OsString;
use std::fmt::{Display, Formatter};
use std::process::ExitCode;

use pyi_text::Message;

pub use self::help::{texts, with_texts};

use crate::language::say;
use crate::spec::Spec;

/// Exit code: usage error, or refused locally.
pub(crate) const USAGE_ERROR: u8 = 2;

/// A usage error in one line: what is wrong, and what to do.
#[derive(Debug)]
pub(crate) struct UsageError(pub(crate) Message);

impl UsageError {
    /// The error of a library.
    pub(crate) fn new(error: impl Into<Message>) -> Self {
        Self(error.into())
    }

    /// An error that has no other language.
    pub(crate) fn english(error: impl Display) -> Self {
        Self(Message::from(error.to_string()))
    }
}

impl Display for UsageError {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&say(&self.0))
    }
}

/// What a parser of a value returns. Its text says what the value must be, and never has the value
/// in it.
impl std::error::Error for UsageError {}

/// The command line of a spec.
pub fn command(provider: &pyi_codegen::ir::Provider) -> clap::Command {
    command::command(provider)
}

/// Runs the program with its arguments.
pub fn main(arguments: Vec<OsString>) -> ExitCode {
    std::panic::set_hook(Box::new(stdio::panicked));
    stdio::end(run(&arguments))
}

fn run(arguments: &[OsString]) -> ExitCode {
    language::set(arguments);
    let spec = Spec::load(spec::folder(arguments));
    let matches = match command::command(&spec.provider).try_get_matches_from(arguments) {
        Ok(matches) => matches,
        Err(error) => return command::not_parsed(&error, arguments, &spec),
    };
    match command::run(&spec, &matches) {
        Ok(code) => code,
        Err(UsageError(line)) => {
            stdio::error(&say(&line));
            ExitCode::from(USAGE_ERROR)
        }
    }
}
