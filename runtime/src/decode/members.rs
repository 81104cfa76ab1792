//! Streams the members of a JSON object into slots, in the order of a table of names. Members that the table does not name
//! are passed over; they stay in the body.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::Fault;

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

/// The members of an object in the order of `names`, each as the JSON text that it is.
pub(crate) fn members<'a>(json: &'a str, names: &[&str]) -> Result<Vec<Option<&'a RawValue>>, Unreadable> {
    let mut slots = Slots { names, found: vec![None; names.len()], twice: None };
    let mut source = serde_json::Deserializer::from_str(json);
    let read = source.deserialize_map(&mut slots).and_then(|()| source.end());
    match (read, slots.twice) {
        (Ok(()), None) => Ok(slots.found),
        (_, Some(name)) => Err(Unreadable::Twice(name)),
        (Err(_), None) => Err(Unreadable::NotAnObject),
    }
}

struct Slots<'n, 'a> {
    names: &'n [&'n str],
    found: Vec<Option<&'a RawValue>>,
    twice: Option<String>,
}

impl<'a> Visitor<'a> for &mut Slots<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        let mut hint = 0;
        while let Some(index) = map.next_key_seed(Name { names: self.names, hint })? {
            let Some(slot) = index.and_then(|index| self.found.get_mut(index)) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if slot.is_some() {
                self.twice = index.and_then(|index| self.names.get(index)).map(|name| (*name).to_owned());
                return Err(A::Error::custom("a member stands there twice"));
            }
            *slot = Some(map.next_value()?);
            hint = index.map_or(hint, |index| index + 1);
        }
        Ok(())
    }
}

/// Finds a key in the table. Providers send members in one order, so the name after the last one found is tried first.
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
        if self.names.get(self.hint).is_some_and(|name| *name == key) {
            return Ok(Some(self.hint));
        }
        Ok(self.names.iter().position(|name| *name == key))
    }
}
