//! The output of the program, as bytes: no character that a terminal obeys or that is invisible,
//! whatever specs, tables, pages, names and answers contain; and no output that is lost without an
//! error.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

use pyi_text::is_unsafe;

use crate::support::{Raw, files, has_python, pyi, root};

/// Characters that a terminal obeys or that are invisible: escaped as in YAML and JSON, and raw.
const ESCAPED: &str = r"\u001b[31m\u001b]0;x\u0007\u009b1m\u202e\u2066\u200b\u2028\ufeff\u007f";
const EVIL: &str = "\u{1b}[31m\u{1b}]0;x\u{7}\u{9b}1m\u{202e}\u{2066}\u{200b}\u{2028}\u{feff}\u{7f}";

/// A folder with a hostile name, with a working spec, one with faults, a table, a page and a
/// secret.
struct World(tempfile::TempDir);

impl World {
    fn new() -> Self {
        let world = Self(tempfile::Builder::new().prefix(&format!("w\n{EVIL}")).tempdir().unwrap());
        for (folder, is_good) in [("spec", true), ("bad", false)] {
            let endpoints = world.0.path().join(folder).join("endpoints");
            fs::create_dir_all(&endpoints).unwrap();
            let provider = fs::read_to_string(root().join("spec/provider.yaml")).unwrap();
            let mut provider = with_evil(&provider);
            if !is_good {
                provider.push_str(&format!("\"k{ESCAPED}\\n\": 1\n"));
            }
            fs::write(world.0.path().join(folder).join("provider.yaml"), provider).unwrap();
            for file in files("spec/endpoints", "yaml") {
                let text = with_evil(&fs::read_to_string(&file).unwrap());
                fs::write(endpoints.join(file.file_name().unwrap()), text).unwrap();
            }
        }
        let bad = world.0.path().join("bad/endpoints");
        fs::write(bad.join(format!("x\n{EVIL}.yaml")), "path: /x\n").unwrap();
        fs::write(bad.join("raw.yaml"), format!("path: /x # {EVIL}\ntitel: {EVIL}\n")).unwrap();
        fs::write(
            bad.join("key.yaml"),
            format!("\"{ESCAPED}\": 1 # \u{202e}\nrequest: {{\"a{ESCAPED}\": {{typ: \"{ESCAPED}\"}}}}\n"),
        )
        .unwrap();
        let table =
            format!("bank_id,bank_name,\"x\n{EVIL}\"\r\n11010519491231002X,张三,{EVIL}\r\n,{EVIL},\r\n");
        fs::write(world.0.path().join("people.csv"), table).unwrap();
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        let bill =
            format!("bank_id,bank_name,time,\"x\n{EVIL}\"\r\n11010519491231002X,张三,{now},{EVIL}\r\n");
        fs::write(world.0.path().join("bill.csv"), bill).unwrap();
        let page = fs::read_to_string(root().join("tests/pages/bank_card.html")).unwrap();
        fs::write(
            world.0.path().join("page.html"),
            page.replace("</td>", &format!("{EVIL}&#27;&#8238;</td>")),
        )
        .unwrap();
        fs::write(world.0.path().join("secret"), "0123456789abcdef").unwrap();
        fs::set_permissions(world.0.path().join("secret"), fs::Permissions::from_mode(0o600)).unwrap();
        world
    }

    fn command(&self, line: &[&str]) -> Command {
        let mut command = pyi();
        command.args(line).current_dir(self.0.path()).stdin(Stdio::null());
        command.env("HOME", self.0.path().join("home")).env("PYI_SECRET", "s").env("COLUMNS", "100");
        command
    }
}

/// Titles, words and examples of a spec, followed by hostile characters.
fn with_evil(spec: &str) -> String {
    let mut out = String::new();
    for line in spec.lines() {
        let plain = line.split_once(": ").filter(|(key, value)| {
            matches!(key.trim(), "title" | "doc" | "source") && !value.starts_with(['"', '|', '>'])
        });
        match plain {
            Some((key, value)) => out.push_str(&format!("{key}: \"{value}{ESCAPED}\"\n")),
            None => out.push_str(&format!(
                "{}\n",
                line.replace("title: 验证通过", &format!("title: \"验证通过{ESCAPED}\""))
            )),
        }
    }
    out
}

/// A way to run a command.
struct Run {
    line: Vec<&'static str>,
    /// Whether the output is a file, whose bytes are unchanged if stdout is not a terminal.
    is_data: bool,
    /// Whether the output was paid for: it goes to stderr if stdout fails, and the exit code is
    /// that of the outcome.
    is_paid: bool,
}

/// Every command of the program, in an order in which each has its input. A test compares the list
/// with the command line.
fn runs() -> Vec<Run> {
    let run = |line: &'static str| Run { line: line.split(' ').collect(), is_data: false, is_paid: false };
    let data = |line: &'static str| Run { is_data: true, ..run(line) };
    let paid = |line: &'static str| Run { is_paid: true, ..run(line) };
    vec![
        run("--help"),
        run("--version"),
        run("call --spec spec --help"),
        run("call --spec spec id_card_two_factor --help"),
        paid("call --spec spec id_card_two_factor --sandbox --bank-id 11010519491231002X --bank-name 张三"),
        paid(
            "call --spec spec id_card_two_factor --sandbox --bank-id 11010519491231002X --bank-name 张三 --format table",
        ),
        run("batch plan --spec spec people.csv --endpoint id_card_two_factor"),
        run("batch plan --spec spec people.csv --endpoint id_card_two_factor --format json"),
        paid(
            "batch run --spec spec people.csv --endpoint id_card_two_factor --sandbox -o results.csv --budget 1",
        ),
        run("batch status people.csv --rows"),
        run("batch report people.csv"),
        run("batch reconcile --spec spec bill.csv --ledger people.csv --time time"),
        run("batch reconcile --spec spec bill.csv --ledger people.csv --time time --format json"),
        run("batch backup people.csv people.backup"),
        run("batch forget people.csv"),
        run("batch expire"),
        data("sign --spec spec a=b"),
        run("lint"),
        run("lint --format json"),
        run("lint --fix"),
        run("diff spec spec"),
        run("diff spec spec --format json"),
        run("fmt"),
        run("lint --explain all"),
        data("expand"),
        data("export openapi"),
        data("export samples --spec spec id_card_two_factor --code python"),
        data("import --spec spec page.html"),
        data("schema endpoint"),
        run("new fresh-crate"),
        data("completions --spec spec bash"),
        run("doctor --spec spec --sandbox"),
        data("man"),
        run("man -o pages"),
    ]
}

/// Commands that fail on hostile input.
const REFUSED: [&str; 11] = [
    "lint --spec bad",
    "lint --spec bad --format sarif",
    "lint --spec bad --format github",
    "lint --spec bad --format json",
    "expand --spec bad",
    "export openapi --spec bad",
    "batch plan --spec bad people.csv --endpoint id_card_two_factor",
    "call --spec bad id_card_two_factor --sandbox",
    "batch plan people.csv --endpoint bank_card",
    "batch plan bad/provider.yaml --endpoint bank_card",
    "import bad/provider.yaml",
];

#[test]
fn every_command_is_looked_at() {
    fn walk(command: &clap::Command, path: &[String], seen: &[Vec<&str>]) {
        for inner in command.get_subcommands() {
            let path = [path, &[inner.get_name().to_owned()]].concat();
            // `call` has a command for each endpoint; `sandbox` and `lsp` do not end by themselves,
            // and batches of many workers need a database: `batch_store.rs` looks at them.
            let is_one = inner.get_subcommands().next().is_none() || inner.get_name() == "call";
            let elsewhere = ["sandbox", "lsp", "submit", "work", "results", "stop", "resume"];
            if is_one && !elsewhere.contains(&inner.get_name()) {
                let is_seen = |line: &Vec<&str>| path.iter().zip(line).all(|(name, word)| name == word);
                assert!(seen.iter().any(is_seen), "add a run of `{}` to runs()", path.join(" "));
            } else {
                walk(inner, &path, seen);
            }
        }
    }
    let (provider, _) = pyi_codegen::load(pyi_codegen::Input::Texts(pyi::SPEC));
    let lines: Vec<Vec<&str>> = runs().into_iter().map(|run| run.line).collect();
    walk(&pyi_cli::command(&provider), &[], &lines);
}

/// The unsafe characters of some bytes.
fn unsafe_in(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8(bytes.to_vec()).unwrap_or_else(|error| panic!("{error}"));
    let at = text.find(|c: char| is_unsafe(c) && c != '\n' && c != '\t')?;
    Some(
        text[..at]
            .chars()
            .rev()
            .take(80)
            .collect::<Vec<_>>()
            .into_iter()
            .rev()
            .chain(text[at..].chars().take(20))
            .collect::<String>()
            .escape_debug()
            .to_string(),
    )
}

#[test]
fn no_terminal_is_given_orders() {
    let world = World::new();
    for Run { line, is_data, .. } in runs() {
        let output = world.command(&line).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{line:?}: {}", String::from_utf8_lossy(&output.stderr));
        assert_eq!(unsafe_in(&output.stderr), None, "{line:?}");
        if !is_data {
            assert_eq!(unsafe_in(&output.stdout), None, "{line:?}");
        }
        assert!(!output.stdout.is_empty(), "{line:?}");
    }
    for line in REFUSED {
        let output = world.command(&line.split(' ').collect::<Vec<_>>()).output().unwrap();
        assert_ne!(output.status.code(), Some(0), "{line}");
        for bytes in [&output.stdout, &output.stderr] {
            assert_eq!(unsafe_in(bytes), None, "{line}");
        }
        if line.ends_with("json") {
            let faults: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            assert!(!faults.as_array().unwrap().is_empty());
        }
    }
    // Paths are shown in errors and in what was done.
    let table = world.0.path().join("people.csv").to_str().unwrap().to_owned();
    let hostile = [
        vec!["batch", "plan", &table, "--endpoint", "id_card_two_factor"],
        vec!["batch", "plan", &table, "--endpoint", "bank_card"],
        vec!["lint", "--spec", world.0.path().to_str().unwrap()],
        vec!["batch", "status", &table],
        vec!["expand", "--check", &table],
    ];
    for line in hostile {
        let output = world.command(&line).output().unwrap();
        for bytes in [&output.stdout, &output.stderr] {
            assert_eq!(unsafe_in(bytes), None, "{line:?}");
        }
        let lines = String::from_utf8_lossy(&output.stderr).lines().count();
        assert!(lines <= 1, "a name makes a line of its own: {lines}");
    }
}

/// Answers of a provider, as JSON and as a table. The JSON has the same values.
#[test]
fn an_answer_gives_no_orders_and_keeps_its_values() {
    let value = format!("北京{ESCAPED}{}", "\u{202e}\u{9b}\u{2028}");
    let body = format!(
        r#"{{"codeid":10000,"message":"ok{ESCAPED}\n二","retdata":{{"bank_status":"01","bank_area":"{value}","x{ESCAPED}":["{value}"]}}}}"#
    );
    let server = Raw::http("200 OK", &body);
    for form in ["json", "table"] {
        let mut command = crate::cli::asking(&server.url(), "1", "11010519491231002X", "张三");
        let output = command.env("PYI_SECRET", "s").args(["--format", form]).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(unsafe_in(&output.stdout), None, "{form}");
        assert_eq!(unsafe_in(&output.stderr), None, "{form}");
        if form == "json" {
            let printed: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
            let answered: serde_json::Value = serde_json::from_str(&body).unwrap();
            assert_eq!(printed["data"], answered["retdata"]);
        }
    }
    let refused =
        Raw::http("200 OK", &format!(r#"{{"codeid":10018,"message":"no{ESCAPED}\n二","retdata":[]}}"#));
    let mut command = crate::cli::asking(&refused.url(), "1", "11010519491231002X", "张三");
    let output = command.env("PYI_SECRET", "s").output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert_eq!((unsafe_in(&output.stdout), unsafe_in(&output.stderr)), (None, None));
    assert_eq!(String::from_utf8_lossy(&output.stderr).lines().count(), 1);
}

/// A real terminal, made by Python: files are made safe there too, and nothing else in them
/// changes.
#[test]
fn on_a_terminal_files_give_no_orders_either() {
    if !has_python("pty") {
        return;
    }
    const PTY: &str = "import os, pty, sys\n\
        pid, terminal = pty.fork()\n\
        if pid == 0:\n    os.execv(sys.argv[1], sys.argv[1:])\n\
        out = b''\n\
        try:\n    while data := os.read(terminal, 65536):\n        out += data\n\
        except OSError:\n    pass\n\
        sys.stdout.buffer.write(out)\n\
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))\n";
    let world = World::new();
    for Run { line, is_data, .. } in runs() {
        let piped = world.command(&line).output().unwrap();
        if !is_data && line[0] != "call" && line[0] != "batch" {
            continue;
        }
        let mut command = Command::new("python3");
        command.args(["-c", PTY, env!("CARGO_BIN_EXE_pyi")]).args(&line).current_dir(world.0.path());
        command.env("HOME", world.0.path().join("home")).env("PYI_SECRET", "s").stdin(Stdio::null());
        // The colours are the program's own orders.
        command.env("NO_COLOR", "1");
        let output = command.output().unwrap();
        let shown: Vec<u8> = String::from_utf8_lossy(&output.stdout).replace("\r\n", "\n").into_bytes();
        // A progress bar moves the cursor itself.
        if !line.starts_with(&["batch", "run"]) {
            assert_eq!(unsafe_in(&shown), None, "{line:?}");
        }
        if is_data {
            let expected = pyi_text::lines(&String::from_utf8(piped.stdout).unwrap()).into_owned();
            let shown = String::from_utf8(shown).unwrap();
            let differs = shown.lines().zip(expected.lines()).find(|(shown, expected)| shown != expected);
            assert!(
                shown.ends_with(&expected) && !expected.is_empty(),
                "{line:?}: {differs:?} {} {}",
                shown.len(),
                expected.len()
            );
        }
    }
}

/// The bytes of a file are unchanged if stdout is not a terminal.
#[test]
fn a_file_that_is_piped_is_not_changed() {
    let world = World::new();
    let output = world.command(&["export", "openapi"]).output().unwrap();
    let document: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert!(document.to_string().contains('\u{202e}'));
}

/// rustc shows a compile error, so its text must be safe already.
#[test]
fn a_compile_error_gives_no_orders() {
    let provider = format!("provider: x\n\"{ESCAPED}\": 1\n");
    let errors = pyi_codegen::expand(
        pyi_codegen::Input::Texts(&[("provider.yaml", &provider)]),
        pyi_codegen::Extras::default(),
    )
    .to_string();
    assert!(errors.contains("compile_error") && errors.contains('\u{fffd}'), "{errors}");
    for escape in ["\\u{1b}", "\\x1b", "\\u{202e}", "\\u{9b}", "\u{202e}", "\u{1b}", "\u{9b}"] {
        assert!(!errors.contains(escape), "{escape:?}: {errors}");
    }
}

/// A full disk, and a closed pipe.
#[test]
fn output_that_is_lost_is_a_failure() {
    for is_full in [true, false] {
        let world = World::new();
        for Run { line, is_paid, .. } in runs() {
            let stdout = || {
                if is_full {
                    return Stdio::from(fs::OpenOptions::new().write(true).open("/dev/full").unwrap());
                }
                let (reader, writer) = std::io::pipe().unwrap();
                drop(reader);
                Stdio::from(writer)
            };
            let output = world.command(&line).stdout(stdout()).output().unwrap();
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            let code = output.status.code();
            let is_help = line.iter().any(|word| ["--help", "--version"].contains(word));
            if is_help && !is_full {
                assert_eq!((code, said.as_str()), (Some(0), ""), "{line:?}");
            } else if is_paid {
                assert_eq!(code, Some(0), "{line:?}: {said}");
                assert!(said.contains("billed") || said.contains("spent at most"), "{line:?}: {said}");
            } else {
                assert_eq!(code, Some(2), "{line:?}: {said}");
                let last = said.lines().last().unwrap_or_default();
                assert!(last.starts_with("error: stdout cannot be written: "), "{line:?}: {said}");
                assert!(line[0] == "import" || said.lines().count() == 1, "{line:?}: {said}");
            }
        }
    }
}
