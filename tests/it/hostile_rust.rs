//! Generated code and samples in Rust of specs with hostile texts: one crate, compiled once. Its
//! documentation has no code that rustdoc would run, and no tags of the specs.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use pyi_export::samples::{Lang, sample};

use crate::hostile::{Case, assert_sent, cases};
use crate::hostile_samples::run;
use crate::support::{Raw, cargo, has_python, pyi, root};

/// Writes a crate that has a module for the client of each case, and one for its sample.
fn write_crate(folder: &Path, cases: &[Case]) {
    let write = |name: &str, text: &str| std::fs::write(folder.join(name), text).unwrap();
    std::fs::create_dir(folder.join("src")).unwrap();
    let manifest = format!(
        "[package]\nname = \"hostile\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n[dependencies]\npyi = {{ path = {0:?} }}\n\
         pyi-runtime = {{ path = {1:?} }}\ntokio = {{ version = \"1\", features = [\"macros\", \"rt\"] }}\n",
        root(),
        root().join("runtime")
    );
    write("Cargo.toml", &manifest);
    std::fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let mut library = "#![allow(deprecated)]\n".to_owned();
    let mut main = "#![allow(deprecated)]\n".to_owned();
    let mut calls = String::new();
    for case in cases {
        let (name, spec) = (&case.name, case.spec());
        let specs = folder.join("specs").join(name);
        case.write(&specs);
        let expanded = pyi().args(["expand", "--spec"]).arg(&specs).output().unwrap();
        assert!(expanded.status.success(), "{name}: {expanded:?}");
        let code = String::from_utf8(expanded.stdout).unwrap();
        write(&format!("src/{name}.rs"), &format!("pub use pyi_runtime::*;\n{code}"));
        library.push_str(&format!("pub mod {name};\n"));
        let program = sample(&spec, &spec.endpoints[0], Lang::Rust, &format!("hostile::{name}"));
        write(&format!("src/sample_{name}.rs"), &program.replace("async fn main", "pub async fn main"));
        main.push_str(&format!("mod sample_{name};\n"));
        calls.push_str(&format!("        {name:?} => sample_{name}::main().unwrap(),\n"));
    }
    main.push_str(&format!(
        "fn main() {{\n    match std::env::args().nth(1).unwrap().as_str() {{\n{calls}        other => panic!(\"{{other}}\"),\n    }}\n}}\n"
    ));
    write("src/lib.rs", &library);
    write("src/main.rs", &main);
}

/// Builds the crate; gives the program, and the library of the runtime that rustdoc needs.
fn build(folder: &Path, target: &Path) -> (PathBuf, PathBuf) {
    let built = cargo()
        .args(["build", "--offline", "--message-format=json"])
        .current_dir(folder)
        .env("CARGO_TARGET_DIR", target)
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    assert!(built.status.success(), "{}\n{}", text(&built.stderr), text(&built.stdout));
    let runtime = String::from_utf8(built.stdout).unwrap().lines().find_map(|line| {
        let message: serde_json::Value = serde_json::from_str(line).unwrap();
        let files = message["filenames"].as_array()?;
        let file = files.iter().filter_map(|file| file.as_str()).find(|file| file.ends_with(".rlib"))?;
        (message["target"]["name"] == "pyi_runtime").then(|| PathBuf::from(file))
    });
    (target.join("debug/hostile"), runtime.unwrap())
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn rustdoc(folder: &Path, target: &Path, runtime: &Path, more: &[&str]) -> Output {
    let output = Command::new("rustdoc")
        .args(["--edition", "2024", "--crate-name", "hostile", "src/lib.rs", "-L"])
        .arg(format!("dependency={}", target.join("debug/deps").display()))
        .arg("--extern")
        .arg(format!("pyi_runtime={}", runtime.display()))
        .args(more)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}\n{}", text(&output.stdout), text(&output.stderr));
    output
}

/// Every tag of the documentation that has the mark of the table's scripts in it, as Python's
/// parser of HTML sees it.
const TAGS: &str = r#"
import html.parser, pathlib, sys
class Seen(html.parser.HTMLParser):
    inside = False
    def handle_starttag(self, tag, attributes):
        self.inside = tag == "script"
        if tag == "svg/onload=window.hacked" or any("hacked" in (name + (value or "")) and name.startswith("on") for name, value in attributes):
            print(tag, attributes)
    def handle_endtag(self, tag): self.inside = False
    def handle_data(self, data):
        if self.inside and "hacked" in data: print("script", data[:80])
count = 0
for path in pathlib.Path(sys.argv[1]).rglob("*.html"):
    Seen().feed(path.read_text())
    count += "hacked" in path.read_text()
print("pages with the words:", count > 5)
"#;

#[test]
fn hostile_specs_compile_and_their_clients_send_the_request_alone() {
    let folder = tempfile::tempdir().unwrap();
    let target = root().join("target/foreign");
    let cases = cases();
    write_crate(folder.path(), &cases);
    let (program, runtime) = build(folder.path(), &target);
    for case in &cases {
        let server = Raw::http("200 OK", &case.reply);
        let output = run(&program, &[&case.name], &server.url());
        let said = format!("{}: {}", case.name, text(&output.stderr));
        assert!(output.status.success(), "{said}");
        let requests = server.arrived();
        assert_eq!(requests.len(), 1, "{said}");
        let expected = assert_sent(case, &case.spec(), &requests[0], &said);
        assert_eq!(crate::hostile::arrived(&requests[0]).2, expected, "{said}");
    }
    let tests = rustdoc(folder.path(), &target, &runtime, &["--test"]);
    assert!(text(&tests.stdout).contains("running 0 tests"), "{}", text(&tests.stdout));
    rustdoc(folder.path(), &target, &runtime, &["--out-dir", "doc", "--cap-lints", "allow"]);
    if has_python("html.parser") {
        let pages = folder.path().join("doc/hostile");
        let said = crate::support::run("python3", &["-c", TAGS, pages.to_str().unwrap()], "");
        assert_eq!(said, "pages with the words: True\n");
    }
    assert!(!folder.path().join("canary").exists());
}
