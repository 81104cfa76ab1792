//! The macro reads the spec: cargo must know that a new file in its folder changes the crate.

fn main() {
    println!("cargo::rerun-if-changed=spec");
}
