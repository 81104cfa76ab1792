//! A spec of any text: fine, or faults with their places, and no panic; and code can be made of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyi_codegen::Input;

const PROVIDER: &str = include_str!("../../tests/expand/shared/provider.yaml");
const ENDPOINT: &str = include_str!("../../spec/endpoints/id_card_two_factor.yaml");

fuzz_target!(|text: &str| {
    for files in [
        [("provider.yaml", PROVIDER), ("endpoints/fuzz.yaml", text)],
        [("provider.yaml", text), ("endpoints/id_card_two_factor.yaml", ENDPOINT)],
    ] {
        let (_, report) = pyi_codegen::load(Input::Texts(&files));
        for fault in report.diagnostics() {
            assert!(!fault.to_string().is_empty() && !fault.help.is_empty());
        }
        let _ = pyi_codegen::expand(Input::Texts(&files), pyi_codegen::Extras::default());
    }
});
