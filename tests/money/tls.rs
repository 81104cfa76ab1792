//! Real TLS: a server with an unknown certificate gets no request, and gets one once the
//! certificate is trusted.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use pyi::{Billing, Client, Credentials, IdCardTwoFactor, MatchStatus};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::canary::{ID, NAME, SECRET, body};

/// A TLS server for `localhost`; gives its port, its certificate, and how many requests it has
/// read.
fn serve() -> (u16, Vec<u8>, Arc<AtomicUsize>) {
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = certified.cert.der().clone();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate.clone()], key)
        .unwrap();
    let (config, read) = (Arc::new(config), Arc::new(AtomicUsize::new(0)));
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let count = Arc::clone(&read);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let mut request = [0; 8192];
            if matches!(tls.read(&mut request), Ok(1..)) {
                count.fetch_add(1, Ordering::SeqCst);
                let body = body(10000);
                let head =
                    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
                let _ = tls.write_all(format!("{head}{body}").as_bytes());
                let _ = tls.flush();
            }
        }
    });
    (port, certificate.to_vec(), read)
}

fn person() -> IdCardTwoFactor {
    IdCardTwoFactor { bank_id: ID.into(), bank_name: NAME.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_certificate_that_nobody_trusts_costs_nothing() {
    let (port, certificate, read) = serve();
    let builder = |host: &str| {
        Client::builder()
            .base_url(format!("https://{host}:{port}"))
            .app("1", Credentials::hash(SECRET))
            .retries(1)
    };
    let error = builder("localhost").build().unwrap().id_card_two_factor(&person()).await.unwrap_err();
    assert_eq!(error.billing(), Billing::NotSent);
    assert!(error.to_string().contains("TLS failed") && !error.to_string().contains("localhost"), "{error}");

    let client = builder("localhost").root_certificate(certificate.clone()).build().unwrap();
    let reply = client.id_card_two_factor(&person()).await.unwrap();
    assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Match));
    assert_eq!(read.load(Ordering::SeqCst), 1);

    let client = builder("127.0.0.1").root_certificate(certificate).build().unwrap();
    let error = client.id_card_two_factor(&person()).await.unwrap_err();
    assert!(error.to_string().contains("for another host"), "{error}");
    assert_eq!((error.billing(), read.load(Ordering::SeqCst)), (Billing::NotSent, 1));
}
