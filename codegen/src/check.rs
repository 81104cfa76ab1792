//! The rules of the dialect beyond its grammar, one `check_*` function each. A check reads the ast
//! and reports; it changes nothing. Each has a file under `tests/specs` with the name of its rule.
//!
//! This file has the rules of the provider and its endpoints; `reply.rs` those of replies,
//! `signing.rs` those of `sign`, `common.rs` those of `common`, `callback.rs` those of callbacks,
//! `types.rs` those of types and fields, `wire.rs` those of paths and wire names, `names.rs` those
//! of Rust names.

mod callback;
mod common;
mod dates;
mod lints;
mod names;
mod place;
mod reply;
mod signing;
mod types;
mod wire;

pub use self::lints::CheckFn;
pub(crate) use self::lints::lint;

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Endpoint, Envelope, Provider, Spec, Text};
use crate::dialect::FIELD_PLACES;
use crate::dialect::elsewhere::same_word;
use crate::fix::{Edit, Fix, Safety};
use crate::ir::{
    BillingRule, BodyForm, CommonSource, Effect, Format, Method, ParameterPlace, Retry, StatusClass,
    ValueForm,
};
use crate::names as spelling;
use crate::names::list;
use crate::report::Report;
use crate::rules::Rule;

pub(crate) fn check(spec: &Spec, report: &mut Report) {
    check_words(spec, report);
    signing::check_canonical(spec, report);
    reply::check_statuses(&spec.provider.statuses, "status", report);
    reply::check_statuses(&spec.provider.http, "HTTP status", report);
    reply::check_http(&spec.provider.http, report);
    reply::check_data_status(spec, report);
    reply::check_envelope(&spec.provider.envelope, &Envelope::default(), report);
    reply::check_absent(&spec.provider.envelope, &Envelope::default(), spec, report);
    common::check_common_names(&spec.provider, report);
    common::check_common_sources(&spec.provider, report);
    names::check(spec, report);
    types::check(spec, report);
    wire::check(spec, report);
    place::check(spec, report);
    for endpoint in &spec.endpoints {
        check_reserved(endpoint, &spec.provider, report);
        if spec.provider_read {
            check_common(endpoint, &spec.provider, report);
        }
        check_price(endpoint, report);
        reply::check_envelope(&endpoint.envelope, &spec.provider.envelope, report);
        reply::check_absent(&endpoint.envelope, &spec.provider.envelope, spec, report);
        common::check_fixed(endpoint, &spec.provider, report);
        if spec.provider_read {
            signing::check_endpoint(endpoint, &spec.provider.sign, &spec.provider, report);
            reply::check_reachable(endpoint, &spec.provider, report);
            reply::check_data(endpoint, &spec.provider, report);
            reply::check_proof(endpoint, &spec.provider, report);
        }
        callback::check(endpoint, &spec.provider, report);
        reply::check_statuses(&endpoint.statuses, "status", report);
    }
    check_paths_differ(spec, report);
    reply::check_own_statuses(spec, report);
}

/// Words of a fixed set are known.
fn check_words(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    for common in &provider.common {
        word(&common.from, "source of a common parameter", CommonSource::WORDS, report);
        word(&common.place, "place of a parameter", ParameterPlace::WORDS, report);
    }
    let endpoint_statuses = spec.endpoints.iter().flat_map(|endpoint| &endpoint.statuses);
    for status in provider.statuses.iter().chain(endpoint_statuses.clone()) {
        word(&status.class, "class", StatusClass::WORDS, report);
    }
    for status in &provider.http {
        word(&status.class, "class of an HTTP answer", StatusClass::ERRORS, report);
    }
    for status in provider.statuses.iter().chain(endpoint_statuses).chain(&provider.http) {
        word(&status.billed, "`billed`", BillingRule::WORDS, report);
        word(&status.retry, "`retry`", Retry::WORDS, report);
    }
    signing::check_words(&provider.sign, report);
    for endpoint in &spec.endpoints {
        word(&endpoint.effect, "effect", Effect::WORDS, report);
        word(&endpoint.body, "form of a body", BodyForm::WORDS, report);
        for field in &endpoint.request {
            word(&field.place, "place of a request's field", FIELD_PLACES, report);
            word(&field.form, "form of a value", ValueForm::WORDS, report);
        }
        callback::check_words(endpoint, report);
        endpoint.methods.iter().for_each(|method| one_word(method, "method", Method::WORDS, report));
        endpoint.formats.iter().for_each(|format| one_word(format, "format", Format::WORDS, report));
    }
}

fn word(text: &Option<Text>, what: &str, words: &[&str], report: &mut Report) {
    if let Some(text) = text {
        one_word(text, what, words, report);
    }
}

fn one_word(text: &Text, what: &str, words: &[&str], report: &mut Report) {
    if !words.contains(&text.value.as_str()) {
        let (help, fix) = match same_word(&text.value, words) {
            Some(same) => {
                let fix = Edit::scalar(&text.place, &text.value, same).map(Fix::risky);
                (format!("did you mean `{same}`?"), fix)
            }
            None => suggest(text, words.iter().copied(), report),
        };
        report.fixable(Rule::UnknownWord, &text.place, format!("unknown {what} `{}`", text.value), help, fix);
    }
}

/// A suggestion and its fix, or all possible words. Empty for a fault that is not listed, since a
/// suggestion takes long.
fn suggest<'a>(
    word: &Text,
    words: impl Iterator<Item = &'a str> + Clone,
    report: &Report,
) -> (String, Option<Fix>) {
    if report.is_full(&word.place.file) {
        return (String::new(), None);
    }
    match spelling::nearest(&word.value, words.clone()) {
        Some(near) => (format!("did you mean `{near}`?"), Fix::spelling(&word.place, &word.value, near)),
        None => (format!("write one of {}", list(words)), None),
    }
}

/// As [`suggest`], for words of a provider, which can differ in their spelling alone.
fn suggest_value<'a>(
    word: &Text,
    words: impl Iterator<Item = &'a str> + Clone,
    report: &Report,
) -> (String, Option<Fix>) {
    let (help, fix) = suggest(word, words, report);
    (help, fix.map(|fix| Fix { safety: Safety::Risky, ..fix }))
}

/// The number of calls of a price fits.
fn check_price(endpoint: &Endpoint, report: &mut Report) {
    for (calls, _) in endpoint.price.iter().flat_map(|price| &price.tiers) {
        if calls.value.parse::<u32>().is_err() {
            let message = format!("`{}` calls are too many", calls.value);
            report.fault(
                Rule::NotANumber,
                &calls.place,
                message,
                format!("a tier is at most {} calls", u32::MAX),
            );
        }
    }
}

/// Endpoints have different paths, methods, or fixed parameters.
fn check_paths_differ(spec: &Spec, report: &mut Report) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for endpoint in &spec.endpoints {
        let Some(path) = &endpoint.path else { continue };
        let host = endpoint.host.as_ref().map(|host| &host.value);
        let fixed = endpoint.fixed.iter().map(|(name, value)| (&name.value, &value.value));
        let fixed: BTreeMap<_, _> = fixed.collect();
        let addresses =
            endpoint.methods.iter().map(|method| format!("{:?}", (&method.value, host, &path.value, &fixed)));
        let taken: Vec<&str> = addresses.filter_map(|address| seen.insert(address, &endpoint.id)).collect();
        if let Some(other) = taken.first().filter(|other| **other != endpoint.id) {
            let message = format!("`{}` is the path of endpoint `{other}` too", path.value);
            let help =
                "describe each path in one file, or say in `fixed` or in `methods` what tells the two apart"
                    .to_owned();
            report.fault(Rule::DuplicatePath, &path.place, message, help);
        }
    }
}

/// A request has no field that the client fills in.
fn check_reserved(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let sign = provider.sign.parameter.as_ref().map(|name| name.value.as_str());
    let common: BTreeSet<&str> = provider.common.iter().map(|common| common.name.value.as_str()).collect();
    let fixed: BTreeSet<&str> = endpoint.fixed.iter().map(|(name, _)| name.value.as_str()).collect();
    for (name, _) in endpoint.fixed.iter().filter(|(name, _)| Some(name.value.as_str()) == sign) {
        let message = format!("`{}` is the parameter of the signature", name.value);
        report.fault(Rule::ReservedParameter, &name.place, message, "remove it from `fixed`".to_owned());
    }
    for field in &endpoint.request {
        let name = field.name.value.as_str();
        if common.contains(name) || fixed.contains(name) || Some(name) == sign {
            let message = format!("the request cannot have a field `{name}`: the client fills it in");
            report.fault(Rule::ReservedParameter, &field.name.place, message, "remove the field".to_owned());
        }
    }
}

/// An endpoint opts in to, or out of, common parameters of the provider.
fn check_common(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let known = provider.common.iter().map(|common| common.name.value.as_str());
    let names: BTreeSet<&str> = known.clone().collect();
    for (name, _) in &endpoint.common {
        if !names.contains(name.value.as_str()) {
            let message = format!("no common parameter has the name `{}`", name.value);
            let (help, fix) = suggest_value(name, known.clone(), report);
            report.fixable(Rule::UnknownCommon, &name.place, message, help, fix);
        }
    }
}
