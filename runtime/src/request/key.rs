//! The key of an HMAC: the secret, in the encoding that the provider's keys have, or a text around
//! it.

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use pyi_types::{KeyEncoding, Signing};
use secrecy::zeroize::Zeroizing;

use crate::operation::SigningScheme;
use crate::request::canonical::{self, Material};
use crate::request::sign::Credentials;

/// The key of an HMAC; `None` if the secret is not in the encoding of the provider's keys.
pub(super) fn key_of(
    scheme: &SigningScheme<'_>,
    sign: &Credentials,
    material: &Material<'_>,
) -> Option<Zeroizing<Vec<u8>>> {
    let mut key = Zeroizing::new(Vec::new());
    if scheme.hmac_key.is_empty() {
        key.extend_from_slice(sign.secret().as_bytes());
    } else {
        let secret = sign.secret();
        let writer = canonical::Writer { scheme, secret, sorted_as: secret, material };
        writer.write_segments(scheme.hmac_key, &mut |piece| key.extend_from_slice(piece.as_bytes()));
    }
    match scheme.key_encoding {
        KeyEncoding::Text => Some(key),
        KeyEncoding::Base64 => STANDARD.decode(&*key).ok().map(Zeroizing::new),
        KeyEncoding::Hex => hex::decode(&*key).ok().map(Zeroizing::new),
    }
}

/// Why no signature can be made with a secret.
pub fn key_fault(scheme: &SigningScheme<'_>, sign: &Credentials) -> Option<&'static str> {
    let is_keyed = matches!(sign.method().signing(), Signing::Hmac(_)) && sign.outside().is_none();
    let why = match scheme.key_encoding {
        KeyEncoding::Text => return None,
        KeyEncoding::Base64 => "the secret is not in base64, as the provider's keys are",
        KeyEncoding::Hex => "the secret is not in hexadecimal digits, as the provider's keys are",
    };
    (is_keyed && key_of(scheme, sign, &Material::default()).is_none()).then_some(why)
}
