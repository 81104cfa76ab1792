//! The members of a JSON object in slots, in the order of a table of names. Members that the table does not name are passed over; they
//! stay in the body.

use smallvec::{SmallVec, smallvec};

use super::Fault;
use super::json::{Json, Key};

/// Why an object has no members to give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unreadable {
    /// Not an object.
    NotAnObject,
    /// A member that counts stands there twice.
    Twice(String),
}

impl Unreadable {
    pub(crate) fn into_fault(self, whole: &str) -> Fault {
        match self {
            Self::NotAnObject => Fault { field: whole.to_owned(), expected: "an object" },
            Self::Twice(name) => Fault { field: name, expected: "there once only" },
        }
    }
}

/// A value for each name, where there is one. Few objects have so many names that this allocates.
pub(crate) type Slots<'a> = SmallVec<[Option<Json<'a>>; 12]>;

/// The members of an object in the order of `names`.
pub(crate) fn members<'a>(json: Json<'a>, names: &[&str]) -> Result<Slots<'a>, Unreadable> {
    if !json.is_object() {
        return Err(Unreadable::NotAnObject);
    }
    let mut slots: Slots<'a> = smallvec![None; names.len()];
    let mut hint = 0;
    for (key, value) in json.members() {
        let Some(index) = find(names, hint, key) else { continue };
        if slots.get_mut(index).and_then(|slot| slot.replace(value)).is_some() {
            return Err(Unreadable::Twice(key.text().into_owned()));
        }
        hint = index + 1;
    }
    Ok(slots)
}

/// Finds a key in the table. Providers send members in one order, so the name after the last one found is tried first.
fn find(names: &[&str], hint: usize, key: Key<'_>) -> Option<usize> {
    if names.get(hint).is_some_and(|name| key.is(name)) {
        return Some(hint);
    }
    names.iter().position(|name| key.is(name))
}
