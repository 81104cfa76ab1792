//! What a call is, as plain data. The macro writes it as a `static`; a program builds the same from a spec at run time.

pub use pyi_types::{
    BillingRule, Case, Check, CheckWord, CommonSource, Effect, Format, Method, Retry, SignMethod, StatusClass,
};

pub use crate::status::StatusInfo;

/// What all endpoints of a provider share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider<'a> {
    /// A short name in ASCII.
    pub name: &'a str,
    /// What it calls itself.
    pub title: &'a str,
    /// How a request is signed.
    pub sign: SigningScheme<'a>,
    /// Its statuses, sorted by code.
    pub statuses: &'a [StatusInfo],
    /// HTTP statuses of answers without an envelope whose billing is known, sorted by code.
    pub http: &'a [StatusInfo],
}

impl<'a> Provider<'a> {
    /// What the spec says of an HTTP status of an answer without an envelope.
    pub fn http_status(&self, status: u16) -> Option<&'a StatusInfo> {
        listed(self.http, i32::from(status))
    }
}

fn listed(statuses: &[StatusInfo], code: i32) -> Option<&StatusInfo> {
    let at = statuses.binary_search_by_key(&code, |status| status.code).ok()?;
    statuses.get(at)
}

/// One endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation<'a> {
    /// The provider that serves it.
    pub provider: &'a Provider<'a>,
    /// Its name in the spec, `snake_case`.
    pub id: &'a str,
    /// Its path, from the first `/`.
    pub path: &'a str,
    /// What the provider calls it.
    pub title: &'a str,
    /// What a call does.
    pub effect: Effect,
    /// How a request may travel; the first is the default.
    pub methods: &'a [Method],
    /// How a reply may be written; the first is the default.
    pub formats: &'a [Format],
    /// What a billed call costs.
    pub price: Option<Price<'a>>,
    /// The outer members of a reply.
    pub envelope: Envelope<'a>,
    /// Statuses that only this endpoint has, sorted by code.
    pub statuses: &'a [StatusInfo],
    /// Everything that is signed and sent, in signing order: sorted by name, in byte order.
    pub parameters: &'a [Parameter<'a>],
}

impl<'a> Operation<'a> {
    /// What the spec says of a status code: the endpoint's own statuses, then the provider's.
    pub fn status(&self, code: i32) -> Option<&'a StatusInfo> {
        listed(self.statuses, code).or_else(|| listed(self.provider.statuses, code))
    }

    /// Whether requests carry a parameter that the client fills in from a source.
    pub fn has(&self, source: Source) -> bool {
        self.parameters.iter().any(|parameter| parameter.source == source)
    }
}

/// A parameter as it is signed and sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its name on the wire.
    pub name: &'a str,
    /// Where its value comes from.
    pub source: Source,
    /// Whether the provider refuses a call without it.
    pub required: bool,
    /// Value if the caller gives none. Empty: the parameter is left out.
    pub default: &'a str,
    /// Whether the value identifies a person, whose calls a rate limiter
    /// spaces out.
    pub is_person: bool,
    /// Rules for the value, which run if the caller asks for it.
    pub checks: &'a [Check],
}

impl<'a> Parameter<'a> {
    /// A parameter that the provider refuses a call without.
    pub const fn required(name: &'a str, source: Source) -> Self {
        Self { name, source, required: true, default: "", is_person: false, checks: &[] }
    }

    /// A parameter that may be left out.
    pub const fn optional(name: &'a str, source: Source) -> Self {
        Self { required: false, ..Self::required(name, source) }
    }

    /// A parameter with a default.
    pub const fn with_default(name: &'a str, source: Source, default: &'a str) -> Self {
        Self { default, ..Self::optional(name, source) }
    }

    /// The parameter, whose value identifies a person.
    pub const fn person(self) -> Self {
        Self { is_person: true, ..self }
    }

    /// The parameter with rules for its value.
    pub const fn checks(self, checks: &'a [Check]) -> Self {
        Self { checks, ..self }
    }
}

/// Where a parameter's value comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The app id that the client was built with.
    AppId,
    /// The format that the call asks for.
    Format,
    /// The clock, in unix seconds.
    Clock,
    /// `1` if the call asks for data made up for testing.
    Debug,
    /// The request's value at this index.
    Request(usize),
}

impl From<CommonSource> for Source {
    fn from(common: CommonSource) -> Self {
        match common {
            CommonSource::AppId => Self::AppId,
            CommonSource::Format => Self::Format,
            CommonSource::Clock => Self::Clock,
            CommonSource::Debug => Self::Debug,
        }
    }
}

/// A signing scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningScheme<'a> {
    /// The parameter that carries the signature.
    pub parameter: &'a str,
    /// What may go into it; the first is the default.
    pub methods: &'a [SignMethod],
    /// What stands between a key and its value in the signed text.
    pub key_value_separator: &'a str,
    /// What stands between two pairs.
    pub pair_separator: &'a str,
    /// What stands before all pairs.
    pub prefix: &'a [Segment<'a>],
    /// What stands after all pairs.
    pub suffix: &'a [Segment<'a>],
    /// Whether empty values are neither signed nor sent.
    pub skip_empty: bool,
    /// The case of a digest's hexadecimal digits.
    pub case: Case,
}

/// A piece of the signed text around the pairs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// These very characters.
    Text(&'a str),
    /// The secret.
    Secret,
}

/// The names of a reply's outer members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The status code.
    pub status: &'a str,
    /// The provider's words.
    pub message: &'a str,
    /// The payload.
    pub data: &'a str,
    /// The server's time, in unix seconds: whichever of these is there.
    pub time: &'a [&'a str],
}

/// What a billed call costs, by the number of calls bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price<'a> {
    /// The currency's ISO 4217 code.
    pub currency: &'a str,
    /// Calls bought, and the exact price of one; sorted by the number of calls.
    pub tiers: &'a [(u32, &'a str)],
}
