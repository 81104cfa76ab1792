//! Fills in, encodes and signs the parameters of a request.

use std::borrow::Cow;
use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_STANDARD as STANDARD;
use smallvec::SmallVec;

use crate::operation::{BodyForm, Format, JsonForm, Method, Operation, Parameter, ParameterPlace, Source};
use crate::redact::REDACTED;
use crate::request::body_digest::{BodyDigests, body_digests};
use crate::request::canonical::{Material, Pair, canonical_string};
use crate::request::form::{percent_encode, push, push_key, push_plain};
use crate::request::sign::{Credentials, Signature, sign};
use crate::request::template;
use crate::request::times::Times;
pub use crate::request::values::{Dated, Options, Request, Value, Values};
use crate::wire::push_json_text;

/// The values that the client fills in.
#[derive(Clone, Copy)]
pub struct CommonValues<'a> {
    /// The app's id.
    pub app_id: &'a str,
    /// The HTTP method.
    pub method: Method,
    /// The host of the base URL, with its port if it has one.
    pub host: &'a str,
    /// The format of the reply.
    pub format: Format,
    /// The time in unix seconds; `None` leaves it out.
    pub time: Option<i64>,
    /// The milliseconds since the time's second.
    pub millis: u16,
    /// The random digits of the attempt, if the operation has a nonce.
    pub nonce: &'a str,
    /// Whether data made up for testing is requested.
    pub debug: bool,
    /// The account's value of a parameter; empty if it has none.
    pub account: &'a (dyn Fn(&str) -> &'a str + Sync),
    /// The credentials.
    pub sign: &'a Credentials,
}

/// Values of the account may be secrets.
impl fmt::Debug for CommonValues<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CommonValues({REDACTED})")
    }
}

/// An encoded request. It contains a person's data, with the Hash method the secret too, and is
/// never shown.
pub struct Encoded {
    /// The path, with the parameters that are in it; `None` if it is the operation's.
    pub path: Option<String>,
    /// The query of the URL, without its question mark.
    pub query: String,
    /// The body of a POST.
    pub body: String,
    /// Names and values of headers.
    pub headers: Vec<(String, String)>,
    pub(crate) signature: Signature,
}

impl fmt::Debug for Encoded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Encoded({REDACTED})")
    }
}

/// The parts of a request that are written so far.
struct Parts {
    path: Option<String>,
    query: String,
    body: String,
    headers: Vec<(String, String)>,
    /// Where a parameter of the body goes: with a GET, it is in the query.
    body_form: Option<BodyForm>,
}

/// Encodes and signs a request, as a client does for each attempt.
pub fn encode(operation: &Operation<'_>, values: &Values, filled: &CommonValues<'_>) -> Encoded {
    encode_with(operation, values, filled, None)
}

/// The text that is signed, for a signer outside. It has no secret in it, which the client checks.
pub(crate) fn canonical_text(
    operation: &Operation<'_>,
    values: &Values,
    filled: &CommonValues<'_>,
) -> String {
    let mut text = String::new();
    let signature = |material: &Material<'_>| {
        text = canonical_string(&operation.provider.sign, filled.sign, material, "");
        Signature::Secret
    };
    encode_by(operation, values, filled, signature);
    text
}

/// As [`encode`], with a signature that a signer made.
pub(crate) fn encode_with(
    operation: &Operation<'_>,
    values: &Values,
    filled: &CommonValues<'_>,
    made: Option<Signature>,
) -> Encoded {
    let scheme = &operation.provider.sign;
    encode_by(operation, values, filled, |material| {
        made.unwrap_or_else(|| sign(scheme, filled.sign, material))
    })
}

fn encode_by(
    operation: &Operation<'_>,
    values: &Values,
    filled: &CommonValues<'_>,
    signature: impl FnOnce(&Material<'_>) -> Signature,
) -> Encoded {
    let scheme = &operation.provider.sign;
    let times = Times::new(operation, filled.time, filled.millis);
    let is_json = filled.method.has_body() && operation.body == BodyForm::Json;
    let room = 3 * values.text_length() + 24 * (operation.parameters.len() + 2);
    let mut parts = Parts {
        path: None,
        query: String::new(),
        body: String::new(),
        headers: Vec::new(),
        body_form: filled.method.has_body().then_some(operation.body),
    };
    let main = if parts.body_form.is_some() { &mut parts.body } else { &mut parts.query };
    main.reserve(room);
    // A value in base64 is a text of its own.
    let in_base64 = |parameter: &Parameter<'_>| match parameter.source {
        Source::Request(index) if parameter.is_in_base64 => {
            let value = Some(values.get(index)).filter(|value| !value.is_empty());
            STANDARD.encode(value.unwrap_or(parameter.default))
        }
        _ => String::new(),
    };
    let has_base64 = operation.parameters.iter().any(|parameter| parameter.is_in_base64);
    let base64: Vec<String> =
        if has_base64 { operation.parameters.iter().map(in_base64).collect() } else { Vec::new() };
    let mut has_digests = false;
    let digests: BodyDigests<'_>;
    let mut pairs: SmallVec<[Pair<'_>; 12]> = SmallVec::new();
    for (position, parameter) in operation.parameters.iter().enumerate() {
        let value = match parameter.source {
            _ if parameter.is_in_base64 => base64.get(position).map_or("", String::as_str),
            Source::AppId => filled.app_id,
            Source::Format => filled.format.as_str(),
            Source::Clock => times.of(parameter.form),
            Source::Nonce(_) => filled.nonce,
            // The text that is signed has the secret in its place.
            Source::Secret => SECRET,
            Source::SignMethod => filled.sign.method().as_str(),
            Source::Account => (filled.account)(parameter.name),
            Source::Body(..) => {
                has_digests = true;
                continue;
            }
            Source::Constant => "",
            Source::Debug if filled.debug => "1",
            Source::Debug => "",
            Source::Request(index) => values.get(index),
        };
        let value = match parameter.words {
            _ if value.is_empty() => parameter.default,
            [] => value,
            words => words.iter().find(|(word, _)| *word == value).map_or(value, |(_, own)| own),
        };
        if value.is_empty() && (scheme.skip_empty || !parameter.required) {
            continue;
        }
        let value = if is_json { parameter.json.literal(value) } else { value };
        let Parameter { name, template, is_signed, .. } = *parameter;
        pairs.push(Pair { name, value, template, is_signed });
        match (parameter.place, parts.body_form) {
            (ParameterPlace::Body, None) if parameter.template.is_empty() && parameter.has_plain_name => {
                push_plain(&mut parts.query, parameter.name, value);
            }
            (ParameterPlace::Body, Some(BodyForm::Form))
                if parameter.template.is_empty() && parameter.has_plain_name =>
            {
                push_plain(&mut parts.body, parameter.name, value);
            }
            _ => parts.push(operation, parameter, value),
        }
    }
    parts.close(operation.xml_root);
    digests = if has_digests { body_digests(operation, &parts.body) } else { SmallVec::new() };
    for (parameter, digest) in &digests {
        let Parameter { name, template, .. } = **parameter;
        pairs.push(Pair { name, value: digest, template, is_signed: false });
        parts.push(operation, parameter, digest);
    }
    let material = Material {
        method: filled.method.as_str(),
        host: filled.host,
        path: parts.path.as_deref().unwrap_or(operation.path),
        query: &parts.query,
        body: &parts.body,
        app_id: filled.app_id,
        pairs: &pairs,
    };
    let signature = signature(&material);
    if operation.is_signed {
        parts.push_signature(operation, &signature, filled, &pairs);
    }
    let Parts { path, query, body, headers, .. } = parts;
    Encoded { path, query, body, headers, signature }
}

impl Parts {
    /// Writes a parameter where it belongs.
    fn push(&mut self, operation: &Operation<'_>, parameter: &Parameter<'_>, value: &str) {
        let Parameter { name, place, template, json, .. } = *parameter;
        match place {
            ParameterPlace::Header => {
                self.headers.push((name.to_owned(), templated(template, value).into_owned()));
            }
            ParameterPlace::Path => {
                let path = self.path.get_or_insert_with(|| operation.path.to_owned());
                let mut encoded = String::new();
                percent_encode(&templated(template, value), &mut |piece| encoded.push_str(piece));
                *path = path.replace(&format!("{{{name}}}"), &encoded);
            }
            ParameterPlace::Query => push(&mut self.query, name, &templated(template, value)),
            ParameterPlace::Sign => {}
            ParameterPlace::Body => {
                self.push_body(name, &templated(template, value), json, operation.xml_root);
            }
        }
    }

    fn push_body(&mut self, name: &str, value: &str, json: JsonForm, root: &str) {
        match self.body_form {
            None => push(&mut self.query, name, value),
            Some(BodyForm::Form) => push(&mut self.body, name, value),
            Some(BodyForm::Json) => {
                self.body.push(if self.body.is_empty() { '{' } else { ',' });
                push_json_text(&mut self.body, name);
                self.body.push(':');
                match json {
                    JsonForm::Text => push_json_text(&mut self.body, value),
                    JsonForm::Raw | JsonForm::Boolean => self.body.push_str(value),
                }
            }
            Some(BodyForm::Xml) => {
                if self.body.is_empty() {
                    self.body.extend(["<", root, ">"]);
                }
                let value = quick_xml::escape::escape(value);
                self.body.extend(["<", name, ">", &value, "</", name, ">"]);
            }
        }
    }

    /// Ends a body, so that it can be signed. One that carries its signature is opened again.
    fn close(&mut self, root: &str) {
        match self.body_form {
            Some(BodyForm::Json) if self.body.is_empty() => self.body.push_str("{}"),
            Some(BodyForm::Json) => self.body.push('}'),
            Some(BodyForm::Xml) if self.body.is_empty() => self.body.extend(["<", root, "></", root, ">"]),
            Some(BodyForm::Xml) => self.body.extend(["</", root, ">"]),
            Some(BodyForm::Form) | None => {}
        }
    }

    fn push_signature(
        &mut self,
        operation: &Operation<'_>,
        signature: &Signature,
        filled: &CommonValues<'_>,
        pairs: &[Pair<'_>],
    ) {
        let scheme = &operation.provider.sign;
        let (name, text) = (scheme.parameter, signature.text(filled.sign));
        let mut written = in_its_text(scheme.template, text, filled.app_id, pairs);
        if scheme.is_in_base64 {
            written = STANDARD.encode(&*written).into();
        }
        match scheme.place {
            ParameterPlace::Header => self.headers.push((name.to_owned(), written.into_owned())),
            ParameterPlace::Query => push(&mut self.query, name, &written),
            ParameterPlace::Path | ParameterPlace::Sign => {}
            ParameterPlace::Body => match (self.body_form, signature) {
                // Hexadecimal digits need no encoding.
                (None | Some(BodyForm::Form), Signature::Hex(..))
                    if scheme.template.is_empty() && !scheme.is_in_base64 =>
                {
                    let form = if self.body_form.is_some() { &mut self.body } else { &mut self.query };
                    push_key(form, name);
                    form.push_str(text);
                }
                _ => {
                    self.reopen(operation.xml_root);
                    self.push_body(name, &written, JsonForm::Text, operation.xml_root);
                    self.close(operation.xml_root);
                }
            },
        }
    }

    fn reopen(&mut self, root: &str) {
        let end = match self.body_form {
            Some(BodyForm::Json) if self.body == "{}" => "{}".len(),
            Some(BodyForm::Json) => "}".len(),
            Some(BodyForm::Xml) => root.len() + "</>".len(),
            Some(BodyForm::Form) | None => 0,
        };
        self.body.truncate(self.body.len().saturating_sub(end));
    }
}

/// A signature in its template, which may have the app's id and parameters.
fn in_its_text<'v>(template: &str, signature: &'v str, app_id: &str, pairs: &[Pair<'_>]) -> Cow<'v, str> {
    if template.is_empty() {
        return signature.into();
    }
    let value_of = |name: &str| match name {
        "value" => Cow::from(signature),
        "app_id" => app_id.into(),
        name => pairs.iter().find(|pair| pair.name == name).map(Pair::sent).unwrap_or_default().into(),
    };
    template::fill(template, value_of).into()
}

/// A value in its template; an empty template is the value alone.
fn templated<'v>(template: &str, value: &'v str) -> Cow<'v, str> {
    if template.is_empty() { value.into() } else { template.replace(VALUE, value).into() }
}

/// The place of the value in a template.
pub(crate) const VALUE: &str = "{value}";

/// The template, and the value, of a parameter that is the secret: the text that is signed has the
/// secret in its place, and nothing else has it.
pub(crate) const SECRET: &str = "{secret}";

/// The place of the app's id in the template of a signature.
pub(crate) const APP_ID: &str = "{app_id}";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operation::Format;
    use crate::request::check::missing;
    use crate::test_operation::OPERATION;

    fn form(values: &Values, time: Option<i64>, debug: bool) -> String {
        let sign = Credentials::hash("the-secret");
        let filled = CommonValues {
            app_id: "1",
            method: Method::Post,
            host: "host.invalid",
            format: Format::Json,
            time,
            millis: 0,
            nonce: "",
            debug,
            account: &|_| "",
            sign: &sign,
        };
        encode(&OPERATION, values, &filled).body
    }

    #[test]
    fn parameters_are_filled_in_and_the_signature_is_last() {
        let values = Values::of(&[&"a", &None::<i64>]);
        assert_eq!(form(&values, None, false), "appid=1&city=a&page=1&sign=the-secret");
        assert_eq!(
            form(&Values::of(&[&"a", &2_i64]), Some(-5), true),
            "appid=1&city=a&debug=1&page=2&time=-5&sign=the-secret"
        );
    }

    /// As PHP's `http_build_query` encodes it.
    #[test]
    fn values_are_form_encoded() {
        let values = Values::of(&[&" +&=%~*-._张\n", &""]);
        let encoded = "city=+%2B%26%3D%25%7E*-._%E5%BC%A0%0A&";
        assert!(form(&values, None, false).contains(encoded));
    }

    #[test]
    fn a_required_value_is_missed() {
        assert_eq!(missing(&OPERATION, &Values::of(&[&"", &2_i64])).map(|found| found.name), Some("city"));
        assert!(missing(&OPERATION, &Values::of(&[&"a"])).is_none());
    }
}
