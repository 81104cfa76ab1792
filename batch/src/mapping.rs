//! Maps the fields of a request to the columns of a table: as the caller gives them, else by name
//! and title.

use std::fmt;

use pyi_codegen::ir::{Endpoint, Field, Provider, Type};
use pyi_dynamic::normalize_title::comparable;
use pyi_text::{Message, message};

/// The columns of the fields of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The fields with a column, in the request's order.
    pub fields: Vec<Mapped>,
    /// The titles of the columns without a field.
    pub unused: Vec<String>,
}

/// A field, and its column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The field's name on the wire.
    pub field: String,
    /// The column's number, from 0 on.
    pub column: usize,
    /// The column's title.
    pub title: String,
    /// How it was found.
    pub matched_by: MatchedBy,
    /// Whether its cells are JSON: those of an object, a list or any JSON.
    pub is_json: bool,
}

/// How the column of a field was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MatchedBy {
    /// The caller gave it.
    Caller,
    /// The title is the field's name on the wire.
    Name,
    /// The title is that of the field, or of its type, in the spec.
    Title,
}

/// The error of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum MapFault {
    /// The request has no field with the given name.
    UnknownField {
        /// The given name.
        field: String,
        /// The fields of the request.
        known: Vec<String>,
    },
    /// The table has no column, or several, with the given title.
    UnknownColumn {
        /// The field that it was given for.
        field: String,
        /// The titles of the table. Empty if no title is like a field of the request: the first row
        /// may then be a person.
        known: Vec<String>,
    },
    /// More than one column fits a field.
    Ambiguous {
        /// The field.
        field: String,
        /// The columns.
        titles: Vec<String>,
    },
    /// Two fields have one column.
    Shared {
        /// The column's title.
        title: String,
        /// The fields.
        fields: Vec<String>,
    },
    /// A required field has no column.
    Missing {
        /// The field.
        field: String,
        /// Its title.
        title: String,
        /// As in [`MapFault::UnknownColumn`].
        known: Vec<String>,
    },
}

impl MapFault {
    /// Its text, which can be said in another language.
    pub fn message(&self) -> Message {
        match self {
            // The given name may be a value in the wrong place: it is not shown.
            Self::UnknownField { known, .. } => message!(
                "the request has no field of a name that was given; it has {known}",
                known = known.join(", "),
            ),
            Self::UnknownColumn { field, known } => message!(
                "the table has no column, or several, of the title that was given for {field}; {known}",
                field,
                known = known_titles(known),
            ),
            Self::Ambiguous { field, titles } => message!(
                "{field} could be any of these columns: {titles}; say which: {field}=TITLE",
                field,
                titles = titles.join(", "),
            ),
            Self::Shared { title, fields } => message!(
                "the column {title} would be all of {fields}; say which column each has",
                title,
                fields = fields.join(", "),
            ),
            Self::Missing { field, title, known } => message!(
                "no column is {field} ({title}); say which: {field}=TITLE; {known}",
                field,
                title,
                known = known_titles(known),
            ),
        }
    }
}

impl fmt::Display for MapFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for MapFault {}

impl From<MapFault> for Message {
    fn from(fault: MapFault) -> Self {
        fault.message()
    }
}

/// The titles of the table, if the first row is known to have titles.
fn known_titles(titles: &[String]) -> Message {
    match titles {
        [] => message!("no column of the first row is called like a field: it must be a row of titles"),
        titles => message!("there are {titles}", titles = titles.join(", ")),
    }
}

impl Mapping {
    /// Finds the columns of an endpoint's fields. `given` pairs names of fields with titles of
    /// columns.
    ///
    /// # Errors
    ///
    /// A field without exactly one column.
    pub fn new(
        provider: &Provider,
        endpoint: &Endpoint,
        titles: &[String],
        given: &[(String, String)],
    ) -> Result<Self, MapFault> {
        if let Some((field, _)) =
            given.iter().find(|(name, _)| !endpoint.request.iter().any(|field| field.wire == *name))
        {
            let known = endpoint.request.iter().map(|field| field.wire.clone()).collect();
            return Err(MapFault::UnknownField { field: field.clone(), known });
        }
        let mut fields: Vec<Mapped> = Vec::new();
        for field in &endpoint.request {
            let wanted = given.iter().find(|(name, _)| *name == field.wire).map(|(_, title)| title.as_str());
            let Some(mapped) = map(provider, endpoint, field, titles, wanted)? else { continue };
            if let Some(other) = fields.iter().find(|other| other.column == mapped.column) {
                let fields = vec![other.field.clone(), mapped.field];
                return Err(MapFault::Shared { title: mapped.title, fields });
            }
            fields.push(mapped);
        }
        let unused =
            titles.iter().enumerate().filter(|(index, _)| fields.iter().all(|field| field.column != *index));
        let unused = unused.map(|(_, title)| title.clone()).filter(|title| !title.is_empty()).collect();
        Ok(Self { fields, unused })
    }
}

/// The column of a field: the one that the caller names, or the one whose title says it. `None` is
/// an optional field without a column.
fn map(
    provider: &Provider,
    endpoint: &Endpoint,
    field: &Field,
    titles: &[String],
    wanted: Option<&str>,
) -> Result<Option<Mapped>, MapFault> {
    let name = field.wire.clone();
    let found = match wanted {
        Some(title) => match column(titles, title) {
            Some(column) => Some((column, MatchedBy::Caller)),
            None => {
                let known = known(provider, endpoint, titles);
                return Err(MapFault::UnknownColumn { field: name, known });
            }
        },
        None => guess(provider, field, titles)?,
    };
    match found {
        Some((column, matched_by)) => {
            let title = titles.get(column).cloned().unwrap_or_default();
            let is_json = matches!(field.ty, Type::Object(_) | Type::List(_) | Type::Any);
            Ok(Some(Mapped { field: name, column, title, matched_by, is_json }))
        }
        None if field.optional => Ok(None),
        None => {
            let title = names(provider, field).into_iter().next_back().unwrap_or_default();
            Err(MapFault::Missing { field: name, title, known: known(provider, endpoint, titles) })
        }
    }
}

/// The column of a given title: the same title, or the only similar one.
fn column(titles: &[String], title: &str) -> Option<usize> {
    let exact: Vec<usize> = places(titles, |other| other == title.trim());
    let alike = places(titles, |other| comparable(other) == comparable(title));
    match (exact.as_slice(), alike.as_slice()) {
        ([one], _) | ([], [one]) => Some(*one),
        _ => None,
    }
}

/// The titles, if the first row is known to have titles: one of them is like a field.
fn known(provider: &Provider, endpoint: &Endpoint, titles: &[String]) -> Vec<String> {
    let is_found = |field: &Field| !matches!(guess(provider, field, titles), Ok(None));
    if endpoint.request.iter().any(is_found) { titles.to_vec() } else { Vec::new() }
}

fn places(titles: &[String], is: impl Fn(&str) -> bool) -> Vec<usize> {
    titles.iter().enumerate().filter(|(_, title)| is(title)).map(|(index, _)| index).collect()
}

/// The column whose title is the field's name on the wire, else its title in the spec.
fn guess(
    provider: &Provider,
    field: &Field,
    titles: &[String],
) -> Result<Option<(usize, MatchedBy)>, MapFault> {
    let wire = comparable(&field.wire);
    let names: Vec<String> = names(provider, field).iter().map(|name| comparable(name)).collect();
    let by_name = places(titles, |title| comparable(title) == wire);
    let by_title = places(titles, |title| names.contains(&comparable(title)));
    for (found, why) in [(by_name, MatchedBy::Name), (by_title, MatchedBy::Title)] {
        match found.as_slice() {
            [] => {}
            [one] => return Ok(Some((*one, why))),
            several => {
                let titles = several.iter().filter_map(|index| titles.get(*index).cloned()).collect();
                return Err(MapFault::Ambiguous { field: field.wire.clone(), titles });
            }
        }
    }
    Ok(None)
}

/// The titles of a field in the spec: its own, the first words of it, and that of its type.
fn names(provider: &Provider, field: &Field) -> Vec<String> {
    let first = field.title.split(['，', ',', '（', '(']).next().unwrap_or_default();
    let named = provider.types.iter().find(|named| Some(&named.name) == field.named.as_ref());
    let names = [field.title.as_str(), first, named.map(|named| named.title.as_str()).unwrap_or_default()];
    names.into_iter().filter(|name| !name.is_empty()).map(str::to_owned).collect()
}
