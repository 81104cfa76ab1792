//! The files of a folder at a revision of a git repository. The folder need not be in the working
//! tree now, and links are followed inside of the revision.

use std::collections::VecDeque;
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use pyi_text::message;

use crate::UsageError;

/// Variables of the environment, such as those of a hook, that name a repository. The repository is
/// that of the folder.
const REPOSITORY_VARIABLES: [&str; 5] =
    ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_COMMON_DIR"];

/// The most links that a path leads through.
const MOST_LINKS: usize = 40;

/// A file of a folder at a revision.
pub(super) struct RevisionFile {
    /// Its path in the folder.
    pub(super) name: String,
    /// Its path in the repository, behind links.
    pub(super) path: String,
    pub(super) text: String,
}

/// The `.yaml` files of a folder at a revision. `argument` is the argument that names both.
pub(super) fn files(
    revision: &str,
    folder: &str,
    argument: &'static str,
) -> Result<Vec<RevisionFile>, UsageError> {
    let mut failed = None;
    for (start, rest) in starts(folder) {
        let mut git = Git { start, argument, values: [revision, folder], commit: String::new() };
        match git.path_of(&rest, revision) {
            Ok(path) => return git.files(&path),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    Err(failed.unwrap_or_else(|| no_folder(argument)))
}

/// The folders in which git may find the repository of a folder, each with the path from there. For
/// a link, the revision's link counts before that of the working tree.
fn starts(folder: &str) -> Vec<(PathBuf, PathBuf)> {
    let whole: PathBuf = Path::new(folder).components().collect();
    let itself = whole.is_dir().then(|| (whole.clone(), PathBuf::new()));
    let is_link = whole.is_symlink();
    let mut start = whole;
    let mut rest = VecDeque::new();
    while !start.is_dir() || (is_link && rest.is_empty()) {
        match start.components().next_back() {
            Some(last) => rest.push_front(last.as_os_str().to_owned()),
            None => break,
        }
        start.pop();
    }
    let start = if start.as_os_str().is_empty() { PathBuf::from(".") } else { start };
    let above = (start, rest.into_iter().collect());
    if is_link { [Some(above), itself].into_iter().flatten().collect() } else { vec![above] }
}

/// Runs git for an argument.
struct Git<'a> {
    start: PathBuf,
    argument: &'static str,
    /// The values that no error repeats.
    values: [&'a str; 2],
    commit: String,
}

/// An entry of the tree of a revision.
struct Entry {
    is_link: bool,
    is_folder: bool,
    id: String,
    name: String,
}

impl Git<'_> {
    fn run(&self, arguments: &[&str]) -> Result<Vec<u8>, UsageError> {
        let mut command = Command::new("git");
        command.args(arguments).current_dir(&self.start).env("GIT_LITERAL_PATHSPECS", "1");
        for variable in REPOSITORY_VARIABLES {
            command.env_remove(variable);
        }
        let output = command
            .output()
            .map_err(|error| UsageError(message!("git cannot be run: {error}; install it", error)))?;
        if output.status.success() {
            return Ok(output.stdout);
        }
        let name = self.argument;
        let why = reason(&String::from_utf8_lossy(&output.stderr), &self.values);
        Err(UsageError(match why {
            Some(why) => message!(
                "{name} names no folder of a git repository, or no revision of it; give git:REV or git:REV:DIR, as `git log` has REV; git says: {why}",
                name,
                why
            ),
            None => message!(
                "{name} names no folder of a git repository, or no revision of it; give git:REV or git:REV:DIR, as `git log` has REV",
                name
            ),
        }))
    }

    fn text(&self, arguments: &[&str]) -> Result<String, UsageError> {
        Ok(String::from_utf8_lossy(&self.run(arguments)?).into_owned())
    }

    /// The path in the repository of a path from the folder that git is run in.
    fn path_of(&mut self, rest: &Path, revision: &str) -> Result<String, UsageError> {
        let prefix = self.text(&["rev-parse", "--show-prefix"])?;
        // Its number, which no option can be taken for.
        let commit = format!("{revision}^{{commit}}");
        self.commit = self.text(&["rev-parse", "--verify", "--end-of-options", &commit])?.trim().to_owned();
        let mut parts: Vec<String> = parts_of(prefix.trim_end_matches('\n')).collect();
        for part in rest.components() {
            match part {
                Component::ParentDir => {
                    parts.pop();
                }
                Component::Normal(part) => parts.push(part.to_string_lossy().into_owned()),
                Component::CurDir | Component::RootDir | Component::Prefix(_) => {}
            }
        }
        match self.resolved(&parts.join("/"))? {
            Some((path, is_folder)) if is_folder => Ok(path),
            _ => Err(no_folder(self.argument)),
        }
    }

    fn files(&self, folder: &str) -> Result<Vec<RevisionFile>, UsageError> {
        let mut files = Vec::new();
        for Entry { is_link, id, name, .. } in self.entries(folder)? {
            let path = joined(folder, &name);
            if !is_link {
                files.extend(self.file(name, path, &id)?);
                continue;
            }
            let is_file = name.ends_with(".yaml") && !is_hidden(&name);
            match self.resolved(&path)? {
                // No other folder behind a link is part of a spec.
                Some((path, true)) if name == "endpoints" => {
                    for entry in self.entries(&path)?.into_iter().filter(|entry| !entry.is_link) {
                        let inner = joined(&path, &entry.name);
                        files.extend(self.file(joined(&name, &entry.name), inner, &entry.id)?);
                    }
                }
                Some((path, false)) if is_file => {
                    let id = format!("{}:{path}", self.commit);
                    files.extend(self.file(name, path, &id)?);
                }
                None if is_file || name == "endpoints" => return Err(self.no_target(&name)),
                _ => {}
            }
        }
        Ok(files)
    }

    fn file(&self, name: String, path: String, id: &str) -> Result<Option<RevisionFile>, UsageError> {
        if !name.ends_with(".yaml") || is_hidden(&name) {
            return Ok(None);
        }
        let text = self.text(&["cat-file", "blob", id])?;
        Ok(Some(RevisionFile { name, path, text }))
    }

    /// All entries in a folder, and in the folders of it.
    fn entries(&self, folder: &str) -> Result<Vec<Entry>, UsageError> {
        let tree = format!("{}:{folder}", self.commit);
        Ok(entries_of(&self.text(&["ls-tree", "-r", "-z", "--full-tree", &tree])?))
    }

    /// The path that a path of the revision leads to, and whether it is a folder. `None` if it leads
    /// to nothing, or out of the repository.
    fn resolved(&self, path: &str) -> Result<Option<(String, bool)>, UsageError> {
        let mut ahead: VecDeque<String> = parts_of(path).collect();
        let mut done: Vec<String> = Vec::new();
        let mut links = 0;
        let mut is_folder = true;
        while let Some(part) = ahead.pop_front() {
            if part == ".." {
                if done.pop().is_none() {
                    return Ok(None);
                }
                is_folder = true;
                continue;
            }
            done.push(part);
            let listed = self.text(&["ls-tree", "-z", "--full-tree", &self.commit, "--", &done.join("/")])?;
            let Some(entry) = entries_of(&listed).pop() else { return Ok(None) };
            is_folder = entry.is_folder;
            if !entry.is_link {
                continue;
            }
            let target = self.text(&["cat-file", "blob", &entry.id])?;
            links += 1;
            if links > MOST_LINKS || target.starts_with('/') {
                return Ok(None);
            }
            done.pop();
            is_folder = true;
            for part in parts_of(&target).collect::<Vec<_>>().into_iter().rev() {
                ahead.push_front(part);
            }
        }
        Ok(Some((done.join("/"), is_folder)))
    }

    fn no_target(&self, file: &str) -> UsageError {
        UsageError(message!(
            "{name} has the link `{file}`, which leads to nothing in its revision; a link is followed inside of the repository only",
            name = self.argument,
            file
        ))
    }
}

fn no_folder(name: &'static str) -> UsageError {
    UsageError(message!(
        "{name} names a folder that its revision does not have; give git:REV:DIR, with DIR as it was then",
        name
    ))
}

/// The entries of a listing, each `<mode> <kind> <id>\t<path>`.
fn entries_of(listing: &str) -> Vec<Entry> {
    let entry = |line: &str| {
        let (what, name) = line.split_once('\t')?;
        let mut what = what.split(' ');
        let (mode, kind, id) = (what.next()?, what.next()?, what.next()?);
        Some(Entry {
            is_link: mode == "120000",
            is_folder: kind == "tree",
            id: id.to_owned(),
            name: name.to_owned(),
        })
    };
    listing.split('\0').filter_map(entry).collect()
}

fn parts_of(path: &str) -> impl Iterator<Item = String> {
    path.split('/').filter(|part| !part.is_empty() && *part != ".").map(str::to_owned)
}

fn joined(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// Whether a file, or a folder that it is in, is hidden: a spec on disk has none.
fn is_hidden(name: &str) -> bool {
    name.split('/').any(|part| part.starts_with('.'))
}

/// The first line of what git says, without the values of the argument. `None` if there is nothing
/// that can be shown.
fn reason(said: &str, values: &[&str]) -> Option<String> {
    let first = said.lines().map(str::trim).find(|line| !line.is_empty())?;
    let has_value = |text: &str| values.iter().any(|value| !value.is_empty() && text.contains(value));
    // git quotes what it was given.
    let parts = first.split('\'').enumerate();
    let parts = parts.map(|(index, part)| if index % 2 == 1 && has_value(part) { "..." } else { part });
    let shown = parts.collect::<Vec<_>>().join("'");
    // Not a part of a longer word.
    let repeats = |value: &&str| {
        shown.match_indices(*value).any(|(at, _)| {
            let ends = |text: Option<char>| !text.is_some_and(char::is_alphanumeric);
            ends(shown[..at].chars().next_back()) && ends(shown[at + value.len()..].chars().next())
        })
    };
    let is_shown = !values.iter().filter(|value| !value.is_empty()).any(repeats);
    is_shown.then(|| shown.chars().flat_map(visible).collect())
}

/// A control character as its escape.
fn visible(character: char) -> Vec<char> {
    if character.is_control() { character.escape_default().collect() } else { vec![character] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_of_git_has_no_value_of_the_argument() {
        let table = [
            ("fatal: bad object\u{1b}[31m x\nmore\n", "HEAD", Some("fatal: bad object\\u{1b}[31m x")),
            (
                "fatal: ambiguous argument 'v1': unknown revision",
                "v1",
                Some("fatal: ambiguous argument '...': unknown revision"),
            ),
            ("fatal: no such ref as v1 here", "v1", None),
            ("fatal: not a valid object name v1^{commit}", "v1", None),
            ("fatal: Needed a single revision", "a", None),
            ("fatal: Needed a single revision", "b", Some("fatal: Needed a single revision")),
            ("\n", "b", None),
        ];
        for (said, value, shown) in table {
            assert_eq!(reason(said, &[value, ""]).as_deref(), shown, "{said}");
        }
    }

    #[test]
    fn a_folder_that_is_gone_has_the_nearest_one_above_it() {
        let folder = std::env::temp_dir();
        let gone = folder.join("pyi-nowhere/../pyi-gone/spec");
        let (start, rest) = starts(gone.to_str().unwrap()).remove(0);
        assert_eq!((start, rest), (folder, PathBuf::from("pyi-nowhere/../pyi-gone/spec")));
        assert_eq!(starts("pyi-gone"), [(PathBuf::from("."), PathBuf::from("pyi-gone"))]);
        assert_eq!(starts(""), [(PathBuf::from("."), PathBuf::new())]);
    }
}
