//! The cost of every call, and that nothing is paid for twice or shown: against raw sockets that
//! record the requests, a transport without a network, and real TLS.

// A failed assumption of a test is a failure of the test.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod canary;
mod dropped;
mod formats;
mod kit;
mod limits;
mod matrix;
mod retries;
mod server;
mod soak;
mod tls;

/// Whether a test has the process for itself. If not, it is run in its own process, where no other
/// test uses memory or traces; that run must pass.
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
