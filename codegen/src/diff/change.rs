//! A change, its class, and the list that the comparison fills.

use super::places::Trees;

/// What a change breaks. The first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeClass {
    /// Code that calls the client does not compile any more.
    Callers,
    /// The code compiles, and what is billed, retried or effected is another.
    Money,
    /// The code compiles, and what is sent, refused or read is another.
    Calls,
    /// Nothing: an addition, or another wording.
    Safe,
}

impl ChangeClass {
    /// All classes, the worst first.
    pub const ALL: [Self; 4] = [Self::Callers, Self::Money, Self::Calls, Self::Safe];

    /// Its name, as options and JSON have it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Callers => "callers",
            Self::Money => "money",
            Self::Calls => "calls",
            Self::Safe => "safe",
        }
    }
}

/// The kind of a release, by semantic versioning. Before 1.0.0, a major release changes the second
/// number, and a minor one the third.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Release {
    /// Other words.
    Patch,
    /// More, or other behaviour behind the same API.
    Minor,
    /// Another API.
    Major,
}

impl Release {
    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// A place in a file of a spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SpecPlace {
    /// The file's path in messages.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The character in the line, from 1.
    pub column: usize,
}

/// A change of a spec.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What it breaks.
    pub class: ChangeClass,
    /// The release that it needs.
    pub release: Release,
    /// The kind of change, in words with hyphens, such as `field-removed`.
    pub kind: &'static str,
    /// What it is about: an endpoint, or a part of the provider's file.
    pub subject: String,
    /// What has changed, in one line.
    pub message: String,
    /// Where it was. `None` for something new.
    pub old: Option<SpecPlace>,
    /// Where it is. `None` for something that is gone.
    pub new: Option<SpecPlace>,
}

/// A part of a spec: the file that it is in, and the keys that lead to it.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) subject: String,
    file: String,
    keys: Vec<String>,
    /// Keys of this part. The first that the file has is the place of the change.
    hints: &'static [&'static str],
    /// The named type of a field, in the old spec and in the new one, which has what the field does
    /// not say itself.
    types: [Option<String>; 2],
}

impl At {
    pub(super) fn provider(keys: &[&str]) -> Self {
        let subject = keys.first().copied().unwrap_or("provider").to_owned();
        Self {
            subject,
            file: crate::source::PROVIDER.to_owned(),
            keys: owned(keys),
            hints: &[],
            types: [None, None],
        }
    }

    pub(super) fn endpoint(id: &str) -> Self {
        let file = format!("endpoints/{id}.yaml");
        Self { subject: id.to_owned(), file, keys: Vec::new(), hints: &[], types: [None, None] }
    }

    /// A part of this part.
    pub(super) fn key(&self, keys: &[&str]) -> Self {
        let mut at = self.clone();
        at.keys.extend(owned(keys));
        at
    }

    /// This field, with its named types.
    pub(super) fn of_types(&self, old: &Option<String>, new: &Option<String>) -> Self {
        Self { types: [old.clone(), new.clone()], ..self.clone() }
    }

    /// This part, with the keys that the change may be at.
    pub(super) fn at(&self, hints: &'static [&'static str]) -> Self {
        Self { hints, ..self.clone() }
    }

    fn find(&self, trees: &Trees, side: usize) -> Option<SpecPlace> {
        for hint in self.hints {
            let mut keys = self.keys.clone();
            keys.push((*hint).to_owned());
            if let Some((place, true)) = trees.find(&self.file, &keys) {
                return Some(place);
            }
        }
        let named = self.types.get(side).cloned().flatten().filter(|_| !self.hints.is_empty());
        if let Some(named) = named {
            let of_type = Self::provider(&["types", &named]).at(self.hints);
            return of_type.find(trees, side);
        }
        trees.find(&self.file, &self.keys).map(|(place, _)| place)
    }
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// The changes that were found so far.
pub(super) struct Changes<'a> {
    old: &'a Trees,
    new: &'a Trees,
    found: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(old: &'a Trees, new: &'a Trees) -> Self {
        Self { old, new, found: Vec::new() }
    }

    /// The name of the provider's type with a Rust name, in the new spec or in the old one.
    pub(super) fn type_named(&self, rust: &str) -> Option<String> {
        self.new.type_named(rust).or_else(|| self.old.type_named(rust)).map(str::to_owned)
    }

    pub(super) fn count(&self) -> usize {
        self.found.len()
    }

    /// Something is another.
    pub(super) fn changed(&mut self, class: ChangeClass, kind: &'static str, at: &At, message: String) {
        let (old, new) = (at.find(self.old, 0), at.find(self.new, 1));
        let release = match class {
            ChangeClass::Callers => Release::Major,
            ChangeClass::Money | ChangeClass::Calls => Release::Minor,
            ChangeClass::Safe => Release::Patch,
        };
        self.found.push(Change { class, release, kind, subject: at.subject.clone(), message, old, new });
    }

    /// Something is gone.
    pub(super) fn removed(&mut self, class: ChangeClass, kind: &'static str, at: &At, message: String) {
        self.changed(class, kind, at, message);
        if let Some(change) = self.found.last_mut() {
            change.new = None;
        }
    }

    /// Something is new.
    pub(super) fn added(&mut self, class: ChangeClass, kind: &'static str, at: &At, message: String) {
        self.changed(class, kind, at, message);
        if let Some(change) = self.found.last_mut() {
            change.old = None;
            change.release = change.release.max(Release::Minor);
        }
    }

    /// Whether two values differ; then it is noted as a change.
    pub(super) fn compare<T: PartialEq>(
        &mut self,
        class: ChangeClass,
        kind: &'static str,
        at: &At,
        (old, new): (&T, &T),
        message: impl FnOnce() -> String,
    ) {
        if old != new {
            self.changed(class, kind, at, message());
        }
    }

    /// The changes, the worst first, then by place.
    pub(super) fn sorted(mut self) -> Vec<Change> {
        self.found.sort_by(|a, b| {
            let place = |change: &Change| change.new.clone().or_else(|| change.old.clone());
            (a.class, place(a), a.kind, &a.message).cmp(&(b.class, place(b), b.kind, &b.message))
        });
        self.found
    }
}
