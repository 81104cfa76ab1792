//! `pyi sign`: what is signed, and the signature; for the person whose own client gets 10003.

use std::process::ExitCode;

use clap::ArgMatches;
use pyi_dynamic::ProviderParts;
use pyi_runtime::sign::{Sign, canonical, signed};

use crate::output::say;
use crate::spec::Spec;
use crate::{Misuse, fields, secret};

/// Stands where the secret does.
const MASK: &str = "<secret>";

pub(crate) fn run(spec: &Spec, matches: &ArgMatches) -> Result<ExitCode, Misuse> {
    spec.usable()?;
    let given = matches.get_many::<String>("pair").into_iter().flatten();
    let pairs: Vec<(String, String)> = given.map(|text| fields::pair(text)).collect::<Result<_, _>>()?;
    if let Some((index, (key, _))) = pairs
        .iter()
        .enumerate()
        .find(|(index, (key, _))| pairs.iter().take(*index).any(|(other, _)| other == key))
    {
        return Err(Misuse(format!("`{key}` is given twice, again as argument {}", index + 1)));
    }
    let pairs = || pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
    let method = crate::call::sign_method(spec, matches);
    let sign = Sign::new(pyi_dynamic::sign_method(method), secret::read(matches)?);
    let parts = ProviderParts::new(&spec.provider);
    let scheme = parts.provider().sign;
    let (text, signature) = (canonical(&scheme, pairs(), MASK), signed(&scheme, &sign, pairs()));
    say(&format!("text  {text}\nsign  {signature}"));
    Ok(ExitCode::SUCCESS)
}
