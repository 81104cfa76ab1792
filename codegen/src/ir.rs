//! The spec as plain data, complete and without faults. Every backend reads this and nothing else.

mod parameter;
mod signing;
mod types;

pub use pyi_types::{
    BillingRule, BodyForm, Case, Check, CheckWord, CommonSource, Digest, Effect, Encoding, Format,
    InsideChecks, JsonForm, KeyEncoding, Method, NonceForm, ParameterOrder, ParameterPlace, PercentEncoding,
    Pointer, Retry, SegmentWord, SignMethod, Signing, StatusClass, StatusCode, ValueForm,
};

pub use self::parameter::{Common, Parameter, Source, TimeForm, account_variable, base_url_variable};
pub use self::signing::{Segment, SigningScheme};
pub use self::types::{Code, Enum, Field, Named, Object, Type};

use crate::source::File;

/// A provider and its endpoints.
#[derive(Debug, Clone, PartialEq)]
pub struct Provider {
    /// A short name in ASCII.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its documentation.
    pub doc: String,
    /// How requests are signed.
    pub sign: SigningScheme,
    /// Parameters that the client fills in.
    pub common: Vec<Common>,
    /// Where the parts of a reply are.
    pub envelope: Envelope,
    /// The parameter for the function's name of a JSONP reply. The client sends none, and accepts
    /// any function.
    pub jsonp_callback: String,
    /// Named types of the provider's file, in order.
    pub types: Vec<Named>,
    /// Enums, sorted by Rust name.
    pub enums: Vec<Enum>,
    /// Objects, without the data of each endpoint, sorted by Rust name.
    pub objects: Vec<Object>,
    /// Statuses, sorted by code.
    pub statuses: Vec<Status>,
    /// HTTP statuses of answers without an envelope whose billing is known, sorted by code.
    pub http: Vec<Status>,
    /// Endpoints without a fault, sorted by id.
    pub endpoints: Vec<Endpoint>,
    /// Endpoints with a fault whose code can be generated. The code is never run: it prevents
    /// compile errors that follow from the spec's faults.
    pub(crate) faulty: Vec<Endpoint>,
    /// The files of the spec, sorted by name.
    pub files: Vec<File>,
}

impl Provider {
    /// The endpoint with an id such as `id_card_two_factor`.
    pub fn endpoint(&self, id: &str) -> Option<&Endpoint> {
        self.endpoints.iter().find(|endpoint| endpoint.id == id)
    }

    /// The enum with a Rust name.
    pub fn codes(&self, rust: &str) -> Option<&Enum> {
        self.enums.iter().find(|candidate| candidate.rust == rust)
    }

    /// The object with a Rust name.
    pub fn object(&self, rust: &str) -> Option<&Object> {
        self.objects.iter().find(|candidate| candidate.rust == rust)
    }

    /// All statuses of the provider and its endpoints, each code once, sorted by code.
    pub fn all_statuses(&self) -> Vec<&Status> {
        let endpoint_statuses = self.endpoints.iter().flat_map(|endpoint| &endpoint.statuses);
        let mut all: Vec<&Status> = self.statuses.iter().chain(endpoint_statuses).collect();
        all.sort_by_key(|status| status.code);
        all.dedup_by_key(|status| status.code);
        all
    }

    /// The parameters whose values are the account's, by name.
    pub fn account_parameters(&self) -> impl Iterator<Item = &str> {
        let of_account = |common: &&Common| common.source == Source::Common(CommonSource::Account);
        self.common.iter().filter(of_account).map(|common| common.name.as_str())
    }

    /// The currencies of all prices, sorted.
    pub fn currencies(&self) -> Vec<&str> {
        let prices = self.endpoints.iter().filter_map(|endpoint| endpoint.price.as_ref());
        let mut currencies: Vec<&str> = prices.map(|price| price.currency.as_str()).collect();
        currencies.sort_unstable();
        currencies.dedup();
        currencies
    }

    /// The names of the hosts of endpoints that are not on the client's base URL, sorted.
    pub fn hosts(&self) -> Vec<&str> {
        let mut hosts: Vec<&str> =
            self.endpoints.iter().filter_map(|endpoint| endpoint.host.as_deref()).collect();
        hosts.sort_unstable();
        hosts.dedup();
        hosts
    }

    /// Whether a request has the app's id, or its signature does.
    pub fn asks_for_app_id(&self) -> bool {
        let is_sent = self.common_from(CommonSource::AppId).is_some();
        is_sent || self.sign.methods.iter().any(|method| self.sign.has_app_id(*method))
    }

    /// The common parameter of a source, if there is one.
    pub fn common_from(&self, from: CommonSource) -> Option<&Common> {
        self.common.iter().find(|common| common.source == Source::Common(from))
    }
}

/// Where the parts of a reply are, each as a [`Pointer`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Envelope {
    /// The status code: the first of these that is there.
    pub status: Vec<String>,
    /// The status of a reply that has none, if its HTTP status is a success and its proof is there.
    pub absent: Option<StatusCode>,
    /// What a success without a status has, if it is not the payload.
    pub proof: Option<String>,
    /// The message: the first of these that is there.
    pub message: Vec<String>,
    /// The payload. Empty in a provider whose endpoints state it.
    pub data: String,
    /// The server's time: the first of these that is there.
    pub time: Vec<String>,
    /// The members whose text is JSON, which is read as if it stood there.
    pub json_text: Vec<String>,
    /// The status of a reply without a body, if its HTTP status is a success.
    pub empty: Option<StatusCode>,
}

/// A status of the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// Its code.
    pub code: StatusCode,
    /// Its name in `snake_case`.
    pub name: String,
    /// Its variant's name.
    pub rust: String,
    /// The provider's title.
    pub title: String,
    /// Its class.
    pub class: StatusClass,
    /// Whether a call that ends with it is billed.
    pub billed: BillingRule,
    /// Whether the same call may be sent again.
    pub retry: Retry,
    /// Whether all further calls fail too until the cause is removed, so that a batch stops.
    pub halts_batch: bool,
    /// What to do, or empty.
    pub remedy: String,
}

/// An endpoint.
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
    /// Its path, from the first `/`, with the names of parameters that are in it in braces.
    pub path: String,
    /// The name of its host, if it is not the client's base URL.
    pub host: Option<String>,
    /// How the parameters in a body are written.
    pub body: BodyForm,
    /// The element that a body of XML is.
    pub xml_root: String,
    /// Whether its requests are signed.
    pub is_signed: bool,
    /// Its title.
    pub title: String,
    /// Its documentation.
    pub doc: String,
    /// The source of these facts.
    pub source: String,
    /// Why it is deprecated, if it is.
    pub deprecated: Option<String>,
    /// Whether a call changes anything.
    pub effect: Effect,
    /// Allowed HTTP methods; the first is the default.
    pub methods: Vec<Method>,
    /// Offered formats of a reply; the first is the default.
    pub formats: Vec<Format>,
    /// Price of a billed call.
    pub price: Option<Price>,
    /// Where the parts of a reply are.
    pub envelope: Envelope,
    /// The endpoint's own statuses, sorted by code.
    pub statuses: Vec<Status>,
    /// The request's field with the address for a later answer.
    pub callback: Option<String>,
    /// What arrives for a later answer, if it is known.
    pub delivery: Option<Delivery>,
    /// Fields of the request: the required ones in the spec's order, then the optional ones.
    pub request: Vec<Field>,
    /// The payload of a reply.
    pub response: Response,
    /// The parameters that are signed and sent, in signing order: by name, in byte order.
    pub parameters: Vec<Parameter>,
}

/// Price of a billed call, by the number of calls that are bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The currency's ISO 4217 code.
    pub currency: String,
    /// Number of calls that are bought, and the exact unit price; sorted by number.
    pub tiers: Vec<(u32, String)>,
}

/// What arrives for a later answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The name of its struct.
    pub rust: String,
    /// The name of its static.
    pub constant: String,
    /// The HTTP method.
    pub method: Method,
    /// How the parameters in a body are written.
    pub body: BodyForm,
    /// How it is signed.
    pub sign: SigningScheme,
    /// Its fields, in the spec's order.
    pub fields: Vec<Field>,
    /// The text to answer with.
    pub answer: String,
}

impl Delivery {
    /// The content type of the answer, by its first character.
    pub fn answer_type(&self) -> &'static str {
        match self.answer.trim_start().as_bytes() {
            [b'{' | b'[', ..] => "application/json",
            [b'<', ..] => "application/xml",
            _ => "text/plain; charset=utf-8",
        }
    }
}

/// The payload of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Response {
    /// An object of these fields, in the spec's order.
    Fields(Vec<Field>),
    /// A value of this type.
    Whole(Type),
}

impl Response {
    /// The fields of an object; empty for other payloads.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Fields(fields) => fields,
            Self::Whole(_) => &[],
        }
    }
}
