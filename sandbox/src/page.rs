//! The page at `/`: documentation of each endpoint, and a tool that signs and sends a call. `/docs`
//! shows the spec as OpenAPI in Swagger UI, whose own tool cannot sign and is off.
//!
//! A call goes to the sandbox, or to the provider if the sandbox has a client of it. A call to the
//! provider costs money, and any site open in a local browser could try to send one. Such a call
//! therefore needs the token that is printed at the start, the host that the sandbox listens on, an
//! origin of the same server, and the displayed price.

mod data;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use pyi_codegen::ir::Provider;
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_export::openapi::{Version, openapi};
use pyi_runtime::Client;
use serde::Deserialize;
use serde_json::Map;
use utoipa_swagger_ui::Config;

use crate::state::State;

const HTML: &str = include_str!("../page/index.html");
const STYLE: &str = include_str!("../page/page.css");
const WORDS: &str = include_str!("../page/words.js");
const SCRIPT: &str = include_str!("../page/page.js");

/// The page loads scripts and data from its own server only, and no other page may frame it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";
/// Swagger UI needs inline styles.
const SWAGGER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; \
                              font-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Header with the token.
const TOKEN: &str = "x-pyi-token";

/// Target of the page's calls.
pub(crate) struct Page {
    address: SocketAddr,
    client: Client,
    /// Token of calls to the provider. `None` for calls to the sandbox.
    token: Option<String>,
}

/// A call that the page requests.
#[derive(Deserialize)]
struct PageCall {
    endpoint: String,
    fields: Map<String, serde_json::Value>,
    method: Option<String>,
    format: Option<String>,
    #[serde(default)]
    debug: bool,
    #[serde(default)]
    check: bool,
    /// Displayed price.
    price: Option<String>,
}

type Rejection = (StatusCode, String);

impl Page {
    /// A page whose calls go to the sandbox itself.
    pub(crate) fn of_sandbox(address: SocketAddr, client: Client) -> Self {
        Self { address, client, token: None }
    }

    /// A page whose calls go to the provider, each with a token.
    pub(crate) fn of_provider(address: SocketAddr, client: Client, token: String) -> Self {
        Self { address, client, token: Some(token) }
    }

    /// URL of the page, with the token if calls need one.
    pub(crate) fn url(&self) -> String {
        match &self.token {
            Some(token) => format!("http://{}/#token={token}", self.address),
            None => format!("http://{}/", self.address),
        }
    }

    /// Refuses a call that may not come from the page.
    fn admit(&self, headers: &HeaderMap) -> Result<(), Rejection> {
        let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let forbidden = |why: &str| Err((StatusCode::FORBIDDEN, why.to_owned()));
        // Another site needs a CORS preflight for this content type, which the server never grants.
        if !header("content-type").starts_with("application/json") {
            return forbidden("a call needs the content type application/json");
        }
        if !matches!(header("sec-fetch-site"), "" | "same-origin") {
            return forbidden("another site sent this call");
        }
        let Some(token) = &self.token else { return Ok(()) };
        let port = self.address.port();
        let hosts = [self.address.to_string(), format!("localhost:{port}")];
        if !hosts.iter().any(|host| host == header("host")) {
            return forbidden("the host is not the one that the sandbox listens on");
        }
        if !matches!(header("origin"), "")
            && !hosts.iter().any(|host| header("origin") == format!("http://{host}"))
        {
            return forbidden("another site sent this call");
        }
        if !is_same(header(TOKEN), token) {
            return forbidden(
                "the token is missing or wrong: open the page by the URL that the sandbox printed at its start",
            );
        }
        Ok(())
    }

    async fn call(
        &self,
        provider: &Arc<Provider>,
        headers: &HeaderMap,
        body: &Bytes,
    ) -> Result<String, Rejection> {
        self.admit(headers)?;
        let unfit = |why: String| (StatusCode::BAD_REQUEST, why);
        let page_call: PageCall = serde_json::from_slice(body)
            .map_err(|error| unfit(format!("the body is not a call: {error}")))?;
        let endpoint = provider.endpoint(&page_call.endpoint);
        let endpoint = endpoint
            .ok_or_else(|| (StatusCode::NOT_FOUND, format!("unknown endpoint {}", page_call.endpoint)))?;
        if self.token.is_some() && page_call.price != data::price(endpoint) {
            let price = data::price(endpoint).unwrap_or_else(|| "unknown".to_owned());
            return Err((
                StatusCode::CONFLICT,
                format!("the displayed price is not the spec's price, {price}; load the page again"),
            ));
        }
        let given = page_call.fields.iter().map(|(name, value)| match value.as_str() {
            Some(text) => Ok((name.clone(), text.to_owned())),
            None => Err(unfit(format!("`{name}` is not text"))),
        });
        let given: Vec<(String, String)> = given.collect::<Result<_, _>>()?;
        let word = |word: &Option<String>| word.as_deref().unwrap_or_default().to_owned();
        let options = CallOptions {
            method: word(&page_call.method).parse().ok(),
            format: word(&page_call.format).parse().ok(),
            debug: page_call.debug,
            check: page_call.check,
            ..CallOptions::default()
        };
        let client = DynamicClient::new(Arc::clone(provider), self.client.clone());
        let began = Instant::now();
        let report = client.call(&page_call.endpoint, &given, &options).await;
        let report = report.map_err(|error| unfit(error.to_string()))?;
        Ok(data::answer(provider, endpoint, &report, began.elapsed()))
    }
}

/// Compares in constant time.
fn is_same(given: &str, token: &str) -> bool {
    given.len() == token.len()
        && given.bytes().zip(token.bytes()).fold(0, |difference, (a, b)| difference | (a ^ b)) == 0
}

/// Answers requests of the page. A path of the spec takes precedence.
pub(crate) async fn respond(state: &State, head: &Parts, body: &Bytes) -> Option<Response> {
    let spec = state.spec();
    let path = head.uri.path();
    if spec.provider.endpoints.iter().any(|endpoint| endpoint.path == path) {
        return None;
    }
    let page = &state.page;
    let text = |kind: &'static str, text: Body| Some(file(POLICY, kind, text));
    match (&head.method, path) {
        (&Method::GET, "/") => text("text/html; charset=utf-8", HTML.into()),
        (&Method::GET, "/page/page.css") => text("text/css; charset=utf-8", STYLE.into()),
        (&Method::GET, "/page/page.js") => text("text/javascript; charset=utf-8", SCRIPT.into()),
        (&Method::GET, "/page/words.js") => text("text/javascript; charset=utf-8", WORDS.into()),
        (&Method::GET, "/page/spec.json") => text(
            "application/json",
            data::spec(&spec.provider, &spec.report.to_string(), page.token.is_some()).into(),
        ),
        (&Method::GET, "/openapi.json") => {
            text("application/json", openapi(&spec.provider, Version::V31).unwrap_or_default().into())
        }
        (&Method::GET, "/docs") => Some(Redirect::to("/docs/").into_response()),
        (&Method::GET, path) if path.starts_with("/docs/") => {
            Some(swagger(path.trim_start_matches("/docs/")))
        }
        (&Method::POST, "/page/call") => Some(match page.call(&spec.provider, &head.headers, body).await {
            Ok(answer) => file(POLICY, "application/json", answer),
            Err(rejection) => rejection.into_response(),
        }),
        _ => None,
    }
}

fn file(policy: &'static str, kind: &str, content: impl Into<Body>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, content.into()).into_response()
}

/// A file of Swagger UI, with its own tool off since it cannot sign.
fn swagger(path: &str) -> Response {
    let config = Config::new(["/openapi.json"])
        .supported_submit_methods(Vec::<String>::new())
        .try_it_out_enabled(false);
    match utoipa_swagger_ui::serve(path, Arc::new(config)) {
        Ok(Some(found)) => file(SWAGGER_POLICY, &found.content_type, found.bytes.into_owned()),
        _ => (StatusCode::NOT_FOUND, "Swagger UI has no such file\n").into_response(),
    }
}
