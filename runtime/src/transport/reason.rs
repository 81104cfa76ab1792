//! The reasons of a failed exchange, without host, URL, or parts of the request.

use std::error::Error;
use std::io;

use super::TransportError;

/// Only a failed connection proves that nothing was sent.
pub(super) fn before_answer(error: &reqwest::Error) -> TransportError {
    if error.is_connect() || error.is_builder() {
        let (why, cause) = reason(error);
        with(TransportError::not_sent(format!("no connection could be made: {why}")), cause, error)
    } else {
        lost("no answer came", error)
    }
}

pub(super) fn within_answer(error: &reqwest::Error) -> TransportError {
    lost("the answer was cut short", error)
}

fn lost(what: &str, error: &reqwest::Error) -> TransportError {
    let (why, cause) = reason(error);
    with(TransportError::lost(format!("{what}: {why}")), cause, error)
}

fn with(mut failed: TransportError, cause: Option<io::Error>, error: &reqwest::Error) -> TransportError {
    if error.is_timeout() {
        failed = failed.timed_out();
    }
    match cause {
        Some(cause) => failed.caused_by(cause),
        None => failed,
    }
}

/// The reason without host, URL, or parts of the request. A TLS error contains the host, so only
/// its kind is shown; for other errors, the operating system's error, which is the cause too.
pub(super) fn reason(error: &reqwest::Error) -> (String, Option<io::Error>) {
    if error.is_timeout() {
        return ("it timed out".to_owned(), Some(io::ErrorKind::TimedOut.into()));
    }
    let mut cause = error.source();
    let mut message = "the connection failed";
    let mut system = None;
    while let Some(inner) = cause {
        let os = inner.downcast_ref::<io::Error>();
        if let Some(tls) = inner.downcast_ref::<rustls::Error>() {
            return (format!("TLS failed: {}", tls_reason(tls)), None);
        }
        if let Some(code) = os.and_then(io::Error::raw_os_error) {
            system = Some(io::Error::from_raw_os_error(code));
        } else if inner.to_string().contains("lookup address") {
            message = "the host's name cannot be resolved";
        }
        // The inner error of an I/O error is not its source, but the cause.
        let wrapped = os.and_then(io::Error::get_ref).map(|wrapped| wrapped as &(dyn Error + 'static));
        cause = wrapped.or_else(|| inner.source());
    }
    (system.as_ref().map_or_else(|| message.to_owned(), ToString::to_string), system)
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
