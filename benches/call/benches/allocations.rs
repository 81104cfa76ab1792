//! Counts the allocations of signing and encoding: the request's values, and the form.

use pyi_benches::{body, by_hand, decoded, encoded, person};
use pyi_runtime::Credentials;

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// The number of allocations of a function; its result is dropped later.
fn allocations<T>(work: impl FnOnce() -> T) -> (u64, T) {
    let before = dhat::HeapStats::get().total_blocks;
    let made = work();
    (dhat::HeapStats::get().total_blocks - before, made)
}

fn main() {
    let _counting = dhat::Profiler::builder().testing().build();
    let (person, sign, body, by_hand_body) =
        (person(), Credentials::md5(pyi_benches::SECRET), body(), body());
    let (encoding, _) = allocations(|| encoded(&person, &sign));
    let (decoding, _) = allocations(|| decoded(body));
    let (by_hand, _) = allocations(|| by_hand::decoded(by_hand_body));
    println!("encode_pyi {encoding}\ndecode_pyi {decoding}\ndecode_serde {by_hand}");
    assert!(encoding <= 2, "signing and encoding takes {encoding} allocations");
}
