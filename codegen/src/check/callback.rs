//! The rules of callbacks: what arrives later can be verified and read.

use std::collections::BTreeSet;

use super::place::{check_element, check_header, is_in};
use super::signing::has;
use super::{one_word, signing, word};
use crate::ast::{Delivery, Endpoint, Field, Provider, Sign, Text};
use crate::dialect::{ARRIVAL_PLACES, BODY_DIGESTS};
use crate::ir::{BodyForm, Method, ParameterPlace, Segment, SegmentWord, SignMethod, Signing};
use crate::report::Report;
use crate::rules::Rule;

/// Words of a fixed set are known.
pub(super) fn check_words(endpoint: &Endpoint, report: &mut Report) {
    let Some(delivery) = endpoint.delivery() else { return };
    word(&delivery.method, "method", Method::WORDS, report);
    word(&delivery.body, "form of a body", BodyForm::WORDS, report);
    for place in delivery.fields.iter().filter_map(|field| field.place.as_ref()) {
        one_word(place, "place of a callback's field", ARRIVAL_PLACES, report);
    }
    for from in delivery.fields.iter().filter_map(|field| field.from.as_ref()) {
        one_word(from, "digest of the body", BODY_DIGESTS, report);
    }
    if let Some(sign) = &delivery.sign {
        signing::check_words(sign, report);
    }
}

pub(super) fn check(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    check_address(endpoint, report);
    if let Some(delivery) = endpoint.delivery() {
        check_form(delivery, report);
        check_signature(delivery, provider, report);
    }
}

/// The address of a later answer is a field of the request.
fn check_address(endpoint: &Endpoint, report: &mut Report) {
    let Some(field) = endpoint.callback.as_ref().and_then(|callback| callback.field.as_ref()) else { return };
    if !endpoint.request.iter().any(|known| known.name.value == field.value) {
        let message = format!("the request has no field `{}` for the later answer", field.value);
        let help = format!("add `{}: {{type: string, optional: true}}` to the request", field.value);
        report.fault(Rule::UnknownCallback, &field.place, message, help);
    }
}

/// Whether the parameters are in the query.
fn is_without_body(delivery: &Delivery) -> bool {
    let method = delivery.method.as_ref().and_then(|method| method.value.parse::<Method>().ok());
    method.is_some_and(|method| !method.has_body())
}

/// A GET has no body, and names are those of headers and elements.
fn check_form(delivery: &Delivery, report: &mut Report) {
    let is_get = is_without_body(delivery);
    if let Some(body) = delivery.body.as_ref().filter(|_| is_get) {
        let message = format!("a callback by this method has no body of `{}`", body.value);
        report.fault(
            Rule::BadPlace,
            &body.place,
            message,
            "remove `body`, or write `method: POST`".to_owned(),
        );
    }
    let is_xml = delivery.body.as_ref().is_some_and(|body| body.value == BodyForm::Xml.as_str());
    for field in &delivery.fields {
        if let Some(from) = field.from.as_ref().filter(|_| !is_in(&field.place, ParameterPlace::Header)) {
            let message = format!("`{}` is made of the body, and arrives in a header", field.name.value);
            report.fault(Rule::BadPlace, &from.place, message, "add `in: header`".to_owned());
        }
        if is_in(&field.place, ParameterPlace::Header) {
            check_header(&field.name, report);
        } else if is_xml && !is_in(&field.place, ParameterPlace::Query) {
            check_element(&field.name, report);
        }
    }
}

/// The signature can be verified from what arrives.
fn check_signature(delivery: &Delivery, provider: &Provider, report: &mut Report) {
    let names: BTreeSet<&str> = delivery.fields.iter().map(|field| field.name.value.as_str()).collect();
    if let Some(sign) = &delivery.sign {
        signing::check_sign(sign, &names, report);
        super::place::check_sign(sign, &names, report);
    }
    let sign = delivery.sign.as_ref().unwrap_or(&provider.sign);
    for field in &delivery.fields {
        let is_signature = [&sign.parameter, &sign.secret_as]
            .into_iter()
            .flatten()
            .any(|name| name.value == field.name.value);
        if is_signature {
            let message = format!("`{}` is the parameter of the signature, or the secret", field.name.value);
            let help =
                "remove the field: the signature is verified, and is no part of what is read".to_owned();
            report.fault(Rule::ReservedParameter, &field.name.place, message, help);
        }
    }
    let is_signer = |method: &Text| method.value == SignMethod::Signer.as_str();
    if !sign.methods.is_empty() && sign.methods.iter().all(is_signer) {
        let message = "nothing can verify this callback: its only signing method is `signer`".to_owned();
        let help = "add `sign` to the callback, with the method that the provider signs it by".to_owned();
        let own = delivery.sign.as_ref().and_then(|sign| sign.methods.first());
        report.fault(Rule::UnknownScheme, own.map_or(&delivery.place, |method| &method.place), message, help);
    }
    check_text(delivery, sign, provider, &names, report);
    check_sent_text(delivery, sign, provider, &names, report);
}

/// The text that the signature is sent in has the fields that arrive there, and no others.
fn check_sent_text(
    delivery: &Delivery,
    sign: &Sign,
    provider: &Provider,
    names: &BTreeSet<&str>,
    report: &mut Report,
) {
    let is_of_provider = delivery.sign.is_none();
    let template = sign.template.as_ref();
    let written: Vec<Segment> =
        template.map(|text| segments(text, is_of_provider.then_some(provider))).unwrap_or_default();
    for field in delivery.fields.iter().filter(|field| is_in(&field.place, ParameterPlace::Sign)) {
        if !written.contains(&Segment::Parameter(field.name.value.clone())) {
            let message = format!("the text of the signature does not have `{}`", field.name.value);
            let help = format!("write `{{{}}}` in `write` of `sign`", field.name.value);
            report.fault(Rule::BadPlace, &field.name.place, message, help);
        }
    }
    for segment in &written {
        if let Segment::Parameter(name) = segment
            && is_of_provider
            && name != "value"
            && !names.contains(name.as_str())
        {
            let message = format!(
                "the provider's signature is sent with `{{{name}}}`, which is no field of the callback"
            );
            let help = format!("add the field, such as `{name}: {{type: string, in: sign}}`, or `sign`");
            report.fault(Rule::BadPlace, &delivery.place, message, help);
        }
    }
}

/// The text that is signed is made of what arrives, and covers all that is read.
fn check_text(
    delivery: &Delivery,
    sign: &Sign,
    provider: &Provider,
    names: &BTreeSet<&str>,
    report: &mut Report,
) {
    let is_of_provider = delivery.sign.is_none();
    let is_form = delivery.body.as_ref().is_none_or(|body| body.value == BodyForm::Form.as_str());
    let is_in_body = sign.place.as_ref().is_none_or(|place| place.value == ParameterPlace::Body.as_str());
    for text in texts(sign) {
        if is_in_body && !is_form && has(text, SegmentWord::Body) {
            let place = if is_of_provider { &delivery.place } else { &text.place };
            let message = "the text has the body in it, and the body has the signature in it".to_owned();
            let help = "add `in: header` to `sign`, or write `{params}` in place of `{body}`".to_owned();
            report.fault(Rule::BadPlace, place, message, help);
        }
        let segments = segments(text, is_of_provider.then_some(provider));
        for segment in &segments {
            if let Segment::Parameter(name) = segment
                && is_of_provider
                && !names.contains(name.as_str())
            {
                let message = format!(
                    "the text that the provider signs has `{{{name}}}`, which is no field of the callback"
                );
                let help = "add the field, or `sign` to the callback, with a text of its own".to_owned();
                report.fault(Rule::UnknownScheme, &delivery.place, message, help);
            }
        }
        for field in &delivery.fields {
            let is_read_as_it_is = field.signed.as_ref().is_some_and(|signed| !signed.value);
            if !is_read_as_it_is && !is_covered(field, delivery, &segments) {
                let name = &field.name.value;
                let message = format!("no part of the text that is signed has `{name}`: anyone can set it");
                let help = format!(
                    "write `{{params}}` or `{{{name}}}` in the text, or `signed: false` in the field, and do not trust it"
                );
                report.fault(Rule::UnknownScheme, &field.name.place, message, help);
            }
        }
    }
}

/// The texts of the methods.
fn texts(sign: &Sign) -> impl Iterator<Item = &Text> {
    let has = |is_it: fn(Signing) -> bool| {
        let methods = sign.methods.iter().filter_map(|method| method.value.parse::<SignMethod>().ok());
        methods.into_iter().any(|method| is_it(method.signing()))
    };
    let digest = sign.secret.as_ref().filter(|_| has(|signing| matches!(signing, Signing::Digest(_))));
    let hmac = sign.hmac.as_ref().filter(|_| has(|signing| matches!(signing, Signing::Hmac(_))));
    digest.into_iter().chain(hmac)
}

/// The segments of a text. In the provider's, `{time}` and `{nonce}` are common parameters.
fn segments(text: &Text, provider: Option<&Provider>) -> Vec<Segment> {
    let mut segments = Segment::of(&text.value);
    for segment in &mut segments {
        if let (Segment::Parameter(name), Some(provider)) = (&mut *segment, provider)
            && let Some(common) = provider.common.iter().find(|common| common.is_meant_by(name))
        {
            name.clone_from(&common.name.value);
        }
    }
    segments
}

/// Whether a field is in a text: as a pair, by its name, or as a part of the body, the query or a
/// digest of the body.
fn is_covered(field: &Field, delivery: &Delivery, segments: &[Segment]) -> bool {
    let is_get = is_without_body(delivery);
    let is_header = is_in(&field.place, ParameterPlace::Header);
    let is_beside = is_header || is_in(&field.place, ParameterPlace::Sign);
    let is_in_query = is_in(&field.place, ParameterPlace::Query) || (is_get && !is_beside);
    let is_pair = field.signed.as_ref().map_or(!is_header, |signed| signed.value);
    let is_digest =
        |name: &str| delivery.fields.iter().any(|other| other.from.is_some() && other.name.value == name);
    segments.iter().any(|segment| match segment {
        Segment::Word(SegmentWord::Params | SegmentWord::EncodedParams) => is_pair,
        Segment::Word(SegmentWord::Body) => !is_beside && !is_in_query,
        Segment::Word(SegmentWord::Query | SegmentWord::Target) => is_in_query,
        Segment::Parameter(name) => {
            *name == field.name.value || (is_digest(name) && !is_beside && !is_in_query)
        }
        Segment::Word(_) | Segment::Text(_) => false,
    })
}
