//! The promises of the documents: the dependencies of users' builds, the shape of the tree,
//! README's commands.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use crate::support::{cargo, root, skipped};
use pyi_runtime::StatusCode;

/// Packages that a package's build brings in, itself left out.
fn tree(package: &str, edges: &str, features: &[&str]) -> BTreeSet<String> {
    let output = cargo()
        .args([
            "tree",
            "--offline",
            "--locked",
            "--prefix",
            "none",
            "--format",
            "{p}",
            "-p",
            package,
            "-e",
            edges,
        ])
        .args(features)
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter(|line| !line.is_empty());
    names.map(|line| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ")).collect()
}

fn names(packages: &BTreeSet<String>) -> BTreeSet<&str> {
    packages.iter().filter_map(|package| package.split(' ').next()).collect()
}

/// Codegen gives no type a name that the crate exports from the runtime. Its list is that of the
/// crate, and of the template of `pyi new`.
#[test]
fn every_name_of_the_runtime_is_reserved() {
    let read = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let types = |file: &str| -> BTreeSet<String> {
        let words = file.split("pub use pyi_runtime::").skip(1).filter_map(|part| part.split(';').next());
        let names = words.flat_map(|list| list.split(|c: char| !c.is_ascii_alphanumeric()));
        names.filter(|name| name.starts_with(|c: char| c.is_ascii_uppercase())).map(str::to_owned).collect()
    };
    let names = read("codegen/src/names.rs");
    let list = names.split("RUNTIME_TYPES: &[&str] = &[").nth(1).unwrap().split("];").next().unwrap();
    let listed: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    assert!(listed.is_sorted());
    let mut exported = types(&read("src/lib.rs"));
    exported.insert("Client".to_owned());
    assert_eq!(exported, listed.iter().map(|name| (*name).to_owned()).collect());
    assert!(types(&read("cli/templates/lib.rs.txt")).is_subset(&exported));
}

/// Every user's build compiles all of codegen.
#[test]
fn codegen_depends_on_a_parser_and_on_tokens_alone() {
    let tree = tree("pyi-codegen", "normal,build", &[]);
    let allowed = [
        "arraydeque",
        "granit-parser",
        "proc-macro2",
        "pyi-codegen",
        "pyi-text",
        "pyi-types",
        "quote",
        "smallvec",
        "unicode-ident",
    ];
    assert_eq!(names(&tree), BTreeSet::from(allowed));
}

#[test]
fn the_runtime_knows_no_yaml() {
    let tree = tree("pyi-runtime", "normal,no-proc-macro", &[]);
    let names = names(&tree);
    for stranger in ["pyi-codegen", "granit-parser", "quote", "aws-lc-rs", "openssl", "serde_derive"] {
        assert!(!names.contains(stranger), "pyi-runtime depends on {stranger}");
    }
}

/// Dependencies of a user who has a client and tests it against a sandbox.
#[test]
fn there_is_one_syn() {
    for (package, features) in [("pyi", &["--all-features"][..]), ("pyi-sandbox", &[])] {
        let tree = tree(package, "normal,build", features);
        let versions: Vec<&String> = tree.iter().filter(|package| package.starts_with("syn ")).collect();
        assert_eq!(versions.len(), 1, "{package}: {versions:?}");
    }
}

/// ARCHITECTURE.md describes each room.
#[test]
fn the_tree_has_the_shape_that_the_documents_say() {
    let shown = std::fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    let files = String::from_utf8(output.stdout).unwrap();
    let top: BTreeSet<&str> =
        files.lines().filter_map(|file| file.split_once('/')).map(|(room, _)| room).collect();
    for room in top {
        assert!(shown.contains(&format!("{room}/")), "ARCHITECTURE.md does not tell of {room}/");
    }
}

/// A file begins with what it owns, and is short.
#[test]
fn every_source_file_says_what_it_owns_and_is_short() {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard", "*.rs"])
        .current_dir(root())
        .output()
        .unwrap();
    let files = String::from_utf8(output.stdout).unwrap();
    let mut seen = 0;
    for file in
        files.lines().filter(|file| !file.starts_with("tests/ui/") && !file.starts_with("tests/expand/"))
    {
        let Ok(text) = std::fs::read_to_string(root().join(file)) else { continue };
        let head = text.lines().next().unwrap_or("");
        assert!(head.starts_with("//! ") || head.starts_with("#![doc"), "{file} does not say what it owns");
        assert!(text.lines().count() <= 400, "{file} is longer than 400 lines");
        seen += 1;
    }
    assert!(seen > 40, "{seen}");
}

/// The lines of a README's shell blocks.
fn commands() -> Vec<String> {
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let blocks = readme.split("```sh\n").skip(1).filter_map(|rest| rest.split("```").next());
    blocks.flat_map(|block| block.lines().map(str::to_owned).collect::<Vec<_>>()).collect()
}

#[test]
fn readmes_commands_do_what_it_says() {
    let commands = commands();
    let set_up = ["cargo run --example verify", "cargo test --workspace"];
    assert!(
        set_up.iter().all(|command| commands.iter().any(|line| line.starts_with(command))),
        "{commands:?}"
    );
    let run = std::fs::read_to_string(root().join(".ci/run")).unwrap();
    assert!(run.contains("cargo test --workspace"), ".ci/run runs the test command that README gives");
    for line in commands.iter().filter(|line| line.starts_with("cargo run -- ")) {
        let arguments = line.strip_prefix("cargo run -- ").unwrap();
        let output = crate::support::pyi().args(arguments.split_whitespace()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// README's first command: a typed answer of a real, signed exchange.
#[test]
fn the_example_prints_who_matched_and_what_it_cost() {
    let verify = |arguments: &[&str]| {
        let output = cargo()
            .args(["run", "--quiet", "--offline", "--example", "verify", "--"])
            .args(arguments)
            .current_dir(root())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let matched = verify(&[]);
    assert_eq!(matched, "11010519491231002X 张三: a match\nbilled, 0.16 CNY at most\n");
    let other = verify(&["11010519491231002X", "code-02"]);
    assert!(other.contains(": no match\nbilled"), "{other}");
    let none = verify(&["11010519491231002X", "status-10025"]);
    assert!(none.contains("no_data") && none.contains("not billed"), "{none}");
}

#[test]
fn the_changelog_tells_of_this_version() {
    let changelog = std::fs::read_to_string(root().join("CHANGELOG.md")).unwrap();
    assert!(changelog.contains(&format!("## [{}]", env!("CARGO_PKG_VERSION"))), "CHANGELOG.md");
}

/// The spec has the facts of the provider's page, if the page is available.
#[test]
fn the_spec_lists_what_the_page_lists() {
    let page = root().join("../shared/seeds/id-card-two-factor.page.txt");
    let Ok(page) = std::fs::read_to_string(&page) else {
        skipped("the provider's page is not at hand");
        return;
    };
    let table = page.split("服务器状态码").nth(1).unwrap().split("请选择开发语言").next().unwrap();
    let codes: BTreeMap<StatusCode, &str> = table
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter_map(|(code, words)| Some((code.parse::<i32>().ok()?.into(), words)))
        .collect();
    let spec: BTreeSet<StatusCode> =
        pyi::operations::PROVIDER.statuses.iter().map(|status| status.code).collect();
    assert_eq!(codes.keys().copied().collect::<BTreeSet<_>>(), spec);
    for status in pyi::operations::PROVIDER.statuses {
        let stem: String = status.title.chars().take_while(|c| !"，{".contains(*c)).collect();
        assert!(
            codes[&status.code].contains(&stem),
            "{} is {} on the page",
            status.code,
            codes[&status.code]
        );
    }
}

#[test]
fn the_project_has_its_documents() {
    for document in [
        "README.md",
        "ARCHITECTURE.md",
        "CONTRIBUTING.md",
        "CHANGELOG.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "docs/CLIENT.md",
        "docs/BATCHES.md",
        "docs/BENCHMARKS.md",
        "docs/PEERS.md",
        "docs/SANDBOX.md",
        "docs/pictures/page.png",
        "docs/pictures/batch.svg",
    ] {
        assert!(Path::new(&root().join(document)).is_file(), "{document}");
    }
}
