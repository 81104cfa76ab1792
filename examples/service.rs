//! A service that verifies a person per request: errors become HTTP statuses, calls become metrics,
//! and a request that its client gives up is recorded with what is known of its cost.
//!
//! ```sh
//! cargo run --example service
//! curl -d '{"bank_id": "11010519491231002X", "bank_name": "张三"}' -H 'content-type: application/json' localhost:8080/verify
//! ```
//!
//! A crate of its own needs pyi's features `metrics` and `serde`. It asks the embedded sandbox, or with PYI_BASE_URL, PYI_APP_ID and PYI_SECRET the provider.

use std::time::Duration;

use axum::extract::{Json, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use metrics_exporter_prometheus::PrometheusBuilder;
use pyi::{Client, Credentials, ErrorKind, IdCardTwoFactor, MatchStatus, Retry};
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let metrics = PrometheusBuilder::new().install_recorder()?;
    let sandbox = pyi_sandbox::Sandbox::start(pyi::SPEC).await?;
    let setting = |name: &str, default: String| std::env::var(name).unwrap_or(default);
    let secret = setting("PYI_SECRET", sandbox.secret().to_owned());
    let client: Client = Client::builder()
        .base_url(setting("PYI_BASE_URL", sandbox.url()))
        .app(setting("PYI_APP_ID", sandbox.app_id().to_owned()), Credentials::md5(secret))
        .timeout(Duration::from_secs(10))
        .check_values()
        .hooks(pyi_runtime::Metrics)
        .build()?;
    let app = axum::Router::new()
        .route("/verify", post(verify))
        .route("/metrics", get(move || async move { metrics.render() }))
        .with_state(client);
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080".to_owned())).await?;
    println!("http://{}", listener.local_addr()?);
    // On SIGTERM, requests that have begun are answered first.
    let mut terminated = signal(SignalKind::terminate())?;
    let stopped = async move {
        terminated.recv().await;
    };
    axum::serve(listener, app).with_graceful_shutdown(stopped).await?;
    println!("stopped");
    Ok(())
}

/// `true` and `false` are the provider's words about the person; anything else is null.
async fn verify(
    State(client): State<Client>,
    Json(person): Json<IdCardTwoFactor>,
) -> Result<Json<Value>, Failure> {
    let reply = client.id_card_two_factor(&person).await?;
    let is_match = match reply.data().ok().and_then(|data| data.bank_status.as_ref()) {
        Some(MatchStatus::Match) => Some(true),
        Some(MatchStatus::Mismatch) => Some(false),
        _ => None,
    };
    Ok(Json(json!({"match": is_match, "status": reply.status().name, "billing": reply.billing()})))
}

/// The error of a call as an answer. It names the kind, the field and the billing, and no value.
struct Failure(pyi::Error);

impl From<pyi::Error> for Failure {
    fn from(error: pyi::Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = match error.kind() {
            ErrorKind::Value => StatusCode::UNPROCESSABLE_ENTITY,
            ErrorKind::NotSent => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::Status if error.retry() == Retry::Later => StatusCode::SERVICE_UNAVAILABLE,
            ErrorKind::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::NoAnswer | ErrorKind::Status | ErrorKind::Undecodable => StatusCode::BAD_GATEWAY,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let status_name = error.status().map(|status| status.name.clone());
        let body = json!({
            "error": error.kind(), "field": error.field(), "status": status_name, "billing": error.billing(),
        });
        (status, Json(body)).into_response()
    }
}
