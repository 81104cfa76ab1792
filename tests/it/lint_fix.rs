//! `pyi lint --fix`: each rule that offers a correction, the lines that it changes, and what
//! programs read of it.

use std::collections::BTreeSet;
use std::path::Path;

use pyi_codegen::{Input, Safety};
use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use crate::specs::{borrowed, case_in};
use crate::support::{files, golden, pyi, root, run};

type Files = Vec<(String, String)>;

fn lint(parts: &Files) -> pyi_codegen::Report {
    let texts = borrowed(parts);
    pyi_codegen::lint(Input::Texts(&texts), &pyi_runtime::__private::check::violation).1
}

/// The files with all fixes that are at most this risky, and the lines that these change.
fn fixed(parts: &Files, most: Safety) -> (Files, String) {
    let texts = borrowed(parts);
    let fixed = pyi_codegen::fix(Input::Texts(&texts), &pyi_runtime::__private::check::violation, most);
    let mut after = parts.clone();
    let mut lines = String::new();
    for fixed in fixed {
        lines.push_str(&format!("{}: {} fault(s)\n", fixed.file.name, fixed.faults));
        let diff = TextDiff::from_lines(&fixed.file.text, &fixed.text);
        for change in diff.iter_all_changes() {
            let sign = match change.tag() {
                ChangeTag::Equal => continue,
                ChangeTag::Delete => "-",
                ChangeTag::Insert => "+",
            };
            let line: String = change.value().trim_end().chars().take(200).collect();
            lines.push_str(&format!("{sign} {line}\n"));
        }
        let (_, text) = after.iter_mut().find(|(name, _)| *name == fixed.file.name).unwrap();
        *text = fixed.text;
    }
    (after, lines)
}

fn offered(parts: &Files, most: Safety) -> BTreeSet<&'static str> {
    let report = lint(parts);
    let faults = report.diagnostics().into_iter();
    faults
        .filter(|fault| fault.fix().is_some_and(|fix| fix.safety <= most))
        .map(|fault| fault.rule.name())
        .collect()
}

#[test]
fn each_fix_changes_its_lines_and_leaves_no_fault_that_has_one() {
    let mut rules = BTreeSet::new();
    for path in files("tests/specs", "yaml").into_iter().chain(files("tests/fix", "yaml")) {
        let parts = case_in(&path, "spec/provider.yaml");
        let mut changes = String::new();
        rules.extend(offered(&parts, Safety::Risky));
        for most in [Safety::Safe, Safety::Risky] {
            let (after, lines) = fixed(&parts, most);
            assert_eq!(offered(&after, most), BTreeSet::new(), "{}", path.display());
            assert_eq!(fixed(&after, most).1, "", "{}", path.display());
            if !lines.is_empty() && !changes.ends_with(&lines) {
                changes.push_str(&format!("### {}\n{lines}", most.word()));
            }
            for ((_, before), (name, after)) in parts.iter().zip(&after) {
                let comments = |text: &str| {
                    let is_one = |line: &&str| line.trim_start().starts_with('#') || line.contains(" # ");
                    text.lines().filter(is_one).count()
                };
                assert_eq!(comments(after), comments(before), "{name} of {}", path.display());
            }
        }
        let expected = path.with_extension("fixed");
        if changes.is_empty() {
            assert!(!expected.exists(), "no rule fixes {}", path.display());
        } else {
            golden(&expected, &changes);
        }
    }
    let wanted = [
        "absent-status",
        "bad-path",
        "bad-place",
        "bad-pointer",
        "duplicate-key",
        "empty-range",
        "missing-key",
        "not-a-boolean",
        "not-text",
        "reserved-name",
        "retry-billed",
        "same-rust-name",
        "stray-key",
        "unfit-value",
        "unknown-common",
        "unknown-key",
        "unknown-scheme",
        "unknown-type",
        "unknown-word",
    ];
    assert_eq!(rules, BTreeSet::from(wanted));
}

/// A folder with faults of which one has a safe fix, one a risky one, and one has none.
fn faulty() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let good = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    let bad = good
        .replace("effect: query", "Effect: query # 查询")
        .replace("methods: [POST, GET]", "methods: [POST, GTE]")
        .replace("path: /pyi/62/169", "path: /pyi/62/169?a");
    std::fs::write(folder.path().join("endpoints/a.yaml"), bad).unwrap();
    folder
}

/// What the program prints, in a folder; its exit code, stdout and stderr.
fn lint_in(folder: &Path, arguments: &[&str]) -> (Option<i32>, String, String) {
    let output = pyi().args(["lint", "--spec", "."]).args(arguments).current_dir(folder).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn faults(folder: &Path) -> Vec<Value> {
    serde_json::from_str(&lint_in(folder, &["--format", "json"]).1).unwrap()
}

#[test]
fn a_guess_is_applied_only_if_it_is_asked_for() {
    let folder = faulty();
    let text = || std::fs::read_to_string(folder.path().join("endpoints/a.yaml")).unwrap();
    let before = text();
    let (code, report, _) = lint_in(folder.path(), &[]);
    assert_eq!(code, Some(1));
    assert!(
        report.ends_with("`--fix` corrects 1 of them (safe), `--fix=all` 1 more (a guess)\n"),
        "{report}"
    );
    assert_eq!(text(), before);
    let (code, report, note) = lint_in(folder.path(), &["--fix"]);
    assert_eq!((code, note.as_str()), (Some(1), "./endpoints/a.yaml: 1 fault(s) corrected\n"));
    assert!(report.contains("did you mean `GET`?") && !report.contains("Effect"), "{report}");
    assert_eq!(text(), before.replace("Effect: query # 查询", "effect: query # 查询"));
    let (code, report, _) = lint_in(folder.path(), &["--fix=all"]);
    assert!(code == Some(1) && report.contains("is not a path") && !report.contains("GTE"), "{report}");
    assert_eq!(text(), before.replace("Effect: query", "effect: query").replace("GTE", "GET"));
    // A faultless spec stays, to the byte.
    let good = text().replace("?a", "");
    std::fs::write(folder.path().join("endpoints/a.yaml"), &good).unwrap();
    let (code, _, note) = lint_in(folder.path(), &["--fix=all"]);
    assert_eq!((code, note.as_str(), text()), (Some(0), "", good));
}

/// Applies the corrections that `--format json` lists, or a log of SARIF, to the files that they
/// name; columns are characters.
const APPLY: &str = r#"import json, sys, urllib.parse
found = json.load(sys.stdin)
if isinstance(found, dict):
    edits = [(urllib.parse.unquote(change["artifactLocation"]["uri"]), r["deletedRegion"], r["insertedContent"]["text"])
             for result in found["runs"][0]["results"] for fix in result.get("fixes", [])
             for change in fix["artifactChanges"] for r in change["replacements"]]
    edits = [(file, (r["startLine"], r["startColumn"]), (r["endLine"], r["endColumn"]), text) for file, r, text in edits]
else:
    edits = [(fault["file"], (e["line"], e["column"]), (e["end_line"], e["end_column"]), e["text"])
             for fault in found if fault["fix"] for e in fault["fix"]["edits"]]
for file, start, end, text in sorted(edits, key=lambda edit: edit[1], reverse=True):
    lines = open(file, encoding="utf-8", newline="").read().split("\n")
    head, tail = lines[start[0] - 1][:start[1] - 1], lines[end[0] - 1][end[1] - 1:]
    lines[start[0] - 1:end[0]] = (head + text + tail).split("\n")
    open(file, "w", encoding="utf-8", newline="").write("\n".join(lines))
print(len(edits))
"#;

/// A program that applies the listed corrections has the files that `--fix=all` writes.
#[test]
fn programs_are_told_the_fixes_that_are_applied() {
    let wanted = {
        let folder = faulty();
        lint_in(folder.path(), &["--fix=all"]);
        std::fs::read_to_string(folder.path().join("endpoints/a.yaml")).unwrap()
    };
    for format in ["json", "sarif"] {
        let folder = faulty();
        let script = folder.path().join("apply.py");
        std::fs::write(&script, format!("import os\nos.chdir(os.path.dirname(__file__))\n{APPLY}")).unwrap();
        let listed = lint_in(folder.path(), &["--format", format]).1;
        assert_eq!(run("python3", &[script.to_str().unwrap()], &listed), "2\n");
        assert_eq!(
            std::fs::read_to_string(folder.path().join("endpoints/a.yaml")).unwrap(),
            wanted,
            "{format}"
        );
        assert_eq!(faults(folder.path()).len(), 1, "{format}");
    }
}
