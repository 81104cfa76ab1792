//! The default transport: reqwest over rustls, configured to send once.
//!
//! | what could send twice, or elsewhere | what is set |
//! |---|---|
//! | a redirect | none is followed |
//! | reqwest's own retries | never |
//! | a proxy from the environment | none for loopback, none for plain http |
//! | a body without end | refused while it streams, after decompression |
//! | headers without end | hyper's own limits: 100 headers, and what it buffers |

use std::collections::HashMap;
use std::error::Error as _;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use reqwest::Url;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderName, HeaderValue, RETRY_AFTER};
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};

use super::{HttpRequest, HttpResponse, SendFuture, Transport, TransportError};
use crate::operation::Method;

/// The content type of a form.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded;charset=utf-8");

/// Time that an idle connection is kept, shorter than servers keep it, so that it is not found
/// closed.
const IDLE: Duration = Duration::from_secs(4);

/// Time limits and size limits.
#[derive(Debug, Clone)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
    pub(crate) whole: Duration,
    pub(crate) body: usize,
    /// Root certificates in DER, in addition to the system's.
    pub(crate) roots: Vec<Vec<u8>>,
}

/// Maximum number of cached URLs, more than any spec has endpoints.
const URLS: usize = 10_000;

/// The connection pool.
pub(crate) struct Http {
    http: reqwest::Client,
    /// The endpoints' URLs, each parsed once: parsing takes longer than signing.
    urls: RwLock<HashMap<String, Url>>,
    body_limit: usize,
}

impl Http {
    /// A pool for one host. `tls` is for https; `direct` allows no proxy.
    pub(crate) fn new(limits: &Limits, tls: bool, direct: bool) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_config(tls, &limits.roots)?)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_idle_timeout(IDLE);
        if direct || !tls {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| reason(&error.without_url()))?;
        Ok(Self { http, urls: RwLock::default(), body_limit: limits.body })
    }

    fn url(&self, text: String) -> Result<Url, TransportError> {
        let known = self.urls.read().unwrap_or_else(PoisonError::into_inner).get(&text).cloned();
        if let Some(url) = known {
            return Ok(url);
        }
        let url = Url::parse(&text)
            .map_err(|error| TransportError::not_sent(format!("the URL cannot be used: {error}")))?;
        let mut urls = self.urls.write().unwrap_or_else(PoisonError::into_inner);
        if urls.len() < URLS {
            urls.insert(text, url.clone());
        }
        Ok(url)
    }

    async fn exchange(&self, outgoing: HttpRequest) -> Result<HttpResponse, TransportError> {
        let mut url = self.url(outgoing.url)?;
        let request = match outgoing.method {
            Method::Post => self.http.post(url).header(CONTENT_TYPE, FORM).body(outgoing.form),
            Method::Get => {
                url.set_query(Some(&outgoing.form));
                self.http.get(url)
            }
        };
        let mut response = request.send().await.map_err(|error| before_answer(&error.without_url()))?;
        let header = |name: HeaderName| response.headers().get(name)?.to_str().ok().map(str::to_owned);
        let mut answered = HttpResponse {
            status: response.status().as_u16(),
            content_type: header(CONTENT_TYPE),
            date: header(DATE),
            retry_after: header(RETRY_AFTER),
            body: Vec::new(),
        };
        while let Some(chunk) = response.chunk().await.map_err(|error| within_answer(&error.without_url()))? {
            if answered.body.len() + chunk.len() > self.body_limit {
                return Err(TransportError::lost(format!(
                    "the answer is larger than {} bytes",
                    self.body_limit
                )));
            }
            answered.body.extend_from_slice(&chunk);
        }
        Ok(answered)
    }
}

impl Transport for Http {
    fn send(&self, outgoing: HttpRequest) -> SendFuture<'_> {
        Box::pin(self.exchange(outgoing))
    }
}

/// TLS by ring, without installing it as the process's default.
fn tls_config(tls: bool, roots: &[Vec<u8>]) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let config = if tls {
        trusting(versions, roots)?
    } else {
        // With plain http no certificate is trusted: a connection that needs TLS fails.
        versions.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}

type Versions = rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>;
type Verified = rustls::ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>;

/// Trusts the system's root certificates, and the given ones.
fn trusting(versions: Versions, roots: &[Vec<u8>]) -> Result<Verified, String> {
    let unreadable = |error: rustls::Error| format!("the certificates to trust cannot be read: {error}");
    if roots.is_empty() {
        return versions.with_platform_verifier().map_err(unreadable);
    }
    let provider = Arc::clone(versions.crypto_provider());
    let roots = roots.iter().map(|der| CertificateDer::from(der.clone()));
    let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(unreadable)?;
    Ok(versions.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}

/// Only a failed connection proves that nothing was sent.
fn before_answer(error: &reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        TransportError::not_sent(format!("no connection could be made: {}", reason(error)))
    } else {
        lost("no answer came", error)
    }
}

fn within_answer(error: &reqwest::Error) -> TransportError {
    lost("the answer was cut short", error)
}

fn lost(what: &str, error: &reqwest::Error) -> TransportError {
    let lost = TransportError::lost(format!("{what}: {}", reason(error)));
    if error.is_timeout() { lost.timed_out() } else { lost }
}

/// The reason without host, URL, or parts of the request. A TLS error contains the host, so only
/// its kind is shown; for other errors, the operating system's message.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it timed out".to_owned();
    }
    let mut cause = error.source();
    let mut message = "the connection failed";
    let mut system = None;
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return format!("TLS failed: {}", tls_reason(tls));
        }
        if let Some(code) = io.and_then(std::io::Error::raw_os_error) {
            system = Some(std::io::Error::from_raw_os_error(code).to_string());
        } else if inner.to_string().contains("lookup address") {
            message = "the host's name cannot be resolved";
        }
        // The inner error of an I/O error is not its source, but the cause.
        let wrapped =
            io.and_then(std::io::Error::get_ref).map(|wrapped| wrapped as &(dyn std::error::Error + 'static));
        cause = wrapped.or_else(|| inner.source());
    }
    system.unwrap_or_else(|| message.to_owned())
}

fn tls_reason(error: &rustls::Error) -> &'static str {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidCertificate(why) => match why {
            Certificate::Expired | Certificate::ExpiredContext { .. } => {
                "the server's certificate has expired"
            }
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet"
            }
            Certificate::UnknownIssuer => "the issuer of the server's certificate is unknown to this system",
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the server's certificate is for another host"
            }
            Certificate::Revoked => "the server's certificate was revoked",
            _ => "the server's certificate is not valid",
        },
        rustls::Error::AlertReceived(_) => "the server refused the handshake",
        _ => "the TLS handshake failed",
    }
}
