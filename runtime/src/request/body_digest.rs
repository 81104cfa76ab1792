//! Digests of a body as it is sent, for the headers that have them.

use md5::{Digest as _, Md5};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sm3::Sm3;
use smallvec::SmallVec;

use crate::operation::{Case, Digest, Encoding, Operation, Parameter, Source};
use crate::request::sign::written;

/// Parameters that are digests of the body, with their values.
pub(crate) type BodyDigests<'o> = SmallVec<[(&'o Parameter<'o>, String); 1]>;

pub(crate) fn body_digests<'o>(operation: &Operation<'o>, body: &str) -> BodyDigests<'o> {
    let mut digests = SmallVec::new();
    for parameter in operation.parameters {
        if let Source::Body(digest, encoding) = parameter.source {
            digests.push((parameter, digest_of(digest, encoding, body.as_bytes())));
        }
    }
    digests
}

/// A digest of a body, as a header has it.
pub fn digest_of(digest: Digest, encoding: Encoding, body: &[u8]) -> String {
    let written = |bytes: &[u8]| written(bytes, encoding, Case::Lower);
    match digest {
        Digest::Md5 => written(&Md5::digest(body)),
        Digest::Sha1 => written(&Sha1::digest(body)),
        Digest::Sha256 => written(&Sha256::digest(body)),
        Digest::Sha384 => written(&Sha384::digest(body)),
        Digest::Sha512 => written(&Sha512::digest(body)),
        Digest::Sm3 => written(&Sm3::digest(body)),
    }
}
