//! The word at an offset, and what the dialect says of its place: the section that a key is of, the
//! kind of a value, the names that the author may choose.

use std::borrow::Cow;

use super::touches;
use crate::dialect::{Entry, Key, Kind, Names, Section};
use crate::yaml::{Node, Value};

/// The word at an offset.
pub(super) struct Cursor<'n> {
    pub(super) word: Cow<'n, str>,
    /// The keys from the outermost map to the word, which is the last one if it is a key.
    pub(super) path: Vec<&'n str>,
    /// The row of the table, if the word is a key of a section, or the value of one.
    pub(super) key: Option<&'static Key>,
    /// The section of the map that it is a key of.
    pub(super) section: Option<&'static Section>,
    /// What names are in the map that it is a key of, if the author chooses them.
    pub(super) names: Option<Names>,
    /// What its value can be, if it is a value.
    pub(super) kind: Option<Kind>,
    /// The map that it is a key of.
    pub(super) map: Option<&'n Node>,
}

/// What the dialect says of a node.
#[derive(Clone, Copy)]
enum Expected {
    Section(&'static Section),
    Entries(Names, Entry),
    Value(&'static Key, Kind),
    /// A value of the author's own map.
    Entry(Entry),
    Unknown,
}

impl<'n> Cursor<'n> {
    /// The word at an offset of a file whose outermost map is of a section.
    pub(super) fn at(root: &'n Node, section: &'static Section, offset: usize) -> Option<Self> {
        let mut path = Vec::new();
        find(root, Expected::Section(section), &mut path, &|place, _| touches(place, offset))
    }

    /// The scalar that is this word, in whatever place.
    pub(super) fn of_word(root: &'n Node, section: &'static Section, word: &str) -> Option<Self> {
        let mut path = Vec::new();
        find(root, Expected::Section(section), &mut path, &|_, text| text == word)
    }
}

type Is<'f> = &'f dyn Fn(&crate::report::Place, &str) -> bool;

fn find<'n>(
    node: &'n Node,
    expected: Expected,
    path: &mut Vec<&'n str>,
    is_it: Is<'_>,
) -> Option<Cursor<'n>> {
    match &node.value {
        Value::Scalar(scalar) => {
            let (key, kind) = match expected {
                Expected::Value(key, kind) => (Some(key), Some(kind)),
                Expected::Entry(Entry::Boolean) => (None, Some(Kind::Boolean)),
                _ => (None, None),
            };
            is_it(&node.place, &scalar.text).then(|| Cursor {
                word: Cow::Borrowed(&scalar.text),
                path: path.clone(),
                key,
                section: None,
                names: None,
                kind,
                map: None,
            })
        }
        Value::List(items) => {
            let inside = match expected {
                Expected::Value(key, kind @ (Kind::Words(_) | Kind::Texts(_) | Kind::Response(_))) => {
                    Expected::Value(key, kind)
                }
                _ => Expected::Unknown,
            };
            items.iter().find_map(|item| find(item, inside, path, is_it))
        }
        Value::Map(pairs) => {
            let expected = inside(expected);
            for (key, value) in pairs {
                let name = key.scalar.text.as_str();
                path.push(name);
                if is_it(&key.place, name) {
                    let (section, names) = match expected {
                        Expected::Section(section) => (Some(section), None),
                        Expected::Entries(names, _) => (None, Some(names)),
                        _ => (None, None),
                    };
                    let key = section.and_then(|section| section.key(name));
                    let word = Cow::Borrowed(name);
                    return Some(Cursor {
                        word,
                        path: path.clone(),
                        key,
                        section,
                        names,
                        kind: None,
                        map: Some(node),
                    });
                }
                let of_value = match expected {
                    Expected::Section(section) => {
                        section.key(name).map_or(Expected::Unknown, |key| Expected::Value(key, key.kind))
                    }
                    Expected::Entries(_, entry) => Expected::Entry(entry),
                    _ => Expected::Unknown,
                };
                if let Some(found) = find(value, of_value, path, is_it) {
                    return Some(found);
                }
                path.pop();
            }
            None
        }
    }
}

/// What is expected in a map.
fn inside(expected: Expected) -> Expected {
    match expected {
        Expected::Section(_) | Expected::Entries(..) | Expected::Unknown => expected,
        Expected::Entry(Entry::Section(section)) => Expected::Section(section),
        Expected::Entry(_) => Expected::Unknown,
        Expected::Value(_, kind) => match kind {
            Kind::Map(section) | Kind::Element(section) | Kind::Callback(section) => {
                Expected::Section(section)
            }
            Kind::MapOf(names, entry) => Expected::Entries(names, entry),
            Kind::Response(section) => Expected::Entries(Names::ReplyField, Entry::Section(section)),
            _ => Expected::Unknown,
        },
    }
}
