//! The help texts of a command line by key, so that one pass can replace them by those of another
//! language.
//!
//! | key | text |
//! |---|---|
//! | `batch.run` | the summary of a command |
//! | `batch.run#long` | the summary in `--help` |
//! | `batch.run#after` | the text after the options |
//! | `batch.run.concurrency` | the help of an option or argument |

use std::collections::BTreeMap;

use clap::{Arg, Command};

use crate::language::{catalogue, tr};

/// The help texts of a command and its subcommands, by key.
///
/// ```
/// let (spec, _) = pyi_codegen::load(pyi_codegen::Input::Texts(pyi::SPEC));
/// let texts = pyi_cli::texts(&pyi_cli::command(&spec));
/// assert_eq!(texts["lint.watch"], "Report again whenever a file is saved, until Ctrl-C");
/// ```
pub fn texts(command: &Command) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    collect(command, "", &mut texts);
    texts
}

fn collect(command: &Command, path: &str, texts: &mut BTreeMap<String, String>) {
    let own = [
        ("", command.get_about()),
        ("#long", command.get_long_about()),
        ("#after", command.get_after_help()),
    ];
    for (end, text) in own {
        texts.extend(text.map(|text| (format!("{path}{end}"), text.to_string())));
    }
    for arg in command.get_arguments() {
        let key = key(path, arg.get_id().as_str());
        texts.extend(arg.get_help().map(|text| (key.clone(), text.to_string())));
        texts.extend(arg.get_long_help().map(|text| (format!("{key}#long"), text.to_string())));
    }
    for command in command.get_subcommands() {
        collect(command, &key(path, command.get_name()), texts);
    }
}

/// The command with other help texts. A key without a text keeps its own.
pub fn with_texts(command: Command, text: &dyn Fn(&str) -> Option<String>) -> Command {
    replace(command, "", text)
}

fn replace(mut command: Command, path: &str, text: &dyn Fn(&str) -> Option<String>) -> Command {
    if let Some(about) = text(path) {
        command = command.about(about);
    }
    if let Some(about) = text(&format!("{path}#long")) {
        command = command.long_about(about);
    }
    if let Some(after) = text(&format!("{path}#after")) {
        command = command.after_help(after);
    }
    let command = command.mut_args(|arg| {
        let key = key(path, arg.get_id().as_str());
        let arg = match text(&key) {
            Some(help) => arg.help(help),
            None => arg,
        };
        match text(&format!("{key}#long")) {
            Some(help) => arg.long_help(help),
            None => arg,
        }
    });
    command.mut_subcommands(|command| {
        let path = key(path, command.get_name());
        replace(command, &path, text)
    })
}

/// The command line in the current language: its own texts, and the headings that clap writes. Two
/// words of clap stay English: `[OPTIONS]` in a usage line, and `[aliases: …]`.
pub(crate) fn localized(mut command: Command) -> Command {
    let Some(chinese) = catalogue() else { return command };
    // clap's own options and commands are there once it is built.
    command.build();
    headed(with_texts(command, &|key| find(&chinese.help, key).cloned()))
}

/// The text of a key. Commands of endpoints share the key `call.*`, and an option without a text
/// for its command has one for all, such as `*.base_url`.
pub(crate) fn find<'a>(texts: &'a BTreeMap<String, String>, key: &str) -> Option<&'a String> {
    let last = key.rsplit('.').next().unwrap_or(key);
    let (of_call, of_all) = match last.split_once('#') {
        Some((_, end)) => (format!("call.*#{end}"), format!("*#{end}")),
        None => (format!("call.*.{last}"), format!("*.{last}")),
    };
    let of_call = texts.get(&of_call).filter(|_| key.starts_with("call."));
    texts.get(key).or(of_call).or_else(|| texts.get(&of_all))
}

/// A command with the headings of the current language.
fn headed(command: Command) -> Command {
    let template = format!(
        "{{before-help}}{{about-with-newline}}\n{}{{usage}}\n\n{{all-args}}{{after-help}}",
        tr!("Usage:")
    );
    let commands = match command.get_subcommand_help_heading() {
        Some("Endpoints") => tr!("Endpoints"),
        _ => tr!("Commands"),
    };
    let command = command.help_template(template).subcommand_help_heading(commands).mut_args(|arg| {
        let heading = match arg.get_help_heading() {
            Some("Fields") => tr!("Fields"),
            _ if arg.is_positional() => tr!("Arguments"),
            _ => tr!("Options"),
        };
        with_values(arg).help_heading(heading)
    });
    command.mut_subcommands(headed)
}

/// An argument whose help has its default and its possible values in the current language.
fn with_values(arg: Arg) -> Arg {
    let Some(help) = arg.get_help().map(ToString::to_string) else { return arg };
    let defaults: Vec<String> =
        arg.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()).collect();
    let takes_value = arg.get_action().takes_values();
    let possible: Vec<String> = match takes_value && !arg.is_hide_possible_values_set() {
        true => arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect(),
        false => Vec::new(),
    };
    let mut help = help;
    if takes_value && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        help.push_str(&tr!(" [default: {value}]", value = defaults.join(" ")));
    }
    if !possible.is_empty() {
        help.push_str(&tr!(" [possible values: {values}]", values = possible.join(", ")));
    }
    // clap has a longer text for its own `--help`.
    let arg = if arg.get_long_help().is_some() { arg.long_help(help.clone()) } else { arg };
    arg.help(help).hide_default_value(true).hide_possible_values(true)
}

fn key(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
