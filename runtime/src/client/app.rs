//! The app of an account, and where a client gets it from.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::operation::Signing;
use crate::request::sign::Credentials;

/// An app of an account: its id, and its credentials.
///
/// ```
/// use pyi_runtime::{App, Credentials};
///
/// let app = App::new("1", Credentials::md5("the app's secret"));
/// assert!(!format!("{app:?}").contains("the app's secret"));
/// ```
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) id: String,
    has_id: bool,
    pub(crate) credentials: Credentials,
    /// Further values of the account, by the names of parameters.
    values: Vec<(String, SecretString)>,
}

impl App {
    /// An app with the id and the secret that the account shows.
    pub fn new(id: impl Into<String>, credentials: Credentials) -> Self {
        Self { id: id.into(), has_id: true, credentials, values: Vec::new() }
    }

    /// An app of a provider that asks for no id, such as one with a bare key.
    pub fn without_id(credentials: Credentials) -> Self {
        Self { id: String::new(), has_id: false, credentials, values: Vec::new() }
    }

    /// Sets a further value of the account, which a parameter of the spec asks for
    /// (`from: account`), such as a merchant's number or a passphrase. It is never shown.
    ///
    /// ```
    /// use pyi_runtime::{App, Credentials};
    ///
    /// let app = App::new("1", Credentials::md5("the app's secret")).value("mch_id", "1900000109");
    /// assert!(!format!("{app:?}").contains("1900000109"));
    /// ```
    #[must_use]
    pub fn value(mut self, parameter: impl Into<String>, value: impl Into<String>) -> Self {
        let parameter = parameter.into();
        self.values.retain(|(name, _)| *name != parameter);
        self.values.push((parameter, SecretString::from(value.into())));
        self
    }

    /// The value of a parameter; empty if the account has none.
    pub(crate) fn value_of(&self, parameter: &str) -> &str {
        let value = self.values.iter().find(|(name, _)| name == parameter);
        value.map_or("", |(_, value)| value.expose_secret())
    }

    /// Its id; empty if it has none.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its credentials.
    pub fn credentials(&self) -> &Credentials {
        &self.credentials
    }

    /// Why the app cannot sign anything.
    pub(crate) fn refusal(&self) -> Option<&'static str> {
        let has_key = self.credentials.outside().is_some() || !self.credentials.secret().is_empty();
        if (self.has_id && self.id.is_empty()) || !has_key {
            return Some("the app's id or secret is empty; the account shows both");
        }
        let signs_outside = self.credentials.outside().is_some();
        match self.credentials.method().signing() {
            Signing::Digest(_) | Signing::Secret | Signing::Basic if signs_outside => Some(
                "what this method signs or sends has the secret in it, so that no signer can do it; use an HMAC method",
            ),
            Signing::Signer if !signs_outside => {
                Some("this method has no key: give Credentials::signer(SignMethod::Signer, …)")
            }
            _ => None,
        }
    }
}

/// Provides the app of each attempt: for secrets that rotate, or that a secret store keeps.
///
/// It is asked before each attempt, within the call's time limit, so an implementation keeps what
/// it has fetched for as long as it is valid. If it fails, the call is not sent.
///
/// ```
/// use std::sync::RwLock;
///
/// use pyi_runtime::{App, AppFuture, CredentialsError, CredentialsProvider};
///
/// /// The app that another task fetches and replaces.
/// struct Rotated(RwLock<Option<App>>);
///
/// impl CredentialsProvider for Rotated {
///     fn app(&self) -> AppFuture<'_> {
///         let app = self.0.read().ok().and_then(|app| app.clone());
///         Box::pin(async { app.ok_or_else(|| CredentialsError::new("no secret was fetched yet")) })
///     }
/// }
/// ```
pub trait CredentialsProvider: Send + Sync + 'static {
    /// The app to sign with now.
    fn app(&self) -> AppFuture<'_>;
}

/// The future of an app.
pub type AppFuture<'a> = Pin<Box<dyn Future<Output = Result<App, CredentialsError>> + Send + 'a>>;

/// Why there is no app to sign with. The reason must not contain a secret.
#[derive(Debug, Clone)]
pub struct CredentialsError {
    pub(crate) why: String,
    pub(crate) source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl CredentialsError {
    /// An error with its reason.
    pub fn new(why: impl Into<String>) -> Self {
        Self { why: why.into(), source: None }
    }

    /// The same, with its cause, which becomes the source of the call's error. It must not contain
    /// a secret.
    #[must_use]
    pub fn caused_by(mut self, source: impl std::error::Error + Send + Sync + 'static) -> Self {
        self.source = Some(Arc::new(source));
        self
    }
}

impl fmt::Display for CredentialsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.why)
    }
}

impl std::error::Error for CredentialsError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

/// Where the app of an attempt comes from.
#[derive(Clone)]
pub(crate) enum AppSource {
    /// The client's own.
    Fixed(App),
    /// Asked before each attempt.
    Provider(Arc<dyn CredentialsProvider>),
}
