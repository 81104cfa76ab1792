//! A request as it arrives: its parts on the wire, and its parameters as the spec places them.

use std::fmt;

use axum::body::Bytes;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode;
use pyi_codegen::ir::{
    BodyForm, CommonSource, Endpoint, Format, Method, Parameter, ParameterPlace, Provider, Source,
};
use pyi_runtime::__private::template;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde::de::{self, Deserialize, Deserializer};
use serde_json::value::RawValue;

/// A request with its parameters decoded.
pub(crate) struct ParsedRequest {
    pub(crate) method: Option<Method>,
    pub(crate) host: String,
    pub(crate) path: String,
    /// As they are on the wire.
    pub(crate) query: String,
    pub(crate) body: String,
    /// Its endpoint.
    pub(crate) endpoint: Option<String>,
    /// Whether the request is text: its body, and what is encoded in the body, the query and the path,
    /// are UTF-8. A value of another one is not here as it was sent.
    pub(crate) is_text: bool,
    headers: HeaderMap,
    /// All parameters that the spec places somewhere, and all of the query and the body.
    pub(crate) parameters: Vec<(String, String)>,
    /// The same, in the texts that their values are sent in.
    pub(crate) as_sent: Vec<(String, String)>,
}

impl ParsedRequest {
    /// Reads a request, and finds its endpoint.
    pub(crate) fn read<'p>(
        head: &Parts,
        body: &Bytes,
        provider: &'p Provider,
    ) -> (Self, Option<&'p Endpoint>) {
        let text = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        let mut request = Self {
            method: head.method.as_str().parse::<Method>().ok(),
            host: text("host").unwrap_or_default().to_owned(),
            path: head.uri.path().to_owned(),
            query: head.uri.query().unwrap_or_default().to_owned(),
            body: String::from_utf8_lossy(body).into_owned(),
            endpoint: None,
            is_text: false,
            headers: head.headers.clone(),
            parameters: Vec::new(),
            as_sent: Vec::new(),
        };
        let of_path = provider.endpoints.iter().filter(|endpoint| request.matches(&endpoint.path));
        // Endpoints of one path may have different methods. One of another method is refused later.
        let has_method =
            |endpoint: &&Endpoint| request.method.is_some_and(|method| endpoint.methods.contains(&method));
        let mut of_path: Vec<&Endpoint> = of_path.collect();
        if of_path.iter().any(has_method) {
            of_path.retain(has_method);
        }
        let mut of_path = of_path.into_iter();
        let Some(first) = of_path.next() else {
            request.as_sent = request.all(None);
            request.parameters = request.as_sent.clone();
            request.is_text = is_text(head, body, BodyForm::Form);
            return (request, None);
        };
        // Endpoints of one path have different constants.
        let has_constants = |endpoint: &&Endpoint| {
            let sent = bare(request.all(Some(endpoint)), endpoint);
            let constants = endpoint
                .parameters
                .iter()
                .filter(|parameter| parameter.source == Source::Constant && is_sent(parameter, provider));
            constants.into_iter().all(|constant| {
                sent.iter().any(|(name, value)| *name == constant.name && *value == constant.default)
            })
        };
        let endpoint = [first].into_iter().chain(of_path).find(has_constants).unwrap_or(first);
        request.endpoint = Some(endpoint.id.clone());
        request.is_text = is_text(head, body, endpoint.body);
        request.as_sent = request.all(Some(endpoint));
        request.as_sent.extend(request.in_signature(provider, endpoint));
        request.parameters = bare(request.as_sent.clone(), endpoint);
        (request, Some(endpoint))
    }

    /// Whether the path is one of an endpoint, whatever its parameters are.
    fn matches(&self, path: &str) -> bool {
        let (sent, listed) = (self.path.split('/'), path.split('/'));
        sent.clone().count() == listed.clone().count()
            && sent.zip(listed).all(|(sent, listed)| in_segment(sent, listed).is_some())
    }

    /// All parameters: those of the body and the query, and those that the endpoint places
    /// elsewhere.
    fn all(&self, endpoint: Option<&Endpoint>) -> Vec<(String, String)> {
        let has_body = self.method.is_some_and(Method::has_body);
        let form = endpoint.map_or(BodyForm::Form, |endpoint| endpoint.body);
        let root = endpoint.map_or("xml", |endpoint| &endpoint.xml_root);
        let mut all = if has_body { of_body(&self.body, form, root) } else { Vec::new() };
        all.extend(form_urlencoded::parse(self.query.as_bytes()).into_owned());
        for parameter in endpoint.into_iter().flat_map(|endpoint| &endpoint.parameters) {
            let value = match parameter.place {
                ParameterPlace::Header => {
                    // A header that is there twice has two values.
                    let values = self.headers.get_all(&parameter.name).iter();
                    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
                    all.extend(values.map(|value| (parameter.name.clone(), text(value))));
                    continue;
                }
                ParameterPlace::Path => endpoint.and_then(|endpoint| self.of_path(parameter, &endpoint.path)),
                // What is not sent by itself comes with the signature.
                ParameterPlace::Body | ParameterPlace::Query | ParameterPlace::Sign => continue,
            };
            all.extend(value.map(|value| (parameter.name.clone(), value)));
        }
        all
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<String> {
        let value = self.headers.get(name)?;
        Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
    }

    fn of_path(&self, parameter: &Parameter, path: &str) -> Option<String> {
        let marked = format!("{{{}}}", parameter.name);
        let segments = self.path.split('/').zip(path.split('/'));
        let (sent, listed) = segments.into_iter().find(|(_, listed)| listed.contains(&marked))?;
        in_segment(sent, listed)
    }

    pub(crate) fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The text of the signature, as the spec places it.
    fn signature_text(&self, provider: &Provider) -> Option<String> {
        let sign = &provider.sign;
        match sign.place {
            ParameterPlace::Header => self.header(&sign.parameter),
            _ => self.as_sent.iter().find(|(name, _)| *name == sign.parameter).map(|(_, text)| text.clone()),
        }
        .and_then(|text| if sign.is_in_base64 { decoded(&text) } else { Some(text) })
    }

    /// The signature, without the text around it.
    pub(crate) fn signature(&self, provider: &Provider, app_id: &str) -> Option<String> {
        let text = self.signature_text(provider)?;
        if provider.sign.template.is_empty() {
            return Some(text);
        }
        let values = template::read(&provider.sign.template, &text)?;
        let is_of_app = values.iter().all(|(name, value)| *name != "app_id" || *value == app_id);
        let signature = values.iter().find(|(name, _)| *name == "value").filter(|_| is_of_app);
        signature.map(|(_, value)| (*value).to_owned())
    }

    /// The parameters that are sent in the text of the signature alone.
    fn in_signature(&self, provider: &Provider, endpoint: &Endpoint) -> Vec<(String, String)> {
        let text = self.signature_text(provider).unwrap_or_default();
        let values = template::read(&provider.sign.template, &text).unwrap_or_default();
        let is_there_alone = |name: &str| {
            let mut listed = endpoint.parameters.iter();
            listed.any(|parameter| parameter.name == name && parameter.place == ParameterPlace::Sign)
        };
        let values = values.into_iter().filter(|(name, _)| is_there_alone(name));
        values.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// Values of the endpoint's request fields, in the spec's order.
    pub(crate) fn values(&self, endpoint: &Endpoint) -> Vec<&str> {
        endpoint.request.iter().filter_map(|field| self.parameter(&field.wire)).collect()
    }

    /// Value of a common parameter. An empty value counts as absent.
    pub(crate) fn common(&self, provider: &Provider, from: CommonSource) -> Option<&str> {
        self.parameter(&provider.common_from(from)?.name).filter(|value| !value.is_empty())
    }

    /// Whether the request asks for debug data.
    pub(crate) fn asks_for_debug_data(&self, provider: &Provider) -> bool {
        self.common(provider, CommonSource::Debug).is_some_and(|debug| debug != "0")
    }

    pub(crate) fn format(&self, provider: &Provider) -> Option<Format> {
        let common = provider.common_from(CommonSource::Format)?;
        let sent = self.common(provider, CommonSource::Format)?;
        let word = common.words.iter().find(|(_, own)| *own == sent).map(|(word, _)| &**word);
        word.unwrap_or(sent).parse().ok()
    }
}

/// Whether all texts of a request are UTF-8.
fn is_text(head: &Parts, body: &[u8], form: BodyForm) -> bool {
    let is_decodable = |text: &[u8]| percent_decode(text).decode_utf8().is_ok();
    let parts = [head.uri.path().as_bytes(), head.uri.query().unwrap_or_default().as_bytes()];
    std::str::from_utf8(body).is_ok()
        && (form != BodyForm::Form || is_decodable(body))
        && parts.into_iter().all(is_decodable)
        && head.headers.values().all(|value| std::str::from_utf8(value.as_bytes()).is_ok())
}

/// Whether a parameter is part of what is sent.
pub(crate) fn is_sent(parameter: &Parameter, provider: &Provider) -> bool {
    parameter.place != ParameterPlace::Sign
        || provider.sign.template.contains(&format!("{{{}}}", parameter.name))
}

/// The values of parameters without the texts that they are sent in.
fn bare(mut sent: Vec<(String, String)>, endpoint: &Endpoint) -> Vec<(String, String)> {
    for (name, value) in &mut sent {
        let listed = endpoint.parameters.iter().find(|parameter| parameter.name == *name);
        if let Some(bare) = listed.and_then(|listed| without_template(value, &listed.template)) {
            *value = bare.to_owned();
        }
        if listed.is_some_and(|listed| listed.is_in_base64)
            && let Some(text) = decoded(value)
        {
            *value = text;
        }
    }
    sent
}

/// A text that is in base64.
fn decoded(text: &str) -> Option<String> {
    String::from_utf8(BASE64_STANDARD.decode(text).ok()?).ok()
}

/// The value in a text that was made of a template; `None` for a text that was not.
fn without_template<'t>(text: &'t str, template: &str) -> Option<&'t str> {
    let (before, after) = template.split_once("{value}")?;
    text.strip_prefix(before)?.strip_suffix(after)
}

/// The value of a segment of a path that may have one parameter, decoded.
fn in_segment(sent: &str, listed: &str) -> Option<String> {
    let Some((before, rest)) = listed.split_once('{') else { return (sent == listed).then(String::new) };
    let (_, after) = rest.split_once('}')?;
    let value = sent.strip_prefix(before)?.strip_suffix(after).filter(|value| !value.is_empty())?;
    // A plus is no blank in a path.
    let value = format!("v={}", value.replace('+', "%2B"));
    form_urlencoded::parse(value.as_bytes()).next().map(|(_, value)| value.into_owned())
}

/// The parameters of a body: of a form, of the members of a JSON object, or of the elements in an
/// XML element.
fn of_body(body: &str, form: BodyForm, root: &str) -> Vec<(String, String)> {
    match form {
        BodyForm::Form => form_urlencoded::parse(body.as_bytes()).into_owned().collect(),
        BodyForm::Json => {
            // A number keeps its digits: they may be signed.
            let Members(members) = serde_json::from_str(body).unwrap_or_default();
            let text = |value: Box<RawValue>| {
                serde_json::from_str(value.get()).unwrap_or_else(|_| value.get().to_owned())
            };
            members.into_iter().map(|(name, value)| (name, text(value))).collect()
        }
        BodyForm::Xml => of_xml(body, root).unwrap_or_default(),
    }
}

/// The members of a JSON object, each as often as it is there.
#[derive(Default)]
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(Visitor)
    }
}

fn of_xml(body: &str, root: &str) -> Option<Vec<(String, String)>> {
    let mut reader = Reader::from_str(body);
    let mut all: Vec<(String, String)> = Vec::new();
    let mut depth = 0;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                depth += 1;
                if depth == 1 && element.name().as_ref() != root {
                    return None;
                }
                if depth == 2 {
                    all.push((element.name().as_ref().to_owned(), String::new()));
                }
            }
            Event::Empty(element) if depth == 1 => {
                all.push((element.name().as_ref().to_owned(), String::new()));
            }
            Event::Text(text) if depth == 2 => all.last_mut()?.1.push_str(&text),
            Event::CData(text) if depth == 2 => all.last_mut()?.1.push_str(&text),
            Event::GeneralRef(name) if depth == 2 => {
                let character = match name.resolve_char_ref().ok()? {
                    Some(character) => character.to_string(),
                    None => quick_xml::escape::resolve_xml_entity(&name)?.to_owned(),
                };
                all.last_mut()?.1.push_str(&character);
            }
            Event::End(_) => depth -= 1,
            Event::Eof => return Some(all),
            _ => {}
        }
    }
}
