//! Real TLS: a server with an unknown certificate gets no request, and gets one once the
//! certificate is trusted.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;

use pyi::{Billing, Client, Credentials, HttpTransport, HttpTransportBuilder, MatchStatus};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::canary::{SECRET, body, person};

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

/// A certificate for a name, signed by itself: PEM of the certificate, PEM of certificate and key,
/// DER of both.
struct Certificate {
    pem: String,
    with_key: String,
    der: CertificateDer<'static>,
    key: PrivateKeyDer<'static>,
}

fn certificate(name: &str) -> Certificate {
    let certified = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
    let pem = certified.cert.pem();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
    let with_key = format!("{pem}{}", certified.signing_key.serialize_pem());
    Certificate { pem, with_key, der: certified.cert.der().clone(), key }
}

/// A TLS server for `localhost` that wants a client's certificate. It gives its port, and for each
/// connection whether the handshake succeeded, and the protocol that was agreed on.
fn serve_known(server: &Certificate, client: &Certificate) -> (u16, mpsc::Receiver<Option<Vec<u8>>>) {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut known = rustls::RootCertStore::empty();
    known.add(client.der.clone()).unwrap();
    let verifier =
        rustls::server::WebPkiClientVerifier::builder_with_provider(Arc::new(known), Arc::clone(&provider));
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_client_cert_verifier(verifier.build().unwrap())
        .with_single_cert(vec![server.der.clone()], server.key.clone_key())
        .unwrap();
    config.alpn_protocols = vec![b"http/1.1".to_vec(), b"h2".to_vec()];
    let (config, listener) = (Arc::new(config), TcpListener::bind("127.0.0.1:0").unwrap());
    let port = listener.local_addr().unwrap().port();
    let (agreed, connections) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let connection = rustls::ServerConnection::new(Arc::clone(&config)).unwrap();
            let mut tls = rustls::StreamOwned::new(connection, stream);
            let done = matches!(tls.read(&mut [0; 8192]), Ok(1..));
            let body = body(10000);
            let head =
                format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = tls.write_all(format!("{head}{body}").as_bytes());
            let _ = tls.flush();
            let protocol = tls.conn.alpn_protocol().unwrap_or_default().to_vec();
            agreed.send(done.then_some(protocol)).unwrap();
        }
    });
    (port, connections)
}

/// Roots in PEM are trusted, and a client shows its certificate. Without one, nothing that the
/// provider could bill has arrived.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_shows_its_certificate() {
    let (server, shop) = (certificate("localhost"), certificate("shop"));
    let (port, connections) = serve_known(&server, &shop);
    let client = |builder: HttpTransportBuilder| -> Client {
        let transport = builder.root_certificates_pem(server.pem.clone()).build().unwrap();
        let builder = Client::builder().base_url(format!("https://localhost:{port}")).retries(0);
        builder.app("1", Credentials::md5(SECRET)).transport(transport).build().unwrap()
    };
    let known = client(HttpTransport::builder().client_certificate_pem(shop.with_key.clone()));
    let reply = known.id_card_two_factor(&person()).await.unwrap();
    assert_eq!(reply.data().unwrap().bank_status, Some(MatchStatus::Match));
    assert_eq!(connections.recv().unwrap(), Some(Vec::new()), "no protocol is offered");
    let error = client(HttpTransport::builder()).id_card_two_factor(&person()).await.unwrap_err();
    assert_ne!(error.billing(), Billing::Billed);
    assert!(!error.to_string().contains("localhost"), "{error}");
    assert_eq!(connections.recv().unwrap(), None);
    let both = HttpTransport::builder().http2().client_certificate_pem(shop.with_key.clone());
    assert!(client(both).id_card_two_factor(&person()).await.is_ok());
    assert_eq!(connections.recv().unwrap(), Some(b"http/1.1".to_vec()));
}

/// HTTP/2 as Node.js speaks it: many calls at once on one connection, each of them answered.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn calls_share_a_connection_of_http2() {
    const SERVER: &str = r#"
const fs = require('fs'), http2 = require('http2');
let sessions = 0, streams = 0;
const pem = fs.readFileSync(process.argv[2]);
const server = http2.createSecureServer({ key: pem, cert: pem });
server.on('session', () => { sessions += 1; });
server.on('stream', (stream, headers) => {
  let body = '';
  stream.on('data', (piece) => { body += piece; });
  stream.on('end', () => {
    streams += 1;
    const whole = headers[':method'] === 'POST' && body.includes('sign=');
    stream.respond({ ':status': whole ? 200 : 500, 'content-type': 'application/json' });
    stream.end(process.argv[3]);
    if (streams === 20) console.log(sessions + ' ' + streams);
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
"#;
    let server = certificate("localhost");
    let folder = tempfile::tempdir().unwrap();
    let (script, pem) = (folder.path().join("server.js"), folder.path().join("server.pem"));
    std::fs::write(&script, SERVER).unwrap();
    std::fs::write(&pem, &server.with_key).unwrap();
    let mut node = Command::new("node")
        .args([&script, &pem])
        .arg(body(10000))
        .stdout(Stdio::piped())
        .spawn()
        .expect("Node.js, see CONTRIBUTING.md");
    let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
    let port = lines.next().unwrap().unwrap();
    let transport = HttpTransport::builder().http2().root_certificates_pem(server.pem).build().unwrap();
    let builder = Client::builder().base_url(format!("https://localhost:{port}")).retries(0);
    let client: Client = builder.app("1", Credentials::md5(SECRET)).transport(transport).build().unwrap();
    // The first one opens the connection.
    client.id_card_two_factor(&person()).await.unwrap();
    let calls: Vec<_> = (1..20)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.id_card_two_factor(&person()).await })
        })
        .collect();
    for call in calls {
        let reply = call.await.unwrap().unwrap();
        assert_eq!((reply.billing(), reply.data().is_ok()), (Billing::Billed, true));
    }
    assert_eq!(lines.next().unwrap().unwrap(), "1 20", "connections and requests");
    node.kill().unwrap();
    node.wait().unwrap();
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
