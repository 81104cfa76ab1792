//! A raw TCP server that fails in given ways, and records complete requests.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use socket2::{Domain, SockRef, Socket, Type};

/// The behaviour of a connection.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// It is reset before anything of it is read.
    ResetUnread,
    /// The request is read, and the connection reset.
    ResetRead,
    /// The request is read, and the connection closed.
    CloseRead,
    /// The request is read, and nothing is said.
    Silent,
    /// The request is read, and answered with these bytes.
    Answer(Vec<u8>),
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    ledger: Arc<Mutex<Vec<String>>>,
}

impl Server {
    pub(crate) fn start(behaviour: Behaviour) -> Self {
        Self::on(TcpListener::bind("127.0.0.1:0").unwrap(), behaviour)
    }

    fn on(listener: TcpListener, behaviour: Behaviour) -> Self {
        let address = listener.local_addr().unwrap();
        let ledger = Arc::default();
        let kept = Arc::clone(&ledger);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (kept, behaviour) = (Arc::clone(&kept), behaviour.clone());
                thread::spawn(move || behave(stream, &behaviour, &kept));
            }
        });
        Self { address, ledger }
    }

    /// As an HTTP answer.
    pub(crate) fn http(status: &str, headers: &str, body: &[u8]) -> Self {
        Self::start(answer(status, headers, body))
    }

    /// The same at another address; `None` on a machine that has none of its kind.
    pub(crate) fn http_at(address: &str, status: &str, headers: &str, body: &[u8]) -> Option<Self> {
        let listener = TcpListener::bind(address).ok()?;
        Some(Self::on(listener, answer(status, headers, body)))
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests that arrived whole.
    pub(crate) fn arrived(&self) -> Vec<String> {
        self.ledger.lock().unwrap().clone()
    }
}

fn answer(status: &str, headers: &str, body: &[u8]) -> Behaviour {
    let length = body.len();
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
    Behaviour::Answer([head.as_bytes(), body].concat())
}

fn behave(mut stream: TcpStream, behaviour: &Behaviour, ledger: &Mutex<Vec<String>>) {
    let reset = |stream: &TcpStream| SockRef::from(stream).set_linger(Some(Duration::ZERO)).unwrap();
    if matches!(behaviour, Behaviour::ResetUnread) {
        // It has begun to arrive, and stays in the kernel: reset sooner, a client may still be
        // connecting, and send nothing.
        let _ = stream.peek(&mut [0; 1]);
        reset(&stream);
        return;
    }
    let Some(request) = read(&mut stream) else { return };
    ledger.lock().unwrap().push(request);
    match behaviour {
        Behaviour::ResetUnread | Behaviour::CloseRead => {}
        Behaviour::ResetRead => reset(&stream),
        Behaviour::Silent => thread::sleep(Duration::from_secs(20)),
        Behaviour::Answer(bytes) => {
            let _ = stream.write_all(bytes);
            let _ = stream.shutdown(Shutdown::Write);
            // What is read to its end is not reset under the answer.
            let _ = stream.read(&mut [0; 64]);
        }
    }
}

/// A whole request: its head, and as much of a body as that announces. `None` if it ends before.
fn read(stream: &mut TcpStream) -> Option<String> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if body.len() >= length.map_or(0, |length| length.parse().unwrap()) {
                return Some(text);
            }
        }
        match stream.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    }
}

/// An address at which connecting takes for ever: a listener that accepts nobody, its queue full.
pub(crate) struct Unreachable {
    pub(crate) url: String,
    _held: Vec<Socket>,
}

impl Unreachable {
    pub(crate) fn new() -> Self {
        let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).unwrap();
        listener.listen(0).unwrap();
        let address = listener.local_addr().unwrap();
        let mut held = vec![listener];
        for _ in 0..4 {
            let filler = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            filler.set_nonblocking(true).unwrap();
            let _ = filler.connect(&address);
            held.push(filler);
        }
        Self { url: format!("http://{}", address.as_socket().unwrap()), _held: held }
    }
}

/// An address at which nobody listens.
pub(crate) fn refused() -> String {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    format!("http://{free}")
}
