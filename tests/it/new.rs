//! `pyi new`: what it starts builds and passes its test at once, outside of the workspace.

use crate::support::{cargo, pyi, root};

#[test]
fn a_new_crate_passes_its_test_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("my-provider");
    let local = root();
    let new =
        |name: &std::path::Path| pyi().arg("new").arg(name).arg("--local").arg(&local).output().unwrap();
    let output = new(&path);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lint = pyi().args(["lint", "--spec"]).arg(path.join("spec")).output().unwrap();
    assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));

    std::fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
    let test = cargo()
        .args(["test", "--offline", "--quiet"])
        .current_dir(&path)
        .env("CARGO_TARGET_DIR", root().join("target/foreign"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&test.stdout);
    assert!(
        test.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&test.stderr)
    );

    // From a registry: the versions that it writes are those of these crates, which a patch puts in
    // the registry's place. From a relative path, and from a repository.
    let make = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let output = pyi().arg("new").arg(&path).args(more).current_dir(root()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        path
    };
    for (name, more) in [("published", &[][..]), ("relative", &["--local", "."])] {
        let path = make(name, more);
        std::fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
        let mut check = cargo();
        check.args(["check", "--tests", "--offline", "--quiet"]).current_dir(&path).env_remove("RUSTFLAGS");
        if more.is_empty() {
            for room in ["codegen", "dynamic", "export", "macros", "runtime", "sandbox", "text", "types"] {
                check.args(["--config", &format!("patch.crates-io.pyi-{room}.path={:?}", root().join(room))]);
            }
        }
        let output = check.env("CARGO_TARGET_DIR", root().join("target/foreign")).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let manifest =
        std::fs::read_to_string(make("cloned", &["--git", "https://git.invalid/a\"b"]).join("Cargo.toml"));
    let manifest: toml::Table = manifest.unwrap().parse().unwrap();
    assert_eq!(manifest["dependencies"]["pyi-runtime"]["git"].as_str(), Some("https://git.invalid/a\"b"));

    for (name, why) in
        [(path.clone(), "exists; choose"), (folder.path().join("My Provider"), "small letters")]
    {
        let output = new(&name);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(why));
    }
}
