//! Very large or unusual specs: reports stay readable, the work is linear in the text, and no read
//! blocks.

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use pyi_codegen::Input;

use crate::support::{has, pyi, root};

const HEAD: &str =
    "path: /a\ntitle: a\nsource: a\neffect: query\nmethods: [POST]\nformats: [json]\nresponse: any\n";

/// A spec of the shipped provider file and one endpoint.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("endpoints")).unwrap();
        std::fs::copy(root().join("spec/provider.yaml"), folder.path().join("provider.yaml")).unwrap();
        Self(folder)
    }

    fn with(endpoint: &str) -> Self {
        let folder = Self::new();
        std::fs::write(folder.endpoint("odd.yaml"), endpoint).unwrap();
        folder
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn endpoint(&self, name: &str) -> std::path::PathBuf {
        self.path().join("endpoints").join(name)
    }

    fn lint(&self, more: &[&str]) -> (Option<i32>, String) {
        let output = ended(pyi().args(["lint", "--spec"]).arg(self.path()).args(more));
        (output.status.code(), String::from_utf8(output.stdout).unwrap())
    }
}

/// The output of a program. A program that hangs is killed, and fails the test; the limit is far
/// above its usual time.
fn ended(command: &mut Command) -> Output {
    let mut child =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut pipes = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let read = |pipe: &mut dyn std::io::Read| {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).unwrap();
        bytes
    };
    std::thread::scope(|threads| {
        let stdout = threads.spawn(|| read(&mut pipes.0));
        let stderr = threads.spawn(|| read(&mut pipes.1));
        let began = Instant::now();
        let status = loop {
            match child.try_wait().unwrap() {
                Some(status) => break status,
                None if began.elapsed() > Duration::from_secs(120) => {
                    child.kill().unwrap();
                    panic!("the program hangs");
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
        };
        Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
    })
}

/// The macro's output for a folder. A hang would block a build; here it fails the test.
fn expanded(path: &Path) -> String {
    let (done, ready) = std::sync::mpsc::channel();
    let path = path.to_owned();
    std::thread::spawn(move || {
        let shown = path.to_string_lossy();
        done.send(
            pyi_codegen::expand(Input::Folder { path: &path, shown: &shown }, pyi_codegen::Extras::default())
                .to_string(),
        )
    });
    ready.recv_timeout(Duration::from_secs(120)).expect("the macro ends")
}

fn unknown_keys(count: usize) -> String {
    (0..count).fold(format!("{HEAD}request: {{}}\n"), |text, key| text + &format!("formas_{key}: 1\n"))
}

/// A hundred faults of a file are listed, with the number of others: as text, as JSON, and by the
/// compiler.
#[test]
fn a_hundred_faults_of_a_file_are_listed() {
    let folder = Folder::with(&unknown_keys(30_000));
    let (code, text) = folder.lint(&[]);
    assert_eq!(code, Some(1));
    assert_eq!(text.matches("error[E12 unknown-key]").count(), 100);
    assert!(
        text.contains("endpoints/odd.yaml` has 29900 more faults than the 100 that are listed"),
        "{text}"
    );
    assert!(text.contains("101 fault(s)"));
    let (_, json) = folder.lint(&["--format", "json"]);
    let faults: Vec<serde_json::Value> = serde_json::from_str(&json).unwrap();
    assert_eq!((faults.len(), faults[100]["code"].as_str()), (101, Some("E42")));
    let said = expanded(folder.path());
    assert_eq!(said.matches("E12 unknown-key").count(), 100);
    assert_eq!(said.matches("29900 more faults").count(), 1);
    // The limit applies to each file.
    std::fs::write(folder.endpoint("other.yaml"), unknown_keys(1)).unwrap();
    let (_, text) = folder.lint(&[]);
    assert_eq!(text.matches("error[E12 unknown-key]").count(), 101);
}

/// Faults beyond the limit still decide whether code is generated.
#[test]
fn a_fault_beyond_the_limit_still_counts() {
    let endpoint = unknown_keys(200) + "deprecated: old\n";
    let endpoint = endpoint.replace("request: {}", "request: {金额: {type: string}}");
    let provider = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
    let texts = [("provider.yaml", provider.as_str()), ("endpoints/odd.yaml", &endpoint)];
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(spec.endpoints.is_empty() && !report.to_string().contains("not-a-name"));
    let code = pyi_codegen::expand(Input::Texts(&texts), pyi_codegen::Extras::default()).to_string();
    assert!(!code.contains("struct Odd"), "no code is made of what has no name in Rust");
}

/// A long line is shown around the place, with the caret under it; a long word is cut.
#[test]
fn a_long_line_is_shown_where_the_fault_is() {
    let word = "x".repeat(400_000);
    let line = format!("response: {{before: {{doc: {word}}}, 金额: {{typ: string, doc: {word}}}}}");
    let text =
        format!("{}\nrequest: {{}}\n{line}\n{}: 1\n", HEAD.replace("response: any\n", ""), "y".repeat(900));
    let (_, said) = Folder::with(&text).lint(&[]);
    assert!(said.contains("unknown key `typ`") && said.contains("unknown key `yyy"), "{}", said.len());
    let longest = said.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(longest <= 700, "{longest}");
    let lines: Vec<&str> = said.lines().collect();
    let place = 3 + lines.iter().position(|line| line.contains("unknown key `typ`")).unwrap();
    let columns =
        |text: &str| text.chars().map(|c| if c.is_ascii() || c == '…' { 1 } else { 2 }).sum::<usize>();
    let (before, _) = lines[place].split_once("typ:").unwrap();
    assert!(lines[place].contains("| …") && lines[place].ends_with('…'));
    assert_eq!(lines[place + 1].find('^'), Some(columns(before)), "{}\n{}", lines[place], lines[place + 1]);
    assert!(columns(lines[place]) <= 180, "{}", lines[place]);
    assert!(lines.iter().all(|line| line.matches('^').count() <= 160));
}

/// A pipe, a device, a socket or a folder in place of a file is a fault of that file. The build
/// does not wait for it, and neither does the compiler, for which the code names no such file.
#[test]
fn what_is_no_file_is_a_fault_in_its_place() {
    type Make = fn(&Path);
    let make: [(&str, Make); 3] = [
        ("pipe", |path| assert!(Command::new("mkfifo").arg(path).status().unwrap().success())),
        ("device", |path| std::os::unix::fs::symlink("/dev/zero", path).unwrap()),
        ("socket", |path| drop(std::os::unix::net::UnixListener::bind(path).unwrap())),
    ];
    for (what, make) in make {
        let folder = Folder::with(&format!("{HEAD}request: {{}}\n"));
        make(&folder.endpoint("pipe.yaml"));
        let (code, said) = folder.lint(&[]);
        assert_eq!(code, Some(1), "{what}");
        assert!(
            said.contains("error[E03 unreadable]: cannot read `") && said.contains("it is no regular file"),
            "{said}"
        );
        assert!(said.contains("endpoints/pipe.yaml:1:1") && said.matches("error[").count() == 1, "{said}");
        // It affects its own endpoint only.
        let code = expanded(folder.path());
        assert!(code.contains("compile_error") && code.contains("struct Odd"), "{what}");
        assert!(!code.contains("pipe.yaml\")"), "{what}: the compiler is not to read it");
        // In place of the provider's file, too.
        std::fs::remove_file(folder.path().join("provider.yaml")).unwrap();
        make(&folder.path().join("provider.yaml"));
        let (code, said) = folder.lint(&[]);
        assert!(code == Some(1) && said.contains("provider.yaml:1:1"), "{said}");
    }
}

/// Instructions that linting a spec takes, as valgrind counts them.
fn work(endpoint: &str, provider: &str) -> u64 {
    let folder = Folder::with(endpoint);
    if !provider.is_empty() {
        let shared = std::fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
        std::fs::write(folder.path().join("provider.yaml"), shared.replace("\ntypes:\n", provider)).unwrap();
    }
    let mut command = Command::new("valgrind");
    command.args([
        "--tool=callgrind",
        "--callgrind-out-file=/dev/null",
        env!("CARGO_BIN_EXE_pyi"),
        "lint",
        "--spec",
    ]);
    let output = ended(command.arg(folder.path()));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let counted = said.lines().find_map(|line| line.split("Collected : ").nth(1));
    counted.unwrap_or_else(|| panic!("{said}")).trim().parse().unwrap()
}

/// Four times the text takes about four times the work, for any kind of text.
#[test]
fn the_work_grows_no_faster_than_the_text() {
    if !has("valgrind") {
        return;
    }
    type Shape = fn(usize) -> (String, String);
    fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
        (0..count).map(line).collect()
    }
    let shapes: [(&str, Shape); 6] = [
        ("unknown keys", |count| (unknown_keys(count), String::new())),
        ("keys that stand twice", |count| {
            (
                format!(
                    "{HEAD}request:\n{}",
                    lines(count, |at| format!("  f{}: {{type: string}}\n", at / 2))
                ),
                String::new(),
            )
        }),
        ("statuses", |count| {
            let status =
                |at| format!("  {}: {{name: s{at}, title: s, class: server, billed: never}}\n", 20_000 + at);
            (format!("{HEAD}request: {{}}\nstatuses:\n{}", lines(count, status)), String::new())
        }),
        ("codes", |count| {
            let code = |at| format!("      \"{at}\": {{name: c{at}, title: c}}\n");
            (format!("{HEAD}request:\n  f:\n    enum:\n{}", lines(count, code)), String::new())
        }),
        ("types that are not there", |count| {
            (
                format!("{HEAD}request:\n{}", lines(count, |at| format!("  f{at}: {{type: t{at}x}}\n"))),
                String::new(),
            )
        }),
        ("named types", |count| {
            let named = lines(count, |at| format!("  t{at}: {{type: string}}\n"));
            let fields = lines(count, |at| format!("  f{at}: {{type: t{at}}}\n"));
            (format!("{HEAD}request:\n{fields}"), format!("\ntypes:\n{named}"))
        }),
    ];
    for (what, shape) in shapes {
        let work = |count| {
            let (endpoint, provider) = shape(count);
            work(&endpoint, &provider)
        };
        let (none, some, many) = (work(0), work(200), work(800));
        let ratio = many.saturating_sub(none) as f64 / some.saturating_sub(none) as f64;
        println!("{what}: {none}, {some}, {many} instructions: {ratio:.2} times as much");
        assert!(ratio < 6.0, "{what}: {none}, {some}, {many}");
    }
}
