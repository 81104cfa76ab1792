//! `pyi fmt`: one layout, in which every spec says the same as before, and which is its own layout.

use std::path::{Path, PathBuf};

use pyi_codegen::{Input, ir};

use crate::specs::{borrowed, case_in};
use crate::support::{files, golden, pyi, root, run};

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
        assert!(error.line <= line && error.message.contains(why) && error.is_fault, "{text}: {error:?}");
    }
    let unknown = pyi_codegen::format("? a\n:\n  b: 1\n").unwrap_err();
    assert!(!unknown.is_fault && unknown.line == 2, "{unknown:?}");
}

/// Forms of YAML that hand-written specs seldom have: each has a layout, which is its own.
#[test]
fn rare_forms_have_a_layout() {
    for (text, layout) in [
        ("?   effect # c\n:    query\nb: 1\n", "? effect  # c\n: query\nb: 1\n"),
        (
            "? a\n:   x: 1\n    y:   2\n? b\n: - 1\n  -   2\n? c\n",
            "? a\n: x: 1\n  y: 2\n? b\n: - 1\n  - 2\n? c\n",
        ),
        ("- ?  a\n  :  b\n- ? c\n", "- ? a\n  : b\n- ? c\n"),
        ("a: {? b : c}\n", "a: {? b: c}\n"),
        ("a: 1\n...  \n", "a: 1\n...\n"),
        ("a: |\n x\n... # end\n# more\n", "a: |\n  x\n...  # end\n# more\n"),
        ("--- # begin\na:   1\n", "---  # begin\na: 1\n"),
        ("- |\n a\n-   >-\n\n   b\n", "- |\n  a\n- >-\n\n  b\n"),
        ("a: 1\n\r", "a: 1\n"),
        ("a:   1 # c\rb: 2\r", "a: 1  # c\nb: 2\n"),
    ] {
        assert_eq!(pyi_codegen::format(text).as_deref(), Ok(layout), "{text:?}");
        assert_eq!(pyi_codegen::format(layout).as_deref(), Ok(layout), "{text:?}");
    }
}

/// Lines end as the first one does, so that a checkout with CRLF is not changed for ever.
#[test]
fn lines_keep_their_ends() {
    let text = "a:   1\r\n\r\n\r\nb: |\r\n  x\r\n   y\r\n\r\nc: \"x\r\n  y\"\r\n";
    let layout = "a: 1\r\n\r\nb: |\r\n  x\r\n   y\r\n\r\nc: \"x\r\n  y\"\r\n";
    assert_eq!(pyi_codegen::format(text).as_deref(), Ok(layout));
    assert_eq!(pyi_codegen::format("a: 1\nb: 2\r\n").as_deref(), Ok("a: 1\nb: 2\n"));
    for (path, parts) in specs() {
        for (name, text) in parts {
            let Ok(layout) = pyi_codegen::format(&text) else { continue };
            let on_windows = |text: &str| text.replace("\r\n", "\n").replace('\n', "\r\n");
            let formatted = pyi_codegen::format(&on_windows(&text)).unwrap();
            assert_eq!(formatted, on_windows(&layout), "{} {name}", path.display());
        }
    }
}

/// A folder with a provider's file and an endpoint's that have another layout.
fn unformatted() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    std::fs::copy(root().join("tests/fmt/layout.yaml"), folder.path().join("provider.yaml")).unwrap();
    std::fs::write(folder.path().join("endpoints/a.yaml"), "path:   /a\n").unwrap();
    folder
}

fn fmt_in(folder: &Path, more: &[&str]) -> (Option<i32>, String) {
    let output = pyi().args(["fmt", "--spec"]).arg(folder).args(more).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

#[cfg(unix)]
#[test]
fn what_cannot_be_read_or_written_stays_and_is_named() {
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    let folder = unformatted();
    let file = |name: &str| folder.path().join("endpoints").join(name);
    let mode = |name: &str| std::fs::metadata(file(name)).unwrap().permissions().mode() & 0o7777;
    let set_mode = |name: &str, mode| {
        std::fs::set_permissions(file(name), std::fs::Permissions::from_mode(mode)).unwrap();
    };
    run("mkfifo", &[file("pipe.yaml").to_str().unwrap()], "");
    std::fs::create_dir(file("folder.yaml")).unwrap();
    std::fs::write(file("bytes.yaml"), b"\xff: 1\n").unwrap();
    std::fs::write(file("large.yaml"), " ".repeat((1 << 20) + 1)).unwrap();
    for name in ["fixed.yaml", "shared.yaml"] {
        std::fs::write(file(name), "path:   /b\n").unwrap();
    }
    set_mode("fixed.yaml", 0o444);
    set_mode("shared.yaml", 0o664);
    std::fs::write(folder.path().join("linked"), "path:   /c\n").unwrap();
    symlink("../linked", file("link.yaml")).unwrap();
    let (code, text) = fmt_in(folder.path(), &[]);
    assert_eq!(code, Some(2), "{text}");
    for (name, why) in [
        ("pipe.yaml", "it is no regular file"),
        ("bytes.yaml", "byte 0 is not UTF-8"),
        ("large.yaml", "it has more than 1048576 bytes"),
        ("fixed.yaml", "it is read-only; make it writable first"),
    ] {
        assert!(text.lines().any(|line| line.contains(name) && line.contains(why)), "{name}: {text}");
    }
    assert_eq!(std::fs::read_to_string(file("fixed.yaml")).unwrap(), "path:   /b\n");
    assert_eq!(std::fs::read_to_string(file("shared.yaml")).unwrap(), "path: /b\n");
    assert_eq!((mode("fixed.yaml"), mode("shared.yaml")), (0o444, 0o664));
    assert!(file("link.yaml").is_symlink());
    assert_eq!(std::fs::read_to_string(folder.path().join("linked")).unwrap(), "path: /c\n");
}

#[test]
fn the_program_formats_all_files_that_can_be_formatted() {
    let folder = unformatted();
    let file = |name: &str| folder.path().join(name);
    let fmt = |more: &[&str]| fmt_in(folder.path(), more);
    let (code, text) = fmt(&["--check"]);
    assert!(
        code == Some(1) && text.contains("provider.yaml\n") && text.contains("endpoints/a.yaml\n"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(file("endpoints/a.yaml")).unwrap(), "path:   /a\n");
    std::fs::write(file("endpoints/b.yaml"), "path: [\n").unwrap();
    let (code, text) = fmt(&[]);
    assert!(
        code == Some(2)
            && text.contains("endpoints/b.yaml:")
            && text.contains("correct it (`pyi lint`)")
            && text.contains("the file stays as it is"),
        "{text}"
    );
    assert_eq!(std::fs::read_to_string(file("endpoints/a.yaml")).unwrap(), "path: /a\n");
    assert_eq!(std::fs::read_to_string(file("endpoints/b.yaml")).unwrap(), "path: [\n");
    std::fs::remove_file(file("endpoints/b.yaml")).unwrap();
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
