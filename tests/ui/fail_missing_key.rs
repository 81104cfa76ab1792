pyi_runtime::provider!("fail_missing_key");

fn main() {}
