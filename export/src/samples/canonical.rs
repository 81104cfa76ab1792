//! The text that a sample signs, as an expression.

use pyi_codegen::ir::{
    KeyEncoding, Parameter, ParameterOrder, PercentEncoding, Segment, SegmentWord, Signing,
};

use super::{Lang, Writer, signature};

impl Writer<'_> {
    fn segments(&self) -> &[Segment] {
        if !self.endpoint.is_signed {
            return &[];
        }
        let sign = &self.provider.sign;
        sign.text(signature::method(sign))
    }

    /// Whether a text is signed, even if it is empty, as where the key has all that is signed.
    fn makes_text(&self) -> bool {
        let signing = signature::method(&self.provider.sign).signing();
        self.endpoint.is_signed && matches!(signing, Signing::Digest(_) | Signing::Hmac(_) | Signing::Signer)
    }

    pub(super) fn signs(&self, word: SegmentWord) -> bool {
        self.segments().contains(&Segment::Word(word))
    }

    pub(super) fn signs_app_id(&self) -> bool {
        let sign = &self.provider.sign;
        self.endpoint.is_signed && sign.has_app_id(signature::method(sign))
    }

    /// The marks of a template's lines that say what is signed.
    pub(super) fn canonical_marks(&self) -> [&'static str; 4] {
        let mark = |is_set: bool, mark: &'static str| if is_set { mark } else { "" };
        let sign = &self.provider.sign;
        let has_pairs = self.signs(SegmentWord::Params) || self.signs(SegmentWord::EncodedParams);
        let is_in_path = self.endpoint.path.contains('{');
        let percent = self.signs(SegmentWord::EncodedParams)
            || is_in_path
            || (has_pairs && sign.encode == Some(PercentEncoding::Rfc3986))
            || (self.endpoint.is_signed && sign.encode_text == Some(PercentEncoding::Rfc3986))
            || (self.lang == Lang::Curl && has_pairs && sign.encode.is_some())
            || (self.lang == Lang::Curl && self.endpoint.is_signed && sign.encode_text.is_some())
            || (self.lang == Lang::Curl && self.encodes_in_shell());
        [
            mark(self.makes_text(), "SIGNED"),
            mark(has_pairs, "PAIRS"),
            mark(percent, "PERCENT"),
            mark(
                (has_pairs && sign.encode == Some(PercentEncoding::Form))
                    || (self.endpoint.is_signed && sign.encode_text == Some(PercentEncoding::Form)),
                "FORMENC",
            ),
        ]
    }

    /// A text in percent signs, as an expression.
    pub(super) fn percent(&self, text: &str) -> String {
        match self.lang {
            Lang::Curl => format!("\"$(percent {text})\""),
            Lang::Php => format!("rawurlencode({text})"),
            _ => format!("percent({text})"),
        }
    }

    fn encoded(&self, encoding: Option<PercentEncoding>, text: &str) -> String {
        match (encoding, self.lang) {
            (None, _) => text.to_owned(),
            (Some(PercentEncoding::Rfc3986), _) => self.percent(text),
            (Some(PercentEncoding::Form), Lang::Curl) => format!("\"$(form_encoded {text})\""),
            (Some(PercentEncoding::Form), _) => format!("form_encoded({text})"),
        }
    }

    /// The signed parameters one by one, in their order, where they are not just those of the body
    /// and the query; empty where they are.
    pub(super) fn signed_entries(&self) -> String {
        let is_in_order = |parameter: &Parameter| match self.variable(parameter) {
            Some("fields" | "query" | "beside") => true,
            _ => !parameter.is_signed,
        };
        let are_signed = |(parameter, _): (&Parameter, String)| {
            parameter.is_signed || self.variable(parameter) != Some("query")
        };
        let is_listed = self.provider.sign.order == ParameterOrder::Listed;
        let others = |(parameter, _): (&Parameter, String)| self.variable(parameter) != Some("fields");
        let is_plain = self.sent().all(|(parameter, _)| is_in_order(parameter))
            && self.sent().all(are_signed)
            && !(is_listed && self.sent().any(others))
            && self.unsigned().is_empty();
        if is_plain {
            return String::new();
        }
        let signed = self.sent().filter(|(parameter, _)| parameter.is_signed).map(|(parameter, value)| {
            let key = self.text(&parameter.name);
            let value = match self.variable(parameter) {
                Some(variable) => self.entry(variable, &parameter.name),
                None => value,
            };
            match self.lang {
                Lang::Php => format!("    {key} => {value},\n"),
                Lang::JavaScript => format!("  [{key}, {value}],\n"),
                _ => format!("    {key}: {value},\n"),
            }
        });
        signed.collect()
    }

    /// The parameter of `key`, as it is signed.
    pub(super) fn pair(&self) -> String {
        let sign = &self.provider.sign;
        let (key, value) = match self.lang {
            Lang::Php => ("$key", "$value"),
            Lang::JavaScript => ("key", "value"),
            _ => ("key", "signed[key]"),
        };
        let mut pieces = Vec::new();
        if sign.has_names {
            pieces.push(self.encoded(sign.encode, key));
        }
        if !sign.key_value_separator.is_empty() {
            pieces.push(self.text(&sign.key_value_separator));
        }
        pieces.push(self.encoded(sign.encode, value));
        self.joined(&pieces)
    }

    /// For Python, the names of the signed parameters in signing order.
    pub(super) fn order(&self) -> &'static str {
        match self.provider.sign.order {
            ParameterOrder::Key => "sorted(signed, key=str.encode)",
            ParameterOrder::Value => "sorted(signed, key=lambda key: signed[key].encode())",
            ParameterOrder::Listed => "signed",
        }
    }

    /// The text, as an expression: of the shell, the words that are printed.
    pub(super) fn signed_text(&self) -> String {
        let pieces: Vec<String> = self.segments().iter().flat_map(|segment| self.segment(segment)).collect();
        let encoding = self.provider.sign.encode_text;
        match self.lang {
            Lang::Curl if pieces.is_empty() => "''".to_owned(),
            Lang::Curl if encoding.is_some() => {
                self.encoded(encoding, &format!("\"$(printf '%s' {})\"", pieces.join(" ")))
            }
            Lang::Curl => pieces.join(" "),
            _ => self.encoded(encoding, &self.joined(&pieces)),
        }
    }

    fn segment(&self, segment: &Segment) -> Vec<String> {
        let word = match segment {
            Segment::Text(text) => return vec![self.text(text)],
            Segment::Parameter(name) => return vec![self.named(|parameter| parameter.name == *name)],
            Segment::Word(word) => *word,
        };
        if self.lang == Lang::Curl
            && let Some(pieces) = self.in_shell(word)
        {
            return pieces;
        }
        vec![match word {
            SegmentWord::Secret => self.secret().to_owned(),
            SegmentWord::Params => self.params(),
            SegmentWord::EncodedParams => self.percent(&self.params()),
            SegmentWord::HttpMethod => self.text(self.method().as_str()),
            SegmentWord::Host => match self.lang {
                Lang::Php => format!("preg_replace('#^.*?//|/.*$#', '', {})", self.base_url()),
                Lang::Python => format!("urllib.parse.urlsplit({}).netloc", self.base_url()),
                _ => format!("new URL({}).host", self.base_url()),
            },
            SegmentWord::Path => self.path(),
            SegmentWord::RelativePath => match self.lang {
                Lang::Php => format!("substr({}, 1)", self.path()),
                Lang::Python => format!("({})[1:]", self.path()),
                _ => format!("({}).slice(1)", self.path()),
            },
            SegmentWord::Query if self.query(false).is_empty() => self.text(""),
            SegmentWord::Query => self.query(false),
            SegmentWord::Target if self.query(false).is_empty() => self.path(),
            SegmentWord::Target => self.joined(&[self.path(), self.text("?"), self.query(false)]),
            SegmentWord::Body if self.body().is_empty() => self.text(""),
            SegmentWord::Body => self.body(),
            SegmentWord::AppId => self.app_id().to_owned(),
        }]
    }

    fn params(&self) -> String {
        let join = self.text(&self.provider.sign.pair_separator);
        match self.lang {
            Lang::Php => format!("implode({join}, $pairs)"),
            Lang::JavaScript => format!("pairs.join({join})"),
            _ => format!("{join}.join(pairs)"),
        }
    }

    /// The value of a parameter, as it is sent.
    pub(super) fn named(&self, is_it: impl Fn(&Parameter) -> bool) -> String {
        let found = self.sent().find(|(parameter, _)| is_it(parameter));
        match found {
            Some((parameter, value)) => match self.variable(parameter) {
                Some(variable) if self.lang != Lang::Curl => self.entry(variable, &parameter.name),
                _ => value,
            },
            None => self.text(""),
        }
    }

    pub(super) fn secret(&self) -> &'static str {
        match self.lang {
            Lang::Curl => "\"$PYI_SECRET\"",
            Lang::Php => "getenv('PYI_SECRET')",
            Lang::Python => "os.environ[\"PYI_SECRET\"]",
            Lang::JavaScript | Lang::Rust => "process.env.PYI_SECRET",
        }
    }

    /// The key of an HMAC, as an expression of its bytes: for the shell, the arguments of OpenSSL.
    pub(super) fn hmac_key(&self) -> String {
        let sign = &self.provider.sign;
        let key = if sign.hmac_key.is_empty() {
            self.secret().to_owned()
        } else {
            let pieces: Vec<String> =
                sign.hmac_key.iter().flat_map(|segment| self.segment(segment)).collect();
            self.joined(&pieces)
        };
        match (sign.key_encoding, self.lang) {
            (KeyEncoding::Text, Lang::Curl) => format!("-hmac {key}"),
            (KeyEncoding::Hex, Lang::Curl) => format!("-mac HMAC -macopt hexkey:{key}"),
            (KeyEncoding::Base64, Lang::Curl) => format!(
                "-mac HMAC -macopt hexkey:\"$(printf '%s' {key} | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \\n')\""
            ),
            (KeyEncoding::Text, Lang::Php) => key,
            (KeyEncoding::Base64, Lang::Php) => format!("base64_decode({key})"),
            (KeyEncoding::Hex, Lang::Php) => format!("hex2bin({key})"),
            (KeyEncoding::Text, Lang::Python) => format!("({key}).encode()"),
            (KeyEncoding::Base64, Lang::Python) => format!("base64.b64decode({key})"),
            (KeyEncoding::Hex, Lang::Python) => format!("bytes.fromhex({key})"),
            (KeyEncoding::Text, _) => key,
            (encoding, _) => format!("Buffer.from({key}, '{}')", encoding.as_str()),
        }
    }

    /// For the shell, the pieces of what is made there in another way; `None` for the rest.
    fn in_shell(&self, word: SegmentWord) -> Option<Vec<String>> {
        let sign = &self.provider.sign;
        Some(match word {
            SegmentWord::Params if sign.order == ParameterOrder::Value => {
                let signed = self.sent().filter(|(parameter, _)| parameter.is_signed);
                let values: Vec<String> = signed.map(|(_, value)| value).collect();
                let sorted = format!("printf '%s\\0' {} | LC_ALL=C sort -z", values.join(" "));
                vec![match sign.pair_separator.as_str() {
                    "" => format!("\"$({sorted} | tr -d '\\0')\""),
                    join => {
                        let join = self.text(&join.replace('\\', "\\\\"));
                        format!("\"$(sorted=$({sorted} | tr '\\0' {join}); printf '%s' \"${{sorted%?}}\")\"")
                    }
                }]
            }
            SegmentWord::Params => {
                let mut pieces = Vec::new();
                for (index, (parameter, value)) in
                    self.sent().filter(|(parameter, _)| parameter.is_signed).enumerate()
                {
                    let join = if index == 0 { "" } else { sign.pair_separator.as_str() };
                    let name = if sign.has_names { parameter.name.as_str() } else { "" };
                    match sign.encode {
                        None => {
                            pieces.push(self.text(&format!("{join}{name}{}", sign.key_value_separator)));
                            pieces.push(value);
                        }
                        Some(_) => {
                            pieces.push(self.text(join));
                            pieces.push(self.encoded(sign.encode, &self.text(name)));
                            pieces.push(self.text(&sign.key_value_separator));
                            pieces.push(self.encoded(sign.encode, &value));
                        }
                    }
                }
                if pieces.is_empty() { vec!["''".to_owned()] } else { pieces }
            }
            SegmentWord::EncodedParams => {
                let params = self.in_shell(SegmentWord::Params).unwrap_or_default().join(" ");
                vec![format!("\"$(percent \"$(printf '%s' {params})\")\"")]
            }
            SegmentWord::Host => vec!["\"${host%%/*}\"".to_owned()],
            SegmentWord::RelativePath => vec![format!("\"$(printf '%s' {} | cut -c2-)\"", self.path())],
            SegmentWord::Query => vec!["\"$query\"".to_owned()],
            SegmentWord::Target => vec![format!("{}\"${{query:+?}}$query\"", self.path())],
            SegmentWord::Body => vec!["\"$body\"".to_owned()],
            _ => return None,
        })
    }
}
