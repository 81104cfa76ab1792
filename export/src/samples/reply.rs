//! Where a sample finds the parts of a reply: the status, the message, the payload.

use pyi_codegen::ir::{Envelope, Format, Pointer, StatusClass, StatusCode};

use super::escape::pattern;
use super::{Lang, Writer};

impl Writer<'_> {
    /// Whether the status is a number, and all parts are outer members of the reply. Most
    /// providers' are, and their samples have no function to find them.
    fn is_plain(&self) -> bool {
        let envelope = &self.endpoint.envelope;
        let is_member = |place: &String| matches!(Pointer::of(place), Pointer::Member(_));
        let is_single = matches!(envelope.status.as_slice(), [place] if is_member(place));
        let are_numbers = self.provider.all_statuses().iter().all(|status| status.code.number().is_some());
        let is_path = |place: &String| matches!(Pointer::of(place), Pointer::Path(_));
        let is_read_as_it_is = envelope.json_text.is_empty();
        let are_outer = is_read_as_it_is && !envelope.message.iter().chain([&envelope.data]).any(is_path);
        is_single && are_numbers && are_outer && envelope.message.len() < 2 && envelope.absent.is_none()
    }

    /// The marks of a template's lines that say where the status is.
    pub(super) fn reply_marks(&self) -> [&'static str; 6] {
        let Envelope { status, absent, json_text, empty, .. } = &self.endpoint.envelope;
        let is_success = |code: &StatusCode| {
            let known = self.provider.all_statuses().into_iter();
            known.into_iter().any(|status| status.code == *code && status.class == StatusClass::Data)
        };
        let is_empty = empty.as_ref().is_some_and(is_success);
        let is_of_http = status.last().is_some_and(|place| Pointer::of(place) == Pointer::HttpStatus);
        let mark = |is_set: bool, mark: &'static str| if is_set { mark } else { "" };
        [
            if self.is_plain() { "PLAIN" } else { "FIND" },
            mark(is_of_http || absent.is_some() || is_empty, "HTTP"),
            mark(is_empty, "EMPTY"),
            mark(!json_text.is_empty(), "JSONTEXT"),
            mark(is_of_http, "FALLBACK"),
            mark(absent.is_some(), "ABSENT"),
        ]
    }

    /// Value of a placeholder of the reply.
    pub(super) fn reply_part(&self, name: &str) -> Option<String> {
        let Envelope { status, absent, proof, message, data, .. } = &self.endpoint.envelope;
        Some(match name {
            "status" => self.text(status.first().map_or("", |place| place)),
            "find_code" => self.find_in_shell(status),
            "reply_begins" if self.is_xml() => "'<'*".to_owned(),
            "reply_begins" if Pointer::of(data) == Pointer::Whole => "'{'* | '['*".to_owned(),
            "reply_begins" => "'{'*".to_owned(),
            "places" => self.places(status),
            "json_text" => {
                let places: Vec<String> =
                    self.endpoint.envelope.json_text.iter().map(|place| self.list(place)).collect();
                match self.lang {
                    Lang::Python if places.len() == 1 => format!("({},)", places.concat()),
                    Lang::Python => format!("({})", places.join(", ")),
                    _ => format!("[{}]", places.join(", ")),
                }
            }
            "absent" => self.text(&absent.map(|code| code.to_string()).unwrap_or_default()),
            "shell_proof" => self.shell_proof(proof.as_ref().unwrap_or(data)),
            "proof" => self.value(proof.as_ref().unwrap_or(data)),
            "proof_words" => (if proof.is_some() { "what proves it" } else { "its payload" }).to_owned(),
            "reply_type" => self.reply_type(status),
            "message" => self.message(message),
            "data" => self.value(data),
            "successes" => self.successes(),
            _ => return None,
        })
    }

    fn successes(&self) -> String {
        let statuses = self.provider.all_statuses().into_iter();
        let codes = statuses.filter(|status| status.class == StatusClass::Data).map(|status| {
            let code = status.code.to_string();
            if self.is_plain() { code } else { self.text(&code) }
        });
        codes.collect::<Vec<String>>().join(if self.lang == Lang::Curl { "|" } else { ", " })
    }

    /// The members of places, as arguments.
    fn places(&self, places: &[String]) -> String {
        let members = places.iter().filter(|place| Pointer::of(place).members().next().is_some());
        members.map(|place| self.list(place)).collect::<Vec<String>>().join(", ")
    }

    /// For the shell, the lines that find the status: in the outer members, or anywhere in the
    /// reply for one that is inside of others.
    fn find_in_shell(&self, status: &[String]) -> String {
        let value = if self.is_plain() { "-\\{0,1\\}[0-9][0-9]*" } else { "[^\",{}]*" };
        let before = if self.is_xml() {
            r"s/^<[^>]*>\(<!\[CDATA\[\)\{0,1\}//"
        } else {
            r#"s/^"[^"]*" *: *"\{0,1\}//"#
        };
        let mut lines = String::new();
        if !self.is_xml() {
            lines.push_str(
                "outer=$(printf '%s' \"$reply\" | tr -d '\\n' | sed -e ':a' -e 's/\\(.\\){[^{}]*}/\\1_/' -e 's/\\[[^][]*\\]/_/' -e 'ta')\n",
            );
        }
        lines.push_str("code=\n");
        for place in status {
            let pointer = Pointer::of(place);
            let text = match pointer {
                Pointer::Whole | Pointer::HttpStatus => continue,
                // A name with brackets is not among what is left of the others.
                Pointer::Member(name) if !self.is_xml() && !name.contains(['{', '}', '[', ']']) => "outer",
                Pointer::Member(_) | Pointer::Path(_) => "reply",
            };
            let (pattern, before) = (self.text(&self.member_pattern(place, value)), self.text(before));
            lines.push_str(&format!(
                "[ -n \"$code\" ] || code=$(printf '%s' \"${text}\" | grep -o {pattern} | head -n 1 | sed {before})\n"
            ));
        }
        lines.trim_end().to_owned()
    }

    fn list(&self, place: &str) -> String {
        let names: Vec<String> = Pointer::of(place).members().map(|name| self.text(name)).collect();
        match (self.lang, names.as_slice()) {
            (Lang::Python, []) => "()".to_owned(),
            (Lang::Python, [name]) => format!("({name},)"),
            (Lang::Python, names) => format!("({})", names.join(", ")),
            (_, names) => format!("[{}]", names.join(", ")),
        }
    }

    /// Whether a reply is one that HTTP's status can be of.
    fn reply_type(&self, status: &[String]) -> String {
        let alone = status.len() == 1 || Pointer::of(&self.endpoint.envelope.data) == Pointer::Whole;
        match self.lang {
            Lang::Python if alone => "object",
            Lang::Python => "dict",
            Lang::Php if alone => "true",
            Lang::Php => "!isset($reply[0])",
            _ if alone => "true",
            _ => "!Array.isArray(reply) && typeof reply === 'object'",
        }
        .to_owned()
    }

    fn message(&self, message: &[String]) -> String {
        match (message, self.lang) {
            ([], Lang::Python) => "None".to_owned(),
            ([], _) => "null".to_owned(),
            ([place], _) if matches!(Pointer::of(place), Pointer::Member(_)) => self.value(place),
            (places, Lang::Php) => format!("find($reply, {})", self.places(places)),
            (places, _) => format!("find(reply, {})", self.places(places)),
        }
    }

    /// What is at a place of the reply, as an expression.
    fn value(&self, place: &str) -> String {
        let names = Pointer::of(place).members().map(|name| self.text(name));
        match (Pointer::of(place), self.lang) {
            (Pointer::Whole | Pointer::HttpStatus, Lang::Php) => "$reply".to_owned(),
            (Pointer::Whole | Pointer::HttpStatus, _) => "reply".to_owned(),
            (Pointer::Path(_), Lang::Php) => format!("find($reply, {})", self.list(place)),
            (Pointer::Path(_), _) => format!("find(reply, {})", self.list(place)),
            (Pointer::Member(_), Lang::Python) => names.map(|name| format!("reply.get({name})")).collect(),
            (Pointer::Member(_), Lang::Php) => names.map(|name| format!("$reply[{name}] ?? null")).collect(),
            (Pointer::Member(_), _) => names.map(|name| format!("reply[{name}]")).collect(),
        }
    }

    /// The pattern of a reply that has a payload, for a `case` of the shell. For the shell, the
    /// pattern of a reply that has a part. A payload that is the whole reply is an object or a
    /// list.
    fn shell_proof(&self, place: &str) -> String {
        match Pointer::of(place).members().last() {
            Some(name) => format!("*{}*", self.text(&format!("\"{name}\""))),
            None => "'{'* | '['*".to_owned(),
        }
    }

    fn is_xml(&self) -> bool {
        self.reply_format() == Format::Xml
    }

    /// The pattern of a member with its value, for `grep`.
    fn member_pattern(&self, place: &str, value: &str) -> String {
        let name = Pointer::of(place).members().last().unwrap_or_default();
        if self.is_xml() {
            return format!(r"<{}>\(<!\[CDATA\[\)\{{0,1\}}[^]<]*", pattern(name));
        }
        format!(r#""{}" *: *"\{{0,1\}}{value}"#, pattern(name))
    }
}
