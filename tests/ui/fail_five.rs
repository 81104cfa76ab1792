// Five faults in three files: five errors, and none of rustc's own behind them, though the endpoints that have them are used.
pyi_runtime::provider!("fail_five");

fn main() {
    let _ = Good { mobile: String::new() };
    let _ = |client: Client| {
        drop(client.bill(&Bill { mobile: String::new() }));
        drop(client.refund(&Refund { mobile: String::new() }));
        drop(client.good(&Good { mobile: String::new() }));
    };
}
