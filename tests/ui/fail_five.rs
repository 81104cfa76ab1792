// Five faults in three files: five errors, and none of rustc's own behind them. The endpoint without a fault is there.
pyi_runtime::provider!("fail_five");

fn main() {
    let _ = Good { mobile: String::new() };
}
