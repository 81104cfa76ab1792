//! What every call costs, and that nothing is paid for twice or shown to anyone: against raw
//! sockets that keep a ledger of what arrived, a transport without a network, and real TLS.

// A test that cannot go on fails: that is what these are for.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canary;
mod formats;
mod kit;
mod limits;
mod matrix;
mod retries;
mod server;
mod soak;
mod tls;

/// Whether a test has the process for itself. If not, it is run in one of its own, where no other
/// test's memory is counted as its own, and nothing is traced into memory; that one must pass.
fn alone(test: &str) -> bool {
    const ALONE: &str = "PYI_TEST_ALONE";
    if std::env::var_os(ALONE).is_some() {
        return true;
    }
    let mut alone = std::process::Command::new(std::env::current_exe().unwrap());
    let output = alone.args(["--exact", test, "--nocapture"]).env(ALONE, "1").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    false
}
