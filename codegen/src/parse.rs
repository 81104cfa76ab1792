//! Parses the YAML tree to the ast. It never fails: an unreadable part is a fault, and the rest is
//! read.
//!
//! The keys are those of `dialect`. `keys.rs` reads one map; this file reads the provider and its
//! endpoints, `types.rs` fields and their types.

mod keys;
mod scalars;
mod types;

use std::sync::Arc;

use self::keys::MapReader;
pub(crate) use self::scalars::is_decimal;
use self::scalars::{boolean, number};
use self::types::Role;
use crate::ast::{
    Callback, Common, Delivery, Endpoint, Envelope, Price, Provider, Response, Sign, Spec, Status, Text,
};
use crate::dialect::{CALLBACK, COMMON, ENDPOINT, HTTP_STATUS, PROVIDER, STATUS, Section};
use crate::ir::CommonSource;
use crate::report::Report;
use crate::rules::Rule;
use crate::source::{self, File, Sources};
use crate::yaml::{self, Node, Value};

pub(crate) fn parse(sources: &Sources, report: &mut Report) -> Spec {
    let mut spec = Spec::default();
    for file in sources {
        if report.is_faulty(file) {
            continue;
        }
        match self::file(file, report) {
            Parsed::Provider(provider) => {
                spec.provider_read = provider.is_some();
                spec.provider = provider.map_or_else(Provider::default, |provider| *provider);
            }
            Parsed::Endpoint(endpoint) => spec.endpoints.extend(endpoint.map(|endpoint| *endpoint)),
            Parsed::Other => {}
        }
    }
    spec
}

/// What a file describes; `None` in it for one that is no YAML.
pub(crate) enum Parsed {
    Provider(Option<Box<Provider>>),
    Endpoint(Option<Box<Endpoint>>),
    Other,
}

/// Parses one file.
pub(crate) fn file(file: &Arc<File>, report: &mut Report) -> Parsed {
    if file.name == source::PROVIDER {
        let root = yaml::read(file, report);
        let keys = MapReader::of_file(file, &PROVIDER, root.as_ref(), report);
        let provider = keys.map(|keys| provider(keys, report)).unwrap_or_default();
        return Parsed::Provider(root.map(|_| Box::new(provider)));
    }
    let Some(id) = file.endpoint() else { return Parsed::Other };
    let root = yaml::read(file, report);
    let keys = MapReader::of_file(file, &ENDPOINT, root.as_ref(), report);
    Parsed::Endpoint(keys.map(|keys| Box::new(endpoint(file, id, keys, report))))
}

fn provider(mut keys: MapReader<'_>, report: &mut Report) -> Provider {
    let provider = Provider {
        name: keys.text("provider", report),
        title: keys.text("title", report),
        doc: keys.text("doc", report),
        sign: keys.map("sign", report).map(|keys| sign(keys, report)).unwrap_or_default(),
        common: keys
            .entries("common", report)
            .into_iter()
            .map(|(name, node)| common(name, node, report))
            .collect(),
        envelope: keys.map("envelope", report).map(|keys| envelope(keys, report)).unwrap_or_default(),
        types: keys
            .entries("types", report)
            .into_iter()
            .map(|(name, node)| types::field(Role::Type, name, node, report))
            .collect(),
        statuses: statuses(&mut keys, "statuses", &STATUS, report),
        http: statuses(&mut keys, "http", &HTTP_STATUS, report),
        jsonp_callback: keys.text("jsonp_callback", report),
    };
    keys.finish(report);
    provider
}

fn sign(mut keys: MapReader<'_>, report: &mut Report) -> Sign {
    let mut sign = Sign {
        parameter: keys.text("parameter", report),
        place: keys.text("in", report),
        template: keys.text("write", report),
        write_as: keys.text("write_as", report),
        methods: keys.texts("methods", report),
        ..Sign::default()
    };
    if let Some(mut canonical) = keys.map("canonical", report) {
        sign.has_canonical = true;
        sign.pair = canonical.text("pair", report);
        sign.join = canonical.text("join", report);
        sign.order = canonical.text("order", report);
        sign.encode = canonical.text("encode", report);
        sign.encode_text = canonical.text("encode_text", report);
        sign.secret = canonical.text("secret", report);
        sign.secret_as = canonical.text("secret_as", report);
        sign.hmac = canonical.text("hmac", report);
        sign.hmac_key = canonical.text("hmac_key", report);
        sign.key_encoding = canonical.text("key_encoding", report);
        sign.skip_empty = canonical.boolean("skip_empty", report);
        canonical.finish(report);
    }
    if let Some(mut digest) = keys.map("digest", report) {
        sign.algorithm = digest.text("algorithm", report);
        sign.case = digest.text("case", report);
        sign.encoding = digest.text("encoding", report);
        digest.finish(report);
    }
    keys.finish(report);
    sign
}

fn common(name: Text, node: &Node, report: &mut Report) -> Common {
    let mut common = Common {
        from: None,
        value: None,
        place: None,
        write: None,
        zone: None,
        words: Vec::new(),
        number: None,
        signed: None,
        optional: false,
        opt_in: false,
        name,
    };
    let owner = format!("common parameter `{}`", common.name.value);
    if let Value::Scalar(scalar) = &node.value {
        // The source or the constant alone, which is read all the same.
        let text = Text { value: scalar.text.clone(), place: node.place.clone() };
        let help = if CommonSource::WORDS.contains(&text.value.as_str()) {
            let help = format!("write `{{from: {}}}`", text.value);
            common.from = Some(text);
            help
        } else {
            let help = format!("write `{{value: \"{}\"}}` for a constant", text.value);
            common.value = Some(text);
            help
        };
        let message = format!("{owner} is not a map of keys and values");
        report.fault(Rule::WrongShape, &node.place, message, help);
        return common;
    }
    if let Some(mut keys) = MapReader::of(node, &COMMON, &owner, &common.name.place, report) {
        common.from = keys.text("from", report);
        common.value = keys.text("value", report);
        common.place = keys.text("in", report);
        common.write = keys.text("write", report);
        common.zone = keys.text("zone", report);
        common.words = texts_by_name(&mut keys, "words", report);
        common.signed = keys.boolean("signed", report);
        common.number = keys.boolean("number", report);
        common.optional = keys.boolean("optional", report).is_some_and(|optional| optional.value);
        common.opt_in = keys.boolean("opt_in", report).is_some_and(|opt_in| opt_in.value);
        keys.finish(report);
    }
    common
}

/// The provider's envelope, or an endpoint's differences from it.
fn envelope(mut keys: MapReader<'_>, report: &mut Report) -> Envelope {
    let envelope = Envelope {
        status: keys.texts("status", report),
        absent: keys.code("absent", report),
        proof: keys.text("proof", report),
        message: keys.texts("message", report),
        data: keys.text("data", report),
        time: keys.texts("time", report),
        json_text: keys.texts("json_text", report),
        empty: keys.code("empty", report),
    };
    keys.finish(report);
    envelope
}

/// The statuses of a key: the provider's, an endpoint's own, or HTTP's.
fn statuses(
    keys: &mut MapReader<'_>,
    name: &str,
    section: &'static Section,
    report: &mut Report,
) -> Vec<Status> {
    let entries = keys.entries(name, report);
    entries.into_iter().map(|(code, node)| status(code, section, node, report)).collect()
}

fn status(code: Text, section: &'static Section, node: &Node, report: &mut Report) -> Status {
    let mut status = Status {
        name: None,
        title: None,
        class: None,
        billed: None,
        retry: None,
        halts_batch: false,
        remedy: None,
        code,
    };
    let what = if section.name == HTTP_STATUS.name { "HTTP status" } else { "status" };
    let owner = format!("{what} `{}`", status.code.value);
    if let Some(mut keys) = MapReader::of(node, section, &owner, &status.code.place, report) {
        status.name = keys.text("name", report);
        status.title = keys.text("title", report);
        status.class = keys.text("class", report);
        status.billed = keys.text("billed", report);
        status.retry = keys.word("retry", report);
        status.halts_batch = keys.boolean("stops", report).is_some_and(|halts| halts.value);
        status.remedy = keys.text("next", report);
        keys.finish(report);
    }
    status
}

fn endpoint(file: &Arc<File>, id: &str, mut keys: MapReader<'_>, report: &mut Report) -> Endpoint {
    let endpoint = Endpoint {
        file: Arc::clone(file),
        id: id.to_owned(),
        path: keys.text("path", report),
        fixed: texts_by_name(&mut keys, "fixed", report),
        host: keys.text("host", report),
        body: keys.text("body", report),
        xml_root: keys.text("xml_root", report),
        signed: keys.boolean("signed", report),
        title: keys.text("title", report),
        doc: keys.text("doc", report),
        source: keys.text("source", report),
        effect: keys.text("effect", report),
        methods: keys.texts("methods", report),
        formats: keys.texts("formats", report),
        price: keys.map("price", report).map(|keys| price(keys, report)),
        deprecated: keys.text("deprecated", report),
        common: keys
            .entries("common", report)
            .into_iter()
            .filter_map(|(name, node)| Some((name, boolean(node, report)?)))
            .collect(),
        envelope: keys.map("envelope", report).map(|keys| envelope(keys, report)).unwrap_or_default(),
        statuses: statuses(&mut keys, "statuses", &STATUS, report),
        callback: keys.take("callback").and_then(|node| callback(node, report)),
        request: keys
            .entries("request", report)
            .into_iter()
            .map(|(name, node)| types::field(Role::Request, name, node, report))
            .collect(),
        response: keys
            .take("response")
            .map_or(Response::Fields(Vec::new()), |node| types::response(node, report)),
    };
    keys.finish(report);
    endpoint
}

/// The name of a request's field, or what arrives at the address in it.
fn callback(node: &Node, report: &mut Report) -> Option<Callback> {
    if let Value::Scalar(_) = node.value {
        return Some(Callback { field: Some(scalars::text(node, None, report)?), delivery: None });
    }
    let mut keys = MapReader::of(node, &CALLBACK, "`callback`", &node.place, report)?;
    let field = keys.text("field", report);
    let delivery = Delivery {
        place: node.place.clone(),
        method: keys.text("method", report),
        body: keys.text("body", report),
        sign: keys.map("sign", report).map(|keys| sign(keys, report)),
        fields: keys
            .entries("fields", report)
            .into_iter()
            .map(|(name, node)| types::field(Role::Callback, name, node, report))
            .collect(),
        answer: keys.text("answer", report),
    };
    keys.finish(report);
    Some(Callback { field, delivery: Some(delivery) })
}

fn texts_by_name(keys: &mut MapReader<'_>, name: &str, report: &mut Report) -> Vec<(Text, Text)> {
    let entries = keys.entries(name, report);
    entries.into_iter().filter_map(|(name, node)| Some((name, scalars::text(node, None, report)?))).collect()
}

fn price(mut keys: MapReader<'_>, report: &mut Report) -> Price {
    let currency = keys.text("currency", report);
    let tiers = keys.entries("tiers", report);
    let tiers = tiers.into_iter().filter_map(|(calls, node)| Some((calls, number(node, report)?))).collect();
    keys.finish(report);
    Price { currency, tiers }
}
