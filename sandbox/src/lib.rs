//! A local stand-in for a spec's provider. It answers as the provider would and logs what the
//! provider would have billed.
//!
//! The sandbox interprets the spec, not the generated code, and takes any spec folder. Answers are
//! made from the spec's examples and the request's values. Magic values select another answer:
//!
//! | any value of a request | answer |
//! |---|---|
//! | `status-10018`, `状态10018` | the status 10018, if the spec lists it |
//! | digits that start with 000000 and end in a status code, such as `000000194901010018` | that status |
//! | `code-02`, `代码02` | 02 in every field that holds a code, whether or not the spec names it |
//!
//! With the feature `page`, the sandbox serves a page at `/` to read the spec and to send calls.
//!
//! ```
//! # async fn run(spec: &[(&str, &str)]) -> Result<(), pyi_sandbox::Error> {
//! let sandbox = pyi_sandbox::Sandbox::start(spec).await?;
//! println!("{} serves app {}", sandbox.url(), sandbox.app_id());
//! assert_eq!(sandbox.request_log().len(), 0);
//! # Ok(())
//! # }
//! ```

pub mod fake;

mod account;
mod builder;
mod cassette;
mod clock;
mod failure_report;
mod fault;
mod fault_rates;
mod http;
mod magic_values;
mod notify;
mod own_app;
#[cfg(feature = "page")]
mod page;
mod payload;
mod proxy;
mod request;
mod request_log;
mod settings;
mod state;
mod validate;
mod validation;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use pyi_codegen::Input;
use tokio::sync::watch;

pub use account::{Account, PerPerson};
pub use builder::Builder;
pub use cassette::CassetteKey;
pub use fault::Fault;
pub use fault_rates::{Delay, FaultRate, FaultRates};
pub use notify::{Notification, Notify};
pub use proxy::{ProxiedCall, Proxy};
pub use request_log::LoggedRequest;
pub use settings::Settings;

use crate::http::ServerCommand;
use crate::own_app::{app, app_by};
use crate::state::{Answers, Spec, State};

/// App id of a sandbox by default.
pub const APP_ID: &str = "1";
/// Secret of [`APP_ID`]. It is valid for sandboxes only.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// Maximum body size of a request by default, in bytes: a form-encoded picture of 8 MiB.
pub const BODY_LIMIT: usize = http::limits::BODY;

/// A running sandbox. Dropping it stops the server.
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<State>,
    /// Dropping the sender stops the server.
    control: watch::Sender<ServerCommand>,
}

impl Sandbox {
    /// Serves a spec, given as pairs of path and text, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints, or no free port.
    pub async fn start(spec: &[(&str, &str)]) -> Result<Self, Error> {
        Self::builder().start(spec).await
    }

    /// Serves a spec folder, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_folder(path: &Path) -> Result<Self, Error> {
        Self::builder().start_folder(path).await
    }

    /// Settings of a sandbox that is not started yet.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Base URL for a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// URL of the page. If its calls go to the provider, the URL contains the token that
    /// authorizes them: keep it secret.
    #[cfg(feature = "page")]
    pub fn page_url(&self) -> String {
        self.state.page.url()
    }

    /// App id that the sandbox serves.
    pub fn app_id(&self) -> &str {
        &self.state.app.id
    }

    /// Secret of the app.
    pub fn secret(&self) -> &str {
        &self.state.app.secret
    }

    /// An app of the sandbox that signs with a method.
    pub fn app_by(&self, method: pyi_runtime::SignMethod) -> pyi_runtime::App {
        app_by(method, &self.state.spec().provider, self.app_id(), self.secret())
    }

    /// Takes the request log and starts an empty one, for long tests.
    pub fn take_request_log(&self) -> Vec<LoggedRequest> {
        self.state.request_log.take()
    }

    /// Injects a fault into the next request. Several faults queue up, one per request.
    pub fn inject(&self, fault: Fault) {
        self.state.faults.push(fault);
    }

    /// The settings as they are now: what calls cost is taken from the account.
    pub fn settings(&self) -> Settings {
        self.state.settings()
    }

    /// Sets what the next requests meet: the account, faults at rates, and how addresses for later
    /// answers are called.
    ///
    /// # Errors
    ///
    /// Rates above 1, or a status code that is none.
    pub fn set(&self, settings: Settings) -> Result<(), Error> {
        match settings.unfit(&self.state.spec().provider, &self.state.answers) {
            Some(why) => Err(Error::Settings(why)),
            None => {
                self.state.set(settings);
                Ok(())
            }
        }
    }

    /// The calls of addresses for later answers, in the order of their requests.
    pub fn notifications(&self) -> Vec<Notification> {
        self.state.notifications.entries()
    }

    /// Serves another spec from the next request on and keeps the request log. A spec that cannot
    /// be served changes nothing.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints.
    pub fn reload_folder(&self, path: &Path) -> Result<(), Error> {
        let (provider, report) = pyi_codegen::load(Input::Folder { path, shown: &path.to_string_lossy() });
        if report.is_fatal() {
            return Err(Error::Spec(report.to_string()));
        }
        self.state.set_spec(Spec { provider: Arc::new(provider), report });
        Ok(())
    }

    /// Refuses new connections, or accepts them again. The change takes effect after a moment. Open
    /// connections stay open.
    pub fn refuse_connections(&self, refuse: bool) {
        let wanted = if refuse { ServerCommand::Refuse } else { ServerCommand::Listen };
        // Sending fails only if the server is gone, which refuses connections anyway.
        let _ = self.control.send(wanted);
    }

    /// The calls that were passed on to the provider and have no answer yet.
    pub fn in_flight(&self) -> usize {
        match &self.state.answers {
            Answers::Proxy(upstream) => upstream.in_flight(),
            Answers::Own | Answers::Replay(_) => 0,
        }
    }

    /// Refuses new requests, and returns once each open one has its answer: calls that were passed
    /// on are counted and recorded by then.
    pub async fn stop(&self) {
        // Sending fails only if the server has ended.
        let _ = self.control.send(ServerCommand::Stop);
        self.control.closed().await;
    }

    /// A client of this sandbox, with its app and the spec's first signing method. The client
    /// connects to loopback addresses only.
    ///
    /// # Errors
    ///
    /// None is expected: the settings are the sandbox's own.
    pub fn client<C: From<pyi_runtime::Client>>(&self) -> Result<C, pyi_runtime::Error> {
        let provider = Arc::clone(&self.state.spec().provider);
        let builder = pyi_runtime::ClientBuilder::<C>::new()
            .base_url(self.url())
            .app_of(app(&provider, self.app_id(), self.secret()))
            .loopback_only();
        let hosts = provider.hosts().into_iter();
        hosts.fold(builder, |builder, name| builder.host(name, self.url())).build()
    }

    /// Faults of the spec's endpoints that are not served, each with its place. Empty without any.
    pub fn spec_faults(&self) -> String {
        self.state.spec().report.to_string()
    }

    /// Requests so far and their billing, in the order of arrival.
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.state.request_log.entries()
    }
}

/// A test that fails gets to know which faults its requests met, and how to send them again.
impl Drop for Sandbox {
    fn drop(&mut self) {
        if std::thread::panicking()
            && let Some(lines) = self.state.failure(self.address)
        {
            // A closed stderr has no reader.
            let _ = std::io::Write::write_all(&mut std::io::stderr(), lines.as_bytes());
        }
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Why a sandbox cannot start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The spec has these faults, each with its place.
    Spec(String),
    /// Listening on the address failed.
    Address(SocketAddr, String),
    /// The cassettes cannot be read.
    Cassettes(String),
    /// Calls cannot be passed on with these settings.
    Proxy(String),
    /// Settings that cannot be kept.
    Settings(String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(faults) => write!(f, "the spec cannot be served:\n{faults}"),
            Self::Address(address, why) => {
                write!(f, "cannot listen on {address}: {why}; give another address, or port 0")
            }
            Self::Cassettes(why) => write!(f, "the cassettes cannot be replayed: {why}"),
            Self::Proxy(why) => write!(f, "calls cannot be passed on: {why}"),
            Self::Settings(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Error {}
