//! How an error names an argument. Its value may be a person's name or number in the wrong place,
//! so it is shown only if a file or folder of that path exists. Otherwise the argument is named.

use std::borrow::Cow;
use std::fmt::Display;
use std::path::Path;

use crate::UsageError;

/// The path of a file, or the argument that names it.
pub(crate) fn file<'a>(path: &'a str, argument: &str) -> Cow<'a, str> {
    if exists(Path::new(path)) { Cow::Borrowed(path) } else { Cow::Owned(format!("the file of {argument}")) }
}

/// The path of a folder, or the argument that names it.
pub(crate) fn folder<'a>(path: &'a str, argument: &'a str) -> &'a str {
    if exists(Path::new(path)) { path } else { argument }
}

/// An error of an operation on a file.
pub(crate) fn failed(what: &str, path: &str, argument: &str, why: impl Display) -> UsageError {
    UsageError(format!("cannot {what} {}: {why}", file(path, argument)))
}

/// A message of a library about a file, which may contain its path.
pub(crate) fn about(message: &str, path: &str, argument: &str) -> UsageError {
    UsageError(if exists(Path::new(path)) || path.is_empty() {
        message.to_owned()
    } else {
        message.replace(path, &file(path, argument))
    })
}

fn exists(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}
