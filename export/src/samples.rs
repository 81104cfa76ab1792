//! A request of an endpoint as a program in another language, ready to run: signed, form-encoded, over verified TLS, with the status looked at
//! before the data. What the spec gives as examples is what it asks for.
//!
//! The programs take the host, the app and its secret from the variables that `pyi call` knows: PYI_BASE_URL, PYI_APP_ID, PYI_SECRET. They
//! print the payload; a status without data ends them with 3, an exchange of which nobody knows what it cost with 5.
//!
//! Each language is a template under `samples/`, and a few rules for writing a text in it (`Writer`).

use pyi_codegen::ir::{
    Case, Class, Endpoint, Field, From, Method, Piece, Provider, SignMethod, Source, Type,
};

/// A language to write a sample in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lang {
    /// A shell script that calls curl.
    Curl,
    /// PHP 8, without extensions.
    Php,
    /// Python 3, its standard library alone.
    Python,
    /// JavaScript for Node.js 18 or later.
    JavaScript,
    /// Rust, with the generated crate.
    Rust,
}

impl Lang {
    /// Every language, by the word for it.
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

/// A program that calls an endpoint, by its first method. `of` is the crate that a Rust program takes the client from.
pub fn sample(provider: &Provider, endpoint: &Endpoint, lang: Lang, of: &str) -> String {
    let writer = Writer { provider, endpoint, lang, of };
    let successes = provider.all_statuses().into_iter().filter(|status| status.class == Class::Data);
    let successes: Vec<String> = successes.map(|status| status.code.to_string()).collect();
    let separator = if lang == Lang::Curl { "|" } else { ", " };
    let envelope = &endpoint.envelope;
    let method = endpoint.methods.first().copied().unwrap_or(Method::Post);
    let pairs = [
        ("title", endpoint.title.clone()),
        ("method", method.word().to_owned()),
        ("path", endpoint.path.clone()),
        ("fields", writer.fields()),
        ("drop_empty", if provider.sign.skip_empty { writer.drop_empty().to_owned() } else { String::new() }),
        ("between", writer.text(&provider.sign.between)),
        ("join", writer.text(&provider.sign.join)),
        ("prefix", writer.around(&provider.sign.prefix)),
        ("suffix", writer.around(&provider.sign.suffix)),
        ("signed", writer.signed()),
        ("digest", writer.digest()),
        ("sign", provider.sign.parameter.clone()),
        ("successes", successes.join(separator)),
        ("status", envelope.status.clone()),
        ("message", envelope.message.clone()),
        ("data", envelope.data.clone()),
        ("get", (if method == Method::Get { "--get " } else { "" }).to_owned()),
        ("crate", of.to_owned()),
        ("sign_method", (if writer.is_hmac() { "Sign::hmac_sha256" } else { "Sign::md5" }).to_owned()),
        ("request", endpoint.request_type.clone()),
        ("function", endpoint.function.clone()),
    ];
    let digest = if writer.is_hmac() { "HMAC" } else { "MD5" };
    let kept = only(lang.template(), [method.word(), digest]);
    pairs.iter().fold(kept, |text, (name, value)| text.replace(&format!("{{{{{name}}}}}"), value))
}

/// What the marks at the beginning of a template's lines may say.
const MARKS: [&str; 4] = ["GET", "POST", "MD5", "HMAC"];

/// The lines of a template that are for everybody, or marked by one of some words.
fn only(template: &str, words: [&str; 2]) -> String {
    let mut kept = String::new();
    for line in template.lines() {
        let marked = line.strip_prefix('[').and_then(|rest| rest.split_once(']'));
        match marked.filter(|(mark, _)| MARKS.contains(mark)) {
            Some((mark, rest)) if words.contains(&mark) => kept.push_str(rest),
            Some(_) => continue,
            None => kept.push_str(line),
        }
        kept.push('\n');
    }
    kept
}

/// Writes parts of a program in its language.
struct Writer<'a> {
    provider: &'a Provider,
    endpoint: &'a Endpoint,
    lang: Lang,
    of: &'a str,
}

impl Writer<'_> {
    fn is_hmac(&self) -> bool {
        self.provider.sign.methods.contains(&SignMethod::HmacSha256)
    }

    /// A text as a literal.
    fn text(&self, text: &str) -> String {
        match self.lang {
            Lang::Curl => format!("'{}'", text.replace('\'', r"'\''")),
            Lang::Php => format!("'{}'", text.replace('\\', r"\\").replace('\'', r"\'")),
            Lang::Python | Lang::JavaScript => serde_json::Value::from(text).to_string(),
            Lang::Rust => format!("{text:?}"),
        }
    }

    /// Everything that is sent but the signature, a line each.
    fn fields(&self) -> String {
        let lines: Vec<String> = match self.lang {
            Lang::Rust => self
                .required()
                .map(|field| format!("        {}: {},", field.rust, self.literal(field)))
                .collect(),
            Lang::Curl => self
                .sent()
                .map(|(name, value)| {
                    format!("  --data-urlencode {}{value} \\", self.text(&format!("{name}=")))
                })
                .collect(),
            Lang::Php => {
                self.sent().map(|(name, value)| format!("    {} => {value},", self.text(name))).collect()
            }
            Lang::Python | Lang::JavaScript => {
                self.sent().map(|(name, value)| format!("    {}: {value},", self.text(name))).collect()
            }
        };
        lines.join("\n")
    }

    fn required(&self) -> impl Iterator<Item = &Field> {
        self.endpoint.request.iter().filter(|field| !field.optional)
    }

    /// Names and values in signing order; what may be left out is, save for the time.
    fn sent(&self) -> impl Iterator<Item = (&str, String)> {
        self.endpoint.parameters.iter().filter_map(|parameter| {
            let value = match parameter.source {
                Source::Common(From::Debug) => return None,
                Source::Common(from) => self.filled(from),
                Source::Request(index) => {
                    let field = self.endpoint.request.get(index).filter(|field| !field.optional)?;
                    self.text(&example(self.provider, field))
                }
            };
            Some((parameter.name.as_str(), value))
        })
    }

    /// A value of a field as Rust has it.
    fn literal(&self, field: &Field) -> String {
        let text = example(self.provider, field);
        match &field.ty {
            Type::Integer => text,
            Type::Boolean => matches!(text.as_str(), "1" | "true").to_string(),
            Type::Decimal => format!("{text:?}.parse()?"),
            Type::Timestamp => format!("{}::Timestamp::from_second({text})?", self.of),
            Type::Date { pattern } => format!("{}::Date::strptime({pattern:?}, {text:?})?", self.of),
            Type::Enum(name) => format!("{}::{name}::from_code({text:?})", self.of),
            _ => format!("{text:?}.into()"),
        }
    }

    /// What a client fills in.
    fn filled(&self, from: From) -> String {
        let word = match (from, self.lang) {
            (From::AppId, Lang::Curl) => "\"$PYI_APP_ID\"",
            (From::AppId, Lang::Php) => "getenv('PYI_APP_ID')",
            (From::AppId, Lang::Python) => "os.environ[\"PYI_APP_ID\"]",
            (From::AppId, _) => "process.env.PYI_APP_ID",
            (From::Clock, Lang::Curl) => "\"$time\"",
            (From::Clock, Lang::Php) => "(string) time()",
            (From::Clock, Lang::Python) => "str(int(time.time()))",
            (From::Clock, _) => "String(Math.floor(Date.now() / 1000))",
            (From::Format | From::Debug, _) => return self.text("json"),
        };
        word.to_owned()
    }

    fn drop_empty(&self) -> &'static str {
        match self.lang {
            Lang::Php => "$fields = array_filter($fields, fn ($value) => $value !== '');\n",
            Lang::Python => "fields = {key: value for key, value in fields.items() if value != \"\"}\n",
            Lang::JavaScript => "for (const key in fields) if (fields[key] === '') delete fields[key];\n",
            Lang::Curl | Lang::Rust => "",
        }
    }

    /// What stands around the pairs, with the operator that joins it to them.
    fn around(&self, pieces: &[Piece]) -> String {
        let pieces: Vec<String> = pieces.iter().map(|piece| self.piece(piece)).collect();
        let operator = if self.lang == Lang::Php { " . " } else { " + " };
        if pieces.is_empty() { self.text("") } else { pieces.join(operator) }
    }

    fn piece(&self, piece: &Piece) -> String {
        match piece {
            Piece::Text(text) => self.text(text),
            Piece::Secret => self.secret().to_owned(),
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

    /// Of the shell: the pieces of the signed text, in their order.
    fn signed(&self) -> String {
        let sign = &self.provider.sign;
        let mut pieces: Vec<String> = Vec::new();
        pieces.extend(sign.prefix.iter().map(|piece| self.piece(piece)));
        for (index, (name, value)) in self.sent().enumerate() {
            let join = if index == 0 { "" } else { sign.join.as_str() };
            pieces.push(self.text(&format!("{join}{name}{}", sign.between)));
            pieces.push(value);
        }
        pieces.extend(sign.suffix.iter().map(|piece| self.piece(piece)));
        pieces.join(" ")
    }

    /// The signature of `text`. An app that signs by Hash sends the secret in its place.
    fn digest(&self) -> String {
        let digest = match (self.lang, self.is_hmac()) {
            (Lang::Curl, false) => "md5sum | cut -d' ' -f1",
            (Lang::Curl, true) => "openssl dgst -sha256 -hmac \"$PYI_SECRET\" -r | cut -d' ' -f1",
            (Lang::Php, false) => "md5($text)",
            (Lang::Php, true) => "hash_hmac('sha256', $text, getenv('PYI_SECRET'))",
            (Lang::Python, false) => "hashlib.md5(text.encode()).hexdigest()",
            (Lang::Python, true) => {
                "hmac.new(os.environ[\"PYI_SECRET\"].encode(), text.encode(), hashlib.sha256).hexdigest()"
            }
            (_, false) => "createHash('md5').update(text).digest('hex')",
            (_, true) => "createHmac('sha256', process.env.PYI_SECRET).update(text).digest('hex')",
        };
        match (self.provider.sign.case, self.lang) {
            (Case::Lower, _) => digest.to_owned(),
            (Case::Upper, Lang::Curl) => format!("{digest} | tr a-f A-F"),
            (Case::Upper, Lang::Php) => format!("strtoupper({digest})"),
            (Case::Upper, Lang::Python) => format!("{digest}.upper()"),
            (Case::Upper, _) => format!("{digest}.toUpperCase()"),
        }
    }
}

/// A value of a field as it is sent: the spec's example, or a plain one of its type.
fn example(provider: &Provider, field: &Field) -> String {
    if let Some(example) = &field.example {
        return example.clone();
    }
    match &field.ty {
        Type::Integer | Type::Boolean => "1".to_owned(),
        Type::Decimal => "1.50".to_owned(),
        Type::Timestamp => "1577695766".to_owned(),
        Type::Date { pattern } => pattern
            .replace("%Y", "1949")
            .replace("%m", "12")
            .replace("%-m", "12")
            .replace("%d", "31")
            .replace("%-d", "31"),
        Type::Enum(name) => {
            let first = provider.codes(name).and_then(|named| named.codes.first());
            first.map(|code| code.code.clone()).unwrap_or_default()
        }
        _ => "1".to_owned(),
    }
}
