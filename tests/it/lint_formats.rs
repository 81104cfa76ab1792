//! `pyi lint` for programs: what a reader of its own makes of each format is the same list of faults.

use serde_json::Value;

use crate::support::{pyi, root, run};

/// Reads commands of GitHub's workflows as their documentation has them, and prints them in the form of `--format json`.
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

#[test]
fn annotations_of_a_workflow_have_what_json_has() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let good = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    let lint = |format: &str| {
        let output = pyi()
            .args(["lint", "--spec", "."])
            .args(["--format", format])
            .current_dir(folder.path())
            .output();
        let output = output.unwrap();
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    };
    let write = |text: &str| std::fs::write(folder.path().join("endpoints/a.yaml"), text).unwrap();
    write(&good);
    assert_eq!(lint("github"), (Some(0), String::new()));
    // A percent sign, a comma and a colon in what is reported.
    let bad = good
        .replace("effect: query", "efect: query")
        .replace("%Y年%m月%d日", "%Q: %Y,")
        .replace("methods: [POST, GET]", "methods: [POST, PSOT]");
    write(&bad);
    let (code, annotations) = lint("github");
    assert_eq!(code, Some(1));
    let read: Value = serde_json::from_str(&run("python3", &["-c", READER], &annotations)).unwrap();
    let json: Value = serde_json::from_str(&lint("json").1).unwrap();
    assert!(json.as_array().unwrap().len() >= 3 && annotations.contains("%25"), "{annotations}");
    assert_eq!(read, json);
}
