//! A provider in a process of its own, which counts what arrives: see `arrivals.py`.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// The server that counts, for as long as this is kept.
pub(crate) struct Arrivals {
    process: Child,
    pub(crate) port: u16,
}

impl Arrivals {
    pub(crate) fn start() -> Self {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/arrivals.py");
        let mut process =
            Command::new("python3").arg(script).stdout(Stdio::piped()).spawn().expect("Python is needed");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { port: line.trim().parse().unwrap(), process }
    }

    /// The calls of each name.
    pub(crate) fn counts(&self) -> BTreeMap<String, u32> {
        let body = self.get("/counts");
        let names = body.trim_matches(['{', '}']).split(", ").filter(|entry| !entry.is_empty());
        names
            .map(|entry| {
                let (name, count) = entry.rsplit_once(": ").unwrap();
                (name.to_owned(), count.parse().unwrap())
            })
            .collect()
    }

    /// The number of names that were called.
    pub(crate) fn names(&self) -> usize {
        self.get("/names").parse().unwrap()
    }

    fn get(&self, path: &str) -> String {
        let mut connection = std::net::TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        write!(connection, "GET {path} HTTP/1.1\r\n\r\n").unwrap();
        connection.shutdown(std::net::Shutdown::Write).unwrap();
        let mut answer = String::new();
        connection.read_to_string(&mut answer).unwrap();
        answer.split("\r\n\r\n").nth(1).unwrap().to_owned()
    }
}

impl Drop for Arrivals {
    fn drop(&mut self) {
        self.process.kill().ok();
        self.process.wait().ok();
    }
}
