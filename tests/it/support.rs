//! Shared parts of the tests: the workspace's root, goldens, the program; real interpreters and raw
//! servers from `tests/support`.

use std::path::{Path, PathBuf};
use std::process::Command;

#[path = "../support/cargo.rs"]
mod cargo;
#[path = "../support/interpreters.rs"]
mod interpreters;
#[path = "../support/raw.rs"]
mod raw;
#[path = "../support/served.rs"]
mod served;

pub(crate) use self::cargo::cargo;
pub(crate) use self::interpreters::{has, has_python, run, skipped};
pub(crate) use self::raw::Raw;
pub(crate) use self::served::Served;

/// The workspace's root.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

/// The program, built by cargo for this very test.
pub(crate) fn pyi() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pyi"));
    command
        .env_remove("PYI_SECRET")
        .env_remove("PYI_BASE_URL")
        .env_remove("PYI_APP_ID")
        .current_dir(root())
        .env("LC_ALL", "C");
    command
}

/// Compares a text with a golden file; `UPDATE=1` writes it.
pub(crate) fn golden(path: &Path, actual: &str) {
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(path, actual).unwrap();
        return;
    }
    let expected = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(actual, expected, "{} differs; UPDATE=1 cargo test writes it anew", path.display());
}

/// The files with an ending in a folder, sorted.
pub(crate) fn files(folder: &str, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|found| found == ending));
    files.sort();
    assert!(!files.is_empty(), "no .{ending} in {folder}");
    files
}
