//! A table of people inside a program of one's own: the ledger makes sure that no row is paid for
//! twice, also if the program is killed and started again.
//!
//! ```sh
//! cargo run --example batch [TABLE]
//! ```

use std::path::Path;
use std::time::Duration;

use pyi_batch::{
    BatchInfo, Currency, Key, Ledger, Mapping, Money, OnAmbiguous, OutputFormat, RunHandle, Settings, Table,
    plan, results, run, worst_price,
};
use pyi_codegen::{Input, load};
use pyi_sandbox::Sandbox;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args().nth(1).unwrap_or_else(|| "examples/people.csv".to_owned());
    let sandbox = Sandbox::start(pyi::SPEC).await?;
    let client: pyi_runtime::Client = sandbox.client()?;

    let (spec, _) = load(Input::Texts(pyi::SPEC));
    let endpoint = spec.endpoint("id_card_two_factor").ok_or("the spec has no such endpoint")?;
    let table = Table::open(Path::new(&path))?;
    let mapping = Mapping::new(&spec, endpoint, table.titles(), &[])?;
    let plan = plan((&spec, endpoint), &table, &mapping)?;
    println!("{} rows to send", plan.to_send);

    // The key is as secret as the table: with it, the ledger tells who was asked for.
    let key = Key::new(b"32 bytes from the secret storage");
    let yuan = Currency::new("CNY", 2).ok_or("no currency")?;
    let price = worst_price(endpoint).ok_or("the endpoint has no price")?;
    let unit_price = Money::parse(&price.to_string(), yuan).ok_or("the price is no amount")?;
    let budget = Money::parse("10.00", yuan).ok_or("the budget is no amount")?;
    let info = BatchInfo { endpoint: endpoint.id.clone(), target: sandbox.url(), budget, unit_price };
    let folder = tempfile::tempdir()?;
    let ledger = Ledger::open(&folder.path().join("people.ledger"), &info, &key).await?;
    let settings = Settings {
        concurrency: 4,
        on_ambiguous: OnAmbiguous::Hold,
        pace: None,
        outage_timeout: Duration::from_secs(60),
        handle: RunHandle::default(),
    };
    let summary = run(&client, (&spec, endpoint), (&table, &mapping), &key, &ledger, &settings).await?;
    println!("{} sent", summary.sent);
    // A second run finds all rows settled.
    run(&client, (&spec, endpoint), (&table, &mapping), &key, &ledger, &settings).await?;
    println!("{} requests arrived", sandbox.request_log().len());

    let out = std::fs::File::create(folder.path().join("results.csv"))?;
    results((&spec, endpoint), (&table, &mapping), &key, &ledger, OutputFormat::Csv, out).await?;
    ledger.close().await?;
    Ok(())
}
