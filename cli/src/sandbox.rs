//! `pyi sandbox`: the provider's stand-in, until Ctrl-C.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use clap::{Arg, ArgMatches, value_parser};
use pyi_runtime::{Client, Credentials};
use pyi_sandbox::{BODY_LIMIT, Builder, Sandbox};

use crate::call::sign_method;
use crate::output::print;
use crate::spec::Spec;
use crate::watch::Watch;
use crate::{UsageError, secret};

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let address = matches.get_one::<String>("addr").map(String::as_str).unwrap_or_default();
    let address: SocketAddr = address
        .parse()
        .map_err(|_| UsageError("--addr is an address and a port, such as 127.0.0.1:0".to_owned()))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError(format!("cannot start: {error}")))?;
    let body_limit = matches.get_one::<usize>("body-limit").copied().unwrap_or(BODY_LIMIT);
    let builder = Sandbox::builder().address(address).body_limit(body_limit);
    let builder = match provider(spec, matches)? {
        Some(client) => builder.page_calls(client),
        None => builder,
    };
    runtime.block_on(serve(spec, builder, matches))
}

/// `--body-limit`.
pub(crate) fn body_limit_arg() -> Arg {
    Arg::new("body-limit").long("body-limit").value_name("BYTES").value_parser(value_parser!(usize)).help(
        format!("Maximum size of a request's body [default: {BODY_LIMIT}, which carries a picture of 8 MiB]"),
    )
}

/// A client of the provider, for the page's calls, if a base URL is given. It stands in no variable: nobody shall pay because of one that
/// was set for something else.
fn provider(spec: &Spec, matches: &ArgMatches) -> Result<Option<Client>, UsageError> {
    let Some(base_url) = matches.get_one::<String>("base-url") else { return Ok(None) };
    let app_id = matches.get_one::<String>("app-id").cloned().unwrap_or_default();
    let sign = Credentials::new(sign_method(spec, matches), secret::read(matches)?);
    let client = Client::builder().base_url(base_url).app(app_id, sign).build();
    client.map(Some).map_err(|error| UsageError(error.to_string()))
}

async fn serve(spec: &Spec, builder: Builder, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let sandbox = builder.start(&spec.texts()).await;
    let sandbox = sandbox.map_err(|error| UsageError(error.to_string()))?;
    if !spec.report.is_empty() {
        print(&format!("{}\n", sandbox.faults()));
    }
    print(&format!("url     {}\napp id  {}\nsecret  {}", sandbox.url(), sandbox.app_id(), sandbox.secret()));
    print(&format!("page    {}", sandbox.page_url()));
    if matches.contains_id("base-url") {
        print("the page's calls go to the provider: each that succeeds is billed");
    }
    let sandbox = Arc::new(sandbox);
    if let Some(folder) = matches.get_one::<String>("spec").filter(|_| matches.get_flag("watch")) {
        follow(PathBuf::from(folder), Arc::clone(&sandbox))?;
    }
    tokio::signal::ctrl_c().await.map_err(|error| UsageError(format!("cannot wait for Ctrl-C: {error}")))?;
    for entry in sandbox.request_log() {
        let endpoint = entry.endpoint.as_deref().unwrap_or("no endpoint");
        let code = entry.code.map_or_else(|| "no status".to_owned(), |code| code.to_string());
        print(&format!("{endpoint}  {code}  {}", entry.billing));
    }
    Ok(ExitCode::SUCCESS)
}

/// Serves a folder as it is saved, on a thread of its own that ends with the program. A spec that cannot be served changes nothing.
fn follow(folder: PathBuf, sandbox: Arc<Sandbox>) -> Result<(), UsageError> {
    let mut watch = Watch::new(&folder);
    let watching = thread::Builder::new().name("pyi-watch".to_owned()).spawn(move || {
        loop {
            watch.wait();
            match sandbox.reload_folder(&folder) {
                Ok(()) if sandbox.faults().is_empty() => print("the spec is served as saved"),
                Ok(()) => print(&format!(
                    "the spec is served as saved, without the endpoints that have a fault:\n{}",
                    sandbox.faults()
                )),
                Err(error) => print(&format!("the spec is served as it was before: {error}")),
            }
        }
    });
    watching.map(|_| ()).map_err(|error| UsageError(format!("cannot watch: {error}")))
}
