//! Reads fields and their types.
//!
//! | written | type |
//! |---|---|
//! | `type: string` | a built-in type, or one that is named under `types` |
//! | `enum: {"01": {name: …}}` | one of these codes |
//! | `type: object`, `fields: {…}` | an object of these fields |
//! | `type: list`, `of: …` | a list of a type: a name, or a map that says the type as above |

use super::keys::{MapReader, entries};
use super::scalars::text;
use crate::ast::{Code, Field, Response, Shape, Text, TypeExpr};
use crate::dialect::{
    CALLBACK_FIELD, CODE, ELEMENT, ENUM, NAMED_TYPE, Names, REPLY_FIELD, REQUEST_ELEMENT, REQUEST_FIELD,
    REQUEST_MEMBER, Section,
};
use crate::ir::Type;
use crate::report::{Place, Report};
use crate::rules::Rule;
use crate::yaml::{Node, Value};

/// The role of a field, which decides its possible keys.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    /// A field of an object in a request, or in a named type.
    Member,
    Response,
    /// A field of a callback.
    Callback,
    /// A named type.
    Type,
}

impl Role {
    fn section(self) -> &'static Section {
        match self {
            Self::Request => &REQUEST_FIELD,
            Self::Member => &REQUEST_MEMBER,
            Self::Response => &REPLY_FIELD,
            Self::Callback => &CALLBACK_FIELD,
            Self::Type => &NAMED_TYPE,
        }
    }

    /// The role of what is inside: the fields of an object, the elements of a list.
    fn inside(self) -> Self {
        match self {
            Self::Request | Self::Member | Self::Type => Self::Member,
            Self::Response | Self::Callback => Self::Response,
        }
    }

    fn word(self) -> &'static str {
        if self == Self::Type { "type" } else { "field" }
    }
}

/// Reads a field, or a named type.
pub(super) fn field(role: Role, name: Text, node: &Node, report: &mut Report) -> Field {
    let mut field = Field {
        ty: TypeExpr { shape: Shape::Missing, pattern: None },
        title: None,
        doc: None,
        source: None,
        deprecated: None,
        example: None,
        default: None,
        rename: None,
        public: None,
        optional: None,
        place: None,
        template: None,
        form: None,
        join: None,
        from: None,
        signed: None,
        person: None,
        check: None,
        min: None,
        max: None,
        min_length: None,
        max_length: None,
        length: None,
        name,
    };
    let owner = format!("{} `{}`", role.word(), field.name.value);
    let Some(mut keys) = MapReader::of(node, role.section(), &owner, &field.name.place, report) else {
        return field;
    };
    field.ty = type_expr(&mut keys, role, report);
    field.title = keys.text("title", report);
    field.doc = keys.text("doc", report);
    field.example = keys.scalar("example", report);
    field.public = keys.boolean("public", report);
    if role != Role::Type {
        field.source = keys.text("source", report);
        field.deprecated = keys.text("deprecated", report);
        field.rename = keys.text("rename", report);
    }
    if matches!(role, Role::Request | Role::Member) {
        field.optional = keys.boolean("optional", report);
    }
    if role == Role::Request {
        field.join = keys.text("join", report);
        field.default = keys.scalar("default", report);
        field.template = keys.text("write", report);
        field.form = keys.text("as", report);
    }
    if matches!(role, Role::Request | Role::Callback) {
        field.place = keys.text("in", report);
        field.signed = keys.boolean("signed", report);
    }
    if role == Role::Callback {
        field.from = keys.text("from", report);
    }
    if matches!(role, Role::Request | Role::Type) {
        field.person = keys.boolean("person", report);
    }
    if matches!(role, Role::Request | Role::Type | Role::Member) {
        field.check = keys.text("check", report);
        field.min = keys.number("min", report);
        field.max = keys.number("max", report);
        field.min_length = keys.number("min_length", report);
        field.max_length = keys.number("max_length", report);
        field.length = keys.number("length", report);
    }
    if let Some(help) = required(&keys, role) {
        keys.misused("required", help);
    }
    match role {
        Role::Request => {}
        Role::Member => keys.stray(elsewhere(role), "remove it: only a field of the request itself has it"),
        Role::Response | Role::Callback => {
            keys.stray(elsewhere(role), "remove it: only a field of a request has it")
        }
        Role::Type => {
            keys.stray(elsewhere(role), "remove it here, and say it in each field of this type that has it");
        }
    }
    keys.finish(report);
    field
}

/// The help for `required`, which other dialects have and this one does not.
fn required(keys: &MapReader<'_>, role: Role) -> Option<&'static str> {
    keys.has("required").then_some(match role {
        Role::Request | Role::Member => "remove it: a field is required, unless it has `optional: true`",
        Role::Response | Role::Callback | Role::Type => "remove it: a member of a reply can always be absent",
    })
}

/// Keys of a request's field that this role does not have.
fn elsewhere(role: Role) -> impl Iterator<Item = &'static str> {
    let keys = REQUEST_FIELD.keys.iter().map(|key| key.name);
    keys.filter(move |name| role.section().key(name).is_none())
}

/// Reads the keys of a type.
fn type_expr(keys: &mut MapReader<'_>, role: Role, report: &mut Report) -> TypeExpr {
    let shape = match keys.take("enum") {
        Some(node) => {
            keys.stray(["type"], "remove it: what has `enum` needs no `type`");
            Shape::Enum(codes(node, report))
        }
        None => match type_name(keys, report) {
            Some(word) if word.value == "object" => object(keys, role, report),
            Some(word) if word.value == "list" => list(keys, role, report),
            Some(word) => {
                // A list by another name: what it holds is read, for its own faults.
                if word.value == "array" && keys.has("of") {
                    list(keys, role, report);
                }
                Shape::Name(word)
            }
            None if keys.has("fields") => object(keys, role, report),
            None if keys.has("of") => list(keys, role, report),
            None => Shape::Missing,
        },
    };
    TypeExpr { shape, pattern: keys.text("pattern", report) }
}

fn type_name(keys: &mut MapReader<'_>, report: &mut Report) -> Option<Text> {
    // The intended type, by the other keys.
    let (hint, entry) = match (keys.has("fields"), keys.has("of")) {
        (true, true) => ("`type: object`, since it has `fields`", None),
        (true, _) => ("`type: object`, since it has `fields`", Some("type: object")),
        (_, true) => ("`type: list`, since it has `of`", Some("type: list")),
        _ => ("such as `type: string`", None),
    };
    let node = keys.take_or("type", |_| (hint.to_owned(), entry))?;
    if let Value::List(items) = &node.value {
        let message = "a list where a text is expected".to_owned();
        report.fault(Rule::WrongShape, &node.place, message, one_type(items));
        return None;
    }
    text(node, Some(Type::WORDS), report)
}

/// What to write in place of a list of types, which other dialects have: `[string]`, or
/// `[string, "null"]`.
fn one_type(items: &[Node]) -> String {
    let words = items.iter().filter_map(|item| match &item.value {
        Value::Scalar(scalar) => Some(scalar.text.as_str()),
        _ => None,
    });
    let words: Vec<&str> = words.collect();
    match words[..] {
        [word] if items.len() == 1 => {
            format!("write `type: list, of: {word}`, or `type: {word}` without brackets")
        }
        [word, "null"] | ["null", word] => format!("write `type: {word}`: null counts as absent"),
        _ => "write one type, or `any`".to_owned(),
    }
}

fn object(keys: &mut MapReader<'_>, role: Role, report: &mut Report) -> Shape {
    if !keys.has("fields") {
        keys.take("fields");
        return Shape::Missing;
    }
    let fields = keys.entries("fields", report);
    Shape::Object(fields.into_iter().map(|(name, node)| field(role.inside(), name, node, report)).collect())
}

fn list(keys: &mut MapReader<'_>, role: Role, report: &mut Report) -> Shape {
    match keys.take("of") {
        Some(node) => Shape::List(Box::new(element(node, role.inside(), report))),
        None => Shape::Missing,
    }
}

/// The elements of a list: the name of a type, or its keys.
fn element(node: &Node, role: Role, report: &mut Report) -> TypeExpr {
    if let Value::Scalar(_) = node.value {
        let shape = text(node, Some(Type::WORDS), report).map_or(Shape::Missing, Shape::Name);
        return TypeExpr { shape, pattern: None };
    }
    let section = if role == Role::Member { &REQUEST_ELEMENT } else { &ELEMENT };
    match MapReader::of(node, section, "the type after `of`", &node.place, report) {
        Some(mut keys) => {
            let ty = type_expr(&mut keys, role, report);
            keys.finish(report);
            ty
        }
        None => TypeExpr { shape: Shape::Missing, pattern: None },
    }
}

/// | `response:` | the payload is |
/// |---|---|
/// | a map of fields | an object |
/// | the name of a type, such as `any` | of that type |
/// | a list of one of the above | a list of it |
pub(super) fn response(node: &Node, report: &mut Report) -> Response {
    match &node.value {
        Value::Map(_) => {
            let fields = entries(node, ("response", "{city: {type: string}}"), Names::ReplyField, report);
            let fields = fields.into_iter().map(|(name, node)| field(Role::Response, name, node, report));
            Response::Fields(fields.collect())
        }
        Value::Scalar(_) => {
            let shape = text(node, Some(Type::WORDS), report).map_or(Shape::Missing, Shape::Name);
            Response::Whole(TypeExpr { shape, pattern: None })
        }
        Value::List(items) => {
            Response::Whole(TypeExpr { shape: whole_list(items, &node.place, report), pattern: None })
        }
    }
}

fn whole_list(items: &[Node], place: &Place, report: &mut Report) -> Shape {
    let [item] = items else {
        let help =
            "write one element, the type of the list's elements, such as `response: [string]`".to_owned();
        report.fault(Rule::WrongShape, place, "`response` is a list without one element".to_owned(), help);
        return Shape::Missing;
    };
    let shape = match response(item, report) {
        Response::Fields(fields) => Shape::Object(fields),
        Response::Whole(ty) => ty.shape,
    };
    Shape::List(Box::new(TypeExpr { shape, pattern: None }))
}

fn codes(node: &Node, report: &mut Report) -> Vec<Code> {
    let entries = entries(node, ("enum", ENUM.example), Names::Code, report);
    entries.into_iter().map(|(code, node)| self::code(code, node, report)).collect()
}

fn code(code: Text, node: &Node, report: &mut Report) -> Code {
    let mut code = Code { name: None, title: None, code };
    let owner = format!("code `{}`", code.code.value);
    if let Some(mut keys) = MapReader::of(node, &CODE, &owner, &code.code.place, report) {
        code.name = keys.text("name", report);
        code.title = keys.text("title", report);
        keys.finish(report);
    }
    code
}
