//! The generated code, feature by feature: goldens that are readable and that compile.

use crate::specs::case;
use crate::support::{files, golden, pyi};

/// The output of `pyi expand` for a case.
fn expand(parts: &[(String, String)], more: &[&str]) -> (bool, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    for (path, text) in parts {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let output = pyi().args(["expand", "--spec"]).arg(folder.path()).args(more).output().unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn each_feature_expands_as_its_golden_says() {
    for path in files("tests/expand", "yaml") {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let parts =
            case(&name, &std::fs::read_to_string(&path).unwrap(), "tests/expand/shared/provider.yaml");
        let (good, code) = expand(&parts, &[]);
        assert!(good);
        assert_eq!(code, expand(&parts, &[]).1, "always the same bytes");
        golden(&path.with_extension("rs"), &code);
    }
}

#[test]
fn code_that_is_checked_in_is_held_against_the_spec() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let path = file.path().to_str().unwrap();
    let run = |arguments: &[&str]| pyi().arg("expand").args(arguments).output().unwrap();
    std::fs::write(path, run(&[]).stdout).unwrap();
    assert_eq!(run(&["--check", path]).status.code(), Some(0));
    std::fs::write(path, run(&["--endpoint", "weather"]).stdout).unwrap();
    assert!(std::fs::read_to_string(path).unwrap().contains("pub struct Weather "));
    let output = run(&["--check", path]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("write it again: pyi expand --spec spec"));
}

/// Without extras the code is the macro's; each extra adds its own, and nothing else.
#[test]
fn features_add_to_the_code() {
    let code = |features: &[&str]| {
        let output = pyi().args(["expand", "--endpoint", "weather"]).args(features).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    let plain = code(&[]);
    assert!(!plain.contains("serde") && !plain.contains("PartialEq, Default"));
    let derives = code(&["--features", "derives"]);
    let without: Vec<&str> = derives
        .lines()
        .filter(|line| {
            !matches!(*line, "#[derive(Clone, PartialEq)]" | "#[derive(Clone, PartialEq, Default)]")
        })
        .collect();
    assert_eq!(without, plain.lines().collect::<Vec<_>>());
    let both = code(&["--features", "serde,derives"]);
    assert!(both.contains("::pyi_runtime::__private::serde::Deserialize<'de> for Weather"));
}

#[test]
fn every_golden_is_compiled() {
    let here = include_str!("../dialect/main.rs");
    for path in files("tests/expand", "rs") {
        let line = format!("include!(\"../expand/{}\")", path.file_name().unwrap().to_str().unwrap());
        assert!(here.contains(&line), "{} is not compiled", path.display());
    }
}
