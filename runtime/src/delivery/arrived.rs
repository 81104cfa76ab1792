//! The parameters of a delivery: from its body, its query and its headers, each once.

use std::borrow::Cow;
use std::collections::BTreeSet;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use super::{Delivery, DeliveryError};
use crate::operation::{BodyForm, CallbackScheme, ParameterPlace, Segment, SegmentWord};
use crate::request::template;
use crate::response::body::Body;
use crate::response::decode::{Any, Json, Tape};
use crate::wire::push_json_text;

/// A parameter of a delivery.
pub(super) struct Arrived {
    pub(super) name: String,
    /// Its value as it is signed: a text as it is, another value of JSON as its text.
    pub(super) text: String,
    /// Its value as JSON, if it is no text.
    json: Option<String>,
    place: ParameterPlace,
}

impl Arrived {
    fn text(name: impl Into<String>, text: impl Into<String>, place: ParameterPlace) -> Self {
        Self { name: name.into(), text: text.into(), json: None, place }
    }
}

/// All parameters of the body, or of the query of a GET; and those that the spec has elsewhere.
pub(super) fn all(callback: &CallbackScheme<'_>, delivery: &Delivery) -> Result<Vec<Arrived>, DeliveryError> {
    let query = || {
        let pairs = form_urlencoded::parse(delivery.query().as_bytes()).into_owned();
        pairs.map(|(name, value)| Arrived::text(name, value, ParameterPlace::Query))
    };
    let mut all: Vec<Arrived> = match (callback.method.has_body(), callback.body) {
        (false, _) => query().map(|arrived| Arrived { place: ParameterPlace::Body, ..arrived }).collect(),
        (true, BodyForm::Form) => {
            let text = std::str::from_utf8(&delivery.body)
                .map_err(|_| DeliveryError::Unreadable("its body is not UTF-8"))?;
            let pairs = form_urlencoded::parse(text.trim().as_bytes()).into_owned();
            pairs.map(|(name, value)| Arrived::text(name, value, ParameterPlace::Body)).collect()
        }
        (true, BodyForm::Json | BodyForm::Xml) => of_body(callback, delivery)?,
    };
    for field in callback.fields {
        match field.place {
            ParameterPlace::Query if callback.method.has_body() => {
                all.extend(query().filter(|arrived| arrived.name == field.name));
            }
            ParameterPlace::Header => {
                let values = delivery.headers.get_all(field.name).iter();
                let values = values.map(|value| value.to_str().unwrap_or_default());
                all.extend(values.map(|value| Arrived::text(field.name, value, ParameterPlace::Header)));
            }
            // What is in the text of the signature is read with it.
            ParameterPlace::Body | ParameterPlace::Query | ParameterPlace::Path | ParameterPlace::Sign => {}
        }
    }
    for arrived in all.iter_mut().filter(|arrived| arrived.json.is_none()) {
        let field = callback.fields.iter().find(|field| field.name == arrived.name);
        if field.is_some_and(|field| field.is_json) && Any::from_json(&arrived.text).is_ok() {
            arrived.json = Some(arrived.text.clone());
        }
    }
    Ok(all)
}

/// Refuses a name that is there twice: it is unknown which one counts.
pub(super) fn each_once(all: &[Arrived]) -> Result<(), DeliveryError> {
    let mut seen = BTreeSet::new();
    if all.iter().all(|arrived| seen.insert(arrived.name.as_str())) {
        Ok(())
    } else {
        Err(DeliveryError::Unreadable("a name in it is there twice"))
    }
}

/// The members of a body of JSON or XML.
fn of_body(callback: &CallbackScheme<'_>, delivery: &Delivery) -> Result<Vec<Arrived>, DeliveryError> {
    // Where the body is what is signed, nothing outside of it says how it is read.
    let content_type = delivery.header("content-type").filter(|_| !signs_body(callback));
    let body = Body::new(delivery.body.clone(), content_type.map(str::to_owned));
    let json = body.read().map_err(DeliveryError::Unreadable)?;
    let unreadable = DeliveryError::Unreadable("its body has no members");
    let Some(tape) = Tape::of(&json) else { return Err(unreadable) };
    let whole = Json::whole(&json, &tape);
    if !whole.is_object() {
        return Err(unreadable);
    }
    let mut all = Vec::new();
    for (name, place) in whole.members() {
        let Some(value) = whole.part(place) else { return Err(unreadable) };
        let raw = value.text();
        let text = match value.characters() {
            Some(characters) => characters.into_owned(),
            None if raw == "null" => String::new(),
            None => raw.to_owned(),
        };
        let json = (!raw.starts_with('"')).then(|| raw.to_owned());
        all.push(Arrived { name: name.text().into_owned(), text, json, place: ParameterPlace::Body });
    }
    Ok(all)
}

/// Whether a text that is signed has the body in it.
pub(super) fn signs_body(callback: &CallbackScheme<'_>) -> bool {
    let texts = callback.sign.digest_text.iter().chain(callback.sign.hmac_text);
    texts.into_iter().any(|segment| *segment == Segment::Word(SegmentWord::Body))
}

/// Whether a parameter is the signature.
pub(super) fn is_signature(callback: &CallbackScheme<'_>, arrived: &Arrived) -> bool {
    // The query of a GET is what the body of a POST is.
    let is_in_query = !callback.method.has_body() && callback.sign.place == ParameterPlace::Query;
    let place = if is_in_query { ParameterPlace::Body } else { callback.sign.place };
    arrived.name == callback.sign.parameter && arrived.place == place
}

/// The signature, without the text around it. The fields in that text are parameters too.
pub(super) fn signature_of_delivery(
    callback: &CallbackScheme<'_>,
    delivery: &Delivery,
    all: &mut Vec<Arrived>,
    app_id: &str,
) -> Option<String> {
    let sign = &callback.sign;
    let sent: Cow<'_, str> = match sign.place {
        ParameterPlace::Header => {
            let mut values = delivery.headers.get_all(sign.parameter).iter();
            values.next().filter(|_| values.next().is_none())?.to_str().ok()?.into()
        }
        ParameterPlace::Query => {
            let mut pairs = form_urlencoded::parse(delivery.query().as_bytes());
            pairs.find(|(name, _)| name == sign.parameter)?.1
        }
        ParameterPlace::Body | ParameterPlace::Path | ParameterPlace::Sign => {
            all.iter().find(|arrived| is_signature(callback, arrived))?.text.clone().into()
        }
    };
    let sent = match sign.is_in_base64 {
        true => String::from_utf8(BASE64_STANDARD.decode(&*sent).ok()?).ok()?.into(),
        false => sent,
    };
    if sign.template.is_empty() {
        return Some(sent.into_owned()).filter(|signature| !signature.is_empty());
    }
    let mut signature = None;
    for (name, value) in template::read(sign.template, &sent)? {
        match name {
            "value" => signature = Some(value.to_owned()).filter(|signature| !signature.is_empty()),
            "app_id" if value == app_id => {}
            "app_id" => return None,
            name if is_in_signature(callback, name) => {
                all.push(Arrived::text(name, value, ParameterPlace::Sign));
            }
            name if all.iter().any(|arrived| arrived.name == name && arrived.text == value) => {}
            _ => return None,
        }
    }
    signature
}

fn is_in_signature(callback: &CallbackScheme<'_>, name: &str) -> bool {
    callback.fields.iter().any(|field| field.name == name && field.place == ParameterPlace::Sign)
}

/// The query and the body as they are signed: a form is signed before its signature is added.
pub(super) fn without_signature(callback: &CallbackScheme<'_>, delivery: &Delivery) -> (String, String) {
    let body = String::from_utf8_lossy(&delivery.body).into_owned();
    let sign = &callback.sign;
    let is_other = |pair: &&str| {
        let name = form_urlencoded::parse(pair.as_bytes()).next().map(|(name, _)| name.into_owned());
        name.as_deref() != Some(sign.parameter)
    };
    let without = |form: &str| form.split('&').filter(is_other).collect::<Vec<_>>().join("&");
    match (sign.place, callback.method.has_body(), callback.body) {
        (ParameterPlace::Header | ParameterPlace::Path | ParameterPlace::Sign, _, _) => {
            (delivery.query().to_owned(), body)
        }
        (ParameterPlace::Query, _, _) | (ParameterPlace::Body, false, _) => (without(delivery.query()), body),
        (ParameterPlace::Body, true, BodyForm::Form) => {
            let body = without(body.trim());
            (delivery.query().to_owned(), body)
        }
        // The spec's rules refuse a text with the body in it here.
        (ParameterPlace::Body, true, BodyForm::Json | BodyForm::Xml) => (delivery.query().to_owned(), body),
    }
}

/// The parameters that the spec lists, as the members of a JSON object.
pub(super) fn json(callback: &CallbackScheme<'_>, all: &[Arrived]) -> String {
    let mut text = String::from("{");
    let is_listed = |arrived: &&Arrived| callback.fields.iter().any(|field| field.name == arrived.name);
    for arrived in all.iter().filter(is_listed) {
        if text.len() > 1 {
            text.push(',');
        }
        push_json_text(&mut text, &arrived.name);
        text.push(':');
        match &arrived.json {
            Some(json) => text.push_str(json),
            None => push_json_text(&mut text, &arrived.text),
        }
    }
    text.push('}');
    text
}

/// Whether a signed value has the text of a further pair in it, such as `1&total_fee=1`: the pairs
/// of another delivery can be written as the same text then. Encoded values cannot.
pub(super) fn runs_together(callback: &CallbackScheme<'_>, all: &[Arrived]) -> bool {
    let sign = &callback.sign;
    if sign.encode.is_some() || sign.pair_separator.is_empty() || !sign.has_names {
        return false;
    }
    for field in callback.fields {
        let pair = [sign.pair_separator, field.name, sign.key_value_separator].concat();
        if all.iter().any(|arrived| arrived.text.contains(&pair)) {
            return true;
        }
    }
    false
}
