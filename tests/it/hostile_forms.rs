//! Specs with hostile texts in other forms: refused specs, an OpenAPI document, the sandbox's page,
//! the results of a batch, and an imported page that becomes a sample.

use std::process::Command;

use pyi_codegen::Rule;
use pyi_export::openapi::{Version, openapi};
use pyi_sandbox::Sandbox;
use serde_json::Value;

use crate::hostile::{Case, HOSTILE, SECRET, case, cases, quoted};
use crate::openapi::VALIDATE;
use crate::support::{Raw, has, has_python, pyi, root, run as python};

/// Names and paths, each with the rule that refuses what no provider has there, the file and a
/// piece of its text. `@` is the name.
const NAMES: &[(&str, Rule, &str, &str, &str)] = &[
    ("path", Rule::BadPath, "endpoints/hostile.yaml", "path: /pyi/0/1", "path: @"),
    ("request", Rule::BadWireName, "endpoints/hostile.yaml", "  text: {", "  @: {rename: renamed, "),
    ("response", Rule::BadWireName, "endpoints/hostile.yaml", "  value: {", "  @: {rename: renamed, "),
    ("object", Rule::BadWireName, "provider.yaml", "{inner: {", "{@: {rename: renamed, "),
    ("rename", Rule::NotAName, "endpoints/hostile.yaml", "  text: {", "  text: {rename: @, "),
    ("sign", Rule::BadWireName, "provider.yaml", "parameter: sign", "parameter: @"),
    ("common", Rule::BadWireName, "provider.yaml", "  appid: {", "  @: {"),
    ("envelope status", Rule::BadWireName, "provider.yaml", "status: codeid", "status: @"),
    ("envelope message", Rule::BadWireName, "provider.yaml", "message: message", "message: @"),
    ("envelope data", Rule::BadWireName, "provider.yaml", "data: retdata", "data: @"),
    ("envelope time", Rule::BadWireName, "provider.yaml", "time: [time]", "time: [@]"),
    ("callback", Rule::BadWireName, "provider.yaml", "statuses:", "jsonp_callback: @\nstatuses:"),
    ("status", Rule::NotAName, "provider.yaml", "name: wrong", "name: @"),
    ("code", Rule::NotAName, "provider.yaml", "name: first", "name: @"),
    ("type", Rule::NotAName, "provider.yaml", "  thing: {", "  @: {"),
];

/// What some slots take: words, and what the members of a reply may have in their names.
fn may_stand(name: &str, slot: &str) -> bool {
    let member = slot.starts_with("envelope") || slot == "response" || slot == "object";
    name == "word"
        || (name == "plus" && (member || slot == "path"))
        || (matches!(name, "full_width_plus" | "full_width_minus" | "full_width_at") && member)
}

fn with(plain: &Case, file: &str, from: &str, to: &str) -> Case {
    let files = plain.files.iter().map(|(name, text)| {
        assert!(name != file || text.contains(from), "{file} has no {from}");
        (name.clone(), if name == file { text.replacen(from, to, 1) } else { text.clone() })
    });
    Case { name: plain.name.clone(), files: files.collect(), values: Vec::new(), reply: String::new() }
}

#[test]
fn hostile_names_and_paths_are_refused_where_they_are() {
    let plain = case("plain", "words", false);
    assert!(plain.lint().1.is_empty());
    for (name, text) in HOSTILE {
        for (slot, rule, file, from, to) in NAMES {
            let text = if *slot == "path" { format!("/{text}") } else { (*text).to_owned() };
            let changed = with(&plain, file, from, &to.replace('@', &quoted(&text)));
            let (_, report) = changed.lint();
            let written = &changed.files.iter().find(|(found, _)| found == file).unwrap().1;
            let line = 1 + written.split(&quoted(&text)).next().unwrap().matches('\n').count();
            let found = report
                .diagnostics()
                .into_iter()
                .any(|fault| fault.rule == *rule && fault.position().is_some_and(|(_, at, _)| at == line));
            assert_eq!(!found, may_stand(name, slot), "{name} as {slot}, line {line}: {report}");
            let shown = |text: &str| text.chars().all(|c| !c.is_control());
            assert!(report.diagnostics().iter().all(|fault| shown(&fault.message)), "{name} as {slot}");
        }
    }
    // No text has a NUL, wherever it is.
    let (_, report) = case("nul", "a\0b", false).lint();
    let faults = report.diagnostics().into_iter().filter(|fault| fault.rule == Rule::NulCharacter).count();
    assert!(faults > 30, "{faults}");
}

#[test]
fn hostile_specs_are_valid_documents() {
    if !has_python("openapi_spec_validator") {
        return;
    }
    let mut names = Vec::new();
    let mut documents = String::new();
    for case in cases() {
        let spec = case.spec();
        for version in [Version::V31, Version::V30] {
            let document: Value = serde_json::from_str(&openapi(&spec, version).unwrap()).unwrap();
            assert_eq!(document["info"]["title"].as_str(), Some(spec.title.as_str()));
            names.push(format!("{} {version:?}", case.name));
            documents.push_str(&format!("{document}\n"));
        }
    }
    let said = python("python3", &["-c", VALIDATE], &documents);
    let verdicts: Vec<&str> = said.lines().collect();
    assert_eq!(verdicts.len(), names.len());
    for (name, verdict) in names.iter().zip(verdicts) {
        assert_eq!(verdict, "valid", "{name}");
    }
}

/// Strings of the table that a page could take for its own markup.
const SHOWN: [&str; 10] = [
    "script",
    "image",
    "escaped_tag",
    "double_quote",
    "single_quote",
    "js_template",
    "js_line",
    "directions",
    "comment_ends",
    "placeholder",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_page_shows_hostile_texts_as_text() {
    let Some(page) = crate::page::browser().await else { return };
    for (name, text) in HOSTILE.iter().filter(|(name, _)| SHOWN.contains(name)) {
        let case = case(name, text, false);
        let (spec, files) = (case.spec(), crate::specs::borrowed(&case.files));
        let sandbox = Sandbox::start(&files).await.unwrap();
        page.open(&sandbox.page_url()).await;
        page.speak("en").await;
        let nothing_ran = "return [typeof window.hacked, document.querySelectorAll('main script, main img, main svg[onload], main iframe').length]";
        assert_eq!(
            page.run("return document.getElementById('title').textContent").await,
            spec.endpoints[0].title
        );
        page.click("example").await;
        page.click("send").await;
        page.wait_for("#outcome", "10000").await;
        let shown = page.run("return document.getElementById('data').textContent").await;
        assert!(shown.as_str().unwrap().contains(text.trim()), "{name}: {shown}");
        page.run("document.querySelectorAll('#languages button').forEach(b => b.click())").await;
        assert_eq!(page.run(nothing_ran).await, serde_json::json!(["undefined", 0]), "{name}");
        assert_eq!(sandbox.request_log().len(), 1, "{name}");
        page.browser.goto(&format!("{}/docs", sandbox.url())).await.unwrap();
        let operation = fantoccini::Locator::Css(".opblock-summary");
        page.browser.wait().for_element(operation).await.unwrap().click().await.unwrap();
        page.wait_for(".opblock.is-open", "Responses").await;
        assert_eq!(page.run("return typeof window.hacked").await, "undefined", "{name} in the document");
    }
}

/// A spec whose one endpoint answers with each text of the table.
fn answering() -> Case {
    let provider = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
    let fields = HOSTILE.iter().enumerate().map(|(index, (_, text))| {
        format!("  f{index}: {{type: string, title: {0}, example: {0}}}\n", quoted(text))
    });
    let endpoint = format!(
        "path: /pyi/0/1\ntitle: t\nsource: s\neffect: query\nmethods: [POST]\nformats: [json]\nprice: {{currency: CNY, tiers: {{1: \"0.10\"}}}}\n\
         request:\n  name: {{type: person_name}}\nresponse:\n{}",
        fields.collect::<String>()
    );
    Case {
        name: "answering".to_owned(),
        files: vec![
            ("provider.yaml".to_owned(), provider),
            ("endpoints/answering.yaml".to_owned(), endpoint),
        ],
        values: Vec::new(),
        reply: String::new(),
    }
}

/// Each cell of a table of results: its kind where the file has kinds, and its text.
const CELLS: &str = r#"
import csv, json, sys, openpyxl
if sys.argv[1].endswith("xlsx"):
    rows = [[(cell.data_type, cell.value) for cell in row] for row in openpyxl.load_workbook(sys.argv[1]).active.iter_rows()]
else:
    rows = [[("s", cell) for cell in row] for row in csv.reader(open(sys.argv[1], encoding="utf-8-sig", newline=""))]
print(json.dumps([[[kind, None if value is None else str(value)] for kind, value in row] for row in rows]))
"#;

#[tokio::test(flavor = "multi_thread")]
async fn results_have_no_formula_whatever_is_answered() {
    if !has_python("csv, openpyxl") {
        return;
    }
    let (case, folder) = (answering(), tempfile::tempdir().unwrap());
    case.write(&folder.path().join("spec"));
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let rows = HOSTILE
        .iter()
        .enumerate()
        .map(|(row, (_, text))| format!("张{row}号,\"{}\"\r\n", text.replace('"', "\"\"")));
    std::fs::write(path("people.csv"), format!("姓名,备注\r\n{}", rows.collect::<String>())).unwrap();
    let sandbox = Sandbox::start(&crate::specs::borrowed(&case.files)).await.unwrap();
    for results in ["results.csv", "results.xlsx"] {
        let output = pyi()
            .args(["batch", "run", &path("people.csv"), "--endpoint", "answering", "--budget", "100.00"])
            .args(["--spec", &path("spec"), "--base-url", &sandbox.url(), "--app-id", sandbox.app_id()])
            .args(["-o", &path(results)])
            .env("PYI_SECRET", sandbox.secret())
            .env("XDG_STATE_HOME", folder.path().join("state"))
            .env("no_proxy", "127.0.0.1")
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        let said = python("python3", &["-c", CELLS, &path(results)], "");
        let rows: Vec<Vec<(String, Option<String>)>> = serde_json::from_str(&said).unwrap();
        assert_eq!(rows.len(), HOSTILE.len() + 1);
        for (kind, text) in rows.iter().flatten() {
            let text = text.as_deref().unwrap_or_default();
            assert_ne!(kind, "f", "{text}");
            let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
            assert!(results.ends_with("xlsx") || !formula, "{text}");
        }
        // Each text is there, in the table's own column and in the answers.
        for (row, (name, text)) in
            HOSTILE.iter().enumerate().filter(|(_, (_, text))| !text.contains(char::is_control))
        {
            let guarded = |cell: &(String, Option<String>)| {
                let cell = cell.1.as_deref().unwrap_or_default();
                cell == *text || cell.strip_prefix('\'') == Some(text)
            };
            assert!(guarded(&rows[row + 1][1]), "{name}: {:?}", rows[row + 1][1]);
            assert!(rows[1].iter().any(guarded), "{name} in {results}");
        }
    }
}

/// Completions are a shell's source text: bash reads them here; of the others it is known what they
/// could take for a quote.
#[test]
fn completions_of_hostile_specs_do_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for case in cases() {
        let (spec, empty) = (folder.path().join(&case.name), tempfile::tempdir().unwrap());
        case.write(&spec);
        for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
            let output = pyi().args(["completions", shell, "--spec"]).arg(&spec).output().unwrap();
            assert!(output.status.success(), "{} {shell}: {output:?}", case.name);
            let script = String::from_utf8(output.stdout).unwrap();
            let foreign = |c: char| "‘’‚‛“”„".contains(c) || (c.is_control() && !"\n\t".contains(c));
            assert!(!script.contains(foreign), "{} {shell}", case.name);
            assert!(!script.contains("$(touch") && !script.contains("`touch"), "{} {shell}", case.name);
            if shell == "bash" {
                std::fs::write(folder.path().join("completions.sh"), script).unwrap();
                let mut bash = Command::new("bash");
                bash.arg(folder.path().join("completions.sh")).current_dir(empty.path());
                assert!(bash.status().unwrap().success(), "{}", case.name);
                assert_eq!(std::fs::read_dir(empty.path()).unwrap().count(), 0, "{}", case.name);
            }
        }
    }
}

/// From a foreign page to a program that is run.
#[test]
fn a_hostile_page_becomes_a_sample_that_does_nothing_else() {
    if !has("curl") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    std::fs::create_dir_all(folder.path().join("spec/endpoints")).unwrap();
    std::fs::create_dir(folder.path().join("empty")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), path("spec/provider.yaml")).unwrap();
    let page = std::fs::read_to_string(root().join("tests/pages/bank_card.html")).unwrap();
    let (title, example) =
        ("核验`touch canary`$(touch canary)", "$(touch canary){{signed}}'; touch canary; '`touch canary`");
    let page = page.replace("银行卡三要素核验", title);
    let row = "      <tr><td>id_no</td>";
    assert!(page.contains(row));
    let icon = "<i class=\"icon icon-ok\"></i>";
    let field = format!(
        "<tr><td>kind</td><td>{icon}</td><td>String</td><td>{example}</td><td>{title}</td></tr>\n{row}"
    );
    let page = page.replace(row, &field);
    std::fs::write(path("page.html"), page).unwrap();
    let program = |arguments: &[&str]| {
        let output = pyi().args(arguments).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    program(&[
        "import",
        "--spec",
        &path("spec"),
        &path("page.html"),
        "-o",
        &path("spec/endpoints/bank.yaml"),
    ]);
    program(&["lint", "--spec", &path("spec")]);
    let script = program(&["export", "samples", "--spec", &path("spec"), "bank", "--code", "curl"]);
    assert!(script.contains("touch canary"), "{script}");
    std::fs::write(path("sample.sh"), &script).unwrap();
    let server = Raw::http("200 OK", r#"{"codeid":10000,"message":"m","retdata":{}}"#);
    let output = Command::new("sh")
        .arg(path("sample.sh"))
        .current_dir(path("empty"))
        .env("PYI_BASE_URL", server.url())
        .env("PYI_APP_ID", "1")
        .env("PYI_SECRET", SECRET)
        .env("no_proxy", "127.0.0.1")
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}\n{script}");
    assert_eq!(std::fs::read_dir(path("empty")).unwrap().count(), 0, "{script}");
    let sent = crate::hostile::pairs(&crate::hostile::arrived(&server.arrived()[0]).2);
    assert!(sent.contains(&("kind".to_owned(), example.to_owned())), "{sent:?}");
}
