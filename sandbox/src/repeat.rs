//! What a failing test prints of the faults that its requests met: the seed, and for each of the last ones a line of curl
//! that sends the request again.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;
use crate::request::ParsedRequest;

/// Maximum requests that are printed.
const LAST: usize = 5;

/// The last requests that met a fault at a rate.
#[derive(Default)]
pub(crate) struct LastMet(Mutex<VecDeque<(String, String)>>);

impl LastMet {
    pub(crate) fn add(&self, method: &str, request: &ParsedRequest, fault: &Fault) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LAST {
            last.pop_front();
        }
        last.push_back((format!("{fault:?}"), arguments(method, request)));
    }

    /// The lines for a failing test; `None` if no request met a fault.
    pub(crate) fn lines(&self, seed: u64, address: SocketAddr) -> Option<String> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_empty() {
            return None;
        }
        let mut lines =
            format!("pyi-sandbox: faults at rates, seed {seed}; the last requests that met one:\n");
        for (fault, arguments) in last.iter() {
            lines.push_str(&format!(
                "  {fault}\n  curl -sS {}\n",
                arguments.replace(URL, &format!("http://{address}"))
            ));
        }
        Some(lines)
    }
}

/// Stands for the sandbox's URL.
const URL: &str = "\u{0}";

/// The arguments of curl. All text from outside is between single quotes.
fn arguments(method: &str, request: &ParsedRequest) -> String {
    let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
    let mut arguments = format!("-X {} {}", quoted(method), quoted(&format!("{URL}{}{query}", request.path)));
    for (name, value) in request.headers() {
        let is_own = ["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"];
        if let (Ok(value), false) = (value.to_str(), is_own.contains(&name.as_str())) {
            arguments.push_str(&format!(" -H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if !request.body.is_empty() {
        arguments.push_str(&format!(" --data-raw {}", quoted(&request.body)));
    }
    arguments
}

/// A word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}
