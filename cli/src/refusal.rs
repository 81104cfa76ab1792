//! A command line that cannot be parsed, as one line with the way out. What was typed is never repeated: a stray argument, an unknown
//! flag or a value that is refused may be a name or a number. It is found again by its place.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, Error};

/// Flags of earlier versions, and their successors.
const RENAMED: [(&str, &str); 4] = [
    ("--in-flight", "--concurrency"),
    ("--patience", "--outage-timeout"),
    ("--yes-act", "--allow-side-effects"),
    ("--moved", "--change-base-url"),
];

/// What is wrong, and the way out.
pub(crate) fn line(error: &Error, arguments: &[OsString], command: &Command) -> String {
    let flag = || own(error, ContextKind::InvalidArg).unwrap_or_else(|| "an argument".to_owned());
    let said = match error.kind() {
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            if text(error, ContextKind::InvalidValue).is_none_or(|value| value.is_empty()) {
                format!("{} needs a value{}", flag(), choices(error))
            } else {
                format!("the value of {} cannot be used{}{}", flag(), choices(error), reason(error))
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
    format!("{said}; see --help")
}

/// An argument that was not expected, by its place. A value stands where none is expected if it does not look like a flag.
fn unknown(error: &Error, arguments: &[OsString]) -> String {
    let given = text(error, ContextKind::InvalidArg).unwrap_or_default();
    let at = arguments.iter().position(|argument| {
        let argument = argument.to_string_lossy();
        argument == given || argument.starts_with(&format!("{given}=")) || is_cluster(given, &argument)
    });
    let place = at.map(|at| format!("argument {at}")).unwrap_or_else(|| "an argument".to_owned());
    if !given.starts_with('-') {
        return format!("{place} is a value where none is expected; put values with blanks in quotes");
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

/// The names that were perhaps meant, else those that there are.
fn names(error: &Error, arguments: &[OsString], command: &Command) -> String {
    let meant = strings(error, ContextKind::SuggestedSubcommand);
    if !meant.is_empty() {
        return format!("; did you mean {}?", meant.join(" or "));
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

/// The values that can be given, where they are few.
fn choices(error: &Error) -> String {
    let known = strings(error, ContextKind::ValidValue);
    if known.is_empty() { String::new() } else { format!("; it is one of {}", known.join(", ")) }
}

/// Why a parser refused the value, without the value: parsers begin with it, if they repeat it at all.
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

/// What the parser itself names: a flag or a position of the program's own.
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
