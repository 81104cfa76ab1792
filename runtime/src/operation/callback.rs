//! What arrives for a later answer, as plain data.

use pyi_types::{BodyForm, Digest, Encoding, Method, ParameterPlace};

use super::SigningScheme;

/// The signed request that arrives for a later answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackScheme<'a> {
    /// The HTTP method.
    pub method: Method,
    /// How the parameters in a body are written.
    pub body: BodyForm,
    /// How it is signed.
    pub sign: SigningScheme<'a>,
    /// The parameters that the spec lists, in its order.
    pub fields: &'a [CallbackField<'a>],
}

/// A parameter of a callback.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CallbackField<'a> {
    /// Its wire name.
    pub name: &'a str,
    /// Where it arrives.
    pub place: ParameterPlace,
    /// Whether it is one of the signed parameters.
    pub is_signed: bool,
    /// Whether its value is JSON, which a form has as a text.
    pub is_json: bool,
    /// The digest of the body that its value is.
    pub digest: Option<(Digest, Encoding)>,
}

impl<'a> CallbackField<'a> {
    /// A signed parameter of the body, whose value is a text.
    pub const fn new(name: &'a str) -> Self {
        Self { name, place: ParameterPlace::Body, is_signed: true, is_json: false, digest: None }
    }

    /// The parameter, which arrives elsewhere than in the body.
    pub const fn place(self, place: ParameterPlace) -> Self {
        Self { place, ..self }
    }

    /// The parameter, which is not signed.
    pub const fn unsigned(self) -> Self {
        Self { is_signed: false, ..self }
    }

    /// The parameter, whose value is a digest of the body.
    pub const fn digest(self, digest: Digest, encoding: Encoding) -> Self {
        Self { digest: Some((digest, encoding)), ..self }
    }

    /// The parameter, whose value is JSON.
    pub const fn json(self) -> Self {
        Self { is_json: true, ..self }
    }
}
