//! The connection of a command: to the provider, or to a sandbox that runs inside the program.

use pyi_runtime::{Client, Credentials};
use pyi_sandbox::Sandbox;
use pyi_text::message;

use crate::UsageError;
use crate::options::ConnectionOptions;
use crate::spec::Spec;

/// The server that is called.
pub(crate) enum Target {
    Sandbox,
    Provider { base_url: String, app_id: String, credentials: Credentials },
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
        let app_id =
            app_id.ok_or_else(|| UsageError(message!("no app id; give --app-id ID or set PYI_APP_ID")))?;
        Ok(Self::Provider { base_url, app_id, credentials: account.credentials(spec)? })
    }

    /// The client, and the sandbox that must outlive it.
    pub(crate) async fn connect(
        &self,
        spec: &Spec,
        options: &ConnectionOptions,
        retries: Option<usize>,
    ) -> Result<(Client, Option<Sandbox>), UsageError> {
        let (mut builder, sandbox) = match self {
            Self::Provider { base_url, app_id, credentials } => {
                (Client::builder().base_url(base_url).app(app_id, credentials.clone()), None)
            }
            Self::Sandbox => {
                spec.usable()?;
                let sandbox = Sandbox::start(&spec.texts()).await.map_err(UsageError::english)?;
                let method = options.signing.account()?.method(spec);
                let credentials = Credentials::new(method, sandbox.secret());
                (Client::builder().base_url(sandbox.url()).app(sandbox.app_id(), credentials), Some(sandbox))
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

/// Runs a future to its end.
pub(crate) fn block_on<T>(future: impl Future<Output = Result<T, UsageError>>) -> Result<T, UsageError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError::new(message!("cannot start: {error}", error)))?;
    runtime.block_on(future)
}
