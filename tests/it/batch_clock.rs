//! A clock that jumps while a batch runs.

use pyi_sandbox::Sandbox;

use crate::desk::{Desk, ROWS, asked};
use crate::support::has;

/// libfaketime stands before the C library's clock, which jumps by days once the program has asked for the time often enough: the provider
/// refuses a time that is ten minutes off, free of charge, the client learns from that, and nobody is sent twice or lost.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_jumps_costs_nothing() {
    if !has("faketime") {
        return;
    }
    for jump in ["+3d", "-3d"] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let run = desk.command(&sandbox, &["--in-flight", "1"]);
        let mut command = std::process::Command::new("faketime");
        command.args(["-f", jump]).arg(run.get_program()).args(run.get_args());
        for (name, value) in run.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // What measures spans of time goes on as it does on a real machine whose clock is set.
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1").env("FAKETIME_START_AFTER_NUMCALLS", "15");
        let output = command.current_dir(crate::support::root()).output().unwrap();
        let said = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && said.contains("sent 30,"), "{jump}: {said}");
        let ledger = sandbox.ledger();
        let refused = ledger.iter().filter(|entry| entry.code == Some(10004)).count();
        assert_eq!((ledger.len(), refused), (ROWS + 1, 1), "{jump}: the clock did not jump while it ran");
        let (first, last) = (&ledger[0], &ledger[ROWS]);
        assert!(first.code == Some(10000) && last.code == Some(10000));
        assert_eq!(asked(&sandbox).values().filter(|times| **times > 1).count(), 1);
    }
}
