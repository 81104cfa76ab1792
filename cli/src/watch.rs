//! Waits for a spec folder to change. Editors save in many ways, and file system events differ
//! between systems, so the folder is polled a few times a second, which is cheap for the few files
//! of a spec.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, SystemTime};

/// Pause between two polls.
const INTERVAL: Duration = Duration::from_millis(200);

/// A folder, and its files at the last poll.
pub(crate) struct Watch {
    folder: PathBuf,
    seen: BTreeMap<PathBuf, (SystemTime, u64)>,
}

impl Watch {
    pub(crate) fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), seen: look(folder) }
    }

    /// Blocks until a file was added, changed or removed.
    pub(crate) fn wait(&mut self) {
        loop {
            thread::sleep(INTERVAL);
            let now = look(&self.folder);
            if now != self.seen {
                self.seen = now;
                return;
            }
        }
    }
}

/// The files of a folder and of its direct subfolders, each with its time and size. Files that
/// cannot be read are left out.
fn look(folder: &Path) -> BTreeMap<PathBuf, (SystemTime, u64)> {
    let entries =
        |folder: &Path| std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let inner = |path: PathBuf| if path.is_dir() { entries(&path).collect() } else { vec![path] };
    let files = entries(folder).flat_map(inner);
    let stamp = |path: PathBuf| {
        let about = path.metadata().ok()?;
        Some((path, (about.modified().ok()?, about.len())))
    };
    files.filter_map(stamp).collect()
}
