//! What will be made: the spec as plain data, complete and free of faults. Every backend reads this, and nothing else.

mod words;

pub use self::words::{Algorithm, Billed, Case, Class, Effect, Format, From, Method, SignMethod};
use crate::source::File;

/// A provider and its endpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// A short name in ASCII.
    pub name: String,
    /// What it calls itself.
    pub title: String,
    /// What is to be known about it.
    pub doc: String,
    /// How requests are signed.
    pub sign: Sign,
    /// Parameters that the client fills in.
    pub common: Vec<Common>,
    /// The outer members of a reply.
    pub envelope: Envelope,
    /// Named types with codes, sorted by name.
    pub enums: Vec<Enum>,
    /// Statuses, sorted by code.
    pub statuses: Vec<Status>,
    /// Endpoints without a fault, sorted by id.
    pub endpoints: Vec<Endpoint>,
    /// The files that all this was read from, sorted by name.
    pub files: Vec<File>,
}

impl Provider {
    /// The endpoint of an id such as `id_card_two_factor`.
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    /// The named enum that a field's type refers to.
    pub fn codes(&self, name: &str) -> Option<&Enum> {
        self.enums.iter().find(|candidate| candidate.name == name)
    }

    /// The parameter that carries the format of the reply, if there is one.
    pub fn common_from(&self, from: From) -> Option<&Common> {
        self.common.iter().find(|common| common.from == from)
    }
}

/// A signing scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct Sign {
    /// The parameter that carries the signature.
    pub parameter: String,
    /// What may go into it; the first is the default.
    pub methods: Vec<SignMethod>,
    /// What stands between a key and its value in the signed text.
    pub between: String,
    /// What stands between two pairs.
    pub join: String,
    /// What stands before all pairs.
    pub prefix: Vec<Piece>,
    /// What stands after all pairs.
    pub suffix: Vec<Piece>,
    /// Whether empty values are neither signed nor sent.
    pub skip_empty: bool,
    /// The digest.
    pub algorithm: Algorithm,
    /// The case of its hexadecimal digits.
    pub case: Case,
}

/// A piece of the signed text around the pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// These very characters.
    Text(String),
    /// The secret.
    Secret,
}

/// A parameter that the client fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Its wire name.
    pub name: String,
    /// Where its value comes from.
    pub from: From,
    /// Whether the provider can do without it.
    pub optional: bool,
}

/// The names of a reply's outer members.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// The status code.
    pub status: String,
    /// The provider's words.
    pub message: String,
    /// The payload.
    pub data: String,
    /// The server's time: whichever of these is there.
    pub time: Vec<String>,
}

/// A status of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its code.
    pub code: i32,
    /// Its name in `snake_case`.
    pub name: String,
    /// Its variant's name.
    pub rust: String,
    /// The provider's words for it.
    pub title: String,
    /// What kind of answer it is.
    pub class: Class,
    /// Whether a call that ends with it is billed.
    pub billed: Billed,
    /// Whether the same call may be sent again.
    pub retry: bool,
    /// What to do about it, or empty.
    pub next: String,
}

/// A named type with codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its name in the spec.
    pub name: String,
    /// Its name in Rust.
    pub rust: String,
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub doc: String,
    /// Its codes, in the spec's order.
    pub codes: Vec<Code>,
}

/// A code of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// As it stands on the wire.
    pub code: String,
    /// Its variant's name.
    pub rust: String,
    /// The provider's words for it.
    pub title: String,
}

/// One endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Endpoint {
    /// Its file's name, `snake_case`.
    pub id: String,
    /// The name of its method.
    pub function: String,
    /// The name of its request struct; the data's is this with `Data` behind it.
    pub request_type: String,
    /// The name of its data struct.
    pub data_type: String,
    /// The name of its static.
    pub constant: String,
    /// Its path, from the first `/`.
    pub path: String,
    /// What it is called.
    pub title: String,
    /// What is to be known about it.
    pub doc: String,
    /// Where these facts come from.
    pub source: String,
    /// What a call does.
    pub effect: Effect,
    /// How a request may travel; the first is the default.
    pub methods: Vec<Method>,
    /// How a reply may be written; the first is the default.
    pub formats: Vec<Format>,
    /// What a billed call costs.
    pub price: Option<Price>,
    /// Fields of the request, in the spec's order.
    pub request: Vec<Field>,
    /// Fields of the data, in the spec's order.
    pub response: Vec<Field>,
    /// Everything that is signed and sent, in signing order: by key, in byte order.
    pub parameters: Vec<Parameter>,
}

/// What a billed call costs, by the number of calls bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The currency's ISO 4217 code.
    pub currency: String,
    /// Calls bought, and the exact price of one; sorted by the number of calls.
    pub tiers: Vec<(u32, String)>,
}

/// A field of a request or of its data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name on the wire.
    pub wire: String,
    /// Its name in Rust.
    pub rust: String,
    /// What it is called, or empty.
    pub title: String,
    /// What is to be known about it, or empty.
    pub doc: String,
    /// The named type that it was given, if any.
    pub named: Option<String>,
    /// What it holds.
    pub ty: Type,
    /// An example as it stands on the wire.
    pub example: Option<String>,
    /// Whether its value may appear in logs and Debug output.
    pub public: bool,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text, kept as it is.
    String,
    /// A whole number of 64 bits.
    Integer,
    /// Yes or no.
    Boolean,
    /// A date of the calendar.
    Date {
        /// How it is written, in the conversions of `strftime`.
        pattern: String,
    },
    /// One of the codes of a named [`Enum`].
    Enum(String),
    /// Whatever the provider sends.
    Any,
}

impl Type {
    /// The words for types that need no name of their own.
    pub const WORDS: &'static [&'static str] = &["string", "integer", "boolean", "date", "any"];
}

/// A parameter as it is signed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its wire name.
    pub name: String,
    /// Where its value comes from.
    pub source: Source,
    /// Whether the provider refuses a call without it.
    pub required: bool,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The client.
    Common(From),
    /// The request's field at this index.
    Request(usize),
}
