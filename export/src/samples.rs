//! A request of an endpoint as a program in another language, ready to run: signed, form-encoded,
//! over verified TLS, with a check of the status before the data. The request uses the examples of
//! the spec.
//!
//! The programs read the host, the app id and the secret from the variables of `pyi call`:
//! PYI_BASE_URL, PYI_APP_ID, PYI_SECRET. They print the payload. The exit code is 3 for a status
//! without data and 5 if it is unknown whether the exchange was billed.
//!
//! Each language has a template under `samples/`. A template is filled in one pass, so a value that
//! contains a placeholder is not expanded. `escape` writes the spec's texts.

mod body;
mod canonical;
mod escape;
mod reply;
mod request;
mod shell;
mod signature;
mod values;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyi_codegen::ir::{
    CommonSource, Endpoint, Field, Format, Method, Parameter, ParameterOrder, Provider, Signing, Source,
    Type, account_variable, base_url_variable,
};
use pyi_dynamic::canonical_value;

use self::escape::{comment, literal};

/// Language of a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// A shell script that calls curl.
    Curl,
    /// PHP 8, without extensions; SM3 needs that of OpenSSL.
    Php,
    /// Python 3, with its standard library only.
    Python,
    /// JavaScript for Node.js 18 or later.
    JavaScript,
    /// Rust, with the generated crate.
    Rust,
}

impl Lang {
    /// Every language with its name on the command line.
    pub const ALL: [(&'static str, Self); 5] = [
        ("curl", Self::Curl),
        ("php", Self::Php),
        ("python", Self::Python),
        ("javascript", Self::JavaScript),
        ("rust", Self::Rust),
    ];

    fn template(self) -> &'static str {
        match self {
            Self::Curl => include_str!("samples/curl.sh.txt"),
            Self::Php => include_str!("samples/php.php.txt"),
            Self::Python => include_str!("samples/python.py.txt"),
            Self::JavaScript => include_str!("samples/javascript.mjs.txt"),
            Self::Rust => include_str!("samples/rust.rs.txt"),
        }
    }
}

/// A program that calls an endpoint by its first method. `crate_path` is the crate or module from
/// which a Rust program imports the client.
pub fn sample(provider: &Provider, endpoint: &Endpoint, lang: Lang, crate_path: &str) -> String {
    let writer = Writer { provider, endpoint, lang, crate_path };
    let signing = match signature::method(&provider.sign).signing() {
        _ if !endpoint.is_signed => "UNSIGNED_CALL",
        Signing::Digest(_) => "DIGEST",
        Signing::Hmac(_) => "HMAC",
        Signing::Secret | Signing::Basic | Signing::Signer => "SECRET",
    };
    let drop = if provider.sign.skip_empty { "DROP" } else { "" };
    let sort = match provider.sign.order {
        ParameterOrder::Key => "SORT",
        ParameterOrder::Value => "SORTVALUES",
        ParameterOrder::Listed => "",
    };
    let method = if writer.method().has_body() { "POST" } else { "GET" };
    let mut words = vec![method, signing, drop, sort];
    if !matches!(writer.method(), Method::Post | Method::Get) {
        words.push("METHOD");
    }
    words.push(if writer.signed_entries().is_empty() { "PLAINLY" } else { "ENTRIES" });
    if writer.uses_base64() {
        words.push("BASE64");
    }
    if writer.sends_digest_of_body() {
        words.push("DIGEST");
    }
    if endpoint.is_signed {
        words.push("SIGN");
    }
    words.push(if writer.reply_format() == Format::Xml { "XMLREPLY" } else { "JSONREPLY" });
    let filled = [
        (writer.account(), "ACCOUNT"),
        (writer.arguments(), "ARGUMENTS"),
        (writer.shell_parts(), "PARTS"),
        (writer.shell_signed_parts(), "SIGNED_PARTS"),
    ];
    words.extend(filled.iter().filter(|(text, _)| !text.is_empty()).map(|(_, mark)| *mark));
    words.extend(writer.request_marks());
    words.extend(writer.canonical_marks());
    words.extend(writer.reply_marks());
    fill(&only(lang.template(), &words), |name| writer.part(name))
}

/// The request of an endpoint as an expression of Rust, with the examples of the spec. Its errors
/// are for a function that returns any.
pub fn request_literal(provider: &Provider, endpoint: &Endpoint, crate_path: &str) -> String {
    let writer = Writer { provider, endpoint, lang: Lang::Rust, crate_path };
    match writer.entries("fields").as_str() {
        "" => format!("{crate_path}::{} {{}}", endpoint.request_type),
        fields => format!("{crate_path}::{} {{\n{fields}\n    }}", endpoint.request_type),
    }
}

/// A template with its placeholders replaced in one pass. Other text stays.
fn fill(template: &str, part: impl Fn(&str) -> Option<String>) -> String {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        out.push_str(before);
        match after.split_once("}}").and_then(|(name, after)| Some((part(name)?, after))) {
            Some((value, after)) => {
                out.push_str(&value);
                rest = after;
            }
            None => {
                out.push_str("{{");
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// Marks at the start of a template's lines.
const MARKS: [&str; 37] = [
    "ENTRIES",
    "PLAINLY",
    "SORTVALUES",
    "EMPTY",
    "JSONTEXT",
    "BESIDE",
    "GET",
    "POST",
    "METHOD",
    "DIGEST",
    "HMAC",
    "BASE64",
    "NONCE",
    "APP",
    "QUERY",
    "HEADERS",
    "SIGN",
    "ACCOUNT",
    "ARGUMENTS",
    "PARTS",
    "SIGNED_PARTS",
    "JSONREPLY",
    "XMLREPLY",
    "DROP",
    "SORT",
    "UNSIGNED",
    "XML",
    "SIGNED",
    "PAIRS",
    "PERCENT",
    "FORMENC",
    "POSTFORM",
    "PLAIN",
    "FIND",
    "HTTP",
    "FALLBACK",
    "ABSENT",
];

/// Lines of a template, without those with a mark that is not one of some words.
fn only(template: &str, words: &[&str]) -> String {
    let mut text = String::new();
    for line in template.lines() {
        let (mut rest, mut is_kept) = (line, true);
        while let Some((mark, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']'))
            && MARKS.contains(&mark)
        {
            is_kept &= words.contains(&mark);
            rest = after;
        }
        if is_kept {
            text.push_str(rest);
            text.push('\n');
        }
    }
    text
}

/// Writes parts of a program in one language.
struct Writer<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    lang: Lang,
    crate_path: &'a str,
}

impl Writer<'_> {
    /// Value of a placeholder.
    fn part(&self, name: &str) -> Option<String> {
        let sign = &self.provider.sign;
        let (title, path) = (&self.endpoint.title, &self.endpoint.path);
        let digest = || signature::expression(self, sign);
        Some(match name {
            "title" => comment(self.lang, &format!("{title}: {} {path}", self.method().as_str())),
            "method" => self.text(self.method().as_str()),
            "path" => self.path(),
            "nonce" => self.nonce(self.nonce_form()).to_owned(),
            "nonce_import" => self.nonce_import().to_owned(),
            "signed_entries" => self.signed_entries().trim_end().to_owned(),
            "signed_beside" => self.signed_beside().trim_end().to_owned(),
            "fields" | "query_fields" | "headers" | "beside" => {
                self.entries(if name == "query_fields" { "query" } else { name })
            }
            "arguments" => self.arguments(),
            "shell_parts" => self.shell_parts().trim_end().to_owned(),
            "shell_signed_parts" => self.shell_signed_parts().trim_end().to_owned(),
            "shell_query" => self.shell_query().to_owned(),
            "base_url" => self.base_url(),
            "required_base_url" => format!("\"${{{}:?}}\"", base_url_variable(self.endpoint.host.as_deref())),
            "account" => self.account().trim_end().to_owned(),
            "url_query" if self.query(true).is_empty() => String::new(),
            "url_query" => format!("{}{}", self.after(&self.text("?")), self.after(&self.query(true))),
            "body" => self.body(),
            "drop_empty" if !sign.skip_empty => String::new(),
            "drop_empty" => ".filter(([, value]) => value !== '')".to_owned(),
            "pair" => self.pair(),
            "order" => self.order().to_owned(),
            "text" => self.signed_text(),
            "digest" => digest(),
            "unsigned" => self.unsigned().trim_end().to_owned(),
            "completed" => self.completed(&digest()).trim_end().to_owned(),
            "get" => match self.method() {
                Method::Post => String::new(),
                Method::Get => "--get ".to_owned(),
                method if method.has_body() => format!("--request {} ", method.as_str()),
                method => format!("--get --request {} ", method.as_str()),
            },
            "crate" => self.crate_path.to_owned(),
            "account_values" => {
                let names = self.provider.account_parameters();
                let value = |name| {
                    format!(".value({}, std::env::var({:?})?)", self.text(name), account_variable(name))
                };
                names.map(value).collect()
            }
            "app" if self.has_app_id() => "App::new(std::env::var(\"PYI_APP_ID\")?, ".to_owned(),
            "app" => "App::without_id(".to_owned(),
            "credentials" => signature::credentials(self.crate_path, signature::method(sign)),
            "request" => self.endpoint.request_type.clone(),
            "function" => self.endpoint.function.clone(),
            other => return self.reply_part(other),
        })
    }

    /// The format that the program asks for: JSON, where the endpoint has it.
    fn reply_format(&self) -> Format {
        let formats = &self.endpoint.formats;
        if formats.contains(&Format::Json) {
            Format::Json
        } else {
            formats.first().copied().unwrap_or(Format::Json)
        }
    }

    /// For the shell: the variables of the account, which must be set.
    fn account(&self) -> String {
        let of_account = self.endpoint.parameters.iter();
        let of_account =
            of_account.filter(|sent| sent.source == Source::Common(CommonSource::Account) && sent.required);
        of_account.map(|sent| format!(": \"${{{}:?}}\"\n", account_variable(&sent.name))).collect()
    }

    /// A text as a literal.
    fn text(&self, text: &str) -> String {
        literal(self.lang, text)
    }

    /// A piece of a text, behind the operator that joins it.
    fn after(&self, piece: &str) -> String {
        let operator = if self.lang == Lang::Php { "." } else { "+" };
        format!(" {operator} {piece}")
    }

    /// A value that the spec states, unless the program finds it.
    fn plain_value(&self, parameter: &Parameter) -> Option<String> {
        match parameter.source {
            Source::Constant => Some(parameter.default.clone()),
            Source::Request(index) => {
                let value = match self.endpoint.request.get(index)? {
                    field if !field.optional => example(self.provider, field),
                    _ => parameter.default.clone(),
                };
                Some(if parameter.is_in_base64 { BASE64_STANDARD.encode(value) } else { value })
            }
            Source::Common(_) | Source::Secret => None,
        }
    }
}

/// A value in the text that it is sent in.
fn in_template(template: &str, value: &str) -> String {
    if template.is_empty() { value.to_owned() } else { template.replace("{value}", value) }
}

/// Value of a field as sent: the spec's example. Default: a plain value of its type.
pub fn example(provider: &Provider, field: &Field) -> String {
    let text = example_of(provider, &field.ty, field.example.as_deref());
    match (&field.ty, &field.join) {
        // A list of one element has no separator.
        (Type::List(item), Some(_)) => example_of(provider, item, None),
        _ => text,
    }
}

/// Value of a type as it is sent by itself.
fn example_of(provider: &Provider, ty: &Type, example: Option<&str>) -> String {
    // The client refuses to send an empty value.
    if let Some(example) = example.filter(|example| !example.is_empty()) {
        return canonical_value(ty, example);
    }
    match ty {
        Type::Object(_) | Type::List(_) => example_json(provider, ty, example),
        Type::Bytes => "5aSn".to_owned(),
        Type::Decimal => "1.50".to_owned(),
        Type::Any => "{}".to_owned(),
        Type::Timestamp => "1577695766".to_owned(),
        Type::Date { pattern } => pattern
            .replace("%Y", "1949")
            .replace("%m", "12")
            .replace("%-m", "12")
            .replace("%d", "31")
            .replace("%-d", "31"),
        Type::Enum(name) => {
            let codes = provider.codes(name).map_or(&[][..], |named| &named.codes);
            let first = codes.iter().find(|code| !code.code.is_empty());
            first.map_or("1", |code| &code.code).to_owned()
        }
        _ => "1".to_owned(),
    }
}

/// Value of a type inside of JSON: an object with its required fields, a list of one element.
fn example_json(provider: &Provider, ty: &Type, example: Option<&str>) -> String {
    match ty {
        Type::Object(name) => {
            let fields = provider.object(name).map_or(&[][..], |object| &object.fields);
            let members = fields.iter().filter(|field| !field.optional).map(|field| {
                let name = serde_json::Value::from(field.wire.as_str());
                format!("{name}:{}", example_json(provider, &field.ty, field.example.as_deref()))
            });
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Type::List(item) => format!("[{}]", example_json(provider, item, None)),
        Type::Boolean => (example_of(provider, ty, example) == "1").to_string(),
        Type::Integer | Type::Timestamp | Type::Decimal | Type::Any => example_of(provider, ty, example),
        Type::String | Type::Date { .. } | Type::Bytes | Type::Enum(_) => {
            serde_json::Value::from(example_of(provider, ty, example)).to_string()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_read_once() {
        let part =
            |name: &str| ["{{b}}", "{{a}} {{"].get(usize::from(name == "b")).filter(|_| name.len() == 1);
        let filled =
            fill("{{a}}-{{b}}-{{none}}-{{ a }}-{{", |name| part(name).map(|text| (*text).to_owned()));
        assert_eq!(filled, "{{b}}-{{a}} {{-{{none}}-{{ a }}-{{");
    }
}
