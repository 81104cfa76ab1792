//! The rules of `sign` and `common`: what is signed, how, and which parameters the client fills in.

use std::collections::BTreeSet;

use super::{one_word, suggest, word};
use crate::ast::{Common, Provider, Sign, Spec, Text};
use crate::dialect::{ALGORITHMS, SIGNATURE_PLACES};
use crate::ir::{
    Case, CommonSource, Encoding, Format, KeyEncoding, NonceForm, ParameterOrder, PercentEncoding, Segment,
    SegmentWord, SignMethod, Signing,
};
use crate::lower::offset_of;
use crate::names::list;
use crate::report::Report;
use crate::rules::Rule;

/// Words of a fixed set are known.
pub(super) fn check_words(sign: &Sign, report: &mut Report) {
    sign.methods.iter().for_each(|method| one_word(method, "signing method", SignMethod::WORDS, report));
    word(&sign.algorithm, "digest algorithm", ALGORITHMS, report);
    word(&sign.place, "place of a signature", SIGNATURE_PLACES, report);
    word(&sign.order, "order of parameters", ParameterOrder::WORDS, report);
    word(&sign.encode, "encoding of parameters", PercentEncoding::WORDS, report);
    word(&sign.encode_text, "encoding of the text", PercentEncoding::WORDS, report);
    word(&sign.key_encoding, "encoding of the secret", KeyEncoding::WORDS, report);
    word(&sign.encoding, "encoding of a digest", Encoding::WORDS, report);
    word(&sign.case, "case", Case::WORDS, report);
}

/// The canonical string of requests.
pub(super) fn check_canonical(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    check_sign(&provider.sign, &parameters(spec).chain(words(provider)).collect(), report);
}

/// The words that stand for common parameters, where the provider has those.
pub(super) fn words(provider: &Provider) -> Vec<&str> {
    let sources = || provider.common.iter().filter_map(|common| common.from.as_ref());
    let stands_for_one = |word: &&str| {
        let source = Segment::source(word);
        source.is_some_and(|source| sources().any(|from| from.value == source.as_str()))
    };
    ["time", "nonce"].into_iter().filter(stands_for_one).collect()
}

/// The canonical string has a form that the runtime supports, and each method has a text. `names` are
/// those of the parameters that a text can have.
pub(super) fn check_sign(sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    if let Some(algorithm) = &sign.algorithm
        && !sign.methods.iter().any(|method| method.value == algorithm.value)
    {
        let message = format!("the digest `{}` is not one of the signing methods", algorithm.value);
        let help = format!("add `{}` to `methods`, or write a digest of `methods`", algorithm.value);
        report.fault(Rule::UnknownScheme, &algorithm.place, message, help);
    }
    check_pair(sign, report);
    for (text, what) in [(&sign.secret, "secret"), (&sign.hmac, "hmac")] {
        if let Some(text) = text {
            check_text(text, what, names, sign.secret_as.is_some(), report);
        }
    }
    if let Some(key) = &sign.hmac_key {
        let is_known = |segment: &Segment| match segment {
            Segment::Text(_) | Segment::Word(SegmentWord::Secret) => true,
            Segment::Parameter(name) => names.contains(name.as_str()),
            Segment::Word(_) => false,
        };
        if !has(key, SegmentWord::Secret) || !Segment::of(&key.value).iter().all(is_known) {
            let message = format!("no signing scheme has the HMAC key `{}`", key.value);
            let help = "write `{secret}` and what is around it, such as \"{secret}&\"".to_owned();
            report.fault(Rule::UnknownScheme, &key.place, message, help);
        }
        if let Some(encoding) = &sign.key_encoding {
            let message =
                "the encoding is that of the secret alone, and the key is a text around it".to_owned();
            let help = "remove `key_encoding` or `hmac_key`".to_owned();
            report.fault(Rule::UnknownScheme, &encoding.place, message, help);
        }
    }
    check_secret_as(sign, names, report);
    check_order(sign, report);
    check_methods(sign, report);
}

/// The secret is one of the parameters of digests alone, by a name that no other has.
fn check_secret_as(sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    let Some(name) = &sign.secret_as else { return };
    if names.contains(name.value.as_str())
        || sign.parameter.as_ref().is_some_and(|other| other.value == name.value)
    {
        let message = format!("`{}` is another parameter's name too", name.value);
        let help = "remove that parameter, or give the secret the name that the provider signs it by";
        report.fault(Rule::UnknownScheme, &name.place, message, help.to_owned());
    }
    let is_digest = |method: &&Text| {
        method.value.parse::<SignMethod>().is_ok_and(|method| matches!(method.signing(), Signing::Digest(_)))
    };
    if let Some(method) = sign.methods.iter().find(|method| !is_digest(method)) {
        let message = format!("`{}` has the secret as its key, or sends it", method.value);
        let help =
            "remove `secret_as`, or the method: only digests have the secret as a parameter".to_owned();
        report.fault(Rule::UnknownScheme, &name.place, message, help);
    }
    let has_pairs = |text: &Text| has(text, SegmentWord::Params) || has(text, SegmentWord::EncodedParams);
    if let Some(text) = sign.secret.as_ref().filter(|text| !has_pairs(text)) {
        let message = "the text has no parameters, which the secret would be one of".to_owned();
        let help = "write `{params}` in the text, or remove `secret_as`".to_owned();
        report.fault(Rule::UnknownScheme, &text.place, message, help);
    }
}

/// Values are sorted where they are signed without their names.
fn check_order(sign: &Sign, report: &mut Report) {
    let Some(order) = sign.order.as_ref().filter(|order| order.value == ParameterOrder::Value.as_str())
    else {
        return;
    };
    let is_plain = sign.pair.as_ref().is_none_or(|pair| pair.value == "{value}");
    let is_short = sign.join.as_ref().is_none_or(|join| join.value.len() <= 1);
    if !is_plain || !is_short || sign.encode.is_some() {
        let message = "values are sorted where they are signed alone, as they are, with one character between them at most";
        let help =
            "write `pair: \"{value}\"`, `join` of one character or none, and no `encode`; or sort by `key`"
                .to_owned();
        report.fault(Rule::UnknownScheme, &order.place, message.to_owned(), help);
    }
}

/// The form of a parameter, which a text with parameters needs.
fn check_pair(sign: &Sign, report: &mut Report) {
    let texts = || [&sign.secret, &sign.hmac].into_iter().flatten();
    match &sign.pair {
        Some(pair) => {
            let rest = pair.value.strip_prefix("{key}").unwrap_or(&pair.value);
            if !rest.ends_with("{value}") || rest.matches('{').count() != 1 {
                let help = "write `{key}`, a separator, then `{value}`, such as \"{key}={value}\", or \"{value}\" alone";
                let message = format!("no signing scheme has the pair `{}`", pair.value);
                report.fault(Rule::UnknownScheme, &pair.place, message, help.to_owned());
            }
        }
        None => {
            let with_pairs =
                |text: &&Text| has(text, SegmentWord::Params) || has(text, SegmentWord::EncodedParams);
            if let Some(text) = texts().find(with_pairs) {
                let message = "nothing says how a parameter is signed".to_owned();
                let help = "add `pair`: `{key}`, a separator, then `{value}`, such as \"{key}={value}\"";
                report.fault(Rule::UnknownScheme, &text.place, message, help.to_owned());
            }
        }
    }
}

pub(super) fn has(text: &Text, word: SegmentWord) -> bool {
    Segment::of(&text.value).contains(&Segment::Word(word))
}

/// A text has known segments alone; that of digests has the secret in it.
fn check_text(text: &Text, what: &str, names: &BTreeSet<&str>, is_parameter: bool, report: &mut Report) {
    for segment in Segment::of(&text.value) {
        match segment {
            Segment::Parameter(name) if !names.contains(name.as_str()) => {
                let message = format!("`{{{name}}}` is neither a part of a canonical string nor a parameter");
                let known = SegmentWord::WORDS.iter().copied().chain(names.iter().copied());
                let written = Text { value: name, place: text.place.clone() };
                let help = suggest(&written, known, report);
                report.fault(Rule::UnknownScheme, &text.place, message, help);
            }
            Segment::Text(literal) if literal.contains('{') => {
                let message = format!("`{{` has no `}}` in `{what}`");
                let help = "write the name of a part in braces, such as \"{params}{secret}\"".to_owned();
                report.fault(Rule::UnknownScheme, &text.place, message, help);
            }
            _ => {}
        }
    }
    let has_pairs = has(text, SegmentWord::Params) || has(text, SegmentWord::EncodedParams);
    let has_secret = has(text, SegmentWord::Secret) || (is_parameter && has_pairs);
    if what == "secret" && !has_secret {
        let message = format!("no signing scheme has the secret `{}`", text.value);
        let help =
            "write `{secret}` in it, such as \"{params}{secret}\": what has no secret in it proves nothing";
        report.fault(Rule::UnknownScheme, &text.place, message, help.to_owned());
    }
}

/// The names of all parameters of a spec.
fn parameters(spec: &Spec) -> impl Iterator<Item = &str> {
    let common = spec.provider.common.iter().map(|common| &common.name);
    let own = spec.endpoints.iter().flat_map(|endpoint| {
        let fixed = endpoint.fixed.iter().map(|(name, _)| name);
        fixed.chain(endpoint.request.iter().map(|field| &field.name))
    });
    common.chain(own).map(|name| name.value.as_str())
}

/// Each method has its text. That of digests has the secret in it, which few providers digest with
/// the secret as the key too, so that an HMAC has a text of its own.
fn check_methods(sign: &Sign, report: &mut Report) {
    let signing = |method: &&Text| method.value.parse::<SignMethod>().ok().map(SignMethod::signing);
    let digest = sign.methods.iter().find(|method| matches!(signing(method), Some(Signing::Digest(_))));
    let hmac = sign
        .methods
        .iter()
        .find(|method| matches!(signing(method), Some(Signing::Hmac(_) | Signing::Signer)));
    if let Some(method) = digest.filter(|_| sign.secret.is_none()) {
        let message = format!("nothing says what `{}` digests", method.value);
        let help = if sign.has_canonical {
            "add `secret` to `canonical`: the whole text, such as \"{params}{secret}\""
        } else {
            "add `canonical`: {pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\"}"
        };
        report.fault(Rule::UnknownScheme, &method.place, message, help.to_owned());
    }
    if let Some(method) = hmac.filter(|_| sign.hmac.is_none()) {
        let message = format!("`{}` has no text of its own", method.value);
        let help = "add `hmac` to `canonical`: \"{params}\", or with {secret} in it if the provider says so"
            .to_owned();
        report.fault(Rule::HmacText, &method.place, message, help);
    }
}

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
            (None, Some(value)) if value.value.is_empty() => {
                let message = format!("the value of `{}` is empty", name.value);
                let help = "write the value, or remove the parameter".to_owned();
                report.fault(Rule::CommonSource, &value.place, message, help);
            }
            _ => {}
        }
        check_written(common, report);
        check_own_words(common, report);
    }
}

/// A time is written in a form of times, and another value in a template.
fn check_written(common: &Common, report: &mut Report) {
    let is_clock = common.from.as_ref().is_some_and(|from| from.value == CommonSource::Clock.as_str());
    let is_pattern = |write: &&Text| is_clock && write.value.contains('%');
    if let Some(write) = &common.write {
        let is_nonce = common.from.as_ref().is_some_and(|from| from.value == CommonSource::Nonce.as_str());
        if is_nonce && NonceForm::WORDS.contains(&write.value.as_str()) {
        } else if !is_clock {
            super::place::check_template(write, report);
        } else if !["unix", "unix_ms"].contains(&write.value.as_str()) && !is_time_pattern(&write.value) {
            let message = format!("`{}` is not how a time is written", write.value);
            let help = "write `unix`, `unix_ms`, or a pattern of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, `%3f`, `%a` and `%b`, such as \
                        \"%Y-%m-%d %H:%M:%S\"";
            report.fault(Rule::CommonSource, &write.place, message, help.to_owned());
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
