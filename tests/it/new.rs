//! `pyi new`: what it starts builds and passes its test at once, outside of the workspace.

use std::process::Command;

use crate::support::{pyi, root};

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
    let test = Command::new(env!("CARGO"))
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

    for (name, why) in
        [(path.clone(), "exists; choose"), (folder.path().join("My Provider"), "small letters")]
    {
        let output = new(&name);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(why));
    }
}
