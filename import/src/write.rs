//! Writes the facts of a page as an endpoint file. Unknown facts become comments.

use pyi_codegen::ir::{Pointer, Provider, StatusCode};

use crate::entries::EntryWriter;
use crate::extract::PageFacts;
use crate::kind::Kind;
use crate::page::tidy;
use crate::tree::Row;

/// Draft of an endpoint file, in parts that `merge` can insert into a file.
pub(crate) struct Draft {
    /// Unknown facts, one per line.
    pub(crate) unknown: Vec<String>,
    /// Single keys with their values.
    pub(crate) single: Vec<(&'static str, String)>,
    pub(crate) request: Vec<Entry>,
    pub(crate) response: Payload,
}

impl Draft {
    /// Comments on uncertain fields, each with its path.
    pub(crate) fn comments(&self) -> Vec<String> {
        self.request.iter().chain(self.response.fields()).flat_map(|entry| entry.comments("")).collect()
    }

    /// Value of a single key, without quotes.
    pub(crate) fn get(&self, key: &str) -> &str {
        let found = self.single.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value.trim_matches('"')).unwrap_or_default()
    }
}

/// Shape of a response.
pub(crate) enum Payload {
    Fields(Vec<Entry>),
    /// A list of objects with these fields.
    List(Vec<Entry>),
    Any,
}

impl Payload {
    pub(crate) fn fields(&self) -> &[Entry] {
        match self {
            Self::Fields(fields) | Self::List(fields) => fields,
            Self::Any => &[],
        }
    }

    /// Lines of the key `response`.
    pub(crate) fn lines(&self) -> Vec<String> {
        let lines = |indent| self.fields().iter().flat_map(move |entry| entry.lines(indent));
        match self {
            Self::Any => vec!["response: any".to_owned()],
            Self::Fields(fields) if fields.is_empty() => vec!["response: {}".to_owned()],
            Self::Fields(_) => std::iter::once("response:".to_owned()).chain(lines("  ")).collect(),
            Self::List(_) => {
                let mut lines: Vec<String> = lines("    ").collect();
                if let Some(first) = lines.first_mut() {
                    first.replace_range(..4, "  - ");
                }
                std::iter::once("response:".to_owned()).chain(lines).collect()
            }
        }
    }
}

/// A field as written in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) ty: String,
    /// Keys next to `type`, with their values.
    pub(crate) parts: Vec<String>,
    /// Fields of an object, or of the objects of a list.
    pub(crate) inner: Option<Vec<Entry>>,
    /// Comment on uncertain facts.
    pub(crate) comment: Option<String>,
}

impl Entry {
    /// The entry on one line, without comments.
    pub(crate) fn inline(&self) -> String {
        let ty = match &self.inner {
            None => self.ty.clone(),
            Some(fields) => {
                let fields = fields.iter().map(Self::inline).collect::<Vec<_>>().join(", ");
                let object = format!("object, fields: {{{fields}}}");
                if self.ty == "list" { format!("list, of: {{type: {object}}}") } else { object }
            }
        };
        let parts = [&[format!("type: {ty}")], self.parts.as_slice()].concat();
        format!("{}: {{{}}}", scalar(&self.name), parts.join(", "))
    }

    /// The entry as lines: one line, or several with nested fields.
    pub(crate) fn lines(&self, indent: &str) -> Vec<String> {
        let comment = self.comment.as_ref().map(|text| format!("   # {}", comment(text))).unwrap_or_default();
        let Some(fields) = &self.inner else { return vec![format!("{indent}{}{comment}", self.inline())] };
        let mut lines = vec![format!("{indent}{}:{comment}", scalar(&self.name))];
        lines.push(format!("{indent}  type: {}", self.ty));
        lines.extend(self.parts.iter().map(|part| format!("{indent}  {part}")));
        let mut inside = format!("{indent}  ");
        if self.ty == "list" {
            lines.push(format!("{inside}of:"));
            inside.push_str("  ");
            lines.push(format!("{inside}type: object"));
        }
        lines.push(format!("{inside}fields:"));
        inside.push_str("  ");
        lines.extend(fields.iter().flat_map(|field| field.lines(&inside)));
        lines
    }

    /// Comments on the entry and its nested fields, each with its path.
    pub(crate) fn comments(&self, path: &str) -> Vec<String> {
        let path = if path.is_empty() { self.name.clone() } else { format!("{path}.{}", self.name) };
        let own = self.comment.iter().map(|comment| format!("{path}: {comment}"));
        let inner = self.inner.iter().flatten().flat_map(|field| field.comments(&path));
        own.chain(inner).collect()
    }
}

/// A text as one line for a comment.
pub(crate) fn comment(text: &str) -> String {
    tidy(text).replace('\n', " ")
}

pub(crate) fn write(facts: &PageFacts, path: &str, provider: &Provider) -> Draft {
    let mut unknown = Vec::new();
    let mut single = vec![("path", scalar(path))];
    match &facts.title {
        Some(title) => single.push(("title", scalar(title))),
        None => {
            unknown.push("the title; the path stands for it".to_owned());
            single.push(("title", scalar(path)));
        }
    }
    if let Some(summary) = &facts.summary {
        single.push(("doc", scalar(summary)));
    }
    single.push(("source", "the provider's page".to_owned()));
    unknown.push(
        "whether a call does something: act is never sent twice; write query if it only looks something up"
            .to_owned(),
    );
    single.push(("effect", "act".to_owned()));
    single.push(("methods", listed(&facts.methods, "POST", "methods", &mut unknown).to_uppercase()));
    single.push(("formats", listed(&facts.formats, "json", "formats", &mut unknown)));
    match price(facts) {
        Ok(price) => single.push(("price", price)),
        Err(why) => unknown.push(why),
    }
    let rows = facts.request.clone().unwrap_or_default();
    let (common, own): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| {
        provider.sign.parameter == row.name || provider.common.iter().any(|c| c.name == row.name)
    });
    if let Some(common) = opted(provider, &common) {
        single.push(("common", common));
    }
    let mut fields = EntryWriter { provider, request: true, unknown: &mut unknown };
    let request = fields.all(&own);
    match &facts.request {
        None => unknown.push("the request's fields: the page has no table of them".to_owned()),
        Some(_) if !own.is_empty() && own.iter().all(|row| row.required.is_none()) => {
            unknown.push(
                "which of the request's fields are required: the page marks none, and all are taken for it"
                    .to_owned(),
            );
        }
        Some(_) => {}
    }
    let response = response(facts, provider, &mut unknown);
    Draft { unknown, single, request, response }
}

fn response(facts: &PageFacts, provider: &Provider, unknown: &mut Vec<String>) -> Payload {
    let envelope = &provider.envelope;
    // What is inside of the reply's members is in rows of its own.
    let places =
        envelope.status.iter().chain(&envelope.message).chain([&envelope.data]).chain(&envelope.time);
    let outer =
        |row: &Row| places.clone().any(|place| Pointer::of(place).members().next() == Some(&row.name));
    let rows = facts.response.as_deref().unwrap_or_default();
    let payload = rows.iter().find(|row| row.name == envelope.data);
    let inner = payload.map(|row| row.rows.as_slice()).unwrap_or_default();
    let beside = rows.iter().filter(|row| !outer(row)).cloned();
    let all: Vec<Row> = beside.chain(inner.iter().cloned()).collect();
    if all.is_empty() {
        unknown.push("what a reply holds: the page does not say".to_owned());
        return Payload::Any;
    }
    let list = payload.is_some_and(|row| row.list || matches!(Kind::of(&row.kind), Some(Kind::List(_))));
    let entries = EntryWriter { provider, request: false, unknown }.all(&all);
    if !inner.is_empty() && list {
        if inner.len() < all.len() {
            unknown
                .push(format!("which fields are inside of {}, a list, and which beside it", envelope.data));
        }
        return Payload::List(entries);
    }
    Payload::Fields(entries)
}

/// Opt-in common parameters that the page lists.
fn opted(provider: &Provider, rows: &[Row]) -> Option<String> {
    let opt_in = provider
        .common
        .iter()
        .filter(|common| common.opt_in && rows.iter().any(|row| row.name == common.name));
    let asked: Vec<String> = opt_in.map(|common| format!("{}: true", common.name)).collect();
    (!asked.is_empty()).then(|| format!("{{{}}}", asked.join(", ")))
}

fn listed(said: &[&str], otherwise: &str, what: &str, unknown: &mut Vec<String>) -> String {
    if said.is_empty() {
        unknown.push(format!("the {what}: the page does not say"));
        return format!("[{otherwise}]");
    }
    format!("[{}]", said.join(", "))
}

fn price(facts: &PageFacts) -> Result<String, String> {
    let mut tiers = facts.tiers.clone();
    let mut calls = facts.calls.clone();
    calls.sort_unstable();
    calls.dedup();
    match calls.as_slice() {
        _ if !tiers.is_empty() => {}
        [] => return Err("the price: the page does not say".to_owned()),
        [price] => tiers.push((1, price.clone())),
        several => {
            return Err(format!("the price: the page has several of one call, {}", several.join(", ")));
        }
    }
    if !facts.yuan {
        return Err("the price: the page names no currency".to_owned());
    }
    tiers.sort_unstable();
    let tiers: Vec<String> = tiers.iter().map(|(calls, price)| format!("{calls}: \"{price}\"")).collect();
    Ok(format!("{{currency: CNY, tiers: {{{}}}}}", tiers.join(", ")))
}

/// A text as a scalar: plain if every YAML reader keeps it as this text, otherwise quoted.
pub(crate) fn scalar(text: &str) -> String {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let is_plain = text.starts_with(is_letter)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| is_letter(c) || "。，）".contains(c))
        && text.chars().all(|c| is_letter(c) || "_-/. ，。、；（）".contains(c));
    let is_word = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf", "infinity"]
        .contains(&text.to_ascii_lowercase().as_str());
    if (is_plain || is_path(text)) && !is_word { text.to_owned() } else { quoted(text) }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_.-".contains(c))
}

/// A quoted text. A JSON string is also a YAML string.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace('\n', " ")).to_string()
}

/// The whole file.
pub(crate) fn file(draft: &Draft, notes: &[String]) -> String {
    let mut lines = vec!["# What the provider's page says of this endpoint.".to_owned()];
    lines.extend(draft.unknown.iter().map(|what| format!("# Unknown: {}.", comment(what))));
    lines.extend(notes.iter().map(|note| format!("# Noticed: {}.", comment(note))));
    lines.push(String::new());
    lines.extend(draft.single.iter().map(|(key, value)| format!("{key}: {value}")));
    let head = if draft.request.is_empty() { "request: {}" } else { "request:" };
    lines.extend([String::new(), head.to_owned()]);
    lines.extend(draft.request.iter().flat_map(|entry| entry.lines("  ")));
    lines.push(String::new());
    lines.extend(draft.response.lines());
    lines.join("\n") + "\n"
}

/// Notes on statuses of the page that the spec lacks.
pub(crate) fn statuses(facts: &PageFacts, provider: &Provider) -> Vec<String> {
    let known = |code: &str| {
        code.parse::<StatusCode>()
            .is_ok_and(|code| provider.all_statuses().iter().any(|status| status.code == code))
    };
    let missing = facts.statuses.iter().filter(|(code, _)| !known(code));
    missing.map(|(code, words)| format!("a status that the provider file lacks: {code} {words}")).collect()
}
