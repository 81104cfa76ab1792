//! Digests of a body as it is sent, for the headers that have them.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use md5::{Digest as _, Md5};
use sha2::Sha256;
use smallvec::SmallVec;

use crate::operation::{BodyDigest, Operation, Parameter, Source};

/// Parameters that are digests of the body, with their values.
pub(crate) type BodyDigests<'o> = SmallVec<[(&'o Parameter<'o>, String); 1]>;

pub(crate) fn body_digests<'o>(operation: &Operation<'o>, body: &str) -> BodyDigests<'o> {
    let mut digests = SmallVec::new();
    for parameter in operation.parameters {
        if let Source::Body(digest) = parameter.source {
            digests.push((parameter, digest_of(digest, body.as_bytes())));
        }
    }
    digests
}

/// A digest of a body, as a header has it.
pub fn digest_of(digest: BodyDigest, body: &[u8]) -> String {
    match digest {
        BodyDigest::Md5 => hex::encode(Md5::digest(body)),
        BodyDigest::Md5Base64 => BASE64_STANDARD.encode(Md5::digest(body)),
        BodyDigest::Sha256 => hex::encode(Sha256::digest(body)),
    }
}
