//! Signing of requests.
//!
//! | method | what `sign` is |
//! |---|---|
//! | MD5, SHA-1, SHA-2, SM3 | the digest of prefix, pairs, suffix; for 挖数据: every key and value in key order, then the secret |
//! | their HMACs | a text of their own, digested with the secret as the key |
//! | Hash, Key, Basic | the secret itself, so it travels on every call |
//!
//! Only sent parameters are signed, without the signature itself and without empty values. Values
//! are raw UTF-8, never encoded. The digest is fed in pieces: the canonical string, which contains
//! the secret, is never built.

use std::fmt;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::{BASE64_STANDARD as STANDARD, BASE64_URL_SAFE};
use hmac::{Hmac, KeyInit, Mac};
use md5::digest::FixedOutputReset;
use md5::{Digest as _, Md5};
use pyi_types::{Digest, Signing};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};
use sha1::Sha1;
use sha2::{Sha256, Sha384, Sha512};
use sm3::Sm3;

use crate::operation::{Case, Encoding, SignMethod, SigningScheme};
use crate::redact::REDACTED;
use crate::request::canonical::{self, Material, Pair, in_order};
use crate::request::form::percent_encode;
use crate::request::key::key_of;
use crate::request::signer::{SharedSigner, Signer};

/// A signing method and the app's secret. The secret is never shown, and is zeroised on drop.
///
/// ```
/// use pyi_runtime::Credentials;
///
/// let credentials = Credentials::md5("the app's secret");
/// assert!(!format!("{credentials:?}").contains("the app's secret"));
/// ```
#[derive(Clone)]
pub struct Credentials {
    method: SignMethod,
    secret: SecretString,
    signer: Option<SharedSigner>,
}

impl Credentials {
    /// Signs with the MD5 digest of the canonical string. The secret is not sent.
    pub fn md5(secret: impl Into<String>) -> Self {
        Self::new(SignMethod::Md5, secret)
    }

    /// Signs with the HMAC-SHA256 of the canonical string. The secret is not sent.
    pub fn hmac_sha256(secret: impl Into<String>) -> Self {
        Self::new(SignMethod::HmacSha256, secret)
    }

    /// Sends a key as it is with each request, to a provider that signs nothing. Over plain http,
    /// calls are refused unless the client's builder allows them.
    pub fn key(key: impl Into<String>) -> Self {
        Self::new(SignMethod::Key, key)
    }

    /// Sends the secret itself with each request. Over plain http, calls are refused unless the
    /// client's builder allows them.
    pub fn hash(secret: impl Into<String>) -> Self {
        Self::new(SignMethod::Hash, secret)
    }

    /// Credentials of a method that is chosen at run time.
    pub fn new(method: SignMethod, secret: impl Into<String>) -> Self {
        Self { method, secret: SecretString::from(secret.into()), signer: None }
    }

    /// Signs outside of this process, by an HMAC method or by [`SignMethod::Signer`]. A client
    /// refuses other methods: what they sign has the secret in it.
    pub fn signer(method: SignMethod, signer: impl Signer) -> Self {
        Self { method, secret: SecretString::from(String::new()), signer: Some(Arc::new(signer)) }
    }

    /// The content of the signature parameter.
    pub fn method(&self) -> SignMethod {
        self.method
    }

    pub(crate) fn outside(&self) -> Option<&SharedSigner> {
        self.signer.as_ref()
    }

    pub(crate) fn secret(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials::{:?}({REDACTED})", self.method)
    }
}

/// The signature of a material, as it is sent.
///
/// The provider's scheme: keys and values in key order, then the secret.
///
/// ```
/// use pyi_runtime::Credentials;
/// use pyi_runtime::__private::canonical::{Material, Pair, in_order};
/// use pyi_runtime::__private::sign::signature_of;
///
/// # use pyi_runtime::__private::operation::{Segment, SegmentWord, SigningScheme};
/// # let text = [Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)];
/// # let scheme = SigningScheme { digest_text: &text, ..SigningScheme::MD5 };
/// let pairs = [("format", "json"), ("bank_name", "张三"), ("bank_id", "362536199105034456"), ("appid", "1")];
/// let pairs = pairs.map(|(name, value)| Pair { name, value, template: "", is_signed: true });
/// let material = Material { pairs: &in_order(&scheme, pairs), ..Material::default() };
/// let credentials = Credentials::md5("0123456789abcdef0123456789abcdef");
/// assert_eq!(signature_of(&scheme, &credentials, &material), "0e59eb5415a111339d2fefaabd16b9da");
/// ```
pub fn signature_of(
    scheme: &SigningScheme<'_>,
    credentials: &Credentials,
    material: &Material<'_>,
) -> String {
    sign(scheme, credentials, material).text(credentials).to_owned()
}

/// The signature of pairs in any order, all of which are signed, for a scheme that signs nothing
/// else.
pub fn signature<'p>(
    scheme: &SigningScheme<'_>,
    credentials: &Credentials,
    pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| Pair { name, value, template: "", is_signed: true });
    let material = Material { pairs: &in_order(scheme, pairs), ..Material::default() };
    signature_of(scheme, credentials, &material)
}

/// Signs a material.
pub(crate) fn sign(
    scheme: &SigningScheme<'_>,
    credentials: &Credentials,
    material: &Material<'_>,
) -> Signature {
    let mut digest = Digesting::new(scheme, credentials, material);
    let secret = credentials.secret();
    let writer = canonical::Writer { scheme, secret, sorted_as: secret, material };
    writer.write(scheme.text(credentials.method), &mut |piece| digest.update(piece));
    // A digest that is reset in place is moved nowhere.
    match &mut digest {
        Digesting::Md5(digest) => Signature::of(&digest.finalize_reset(), scheme),
        Digesting::Other(other) => other.finish(scheme),
        Digesting::Nothing => match credentials.method.signing() {
            Signing::Basic => {
                let pair = Zeroizing::new([material.app_id, ":", credentials.secret()].concat());
                Signature::Outside(STANDARD.encode(pair.as_bytes()))
            }
            Signing::Signer => Signature::Outside(String::new()),
            _ => Signature::Secret,
        },
    }
}

/// The digest so far.
enum Digesting {
    /// What most of these providers use.
    Md5(Md5),
    Other(Box<dyn Feed>),
    /// No digest: the signature is the secret.
    Nothing,
}

/// A digest or an HMAC that is fed in pieces.
trait Feed {
    fn update(&mut self, piece: &[u8]);
    fn finish(&mut self, scheme: &SigningScheme<'_>) -> Signature;
}

struct Plain<D>(D);

impl<D: md5::Digest + FixedOutputReset> Feed for Plain<D> {
    fn update(&mut self, piece: &[u8]) {
        md5::Digest::update(&mut self.0, piece);
    }

    fn finish(&mut self, scheme: &SigningScheme<'_>) -> Signature {
        Signature::of(&md5::Digest::finalize_reset(&mut self.0), scheme)
    }
}

struct Keyed<M>(M);

impl<M: Mac + Clone> Feed for Keyed<M> {
    fn update(&mut self, piece: &[u8]) {
        self.0.update(piece);
    }

    fn finish(&mut self, scheme: &SigningScheme<'_>) -> Signature {
        Signature::of(&self.0.clone().finalize().into_bytes(), scheme)
    }
}

impl Digesting {
    fn new(scheme: &SigningScheme<'_>, sign: &Credentials, material: &Material<'_>) -> Self {
        match sign.method.signing() {
            Signing::Digest(Digest::Md5) => Self::Md5(Md5::default()),
            Signing::Digest(Digest::Sha1) => Self::Other(Box::new(Plain(Sha1::default()))),
            Signing::Digest(Digest::Sha256) => Self::Other(Box::new(Plain(Sha256::default()))),
            Signing::Digest(Digest::Sha384) => Self::Other(Box::new(Plain(Sha384::default()))),
            Signing::Digest(Digest::Sha512) => Self::Other(Box::new(Plain(Sha512::default()))),
            Signing::Digest(Digest::Sm3) => Self::Other(Box::new(Plain(Sm3::default()))),
            Signing::Hmac(Digest::Md5) => keyed::<Hmac<Md5>>(scheme, sign, material),
            Signing::Hmac(Digest::Sha1) => keyed::<Hmac<Sha1>>(scheme, sign, material),
            Signing::Hmac(Digest::Sha256) => keyed::<Hmac<Sha256>>(scheme, sign, material),
            Signing::Hmac(Digest::Sha384) => keyed::<Hmac<Sha384>>(scheme, sign, material),
            Signing::Hmac(Digest::Sha512) => keyed::<Hmac<Sha512>>(scheme, sign, material),
            Signing::Hmac(Digest::Sm3) => keyed::<Hmac<Sm3>>(scheme, sign, material),
            Signing::Secret | Signing::Basic | Signing::Signer => Self::Nothing,
        }
    }

    fn update(&mut self, piece: &str) {
        match self {
            Self::Md5(digest) => digest.update(piece.as_bytes()),
            Self::Other(other) => other.update(piece.as_bytes()),
            Self::Nothing => {}
        }
    }
}

/// An HMAC with the secret as its key, or with the scheme's text that has the secret in it.
fn keyed<M: Mac + KeyInit + Clone + 'static>(
    scheme: &SigningScheme<'_>,
    sign: &Credentials,
    material: &Material<'_>,
) -> Digesting {
    // A client refuses a secret that is no such text.
    let key = key_of(scheme, sign, material).unwrap_or_default();
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length (RFC 2104, section 3)")]
    let mac = <M as KeyInit>::new_from_slice(&key).expect("a key of any length");
    Digesting::Other(Box::new(Keyed(mac)))
}

/// The content of the signature parameter.
pub(crate) enum Signature {
    /// A digest as text, and the number of its characters. Hexadecimal digits need no encoding in a
    /// form.
    Hex([u8; ROOM], usize),
    Base64([u8; ROOM], usize),
    Secret,
    /// A signature of another length or encoding, or made by a signer, as it is sent.
    Outside(String),
}

/// Characters of the digests that need no allocation: 32 bytes in hexadecimal digits.
const ROOM: usize = 64;

impl Signature {
    fn of(digest: &[u8], scheme: &SigningScheme<'_>) -> Self {
        if digest.len() > ROOM / 2 {
            return Self::outside(digest, scheme);
        }
        let mut text = [0; ROOM];
        match scheme.encoding {
            Encoding::Hex => {}
            Encoding::Base64 => {
                // 32 bytes take 44 characters, so they fit.
                let length = STANDARD.encode_slice(digest, &mut text).unwrap_or_default();
                return Self::Base64(text, length);
            }
            Encoding::Base64Url | Encoding::Base64Percent | Encoding::HexBase64 => {
                return Self::outside(digest, scheme);
            }
        }
        let length = 2 * digest.len();
        if let Some(room) = text.get_mut(..length)
            && hex::encode_to_slice(digest, room).is_ok()
            && scheme.case == Case::Upper
        {
            room.make_ascii_uppercase();
        }
        Self::Hex(text, length)
    }

    /// The text that is sent.
    pub(crate) fn text<'s>(&'s self, sign: &'s Credentials) -> &'s str {
        match self {
            Self::Hex(text, length) | Self::Base64(text, length) => {
                text.get(..*length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
            }
            Self::Secret => sign.secret(),
            Self::Outside(text) => text,
        }
    }

    /// The signature that a signer made.
    pub(crate) fn outside(bytes: &[u8], scheme: &SigningScheme<'_>) -> Self {
        Self::Outside(written(bytes, scheme.encoding, scheme.case))
    }
}

/// Bytes of a digest as they are sent.
pub(crate) fn written(bytes: &[u8], encoding: Encoding, case: Case) -> String {
    match (encoding, case) {
        (Encoding::Base64, _) => STANDARD.encode(bytes),
        (Encoding::Base64Url, _) => BASE64_URL_SAFE.encode(bytes),
        (Encoding::Base64Percent, _) => {
            let mut text = String::new();
            percent_encode(&STANDARD.encode(bytes), &mut |piece| text.push_str(piece));
            text
        }
        (Encoding::HexBase64, case) => STANDARD.encode(written(bytes, Encoding::Hex, case)),
        (Encoding::Hex, Case::Lower) => hex::encode(bytes),
        (Encoding::Hex, Case::Upper) => hex::encode_upper(bytes),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::operation::{Case, Segment, SegmentWord};
    use crate::request::canonical::canonical_string;
    use crate::test_operation::SCHEME;

    const SECRET: &str = "0123456789abcdef0123456789abcdef";
    const PAIRS: [(&str, &str); 4] =
        [("format", "json"), ("bank_name", "张三"), ("bank_id", "362536199105034456"), ("appid", "1")];

    /// Computed by PHP's `md5` and `hash_hmac`.
    #[test]
    fn methods_and_cases() {
        let upper = SigningScheme { case: Case::Upper, ..SCHEME };
        let table = [
            (&SCHEME, Credentials::md5(SECRET), "0e59eb5415a111339d2fefaabd16b9da"),
            (&upper, Credentials::md5(SECRET), "0E59EB5415A111339D2FEFAABD16B9DA"),
            (&SCHEME, Credentials::hash(SECRET), SECRET),
        ];
        for (scheme, credentials, expected) in table {
            assert_eq!(signature(scheme, &credentials, PAIRS), expected, "{credentials:?}");
        }
    }

    #[test]
    fn empty_values_and_the_signature_itself_are_not_signed() {
        let more = PAIRS.into_iter().chain([("note", ""), ("sign", "0e59")]);
        let credentials = Credentials::md5(SECRET);
        assert_eq!(signature(&SCHEME, &credentials, more.clone()), signature(&SCHEME, &credentials, PAIRS));
        let all = SigningScheme { skip_empty: false, ..SCHEME };
        assert_ne!(signature(&all, &credentials, more), signature(&all, &credentials, PAIRS));
    }

    proptest! {
        /// The digest that is fed in pieces is the digest of the canonical string, by the crate
        /// md-5 alone.
        #[test]
        fn the_digest_is_that_of_the_canonical_string(
            pairs in prop::collection::btree_map("[a-z_]{1,8}", "\\PC{0,12}", 0..6),
            between in "[=:]?", join in "[&|]?", skip_empty: bool,
        ) {
            use md5::{Digest, Md5};
            let (params, secret) = (Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret));
            let text = [Segment::Text("p"), secret, params, Segment::Text("&key="), secret];
            let scheme = SigningScheme {
                key_value_separator: &between, pair_separator: &join, digest_text: &text, skip_empty, ..SCHEME
            };
            let pairs = || pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            let sorted = pairs().map(|(name, value)| Pair { name, value, template: "", is_signed: true });
            let material = Material { pairs: &in_order(&scheme, sorted), ..Material::default() };
            let expected = hex::encode(Md5::digest(canonical_string(&scheme, &Credentials::md5(SECRET), &material, SECRET)));
            prop_assert_eq!(signature(&scheme, &Credentials::md5(SECRET), pairs()), expected);
        }
    }
}
