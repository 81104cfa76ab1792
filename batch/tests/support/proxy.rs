//! A proxy between a worker and PostgreSQL that fails as a network does.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use pyi_batch::StoreUrl;

use super::postgres::PASSWORD;

/// What the proxy does to its connections.
#[derive(Default)]
pub(crate) struct Faults {
    /// Commits whose answers are swallowed, with their connections.
    pub(crate) swallow: AtomicU32,
    /// Of so many commits, the answer to one is swallowed. 0: none.
    pub(crate) each: AtomicU32,
    commits: AtomicU32,
    /// Commits whose answers were swallowed.
    pub(crate) swallowed: AtomicU32,
    /// Whether nothing goes through, in both directions and without an error.
    pub(crate) is_silent: AtomicBool,
    /// The connections so far, both ends of each.
    connections: Mutex<Vec<TcpStream>>,
}

/// Starts a proxy to the server of this address. Its address, and its faults.
pub(crate) fn start(url: &StoreUrl) -> (StoreUrl, Arc<Faults>) {
    let shown = url.to_string();
    let place = shown.split('@').nth(1).unwrap();
    let (server, database) = place.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let faults = Arc::new(Faults::default());
    let (server, shared) = (server.to_owned(), Arc::clone(&faults));
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(upstream) = TcpStream::connect(&server) else { continue };
            carry(client, upstream, &shared);
        }
    });
    (format!("postgres://pyi:{PASSWORD}@127.0.0.1:{port}/{database}").parse().unwrap(), faults)
}

fn carry(client: TcpStream, server: TcpStream, faults: &Arc<Faults>) {
    // Whether the next answer of this connection is swallowed.
    let is_doomed = Arc::new(AtomicBool::new(false));
    let (to_server, from_server) = (server.try_clone().unwrap(), server);
    let (from_client, to_client) = (client.try_clone().unwrap(), client);
    let ends = [to_server.try_clone().unwrap(), to_client.try_clone().unwrap()];
    faults.connections.lock().unwrap().extend(ends);
    let (shared, doomed) = (Arc::clone(faults), Arc::clone(&is_doomed));
    std::thread::spawn(move || {
        pump(from_client, to_server, &shared, |bytes, faults| {
            if bytes.windows(7).any(|part| part == b"COMMIT\0") && faults.swallows_one() {
                doomed.store(true, Ordering::SeqCst);
            }
            true
        });
    });
    let shared = Arc::clone(faults);
    std::thread::spawn(move || {
        pump(from_server, to_client, &shared, |_, faults| {
            let is_swallowed = is_doomed.load(Ordering::SeqCst);
            if is_swallowed {
                faults.swallowed.fetch_add(1, Ordering::SeqCst);
            }
            !is_swallowed
        });
    });
}

impl Faults {
    /// Cuts all connections. Returns whether there were any that were open.
    pub(crate) fn cut(&self) -> bool {
        let ends = std::mem::take(&mut *self.connections.lock().unwrap());
        ends.iter().filter(|end| end.shutdown(Shutdown::Both).is_ok()).count() > 0
    }

    /// Whether the answer to this commit is swallowed.
    fn swallows_one(&self) -> bool {
        let count = self.commits.fetch_add(1, Ordering::SeqCst) + 1;
        let each = self.each.load(Ordering::SeqCst);
        let is_asked =
            self.swallow.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        is_asked.is_ok() || (each > 0 && count.is_multiple_of(each))
    }
}

/// Carries bytes until one end closes, or until `may_pass` ends the connection.
fn pump(
    mut from: TcpStream,
    mut to: TcpStream,
    faults: &Faults,
    mut may_pass: impl FnMut(&[u8], &Faults) -> bool,
) {
    let mut bytes = [0; 65536];
    while let Ok(count @ 1..) = from.read(&mut bytes) {
        while faults.is_silent.load(Ordering::SeqCst) {
            std::thread::sleep(Duration::from_millis(10));
        }
        if !may_pass(&bytes[..count], faults) || to.write_all(&bytes[..count]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
