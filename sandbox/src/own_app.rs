//! The app that a sandbox serves, and the same as a client of the sandbox has it.

use pyi_codegen::ir::Provider;
use pyi_runtime::{App, Credentials, SignFuture, SignMethod, Signer, SigningText};

/// The app that a sandbox serves.
pub(crate) struct OwnApp {
    pub(crate) id: String,
    pub(crate) secret: String,
}

/// An app that signs with the spec's first method.
pub(crate) fn app(spec: &Provider, id: &str, secret: &str) -> App {
    let method = spec.sign.methods.first().copied();
    app_by(method.unwrap_or(SignMethod::Md5), spec, id, secret)
}

/// An app that signs with a method. The sandbox takes any values of the account, and any signature
/// of a signer outside.
pub(crate) fn app_by(method: SignMethod, spec: &Provider, id: &str, secret: &str) -> App {
    let credentials = match method {
        SignMethod::Signer => Credentials::signer(method, StandIn),
        method => Credentials::new(method, secret),
    };
    let app = App::new(id, credentials);
    spec.account_parameters().fold(app, |app, name| app.value(name, "sandbox"))
}

/// A signer whose signatures only the sandbox takes.
struct StandIn;

impl Signer for StandIn {
    fn sign<'a>(&'a self, _: SigningText<'a>) -> SignFuture<'a> {
        Box::pin(async { Ok(b"sandbox".to_vec()) })
    }
}
