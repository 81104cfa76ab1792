//! The canonical string: what is signed, as a template of segments. It is written in pieces, so that
//! one with a secret in it never is a whole text.

use crate::operation::{ParameterOrder, PercentEncoding, Segment, SegmentWord, SignMethod, SigningScheme};
use crate::request::encode::{VALUE, percent_encode};

/// A parameter that is sent.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// Its wire name.
    pub name: &'a str,
    /// Its value, in raw UTF-8.
    pub value: &'a str,
    /// The text that is sent, with `{value}` in it; empty for the value alone.
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

impl Pair<'_> {
    /// Writes the text that is sent, in pieces.
    #[cold]
    fn write(&self, out: &mut dyn FnMut(&str)) {
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

/// Pairs in signing order, without the signature, and without empty values if the scheme skips them.
/// In the order of a list, they come as they are given.
pub fn in_order<'p>(scheme: &SigningScheme<'_>, pairs: impl IntoIterator<Item = Pair<'p>>) -> Vec<Pair<'p>> {
    let is_sent =
        |pair: &Pair<'_>| pair.name != scheme.parameter && !(scheme.skip_empty && pair.value.is_empty());
    let mut pairs: Vec<_> = pairs.into_iter().filter(is_sent).collect();
    if scheme.order == ParameterOrder::Key {
        pairs.sort_by_key(|pair| pair.name);
    }
    pairs
}

/// The canonical string for a method, with a mark instead of the secret.
///
/// ```
/// use pyi_runtime::__private::canonical::{Material, Pair, canonical_string, in_order};
///
/// # use pyi_runtime::__private::operation::{Segment, SegmentWord, SignMethod, SigningScheme};
/// # let text = [Segment::Word(SegmentWord::Params), Segment::Word(SegmentWord::Secret)];
/// # let scheme = SigningScheme { digest_text: &text, ..SigningScheme::MD5 };
/// let pairs = [("format", "json"), ("appid", "1"), ("note", ""), ("sign", "…")];
/// let pairs = pairs.map(|(name, value)| Pair { name, value, template: "", is_signed: true });
/// let material = Material { pairs: &in_order(&scheme, pairs), ..Material::default() };
/// assert_eq!(canonical_string(&scheme, SignMethod::Md5, &material, "<secret>"), "appid1formatjson<secret>");
/// ```
pub fn canonical_string(
    scheme: &SigningScheme<'_>,
    method: SignMethod,
    material: &Material<'_>,
    mark: &str,
) -> String {
    let mut text = String::new();
    write(scheme, scheme.text(method), mark, material, &mut |piece| text.push_str(piece));
    text
}

/// Writes the segments of a text in pieces.
pub(crate) fn write(
    scheme: &SigningScheme<'_>,
    segments: &[Segment<'_>],
    secret: &str,
    material: &Material<'_>,
    out: &mut dyn FnMut(&str),
) {
    for segment in segments {
        let word = match segment {
            Segment::Text(text) => {
                out(text);
                continue;
            }
            // Empty if it is not sent.
            Segment::Parameter(name) => {
                if let Some(pair) = material.pairs.iter().find(|pair| pair.name == *name) {
                    pair.write(out);
                }
                continue;
            }
            Segment::Word(word) => word,
        };
        match word {
            SegmentWord::Secret => out(secret),
            SegmentWord::Params => params(scheme, material, out),
            SegmentWord::EncodedParams => params(scheme, material, &mut |piece| percent_encode(piece, out)),
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
fn params(scheme: &SigningScheme<'_>, material: &Material<'_>, out: &mut dyn FnMut(&str)) {
    let is_plain = scheme.encode.is_none();
    let mut is_first = true;
    for pair in material.pairs.iter().filter(|pair| pair.is_signed) {
        // A digest takes nothing in no less time than something.
        if !is_first && !scheme.pair_separator.is_empty() {
            out(scheme.pair_separator);
        }
        is_first = false;
        // Most providers sign names and values as they are.
        if scheme.has_names {
            if is_plain { out(pair.name) } else { encoded(scheme, pair.name, out) }
        }
        if !scheme.key_value_separator.is_empty() {
            out(scheme.key_value_separator);
        }
        if is_plain && pair.template.is_empty() {
            out(pair.value);
        } else {
            pair.write(&mut |piece| encoded(scheme, piece, out));
        }
    }
}

fn encoded(scheme: &SigningScheme<'_>, text: &str, out: &mut dyn FnMut(&str)) {
    match scheme.encode {
        None => out(text),
        Some(PercentEncoding::Rfc3986) => percent_encode(text, out),
        Some(PercentEncoding::Form) => form_urlencoded::byte_serialize(text.as_bytes()).for_each(out),
    }
}
