//! A crate outside of the workspace, as docs/CLIENT.md shows it: it builds, and follows changes of
//! its spec.

use std::path::Path;

use crate::support::{cargo, root};

/// The files that docs/CLIENT.md shows for a crate with a spec of its own: a line in bold names
/// each, and the block after it is its text.
fn shown_in_document() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(root().join("docs/CLIENT.md")).unwrap();
    let section =
        page.split("## A crate with a spec of its own").nth(1).expect("docs/CLIENT.md has the section");
    let section = section.split("\n## ").next().unwrap();
    let mut files = Vec::new();
    for part in section.split("\n**`").skip(1) {
        let (name, rest) = part.split_once("`**").unwrap();
        let (_, rest) = rest.split_once("```").unwrap();
        let (_, rest) = rest.split_once('\n').unwrap();
        let (text, _) = rest.split_once("```").unwrap();
        files.push((name.to_owned(), text.to_owned()));
    }
    files
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// Builds the crate. Returns whether cargo succeeded, and its output. The target folder is the
/// workspace's under another name, so that dependencies are compiled once.
fn run_cargo(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let output = cargo()
        .args(arguments)
        .arg("--offline")
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", root().join("target/foreign"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
}

const ENDPOINT: &str = "path: /demo/2\ntitle: Refund\nsource: made up for this test\neffect: act\nmethods: [POST]\n\
                        formats: [json]\nrequest:\n  bill: {type: string}\nresponse: {}\n";

#[test]
fn a_foreign_crate_builds_and_follows_its_spec() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let files = shown_in_document();
    let names: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    for expected in ["Cargo.toml", "build.rs", "src/main.rs", "spec/provider.yaml"] {
        assert!(names.contains(&expected), "docs/CLIENT.md shows {expected}; it shows {names:?}");
    }
    for (name, text) in &files {
        // What is not published yet is taken from here.
        let local = format!("pyi-runtime = {{ path = {:?}, ", root().join("runtime"));
        write(folder, name, &text.replace("pyi-runtime = { version = \"0.1\", ", &local));
    }
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let rebuilt = |said: &str| said.contains("Compiling demo ") || said.contains("Checking demo ");

    let (good, said) = run_cargo(folder, &["check"]);
    assert!(good && rebuilt(&said), "{said}");
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(good && !rebuilt(&said), "an untouched tree is not built again: {said}");

    // Added: its types are there at once.
    write(folder, "spec/endpoints/refund.yaml", ENDPOINT);
    write(
        folder,
        "src/main.rs",
        &format!(
            "{}\nconst _: fn(&Client, &Refund) = |client, refund| drop(client.refund(refund));\n",
            text(&files, "src/main.rs")
        ),
    );
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(good && rebuilt(&said), "{said}");

    // Edited: nothing else changes, and the fault is reported with its place.
    write(folder, "spec/endpoints/refund.yaml", &ENDPOINT.replace("type: string", "type: strng"));
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(!good, "{said}");
    assert!(
        said.contains("spec/endpoints/refund.yaml:8:16") && said.contains("did you mean `string`?"),
        "{said}"
    );

    // Corrected, then deleted: code that uses it no longer compiles.
    write(folder, "spec/endpoints/refund.yaml", ENDPOINT);
    assert!(run_cargo(folder, &["check"]).0);
    std::fs::remove_file(folder.join("spec/endpoints/refund.yaml")).unwrap();
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(!good && said.contains("Refund"), "{said}");
    write(folder, "src/main.rs", text(&files, "src/main.rs"));
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(good, "{said}");
    let (good, said) = run_cargo(folder, &["check"]);
    assert!(good && !rebuilt(&said), "{said}");
}

fn text<'a>(files: &'a [(String, String)], name: &str) -> &'a str {
    &files.iter().find(|(found, _)| found == name).unwrap().1
}
