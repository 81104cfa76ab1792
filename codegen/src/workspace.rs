//! A spec that is being written: its files with text that is not saved yet. A change parses one
//! file again, and checks all of them, since a rule can be about several.

mod complete;
mod cursor;
mod hover;
#[cfg(test)]
mod tests;
mod tolerant;

pub use self::complete::Completion;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use self::cursor::Cursor;
use crate::ast::{Endpoint, Provider, Spec};
use crate::check::{self, CheckFn};
use crate::dialect::{Kind, Names};
use crate::parse::{self, Parsed};
use crate::report::{Place, Report};
use crate::rules::Rule;
use crate::source::{self, File, Input, Sources};

/// A spec folder whose files may have text that is not saved.
pub struct Workspace {
    /// Faults of the folder: what is missing, unreadable or no part of a spec.
    folder: Report,
    files: Sources,
    /// The faults of each file alone, by its name.
    faults_by_file: BTreeMap<String, Report>,
    spec: Spec,
    /// What is readable of the files that are no YAML for a moment, by their names, once it is asked
    /// for.
    readable: BTreeMap<String, OnceLock<Parsed>>,
}

impl Workspace {
    /// Reads a folder, or files in memory.
    pub fn read(input: Input<'_>) -> Self {
        let mut folder = Report::default();
        // A file called as a spec's may be in any folder, however large.
        let files = source::read_within(input, 1, &mut folder);
        let mut workspace = Self {
            folder,
            files: Sources::new(),
            faults_by_file: BTreeMap::new(),
            spec: Spec::default(),
            readable: BTreeMap::new(),
        };
        for file in files {
            workspace.put(file);
        }
        workspace
    }

    /// Sets the text of a file by its path inside of the folder, such as `endpoints/bill.yaml`. One
    /// that is not there is added.
    pub fn set(&mut self, name: &str, text: String) {
        let known = self.files.iter().find(|file| file.name == name);
        let file = match known {
            Some(known) => File { text, ..File::clone(known) },
            None => File { name: name.to_owned(), shown: name.to_owned(), disk: None, text },
        };
        // What is on disk, or is not there, is no matter any more.
        self.folder.forget_file(&file);
        if name == source::PROVIDER {
            self.folder.forget(Rule::MissingFile);
        }
        self.put(Arc::new(file));
    }

    /// The files, by their paths inside of the folder.
    pub fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter().map(|file| &**file)
    }

    /// A file by its path inside of the folder.
    pub fn file(&self, name: &str) -> Option<&File> {
        self.files().find(|file| file.name == name)
    }

    /// All faults and warnings, as [`crate::lint`] finds them.
    pub fn lint(&self, check: CheckFn<'_>) -> Report {
        let mut report = self.folder.clone();
        for faults in self.faults_by_file.values() {
            report.append(faults);
        }
        check::check(&self.spec, &mut report);
        check::lint(&self.spec, check, &mut report);
        report
    }

    /// What can stand at an offset, in bytes.
    pub fn complete(&self, name: &str, offset: usize) -> Vec<Completion> {
        self.file(name).map(|file| complete::complete(file, offset, self)).unwrap_or_default()
    }

    /// The hover text of the word at an offset, without markup.
    pub fn hover(&self, name: &str, offset: usize) -> Option<String> {
        self.cursor_at(name, offset, |cursor| hover::hover(cursor, self.endpoint(name), self.provider()))
    }

    /// Where the named type, the common parameter or the field at an offset is written: the file
    /// and the bytes.
    pub fn definition(&self, name: &str, offset: usize) -> Option<(&File, Range<usize>)> {
        let provider = self.provider();
        let place = self.cursor_at(name, offset, |cursor| match cursor.kind {
            Some(Kind::Type(_) | Kind::Element(_) | Kind::Response(_)) => {
                Some(&provider.types.get(&cursor.word)?.name.place)
            }
            Some(Kind::Callback(_)) => {
                let mut fields = self.endpoint(name)?.request.iter();
                Some(&fields.find(|field| field.name.value == cursor.word)?.name.place)
            }
            _ if cursor.names == Some(Names::Parameter) => {
                let mut common = provider.common.iter();
                Some(&common.find(|common| common.name.value == cursor.word)?.name.place)
            }
            _ => None,
        })?;
        Some((self.file(&place.file.name)?, place.start..place.end))
    }

    /// What is known of the word at an offset.
    fn cursor_at<T>(
        &self,
        name: &str,
        offset: usize,
        known: impl FnOnce(&Cursor<'_>) -> Option<T>,
    ) -> Option<T> {
        let file = self.files.iter().find(|file| file.name == name)?;
        let root = tolerant::tree(file, offset)?;
        known(&Cursor::at(&root, section_of(name)?, offset)?)
    }

    /// The provider, as far as its file is readable.
    fn provider(&self) -> &Provider {
        match self.readable(source::PROVIDER) {
            Some(Parsed::Provider(Some(provider))) => provider,
            _ => &self.spec.provider,
        }
    }

    /// The endpoint of a file, as far as it is readable.
    fn endpoint(&self, name: &str) -> Option<&Endpoint> {
        match self.readable(name) {
            Some(Parsed::Endpoint(endpoint)) => endpoint.as_deref(),
            _ => self.spec.endpoints.iter().find(|endpoint| endpoint.file.name == name),
        }
    }

    /// What is readable of a file that is no YAML.
    fn readable(&self, name: &str) -> Option<&Parsed> {
        let readable = self.readable.get(name)?;
        let file = self.files.iter().find(|file| file.name == name)?;
        Some(readable.get_or_init(|| parse::file(&tolerant::mended(file, None), &mut Report::default())))
    }

    /// Parses a file, and puts it at its place among the others.
    fn put(&mut self, file: Arc<File>) {
        // An unreadable file has its fault, and no text.
        let mut report = Report::default();
        self.readable.remove(&file.name);
        if !self.folder.is_faulty(&file) {
            let parsed = parse::file(&file, &mut report);
            if matches!(parsed, Parsed::Provider(None) | Parsed::Endpoint(None)) {
                self.readable.insert(file.name.clone(), OnceLock::new());
            }
            let at = self.spec.endpoints.binary_search_by(|endpoint| endpoint.file.name.cmp(&file.name));
            match (parsed, at) {
                (Parsed::Provider(provider), _) => {
                    self.spec.provider_read = provider.is_some();
                    self.spec.provider = provider.map_or_else(Provider::default, |provider| *provider);
                }
                (Parsed::Endpoint(Some(endpoint)), Ok(at)) => {
                    self.spec.endpoints.splice(at..=at, [*endpoint]);
                }
                (Parsed::Endpoint(Some(endpoint)), Err(at)) => self.spec.endpoints.insert(at, *endpoint),
                (Parsed::Endpoint(None), Ok(at)) => {
                    self.spec.endpoints.remove(at);
                }
                (Parsed::Endpoint(None), Err(_)) | (Parsed::Other, _) => {}
            }
        }
        self.faults_by_file.insert(file.name.clone(), report);
        match self.files.binary_search_by(|known| known.name.cmp(&file.name)) {
            Ok(at) => {
                self.files.splice(at..=at, [file]);
            }
            Err(at) => self.files.insert(at, file),
        }
    }
}

/// The outermost section of a file.
fn section_of(name: &str) -> Option<&'static crate::dialect::Section> {
    match name {
        source::PROVIDER => Some(&crate::dialect::PROVIDER),
        _ if name.starts_with("endpoints/") => Some(&crate::dialect::ENDPOINT),
        _ => None,
    }
}

/// Whether an offset is in a place, or at its end, where a word is being written.
fn touches(place: &Place, offset: usize) -> bool {
    (place.start..=place.end).contains(&offset)
}
