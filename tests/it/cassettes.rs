//! `pyi sandbox --record` and `--replay`: what is written down of a call, and what a replay
//! answers.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use pyi_codegen::Input;
use pyi_codegen::ir::Provider;
use pyi_dynamic::{CallOptions, CallReport, DynamicClient};
use pyi_runtime::{Billing, CallOutcome, Client, Decimal};
use pyi_sandbox::{CassetteKey, Proxy, Sandbox};
use serde_json::{Value, json};

use crate::support::{Raw, pyi, root};

/// A server of `pyi sandbox`, and its URL, app id and secret.
struct Running {
    child: Child,
    url: String,
}

impl Running {
    fn start(arguments: &[&str], home: &Path) -> Self {
        let mut command = pyi();
        command.args(["sandbox", "--spec"]).arg(root().join("spec")).args(arguments).env("HOME", home);
        command.env_remove("XDG_STATE_HOME");
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut url = None;
        for line in BufReader::new(child.stdout.take().unwrap()).lines() {
            let line = line.unwrap();
            if let Some(found) = line.strip_prefix("url     ") {
                url = Some(found.to_owned());
            }
            if line.starts_with("page  ") || line.starts_with("calls go to the provider") {
                break;
            }
        }
        Self { child, url: url.unwrap() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) const ID: &str = "11010519490307002X";
pub(crate) const NAME: &str = "金丝雀";
const APP: &str = "canary-app-id";
const SECRET: &str = "canary-secret-0123456789";
const ELSEWHERE: &str = "canary-elsewhere";

/// `pyi call` of the first endpoint, with this person, and the report that it prints.
fn call(url: &str, app: &str, secret: &str, id: &str, name: &str) -> Value {
    let spec = root().join("spec");
    let output = pyi()
        .args(["call", "--spec", spec.to_str().unwrap(), "id_card_two_factor"])
        .args(["--base-url", url, "--app-id", app, "--bank-id", id, "--bank-name", name])
        .env("PYI_SECRET", secret)
        .output()
        .unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

/// The files of a folder: their names and their contents.
pub(crate) fn written(folder: &Path) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(&path).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// A reply that repeats the person, in members that the spec has, in such that it does not have, in
/// the message and in a header.
pub(crate) fn talkative(code: u32) -> String {
    let body = json!({
        "codeid": code,
        "message": format!("{NAME} {ID}"),
        "time": "1577695766",
        ELSEWHERE: NAME,
        "retdata": {"bank_idCard": ID, "bank_name": NAME, "bank_status": "01", "bank_sex": "男", ELSEWHERE: {"name": NAME}},
    });
    let body = body.to_string();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nx-person: {ELSEWHERE}\r\nset-cookie: {ELSEWHERE}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
}

#[test]
fn nothing_of_a_person_is_in_a_cassette_and_a_replay_knows_the_call_again() {
    let provider = Raw::answering(|number| talkative(if number == 0 { 10000 } else { 10025 }).into_bytes());
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("cassettes");
    let cassettes = folder.to_str().unwrap();
    let recorded = {
        let proxy = Running::start(
            &["--proxy", &provider.url(), "--budget", "1", "--record", cassettes],
            home.path(),
        );
        [(); 2].map(|()| call(&proxy.url, APP, SECRET, ID, NAME))
    };
    assert_eq!((&recorded[0]["outcome"], &recorded[0]["data"]["bank_name"]), (&json!("data"), &json!(NAME)));
    assert_eq!(recorded[1]["outcome"], "no_data");
    // The request arrived as the caller had signed it.
    let arrived = provider.arrived();
    assert_eq!(arrived.len(), 2);
    assert!(arrived[0].contains(&format!("appid={APP}")) && arrived[0].contains(ID), "{}", arrived[0]);
    let files = written(&folder);
    assert_eq!(files.len(), 2);
    for (name, text) in &files {
        for canary in [ID, NAME, APP, SECRET, ELSEWHERE, "%E9%87%91", "1577695766", "19490307"] {
            assert!(!name.contains(canary) && !text.contains(canary), "{canary} in {name}:\n{text}");
        }
    }
    let first: Value = serde_json::from_str(&files[0].1).unwrap();
    assert_eq!((&first["reply"]["status"], &first["reply"]["http"]), (&json!("10000"), &json!(200)));
    let (asked, data) = (&first["request"], &first["reply"]["data"]);
    assert_eq!(data["bank_status"], "01", "a code of the spec stays");
    // The same value has one invented value, wherever it is.
    assert_eq!((&asked["bank_id"], &asked["bank_name"]), (&data["bank_idCard"], &data["bank_name"]));
    let (id, name) = (asked["bank_id"].as_str().unwrap(), asked["bank_name"].as_str().unwrap());
    // With the key, the person is known again; without it, the invented one alone; each answer in
    // its turn, and then the last.
    let replay = Running::start(&["--replay", cassettes], home.path());
    let secret = pyi_sandbox::SECRET;
    let replayed = [(); 3].map(|()| call(&replay.url, pyi_sandbox::APP_ID, secret, ID, NAME));
    for (replayed, recorded) in replayed.iter().zip([&recorded[0], &recorded[1], &recorded[1]]) {
        for part in ["outcome", "code", "billing", "class"] {
            assert_eq!(replayed[part], recorded[part], "{part}");
        }
    }
    assert_eq!(replayed[0]["data"], *data);
    let elsewhere = tempfile::tempdir().unwrap();
    let replay = Running::start(&["--replay", cassettes], elsewhere.path());
    assert_eq!(call(&replay.url, pyi_sandbox::APP_ID, secret, id, name)["data"], *data);
    let missed = call(&replay.url, pyi_sandbox::APP_ID, secret, ID, NAME);
    assert_eq!((&missed["outcome"], &missed["code"]), (&json!("unknown"), &Value::Null), "{missed}");
    // A wrong signature is refused as ever.
    assert_eq!(call(&replay.url, pyi_sandbox::APP_ID, "another", id, name)["class"], "auth");
}

/// The texts of a spec, with a price in each endpoint.
pub(crate) fn priced(folder: &Path) -> Vec<(String, String)> {
    let (provider, report) = pyi_codegen::load(Input::Folder { path: folder, shown: "spec" });
    assert!(report.is_empty(), "{report}");
    let files = provider.files.into_iter();
    files
        .map(|file| {
            let has_price = !file.name.starts_with("endpoints/") || file.text.contains("\nprice:");
            let price = if has_price { "" } else { "\nprice: {currency: CNY, tiers: {1: \"0.10\"}}\n" };
            (file.name, format!("{}{price}", file.text))
        })
        .collect()
}

pub(crate) fn borrowed(texts: &[(String, String)]) -> Vec<(&str, &str)> {
    texts.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect()
}

/// A client of a server, with the app of a sandbox.
pub(crate) fn client(server: &Sandbox, app_of: &Sandbox, spec: &Provider) -> DynamicClient {
    let app = app_of.app_by(spec.sign.methods[0]);
    let builder = Client::builder().base_url(server.url()).app_of(app).loopback_only().retries(0);
    let builder = spec.hosts().into_iter().fold(builder, |builder, name| builder.host(name, server.url()));
    DynamicClient::new(spec.clone(), builder.build().unwrap())
}

/// The values of all required fields.
pub(crate) fn examples(spec: &Provider, endpoint: &pyi_codegen::ir::Endpoint) -> Vec<(String, String)> {
    let required = endpoint.request.iter().filter(|field| !field.optional);
    required.map(|field| (field.wire.clone(), pyi_export::samples::example(spec, field))).collect()
}

fn summary(report: &CallReport) -> (CallOutcome, Option<String>, Billing) {
    (report.outcome(), report.code().map(|code| code.to_string()), report.billing())
}

/// Whether two values have the same members of the same kinds. What is in a member of type `any` is
/// dropped.
fn same_shape(before: &Value, after: &Value) -> bool {
    match (before, after) {
        (Value::Array(before), Value::Array(after)) => {
            before.len() == after.len()
                && before.iter().zip(after).all(|(before, after)| same_shape(before, after))
        }
        (Value::Object(_), after) if *after == json!({"_": "?"}) => true,
        (Value::Array(_), after) if *after == json!(["?"]) => true,
        (Value::Object(before), Value::Object(after)) => {
            before.len() == after.len()
                && before
                    .iter()
                    .all(|(name, value)| after.get(name).is_some_and(|after| same_shape(value, after)))
        }
        (Value::Null, Value::Null)
        | (Value::Bool(_), Value::Bool(_))
        | (Value::Number(_), Value::Number(_)) => true,
        (Value::String(_), Value::String(_)) => true,
        _ => false,
    }
}

/// Each endpoint of each spec, recorded and replayed: outcome, status, billing and shape are the
/// same.
#[tokio::test(flavor = "multi_thread")]
async fn each_endpoint_of_each_provider_is_replayed_as_it_was_recorded() {
    let mut folders = crate::providers::folders();
    folders.push(root().join("spec"));
    let mut endpoints = 0;
    for folder in folders {
        let texts = priced(&folder);
        let (spec, _) = pyi_codegen::load(Input::Texts(&borrowed(&texts)));
        let cassettes = tempfile::tempdir().unwrap();
        let key = CassetteKey::new([7; 32]);
        let provider = Sandbox::start(&borrowed(&texts)).await.unwrap();
        let mut settings =
            Proxy::new(provider.url(), Decimal::from(1000)).record(cassettes.path(), key.clone());
        for name in spec.hosts() {
            settings = settings.host(name, provider.url());
        }
        let proxy = Sandbox::builder().proxy(settings).start(&borrowed(&texts)).await.unwrap();
        let recording = client(&proxy, &provider, &spec);
        let mut recorded = Vec::new();
        for endpoint in &spec.endpoints {
            let values = examples(&spec, endpoint);
            let report = recording.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            assert_eq!(
                report.outcome(),
                CallOutcome::Data,
                "{} {}: {:?}",
                spec.name,
                endpoint.id,
                report.error()
            );
            recorded.push((endpoint.id.clone(), values, report));
        }
        assert_eq!(written(cassettes.path()).len(), recorded.len(), "{}", spec.name);
        let replay =
            Sandbox::builder().replay(cassettes.path(), Some(key)).start(&borrowed(&texts)).await.unwrap();
        let replaying = client(&replay, &replay, &spec);
        for (id, values, before) in recorded {
            let after = replaying.call(&id, &values, &CallOptions::default()).await.unwrap();
            assert_eq!(summary(&after), summary(&before), "{} {id}: {:?}", spec.name, after.error());
            let json = |report: &CallReport| -> Value {
                serde_json::from_str(report.data().unwrap().json()).unwrap()
            };
            let (before, after) = (json(&before), json(&after));
            assert!(same_shape(&before, &after), "{} {id}:\n{before}\n{after}", spec.name);
            endpoints += 1;
        }
    }
    assert!(endpoints > 40, "{endpoints}");
}

pub(crate) fn provider_file() -> String {
    std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap()
}

/// The HTTP status of an answer is that of the recording, whatever its envelope says.
#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_http_status_that_was_recorded() {
    let provider =
        Raw::answering(|_| talkative(10018).replace("200 OK", "402 Payment Required").into_bytes());
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let endpoint = spec.endpoint("id_card_two_factor").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let key = CassetteKey::new([6; 32]);
    let settings = Proxy::new(provider.url(), Decimal::ONE).record(folder.path(), key.clone());
    let proxy = Sandbox::builder().proxy(settings).start(pyi::SPEC).await.unwrap();
    let replay = Sandbox::builder().replay(folder.path(), Some(key)).start(pyi::SPEC);
    let recording = client(&proxy, &proxy, &spec);
    let values = examples(&spec, endpoint);
    let before = recording.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    let replay = replay.await.unwrap();
    let after =
        client(&replay, &replay, &spec).call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
    assert_eq!(summary(&after), summary(&before));
    let log = replay.request_log();
    assert_eq!(log[0].code.unwrap().to_string(), "10018");
    // As a client without a spec sees it.
    let url = format!("{}/pyi/62/169", replay.url());
    let form = log[0]
        .parameters
        .iter()
        .flat_map(|(name, value)| ["--data-urlencode".to_owned(), format!("{name}={value}")]);
    let curl = std::process::Command::new("curl")
        .args(["-s", "-o", "/dev/null", "-w", "%{http_code}"])
        .args(form)
        .arg(url)
        .output();
    assert_eq!(String::from_utf8(curl.unwrap().stdout).unwrap(), "402");
}

/// A file that is no cassette is named, and nothing of it is shown.
#[tokio::test]
async fn a_file_that_is_no_cassette_is_named() {
    let folder = tempfile::tempdir().unwrap();
    for (text, place) in [
        ("{\"cassette\": 1, \"name\": \"金丝雀\"}", "line 1"),
        ("[", "line 1"),
        (
            "{\"cassette\": 2, \"endpoint\": \"a\", \"digest\": \"b\", \"request\": {}, \"reply\": {\"http\": 200}}",
            "format 2",
        ),
    ] {
        std::fs::write(folder.path().join("a-1.json"), text).unwrap();
        std::fs::write(folder.path().join("notes.txt"), "no cassette").unwrap();
        let error =
            Sandbox::builder().replay(folder.path(), None).start(pyi::SPEC).await.unwrap_err().to_string();
        assert!(error.contains("a-1.json") && error.contains(place) && !error.contains("金丝雀"), "{error}");
    }
    let of = |digest: &str| {
        json!({"cassette": 1, "endpoint": "a", "digest": digest, "request": {}, "reply": {"http": 200}})
            .to_string()
    };
    std::fs::write(folder.path().join("a-1.json"), of("b")).unwrap();
    std::fs::write(folder.path().join("a-2.json"), of("c")).unwrap();
    let error =
        Sandbox::builder().replay(folder.path(), None).start(pyi::SPEC).await.unwrap_err().to_string();
    assert!(error.contains("a-2.json") && error.contains("of another request"), "{error}");
}
