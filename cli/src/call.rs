//! `pyi call`: one call of an endpoint, to the provider or to a sandbox that runs as long as the
//! call.

mod flags;

use std::io::IsTerminal;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgMatches, Command, FromArgMatches, ValueEnum};
use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{CallOptions, CallReport, DynamicClient, InvalidCall};
use pyi_runtime::{Format, Method, Time};
use pyi_text::{Message, message};

pub(crate) use self::flags::{field_id, flagged};
use crate::UsageError;
use crate::connection::{Target, block_on};
use crate::field_values;
use crate::options::ConnectionOptions;
use crate::output::Output;
use crate::spec::Spec;

const AFTER_HELP: &str = "\
A field's value can be @FILE, which reads it from a file (@@ begins a value with @). Values on the command line are visible \
in the process list; @FILE and --json are not. The secret is read from the variable PYI_SECRET or from --secret-file only.

Exit codes: 0 real data; 2 usage error, or refused locally; 3 the provider refused the call; 4 not sent; 5 sent, and the outcome or \
the billing is unknown; 6 answered without real data (none, pending, made up).";

/// The options of every endpoint.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(flatten)]
    connection: ConnectionOptions,

    /// HTTP method of the request [default: the endpoint's first]
    #[arg(long, value_name = "METHOD", ignore_case = true, value_parser = method())]
    method: Option<Method>,

    /// Format of the provider's reply [default: the endpoint's first]
    #[arg(long, value_name = "FORMAT", ignore_case = true, value_parser = reply_format())]
    reply_format: Option<Format>,

    /// Time of the request
    #[arg(long, value_name = "now|none|UNIX", default_value = "now")]
    time: String,

    /// Nonce of the request, where the provider wants one [default: random digits]
    #[arg(long, value_name = "TEXT")]
    nonce: Option<String>,

    /// Run the spec's checks over the values before anything is sent
    #[arg(long)]
    check: bool,

    /// Request data made up for testing, where the endpoint offers it
    #[arg(long)]
    debug_data: bool,

    /// Time limit of the call
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<u64>,

    /// Read the fields from a JSON object; - reads stdin
    #[arg(long, value_name = "FILE")]
    json: Option<String>,

    /// Output format [default: table on a terminal, otherwise json]
    #[arg(long, value_name = "FORMAT")]
    format: Option<OutputFormat>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    Json,
    Table,
}

fn method() -> impl TypedValueParser<Value = Method> {
    PossibleValuesParser::new(["post", "get", "put", "patch", "delete"])
        .try_map(|word| word.to_ascii_uppercase().parse::<Method>())
}

fn reply_format() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::WORDS).try_map(|word| word.to_ascii_lowercase().parse::<Format>())
}

/// `call`, with a command for each endpoint, which has the options of all.
pub(crate) fn command(provider: &Provider) -> Command {
    let command = Command::new("call")
        .after_help(AFTER_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("ENDPOINT")
        .subcommand_help_heading("Endpoints");
    // The derive takes the comment of its struct for the text of the command.
    let command = <Args as clap::Args>::augment_args(command)
        .about("Call an endpoint: sign and send a request, and print the outcome and its cost")
        .mut_args(|arg| arg.global(true));
    command.subcommands(
        provider
            .endpoints
            .iter()
            .map(|endpoint| flags::endpoint_command(provider, endpoint).after_help(AFTER_HELP)),
    )
}

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let (id, matches) = matches
        .subcommand()
        .ok_or_else(|| UsageError(message!("no endpoint was given; see `pyi call --help`")))?;
    let endpoint =
        spec.provider.endpoint(id).ok_or_else(|| UsageError(message!("the spec has no such endpoint")))?;
    let args = Args::from_arg_matches(matches).map_err(UsageError::english)?;
    let as_table = match args.format {
        Some(format) => format == OutputFormat::Table,
        None => std::io::stdout().is_terminal(),
    };
    let output = Output::new(&spec.provider, endpoint, as_table, args.connection.sandbox);
    match call(spec, endpoint, matches, &args) {
        Ok(report) => Ok(output.write(&report)),
        Err(UsageError(line)) => Ok(output.refused(&line)),
    }
}

fn call(
    spec: &Spec,
    endpoint: &Endpoint,
    matches: &ArgMatches,
    args: &Args,
) -> Result<CallReport, UsageError> {
    let values = field_values::read(endpoint, matches, args.json.as_deref())?;
    let options = CallOptions {
        method: args.method,
        format: args.reply_format,
        time: time(&args.time)?,
        nonce: args.nonce.clone(),
        timeout: args.timeout.map(Duration::from_secs),
        check: args.check,
        debug: args.debug_data,
    };
    let target = Target::new(spec, &args.connection)?;
    block_on(async {
        let (client, _sandbox) = target.connect(spec, &args.connection, None).await?;
        let client = DynamicClient::new(Arc::clone(&spec.provider), client);
        let report = client.call(&endpoint.id, &values, &options).await;
        report.map_err(|error| refused(&error, &endpoint.id))
    })
}

/// All faults of the values in one line.
fn refused(error: &InvalidCall, id: &str) -> UsageError {
    let faults = error.messages().into_iter().reduce(|all, fault| message!("{all}; {fault}", all, fault));
    let faults = faults.unwrap_or_else(|| Message::from(""));
    UsageError(message!("{faults}; see `pyi call {id} --help`", faults, id))
}

fn time(given: &str) -> Result<Time, UsageError> {
    match given {
        "now" => Ok(Time::Now),
        "none" => Ok(Time::Omit),
        seconds => match seconds.parse() {
            Ok(seconds @ 0..) => Ok(Time::At(seconds)),
            _ => Err(UsageError(message!("--time is now, none or whole unix seconds"))),
        },
    }
}
