//! Limits of a sandbox's server: request size, arrival time and open connections.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use hyper::body::{Body as _, Incoming};
use tokio::time::timeout;

/// 8 MiB of any content, which form-encoding at most triples, and 1 MiB for other parameters.
pub(crate) const BODY: usize = 25 << 20;
/// Maximum time for the head of a request to arrive, and again for its body.
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
    /// Body of a request, or the refusal of a request that is too large or too slow. Refusals do
    /// not enter the request log. A client handles them by the spec's `http` statuses, as from the
    /// provider.
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

/// A refusal that closes the connection: the rest of the request is not read.
fn refusal(status: StatusCode, why: String) -> Response {
    (status, [(header::CONNECTION, "close")], why).into_response()
}
