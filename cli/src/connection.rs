//! The connection of a command: to the provider, or to a sandbox that runs inside the program.

use pyi_codegen::ir::{Common, account_variable};
use pyi_runtime::{App, Client};
use pyi_sandbox::Sandbox;
use pyi_text::message;

use crate::UsageError;
use crate::options::ConnectionOptions;
use crate::spec::Spec;

/// The server that is called.
pub(crate) enum Target {
    Sandbox,
    Provider { base_url: String, hosts: Vec<(String, String)>, app: App },
}

impl Target {
    pub(crate) fn new(spec: &Spec, options: &ConnectionOptions) -> Result<Self, UsageError> {
        if options.sandbox {
            return Ok(Self::Sandbox);
        }
        let account = options.signing.account()?;
        let base_url =
            account.value(options.base_url.as_ref(), |profile| profile.base_url.as_ref(), "PYI_BASE_URL");
        let base_url = base_url.ok_or_else(|| {
            UsageError(message!(
                "no base URL; give --base-url https://<your host> or --profile NAME, or set PYI_BASE_URL, or try it with --sandbox"
            ))
        })?;
        let app_id = account.value(options.app_id.as_ref(), |profile| profile.app_id.as_ref(), "PYI_APP_ID");
        let hosts = options.host.iter().map(|host| host_url(spec, host)).collect::<Result<_, _>>()?;
        let app = match app_id {
            Some(app_id) => App::new(app_id, account.credentials(spec)?),
            None if !spec.provider.asks_for_app_id() => App::without_id(account.credentials(spec)?),
            None => return Err(UsageError(message!("no app id; give --app-id ID or set PYI_APP_ID"))),
        };
        let app = with_account_values(spec, app)?;
        Ok(Self::Provider { base_url, hosts, app })
    }

    /// The client, and the sandbox that must outlive it.
    pub(crate) async fn connect(
        &self,
        spec: &Spec,
        options: &ConnectionOptions,
        retries: Option<usize>,
    ) -> Result<(Client, Option<Sandbox>), UsageError> {
        let (mut builder, sandbox) = match self {
            Self::Provider { base_url, hosts, app } => {
                let builder = Client::builder().base_url(base_url).app_of(app.clone());
                (hosts.iter().fold(builder, |builder, (name, url)| builder.host(name, url)), None)
            }
            Self::Sandbox => {
                spec.usable()?;
                let sandbox = Sandbox::start(&spec.texts()).await.map_err(UsageError::english)?;
                let method = options.signing.account()?.method(spec);
                let builder = Client::builder().base_url(sandbox.url()).app_of(sandbox.app_by(method));
                let hosts = spec.provider.hosts().into_iter();
                (hosts.fold(builder, |builder, name| builder.host(name, sandbox.url())), Some(sandbox))
            }
        };
        if options.allow_insecure_http {
            builder = builder.allow_insecure_http();
        }
        if options.allow_insecure_hash {
            builder = builder.allow_insecure_hash();
        }
        if let Some(retries) = retries {
            builder = builder.retries(retries);
        }
        Ok((builder.build().map_err(UsageError::english)?, sandbox))
    }
}

/// The app with the values of the account that the spec asks for, from variables of the
/// environment: one may be a secret, which no argument should have.
fn with_account_values(spec: &Spec, mut app: App) -> Result<App, UsageError> {
    for name in spec.provider.account_parameters() {
        let variable = account_variable(name);
        let is_optional = |common: &Common| common.name == name && common.optional;
        match std::env::var(&variable) {
            Ok(value) => app = app.value(name, value),
            Err(_) if spec.provider.common.iter().any(is_optional) => {}
            Err(_) => {
                let why = message!("no value of the account for `{name}`; set {variable}", name, variable);
                return Err(UsageError(why));
            }
        }
    }
    Ok(app)
}

/// A host of the spec and its base URL.
pub(crate) fn host_url(spec: &Spec, text: &str) -> Result<(String, String), UsageError> {
    let known = spec.provider.hosts();
    match text.split_once('=') {
        Some((name, url)) if known.contains(&name) => Ok((name.to_owned(), url.to_owned())),
        _ if known.is_empty() => {
            Err(UsageError(message!("--host is for hosts that a spec names; this one names none")))
        }
        _ => {
            Err(UsageError(message!("--host is NAME=URL; the spec names {known}", known = known.join(", "))))
        }
    }
}

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, UsageError>>) -> Result<T, UsageError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError::new(message!("cannot start: {error}", error)))?;
    runtime.block_on(future)
}
