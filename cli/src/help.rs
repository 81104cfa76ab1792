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

use clap::Command;

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

fn key(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}
