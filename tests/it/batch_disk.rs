//! Disks that lose all unsynced writes, or are full.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use pyi_sandbox::{Fault, Sandbox};

use crate::desk::{Desk, ROWS, asked, billed, kills, seeded, spent};
use crate::support::{has, has_python, root, skipped};

/// Builds a library that replaces the C library's fsync.
fn shim(folder: &Path) -> Option<PathBuf> {
    if !has("cc") {
        return None;
    }
    let library = folder.join("unsynced.so");
    let made = Command::new("cc")
        .args(["-shared", "-fPIC", "-O1", "-o"])
        .arg(&library)
        .arg(root().join("tests/it/unsynced.c"))
        .arg("-ldl")
        .status()
        .unwrap();
    assert!(made.success());
    Some(library)
}

/// Loses power again and again, with only the synced part of each file. Returns the number of
/// losses, and the exit codes of the batch.
async fn without_power(shim: &Path, cuts: u64, seed: &mut u64, lies: bool) -> (u64, Desk, Sandbox) {
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    (0..ROWS * 2).for_each(|_| sandbox.inject(Fault::Delay(Duration::from_millis(3))));
    let (live, durable) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let ledger = live.path().join("ledger").to_str().unwrap().to_owned();
    let more = ["--concurrency", "3", "--on-ambiguous", "hold", "--ledger", &ledger];
    let mut cut = 0;
    while cut < cuts {
        let mut command = desk.command(&sandbox, &more);
        command
            .env("LD_PRELOAD", shim)
            .env("UNSYNCED_FOLDER", live.path().canonicalize().unwrap())
            .env("UNSYNCED_DURABLE", durable.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        if lies {
            command.env("UNSYNCED_LIES", "1");
        }
        let registry = ["", "-wal", "-shm"].map(|log| {
            let path = desk.state.path().join(format!("pyi/batch.registry{log}"));
            let content = std::fs::read(&path).ok();
            (path, content)
        });
        let mut child = command.spawn().unwrap();
        // On a disk that ignores syncs, a loss matters once a row was sent.
        let sent = sandbox.request_log().len();
        while lies && sandbox.request_log().len() == sent && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let longest = if lies { 1 } else { 80_000 };
        let first = if lies { 0 } else { 20_000 };
        tokio::time::sleep(Duration::from_micros(first + seeded(seed) % longest)).await;
        if child.try_wait().unwrap().is_some() {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        cut += 1;
        for entry in std::fs::read_dir(live.path()).unwrap().map(Result::unwrap) {
            let durable = durable.path().join(entry.file_name());
            match std::fs::read(durable) {
                // The file, with its synced content.
                Ok(synced) => std::fs::write(entry.path(), synced).unwrap(),
                Err(_) => std::fs::remove_file(entry.path()).unwrap(),
            }
        }
        // The registry is not synced: a loss of power restores its state before this run, or keeps
        // it.
        if lies || seeded(seed).is_multiple_of(2) {
            registry.iter().for_each(|(path, content)| match content {
                Some(content) => std::fs::write(path, content).unwrap(),
                None => drop(std::fs::remove_file(path)),
            });
        }
    }
    let (code, said, trouble) = desk.run(&sandbox, &more);
    assert!(matches!(code, Some(0 | 1)), "{said}{trouble}");
    if !lies {
        assert!(spent(&said) + 1e-9 >= 0.16 * billed(&sandbox) as f64, "{said}");
    }
    (cut, desk, sandbox)
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_loses_power_pays_for_nobody_twice() {
    let folder = tempfile::tempdir().unwrap();
    let Some(shim) = shim(folder.path()).filter(|_| has_python("csv")) else { return };
    let (mut seed, mut cuts) = (20_261_125, 0);
    while cuts < kills() / 2 {
        let (cut, desk, sandbox) = without_power(&shim, 20, &mut seed, false).await;
        cuts += cut;
        let asked = asked(&sandbox);
        assert!(asked.values().all(|times| *times == 1), "{asked:?}");
        for result in desk.results() {
            let sent = asked.get(&result["姓名"]).copied().unwrap_or_default();
            match result["pyi_state"].as_str() {
                "settled" => assert_eq!((sent, &result["bank_name"]), (1, &result["姓名"])),
                "ambiguous" => assert!(sent <= 1),
                other => panic!("{other}: {result:?}"),
            }
        }
    }
    println!("the power went {cuts} times");
    // The control: on a disk that ignores syncs, people are sent twice.
    let (_, _, sandbox) = without_power(&shim, 3, &mut seed, true).await;
    assert!(asked(&sandbox).values().any(|times| *times > 1), "a disk that lies loses nothing");
}

/// Runs a script in its own namespace, with a disk of some KiB at `$DISK`.
fn on_a_small_disk(desk: &Desk, sandbox: &Sandbox, kib: u32, more: &[&str], script: &str) -> Option<String> {
    let mount = format!("mkdir -p $DISK && mount -t tmpfs -o size={kib}k tmpfs $DISK");
    let disk = desk.path("disk");
    let tried = Command::new("unshare").args(["-rm", "sh", "-c", &mount]).env("DISK", &disk).output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "no disk can be mounted in a namespace");
        skipped("no disk can be mounted in a namespace");
        return None;
    }
    let run = desk.command(sandbox, more);
    let mut command = Command::new("unshare");
    command.args(["-rm", "sh", "-c", &format!("set -u; {mount} || exit 9; {script}"), "sh"]);
    command.arg(run.get_program()).args(run.get_args()).env("DISK", &disk);
    for (name, value) in run.get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let output = command.current_dir(root()).output().unwrap();
    Some(String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap())
}

/// A disk that fills up during a batch: the run stops with the reason, and continues once there is
/// room. No person is sent twice or lost.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_stops_a_batch_and_loses_nobody() {
    if !has_python("csv") {
        return;
    }
    // Space that is used up, so that the tables and some rows fit, but not all.
    for room in [70, 100, 150, 300] {
        let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
        let ledger = desk.path("disk/ledger");
        let script = format!(
            r#"dd if=/dev/zero of=$DISK/filler bs=1k count=$((16384 - {room})) 2>/dev/null
            "$@"; echo "first $?"; rm $DISK/filler; "$@"; echo "second $?""#
        );
        let more =
            ["--ledger", &ledger, "--on-ambiguous", "hold", "--outage-timeout", "0", "--concurrency", "2"];
        let Some(said) = on_a_small_disk(&desk, &sandbox, 16384, &more, &script) else { return };
        assert!(said.contains("first 2") && said.contains("disk is full"), "{room}: {said}");
        let asked = asked(&sandbox);
        assert!(asked.values().all(|times| *times == 1), "{asked:?}");
        let held = desk.results().iter().filter(|result| result["pyi_state"] == "ambiguous").count();
        assert!(held <= 2 && said.contains(&format!("second {}", i32::from(held > 0))), "{held}: {said}");
        assert!(asked.len() >= ROWS - held, "{said}");
        assert!(spent(&said) + 1e-9 >= 0.16 * billed(&sandbox) as f64, "{said}");
    }
}

/// Space is freed while answers wait for it: they are written, and no row is held.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn answers_wait_for_room_on_the_disk() {
    if !has_python("csv") {
        return;
    }
    let (desk, sandbox) = (Desk::new(), Sandbox::start(pyi::SPEC).await.unwrap());
    // Time to fill the disk during the first call.
    sandbox.inject(Fault::Delay(Duration::from_secs(2)));
    let ledger = desk.path("disk/ledger");
    let script = r#""$@" & sleep 1; dd if=/dev/zero of=$DISK/filler bs=1k 2>/dev/null
        sleep 3; rm $DISK/filler; wait $!; echo "first $?"; "$@"; echo "second $?""#;
    let more = ["--ledger", &ledger, "--outage-timeout", "60", "--concurrency", "1"];
    let Some(said) = on_a_small_disk(&desk, &sandbox, 16384, &more, script) else { return };
    assert!(said.contains("paid answers wait for the ledger"), "{said}");
    // No --on-ambiguous was given, and none was needed.
    assert!(said.contains("second 0"), "{said}");
    let asked = asked(&sandbox);
    assert!(asked.len() == ROWS && asked.values().all(|times| *times == 1), "{asked:?}");
    assert!(desk.results().iter().all(|result| result["pyi_state"] == "settled"));
}
