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

mod fault;
mod http;
mod magic_values;
mod own_app;
#[cfg(feature = "page")]
mod page;
mod payload;
mod request;
mod request_log;
mod validate;

use std::fmt;
#[cfg(feature = "page")]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pyi_codegen::Input;
use tokio::sync::watch;

pub use fault::Fault;
pub use request_log::LoggedRequest;

use crate::fault::{FaultQueue, Throttle};
use crate::http::limits::Limits;
use crate::http::{Control, Spec, State};
use crate::own_app::{app, app_by};
use crate::validate::App;

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
    control: watch::Sender<Control>,
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
        Builder {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_id: APP_ID.to_owned(),
            secret: SECRET.to_owned(),
            recurring: Vec::new(),
            throttle: None,
            limits: Limits::default(),
            #[cfg(feature = "page")]
            provider: None,
        }
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
        let wanted = if refuse { Control::Refuse } else { Control::Listen };
        // Sending fails only if the server is gone, which refuses connections anyway.
        let _ = self.control.send(wanted);
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

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Settings of a sandbox that is not started yet.
#[derive(Clone)]
#[must_use = "a builder starts nothing until .start() is called"]
pub struct Builder {
    address: SocketAddr,
    app_id: String,
    secret: String,
    recurring: Vec<(usize, Fault)>,
    throttle: Option<(usize, Duration, pyi_runtime::StatusCode)>,
    limits: Limits,
    #[cfg(feature = "page")]
    provider: Option<pyi_runtime::Client>,
}

/// Shows no secret.
impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Builder {
    /// Address to listen on. Default: a free port of 127.0.0.1.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// App to serve. Default: [`APP_ID`] and [`SECRET`].
    pub fn app(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.app_id = id.into();
        self.secret = secret.into();
        self
    }

    /// Injects a fault into every n-th request that has no queued fault. The first matching rule
    /// applies.
    pub fn every(mut self, requests: usize, fault: Fault) -> Self {
        self.recurring.push((requests.max(1), fault));
        self
    }

    /// Limits the requests within a period. Requests beyond the limit get this status code, whether
    /// or not the spec lists it. The provider's own status for repeated queries about one person is
    /// not known.
    pub fn throttle(
        mut self,
        requests: usize,
        within: Duration,
        code: impl Into<pyi_runtime::StatusCode>,
    ) -> Self {
        self.throttle = Some((requests, within, code.into()));
        self
    }

    /// Maximum body size of a request, in bytes. A larger one gets HTTP status 413. Default:
    /// [`BODY_LIMIT`].
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// Maximum time for the head of a request to arrive, and again for its body. A slower
    /// connection is closed. Default: 30 seconds.
    pub fn arrival_limit(mut self, limit: Duration) -> Self {
        self.limits.arrival = limit;
        self
    }

    /// Maximum open connections. Others wait until one is closed. Default: 512.
    pub fn connections(mut self, most: usize) -> Self {
        self.limits.connections = most.max(1);
        self
    }

    /// Sends the page's calls to the provider through this client, each for the displayed price.
    /// The sandbox must then listen on a loopback address.
    #[cfg(feature = "page")]
    pub fn page_calls(mut self, provider: pyi_runtime::Client) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Starts to serve a spec, given as pairs of path and text. An endpoint with a fault is not
    /// served; [`Sandbox::spec_faults`] reports it.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints, or an address that is not available.
    pub async fn start(self, spec: &[(&str, &str)]) -> Result<Sandbox, Error> {
        self.serve(Input::Texts(spec))
    }

    /// Starts to serve a spec folder.
    ///
    /// # Errors
    ///
    /// As [`Self::start`].
    pub async fn start_folder(self, path: &Path) -> Result<Sandbox, Error> {
        self.serve(Input::Folder { path, shown: &path.to_string_lossy() })
    }

    /// Serves on a separate thread, so that callers may block theirs.
    fn serve(self, spec: Input<'_>) -> Result<Sandbox, Error> {
        let (provider, report) = pyi_codegen::load(spec);
        if report.is_fatal() {
            return Err(Error::Spec(report.to_string()));
        }
        let address = self.address;
        let unavailable = |error: std::io::Error| Error::Address(address, error.to_string());
        let listener = TcpListener::bind(address).map_err(unavailable)?;
        listener.set_nonblocking(true).map_err(unavailable)?;
        let address = listener.local_addr().map_err(unavailable)?;
        #[cfg(feature = "page")]
        let page = self.page(address, &provider)?;
        // No fallible step follows that could drop the runtime here: a runtime must not be dropped
        // on a thread that runs another.
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unavailable)?;
        let throttle = self.throttle.map(|(requests, within, code)| Throttle::new(requests, within, code));
        let state = Arc::new(State::new(
            Spec { provider: Arc::new(provider), report },
            App { id: self.app_id, secret: self.secret },
            FaultQueue::new(self.recurring, throttle),
            self.limits,
            #[cfg(feature = "page")]
            page,
        ));
        let (control, receiver) = watch::channel(Control::Listen);
        let served = http::serve(listener, Arc::clone(&state), receiver);
        let thread = thread::Builder::new().name("pyi-sandbox".to_owned());
        thread.spawn(move || runtime.block_on(served)).map_err(unavailable)?;
        Ok(Sandbox { address, state, control })
    }

    #[cfg(feature = "page")]
    fn page(&self, address: SocketAddr, spec: &pyi_codegen::ir::Provider) -> Result<page::Page, Error> {
        let unavailable = |why: String| Error::Address(address, why);
        let Some(provider) = &self.provider else {
            let client = self.own_client(address, spec).map_err(|error| unavailable(error.to_string()))?;
            return Ok(page::Page::of_sandbox(address, client));
        };
        if !address.ip().is_loopback() {
            return Err(unavailable(
                "calls of the page cost money, and other machines could make them".to_owned(),
            ));
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random).map_err(|error| unavailable(format!("no random token: {error}")))?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(page::Page::of_provider(address, provider.clone(), token))
    }

    /// A client of the sandbox that is being started, on any address.
    #[cfg(feature = "page")]
    fn own_client(
        &self,
        address: SocketAddr,
        spec: &pyi_codegen::ir::Provider,
    ) -> Result<pyi_runtime::Client, pyi_runtime::Error> {
        let ip = match address.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            ip => ip,
        };
        let url = format!("http://{}", SocketAddr::new(ip, address.port()));
        let client =
            pyi_runtime::Client::builder().base_url(&url).app_of(app(spec, &self.app_id, &self.secret));
        let client = spec.hosts().into_iter().fold(client, |client, name| client.host(name, &url));
        // The sandbox's secret is valid for sandboxes only.
        let client = if ip.is_loopback() { client.loopback_only() } else { client.allow_insecure_http() };
        client.build()
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
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Spec(faults) => write!(f, "the spec cannot be served:\n{faults}"),
            Self::Address(address, why) => {
                write!(f, "cannot listen on {address}: {why}; give another address, or port 0")
            }
        }
    }
}

impl std::error::Error for Error {}
