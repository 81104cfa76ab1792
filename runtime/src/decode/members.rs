//! The members of a JSON object in slots, in the order of a table of names. Members that the table does not name are passed over; they
//! stay in the body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use smallvec::{SmallVec, smallvec};

use super::Fault;
use super::json::Json;

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
        let Some(index) = find(names, hint, |name| key.is(name)) else { continue };
        if slots.get_mut(index).and_then(|slot| slot.replace(value)).is_some() {
            return Err(Unreadable::Twice(key.text().into_owned()));
        }
        hint = index + 1;
    }
    Ok(slots)
}

/// Finds a key in the table. Providers send members in one order, so the name after the last one found is tried first.
fn find(names: &[&str], hint: usize, is: impl Fn(&str) -> bool) -> Option<usize> {
    if names.get(hint).is_some_and(|name| is(name)) {
        return Some(hint);
    }
    names.iter().position(|name| is(name))
}

/// The members of a text that nobody has checked yet: it is checked on the way, from its first character to its last.
pub(crate) fn checked_members<'a>(text: &'a str, names: &[&str]) -> Result<Slots<'a>, Unreadable> {
    let mut outer = Outer { names, slots: smallvec![None; names.len()], twice: None };
    let mut source = serde_json::Deserializer::from_str(text);
    let read = source.deserialize_map(&mut outer).and_then(|()| source.end());
    match (read, outer.twice) {
        (Ok(()), None) => Ok(outer.slots),
        (_, Some(name)) => Err(Unreadable::Twice(name)),
        (Err(_), None) => Err(Unreadable::NotAnObject),
    }
}

struct Outer<'n, 'a> {
    names: &'n [&'n str],
    slots: Slots<'a>,
    twice: Option<String>,
}

impl<'a> Visitor<'a> for &mut Outer<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(index) = map.next_key_seed(Name { names: self.names, hint })? {
            let Some(slot) = index.and_then(|index| self.slots.get_mut(index)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if slot.is_some() {
                self.twice = index.and_then(|index| self.names.get(index)).map(|name| (*name).to_owned());
                return Err(A::Error::custom("a member stands there twice"));
            }
            *slot = Some(Json::of_raw(map.next_value()?));
            hint = index.map_or(hint, |index| index + 1);
        }
        Ok(())
    }
}

/// Finds a key, as [`find`] does.
struct Name<'n> {
    names: &'n [&'n str],
    hint: usize,
}

impl<'a> DeserializeSeed<'a> for Name<'_> {
    type Value = Option<usize>;

    fn deserialize<D: Deserializer<'a>>(self, key: D) -> Result<Self::Value, D::Error> {
        key.deserialize_str(self)
    }
}

impl Visitor<'_> for Name<'_> {
    type Value = Option<usize>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        Ok(find(self.names, self.hint, |name| name == key))
    }
}
