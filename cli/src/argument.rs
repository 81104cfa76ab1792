//! How an error names an argument. Its value may be a person's name or number in the wrong place,
//! so it is shown only if a file or folder of that path exists. Otherwise the argument is named.

use std::path::Path;

use pyi_text::{Message, message};

use crate::UsageError;

/// The path of a file, or the argument that names it.
pub(crate) fn file(path: &str, argument: impl Into<Message>) -> Message {
    let argument: Message = argument.into();
    if exists(Path::new(path)) { Message::from(path) } else { message!("the file of {argument}", argument) }
}

/// The path of a folder, or the argument that names it.
pub(crate) fn folder<'a>(path: &'a str, argument: &'a str) -> &'a str {
    if exists(Path::new(path)) { path } else { argument }
}

/// What could not be done with a file.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Access {
    Read,
    Write,
    Use,
}

/// An error of an operation on a file.
pub(crate) fn failed(
    access: Access,
    path: &str,
    argument: impl Into<Message>,
    why: impl Into<Message>,
) -> UsageError {
    failed_as(access, &file(path, argument), why)
}

/// An error of an operation on a file that is named otherwise.
pub(crate) fn failed_as(access: Access, file: &Message, why: impl Into<Message>) -> UsageError {
    let why: Message = why.into();
    UsageError(match access {
        Access::Read => message!("cannot read {file}: {why}", file, why),
        Access::Write => message!("cannot write {file}: {why}", file, why),
        Access::Use => message!("cannot use {file}: {why}", file, why),
    })
}

/// A message of a library about a file, which may contain its path.
pub(crate) fn about(message: &Message, path: &str, argument: impl Into<Message>) -> UsageError {
    UsageError(if exists(Path::new(path)) || path.is_empty() {
        message.clone()
    } else {
        message.replacing(path, &file(path, argument))
    })
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
