//! The error of a command line that cannot be parsed, in one line with what to do. It never repeats
//! what was typed: a stray argument, an unknown flag or a refused value may be a person's name or
//! number. An argument is named by its place.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

use crate::spec::is_for_authors;

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
    let flag = || own(error, ContextKind::InvalidArg).unwrap_or_else(|| "an argument".to_owned());
    let message = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) {
                format!("{} needs a value{}", flag(), choices(error))
            } else {
                // `call --format` was the format of the reply in earlier versions.
                let reply = is_call(arguments) && flag().starts_with("--format ");
                let way = if reply { "; the format of the reply is --reply-format" } else { "" };
                format!("the value of {} cannot be used{}{}{way}", flag(), choices(error), reason(error))
            }
        }
        ErrorKind::UnknownArgument => unknown(error, arguments),
        ErrorKind::InvalidSubcommand => {
            let what = if is_call(arguments) { "endpoint" } else { "command" };
            format!("no {what} has the name that was given{}", names(error, arguments, command))
        }
        ErrorKind::NoEquals => format!("{} needs = before its value", flag()),
        ErrorKind::TooManyValues => {
            format!("{} got too many values; put a value with blanks in quotes", flag())
        }
        ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} got a wrong number of values", flag())
        }
        ErrorKind::ArgumentConflict => match strings(error, ContextKind::PriorArg).as_slice() {
            [] => format!("{} is given more than once", flag()),
            prior if prior.contains(&flag()) => format!("{} is given more than once", flag()),
            prior => format!("{} cannot be used with {}", flag(), prior.join(", ")),
        },
        ErrorKind::MissingRequiredArgument => {
            format!("these are required and missing: {}", strings(error, ContextKind::InvalidArg).join(", "))
        }
        ErrorKind::MissingSubcommand => "a command is missing".to_owned(),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => "the command line cannot be read".to_owned(),
    };
    format!("{message}; see --help")
}

/// An argument that was not expected, by its place. Without a dash, it is taken for a value.
fn unknown(error: &Error, arguments: &[OsString]) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let at = arguments.iter().position(|argument| {
        let argument = argument.to_string_lossy();
        argument == given || argument.starts_with(&format!("{given}=")) || is_cluster(given, &argument)
    });
    let place = at.map(|at| format!("argument {at}")).unwrap_or_else(|| "an argument".to_owned());
    if !given.starts_with('-') {
        // These commands had their folder as an argument in earlier versions.
        let way = match is_for_authors(arguments) {
            true => "a spec folder is given by --spec DIR",
            false => "put values with blanks in quotes",
        };
        return format!("{place} is a value where none is expected; {way}");
    }
    if let Some((_, successor)) = RENAMED.iter().find(|(earlier, _)| *earlier == given) {
        return format!("{given} is called {successor} now");
    }
    let tip = match strings(error, ContextKind::SuggestedArg).first() {
        Some(known) => format!("; did you mean {known}?"),
        None => String::new(),
    };
    format!("{place} is an unknown flag{tip}")
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
        return format!("; did you mean {}?", similar.join(" or "));
    }
    let mut at = command;
    for argument in arguments.iter().skip(1) {
        let Some(inner) = argument.to_str().and_then(|name| at.find_subcommand(name)) else { continue };
        at = inner;
    }
    let known: Vec<&str> = at.get_subcommands().map(Command::get_name).collect();
    format!("; there are {}", known.join(", "))
}

fn is_call(arguments: &[OsString]) -> bool {
    arguments.get(1).is_some_and(|argument| argument == "call")
}

/// The possible values, if there are few.
fn choices(error: &Error) -> String {
    let known = strings(error, ContextKind::ValidValue);
    if known.is_empty() { String::new() } else { format!("; it is one of {}", known.join(", ")) }
}

/// Why a parser refused the value. Parsers may begin with the value, which is removed.
fn reason(error: &Error) -> String {
    let Some(reason) = std::error::Error::source(error).map(ToString::to_string) else {
        return String::new();
    };
    let value = text(error, ContextKind::InvalidValue).unwrap_or_default();
    match reason.strip_prefix(value) {
        Some(rest) => format!(": it{rest}"),
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
