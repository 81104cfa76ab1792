//! Real interpreters: whether they are installed, and their runs.

use std::io::Write;
use std::process::{Command, Stdio};
use std::thread;

/// Whether an interpreter is installed. In CI it must be; elsewhere a skip is printed.
pub(crate) fn has(program: &str) -> bool {
    let found = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let found = found.is_ok_and(|status| status.success());
    assert!(found || std::env::var_os("CI").is_none(), "{program} must be installed in CI");
    if !found {
        skipped(&format!("{program} is not installed"));
    }
    found
}

/// Whether Python is there with these modules, likewise.
pub(crate) fn has_python(modules: &str) -> bool {
    let import = format!("import {modules}");
    let found =
        has("python3") && Command::new("python3").args(["-c", &import]).output().unwrap().status.success();
    assert!(found || std::env::var_os("CI").is_none(), "Python's {modules} must be installed in CI");
    if !found {
        skipped(&format!("Python's {modules} is not installed"));
    }
    found
}

/// Prints that a test was skipped, without the capture of passing tests.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(std::io::stderr(), "SKIPPED: {why}");
}

/// Runs a script with arguments and a text on stdin; gives what it printed.
pub(crate) fn run(program: &str, arguments: &[&str], stdin: &str) -> String {
    let mut child =
        Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let (mut pipe, text) = (child.stdin.take().unwrap(), stdin.to_owned());
    // On a thread of its own: a program that reads only part of its input would block the writer.
    let writer = thread::spawn(move || pipe.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    assert!(output.status.success(), "{program} {arguments:?} failed");
    String::from_utf8(output.stdout).unwrap()
}
