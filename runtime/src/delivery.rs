//! A signed answer that comes later, at the address that a request gave, where the spec describes
//! what arrives there (`callback`). Its signature is verified before anything in it is read.
//!
//! ```text
//! Delivery ─▶ its parameters ─▶ canonical string ─▶ signature equal? ─▶ decode ─▶ the callback's type
//! ```
//!
//! Where the spec describes nothing, `callback.rs` reads what arrives, which is no proof.

mod arrived;
mod make;

use std::fmt;

use subtle::ConstantTimeEq;

use self::arrived::{Arrived, is_signature, signature_of_delivery, without_signature};
pub use self::make::deliver;
use crate::client::app::App;
use crate::operation::{CallbackScheme, Encoding, Method, ParameterOrder, Segment, SegmentWord, Signing};
use crate::redact::REDACTED;
use crate::request::body_digest::digest_of;
use crate::request::canonical::{Material, Pair};
use crate::request::key::key_fault;
use crate::request::sign::signature_of;
use crate::response::decode::{Any, Decode, DecodeError};
use crate::transport::HeaderMap;

/// An HTTP request that arrived at the address for later answers.
///
/// It can be any request: the address is public. The type that the spec's `callback` generates
/// reads one only if its signature is the account's.
///
/// ```
/// use pyi_runtime::{Delivery, HeaderMap, Method};
///
/// // In a handler: the parts of the request as the server framework has them.
/// let body = b"trade_no=2016&sign=5d41402abc4b2a76b9719d911017c592".to_vec();
/// let delivery = Delivery::new(Method::Post, "/notify?shop=1", HeaderMap::new(), body);
/// assert_eq!((delivery.path(), delivery.query()), ("/notify", "shop=1"));
/// assert!(!format!("{delivery:?}").contains("2016"));
/// ```
#[derive(Clone)]
pub struct Delivery {
    method: Method,
    target: String,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl Delivery {
    /// A request with its path and query, such as `/notify?id=1`, as they arrived.
    pub fn new(
        method: Method,
        target: impl Into<String>,
        headers: HeaderMap,
        body: impl Into<Vec<u8>>,
    ) -> Self {
        Self { method, target: target.into(), headers, body: body.into() }
    }

    /// The HTTP method.
    pub fn method(&self) -> Method {
        self.method
    }

    /// The path.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query, without its question mark.
    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body.
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

/// A delivery is a person's data, and is never shown.
impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Delivery({REDACTED}; {} bytes)", self.body.len())
    }
}

/// Why a delivery was not read. It contains no part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DeliveryError {
    /// The app cannot verify it: its id or secret is empty, its method is not one of the spec's, or
    /// its key is outside.
    Credentials(String),
    /// It has another form than the spec describes.
    Unreadable(&'static str),
    /// It has no signature.
    Unsigned,
    /// It has a signature that the account's secret does not make: another sender, another secret,
    /// or a part that was changed.
    WrongSignature,
    /// It is the provider's, and a value in it differs from the spec.
    Decode(DecodeError),
}

impl fmt::Display for DeliveryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Credentials(why) => write!(f, "the delivery cannot be verified: {why}"),
            Self::Unreadable(why) => write!(f, "the delivery cannot be read: {why}"),
            Self::Unsigned => f.write_str("the delivery has no signature"),
            Self::WrongSignature => f.write_str("the signature of the delivery is not the account's"),
            Self::Decode(fault) => write!(f, "the delivery differs from the spec: {fault}"),
        }
    }
}

impl std::error::Error for DeliveryError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Decode(fault) => Some(fault),
            _ => None,
        }
    }
}

/// What a delivery is read into. Generated code implements it.
pub trait SignedCallback: Decode {
    /// What arrives, and how it is signed.
    const CALLBACK: &'static CallbackScheme<'static>;
}

/// Verifies a delivery, then reads it.
///
/// # Errors
///
/// A delivery that is not the account's, or that cannot be read.
pub fn verify<T: SignedCallback>(delivery: &Delivery, app: &App) -> Result<T, DeliveryError> {
    let verified = verified(T::CALLBACK, delivery, app)?;
    verified.payload().object().map_err(DeliveryError::Decode)
}

/// Verifies a delivery, and gives its fields as the members of a JSON object.
///
/// # Errors
///
/// A delivery that is not the account's, or that cannot be read.
pub fn verified(callback: &CallbackScheme<'_>, delivery: &Delivery, app: &App) -> Result<Any, DeliveryError> {
    check_app(callback, app)?;
    if delivery.method != callback.method {
        return Err(DeliveryError::Unreadable("it has another method than the spec says"));
    }
    let mut all = arrived::all(callback, delivery)?;
    let signature =
        signature_of_delivery(callback, delivery, &mut all, app.id()).ok_or(DeliveryError::Unsigned)?;
    arrived::each_once(&all)?;
    all.retain(|arrived| !is_signature(callback, arrived));
    if callback.sign.skip_empty {
        all.retain(|arrived| !arrived.text.is_empty());
    }
    if std::str::from_utf8(&delivery.body).is_err() && arrived::signs_body(callback) {
        return Err(DeliveryError::Unreadable("its body is not UTF-8"));
    }
    check_digests(callback, delivery, &all)?;
    if arrived::runs_together(callback, &all) {
        return Err(DeliveryError::Unreadable("a value in it reads as several parameters"));
    }
    let (query, body) = without_signature(callback, delivery);
    let pairs = pairs(callback, &all);
    let material = Material {
        method: delivery.method.as_str(),
        host: delivery.header("host").unwrap_or_default(),
        path: delivery.path(),
        query: &query,
        body: &body,
        app_id: app.id(),
        pairs: &pairs,
    };
    let expected = signature_of(&callback.sign, app.credentials(), &material);
    // Takes as long for any text of this length, so that a signature cannot be guessed by parts.
    if !bool::from(expected.as_bytes().ct_eq(signature.as_bytes())) {
        return Err(DeliveryError::WrongSignature);
    }
    Any::from_json(&arrived::json(callback, &all)).map_err(|_| DeliveryError::Unreadable("it is too long"))
}

/// A parameter that is a digest of the body is that of this body.
fn check_digests(
    callback: &CallbackScheme<'_>,
    delivery: &Delivery,
    all: &[Arrived],
) -> Result<(), DeliveryError> {
    for field in callback.fields {
        let Some((digest, encoding)) = field.digest else { continue };
        let expected = digest_of(digest, encoding, &delivery.body);
        let arrived = all.iter().find(|arrived| arrived.name == field.name);
        let is_same = |text: &str| match encoding {
            Encoding::Hex => text.eq_ignore_ascii_case(&expected),
            Encoding::Base64 | Encoding::Base64Url | Encoding::Base64Percent | Encoding::HexBase64 => {
                text == expected
            }
        };
        if !arrived.is_some_and(|arrived| is_same(&arrived.text)) {
            return Err(DeliveryError::WrongSignature);
        }
    }
    Ok(())
}

/// The pairs in signing order: by name, or as the spec lists them, what it does not list behind.
fn pairs<'a>(callback: &CallbackScheme<'a>, all: &'a [Arrived]) -> Vec<Pair<'a>> {
    let listed = |name: &str| callback.fields.iter().position(|field| field.name == name);
    let mut all: Vec<&Arrived> = all.iter().collect();
    all.sort_by_key(|arrived| listed(&arrived.name).unwrap_or(usize::MAX));
    let pair = |arrived: &'a Arrived| {
        let field = listed(&arrived.name).and_then(|index| callback.fields.get(index));
        // What the spec does not list is signed as well, or a new field of the provider would be
        // taken for a forgery.
        let is_signed = field.is_none_or(|field| field.is_signed);
        Pair { name: &arrived.name, value: &arrived.text, template: "", is_signed }
    };
    let mut pairs: Vec<Pair<'a>> = all.into_iter().map(pair).chain(Pair::secret(&callback.sign)).collect();
    match callback.sign.order {
        ParameterOrder::Key => pairs.sort_by_key(|pair| pair.name),
        // Values are sorted where they are written.
        ParameterOrder::Listed | ParameterOrder::Value => {}
    }
    pairs
}

fn check_app(callback: &CallbackScheme<'_>, app: &App) -> Result<(), DeliveryError> {
    let method = app.credentials().method();
    let refuse = |why: String| Err(DeliveryError::Credentials(why));
    if let Some(why) = app.refusal() {
        return refuse(why.to_owned());
    }
    if app.credentials().outside().is_some() {
        return refuse("its key is in a signer, which signs and does not verify".to_owned());
    }
    let text = callback.sign.text(method);
    let has_secret = text.contains(&Segment::Word(SegmentWord::Secret))
        || (!callback.sign.secret_as.is_empty() && text.contains(&Segment::Word(SegmentWord::Params)));
    if matches!(method.signing(), Signing::Digest(_)) && !has_secret {
        return refuse("its text has no secret in it".to_owned());
    }
    if let Some(why) = key_fault(&callback.sign, app.credentials()) {
        return refuse(why.to_owned());
    }
    if !callback.sign.methods.contains(&method) {
        return refuse(format!("the spec does not have the signing method {method:?} for it"));
    }
    Ok(())
}
