//! The spec that the program works from: a folder that `--spec` names, or the one that the program carries.

use std::ffi::OsString;
use std::path::PathBuf;

use pyi_codegen::{Input, Report, ir};

use crate::{UsageError, argument};

pub(crate) struct Spec {
    pub(crate) provider: ir::Provider,
    pub(crate) report: Report,
}

/// The folder that `--spec` names. It is looked for before all else, since the other flags come from there.
pub(crate) fn folder(arguments: &[OsString]) -> Option<PathBuf> {
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

/// The endpoint that an argument names.
pub(crate) fn endpoint<'a>(provider: &'a ir::Provider, id: &str) -> Result<&'a ir::Endpoint, UsageError> {
    provider.endpoint(id).ok_or_else(|| {
        let known: Vec<&str> = provider.endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect();
        UsageError(format!("no endpoint has the name that was given; there are {}", known.join(", ")))
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
        Self { provider, report }
    }

    /// The files as text, which a sandbox serves.
    pub(crate) fn texts(&self) -> Vec<(&str, &str)> {
        self.provider.files.iter().map(|file| (file.name.as_str(), file.text.as_str())).collect()
    }

    /// Refuses a spec that nothing can be done with.
    pub(crate) fn usable(&self) -> Result<(), UsageError> {
        if self.report.is_fatal() {
            Err(UsageError(format!("the spec cannot be used{}", self.note())))
        } else {
            Ok(())
        }
    }

    /// What is wrong with the spec, for the end of a line; nothing if nothing is.
    pub(crate) fn note(&self) -> String {
        match self.report.diagnostics().as_slice() {
            [] => String::new(),
            [first, more @ ..] => {
                let others =
                    if more.is_empty() { String::new() } else { format!(" (and {} more)", more.len()) };
                format!("; the spec has a fault{others}: {}; see `pyi lint`", first.message)
            }
        }
    }
}

/// The folder of the argument DIR, as messages show it. Its default is nobody's value.
pub(crate) fn shown(folder: &str) -> &str {
    if folder == "spec" { folder } else { argument::folder(folder, "DIR") }
}
