//! From the YAML tree to what was written. Never fails: what cannot be read becomes a fault, and the rest is read on.
//!
//! `keys.rs` reads one map: which keys it may have, which it must have. This file says it for the provider and its
//! endpoints, `types.rs` for fields and their types.

mod keys;
mod scalars;
mod types;

use std::sync::Arc;

use self::keys::Keys;
pub(crate) use self::scalars::is_decimal;
use self::scalars::{boolean, number};
use self::types::Role;
use crate::ast::{Common, Endpoint, Envelope, Price, Provider, Response, Sign, Spec, Status, Text};
use crate::ir::{BillingRule, CommonSource, StatusClass};
use crate::report::Report;
use crate::source::{File, PROVIDER, Sources};
use crate::tree::{self, Kind, Node};

const STATUSES: &str =
    "the provider's status codes, such as `10000: {name: ok, title: …, class: data, billed: always}`";

pub(crate) fn parse(sources: &Sources, report: &mut Report) -> Spec {
    let mut spec = Spec::default();
    for file in sources {
        if report.is_faulty(file) {
            continue;
        }
        let root = tree::read(file, report);
        if file.name == PROVIDER {
            spec.provider_read = root.is_some();
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
            .map(|(name, node)| types::field(Role::Type, name, node, report))
            .collect(),
        statuses: statuses(keys.required("statuses", STATUSES), StatusKind::Envelope, report),
        http: statuses(keys.optional("http"), StatusKind::Http, report),
        jsonp_callback: keys.text("jsonp_callback", report),
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
    let mut common = Common { from: None, optional: false, opt_in: false, name };
    let owner = format!("common parameter `{}`", common.name.value);
    if let Some(mut keys) = Keys::of(node, &owner, &common.name.place, report) {
        common.from = keys.required_text(
            "from",
            &format!("one of {}", list(CommonSource::WORDS.iter().copied())),
            report,
        );
        common.optional = keys.boolean("optional", report).is_some_and(|optional| optional.value);
        common.opt_in = keys.boolean("opt_in", report).is_some_and(|opt_in| opt_in.value);
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

/// What a status is a status of.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StatusKind {
    /// An envelope. Each needs a name and a title.
    Envelope,
    /// An HTTP answer without an envelope. HTTP has names of its own.
    Http,
}

impl StatusKind {
    fn section(self) -> &'static str {
        if self == Self::Http { "http" } else { "statuses" }
    }

    fn word(self) -> &'static str {
        if self == Self::Http { "HTTP status" } else { "status" }
    }

    fn classes(self) -> &'static [&'static str] {
        if self == Self::Http { StatusClass::ERRORS } else { StatusClass::WORDS }
    }
}

/// The statuses of a section: the provider's, those that only an endpoint has, or HTTP's.
fn statuses(node: Option<&Node>, kind: StatusKind, report: &mut Report) -> Vec<Status> {
    let entries =
        node.map(|node| keys::entries(node, kind.section(), Kind::Number, report)).unwrap_or_default();
    entries.into_iter().map(|(code, node)| status(code, kind, node, report)).collect()
}

fn status(code: Text, kind: StatusKind, node: &Node, report: &mut Report) -> Status {
    let mut status = Status {
        name: None,
        title: None,
        class: None,
        billed: None,
        retry: None,
        stops: false,
        remedy: None,
        code,
    };
    let owner = format!("{} `{}`", kind.word(), status.code.value);
    if let Some(mut keys) = Keys::of(node, &owner, &status.code.place, report) {
        let mut text = |key, hint, report: &mut Report| match kind {
            StatusKind::Envelope => keys.required_text(key, hint, report),
            StatusKind::Http => keys.text(key, report),
        };
        status.name = text("name", "a name for the status, such as `name: quota_exhausted`", report);
        status.title = text("title", "the provider's words for it", report);
        status.class =
            keys.required_text("class", &format!("one of {}", list(kind.classes().iter().copied())), report);
        status.billed = keys.required_text(
            "billed",
            &format!("one of {}", list(BillingRule::WORDS.iter().copied())),
            report,
        );
        status.retry = keys.word("retry", report);
        status.stops = keys.boolean("stops", report).is_some_and(|stops| stops.value);
        status.remedy = keys.text("next", report);
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
        deprecated: keys.text("deprecated", report),
        common: keys
            .entries("common", report)
            .into_iter()
            .filter_map(|(name, node)| Some((name, boolean(node, report)?)))
            .collect(),
        envelope: keys.optional("envelope").map(|node| envelope_override(node, report)).unwrap_or_default(),
        statuses: statuses(keys.optional("statuses"), StatusKind::Envelope, report),
        callback: keys.text("callback", report),
        request: keys
            .required("request", "the request's fields by their wire name, or `request: {}` for none")
            .map(|node| types::fields(node, "request", Role::Request, report))
            .unwrap_or_default(),
        response: keys
            .required("response", "the reply's fields by their wire name, or `response: any`")
            .map_or(Response::Fields(Vec::new()), |node| types::response(node, report)),
    };
    keys.finish(report);
    endpoint
}

/// An endpoint says only what is called otherwise.
fn envelope_override(node: &Node, report: &mut Report) -> Envelope {
    let Some(mut keys) = Keys::of(node, "`envelope`", &node.place, report) else {
        return Envelope::default();
    };
    let envelope = Envelope {
        status: keys.text("status", report),
        message: keys.text("message", report),
        data: keys.text("data", report),
        time: keys.texts("time", report),
    };
    keys.finish(report);
    envelope
}

fn price(node: &Node, report: &mut Report) -> Option<Price> {
    let mut keys = Keys::of(node, "`price`", &node.place, report)?;
    let currency = keys.required_text("currency", "such as `currency: CNY`", report);
    let tiers =
        keys.required("tiers", "calls bought and the price of one, such as `tiers: {1000: \"0.16\"}`");
    let tiers = tiers.map(|node| keys::entries(node, "tiers", Kind::Number, report)).unwrap_or_default();
    let tiers = tiers.into_iter().filter_map(|(calls, node)| Some((calls, number(node, report)?))).collect();
    keys.finish(report);
    Some(Price { currency, tiers })
}

/// As many words are listed in a message.
const LIST_LIMIT: usize = 30;

/// Words for a message: `` `a`, `b`, `c` ``.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = words.into_iter();
    let listed: Vec<String> = words.by_ref().take(LIST_LIMIT).map(|word| format!("`{word}`")).collect();
    let more = if words.next().is_some() { ", …" } else { "" };
    listed.join(", ") + more
}
