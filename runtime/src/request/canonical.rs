//! The canonical string: what is signed, as a template of segments. It is written in pieces, so
//! that one with a secret in it never is a whole text.

use secrecy::zeroize::Zeroizing;

use crate::operation::{ParameterOrder, PercentEncoding, Segment, SegmentWord, SigningScheme};
use crate::request::encode::{SECRET, VALUE};
use crate::request::form::percent_encode;
use crate::request::sign::Credentials;

/// A parameter that is sent.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// Its wire name.
    pub name: &'a str,
    /// Its value, in raw UTF-8.
    pub value: &'a str,
    /// The text that is sent, with `{value}` in it; empty for the value alone. `{secret}` for the
    /// secret, whatever the value is.
    pub template: &'a str,
    /// Whether it is one of the signed parameters.
    pub is_signed: bool,
}

/// What the segments of a canonical string are of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Material<'a> {
    /// The HTTP method.
    pub method: &'a str,
    /// The host of the base URL, with its port if it has one.
    pub host: &'a str,
    /// The path of the URL, as it is sent.
    pub path: &'a str,
    /// The query of the URL, as it is sent, without the signature.
    pub query: &'a str,
    /// The body, as it is sent, without the signature.
    pub body: &'a str,
    /// The app's id.
    pub app_id: &'a str,
    /// The parameters, in signing order.
    pub pairs: &'a [Pair<'a>],
}

impl<'a> Pair<'a> {
    /// The secret as one of the signed parameters, if a scheme has it there.
    pub fn secret(scheme: &SigningScheme<'a>) -> Option<Self> {
        let is_one = !scheme.secret_as.is_empty();
        is_one.then_some(Self { name: scheme.secret_as, value: SECRET, template: SECRET, is_signed: true })
    }
}

impl Pair<'_> {
    /// The text that is sent.
    pub(crate) fn sent(&self) -> String {
        self.sent_with("")
    }

    fn sent_with(&self, secret: &str) -> String {
        let mut text = String::new();
        self.write(secret, &mut |piece| text.push_str(piece));
        text
    }

    /// Writes the text that is sent, in pieces.
    #[cold]
    fn write(&self, secret: &str, out: &mut dyn FnMut(&str)) {
        if self.template == SECRET {
            return out(secret);
        }
        match self.template.split_once(VALUE) {
            None => out(self.value),
            Some((before, after)) => {
                out(before);
                out(self.value);
                out(after);
            }
        }
    }
}

/// Pairs in signing order, without the signature, and without empty values if the scheme skips
/// them. In the order of a list, they come as they are given; by value, they are sorted where they
/// are written.
pub fn in_order<'p>(scheme: &SigningScheme<'_>, pairs: impl IntoIterator<Item = Pair<'p>>) -> Vec<Pair<'p>> {
    let is_sent =
        |pair: &Pair<'_>| pair.name != scheme.parameter && !(scheme.skip_empty && pair.value.is_empty());
    let mut pairs: Vec<_> = pairs.into_iter().filter(is_sent).collect();
    if scheme.order == ParameterOrder::Key {
        pairs.sort_by_key(|pair| pair.name);
    }
    pairs
}

/// The canonical string for credentials, with a mark instead of the secret.
///
/// ```
/// use pyi_runtime::Credentials;
/// use pyi_runtime::__private::canonical::{Material, Pair, canonical_string, in_order};
///
/// # use pyi_runtime::__private::operation::{Segment, SegmentWord, SigningScheme};
/// # let text = [Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)];
/// # let scheme = SigningScheme { digest_text: &text, ..SigningScheme::MD5 };
/// let pairs = [("format", "json"), ("appid", "1"), ("note", ""), ("sign", "…")];
/// let pairs = pairs.map(|(name, value)| Pair { name, value, template: "", is_signed: true });
/// let material = Material { pairs: &in_order(&scheme, pairs), ..Material::default() };
/// let credentials = Credentials::md5("the app's secret");
/// let text = canonical_string(&scheme, &credentials, &material, "<secret>");
/// assert_eq!(text, "appid1formatjson<secret>");
/// ```
pub fn canonical_string(
    scheme: &SigningScheme<'_>,
    credentials: &Credentials,
    material: &Material<'_>,
    mark: &str,
) -> String {
    let mut text = String::new();
    let writer = Writer { scheme, secret: mark, sorted_as: credentials.secret(), material };
    writer.write(scheme.text(credentials.method()), &mut |piece| text.push_str(piece));
    text
}

/// Writes the texts of a scheme in pieces.
pub(crate) struct Writer<'w> {
    pub(crate) scheme: &'w SigningScheme<'w>,
    /// What is written for the secret.
    pub(crate) secret: &'w str,
    /// The secret, for its place among values that are sorted.
    pub(crate) sorted_as: &'w str,
    pub(crate) material: &'w Material<'w>,
}

impl Writer<'_> {
    /// Writes the text that is signed, encoded if the scheme says so.
    pub(crate) fn write(&self, segments: &[Segment<'_>], out: &mut dyn FnMut(&str)) {
        match self.scheme.encode_text {
            None => self.write_segments(segments, out),
            encoding => self.write_segments(segments, &mut |piece| encoded(encoding, piece, out)),
        }
    }

    /// Writes the segments of a text.
    pub(crate) fn write_segments(&self, segments: &[Segment<'_>], out: &mut dyn FnMut(&str)) {
        let material = self.material;
        for segment in segments {
            let word = match segment {
                Segment::Text(text) => {
                    out(text);
                    continue;
                }
                // Empty if it is not sent.
                Segment::Parameter(name) => {
                    if let Some(pair) = material.pairs.iter().find(|pair| pair.name == *name) {
                        pair.write(self.secret, out);
                    }
                    continue;
                }
                Segment::Word(word) => word,
            };
            match word {
                SegmentWord::Secret => out(self.secret),
                SegmentWord::Params => self.params(out),
                SegmentWord::EncodedParams => self.params(&mut |piece| percent_encode(piece, out)),
                SegmentWord::HttpMethod => out(material.method),
                SegmentWord::Host => out(material.host),
                SegmentWord::Path => out(material.path),
                SegmentWord::RelativePath => out(material.path.strip_prefix('/').unwrap_or(material.path)),
                SegmentWord::Query => out(material.query),
                SegmentWord::Target => {
                    out(material.path);
                    if !material.query.is_empty() {
                        out("?");
                        out(material.query);
                    }
                }
                SegmentWord::Body => out(material.body),
                SegmentWord::AppId => out(material.app_id),
            }
        }
    }

    /// Writes the signed parameters.
    fn params(&self, out: &mut dyn FnMut(&str)) {
        let scheme = self.scheme;
        if scheme.order == ParameterOrder::Value {
            return self.sorted_params(out);
        }
        let is_plain = scheme.encode.is_none();
        let mut is_first = true;
        for pair in self.material.pairs.iter().filter(|pair| pair.is_signed) {
            // A digest takes nothing in no less time than something.
            if !is_first && !scheme.pair_separator.is_empty() {
                out(scheme.pair_separator);
            }
            is_first = false;
            // Most providers sign names and values as they are.
            if scheme.has_names {
                if is_plain { out(pair.name) } else { encoded(scheme.encode, pair.name, out) }
            }
            if !scheme.key_value_separator.is_empty() {
                out(scheme.key_value_separator);
            }
            if is_plain && pair.template.is_empty() {
                out(pair.value);
            } else {
                pair.write(self.secret, &mut |piece| encoded(scheme.encode, piece, out));
            }
        }
    }

    /// Writes the values of the signed parameters in byte order, the secret at its own place.
    #[cold]
    fn sorted_params(&self, out: &mut dyn FnMut(&str)) {
        let scheme = self.scheme;
        let signed = self.material.pairs.iter().filter(|pair| pair.is_signed);
        let mut values: Vec<(Zeroizing<String>, &Pair<'_>)> =
            signed.map(|pair| (Zeroizing::new(pair.sent_with(self.sorted_as)), pair)).collect();
        values.sort_by(|(a, _), (b, _)| a.cmp(b));
        for (index, (_, pair)) in values.iter().enumerate() {
            if index > 0 {
                out(scheme.pair_separator);
            }
            pair.write(self.secret, &mut |piece| encoded(scheme.encode, piece, out));
        }
    }
}

fn encoded(encoding: Option<PercentEncoding>, text: &str, out: &mut dyn FnMut(&str)) {
    match encoding {
        None => out(text),
        Some(PercentEncoding::Rfc3986) => percent_encode(text, out),
        Some(PercentEncoding::Form) => form_urlencoded::byte_serialize(text.as_bytes()).for_each(out),
    }
}
