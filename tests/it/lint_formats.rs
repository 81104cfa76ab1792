//! `pyi lint` for programs: what a reader of its own makes of each format is the same list of
//! faults.

use std::path::Path;

use serde_json::Value;

use crate::support::{has_python, pyi, root, run, skipped};

/// Reads commands of GitHub's workflows as their documentation has them, and prints them in the
/// form of `--format json`.
const READER: &str = r#"import json, re, sys
def text(escaped):
    for code, character in (("%3A", ":"), ("%2C", ","), ("%0D", "\r"), ("%0A", "\n"), ("%25", "%")):
        escaped = escaped.replace(code, character)
    return escaped
faults = []
for line in sys.stdin.read().splitlines():
    severity, properties, message = re.fullmatch(r"::(error|warning) (.*?)::(.*)", line).groups()
    properties = {name: text(value) for name, value in (pair.split("=", 1) for pair in properties.split(","))}
    code, rule = properties["title"].split(" ")
    message, help = text(message).split("\nhelp: ")
    faults.append({"severity": severity, "code": code, "rule": rule, "file": properties["file"], "line": int(properties["line"]),
                   "column": int(properties["col"]), "message": message, "help": help})
print(json.dumps(faults))
"#;

/// Reads a log of SARIF, holds it against the schema of version 2.1.0, and prints it in the form of
/// `--format json`, without fixes.
const SARIF_READER: &str = r#"import json, sys, urllib.parse
import jsonschema
log = json.load(sys.stdin)
schema = json.load(open(sys.argv[1], encoding="utf-8"))
assert schema["properties"]["version"]["enum"] == ["2.1.0"]
jsonschema.Draft7Validator(schema).validate(log)
[run] = log["runs"]
rules = run["tool"]["driver"]["rules"]
faults = []
for result in run["results"]:
    rule = rules[result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] and rule["defaultConfiguration"]["level"] == result["level"]
    message, help = result["message"]["text"].split("\nhelp: ")
    fault = {"severity": result["level"], "code": rule["id"], "rule": rule["name"], "file": None, "line": None, "column": None,
             "message": message, "help": help}
    for location in result.get("locations", []):
        place = location["physicalLocation"]
        fault["file"] = urllib.parse.unquote(place["artifactLocation"]["uri"])
        region = place["region"]
        fault["line"], fault["column"] = region["startLine"], region["startColumn"]
        assert (region["endLine"], region["endColumn"]) >= (fault["line"], fault["column"])
    faults.append(fault)
print(json.dumps(faults))
"#;

/// A folder with a spec that can be made faulty.
struct Spec(tempfile::TempDir);

impl Spec {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("endpoints")).unwrap();
        std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
        Self(folder)
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.path().join(name), text).unwrap();
    }

    fn good() -> String {
        std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap()
    }

    /// The exit code, and what a format has.
    fn lint(&self, format: &str) -> (Option<i32>, String) {
        let arguments = ["lint", "--spec", ".", "--format", format];
        let output = pyi().args(arguments).current_dir(self.0.path()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }

    /// The list that all formats have, without fixes.
    fn list(&self) -> Value {
        let mut list: Value = serde_json::from_str(&self.lint("json").1).unwrap();
        for fault in list.as_array_mut().unwrap() {
            fault.as_object_mut().unwrap().remove("fix");
        }
        list
    }
}

#[test]
fn annotations_of_a_workflow_have_what_json_has() {
    let spec = Spec::new();
    spec.write("endpoints/a.yaml", &Spec::good());
    assert_eq!(spec.lint("github"), (Some(0), String::new()));
    // A percent sign, a comma and a colon in what is reported.
    let bad = Spec::good()
        .replace("effect: query", "efect: query")
        .replace("%Y年%m月%d日", "%Q: %Y,")
        .replace("methods: [POST, GET]", "methods: [POST, PSOT]");
    spec.write("endpoints/a.yaml", &bad);
    let (code, annotations) = spec.lint("github");
    assert_eq!(code, Some(1));
    let read: Value = serde_json::from_str(&run("python3", &["-c", READER], &annotations)).unwrap();
    let list = spec.list();
    assert!(list.as_array().unwrap().len() >= 3 && annotations.contains("%25"), "{annotations}");
    assert_eq!(read, list);
}

/// The schema that the crate of the other reader carries.
fn sarif_schema() -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut metadata = std::process::Command::new(cargo);
    metadata.args(["metadata", "--format-version", "1", "--locked", "--offline"]).current_dir(root());
    let metadata: Value = serde_json::from_slice(&metadata.output().unwrap().stdout).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").unwrap();
    let manifest = Path::new(package["manifest_path"].as_str().unwrap());
    manifest.with_file_name("src").join("schema.json").to_str().unwrap().to_owned()
}

#[test]
fn a_log_of_sarif_is_one_by_its_schema_and_has_what_json_has() {
    if !has_python("jsonschema") {
        return skipped("Python's jsonschema is not installed");
    }
    let schema = sarif_schema();
    let read = |log: &str| -> Value {
        serde_json::from_str(&run("python3", &["-c", SARIF_READER, &schema], log)).unwrap()
    };
    let spec = Spec::new();
    // Names of files are parts of URIs.
    spec.write(
        "endpoints/名 字%#.yaml",
        &Spec::good().replace("methods: [POST, GET]", "methods: [PSOT, GTE]"),
    );
    spec.write(
        "endpoints/b.yaml",
        &Spec::good().replace("effect: query", "effect: \"[x](https://example.com)\""),
    );
    spec.write("c.yml", "");
    let (code, log) = spec.lint("sarif");
    assert_eq!(code, Some(1));
    let typed: serde_sarif::sarif::Sarif = serde_json::from_str(&log).unwrap();
    let results = typed.runs[0].results.as_ref().unwrap();
    assert!(results.iter().filter(|result| result.fixes.is_some()).count() >= 2, "{log}");
    let list = spec.list();
    assert_eq!(results.len(), list.as_array().unwrap().len());
    // A reader of SARIF would take such a text for a link.
    let text = list.to_string();
    assert!(text.contains("[x](https"));
    assert_eq!(read(&log).to_string(), text.replace("](", "] (").replace("\"./endpoints", "\"endpoints"));
    let spec = Spec::new();
    spec.write("endpoints/id_card_two_factor.yaml", &Spec::good());
    let (code, log) = spec.lint("sarif");
    assert_eq!((code, read(&log)), (Some(0), Value::Array(Vec::new())));
}
