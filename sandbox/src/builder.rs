//! The settings of a sandbox, and its start.

use std::fmt;
#[cfg(feature = "page")]
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use pyi_codegen::Input;
use pyi_codegen::ir::Provider;
use tokio::sync::watch;

use crate::cassette::{CassetteKey, Cassettes};
use crate::fault::{Fault, FaultQueue, Throttle};
use crate::http::limits::Limits;
use crate::http::{ServerCommand, serve};
use crate::own_app::OwnApp;
#[cfg(feature = "page")]
use crate::own_app::app;
#[cfg(feature = "page")]
use crate::page;
use crate::proxy::{Proxy, Upstream};
use crate::settings::Settings;
use crate::state::{Answers, Spec, State};
use crate::{APP_ID, Error, SECRET, Sandbox};

/// Settings of a sandbox that is not started yet.
#[derive(Clone)]
#[must_use = "a builder starts nothing until .start() is called"]
pub struct Builder {
    address: SocketAddr,
    app_id: String,
    secret: String,
    recurring: Vec<(usize, Fault)>,
    throttle: Option<(usize, Duration, pyi_runtime::StatusCode)>,
    settings: Settings,
    limits: Limits,
    replay: Option<(PathBuf, Option<CassetteKey>)>,
    proxy: Option<Proxy>,
    #[cfg(feature = "page")]
    provider: Option<pyi_runtime::Client>,
}

impl Default for Builder {
    fn default() -> Self {
        Self {
            address: SocketAddr::from(([127, 0, 0, 1], 0)),
            app_id: APP_ID.to_owned(),
            secret: SECRET.to_owned(),
            recurring: Vec::new(),
            throttle: None,
            settings: Settings::default(),
            limits: Limits::default(),
            replay: None,
            proxy: None,
            #[cfg(feature = "page")]
            provider: None,
        }
    }
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

    /// The account at the provider, faults at rates, and how addresses for later answers are
    /// called. Default: no limit, no fault, and addresses of this machine alone.
    pub fn settings(mut self, settings: Settings) -> Self {
        self.settings = settings;
        self
    }

    /// Maximum body size of a request, in bytes. A larger one gets HTTP status 413. Default:
    /// [`BODY_LIMIT`](crate::BODY_LIMIT).
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

    /// Answers from the cassettes of a folder. A request that the sandbox's checks refuse is
    /// refused as ever; one that no cassette has gets HTTP status 501. Cassettes answer to the
    /// invented values that are in them, and with the key also to the values that were recorded.
    pub fn replay(mut self, folder: impl Into<PathBuf>, key: Option<CassetteKey>) -> Self {
        self.replay = Some((folder.into(), key));
        self
    }

    /// Passes calls on to the provider, with the caller's own credentials, each for the price of
    /// the spec. The sandbox must then listen on a loopback address.
    pub fn proxy(mut self, proxy: Proxy) -> Self {
        self.proxy = Some(proxy);
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
    fn serve(mut self, spec: Input<'_>) -> Result<Sandbox, Error> {
        let (provider, report) = pyi_codegen::load(spec);
        if report.is_fatal() {
            return Err(Error::Spec(report.to_string()));
        }
        let answers = self.answers(&provider)?;
        if let Some(why) = self.settings.unfit(&provider, &answers) {
            return Err(Error::Settings(why));
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
            OwnApp { id: self.app_id, secret: self.secret },
            FaultQueue::new(self.recurring, throttle),
            self.settings,
            self.limits,
            answers,
            #[cfg(feature = "page")]
            page,
        ));
        let (control, receiver) = watch::channel(ServerCommand::Listen);
        let served = serve(listener, Arc::clone(&state), receiver);
        let thread = thread::Builder::new().name("pyi-sandbox".to_owned());
        thread.spawn(move || runtime.block_on(served)).map_err(unavailable)?;
        Ok(Sandbox { address, state, control })
    }

    fn answers(&mut self, spec: &Provider) -> Result<Answers, Error> {
        #[cfg(feature = "page")]
        if self.proxy.is_some() && self.provider.is_some() {
            return Err(Error::Proxy("the page's calls have no budget; leave `page_calls` out".to_owned()));
        }
        match (self.proxy.take(), self.replay.take()) {
            (Some(_), Some(_)) => {
                Err(Error::Proxy("it either passes calls on, or replays cassettes".to_owned()))
            }
            (Some(_), None) if !self.address.ip().is_loopback() => Err(Error::Proxy(
                "they cost money, and other machines could make them; listen on 127.0.0.1".to_owned(),
            )),
            (Some(proxy), None) => Upstream::new(proxy, spec).map(Answers::Proxy).map_err(Error::Proxy),
            (None, Some((folder, key))) => {
                Cassettes::read(&folder, key).map(Answers::Replay).map_err(Error::Cassettes)
            }
            (None, None) => Ok(Answers::Own),
        }
    }

    #[cfg(feature = "page")]
    fn page(&self, address: SocketAddr, spec: &Provider) -> Result<page::Page, Error> {
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
        spec: &Provider,
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
