//! Faults of a spec, each in a file of its own under `tests/specs`, and the report that its author
//! reads.
//!
//! A case is one endpoint, beside the provider file of the shipped spec; or several files, each
//! after a line `### <path in the spec's folder>`.

use std::collections::BTreeSet;
use std::path::Path;

use pyi_codegen::{Input, Rule, Severity};

use crate::support::{files, golden, pyi, root};

/// The files of a case, as pairs of path and text; the provider's file, if it has none, is taken
/// from `provider`.
pub(crate) fn case(name: &str, text: &str, provider: &str) -> Vec<(String, String)> {
    let mut parts: Vec<(String, String)> = Vec::new();
    let mut head = String::new();
    for line in text.split_inclusive('\n') {
        if let Some(path) = line.strip_prefix("### ") {
            parts.push((path.trim().to_owned(), String::new()));
        } else if parts.is_empty() && line.starts_with('#') {
            // Text before the first file belongs to no file.
            head.push_str(line);
            continue;
        } else if parts.is_empty() {
            parts.push((format!("endpoints/{name}.yaml"), std::mem::take(&mut head)));
        }
        parts.last_mut().unwrap().1.push_str(line);
    }
    if parts.is_empty() {
        parts.push((format!("endpoints/{name}.yaml"), head));
    }
    if !parts.iter().any(|(path, _)| path == "provider.yaml") {
        let provider = std::fs::read_to_string(root().join(provider)).unwrap();
        parts.push(("provider.yaml".to_owned(), provider));
    }
    parts
}

/// The files of the case in a file, which is named after it.
pub(crate) fn case_in(path: &Path, provider: &str) -> Vec<(String, String)> {
    let name = path.file_stem().unwrap().to_str().unwrap().replace('-', "_");
    case(&name, &std::fs::read_to_string(path).unwrap(), provider)
}

/// The same, as codegen takes them.
pub(crate) fn borrowed(parts: &[(String, String)]) -> Vec<(&str, &str)> {
    parts.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect()
}

/// The case that is not named after a rule: it breaks many.
const OF_MANY_RULES: &str = "other-dialects";

#[test]
fn each_fault_is_told_with_its_place_and_the_way_out() {
    let mut rules = BTreeSet::new();
    for path in files("tests/specs", "yaml") {
        let parts = case_in(&path, "spec/provider.yaml");
        let texts = borrowed(&parts);
        let (_, report) = pyi_codegen::lint(Input::Texts(&texts), &pyi_runtime::__private::check::violation);
        let of_the_case = path.file_stem().unwrap().to_str().unwrap();
        rules.extend(report.diagnostics().iter().map(|fault| fault.rule.name()));
        assert!(
            of_the_case == OF_MANY_RULES
                || report.diagnostics().iter().any(|fault| fault.rule.name() == of_the_case),
            "{of_the_case}.yaml does not show the fault that it is named after:\n{report}"
        );
        golden(&path.with_extension("stderr"), &format!("{report}\n"));
    }
    // Faults of folders on disk are tested below.
    let on_disk = ["unreadable", "missing-file", "stray-file"];
    for rule in Rule::ALL.iter().filter(|rule| !on_disk.contains(&rule.name())) {
        assert!(rules.contains(rule.name()), "no file under tests/specs breaks {}", rule.name());
        assert!(
            root().join(format!("tests/specs/{}.yaml", rule.name())).is_file(),
            "{} has no file of its own",
            rule.name()
        );
    }
}

/// Five faults of one endpoint are reported in one run, and the other endpoint is generated.
#[test]
fn a_bad_endpoint_costs_its_own_error_and_nothing_else() {
    let bad = std::fs::read_to_string(root().join("tests/specs/unknown-key.yaml")).unwrap();
    let good = std::fs::read_to_string(root().join("spec/endpoints/id_card_two_factor.yaml")).unwrap();
    let provider = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
    let texts = [
        ("endpoints/bad.yaml", bad.as_str()),
        ("endpoints/id_card_two_factor.yaml", good.as_str()),
        ("provider.yaml", provider.as_str()),
    ];
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    let ids: Vec<&str> = spec.endpoints.iter().map(|endpoint| endpoint.id.as_str()).collect();
    assert_eq!(ids, ["id_card_two_factor"]);
    assert!(report.diagnostics().iter().all(|fault| fault.position().unwrap().0 == "endpoints/bad.yaml"));
}

/// Faults that only a folder on disk can have.
#[test]
fn a_folder_is_read_as_it_is() {
    let report = |folder: &std::path::Path| {
        pyi_codegen::load(Input::Folder { path: folder, shown: "spec" }).1.to_string()
    };
    let folder = tempfile::tempdir().unwrap();
    assert!(
        report(&folder.path().join("nowhere"))
            .contains("error[E03 unreadable]: cannot read the folder `spec`")
    );
    assert!(report(folder.path()).contains("error[E04 missing-file]: `spec` has no `provider.yaml`"));
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    assert_eq!(report(folder.path()), "");
    let endpoints = folder.path().join("endpoints");
    std::fs::create_dir(&endpoints).unwrap();
    std::fs::write(endpoints.join("a.yml"), "").unwrap();
    std::fs::write(endpoints.join("b.yaml"), [b'p', 0xFF]).unwrap();
    std::fs::write(endpoints.join("c.yaml"), vec![b'#'; (1 << 20) + 1]).unwrap();
    std::fs::write(endpoints.join("README.md"), "free to lie here").unwrap();
    // Folders that lead back to where they stand.
    std::os::unix::fs::symlink(&endpoints, endpoints.join("loop")).unwrap();
    std::os::unix::fs::symlink(folder.path(), folder.path().join("again")).unwrap();
    let said = report(folder.path());
    for fault in [
        "`spec/endpoints/a.yml` is not part",
        "b.yaml`: byte 1 is not UTF-8",
        "c.yaml`: it has more than 1048576 bytes",
    ] {
        assert!(said.contains(fault), "{fault} in {said}");
    }
    assert_eq!(said.matches("error[").count(), 3, "{said}");
}

/// The catalogue is complete, its codes are in order, and the page is what the program prints.
#[test]
fn the_catalogue_is_a_page() {
    for severity in [Severity::Error, Severity::Warning] {
        let codes = Rule::ALL.iter().filter(|rule| rule.severity() == severity).map(|rule| rule.code());
        assert!(codes.is_sorted_by(|a, b| a < b), "codes are unique and in order");
    }
    for rule in Rule::ALL {
        assert_eq!(Rule::find(&rule.code().to_lowercase()), Some(*rule));
        assert_eq!(Rule::find(rule.name()), Some(*rule));
        assert!(!rule.what().is_empty() && !rule.why().is_empty() && !rule.instead().is_empty());
    }
    let explain = |word: &str| pyi().args(["lint", "--explain", word]).output().unwrap();
    golden(&root().join("docs/RULES.md"), &String::from_utf8(explain("all").stdout).unwrap());
    let one = String::from_utf8(explain("E07").stdout).unwrap();
    assert!(one.contains("E07 duplicate-field") && one.contains("```yaml"), "{one}");
    assert_eq!(explain("E99").status.code(), Some(2));
}

/// The same faults for a program as for a person.
#[test]
fn faults_are_told_to_programs_too() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    std::fs::copy(root().join("tests/specs/unknown-key.yaml"), folder.path().join("endpoints/bad.yaml"))
        .unwrap();
    let lint = |form: &str| {
        pyi().args(["lint", "--spec", folder.path().to_str().unwrap(), "--format", form]).output().unwrap()
    };
    let (text, json) = (lint("text"), lint("json"));
    assert_eq!((text.status.code(), json.status.code()), (Some(1), Some(1)));
    let text = String::from_utf8(text.stdout).unwrap();
    let faults: Vec<serde_json::Value> = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(faults.len(), text.matches("error[").count());
    for fault in faults {
        let word = |key: &str| fault[key].as_str().unwrap().to_owned();
        let head = format!("{}[{} {}]: {}\n", word("severity"), word("code"), word("rule"), word("message"));
        assert!(text.contains(&head) && text.contains(&word("help")), "{head}");
        assert!(text.contains(&format!("{}:{}:{}\n", word("file"), fault["line"], fault["column"])));
    }
}

/// A warning refuses nothing, and only `pyi lint` reports it.
#[test]
fn a_warning_refuses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
    let case = root().join("tests/specs/fails-own-check.yaml");
    std::fs::copy(case, folder.path().join("endpoints/odd.yaml")).unwrap();
    let path = folder.path().to_str().unwrap();
    let (spec, report) = pyi_codegen::load(Input::Folder { path: folder.path(), shown: "spec" });
    assert!(report.is_empty() && spec.endpoint("odd").is_some(), "{report}");
    let lint = pyi().args(["lint", "--spec", path]).output().unwrap();
    let said = String::from_utf8(lint.stdout).unwrap();
    assert!(lint.status.success() && said.contains("0 fault(s), 3 warning(s)"), "{said}");
    assert_eq!(said.matches("warning[W01 fails-own-check]").count(), 3, "{said}");
}

/// Input that expands without limit is refused at its beginning, and nothing overflows.
#[test]
fn bombs_are_refused() {
    let mut laughs = "a0: &a0 [ha, ha]\n".to_owned();
    for level in 1..40 {
        laughs.push_str(&format!("a{level}: &a{level} [*a{0}, *a{0}, *a{0}, *a{0}]\n", level - 1));
    }
    let deep = 100_000;
    let nested = format!("path: {}{}\n", "[".repeat(deep), "]".repeat(deep));
    let maps = (0..200).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    for bomb in [laughs, nested, maps, "{".repeat(deep), "- ".repeat(deep)] {
        let (_, report) = pyi_codegen::load(Input::Texts(&[("provider.yaml", bomb.as_str())]));
        let rules: BTreeSet<&str> = report.diagnostics().iter().map(|fault| fault.rule.name()).collect();
        assert!(rules.contains("yaml-feature") || rules.contains("yaml-syntax"), "{rules:?}");
    }
}

/// Columns are counted in characters, and the caret stands under the word on a terminal, behind
/// wide characters and tabs.
#[test]
fn carets_stand_under_the_word() {
    let table = [
        (
            "request: {}\nresponse:\n  金额: {type: strng, rename: amount}\n",
            3,
            14,
            "  金额: {type: strng, rename: amount}",
            15,
        ),
        (
            "request: {}\nresponse:\n  a: {title: 𠮷·é, type: strng}\n",
            3,
            25,
            "  a: {title: 𠮷·é, type: strng}",
            25,
        ),
        ("request: {}\nresponse: {a:\t{type: strng}}\n", 2, 22, "response: {a:\t{type: strng}}", 21),
    ];
    let head = "path: /a\ntitle: a\nsource: a\neffect: query\nmethods: [POST]\nformats: [json]\n";
    let provider = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
    for (text, line, column, shown, spaces) in table {
        let text = format!("{head}{text}");
        let (_, report) =
            pyi_codegen::load(Input::Texts(&[("provider.yaml", &provider), ("endpoints/a.yaml", &text)]));
        let fault = report.diagnostics()[0].to_string();
        assert!(fault.contains(&format!("--> endpoints/a.yaml:{}:{column}\n", line + 6)), "{fault}");
        let lines: Vec<&str> = fault.lines().collect();
        let (_, code) = lines[3].split_once(" | ").unwrap();
        let (_, caret) = lines[4].split_once(" | ").unwrap();
        assert_eq!(code, shown);
        assert!(caret.ends_with("^^^^^") && !caret.ends_with("^^^^^^"), "{fault}");
        assert_eq!(caret.len() - 5, spaces, "{fault}");
    }
}
