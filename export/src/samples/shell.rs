//! What a sample of the shell makes beside curl: a query or a body of its own.

use pyi_codegen::ir::{BodyForm, JsonForm, ParameterPlace, SegmentWord, base_url_variable};

use super::Writer;
use super::escape::form_key;
use super::in_template;

impl Writer<'_> {
    /// Whether the sample encodes a form itself: to sign it, or since curl puts all in the body.
    pub(super) fn encodes_in_shell(&self) -> bool {
        self.needs_query() || (self.needs_body() && self.body_form() == Some(BodyForm::Form))
    }

    /// Whether the body is signed, in the text or as a digest.
    pub(super) fn needs_body(&self) -> bool {
        self.signs(SegmentWord::Body) || self.sends_digest_of_body()
    }

    fn needs_query(&self) -> bool {
        let is_signed = self.signs(SegmentWord::Query) || self.signs(SegmentWord::Target);
        is_signed || (self.body_form().is_some() && self.has_place(ParameterPlace::Query))
    }

    /// The lines that make the query and the body, before they are signed.
    pub(super) fn shell_parts(&self) -> String {
        let mut lines = String::new();
        if self.signs(SegmentWord::Host) {
            lines.push_str(&format!("host=${{{}#*//}}\n", base_url_variable(self.endpoint.host.as_deref())));
        }
        if self.needs_query() {
            let has_body = self.body_form().is_some();
            let form = self.form_in_shell(|place| {
                place == ParameterPlace::Query || (!has_body && place == ParameterPlace::Body)
            });
            lines.push_str(&format!("query=$(printf '%s' {form})\n"));
        }
        let body = match self.body_form() {
            Some(BodyForm::Form) if self.needs_body() => {
                Some(self.form_in_shell(|place| place == ParameterPlace::Body))
            }
            Some(BodyForm::Json) => Some(self.json_in_shell(None)),
            Some(BodyForm::Xml) => Some(self.xml_in_shell(None)),
            Some(BodyForm::Form) => None,
            None if self.needs_body() => Some("''".to_owned()),
            None => None,
        };
        if let Some(body) = body {
            lines.push_str(&format!("body=$(printf '%s' {body})\n"));
        }
        lines
    }

    /// The lines that add the signature to what the sample makes itself.
    pub(super) fn shell_signed_parts(&self) -> String {
        let sign = &self.provider.sign;
        if !self.endpoint.is_signed {
            return String::new();
        }
        let signature = self.signature("\"$sign\"");
        let pair = (sign.parameter.as_str(), signature.as_str());
        match (sign.place, self.body_form()) {
            (ParameterPlace::Body, Some(BodyForm::Json)) => {
                format!("body=$(printf '%s' {})\n", self.json_in_shell(Some(pair)))
            }
            (ParameterPlace::Body, Some(BodyForm::Xml)) => {
                format!("body=$(printf '%s' {})\n", self.xml_in_shell(Some(pair)))
            }
            (ParameterPlace::Query, Some(_)) => {
                let key = self.text(&format!("{}=", form_key(&sign.parameter)));
                format!("query=$query\"${{query:+&}}\"{key}\"$(percent {signature})\"\n")
            }
            _ => String::new(),
        }
    }

    /// The query that is added to the URL of a request with a body.
    pub(super) fn shell_query(&self) -> &'static str {
        if self.body_form().is_some() && self.has_place(ParameterPlace::Query) { "\"?$query\"" } else { "" }
    }

    fn form_in_shell(&self, is_there: impl Fn(ParameterPlace) -> bool) -> String {
        let mut pieces = Vec::new();
        for (parameter, value) in self.sent().filter(|(parameter, _)| is_there(parameter.place)) {
            let join = if pieces.is_empty() { "" } else { "&" };
            pieces.push(self.text(&format!("{join}{}=", form_key(&parameter.name))));
            pieces.push(format!("\"$(form_encoded {})\"", value));
        }
        if pieces.is_empty() { "''".to_owned() } else { pieces.join(" ") }
    }

    /// A JSON object. The app's id, the time and the signature have no character that JSON escapes.
    fn json_in_shell(&self, signature: Option<(&str, &str)>) -> String {
        let mut pieces = vec![self.text("{")];
        let quoted = |text: &str| serde_json::Value::from(text).to_string();
        let mut push = |name: &str, value: &str, json: JsonForm| {
            let join = if pieces.len() == 1 { "" } else { "," };
            let quote = if json == JsonForm::Text { "\"" } else { "" };
            pieces.push(self.text(&format!("{join}{}:{quote}", quoted(name))));
            pieces.push(value.to_owned());
            if json == JsonForm::Text {
                pieces.push(self.text("\""));
            }
        };
        for (parameter, value) in self.sent().filter(|(parameter, _)| parameter.place == ParameterPlace::Body)
        {
            let literal = self.plain_value(parameter).filter(|_| parameter.json == JsonForm::Text);
            let value = match literal {
                Some(text) => {
                    let text = in_template(&parameter.template, &text);
                    let json = quoted(&text);
                    self.text(json.strip_prefix('"').and_then(|json| json.strip_suffix('"')).unwrap_or(&json))
                }
                None => value,
            };
            push(&parameter.name, &value, parameter.json);
        }
        if let Some((name, value)) = signature {
            push(name, value, JsonForm::Text);
        }
        pieces.push(self.text("}"));
        pieces.join(" ")
    }

    fn xml_in_shell(&self, signature: Option<(&str, &str)>) -> String {
        let mut pieces = vec![self.text(&format!("<{}>", self.endpoint.xml_root))];
        for (parameter, value) in self.sent().filter(|(parameter, _)| parameter.place == ParameterPlace::Body)
        {
            let value = match self.plain_value(parameter) {
                Some(text) => {
                    let text = in_template(&parameter.template, &text);
                    self.text(&text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
                }
                None => value,
            };
            pieces.push(self.text(&format!("<{}>", parameter.name)));
            pieces.push(value);
            pieces.push(self.text(&format!("</{}>", parameter.name)));
        }
        if let Some((name, value)) = signature {
            pieces.extend([
                self.text(&format!("<{name}>")),
                value.to_owned(),
                self.text(&format!("</{name}>")),
            ]);
        }
        pieces.push(self.text(&format!("</{}>", self.endpoint.xml_root)));
        pieces.join(" ")
    }

    /// For the shell: the arguments of curl that send the parameters, a line each.
    pub(super) fn arguments(&self) -> String {
        let sign = &self.provider.sign;
        let signature = (sign.parameter.as_str(), sign.place, self.signature("\"$sign\""));
        let sent = self.sent().map(|(parameter, value)| (parameter.name.as_str(), parameter.place, value));
        let is_form = matches!(self.body_form(), None | Some(BodyForm::Form));
        let sends_own_body = self.body_form() == Some(BodyForm::Form) && self.needs_body();
        let mut lines = Vec::new();
        let signature = self.endpoint.is_signed.then_some(signature);
        for (name, place, value) in sent.chain(signature) {
            let of_form = self.text(&format!("{}=", form_key(name)));
            match place {
                ParameterPlace::Header => {
                    lines.push(format!("  --header {}{value} \\", self.text(&format!("{name}: "))));
                }
                // What is signed is sent as it is.
                ParameterPlace::Body if sends_own_body && name != sign.parameter => {}
                ParameterPlace::Body if is_form => {
                    lines.push(format!("  --data-urlencode {of_form}{value} \\"))
                }
                ParameterPlace::Query if self.body_form().is_none() => {
                    lines.push(format!("  --data-urlencode {of_form}{value} \\"));
                }
                _ => {}
            }
        }
        if sends_own_body {
            lines.push("  --data-raw \"$body\" \\".to_owned());
        }
        if let Some(form) = self.body_form().filter(|_| !is_form) {
            let header = self.text(&format!("Content-Type: {}", form.media_type()));
            lines.push(format!("  --header {header} \\"));
            lines.push("  --data-binary \"$body\" \\".to_owned());
        }
        lines.join("\n")
    }
}
