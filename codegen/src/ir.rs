//! What will be made: the spec as plain data, complete and free of faults. Every backend reads this, and nothing else.

pub use pyi_types::{
    BillingRule, Case, Check, CheckWord, CommonSource, Effect, Format, Method, Retry, SignMethod, StatusClass,
};

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
    pub sign: SigningScheme,
    /// Parameters that the client fills in.
    pub common: Vec<Common>,
    /// The outer members of a reply.
    pub envelope: Envelope,
    /// The parameter that names the function of a JSONP reply. The client sends none, and takes any function.
    pub jsonp_callback: String,
    /// Types that the provider file names, in its order.
    pub types: Vec<Named>,
    /// Types with codes, sorted by their name in Rust.
    pub enums: Vec<Enum>,
    /// Types with fields, beside the data of each endpoint; sorted by their name in Rust.
    pub objects: Vec<Object>,
    /// Statuses, sorted by code.
    pub statuses: Vec<Status>,
    /// HTTP statuses of answers without an envelope whose billing is known, sorted by code.
    pub http: Vec<Status>,
    /// Endpoints without a fault, sorted by id.
    pub endpoints: Vec<Endpoint>,
    /// Endpoints with a fault of which code can be made all the same. It is never run: it is there so that a program that uses them
    /// has the spec's own faults to read, and no others behind them.
    pub(crate) faulty: Vec<Endpoint>,
    /// The files that all this was read from, sorted by name.
    pub files: Vec<File>,
}

impl Provider {
    /// The endpoint of an id such as `id_card_two_factor`.
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    /// The enum of a name in Rust.
    pub fn codes(&self, rust: &str) -> Option<&Enum> {
        self.enums.iter().find(|candidate| candidate.rust == rust)
    }

    /// The object of a name in Rust.
    pub fn object(&self, rust: &str) -> Option<&Object> {
        self.objects.iter().find(|candidate| candidate.rust == rust)
    }

    /// The provider's statuses and those of single endpoints, each code once, sorted by code.
    pub fn all_statuses(&self) -> Vec<&Status> {
        let endpoint_statuses = self.endpoints.iter().flat_map(|endpoint| &endpoint.statuses);
        let mut all: Vec<&Status> = self.statuses.iter().chain(endpoint_statuses).collect();
        all.sort_by_key(|status| status.code);
        all.dedup_by_key(|status| status.code);
        all
    }

    /// The parameter that is filled in from a source, if there is one.
    pub fn common_from(&self, from: CommonSource) -> Option<&Common> {
        self.common.iter().find(|common| common.from == from)
    }
}

/// A signing scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningScheme {
    /// The parameter that carries the signature.
    pub parameter: String,
    /// What may go into it; the first is the default.
    pub methods: Vec<SignMethod>,
    /// What stands between a key and its value in the signed text.
    pub key_value_separator: String,
    /// What stands between two pairs.
    pub pair_separator: String,
    /// What stands before all pairs.
    pub prefix: Vec<Segment>,
    /// What stands after all pairs.
    pub suffix: Vec<Segment>,
    /// Whether empty values are neither signed nor sent.
    pub skip_empty: bool,
    /// The case of a digest's hexadecimal digits.
    pub case: Case,
}

/// A piece of the signed text around the pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
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
    pub from: CommonSource,
    /// Whether the provider can do without it.
    pub optional: bool,
    /// Whether only endpoints that ask for it have it.
    pub opt_in: bool,
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
    pub class: StatusClass,
    /// Whether a call that ends with it is billed.
    pub billed: BillingRule,
    /// Whether the same call may be sent again.
    pub retry: Retry,
    /// Whether no other call will go better until somebody has done something about it, so that a batch stops.
    pub stops: bool,
    /// What to do about it, or empty.
    pub remedy: String,
}

/// A type that the provider file names, as a field refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its name in the spec.
    pub name: String,
    /// What it is called, or empty.
    pub title: String,
}

/// A type with codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enum {
    /// Its name in Rust.
    pub rust: String,
    /// What it is called, or empty.
    pub title: String,
    /// What is to be known about it, or empty.
    pub doc: String,
    /// Its codes, in the spec's order.
    pub codes: Vec<Code>,
}

/// A type with fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its name in Rust.
    pub rust: String,
    /// What it is called, or empty.
    pub title: String,
    /// What is to be known about it, or empty.
    pub doc: String,
    /// Its fields, in the spec's order.
    pub fields: Vec<Field>,
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
    /// The name of its request struct.
    pub request_type: String,
    /// The name of its options struct, if the request has optional fields.
    pub options_type: Option<String>,
    /// The name of its data struct, or of the alias of its data's type.
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
    /// Why it should not be used any more, if it should not.
    pub deprecated: Option<String>,
    /// What a call does.
    pub effect: Effect,
    /// How a request may travel; the first is the default.
    pub methods: Vec<Method>,
    /// How a reply may be written; the first is the default.
    pub formats: Vec<Format>,
    /// What a billed call costs.
    pub price: Option<Price>,
    /// The outer members of a reply.
    pub envelope: Envelope,
    /// Statuses that only this endpoint has, sorted by code.
    pub statuses: Vec<Status>,
    /// The request's field that says where a later answer goes.
    pub callback: Option<String>,
    /// Fields of the request: the required ones in the spec's order, then the optional ones.
    pub request: Vec<Field>,
    /// What the payload of a reply holds.
    pub response: Response,
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

/// What the payload of a reply holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// An object of these fields, in the spec's order.
    Fields(Vec<Field>),
    /// Something of this type.
    Whole(Type),
}

impl Response {
    /// The fields of the object that it is, none if it is something else.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Fields(fields) => fields,
            Self::Whole(_) => &[],
        }
    }
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
    /// Where these facts come from, if otherwise than its endpoint's.
    pub source: String,
    /// Why it should not be used any more, if it should not.
    pub deprecated: Option<String>,
    /// The named type that it was given, if any.
    pub named: Option<String>,
    /// What it holds.
    pub ty: Type,
    /// An example as it stands on the wire.
    pub example: Option<String>,
    /// Of a request: what is sent if the caller says nothing.
    pub default: Option<String>,
    /// Of a request: whether the caller may say nothing.
    pub optional: bool,
    /// Whether its value may appear in logs and Debug output.
    pub public: bool,
    /// Of a request: whether its value names a person, who must not be asked about too often.
    pub person: bool,
    /// Of a request: the rules for its value.
    pub checks: Vec<Check>,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Type {
    /// Text, kept as it is.
    String,
    /// A whole number of 64 bits.
    Integer,
    /// An exact decimal number.
    Decimal,
    /// Yes or no.
    Boolean,
    /// A date of the calendar.
    Date {
        /// How it is written, in the conversions of `strftime`.
        pattern: String,
    },
    /// A moment, in unix seconds.
    Timestamp,
    /// One of the codes of an [`Enum`], by its name in Rust.
    Enum(String),
    /// An [`Object`], by its name in Rust.
    Object(String),
    /// Several of a type.
    List(Box<Type>),
    /// Whatever the provider sends.
    Any,
}

impl Type {
    /// The words for types that need no name of their own.
    pub const WORDS: &'static [&'static str] =
        &["string", "integer", "decimal", "boolean", "date", "timestamp", "any"];

    /// The built-in type of one of [`Self::WORDS`].
    pub fn from_word(word: &str, pattern: String) -> Option<Self> {
        Some(match word {
            "string" => Self::String,
            "integer" => Self::Integer,
            "decimal" => Self::Decimal,
            "boolean" => Self::Boolean,
            "date" => Self::Date { pattern },
            "timestamp" => Self::Timestamp,
            "any" => Self::Any,
            _ => return None,
        })
    }
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
    /// What is sent if the caller says nothing, or empty.
    pub default: String,
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The client.
    Common(CommonSource),
    /// The request's field at this index: the required ones first.
    Request(usize),
}
