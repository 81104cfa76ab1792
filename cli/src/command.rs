//! The whole command line: the commands of the program, and below `call` one command for each
//! endpoint of the spec.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::EnumValueParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, ArgMatches, Command, FromArgMatches, Subcommand};
use pyi_codegen::ir::Provider;

use crate::help::localized;
use crate::language::{Language, tr};
use crate::spec::Spec;
use crate::{
    USAGE_ERROR, UsageError, batch, call, completions, diff, doctor, expand, export, fmt, import, lint, lsp,
    man, new, refusal, sandbox, schema, sign, stdio,
};

/// Commands whose flags are known when the program is compiled.
#[derive(Debug, Subcommand)]
enum Static {
    Batch(batch::Args),
    Sandbox(sandbox::Args),
    Sign(sign::Args),
    Lint(lint::Args),
    Diff(diff::Args),
    Fmt(fmt::Args),
    Lsp(lsp::Args),
    Expand(expand::Args),
    Export(export::Args),
    Import(import::Args),
    Schema(schema::Args),
    New(new::Args),
    Completions(completions::Args),
    Doctor(doctor::Args),
    Man(man::Args),
}

/// The command line of a spec.
pub(crate) fn command(provider: &Provider) -> Command {
    let command = Command::new("pyi")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .arg(
            Arg::new("lang")
                .long("lang")
                .value_name("LANGUAGE")
                .global(true)
                .value_parser(EnumValueParser::<Language>::new())
                .help("Language of help, errors and tables [default: that of the locale]"),
        )
        .subcommand(call::command(provider));
    // The derive takes the comment of its enum for the text of the program.
    let command = Static::augment_subcommands(command).about("Calls, signs and checks what a spec describes");
    localized(with_negative_numbers(command))
}

/// A value may be a negative number, without `=` before it.
fn with_negative_numbers(command: Command) -> Command {
    command
        .mut_args(|arg| {
            let has_value = matches!(arg.get_action(), ArgAction::Set | ArgAction::Append);
            if has_value { arg.allow_negative_numbers(true) } else { arg }
        })
        .mut_subcommands(with_negative_numbers)
}

/// Runs the command of a parsed command line.
pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    if let Some(("call", matches)) = matches.subcommand() {
        return call::run(spec, matches);
    }
    match Static::from_arg_matches(matches).map_err(UsageError::english)? {
        Static::Batch(args) => batch::run(spec, &args),
        Static::Sandbox(args) => sandbox::run(spec, &args),
        Static::Sign(args) => sign::run(spec, &args),
        Static::Lint(args) => lint::run(&args),
        Static::Diff(args) => diff::run(&args),
        Static::Fmt(args) => fmt::run(&args),
        Static::Lsp(args) => lsp::run(&args),
        Static::Expand(args) => expand::run(&args),
        Static::Export(args) => export::run(spec, &args),
        Static::Import(args) => import::run(spec, &args),
        Static::Schema(args) => schema::run(&args),
        Static::New(args) => new::run(&args),
        Static::Completions(args) => completions::run(spec, &args),
        Static::Doctor(args) => doctor::run(spec, &args),
        Static::Man(args) => man::run(spec, &args),
    }
}

/// Prints help, or why a command line cannot be parsed, in one line with what to do.
pub(crate) fn not_parsed(error: &clap::Error, arguments: &[OsString], spec: &Spec) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            stdio::help(error.to_string().trim_end());
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            stdio::eprint(error.to_string().trim_end());
        }
        _ => {
            let has_none = spec.provider.endpoints.is_empty() && !spec.report.is_empty();
            let line = match has_none && refusal::is_call(arguments) {
                // Without the endpoints, no argument of theirs is known.
                true => tr!("no endpoint of the spec can be called{note}", note = spec.note()),
                false => {
                    let line = refusal::line(error, arguments, &command(&spec.provider));
                    format!("{line}{}", spec.note())
                }
            };
            stdio::error(&line);
        }
    }
    ExitCode::from(USAGE_ERROR)
}
