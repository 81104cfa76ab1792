//! `pyi doctor`: finds out whether a call would work, from the spec to the provider's clock.
//! Nothing is signed and sent but the one call of `--probe`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use pyi_codegen::ir::{Digest, Effect, Endpoint, SignMethod, Signing};
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_runtime::__private::operation::{Segment, SegmentWord, SigningScheme};
use pyi_runtime::__private::sign::signature;
use pyi_runtime::{Client, Credentials, HttpRequest, HttpTransport, Method, Transport};
use pyi_sandbox::Sandbox;
use pyi_text::{Message, message};

use crate::connection::{Target, block_on};
use crate::language::{say, tr};
use crate::options::ConnectionOptions;
use crate::output::Output;
use crate::spec::Spec;
use crate::stdio::{can_ask, confirmed, print};
use crate::{UsageError, lint, profile};

/// Offset of the clock that is a warning, in seconds. The provider refuses ten minutes.
const OFFSET: i64 = 60;

/// Check the spec, the signing, the account and the clock; the exit code is 1 if there is a fault
#[derive(Debug, clap::Args)]
#[command(after_help = "Without --probe, nothing is sent but one unsigned request for the provider's clock.")]
pub(crate) struct Args {
    #[command(flatten)]
    connection: ConnectionOptions,

    /// Call an endpoint once, with the examples of its spec, after showing its price
    #[arg(long, value_name = "ENDPOINT")]
    probe: Option<String>,

    /// Send the call of --probe without a question
    #[arg(long, requires = "probe")]
    yes: bool,
}

/// What a check found.
enum Finding {
    Good(Message),
    Warning(Message),
    Fault(Message),
    /// It could not be checked, and why.
    Skipped(Message),
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    let mut findings = Findings::default();
    findings
        .add(tr!("version"), Finding::Good(message!("pyi {version}", version = env!("CARGO_PKG_VERSION"))));
    findings.add(tr!("spec"), check_spec(spec, args));
    for method in &spec.provider.sign.methods {
        findings.add(tr!("signing"), check_signing(*method));
    }
    findings.add(tr!("configuration"), check_configuration());
    let target = Target::new(spec, &args.connection);
    findings.add(tr!("account"), check_account(args, &target));
    let Ok(target) = target else {
        let reason = || Finding::Skipped(message!("there is no account"));
        findings.add(tr!("clock"), reason());
        if args.probe.is_some() {
            findings.add(tr!("probe"), Finding::Fault(message!("there is no account")));
        }
        return Ok(findings.exit_code());
    };
    block_on(async {
        let (client, sandbox) = target.connect(spec, &args.connection, None).await?;
        let base_url = match (&target, &sandbox) {
            (Target::Provider { base_url, .. }, _) => base_url.clone(),
            (Target::Sandbox, sandbox) => sandbox.as_ref().map(Sandbox::url).unwrap_or_default(),
        };
        findings.add(tr!("clock"), check_clock(&base_url).await);
        let Some(id) = &args.probe else { return Ok(findings.exit_code()) };
        let endpoint = spec.endpoint(id)?;
        if !may_probe(spec, endpoint, args)? {
            findings.add(tr!("probe"), Finding::Skipped(message!("nothing was sent")));
            return Ok(findings.exit_code());
        }
        let code = probe(spec, endpoint, client, args).await?;
        Ok(if code == ExitCode::SUCCESS { findings.exit_code() } else { code })
    })
}

/// The findings as they are printed.
#[derive(Default)]
struct Findings {
    has_fault: bool,
}

impl Findings {
    fn add(&mut self, what: String, finding: Finding) {
        let (word, message) = match finding {
            Finding::Good(message) => (tr!("ok"), message),
            Finding::Warning(message) => (tr!("warning"), message),
            Finding::Skipped(message) => (tr!("skipped"), message),
            Finding::Fault(message) => {
                self.has_fault = true;
                (tr!("fault"), message)
            }
        };
        print(&tr!("{word}: {what}: {message}", word, what, message));
    }

    fn exit_code(&self) -> ExitCode {
        if self.has_fault { ExitCode::FAILURE } else { ExitCode::SUCCESS }
    }
}

fn check_spec(spec: &Spec, args: &Args) -> Finding {
    let name = args.connection.spec.spec.as_deref();
    let (endpoints, report) = lint::counted(name, spec);
    let shown = match name {
        Some(folder) => crate::spec::shown(folder).to_owned(),
        None => tr!("the spec that the program carries"),
    };
    match lint::totals(&report) {
        (0, 0) => Finding::Good(message!("{shown}, {endpoints} endpoint(s)", shown, endpoints)),
        (0, warnings) => Finding::Warning(message!(
            "{shown}, {endpoints} endpoint(s), {warnings} warning(s); see `pyi lint`",
            shown,
            endpoints,
            warnings,
        )),
        (faults, _) => {
            Finding::Fault(message!("{shown} has {faults} fault(s); see `pyi lint`", shown, faults))
        }
    }
}

/// Signs what a standard has signed: "abc" (RFC 1321, A.5), and test case 2 of RFC 4231.
fn check_signing(method: SignMethod) -> Finding {
    let (secret, pairs, expected, source) = match method.signing() {
        Signing::Digest(Digest::Md5) => ("c", ("a", "b"), "900150983cd24fb0d6963f7d28e17f72", "RFC 1321"),
        Signing::Hmac(Digest::Sha256) => (
            "Jefe",
            ("what do ya want ", "for nothing?"),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            "RFC 4231",
        ),
        Signing::Digest(Digest::Sha1) => {
            ("c", ("a", "b"), "a9993e364706816aba3e25717850c26c9cd0d89d", "FIPS 180-4")
        }
        Signing::Digest(Digest::Sm3) => (
            "c",
            ("a", "b"),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
            "GB/T 32905",
        ),
        Signing::Hmac(Digest::Sha1) => (
            "Jefe",
            ("what do ya want ", "for nothing?"),
            "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79",
            "RFC 2202",
        ),
        Signing::Hmac(Digest::Sm3) => {
            return Finding::Skipped(message!(
                "no standard has a vector of {method}",
                method = method.as_str()
            ));
        }
        Signing::Digest(Digest::Sha256) => (
            "c",
            ("a", "b"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "FIPS 180-4",
        ),
        Signing::Digest(Digest::Sha384) => (
            "c",
            ("a", "b"),
            "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7",
            "FIPS 180-4",
        ),
        Signing::Hmac(Digest::Sha384) => (
            "Jefe",
            ("what do ya want ", "for nothing?"),
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
            "RFC 4231",
        ),
        Signing::Digest(Digest::Sha512) => (
            "c",
            ("a", "b"),
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
            "FIPS 180-4",
        ),
        Signing::Hmac(Digest::Sha512) => (
            "Jefe",
            ("what do ya want ", "for nothing?"),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            "RFC 4231",
        ),
        Signing::Hmac(Digest::Md5) => {
            ("Jefe", ("what do ya want ", "for nothing?"), "750c783e6ab0b503eaa86e310a5db738", "RFC 2202")
        }
        Signing::Signer => {
            return Finding::Skipped(message!(
                "a signer outside makes the signatures of {method}",
                method = method.as_str()
            ));
        }
        Signing::Secret | Signing::Basic => {
            return Finding::Skipped(message!(
                "the method {method} signs nothing: it sends the secret",
                method = method.as_str()
            ));
        }
    };
    let text = [Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)];
    let scheme = SigningScheme { digest_text: &text, hmac_text: &text[..1], ..SigningScheme::MD5 };
    let signed = signature(&scheme, &Credentials::new(method, secret), [pairs]);
    let method = method.as_str();
    if signed == expected {
        Finding::Good(message!("{method} gives the vector of {source}", method, source))
    } else {
        Finding::Fault(message!(
            "{method} does not give the vector of {source}; this build is broken",
            method,
            source
        ))
    }
}

fn check_configuration() -> Finding {
    match profile::path() {
        None => Finding::Skipped(message!("there is no home folder")),
        Some(path) if path.exists() => match profile::names(&path) {
            Ok(names) if names.is_empty() => {
                Finding::Good(message!("{path}, without profiles", path = path.display()))
            }
            Ok(names) => Finding::Good(message!(
                "{path}, profiles: {names}",
                path = path.display(),
                names = names.join(", ")
            )),
            Err(UsageError(message)) => Finding::Fault(message),
        },
        Some(path) => Finding::Skipped(message!("there is no file {path}", path = path.display())),
    }
}

fn check_account(args: &Args, target: &Result<Target, UsageError>) -> Finding {
    match target {
        Ok(Target::Sandbox) => Finding::Good(message!("the sandbox")),
        Ok(Target::Provider { base_url, .. }) => Finding::Good(message!(
            "a base URL of {scheme}, an app id and a secret",
            scheme = scheme(base_url)
        )),
        // An account that was named and cannot be used is a fault; none at all is not.
        Err(UsageError(message)) if args.connection.signing.profile.is_some() => {
            Finding::Fault(message.clone())
        }
        Err(UsageError(message)) => Finding::Skipped(message.clone()),
    }
}

/// The scheme of a base URL. Its host names the account, and is not shown.
fn scheme(base_url: &str) -> &'static str {
    if base_url.starts_with("https://") { "https" } else { "http" }
}

/// Compares this machine's clock with the header `date` of an answer to an unsigned request, which
/// names no endpoint.
async fn check_clock(base_url: &str) -> Finding {
    let transport = match HttpTransport::builder().build() {
        Ok(transport) => transport,
        Err(error) => return Finding::Fault(Message::from(error.to_string())),
    };
    let request = HttpRequest::new(Method::Get, base_url, "");
    let response = match transport.send(request).await {
        Ok(response) => response,
        Err(error) => {
            return Finding::Fault(message!(
                "the server does not answer: {error}",
                error = error.to_string()
            ));
        }
    };
    let date = response.date.as_deref().and_then(|date| httpdate::parse_http_date(date).ok());
    let Some(server) = date.and_then(unix_seconds) else {
        return Finding::Warning(message!("the server sends no date"));
    };
    let Some(own) = unix_seconds(SystemTime::now()) else {
        return Finding::Fault(message!("this machine's clock is before 1970"));
    };
    match own - server {
        offset if offset.abs() > OFFSET => Finding::Warning(message!(
            "this machine's clock is {offset} seconds from the server's; a provider may refuse such requests (10004)",
            offset,
        )),
        offset => {
            Finding::Good(message!("this machine's clock is {offset} seconds from the server's", offset))
        }
    }
}

fn unix_seconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
}

/// Shows the price of a call, and whether it may be sent.
fn may_probe(spec: &Spec, endpoint: &Endpoint, args: &Args) -> Result<bool, UsageError> {
    let id = &endpoint.id;
    if endpoint.effect == Effect::Act {
        let queries = spec.provider.endpoints.iter().filter(|other| other.effect == Effect::Query);
        let known: Vec<&str> = queries.map(|other| other.id.as_str()).collect();
        return Err(UsageError(message!(
            "{id} changes something, and is not called for a check; --probe takes {known}",
            id,
            known = known.join(", ")
        )));
    }
    let price = match pyi_batch::worst_price(endpoint).zip(endpoint.price.as_ref()) {
        Some((most, price)) => {
            tr!("at most {most} {currency}", most = most.to_string(), currency = price.currency)
        }
        None => tr!("an unknown price"),
    };
    print(&tr!("one call of {id} with the examples of the spec costs {price}", id, price));
    if args.yes || args.connection.sandbox {
        return Ok(true);
    }
    if !can_ask() {
        return Err(UsageError(message!(
            "nothing was sent; --yes sends the call of --probe without a question"
        )));
    }
    Ok(confirmed(&tr!("Send it? [y/N]")))
}

/// Calls an endpoint with the examples of its spec, and prints the result.
async fn probe(
    spec: &Spec,
    endpoint: &Endpoint,
    client: Client,
    args: &Args,
) -> Result<ExitCode, UsageError> {
    let mut values = Vec::new();
    for field in &endpoint.request {
        match (&field.example, field.optional) {
            (Some(example), _) => values.push((field.wire.clone(), example.clone())),
            (None, true) => {}
            (None, false) => {
                return Err(UsageError(message!(
                    "{field} of {id} has no example in the spec, so the endpoint cannot be probed; add one",
                    field = field.wire,
                    id = endpoint.id,
                )));
            }
        }
    }
    let client = DynamicClient::new(Arc::clone(&spec.provider), client);
    let report = client.call(&endpoint.id, &values, &CallOptions::default()).await;
    let report = report.map_err(|error| {
        let faults: Vec<String> = error.messages().iter().map(say).collect();
        UsageError(Message::from(faults.join("; ")))
    })?;
    Ok(Output::new(&spec.provider, endpoint, true, args.connection.sandbox).write(&report))
}
