//! `pyi sign`: the canonical string and the signature, for the author of another client that gets
//! 10003.

use std::process::ExitCode;

use pyi_codegen::ir::{Common, CommonSource, ParameterPlace, Provider, Segment, Source};
use pyi_dynamic::ProviderParts;
use pyi_runtime::__private::canonical::{Material, Pair, canonical_string, in_order};
use pyi_runtime::__private::digest_of;
use pyi_runtime::__private::key::key_fault;
use pyi_runtime::__private::sign::signature_of;
use pyi_text::message;

use crate::language::tr;
use crate::options::{SigningOptions, SpecOption};
use crate::spec::Spec;
use crate::stdio::{data, eprint};
use crate::{UsageError, field_values};

/// Printed in place of the secret.
const MASK: &str = "<secret>";

/// Print the canonical string, with the secret masked, and the signature
#[derive(Debug, clap::Args)]
#[command(after_help = "The secret is read from the variable PYI_SECRET or from --secret-file.")]
pub(crate) struct Args {
    #[command(flatten)]
    spec: SpecOption,

    #[command(flatten)]
    signing: SigningOptions,

    /// HTTP method of the request [default: POST]
    #[arg(long, value_name = "METHOD", value_parser = ["POST", "GET"], hide_possible_values = true)]
    http_method: Option<String>,

    /// Path of the request, with the values of its parameters
    #[arg(long, value_name = "PATH")]
    path: Option<String>,

    /// Query of the request as it is sent, without the signature
    #[arg(long, value_name = "QUERY")]
    query: Option<String>,

    /// Host of the request
    #[arg(long, value_name = "HOST")]
    host: Option<String>,

    /// Body of the request as it is sent, without the signature; can be @FILE
    #[arg(long, value_name = "BODY")]
    body: Option<String>,

    /// Every parameter that is sent or signed, in any order; a value can be @FILE
    #[arg(value_name = "NAME=VALUE")]
    pair: Vec<String>,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let pairs = args.pair.iter().map(|text| field_values::pair(text, "NAME=VALUE"));
    let given: Vec<(String, String)> = pairs.collect::<Result<_, _>>()?;
    for (index, (key, _)) in given.iter().enumerate() {
        if let Some(first) = given.iter().take(index).position(|(other, _)| other == key) {
            let (first, second) = (first + 1, index + 1);
            return Err(UsageError(message!(
                "the names of NAME=VALUE {first} and {second} are the same",
                first,
                second
            )));
        }
    }
    let body = args.body.as_deref().map(|body| field_values::resolve(body, "--body")).transpose()?;
    let account = args.signing.account()?;
    let credentials = account.credentials(spec)?;
    let (provider, parts) = (&spec.provider, ProviderParts::new(&spec.provider));
    let scheme = parts.signing_scheme();
    if let Some(why) = key_fault(&scheme, &credentials) {
        return Err(UsageError(message!("the secret cannot sign: {why}", why)));
    }
    let filled = filled(provider, &given, body.as_deref());
    let pairs = given.iter().map(|(name, value)| Pair {
        name,
        value,
        template: "",
        is_signed: is_signed(provider, name),
    });
    let of_provider = filled.iter().map(|(common, value)| {
        let Common { name, template, is_signed, .. } = common;
        Pair { name, value, template, is_signed: *is_signed }
    });
    let pairs = in_order(&scheme, pairs.chain(of_provider).chain(Pair::secret(&scheme)));
    let app_id = provider.common_from(CommonSource::AppId).map(|common| common.name.as_str());
    let app_id = match given.iter().find(|(key, _)| Some(key.as_str()) == app_id) {
        Some((_, value)) => value.clone(),
        None => account.value(None, |profile| profile.app_id.as_ref(), "PYI_APP_ID").unwrap_or_default(),
    };
    let method = credentials.method();
    if provider.sign.signs_app_id(method) && app_id.is_empty() {
        return Err(UsageError(message!("the app's id is part of the signature; set PYI_APP_ID")));
    }
    let material = Material {
        method: args.http_method.as_deref().unwrap_or("POST"),
        host: args.host.as_deref().unwrap_or_default(),
        path: args.path.as_deref().unwrap_or_default(),
        query: args.query.as_deref().unwrap_or_default(),
        body: body.as_deref().unwrap_or_default(),
        app_id: &app_id,
        pairs: &pairs,
    };
    for segment in provider.sign.text(method) {
        if let Segment::Parameter(name) = segment
            && !pairs.iter().any(|pair| pair.name == *name)
        {
            eprint(&tr!("`{name}` is part of the text and was not given: it is signed as empty", name));
        }
    }
    let text = canonical_string(&scheme, &credentials, &material, MASK);
    let signature = signature_of(&scheme, &credentials, &material);
    data(&tr!("text  {text}\nsign  {signature}", text, signature));
    Ok(ExitCode::SUCCESS)
}

/// The parameters that were not given and whose values are known: constants that are signed and not
/// sent, and digests of the body.
fn filled<'p>(
    provider: &'p Provider,
    given: &[(String, String)],
    body: Option<&str>,
) -> Vec<(&'p Common, String)> {
    let mut filled = Vec::new();
    let is_missing = |common: &&Common| !given.iter().any(|(name, _)| *name == common.name);
    for common in provider.common.iter().filter(is_missing) {
        let digest = match common.source {
            Source::Common(from) => from.body_digest(),
            _ => None,
        };
        let value = match (digest, body) {
            (Some((digest, encoding)), Some(body)) => Some(digest_of(digest, encoding, body.as_bytes())),
            _ if common.source == Source::Constant && common.place == ParameterPlace::Sign => {
                Some(common.value.clone())
            }
            _ => None,
        };
        filled.extend(value.map(|value| (common, value)));
    }
    filled
}

/// Whether a parameter is one of the signed ones: those that the spec does not have are.
fn is_signed(provider: &Provider, name: &str) -> bool {
    let common = provider.common.iter().find(|common| common.name == name).map(|common| common.is_signed);
    let mut fields = provider.endpoints.iter().flat_map(|endpoint| &endpoint.request);
    let own = || fields.find(|field| field.wire == name).map(|field| field.is_signed);
    common.or_else(own).unwrap_or(true)
}
