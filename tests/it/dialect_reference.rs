//! docs/SPEC.md, the reference of the dialect, made from codegen's table of keys.

use pyi_codegen::dialect::{Entry, Form, Key, Kind, Names, Need, SECTIONS, Section};
use pyi_codegen::ir::Type;

use crate::support::{golden, root};

const HEAD: &str = "# The dialect of a spec

A spec is a folder of YAML: `provider.yaml`, and `endpoints/<name>.yaml` for each endpoint. The name of an endpoint's file is
the endpoint's name. This page lists every key, one table for each map of a spec. `pyi lint` checks a folder, and `pyi schema`
prints the JSON Schema of these tables for editors. What goes beyond one key is a rule with a code: `pyi lint --explain all`
lists the rules.

A text that YAML reads as a number, a boolean or nothing must be quoted: `\"01\"`. Anchors, aliases, tags and merge keys are
refused.

Specs that work, to read beside these tables, are in `providers/`, one folder a provider, and in `tests/conventions`, one file a
convention of signing that none of those has.

What a spec cannot say goes through `methods: [signer]`, whose text the client's signer signs: keys that are derived from the secret, digests of
digests, RSA, a second secret. The caller computes some values itself: a shortened text, a fetched token. A spec cannot describe
parameters that repeat, bodies of several parts, a body of a GET or a DELETE, parameters of the client inside of an object of
the body, or signatures of replies.

This page is generated from `codegen/src/dialect.rs`. `UPDATE=1 cargo test -p pyi-cli --test it dialect_reference` writes it anew.
";

/// The page.
fn page() -> String {
    let contents = SECTIONS.iter().map(|section| format!("- [{}](#{})\n", section.name, section.name));
    let sections = SECTIONS.iter().map(|section| self::section(section));
    format!("{HEAD}\n{}{}", contents.collect::<String>(), sections.collect::<String>())
}

fn section(section: &Section) -> String {
    let mut text = format!("\n## {}\n\n{}.\n\n", section.name, section.about);
    text += "| key | kind | required | meaning | example |\n|---|---|---|---|---|\n";
    for key in section.keys {
        let cells =
            [format!("`{}`", key.name), kind(key.kind), need(key), key.meaning.to_owned(), example(key)];
        text += &format!("| {} |\n", cells.map(|cell| cell.replace('|', "\\|")).join(" | "));
    }
    text
}

fn example(key: &Key) -> String {
    format!("`{}: {}`", key.name, key.example)
}

fn need(key: &Key) -> String {
    match key.need {
        Need::Required => "yes".to_owned(),
        Need::Optional => "no".to_owned(),
        Need::RequiredUnless(other) => format!("yes, and not beside `{other}`"),
        Need::OnlyForType(word) => format!("for `type: {word}`, and only there"),
        Need::ForType(word) => format!("for `type: {word}`"),
        Need::OnlyWhere { key: other, word, unless } => {
            format!("no; other than `{unless}` only where `{other}: {word}`")
        }
    }
}

fn kind(kind: Kind) -> String {
    match kind {
        Kind::Text(form) => text(form).to_owned(),
        Kind::Texts(form) => format!("list of: {}", text(form)),
        Kind::Boolean => "`true` or `false`".to_owned(),
        Kind::Number => "exact number".to_owned(),
        Kind::Length => "whole number".to_owned(),
        Kind::Code => "status code".to_owned(),
        Kind::Value => "text, number or boolean, as the type demands".to_owned(),
        Kind::Word(words) => format!("one of {}", list(words)),
        Kind::Words(words) => format!("list of {}", list(words)),
        Kind::Type([]) => "name of a type".to_owned(),
        Kind::Type(except) => format!("name of a type, except {}", list(except)),
        Kind::Map(section) => link(section),
        Kind::MapOf(names, entry) => map_of(names, entry),
        Kind::Element(section) => format!("name of a type, or {}", link(section)),
        Kind::Callback(section) => format!("name of a field of the request, or {}", link(section)),
        Kind::Response(section) => format!(
            "map of wire name to {}; or one of {}; or a name from `types`; or a list with one of these",
            link(section),
            list(Type::WORDS)
        ),
    }
}

fn map_of(names: Names, entry: Entry) -> String {
    let name = match names {
        Names::Parameter => "parameter name",
        Names::Type => "type name",
        Names::Status => "status code",
        Names::HttpStatus => "HTTP status from 300 to 599",
        Names::Calls => "number of calls",
        Names::RequestField | Names::ReplyField => "wire name",
        Names::Code => "code",
    };
    let entry = match entry {
        Entry::Section(section) => link(section),
        Entry::Boolean => "boolean".to_owned(),
        Entry::Number => "exact number".to_owned(),
        Entry::Text => "text".to_owned(),
    };
    format!("map of {name} to {entry}")
}

fn text(form: Form) -> &'static str {
    match form {
        Form::Any => "text",
        Form::RustName => "name: ASCII letters, digits, `_`, `-`",
        Form::Parameter => "parameter name: letters, digits, `_-.:@[]`",
        Form::Pointer => {
            "place: a member's name, or names with a slash before each; no blanks, quotes, `\\`, `$`, `<`, `>`"
        }
        Form::Path => "path: ASCII letters, digits, `/-._~:@+,;=`, and names in braces",
        Form::Pair | Form::Secret | Form::Keyed | Form::HmacKey | Form::Template | Form::SignTemplate => {
            "template"
        }
        Form::Written => "`unix`, `unix_ms`, `hex`, `digits`, `uuid`, a time pattern, or a template",
        Form::Zone => "offset from UTC: `+hh:mm` or `-hh:mm`",
        Form::Pattern => "date pattern",
    }
}

fn list(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn link(section: &Section) -> String {
    format!("[{}](#{})", section.name, section.name)
}

#[test]
fn the_reference_is_made_from_the_table() {
    golden(&root().join("docs/SPEC.md"), &page());
}
