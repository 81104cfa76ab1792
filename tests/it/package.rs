//! The files that each crate publishes: all that it needs, and no tests.

use crate::support::{cargo, root};

fn listed(package: &str) -> Vec<String> {
    let output = cargo()
        .args(["package", "--list", "--allow-dirty", "--offline", "-p", package])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn each_crate_lists_what_it_needs() {
    let table: &[(&str, &[&str])] = &[
        ("pyi", &["build.rs", "src/lib.rs", "spec/provider.yaml", "spec/endpoints/id_card_two_factor.yaml"]),
        ("pyi-codegen", &["src/lib.rs", "src/emit/types.rs", "src/parse/keys.rs"]),
        ("pyi-macros", &["src/lib.rs"]),
        ("pyi-runtime", &["src/lib.rs", "src/response/decode/to_json.rs"]),
        ("pyi-dynamic", &["src/lib.rs"]),
        ("pyi-sandbox", &["src/lib.rs", "src/validate.rs"]),
        ("pyi-cli", &["src/main.rs", "providers/taobao/provider.yaml"]),
        ("pyi-batch", &["src/lib.rs"]),
        ("pyi-export", &["src/lib.rs"]),
        ("pyi-import", &["src/lib.rs"]),
        ("pyi-text", &["src/lib.rs"]),
        ("pyi-types", &["src/lib.rs"]),
    ];
    for (package, needed) in table {
        let listed = listed(package);
        for file in needed.iter().chain(&["README.md", "LICENSE-MIT", "LICENSE-APACHE", "Cargo.toml"]) {
            assert!(
                listed.iter().any(|listed| listed == file),
                "{package} does not publish {file}: {listed:?}"
            );
        }
        let stray = listed.iter().find(|file| file.starts_with("tests/") || file.starts_with("codegen/"));
        assert_eq!(stray, None, "{package}");
    }
}

/// The packages of the workspace, as cargo knows them.
fn packages() -> Vec<serde_json::Value> {
    let output = cargo()
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(root())
        .output()
        .unwrap();
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// Crates depend on one exact version of each other: what generated code uses may change in any
/// version. Those that tests need have no version, so that a published crate names none of them.
#[test]
fn crates_of_pyi_depend_on_one_version_of_each_other() {
    for package in packages() {
        let exact = format!("={}", package["version"].as_str().unwrap());
        for dependency in package["dependencies"].as_array().unwrap() {
            let name = dependency["name"].as_str().unwrap();
            if name == "pyi" || name.starts_with("pyi-") {
                let expected = if dependency["kind"] == "dev" { "*" } else { &exact };
                assert_eq!(dependency["req"], expected, "{} and {name}", package["name"]);
            }
        }
    }
}

/// What a registry shows of a crate. CONTRIBUTING.md lists what is missing, and who can add it.
#[test]
fn what_is_missing_for_a_release_is_listed() {
    let mut missing = std::collections::BTreeSet::new();
    let packages = packages();
    assert_eq!(packages.len(), 12);
    for package in &packages {
        let keys = ["description", "documentation", "license", "readme", "repository", "rust_version"];
        missing.extend(keys.into_iter().filter(|key| package[*key].is_null()));
        for list in ["authors", "categories", "keywords"] {
            assert!(!package[list].as_array().unwrap().is_empty(), "{}: {list}", package["name"]);
        }
        let name = package["name"].as_str().unwrap();
        assert_eq!(package["documentation"], format!("https://docs.rs/{name}"));
    }
    assert_eq!(missing.into_iter().collect::<Vec<_>>(), ["repository"]);
    let contributing = std::fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let listed = contributing.split("What is missing:").nth(1).unwrap();
    assert!(listed.contains("| `repository` in `[workspace.package]`"), "{listed}");
}

/// docs.rs has no files beside the crate: its documentation has no relative link.
#[test]
fn documentation_has_no_relative_link() {
    for package in packages() {
        let folder = std::path::PathBuf::from(package["manifest_path"].as_str().unwrap());
        let folder = folder.parent().unwrap();
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        let mut texts = vec![std::fs::read_to_string(folder.join("src/lib.rs")).unwrap()];
        if package["name"] != "pyi" {
            texts.push(readme);
        }
        for text in texts {
            for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                let works = link.starts_with("https://") || !link.contains('/') && !link.contains(".md");
                assert!(works, "{}: {link}", package["name"]);
            }
        }
    }
}
