//! The file that results are written to before they are whole, and those that a killed run left. Each is named after its batch's ledger
//! and locked while it is written: one that can be locked has no writer.

use std::fs::{self, TryLockError};
use std::io;
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::private;

/// Another program may take a new file for a left one, in the moment before it is locked.
const TRIES: u32 = 5;

/// As much of a ledger's name as goes into the file's, in bytes: a file's name has 255 at the most.
const NAME_LIMIT: usize = 200;

/// A new file in a folder, that its owner alone reads. It is gone when it is dropped.
pub(super) fn create(folder: &Path, ledger: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..TRIES {
        let file = Builder::new().prefix(&prefix(ledger)).tempfile_in(folder)?;
        match file.as_file().try_lock() {
            // Where there are no locks, other runs cannot take one either, and leave the file alone.
            Ok(()) | Err(TryLockError::Error(_)) if file.path().exists() => return Ok(file),
            _ => {}
        }
    }
    Err(io::Error::other("other programs keep removing the file"))
}

/// Removes what killed runs of a batch left in a folder. What cannot be removed stays.
pub(super) fn remove(folder: &Path, ledger: &Path) {
    let prefix = prefix(ledger);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix)
            && private::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok())
        {
            // A file that another run removed first is as good as removed.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn prefix(ledger: &Path) -> String {
    let name = ledger.file_name().unwrap_or_default().to_string_lossy();
    format!(".pyi-results-{}-", &name[..name.floor_char_boundary(NAME_LIMIT)])
}
