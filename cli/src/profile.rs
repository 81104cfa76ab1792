//! Profiles: accounts with a name, in the configuration file. A profile says where the secret is,
//! and never has it. It is used only where `--profile` names it, since a call costs money.
//!
//! ```toml
//! [profiles.shop]
//! base_url = "https://<your host>"
//! app_id = "20000001"
//! sign = "hmac_sha256"                    # optional
//! secret_file = "shop.secret"             # beside this file; or one of the next two
//! secret_command = ["pass", "show", "shop"]
//! secret_env = "SHOP_SECRET"
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use directories::ProjectDirs;
use pyi_codegen::ir::SignMethod;
use pyi_text::{Message, message};
use serde::Deserialize;

use crate::UsageError;
use crate::argument::{self, Access};

/// An account.
#[derive(Debug)]
pub(crate) struct Profile {
    pub(crate) base_url: Option<String>,
    pub(crate) app_id: Option<String>,
    pub(crate) sign: Option<SignMethod>,
    pub(crate) secret: Option<SecretSource>,
}

/// Where a secret is.
#[derive(Debug)]
pub(crate) enum SecretSource {
    File(PathBuf),
    /// A program and its arguments.
    Command(Vec<String>),
    Variable(String),
}

/// The configuration file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Configuration {
    #[serde(default)]
    profiles: BTreeMap<String, Entry>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    base_url: Option<String>,
    app_id: Option<String>,
    sign: Option<String>,
    secret_file: Option<PathBuf>,
    secret_command: Option<Vec<String>>,
    secret_env: Option<String>,
}

/// The folders of the program, by the rules of the system.
pub(crate) fn folders() -> Option<ProjectDirs> {
    ProjectDirs::from("", "", "pyi")
}

/// The path of a file that the program keeps for the user, such as `~/.local/state/pyi/batch.key`.
pub(crate) fn state_file(name: &str) -> Option<PathBuf> {
    let folders = folders()?;
    Some(folders.state_dir().unwrap_or(folders.data_local_dir()).join(name))
}

/// The path of the configuration file, such as `~/.config/pyi/config.toml`.
pub(crate) fn path() -> Option<PathBuf> {
    Some(folders()?.config_dir().join("config.toml"))
}

/// The names of the profiles of a file.
pub(crate) fn names(path: &Path) -> Result<Vec<String>, UsageError> {
    Ok(configuration(path)?.profiles.into_keys().collect())
}

/// Reads the file. An error names the file and the place, and nothing of its content.
fn configuration(path: &Path) -> Result<Configuration, UsageError> {
    let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, error))?;
    toml::from_str(&text).map_err(|error| unreadable(path, fault(&error, &text)))
}

fn unreadable(path: &Path, why: impl Into<Message>) -> UsageError {
    argument::failed_as(Access::Read, &Message::from(&*path.to_string_lossy()), why)
}

impl Profile {
    /// The profile of a name.
    pub(crate) fn read(name: &str) -> Result<Self, UsageError> {
        let path = path().ok_or_else(|| {
            UsageError(message!("there is no home folder for a configuration file; --profile needs one"))
        })?;
        let configuration = configuration(&path)?;
        let failed = |why: Message| unreadable(&path, why);
        let known: Vec<&str> = configuration.profiles.keys().map(String::as_str).collect();
        let known = known.join(", ");
        let entry = configuration.profiles.get(name).ok_or_else(|| match known.as_str() {
            "" => failed(message!("it has no profiles; add a section [profiles.NAME]")),
            _ => failed(message!("it has no profile of the name that was given; there are {known}", known)),
        })?;
        entry.profile(&path).map_err(failed)
    }
}

impl Entry {
    fn profile(&self, path: &Path) -> Result<Profile, Message> {
        let Self { base_url, app_id, sign, secret_file, secret_command, secret_env } = self;
        let file = secret_file.as_ref().map(|file| SecretSource::File(path.with_file_name("").join(file)));
        let command = secret_command.clone().map(SecretSource::Command);
        let variable = secret_env.clone().map(SecretSource::Variable);
        let mut sources: Vec<SecretSource> = [file, command, variable].into_iter().flatten().collect();
        if sources.len() > 1 {
            return Err(message!("a profile has one of secret_file, secret_command and secret_env"));
        }
        let sign = sign
            .as_deref()
            .map(str::parse::<SignMethod>)
            .transpose()
            .map_err(|_| message!("sign is one of {methods}", methods = SignMethod::WORDS.join(", ")))?;
        Ok(Profile { base_url: base_url.clone(), app_id: app_id.clone(), sign, secret: sources.pop() })
    }
}

/// A fault of the file by its line. The parser's own text shows the line itself, which may have a
/// secret in the wrong place.
fn fault(error: &toml::de::Error, text: &str) -> Message {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    match error.message().strip_prefix("unknown field ") {
        Some(rest) if rest.starts_with("`secret`") => message!(
            "line {line} has a secret; write where it is: secret_file, secret_command or secret_env",
            line,
        ),
        Some(_) => message!(
            "line {line} has an unknown key; a profile has base_url, app_id, sign, secret_file, secret_command, secret_env",
            line,
        ),
        None => message!("line {line} is not as TOML or the key has it", line),
    }
}
