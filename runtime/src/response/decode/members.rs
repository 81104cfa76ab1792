//! The members of a JSON object in the order of a table of names. Members that the table does not
//! have are skipped; they stay in the body.

use smallvec::{SmallVec, smallvec};

use super::DecodeError;
use super::json::Json;

/// Why the members of an object cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// The value is not an object.
    NotAnObject,
    /// A member of the table is there twice.
    Twice(String),
}

impl Unreadable {
    pub(crate) fn into_fault(self, whole: &str) -> DecodeError {
        match self {
            Self::NotAnObject => DecodeError { field: whole.to_owned(), expected: "an object" },
            Self::Twice(name) => DecodeError { field: name, expected: "there once only" },
        }
    }
}

/// The members of an object in the order of a table of names.
pub(crate) struct Members<'a> {
    object: Json<'a>,
    /// The index of each value for [`Json::part`], or [`ABSENT`]. Few objects have so many names
    /// that this allocates.
    places: SmallVec<[usize; 12]>,
}

/// The object's own index, which no member has.
const ABSENT: usize = 0;

impl<'a> Members<'a> {
    /// The member with the name at an index of the table.
    pub(crate) fn get(&self, index: usize) -> Option<Json<'a>> {
        self.object.part(self.place(index)?)
    }

    /// The index of that member in the object.
    pub(crate) fn place(&self, index: usize) -> Option<usize> {
        self.places.get(index).copied().filter(|place| *place != ABSENT)
    }
}

/// The members of an object in the order of `names`.
pub(crate) fn members<'a>(object: Json<'a>, names: &[&str]) -> Result<Members<'a>, Unreadable> {
    if !object.is_object() {
        return Err(Unreadable::NotAnObject);
    }
    let mut places = smallvec![ABSENT; names.len()];
    let slots = places.as_mut_slice();
    // Providers send members in a fixed order, so the name after the last match is tried first.
    let mut expected = 0;
    for (key, place) in object.members() {
        let known = match names.get(expected) {
            Some(name) if key.is(name) => Some(expected),
            _ => names.iter().position(|name| key.is(name)),
        };
        let Some(index) = known else { continue };
        let Some(slot) = slots.get_mut(index) else { continue };
        if *slot != ABSENT {
            return Err(Unreadable::Twice(key.text().into_owned()));
        }
        *slot = place;
        expected = index + 1;
    }
    Ok(Members { object, places })
}
