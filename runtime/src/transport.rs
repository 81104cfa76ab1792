//! Sends one HTTP request, once, and reads the whole answer or says how far it came.
//!
//! | what could send twice, or elsewhere | what is set |
//! |---|---|
//! | a redirect | none is followed |
//! | reqwest's own retries | never |
//! | a proxy from the environment | none for loopback, none for plain http |
//! | a body without end | refused while it streams, after decompression |

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderValue};
use rustls_platform_verifier::BuilderVerifierExt;

use crate::operation::Method;

/// How the provider wants a form to be announced.
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded;charset=utf-8");

/// One request.
pub(crate) struct Wire {
    pub(crate) method: Method,
    pub(crate) url: String,
    pub(crate) form: String,
    /// What the form was signed with; kept so that an answer that repeats it is masked.
    pub(crate) signature: String,
    pub(crate) timeout: Option<Duration>,
}

/// A whole answer.
pub(crate) struct Received {
    pub(crate) http: u16,
    pub(crate) body: Vec<u8>,
}

/// Why there is no whole answer. The reason holds no URL and nothing of the request.
pub(crate) struct Failure {
    /// Whether the request may have reached the provider.
    pub(crate) sent: bool,
    pub(crate) timeout: bool,
    pub(crate) why: String,
}

/// How long things may take, and how much may come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) connect: Duration,
    pub(crate) read: Duration,
    pub(crate) whole: Duration,
    pub(crate) body: usize,
}

/// The connection pool.
pub(crate) struct Transport {
    http: reqwest::Client,
    body_limit: usize,
}

impl Transport {
    /// A pool for one host. `tls` tells whether it is reached by https, `direct` that no proxy may stand between.
    pub(crate) fn new(limits: Limits, tls: bool, direct: bool) -> Result<Self, String> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls_config(tls)?)
            .connect_timeout(limits.connect)
            .read_timeout(limits.read)
            .timeout(limits.whole)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_idle_timeout(Duration::from_secs(4));
        if direct || !tls {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| reason(&error.without_url()))?;
        Ok(Self { http, body_limit: limits.body })
    }

    pub(crate) async fn send(&self, wire: Wire) -> Result<Received, Failure> {
        let request = match wire.method {
            Method::Post => self.http.post(&wire.url).header(CONTENT_TYPE, FORM).body(wire.form),
            Method::Get => self.http.get(format!("{}?{}", wire.url, wire.form)),
        };
        let request = match wire.timeout {
            Some(limit) => request.timeout(limit),
            None => request,
        };
        let mut response =
            request.send().await.map_err(|error| Failure::before_answer(&error.without_url()))?;
        let http = response.status().as_u16();
        let mut body = Vec::new();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| Failure::within_answer(&error.without_url()))?
        {
            if body.len() + chunk.len() > self.body_limit {
                return Err(Failure {
                    sent: true,
                    timeout: false,
                    why: format!("the answer is larger than {} bytes", self.body_limit),
                });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Received { http, body })
    }
}

/// TLS by ring, chosen here and installed nowhere, so that it does not meddle with the program's own choice.
fn tls_config(tls: bool) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let config = if tls {
        versions
            .with_platform_verifier()
            .map_err(|error| format!("the system's certificates cannot be read: {error}"))?
    } else {
        // Plain http trusts nobody: a server that asks for TLS all the same gets none.
        versions.with_root_certificates(rustls::RootCertStore::empty())
    };
    Ok(config.with_no_client_auth())
}

impl Failure {
    /// Only a connection that was never made proves that nothing was sent.
    fn before_answer(error: &reqwest::Error) -> Self {
        let sent = !(error.is_connect() || error.is_builder());
        let what = if sent { "no answer came" } else { "no connection could be made" };
        Self { sent, timeout: error.is_timeout(), why: format!("{what}: {}", reason(error)) }
    }

    fn within_answer(error: &reqwest::Error) -> Self {
        Self {
            sent: true,
            timeout: error.is_timeout(),
            why: format!("the answer was cut short: {}", reason(error)),
        }
    }
}

/// What went wrong, in words that hold no host, no URL and nothing of the request: an error of TLS names the host, so only its
/// kind is said, and of all others the operating system's word.
fn reason(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "it took too long".to_owned();
    }
    let mut cause: Option<&(dyn std::error::Error + 'static)> = error.source();
    let mut said = "the exchange broke off";
    let mut system = None;
    while let Some(inner) = cause {
        let io = inner.downcast_ref::<std::io::Error>();
        let wrapped = io.and_then(std::io::Error::get_ref).and_then(|wrapped| wrapped.downcast_ref());
        if let Some(tls) = inner.downcast_ref::<rustls::Error>().or(wrapped) {
            return format!("TLS failed: {}", tls_reason(tls));
        }
        if let Some(code) = io.and_then(std::io::Error::raw_os_error) {
            system = Some(std::io::Error::from_raw_os_error(code).to_string());
        } else if inner.to_string().contains("lookup address") {
            said = "the host's name cannot be resolved";
        }
        cause = inner.source();
    }
    system.unwrap_or_else(|| said.to_owned())
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
            Certificate::UnknownIssuer => {
                "nobody that this system trusts has signed the server's certificate"
            }
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                "the server's certificate is for another host"
            }
            Certificate::Revoked => "the server's certificate was revoked",
            _ => "the server's certificate is not valid",
        },
        rustls::Error::AlertReceived(_) => "the server refused the handshake",
        _ => "the server speaks no TLS that this client does",
    }
}
