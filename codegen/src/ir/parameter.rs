//! The parameters of a request: their sources, and how and where they are sent.

use std::borrow::Cow;

use pyi_types::{CommonSource, InsideChecks, JsonForm, NonceForm, ParameterPlace};

/// A parameter that the client fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Common {
    /// Its wire name.
    pub name: String,
    /// The source of its value.
    pub source: Source,
    /// The value of a constant, or empty.
    pub value: String,
    /// How a time is written.
    pub form: TimeForm,
    /// How a nonce is written.
    pub nonce: NonceForm,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The text that is sent, with `{value}` in it, or empty.
    pub template: String,
    /// The provider's words for words of the source, if it has others.
    pub words: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// Whether it is a number in a body of JSON.
    pub is_number: bool,
    /// Whether it is one of the signed parameters.
    pub is_signed: bool,
    /// Whether the provider accepts a call without it.
    pub optional: bool,
    /// Whether an endpoint has it only on request.
    pub opt_in: bool,
}

/// A parameter of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its wire name.
    pub name: String,
    /// The source of its value.
    pub source: Source,
    /// Whether the provider refuses a call without it.
    pub required: bool,
    /// Value if the caller gives none, or empty. The value of a constant.
    pub default: String,
    /// How a time is written.
    pub form: TimeForm,
    /// How a nonce is written.
    pub nonce: NonceForm,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The text that is sent, with `{value}` in it, or empty.
    pub template: String,
    /// The provider's words for words of the source, if it has others.
    pub words: Vec<(Cow<'static, str>, Cow<'static, str>)>,
    /// The text between the elements of a list that is one text.
    pub join: Option<String>,
    /// What its value is in a body of JSON.
    pub json: JsonForm,
    /// Whether its value is sent in base64.
    pub is_in_base64: bool,
    /// Rules for what is inside of its value.
    pub inside: Vec<InsideChecks>,
    /// Whether it is one of the signed parameters.
    pub is_signed: bool,
}

impl Parameter {
    /// A parameter of all endpoints, as an endpoint has it.
    pub(crate) fn of_common(common: &Common) -> Self {
        Self {
            name: common.name.clone(),
            source: common.source,
            required: !common.optional,
            default: common.value.clone(),
            form: common.form.clone(),
            nonce: common.nonce,
            place: common.place,
            template: common.template.clone(),
            words: common.words.clone(),
            join: None,
            json: if common.is_number { JsonForm::Raw } else { JsonForm::Text },
            is_in_base64: false,
            inside: Vec::new(),
            is_signed: common.is_signed,
        }
    }
}

/// How a time is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeForm {
    /// In unix seconds.
    Unix,
    /// In unix milliseconds.
    UnixMs,
    /// In a pattern.
    Pattern {
        /// The pattern, in conversions of `strftime`.
        pattern: String,
        /// The offset of its zone from UTC, in seconds.
        offset: i32,
    },
}

/// The source of a parameter's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The client.
    Common(CommonSource),
    /// The spec, which has the value.
    Constant,
    /// The app's secret, which is signed and not sent.
    Secret,
    /// The request's field at this index, where required fields come first.
    Request(usize),
}

/// The variable of the environment that programs take the account's value of a parameter from.
pub fn account_variable(parameter: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    format!("PYI_ACCOUNT_{}", parameter.chars().map(plain).collect::<String>())
}

/// The variable of the environment that samples take the base URL of a host from.
pub fn base_url_variable(host: Option<&str>) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
    match host {
        None => "PYI_BASE_URL".to_owned(),
        Some(host) => format!("PYI_BASE_URL_{}", host.chars().map(plain).collect::<String>()),
    }
}
