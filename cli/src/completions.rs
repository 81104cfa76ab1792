//! `pyi completions`: the script with which a shell completes endpoints and fields.

use std::process::ExitCode;

use clap::Command;
use clap_complete::Shell;

use crate::options::SpecOption;
use crate::spec::Spec;
use crate::{UsageError, command, stdio};

/// Print a shell's completions, with the endpoints and their fields
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    /// The shell
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    // Into memory: what writes to stdout itself panics where that is closed.
    let mut script = Vec::new();
    clap_complete::generate(
        args.shell,
        &mut unquotable(command::command(&spec.provider)),
        "pyi",
        &mut script,
    );
    stdio::data(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A command whose help has letters, digits and a few marks only: completions are source text of a
/// shell, and shells differ in the characters that quote (PowerShell has typographic ones).
fn unquotable(command: Command) -> Command {
    let plain = |help: &clap::builder::StyledStr| {
        let plain = |c: char| {
            if c.is_alphanumeric() || " ,.:;()-_/，。、：；（）".contains(c) { c } else { ' ' }
        };
        help.to_string().chars().map(plain).collect::<String>()
    };
    let about = command.get_about().map(plain);
    let command = command.mut_args(|arg| match arg.get_help().map(plain) {
        Some(help) => arg.help(help),
        None => arg,
    });
    let command = command.mut_subcommands(unquotable);
    match about {
        Some(about) => command.about(about),
        None => command,
    }
}
