//! The client: a base URL, an app, limits, and a connection pool that its clones share.

pub(crate) mod app;
mod base_url;
mod builder;
pub(crate) mod core;

use std::fmt;
use std::sync::Arc;

use self::app::{App, AppSource, CredentialsProvider};
pub use self::builder::ClientBuilder;
#[cfg(feature = "http")]
pub(crate) use self::builder::ZERO_TIMEOUT;
use self::core::Core;
use crate::call::Call;
use crate::operation::Operation;
use crate::request::encode::{Request, Values};
use crate::response::decode::{Any, Payload};

/// A client of a provider. Clones share its connections, clock and retry budget.
///
/// ```
/// use pyi_runtime::{Client, Credentials};
///
/// let client = Client::builder()
///     .base_url("https://host.invalid")
///     .app("1", Credentials::md5("the app's secret"))
///     .build()?;
/// let for_another_task = client.clone();
/// # Ok::<(), pyi_runtime::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Core>);

impl Client {
    /// A builder of a client: base URL, app, limits.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }

    /// The call of a request, not sent yet.
    pub fn call<R: Request>(&self, request: &R) -> Call<'static, R::Data> {
        Call::new(self.clone(), R::OPERATION, request.values(), R::read)
    }

    /// The call of an operation that was built at run time, with values in the order of its
    /// parameters. Its data has no type.
    pub fn call_any<'a>(&self, operation: &'a Operation<'a>, values: Values) -> Call<'a, Any> {
        Call::new(self.clone(), operation, values, |payload: Payload<'_>| payload.any())
    }

    /// A client of another app on the same base URL. Both share connections, time limits, clock,
    /// retry budget, rate limits and hooks.
    ///
    /// ```
    /// use pyi_runtime::{App, Client, Credentials};
    ///
    /// # fn two(client: Client) {
    /// let shop = client.with_app(App::new("2", Credentials::md5("the second app's secret")));
    /// # }
    /// ```
    ///
    /// An app without id or secret is refused when a call is made.
    #[must_use]
    pub fn with_app(&self, app: App) -> Self {
        self.with_source(AppSource::Fixed(app))
    }

    /// As [`Self::with_app`], with an app that is asked for before each attempt.
    #[must_use]
    pub fn with_credentials(&self, provider: impl CredentialsProvider) -> Self {
        self.with_source(AppSource::Provider(Arc::new(provider)))
    }

    fn with_source(&self, app: AppSource) -> Self {
        Self(Arc::new(Core { shared: Arc::clone(&self.0.shared), app }))
    }

    pub(crate) fn into_core(self) -> Arc<Core> {
        self.0
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = f.debug_struct("Client");
        if let AppSource::Fixed(app) = &self.0.app {
            out.field("sign", &app.credentials);
        }
        out.finish_non_exhaustive()
    }
}
