//! The language of the program's help, errors and tables: English, or Chinese by `--lang` or the
//! locale. Faults of a spec, JSON, status names, and what a call reports stay English: programs
//! read them, and people look them up.
//!
//! The Chinese texts are in `locales/zh-CN.toml`: help texts by their key (see `help`), and
//! messages by their English template. A test compares both with the program.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::sync::{LazyLock, OnceLock};

use clap::ValueEnum;
use pyi_text::Message;
use serde::Deserialize;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    #[value(name = "en")]
    English,
    #[value(name = "zh")]
    Chinese,
}

/// The language of this process. English until it is set.
static CURRENT: OnceLock<Language> = OnceLock::new();

/// The Chinese texts.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Catalogue {
    pub(crate) help: BTreeMap<String, String>,
    pub(crate) messages: BTreeMap<String, String>,
}

// The file is a part of the program, and a test reads it; without it, texts stay English.
static CHINESE: LazyLock<Option<Catalogue>> =
    LazyLock::new(|| toml::from_str(include_str!("../locales/zh-CN.toml")).ok());

/// The catalogue of the current language. English has none.
pub(crate) fn catalogue() -> Option<&'static Catalogue> {
    match CURRENT.get() {
        Some(Language::Chinese) => CHINESE.as_ref(),
        Some(Language::English) | None => None,
    }
}

/// Sets the language of the process: that of `--lang`, or of the locale. The command line is not
/// parsed yet, since its errors have a language too.
pub(crate) fn set(arguments: &[OsString]) {
    let by_locale = || sys_locale::get_locale().filter(|locale| locale.starts_with("zh"));
    let language = match given(arguments) {
        Some(word) => Language::from_str(word, false).ok(),
        None => by_locale().map(|_| Language::Chinese),
    };
    // A second call, as in a test, changes nothing.
    let _ = CURRENT.set(language.unwrap_or(Language::English));
}

/// The value of `--lang`.
fn given(arguments: &[OsString]) -> Option<&str> {
    let mut arguments = arguments.iter().skip(1).map(|argument| argument.to_str().unwrap_or_default());
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--lang") {
            Some("") => return arguments.next(),
            Some(value) if value.starts_with('=') => return value.strip_prefix('='),
            _ if argument == "--" => return None,
            _ => {}
        }
    }
    None
}

/// A message in the current language.
pub(crate) fn say(message: &Message) -> String {
    match catalogue() {
        Some(Catalogue { messages, .. }) => {
            message.translated(&|template| messages.get(template).map(String::as_str))
        }
        None => message.to_string(),
    }
}

/// A text in the current language, as [`pyi_text::message`] makes one.
macro_rules! tr {
    ($($message:tt)*) => {
        $crate::language::say(&::pyi_text::message!($($message)*))
    };
}

pub(crate) use tr;
