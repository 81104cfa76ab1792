//! Converts the fields of a table to entries of an endpoint file. A type of the page is checked
//! against its example. Uncertain facts become comments.

use std::collections::HashSet;

use pyi_codegen::ir::Provider;
use pyi_dynamic::normalize_title::{comparable, plain};

use crate::kind::{Item, Kind};
use crate::tree::Row;
use crate::write::{Entry, scalar};

/// Values of a default column that mean no default.
const NO_DEFAULT: [&str; 10] = ["", "-", "--", "/", "无", "空", "null", "none", "nil", "n/a"];

/// Maximum length of a title in characters.
const TITLE_LENGTH: usize = 24;

/// Writes the fields of a request or a response.
pub(crate) struct EntryWriter<'a> {
    pub(crate) provider: &'a Provider,
    pub(crate) request: bool,
    /// Unknown facts, one per line of the file.
    pub(crate) unknown: &'a mut Vec<String>,
}

/// A field's type, with a comment if it is uncertain.
struct EntryType {
    text: String,
    named: bool,
    comment: Option<String>,
}

impl EntryWriter<'_> {
    /// Fields of one level with their nested fields.
    pub(crate) fn all(&mut self, rows: &[Row]) -> Vec<Entry> {
        let mut entries: Vec<Entry> = Vec::new();
        let mut taken = HashSet::new();
        let marked = self.request && rows.iter().any(|row| row.required.is_some());
        for row in rows {
            if entries.iter().any(|entry| entry.name == row.name) {
                self.unknown.push(format!("what the second {} is; the first one counts", row.name));
                continue;
            }
            let mut entry = self.one(row, marked);
            if let Some((rename, why)) = self.rename(row, &mut taken) {
                entry.parts.push(format!("rename: {rename}"));
                entry.comment =
                    Some(entry.comment.map_or(why.to_owned(), |comment| format!("{comment}; {why}")));
            }
            entries.push(entry);
        }
        entries
    }

    /// Name of a field whose own name is invalid or taken in Rust.
    fn rename(&self, row: &Row, taken: &mut HashSet<String>) -> Option<(String, &'static str)> {
        let own = pyi_codegen::field_name(&row.name);
        let is_reserved = self.request && own.as_deref() == Some("default");
        if let Some(own) = own.as_ref().filter(|own| !is_reserved && !taken.contains(*own)) {
            taken.insert(own.clone());
            return None;
        }
        let (stem, first, why) = match &own {
            Some(own) => (own.trim_start_matches("r#"), 2, "its name is taken in Rust: choose a better one"),
            None => ("field", 1, "a stand-in for its name, which Rust cannot have: choose a better one"),
        };
        let free =
            (first..=u32::MAX).map(|count| format!("{stem}_{count}")).find(|name| !taken.contains(name))?;
        taken.insert(free.clone());
        Some((free, why))
    }

    fn one(&mut self, row: &Row, marked: bool) -> Entry {
        let (typed, inner) = if row.rows.is_empty() { (self.typed(row), None) } else { self.nested(row) };
        let mut parts = Vec::new();
        let (title, doc) = described(&row.about);
        let known = self.provider.types.iter().find(|named| named.name == typed.text);
        if !title.is_empty() && known.is_none_or(|named| plain(&named.title) != plain(title)) {
            parts.push(format!("title: {}", scalar(title)));
        }
        if !doc.is_empty() {
            parts.push(format!("doc: {}", scalar(&doc)));
        }
        // A named type has its own example, which belongs to no real person.
        if !typed.named && inner.is_none() && is_example(&typed.text, &row.example) {
            parts.push(format!("example: {}", scalar(&row.example)));
        }
        let default =
            if NO_DEFAULT.contains(&plain(&row.default).as_str()) { "" } else { row.default.as_str() };
        let sent = self.request && !typed.named && is_default(&typed.text, default);
        if sent {
            parts.push(format!("default: {}", scalar(default)));
        } else if self.request && row.required == Some(false) {
            parts.push("optional: true".to_owned());
        }
        let notes = [
            typed.comment,
            (marked && row.required.is_none()).then(|| "whether it is required is not known".to_owned()),
            (!sent && !default.is_empty())
                .then(|| format!("the page says that its default is {}", first_line(default))),
            row.unclear.as_ref().map(|why| format!("where it belongs is not certain: {why}")),
            row.missing.then(|| "the page has no row for it, only for what is inside".to_owned()),
        ];
        let notes: Vec<String> = notes.into_iter().flatten().collect();
        let comment = (!notes.is_empty()).then(|| notes.join("; "));
        Entry { name: row.name.clone(), ty: typed.text, parts, inner, comment }
    }

    fn typed(&self, row: &Row) -> EntryType {
        if let Some(name) = self.named(row).filter(|_| !row.list && !row.contradicted) {
            return EntryType { text: name, named: true, comment: None };
        }
        let kind = Kind::of(&row.kind);
        let kind = if row.list { Some(Kind::List(held(kind))) } else { kind };
        let unknown = if self.request { "string" } else { "any" };
        let is_null = row.example.trim().eq_ignore_ascii_case("null");
        let (text, comment) = match kind {
            Some(_) if row.contradicted => {
                (unknown, Some(format!("the page says {}, and sets rows inside of it", row.kind)))
            }
            Some(Kind::List(Item::Of(item))) if !self.request && !is_null => {
                let text = format!("list, of: {item}");
                return EntryType { text, named: false, comment: None };
            }
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
            Some(Kind::Object | Kind::List(_) | Kind::Array) => {
                (unknown, Some(format!("the page says {}; what is inside is not known", page_type(row))))
            }
        };
        EntryType { text: text.to_owned(), named: false, comment }
    }

    /// Named type of the provider file: by its title, by its name, or by an equal field of another
    /// endpoint.
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

    /// A field with nested fields.
    fn nested(&mut self, row: &Row) -> (EntryType, Option<Vec<Entry>>) {
        let kind = Kind::of(&row.kind);
        let list = row.list || matches!(kind, Some(Kind::List(_) | Kind::Array));
        let (fits, unsure) = match kind {
            _ if row.list => (true, None),
            Some(Kind::Object | Kind::List(Item::Object | Item::Unknown)) => (true, None),
            // PHP uses this word for lists and objects.
            Some(Kind::Array) => (
                true,
                Some(format!(
                    "the page says {}, taken for a list: write `type: object` if it is one",
                    row.kind
                )),
            ),
            Some(Kind::Any) | None => {
                (true, Some("taken for one object: whether it is a list is not known".to_owned()))
            }
            Some(_) => (false, None),
        };
        if self.request || !fits {
            let names: Vec<&str> = row.rows.iter().map(|row| row.name.as_str()).collect();
            let text = if self.request { "string" } else { "any" };
            let comment = format!(
                "the page says {}, and has rows inside of it: {}",
                if row.kind.is_empty() { "nothing" } else { &row.kind },
                names.join(", ")
            );
            return (EntryType { text: text.to_owned(), named: false, comment: Some(comment) }, None);
        }
        let entries = self.all(&row.rows);
        let text = if list { "list" } else { "object" };
        (EntryType { text: text.to_owned(), named: false, comment: unsure }, Some(entries))
    }
}

/// Item type of a list that its name marks, by the page's type.
fn held(kind: Option<Kind>) -> Item {
    match kind {
        Some(Kind::Text) => Item::Of("string"),
        Some(Kind::Whole) => Item::Of("integer"),
        Some(Kind::Decimal) => Item::Of("decimal"),
        Some(Kind::Boolean) => Item::Of("boolean"),
        Some(Kind::List(item)) => item,
        _ => Item::Unknown,
    }
}

/// Type on the page.
fn page_type(row: &Row) -> &str {
    if row.kind.is_empty() { "[]" } else { &row.kind }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

/// Title and documentation of a field. A title is one short line.
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

/// Whether a number is a count. A leading zero or more than ten digits mark an identifier.
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

/// Whether a default of the page is valid for a request field of a type.
fn is_default(ty: &str, default: &str) -> bool {
    let fits = match ty {
        "integer" | "timestamp" => is_count(default) && default.parse::<i64>().is_ok(),
        "decimal" => is_decimal(default),
        "boolean" => ["true", "false", "0", "1"].contains(&default),
        _ => true,
    };
    fits && is_example(ty, default)
}

/// Whether an example of the page is valid for a field of a type.
fn is_example(ty: &str, example: &str) -> bool {
    let single = !example.is_empty() && !example.contains('\n') && example.chars().count() <= 80;
    single && !matches!(ty, "any") && !ty.contains(' ')
}
