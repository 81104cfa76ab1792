//! Writes the files of a spec that a command changes.

use std::io::Write as _;
use std::path::Path;

use pyi_text::message;

use crate::UsageError;
use crate::argument::{self, Access};

/// Replaces a file at once: a kill leaves the one or the other.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), UsageError> {
    // The file itself, where the path is a link.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let shown = path.display().to_string();
    let failed =
        |error: std::io::Error| argument::failed(Access::Write, &shown, message!("the spec folder"), error);
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    let permissions = std::fs::metadata(path).map_err(failed)?.permissions();
    file.as_file().set_permissions(permissions).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
