//! `pyi completions`: what a shell reads to complete endpoints and fields.

use std::process::ExitCode;

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;

use crate::args::{self, spec_arg};
use crate::spec::Spec;
use crate::{UsageError, stdio};

pub(crate) fn command() -> Command {
    Command::new("completions")
        .about("Prints a shell's completions, endpoints and fields included")
        .arg(spec_arg())
        .arg(Arg::new("shell").required(true).value_parser(value_parser!(Shell)))
}

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let shell = matches.get_one::<Shell>("shell").copied();
    let shell = shell.ok_or_else(|| UsageError("name a shell, such as bash".to_owned()))?;
    // Into memory: what writes to stdout itself panics where that is closed.
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut unquotable(args::command(&spec.provider)), "pyi", &mut script);
    stdio::data(String::from_utf8_lossy(&script).trim_end());
    Ok(ExitCode::SUCCESS)
}

/// A command whose help has letters, digits and a few marks alone: completions are a shell's source text, and not every shell takes the
/// same characters for quotes (PowerShell has typographic ones).
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
