//! The spec of a run of the program: the folder that `--spec` names, or the spec that the program
//! carries.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pyi_codegen::{Input, Report, ir};
use pyi_text::{Message, message};

use crate::language::tr;
use crate::{UsageError, argument};

pub(crate) struct Spec {
    pub(crate) provider: Arc<ir::Provider>,
    pub(crate) report: Report,
}

/// The folder that `--spec` names. It is read before the command line is parsed, since the flags of
/// `call` are made from it.
pub(crate) fn folder(arguments: &[OsString]) -> Option<PathBuf> {
    if is_for_authors(arguments) {
        return None;
    }
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        if argument == "--spec" {
            return arguments.next().map(PathBuf::from);
        }
        if let Some(folder) = argument.to_str().and_then(|argument| argument.strip_prefix("--spec=")) {
            return Some(PathBuf::from(folder));
        }
    }
    None
}

/// Whether a command line is for authors: its command reads the spec folder itself, with all
/// faults.
pub(crate) fn is_for_authors(arguments: &[OsString]) -> bool {
    let name = |at: usize| arguments.get(at).and_then(|name| name.to_str());
    matches!(
        (name(1), name(2)),
        (Some("lint" | "lsp" | "diff" | "fmt" | "expand"), _) | (Some("export"), Some("openapi"))
    )
}

/// What to give to call an endpoint of the folder `spec`, which `call` does not read by itself.
/// Empty where that folder does not have it, or a folder was given.
pub(crate) fn folder_hint(arguments: &[OsString]) -> String {
    let name = arguments.get(2).map(|name| name.to_string_lossy()).unwrap_or_default();
    let is_there = Path::new("spec/endpoints").join(format!("{name}.yaml")).is_file();
    match is_there && folder(arguments).is_none() {
        true => tr!("; for the endpoints of the folder spec, give --spec spec"),
        false => String::new(),
    }
}

/// The endpoint that an argument names.
pub(crate) fn endpoint<'a>(provider: &'a ir::Provider, id: &str) -> Result<&'a ir::Endpoint, UsageError> {
    provider.endpoint(id).ok_or_else(|| {
        let known: Vec<&str> = provider.endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect();
        UsageError(message!(
            "no endpoint has the name that was given; there are {known}",
            known = known.join(", ")
        ))
    })
}

impl Spec {
    pub(crate) fn load(folder: Option<PathBuf>) -> Self {
        let (provider, report) = match &folder {
            Some(path) => {
                let name = path.to_string_lossy();
                pyi_codegen::load(Input::Folder { path, shown: argument::folder(&name, "--spec") })
            }
            None => pyi_codegen::load(Input::Texts(pyi::SPEC)),
        };
        Self { provider: Arc::new(provider), report }
    }

    /// The endpoint that an argument names.
    pub(crate) fn endpoint(&self, id: &str) -> Result<&ir::Endpoint, UsageError> {
        endpoint(&self.provider, id)
            .map_err(|UsageError(line)| UsageError(message!("{line}{note}", line, note = self.note())))
    }

    /// The texts of the files, which a sandbox serves.
    pub(crate) fn texts(&self) -> Vec<(&str, &str)> {
        self.provider.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect()
    }

    /// Refuses a spec that cannot be used at all.
    pub(crate) fn usable(&self) -> Result<(), UsageError> {
        if self.report.is_fatal() {
            Err(UsageError(message!("the spec cannot be used{note}", note = self.note())))
        } else {
            Ok(())
        }
    }

    /// The first fault of the spec, for the end of a line. Empty if there is none.
    pub(crate) fn note(&self) -> Message {
        match self.report.diagnostics().as_slice() {
            [] => Message::from(""),
            [first, more @ ..] => {
                let others = if more.is_empty() {
                    Message::from("")
                } else {
                    message!(" (and {more} more)", more = more.len())
                };
                message!(
                    "; the spec has a fault{others}: {message}; see `pyi lint`",
                    others,
                    message = first.message
                )
            }
        }
    }
}

/// The folder of `--spec` as messages show it. Its default is not a value that was typed.
pub(crate) fn shown(folder: &str) -> &str {
    if folder == "spec" { folder } else { argument::folder(folder, "--spec") }
}
