//! Passes calls on to the provider, with the caller's own credentials, and records them. Each call
//! is paid for: a budget is kept, a call is sent once, and what is not an endpoint of the spec goes
//! nowhere.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode as HttpStatus, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::percent_decode_str;
use pyi_codegen::ir::{Endpoint, Provider, Segment, SegmentWord, StatusCode};
use pyi_dynamic::{CallReport, DynamicOperation, worst_price};
use pyi_runtime::{Billing, Decimal, HttpRequest, HttpResponse, HttpTransport, Transport};
use tokio::sync::watch;
use url::Url;

use crate::cassette::CassetteKey;
use crate::cassette::record::{Begun, Recorder};
use crate::http::answer::LoggedAnswer;
use crate::request::ParsedRequest;
use crate::validate::{are_constants_fixed, are_parameters_known};

/// Headers that are of one connection, or that a transport writes itself (RFC 9110, section 7.6.1).
const OWN_HEADERS: [HeaderName; 13] = [
    header::HOST,
    header::CONNECTION,
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
    header::ACCEPT_ENCODING,
    header::TE,
    header::TRAILER,
    header::UPGRADE,
    header::PROXY_AUTHORIZATION,
    header::EXPECT,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
];

/// Settings of a sandbox that passes calls on to the provider.
#[derive(Clone)]
#[must_use = "a proxy does nothing until a builder has it"]
pub struct Proxy {
    base_url: String,
    hosts: Vec<(String, String)>,
    budget: Decimal,
    record: Option<(PathBuf, CassetteKey)>,
    on_call: Option<OnCall>,
}

/// Receives a report of each call.
type OnCall = Arc<dyn Fn(&ProxiedCall) + Send + Sync>;

impl Proxy {
    /// Passes calls on to a base URL, and pays at most a budget for them, in the currency of the
    /// spec's prices. A call without a known billing counts as paid, and an endpoint without a
    /// price is not called.
    pub fn new(base_url: impl Into<String>, budget: Decimal) -> Self {
        Self { base_url: base_url.into(), hosts: Vec::new(), budget, record: None, on_call: None }
    }

    /// The base URL of a host that the spec names. Default: that of the others.
    pub fn host(mut self, name: impl Into<String>, base_url: impl Into<String>) -> Self {
        self.hosts.push((name.into(), base_url.into()));
        self
    }

    /// Records each answer as a cassette in a folder. Values of persons are replaced by invented
    /// ones, which follow from the key.
    pub fn record(mut self, folder: impl Into<PathBuf>, key: CassetteKey) -> Self {
        self.record = Some((folder.into(), key));
        self
    }

    /// Calls a function after each call, from the server's thread.
    pub fn on_call(mut self, tell: impl Fn(&ProxiedCall) + Send + Sync + 'static) -> Self {
        self.on_call = Some(Arc::new(tell));
        self
    }
}

/// Shows neither hosts nor the key.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Proxy").field("budget", &self.budget).finish_non_exhaustive()
    }
}

/// A call that was passed on, or refused.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ProxiedCall {
    /// The endpoint in the spec.
    pub endpoint: String,
    /// The status code, if there was an answer with one.
    pub code: Option<StatusCode>,
    /// Whether the call was billed.
    pub billing: Billing,
    /// What counts as spent so far.
    pub spent: Decimal,
    /// The budget.
    pub budget: Decimal,
    /// The cassette; why there is none, if it could not be written; `None` where nothing is
    /// recorded.
    pub recorded: Option<Result<PathBuf, String>>,
    /// Why the call was not passed on, or has no answer.
    pub failure: Option<String>,
}

/// A proxy at work.
pub(crate) struct Upstream {
    proxy: Proxy,
    transport: HttpTransport,
    spent: Mutex<Decimal>,
    recorder: Option<Recorder>,
    /// The calls that have no answer yet.
    in_flight: watch::Sender<usize>,
}

impl Upstream {
    /// Checks the settings against a spec.
    pub(crate) fn new(proxy: Proxy, provider: &Provider) -> Result<Self, String> {
        let sign = &provider.sign;
        let mut texts = sign.digest_text.iter().chain(&sign.hmac_text).chain(&sign.hmac_key);
        if texts.any(|segment| *segment == Segment::Word(SegmentWord::Host)) {
            return Err(
                "the provider's signature has the host in it, so that a call through a proxy has a wrong one"
                    .to_owned(),
            );
        }
        if let Some((name, _)) =
            proxy.hosts.iter().find(|(name, _)| !provider.hosts().contains(&name.as_str()))
        {
            return Err(format!("the spec names no host `{name}`"));
        }
        let currencies = provider.currencies();
        if currencies.len() > 1 {
            let currencies = currencies.join(", ");
            return Err(format!("the spec has prices in {currencies}, and a budget is in one currency"));
        }
        // The client's own rules for base URLs: https, or this machine.
        let urls = proxy.hosts.iter().map(|(_, url)| url).chain([&proxy.base_url]);
        let mut is_plain = true;
        for url in urls {
            let app = pyi_runtime::App::without_id(pyi_runtime::Credentials::md5("none"));
            let client = pyi_runtime::Client::builder().base_url(url.as_str()).app_of(app);
            client.build().map_err(|error| match url.starts_with("http:") {
                true => "the base URL is plain http, and not of this machine; use https".to_owned(),
                false => error.to_string(),
            })?;
            is_plain &= url.starts_with("http:");
        }
        let builder = HttpTransport::builder();
        let builder = if is_plain { builder.no_proxy() } else { builder };
        let transport = builder.build().map_err(|error| error.to_string())?;
        let recorder = proxy.record.clone().map(|(folder, key)| Recorder::new(folder, key));
        let in_flight = watch::Sender::default();
        Ok(Self { proxy, transport, spent: Mutex::default(), recorder, in_flight })
    }

    /// The calls that have no answer yet.
    pub(crate) fn in_flight(&self) -> usize {
        *self.in_flight.borrow()
    }

    /// Waits until each call has its answer.
    pub(crate) async fn drained(&self) {
        // The sender is here, so that waiting cannot fail.
        let _ = self.in_flight.subscribe().wait_for(|calls| *calls == 0).await;
    }

    /// Reports a request that a fault of the sandbox answered in place of the provider.
    pub(crate) fn made_up(&self, endpoint: Option<&Endpoint>, made: LoggedAnswer) -> LoggedAnswer {
        let why = "a fault of the sandbox is the answer; nothing was passed on".to_owned();
        let id = endpoint.map_or("", |endpoint| &endpoint.id);
        self.tell(id, made.code, Billing::NotSent, None, Some(why));
        LoggedAnswer { billing: Billing::NotSent, ..made }
    }

    /// Passes a request on, once.
    pub(crate) async fn pass(
        &self,
        provider: &Provider,
        endpoint: Option<&Endpoint>,
        request: &ParsedRequest,
    ) -> LoggedAnswer {
        self.in_flight.send_modify(|calls| *calls += 1);
        let made = self.passed(provider, endpoint, request).await;
        self.in_flight.send_modify(|calls| *calls -= 1);
        made
    }

    async fn passed(
        &self,
        provider: &Provider,
        endpoint: Option<&Endpoint>,
        request: &ParsedRequest,
    ) -> LoggedAnswer {
        let Some(endpoint) = endpoint else {
            let why = "the spec has no endpoint of this path, so that nothing was passed on".to_owned();
            return self.refused("", HttpStatus::NOT_FOUND, why);
        };
        let Some(method) = request.method.filter(|method| endpoint.methods.contains(method)) else {
            let why =
                format!("the spec does not allow this method for `{}`; nothing was passed on", endpoint.id);
            return self.refused(&endpoint.id, HttpStatus::METHOD_NOT_ALLOWED, why);
        };
        if !request.is_text {
            let why =
                format!("a value of this call of `{}` is not UTF-8; nothing was passed on", endpoint.id);
            return self.refused(&endpoint.id, HttpStatus::UNSUPPORTED_MEDIA_TYPE, why);
        }
        let Some(price) = worst_price(endpoint) else {
            let why = format!(
                "the spec has no price of `{}`; nothing was passed on; add `price` to it",
                endpoint.id
            );
            return self.refused(&endpoint.id, HttpStatus::PAYMENT_REQUIRED, why);
        };
        let host =
            endpoint.host.as_ref().and_then(|host| self.proxy.hosts.iter().find(|(name, _)| name == host));
        let base = host.map_or(&self.proxy.base_url, |(_, url)| url).trim_end_matches('/');
        if let Some(why) = stray(provider, endpoint, request, base) {
            let why = format!("{why}; nothing was passed on");
            return self.refused(&endpoint.id, HttpStatus::BAD_REQUEST, why);
        }
        if !self.reserve(price) {
            let why = format!(
                "a call of `{}` would exceed the budget of {}; nothing was passed on",
                endpoint.id, self.proxy.budget
            );
            return self.refused(&endpoint.id, HttpStatus::PAYMENT_REQUIRED, why);
        }
        let begun = self.recorder.as_ref().map(|recorder| recorder.begin(provider, endpoint, request));
        let begun = match begun.transpose() {
            Ok(begun) => begun,
            Err(why) => {
                self.release(price);
                let why = format!("{why}; nothing was passed on");
                return self.refused(&endpoint.id, HttpStatus::UNPROCESSABLE_ENTITY, why);
            }
        };
        let mut outgoing = HttpRequest::new(method, format!("{base}{}", request.path), "");
        outgoing.query.clone_from(&request.query);
        outgoing.body.clone_from(&request.body);
        outgoing.content_type = method.has_body().then_some(endpoint.body.media_type());
        outgoing.headers = passed_on(request.headers());
        outgoing.operation.clone_from(&endpoint.id);
        outgoing.effect = endpoint.effect;
        match self.transport.send(outgoing).await {
            Ok(response) => self.answered(provider, endpoint, begun, response, price),
            Err(error) => {
                let not_sent = error.is_not_sent();
                if not_sent {
                    self.release(price);
                    begun.into_iter().for_each(Begun::remove);
                }
                let billing = if not_sent { Billing::NotSent } else { Billing::Unknown };
                let response =
                    not_sent.then(|| (HttpStatus::BAD_GATEWAY, format!("{error}\n")).into_response());
                self.tell(&endpoint.id, None, billing, None, Some(error.to_string()));
                LoggedAnswer { code: None, class: None, billing, response }
            }
        }
    }

    fn answered(
        &self,
        provider: &Provider,
        endpoint: &Endpoint,
        begun: Option<Begun>,
        response: HttpResponse,
        price: Decimal,
    ) -> LoggedAnswer {
        let read = DynamicOperation::new(provider, endpoint).read(response.clone());
        let report = CallReport::new(provider, endpoint, read);
        let billing = report.billing();
        if billing == Billing::Free {
            self.release(price);
        }
        let recorded = self.recorder.as_ref().zip(begun).map(|(recorder, begun)| {
            let status = (response.status, report.code().map(|code| code.to_string()));
            recorder.write(provider, endpoint, begun, status, report.data())
        });
        self.tell(&endpoint.id, report.code(), billing, recorded, None);
        LoggedAnswer { code: report.code(), class: None, billing, response: Some(as_it_came(response)) }
    }

    /// Takes the price of a call from the budget.
    fn reserve(&self, price: Decimal) -> bool {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        match spent.checked_add(price).filter(|sum| *sum <= self.proxy.budget) {
            Some(sum) => {
                *spent = sum;
                true
            }
            None => false,
        }
    }

    /// Gives the price of a call back that cost nothing.
    fn release(&self, price: Decimal) {
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        *spent -= price;
    }

    fn refused(&self, endpoint: &str, status: HttpStatus, why: String) -> LoggedAnswer {
        self.tell(endpoint, None, Billing::NotSent, None, Some(why.clone()));
        LoggedAnswer {
            code: None,
            class: None,
            billing: Billing::NotSent,
            response: Some((status, why + "\n").into_response()),
        }
    }

    fn tell(
        &self,
        endpoint: &str,
        code: Option<StatusCode>,
        billing: Billing,
        recorded: Option<Result<PathBuf, String>>,
        failure: Option<String>,
    ) {
        let Some(tell) = &self.proxy.on_call else { return };
        let spent = *self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let endpoint = endpoint.to_owned();
        tell(&ProxiedCall { endpoint, code, billing, spent, budget: self.proxy.budget, recorded, failure });
    }
}

/// Why a request is none of the endpoint, or may be read as another one.
fn stray(
    provider: &Provider,
    endpoint: &Endpoint,
    request: &ParsedRequest,
    base: &str,
) -> Option<&'static str> {
    if !are_constants_fixed(provider, endpoint, request) {
        return Some("a fixed parameter of the spec is missing or has another value");
    }
    if !are_parameters_known(provider, endpoint, request) {
        return Some("a parameter is there twice, or is not in the spec");
    }
    (!keeps_path(base, &request.path)).then_some("a part of the path leads to another endpoint")
}

/// Whether a URL of a base URL and a path has that path: a URL without `..` and backslashes.
fn keeps_path(base: &str, path: &str) -> bool {
    let (Ok(bare), Ok(whole)) = (Url::parse(base), Url::parse(&format!("{base}{path}"))) else {
        return false;
    };
    let prefix = bare.path().trim_end_matches('/');
    let Some(rest) = whole.path().strip_prefix(prefix) else { return false };
    // A URL may have more percent signs than the path that was sent.
    let decoded = |path: &str| -> Vec<Vec<u8>> {
        path.split('/').map(|segment| percent_decode_str(segment).collect()).collect()
    };
    decoded(rest) == decoded(path)
}

/// The caller's headers without those of its connection.
fn passed_on(headers: &HeaderMap) -> HeaderMap {
    let is_own = |name: &HeaderName| {
        let of_connection =
            headers.get_all(header::CONNECTION).iter().filter_map(|value| value.to_str().ok());
        let mut listed = of_connection.flat_map(|value| value.split(','));
        OWN_HEADERS.contains(name) || listed.any(|listed| listed.trim().eq_ignore_ascii_case(name.as_str()))
    };
    let mut passed_on = HeaderMap::new();
    for (name, value) in headers.iter().filter(|(name, _)| !is_own(name)) {
        passed_on.append(name, value.clone());
    }
    passed_on
}

/// The provider's answer, with the headers that a client reads.
fn as_it_came(response: HttpResponse) -> Response {
    let status = HttpStatus::from_u16(response.status).unwrap_or(HttpStatus::BAD_GATEWAY);
    let mut answer = (status, response.body).into_response();
    answer.headers_mut().remove(header::CONTENT_TYPE);
    let headers = [
        (header::CONTENT_TYPE, response.content_type),
        (header::DATE, response.date),
        (header::RETRY_AFTER, response.retry_after),
    ];
    for (name, value) in headers {
        if let Some(value) = value.and_then(|value| HeaderValue::from_str(&value).ok()) {
            answer.headers_mut().insert(name, value);
        }
    }
    answer
}
