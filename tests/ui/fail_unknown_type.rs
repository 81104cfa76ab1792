pyi_runtime::provider!("fail_unknown_type");

fn main() {}
