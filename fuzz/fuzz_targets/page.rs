//! A page of any bytes: a file without a fault, or refused, and no panic; and merging the same page
//! into it changes nothing.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use pyi_codegen::{Input, ir};
use pyi_import::{faults, import, merge};

const PROVIDER: &str = include_str!("../../spec/provider.yaml");
const ENDPOINT: &str = include_str!("../../spec/endpoints/id_card_two_factor.yaml");

static SPEC: LazyLock<ir::Provider> = LazyLock::new(|| {
    let files = [("provider.yaml", PROVIDER), ("endpoints/id_card_two_factor.yaml", ENDPOINT)];
    pyi_codegen::load(Input::Texts(&files)).0
});

fuzz_target!(|bytes: &[u8]| {
    let Ok(made) = import(bytes, &SPEC) else { return };
    let faults = faults(&made.yaml, &SPEC);
    // Two names may become one in Rust, which only a person can resolve.
    assert!(faults.is_empty() || faults.to_string().contains("rename"), "{}\n{faults}", made.yaml);
    let merged = merge(bytes, &made.yaml, &SPEC).expect("a file of the same page");
    assert_eq!(merged.yaml, made.yaml);
});
