//! What a sandbox's server bears: how large a request may be, how long it may take to arrive, and how many connections are open.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

/// 8 MiB of any content, where form-encoding makes at most three bytes of each, and 1 MiB for the other parameters.
pub(crate) const BODY: usize = 25 << 20;
/// The time in which the head of a request arrives, and as much for its body.
const ARRIVAL: Duration = Duration::from_secs(30);
const CONNECTIONS: usize = 512;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Limits {
    pub(crate) body: usize,
    pub(crate) arrival: Duration,
    pub(crate) connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { body: BODY, arrival: ARRIVAL, connections: CONNECTIONS }
    }
}

impl Limits {
    /// The body of a request, or the answer to one that is too large, or too slow. Neither is a request of the spec: the ledger has none of
    /// them. A client takes both for what its spec says of their HTTP status, as from the provider.
    pub(crate) async fn read(&self, body: Incoming) -> Result<Bytes, Response> {
        let most = self.body;
        let too_large = move || {
            let why = format!(
                "the request is larger than {most} bytes; start the sandbox with a higher --body-limit\n"
            );
            refusal(StatusCode::PAYLOAD_TOO_LARGE, why)
        };
        if body.size_hint().lower() > u64::try_from(most).unwrap_or(u64::MAX) {
            return Err(too_large());
        }
        match timeout(self.arrival, axum::body::to_bytes(Body::new(body), most)).await {
            Ok(read) => read.map_err(|_| too_large()),
            Err(_) => {
                let why = format!("the request took longer than {:?} to arrive\n", self.arrival);
                Err(refusal(StatusCode::REQUEST_TIMEOUT, why))
            }
        }
    }
}

/// The connection ends with it: what of the request is still to come is not read.
fn refusal(status: StatusCode, why: String) -> Response {
    (status, [(header::CONNECTION, "close")], why).into_response()
}
