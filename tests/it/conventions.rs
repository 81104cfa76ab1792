//! Conventions of signing that no shipped provider has, each a spec under tests/conventions: the
//! interpreted client, the sandbox, `pyi sign` and programs in four languages, held against a
//! server in Python that checks requests by its own few lines.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Output, Stdio};

use pyi_codegen::Input;
use pyi_codegen::ir::{Endpoint, Provider};
use pyi_dynamic::{CallOptions, CallReport, DynamicClient};
use pyi_export::samples::sample;
use pyi_export::samples::{Lang, example};
use pyi_runtime::CallOutcome;
use pyi_sandbox::{Fault, Sandbox};

use crate::samples::INTERPRETED;
use crate::specs::{borrowed, case_in};
use crate::support::{has, root};

const APP: &str = "an-app";
/// What the server has too.
const SECRET: &str = "c2VjcmV0IHNlY3JldCBzZWNyZXQ=";
/// Another one, in base64 as well.
const ANOTHER: &str = "YW5vdGhlcg==";

/// The texts of each spec, by its name.
fn specs() -> Vec<(String, Vec<(String, String)>)> {
    let mut specs = Vec::new();
    for entry in std::fs::read_dir(root().join("tests/conventions")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "yaml") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            specs.push((name, case_in(&path, "")));
        }
    }
    specs.sort();
    assert!(specs.len() >= 7, "{}", specs.len());
    specs
}

fn load(texts: &[(String, String)]) -> Provider {
    let (provider, report) = pyi_codegen::load(Input::Texts(&borrowed(texts)));
    assert!(report.is_empty(), "{report}");
    provider
}

/// The values of the required fields, as the samples have them.
fn examples(provider: &Provider, endpoint: &Endpoint) -> Vec<(String, String)> {
    let fields = endpoint.request.iter().filter(|field| !field.optional);
    fields.map(|field| (field.wire.clone(), example(provider, field))).collect()
}

async fn call(url: &str, provider: &Provider, endpoint: &Endpoint, app: &str, secret: &str) -> CallReport {
    let credentials = pyi_runtime::Credentials::new(provider.sign.methods[0], secret);
    let builder = pyi_runtime::Client::builder().base_url(url).app(app, credentials).loopback_only();
    let client = DynamicClient::new(provider.clone(), builder.retries(0).build().unwrap());
    client.call(&endpoint.id, &examples(provider, endpoint), &CallOptions::default()).await.unwrap()
}

/// Runs the sample of an endpoint.
fn run(
    folder: &std::path::Path,
    (lang, program, ending): (Lang, &str, &str),
    (provider, endpoint): (&Provider, &Endpoint),
    url: &str,
    (app, secret): (&str, &str),
) -> Output {
    let script = folder.join(format!("{}.{ending}", endpoint.id));
    std::fs::write(&script, sample(provider, endpoint, lang, "demo")).unwrap();
    let mut command = Command::new(program);
    command.arg(&script).env("PYI_BASE_URL", url).env("PYI_APP_ID", app).env("PYI_SECRET", secret);
    command.env("no_proxy", "127.0.0.1").output().unwrap()
}

fn languages() -> impl Iterator<Item = (Lang, &'static str, &'static str)> {
    INTERPRETED
        .into_iter()
        .filter(|(lang, program, _)| has(if *lang == Lang::Curl { "curl" } else { program }))
}

struct Judge(Child, String);

impl Judge {
    fn start() -> Self {
        let mut python = Command::new("python3");
        python.arg(root().join("tests/conventions/judge.py")).stdout(Stdio::piped());
        let mut server = python.spawn().unwrap();
        let port = BufReader::new(server.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        Self(server, format!("http://127.0.0.1:{port}"))
    }

    /// The faults of the latest request, of so many.
    fn verdict(&self, count: usize) -> Vec<String> {
        let mut curl = Command::new("curl");
        let output =
            curl.args(["--silent", "--noproxy", "*", &format!("{}/verdicts", self.1)]).output().unwrap();
        let verdicts: Vec<(String, String, Vec<String>)> = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(verdicts.len(), count);
        verdicts.last().unwrap().2.clone()
    }
}

impl Drop for Judge {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_python_takes_what_the_client_and_the_programs_send() {
    let judge = Judge::start();
    let folder = tempfile::tempdir().unwrap();
    let mut count = 0;
    for (name, texts) in specs() {
        let provider = load(&texts);
        let url = format!("{}/{name}", judge.1);
        for endpoint in &provider.endpoints {
            let answered = call(&url, &provider, endpoint, APP, SECRET).await;
            count += 1;
            assert_eq!(judge.verdict(count), [""; 0], "{name}");
            assert_eq!(answered.outcome(), CallOutcome::Data, "{name}: {answered:?}");
            let refused = call(&url, &provider, endpoint, APP, ANOTHER).await;
            count += 1;
            assert_eq!(judge.verdict(count).len(), 1, "{name}");
            assert_eq!(refused.outcome(), CallOutcome::Error, "{name}: {refused:?}");
            for language in languages() {
                let output = run(folder.path(), language, (&provider, endpoint), &url, (APP, SECRET));
                count += 1;
                let text = sample(&provider, endpoint, language.0, "demo");
                assert_eq!(judge.verdict(count), [""; 0], "{name}: {output:?}\n{text}");
                assert_eq!(output.status.code(), Some(0), "{name}: {output:?}\n{text}");
                let printed = String::from_utf8_lossy(&output.stdout);
                let is_empty = endpoint.response.fields().is_empty();
                assert!(
                    is_empty || printed.contains("示例") || printed.contains("\\u793a"),
                    "{name}: {printed}\n{text}"
                );
                let output = run(folder.path(), language, (&provider, endpoint), &url, (APP, ANOTHER));
                count += 1;
                assert_eq!(judge.verdict(count).len(), 1, "{name}: {output:?}\n{text}");
                assert_eq!(output.status.code(), Some(3), "{name}: {output:?}\n{text}");
            }
        }
    }
}

/// The sandbox takes what programs sign with the libraries of their languages, and what the client
/// signs; and refuses both with another secret.
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_judges_as_the_server_in_python_does() {
    let folder = tempfile::tempdir().unwrap();
    for (name, texts) in specs() {
        let provider = load(&texts);
        let sandbox = Sandbox::start(&borrowed(&texts)).await.unwrap();
        let (id, secret) = (sandbox.app_id(), sandbox.secret());
        for endpoint in &provider.endpoints {
            let answered = call(&sandbox.url(), &provider, endpoint, id, secret).await;
            assert_eq!(answered.outcome(), CallOutcome::Data, "{name}: {answered:?}");
            let refused = call(&sandbox.url(), &provider, endpoint, id, ANOTHER).await;
            assert_eq!(refused.status().map(|status| &*status.name), Some("refused"), "{name}: {refused:?}");
            for language in languages() {
                let run = |secret| {
                    run(folder.path(), language, (&provider, endpoint), &sandbox.url(), (id, secret))
                };
                let output = run(secret);
                let text = sample(&provider, endpoint, language.0, "demo");
                assert_eq!(output.status.code(), Some(0), "{name}: {output:?}\n{text}");
                let output = run(ANOTHER);
                assert_eq!(output.status.code(), Some(3), "{name}: {output:?}\n{text}");
                sandbox.inject(Fault::Page);
                let output = run(secret);
                assert_eq!(output.status.code(), Some(5), "{name}: {output:?}\n{text}");
            }
        }
    }
}

/// A value of the account that a call can have is asked for by nobody.
#[test]
fn an_optional_value_of_the_account_may_be_missing() {
    let (_, texts) = specs().into_iter().find(|(name, _)| name == "key_in_base64").unwrap();
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    for (name, text) in texts {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let judge = Judge::start();
    for (count, session) in [(1, None), (2, Some("given"))] {
        let mut command = crate::support::pyi();
        command.args(["call", "look", "--allow-insecure-http", "--name", "张 三&=+/%~", "--base-url"]);
        command.arg(format!("{}/key_in_base64", judge.1)).arg("--spec").arg(folder.path());
        command.envs(session.map(|session| ("PYI_ACCOUNT_SESSION", session))).env("PYI_APP_ID", APP);
        let output = command.env("PYI_SECRET", SECRET).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(judge.verdict(count), [""; 0]);
    }
}

/// A secret that cannot be a key is refused before anything is sent.
#[tokio::test]
async fn a_secret_in_another_encoding_is_refused_when_the_client_is_built() {
    let (_, texts) = specs().into_iter().find(|(name, _)| name == "key_in_base64").unwrap();
    let sandbox = Sandbox::start(&borrowed(&texts)).await.unwrap();
    let provider = load(&texts);
    let refused = call(&sandbox.url(), &provider, &provider.endpoints[0], APP, "no base64").await;
    assert_eq!(refused.outcome(), CallOutcome::Refused, "{refused:?}");
    let why = refused.error().unwrap();
    assert!(why.contains("is not in base64") && !why.contains("no base64"), "{why}");
    assert!(sandbox.take_request_log().is_empty());
}
