//! The rules of `common`: the parameters that the client fills in, and how they are written.

use super::one_word;
use crate::ast::{Common, Endpoint, Provider, Text};
use crate::ir::{CommonSource, Format, NonceForm, SignMethod};
use crate::lower::offset_of;
use crate::names::list;
use crate::report::Report;
use crate::rules::Rule;

/// A common parameter has one source, and is written as that source can be.
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
            (None, Some(value)) => check_constant(name, value, report),
            (Some(_), None) => {}
        }
        check_written(common, report);
        check_number(common, report);
        check_own_words(common, report);
    }
}

/// The values that an endpoint fixes are constants, and digits for a parameter that is a number.
pub(super) fn check_fixed(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    for (name, value) in &endpoint.fixed {
        check_constant(name, value, report);
        let is_number = |common: &Common| {
            common.name.value == name.value && common.number.as_ref().is_some_and(|number| number.value)
        };
        if provider.common.iter().any(is_number) && !crate::parse::is_decimal(&value.value) {
            let message = format!("`{}` is a number, and `{}` is none", name.value, value.value);
            let help = "write digits, or remove `number` from the common parameter of this name".to_owned();
            report.fault(Rule::CommonSource, &value.place, message, help);
        }
    }
}

fn check_constant(name: &Text, value: &Text, report: &mut Report) {
    if value.value.is_empty() {
        let message = format!("the value of `{}` is empty", name.value);
        let help = "write the value, or remove the parameter".to_owned();
        report.fault(Rule::CommonSource, &value.place, message, help);
    }
}

/// A time is written in a form of times, and another value in a template.
fn check_written(common: &Common, report: &mut Report) {
    let is_clock = common.from.as_ref().is_some_and(|from| from.value == CommonSource::Clock.as_str());
    let is_pattern = |write: &&Text| is_clock && write.value.contains('%');
    let is_nonce = common.from.as_ref().is_some_and(|from| from.value == CommonSource::Nonce.as_str());
    let is_nonce_form = |write: &Text| is_nonce && NonceForm::WORDS.contains(&write.value.as_str());
    if let Some(write) = common.write.as_ref().filter(|write| !is_nonce_form(write)) {
        if !is_clock {
            super::place::check_template(write, report);
        } else if !["unix", "unix_ms"].contains(&write.value.as_str()) && !is_time_pattern(&write.value) {
            let message = format!("`{}` is not how a time is written", write.value);
            let example = match write.value.to_ascii_lowercase().as_str() {
                "iso8601" | "iso" | "rfc3339" => "%Y-%m-%dT%H:%M:%SZ",
                _ => "%Y-%m-%d %H:%M:%S",
            };
            let help = format!(
                "write `unix`, `unix_ms`, or a pattern of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%3f`, `%a` and `%b`, such as \"{example}\""
            );
            report.fault(Rule::CommonSource, &write.place, message, help);
        }
    }
    let Some(zone) = &common.zone else { return };
    if common.write.as_ref().filter(is_pattern).is_none() {
        let message = format!("`zone` is that of a time in a pattern, and `{}` is none", common.name.value);
        let help = "remove `zone`, or write the time in a pattern".to_owned();
        report.fault(Rule::CommonSource, &zone.place, message, help);
    } else if offset_of(&zone.value).is_none() {
        let message = format!("`{}` is not an offset from UTC", zone.value);
        let help = "write hours and minutes with their sign, such as \"+08:00\"".to_owned();
        report.fault(Rule::CommonSource, &zone.place, message, help);
    }
}

/// What is a number in a body of JSON has digits alone.
fn check_number(common: &Common, report: &mut Report) {
    let Some(number) = common.number.as_ref().filter(|number| number.value) else { return };
    let written = common.write.as_ref().map_or("", |write| &write.value);
    let source = common.from.as_ref().and_then(|from| from.value.parse().ok());
    let has_digits = match (source, &common.value) {
        (Some(CommonSource::Clock), _) => ["", "unix", "unix_ms"].contains(&written),
        (Some(CommonSource::Nonce), _) => written == NonceForm::Digits.as_str(),
        (Some(_), _) => false,
        (None, Some(value)) => written.is_empty() && crate::parse::is_decimal(&value.value),
        (None, None) => true,
    };
    if !has_digits {
        let message = format!("`{}` is no number", common.name.value);
        let help = "remove `number`: it is for a time in `unix` or `unix_ms`, a nonce of `digits` and a constant of digits";
        report.fault(Rule::CommonSource, &number.place, message, help.to_owned());
    }
}

/// The provider's own words are for words of the source.
fn check_own_words(common: &Common, report: &mut Report) {
    let from = common.from.as_ref().map_or("", |from| &from.value);
    let known = match from.parse() {
        Ok(CommonSource::SignMethod) => SignMethod::WORDS,
        Ok(CommonSource::Format) => Format::WORDS,
        _ => &[],
    };
    for (word, _) in common.words.iter().filter(|(word, _)| !known.contains(&word.value.as_str())) {
        if known.is_empty() {
            let message = format!(
                "`words` are those of a signing method or a format, which `{}` is not",
                common.name.value
            );
            let help = "remove `words`, or take the value `from: sign_method` or `from: format`".to_owned();
            report.fault(Rule::CommonSource, &word.place, message, help);
        } else {
            one_word(word, "word of the source", known, report);
        }
    }
}

/// Whether a pattern has the conversions of a time alone, and at least one.
fn is_time_pattern(pattern: &str) -> bool {
    let mut parts = pattern.split('%');
    let is_plain = parts.next().is_some_and(|text| !text.contains(['{', '}']));
    let mut count = 0;
    let known = parts.all(|part| {
        count += 1;
        part.starts_with(['Y', 'm', 'd', 'H', 'M', 'S', 'a', 'b']) || part.starts_with("3f")
    });
    is_plain && known && count > 0
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
