//! A clock that jumps during a batch, and batches of the past.

use std::process::Command;

use pyi_sandbox::Sandbox;

use crate::desk::{Desk, ROWS, asked};
use crate::support::has;

/// A command with a clock offset. Its monotonic clock is that of the machine.
fn with_clock(run: &Command, jump: &str) -> Command {
    let mut command = Command::new("faketime");
    command.args(["-f", jump]).arg(run.get_program()).args(run.get_args());
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").current_dir(crate::support::root());
    command
}

/// A send of forty days ago counts as long as `--remember` stated then, and as `--new-batch-after`
/// states now.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn batches_are_remembered_for_a_time_and_ignored_by_age() {
    if !has("faketime") {
        return;
    }
    for (remember, after, code) in [
        ("90d", None, 7),
        ("90d", Some("50d"), 7),
        ("90d", Some("30d"), 0),
        ("90d", Some("959h"), 0),
        ("30d", None, 0),
        ("41d", None, 7),
    ] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let run = desk.command(&sandbox, &["--remember", remember]);
        let output = with_clock(&run, "-40d").output().unwrap();
        assert!(output.status.success(), "{output:?}");
        // A ledger with another name is another batch.
        std::fs::rename(desk.path("people.csv.ledger"), desk.path("away")).unwrap();
        let after = after.map_or_else(Vec::new, |age| vec!["--new-batch-after", age]);
        let (ended, said, trouble) = desk.run(&sandbox, &after);
        assert_eq!(ended, Some(code), "{remember} {after:?}: {said}{trouble}");
        let answered = sandbox.request_log().iter().filter(|entry| entry.code == Some(10000.into())).count();
        assert_eq!(answered, if code == 0 { 2 * ROWS } else { ROWS }, "{remember} {after:?}");
    }
}

/// libfaketime replaces the C library's clock, which jumps by days after a number of reads. The
/// provider refuses a time that is ten minutes off, free of charge; the client adjusts its clock;
/// no person is sent twice or lost.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_costs_nothing() {
    if !has("faketime") {
        return;
    }
    for jump in ["+3d", "-3d"] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let run = desk.command(&sandbox, &["--concurrency", "1"]);
        let mut command = with_clock(&run, jump);
        command.env("FAKETIME_START_AFTER_NUMCALLS", "15");
        let output = command.output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said.contains("sent 30,"), "{jump}: {said}");
        let ledger = sandbox.request_log();
        let refused = ledger.iter().filter(|entry| entry.code == Some(10004.into())).count();
        assert_eq!((ledger.len(), refused), (ROWS + 1, 1), "{jump}: the clock did not jump while it ran");
        let (first, last) = (&ledger[0], &ledger[ROWS]);
        assert!(first.code == Some(10000.into()) && last.code == Some(10000.into()));
        assert_eq!(asked(&sandbox).values().filter(|times| **times > 1).count(), 1);
    }
}
