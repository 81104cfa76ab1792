//! What a failing test prints of the faults that its requests met: the seed, and for each of the
//! last ones a line of curl that sends the request again.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};

use crate::fault::Fault;
use crate::fault_rates::FaultRates;
use crate::request::ParsedRequest;

/// Maximum requests that are printed.
const LAST: usize = 5;

/// The last requests that met a fault at a rate.
#[derive(Default)]
pub(crate) struct LastMet(Mutex<VecDeque<MetRequest>>);

struct MetRequest {
    fault: String,
    method: String,
    /// The path and the query.
    target: String,
    /// Headers and body, as arguments of curl.
    rest: String,
}

impl LastMet {
    pub(crate) fn add(&self, method: &str, request: &ParsedRequest, fault: &Fault) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.len() == LAST {
            last.pop_front();
        }
        let query = if request.query.is_empty() { String::new() } else { format!("?{}", request.query) };
        last.push_back(MetRequest {
            fault: serde_json::json!(fault).to_string(),
            method: quoted(method),
            target: format!("{}{query}", request.path),
            rest: rest(request),
        });
    }

    /// The lines for a failing test; `None` if no request met a fault.
    pub(crate) fn lines(&self, rates: &FaultRates, address: SocketAddr) -> Option<String> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if last.is_empty() {
            return None;
        }
        let settings = serde_json::json!({"faults": rates}).to_string();
        let mut lines = format!(
            "pyi-sandbox: faults at rates, seed {}. The same sandbox, for the ten minutes that a signature lasts:\n  \
             echo {} > faults.json && pyi sandbox --addr {address} --settings faults.json\nThe last requests that met a fault:\n",
            rates.seed,
            quoted(&settings)
        );
        for MetRequest { fault, method, target, rest } in last.iter() {
            let url = quoted(&format!("http://{address}{target}"));
            lines
                .push_str(&format!("  {fault}\n  curl -sS --globoff --path-as-is -X {method} {url}{rest}\n"));
        }
        Some(lines)
    }
}

/// Headers and body, as arguments of curl. All text from outside is between single quotes.
fn rest(request: &ParsedRequest) -> String {
    let mut arguments = String::new();
    for (name, value) in request.headers() {
        let is_own = ["host", "content-length", "connection", "accept-encoding", "user-agent", "accept"];
        if let (Ok(value), false) = (value.to_str(), is_own.contains(&name.as_str())) {
            // Without a value, curl takes the header away.
            let header = if value.is_empty() { format!("{name};") } else { format!("{name}: {value}") };
            arguments.push_str(&format!(" -H {}", quoted(&header)));
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
