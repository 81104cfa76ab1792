//! Marked values in every argument of every command, in every variable and in every input of the
//! program: no error shows them. The arguments are those of the command line as it is built, so a
//! new one is covered without being listed here.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use clap::ArgAction;

/// The marked values.
const NAME: &str = "金丝雀甲";
const ID: &str = "00000019490101776X";
const SECRET: &str = "canary5ec2e7canary5ec2e7canary00";

/// A number that a flag of numbers takes for one.
const DIGITS: &str = "110105194901010019";

/// A value where it does not belong, in the shapes that people and programs give it.
fn shapes() -> Vec<String> {
    vec![
        format!("{NAME} {ID}"),
        DIGITS.to_owned(),
        format!("-{DIGITS}"),
        format!(r#"{{"bank_name":"{NAME}","bank_id":"{ID}"}}"#),
        format!("@{NAME}"),
        format!("{NAME}={ID}"),
        format!("--{NAME}"),
        format!("http://{NAME}:{ID}@127.0.0.1:1/{DIGITS}"),
        format!("./{NAME}/{ID}.csv"),
        format!("{SECRET}.csv"),
    ]
}

/// Contents of a file or of stdin.
fn contents() -> Vec<String> {
    vec![
        format!("{NAME} {ID}\n"),
        format!("{NAME},{ID}\n{NAME},{DIGITS}\n"),
        format!(r#"{{"{NAME}":"{ID}"}}"#),
        format!(r#"{{"bank_name":["{NAME}"],"bank_id":{{"{ID}":1}}}}"#),
        format!("PK\u{3}\u{4}{NAME} {ID}"),
        format!("SQLite format 3\0{NAME} {ID}"),
        format!("bank_id,bank_name\n{ID},\"{NAME}\n{DIGITS},{NAME}\n"),
        format!("<html><table><tr><td>{NAME}</td><td>{ID}</td></tr></table>"),
    ]
}

/// A command that does something, the arguments that it needs, and the one that is looked at.
struct Case {
    path: Vec<String>,
    needed: Vec<(String, Vec<String>)>,
}

/// What a required argument is given where another one is looked at.
fn needed(command: &[String], arg: &clap::Arg) -> Vec<String> {
    let value = match (command[0].as_str(), arg.get_id().as_str()) {
        (_, "table") => "people.csv",
        (_, "endpoint") => "id_card_two_factor",
        (_, "output") => "results.csv",
        (_, "budget") => "1.00",
        (_, "ledger") => "people.csv",
        (_, "to") => "people.backup",
        (_, "bill") => "people.csv",
        (_, "time") => "bank_id",
        (_, "batch") => "0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",
        ("sign", "pair") => "bank_id=1",
        ("import", "page") => "page.html",
        ("schema", "file") => "endpoint",
        ("diff", "old") => "spec",
        ("new", "path") => "new-crate",
        ("completions", "shell") => "bash",
        (_, "code") => "curl",
        (command, id) => panic!("say here what the required argument {id} of {command} takes"),
    };
    with_name(arg, value)
}

fn with_name(arg: &clap::Arg, value: &str) -> Vec<String> {
    match (arg.get_long(), value.starts_with('-')) {
        (None, _) => vec![value.to_owned()],
        (Some(long), true) => vec![format!("--{long}={value}")],
        (Some(long), false) => vec![format!("--{long}"), value.to_owned()],
    }
}

/// Every command line with one argument replaced: `value` gives what it is replaced by.
fn lines(values: &[String]) -> Vec<Vec<String>> {
    let (provider, _) = pyi_codegen::load(pyi_codegen::Input::Texts(pyi::SPEC));
    let mut lines = Vec::new();
    walk(&pyi_cli::command(&provider), &[], &mut lines, values);
    lines
}

fn walk(command: &clap::Command, path: &[String], lines: &mut Vec<Vec<String>>, values: &[String]) {
    let inner: Vec<&clap::Command> = command.get_subcommands().collect();
    // Flags that all endpoints share are looked at on the first.
    let case = match inner.iter().find(|_| command.get_name() == "call") {
        Some(endpoint) => case(endpoint, &[path, &[endpoint.get_name().to_owned()]].concat()),
        None => case(command, path),
    };
    for value in values {
        for arg in command.get_arguments() {
            if matches!(arg.get_action(), ArgAction::Set | ArgAction::Append) {
                lines.push(case.line(Some(arg), with_name(arg, value)));
            } else if let Some(long) = arg.get_long() {
                lines.push(case.line(Some(arg), vec![format!("--{long}={value}")]));
            }
        }
        // In the place of a command, and as an argument too many.
        lines.push([path, std::slice::from_ref(value)].concat());
        lines.push(case.line(None, vec![value.clone()]));
        lines.push(case.line(None, vec!["--".to_owned(), value.clone()]));
    }
    for inner in inner {
        walk(inner, &[path, &[inner.get_name().to_owned()]].concat(), lines, values);
    }
}

fn case(command: &clap::Command, path: &[String]) -> Case {
    let is_call = path.first().is_some_and(|first| first == "call");
    let mut found = Vec::new();
    for arg in command.get_arguments() {
        if arg.is_required_set() {
            found.push((arg.get_id().to_string(), needed(path, arg)));
        } else if is_call && arg.get_help_heading() == Some("Fields") {
            found.push((arg.get_id().to_string(), with_name(arg, "1")));
        }
    }
    if is_call || path.get(1).is_some_and(|second| second == "run") {
        found.push(("sandbox".to_owned(), vec!["--sandbox".to_owned()]));
    }
    Case { path: path.to_vec(), needed: found }
}

impl Case {
    fn line(&self, arg: Option<&clap::Arg>, words: Vec<String>) -> Vec<String> {
        let id = arg.map(|arg| arg.get_id().as_str());
        let mut line = self.path.clone();
        for (needed, words) in &self.needed {
            let apart = id == Some("base-url") && needed == "sandbox";
            if id != Some(needed) && !apart {
                line.extend_from_slice(words);
            }
        }
        line.extend(words);
        line
    }
}

/// A folder with what the commands need, and whatever else is given.
fn folder(input: Option<&str>) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    };
    put("people.csv", "bank_id,bank_name\n11010519491231002X,张三\n");
    put("page.html", "<html><body>nothing</body></html>");
    input.inspect(|text| put("input", text));
    folder
}

/// Runs the program where nothing of the machine is seen. What does not end by itself is ended once
/// it has said where it listens.
fn run(
    line: &[String],
    variables: &[(&str, &str)],
    stdin: Option<&Path>,
    folder: &Path,
) -> (Option<i32>, String, String) {
    let (out, err) = (folder.join("stdout"), folder.join("stderr"));
    let file = |path: &Path| std::fs::File::create(path).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_pyi"));
    command
        .args(line)
        .current_dir(folder)
        .env_clear()
        .env("HOME", folder.join("home"))
        .env("PYI_SECRET", "s");
    command.envs(variables.iter().copied());
    command.stdin(stdin.map_or_else(Stdio::null, |path| Stdio::from(std::fs::File::open(path).unwrap())));
    let mut child = command.stdout(file(&out)).stderr(file(&err)).spawn().unwrap();
    let read = |path: &Path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).into_owned();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break Some(status);
        }
        if line.first().is_some_and(|first| first == "sandbox") && read(&out).contains("page  ") {
            child.kill().unwrap();
            child.wait().unwrap();
            break None;
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    (status.and_then(|status| status.code()), read(&out), read(&err))
}

/// Runs them all, on as many threads as there are processors, and gives those that showed a mark.
fn judged(
    lines: &[Vec<String>],
    run: impl Fn(&[String]) -> (Option<i32>, String, String) + Sync,
) -> Vec<String> {
    let (next, shown, refused) = (Mutex::new(lines.iter()), Mutex::new(Vec::new()), Mutex::new(0));
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(line) = next.lock().unwrap().next() else { break };
                    let (code, stdout, stderr) = run(line);
                    *refused.lock().unwrap() += usize::from(code == Some(2));
                    // A command that did what was asked for shows what was asked for.
                    let said = if code == Some(2) { format!("{stdout}{stderr}") } else { stderr.clone() };
                    let marks = [NAME, ID, DIGITS, SECRET, "%E9%87%91%E4%B8%9D"];
                    if marks.iter().any(|mark| said.contains(mark)) || code == Some(101) {
                        shown.lock().unwrap().push(format!("{line:?}\n  {code:?} {said}"));
                    }
                }
            });
        }
    });
    let refused = *refused.lock().unwrap();
    assert!(refused * 3 > lines.len(), "{refused} of {} were refused", lines.len());
    shown.into_inner().unwrap()
}

#[test]
fn no_argument_is_shown_in_an_error() {
    let lines = lines(&shapes());
    assert!(lines.len() > 1000, "{}", lines.len());
    let shown = judged(&lines, |line| run(line, &[], None, folder(None).path()));
    assert!(shown.is_empty(), "{} of {}:\n{}", shown.len(), lines.len(), shown.join("\n"));
}

/// A file for every argument, and stdin.
#[test]
fn no_input_is_shown_in_an_error() {
    for content in contents() {
        let lines = lines(&["input".to_owned(), "@input".to_owned(), "-".to_owned()]);
        let shown = judged(&lines, |line| {
            let folder = folder(Some(&content));
            run(line, &[], Some(&folder.path().join("input")), folder.path())
        });
        assert!(shown.is_empty(), "{content:?}: {} of {}:\n{}", shown.len(), lines.len(), shown.join("\n"));
    }
}

#[test]
fn no_variable_is_shown_in_an_error() {
    let variables = ["PYI_BASE_URL", "PYI_APP_ID", "PYI_SECRET", "HOME", "XDG_STATE_HOME"];
    for variable in variables {
        for value in shapes() {
            for first in [
                "call id_card_two_factor --bank-id 1 --bank-name 1",
                "batch run people.csv --endpoint id_card_two_factor -o r.csv --budget 1 --outage-timeout 0",
                "sign a=b",
            ] {
                let mut given = vec![("PYI_BASE_URL", "http://127.0.0.1:1"), ("PYI_APP_ID", "1")];
                given.push((variable, &value));
                let line: Vec<String> = first.split(' ').map(str::to_owned).collect();
                let (_, stdout, stderr) = run(&line, &given, None, folder(None).path());
                for mark in [NAME, ID, DIGITS, SECRET] {
                    assert!(!stderr.contains(mark), "{variable} {line:?}: {stderr}");
                    assert!(!stdout.contains(mark) || line[0] == "sign", "{variable} {line:?}: {stdout}");
                }
            }
        }
    }
}
