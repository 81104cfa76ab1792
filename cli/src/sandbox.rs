//! `pyi sandbox`: the provider's stand-in, until Ctrl-C.

use std::net::SocketAddr;
use std::process::ExitCode;

use clap::ArgMatches;
use pyi_sandbox::Sandbox;

use crate::Misuse;
use crate::output::say;
use crate::spec::Spec;

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    spec.usable()?;
    let address = matches.get_one::<String>("addr").map(String::as_str).unwrap_or_default();
    let address: SocketAddr = address.parse().map_err(|_| {
        Misuse(format!("--addr is an address and a port, such as 127.0.0.1:0, not {address}"))
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Misuse(format!("cannot start: {error}")))?;
    runtime.block_on(serve(spec, address))
}

async fn serve(spec: &Spec, address: SocketAddr) -> Result<ExitCode, Misuse> {
    let sandbox = Sandbox::builder().address(address).start(&spec.texts()).await;
    let sandbox = sandbox.map_err(|error| Misuse(error.to_string()))?;
    if !spec.report.is_empty() {
        say(&format!("{}\n", sandbox.faults()));
    }
    say(&format!("url     {}\napp id  {}\nsecret  {}", sandbox.url(), sandbox.app_id(), sandbox.secret()));
    tokio::signal::ctrl_c().await.map_err(|error| Misuse(format!("cannot wait for Ctrl-C: {error}")))?;
    for entry in sandbox.ledger() {
        let endpoint = entry.endpoint.as_deref().unwrap_or("no endpoint");
        let code = entry.code.map_or_else(|| "no status".to_owned(), |code| code.to_string());
        say(&format!("{endpoint}  {code}  {}", entry.billing));
    }
    Ok(ExitCode::SUCCESS)
}
