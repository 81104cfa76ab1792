//! The rules of `sign` and `common`: what is signed, how, and which parameters the client fills in.

use std::collections::BTreeSet;

use super::{one_word, suggest_value, word};
use crate::ast::{Common, Endpoint, Provider, Sign, Spec, Text};
use crate::dialect::{ALGORITHMS, SIGNATURE_PLACES, WRITTEN_AS};
use crate::ir::{
    Case, Encoding, KeyEncoding, ParameterOrder, PercentEncoding, Segment, SegmentWord, SignMethod, Signing,
};
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
    word(&sign.write_as, "form of a signature", WRITTEN_AS, report);
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
    let stands_for_one = |word: &&str| provider.common.iter().any(|common| common.is_meant_by(word));
    ["time", "nonce"].into_iter().filter(stands_for_one).collect()
}

/// The canonical string has a form that the runtime supports, and each method has a text. `names`
/// are those of the parameters that a text can have.
pub(super) fn check_sign(sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    if let Some(algorithm) = &sign.algorithm
        && ALGORITHMS.contains(&algorithm.value.as_str())
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
        check_hmac_key(key, sign, names, report);
    }
    check_secret_as(sign, names, report);
    check_order(sign, report);
    check_case(sign, report);
    check_methods(sign, report);
}

/// The key of an HMAC has the secret and parameters, which are known before the text is made.
fn check_hmac_key(key: &Text, sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    if !has(key, SegmentWord::Secret) {
        let message = format!("no signing scheme has the HMAC key `{}`", key.value);
        let help = "write `{secret}` and what is around it, such as \"{secret}&\"".to_owned();
        report.fault(Rule::UnknownScheme, &key.place, message, help);
    }
    for segment in Segment::of(&key.value) {
        let name = match &segment {
            Segment::Text(_) | Segment::Word(SegmentWord::Secret) => continue,
            Segment::Parameter(name) if names.contains(name.as_str()) => continue,
            Segment::Parameter(name) => name.as_str(),
            Segment::Word(word) => word.as_str(),
        };
        let message = format!("the key of an HMAC has no `{{{name}}}`");
        let known: Vec<&str> = ["secret"].into_iter().chain(names.iter().copied()).collect();
        let help = format!("the key can have {}", list(known.into_iter()));
        report.fault(Rule::UnknownScheme, &key.place, message, help);
    }
    if let Some(encoding) = &sign.key_encoding {
        let message = "the encoding is that of the secret alone, and the key is a text around it".to_owned();
        let help = "remove `key_encoding` or `hmac_key`".to_owned();
        report.fault(Rule::UnknownScheme, &encoding.place, message, help);
    }
}

/// The case is that of hexadecimal digits.
fn check_case(sign: &Sign, report: &mut Report) {
    let encoding = sign.encoding.as_ref().and_then(|encoding| encoding.value.parse::<Encoding>().ok());
    if let Some(case) = sign.case.as_ref().filter(|case| case.value == Case::Upper.as_str())
        && matches!(encoding, Some(Encoding::Base64 | Encoding::Base64Url))
    {
        let message = "base64 has both cases, and no `case`".to_owned();
        report.fault(Rule::StrayKey, &case.place, message, "remove `case`".to_owned());
    }
}

/// What is signed has something of each request in it.
pub(super) fn check_endpoint(endpoint: &Endpoint, sign: &Sign, provider: &Provider, report: &mut Report) {
    let Some(path) = endpoint.path.as_ref().filter(|_| endpoint.signed.as_ref().is_none_or(|is| is.value))
    else {
        return;
    };
    let is_left_out =
        |name: &str| endpoint.common.iter().any(|(other, has)| other.value == name && !has.value);
    let has_parameter = |name: &str| {
        let is_it = |common: &&Common| common.name.value == name || common.is_meant_by(name);
        let is_common =
            provider.common.iter().find(is_it).is_some_and(|common| !is_left_out(&common.name.value));
        let is_fixed = endpoint.fixed.iter().any(|(other, _)| other.value == name);
        is_common || is_fixed || endpoint.request.iter().any(|field| field.name.value == name)
    };
    for text in [&sign.secret, &sign.hmac].into_iter().flatten() {
        let segments = Segment::of(&text.value);
        let is_of_request = |segment: &Segment| match segment {
            Segment::Text(_) | Segment::Word(SegmentWord::Secret | SegmentWord::AppId) => false,
            Segment::Word(_) => true,
            Segment::Parameter(name) => has_parameter(name),
        };
        let lost = segments.iter().find_map(|segment| match segment {
            Segment::Parameter(name) if !has_parameter(name) => Some(name),
            _ => None,
        });
        if let Some(name) = lost.filter(|_| !segments.iter().any(is_of_request)) {
            let message = format!("nothing of this endpoint's requests is signed: they have no `{name}`");
            let help =
                format!("add `{name}` to the request, or another text to `canonical`, or `signed: false`");
            report.fault(Rule::UnknownScheme, &path.place, message, help);
        }
    }
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
    let mut may_have_secret = false;
    for segment in Segment::of(&text.value) {
        match segment {
            Segment::Parameter(name) if !names.contains(name.as_str()) => {
                may_have_secret |= meant(&name) == "secret";
                let message = format!("`{{{name}}}` is neither a part of a canonical string nor a parameter");
                let others = names.iter().copied().filter(|name| !SegmentWord::WORDS.contains(name));
                let known = SegmentWord::WORDS.iter().copied().chain(others);
                let written = Text { value: name, place: text.place.clone() };
                let (help, fix) = match suggest_value(&written, known, report) {
                    (help, Some(fix)) => (help, Some(fix)),
                    (_, None) => (segments_help(&written.value, names), None),
                };
                report.fixable(Rule::UnknownScheme, &text.place, message, help, fix);
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
    let has_secret = may_have_secret || has(text, SegmentWord::Secret) || (is_parameter && has_pairs);
    if what == "secret" && !has_secret {
        let message = format!("no signing scheme has the secret `{}`", text.value);
        let help =
            "write `{secret}` in it, such as \"{params}{secret}\": what has no secret in it proves nothing";
        report.fault(Rule::UnknownScheme, &text.place, message, help.to_owned());
    }
}

/// What to write in place of a name in braces that is neither a segment nor a parameter. `names`
/// are those of the parameters.
fn segments_help(name: &str, names: &BTreeSet<&str>) -> String {
    let other = meant(name);
    if let Some(source) = Segment::source(other)
        && !names.contains(other)
    {
        let source = source.as_str();
        return format!(
            "`{{{other}}}` needs a parameter with `from: {source}` in the provider's `common`, and is for the provider's texts; write the name of a parameter in braces"
        );
    }
    if !other.is_empty() {
        return format!("did you mean `{{{other}}}`?");
    }
    let words = SegmentWord::WORDS.iter().map(|word| format!("`{{{word}}}`"));
    format!("write one of {}, or a parameter's name in braces", words.collect::<Vec<_>>().join(", "))
}

/// The segment that a name of other documents stands for; empty for one that may be any.
fn meant(name: &str) -> &'static str {
    match name.to_ascii_lowercase().as_str() {
        "method" | "verb" => "http_method",
        "time" | "timestamp" | "ts" | "now" => "time",
        "nonce" | "random" => "nonce",
        "uri" | "url" => "path",
        "key" | "app_key" | "app_secret" | "appsecret" => "secret",
        _ => "",
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
        let help = if sign.secret_as.is_some() {
            "add `secret` to `canonical`: the whole text, such as \"{params}\""
        } else if sign.has_canonical {
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
