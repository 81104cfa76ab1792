//! `pyi sign`: the canonical string and the signature, for the author of another client that gets
//! 10003.

use std::process::ExitCode;

use pyi_dynamic::ProviderParts;
use pyi_runtime::__private::sign::{canonical_string, signature};
use pyi_text::message;

use crate::language::tr;
use crate::options::{SigningOptions, SpecOption};
use crate::spec::Spec;
use crate::stdio::data;
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

    /// Every parameter that is sent, in any order; a value can be @FILE
    #[arg(value_name = "NAME=VALUE", required = true)]
    pair: Vec<String>,
}

pub(crate) fn run(spec: &Spec, args: &Args) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let pairs = args.pair.iter().map(|text| field_values::pair(text, "NAME=VALUE"));
    let pairs: Vec<(String, String)> = pairs.collect::<Result<_, _>>()?;
    for (index, (key, _)) in pairs.iter().enumerate() {
        if let Some(first) = pairs.iter().take(index).position(|(other, _)| other == key) {
            let (first, second) = (first + 1, index + 1);
            return Err(UsageError(message!(
                "the names of NAME=VALUE {first} and {second} are the same",
                first,
                second
            )));
        }
    }
    let credentials = args.signing.account()?.credentials(spec)?;
    let parts = ProviderParts::new(&spec.provider);
    let pairs = || {
        let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
        pairs.filter(|(key, _)| parts.is_signed(key))
    };
    let scheme = parts.signing_scheme();
    let text = canonical_string(&scheme, credentials.method(), pairs(), MASK);
    let signature = signature(&scheme, &credentials, pairs());
    data(&tr!("text  {text}\nsign  {signature}", text, signature));
    Ok(ExitCode::SUCCESS)
}
