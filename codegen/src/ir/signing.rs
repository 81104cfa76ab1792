//! How a request is signed.

use pyi_types::{
    Case, CommonSource, Encoding, KeyEncoding, ParameterOrder, ParameterPlace, PercentEncoding, SegmentWord,
    SignMethod, Signing,
};

/// A signing scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningScheme {
    /// The parameter that carries the signature.
    pub parameter: String,
    /// Where it is sent.
    pub place: ParameterPlace,
    /// The text that is sent, with `{value}` in it, or empty.
    pub template: String,
    /// Whether that text is sent in base64.
    pub is_in_base64: bool,
    /// Allowed signing methods; the first is the default.
    pub methods: Vec<SignMethod>,
    /// Whether a parameter's name is signed, and not its value alone.
    pub has_names: bool,
    /// The text between a name and its value in the canonical string.
    pub key_value_separator: String,
    /// The text between two pairs.
    pub pair_separator: String,
    /// How names and values are encoded, if they are.
    pub encode: Option<PercentEncoding>,
    /// The order of the parameters.
    pub order: ParameterOrder,
    /// How the whole text is encoded, if it is.
    pub encode_text: Option<PercentEncoding>,
    /// The text that is digested.
    pub digest_text: Vec<Segment>,
    /// The name by which the secret is one of the signed parameters; empty if it is none.
    pub secret_as: String,
    /// The text of HMACs.
    pub hmac_text: Vec<Segment>,
    /// The key of HMACs; empty for the secret.
    pub hmac_key: Vec<Segment>,
    /// What the text of the secret is, as the key of HMACs.
    pub key_encoding: KeyEncoding,
    /// Whether empty values are left out of the canonical string and the request.
    pub skip_empty: bool,
    /// How a digest is written.
    pub encoding: Encoding,
    /// The case of a digest's hexadecimal digits.
    pub case: Case,
}

impl SigningScheme {
    /// The text that a method signs.
    pub fn text(&self, method: SignMethod) -> &[Segment] {
        match method.signing() {
            Signing::Hmac(_) | Signing::Signer => &self.hmac_text,
            Signing::Digest(_) => &self.digest_text,
            Signing::Secret | Signing::Basic => &[],
        }
    }

    /// Whether the signature of a method has the app's id in it, or beside it.
    pub fn has_app_id(&self, method: SignMethod) -> bool {
        self.signs_app_id(method) || self.template.contains("{app_id}")
    }

    /// Whether the signature of a method is made of the app's id.
    pub fn signs_app_id(&self, method: SignMethod) -> bool {
        method.signing() == Signing::Basic || self.text(method).contains(&Segment::Word(SegmentWord::AppId))
    }
}

/// A part of the canonical string.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// What a word stands for.
    Word(SegmentWord),
    /// The value of a parameter.
    Parameter(String),
}

impl Segment {
    /// The segments of a template: words and the names of parameters in braces, and text between
    /// them. A brace without its other one is text.
    pub fn of(template: &str) -> Vec<Self> {
        let mut segments = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            if !before.is_empty() {
                segments.push(Self::Text(before.to_owned()));
            }
            segments.push(name.parse().map_or_else(|_| Self::Parameter(name.to_owned()), Self::Word));
            rest = after;
        }
        if !rest.is_empty() {
            segments.push(Self::Text(rest.to_owned()));
        }
        segments
    }

    /// The source of the common parameter that a name in braces stands for: that of the time, or of
    /// the nonce.
    pub fn source(name: &str) -> Option<CommonSource> {
        match name {
            "time" => Some(CommonSource::Clock),
            "nonce" => Some(CommonSource::Nonce),
            _ => None,
        }
    }
}
