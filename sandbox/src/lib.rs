//! A stand-in for a spec's provider, on this machine: it answers as the provider would, and keeps a ledger of what it would
//! have billed.
//!
//! It interprets the spec, not the generated code, and takes any spec folder. Answers are made from the spec's examples and
//! the request's own values; some values ask for another answer:
//!
//! | any value of a request | answer |
//! |---|---|
//! | `status-10018`, `状态10018` | the status 10018, if the spec lists it |
//! | digits that begin with 000000 and end with a status code, such as the ID number `000000194901010018` | that status |
//! | `code-02`, `代码02` | 02 in every field that holds a code, whether or not the spec names it |
//!
//! With the feature `page`, it has a page for people at `/`, where the spec can be read and called.
//!
//! ```
//! # async fn run(spec: &[(&str, &str)]) -> Result<(), pyi_sandbox::Error> {
//! let sandbox = pyi_sandbox::Sandbox::start(spec).await?;
//! println!("{} serves app {}", sandbox.url(), sandbox.app_id());
//! assert_eq!(sandbox.request_log().len(), 0);
//! # Ok(())
//! # }
//! ```

mod fault;
mod http;
mod magic_values;
#[cfg(feature = "page")]
mod page;
mod payload;
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
use crate::validate::App;

/// The app id that a sandbox serves unless told otherwise.
pub const APP_ID: &str = "1";
/// The secret of that app. It opens nothing but sandboxes.
pub const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// The most that the body of a request may hold by default, in bytes: a picture of 8 MiB, form-encoded.
pub const BODY_LIMIT: usize = http::limits::BODY;

/// A running stand-in. It stops when dropped.
pub struct Sandbox {
    address: SocketAddr,
    state: Arc<State>,
    /// Dropped, it ends the server.
    control: watch::Sender<Control>,
}

impl Sandbox {
    /// Serves a spec, given as pairs of path and text, on a free port of 127.0.0.1.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints, or no port to be had.
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

    /// Settings of a sandbox to be.
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

    /// The base URL to give to a client.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The URL of the page for people. If its calls go to the provider, it carries the token that they need: show it to nobody else.
    #[cfg(feature = "page")]
    pub fn page_url(&self) -> String {
        self.state.page.url()
    }

    /// The app id that it serves.
    pub fn app_id(&self) -> &str {
        &self.state.app.id
    }

    /// The secret of that app.
    pub fn secret(&self) -> &str {
        &self.state.app.secret
    }

    /// As [`Self::request_log`], and begins a new one: for tests that run long.
    pub fn take_request_log(&self) -> Vec<LoggedRequest> {
        self.state.request_log.take()
    }

    /// Has something happen to the next request for which nothing was said yet.
    pub fn inject(&self, fault: Fault) {
        self.state.faults.push(fault);
    }

    /// Serves another spec from the next request on; the ledger goes on. A spec that cannot be served changes nothing.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints.
    pub fn reload_folder(&self, path: &Path) -> Result<(), Error> {
        let (provider, report) = pyi_codegen::load(Input::Folder { path, shown: &path.to_string_lossy() });
        if report.is_fatal() {
            return Err(Error::Spec(report.to_string()));
        }
        self.state.set_spec(Spec { provider, report });
        Ok(())
    }

    /// Has connections refused from now on, or accepted again. It takes a moment; connections that are open stay so.
    pub fn refuse(&self, refuse: bool) {
        let wanted = if refuse { Control::Refuse } else { Control::Listen };
        // Nobody hears it only if the server is gone, and then it refuses all the same.
        let _ = self.control.send(wanted);
    }

    /// A client of this sandbox: its app, signing as the spec says first. It cannot reach any host but this machine.
    ///
    /// # Errors
    ///
    /// None that is expected: the settings are the sandbox's own.
    pub fn client<C: From<pyi_runtime::Client>>(&self) -> Result<C, pyi_runtime::Error> {
        pyi_runtime::ClientBuilder::<C>::new()
            .base_url(self.url())
            .app(self.app_id(), sign(&self.state.spec().provider, self.secret()))
            .loopback_only()
            .build()
    }

    /// What is wrong with the spec's endpoints that are not served, each with its place; empty if nothing is.
    pub fn faults(&self) -> String {
        self.state.spec().report.to_string()
    }

    /// What was asked so far, and what it would have cost, in the order of arrival.
    pub fn request_log(&self) -> Vec<LoggedRequest> {
        self.state.request_log.entries()
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("address", &self.address).finish_non_exhaustive()
    }
}

/// Settings of a sandbox to be.
#[derive(Clone)]
#[must_use = "a builder starts nothing until .start() is called"]
pub struct Builder {
    address: SocketAddr,
    app_id: String,
    secret: String,
    recurring: Vec<(usize, Fault)>,
    throttle: Option<(usize, Duration, i32)>,
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
    /// Where to listen; a free port of 127.0.0.1 if not said.
    pub fn address(mut self, address: SocketAddr) -> Self {
        self.address = address;
        self
    }

    /// The app to serve; [`APP_ID`] and [`SECRET`] if not said.
    pub fn app(mut self, id: impl Into<String>, secret: impl Into<String>) -> Self {
        self.app_id = id.into();
        self.secret = secret.into();
        self
    }

    /// Has something happen to every so many requests, where nothing was said for the request itself. The first rule that fits wins.
    pub fn every(mut self, requests: usize, fault: Fault) -> Self {
        self.recurring.push((requests.max(1), fault));
        self
    }

    /// Answers at most so many requests within a time; those beyond are answered with a status, whether or not the spec lists it.
    /// How the provider says that a person was asked about too often is not known.
    pub fn throttle(mut self, requests: usize, within: Duration, code: i32) -> Self {
        self.throttle = Some((requests, within, code));
        self
    }

    /// The most that the body of a request may hold, in bytes; a larger one is answered with HTTP status 413. Default: [`BODY_LIMIT`].
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.limits.body = bytes;
        self
    }

    /// The time in which the head of a request must arrive, and its body after that. A connection that is slower, or silent, is closed.
    /// Default: 30 seconds.
    pub fn arrival_limit(mut self, limit: Duration) -> Self {
        self.limits.arrival = limit;
        self
    }

    /// Maximum open connections; others wait until one is closed. Default: 512.
    pub fn connections(mut self, most: usize) -> Self {
        self.limits.connections = most.max(1);
        self
    }

    /// Has the page's calls go to the provider, by a client of it, each for the price that was shown. The sandbox must then listen on
    /// this machine alone.
    #[cfg(feature = "page")]
    pub fn page_calls(mut self, provider: pyi_runtime::Client) -> Self {
        self.provider = Some(provider);
        self
    }

    /// Starts to serve a spec, given as pairs of path and text. An endpoint with a fault is not served; [`Sandbox::faults`] says
    /// what is wrong with it.
    ///
    /// # Errors
    ///
    /// A spec with faults outside of its endpoints, or an address that cannot be had.
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

    /// On a thread of its own, so that callers may block theirs.
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
        // Nothing fails behind it that could: a runtime must not be dropped on a thread that runs another.
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unavailable)?;
        let throttle = self.throttle.map(|(requests, within, code)| Throttle::new(requests, within, code));
        let state = Arc::new(State::new(
            Spec { provider, report },
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
                "calls of the page cost money, and others could make them from there".to_owned(),
            ));
        }
        let mut random = [0; 16];
        getrandom::fill(&mut random)
            .map_err(|error| unavailable(format!("no token can be made: {error}")))?;
        let token: String = random.iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(page::Page::of_provider(address, provider.clone(), token))
    }

    /// A client of the sandbox to be, wherever it listens.
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
        let client = pyi_runtime::Client::builder()
            .base_url(format!("http://{}", SocketAddr::new(ip, address.port())))
            .app(&self.app_id, sign(spec, &self.secret));
        // The sandbox's own secret opens nothing but sandboxes.
        let client = if ip.is_loopback() { client.loopback_only() } else { client.allow_insecure_http() };
        client.build()
    }
}

/// A secret to sign with as the spec says first.
fn sign(spec: &pyi_codegen::ir::Provider, secret: &str) -> pyi_runtime::Credentials {
    let method = spec.sign.methods.first().copied();
    let method = method.unwrap_or(pyi_runtime::operation::SignMethod::Md5);
    pyi_runtime::Credentials::new(method, secret)
}

/// Why a sandbox cannot start.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// The spec has faults; here they are, each with its place.
    Spec(String),
    /// The address cannot be listened on.
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
