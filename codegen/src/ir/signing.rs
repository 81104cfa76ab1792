//! How a request is signed.

use pyi_types::{Case, Encoding, SignMethod, Signing};

/// A signing scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct SigningScheme {
    /// The parameter that carries the signature.
    pub parameter: String,
    /// Allowed signing methods; the first is the default.
    pub methods: Vec<SignMethod>,
    /// The text between a key and its value in the canonical string.
    pub key_value_separator: String,
    /// The text between two pairs.
    pub pair_separator: String,
    /// What digests have around the pairs.
    pub digest_frame: Frame,
    /// What HMACs have around the pairs.
    pub hmac_frame: Frame,
    /// Whether empty values are left out of the canonical string and the request.
    pub skip_empty: bool,
    /// How a digest is written.
    pub encoding: Encoding,
    /// The case of a digest's hexadecimal digits.
    pub case: Case,
}

impl SigningScheme {
    /// What a method has around the pairs.
    pub fn frame(&self, method: SignMethod) -> &Frame {
        match method.signing() {
            Signing::Hmac(_) => &self.hmac_frame,
            Signing::Digest(_) | Signing::Secret => &self.digest_frame,
        }
    }
}

/// The parts of the canonical string around the pairs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frame {
    /// The text before the pairs.
    pub prefix: Vec<Segment>,
    /// The text after the pairs.
    pub suffix: Vec<Segment>,
}

/// A part of the canonical string before or after the pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Segment {
    /// Literal text.
    Text(String),
    /// The secret.
    Secret,
}
