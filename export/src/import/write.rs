//! What a page says, as an endpoint's file of the dialect. What it does not say stands there as a comment.

use pyi_codegen::ir::Provider;
use pyi_dynamic::title::{comparable, plain};

use super::facts::{Facts, Row};
use super::words::Kind;

/// A title is no longer, in characters.
const TITLE_LENGTH: usize = 24;

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

/// Writes the fields of one side.
struct Fields<'a> {
    provider: &'a Provider,
    request: bool,
    unknown: &'a mut Vec<String>,
}

/// A field's type, and what is not certain about it.
struct Typed {
    text: String,
    named: bool,
    comment: Option<String>,
}

impl Fields<'_> {
    fn all(&mut self, rows: &[Row]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        for row in rows {
            match row.inside.first() {
                None if entries.iter().any(|entry| entry.name == row.name) => {
                    self.unknown.push(format!("what the second {} is; the first one counts", row.name));
                }
                None => entries.push(self.one(row, rows)),
                Some(owner) if rows.iter().any(|other| other.inside.is_empty() && other.name == *owner) => {}
                Some(_) => {
                    let inside = row.inside.join(".");
                    self.unknown.push(format!(
                        "where {} belongs: it is inside of {inside}, which has no row",
                        row.name
                    ));
                }
            }
        }
        entries
    }

    fn one(&mut self, row: &Row, rows: &[Row]) -> Entry {
        let inside: Vec<&Row> = rows.iter().filter(|other| other.inside.first() == Some(&row.name)).collect();
        let typed = if inside.is_empty() { self.typed(row) } else { self.nested(row, &inside) };
        let mut parts = vec![format!("type: {}", typed.text)];
        let (title, doc) = described(&row.about);
        let known = self.provider.types.iter().find(|named| named.name == typed.text);
        if !title.is_empty() && known.is_none_or(|named| plain(&named.title) != plain(title)) {
            parts.push(format!("title: {}", scalar(title)));
        }
        if !doc.is_empty() {
            parts.push(format!("doc: {}", scalar(&doc)));
        }
        // A named type has an example of its own, which is nobody's.
        if !typed.named && is_example(&typed.text, &row.example) {
            parts.push(format!("example: {}", scalar(&row.example)));
        }
        if self.request && row.required == Some(false) {
            parts.push("optional: true".to_owned());
        }
        let marked = self.request && rows.iter().any(|row| row.required.is_some());
        let unmarked =
            (marked && row.required.is_none()).then(|| "whether it is required is not known".to_owned());
        let comments: Vec<String> = typed.comment.into_iter().chain(unmarked).collect();
        let comment = (!comments.is_empty()).then(|| comments.join("; "));
        Entry { name: row.name.clone(), value: format!("{{{}}}", parts.join(", ")), comment }
    }

    fn typed(&self, row: &Row) -> Typed {
        if let Some(name) = self.named(row) {
            return Typed { text: name, named: true, comment: None };
        }
        let kind = Kind::of(&row.kind);
        let unknown = if self.request { "string" } else { "any" };
        let is_null = row.example.trim().eq_ignore_ascii_case("null");
        let (text, comment) = match kind {
            None if row.kind.is_empty() => (unknown, Some("its type is not known".to_owned())),
            None => (
                unknown,
                Some(format!("its type is not known: the page says {}", row.kind.replace('\n', " "))),
            ),
            Some(_) if is_null && !self.request => {
                ("any", Some(format!("the page says {}, and shows NULL", row.kind)))
            }
            Some(Kind::Whole) if !is_count(&row.example) => (
                "string",
                Some(format!("the page says {}; its example is no number to count with", row.kind)),
            ),
            Some(Kind::Decimal) if !is_decimal(&row.example) => {
                ("string", Some(format!("the page says {}; its example is no number", row.kind)))
            }
            Some(Kind::Boolean) if !["", "true", "false", "0", "1"].contains(&row.example.as_str()) => {
                ("string", Some(format!("the page says {}; its example is neither yes nor no", row.kind)))
            }
            Some(Kind::Moment) if row.example.is_empty() || is_seconds(&row.example) => ("timestamp", None),
            Some(Kind::Text) => ("string", None),
            Some(Kind::Whole) => ("integer", None),
            Some(Kind::Decimal) => ("decimal", None),
            Some(Kind::Boolean) => ("boolean", None),
            Some(Kind::Moment | Kind::Date) => {
                ("string", Some(format!("the page says {}; how it is written is not known", row.kind)))
            }
            Some(Kind::Any) => (unknown, None),
            Some(Kind::Object | Kind::List | Kind::Array) => {
                (unknown, Some(format!("the page says {}; what is inside is not known", row.kind)))
            }
        };
        Typed { text: text.to_owned(), named: false, comment }
    }

    /// A named type of the provider file: by the same title, by its own name, or because another endpoint has the very same field.
    fn named(&self, row: &Row) -> Option<String> {
        let title = comparable(described(&row.about).0);
        let types = &self.provider.types;
        let by_title = types.iter().find(|named| !title.is_empty() && comparable(&named.title) == title);
        let by_name = || types.iter().find(|named| named.name == row.name);
        let elsewhere = self
            .provider
            .endpoints
            .iter()
            .flat_map(|endpoint| endpoint.request.iter().chain(endpoint.response.fields()));
        let same = || {
            let mut same = elsewhere.filter(|field| {
                field.wire == row.name && !title.is_empty() && comparable(&field.title) == title
            });
            same.find_map(|field| field.named.clone())
        };
        by_title.or_else(by_name).map(|named| named.name.clone()).or_else(same)
    }

    /// A field with others inside.
    fn nested(&mut self, row: &Row, inside: &[&Row]) -> Typed {
        let inner: Vec<Row> = inside
            .iter()
            .map(|row| Row { inside: row.inside.get(1..).unwrap_or_default().to_vec(), ..(*row).clone() })
            .collect();
        let names: Vec<&str> = inner.iter().map(|row| row.name.as_str()).collect();
        let kind = Kind::of(&row.kind);
        if self.request || !matches!(kind, Some(Kind::Object | Kind::List)) {
            let text = if self.request { "string" } else { "any" };
            let comment = format!(
                "the page says {}; whether it is one object or a list of them is not known. It has: {}",
                row.kind,
                names.join(", ")
            );
            return Typed { text: text.to_owned(), named: false, comment: Some(comment) };
        }
        let entries = self.all(&inner);
        // Within a line, no comment can stand.
        self.unknown.extend(
            entries.iter().filter_map(|entry| Some(format!("{}: {}", entry.name, entry.comment.as_ref()?))),
        );
        let lines: Vec<String> = entries.iter().map(Entry::inline).collect();
        let object = format!("object, fields: {{{}}}", lines.join(", "));
        let text = if kind == Some(Kind::List) { format!("list, of: {{type: {object}}}") } else { object };
        Typed { text, named: false, comment: None }
    }
}

/// What a field is called, and what else is to be known: a title is one short line.
fn described(about: &str) -> (&str, String) {
    let about = about.trim();
    let (first, more) = about.split_once('\n').unwrap_or((about, ""));
    if first.chars().count() <= TITLE_LENGTH {
        return (first, more.replace('\n', " "));
    }
    let end = first.find(['，', ',', '。', '；', ';', '：', ':', '（', '(', ' ']).unwrap_or(first.len());
    let title = first.get(..end).filter(|title| title.chars().count() <= TITLE_LENGTH);
    (title.unwrap_or_default(), about.replace('\n', " "))
}

/// Whether a number counts something: what begins with a zero, or has more digits than one counts with, only names something.
fn is_count(example: &str) -> bool {
    let digits = example.strip_prefix('-').unwrap_or(example);
    example.is_empty()
        || digits == "0"
        || !digits.starts_with('0')
            && (1..=10).contains(&digits.len())
            && digits.bytes().all(|b| b.is_ascii_digit())
}

fn is_decimal(example: &str) -> bool {
    let digits = example.strip_prefix('-').unwrap_or(example);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |text: &str| (1..=15).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    example.is_empty() || all(whole) && all(part)
}

fn is_seconds(example: &str) -> bool {
    example.len() == 10 && example.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether an example of the page is one that a field of a type can have.
fn is_example(ty: &str, example: &str) -> bool {
    let single = !example.is_empty() && !example.contains('\n') && example.chars().count() <= 80;
    single && !matches!(ty, "any") && !ty.contains(' ')
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
