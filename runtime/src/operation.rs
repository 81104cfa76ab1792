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
//!     millis: 0,
//!     nonce: "",
//!     debug: false,
//!     account: &|_| "",
//!     sign: &credentials,
//! };
//! let query = encode(&WEATHER, &values, &common).query;
//! assert!(query.starts_with("appid=1&city=%E5%8C%97%E4%BA%AC&sign="));
//! ```

mod callback;
mod parameter;
mod scheme;

pub use pyi_types::{
    BillingRule, BodyForm, Case, Check, CheckWord, CommonSource, Digest, Effect, Encoding, Format,
    InsideChecks, JsonForm, KeyEncoding, Method, NonceForm, ParameterOrder, ParameterPlace, PercentEncoding,
    Retry, SegmentWord, SignMethod, Signing, StatusClass, StatusCode,
};

pub use self::callback::{CallbackField, CallbackScheme};
pub use self::parameter::{Parameter, Source, TimeForm, is_plain_in_form};
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
    /// What most endpoints of a provider have in common: a signed form, its envelope, no price and
    /// no statuses of their own. Generated code states the rest.
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
    /// The members whose text is JSON, which is read as if it stood there; an outer one before
    /// those in it.
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
