//! Payloads of any JSON, read into structs of every type that the dialect has: data or a fault, and
//! no panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pyi_runtime::Any;

#[allow(dead_code)]
mod types {
    include!("../../tests/expand/types.rs");
}

#[allow(dead_code)]
mod nested {
    include!("../../tests/expand/nested.rs");
}

fuzz_target!(|text: &str| {
    let Ok(any) = Any::from_json(text) else { return };
    if let Ok(data) = any.payload().object::<types::TypesData>() {
        // A code is a match only if these very characters stood there.
        if data.kind == Some(types::MatchStatus::Match) {
            assert!(text.contains("01") || text.contains('\\'));
        }
    }
    let _ = any.payload().object::<nested::NestedData>();
    let _ = any.payload().list(|from| from.object::<nested::Address>());
    let _ = any.payload().value(|from| from.decimal());
});
