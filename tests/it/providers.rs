//! The specs under `providers/`: each is free of faults, gives the signatures that its provider's
//! pages print, and is served and called, by the interpreted client and by programs in four
//! languages.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use pyi_codegen::Input;
use pyi_codegen::ir::{Provider, StatusClass, account_variable, base_url_variable};
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_export::samples::{Lang, sample};
use pyi_runtime::CallOutcome;
use pyi_sandbox::Sandbox;
use serde_json::Value;

use crate::samples::INTERPRETED;
use crate::support::{has, pyi, root};

/// The folders of all providers.
pub(crate) fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("providers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "{folders:?}");
    folders
}

fn load(folder: &std::path::Path) -> Provider {
    let (provider, report) = pyi_codegen::load(Input::Folder { path: folder, shown: "spec" });
    assert!(report.diagnostics().is_empty(), "{}: {report}", folder.display());
    provider
}

#[test]
fn each_spec_is_free_of_faults_and_warnings() {
    for folder in folders() {
        let output = pyi().args(["lint", "--spec"]).arg(&folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("no faults"), "{said}");
        assert!(!said.contains("warning"), "{said}");
    }
}

/// Each vector of each provider, through `pyi sign`.
#[test]
fn signatures_are_those_that_the_providers_print() {
    let mut count = 0;
    let text = std::fs::read_to_string(root().join("providers/vectors.yaml")).unwrap();
    let all: BTreeMap<String, Vec<Value>> = serde_yaml::from_str(&text).unwrap();
    for (name, vectors) in all {
        let folder = root().join("providers").join(name);
        for vector in vectors {
            let part = |name: &str| vector[name].as_str().unwrap_or_else(|| panic!("{vector}"));
            let mut command = pyi();
            command.args(["sign", "--spec"]).arg(&folder).args(["--sign", part("method")]);
            for (key, flag) in [("http_method", "--http-method"), ("path", "--path")] {
                if let Some(value) = vector[key].as_str() {
                    command.args([flag, value]);
                }
            }
            let parameters = vector["parameters"].as_object().unwrap();
            command
                .args(parameters.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())));
            let output = command.env("PYI_SECRET", part("secret")).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let signature = said.trim_end().rsplit_once("sign  ").map(|(_, signature)| signature);
            assert_eq!(signature, Some(part("signature")), "{}: {output:?}", folder.display());
            assert!(!said.contains(part("secret")), "{said}");
            count += 1;
        }
    }
    assert!(count >= 12, "{count}");
}

/// The sandbox of each provider answers each endpoint, and refuses another secret in the provider's
/// own form: the interpreted client reads both as the spec says.
#[tokio::test(flavor = "multi_thread")]
async fn each_endpoint_is_served_and_called() {
    for folder in folders() {
        let spec = load(&folder);
        let sandbox = Sandbox::start_folder(&folder).await.unwrap();
        let client: pyi_runtime::Client = sandbox.client().unwrap();
        let dynamic = DynamicClient::new(spec.clone(), client.clone());
        let method = spec.sign.methods[0];
        let mut app =
            pyi_runtime::App::new(sandbox.app_id(), pyi_runtime::Credentials::new(method, "another secret"));
        for name in spec.account_parameters() {
            app = app.value(name, "a value");
        }
        let refused = DynamicClient::new(spec.clone(), client.with_app(app));
        for endpoint in &spec.endpoints {
            let name = format!("{} {}", spec.name, endpoint.id);
            let values: Vec<(String, String)> = endpoint
                .request
                .iter()
                .filter(|field| !field.optional)
                .map(|field| (field.wire.clone(), pyi_export::samples::example(&spec, field)))
                .collect();
            let report = dynamic.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            assert_eq!(report.outcome(), CallOutcome::Data, "{name}: {:?}", report.error());
            let report = refused.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            let class = report.status().map(|status| status.class);
            if endpoint.is_signed {
                assert_eq!(report.outcome(), CallOutcome::Error, "{name}: {:?}", report.error());
                assert!(class.is_some_and(|class| class != StatusClass::Data), "{name}");
            }
        }
    }
}

/// A program in each language that calls each endpoint: exit code 0, and 3 with another secret.
#[tokio::test(flavor = "multi_thread")]
async fn programs_call_each_endpoint() {
    let scripts = tempfile::tempdir().unwrap();
    for folder in folders() {
        let spec = load(&folder);
        let sandbox = Sandbox::start_folder(&folder).await.unwrap();
        for (lang, program, ending) in INTERPRETED {
            if !has(if lang == Lang::Curl { "curl" } else { program }) {
                continue;
            }
            for endpoint in &spec.endpoints {
                let script = scripts.path().join(format!("{}.{ending}", endpoint.id));
                let text = sample(&spec, endpoint, lang, "demo");
                std::fs::write(&script, &text).unwrap();
                let run = |secret: &str| {
                    let mut command = Command::new(program);
                    command.arg(&script).env("PYI_APP_ID", sandbox.app_id()).env("PYI_SECRET", secret);
                    command.env(base_url_variable(endpoint.host.as_deref()), sandbox.url());
                    for name in spec.account_parameters() {
                        command.env(account_variable(name), "a value");
                    }
                    command.env("no_proxy", "127.0.0.1").output().unwrap()
                };
                let name = format!("{} {} {lang:?}", spec.name, endpoint.id);
                let output = run(sandbox.secret());
                assert_eq!(output.status.code(), Some(0), "{name}: {output:?}\n{text}");
                if endpoint.is_signed {
                    let output = run("another-secret");
                    assert_eq!(output.status.code(), Some(3), "{name}: {output:?}\n{text}");
                }
            }
        }
    }
}
