//! A change, its class, and the list that the comparison fills.

use super::places::Trees;
use crate::yaml::Node;

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

/// A part of a spec, which may be at another place in the new spec.
#[derive(Debug, Clone)]
pub(super) struct At {
    pub(super) subject: String,
    /// Where it is in the old spec, and in the new one.
    spots: [Spot; 2],
    /// Keys of this part that the change may be at.
    hints: &'static [&'static str],
}

/// A part of one spec: the file that it is in, and the keys that lead to it.
#[derive(Debug, Clone)]
struct Spot {
    file: String,
    keys: Vec<String>,
    /// The named type of a field, which has what the field does not say itself.
    named: Option<String>,
}

/// The place of a key, and its value.
type Found<'t> = (SpecPlace, &'t Node);

impl At {
    pub(super) fn provider(keys: &[&str]) -> Self {
        let subject = keys.first().copied().unwrap_or("provider").to_owned();
        Self::of(subject, crate::source::PROVIDER.to_owned(), keys)
    }

    pub(super) fn endpoint(id: &str) -> Self {
        Self::of(id.to_owned(), format!("endpoints/{id}.yaml"), &[])
    }

    /// A type of the provider's file.
    pub(super) fn named_type(name: &str) -> Self {
        Self { subject: name.to_owned(), ..Self::provider(&["types", name]) }
    }

    fn of(subject: String, file: String, keys: &[&str]) -> Self {
        let spot = Spot { file, keys: owned(keys), named: None };
        Self { subject, spots: [spot.clone(), spot], hints: &[] }
    }

    /// A part of the old spec that is another one in the new spec.
    pub(super) fn between(old: &Self, new: &Self) -> Self {
        let spots = [old.spots[0].clone(), new.spots[1].clone()];
        Self { subject: new.subject.clone(), spots, hints: new.hints }
    }

    /// This part, as one of something else.
    pub(super) fn about(&self, subject: &str) -> Self {
        Self { subject: subject.to_owned(), ..self.clone() }
    }

    /// A part of this part.
    pub(super) fn key(&self, keys: &[&str]) -> Self {
        let mut at = self.clone();
        at.spots.iter_mut().for_each(|spot| spot.keys.extend(owned(keys)));
        at
    }

    /// A part of this part that has one key in the old spec and another one in the new spec.
    pub(super) fn keys(&self, old: &str, new: &str) -> Self {
        Self::between(&self.key(&[old]), &self.key(&[new]))
    }

    /// This field, with its named types.
    pub(super) fn of_types(&self, old: &Option<String>, new: &Option<String>) -> Self {
        let mut at = self.clone();
        for (spot, named) in at.spots.iter_mut().zip([old, new]) {
            spot.named = named.clone();
        }
        at
    }

    /// This part, with the keys that the change may be at: it is at the first that has another
    /// value, or else at the first that there is.
    pub(super) fn at(&self, hints: &'static [&'static str]) -> Self {
        Self { hints, ..self.clone() }
    }

    /// The places in the old spec and in the new one.
    fn find(&self, trees: [&Trees; 2]) -> [Option<SpecPlace>; 2] {
        let sides = || self.spots.iter().zip(trees);
        let values = self.hints.iter().flat_map(|hint| {
            // A value of the field itself counts before that of its named type.
            let own = sides().map(|(spot, trees)| spot.value(trees, hint)).collect::<Vec<_>>();
            let of_types = sides().map(|(spot, trees)| spot.of_type()?.value(trees, hint)).collect();
            [own, of_types]
        });
        let values: Vec<Vec<Option<Found<'_>>>> = values.collect();
        let is_other = |found: &&Vec<Option<Found<'_>>>| match found.as_slice() {
            [Some((_, old)), Some((_, new))] => !old.says_the_same(new),
            [old, new] => old.is_some() != new.is_some(),
            _ => false,
        };
        let found = values
            .iter()
            .find(is_other)
            .or_else(|| values.iter().find(|found| found.iter().any(Option::is_some)));
        [0, 1].map(|side| {
            let place = found.and_then(|found| found.get(side)?.clone()).map(|(place, _)| place);
            place.or_else(|| self.spots[side].place(trees[side]))
        })
    }
}

impl Spot {
    /// A key of this part.
    fn value<'t>(&self, trees: &'t Trees, key: &str) -> Option<Found<'t>> {
        let (place, node) = trees.find(&self.file, &[self.keys.as_slice(), &owned(&[key])].concat())?;
        Some((place, node?))
    }

    /// The innermost of its keys that the file has.
    fn place(&self, trees: &Trees) -> Option<SpecPlace> {
        trees.find(&self.file, &self.keys).map(|(place, _)| place)
    }

    /// Its named type.
    fn of_type(&self) -> Option<Self> {
        let keys = owned(&["types", self.named.as_ref()?]);
        Some(Self { file: crate::source::PROVIDER.to_owned(), keys, named: None })
    }
}

fn owned(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// The changes that were found so far.
pub(super) struct Changes<'a> {
    trees: [&'a Trees; 2],
    found: Vec<Change>,
}

impl<'a> Changes<'a> {
    pub(super) fn new(old: &'a Trees, new: &'a Trees) -> Self {
        Self { trees: [old, new], found: Vec::new() }
    }

    /// The name of the type with a Rust name in the provider's file of the old spec (0) or of the
    /// new one (1).
    pub(super) fn type_named(&self, side: usize, rust: &str) -> Option<&'a str> {
        self.trees[side].type_named(rust)
    }

    /// Whether a type of the provider's file has another name, and no type has both names.
    pub(super) fn is_renamed(&self, old: &str, new: &str) -> bool {
        let has = |trees: &Trees, name: &str| {
            let found = trees.find(crate::source::PROVIDER, &owned(&["types", name]));
            found.is_some_and(|(_, node)| node.is_some())
        };
        old != new && !has(self.trees[1], old) && !has(self.trees[0], new)
    }

    /// Something is another.
    pub(super) fn changed(&mut self, class: ChangeClass, kind: &'static str, at: &At, message: String) {
        let [old, new] = at.find(self.trees);
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
