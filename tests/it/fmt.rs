//! `pyi fmt`: one layout, in which every spec says the same as before, and which is its own layout.

use std::path::{Path, PathBuf};

use pyi_codegen::{Input, ir};

use crate::specs::{borrowed, case_in};
use crate::support::{files, golden, pyi, root};

/// The folders of goldens whose files are specs, and the provider's file that they share.
const CASES: [(&str, &str); 4] = [
    ("tests/expand", "tests/expand/shared/provider.yaml"),
    ("tests/specs", "spec/provider.yaml"),
    ("tests/conventions", "spec/provider.yaml"),
    ("tests/diff", "spec/provider.yaml"),
];

/// A spec without its texts: what is made of it.
fn read(files: &[(String, String)]) -> (ir::Provider, usize) {
    let (mut provider, report) = pyi_codegen::load(Input::Texts(&borrowed(files)));
    provider.files.clear();
    (provider, report.diagnostics().len())
}

/// The same files in the layout. A file that has no layout stays.
fn formatted(files: &[(String, String)]) -> Vec<(String, String)> {
    let format = |text: &String| match pyi_codegen::format(text) {
        Ok(formatted) => {
            assert_eq!(pyi_codegen::format(&formatted).as_ref(), Ok(&formatted), "its own layout:\n{text}");
            formatted
        }
        Err(_) => text.clone(),
    };
    files.iter().map(|(name, text)| (name.clone(), format(text))).collect()
}

/// The text with other blanks: what people's editors make of it.
fn disturbed(text: &str) -> String {
    let mut disturbed = String::new();
    for (number, line) in text.lines().enumerate() {
        let words = line.trim_start();
        let indent = (line.len() - words.len()) * 2;
        // What is in brackets alone is in one line, and has no text that blanks would be part of.
        let is_plain = words.contains('{') && !words.contains(['"', '\'', '#']) && words.ends_with('}');
        let words = if is_plain {
            words.replace(", ", " ,").replace(": ", ":   ").replace('{', "{  ")
        } else {
            words.to_owned()
        };
        disturbed.push_str(&" ".repeat(indent));
        disturbed.push_str(&words);
        disturbed.push_str(if number % 5 == 0 && is_plain { "   \n\n\n" } else { "\n" });
    }
    disturbed
}

fn specs() -> Vec<(PathBuf, Vec<(String, String)>)> {
    let mut specs = Vec::new();
    for (folder, provider) in CASES {
        for path in files(folder, "yaml").into_iter().filter(|path| !path.ends_with("changes.yaml")) {
            let parts = case_in(&path, provider);
            specs.push((path, parts));
        }
    }
    let shipped = std::fs::read_dir(root().join("providers")).unwrap().map(|entry| entry.unwrap().path());
    for folder in shipped.filter(|path| path.is_dir()).chain([root().join("spec")]) {
        specs.push((folder.clone(), folder_of(&folder)));
    }
    specs
}

fn folder_of(folder: &Path) -> Vec<(String, String)> {
    let mut parts =
        vec![("provider.yaml".to_owned(), std::fs::read_to_string(folder.join("provider.yaml")).unwrap())];
    for entry in std::fs::read_dir(folder.join("endpoints")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        parts.push((format!("endpoints/{name}"), std::fs::read_to_string(&path).unwrap()));
    }
    parts
}

#[test]
fn every_spec_says_the_same_in_its_layout() {
    let specs = specs();
    assert!(specs.len() > 80, "{}", specs.len());
    let mut moved = 0;
    for (path, parts) in &specs {
        let layout = formatted(parts);
        assert_eq!(read(parts), read(&layout), "{}", path.display());
        for (name, text) in parts {
            let Ok(layout) = pyi_codegen::format(text) else { continue };
            // Comments stay, in their order.
            let comments = |text: &str| -> Vec<String> {
                let comments = text.lines().filter_map(|line| line.trim_start().strip_prefix('#'));
                comments.map(|comment| comment.trim_end().to_owned()).collect()
            };
            assert_eq!(comments(text), comments(&layout), "{} {name}", path.display());
            // Other blanks have the same layout, where they are read as the same.
            let other = disturbed(text);
            if let Ok(other_layout) = pyi_codegen::format(&other) {
                assert_eq!(
                    pyi_codegen::format(&other_layout).as_ref(),
                    Ok(&other_layout),
                    "{} {name}:\n{other}",
                    path.display()
                );
                moved += 1;
            }
        }
    }
    assert!(moved > 80, "{moved}");
}

#[test]
fn a_file_has_the_layout_of_its_golden() {
    let text = std::fs::read_to_string(root().join("tests/fmt/layout.yaml")).unwrap();
    golden(&root().join("tests/fmt/layout.out.yaml"), &pyi_codegen::format(&text).unwrap());
    for (text, line, why) in [
        ("a: &x 1\nb: *x\n", 1, "an anchor"),
        ("a: 1\nb: [\n", 3, ""),
        ("a: 1\n---\nb: 2\n", 2, "a second document"),
    ] {
        let error = pyi_codegen::format(text).unwrap_err();
        assert!(error.line <= line && error.message.contains(why), "{text}: {error:?}");
    }
}

#[test]
fn the_program_formats_all_files_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name);
    std::fs::create_dir(file("endpoints")).unwrap();
    std::fs::copy(root().join("tests/fmt/layout.yaml"), file("provider.yaml")).unwrap();
    std::fs::write(file("endpoints/a.yaml"), "path:   /a\n").unwrap();
    let fmt = |more: &[&str]| {
        let output = pyi().args(["fmt", "--spec"]).arg(folder.path()).args(more).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), text)
    };
    let (code, text) = fmt(&["--check"]);
    assert!(
        code == Some(1) && text.contains("provider.yaml\n") && text.contains("endpoints/a.yaml\n"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(file("endpoints/a.yaml")).unwrap(), "path:   /a\n");
    std::fs::write(file("endpoints/b.yaml"), "path: [\n").unwrap();
    let (code, text) = fmt(&[]);
    assert!(
        code == Some(2) && text.contains("endpoints/b.yaml:") && text.contains("no file was changed"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(file("endpoints/a.yaml")).unwrap(), "path:   /a\n");
    std::fs::remove_file(file("endpoints/b.yaml")).unwrap();
    assert_eq!(fmt(&[]).0, Some(0));
    assert_eq!(std::fs::read_to_string(file("endpoints/a.yaml")).unwrap(), "path: /a\n");
    assert_eq!(fmt(&["--check"]), (Some(0), "all files have the layout of specs\n".to_owned()));
}

#[test]
fn what_is_shipped_has_the_layout() {
    for (path, parts) in specs().iter().filter(|(path, _)| path.is_dir()) {
        for (name, text) in parts {
            assert_eq!(pyi_codegen::format(text).as_ref(), Ok(text), "{} {name}", path.display());
        }
    }
}
