//! An operation as plain data. The macro writes it as a `static`; a program builds the same from a
//! spec at run time.
//!
//! ```
//! use pyi_runtime::__private::encode::{CommonValues, encode};
//! use pyi_runtime::__private::operation::{
//!     Effect, Envelope, Format, Method, Operation, Parameter, Provider, Segment, SegmentWord,
//!     SigningScheme, Source,
//! };
//! use pyi_runtime::Credentials;
//! use pyi_runtime::__private::Values;
//!
//! const TEXT: &[Segment<'_>] = &[Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)];
//!
//! static PROVIDER: Provider<'static> = Provider {
//!     name: "demo",
//!     title: "Demo",
//!     sign: SigningScheme { digest_text: TEXT, ..SigningScheme::MD5 },
//!     envelope: Envelope { status: &["code"], message: &["message"], data: "data", ..Envelope::NOWHERE },
//!     statuses: &[],
//!     http: &[],
//! };
//! static WEATHER: Operation<'static> = Operation {
//!     id: "weather",
//!     path: "/weather",
//!     title: "Weather",
//!     effect: Effect::Query,
//!     methods: &[Method::Get],
//!     formats: &[Format::Json],
//!     parameters: &[
//!         Parameter::required("appid", Source::AppId),
//!         Parameter::required("city", Source::Request(0)),
//!     ],
//!     ..Operation::of(&PROVIDER)
//! };
//!
//! let values = Values::of(&[&"北京"]);
//! let credentials = Credentials::md5("the app's secret");
//! let common = CommonValues {
//!     app_id: "1",
//!     method: Method::Get,
//!     host: "host.invalid",
//!     format: Format::Json,
//!     time: None,
//!     nonce: "",
//!     debug: false,
//!     account: &|_| "",
//!     sign: &credentials,
//! };
//! let query = encode(&WEATHER, &values, &common).query;
//! assert!(query.starts_with("appid=1&city=%E5%8C%97%E4%BA%AC&sign="));
//! ```

mod callback;
mod scheme;

pub use pyi_types::{
    BillingRule, BodyForm, Case, Check, CheckWord, CommonSource, Digest, Effect, Encoding, Format,
    InsideChecks, JsonForm, KeyEncoding, Method, NonceForm, ParameterOrder, ParameterPlace, PercentEncoding,
    Retry, SegmentWord, SignMethod, Signing, StatusClass, StatusCode,
};

use std::borrow::Cow;

pub use self::callback::{CallbackField, CallbackScheme};
pub use self::scheme::{Segment, SigningScheme};
pub use crate::status::StatusInfo;

/// The data that all endpoints of a provider share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Provider<'a> {
    /// A short name in ASCII.
    pub name: &'a str,
    /// Its title.
    pub title: &'a str,
    /// How requests are signed.
    pub sign: SigningScheme<'a>,
    /// Where the parts of a reply are, unless an endpoint has them elsewhere.
    pub envelope: Envelope<'a>,
    /// Its statuses, sorted by code.
    pub statuses: &'a [StatusInfo],
    /// HTTP statuses of answers without an envelope whose billing is known, sorted by code.
    pub http: &'a [StatusInfo],
}

impl<'a> Provider<'a> {
    /// The spec's description of an HTTP status of an answer without an envelope.
    pub fn http_status(&self, status: u16) -> Option<&'a StatusInfo> {
        listed(self.http, i32::from(status).into())
    }
}

fn listed(statuses: &[StatusInfo], code: StatusCode) -> Option<&StatusInfo> {
    let at = statuses.binary_search_by(|status| status.code.cmp(&code)).ok()?;
    statuses.get(at)
}

/// An endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation<'a> {
    /// The provider that serves it.
    pub provider: &'a Provider<'a>,
    /// Its name in the spec, `snake_case`.
    pub id: &'a str,
    /// Its path, from the first `/`, with the names of parameters that are in it in braces.
    pub path: &'a str,
    /// The name of its host, if it is not the client's base URL.
    pub host: Option<&'a str>,
    /// How the parameters in a body are written.
    pub body: BodyForm,
    /// The element that a body of XML is.
    pub xml_root: &'a str,
    /// Whether its requests are signed.
    pub is_signed: bool,
    /// Its title.
    pub title: &'a str,
    /// Whether a call changes anything.
    pub effect: Effect,
    /// Allowed HTTP methods; the first is the default.
    pub methods: &'a [Method],
    /// Offered formats of a reply; the first is the default.
    pub formats: &'a [Format],
    /// Price of a billed call.
    pub price: Option<Price<'a>>,
    /// The names of the outer members of a reply.
    pub envelope: Envelope<'a>,
    /// Statuses that only this endpoint has, sorted by code.
    pub statuses: &'a [StatusInfo],
    /// The parameters that are signed and sent, in signing order: by name, in byte order.
    pub parameters: &'a [Parameter<'a>],
}

impl<'a> Operation<'a> {
    /// What most endpoints of a provider have in common: a signed form, its envelope, no price and no
    /// statuses of their own. Generated code states the rest.
    pub const fn of(provider: &'a Provider<'a>) -> Self {
        Self {
            provider,
            id: "",
            path: "",
            host: None,
            body: BodyForm::Form,
            xml_root: "xml",
            is_signed: true,
            title: "",
            effect: Effect::Act,
            methods: &[],
            formats: &[],
            price: None,
            envelope: provider.envelope,
            statuses: &[],
            parameters: &[],
        }
    }

    /// The spec's description of a status code: of the endpoint's own statuses, then of the
    /// provider's.
    pub fn status(&self, code: StatusCode) -> Option<&'a StatusInfo> {
        listed(self.statuses, code).or_else(|| listed(self.provider.statuses, code))
    }

    /// Whether a status has a code that is a text. Those are behind all numbers.
    pub(crate) fn has_text_codes(&self) -> bool {
        let last = [self.statuses.last(), self.provider.statuses.last()];
        last.into_iter().flatten().any(|status| status.code.number().is_none())
    }

    /// How the nonce of requests is written, if they have one.
    pub(crate) fn nonce(&self) -> Option<NonceForm> {
        self.parameters.iter().find_map(|parameter| match parameter.source {
            Source::Nonce(form) => Some(form),
            _ => None,
        })
    }

    /// Whether requests have a parameter of a source.
    pub fn has(&self, source: Source) -> bool {
        self.parameters.iter().any(|parameter| parameter.source == source)
    }
}

/// Whether a form has a text as it is (WHATWG URL standard). For a constant, the compiler finds out.
pub const fn is_plain_in_form(text: &str) -> bool {
    let bytes = text.as_bytes();
    let mut index = 0;
    while index < bytes.len() {
        match bytes[index] {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_' => index += 1,
            _ => return false,
        }
    }
    true
}

/// A parameter of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter<'a> {
    /// Its wire name.
    pub name: &'a str,
    /// Whether a form has the name as it is: [`is_plain_in_form`].
    pub has_plain_name: bool,
    /// The source of its value.
    pub source: Source,
    /// Whether the provider refuses a call without it.
    pub required: bool,
    /// Value if the caller gives none, or of a constant. Empty: the parameter is left out.
    pub default: &'a str,
    /// How a time is written.
    pub form: TimeForm<'a>,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The text that is sent, with `{value}` in it; empty for the value alone.
    pub template: &'a str,
    /// The provider's words for words of the source, if it has others.
    pub words: &'a [(Cow<'static, str>, Cow<'static, str>)],
    /// What its value is in a body of JSON.
    pub json: JsonForm,
    /// Whether it is one of the signed parameters.
    pub is_signed: bool,
    /// Whether the value identifies a person, whose calls a rate limiter spaces out.
    pub is_person: bool,
    /// Rules for the value, which run if the caller asks for it.
    pub checks: &'a [Check],
    /// Rules for what is inside of the value.
    pub inside: &'a [InsideChecks],
}

impl<'a> Parameter<'a> {
    /// A parameter that the provider refuses a call without.
    pub const fn required(name: &'a str, source: Source) -> Self {
        Self {
            name,
            has_plain_name: is_plain_in_form(name),
            source,
            required: true,
            default: "",
            form: TimeForm::Unix,
            place: ParameterPlace::Body,
            template: "",
            words: &[],
            json: JsonForm::Text,
            is_signed: true,
            is_person: false,
            checks: &[],
            inside: &[],
        }
    }

    /// A parameter with the same value in every call.
    pub const fn constant(name: &'a str, value: &'a str) -> Self {
        Self { default: value, ..Self::required(name, Source::Constant) }
    }

    /// The parameter, whose time is written in another form than unix seconds.
    pub const fn written(self, form: TimeForm<'a>) -> Self {
        Self { form, ..self }
    }

    /// The parameter, which is sent elsewhere than in the body.
    pub const fn place(self, place: ParameterPlace) -> Self {
        Self { place, ..self }
    }

    /// The parameter, whose value is sent inside of a text.
    pub const fn template(self, template: &'a str) -> Self {
        Self { template, ..self }
    }

    /// The parameter, for whose values the provider has other words.
    pub const fn words(self, words: &'a [(Cow<'static, str>, Cow<'static, str>)]) -> Self {
        Self { words, ..self }
    }

    /// The parameter, whose value is no text in a body of JSON.
    pub const fn json(self, json: JsonForm) -> Self {
        Self { json, ..self }
    }

    /// The parameter, which is sent and not signed.
    pub const fn unsigned(self) -> Self {
        Self { is_signed: false, ..self }
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

    /// The parameter with rules for what is inside of its value.
    pub const fn inside(self, inside: &'a [InsideChecks]) -> Self {
        Self { inside, ..self }
    }
}

/// The source of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The client's app id.
    AppId,
    /// The format of the reply.
    Format,
    /// The time of the request.
    Clock,
    /// Random digits, anew for each attempt.
    Nonce(NonceForm),
    /// The signing method.
    SignMethod,
    /// The account's value of the parameter's name.
    Account,
    /// The secret, which is signed and not sent.
    Secret,
    /// A digest of the body as it is sent.
    Body(Digest, Encoding),
    /// The spec: the parameter's default.
    Constant,
    /// `1` if the call requests data made up for testing.
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
            CommonSource::Nonce => Self::Nonce(NonceForm::Hex),
            CommonSource::SignMethod => Self::SignMethod,
            CommonSource::Account => Self::Account,
            CommonSource::BodyMd5 => Self::Body(Digest::Md5, Encoding::Hex),
            CommonSource::BodySha256Base64 => Self::Body(Digest::Sha256, Encoding::Base64),
            CommonSource::BodySha512 => Self::Body(Digest::Sha512, Encoding::Hex),
            CommonSource::BodyMd5Base64 => Self::Body(Digest::Md5, Encoding::Base64),
            CommonSource::BodySha256 => Self::Body(Digest::Sha256, Encoding::Hex),
        }
    }
}

/// How a time is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeForm<'a> {
    /// In unix seconds.
    Unix,
    /// In unix milliseconds.
    UnixMs,
    /// In a pattern.
    Pattern {
        /// The pattern, in conversions of `strftime`.
        pattern: &'a str,
        /// The offset of its zone from UTC, in seconds.
        offset: i32,
    },
}

/// Where the parts of a reply are, each as a [`Pointer`](pyi_types::Pointer).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Envelope<'a> {
    /// The status code: the first of these that is there.
    pub status: &'a [&'a str],
    /// The status of a reply that has none, if its HTTP status is a success and its proof is there.
    pub absent: Option<StatusCode>,
    /// What a success without a status has, if it is not the payload.
    pub proof: Option<&'a str>,
    /// The message: the first of these that is there.
    pub message: &'a [&'a str],
    /// The payload.
    pub data: &'a str,
    /// The server's time, in unix seconds: the first of these that is there.
    pub time: &'a [&'a str],
    /// The members whose text is JSON, which is read as if it stood there; an outer one before those in it.
    pub json_text: &'a [&'a str],
    /// The status of a reply without a body, if its HTTP status is a success.
    pub empty: Option<StatusCode>,
}

impl Envelope<'_> {
    /// An envelope without a part. Generated code states the parts that there are.
    pub const NOWHERE: Self = Self {
        status: &[],
        absent: None,
        proof: None,
        message: &[],
        data: "",
        time: &[],
        json_text: &[],
        empty: None,
    };
}

/// Price of a billed call, by the number of calls that are bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Price<'a> {
    /// The currency's ISO 4217 code.
    pub currency: &'a str,
    /// Number of calls that are bought, and the exact unit price; sorted by number.
    pub tiers: &'a [(u32, &'a str)],
}
