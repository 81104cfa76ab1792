//! The registry of a user in the program: people of earlier batches are not paid for again without
//! notice.

use std::process::Stdio;

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS};
use crate::support::{has_python, pyi};

/// A table with another name, and one whose ledger is gone, name the same people.
#[tokio::test(flavor = "multi_thread")]
async fn people_of_earlier_batches_are_not_paid_for_again_in_silence() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let (table, other) = (desk.path("people.csv"), desk.path("other.csv"));
    sandbox.inject(Fault::Status(10025.into()));
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    std::fs::copy(&table, &other).unwrap();
    let plan = |table: &str, more: &[&str]| {
        let mut command = pyi();
        command.args(["batch", "plan", table, "--endpoint", "id_card_two_factor"]).args(more);
        let output = command.env("XDG_STATE_HOME", desk.state.path()).output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    // One of the 30 has cost nothing.
    let said = plan(&other, &[]);
    assert!(
        said.contains("29 rows name people whom earlier batches of this endpoint were billed for"),
        "{said}"
    );
    assert!(!plan(&table, &[]).contains("rows name people"), "the batch's own people are not counted");
    assert!(plan(&other, &["--format", "json"]).contains("\"sent_before\":29"));
    let again = |more: &[&str]| {
        let command = desk.command(&sandbox, more);
        let arguments = command.get_args().map(|argument| argument.to_str().unwrap());
        let arguments = arguments.map(|argument| if argument == table { &other } else { argument });
        let mut run = pyi();
        run.args(arguments).envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let output = run.stdin(Stdio::null()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let (code, trouble) = again(&[]);
    assert!(code == Some(7) && trouble.contains("29 rows name people"), "{trouble}");
    assert!(trouble.contains("--new-batch sends them again"), "{trouble}");
    let pasted = trouble.lines().find(|line| line.starts_with("to send them again, and pay again: "));
    assert!(pasted.is_some_and(|line| line.contains(&other) && line.ends_with(" --new-batch")), "{trouble}");
    // A missing ledger changes nothing.
    std::fs::remove_file(desk.path("people.csv.ledger")).unwrap();
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(7) && trouble.contains("29 rows name people"), "{trouble}");
    assert_eq!(sandbox.request_log().len(), ROWS);
    // A batch of other people, to which these are added later: that it began without them permits
    // nothing.
    std::fs::write(desk.path("third.csv"), "姓名,身份证号\n王五,110105194912310038\n").unwrap();
    let third = |more: &[&str]| {
        let command = desk.command(&sandbox, more);
        let arguments = command.get_args().map(|argument| argument.to_str().unwrap().to_owned());
        let third = desk.path("third.csv");
        let mut run = pyi();
        run.args(arguments.map(|argument| if argument == table { third.clone() } else { argument }));
        run.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        run.stdin(Stdio::null()).output().unwrap().status.code()
    };
    assert_eq!(third(&["-o", &desk.path("third.jsonl")]), Some(0));
    std::fs::write(
        desk.path("third.csv"),
        "姓名,身份证号\n王五,110105194912310038\n张5号,11010519491231002X\n",
    )
    .unwrap();
    assert_eq!(third(&["-o", &desk.path("third.jsonl")]), Some(7));
    assert_eq!(sandbox.request_log().len(), ROWS + 1);
    // With permission; after that, no question about them.
    assert_eq!(again(&["--new-batch", "--concurrency", "1", "--budget", "0.32"]).0, Some(8));
    assert_eq!(sandbox.request_log().len(), ROWS + 3);
    assert_eq!(again(&[]).0, Some(0));
    assert_eq!(sandbox.request_log().len(), ROWS * 2 + 1);
}

/// A missing registry is reported and created; `forget` removes a batch from it.
#[tokio::test(flavor = "multi_thread")]
async fn a_lost_registry_is_reported_and_a_forgotten_batch_is_not_in_it() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let registry = desk.state.path().join("pyi/batch.registry");
    let (code, _, trouble) = desk.run(&sandbox, &["--concurrency", "1", "--budget", "0.80"]);
    assert!(code == Some(8) && trouble.is_empty(), "{trouble}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&registry).unwrap().permissions().mode() & 0o777, 0o600);
    }
    for log in ["", "-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{}{log}", registry.display()));
    }
    let (code, _, trouble) = desk.run(&sandbox, &["--concurrency", "1", "--budget", "1.60"]);
    assert!(code == Some(8) && trouble.contains("batch.registry was missing"), "{trouble}");
    // It has the five rows of before, from the ledger, and the five since.
    let ledger = desk.path("people.csv.ledger");
    std::fs::rename(&ledger, desk.path("away")).unwrap();
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(7) && trouble.contains("10 rows name people"), "{trouble}");
    std::fs::remove_file(&ledger).unwrap();
    // With another key, its registry is not found, which is reported.
    std::fs::create_dir_all(desk.folder.path().join("keys")).unwrap();
    let copy = desk.path("away-copy");
    std::fs::copy(desk.path("away"), &copy).unwrap();
    let forget = |ledger: &str, more: &[&str]| {
        let mut forget = pyi();
        forget.args(["batch", "forget", ledger]).args(more).env("XDG_STATE_HOME", desk.state.path());
        forget.output().unwrap()
    };
    let output = forget(&copy, &["--key", &desk.path("keys/other.key")]);
    let trouble = String::from_utf8(output.stderr).unwrap();
    assert!(output.status.code() == Some(1) && trouble.contains("may have its people"), "{trouble}");
    assert!(forget(&desk.path("away"), &[]).status.success());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    assert_eq!(sandbox.request_log().len(), 10 + ROWS);
}

/// On a terminal the operator is asked, and only yes sends people again.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn an_operator_on_a_terminal_is_asked() {
    if !has_python("pty") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    assert_eq!(desk.run(&sandbox, &["--concurrency", "1", "--budget", "0.80"]).0, Some(8));
    std::fs::remove_file(desk.path("people.csv.ledger")).unwrap();
    let script = "import os, pty, subprocess, sys
ours, theirs = pty.openpty()
run = subprocess.Popen(sys.argv[2:], stdin=theirs, stdout=subprocess.DEVNULL, stderr=theirs)
os.close(theirs)
said = b''
while b'[y/N]' not in said: said += os.read(ours, 1000)
os.write(ours, sys.argv[1].encode() + b'\\n')
try:
    while read := os.read(ours, 1000): said += read
except OSError: pass
print(run.wait(), said.decode())";
    for (answer, code, sent) in [("", "7 ", 5), ("no", "7 ", 5), ("y", "0 ", 5 + ROWS)] {
        let command = desk.command(&sandbox, &[]);
        let arguments = command.get_args().map(|argument| argument.to_str().unwrap());
        let mut terminal = std::process::Command::new("python3");
        terminal.args(["-c", script, answer, env!("CARGO_BIN_EXE_pyi")]).args(arguments);
        terminal.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let said = String::from_utf8(terminal.output().unwrap().stdout).unwrap();
        assert!(said.starts_with(code) && said.contains("5 rows name people"), "{answer}: {said}");
        assert_eq!(sandbox.request_log().len(), sent, "{answer}");
    }
}
