//! The files of a batch: wrong names, several programs at once, and command lines that a run
//! prints.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use pyi_sandbox::Sandbox;

use crate::desk::{Desk, ROWS, billed};
use crate::support::{has_python, pyi, run};

/// Several first runs create one key, and none fails.
#[test]
fn first_runs_that_start_together_share_a_key() {
    for _ in 0..3 {
        let state = tempfile::tempdir().unwrap();
        let desks: Vec<Desk> = (0..6).map(|_| Desk::new()).collect();
        let start = |desk: &Desk| {
            let (table, results) = (desk.path("people.csv"), desk.path("results.csv"));
            let line = [
                "batch",
                "run",
                &table,
                "--endpoint",
                "id_card_two_factor",
                "-o",
                &results,
                "--budget",
                "9",
                "--sandbox",
            ];
            pyi()
                .args(line)
                .env("XDG_STATE_HOME", state.path())
                .stderr(std::process::Stdio::piped())
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        };
        let children: Vec<_> = desks.iter().map(start).collect();
        for child in children {
            let output = child.wait_with_output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert!(!said.contains("key"), "{said}");
        }
        let key = state.path().join("pyi/batch.key");
        assert_eq!(key.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}

/// Files of other programs are not changed, and that is reported before anything is paid for.
#[tokio::test(flavor = "multi_thread")]
async fn results_replace_results_alone() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    fs::create_dir(desk.path("folder.csv")).unwrap();
    assert!(Command::new("mkfifo").arg(desk.path("pipe.csv")).status().unwrap().success());
    std::os::unix::fs::symlink("/dev/null", desk.path("device.csv")).unwrap();
    fs::write(desk.path("other.csv"), "\u{feff}a,b\r\n1,2\r\n").unwrap();
    fs::write(desk.path("other.jsonl"), "{\"line\":1,\"row\":{}}\n").unwrap();
    fs::write(desk.path("other.xlsx"), "no workbook").unwrap();
    if has_python("openpyxl") {
        let script = "import openpyxl, sys\nbook = openpyxl.Workbook()\nbook.active.append(['pyi_state', 'note'])\nbook.save(sys.argv[1])";
        run("python3", &["-c", script, &desk.path("other.xlsx")], "");
    }
    let long = format!("{}.csv", "x".repeat(300));
    let names = [
        "folder.csv",
        "pipe.csv",
        "device.csv",
        "other.csv",
        "other.jsonl",
        "other.xlsx",
        "none/results.csv",
        "results.csv/",
        &long,
    ];
    for name in names {
        let content = || if name == "pipe.csv" { None } else { fs::read(desk.path(name)).ok() };
        let before = content();
        let (code, _, said) = desk.run(&sandbox, &["-o", &desk.path(name)]);
        assert_eq!((code, said.lines().count()), (Some(2), 1), "{name}: {said}");
        assert_eq!(content(), before, "{name}");
        assert_eq!(said.contains("--overwrite"), name.starts_with("other"), "{name}: {said}");
    }
    assert!(sandbox.request_log().is_empty());
    for name in ["other.csv", "other.jsonl", "other.xlsx"] {
        for more in [&["--overwrite"][..], &[]] {
            let (code, _, said) = desk.run(&sandbox, &[&["-o", &desk.path(name)], more].concat());
            assert_eq!(code, Some(0), "{name} {more:?}: {said}");
        }
    }
    assert_eq!(billed(&sandbox), ROWS);
}

/// Files that a killed run left are removed; those of a running one stay, and so do those of other
/// batches.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_kill_left_is_removed() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let [dead, live, other] = ["people.csv.ledger-dead", "people.csv.ledger-live", "others.csv.ledger-dead"]
        .map(|name| desk.path(&format!(".pyi-results-{name}")));
    let make = || [&dead, &live, &other].map(|path| fs::write(path, "x").unwrap());
    make();
    let lock = fs::File::open(&live).unwrap();
    lock.lock().unwrap();
    let left = || [&dead, &live, &other].map(|path| fs::exists(path).unwrap());
    assert_eq!(desk.run(&sandbox, &[]).0, Some(0));
    assert_eq!(left(), [false, true, true]);
    make();
    let output = pyi()
        .args(["batch", "forget", &desk.path("people.csv")])
        .env("XDG_STATE_HOME", desk.state.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(left(), [false, true, true]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_others_can_read_is_refused() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let secret = desk.path("secret");
    fs::write(&secret, sandbox.secret()).unwrap();
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(Command::new("mkfifo").arg(desk.path("pipe")).status().unwrap().success());
    let call = |file: &str| {
        let mut command = crate::cli::asking(&sandbox.url(), sandbox.app_id(), "11010519491231002X", "张三");
        crate::cli::finish(command.args(["--secret-file", file]))
    };
    let (code, _, said) = call(&secret);
    assert!(code == 2 && said.contains("chmod 600"), "{said}");
    let (code, _, said) = call(&desk.path("pipe"));
    assert!(code == 2 && said.contains("not a regular file"), "{said}");
    assert!(sandbox.request_log().is_empty());
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(call(&secret).0, 0);
}

#[test]
fn a_negative_number_is_a_value() {
    let call = |more: &[&str]| {
        crate::cli::run(
            &[&["call", "id_card_two_factor", "--sandbox", "--bank-id", "-5", "--bank-name", "张三"], more]
                .concat(),
        )
    };
    let (code, stdout, stderr) = call(&[]);
    assert_eq!(code, 0, "{stdout} {stderr}");
    let (code, _, said) = call(&["--time", "-1"]);
    assert!(code == 2 && said.contains("--time is now, none or whole unix seconds"), "{said}");
    let (code, _, said) = call(&["--timeout", "-1"]);
    assert!(code == 2 && said.contains("the value of --timeout <SECONDS> cannot be used"), "{said}");
}

/// The command line that a run prints works in a shell and completes the batch. The ledger is found
/// by the table's name.
#[tokio::test(flavor = "multi_thread")]
async fn what_a_run_says_can_be_pasted() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let results = desk.path("it's $(touch never) results.csv");
    let table = desk.path("people.csv");
    let line = [
        "batch",
        "run",
        &table,
        "--endpoint",
        "id_card_two_factor",
        "--budget",
        "1.00",
        "--base-url",
        &sandbox.url(),
        "--app-id",
        sandbox.app_id(),
        "-o",
        &results,
    ];
    let run = |command: &mut Command| {
        let output = command
            .env("PYI_SECRET", sandbox.secret())
            .env("XDG_STATE_HOME", desk.state.path())
            .output()
            .unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (code, said) = run(pyi().args(line));
    assert_eq!(code, Some(8), "{said}");
    assert!(!said.contains(sandbox.secret()), "{said}");
    let pasted = said.split("rows that are left: ").nth(1).unwrap().lines().next().unwrap().to_owned();
    let (code, said) = run(Command::new("sh").args(["-c", &pasted]).current_dir(desk.folder.path()));
    assert_eq!((code, billed(&sandbox)), (Some(0), ROWS), "{pasted}: {said}");
    assert!(!fs::exists(desk.path("never")).unwrap());
    let (code, said) = run(pyi().args(["batch", "status", &table]));
    assert!(code == Some(0) && said.contains(&format!("{ROWS} rows settled")), "{said}");
    fs::copy(desk.path("people.csv.ledger"), desk.path("people.csv.sandbox-ledger")).unwrap();
    let (_, said) = run(pyi().args(["batch", "status", &table]));
    assert!(said.contains("note: reading ") && said.contains("people.csv.sandbox-ledger"), "{said}");
    let (code, said) = run(pyi().args(["batch", "status", &results]));
    assert!(code == Some(2) && said.contains("is not a ledger, and there is none beside it"), "{said}");
}
