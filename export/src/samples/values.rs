//! The values of a sample's parameters, as expressions.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyi_codegen::ir::{
    CommonSource, Digest, Encoding, Field, NonceForm, Parameter, Signing, TimeForm, Type, account_variable,
    base_url_variable,
};

use super::{Lang, Writer, example_of, signature};

impl Writer<'_> {
    /// Value of a field as a Rust expression.
    pub(super) fn literal(&self, field: &Field) -> String {
        self.literal_of(&field.ty, field.example.as_deref())
    }

    fn literal_of(&self, ty: &Type, example: Option<&str>) -> String {
        let value = example_of(self.provider, ty, example);
        let text = self.text(&value);
        match ty {
            Type::Integer => value,
            Type::Boolean => (value == "1").to_string(),
            Type::Decimal => format!("{text}.parse()?"),
            Type::Timestamp => format!("{}::Timestamp::from_second({value})?", self.crate_path),
            Type::Date { pattern } => {
                format!("{}::Date::strptime({}, {text})?", self.crate_path, self.text(pattern))
            }
            Type::Enum(name) => match self.provider.codes(name) {
                Some(named) if !named.is_open => {
                    let code = named.codes.iter().find(|code| code.code == value);
                    format!("{}::{name}::{}", self.crate_path, code.map_or("", |code| &code.rust))
                }
                _ => format!("{}::{name}::from_code({text})", self.crate_path),
            },
            Type::Bytes => {
                let bytes = BASE64_STANDARD.decode(&value).unwrap_or_default();
                format!("vec!{bytes:?}")
            }
            Type::List(item) => format!("vec![{}]", self.literal_of(item, None)),
            Type::Object(name) => {
                let fields = self.provider.object(name).map_or(&[][..], |object| &object.fields);
                let members = fields.iter().map(|field| match field.optional {
                    true => format!("{}: None", field.rust),
                    false => format!("{}: {}", field.rust, self.literal(field)),
                });
                format!("{}::{name} {{ {} }}", self.crate_path, members.collect::<Vec<_>>().join(", "))
            }
            Type::Any => format!("{}::Any::from_json({text})?", self.crate_path),
            _ => format!("{text}.into()"),
        }
    }

    /// Value of a common parameter.
    pub(super) fn filled(&self, from: CommonSource, parameter: &Parameter) -> String {
        let own = |word: &str| {
            let own = parameter.words.iter().find(|(known, _)| known == word).map(|(_, own)| &**own);
            self.text(own.unwrap_or(word))
        };
        let word = match (from, self.lang) {
            (CommonSource::SignMethod, _) => {
                return own(super::signature::method(&self.provider.sign).as_str());
            }
            (CommonSource::Account, _) => return self.variable_of(&account_variable(&parameter.name)),
            (CommonSource::AppId, _) => self.app_id(),
            (CommonSource::Clock, _) => return self.clock(&parameter.form),
            (CommonSource::Nonce, Lang::Curl) => "\"$nonce\"",
            (CommonSource::Nonce, _) => return self.nonce(parameter.nonce).to_owned(),
            (CommonSource::Format, _) => return own(self.reply_format().as_str()),
            (CommonSource::Debug, _) => return self.text("1"),
            (
                CommonSource::BodyMd5
                | CommonSource::BodyMd5Base64
                | CommonSource::BodySha256
                | CommonSource::BodySha256Base64
                | CommonSource::BodySha512,
                _,
            ) => {
                let digest = from.body_digest();
                return digest.map(|digest| self.digest_of_body(digest)).unwrap_or_default();
            }
        };
        word.to_owned()
    }

    /// A nonce, as an expression: of the shell, the command that makes it.
    pub(super) fn nonce(&self, form: NonceForm) -> &'static str {
        match (form, self.lang) {
            (NonceForm::Hex, Lang::Curl) => "openssl rand -hex 16",
            (NonceForm::Hex, Lang::Php) => "bin2hex(random_bytes(16))",
            (NonceForm::Hex, Lang::Python) => "secrets.token_hex(16)",
            (NonceForm::Hex, _) => "randomBytes(16).toString('hex')",
            (NonceForm::Digits, Lang::Curl) => {
                "echo $(($(od -An -N4 -tu4 /dev/urandom) % 900000000 + 100000000))"
            }
            (NonceForm::Digits, Lang::Php) => "(string) random_int(100000000, 999999999)",
            (NonceForm::Digits, Lang::Python) => "str(secrets.randbelow(900000000) + 100000000)",
            (NonceForm::Digits, _) => "String(randomInt(100000000, 1000000000))",
            (NonceForm::Uuid, Lang::Curl) => {
                "openssl rand -hex 16 | sed 's/^\\(.\\{8\\}\\)\\(....\\).\\(...\\).\\(...\\)/\\1-\\2-4\\3-a\\4-/'"
            }
            (NonceForm::Uuid, Lang::Php) => {
                "preg_replace('/^(.{8})(.{4}).(.{3}).(.{3})/', '$1-$2-4$3-a$4-', bin2hex(random_bytes(16)))"
            }
            (NonceForm::Uuid, Lang::Python) => "str(uuid.uuid4())",
            (NonceForm::Uuid, _) => "randomUUID()",
        }
    }

    /// A digest of the body, which is sent in a header: the body is whole by then.
    fn digest_of_body(&self, (digest, encoding): (Digest, Encoding)) -> String {
        let body = match (self.lang, self.body()) {
            (_, body) if body.is_empty() => self.text(""),
            // A method of a text is called on it.
            (Lang::Python, body) => format!("({body})"),
            (_, body) => body,
        };
        let as_base64 = encoding == Encoding::Base64;
        let digest = signature::digest(self.lang, Signing::Digest(digest), as_base64, "", &body);
        match self.lang {
            Lang::Curl => format!("\"$(printf '%s' \"$body\" | {digest})\""),
            _ => digest,
        }
    }

    /// A variable of the environment, as an expression.
    pub(super) fn variable_of(&self, name: &str) -> String {
        match self.lang {
            Lang::Curl => format!("\"${name}\""),
            Lang::Php => format!("getenv('{name}')"),
            Lang::Python => format!("os.environ[\"{name}\"]"),
            Lang::JavaScript | Lang::Rust => format!("process.env.{name}"),
        }
    }

    pub(super) fn base_url(&self) -> String {
        self.variable_of(&base_url_variable(self.endpoint.host.as_deref()))
    }

    pub(super) fn app_id(&self) -> &'static str {
        match self.lang {
            Lang::Curl => "\"$PYI_APP_ID\"",
            Lang::Php => "getenv('PYI_APP_ID')",
            Lang::Python => "os.environ[\"PYI_APP_ID\"]",
            Lang::JavaScript | Lang::Rust => "process.env.PYI_APP_ID",
        }
    }

    fn clock(&self, form: &TimeForm) -> String {
        let (pattern, offset) = match form {
            TimeForm::Unix => {
                return match self.lang {
                    Lang::Curl => "\"$time\"",
                    Lang::Php => "(string) time()",
                    Lang::Python => "str(int(time.time()))",
                    _ => "String(Math.floor(Date.now() / 1000))",
                }
                .to_owned();
            }
            TimeForm::UnixMs => {
                return match self.lang {
                    Lang::Curl => "\"${time}000\"",
                    Lang::Php => "time() . '000'",
                    Lang::Python => "str(int(time.time() * 1000))",
                    _ => "String(Date.now())",
                }
                .to_owned();
            }
            // The client sends whole seconds.
            TimeForm::Pattern { pattern, offset } => (pattern.replace("%3f", "000"), offset),
        };
        // The names of days and months are English in all languages.
        let has_names = pattern.contains("%a") || pattern.contains("%b");
        match self.lang {
            Lang::Curl => {
                let format = self.text(&format!("+{pattern}"));
                let english = if has_names { "LC_ALL=C " } else { "" };
                format!("\"$({english}date -u -d \"@$((time + {offset}))\" {format})\"")
            }
            Lang::Php => format!("gmdate({}, time() + {offset})", self.text(&of_php(&pattern))),
            Lang::Python => {
                format!("time.strftime({}, time.gmtime(time.time() + {offset}))", self.text(&pattern))
            }
            _ => {
                let parts = if has_names {
                    "`${moment.toISOString()} ${moment.toUTCString()}`.replace(/^(.*)-(..)-(..)T(..):(..):(..).*Z (...), .. (...) .*$/"
                } else {
                    "moment.toISOString().replace(/^(.*)-(..)-(..)T(..):(..):(..).*$/"
                };
                let moment = format!("new Date(Date.now() + {offset} * 1000)");
                let parts = if has_names {
                    format!("((moment) => {parts}")
                } else {
                    parts.replace("moment", &moment)
                };
                let end = if has_names { format!("))({moment})") } else { ")".to_owned() };
                format!("{parts}, {}{end}", self.text(&of_javascript(&pattern)))
            }
        }
    }
}

/// A pattern of `strftime` as one of PHP's `date`, in which letters are conversions.
fn of_php(pattern: &str) -> String {
    let mut out = String::new();
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '%' => out.push(match characters.next() {
                Some('M') => 'i',
                Some('S') => 's',
                Some('a') => 'D',
                Some('b') => 'M',
                other => other.unwrap_or('%'),
            }),
            other if other.is_ascii_alphabetic() || other == '\\' => out.extend(['\\', other]),
            other => out.push(other),
        }
    }
    out
}

/// A pattern of `strftime` as the replacement of the parts of an ISO 8601 time.
fn of_javascript(pattern: &str) -> String {
    let mut text = pattern.replace('$', "$$");
    for (index, conversion) in ["%Y", "%m", "%d", "%H", "%M", "%S", "%a", "%b"].iter().enumerate() {
        text = text.replace(conversion, &format!("${}", index + 1));
    }
    text
}
