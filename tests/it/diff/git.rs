//! `pyi diff` of revisions: the folder as it was, wherever the program is run, and places that git
//! takes.

use std::os::unix::fs::symlink;
use std::path::Path;

use tempfile::TempDir;

use super::{base, edited, replace};
use crate::support::{pyi, run};

/// A repository whose first commit, `one`, has a spec in `specs/demo`.
fn repository() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "specs/demo", &base());
    git(folder.path(), &["init", "-q", "-b", "main"]);
    commit(folder.path(), "one");
    folder
}

fn write(root: &Path, spec: &str, files: &[(String, String)]) {
    for (name, text) in files {
        let file = root.join(spec).join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
}

/// The spec with another price, which is a change of line 9 of an endpoint.
fn dearer() -> Vec<(String, String)> {
    edited(&[replace("endpoints/check.yaml", "tiers: {100: \"0.20\"", "tiers: {100: \"0.25\"")])
}

fn git(folder: &Path, arguments: &[&str]) -> String {
    let settings = ["-C", folder.to_str().unwrap(), "-c", "user.name=n", "-c", "user.email=e"];
    run("git", &[&settings, arguments].concat(), "")
}

fn commit(folder: &Path, name: &str) {
    git(folder, &["add", "-A"]);
    git(folder, &["commit", "-q", "-m", name]);
    git(folder, &["tag", name]);
}

fn diff(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> (Option<i32>, String) {
    let mut command = pyi();
    command.arg("diff").args(arguments).current_dir(folder).envs(variables.iter().copied());
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    (output.status.code(), text)
}

#[test]
fn a_place_of_a_revision_is_one_that_git_shows() {
    let folder = repository();
    let root = folder.path();
    write(root, "specs/demo", &dearer());
    let (code, text) = diff(root, &["git:HEAD", "specs/demo"], &[]);
    let places = "was HEAD:specs/demo/endpoints/check.yaml:9:1, is specs/demo/endpoints/check.yaml:9:1";
    assert!(code == Some(1) && text.contains(places), "{text}");
    let shown = git(root, &["show", "HEAD:specs/demo/endpoints/check.yaml"]);
    assert!(shown.lines().nth(8).unwrap().starts_with("price: "), "{shown}");
    let (_, json) = diff(root, &["git:HEAD", "specs/demo", "--format", "json"], &[]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["changes"][0]["old"]["file"], "HEAD:specs/demo/endpoints/check.yaml");
    // From inside of the repository, and from outside.
    let place = "was HEAD:specs/demo/endpoints/check.yaml:9:1";
    let path = root.join("specs/demo").to_str().unwrap().to_owned();
    for (start, spec) in [("specs", "demo"), ("specs/demo", "."), (".", &*path), ("/", &*path)] {
        let (code, text) = diff(&root.join(start), &["git:HEAD", spec], &[]);
        assert!(code == Some(1) && text.contains(place), "{start} {spec}: {text}");
    }
}

#[test]
fn a_folder_is_that_of_the_revision() {
    let folder = repository();
    let root = folder.path();
    git(root, &["mv", "specs", "providers"]);
    write(root, "providers/demo", &dearer());
    commit(root, "two");
    let old = "git:one:specs/demo";
    for (start, old) in
        [(".", old), ("providers", "git:one:../specs/demo"), ("providers/demo", "git:one:../../specs/demo")]
    {
        let (code, text) =
            diff(&root.join(start), &[old, root.join("providers/demo").to_str().unwrap()], &[]);
        assert!(
            code == Some(1) && text.contains("was one:specs/demo/endpoints/check.yaml:9:1"),
            "{start}: {text}"
        );
    }
    // The folder of the other side, which is one of a revision too.
    let (code, text) = diff(root, &["git:two", "git:two:providers/demo"], &[]);
    assert_eq!((code, &*text), (Some(0), "the specs are the same\n"));
    git(root, &["rm", "-r", "-q", "providers"]);
    commit(root, "three");
    let (code, text) = diff(root, &[old, "git:two:providers/demo"], &[]);
    assert!(code == Some(1) && text.contains("is two:providers/demo/endpoints/check.yaml:9:1"), "{text}");
}

#[test]
fn a_hook_of_another_working_tree_reads_the_tree_of_the_folder() {
    let (folder, other) = (repository(), repository());
    let root = folder.path();
    write(root, "specs/demo", &dearer());
    commit(root, "two");
    let others = |path: &str| other.path().join(path).to_str().unwrap().to_owned();
    let (index, dir, tree) = (others(".git/index"), others(".git"), others("."));
    let hook = [
        ("GIT_DIR", &*dir),
        ("GIT_WORK_TREE", &*tree),
        ("GIT_INDEX_FILE", &*index),
        ("GIT_PREFIX", "elsewhere/"),
    ];
    let (code, text) = diff(root, &["git:one", "specs/demo"], &hook);
    assert!(code == Some(1) && text.contains("was one:specs/demo/endpoints/check.yaml:9:1"), "{text}");
    // The revision `two` is in no other repository.
    let (code, text) = diff(root, &["git:two", "specs/demo"], &hook);
    assert_eq!((code, &*text), (Some(0), "the specs are the same\n"));
}

#[test]
fn a_link_is_followed_inside_of_the_repository() {
    let folder = repository();
    let root = folder.path();
    std::fs::rename(root.join("specs/demo/endpoints/check.yaml"), root.join("shared.yaml")).unwrap();
    symlink("../../../shared.yaml", root.join("specs/demo/endpoints/check.yaml")).unwrap();
    symlink("specs/demo", root.join("linked")).unwrap();
    commit(root, "two");
    assert_eq!(diff(root, &["git:one:specs/demo", "git:two:specs/demo"], &[]).0, Some(0));
    assert_eq!(diff(root, &["git:one:specs/demo", "git:two:linked"], &[]).0, Some(0));
    write(root, "specs/new", &dearer());
    let (_, text) = diff(root, &["git:two:linked", "specs/new"], &[]);
    assert!(text.contains("was two:shared.yaml:9:1, is specs/new/endpoints/check.yaml:9:1"), "{text}");
    // The folder of endpoints.
    std::fs::rename(root.join("specs/new/endpoints"), root.join("endpoints")).unwrap();
    symlink("../../endpoints", root.join("specs/new/endpoints")).unwrap();
    commit(root, "three");
    let (code, text) = diff(root, &["git:three:specs/new", "specs/new"], &[]);
    assert_eq!((code, &*text), (Some(0), "the specs are the same\n"));
    for target in ["/nowhere.yaml", "../../../../out.yaml", "check.yaml", "gone.yaml"] {
        std::fs::remove_file(root.join("specs/demo/endpoints/check.yaml")).unwrap();
        symlink(target, root.join("specs/demo/endpoints/check.yaml")).unwrap();
        git(root, &["commit", "-q", "-a", "-m", "link"]);
        let (code, text) = diff(root, &["git:HEAD:specs/demo", "specs/new"], &[]);
        let said = "OLD has the link `endpoints/check.yaml`, which leads to nothing in its revision";
        assert!(code == Some(2) && text.contains(said), "{target}: {text}");
    }
}

#[test]
fn an_error_of_git_has_its_reason_and_no_value() {
    let folder = repository();
    let root = folder.path();
    for (argument, reason) in [
        ("git:nothing", "; git says: fatal: Needed a single revision"),
        ("git:--help", "; git says: fatal: Needed a single revision"),
    ] {
        let (code, text) = diff(root, &[argument, "specs/demo"], &[]);
        let said = "OLD names no folder of a git repository, or no revision of it";
        assert!(code == Some(2) && text.contains(said) && text.contains(reason), "{text}");
        assert!(!text.contains(&argument[4..]), "{text}");
    }
    let (code, text) = diff(root, &["git:HEAD:nowhere", "specs/demo"], &[]);
    assert!(code == Some(2) && text.contains("OLD names a folder that its revision does not have"), "{text}");
    assert!(!text.contains("nowhere"), "{text}");
    let outside = tempfile::tempdir().unwrap();
    write(outside.path(), "spec", &base());
    let (code, text) = diff(outside.path(), &["git:HEAD", "spec"], &[]);
    assert!(code == Some(2) && text.contains("git says: fatal: not a git repository"), "{text}");
}
