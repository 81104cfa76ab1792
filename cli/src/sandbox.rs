//! `pyi sandbox`: answers like the provider, until Ctrl-C.

mod cassettes;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

use pyi_runtime::Client;
use pyi_sandbox::{BODY_LIMIT, Builder, Sandbox, Settings};
use pyi_text::{Message, message};

use self::cassettes::CassetteOptions;
use crate::UsageError;
use crate::argument::{self, Access};
use crate::connection::block_on;
use crate::interrupt::interrupted;
use crate::language::tr;
use crate::options::{SigningOptions, SpecOption};
use crate::output::{eprint, print};
use crate::spec::Spec;
use crate::watch::Watch;

/// Answer like the provider on this machine, until Ctrl-C; then print what would have been billed
#[derive(Debug, clap::Args)]
#[command(
    after_help = "The page for people is at the URL that is printed. With --base-url, PYI_SECRET or --secret-file has the app's secret."
)]
pub(crate) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    /// Serve the folder of --spec as it is saved
    #[arg(long, requires = "spec")]
    watch: bool,

    /// Address to listen on; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:0")]
    addr: String,

    /// Maximum size of a request's body; the default holds a picture of 8 MiB
    #[arg(long, value_name = "BYTES", default_value_t = BODY_LIMIT)]
    body_limit: usize,

    /// Let the page call the provider at this base URL, for money, instead of the sandbox
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,

    /// The app of the page's calls to the provider
    #[arg(long, value_name = "ID")]
    app_id: Option<String>,

    #[command(flatten)]
    signing: SigningOptions,

    #[command(flatten)]
    cassettes: CassetteOptions,

    /// JSON file with the account's limits, faults at rates and the calls of notify addresses; a
    /// running sandbox has them at /_sandbox/settings
    #[arg(long, value_name = "FILE")]
    settings: Option<String>,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let address: SocketAddr = args
        .addr
        .parse()
        .map_err(|_| UsageError(message!("--addr is an address and a port, such as 127.0.0.1:0")))?;
    let builder = Sandbox::builder().address(address).body_limit(args.body_limit);
    if args.cassettes.proxy.is_some() && args.signing.profile.is_some() {
        return Err(UsageError(message!(
            "--profile is for calls of the page, and --proxy passes on what callers have signed; give one of them"
        )));
    }
    let client = provider(spec, args)?;
    let costs_money = client.is_some();
    let builder = match client {
        Some(client) => builder.page_calls(client),
        None => builder,
    };
    let builder = args.cassettes.apply(spec, builder)?;
    let builder = match &args.settings {
        Some(file) => builder.settings(settings(file)?),
        None => builder,
    };
    block_on(serve(spec, builder, args, costs_money))
}

/// A client of the provider for the page's calls, if a base URL or a profile is given. No variable
/// gives one: a variable that was set for another command must not make calls cost money.
fn provider(spec: &Spec, args: &Args) -> Result<Option<Client>, UsageError> {
    let account = args.signing.account()?;
    let base_url = account.named(args.base_url.as_ref(), |profile| profile.base_url.as_ref());
    let app_id = account.named(args.app_id.as_ref(), |profile| profile.app_id.as_ref());
    let (base_url, app_id) = match (base_url, app_id) {
        (Some(base_url), Some(app_id)) => (base_url, app_id),
        (None, None) => return Ok(None),
        (Some(_), None) => return Err(UsageError(message!("no app id; give --app-id ID with --base-url"))),
        (None, Some(_)) => {
            return Err(UsageError(message!(
                "no base URL; give --base-url https://<your host> with --app-id"
            )));
        }
    };
    let client = Client::builder().base_url(base_url).app(app_id, account.credentials(spec)?).build();
    client.map(Some).map_err(UsageError::english)
}

/// Settings of a sandbox, as an example.
const EXAMPLE: &str = r#"{"account": {"balance": "5.00"}, "faults": {"seed": 7}}"#;

/// The settings of a file. An error has the place in it, and names keys that there are, but nothing
/// of the file's content.
fn settings(file: &str) -> Result<Settings, UsageError> {
    let failed =
        |why: Message| argument::failed(Access::Read, file, message!("the settings (--settings)"), why);
    let text = std::fs::read_to_string(file).map_err(|error| failed(error.into()))?;
    serde_json::from_str(&text).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        // Behind the last such word are names of the program's own.
        let text = error.to_string();
        let expected = text.rsplit_once(", expected ").map(|(_, names)| names.split(" at ").next());
        match expected.flatten() {
            Some(expected) => failed(message!(
                "line {line}, column {column} is not {expected}",
                line,
                column,
                expected = expected.to_owned()
            )),
            None => failed(message!(
                "line {line}, column {column} is not a setting; it is JSON such as {example}",
                line,
                column,
                example = EXAMPLE.to_owned()
            )),
        }
    })
}

async fn serve(
    spec: &Spec,
    builder: Builder,
    args: &Args,
    costs_money: bool,
) -> Result<ExitCode, UsageError> {
    let sandbox = builder.start(&spec.texts()).await.map_err(UsageError::english)?;
    if !spec.report.is_empty() {
        print(&format!("{}\n", sandbox.spec_faults()));
    }
    if args.cassettes.proxy.is_some() {
        print(&tr!(
            "url     {url}\ncalls go to the provider, with the caller's own credentials",
            url = sandbox.url()
        ));
    } else {
        print(&tr!(
            "url     {url}\napp id  {app_id}\nsecret  {secret}",
            url = sandbox.url(),
            app_id = sandbox.app_id(),
            secret = sandbox.secret()
        ));
    }
    if args.cassettes.proxy.is_none() {
        print(&tr!("page    {page}", page = sandbox.page_url()));
    }
    if costs_money {
        print(&tr!("the page's calls go to the provider: each that succeeds is billed"));
    }
    let sandbox = Arc::new(sandbox);
    if let Some(folder) = args.spec.spec.as_ref().filter(|_| args.watch) {
        follow(PathBuf::from(folder), Arc::clone(&sandbox))?;
    }
    interrupted().await;
    let is_abandoned = sandbox.in_flight() > 0 && !are_answered(&sandbox).await;
    for entry in sandbox.request_log() {
        let endpoint = entry.endpoint.clone().unwrap_or_else(|| tr!("no endpoint"));
        let code = entry.code.map_or_else(|| tr!("no status"), |code| code.to_string());
        print(&format!("{endpoint}  {code}  {}", entry.billing));
    }
    for notification in sandbox.notifications() {
        let endpoint = notification.endpoint;
        let attempts = notification.attempts;
        match notification.failure {
            None if !notification.is_delivered => print(&tr!("{endpoint}  not notified yet", endpoint)),
            Some(why) => print(&tr!(
                "{endpoint}  not notified after {attempts} attempt(s): {why}",
                endpoint,
                attempts,
                why
            )),
            None => print(&tr!("{endpoint}  notified after {attempts} attempt(s)", endpoint, attempts)),
        }
    }
    if is_abandoned {
        eprint(&tr!("abandoned: {calls} call(s) in flight may be billed", calls = sandbox.in_flight()));
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

/// Waits for calls in flight; false if a second signal abandons them.
async fn are_answered(sandbox: &Sandbox) -> bool {
    eprint(&tr!("stopping: waiting for calls in flight; press Ctrl-C again to abandon them"));
    tokio::select! {
        () = sandbox.stop() => true,
        () = interrupted() => false,
    }
}

/// Serves a folder as it is saved, on a thread that ends with the program. A spec that cannot be
/// served changes nothing.
fn follow(folder: PathBuf, sandbox: Arc<Sandbox>) -> Result<(), UsageError> {
    let mut watch = Watch::new(&folder);
    let watching = thread::Builder::new().name("pyi-watch".to_owned()).spawn(move || {
        loop {
            watch.wait();
            match sandbox.reload_folder(&folder) {
                Ok(()) if sandbox.spec_faults().is_empty() => print(&tr!("the spec is served as saved")),
                Ok(()) => print(&tr!(
                    "the spec is served as saved, without the endpoints that have a fault:\n{faults}",
                    faults = sandbox.spec_faults()
                )),
                Err(error) => {
                    print(&tr!("the spec is served as it was before: {error}", error = error.to_string()))
                }
            }
        }
    });
    watching.map(|_| ()).map_err(|error| UsageError(message!("cannot watch: {error}", error)))
}
