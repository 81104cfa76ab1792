//! From the YAML tree to what was written. Never fails: what cannot be read becomes a fault, and the rest is read on.
//!
//! `keys.rs` reads one map: which keys it may have, which it must have. This file says it for each part of the dialect.

mod keys;

use std::sync::Arc;

use self::keys::Keys;
use crate::ast::{At, Code, Common, Endpoint, Envelope, Field, Price, Provider, Sign, Spec, Status, Text};
use crate::ir::{Billed, Class};
use crate::report::{Place, Report};
use crate::source::{File, PROVIDER, Sources};
use crate::tree::{self, Kind, Node, Scalar, Value};

pub(crate) fn parse(sources: &Sources, report: &mut Report) -> Spec {
    let mut spec = Spec::default();
    for file in sources {
        if report.is_faulty(file) {
            continue;
        }
        let root = tree::read(file, report);
        if file.name == PROVIDER {
            spec.provider = Keys::of_file(file, root.as_ref(), report)
                .map(|keys| provider(keys, report))
                .unwrap_or_default();
        } else if let Some(id) = file.endpoint() {
            let keys = Keys::of_file(file, root.as_ref(), report);
            spec.endpoints.extend(keys.map(|keys| endpoint(file, id, keys, report)));
        }
    }
    spec
}

fn provider(mut keys: Keys<'_>, report: &mut Report) -> Provider {
    let provider = Provider {
        name: keys.required_text("provider", "the provider's name, such as `provider: wapi`", report),
        title: keys.required_text("title", "what the provider calls itself", report),
        doc: keys.text("doc", report),
        sign: keys
            .map("sign", "how a request is signed", report)
            .map(|keys| sign(keys, report))
            .unwrap_or_default(),
        common: keys
            .entries("common", report)
            .into_iter()
            .map(|(name, node)| common(name, node, report))
            .collect(),
        envelope: keys
            .map("envelope", "the names of a reply's outer members", report)
            .map(|keys| envelope(keys, report))
            .unwrap_or_default(),
        types: keys
            .entries("types", report)
            .into_iter()
            .map(|(name, node)| field("type", name, node, report))
            .collect(),
        statuses: statuses(&mut keys, report),
    };
    keys.finish(report);
    provider
}

fn sign(mut keys: Keys<'_>, report: &mut Report) -> Sign {
    let mut sign = Sign {
        parameter: keys.required_text(
            "parameter",
            "the parameter that carries the signature, such as `parameter: sign`",
            report,
        ),
        methods: keys.required_texts("methods", "such as `methods: [md5, hash]`", report),
        ..Sign::default()
    };
    if let Some(mut canonical) = keys.map("canonical", "how the signed text is put together", report) {
        sign.pair = canonical.required_text("pair", "such as `pair: \"{key}{value}\"`", report);
        sign.join =
            canonical.required_text("join", "what stands between two pairs, such as `join: \"\"`", report);
        sign.secret = canonical.required_text("secret", "such as `secret: \"{params}{secret}\"`", report);
        sign.skip_empty = canonical.boolean("skip_empty", report);
        canonical.finish(report);
    }
    if let Some(mut digest) = keys.map("digest", "such as `digest: {algorithm: md5, case: lower}`", report) {
        sign.algorithm = digest.required_text("algorithm", "such as `algorithm: md5`", report);
        sign.case = digest.required_text("case", "`lower` or `upper`", report);
        digest.finish(report);
    }
    keys.finish(report);
    sign
}

fn common(name: Text, node: &Node, report: &mut Report) -> Common {
    let mut common = Common { from: None, optional: false, name };
    if let Some(mut keys) =
        Keys::of(node, &format!("common parameter `{}`", common.name.value), &common.name.place, report)
    {
        common.from = keys.required_text("from", "`app_id`, `format` or `clock`", report);
        common.optional = keys.boolean("optional", report).is_some_and(|optional| optional.value);
        keys.finish(report);
    }
    common
}

fn envelope(mut keys: Keys<'_>, report: &mut Report) -> Envelope {
    let envelope = Envelope {
        status: keys.required_text("status", "the member that holds the status code", report),
        message: keys.required_text("message", "the member that holds the provider's words", report),
        data: keys.required_text("data", "the member that holds the payload", report),
        time: keys.texts("time", report),
    };
    keys.finish(report);
    envelope
}

fn statuses(keys: &mut Keys<'_>, report: &mut Report) -> Vec<Status> {
    let hint =
        "the provider's status codes, such as `10000: {name: ok, title: …, class: data, billed: always}`";
    let Some(node) = keys.required("statuses", hint) else {
        return Vec::new();
    };
    keys::entries(node, "statuses", Kind::Number, report)
        .into_iter()
        .map(|(code, node)| status(code, node, report))
        .collect()
}

fn status(code: Text, node: &Node, report: &mut Report) -> Status {
    let mut status =
        Status { name: None, title: None, class: None, billed: None, retry: None, next: None, code };
    if let Some(mut keys) =
        Keys::of(node, &format!("status `{}`", status.code.value), &status.code.place, report)
    {
        status.name =
            keys.required_text("name", "a name for the status, such as `name: quota_exhausted`", report);
        status.title = keys.required_text("title", "the provider's words for it", report);
        status.class =
            keys.required_text("class", &format!("one of {}", list(Class::WORDS.iter().copied())), report);
        status.billed =
            keys.required_text("billed", &format!("one of {}", list(Billed::WORDS.iter().copied())), report);
        status.retry = keys.boolean("retry", report);
        status.next = keys.text("next", report);
        keys.finish(report);
    }
    status
}

fn endpoint(file: &Arc<File>, id: &str, mut keys: Keys<'_>, report: &mut Report) -> Endpoint {
    let endpoint = Endpoint {
        file: Arc::clone(file),
        id: id.to_owned(),
        path: keys.required_text("path", "the endpoint's path, such as `path: /pyi/62/169`", report),
        title: keys.required_text("title", "what the endpoint is called", report),
        doc: keys.text("doc", report),
        source: keys.required_text("source", "where these facts come from, such as `source: product page`", report),
        effect: keys.required_text(
            "effect",
            "`query` if the call only looks something up, `act` if it does something that must not happen twice",
            report,
        ),
        methods: keys.required_texts("methods", "the first is the default, such as `methods: [POST, GET]`", report),
        formats: keys.required_texts("formats", "the first is the default, such as `formats: [json]`", report),
        price: keys.optional("price").and_then(|node| price(node, report)),
        request: fields(&mut keys, "request", report),
        response: fields(&mut keys, "response", report),
    };
    keys.finish(report);
    endpoint
}

fn price(node: &Node, report: &mut Report) -> Option<Price> {
    let mut keys = Keys::of(node, "`price`", &node.place, report)?;
    let currency = keys.required_text("currency", "such as `currency: CNY`", report);
    let tiers =
        keys.required("tiers", "calls bought and the price of one, such as `tiers: {1000: \"0.16\"}`");
    let tiers = tiers.map(|node| keys::entries(node, "tiers", Kind::Number, report)).unwrap_or_default();
    let tiers = tiers.into_iter().filter_map(|(calls, node)| Some((calls, text(node, report)?))).collect();
    keys.finish(report);
    Some(Price { currency, tiers })
}

fn fields(keys: &mut Keys<'_>, section: &'static str, report: &mut Report) -> Vec<Field> {
    let hint = format!("the {section}'s fields by their wire name, or `{section}: {{}}` for none");
    let Some(node) = keys.required(section, &hint) else {
        return Vec::new();
    };
    let entries = keys::entries(node, section, Kind::Text, report);
    entries.into_iter().map(|(name, node)| field("field", name, node, report)).collect()
}

/// Reads a field, or a named type: the two differ in what they are called, and in that a type cannot be renamed.
fn field(what: &str, name: Text, node: &Node, report: &mut Report) -> Field {
    let mut field = Field {
        ty: None,
        codes: None,
        title: None,
        doc: None,
        example: None,
        pattern: None,
        rename: None,
        public: None,
        name,
    };
    let owner = format!("{what} `{}`", field.name.value);
    let Some(mut keys) = Keys::of(node, &owner, &field.name.place, report) else {
        return field;
    };
    field.codes = (what == "type").then(|| keys.optional("enum")).flatten().map(|node| {
        keys::entries(node, "enum", Kind::Text, report).into_iter().map(|(c, n)| code(c, n, report)).collect()
    });
    field.ty = if field.codes.is_none() {
        keys.required_text("type", "such as `type: string`", report)
    } else {
        None
    };
    field.title = keys.text("title", report);
    field.doc = keys.text("doc", report);
    field.example = keys.text("example", report);
    field.pattern = keys.text("pattern", report);
    field.public = keys.boolean("public", report);
    if what == "field" {
        field.rename = keys.text("rename", report);
    }
    keys.finish(report);
    field
}

fn code(code: Text, node: &Node, report: &mut Report) -> Code {
    let mut code = Code { name: None, title: None, code };
    if let Some(mut keys) = Keys::of(node, &format!("code `{}`", code.code.value), &code.code.place, report) {
        code.name = keys.required_text("name", "a name for the code, such as `name: match`", report);
        code.title = keys.text("title", report);
        keys.finish(report);
    }
    code
}

/// A scalar that YAML reads as text.
fn text(node: &Node, report: &mut Report) -> Option<Text> {
    let scalar = scalar(node, "a text", report)?;
    text_of(scalar, &node.place, report)
}

fn text_of(scalar: &Scalar, place: &Place, report: &mut Report) -> Option<Text> {
    let kind = match scalar.kind() {
        Kind::Text => {
            return Some(At { value: scalar.text.clone(), place: place.clone() });
        }
        Kind::Null => "nothing",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
    };
    let help = if scalar.text.is_empty() {
        "write a value, or \"\" for an empty text".to_owned()
    } else {
        format!("quote it to keep it as written: \"{}\"", scalar.text)
    };
    report.fault(
        "not-text",
        place,
        format!("`{}` is {kind} in YAML, where a text is expected", scalar.text),
        help,
    );
    None
}

fn number_of(scalar: &Scalar, place: &Place, report: &mut Report) -> Option<Text> {
    if !scalar.text.is_empty() && scalar.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(At { value: scalar.text.clone(), place: place.clone() });
    }
    let message = format!("`{}` is not a whole number", scalar.text);
    report.fault("not-a-number", place, message, "write digits only, such as `10000`".to_owned());
    None
}

fn boolean(node: &Node, report: &mut Report) -> Option<At<bool>> {
    let scalar = scalar(node, "`true` or `false`", report)?;
    let value = match (scalar.text.as_str(), scalar.quoted) {
        ("true", false) => true,
        ("false", false) => false,
        (other, _) => {
            let help = "write `true` or `false`, without quotes".to_owned();
            report.fault("not-a-boolean", &node.place, format!("`{other}` is neither true nor false"), help);
            return None;
        }
    };
    Some(At { value, place: node.place.clone() })
}

fn scalar<'n>(node: &'n Node, wanted: &str, report: &mut Report) -> Option<&'n Scalar> {
    let found = match &node.value {
        Value::Scalar(scalar) => return Some(scalar),
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    };
    report.fault(
        "wrong-shape",
        &node.place,
        format!("{found} stands where {wanted} is expected"),
        format!("write {wanted}"),
    );
    None
}

/// Texts in a list; one text alone stands for a list of one.
fn texts(node: &Node, report: &mut Report) -> Vec<Text> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| text(item, report)).collect(),
        _ => text(node, report).into_iter().collect(),
    }
}

/// Words for a message: `` `a`, `b`, `c` ``.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}
