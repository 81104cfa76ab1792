//! The error of a command line that cannot be parsed, in one line with what to do. It never repeats
//! what was typed: a stray argument, an unknown flag or a refused value may be a person's name or
//! number. An argument is named by its place.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::UsageError;
use crate::language::tr;
use crate::spec::{folder_hint, is_for_authors};

/// Flags of earlier versions, and their successors.
const RENAMED: [(&str, &str); 5] = [
    ("--output", "--format"),
    ("--in-flight", "--concurrency"),
    ("--patience", "--outage-timeout"),
    ("--yes-act", "--allow-side-effects"),
    ("--moved", "--change-base-url"),
];

/// The error in one line.
pub(crate) fn line(error: &Error, arguments: &[OsString], command: &Command) -> String {
    let flag = || own(error, ContextKind::InvalidArg).unwrap_or_else(|| tr!("an argument"));
    let message = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) {
                tr!("{flag} needs a value{choices}", flag = flag(), choices = choices(error))
            } else {
                // `call --format` was the format of the reply in earlier versions.
                // `export samples --lang` was the language of the sample.
                let way = match (arguments.get(1).and_then(|name| name.to_str()), flag().split_once(' ')) {
                    (Some("call"), Some(("--format", _))) => {
                        tr!("; the format of the reply is --reply-format")
                    }
                    (Some("export"), Some(("--lang", _))) => tr!("; the language of a sample is --code"),
                    _ => String::new(),
                };
                tr!(
                    "the value of {flag} cannot be used{choices}{reason}{way}",
                    flag = flag(),
                    choices = choices(error),
                    reason = reason(error),
                    way
                )
            }
        }
        ErrorKind::UnknownArgument => unknown(error, arguments),
        ErrorKind::InvalidSubcommand => {
            let names = names(error, arguments, command);
            match is_call(arguments) {
                true => {
                    let names = format!("{names}{}", folder_hint(arguments));
                    tr!("no endpoint has the name that was given{names}", names)
                }
                false => tr!("no command has the name that was given{names}", names),
            }
        }
        ErrorKind::NoEquals => tr!("{flag} needs = before its value", flag = flag()),
        ErrorKind::TooManyValues => {
            tr!("{flag} got too many values; put a value with blanks in quotes", flag = flag())
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            tr!("{flag} got a wrong number of values", flag = flag())
        }
        ErrorKind::ArgumentConflict => match strings(error, ContextKind::PriorArg).as_slice() {
            [] => tr!("{flag} is given more than once", flag = flag()),
            prior if prior.contains(&flag()) => tr!("{flag} is given more than once", flag = flag()),
            prior => tr!("{flag} cannot be used with {prior}", flag = flag(), prior = prior.join(", ")),
        },
        ErrorKind::MissingRequiredArgument => {
            tr!(
                "these are required and missing: {arguments}",
                arguments = strings(error, ContextKind::InvalidArg).join(", ")
            )
        }
        ErrorKind::MissingSubcommand => tr!("a command is missing"),
        ErrorKind::InvalidUtf8 => tr!("an argument is not UTF-8"),
        _ => tr!("the command line cannot be read"),
    };
    tr!("{message}; see --help", message)
}

/// An argument that was not expected, by its place. Without a dash, it is taken for a value.
fn unknown(error: &Error, arguments: &[OsString]) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let at = arguments.iter().position(|argument| {
        let argument = argument.to_string_lossy();
        argument == given || argument.starts_with(&format!("{given}=")) || is_cluster(given, &argument)
    });
    let place = at.map(|at| tr!("argument {at}", at)).unwrap_or_else(|| tr!("an argument"));
    if !given.starts_with('-') {
        // These commands had their folder as an argument in earlier versions.
        let way = match is_for_authors(arguments) {
            true => tr!("a spec folder is given by --spec DIR"),
            false => tr!("put values with blanks in quotes"),
        };
        return tr!("{place} is a value where none is expected; {way}", place, way);
    }
    if let Some((_, successor)) = RENAMED.iter().find(|(earlier, _)| *earlier == given) {
        return tr!("{given} is called {successor} now", given, successor);
    }
    let tip = match strings(error, ContextKind::SuggestedArg).first() {
        Some(known) => tr!("; did you mean {known}?", known),
        None => String::new(),
    };
    tr!("{place} is an unknown flag{tip}", place, tip)
}

/// Short flags are given together: `-abc`.
fn is_cluster(given: &str, argument: &str) -> bool {
    let short = given.strip_prefix('-').filter(|short| short.chars().count() == 1);
    short.is_some_and(|short| {
        argument.starts_with('-') && !argument.starts_with("--") && argument.contains(short)
    })
}

/// The names that were probably meant, or all names.
fn names(error: &Error, arguments: &[OsString], command: &Command) -> String {
    let similar = strings(error, ContextKind::SuggestedSubcommand);
    if !similar.is_empty() {
        return tr!("; did you mean {similar}?", similar = similar.join(" or "));
    }
    let mut at = command;
    for argument in arguments.iter().skip(1) {
        let Some(inner) = argument.to_str().and_then(|name| at.find_subcommand(name)) else { continue };
        at = inner;
    }
    let known: Vec<&str> = at.get_subcommands().map(Command::get_name).collect();
    tr!("; there are {known}", known = known.join(", "))
}

/// Whether a command line calls an endpoint.
pub(crate) fn is_call(arguments: &[OsString]) -> bool {
    arguments.get(1).is_some_and(|argument| argument == "call")
}

/// The possible values, if there are few.
fn choices(error: &Error) -> String {
    let known = strings(error, ContextKind::ValidValue);
    if known.is_empty() { String::new() } else { tr!("; it is one of {known}", known = known.join(", ")) }
}

/// Why a parser refused the value. A parser of others may begin with the value, which is removed.
fn reason(error: &Error) -> String {
    let Some(source) = std::error::Error::source(error) else { return String::new() };
    let reason = source.to_string();
    if source.is::<UsageError>() {
        return format!(": {reason}");
    }
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    match reason.strip_prefix(value) {
        Some(rest) => tr!(": it{rest}", rest),
        None if reason.contains(value) => String::new(),
        None => format!(": {reason}"),
    }
}

/// A flag or positional argument of the program, as the parser names it.
fn own(error: &Error, kind: ContextKind) -> Option<String> {
    text(error, kind).map(|name| name.trim_end_matches("...").to_owned())
}

fn text(error: &Error, kind: ContextKind) -> Option<&str> {
    match error.get(kind)? {
        ContextValue::String(text) => Some(text),
        _ => None,
    }
}

fn strings(error: &Error, kind: ContextKind) -> Vec<String> {
    match error.get(kind) {
        Some(ContextValue::String(text)) => vec![text.clone()],
        Some(ContextValue::Strings(texts)) => texts.clone(),
        _ => Vec::new(),
    }
}
