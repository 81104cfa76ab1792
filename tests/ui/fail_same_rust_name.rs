pyi_runtime::provider!("fail_same_rust_name");

fn main() {}
