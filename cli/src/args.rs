//! The command line, built from the spec: each endpoint is a subcommand of `call`, each field of its request a flag.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::builder::PossibleValuesParser;
use clap::error::ErrorKind;
use clap::{Arg, ArgAction, Command, value_parser};
use pyi_codegen::ir::{Check, Endpoint, Enum, Field, Provider, SignMethod, Type};
use pyi_text::line;

use crate::spec::Spec;
use crate::{batch, completions, export, import, output, refusal, stdio};

const CALL_HELP: &str = "\
A field's value may be @FILE, to read it from a file (@@ begins a value with @). Values on the command line show in the \
process list; @FILE and --json do not. The secret is given by the variable PYI_SECRET or by --secret-file alone; \
PYI_BASE_URL and PYI_APP_ID stand in for their flags.

Exit codes: 0 data; 2 wrong use or refused locally; 3 the provider said no; 4 not sent; 5 sent, outcome or billing \
unknown; 6 answered without real data (none, pending, made up).";

pub(crate) fn command(provider: &Provider) -> Command {
    with_negative_numbers(commands(provider))
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

fn commands(provider: &Provider) -> Command {
    Command::new("pyi")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Calls, signs and checks what a spec describes")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(call(provider))
        .subcommand(batch::command())
        .subcommand(sandbox())
        .subcommand(sign())
        .subcommand(lint())
        .subcommand(expand())
        .subcommand(export::command())
        .subcommand(import::command())
        .subcommand(schema())
        .subcommand(new())
        .subcommand(completions::command())
}

fn call(provider: &Provider) -> Command {
    Command::new("call")
        .about("Calls an endpoint: signs, sends (again only where that costs nothing), and says what came and what it cost")
        .after_help(CALL_HELP)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .subcommand_value_name("ENDPOINT")
        .subcommand_help_heading("Endpoints")
        .args(call_settings().into_iter().map(|arg| arg.global(true)))
        .subcommands(provider.endpoints.iter().map(|endpoint| endpoint_command(provider, endpoint)))
}

fn endpoint_command(provider: &Provider, endpoint: &Endpoint) -> Command {
    let any = Arg::new("field")
        .long("field")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .allow_hyphen_values(true);
    let title = line(&endpoint.title);
    Command::new(endpoint.id.clone())
        .about(title.to_string())
        .long_about(format!("{title}\n\n{}", endpoint.doc.trim()))
        .after_help(CALL_HELP)
        .arg(any.help("Any field, by its wire name"))
        .args(flags(endpoint).into_iter().map(|(field, dashed)| field_arg(provider, field, dashed)))
}

fn field_arg(provider: &Provider, field: &Field, dashed: Option<String>) -> Arg {
    let name = field.wire.clone();
    let arg = Arg::new(name.clone())
        .long(name)
        .value_name("VALUE")
        .help_heading("Fields")
        .help(field_help(provider, field));
    match dashed {
        Some(dashed) => arg.visible_alias(dashed),
        None => arg,
    }
}

/// What a person needs to know to fill a field in.
fn field_help(provider: &Provider, field: &Field) -> String {
    let ty = match &field.ty {
        Type::Enum(name) => codes_help(provider.codes(name)),
        Type::Date { pattern } => format!("a date written as {pattern}"),
        Type::Integer => "a whole number".to_owned(),
        Type::Decimal => "a decimal number".to_owned(),
        Type::Boolean => "true or false".to_owned(),
        Type::Timestamp => "unix seconds".to_owned(),
        _ => String::new(),
    };
    let example = field.example.as_ref().map(|example| format!("such as {example}")).unwrap_or_default();
    let needed = match (&field.default, field.optional) {
        (Some(default), _) => format!("{default} if not said"),
        (None, true) => "optional".to_owned(),
        (None, false) => "required".to_owned(),
    };
    let limits = field.checks.iter().filter_map(limit_help).collect::<Vec<_>>().join(", ");
    let said = [field.title.clone(), ty, limits, example, needed];
    line(&said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")).into_owned()
}

fn codes_help(named: Option<&Enum>) -> String {
    let codes = named.into_iter().flat_map(|named| &named.codes);
    codes.map(|code| format!("{} {}", code.code, code.title)).collect::<Vec<_>>().join(" | ")
}

fn limit_help(check: &Check) -> Option<String> {
    match check {
        Check::Min(least) => Some(format!("{least} at least")),
        Check::Max(most) => Some(format!("{most} at most")),
        Check::MaxLength(most) => Some(format!("{most} characters at most")),
        Check::Named(_) | Check::OneOf(_) => None,
    }
}

/// The fields that have a flag.
pub(crate) fn flagged(endpoint: &Endpoint) -> impl Iterator<Item = &Field> {
    flags(endpoint).into_iter().map(|(field, _)| field)
}

/// The fields that have a flag, by their wire name, each with the same name in dashes if that is another. A field that is
/// called like one of the program's own flags, or in a way that no flag can be, is given by `--field`.
fn flags(endpoint: &Endpoint) -> Vec<(&Field, Option<String>)> {
    let own = call_settings().into_iter().map(|arg| arg.get_id().to_string());
    let mut taken: BTreeSet<String> = own.chain(["field", "help", "version"].map(str::to_owned)).collect();
    let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut flags = Vec::new();
    for field in &endpoint.request {
        let possible = !field.wire.starts_with('-') && field.wire.chars().all(plain);
        if possible && taken.insert(field.wire.clone()) {
            let dashed = field.wire.replace('_', "-");
            flags.push((field, taken.insert(dashed.clone()).then_some(dashed)));
        }
    }
    flags
}

/// Who is called, and with what.
pub(crate) fn connection_settings() -> Vec<Arg> {
    vec![
        spec_arg(),
        Arg::new("base-url")
            .long("base-url")
            .value_name("URL")
            .help("The account's host, such as https://<your host>"),
        Arg::new("sandbox")
            .long("sandbox")
            .action(ArgAction::SetTrue)
            .conflicts_with("base-url")
            .help("Call a stand-in that starts with the program, instead of the provider"),
        Arg::new("allow-insecure-http")
            .long("allow-insecure-http")
            .action(ArgAction::SetTrue)
            .help("Call a base URL of plain http, where anyone on the way reads names and numbers"),
        Arg::new("allow-insecure-hash")
            .long("allow-insecure-hash")
            .action(ArgAction::SetTrue)
            .help("Send the secret itself over plain http, where anyone on the way reads it"),
        Arg::new("app-id").long("app-id").value_name("ID").help("The app's id"),
        secret_arg(),
        sign_arg(),
    ]
}

fn call_settings() -> Vec<Arg> {
    let mut settings = connection_settings();
    settings.extend([
        Arg::new("method")
            .long("method")
            .value_name("METHOD")
            .ignore_case(true)
            .value_parser(["post", "get"])
            .help("How the request travels"),
        Arg::new("format")
            .long("format")
            .value_name("FORMAT")
            .ignore_case(true)
            .value_parser(["json", "xml", "jsonp"])
            .help("How the reply is written"),
        Arg::new("time")
            .long("time")
            .value_name("now|none|UNIX")
            .default_value("now")
            .help("The time that the request says"),
        Arg::new("check")
            .long("check")
            .action(ArgAction::SetTrue)
            .help("Check the values by the spec's rules before anything is sent"),
        Arg::new("debug-data")
            .long("debug-data")
            .action(ArgAction::SetTrue)
            .help("Ask for data made up for testing, where the endpoint offers it"),
        Arg::new("timeout")
            .long("timeout")
            .value_name("SECONDS")
            .value_parser(value_parser!(u64))
            .help("The most that the call may take"),
        Arg::new("json")
            .long("json")
            .value_name("FILE")
            .help("Read the fields from a JSON object; - reads it from stdin"),
        Arg::new("output")
            .long("output")
            .value_name("FORM")
            .value_parser(["json", "table"])
            .help("json unless stdout is a terminal"),
    ]);
    settings
}

pub(crate) fn spec_arg() -> Arg {
    Arg::new("spec")
        .long("spec")
        .value_name("DIR")
        .help("A spec folder; the one that the program carries if not said")
}

fn secret_arg() -> Arg {
    Arg::new("secret-file").long("secret-file").value_name("FILE").help("A file that holds the app's secret")
}

fn sign_arg() -> Arg {
    let words = SignMethod::WORDS.iter().copied();
    Arg::new("sign")
        .long("sign")
        .value_name("SIGN")
        .value_parser(PossibleValuesParser::new(words))
        .help("What to sign with; what the spec names first if not said")
}

fn sandbox() -> Command {
    Command::new("sandbox")
        .about(
            "Answers like the provider, on this machine, until Ctrl-C; then says what it would have billed",
        )
        .arg(spec_arg())
        .arg(watch_arg("Serve the folder of --spec as it is saved").requires("spec"))
        .arg(
            Arg::new("addr")
                .long("addr")
                .value_name("ADDRESS")
                .default_value("127.0.0.1:0")
                .help("Where to listen; port 0 takes a free one"),
        )
        .arg(crate::sandbox::body_limit_arg())
        .arg(
            Arg::new("base-url")
                .long("base-url")
                .value_name("URL")
                .requires("app-id")
                .help("Has the page call the provider here, for money, and not the sandbox"),
        )
        .arg(Arg::new("app-id").long("app-id").value_name("ID").requires("base-url").help("The app of those calls"))
        .arg(secret_arg())
        .arg(sign_arg())
        .after_help("A page for people is at the URL that is printed. With --base-url, PYI_SECRET or --secret-file has the app's secret.")
}

fn sign() -> Command {
    Command::new("sign")
        .about("Prints the text that is signed, its secret masked, and the signature")
        .arg(spec_arg())
        .arg(secret_arg())
        .arg(sign_arg())
        .arg(
            Arg::new("pair")
                .value_name("NAME=VALUE")
                .required(true)
                .num_args(1..)
                .help("Every parameter that is sent, in any order; a value may be @FILE"),
        )
        .after_help("The secret is given by the variable PYI_SECRET or by --secret-file.")
}

fn watch_arg(help: &'static str) -> Arg {
    Arg::new("watch").long("watch").action(ArgAction::SetTrue).help(help)
}

fn lint() -> Command {
    Command::new("lint")
        .about("Prints all faults of a spec folder, and warns of what looks like one; exit code 1 if there is a fault")
        .arg(Arg::new("dir").value_name("DIR").default_value("spec").help("The folder"))
        .arg(
            Arg::new("format")
                .long("format")
                .value_name("FORM")
                .value_parser(["text", "json"])
                .help("json prints a list of severity, code, rule, file, line, column, message, help"),
        )
        .arg(watch_arg("Print them anew whenever a file is saved, until Ctrl-C"))
        .arg(
            Arg::new("explain")
                .long("explain")
                .value_name("CODE")
                .help("Tell what a rule is there for, by its code or name; `all` tells of all"),
        )
}

fn expand() -> Command {
    Command::new("expand")
        .about("Prints the code that the macro generates from a spec folder, formatted")
        .arg(Arg::new("dir").value_name("DIR").default_value("spec").help("The folder"))
        .arg(Arg::new("endpoint").long("endpoint").value_name("ENDPOINT").help("This endpoint alone"))
        .arg(
            Arg::new("check")
                .long("check")
                .value_name("FILE")
                .help("Print nothing; exit code 1 if the file is not that code"),
        )
}

fn schema() -> Command {
    Command::new("schema")
        .about("Prints the JSON Schema of a spec's files, for editors")
        .after_help(
            "A file names its schema in its first line: # yaml-language-server: $schema=endpoint.json",
        )
        .arg(
            Arg::new("file")
                .value_name("FILE")
                .required(true)
                .value_parser(["provider", "endpoint"])
                .help("Which of a spec's files"),
        )
}

fn new() -> Command {
    Command::new("new")
        .about("Starts a crate with a spec of its own")
        .arg(
            Arg::new("path")
                .value_name("NAME")
                .required(true)
                .help("The crate's name, or a path that ends in it"),
        )
        .arg(
            Arg::new("local")
                .long("local")
                .value_name("DIR")
                .help("Take pyi's crates from this checkout, rather than from where crates are published"),
        )
}

/// Help goes out as it is; an error is one line with the way out.
pub(crate) fn explain(error: &clap::Error, arguments: &[OsString], spec: &Spec) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            stdio::help(error.to_string().trim_end());
            return ExitCode::SUCCESS;
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            stdio::eprint(error.to_string().trim_end());
        }
        _ => {
            let why = refusal::line(error, arguments, &command(&spec.provider));
            stdio::error(&format!("{why}{}", spec.note()));
        }
    }
    ExitCode::from(output::USAGE_ERROR)
}
