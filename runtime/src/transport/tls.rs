//! TLS by rustls with ring: the roots that it trusts, and the certificate that it shows.

use std::sync::Arc;

use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls_platform_verifier::{BuilderVerifierExt, Verifier};
use secrecy::{ExposeSecret, SecretSlice};

/// The settings of TLS.
#[derive(Clone, Default)]
pub(super) struct Tls {
    /// Root certificates in DER, in addition to the system's.
    pub(super) roots: Vec<Vec<u8>>,
    /// Files of root certificates in PEM.
    pub(super) pem_roots: Vec<Vec<u8>>,
    /// The client's certificates and key in PEM.
    pub(super) client: Option<SecretSlice<u8>>,
    #[cfg(feature = "http2")]
    pub(super) http2: bool,
}

/// A configuration by ring, without installing it as the process's default. With plain http no
/// certificate is trusted: a connection that needs TLS fails.
pub(super) fn config(tls: bool, settings: &Tls) -> Result<rustls::ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let versions =
        rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
    let versions = versions.map_err(|error| format!("TLS cannot be set up: {error}"))?;
    let verified = if tls {
        trusting(versions, settings)?
    } else {
        versions.with_root_certificates(rustls::RootCertStore::empty())
    };
    #[cfg_attr(not(feature = "http2"), allow(unused_mut))]
    let mut config = match &settings.client {
        None => verified.with_no_client_auth(),
        Some(pem) => {
            let unusable =
                "the client certificate cannot be used; give a PEM file with the certificate and its key";
            let pem = pem.expose_secret();
            let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
            let chain = chain.map_err(|_| unusable)?;
            let key = PrivateKeyDer::from_pem_slice(pem).map_err(|_| unusable)?;
            verified.with_client_auth_cert(chain, key).map_err(|_| unusable)?
        }
    };
    #[cfg(feature = "http2")]
    if settings.http2 {
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    }
    Ok(config)
}

type Versions = rustls::ConfigBuilder<rustls::ClientConfig, rustls::WantsVerifier>;
type Verified = rustls::ConfigBuilder<rustls::ClientConfig, rustls::client::WantsClientCert>;

/// Trusts the system's root certificates, and the given ones.
fn trusting(versions: Versions, settings: &Tls) -> Result<Verified, String> {
    let unreadable = |error: rustls::Error| format!("the certificates to trust cannot be read: {error}");
    let mut roots: Vec<_> = settings.roots.iter().map(|der| CertificateDer::from(der.clone())).collect();
    for pem in &settings.pem_roots {
        let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
        match found {
            Ok(found) if !found.is_empty() => roots.extend(found),
            _ => {
                return Err(
                    "the certificates to trust cannot be read; give a PEM file of certificates".to_owned()
                );
            }
        }
    }
    if roots.is_empty() {
        return versions.with_platform_verifier().map_err(unreadable);
    }
    let provider = Arc::clone(versions.crypto_provider());
    let verifier = Verifier::new_with_extra_roots(roots, provider).map_err(unreadable)?;
    Ok(versions.dangerous().with_custom_certificate_verifier(Arc::new(verifier)))
}
