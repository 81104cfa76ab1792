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

mod escape;
mod reply;
mod signature;

use pyi_codegen::ir::{
    CommonSource, Encoding, Endpoint, Field, Frame, Method, Parameter, Provider, Segment, Signing, Source,
    TimeForm, Type,
};
use pyi_dynamic::canonical_value;

use self::escape::{comment, form_key, literal};

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
        Signing::Digest(_) => "DIGEST",
        Signing::Hmac(_) => "HMAC",
        Signing::Secret => "SECRET",
    };
    let nonce =
        if writer.endpoint.parameters.iter().any(|sent| sent.source == Source::Common(CommonSource::Nonce)) {
            "NONCE"
        } else {
            ""
        };
    let encoding = if provider.sign.encoding == Encoding::Base64 { "BASE64" } else { "HEX" };
    let mut words = vec![writer.method().as_str(), signing, encoding, nonce];
    words.extend(writer.reply_marks());
    fill(&only(lang.template(), &words), |name| writer.part(name))
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
const MARKS: [&str; 11] =
    ["GET", "POST", "DIGEST", "HMAC", "BASE64", "NONCE", "PLAIN", "FIND", "HTTP", "FALLBACK", "ABSENT"];

/// Lines of a template that are unmarked, or marked with one of some words.
fn only(template: &str, words: &[&str]) -> String {
    let mut text = String::new();
    for line in template.lines() {
        let marked = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match marked.filter(|(mark, _)| MARKS.contains(mark)) {
            Some((mark, rest)) if words.contains(&mark) => text.push_str(rest),
            Some(_) => continue,
            None => text.push_str(line),
        }
        text.push('\n');
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
    /// What the text that is signed has around its pairs.
    fn frame(&self) -> &Frame {
        let sign = &self.provider.sign;
        sign.frame(signature::method(sign))
    }

    fn method(&self) -> Method {
        self.endpoint.methods.first().copied().unwrap_or(Method::Post)
    }

    /// Value of a placeholder.
    fn part(&self, name: &str) -> Option<String> {
        let sign = &self.provider.sign;
        let (title, path) = (&self.endpoint.title, &self.endpoint.path);
        Some(match name {
            "title" => comment(self.lang, &format!("{title}: {} {path}", self.method().as_str())),
            "method" => self.text(self.method().as_str()),
            "path" => self.text(path),
            "fields" => self.fields(),
            "drop_empty" if !sign.skip_empty => String::new(),
            "drop_empty" => self.drop_empty().to_owned(),
            "between" => self.text(&sign.key_value_separator),
            "join" => self.text(&sign.pair_separator),
            "prefix" => self.around(&self.frame().prefix),
            "suffix" => self.around(&self.frame().suffix),
            "signed" => self.signed(),
            "digest" => signature::expression(self.lang, sign),
            "sign" => self.key(&sign.parameter),
            "unsigned" => self.unsigned(),
            "get" => (if self.method() == Method::Get { "--get " } else { "" }).to_owned(),
            "crate" => self.crate_path.to_owned(),
            "credentials" => signature::credentials(self.crate_path, signature::method(sign)),
            "request" => self.endpoint.request_type.clone(),
            "function" => self.endpoint.function.clone(),
            other => return self.reply_part(other),
        })
    }

    /// A text as a literal.
    fn text(&self, text: &str) -> String {
        literal(self.lang, text)
    }

    /// A name in a form: of the shell, with the `=` behind it that curl expects.
    fn key(&self, name: &str) -> String {
        match self.lang {
            Lang::Curl => self.text(&format!("{}=", form_key(name))),
            _ => self.text(name),
        }
    }

    /// All sent parameters except the signature, one per line.
    fn fields(&self) -> String {
        if self.lang == Lang::Rust {
            let lines =
                self.required().map(|field| format!("        {}: {},", field.rust, self.literal(field)));
            return lines.collect::<Vec<String>>().join("\n");
        }
        // The shell signs a text of its own; elsewhere, `fields` is what is signed.
        let sent = self.sent().filter(|(parameter, _)| parameter.is_signed || self.lang == Lang::Curl);
        let lines = sent.map(|(parameter, value)| {
            let key = self.key(&parameter.name);
            match self.lang {
                Lang::Curl => format!("  --data-urlencode {key}{value} \\"),
                Lang::Php => format!("    {key} => {value},"),
                Lang::JavaScript => format!("    [{key}, {value}],"),
                Lang::Python | Lang::Rust => format!("    {key}: {value},"),
            }
        });
        lines.collect::<Vec<String>>().join("\n")
    }

    /// The parameters that are sent and not signed, each added to the fields once those are signed.
    fn unsigned(&self) -> String {
        let sent = self.sent().filter(|(parameter, _)| !parameter.is_signed);
        let lines = sent.map(|(parameter, value)| {
            let key = self.key(&parameter.name);
            match self.lang {
                Lang::Php => format!("$fields[{key}] = {value};\n"),
                Lang::JavaScript => format!("fields.push([{key}, {value}]);\n"),
                Lang::Python => format!("fields[{key}] = {value}\n"),
                Lang::Curl | Lang::Rust => String::new(),
            }
        });
        lines.collect()
    }

    fn required(&self) -> impl Iterator<Item = &Field> {
        self.endpoint.request.iter().filter(|field| !field.optional)
    }

    /// Names and values in signing order, as the client sends them for the examples: of what may be
    /// left out, what has a default, and the time.
    fn sent(&self) -> impl Iterator<Item = (&Parameter, String)> {
        self.endpoint.parameters.iter().filter_map(|parameter| {
            let value = match parameter.source {
                Source::Common(CommonSource::Debug) => return None,
                Source::Common(from) => self.filled(from, parameter.form),
                Source::Constant => self.text(&parameter.default),
                Source::Request(index) => match self.endpoint.request.get(index)? {
                    field if !field.optional => self.text(&example(self.provider, field)),
                    _ if parameter.default.is_empty() => return None,
                    _ => self.text(&parameter.default),
                },
            };
            Some((parameter, value))
        })
    }

    /// Value of a field as a Rust expression.
    fn literal(&self, field: &Field) -> String {
        let value = example(self.provider, field);
        let text = self.text(&value);
        match &field.ty {
            Type::Integer => value,
            Type::Boolean => (value == "1").to_string(),
            Type::Decimal => format!("{text}.parse()?"),
            Type::Timestamp => format!("{}::Timestamp::from_second({value})?", self.crate_path),
            Type::Date { pattern } => {
                format!("{}::Date::strptime({}, {text})?", self.crate_path, self.text(pattern))
            }
            Type::Enum(name) => format!("{}::{name}::from_code({text})", self.crate_path),
            _ => format!("{text}.into()"),
        }
    }

    /// Value of a common parameter.
    fn filled(&self, from: CommonSource, form: TimeForm) -> String {
        let in_millis = form == TimeForm::UnixMs;
        let word = match (from, self.lang) {
            (CommonSource::AppId, Lang::Curl) => "\"$PYI_APP_ID\"",
            (CommonSource::AppId, Lang::Php) => "getenv('PYI_APP_ID')",
            (CommonSource::AppId, Lang::Python) => "os.environ[\"PYI_APP_ID\"]",
            (CommonSource::AppId, _) => "process.env.PYI_APP_ID",
            (CommonSource::Clock, Lang::Curl) if in_millis => "\"${time}000\"",
            (CommonSource::Clock, Lang::Php) if in_millis => "time() . '000'",
            (CommonSource::Clock, Lang::Python) if in_millis => "str(int(time.time() * 1000))",
            (CommonSource::Clock, _) if in_millis => "String(Date.now())",
            (CommonSource::Nonce, Lang::Curl) => "\"$nonce\"",
            (CommonSource::Nonce, Lang::Php) => "bin2hex(random_bytes(16))",
            (CommonSource::Nonce, Lang::Python) => "secrets.token_hex(16)",
            (CommonSource::Nonce, _) => "randomBytes(16).toString('hex')",
            (CommonSource::Clock, Lang::Curl) => "\"$time\"",
            (CommonSource::Clock, Lang::Php) => "(string) time()",
            (CommonSource::Clock, Lang::Python) => "str(int(time.time()))",
            (CommonSource::Clock, _) => "String(Math.floor(Date.now() / 1000))",
            (CommonSource::Format | CommonSource::Debug, _) => return self.text("json"),
        };
        word.to_owned()
    }

    fn drop_empty(&self) -> &'static str {
        match self.lang {
            Lang::Php => "$fields = array_filter($fields, fn ($value) => $value !== '');\n",
            Lang::Python => "fields = {key: value for key, value in fields.items() if value != \"\"}\n",
            Lang::JavaScript => ".filter(([, value]) => value !== '')",
            Lang::Curl | Lang::Rust => "",
        }
    }

    /// Text around the pairs, joined by the language's operator.
    fn around(&self, pieces: &[Segment]) -> String {
        let pieces: Vec<String> = pieces.iter().map(|piece| self.piece(piece)).collect();
        let operator = if self.lang == Lang::Php { " . " } else { " + " };
        if pieces.is_empty() { self.text("") } else { pieces.join(operator) }
    }

    fn piece(&self, piece: &Segment) -> String {
        match piece {
            Segment::Text(text) => self.text(text),
            Segment::Secret => self.secret().to_owned(),
        }
    }

    fn secret(&self) -> &'static str {
        match self.lang {
            Lang::Curl => "\"$PYI_SECRET\"",
            Lang::Php => "getenv('PYI_SECRET')",
            Lang::Python => "os.environ[\"PYI_SECRET\"]",
            Lang::JavaScript | Lang::Rust => "process.env.PYI_SECRET",
        }
    }

    /// For the shell: the segments of the signed text in their order.
    fn signed(&self) -> String {
        let sign = &self.provider.sign;
        let mut pieces: Vec<String> = Vec::new();
        pieces.extend(self.frame().prefix.iter().map(|piece| self.piece(piece)));
        let signed = self.sent().filter(|(parameter, _)| parameter.is_signed);
        for (index, (Parameter { name, .. }, value)) in signed.enumerate() {
            let join = if index == 0 { "" } else { sign.pair_separator.as_str() };
            pieces.push(self.text(&format!("{join}{name}{}", sign.key_value_separator)));
            pieces.push(value);
        }
        pieces.extend(self.frame().suffix.iter().map(|piece| self.piece(piece)));
        pieces.join(" ")
    }
}

/// Value of a field as sent: the spec's example. Default: a plain value of its type.
fn example(provider: &Provider, field: &Field) -> String {
    // The client refuses to send an empty value.
    if let Some(example) = field.example.as_deref().filter(|example| !example.is_empty()) {
        return canonical_value(&field.ty, example);
    }
    match &field.ty {
        Type::Decimal => "1.50".to_owned(),
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
