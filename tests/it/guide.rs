//! The guide, line by line: each command prints the lines below it. The Chinese README has the same
//! content as the English one.

use std::path::Path;
use std::process::Command;

use crate::support::{golden, root};

/// A part of a page of Markdown.
enum Part<'a> {
    Prose(&'a str),
    /// A block between fences: its info string, and its lines.
    Block(&'a str, Vec<&'a str>),
}

fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        match line.trim_start().strip_prefix("```") {
            Some(kind) => parts
                .push(Part::Block(kind, lines.by_ref().take_while(|line| line.trim() != "```").collect())),
            None => parts.push(Part::Prose(line)),
        }
    }
    parts
}

/// The folder's files, one by one.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &to);
        } else {
            std::fs::copy(&path, &to).unwrap();
        }
    }
}

/// What a command prints, as in a terminal.
fn run(folder: &Path, command: &str) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_pyi")).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    let output = Command::new("sh")
        .arg("-c")
        .arg(format!("{{ {command}\n}} 2>&1"))
        .current_dir(folder)
        .env("PATH", path)
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn the_guide_does_what_it_says() {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join("spec"), &folder.path().join("spec"));
    let guide = root().join("docs/GUIDE.md");
    let text = std::fs::read_to_string(&guide).unwrap();
    let mut made = String::new();
    let mut commands = 0;
    for part in parts(&text) {
        match part {
            Part::Prose(line) => made += &format!("{line}\n"),
            Part::Block("console", lines) => {
                made += "```console\n";
                for command in lines.iter().filter_map(|line| line.strip_prefix("$ ")) {
                    commands += 1;
                    made += &format!("$ {command}\n{}", run(folder.path(), command));
                    made += if made.ends_with('\n') { "" } else { "\n" };
                }
                made += "```\n";
            }
            Part::Block(kind, lines) => {
                let name = kind.strip_prefix("text ").expect("every other block is a file");
                std::fs::write(folder.path().join(name), lines.join("\n") + "\n").unwrap();
                made += &format!("```{kind}\n{}\n```\n", lines.join("\n"));
            }
        }
    }
    assert!(commands >= 10);
    golden(&guide, &made);
}

/// The common parts of both languages: headings, blocks of code, rows of tables, items of lists,
/// and text in backticks.
fn bones(text: &str) -> Vec<String> {
    let mut bones = Vec::new();
    let mut prose = String::new();
    for part in parts(text) {
        match part {
            Part::Block(kind, lines) => bones.push(format!("{kind}\n{}", lines.join("\n"))),
            Part::Prose(line) => {
                let start = line.trim_start();
                let mark = ["# ", "## ", "### ", "- ", "|"].into_iter().find(|mark| start.starts_with(mark));
                bones.extend(mark.map(|mark| {
                    format!("{mark}{}", if mark == "|" { start.matches('|').count() } else { 0 })
                }));
                prose += &format!("{line}\n");
            }
        }
    }
    let mut words: Vec<String> =
        prose.split('`').skip(1).step_by(2).map(|word| word.replace('\n', " ")).collect();
    let links = prose
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|link| !link.starts_with("README"));
    words.extend(links.map(str::to_owned));
    words.sort();
    bones.extend(words);
    bones
}

#[test]
fn the_chinese_readme_says_what_the_english_one_says() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    let (english, chinese) = (read("README.md"), read("README.zh-CN.md"));
    let (english, chinese_bones) = (bones(&english), bones(&chinese));
    for (english, chinese) in english.iter().zip(&chinese_bones) {
        assert_eq!(english, chinese);
    }
    assert_eq!(english.len(), chinese_bones.len());
    // No sentence is in English.
    let left = chinese.lines().filter(|line| {
        !line.contains('`') && line.split_whitespace().filter(|word| word.is_ascii()).count() > 8
    });
    let code = parts(&chinese);
    let in_code =
        |line: &str| code.iter().any(|part| matches!(part, Part::Block(_, lines) if lines.contains(&line)));
    assert_eq!(left.filter(|line| !in_code(line)).collect::<Vec<_>>(), Vec::<&str>::new());
}
