//! The command of an endpoint, whose flags are made from the spec: one for each field of the
//! request.

use std::collections::BTreeSet;

use clap::{Arg, ArgAction, Command};
use pyi_codegen::ir::{Check, Endpoint, Enum, Field, Provider, Type};
use pyi_text::line;

use crate::language::tr;

pub(super) fn endpoint_command(provider: &Provider, endpoint: &Endpoint) -> Command {
    let any = Arg::new("field")
        .long("field")
        .value_name("NAME=VALUE")
        .action(ArgAction::Append)
        .allow_hyphen_values(true);
    let title = line(&endpoint.title);
    Command::new(endpoint.id.clone())
        .about(title.to_string())
        .long_about(format!("{title}\n\n{}", endpoint.doc.trim()))
        .arg(any.help("Any field, by its wire name"))
        .args(flags(endpoint).into_iter().map(|(field, dashed)| field_arg(provider, field, dashed)))
}

/// The id of a field's argument, which no option of the program has.
pub(crate) fn field_id(field: &Field) -> String {
    format!("field:{}", field.wire)
}

fn field_arg(provider: &Provider, field: &Field, dashed: Option<String>) -> Arg {
    let arg = Arg::new(field_id(field))
        .long(field.wire.clone())
        .value_name("VALUE")
        .help_heading("Fields")
        .help(field_help(provider, field));
    match dashed {
        Some(dashed) => arg.visible_alias(dashed),
        None => arg,
    }
}

/// Title, type, limits, example, and whether a value is required.
fn field_help(provider: &Provider, field: &Field) -> String {
    let ty = match &field.ty {
        Type::Enum(name) => codes_help(provider.codes(name)),
        Type::Date { pattern } => tr!("a date written as {pattern}", pattern),
        Type::Integer => tr!("a whole number"),
        Type::Decimal => tr!("a decimal number"),
        Type::Boolean => tr!("true or false"),
        Type::Timestamp => tr!("unix seconds"),
        Type::Bytes => tr!("a file as @FILE, or base64"),
        Type::Object(_) => tr!("a JSON object"),
        Type::List(_) => tr!("a JSON list"),
        Type::String | Type::Any => String::new(),
    };
    let example = field.example.as_ref().map(|example| tr!("such as {example}", example)).unwrap_or_default();
    let needed = match (&field.default, field.optional) {
        (Some(default), _) => tr!("default: {value}", value = default),
        (None, true) => tr!("optional"),
        (None, false) => tr!("required"),
    };
    let limits = field.checks.iter().filter_map(limit_help).collect::<Vec<_>>().join(", ");
    let mut parts = vec![field.title.clone(), ty, limits, example, needed];
    parts.retain(|part| !part.is_empty());
    line(&parts.join(", ")).into_owned()
}

fn codes_help(named: Option<&Enum>) -> String {
    let codes = named.into_iter().flat_map(|named| &named.codes);
    codes.map(|code| format!("{} {}", code.code, code.title)).collect::<Vec<_>>().join(" | ")
}

fn limit_help(check: &Check) -> Option<String> {
    match check {
        Check::Min(least) => Some(tr!("at least {least}", least)),
        Check::Max(most) => Some(tr!("at most {most}", most)),
        Check::MinLength(least) => Some(tr!("at least {least} characters", least)),
        Check::Length(exact) => Some(tr!("{exact} characters", exact)),
        Check::MaxLength(most) => Some(tr!("at most {most} characters", most)),
        Check::Named(_) | Check::OneOf(_) => None,
    }
}

/// The fields that have a flag.
pub(crate) fn flagged(endpoint: &Endpoint) -> impl Iterator<Item = &Field> {
    flags(endpoint).into_iter().map(|(field, _)| field)
}

/// The fields that have a flag, which is their wire name, each with the same name in dashes if that
/// differs. A field with the name of an option of the program, or with a name that no flag can
/// have, is given by `--field`.
fn flags(endpoint: &Endpoint) -> Vec<(&Field, Option<String>)> {
    let options = <super::Args as clap::Args>::augment_args(Command::new("call"));
    let options = options.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned));
    let mut taken: BTreeSet<String> =
        options.chain(["field", "help", "lang", "version"].map(str::to_owned)).collect();
    let is_plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    let mut flags = Vec::new();
    for field in &endpoint.request {
        let is_possible = !field.wire.starts_with('-') && field.wire.chars().all(is_plain);
        if is_possible && taken.insert(field.wire.clone()) {
            let dashed = field.wire.replace('_', "-");
            flags.push((field, taken.insert(dashed.clone()).then_some(dashed)));
        }
    }
    flags
}
