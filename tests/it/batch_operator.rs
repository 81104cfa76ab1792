//! An operator copies, links, restores, renames and deletes the files of a batch, also during a
//! run: no person is paid for twice without notice, and the budget holds. The sandbox's request log
//! is the judge.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS, asked, billed, kills, seeded, spent};
use crate::support::{has_python, pyi, run};

/// Restores a copy of a ledger: the same file, with earlier content.
fn restore(copy: &str, ledger: &str) {
    for log in ["-wal", "-shm"] {
        let _ = std::fs::remove_file(format!("{ledger}{log}"));
    }
    std::fs::write(ledger, std::fs::read(copy).unwrap()).unwrap();
}

fn sent_once(asked: &BTreeMap<String, usize>) -> bool {
    asked.values().all(|times| *times == 1)
}

/// A batch has one ledger: a copy, a link and an earlier state are refused, each with a remedy.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_or_an_older_state_of_a_ledger_is_refused() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let (ledger, copy) = (desk.path("people.csv.ledger"), desk.path("copy.ledger"));
    let budget = ["--concurrency", "1", "--budget", "0.80"];
    assert_eq!(desk.run(&sandbox, &budget).0, Some(8));
    assert_eq!(sandbox.request_log().len(), 5);
    std::fs::copy(&ledger, &copy).unwrap();
    let (code, _, trouble) = desk.run(&sandbox, &["--ledger", &copy]);
    assert!(code == Some(2) && trouble.contains("is a copy of") && trouble.contains("--adopt"), "{trouble}");
    let link = desk.path("link.ledger");
    std::fs::hard_link(&ledger, &link).unwrap();
    for name in [&ledger, &link] {
        let (code, _, trouble) = desk.run(&sandbox, &["--ledger", name]);
        assert!(code == Some(2) && trouble.contains("has 2 names (hard links)"), "{trouble}");
    }
    std::fs::remove_file(&link).unwrap();
    assert_eq!(desk.run(&sandbox, &["--concurrency", "1", "--budget", "1.60"]).0, Some(8));
    assert_eq!(sandbox.request_log().len(), 10);
    restore(&copy, &ledger);
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && trouble.contains("is an older state of itself"), "{trouble}");
    assert_eq!(sandbox.request_log().len(), 10);
    // Adopted: rows that were sent since are held and count as spent; the others are sent.
    let (code, said, trouble) = desk.run(&sandbox, &["--adopt", "--on-ambiguous", "hold"]);
    assert!(
        code == Some(1) && trouble.contains("5 rows were sent that this ledger does not have"),
        "{trouble}"
    );
    assert!(said.contains("sent 20, answered before 5, refused 0, twice 0, held 5"), "{said}");
    assert!(said.contains("spent at most 4.8 CNY"), "{said}");
    assert!(sandbox.request_log().len() == ROWS && sent_once(&asked(&sandbox)));
    // The earlier file is refused: the registry has advanced.
    let (code, _, trouble) = desk.run(&sandbox, &["--ledger", &copy]);
    assert!(code == Some(2) && trouble.contains("is a copy of"), "{trouble}");
}

/// The ledger is deleted during a run: the run stops, its results have every answer, and the next
/// run sends no person again.
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_that_is_deleted_under_a_run_stops_it() {
    if !has_python("csv") {
        return;
    }
    for way in ["delete", "replace", "move"] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let ledger = desk.path("people.csv.ledger");
        (0..ROWS).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(30))));
        let mut command = desk.command(&sandbox, &["--concurrency", "2"]);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        while sandbox.request_log().len() < 5 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        match way {
            "delete" => std::fs::remove_file(&ledger).unwrap(),
            "move" => std::fs::rename(&ledger, desk.path("away")).unwrap(),
            _ => {
                std::fs::copy(&ledger, desk.path("new")).unwrap();
                std::fs::rename(desk.path("new"), &ledger).unwrap();
            }
        }
        let output = child.wait_with_output().unwrap();
        let trouble = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code() == Some(2), "{way}: {trouble}");
        assert!(trouble.contains("was moved, replaced or deleted"), "{way}: {trouble}");
        let sent = sandbox.request_log().len();
        assert!(sent < ROWS, "{way}: {sent}");
        let answered = desk.results().iter().filter(|result| result["pyi_state"] == "settled").count();
        assert_eq!(answered, sent, "{way}");
        let (code, said, trouble) = desk.run(&sandbox, &[]);
        let refused =
            if way == "replace" { (Some(2), "is a copy of") } else { (Some(7), "rows name people") };
        assert!(code == refused.0 && trouble.contains(refused.1), "{way}: {said}{trouble}");
        assert_eq!(sandbox.request_log().len(), sent, "{way}");
    }
}

/// Operations on the files of a batch.
#[cfg(unix)]
const ACTS: [&str; 9] =
    ["nothing", "delete locks", "delete log", "copy", "restore", "link", "unlink", "delete", "rename"];

/// Kills at random times, and between them any operation on the files of a batch. Two runs are
/// started at a time.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn no_operator_makes_a_batch_pay_twice_or_beyond_its_budget() {
    if !has_python("csv") {
        return;
    }
    let (mut seed, mut killed, mut done) = (20_261_126, 0, BTreeMap::<&str, u64>::new());
    while killed < kills() / 2 {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        (0..ROWS * 4).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(3))));
        let (ledger, copy, link) = (desk.path("people.csv.ledger"), desk.path("copy"), desk.path("link"));
        // Half of the cost of all rows.
        let budget = ["--concurrency", "3", "--on-ambiguous", "hold", "--budget", "2.40"];
        let mut acts = Vec::new();
        for _ in 0..8 {
            let mut children = Vec::new();
            for name in [&ledger, &ledger, &link, &copy] {
                if Path::new(name).exists() || name == &ledger {
                    let more = [&budget[..], &["--ledger", name]].concat();
                    let mut command = desk.command(&sandbox, &more);
                    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
                    children.push(command.spawn().unwrap());
                }
            }
            std::thread::sleep(Duration::from_micros(5_000 + seeded(&mut seed) % 60_000));
            let act = ACTS[seeded(&mut seed) as usize % ACTS.len()];
            *done.entry(act).or_default() += 1;
            acts.push(act);
            let kept = Path::new(&ledger).exists();
            match act {
                "delete locks" => {
                    for log in ["-lock", "-shm"] {
                        let _ = std::fs::remove_file(format!("{ledger}{log}"));
                    }
                }
                // SQLite's log, with the writes that are not in the ledger yet.
                "delete log" => drop(std::fs::remove_file(format!("{ledger}-wal"))),
                "copy" if kept => drop(std::fs::copy(&ledger, &copy).unwrap()),
                "link" if kept => drop(std::fs::hard_link(&ledger, &link)),
                "unlink" => drop(std::fs::remove_file(&link)),
                "delete" => drop(std::fs::remove_file(&ledger)),
                "rename" if kept => std::fs::rename(&ledger, desk.path("away")).unwrap(),
                _ => {}
            }
            std::thread::sleep(Duration::from_micros(seeded(&mut seed) % 20_000));
            for child in &mut children {
                if child.try_wait().unwrap().is_none() {
                    child.kill().unwrap();
                    killed += 1;
                }
                child.wait().unwrap();
            }
            if act == "restore" && Path::new(&copy).exists() {
                restore(&copy, &ledger);
            }
        }
        let asked = asked(&sandbox);
        assert!(sent_once(&asked), "{done:?}: {asked:?}");
        // A ledger that was deleted or moved has a batch of its own, and another batch begins in
        // its place, also if its whole content was in its log.
        let batches = 1 + acts.iter().filter(|act| ["delete", "delete log", "rename"].contains(*act)).count();
        assert!(billed(&sandbox) <= 15 * batches, "{acts:?}: {}", billed(&sandbox));
    }
    println!("{killed} kills, {done:?}");
    if killed >= 100 {
        let missing: Vec<_> = ACTS.iter().filter(|act| !done.contains_key(*act)).collect();
        assert!(missing.is_empty(), "{killed} kills without {missing:?}");
    }
}

/// A consistent copy during a run; rows that were sent after it are held once it is adopted.
#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_whole_and_is_adopted() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let (ledger, copy) = (desk.path("people.csv.ledger"), desk.path("backup"));
    (0..ROWS).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(20))));
    let mut command = desk.command(&sandbox, &["--concurrency", "1"]);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while sandbox.request_log().len() < 4 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let backup = || pyi().args(["batch", "backup", &ledger, &copy]).output().unwrap();
    let output = backup();
    assert!(output.status.success(), "{output:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(backup().status.code(), Some(2), "a backup is not written over");
    assert!(child.wait().unwrap().success());
    if has_python("sqlite3") {
        let script = "import sqlite3, sys\nprint(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])";
        assert_eq!(run("python3", &["-c", script, &copy], ""), "ok\n");
    }
    std::fs::remove_file(&ledger).unwrap();
    std::fs::rename(&copy, &ledger).unwrap();
    let (code, _, trouble) = desk.run(&sandbox, &[]);
    assert!(code == Some(2) && trouble.contains("--adopt"), "{trouble}");
    let (code, said, _) = desk.run(&sandbox, &["--adopt", "--on-ambiguous", "hold"]);
    assert!(code == Some(1) && said.contains("sent 0,") && spent(&said) < 4.81, "{said}");
    assert_eq!(sandbox.request_log().len(), ROWS);
}

/// A read-only file system: the progress of a batch can be read, also the part that a killed run
/// left in its log.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_ledger_is_read_where_nothing_can_be_written() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    let ledger = desk.path("people.csv.ledger");
    let read_only = |what: &str| {
        let script = "mount --bind $DIR $DIR && mount -o remount,ro,bind $DIR || exit 9; touch $DIR/x 2>/dev/null && exit 8; exec \"$@\"";
        let mut command = std::process::Command::new("unshare");
        command.args(["-rm", "sh", "-c", script, "sh", env!("CARGO_BIN_EXE_pyi"), "batch", what, &ledger]);
        let output = command.env("DIR", desk.folder.path()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let (code, said, trouble) = desk.run(&sandbox, &["--concurrency", "1", "--budget", "1.60"]);
    assert_eq!(code, Some(8), "{said}{trouble}");
    let (code, said) = read_only("status");
    if code == Some(9) || said.contains("unshare") {
        assert!(std::env::var_os("CI").is_none(), "nothing can be mounted in a namespace");
        crate::support::skipped("nothing can be mounted in a namespace");
        return;
    }
    assert!(code == Some(0) && said.contains("10 rows settled, 0 ambiguous"), "{said}");
    let (code, said) = read_only("report");
    assert!(code == Some(0) && said.contains("10 rows data 10000, billed: 1.6"), "{said}");
    // After a kill, the last rows are in SQLite's log only.
    sandbox.inject(Fault::Delay(Duration::ZERO));
    sandbox.inject(Fault::Silence);
    let mut child = desk.command(&sandbox, &["--concurrency", "1"]).stderr(Stdio::null()).spawn().unwrap();
    while sandbox.request_log().len() < 12 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(std::fs::metadata(format!("{ledger}-wal")).unwrap().len() > 0);
    let _ = std::fs::remove_file(format!("{ledger}-shm"));
    let (code, said) = read_only("status");
    assert!(code == Some(0) && said.contains("11 rows settled, 0 ambiguous, 1 in flight"), "{said}");
}

/// Rows without an answer do not starve rows that were never sent, and no row is sent without
/// limit.
#[tokio::test(flavor = "multi_thread")]
async fn new_rows_come_before_those_that_are_sent_again() {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    // The first two rows have no answer, and the budget covers five calls.
    (0..2).for_each(|_| sandbox.inject(Fault::Close));
    assert_eq!(desk.run(&sandbox, &["--concurrency", "1", "--budget", "0.32"]).0, Some(8));
    let retry = ["--concurrency", "1", "--on-ambiguous", "retry", "--budget", "0.80"];
    let (code, said, _) = desk.run(&sandbox, &retry);
    assert!(code == Some(8) && said.contains("sent 3,") && said.contains("held 2"), "{said}");
    assert!(asked(&sandbox).len() == 5 && sent_once(&asked(&sandbox)));
    // Without answers, each is sent twice and no more.
    (0..25).for_each(|_| sandbox.inject(Fault::Delay(Duration::ZERO)));
    (0..4).for_each(|_| sandbox.inject(Fault::Close));
    let retry = ["--concurrency", "1", "--on-ambiguous", "retry"];
    let (code, said, _) = desk.run(&sandbox, &retry);
    assert!(code == Some(1) && said.contains("sent 25,") && said.contains("held 2"), "{said}");
    let (code, said, _) = desk.run(&sandbox, &retry);
    assert!(code == Some(1) && said.contains("sent 0,"), "{said}");
    assert!(said.contains("2 of the held rows reached --max-sends"), "{said}");
    assert!(asked(&sandbox).values().all(|times| *times <= 2), "{:?}", asked(&sandbox));
    let (code, said, _) = desk.run(&sandbox, &[&retry[..], &["--max-sends", "4"]].concat());
    assert!(code == Some(1) && said.contains("sent 0,") && said.contains("held 2"), "{said}");
    let (code, said, _) = desk.run(&sandbox, &[&retry[..], &["--max-sends", "4"]].concat());
    assert!(code == Some(0) && said.contains("sent 2, answered before 28"), "{said}");
}
