//! `pyi man`: manual pages, one for each command, in the language of the help.

use std::path::PathBuf;
use std::process::ExitCode;

use clap_mangen::Man;
use pyi_text::message;

use crate::argument::{self, Access};
use crate::language::tr;
use crate::spec::Spec;
use crate::{UsageError, command, stdio};

/// Write the manual pages of all commands
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Folder of the pages, such as ~/.local/share/man/man1; created if missing [default: stdout,
    /// the page pyi(1) alone]
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    let command = command::command(&spec.provider);
    let Some(folder) = &args.output else {
        let mut page = Vec::new();
        Man::new(command)
            .render(&mut page)
            .map_err(|error| UsageError(message!("the page cannot be written: {error}", error)))?;
        stdio::data(String::from_utf8_lossy(&page).trim_end());
        return Ok(ExitCode::SUCCESS);
    };
    let shown = folder.to_string_lossy();
    std::fs::create_dir_all(folder)
        .and_then(|()| clap_mangen::generate_to(command, folder))
        .map_err(|error| argument::failed(Access::Write, &shown, "-o", error))?;
    stdio::print(&tr!("{folder}: the pages are written; read one: man -l {folder}/pyi.1", folder = shown));
    Ok(ExitCode::SUCCESS)
}
