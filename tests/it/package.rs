//! The files that each crate publishes: all that it needs, and no tests.

use std::process::Command;

use crate::support::root;

fn listed(package: &str) -> Vec<String> {
    let output = Command::new(env!("CARGO"))
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
        (
            "pyi",
            &[
                "build.rs",
                "src/lib.rs",
                "spec/provider.yaml",
                "spec/endpoints/id_card_two_factor.yaml",
                "README.md",
                "LICENSE-MIT",
                "LICENSE-APACHE",
            ],
        ),
        ("pyi-codegen", &["src/lib.rs", "src/emit/types.rs", "src/parse/keys.rs"]),
        ("pyi-macros", &["src/lib.rs"]),
        ("pyi-runtime", &["src/lib.rs", "src/response/decode/format.rs"]),
        ("pyi-dynamic", &["src/lib.rs"]),
        ("pyi-sandbox", &["src/lib.rs", "src/validate.rs"]),
        ("pyi-cli", &["src/main.rs"]),
    ];
    for (package, needed) in table {
        let listed = listed(package);
        for file in *needed {
            assert!(
                listed.iter().any(|listed| listed == file),
                "{package} does not publish {file}: {listed:?}"
            );
        }
        let stray = listed.iter().find(|file| file.starts_with("tests/") || file.starts_with("codegen/"));
        assert_eq!(stray, None, "{package}");
    }
}
