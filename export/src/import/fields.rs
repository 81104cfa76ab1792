//! The fields of a table, as entries of an endpoint's file: what the page says of a type is not believed blindly, and what it leaves open is
//! a comment.

use pyi_codegen::ir::Provider;
use pyi_dynamic::title::{comparable, plain};

use super::facts::Row;
use super::words::Kind;
use super::write::{Entry, scalar};

/// A title is no longer, in characters.
const TITLE_LENGTH: usize = 24;

/// Writes the fields of one side.
pub(super) struct Fields<'a> {
    pub(super) provider: &'a Provider,
    pub(super) request: bool,
    /// What is not known, each a line of the file.
    pub(super) unknown: &'a mut Vec<String>,
}

/// A field's type, and what is not certain about it.
struct Typed {
    text: String,
    named: bool,
    comment: Option<String>,
}

impl Fields<'_> {
    /// The fields of the outermost level, each with what is inside of it.
    pub(super) fn all(&mut self, rows: &[Row]) -> Vec<Entry> {
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
