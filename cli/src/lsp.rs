//! `pyi lsp`: a language server for specs, over stdin and stdout. `server` keeps the folders that
//! are open and answers requests, `answers` says what codegen knows in the protocol's words,
//! `positions` converts places, `transport` reads and writes messages.

mod answers;
mod positions;
mod server;
mod transport;

use std::process::ExitCode;

use crate::UsageError;

/// Serve an editor over stdin and stdout: faults while typing, completion, hover, definitions,
/// formatting and fixes
#[derive(Debug, clap::Args)]
#[command(
    after_help = "README.md has the settings for VS Code, Neovim and Helix. Exit codes: 0 the editor ended the server as the protocol says; 1 it ended it without \
    `shutdown`; 2 it broke the protocol."
)]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<ExitCode, UsageError> {
    server::serve(&mut std::io::stdin().lock())
}
