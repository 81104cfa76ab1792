#![doc = include_str!("../README.md")]

// A glob, so that a type of the spec may have the name of one of the runtime's: what stands here
// hides what comes from there.
pub use pyi_runtime::*;

pyi_runtime::provider!("spec");
