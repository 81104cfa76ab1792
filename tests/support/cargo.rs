//! cargo, run by a test.

use std::process::Command;

/// cargo with the environment of a shell. A test has variables about its own package, which build
/// scripts read: with them, cargo would build anew what depends on those scripts, and the next
/// cargo would again.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    for (name, _) in std::env::vars_os() {
        let prefixes = ["CARGO_PKG_", "CARGO_MANIFEST_", "CARGO_CRATE_", "OUT_DIR"];
        if prefixes.iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    cargo
}
