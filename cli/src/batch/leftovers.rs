//! Temporary files of results, and those that killed runs left. Each has the name of its batch's
//! ledger and is locked while it is written: a file that can be locked has no writer.

use std::fs::{self, TryLockError};
use std::io;
use std::path::Path;

use pyi_text::message;
use tempfile::{Builder, NamedTempFile};

use crate::private;

/// Attempts to create a file. Another program may remove a new file before it is locked.
const TRIES: u32 = 5;

/// Maximum bytes of a ledger's name in a file's name, which has at most 255.
const NAME_LIMIT: usize = 200;

/// A new file in a folder that only its owner can read. It is removed when it is dropped.
pub(super) fn create(folder: &Path, ledger: &Path) -> io::Result<NamedTempFile> {
    for _ in 0..TRIES {
        let file = Builder::new().prefix(&prefix(ledger)).tempfile_in(folder)?;
        match file.as_file().try_lock() {
            // Without locks in the file system, other runs get none either, and keep the file.
            Ok(()) | Err(TryLockError::Error(_)) if file.path().exists() => return Ok(file),
            _ => {}
        }
    }
    Err(io::Error::other(message!("other programs keep removing the file")))
}

/// Removes the files that killed runs of a batch left in a folder, as far as possible.
pub(super) fn remove(folder: &Path, ledger: &Path) {
    let prefix = prefix(ledger);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().starts_with(&prefix)
            && private::open(&entry.path()).is_ok_and(|file| file.try_lock().is_ok())
        {
            // Another run may have removed it first.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn prefix(ledger: &Path) -> String {
    let name = ledger.file_name().unwrap_or_default().to_string_lossy();
    format!(".pyi-results-{}-", &name[..name.floor_char_boundary(NAME_LIMIT)])
}
