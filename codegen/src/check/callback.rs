//! The rules of callbacks: what arrives later can be verified and read.

use std::collections::BTreeSet;

use super::place::{check_element, check_header, is_in};
use super::signing::has;
use super::{one_word, signing, word};
use crate::ast::{Delivery, Endpoint, Provider, Sign};
use crate::dialect::SIGNATURE_PLACES;
use crate::ir::{BodyForm, Method, ParameterPlace, Segment, SegmentWord, SignMethod};
use crate::report::Report;
use crate::rules::Rule;

/// Words of a fixed set are known.
pub(super) fn check_words(endpoint: &Endpoint, report: &mut Report) {
    let Some(delivery) = endpoint.delivery() else { return };
    word(&delivery.method, "method", Method::WORDS, report);
    word(&delivery.body, "form of a body", BodyForm::WORDS, report);
    for place in delivery.fields.iter().filter_map(|field| field.place.as_ref()) {
        one_word(place, "place of a parameter", SIGNATURE_PLACES, report);
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

/// A GET has no body, and names are those of headers and elements.
fn check_form(delivery: &Delivery, report: &mut Report) {
    let is_get = delivery.method.as_ref().is_some_and(|method| method.value == Method::Get.as_str());
    if let Some(body) = delivery.body.as_ref().filter(|_| is_get) {
        let message = format!("a callback by GET has no body of `{}`", body.value);
        report.fault(
            Rule::BadPlace,
            &body.place,
            message,
            "remove `body`, or write `method: POST`".to_owned(),
        );
    }
    let is_xml = delivery.body.as_ref().is_some_and(|body| body.value == BodyForm::Xml.as_str());
    for field in &delivery.fields {
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
        super::place::check_sign(sign, report);
    }
    let sign = delivery.sign.as_ref().unwrap_or(&provider.sign);
    for field in &delivery.fields {
        let is_signature = sign.parameter.as_ref().is_some_and(|name| name.value == field.name.value);
        if is_signature {
            let message = format!("`{}` is the parameter of the signature", field.name.value);
            let help =
                "remove the field: the signature is verified, and is no part of what is read".to_owned();
            report.fault(Rule::ReservedParameter, &field.name.place, message, help);
        }
    }
    let is_signer = |method: &crate::ast::Text| method.value == SignMethod::Signer.as_str();
    if !sign.methods.is_empty() && sign.methods.iter().all(is_signer) {
        let message = "nothing can verify this callback: its only signing method is `signer`".to_owned();
        let help = "add `sign` to the callback, with the method that the provider signs it by".to_owned();
        let own = delivery.sign.as_ref().and_then(|sign| sign.methods.first());
        report.fault(Rule::UnknownScheme, own.map_or(&delivery.place, |method| &method.place), message, help);
    }
    check_text(delivery, sign, &names, report);
}

/// The text that is signed is made of what arrives.
fn check_text(delivery: &Delivery, sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    let is_of_provider = delivery.sign.is_none();
    let is_form = delivery.body.as_ref().is_none_or(|body| body.value == BodyForm::Form.as_str());
    let is_in_body = sign.place.as_ref().is_none_or(|place| place.value == ParameterPlace::Body.as_str());
    for text in [&sign.secret, &sign.hmac].into_iter().flatten() {
        if is_in_body && !is_form && has(text, SegmentWord::Body) {
            let place = if is_of_provider { &delivery.place } else { &text.place };
            let message = "the text has the body in it, and the body has the signature in it".to_owned();
            let help = "add `in: header` to `sign`, or write `{params}` in place of `{body}`".to_owned();
            report.fault(Rule::BadPlace, place, message, help);
        }
        for segment in Segment::of(&text.value) {
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
    }
}
