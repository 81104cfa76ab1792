//! A signer outside of this process: a hardware module or a service that has the key.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::operation::SignMethod;

/// Makes signatures where the key is: in a hardware module, in a service, or by a method that no
/// spec describes, such as RSA.
///
/// It is asked once for each attempt, within the call's time limit. If it fails, the call is not
/// sent. The text that it signs has a person's data.
///
/// ```
/// use pyi_runtime::{Credentials, SignFuture, SignMethod, Signer, SigningText};
///
/// /// Asks a hardware module, which knows the key by a label.
/// struct Module(&'static str);
///
/// # async fn hmac_of_the_module(label: &str, text: &str) -> Option<Vec<u8>> { None }
/// impl Signer for Module {
///     fn sign<'a>(&'a self, text: SigningText<'a>) -> SignFuture<'a> {
///         Box::pin(async move {
///             let digest = hmac_of_the_module(self.0, text.text).await;
///             digest.ok_or_else(|| pyi_runtime::CredentialsError::new("the module does not answer"))
///         })
///     }
/// }
///
/// let credentials = Credentials::signer(SignMethod::HmacSha256, Module("payments"));
/// ```
pub trait Signer: Send + Sync + 'static {
    /// The bytes of the signature, which are then written as the spec says: in hexadecimal digits,
    /// or in base64.
    fn sign<'a>(&'a self, text: SigningText<'a>) -> SignFuture<'a>;
}

/// The future of a signature.
pub type SignFuture<'a> =
    Pin<Box<dyn Future<Output = Result<Vec<u8>, crate::client::app::CredentialsError>> + Send + 'a>>;

/// What a signer signs. It is never shown.
#[derive(Clone, Copy)]
#[non_exhaustive]
pub struct SigningText<'a> {
    /// The endpoint's name in the spec.
    pub operation: &'a str,
    /// The method of the signature.
    pub method: SignMethod,
    /// The canonical string, which has no secret in it.
    pub text: &'a str,
}

impl<'a> SigningText<'a> {
    pub(crate) fn new(operation: &'a str, method: SignMethod, text: &'a str) -> Self {
        Self { operation, method, text }
    }
}

impl fmt::Debug for SigningText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningText({}, {:?})", self.operation, self.method)
    }
}

/// A signer that credentials share.
pub(crate) type SharedSigner = Arc<dyn Signer>;
