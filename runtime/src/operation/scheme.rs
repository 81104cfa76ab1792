//! How requests are signed.

use crate::request::encode::APP_ID;
use pyi_types::{
    Case, Encoding, KeyEncoding, ParameterOrder, ParameterPlace, PercentEncoding, SegmentWord, SignMethod,
    Signing,
};

/// A signing scheme.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SigningScheme<'a> {
    /// The parameter that carries the signature; empty if none does.
    pub parameter: &'a str,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The text that is sent, with `{value}` in it; empty for the signature alone.
    pub template: &'a str,
    /// Whether that text is sent in base64 (RFC 4648, section 4).
    pub is_in_base64: bool,
    /// Allowed signing methods; the first is the default.
    pub methods: &'a [SignMethod],
    /// Whether a parameter's name is signed, and not its value alone.
    pub has_names: bool,
    /// The text between a name and its value in the canonical string.
    pub key_value_separator: &'a str,
    /// The text between two pairs.
    pub pair_separator: &'a str,
    /// How names and values are encoded, if they are.
    pub encode: Option<PercentEncoding>,
    /// The order of the parameters.
    pub order: ParameterOrder,
    /// The text that is digested.
    pub digest_text: &'a [Segment<'a>],
    /// How the whole text is encoded before it is signed, if it is.
    pub encode_text: Option<PercentEncoding>,
    /// The name by which the secret is one of the signed parameters; empty if it is none.
    pub secret_as: &'a str,
    /// The text of HMACs.
    pub hmac_text: &'a [Segment<'a>],
    /// The key of HMACs; empty for the secret.
    pub hmac_key: &'a [Segment<'a>],
    /// What the text of the secret is, as the key of HMACs.
    pub key_encoding: KeyEncoding,
    /// Whether empty values are left out of the canonical string and the request.
    pub skip_empty: bool,
    /// How a digest is written.
    pub encoding: Encoding,
    /// The case of a digest's hexadecimal digits.
    pub case: Case,
}

impl<'a> SigningScheme<'a> {
    /// MD5 of a text that is still to be given, in lower-case digits, of pairs without separators.
    pub const MD5: Self = Self {
        parameter: "sign",
        place: ParameterPlace::Body,
        template: "",
        is_in_base64: false,
        methods: &[SignMethod::Md5],
        has_names: true,
        key_value_separator: "",
        pair_separator: "",
        encode: None,
        order: ParameterOrder::Key,
        digest_text: &[],
        encode_text: None,
        secret_as: "",
        hmac_text: &[],
        hmac_key: &[],
        key_encoding: KeyEncoding::Text,
        skip_empty: true,
        encoding: Encoding::Hex,
        case: Case::Lower,
    };

    /// The text that a method signs.
    pub(crate) fn text(&self, method: SignMethod) -> &'a [Segment<'a>] {
        match method.signing() {
            Signing::Hmac(_) | Signing::Signer => self.hmac_text,
            Signing::Digest(_) => self.digest_text,
            Signing::Secret | Signing::Basic => &[],
        }
    }
}

impl SigningScheme<'_> {
    /// Whether the signature of a method has the app's id in it, or beside it.
    pub(crate) fn has_app_id(&self, method: SignMethod) -> bool {
        method.signing() == Signing::Basic
            || self.template.contains(APP_ID)
            || self.text(method).contains(&Segment::Word(SegmentWord::AppId))
    }
}

/// A part of the canonical string.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Segment<'a> {
    /// Literal text.
    Text(&'a str),
    /// What a word stands for.
    Word(SegmentWord),
    /// The value of a parameter.
    Parameter(&'a str),
}
