//! `pyi lsp`: a language server for specs, over stdin and stdout. `server` keeps the folders that
//! are open and answers requests, `answers` says what codegen knows in the protocol's words,
//! `positions` converts places.

mod answers;
mod positions;
mod server;

use std::process::ExitCode;

use lsp_server::Connection;
use pyi_text::message;

use crate::UsageError;

/// Serve an editor over stdin and stdout: faults while typing, completion, hover, definitions,
/// formatting and fixes
#[derive(Debug, clap::Args)]
#[command(after_help = "README.md has the settings for VS Code, Neovim and Helix.")]
pub(crate) struct Args {}

pub(crate) fn run(_: &Args) -> Result<ExitCode, UsageError> {
    let (connection, threads) = Connection::stdio();
    let ended = server::serve(&connection);
    // The threads end with the connection.
    drop(connection);
    let closed = threads.join();
    ended.map_err(|why| UsageError(message!("the editor broke the protocol: {why}", why)))?;
    closed.map_err(|error| UsageError(message!("the editor's connection failed: {error}", error)))?;
    Ok(ExitCode::SUCCESS)
}
