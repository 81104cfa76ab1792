//! The rules of `sign` and `common`: what is signed, how, and which parameters the client fills in.

use crate::ast::{Provider, Text};
use crate::ir::{CommonSource, SignMethod, Signing};
use crate::names::list;
use crate::report::Report;
use crate::rules::Rule;

/// The canonical string has a form that the runtime supports.
pub(super) fn check_canonical(provider: &Provider, report: &mut Report) {
    let sign = &provider.sign;
    if let Some(algorithm) = &sign.algorithm
        && !sign.methods.iter().any(|method| method.value == algorithm.value)
    {
        let message = format!("the digest `{}` is not one of the signing methods", algorithm.value);
        let help = format!("add `{}` to `methods`, or write a digest of `methods`", algorithm.value);
        report.fault(Rule::UnknownScheme, &algorithm.place, message, help);
    }
    if let Some(pair) = &sign.pair {
        let known =
            pair.value.starts_with("{key}") && pair.value.ends_with("{value}") && braces(&pair.value) == 2;
        if !known {
            let help = "write `{key}`, a separator, then `{value}`, such as \"{key}={value}\"".to_owned();
            report.fault(
                Rule::UnknownScheme,
                &pair.place,
                format!("no signing scheme has the pair `{}`", pair.value),
                help,
            );
        }
    }
    if let Some(secret) = &sign.secret {
        let rest = secret.value.replace("{secret}", "");
        if !is_around_params(&rest) || rest == secret.value {
            let help =
                "write `{params}` once and `{secret}` around it, such as \"{params}{secret}\"".to_owned();
            let message = format!("no signing scheme has the secret `{}`", secret.value);
            report.fault(Rule::UnknownScheme, &secret.place, message, help);
        }
    }
    if let Some(hmac) = &sign.hmac
        && !is_around_params(&hmac.value.replace("{secret}", ""))
    {
        let help = "write `{params}` once, such as \"{params}\"; the secret is the key".to_owned();
        let message = format!("no signing scheme has the HMAC text `{}`", hmac.value);
        report.fault(Rule::UnknownScheme, &hmac.place, message, help);
    }
    check_hmac_text(provider, report);
}

/// Whether a text has `{params}` once, and nothing else in braces.
fn is_around_params(text: &str) -> bool {
    text.matches("{params}").count() == 1 && braces(text) == 1
}

/// An HMAC has a text of its own: that of digests has the secret in it, which few providers digest
/// with the secret as the key too.
fn check_hmac_text(provider: &Provider, report: &mut Report) {
    let sign = &provider.sign;
    let is_hmac = |method: &&Text| {
        method.value.parse::<SignMethod>().is_ok_and(|method| matches!(method.signing(), Signing::Hmac(_)))
    };
    let Some(method) = sign.methods.iter().find(is_hmac).filter(|_| sign.hmac.is_none()) else { return };
    let message = format!("`{}` has no text of its own", method.value);
    let help =
        "add `hmac` to `canonical`: \"{params}\", or with {secret} in it if the provider says so".to_owned();
    report.fault(Rule::HmacText, &method.place, message, help);
}

fn braces(text: &str) -> usize {
    text.matches('{').count()
}

/// A common parameter has one source.
pub(super) fn check_common_sources(provider: &Provider, report: &mut Report) {
    for common in &provider.common {
        let name = &common.name;
        match (&common.from, &common.value) {
            (None, None) => {
                let message = format!("nothing says where the value of `{}` comes from", name.value);
                let help = format!(
                    "add `from`, one of {}, or `value` with a constant",
                    list(CommonSource::WORDS.iter().copied())
                );
                report.fault(Rule::CommonSource, &name.place, message, help);
            }
            (Some(_), Some(value)) => {
                let message = format!("`{}` has a source and a value", name.value);
                report.fault(
                    Rule::CommonSource,
                    &value.place,
                    message,
                    "remove `from` or `value`".to_owned(),
                );
            }
            (None, Some(value)) if value.value.is_empty() => {
                let message = format!("the value of `{}` is empty", name.value);
                let help = "write the value, or remove the parameter".to_owned();
                report.fault(Rule::CommonSource, &value.place, message, help);
            }
            _ => {}
        }
        let is_clock = common.from.as_ref().is_some_and(|from| from.value == CommonSource::Clock.as_str());
        if let Some(write) = common.write.as_ref().filter(|_| !is_clock) {
            let message = format!("`write` is how a time is written, and `{}` is none", name.value);
            let help = "remove `write`, or take the value `from: clock`".to_owned();
            report.fault(Rule::CommonSource, &write.place, message, help);
        }
    }
}

/// The signature is not a common parameter: it comes last, and signs all others.
pub(super) fn check_common_names(provider: &Provider, report: &mut Report) {
    let sign = provider.sign.parameter.as_ref().map(|name| name.value.as_str());
    for common in provider.common.iter().filter(|common| Some(common.name.value.as_str()) == sign) {
        let message = format!("`{}` is the parameter of the signature", common.name.value);
        report.fault(
            Rule::ReservedParameter,
            &common.name.place,
            message,
            "remove it from `common`".to_owned(),
        );
    }
}
