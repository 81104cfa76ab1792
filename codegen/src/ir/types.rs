//! Fields and their types, and the types that have names in Rust.

use pyi_types::{Check, CommonSource, ParameterPlace, ValueForm};

/// A named type of the provider's file, as a field refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name in the spec.
    pub name: String,
    /// Its title, or empty.
    pub title: String,
}

/// An enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its Rust name.
    pub rust: String,
    /// Its title, or empty.
    pub title: String,
    /// Its documentation, or empty.
    pub doc: String,
    /// Whether it can be a code that the spec does not list, as in a reply. What only requests have
    /// can not.
    pub is_open: bool,
    /// Whether it is in an object or a list of a request, which is written as JSON.
    pub in_composite: bool,
    /// Its codes, in the spec's order.
    pub codes: Vec<Code>,
}

/// An object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its Rust name.
    pub rust: String,
    /// Its title, or empty.
    pub title: String,
    /// Its documentation, or empty.
    pub doc: String,
    /// Whether it is part of a request, whose required fields must be there.
    pub is_given: bool,
    /// Its fields, in the spec's order.
    pub fields: Vec<Field>,
}

/// A code of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The code on the wire.
    pub code: String,
    /// Its variant's name.
    pub rust: String,
    /// The provider's title.
    pub title: String,
}

/// A field of a request or of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its wire name.
    pub wire: String,
    /// Its Rust name.
    pub rust: String,
    /// Its title, or empty.
    pub title: String,
    /// Its documentation, or empty.
    pub doc: String,
    /// The source of these facts, if it is not the endpoint's.
    pub source: String,
    /// Why it is deprecated, if it is.
    pub deprecated: Option<String>,
    /// Its named type, if it has one.
    pub named: Option<String>,
    /// Its type.
    pub ty: Type,
    /// An example, as on the wire.
    pub example: Option<String>,
    /// Default of a request's field.
    pub default: Option<String>,
    /// Whether a request's field is optional.
    pub optional: bool,
    /// Whether its value may appear in logs and Debug output.
    pub public: bool,
    /// Whether a request's value identifies a person.
    pub person: bool,
    /// The checks of a request's value.
    pub checks: Vec<Check>,
    /// The checks of the elements of a request's list, by their named type.
    pub element_checks: Vec<Check>,
    /// Where a request's value is sent.
    pub place: ParameterPlace,
    /// The text that is sent for a request's value, with `{value}` in it, or empty.
    pub template: String,
    /// The text that a request's value is sent as, where it is not its own.
    pub form: Option<ValueForm>,
    /// The text between the elements of a request's list that is one text.
    pub join: Option<String>,
    /// The digest of the body that the value of a callback's field is.
    pub body_digest: Option<CommonSource>,
    /// Whether a request's value is one of the signed parameters.
    pub is_signed: bool,
}

/// The type of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text, kept as it is.
    String,
    /// An integer of 64 bits.
    Integer,
    /// An exact decimal number.
    Decimal,
    /// A boolean.
    Boolean,
    /// A date.
    Date {
        /// The pattern, in conversions of `strftime`.
        pattern: String,
    },
    /// A point in time, in unix seconds.
    Timestamp,
    /// Bytes, in base64 (RFC 4648, section 4).
    Bytes,
    /// A code of an [`Enum`], by its Rust name.
    Enum(String),
    /// An [`Object`], by its Rust name.
    Object(String),
    /// A list of a type.
    List(Box<Type>),
    /// Any value.
    Any,
}

impl Type {
    /// The names of types without parts.
    pub const WORDS: &'static [&'static str] =
        &["string", "integer", "decimal", "boolean", "date", "timestamp", "bytes", "any"];

    /// The built-in type with one of the names in [`Self::WORDS`].
    pub fn from_name(word: &str, pattern: String) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "integer" => Self::Integer,
            "decimal" => Self::Decimal,
            "boolean" => Self::Boolean,
            "date" => Self::Date { pattern },
            "timestamp" => Self::Timestamp,
            "bytes" => Self::Bytes,
            "any" => Self::Any,
            _ => return None,
        })
    }
}
