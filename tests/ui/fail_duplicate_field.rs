pyi_runtime::provider!("fail_duplicate_field");

fn main() {}
