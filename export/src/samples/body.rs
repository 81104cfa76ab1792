//! The path, the query and the body that a sample's parameters make, as expressions.

use pyi_codegen::ir::{BodyForm, JsonForm, ParameterPlace};

use super::{Lang, Writer};

impl Writer<'_> {
    /// The path, with the parameters that are in it.
    pub(super) fn path(&self) -> String {
        let mut pieces = Vec::new();
        let mut rest = self.endpoint.path.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else { break };
            if !before.is_empty() {
                pieces.push(self.text(before));
            }
            let value = self.sent().find(|(parameter, _)| parameter.name == name).map(|(_, value)| value);
            pieces.push(self.percent(&value.unwrap_or_else(|| self.text(""))));
            rest = after;
        }
        if !rest.is_empty() {
            pieces.push(self.text(rest));
        }
        self.joined(&pieces)
    }

    /// The query as it is sent, as an expression; empty for none. With the signature or without it.
    pub(super) fn query(&self, with_signature: bool) -> String {
        let is_there = |place: ParameterPlace| match place {
            ParameterPlace::Query => true,
            ParameterPlace::Body => !self.method().has_body(),
            ParameterPlace::Header | ParameterPlace::Path | ParameterPlace::Sign => false,
        };
        let of_sign = with_signature && self.endpoint.is_signed && is_there(self.provider.sign.place);
        if !of_sign && !self.sent().any(|(parameter, _)| is_there(parameter.place)) {
            return String::new();
        }
        let has_query = self.has_place(ParameterPlace::Query);
        let fields = match (self.method().has_body(), has_query, self.lang) {
            (true, false, _) => return String::new(),
            (true, true, Lang::Php) => "$query",
            (true, true, _) => "query",
            (false, false, Lang::Php) => "$fields",
            (false, false, _) => "fields",
            (false, true, Lang::Php) => "array_merge($fields, $query)",
            (false, true, Lang::JavaScript) => "[...fields, ...query]",
            (false, true, _) => "{**fields, **query}",
        };
        self.form(fields)
    }

    fn form(&self, fields: &str) -> String {
        match self.lang {
            Lang::Php => format!("http_build_query({fields}, '', '&')"),
            Lang::JavaScript => format!("new URLSearchParams([...{fields}]).toString()"),
            _ => format!("urllib.parse.urlencode({fields})"),
        }
    }

    /// The body as it is sent, as an expression; empty for none.
    pub(super) fn body(&self) -> String {
        let Some(form) = self.body_form() else { return String::new() };
        let raw: Vec<String> = self
            .endpoint
            .parameters
            .iter()
            .filter(|parameter| {
                parameter.json != JsonForm::Text
                    && parameter.place == ParameterPlace::Body
                    && self.value_of(parameter).is_some()
            })
            .map(|parameter| self.text(&parameter.name))
            .collect();
        let raw = raw.join(", ");
        match (form, self.lang) {
            (BodyForm::Form, Lang::Php) => self.form("$fields"),
            (BodyForm::Form, _) => self.form("fields"),
            // A number is written as the example has it: what is signed may have its text.
            (BodyForm::Json, Lang::Php) if raw.is_empty() => {
                "json_encode((object) $fields, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES)".to_owned()
            }
            (BodyForm::Json, Lang::Php) => format!(
                "'{{' . implode(',', array_map(fn ($key) => json_encode($key) . ':' . (in_array($key, [{raw}], true) ? $fields[$key] : \
                 json_encode($fields[$key], JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES)), array_keys($fields))) . '}}'"
            ),
            (BodyForm::Json, Lang::JavaScript) if raw.is_empty() => {
                "JSON.stringify(Object.fromEntries(fields))".to_owned()
            }
            (BodyForm::Json, Lang::JavaScript) => format!(
                "'{{' + [...fields].map(([key, value]) => JSON.stringify(key) + ':' + ([{raw}].includes(key) ? value : \
                 JSON.stringify(value))).join(',') + '}}'"
            ),
            (BodyForm::Json, _) if raw.is_empty() => {
                "json.dumps(fields, ensure_ascii=False, separators=(\",\", \":\"))".to_owned()
            }
            (BodyForm::Json, _) => format!(
                "\"{{\" + \",\".join(json.dumps(key) + \":\" + (value if key in [{raw}] else json.dumps(value, ensure_ascii=False)) for key, \
                 value in fields.items()) + \"}}\""
            ),
            (BodyForm::Xml, lang) => {
                let root = &self.endpoint.xml_root;
                let (start, end) = (self.text(&format!("<{root}>")), self.text(&format!("</{root}>")));
                match lang {
                    Lang::Php => format!(
                        "{start} . implode('', array_map(fn ($key) => \"<$key>\" . htmlspecialchars($fields[$key], ENT_XML1) . \
                         \"</$key>\", array_keys($fields))) . {end}"
                    ),
                    Lang::JavaScript => format!(
                        "{start} + [...fields].map(([key, value]) => `<${{key}}>${{value.replace(/&/g, '&amp;').replace(/</g, \
                         '&lt;').replace(/>/g, '&gt;')}}</${{key}}>`).join('') + {end}"
                    ),
                    _ => format!(
                        "{start} + \"\".join(f\"<{{key}}>{{escape(value)}}</{{key}}>\" for key, value in fields.items()) + {end}"
                    ),
                }
            }
        }
    }
}
