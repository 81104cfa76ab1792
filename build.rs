//! The spec is read by a macro: cargo must know that a file added to its folder changes the crate.

fn main() {
    println!("cargo::rerun-if-changed=spec");
}
