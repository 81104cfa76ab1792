//! The rules of the dialect beyond its grammar, one `check_*` function each. A check reads the ast
//! and reports; it changes nothing. Each has a file under `tests/specs` with the name of its rule.
//!
//! This file has the rules of the provider and its endpoints; `signing.rs` those of `sign` and
//! `common`, `types.rs` those of types and fields, `wire.rs` those of paths and wire names,
//! `names.rs` those of Rust names.

mod dates;
mod lints;
mod names;
mod signing;
mod types;
mod wire;

pub use self::lints::CheckFn;
pub(crate) use self::lints::lint;

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Endpoint, Envelope, Provider, Spec, Status, Text};
use crate::dialect::ALGORITHMS;
use crate::ir::{
    BillingRule, Case, CommonSource, Effect, Encoding, Format, Method, Retry, SignMethod, StatusClass,
    TimeForm,
};
use crate::names as spelling;
use crate::names::list;
use crate::report::Report;
use crate::rules::Rule;

pub(crate) fn check(spec: &Spec, report: &mut Report) {
    check_words(spec, report);
    signing::check_canonical(&spec.provider, report);
    check_statuses(&spec.provider.statuses, "status", report);
    check_statuses(&spec.provider.http, "HTTP status", report);
    check_http(&spec.provider.http, report);
    check_data_status(&spec.provider, report);
    check_envelope(&spec.provider.envelope, &Envelope::default(), report);
    signing::check_common_names(&spec.provider, report);
    signing::check_common_sources(&spec.provider, report);
    names::check(spec, report);
    types::check(spec, report);
    wire::check(spec, report);
    for endpoint in &spec.endpoints {
        check_reserved(endpoint, &spec.provider, report);
        if spec.provider_read {
            check_common(endpoint, &spec.provider, report);
        }
        check_price(endpoint, report);
        check_envelope(&endpoint.envelope, &spec.provider.envelope, report);
        check_callback(endpoint, report);
        check_statuses(&endpoint.statuses, "status", report);
    }
    check_paths_differ(spec, report);
    check_own_statuses(spec, report);
}

/// Words of a fixed set are known.
fn check_words(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    for common in &provider.common {
        word(&common.from, "source of a common parameter", CommonSource::WORDS, report);
        word(&common.write, "form of a time", TimeForm::WORDS, report);
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
    let sign = &provider.sign;
    sign.methods.iter().for_each(|method| one_word(method, "signing method", SignMethod::WORDS, report));
    word(&sign.algorithm, "digest algorithm", ALGORITHMS, report);
    word(&sign.encoding, "encoding of a digest", Encoding::WORDS, report);
    word(&sign.case, "case", Case::WORDS, report);
    for endpoint in &spec.endpoints {
        word(&endpoint.effect, "effect", Effect::WORDS, report);
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
        let help = suggest(text, words.iter().copied(), report);
        report.fault(Rule::UnknownWord, &text.place, format!("unknown {what} `{}`", text.value), help);
    }
}

/// A suggestion, or all possible words. Empty for a fault that is not listed, since a suggestion
/// takes long.
fn suggest<'a>(word: &Text, words: impl Iterator<Item = &'a str> + Clone, report: &Report) -> String {
    if report.is_full(&word.place.file) {
        return String::new();
    }
    match spelling::nearest(&word.value, words.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", list(words)),
    }
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

/// Endpoints have different paths.
fn check_paths_differ(spec: &Spec, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for endpoint in &spec.endpoints {
        let Some(path) = &endpoint.path else { continue };
        if let Some(other) = seen.insert(&path.value, &endpoint.id) {
            let message = format!("`{}` is the path of endpoint `{other}` too", path.value);
            report.fault(
                Rule::DuplicatePath,
                &path.place,
                message,
                "describe each path in one file".to_owned(),
            );
        }
    }
}

/// A request has no field that the client fills in.
fn check_reserved(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let sign = provider.sign.parameter.as_ref().map(|name| name.value.as_str());
    let common: BTreeSet<&str> = provider.common.iter().map(|common| common.name.value.as_str()).collect();
    for field in &endpoint.request {
        let name = field.name.value.as_str();
        if common.contains(name) || Some(name) == sign {
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
            let help = suggest(name, known.clone(), report);
            report.fault(Rule::UnknownCommon, &name.place, message, help);
        }
    }
}

/// The address of a later answer is a field of the request.
fn check_callback(endpoint: &Endpoint, report: &mut Report) {
    let Some(callback) = &endpoint.callback else { return };
    if !endpoint.request.iter().any(|field| field.name.value == callback.value) {
        let message = format!("the request has no field `{}` for the later answer", callback.value);
        let help = format!("add `{}: {{type: string, optional: true}}` to the request", callback.value);
        report.fault(Rule::UnknownCallback, &callback.place, message, help);
    }
}

/// Status codes fit, names differ, and no status is retried that may be billed.
fn check_statuses(statuses: &[Status], what: &str, report: &mut Report) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for status in statuses {
        if status.code.value.parse::<i32>().is_err() {
            let message = format!("{what} `{}` does not fit", status.code.value);
            let help = format!("a code is a whole number from {} to {}", i32::MIN, i32::MAX);
            report.fault(Rule::NotANumber, &status.code.place, message, help);
        }
        if let Some(name) = &status.name {
            names::check_nameable(name, "status", report);
            if let Some(other) = seen.insert(spelling::camel(&name.value), &status.code.value) {
                let message = format!("{what} `{}` has the name of {what} `{other}`", status.code.value);
                report.fault(
                    Rule::SameName,
                    &name.place,
                    message,
                    "give each status a name of its own".to_owned(),
                );
            }
        }
        let retried = status
            .retry
            .as_ref()
            .filter(|retry| retry.value != Retry::Never.as_str())
            .map(|retry| &retry.place);
        let free = status.billed.as_ref().is_some_and(|billed| billed.value == BillingRule::Never.as_str());
        if let (Some(place), false) = (retried, free) {
            let always =
                status.billed.as_ref().is_some_and(|billed| billed.value == BillingRule::Always.as_str());
            let billed = if always { "is" } else { "may be" };
            let message =
                format!("{what} `{}` {billed} billed, and would be paid for twice", status.code.value);
            report.fault(
                Rule::RetryBilled,
                place,
                message,
                "remove `retry`, or state `billed: never`".to_owned(),
            );
        }
    }
}

/// An HTTP status is a possible one of an answer without an envelope, and not a success: an answer
/// of success may be the provider's own, billed and unreadable.
fn check_http(statuses: &[Status], report: &mut Report) {
    for status in statuses {
        let (code, place) = (&status.code.value, &status.code.place);
        match code.parse::<u16>() {
            Ok(200..=299) => {
                let message = format!("HTTP status `{code}` is a success, whose answer may be billed");
                let help = "remove it: the billing of a success without a readable envelope stays unknown";
                report.fault(Rule::HttpSuccess, place, message, help.to_owned());
            }
            Ok(300..=599) => {}
            _ => {
                let message = format!("`{code}` is not an HTTP status of an answer");
                let help = "write one from 300 to 599, such as `429`".to_owned();
                report.fault(Rule::NotANumber, place, message, help);
            }
        }
    }
}

/// An endpoint's own status has a code that the provider does not have, and one meaning in all
/// endpoints.
fn check_own_statuses(spec: &Spec, report: &mut Report) {
    let name =
        |status: &Status| status.name.as_ref().map(|name| spelling::camel(&name.value)).unwrap_or_default();
    let pairs = || spec.provider.statuses.iter().map(|status| (status.code.value.as_str(), name(status)));
    let shared: (BTreeSet<&str>, BTreeMap<String, &str>) =
        (pairs().map(|(code, _)| code).collect(), pairs().map(|(code, name)| (name, code)).collect());
    // Across endpoints: the first name of each code, and the first code of each name.
    let (mut names, mut codes) = (BTreeMap::<&str, String>::new(), BTreeMap::<String, &str>::new());
    for status in spec.endpoints.iter().flat_map(|endpoint| &endpoint.statuses) {
        let (code, name) = (status.code.value.as_str(), name(status));
        let other = shared.0.get(code).or_else(|| shared.1.get(&name)).copied();
        let first_name = names.entry(code).or_insert_with(|| name.clone());
        let differs = (*first_name != name).then_some(code);
        let first_code = *codes.entry(name).or_insert(code);
        if let Some(other) = other.or(differs).or((first_code != code).then_some(first_code)) {
            let message = format!("status `{code}` clashes with status `{other}`");
            let help = "a code has one name in the whole spec; shared statuses belong in provider.yaml";
            report.fault(Rule::StatusClash, &status.code.place, message, help.to_owned());
        }
    }
}

/// At least one status has data; otherwise no call could succeed.
fn check_data_status(provider: &Provider, report: &mut Report) {
    let data = |status: &Status| {
        status.class.as_ref().is_some_and(|class| class.value == StatusClass::Data.as_str())
    };
    let place = provider
        .statuses
        .first()
        .map(|status| &status.code.place)
        .or(provider.name.as_ref().map(|name| &name.place));
    if let (Some(place), false) = (place, provider.statuses.iter().any(data)) {
        let help =
            "add the status of success, such as `10000: {name: ok, title: …, class: data, billed: always}`";
        report.fault(Rule::NoDataStatus, place, "no status carries data".to_owned(), help.to_owned());
    }
}

/// The outer members of a reply have different names, in each endpoint after its overrides.
fn check_envelope(own: &Envelope, shared: &Envelope, report: &mut Report) {
    let time = if own.time.is_empty() { &shared.time } else { &own.time };
    let merged = [
        own.status.as_ref().or(shared.status.as_ref()),
        own.message.as_ref().or(shared.message.as_ref()),
        own.data.as_ref().or(shared.data.as_ref()),
    ];
    let stated: Vec<&Text> =
        [&own.status, &own.message, &own.data].into_iter().flatten().chain(&own.time).collect();
    let names: Vec<&Text> = merged.into_iter().flatten().chain(time).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    names.iter().for_each(|name| *counts.entry(&name.value).or_default() += 1);
    // The later one is reported.
    for name in stated.into_iter().rev() {
        if counts.get(name.value.as_str()).is_some_and(|count| *count > 1) {
            counts.remove(name.value.as_str());
            let message = format!("two members of the envelope are called `{}`", name.value);
            report.fault(
                Rule::SameName,
                &name.place,
                message,
                "give each the name that it has in a reply".to_owned(),
            );
        }
    }
}
