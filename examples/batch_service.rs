//! Batches inside a service, with their ledger in PostgreSQL: a request submits people, others ask for the
//! progress and the results. The service sends the rows itself; `pyi batch work` on other machines helps.
//!
//! ```sh
//! PYI_STORE=postgres://pyi@localhost/pyi PYI_STORE_KEY=$(openssl rand -hex 32) cargo run --example batch_service
//! curl -X PUT -d '{"budget": "10.00", "people": [{"bank_id": "11010519491231002X", "bank_name": "张三"}]}' \
//!   -H 'content-type: application/json' localhost:8080/batches/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f
//! curl localhost:8080/batches/0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f # and /results/0
//! ```
//!
//! It asks the embedded sandbox, or with PYI_BASE_URL, PYI_APP_ID and PYI_SECRET the provider.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Json, Path, State};
use axum::http::StatusCode;
use axum::routing::{get, put};
use pyi_batch::{
    BatchId, BatchInfo, BatchService, Currency, Key, Money, NewBatch, NewRow, OnAmbiguous, RunHandle,
    Settings, Summary, WorkerSettings, WrappingKey, work, worst_price,
};
use pyi_codegen::{Input, ir, load};
use pyi_runtime::{Client, Credentials};
use serde_json::{Value, json};

const ENDPOINT: &str = "id_card_two_factor";
type Failure = (StatusCode, String);

#[derive(Clone)]
struct App {
    batches: BatchService,
    client: Client,
    base_url: String,
    spec: Arc<ir::Provider>,
    /// With it, the ledger tells who was asked for: it comes from the secret storage.
    key: Key,
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = pyi_sandbox::Sandbox::start(pyi::SPEC).await?;
    let setting = |name: &str, default: String| std::env::var(name).unwrap_or(default);
    let base_url = setting("PYI_BASE_URL", sandbox.url());
    let app_id = setting("PYI_APP_ID", sandbox.app_id().to_owned());
    let secret = Credentials::md5(setting("PYI_SECRET", sandbox.secret().to_owned()));
    let client = Client::builder().base_url(&base_url).app(app_id, secret).build()?;
    let (store, seal) = (std::env::var("PYI_STORE")?, WrappingKey::from_environment("PYI_STORE_KEY")?);
    let batches = BatchService::new(&store.parse()?, &seal, &[]);
    batches.migrate().await?;
    let spec = Arc::new(load(Input::Texts(pyi::SPEC)).0);
    let app = App { batches, client, base_url, spec, key: Key::new(b"32 bytes from the secret storage") };
    for id in app.batches.unfinished().await? {
        tokio::spawn(send(app.clone(), id));
    }
    let router = axum::Router::new()
        .route("/batches/{id}", put(submit).get(progress))
        .route("/batches/{id}/results/{from}", get(results))
        .with_state(app);
    let listener = tokio::net::TcpListener::bind(setting("LISTEN", "127.0.0.1:8080".to_owned())).await?;
    println!("http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, router).await?)
}

/// The caller names the batch, so a request that is repeated submits once.
async fn submit(
    State(app): State<App>,
    Path(id): Path<String>,
    Json(asked): Json<Value>,
) -> Result<StatusCode, Failure> {
    let endpoint = app.spec.endpoint(ENDPOINT).ok_or_else(|| invalid("no endpoint"))?;
    let yuan = Currency::new("CNY", 2).ok_or_else(|| invalid("no currency"))?;
    let money = |text: &str| Money::parse(text, yuan).ok_or_else(|| invalid("no amount"));
    let unit_price = money(&worst_price(endpoint).map(|price| price.to_string()).unwrap_or_default())?;
    let budget = money(asked["budget"].as_str().unwrap_or_default())?;
    let people: Result<Vec<BTreeMap<String, String>>, _> = serde_json::from_value(asked["people"].clone());
    let mut rows = Vec::new();
    for (number, person) in (1..).zip(people.map_err(|_| invalid("no people"))?) {
        let row = NewRow::checked((&app.spec, endpoint), number, person.into_iter().collect());
        rows.push(row.map_err(|reason| invalid(format!("person {number}: {reason}")))?);
    }
    let batch = NewBatch {
        id: id.parse().map_err(invalid)?,
        info: &BatchInfo { endpoint: endpoint.id.clone(), target: app.base_url.clone(), budget, unit_price },
        account: &app.base_url,
        key: &app.key,
        chunk_rows: 500,
        person_interval: Duration::ZERO,
        keep: None,
        reuse: None,
    };
    if app.batches.submit(&batch, rows).await.map_err(unavailable)?.is_new {
        tokio::spawn(send(app.clone(), batch.id));
    }
    Ok(StatusCode::ACCEPTED)
}

/// Sends rows as one worker of the batch, until all are done.
async fn send(app: App, id: BatchId) {
    match send_rows(&app, id).await {
        Ok(summary) => println!("{id}: {} sent, {} ambiguous", summary.sent, summary.ambiguous),
        Err(error) => eprintln!("{id}: {error}"),
    }
}

async fn send_rows(app: &App, id: BatchId) -> Result<Summary, Box<dyn std::error::Error + Send + Sync>> {
    let ledger = app.batches.worker(id, &WorkerSettings::default()).await?;
    let endpoint = app.spec.endpoint(&ledger.info().endpoint).ok_or("no endpoint")?;
    (ledger.info().target == app.base_url).then_some(()).ok_or("the batch is of another base URL")?;
    let (on_ambiguous, pace, outage_timeout) = (OnAmbiguous::Hold, None, Duration::from_secs(60));
    let settings =
        Settings { concurrency: 16, on_ambiguous, pace, outage_timeout, handle: RunHandle::default() };
    let sent = work(&app.client, (&app.spec, endpoint), &ledger, &settings).await;
    ledger.close().await?;
    Ok(sent?)
}

async fn progress(State(app): State<App>, Path(id): Path<String>) -> Result<Json<Value>, Failure> {
    let found = app.batches.progress(id.parse().map_err(invalid)?).await.map_err(unavailable)?;
    Ok(Json(json!({
        "rows": found.rows, "settled": found.totals.settled, "ambiguous": found.totals.ambiguous,
        "in_flight": found.totals.sending, "spent": found.totals.spent.to_string(), "budget": found.budget.to_string(),
        "workers": found.workers, "done": found.chunks_done == found.chunks, "stopped": found.stopped,
    })))
}

/// A page of the rows that were sent. The next page begins at `next`.
async fn results(
    State(app): State<App>,
    Path((id, from)): Path<(String, u64)>,
) -> Result<Json<Value>, Failure> {
    let page = app.batches.results(id.parse().map_err(invalid)?, from, 1000).await.map_err(unavailable)?;
    let next = page.last().map(|(number, _)| number + 1);
    let rows = page.into_iter().filter_map(|(number, record)| {
        let outcome = record.outcome?;
        let data: Option<Value> = outcome.data.and_then(|data| serde_json::from_str(&data).ok());
        Some(json!({"number": number, "outcome": outcome.outcome.as_str(), "billing": outcome.billing.as_str(), "data": data}))
    });
    Ok(Json(json!({"rows": rows.collect::<Vec<_>>(), "next": next})))
}

fn invalid(error: impl ToString) -> Failure {
    (StatusCode::UNPROCESSABLE_ENTITY, error.to_string())
}

fn unavailable(error: impl ToString) -> Failure {
    (StatusCode::SERVICE_UNAVAILABLE, error.to_string())
}
