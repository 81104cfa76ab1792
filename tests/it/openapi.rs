//! The OpenAPI document: valid for an independent validator, complete compared with the spec's
//! YAML, and consistent with the sandbox's answers.

use pyi_codegen::Input;
use pyi_dynamic::DynamicOperation;
use pyi_export::openapi::{Version, openapi};
use pyi_sandbox::Sandbox;
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::siblings::values;
use crate::specs::{borrowed, case_in};
use crate::support::{files, has_python, pyi, run};

pub(crate) const VALIDATE: &str = r#"
import json, sys
from openapi_spec_validator import validate
for line in sys.stdin:
    try:
        validate(json.loads(line))
        print("valid")
    except Exception as fault:
        print(repr(fault)[:300].replace("\n", " "))
"#;

/// Replies against the schema of their endpoint, each line a document's schema and an instance.
const INSTANCES: &str = r##"
import json, sys, jsonschema
document = json.loads(sys.stdin.readline())
for line in sys.stdin:
    name, reply = json.loads(line)
    schema = {"$ref": "#/components/schemas/" + name, "components": document["components"]}
    print(json.dumps([fault.message[:200] for fault in jsonschema.Draft202012Validator(schema).iter_errors(reply)]))
"##;

fn validator_is_there() -> bool {
    has_python("jsonschema, openapi_spec_validator")
}

fn document(version: Version) -> Value {
    let (spec, report) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    assert!(report.is_empty(), "{report}");
    serde_json::from_str(&openapi(&spec, version).unwrap()).unwrap()
}

#[test]
fn documents_are_valid_in_both_versions() {
    if !validator_is_there() {
        return;
    }
    let mut named = vec![
        ("the shipped spec, 3.1".to_owned(), document(Version::V31)),
        ("the shipped spec, 3.0".to_owned(), document(Version::V30)),
    ];
    for path in files("tests/expand", "yaml") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let parts = case_in(&path, "tests/expand/shared/provider.yaml");
        let texts = borrowed(&parts);
        let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
        assert!(report.is_empty(), "{report}");
        for version in [Version::V31, Version::V30] {
            let document = openapi(&spec, version).unwrap();
            named.push((format!("{name}, {version:?}"), serde_json::from_str(&document).unwrap()));
        }
    }
    // The control: the validator refuses an invalid document.
    let mut broken = document(Version::V30);
    broken["paths"]["/pyi/62/169"]["post"]["responses"] = json!({});
    named.push(("broken".to_owned(), broken));
    let lines: Vec<String> = named.iter().map(|(_, document)| document.to_string()).collect();
    let said = run("python3", &["-c", VALIDATE], &lines.join("\n"));
    let verdicts: Vec<&str> = said.lines().collect();
    assert_eq!(verdicts.len(), named.len());
    for ((name, _), verdict) in named.iter().zip(verdicts) {
        assert_eq!(verdict == "valid", name != "broken", "{name}: {verdict}");
    }
}

fn yaml(text: &str) -> Yaml {
    serde_yaml::from_str(text).unwrap()
}

fn keys(of: &Yaml) -> Vec<String> {
    let members = of.as_mapping().into_iter().flatten();
    members
        .map(|(key, _)| {
            key.as_str().map_or_else(|| serde_yaml::to_string(key).unwrap().trim().to_owned(), str::to_owned)
        })
        .collect()
}

/// Every endpoint, method, field, code, status and price of the YAML, as another reader reads it.
#[test]
fn documents_are_complete() {
    for version in [Version::V31, Version::V30] {
        let document = document(version);
        let schemas = &document["components"]["schemas"];
        let provider = yaml(pyi::SPEC.iter().find(|(name, _)| *name == "provider.yaml").unwrap().1);
        let listed = schemas["Status"]["x-pyi"]["statuses"].as_array().unwrap();
        assert_eq!(listed.len(), keys(&provider["statuses"]).len());
        for (code, status) in provider["statuses"].as_mapping().unwrap() {
            let code = code.as_i64().unwrap();
            let found = listed.iter().find(|found| found["code"] == code).unwrap();
            for key in ["name", "title", "class", "billed"] {
                assert_eq!(found[key].as_str(), status[key].as_str(), "{code} {key}");
            }
            assert!(schemas["Status"]["description"].as_str().unwrap().contains(&format!("`{code}`")));
        }
        let codes = schemas["MatchStatus"]["x-pyi"]["codes"].as_array().unwrap();
        assert_eq!(codes.len(), 2);
        assert_eq!(codes[0], json!({"code": "01", "name": "Match", "title": "验证通过"}));
        let endpoints = pyi::SPEC.iter().filter(|(name, _)| name.starts_with("endpoints/"));
        for (name, text) in endpoints {
            let written = yaml(text);
            let path = written["path"].as_str().unwrap();
            let item = &document["paths"][path];
            let methods: Vec<&str> =
                written["methods"].as_sequence().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
            assert_eq!(item.as_object().unwrap().len(), methods.len(), "{name}");
            for method in methods {
                let operation = &item[method.to_lowercase()];
                assert_eq!(operation["summary"].as_str(), written["title"].as_str());
                assert_eq!(operation["x-pyi"]["effect"].as_str(), written["effect"].as_str());
                assert_eq!(operation["x-pyi"]["price"].is_null(), written["price"].is_null());
                let told = operation["description"].as_str().unwrap_or_default();
                assert_eq!(
                    told.contains("A billed call costs, in CNY: 0.16 if 1000 are bought, "),
                    !written["price"].is_null()
                );
                let form =
                    &operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"];
                let sent: Vec<&str> = match method {
                    "POST" => form["properties"].as_object().unwrap().keys().map(String::as_str).collect(),
                    _ => operation["parameters"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|sent| sent["name"].as_str().unwrap())
                        .collect(),
                };
                for field in
                    keys(&written["request"]).iter().map(String::as_str).chain(["appid", "format", "sign"])
                {
                    assert!(sent.contains(&field), "{name} {method}: {field} in {sent:?}");
                }
                let formats = operation["responses"]["200"]["content"].as_object().unwrap();
                assert_eq!(formats.len(), written["formats"].as_sequence().unwrap().len());
                let reference = formats["application/json"]["schema"]["$ref"]
                    .as_str()
                    .unwrap()
                    .rsplit('/')
                    .next()
                    .unwrap();
                let data = &schemas[reference.replace(".Reply", "Data")]["properties"];
                for field in keys(&written["response"]) {
                    assert!(data[&field].is_object() || written["response"].is_string(), "{name}: {field}");
                }
            }
        }
    }
}

/// The sandbox's answers match the document.
#[tokio::test(flavor = "multi_thread")]
async fn replies_are_as_the_document_says() {
    if !validator_is_there() {
        return;
    }
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let client: pyi_runtime::Client = sandbox.client().unwrap();
    let (spec, _) = pyi_codegen::load(Input::Texts(pyi::SPEC));
    let mut lines = vec![document(Version::V31).to_string()];
    for endpoint in &spec.endpoints {
        let dynamic = DynamicOperation::new(&spec, endpoint);
        let provider = dynamic.provider();
        let given = dynamic.values(&values(endpoint)).unwrap();
        let reply = client.call_any(&dynamic.operation(&provider), given).await.unwrap();
        let body: Value = serde_json::from_slice(reply.body().as_bytes()).unwrap();
        lines.push(json!([endpoint.data_type.replace("Data", ".Reply"), body]).to_string());
    }
    // The control: the schema refuses an invalid answer.
    lines.push(json!(["IdCardTwoFactor.Reply", {"codeid": []}]).to_string());
    let said = run("python3", &["-c", INSTANCES], &lines.join("\n"));
    let verdicts: Vec<&str> = said.lines().collect();
    assert_eq!(verdicts.len(), spec.endpoints.len() + 1);
    let (broken, fine) = verdicts.split_last().unwrap();
    assert_ne!(*broken, "[]");
    for (verdict, line) in fine.iter().zip(&lines[1..]) {
        assert_eq!(*verdict, "[]", "{line}");
    }
}

#[test]
fn the_program_exports_what_has_no_fault() {
    let export = |arguments: &[&str]| pyi().args(["export", "openapi"]).args(arguments).output().unwrap();
    for (version, says) in [("3.1", "3.1.0"), ("3.0", "3.0.3")] {
        let output = export(&["--openapi", version]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(document["openapi"], says);
        assert!(output.stdout == export(&["--openapi", version]).stdout, "the same bytes each time");
    }
    let folder = tempfile::tempdir().unwrap();
    let output = export(&["--spec", folder.path().to_str().unwrap()]);
    assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("missing-file"));
}

/// HTTP answers without an envelope are documented beside the envelope's statuses.
#[test]
fn an_http_status_of_the_spec_is_a_response() {
    let parts = case_in(&crate::support::root().join("tests/expand/http.yaml"), "spec/provider.yaml");
    let (spec, _) = pyi_codegen::load(Input::Texts(&borrowed(&parts)));
    let document: Value = serde_json::from_str(&openapi(&spec, Version::V31).unwrap()).unwrap();
    let responses = document["paths"]["/demo/http"]["post"]["responses"].as_object().unwrap();
    let mut statuses: Vec<&String> = responses.keys().collect();
    statuses.sort();
    assert_eq!(statuses, ["200", "413", "429", "503"]);
    let said = |status: &str| responses[status]["description"].as_str().unwrap();
    assert_eq!(said("429"), "An answer, without an envelope (not billed; a query may be sent again)");
    assert_eq!(said("413"), "请求过大, without an envelope (not billed; send a smaller picture)");
}
