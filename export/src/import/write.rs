//! What a page says, as an endpoint's file of the dialect. What it does not say stands there as a comment.

use pyi_codegen::ir::Provider;

use super::facts::{Facts, Row};
use super::fields::Fields;

/// The YAML of an endpoint, line by line, in parts that a file can be brought up to date with.
pub(super) struct Written {
    /// What is not known, each a line.
    pub(super) unknown: Vec<String>,
    /// Keys that stand by themselves, each with its line.
    pub(super) single: Vec<(&'static str, String)>,
    pub(super) request: Vec<Entry>,
    pub(super) response: Side,
}

impl Written {
    /// A key that stands by itself, without the quotes that its value may have.
    pub(super) fn get(&self, key: &str) -> &str {
        let found = self.single.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value.trim_matches('"')).unwrap_or_default()
    }
}

/// What the reply's payload is.
pub(super) enum Side {
    Fields(Vec<Entry>),
    Any,
}

/// A field, as it stands in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: String,
    /// A map in one line.
    pub(super) value: String,
    /// What is not certain about it.
    pub(super) comment: Option<String>,
}

impl Entry {
    /// The entry within another one's line.
    pub(super) fn inline(&self) -> String {
        format!("{}: {}", scalar(&self.name), self.value)
    }

    /// The entry as a line, without indentation.
    pub(super) fn line(&self) -> String {
        let comment = self.comment.as_ref().map(|comment| format!("   # {comment}")).unwrap_or_default();
        self.inline() + &comment
    }
}

pub(super) fn write(facts: &Facts, path: &str, provider: &Provider) -> Written {
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
        Err(why) => unknown.push(why.to_owned()),
    }
    let rows = facts.request.clone().unwrap_or_default();
    let (common, own): (Vec<Row>, Vec<Row>) = rows.into_iter().partition(|row| {
        provider.sign.parameter == row.name || provider.common.iter().any(|c| c.name == row.name)
    });
    if let Some(common) = opted(provider, &common) {
        single.push(("common", common));
    }
    let mut fields = Fields { provider, request: true, unknown: &mut unknown };
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
    Written { unknown, single, request, response }
}

fn response(facts: &Facts, provider: &Provider, unknown: &mut Vec<String>) -> Side {
    let envelope = &provider.envelope;
    let outer = |row: &Row| {
        row.inside.is_empty()
            && ([&envelope.status, &envelope.message, &envelope.data].contains(&&row.name)
                || envelope.time.contains(&row.name))
    };
    // A name may say that it is inside of the payload.
    let inner = |mut row: Row| {
        if row.inside.first() == Some(&envelope.data) {
            row.inside.remove(0);
        }
        row
    };
    let rows: Vec<Row> =
        facts.response.iter().flatten().filter(|row| !outer(row)).cloned().map(inner).collect();
    if rows.is_empty() {
        unknown.push("what a reply holds: the page does not say".to_owned());
        return Side::Any;
    }
    Side::Fields(Fields { provider, request: false, unknown }.all(&rows))
}

/// Common parameters that only endpoints have that ask for them, and that the page shows.
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

fn price(facts: &Facts) -> Result<String, &'static str> {
    if facts.tiers.is_empty() {
        return Err("the price: the page does not say");
    }
    if !facts.yuan {
        return Err("the price: the page names no currency");
    }
    let mut tiers = facts.tiers.clone();
    tiers.sort_unstable();
    let tiers: Vec<String> = tiers.iter().map(|(calls, price)| format!("{calls}: \"{price}\"")).collect();
    Ok(format!("{{currency: CNY, tiers: {{{}}}}}", tiers.join(", ")))
}

/// A text as a scalar: plain where every reader takes it for that text, else in quotes.
pub(super) fn scalar(text: &str) -> String {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    let is_plain = text.starts_with(is_letter)
        && !text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| is_letter(c) || "。，）".contains(c))
        && text.chars().all(|c| is_letter(c) || "_-/. ，。、；（）".contains(c));
    let is_word = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]
        .contains(&text.to_ascii_lowercase().as_str());
    if (is_plain || is_path(text)) && !is_word { text.to_owned() } else { quoted(text) }
}

fn is_path(text: &str) -> bool {
    text.starts_with('/') && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_.-".contains(c))
}

/// A text in quotes: JSON's are YAML's as well.
pub(super) fn quoted(text: &str) -> String {
    serde_json::Value::from(text.replace('\n', " ")).to_string()
}

/// The whole file.
pub(super) fn file(written: &Written, notes: &[String]) -> String {
    let mut lines = vec!["# What the provider's page says of this endpoint.".to_owned()];
    lines.extend(written.unknown.iter().map(|what| format!("# Unknown: {what}.")));
    lines.extend(notes.iter().map(|note| format!("# Noticed: {}.", note.replace('\n', " "))));
    lines.push(String::new());
    lines.extend(written.single.iter().map(|(key, value)| format!("{key}: {value}")));
    let entries = |name: &str, entries: &[Entry]| {
        let head = if entries.is_empty() { format!("{name}: {{}}") } else { format!("{name}:") };
        [vec![String::new(), head], entries.iter().map(|entry| format!("  {}", entry.line())).collect()]
            .concat()
    };
    lines.extend(entries("request", &written.request));
    match &written.response {
        Side::Fields(fields) => lines.extend(entries("response", fields)),
        Side::Any => lines.extend([String::new(), "response: any".to_owned()]),
    }
    lines.join("\n") + "\n"
}

/// What the page says of statuses that the spec does not know.
pub(super) fn statuses(facts: &Facts, provider: &Provider) -> Vec<String> {
    let known = |code: &str| {
        code.parse().is_ok_and(|code: i32| provider.all_statuses().iter().any(|status| status.code == code))
    };
    let missing = facts.statuses.iter().filter(|(code, _)| !known(code));
    missing.map(|(code, words)| format!("a status that the provider file lacks: {code} {words}")).collect()
}
