//! The parameters of a request: where their values come from, and how and where they are sent.

use std::borrow::Cow;

use pyi_types::{Check, CommonSource, Digest, Encoding, InsideChecks, JsonForm, NonceForm, ParameterPlace};

/// Whether a form has a text as it is (WHATWG URL standard). For a constant, the compiler finds
/// out.
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
    /// Whether its value is sent in base64 (RFC 4648, section 4).
    pub is_in_base64: bool,
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
            is_in_base64: false,
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

    /// The parameter, whose value is sent in base64.
    pub const fn in_base64(self) -> Self {
        Self { is_in_base64: true, ..self }
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
