//! The parameters of a sample's request: their values, where each is sent, and the body, the query
//! and the path that they make.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyi_codegen::ir::{
    BodyForm, CommonSource, Encoding, Field, JsonForm, KeyEncoding, Method, NonceForm, Parameter,
    ParameterPlace, Signing, Source,
};

use super::{Lang, Writer, example, signature};

impl Writer<'_> {
    pub(super) fn method(&self) -> Method {
        self.endpoint.methods.first().copied().unwrap_or(Method::Post)
    }

    /// How the body is written; `None` with a GET, which has none.
    pub(super) fn body_form(&self) -> Option<BodyForm> {
        self.method().has_body().then_some(self.endpoint.body)
    }

    pub(super) fn required(&self) -> impl Iterator<Item = &Field> {
        self.endpoint.request.iter().filter(|field| !field.optional)
    }

    /// The parameters in signing order with their values, as the client sends them for the
    /// examples: of what may be left out, what has a default, and the time.
    pub(super) fn sent(&self) -> impl Iterator<Item = (&Parameter, String)> {
        self.endpoint.parameters.iter().filter_map(|parameter| Some((parameter, self.value_of(parameter)?)))
    }

    /// The text that is sent, as an expression.
    pub(super) fn value_of(&self, parameter: &Parameter) -> Option<String> {
        Some(self.templated(&parameter.template, &self.bare_value_of(parameter)?))
    }

    fn bare_value_of(&self, parameter: &Parameter) -> Option<String> {
        let literal = |value: &str| match (self.body_form(), parameter.json, value) {
            _ if parameter.is_in_base64 => self.text(&BASE64_STANDARD.encode(value)),
            (Some(BodyForm::Json), JsonForm::Boolean, "1") => self.text("true"),
            (Some(BodyForm::Json), JsonForm::Boolean, "0") => self.text("false"),
            _ => self.text(value),
        };
        Some(match parameter.source {
            Source::Common(CommonSource::Debug) => return None,
            Source::Common(CommonSource::Account) if !parameter.required => return None,
            Source::Common(from) => self.filled(from, parameter),
            Source::Constant => self.text(&parameter.default),
            Source::Secret => self.secret().to_owned(),
            Source::Request(index) => match self.endpoint.request.get(index)? {
                field if !field.optional => literal(&example(self.provider, field)),
                _ if parameter.default.is_empty() => return None,
                _ => literal(&parameter.default),
            },
        })
    }

    /// Whether the parameters of a place are in a variable of their own.
    pub(super) fn has_place(&self, place: ParameterPlace) -> bool {
        self.sent().any(|(parameter, _)| parameter.place == place)
            || (self.endpoint.is_signed && self.provider.sign.place == place)
    }

    /// Whether a call sends the app's id.
    pub(super) fn has_app_id(&self) -> bool {
        self.sent().any(|(parameter, _)| parameter.source == Source::Common(CommonSource::AppId))
            || self.signs_app_id()
    }

    /// The marks of a template's lines that say where parameters are.
    pub(super) fn request_marks(&self) -> [&'static str; 8] {
        let mark = |is_set: bool, mark: &'static str| if is_set { mark } else { "" };
        let nonce =
            |(parameter, _): (&Parameter, String)| parameter.source == Source::Common(CommonSource::Nonce);
        let is_form = matches!(self.body_form(), None | Some(BodyForm::Form));
        let is_beside = |(parameter, _): (&Parameter, String)| self.variable(parameter) == Some("beside");
        [
            mark(self.endpoint.is_signed && self.sent().any(is_beside), "BESIDE"),
            mark(!self.unsigned().is_empty(), "UNSIGNED"),
            mark(self.has_place(ParameterPlace::Query), "QUERY"),
            mark(self.has_place(ParameterPlace::Header) || !is_form, "HEADERS"),
            mark(self.sent().any(nonce), "NONCE"),
            mark(self.has_app_id(), "APP"),
            mark(self.body_form() == Some(BodyForm::Xml), "XML"),
            mark(
                self.body_form() == Some(BodyForm::Form) && !self.has_place(ParameterPlace::Header),
                "POSTFORM",
            ),
        ]
    }

    /// Whether a header is a digest of the body.
    pub(super) fn sends_digest_of_body(&self) -> bool {
        self.digests_of_body().next().is_some()
    }

    fn digests_of_body(&self) -> impl Iterator<Item = Encoding> {
        self.endpoint.parameters.iter().filter_map(|parameter| match parameter.source {
            Source::Common(from) => from.body_digest().map(|(_, encoding)| encoding),
            _ => None,
        })
    }

    /// Whether something that is sent is written in base64.
    pub(super) fn uses_base64(&self) -> bool {
        let sign = &self.provider.sign;
        let is_basic = signature::method(sign).signing() == Signing::Basic;
        let mut encodings = self.digests_of_body().chain([sign.encoding]);
        is_basic
            || sign.key_encoding == KeyEncoding::Base64
            || sign.is_in_base64
            || encodings.any(|encoding| encoding != Encoding::Hex)
    }

    /// The name of the variable that a parameter's value is in, until it is encoded.
    pub(super) fn variable(&self, parameter: &Parameter) -> Option<&'static str> {
        match parameter.place {
            ParameterPlace::Body if parameter.is_signed => Some("fields"),
            ParameterPlace::Query => Some("query"),
            ParameterPlace::Header => Some("headers"),
            // The body that a digest is of is whole when the text is made.
            ParameterPlace::Sign if !is_digest_of_body(parameter) => Some("beside"),
            ParameterPlace::Body | ParameterPlace::Path | ParameterPlace::Sign => None,
        }
    }

    /// The lines that add what is not sent to what is signed.
    pub(super) fn signed_beside(&self) -> String {
        let beside = self
            .sent()
            .filter(|(parameter, _)| parameter.is_signed && self.variable(parameter) == Some("beside"));
        beside
            .map(|(parameter, _)| {
                let value = self.entry("beside", &parameter.name);
                match self.lang {
                    Lang::JavaScript => format!("signed.push([{}, {value}]);\n", self.text(&parameter.name)),
                    _ => self.set("signed", &parameter.name, &value),
                }
            })
            .collect()
    }

    /// How the nonce is written, if there is one.
    pub(super) fn nonce_form(&self) -> NonceForm {
        let is_nonce = |parameter: &&Parameter| parameter.source == Source::Common(CommonSource::Nonce);
        self.endpoint.parameters.iter().find(is_nonce).map_or(NonceForm::Hex, |parameter| parameter.nonce)
    }

    /// What makes the nonce.
    pub(super) fn nonce_import(&self) -> &'static str {
        match (self.nonce_form(), self.lang) {
            (NonceForm::Uuid, Lang::Python) => "uuid",
            (_, Lang::Python) => "secrets",
            (NonceForm::Hex, _) => "randomBytes",
            (NonceForm::Digits, _) => "randomInt",
            (NonceForm::Uuid, _) => "randomUUID",
        }
    }

    /// The parameters in a variable, one per line.
    pub(super) fn entries(&self, variable: &str) -> String {
        if self.lang == Lang::Rust {
            let lines =
                self.required().map(|field| format!("        {}: {},", field.rust, self.literal(field)));
            return lines.collect::<Vec<String>>().join("\n");
        }
        let sent = self.sent().filter(|(parameter, _)| self.variable(parameter) == Some(variable));
        let mut lines: Vec<String> = sent
            .map(|(parameter, value)| {
                let key = self.text(&parameter.name);
                match self.lang {
                    Lang::Php => format!("    {key} => {value},"),
                    Lang::JavaScript => format!("  [{key}, {value}],"),
                    _ => format!("    {key}: {value},"),
                }
            })
            .collect();
        if variable == "headers"
            && let Some(form) = self.body_form()
        {
            let (key, value) = (self.text("Content-Type"), self.text(form.media_type()));
            lines.push(match self.lang {
                Lang::Php => format!("    {key} => {value},"),
                Lang::JavaScript => format!("  [{key}, {value}],"),
                _ => format!("    {key}: {value},"),
            });
        }
        lines.join("\n")
    }

    /// An entry of a variable.
    pub(super) fn entry(&self, variable: &str, name: &str) -> String {
        let name = self.text(name);
        match self.lang {
            Lang::Php => format!("${variable}[{name}]"),
            Lang::JavaScript => format!("{variable}.get({name})"),
            _ => format!("{variable}[{name}]"),
        }
    }

    fn set(&self, variable: &str, name: &str, value: &str) -> String {
        let name = self.text(name);
        match self.lang {
            Lang::Php => format!("${variable}[{name}] = {value};\n"),
            Lang::JavaScript => format!("{variable}.set({name}, {value});\n"),
            _ => format!("{variable}[{name}] = {value}\n"),
        }
    }

    /// What is sent in the body and not signed, added once the pairs are made.
    pub(super) fn unsigned(&self) -> String {
        let unsigned = self.sent().filter(|(parameter, _)| {
            parameter.place == ParameterPlace::Body && self.variable(parameter).is_none()
        });
        unsigned.map(|(parameter, value)| self.set("fields", &parameter.name, &value)).collect()
    }

    /// The signature in its variable.
    pub(super) fn completed(&self, digest: &str) -> String {
        let sign = &self.provider.sign;
        let variable = match sign.place {
            ParameterPlace::Header => "headers",
            ParameterPlace::Query => "query",
            ParameterPlace::Body | ParameterPlace::Path | ParameterPlace::Sign => "fields",
        };
        match self.endpoint.is_signed {
            true => self.set(variable, &sign.parameter, &self.signature(digest)),
            false => String::new(),
        }
    }

    /// The text that carries a signature, as an expression.
    pub(super) fn signature(&self, digest: &str) -> String {
        let sign = &self.provider.sign;
        let text = self.templated(&sign.template, digest);
        match (sign.is_in_base64, self.lang) {
            (false, _) => text,
            (true, Lang::Curl) => format!("\"$(printf '%s' {text} | openssl base64 -A)\""),
            (true, Lang::Php) => format!("base64_encode({text})"),
            (true, Lang::Python) => format!("base64.b64encode(({text}).encode()).decode()"),
            (true, _) => format!("Buffer.from({text}).toString('base64')"),
        }
    }

    /// A value in its template, as an expression. That of the signature may have the app's id and
    /// parameters in it.
    pub(super) fn templated(&self, template: &str, value: &str) -> String {
        if !template.contains("{value}") {
            return value.to_owned();
        }
        let mut pieces = Vec::new();
        let mut rest = template;
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            if !before.is_empty() {
                pieces.push(self.text(before));
            }
            pieces.push(match name {
                "value" => value.to_owned(),
                "app_id" => self.app_id().to_owned(),
                name => self.named(|parameter| parameter.name == name),
            });
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(self.text(rest));
        }
        self.joined(&pieces)
    }

    /// Pieces of a text, joined by the language's operator.
    pub(super) fn joined(&self, pieces: &[String]) -> String {
        match (pieces, self.lang) {
            ([], _) => self.text(""),
            (pieces, Lang::Curl) => pieces.concat(),
            (pieces, Lang::Php) => pieces.join(" . "),
            (pieces, _) => pieces.join(" + "),
        }
    }
}

fn is_digest_of_body(parameter: &Parameter) -> bool {
    matches!(parameter.source, Source::Common(from) if from.body_digest().is_some())
}
