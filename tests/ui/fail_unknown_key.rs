pyi_runtime::provider!("fail_unknown_key");

// The endpoint beside the bad one is there: nothing but the spec's own faults is reported.
fn main() {
    let _ = Good { mobile: String::new() };
}
