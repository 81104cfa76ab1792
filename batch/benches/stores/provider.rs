//! The provider of the benchmark: it answers each call after 20 ms, and counts the calls.

use std::io::{Read as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const DELAY: Duration = Duration::from_millis(20);

const ANSWER: &str = r#"{"codeid":10000,"message":"ok","retdata":{"bank_status":"01","bank_msg":"ok"}}"#;

/// Prints the port, and serves until the process is ended.
pub(crate) async fn serve() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("{}", listener.local_addr().unwrap().port());
    let count = Arc::new(AtomicUsize::new(0));
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        tokio::spawn(answer(stream, Arc::clone(&count)));
    }
}

/// Answers the requests of a connection. One that ends is no failure.
async fn answer(mut stream: TcpStream, count: Arc<AtomicUsize>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut read = Vec::new();
    loop {
        let length = loop {
            if let Some(length) = length(&read) {
                break length;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let is_count = read.starts_with(b"GET /count");
        read.drain(..length);
        let body = if is_count {
            count.load(Ordering::Relaxed).to_string()
        } else {
            count.fetch_add(1, Ordering::Relaxed);
            tokio::time::sleep(DELAY).await;
            ANSWER.to_owned()
        };
        let text = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(text.as_bytes()).await.ok()?;
    }
}

/// The length of the first request, once it is there as a whole.
fn length(read: &[u8]) -> Option<usize> {
    let head = read.windows(4).position(|end| end == b"\r\n\r\n")? + 4;
    let text = String::from_utf8_lossy(&read[..head]).to_ascii_lowercase();
    let body = text.lines().find_map(|line| line.strip_prefix("content-length:"));
    let whole = head + body.map_or(0, |length| length.trim().parse().unwrap());
    (read.len() >= whole).then_some(whole)
}

/// The number of calls so far.
pub(crate) fn count(port: u16) -> usize {
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /count HTTP/1.1\r\n\r\n").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.rsplit("\r\n").next().unwrap().parse().unwrap()
}
