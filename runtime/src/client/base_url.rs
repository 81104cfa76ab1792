//! The base URL of an account: its syntax and its host.

use std::net::IpAddr;

use super::core::BaseUrl;

/// A base URL and its parts.
pub(crate) struct Base {
    /// The URL without a slash at its end.
    pub(crate) url: String,
    /// Its host, with its port if it has one.
    pub(crate) authority: String,
    /// Its host, in every form in which an answer may repeat it.
    pub(crate) hosts: Vec<String>,
    pub(crate) tls: bool,
    pub(crate) loopback: bool,
}

impl From<Base> for BaseUrl {
    fn from(base: Base) -> Self {
        Self { url: base.url, authority: base.authority }
    }
}

impl Base {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let bad = |what: &str| format!("the base URL {what}; write it as https://<your host>");
        let url = url::Url::parse(text).map_err(|error| bad(&format!("cannot be read: {error}")))?;
        let tls = match url.scheme() {
            "https" => true,
            "http" => false,
            _ => return Err(bad("is neither https nor http")),
        };
        let host = url.host_str().ok_or_else(|| bad("has no host"))?;
        if url.query().is_some()
            || url.fragment().is_some()
            || !url.username().is_empty()
            || url.password().is_some()
        {
            return Err(bad("has a user, a query or a fragment"));
        }
        let hosts = hosts(host, url.port());
        Ok(Self {
            authority: url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            tls,
            loopback: is_loopback(host),
            url: url.as_str().trim_end_matches('/').to_owned(),
            hosts,
        })
    }
}

/// The forms of a host: with its port and without, and for an IPv6 address without brackets, short
/// and in full.
fn hosts(host: &str, port: Option<u16>) -> Vec<String> {
    let mut hosts = vec![host.to_owned()];
    hosts.extend(port.map(|port| format!("{host}:{port}")));
    if let Some(IpAddr::V6(address)) = address(host) {
        let groups = address.segments();
        let full = |digits: usize| groups.map(|group| format!("{group:0digits$x}")).join(":");
        hosts.extend([address.to_string(), full(1), full(4)]);
    }
    hosts
}

fn address(host: &str) -> Option<IpAddr> {
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || address(host).is_some_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_known_in_every_form() {
        let hosts = |url: &str| Base::parse(url).unwrap().hosts;
        assert_eq!(hosts("https://Host.invalid/x"), ["host.invalid"]);
        assert_eq!(hosts("http://127.0.0.1:8080"), ["127.0.0.1", "127.0.0.1:8080"]);
        assert_eq!(
            hosts("http://[0:0::1]:8080"),
            ["[::1]", "[::1]:8080", "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001"]
        );
    }
}
