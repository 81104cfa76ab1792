//! The rules of where parameters are sent: in a body, a query, a header or the path.

use std::collections::{BTreeMap, BTreeSet};

use crate::ast::{Common, Endpoint, Provider, Sign, Spec, Text};
use crate::ir::{BodyForm, CommonSource, Method, ParameterPlace};
use crate::report::Report;
use crate::rules::Rule;

/// Headers that say what is sent and where to. The transport writes them.
const RESERVED_HEADERS: [&str; 11] = [
    "host",
    "content-type",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "te",
    "trailer",
    "expect",
    "upgrade",
    "connection",
    "accept-encoding",
];

pub(super) fn check(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    let sign = &provider.sign;
    let common = provider.common.iter().map(|common| common.name.value.as_str());
    check_sign(sign, &common.chain(super::signing::words(provider)).collect(), report);
    for common in &provider.common {
        check_digest_of_body(common, sign, report);
        check_known(common, sign, report);
    }
    for common in provider.common.iter().filter(|common| is_in(&common.place, ParameterPlace::Header)) {
        check_header(&common.name, report);
        if let Some(value) = common.value.as_ref().filter(|value| value.value.chars().any(char::is_control)) {
            let message = format!("the value of `{}` cannot be sent in a header", common.name.value);
            let help = "write it without line breaks and other control characters".to_owned();
            report.fault(Rule::BadPlace, &value.place, message, help);
        }
    }
    check_headers_differ(provider, report);
    for endpoint in &spec.endpoints {
        for field in &endpoint.request {
            if is_in(&field.place, ParameterPlace::Header) {
                check_header(&field.name, report);
            }
            if let Some(template) = &field.template {
                check_template(template, report);
            }
        }
        if spec.provider_read {
            check_path(endpoint, provider, report);
        }
        check_body(endpoint, report);
    }
}

/// The place of a signature, and the text that it is sent in, which may have the values of `names`.
pub(super) fn check_sign(sign: &Sign, names: &BTreeSet<&str>, report: &mut Report) {
    if let Some(template) = &sign.template {
        check_sent_text(template, names, report);
    }
    if let Some(name) = sign.parameter.as_ref().filter(|_| is_in(&sign.place, ParameterPlace::Header)) {
        check_header(name, report);
    }
}

/// The text that a signature is sent in has it once, and parameters that can be told apart.
fn check_sent_text(template: &Text, names: &BTreeSet<&str>, report: &mut Report) {
    let is_known = |name: &str| ["value", "app_id"].contains(&name) || names.contains(name);
    if let Some(name) = in_braces(&template.value).find(|name| !is_known(name)) {
        let message = format!("`{{{name}}}` is no common parameter");
        let known = ["value", "app_id"].into_iter().chain(names.iter().copied());
        let written = Text { value: name.to_owned(), place: template.place.clone() };
        let (help, fix) = super::suggest_value(&written, known, report);
        report.fixable(Rule::BadPlace, &template.place, message, help, fix);
        return;
    }
    if template.value.contains("}{") {
        let message = format!("`{}` has two values without a text between them", template.value);
        let help = "write the text that is between them, such as \"{app_id}:{value}\"".to_owned();
        report.fault(Rule::BadPlace, &template.place, message, help);
        return;
    }
    let others = in_braces(&template.value).filter(|name| *name != "value");
    let value = others.fold(template.value.clone(), |text, name| text.replace(&format!("{{{name}}}"), ""));
    check_template(&Text { value, place: template.place.clone() }, report);
}

/// A parameter that is not sent by itself is one that the provider knows, or that `write` sends.
fn check_known(common: &Common, sign: &Sign, report: &mut Report) {
    let Some(place) = common.place.as_ref().filter(|place| place.value == ParameterPlace::Sign.as_str())
    else {
        return;
    };
    let source = common.from.as_ref().and_then(|from| from.value.parse::<CommonSource>().ok());
    let is_known = match source {
        Some(CommonSource::AppId) | None => true,
        Some(source) => source.body_digest().is_some(),
    };
    let name = common.name.value.as_str();
    let is_it = |written: &str| written == name || common.is_meant_by(written);
    let is_sent = sign.template.as_ref().is_some_and(|text| in_braces(&text.value).any(is_it));
    if source == Some(CommonSource::Account) {
        // It may be a second secret: nothing here says to send it.
        if !is_sent {
            let message = format!("`{name}` is a value of the account that is signed and not sent");
            let help = "the sandbox cannot check such a text: add the method `signer`, and sign it outside";
            report.fault(Rule::BadPlace, &place.place, message, help.to_owned());
        }
    } else if !is_known && !is_sent {
        let message = format!("`{name}` is signed and not sent: the provider cannot check it");
        let help = format!("write `{{{name}}}` in `write` of `sign`, or send it elsewhere");
        report.fault(Rule::BadPlace, &place.place, message, help);
    }
}

/// A digest of the body is in a header, or in the text that is signed, since what else is sent is
/// signed by then, and the body is whole.
fn check_digest_of_body(common: &Common, sign: &Sign, report: &mut Report) {
    let from = common.from.as_ref().and_then(|from| from.value.parse::<CommonSource>().ok());
    if from.and_then(CommonSource::body_digest).is_none() {
        return;
    }
    let name = &common.name;
    if !is_in(&common.place, ParameterPlace::Header) && !is_in(&common.place, ParameterPlace::Sign) {
        let message = format!("`{}` is made of the body, and is sent in a header", name.value);
        let help = "add `in: header`, or `in: sign` if it is signed and not sent".to_owned();
        report.fault(Rule::BadPlace, &name.place, message, help);
    }
    if let Some(signed) = common.signed.as_ref().filter(|signed| signed.value) {
        let message = format!("`{}` is made of the body, and is no pair of the text", name.value);
        let help = format!("remove `signed`, and write `{{{}}}` where the text has it", name.value);
        report.fault(Rule::BadPlace, &signed.place, message, help);
    }
    if sign.place.as_ref().is_none_or(|place| place.value == ParameterPlace::Body.as_str()) {
        let message = format!("`{}` is made of the body, which the signature is in", name.value);
        let help = "add `in: header` or `in: query` to `sign`, or remove this parameter".to_owned();
        report.fault(Rule::BadPlace, &name.place, message, help);
    }
}

pub(super) fn is_in(place: &Option<Text>, expected: ParameterPlace) -> bool {
    place.as_ref().is_some_and(|place| place.value == expected.as_str())
}

/// A template has its value once, and nothing else in braces.
pub(super) fn check_template(template: &Text, report: &mut Report) {
    let text = template.value.as_str();
    let is_one_line = !text.chars().any(char::is_control);
    if text.matches("{value}").count() != 1 || text.matches('{').count() != 1 || !is_one_line {
        let message = format!("`{}` does not say where its value is", text.escape_debug());
        let help = "write `{value}` once, and the text around it, such as \"Bearer {value}\"".to_owned();
        report.fault(Rule::BadPlace, &template.place, message, help);
    }
}

pub(super) fn check_header(name: &Text, report: &mut Report) {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    let is_reserved = RESERVED_HEADERS.contains(&name.value.to_ascii_lowercase().as_str());
    if is_reserved || !name.value.chars().all(is_plain) {
        let message = format!("`{}` cannot be a header of a parameter", name.value.escape_debug());
        let help = if is_reserved {
            "remove it: the transport writes this header"
        } else {
            "write the header's name as the provider has it: ASCII letters, digits and `-_.`"
        };
        report.fault(Rule::BadPlace, &name.place, message, help.to_owned());
    }
}

/// Headers have different names, whatever their case is: one of two would be lost.
fn check_headers_differ(provider: &Provider, report: &mut Report) {
    let sign = &provider.sign;
    let of_sign = sign.parameter.as_ref().filter(|_| is_in(&sign.place, ParameterPlace::Header));
    let common = provider.common.iter().filter(|common| is_in(&common.place, ParameterPlace::Header));
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for name in of_sign.into_iter().chain(common.map(|common| &common.name)) {
        if let Some(other) = seen.insert(name.value.to_ascii_lowercase(), &name.value)
            && other != name.value
        {
            let message = format!("the headers `{other}` and `{}` are one", name.value);
            let help = "remove one of the two: the case of a header's name does not count".to_owned();
            report.fault(Rule::BadPlace, &name.place, message, help);
        }
    }
}

/// Each name in the path is a parameter that is sent there, and that every call has.
fn check_path(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let Some(path) = &endpoint.path else { return };
    let named: BTreeSet<&str> = in_braces(&path.value).collect();
    let chosen: BTreeSet<&str> =
        endpoint.common.iter().filter(|(_, has)| !has.value).map(|(name, _)| name.value.as_str()).collect();
    let common = provider
        .common
        .iter()
        .filter(|common| {
            is_in(&common.place, ParameterPlace::Path) && !chosen.contains(common.name.value.as_str())
        })
        .map(|common| (&common.name, common.optional));
    let own =
        endpoint.request.iter().filter(|field| is_in(&field.place, ParameterPlace::Path)).map(|field| {
            let is_optional = field.optional.as_ref().is_some_and(|optional| optional.value);
            (&field.name, is_optional && field.default.is_none())
        });
    let sent: Vec<(&Text, bool)> = common.chain(own).collect();
    for name in &named {
        if !sent.iter().any(|(sent, _)| sent.value == *name) {
            let message = format!("no parameter `{name}` is sent in the path");
            let help = if endpoint.request.iter().any(|field| field.name.value == *name) {
                format!("add `in: path` to the field `{name}`, or remove it from the path")
            } else {
                format!("add `{name}: {{type: string, in: path}}` to the request, or remove it from the path")
            };
            report.fault(Rule::BadPlace, &path.place, message, help);
        }
    }
    for (name, is_optional) in sent {
        if !named.contains(name.value.as_str()) {
            let message = format!("the path has no place for the parameter `{}`", name.value);
            let help = format!("write `{{{}}}` in the path", name.value);
            report.fault(Rule::BadPlace, &path.place, message, help);
        } else if is_optional {
            let message = format!("the parameter `{}` of the path is optional", name.value);
            let help = "remove `optional`: a path without it is another path".to_owned();
            report.fault(Rule::BadPlace, &name.place, message, help);
        }
    }
}

/// The names in the braces of a path.
pub(super) fn in_braces(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
}

/// A body that is no form is that of a POST, and an element of XML has a name that XML has.
fn check_body(endpoint: &Endpoint, report: &mut Report) {
    let is_xml = endpoint.body.as_ref().is_some_and(|body| body.value == BodyForm::Xml.as_str());
    if let Some(root) = endpoint.xml_root.as_ref().filter(|_| !is_xml) {
        let message = "`xml_root` is that of a body of XML, which this endpoint does not have".to_owned();
        report.fault(
            Rule::BadPlace,
            &root.place,
            message,
            "add `body: xml`, or remove `xml_root`".to_owned(),
        );
    }
    let Some(body) = &endpoint.body else { return };
    let has_body = |method: &Text| method.value.parse::<Method>().is_ok_and(Method::has_body);
    if !endpoint.methods.iter().any(has_body) && !endpoint.methods.is_empty() {
        let message = format!("a request by these methods has no body of `{}`", body.value);
        report.fault(
            Rule::BadPlace,
            &body.place,
            message,
            "remove `body`, or add POST to `methods`".to_owned(),
        );
    }
    if body.value != BodyForm::Xml.as_str() {
        return;
    }
    if let Some(root) = &endpoint.xml_root {
        check_element(root, report);
    }
    endpoint.request.iter().for_each(|field| check_element(&field.name, report));
}

/// A name that an element of XML can have.
pub(super) fn check_element(name: &Text, report: &mut Report) {
    let plain = |c: char| c.is_alphanumeric() || "_-.".contains(c);
    if !name.value.chars().all(plain) || !name.value.starts_with(|c: char| c.is_alphabetic() || c == '_') {
        let message = format!("`{}` cannot be the name of an element", name.value.escape_debug());
        let help = "a name of XML begins with a letter or `_`, and has letters, digits and `_-.`".to_owned();
        report.fault(Rule::BadPlace, &name.place, message, help);
    }
}
