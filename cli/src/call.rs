//! `pyi call`: one call of an endpoint, against the provider or against a sandbox that lives as long as the call.

use std::process::ExitCode;
use std::time::Duration;

use clap::ArgMatches;
use pyi_codegen::ir::{Endpoint, SignMethod};
use pyi_dynamic::{OperationParts, ProviderParts, values};
use pyi_runtime::{Any, Client, Credentials, Error, Operation, Reply, Time, Values};
use pyi_sandbox::Sandbox;

use crate::output::Output;
use crate::spec::Spec;
use crate::{UsageError, field_values, secret};

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    let (endpoint, matches) = endpoint(spec, matches)?;
    let output = Output::new(&spec.provider, endpoint, matches);
    match call(spec, endpoint, matches) {
        Ok(reply) => Ok(output.write(&reply)),
        Err(UsageError(line)) => Ok(output.refused(&line)),
    }
}

fn endpoint<'s, 'm>(
    spec: &'s Spec,
    matches: &'m ArgMatches,
) -> Result<(&'s Endpoint, &'m ArgMatches), UsageError> {
    let (id, matches) = matches
        .subcommand()
        .ok_or_else(|| UsageError("name an endpoint; see `pyi call --help`".to_owned()))?;
    let endpoint =
        spec.provider.endpoint(id).ok_or_else(|| UsageError("the spec has no such endpoint".to_owned()))?;
    Ok((endpoint, matches))
}

/// What was given, what is called, and what came of it.
fn call(
    spec: &Spec,
    endpoint: &Endpoint,
    matches: &ArgMatches,
) -> Result<Result<Reply<Any>, Error>, UsageError> {
    let given = field_values::read(endpoint, matches)?;
    let time = time(matches)?;
    let target = target(matches)?;
    let values = values(endpoint, &given).map_err(|faults| {
        let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
        UsageError(format!("{}; see `pyi call {} --help`", faults.join("; "), endpoint.id))
    })?;
    let provider_parts = ProviderParts::new(&spec.provider);
    let provider = provider_parts.provider();
    let parts = OperationParts::new(endpoint);
    let operation = parts.operation(&provider);
    let sign = sign_method(spec, matches);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| UsageError(format!("cannot start: {error}")))?;
    runtime.block_on(async {
        let (client, _sandbox) = connect(spec, target, sign, matches, None).await?;
        Ok(send(&client, &operation, values, matches, time).await)
    })
}

fn time(matches: &ArgMatches) -> Result<Time, UsageError> {
    match matches.get_one::<String>("time").map(String::as_str) {
        None | Some("now") => Ok(Time::Now),
        Some("none") => Ok(Time::Omit),
        Some(seconds) => {
            let seconds = seconds.parse().ok().filter(|seconds| *seconds >= 0);
            let seconds =
                seconds.ok_or_else(|| UsageError("--time is now, none or whole unix seconds".to_owned()));
            seconds.map(Time::At)
        }
    }
}

/// The method that was asked for, or the one that the spec names first.
pub(crate) fn sign_method(spec: &Spec, matches: &ArgMatches) -> SignMethod {
    let asked = matches.get_one::<String>("sign").and_then(|word| word.parse().ok());
    asked.or(spec.provider.sign.methods.first().copied()).unwrap_or(SignMethod::Md5)
}

/// Who is called.
pub(crate) enum Target {
    Sandbox,
    Provider { base_url: String, app_id: String, secret: String },
}

pub(crate) fn target(matches: &ArgMatches) -> Result<Target, UsageError> {
    if matches.get_flag("sandbox") {
        return Ok(Target::Sandbox);
    }
    let given = |flag: &str, variable: &str| {
        matches.get_one::<String>(flag).cloned().or_else(|| std::env::var(variable).ok())
    };
    let base_url = given("base-url", "PYI_BASE_URL").ok_or_else(|| {
        UsageError(
            "no base URL; give --base-url https://<your host> or set PYI_BASE_URL, or try it with --sandbox"
                .to_owned(),
        )
    })?;
    let app_id = given("app-id", "PYI_APP_ID")
        .ok_or_else(|| UsageError("no app id; give --app-id ID or set PYI_APP_ID".to_owned()))?;
    Ok(Target::Provider { base_url, app_id, secret: secret::read(matches)? })
}

/// The client, and the sandbox that must outlive its call.
pub(crate) async fn connect(
    spec: &Spec,
    target: Target,
    method: SignMethod,
    matches: &ArgMatches,
    retries: Option<usize>,
) -> Result<(Client, Option<Sandbox>), UsageError> {
    let sign = |secret: &str| Credentials::new(method, secret);
    let (builder, sandbox) = match target {
        Target::Provider { base_url, app_id, secret } => {
            (Client::builder().base_url(base_url).app(app_id, sign(&secret)), None)
        }
        Target::Sandbox => {
            spec.usable()?;
            let sandbox =
                Sandbox::start(&spec.texts()).await.map_err(|error| UsageError(error.to_string()))?;
            let app = (sandbox.app_id().to_owned(), sign(sandbox.secret()));
            (Client::builder().base_url(sandbox.url()).app(app.0, app.1), Some(sandbox))
        }
    };
    let builder =
        if matches.get_flag("allow-insecure-http") { builder.allow_insecure_http() } else { builder };
    let builder =
        if matches.get_flag("allow-insecure-hash") { builder.allow_insecure_hash() } else { builder };
    let builder = match retries {
        Some(most) => builder.retries(most),
        None => builder,
    };
    let client = builder.build().map_err(|error| UsageError(error.to_string()))?;
    Ok((client, sandbox))
}

async fn send(
    client: &Client,
    operation: &Operation<'_>,
    values: Values,
    matches: &ArgMatches,
    time: Time,
) -> Result<Reply<Any>, Error> {
    let mut call = client.call_any(operation, values).time(time);
    let word = |flag: &str| matches.get_one::<String>(flag).map(String::as_str).unwrap_or_default();
    if let Ok(method) = word("method").to_ascii_uppercase().parse() {
        call = call.method(method);
    }
    if let Ok(format) = word("format").to_ascii_lowercase().parse() {
        call = call.format(format);
    }
    if matches.get_flag("check") {
        call = call.check();
    }
    if matches.get_flag("debug-data") {
        call = call.debug();
    }
    if let Some(seconds) = matches.get_one::<u64>("timeout") {
        call = call.timeout(Duration::from_secs(*seconds));
    }
    call.await
}
