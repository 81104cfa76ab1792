//! Writes the files of a spec that a command changes.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, Write as _};
use std::path::Path;

use pyi_text::message;

use crate::UsageError;
use crate::argument::{self, Access};

/// Replaces a file at once: a kill leaves the one or the other. Its permissions stay, and a link
/// stays a link. A file that is read-only is refused.
pub(crate) fn replace(path: &Path, text: &str) -> Result<(), UsageError> {
    // The file itself, where the path is a link.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let shown = path.display().to_string();
    let failed = |error: Error| argument::failed(Access::Write, &shown, message!("the spec folder"), error);
    let metadata = std::fs::metadata(path).map_err(failed)?;
    if metadata.permissions().readonly() {
        let why = message!("it is read-only; make it writable first");
        return Err(argument::failed(Access::Write, &shown, message!("the spec folder"), why));
    }
    // A new file needs the right to write in the folder alone; this one asks for that of the file.
    OpenOptions::new().write(true).open(path).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    keep_owner(file.as_file(), &metadata);
    file.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Gives a file the owner and the group of the one that it replaces, as far as the process may:
/// root's changes to a file of somebody else leave it theirs.
fn keep_owner(file: &File, metadata: &Metadata) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt as _, fchown};
        let _ = fchown(file, Some(metadata.uid()), Some(metadata.gid()));
    }
    #[cfg(not(unix))]
    let _ = (file, metadata);
}
