//! `pyi sign`: what is signed, and the signature; for the person whose own client gets 10003.

use std::process::ExitCode;

use clap::ArgMatches;
use pyi_dynamic::ProviderParts;
use pyi_runtime::sign::{Credentials, canonical_string, signature};

use crate::spec::Spec;
use crate::stdio::data;
use crate::{UsageError, field_values, secret};

/// Stands where the secret does.
const MASK: &str = "<secret>";

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, UsageError> {
    spec.usable()?;
    let given = matches.get_many::<String>("pair").into_iter().flatten();
    let pairs: Vec<(String, String)> =
        given.map(|text| field_values::pair(text, "NAME=VALUE")).collect::<Result<_, _>>()?;
    for (index, (key, _)) in pairs.iter().enumerate() {
        if let Some(first) = pairs.iter().take(index).position(|(other, _)| other == key) {
            let (first, second) = (first + 1, index + 1);
            return Err(UsageError(format!("the names of NAME=VALUE {first} and {second} are the same")));
        }
    }
    let pairs = || pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let method = crate::call::sign_method(spec, matches);
    let sign = Credentials::new(method, secret::read(matches)?);
    let parts = ProviderParts::new(&spec.provider);
    let scheme = parts.provider().sign;
    let text = canonical_string(&scheme, pairs(), MASK);
    let signature = signature(&scheme, &sign, pairs());
    data(&format!("text  {text}\nsign  {signature}"));
    Ok(ExitCode::SUCCESS)
}
