//! Reads the files of a spec, from a folder or from memory. No other module of this crate reads
//! files.
//!
//! ```text
//! provider.yaml        what all endpoints share
//! endpoints/*.yaml     one endpoint a file, named after it
//! ```

use std::collections::BTreeMap;
use std::fs::{self, File as OpenFile, OpenOptions};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::report::{Place, Report};
use crate::rules::Rule;

/// Maximum size of a file, in bytes.
const FILE_LIMIT: u64 = 1 << 20;

/// Maximum depth at which stray files are searched.
const FOLDER_DEPTH: usize = 8;

/// The file that every spec has.
pub const PROVIDER: &str = "provider.yaml";

/// The source of a spec.
#[derive(Debug, Clone, Copy)]
pub enum Input<'a> {
    /// A folder on disk.
    Folder {
        /// Its path.
        path: &'a Path,
        /// Its name in messages: the path as the user wrote it.
        shown: &'a str,
    },
    /// Files in memory: pairs of a path inside the spec's folder and a text.
    Texts(&'a [(&'a str, &'a str)]),
}

/// A file of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its path inside the spec's folder, joined with `/`.
    pub name: String,
    /// Its path in messages.
    pub shown: String,
    /// Its path on disk, if it was read from there.
    pub disk: Option<PathBuf>,
    /// Its text.
    pub text: String,
}

impl File {
    /// The id of the file's endpoint: `endpoints/<id>.yaml`.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        self.name.strip_prefix("endpoints/")?.strip_suffix(".yaml")
    }
}

/// The files of a spec, sorted by name.
pub(crate) type Sources = Vec<Arc<File>>;

/// The files of a spec that are text, sorted by name, and the faults of the folder: what is missing
/// or unreadable.
#[cfg(feature = "authors")]
pub fn read_files(input: Input<'_>) -> (Vec<Arc<File>>, Report) {
    let mut report = Report::default();
    let mut files = read_within(input, 0, &mut report);
    files.retain(|file| !report.is_faulty(file));
    report.forget(Rule::StrayFile);
    (files, report)
}

pub(crate) fn read(input: Input<'_>, report: &mut Report) -> Sources {
    read_within(input, FOLDER_DEPTH, report)
}

/// Reads files, and searches stray ones at most this deep.
pub(crate) fn read_within(input: Input<'_>, depth: usize, report: &mut Report) -> Sources {
    let mut files: Sources = match input {
        Input::Folder { path, shown } => read_folder(path, shown, depth, report),
        Input::Texts(texts) => texts.iter().map(|(name, text)| Arc::new(in_memory(name, text))).collect(),
    };
    files.sort_by(|a, b| a.name.cmp(&b.name));
    let provider = files.iter().any(|file| file.name == PROVIDER);
    if !provider && report.is_empty() {
        let folder = match input {
            Input::Folder { shown, .. } => format!("`{shown}`"),
            Input::Texts(_) => "the spec".to_owned(),
        };
        report.unplaced(
            Rule::MissingFile,
            format!("{folder} has no `{PROVIDER}`"),
            format!(
                "write `{PROVIDER}` there, with the provider's name and everything that its endpoints share"
            ),
        );
    }
    files
}

fn in_memory(name: &str, text: &str) -> File {
    File { name: name.to_owned(), shown: name.to_owned(), disk: None, text: text.to_owned() }
}

fn read_folder(path: &Path, shown: &str, depth: usize, report: &mut Report) -> Sources {
    let mut files = Vec::new();
    for (name, entry) in list(path, shown, report).unwrap_or_default() {
        match (name.as_str(), entry.is_dir()) {
            (PROVIDER, false) => files.extend(read_file(&entry, &name, shown, report)),
            ("endpoints", true) => {
                for (name, entry) in list(&entry, &format!("{shown}/endpoints"), report).unwrap_or_default() {
                    let name = format!("endpoints/{name}");
                    if name.ends_with(".yaml") && !entry.is_dir() {
                        files.extend(read_file(&entry, &name, shown, report));
                    } else {
                        stray(&entry, &name, shown, depth, report);
                    }
                }
            }
            _ => stray(&entry, &name, shown, depth, report),
        }
    }
    files
}

/// Reports YAML files that are not part of the spec, in any folder. Other files are allowed
/// anywhere.
fn stray(path: &Path, name: &str, shown: &str, depth: usize, report: &mut Report) {
    if path.is_dir() && !path.is_symlink() && depth > 0 {
        for (inner, path) in list(path, &format!("{shown}/{name}"), report).unwrap_or_default() {
            stray(&path, &format!("{name}/{inner}"), shown, depth - 1, report);
        }
    } else if name.ends_with(".yaml") || name.ends_with(".yml") {
        report.unplaced(
            Rule::StrayFile,
            format!("`{shown}/{name}` is not part of a spec"),
            format!(
                "a spec is `{shown}/{PROVIDER}` and `{shown}/endpoints/<name>.yaml`; move or rename this file"
            ),
        );
    }
}

/// The entries of a folder by name, without hidden ones.
fn list(path: &Path, shown: &str, report: &mut Report) -> Option<BTreeMap<String, PathBuf>> {
    let entries = fs::read_dir(path).and_then(|entries| entries.collect::<Result<Vec<_>, _>>());
    match entries {
        Ok(entries) => Some(
            entries
                .iter()
                .map(|entry| (entry.file_name().to_string_lossy().into_owned(), entry.path()))
                .filter(|(name, _)| !name.starts_with('.'))
                .collect(),
        ),
        Err(error) => {
            report.unplaced(
                Rule::Unreadable,
                format!("cannot read the folder `{shown}`: {error}"),
                format!("give the path of a folder that holds `{PROVIDER}`; a macro's is relative to the crate's Cargo.toml"),
            );
            None
        }
    }
}

fn read_file(path: &Path, name: &str, shown: &str, report: &mut Report) -> Option<Arc<File>> {
    let full = format!("{shown}/{name}");
    let read = read_bytes(path).and_then(|bytes| {
        String::from_utf8(bytes).map_err(|error| Unreadable {
            why: format!("byte {} is not UTF-8", error.utf8_error().valid_up_to()),
            help: "save the file as UTF-8",
            is_watched: true,
        })
    });
    // An unreadable file is a file of the spec: a build must notice when it is corrected. But the
    // compiler must not read a file that blocks or has no end; such a build fails, and starts
    // again.
    let is_watched = read.as_ref().map_or_else(|unreadable| unreadable.is_watched, |_| true);
    let file = Arc::new(File {
        name: name.to_owned(),
        shown: full,
        disk: is_watched.then(|| path.to_owned()),
        text: read.as_ref().map_or_else(|_| String::new(), String::clone),
    });
    if let Err(Unreadable { why, help, .. }) = read {
        let message = format!("cannot read `{}`: {why}", file.shown);
        report.fault(Rule::Unreadable, &Place::start_of(&file), message, help.to_owned());
    }
    Some(file)
}

/// Why a file cannot be read.
struct Unreadable {
    why: String,
    help: &'static str,
    /// Whether the compiler may watch it.
    is_watched: bool,
}

/// The bytes of a regular file of limited size. Its type is checked before it is opened, since
/// opening a device can have effects, and after, on the open file.
fn read_bytes(path: &Path) -> Result<Vec<u8>, Unreadable> {
    let failed = |error: std::io::Error| Unreadable {
        why: error.to_string(),
        help: "make it readable",
        is_watched: true,
    };
    let regular = |metadata: fs::Metadata| {
        metadata.is_file().then_some(()).ok_or(Unreadable {
            why: "it is no regular file".to_owned(),
            help: "put a file there, not a pipe, a socket or a device",
            is_watched: false,
        })
    };
    regular(fs::metadata(path).map_err(failed)?)?;
    let file = open(path).map_err(failed)?;
    regular(file.metadata().map_err(failed)?)?;
    let mut bytes = Vec::new();
    // Reading one byte more than the limit detects a file that is too large, whatever its metadata
    // says.
    file.take(FILE_LIMIT + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_LIMIT {
        let why = format!("it has more than {FILE_LIMIT} bytes");
        return Err(Unreadable { why, help: "one file holds one endpoint; split it", is_watched: false });
    }
    Ok(bytes)
}

/// Opens a file without blocking, in case it has become a pipe without a writer.
fn open(path: &Path) -> std::io::Result<OpenFile> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, NONBLOCK);
    options.open(path)
}

/// `O_NONBLOCK` on systems where its number is the usual one; elsewhere only the check before
/// opening protects.
#[cfg(unix)]
const NONBLOCK: i32 = if cfg!(all(
    any(target_os = "linux", target_os = "android"),
    any(
        target_arch = "x86_64",
        target_arch = "x86",
        target_arch = "aarch64",
        target_arch = "arm",
        target_arch = "riscv64"
    )
)) {
    0o4000
} else if cfg!(any(
    target_vendor = "apple",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd"
)) {
    0x4
} else {
    0
};
