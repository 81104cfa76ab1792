//! The JSON Schema and the parser accept the same files, except for rules that no schema can
//! express. An independent validator compares them.

use pyi_codegen::{Input, Rule};
use serde_json::{Value, json};
use serde_yaml::Value as Yaml;

use crate::specs::{borrowed, case_in};
use crate::support::{files, has_python, pyi, root, run};

/// Rules that no schema can express: they compare places, or depend on YAML syntax.
const UNSAYABLE: &[&str] = &[
    "yaml-syntax",
    "yaml-feature",
    "nul-character",
    "duplicate-field",
    "duplicate-key",
    "duplicate-code",
    "duplicate-status",
    "duplicate-path",
    "unknown-type",
    "type-cycle",
    "unfit-value",
    "stray-key",
    "same-rust-name",
    "same-name",
    "reserved-name",
    "reserved-parameter",
    "unknown-common",
    "unknown-callback",
    "status-clash",
    "no-data-status",
    "hmac-text",
    "bad-place",
    "bad-pointer",
    "absent-status",
    "common-source",
    "fails-own-check",
    "empty-range",
    "dotted-place",
    "more-warnings",
];

const PYTHON: &str = r#"
import json, sys, jsonschema
schemas = {name: json.load(open(path)) for name, path in zip(("provider", "endpoint"), sys.argv[1:])}
validators = {name: jsonschema.Draft202012Validator(schema) for name, schema in schemas.items()}
for schema in schemas.values(): jsonschema.Draft202012Validator.check_schema(schema)
for line in sys.stdin:
    name, document = json.loads(line)
    faults = [f"{list(fault.absolute_path)}: {fault.message}"[:300] for fault in validators[name].iter_errors(document)]
    print(json.dumps(faults))
"#;

/// A document as JSON has it: keys are text.
fn json_of(yaml: Yaml) -> Value {
    match yaml {
        Yaml::Mapping(members) => {
            Value::Object(members.into_iter().map(|(key, value)| (key_of(&key), json_of(value))).collect())
        }
        Yaml::Sequence(items) => items.into_iter().map(json_of).collect(),
        other => serde_json::to_value(other).unwrap_or(Value::Null),
    }
}

fn key_of(key: &Yaml) -> String {
    match key {
        Yaml::String(text) => text.clone(),
        other => serde_yaml::to_string(other).unwrap().trim().to_owned(),
    }
}

/// What a validator says of files, each a name and a text. A file that is no YAML, or has a key
/// twice, is refused as such.
fn judge(documents: &[(String, String)]) -> Vec<Vec<String>> {
    let mut lines = Vec::new();
    let mut verdicts: Vec<Option<Vec<String>>> = Vec::new();
    for (name, text) in documents {
        let schema = if name == "provider.yaml" { "provider" } else { "endpoint" };
        match serde_yaml::from_str::<Yaml>(text) {
            Ok(yaml) => {
                lines.push(json!([schema, json_of(yaml)]).to_string());
                verdicts.push(None);
            }
            Err(error) => verdicts.push(Some(vec![error.to_string()])),
        }
    }
    let schemas = ["provider", "endpoint"]
        .map(|name| root().join(format!("cli/schema/{name}.json")).display().to_string());
    let said = run("python3", &["-c", PYTHON, &schemas[0], &schemas[1]], &lines.join("\n"));
    let mut said = said.lines().map(|line| serde_json::from_str(line).unwrap());
    verdicts.into_iter().map(|verdict| verdict.unwrap_or_else(|| said.next().unwrap())).collect()
}

fn validator_is_there() -> bool {
    has_python("jsonschema")
}

#[test]
fn what_the_parser_takes_the_schema_takes() {
    if !validator_is_there() {
        return;
    }
    let mut documents: Vec<(String, String)> =
        pyi::SPEC.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    for path in files("tests/expand", "yaml") {
        documents.extend(case_in(&path, "tests/expand/shared/provider.yaml"));
    }
    for name in ["provider.yaml", "bill.yaml"] {
        documents.push((
            name.to_owned(),
            std::fs::read_to_string(root().join("cli/templates").join(name)).unwrap(),
        ));
    }
    for ((name, text), faults) in documents.iter().zip(judge(&documents)) {
        assert!(faults.is_empty(), "{name}: {faults:?}\n{text}");
    }
    assert!(documents.len() > 25);
}

/// Each file of each bad spec: if one of its faults is one that a schema can say, the schema
/// refuses it; and the schema refuses nothing that has no fault.
#[test]
fn what_the_parser_refuses_the_schema_refuses_where_it_can() {
    if !validator_is_there() {
        return;
    }
    assert!(UNSAYABLE.iter().all(|name| Rule::find(name).is_some()));
    for path in files("tests/specs", "yaml") {
        let name = path.file_stem().unwrap().to_str().unwrap().replace('-', "_");
        let parts = case_in(&path, "spec/provider.yaml");
        let texts = borrowed(&parts);
        let (_, report) = pyi_codegen::lint(Input::Texts(&texts), &pyi_runtime::__private::check::violation);
        for ((file, text), faults) in parts.iter().zip(judge(&parts)) {
            let diagnostics = report.diagnostics();
            let here =
                diagnostics.iter().filter(|fault| fault.position().is_some_and(|(place, ..)| place == file));
            let rules: Vec<&str> = here.map(|fault| fault.rule.name()).collect();
            let sayable: Vec<&&str> = rules.iter().filter(|rule| !UNSAYABLE.contains(rule)).collect();
            // A file's name is no part of its text, and a key is always text in JSON.
            let outside = |rule: &str| match rule {
                "not-a-name" => file.contains("Bad-Name"),
                // What one key demands of the text of another.
                "unknown-scheme" => file.contains("later_keyed") || file.contains("later_sorted"),
                // A schema does not compare a default with the type of its field.
                "not-text" => {
                    let keys = ["not_text", "not_a_number", "bad_status_code"];
                    (keys.contains(&name.as_str()) && file == "provider.yaml") || name == "unfit_value"
                }
                _ => false,
            };
            if sayable.iter().any(|rule| !outside(rule)) {
                assert!(
                    !faults.is_empty(),
                    "{}, {file}: the schema takes what has {sayable:?}\n{text}",
                    path.display()
                );
            }
            if rules.is_empty() {
                assert!(faults.is_empty(), "{}, {file}: {faults:?}", path.display());
            }
        }
    }
}

#[test]
fn the_program_prints_the_schemas_and_every_shipped_file_names_its_own() {
    for name in ["provider", "endpoint"] {
        let output = pyi().args(["schema", name]).output().unwrap();
        let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(printed["$schema"], "https://json-schema.org/draft/2020-12/schema");
    }
    for (name, text) in pyi::SPEC {
        let first = text.lines().next().unwrap();
        let path = first
            .strip_prefix("# yaml-language-server: $schema=")
            .unwrap_or_else(|| panic!("{name} names no schema"));
        assert!(root().join("spec").join(name).parent().unwrap().join(path).is_file(), "{name}: {path}");
    }
}
