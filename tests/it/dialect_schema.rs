//! The JSON Schema of the dialect, made from codegen's table of keys: `cli/schema` holds it.

use std::collections::BTreeMap;

use pyi_codegen::dialect::{
    COMPOSITE_TYPES, ENDPOINT, Entry, Form, Key, Kind, Names, Need, PROVIDER, Section,
};
use pyi_codegen::ir::Type;
use serde_json::{Map, Value, json};

use crate::support::root;

/// Characters that no name of a parameter has. JSON Schema has no classes of Unicode's letters.
const PARAMETER: &str = r"^[^\x00-\x2c/;<=>?\\^`{|}~\x7f-\xa0\u2000-\u206f\u3000\ufeff]+$";
const MEMBER: &str =
    r#"^[^\s\u0000-\u001f\u007f-\u00a0"'\\`$<>\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+$"#;
/// Where a part of a reply is: a member, or members with a slash before each.
const POINTER: &str = r#"^([^/\s\u0000-\u001f\u007f-\u00a0"'\\`$<>\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff][^\s\u0000-\u001f\u007f-\u00a0"'\\`$<>\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]*|(/[^/~\s\u0000-\u001f\u007f-\u00a0"'\\`$<>\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+)+)$"#;
/// Characters that no status code has.
const STATUS_CODE: &str = r"^[^\x00-\x2c;<=>?@\[\\\]^`{|}~\x7f-\xa0\u2000-\u206f\u3000\ufeff]{1,64}$";
/// A text around a value.
const TEMPLATE: &str = r"^[^{]*\{value\}[^{]*$";
const RUST_NAME: &str = "^[_-]*[A-Za-z0-9][A-Za-z0-9_-]*$";
const DECIMAL: &str = r"^-?[0-9]+(\.[0-9]+)?$";

/// The schema of a file whose outermost map is a section.
fn schema(root: &'static Section) -> Value {
    let mut sections = BTreeMap::new();
    reach(root, &mut sections);
    sections.remove(root.name);
    let mut schema = object(root);
    let defs = sections.into_iter().map(|(name, section)| (name.to_owned(), object(section)));
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["title"] = json!(sentence(root.about));
    schema["$defs"] = Value::Object(defs.chain(response(root)).collect());
    schema
}

/// The definition that a list in `response` refers to, which is a response in turn.
fn response(root: &Section) -> Option<(String, Value)> {
    let response = root.keys.iter().find_map(|key| match key.kind {
        Kind::Response(section) => Some(section),
        _ => None,
    });
    let section = response?;
    let list = json!({
        "type": "array", "minItems": 1, "maxItems": 1, "items": {"$ref": "#/$defs/response"},
    });
    let fields = map_of(Names::ReplyField, Entry::Section(section));
    Some(("response".to_owned(), json!({"anyOf": [fields, {"type": "string"}, list]})))
}

/// Every section that a section leads to.
fn reach(section: &'static Section, sections: &mut BTreeMap<&'static str, &'static Section>) {
    if sections.insert(section.name, section).is_some() {
        return;
    }
    for key in section.keys {
        match key.kind {
            Kind::Map(inner)
            | Kind::MapOf(_, Entry::Section(inner))
            | Kind::Element(inner)
            | Kind::Callback(inner)
            | Kind::Response(inner) => reach(inner, sections),
            _ => {}
        }
    }
}

fn object(section: &Section) -> Value {
    let required = section.keys.iter().filter(|key| key.need == Need::Required).map(|key| key.name);
    let properties = section.keys.iter().map(|key| {
        let mut value = kind(key.kind);
        value["description"] = json!(sentence(key.meaning));
        (key.name.to_owned(), value)
    });
    let mut object = json!({
        "type": "object",
        "description": sentence(section.about),
        "additionalProperties": false,
        "properties": properties.collect::<Map<_, _>>(),
    });
    let required: Vec<&str> = required.collect();
    let conditions: Vec<Value> = section.keys.iter().filter_map(condition).collect();
    for (name, rules) in [("required", json!(required)), ("allOf", json!(conditions))] {
        if rules != json!([]) {
            object[name] = rules;
        }
    }
    object
}

fn sentence(phrase: &str) -> String {
    let mut characters = phrase.chars();
    let first: String = characters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("{first}{}.", characters.as_str())
}

/// What a key demands of other keys.
fn condition(key: &Key) -> Option<Value> {
    let present = json!({"required": [key.name]});
    let absent = json!({"not": present});
    if let Kind::Text(Form::Secret) = key.kind {
        // The secret is in the text, or one of the parameters.
        let in_text = json!({"properties": {key.name: {"pattern": r"\{secret\}"}}});
        return Some(json!({"if": {"not": {"required": ["secret_as"]}}, "then": in_text}));
    }
    let of_type = |word| json!({"required": ["type"], "properties": {"type": {"const": word}}});
    Some(match key.need {
        Need::Required | Need::Optional => return None,
        Need::RequiredUnless(other) => {
            json!({"if": {"required": [other]}, "then": absent, "else": present})
        }
        Need::OnlyForType(word) => json!({"if": of_type(word), "then": present, "else": absent}),
        Need::ForType(word) => json!({"if": of_type(word), "then": present}),
        Need::OnlyWhere { key: other, word, unless } => json!({
            "if": {"required": [key.name], "properties": {key.name: {"not": {"const": scalar(unless)}}}},
            "then": {"properties": {other: {"const": scalar(word)}}},
        }),
    })
}

/// A word as YAML reads it.
fn scalar(word: &str) -> Value {
    match word {
        "true" => json!(true),
        "false" => json!(false),
        word => json!(word),
    }
}

fn kind(kind: Kind) -> Value {
    let words = |words: &[&str]| json!({"enum": words.iter().map(|word| scalar(word)).collect::<Vec<_>>()});
    let number = json!({"anyOf": [{"type": "number"}, {"type": "string", "pattern": DECIMAL}]});
    match kind {
        Kind::Text(form) => text(form),
        Kind::Texts(form) => json!({"anyOf": [{"type": "array", "items": text(form)}, text(form)]}),
        Kind::Boolean => json!({"type": "boolean"}),
        Kind::Number => number,
        Kind::Length => json!({
            "anyOf": [{"type": "integer", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+$"}],
        }),
        Kind::Value => json!({"type": ["string", "number", "boolean"]}),
        Kind::Code => json!({"anyOf": [{"type": "integer"}, {"type": "string", "pattern": STATUS_CODE}]}),
        Kind::Word(list) => words(list),
        Kind::Words(list) => {
            json!({"anyOf": [{"type": "array", "minItems": 1, "items": words(list)}, words(list)]})
        }
        Kind::Type([]) => json!({"type": "string"}),
        Kind::Type(except) => json!({"type": "string", "not": {"enum": except}}),
        Kind::Map(section) => reference(section),
        Kind::MapOf(names, entry) => map_of(names, entry),
        Kind::Element(section) => json!({"anyOf": [{"type": "string"}, reference(section)]}),
        Kind::Callback(section) => json!({"anyOf": [{"type": "string"}, reference(section)]}),
        Kind::Response(_) => json!({"$ref": "#/$defs/response"}),
    }
}

fn reference(section: &Section) -> Value {
    json!({"$ref": format!("#/$defs/{}", section.name)})
}

fn text(form: Form) -> Value {
    let pattern = match form {
        Form::Any => return json!({"type": "string"}),
        Form::RustName => RUST_NAME,
        Form::Parameter => PARAMETER,
        Form::Pointer => POINTER,
        Form::Pair => r"^(\{key\})?[^{]*\{value\}$",
        Form::Path => {
            let plain = r"^/([A-Za-z0-9/._~:@+,;=-]|\{[^{}/]+\})*$";
            return json!({"type": "string", "pattern": plain, "not": {"pattern": r"/\.{1,2}(/|$)"}});
        }
        Form::Secret | Form::Keyed => r"^([^{]|\{[^{}]+\})*$",
        Form::HmacKey => r"^([^{]|\{[^{}]+\})*\{secret\}([^{]|\{[^{}]+\})*$",
        Form::Template => TEMPLATE,
        Form::SignTemplate => r"^([^{]|\{[^{}]+\})*\{value\}([^{]|\{[^{}]+\})*$",
        Form::Written => {
            let forms = ["^(unix(_ms)?|hex|digits|uuid)$", r"^[^%{}]*(%([YmdHMSab]|3f)[^%{}]*)+$", TEMPLATE];
            return json!({"type": "string", "anyOf": forms.map(|pattern| json!({"pattern": pattern}))});
        }
        Form::Zone => "^[+-]([01][0-9]|2[0-3]):[0-5][0-9]$",
        Form::Pattern => return all(&["%Y", "%-?m", "%-?d", "^([^%]|%Y|%-?m|%-?d)*$"]),
    };
    json!({"type": "string", "pattern": pattern})
}

/// A text of several patterns at once.
fn all(patterns: &[&str]) -> Value {
    let patterns: Vec<Value> = patterns.iter().map(|pattern| json!({"pattern": pattern})).collect();
    json!({"type": "string", "allOf": patterns})
}

fn map_of(names: Names, entry: Entry) -> Value {
    let entry = match entry {
        Entry::Section(section) => reference(section),
        Entry::Boolean => kind(Kind::Boolean),
        Entry::Number => kind(Kind::Number),
        Entry::Text => text(Form::Any),
    };
    let name = match names {
        Names::Code => return json!({"type": "object", "additionalProperties": entry}),
        Names::Parameter => json!({"pattern": PARAMETER}),
        Names::Type => {
            let built_in: Vec<&str> =
                Type::WORDS.iter().chain(COMPOSITE_TYPES).copied().chain(["enum"]).collect();
            json!({"pattern": RUST_NAME, "not": {"enum": built_in}})
        }
        Names::Status => json!({"pattern": STATUS_CODE}),
        Names::HttpStatus => json!({"pattern": "^[345][0-9][0-9]$"}),
        Names::Calls => json!({"pattern": "^(0|[1-9][0-9]{0,9})$"}),
        Names::RequestField | Names::ReplyField => {
            let renamed = json!({"required": ["rename"]});
            let pattern = if names == Names::RequestField { PARAMETER } else { MEMBER };
            return json!({
                "type": "object",
                "propertyNames": {"pattern": pattern},
                "patternProperties": {
                    "^.*$": entry, "[^\\x00-\\x7f]": renamed, "^[^A-Za-z0-9]+$": renamed,
                },
            });
        }
    };
    json!({"type": "object", "propertyNames": name, "additionalProperties": entry})
}

/// `UPDATE=1` writes the files anew. The order of a map's keys depends on the features with which
/// serde_json was built, so that values are compared, not texts.
#[test]
fn the_schema_files_are_made_from_the_table() {
    for section in [&PROVIDER, &ENDPOINT] {
        let path = root().join(format!("cli/schema/{}.json", section.name));
        let made = schema(section);
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, serde_json::to_string_pretty(&made).unwrap() + "\n").unwrap();
        }
        let held: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        let again = "UPDATE=1 cargo test -p pyi-cli --test it dialect_schema";
        assert!(made == held, "{} is not what the table says; `{again}` writes it anew", path.display());
    }
}
