//! The signatures that providers print, through whole clients: a call that has the parameters of
//! each vector sends the signature of its page.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pyi_codegen::Input;
use pyi_codegen::ir::{CommonSource, ParameterPlace, Provider};
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_runtime::{App, Client, Credentials, HttpRequest, SendFuture, SignMethod, Transport, TransportError};
use serde_json::{Value, json};

use crate::support::root;

/// A vector as an endpoint of its provider's spec.
pub(crate) struct Vector {
    pub(crate) name: String,
    /// The files of a spec whose only endpoint is `vector`.
    pub(crate) files: Vec<(String, String)>,
    pub(crate) method: SignMethod,
    pub(crate) app_id: String,
    pub(crate) secret: String,
    /// The name and the signature as they are in what is sent.
    pub(crate) sent: String,
}

/// All vectors. The parameters of a vector that the client fills in are fixed, except the app's id.
pub(crate) fn vectors() -> Vec<Vector> {
    let text = std::fs::read_to_string(root().join("providers/vectors.yaml")).unwrap();
    let all: BTreeMap<String, Vec<Value>> = serde_yaml::from_str(&text).unwrap();
    let mut vectors = Vec::new();
    for (name, listed) in all {
        let file = root().join("providers").join(&name).join("provider.yaml");
        let provider = std::fs::read_to_string(file).unwrap();
        let (ir, _) = pyi_codegen::load(Input::Texts(&[("provider.yaml", &provider)]));
        for (index, vector) in listed.iter().enumerate() {
            vectors.push(of(&format!("{name}_{index}"), &ir, &provider, vector));
        }
    }
    assert!(vectors.len() >= 12, "{}", vectors.len());
    vectors
}

fn of(name: &str, ir: &Provider, provider: &str, vector: &Value) -> Vector {
    let text = |key: &str| vector[key].as_str().unwrap_or_else(|| panic!("{vector}")).to_owned();
    let mut fixed: BTreeMap<String, String> = serde_json::from_value(vector["parameters"].clone()).unwrap();
    let id = ir.common_from(CommonSource::AppId).map(|common| common.name.clone());
    let app_id = id.and_then(|id| fixed.remove(&id)).unwrap_or_else(|| "the id".to_owned());
    // What the vector does not have is not sent.
    let is_app_id = |source| source == pyi_codegen::ir::Source::Common(CommonSource::AppId);
    let others = ir.common.iter().filter(|common| {
        let has_id = is_app_id(common.source) && app_id != "the id";
        !fixed.contains_key(&common.name) && !has_id
    });
    let common: BTreeMap<&str, bool> = others.map(|common| (common.name.as_str(), false)).collect();
    let method = vector["http_method"].as_str().unwrap_or("POST");
    let is_xml = name.starts_with("wechat_pay");
    let endpoint = json!({
        "path": vector["path"].as_str().unwrap_or("/"),
        "title": "a vector",
        "source": text("source"),
        "effect": "query",
        "methods": [method],
        "formats": ["json"],
        "body": if is_xml { "xml" } else { "form" },
        "envelope": {"data": "data"},
        "fixed": fixed,
        "common": common,
        "request": {},
        "response": "any",
    });
    let mut endpoint = endpoint;
    if method == "GET" {
        endpoint.as_object_mut().unwrap().remove("body");
    }
    let (parameter, signature) = (&ir.sign.parameter, text("signature"));
    assert!(matches!(ir.sign.place, ParameterPlace::Body | ParameterPlace::Query), "{name}");
    let encoded = signature.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
    Vector {
        name: name.to_owned(),
        files: vec![
            ("provider.yaml".to_owned(), provider.to_owned()),
            ("endpoints/vector.yaml".to_owned(), endpoint.to_string()),
        ],
        method: text("method").parse().unwrap(),
        app_id,
        secret: text("secret"),
        sent: match is_xml {
            true => format!("<{parameter}>{signature}</{parameter}>"),
            false => format!("{parameter}={encoded}"),
        },
    }
}

/// Keeps what would be sent, and sends nothing.
#[derive(Clone, Default)]
struct Captured(Arc<Mutex<String>>);

impl Transport for Captured {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        *self.0.lock().unwrap() = format!("{}&{}", request.query, request.body);
        Box::pin(async { Err(TransportError::not_sent("it is kept")) })
    }
}

#[tokio::test]
async fn an_interpreted_call_sends_the_signature_of_each_vector() {
    for vector in vectors() {
        let files: Vec<(&str, &str)> =
            vector.files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let (spec, report) = pyi_codegen::load(Input::Texts(&files));
        assert!(report.is_empty(), "{}: {report}", vector.name);
        let captured = Captured::default();
        let app = App::new(vector.app_id, Credentials::new(vector.method, vector.secret));
        let client = Client::builder().base_url("http://127.0.0.1:1").app_of(app).retries(0);
        let client = client.transport(captured.clone()).loopback_only().build().unwrap();
        let dynamic = DynamicClient::new(Arc::new(spec), client);
        let report = dynamic.call("vector", &[], &CallOptions::default()).await.unwrap();
        let sent = captured.0.lock().unwrap().clone();
        assert!(sent.contains(&vector.sent), "{}: {sent} {:?}", vector.name, report.error());
    }
}
