//! How a request is signed.
//!
//! | method | what `sign` is |
//! |---|---|
//! | MD5 | the digest of prefix, pairs, suffix; for this provider: every key and value in key order, then the secret |
//! | Hash | the secret itself, so it travels on every call |
//!
//! Only what is sent is signed; the signature itself and empty values are not. Values are raw UTF-8, never encoded. The
//! digest is fed piece by piece: the signed text, which holds the secret, is never put together.

use std::fmt;

use md5::{Digest, Md5};
use secrecy::{ExposeSecret, SecretString};

use crate::operation::{Algorithm, Case, Piece, Scheme, SignMethod};
use crate::redact::REDACTED;

/// What a client signs with: a method and the app's secret. The secret is never shown, and zeroised when dropped.
#[derive(Clone)]
pub struct Sign {
    method: SignMethod,
    secret: SecretString,
}

impl Sign {
    /// Sends a digest of each request. The secret never travels.
    pub fn md5(secret: impl Into<String>) -> Self {
        Self { method: SignMethod::Md5, secret: SecretString::from(secret.into()) }
    }

    /// Sends the secret itself with each request. Never over plain http: the client's builder refuses that.
    pub fn hash(secret: impl Into<String>) -> Self {
        Self { method: SignMethod::Hash, secret: SecretString::from(secret.into()) }
    }

    /// What goes into the signature parameter.
    pub fn method(&self) -> SignMethod {
        self.method
    }

    pub(crate) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sign::{:?}({REDACTED})", self.method)
    }
}

/// The signature of pairs in any order. The signature parameter is left out, and so are empty values where the scheme
/// says so.
pub fn signed<'p>(
    scheme: &Scheme<'_>,
    sign: &Sign,
    pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> String {
    let mut signer = Signer::new(scheme, sign);
    in_order(scheme, pairs).into_iter().for_each(|(key, value)| signer.pair(key, value));
    signer.finish()
}

/// The signed text of pairs in any order, with a mark where the secret stands.
pub fn canonical<'p>(
    scheme: &Scheme<'_>,
    pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    mark: &str,
) -> String {
    let mut text = String::new();
    around(scheme.prefix, mark, &mut |piece| text.push_str(piece));
    for (index, (key, value)) in in_order(scheme, pairs).into_iter().enumerate() {
        let join = if index == 0 { "" } else { scheme.join };
        [join, key, scheme.between, value].into_iter().for_each(|piece| text.push_str(piece));
    }
    around(scheme.suffix, mark, &mut |piece| text.push_str(piece));
    text
}

/// The pairs that are signed, sorted by key in byte order.
fn in_order<'p>(
    scheme: &Scheme<'_>,
    pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> Vec<(&'p str, &'p str)> {
    let mut pairs: Vec<_> = pairs.into_iter().filter(|(key, value)| is_signed(scheme, key, value)).collect();
    pairs.sort_by_key(|(key, _)| *key);
    pairs
}

fn is_signed(scheme: &Scheme<'_>, key: &str, value: &str) -> bool {
    key != scheme.parameter && !(scheme.skip_empty && value.is_empty())
}

fn around(pieces: &[Piece<'_>], secret: &str, out: &mut dyn FnMut(&str)) {
    for piece in pieces {
        match piece {
            Piece::Text(text) => out(text),
            Piece::Secret => out(secret),
        }
    }
}

/// Signs pairs that come in signing order.
pub(crate) struct Signer<'a> {
    scheme: &'a Scheme<'a>,
    sign: &'a Sign,
    digest: Md5,
    empty: bool,
}

impl<'a> Signer<'a> {
    pub(crate) fn new(scheme: &'a Scheme<'a>, sign: &'a Sign) -> Self {
        let mut digest = Md5::new();
        around(scheme.prefix, sign.secret(), &mut |piece| digest.update(piece));
        Self { scheme, sign, digest, empty: true }
    }

    pub(crate) fn pair(&mut self, key: &str, value: &str) {
        if self.sign.method == SignMethod::Hash {
            return;
        }
        if !self.empty {
            self.digest.update(self.scheme.join);
        }
        self.empty = false;
        [key, self.scheme.between, value].into_iter().for_each(|piece| self.digest.update(piece));
    }

    pub(crate) fn finish(mut self) -> String {
        match (self.sign.method, self.scheme.algorithm) {
            (SignMethod::Hash, _) => self.sign.secret().to_owned(),
            (SignMethod::Md5, Algorithm::Md5) => {
                around(self.scheme.suffix, self.sign.secret(), &mut |piece| self.digest.update(piece));
                match self.scheme.case {
                    Case::Lower => hex::encode(self.digest.finalize()),
                    Case::Upper => hex::encode_upper(self.digest.finalize()),
                }
            }
        }
    }
}
