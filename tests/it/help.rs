//! Help texts: every command and option has one, each with a key by which another language can
//! replace it.

use std::collections::BTreeMap;

use clap::Command;
use pyi_codegen::Input;

fn command() -> Command {
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let mut command = pyi_cli::command(&spec);
    command.build();
    command
}

/// All help, as the program prints it.
fn printed(command: &mut Command, all: &mut String) {
    all.push_str(&command.render_help().to_string());
    all.push_str(&command.render_long_help().to_string());
    command.get_subcommands_mut().for_each(|command| printed(command, all));
}

fn check(command: &Command, path: &str, texts: &BTreeMap<String, String>) {
    assert!(texts.contains_key(path), "the command {path:?} has no help");
    for arg in command.get_arguments() {
        let key = format!("{path}.{}", arg.get_id());
        assert!(texts.contains_key(key.trim_start_matches('.')), "{key} has no help");
    }
    for command in command.get_subcommands() {
        check(command, format!("{path}.{}", command.get_name()).trim_start_matches('.'), texts);
    }
}

#[test]
fn every_command_and_option_has_help() {
    let texts = pyi_cli::texts(&command());
    check(&command(), "", &texts);
    assert_eq!(texts["batch.run.concurrency"], "Maximum concurrent calls");
    // Help texts of the program begin with a capital and have no full stop.
    for (key, text) in texts.iter().filter(|(key, _)| !key.contains("call.") && !key.contains('#')) {
        assert!(!text.ends_with('.') && text.starts_with(char::is_uppercase), "{key}: {text}");
    }
}

/// One pass replaces every text.
#[test]
fn each_text_can_be_replaced() {
    let texts = pyi_cli::texts(&command());
    let mut translated =
        pyi_cli::with_texts(command(), &|key| texts.contains_key(key).then(|| format!("<{key}>")));
    let now = pyi_cli::texts(&translated);
    assert_eq!(now.len(), texts.len());
    for (key, text) in &now {
        assert_eq!(*text, format!("<{key}>"));
    }
    let mut help = String::new();
    printed(&mut translated, &mut help);
    assert!(help.contains("<batch.run.concurrency>") && help.contains("<call#after>"));
    for (key, text) in texts.iter().filter(|(_, text)| text.chars().count() > 12) {
        assert!(!help.contains(text.as_str()), "{key} is still shown: {text}");
    }
}
