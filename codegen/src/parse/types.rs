//! Reads fields, and the types that they are given.
//!
//! | written | type |
//! |---|---|
//! | `type: string` | a built-in type, or one that is named under `types` |
//! | `enum: {"01": {name: …}}` | one of these codes |
//! | `type: object`, `fields: {…}` | an object of these fields |
//! | `type: list`, `of: …` | a list of a type: a name, or a map that says the type as above |

use super::keys::{Keys, entries};
use super::scalars::text;
use crate::ast::{Code, Field, Response, Shape, Text, TypeExpr};
use crate::catalogue::Rule;
use crate::report::{Place, Report};
use crate::tree::{Kind, Node, Value};

/// What a field belongs to, which decides the keys that it may have.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Request,
    Response,
    /// A named type.
    Type,
}

impl Role {
    fn word(self) -> &'static str {
        if self == Self::Type { "type" } else { "field" }
    }
}

/// The fields of a section, by wire name.
pub(super) fn fields(node: &Node, section: &str, role: Role, report: &mut Report) -> Vec<Field> {
    let entries = entries(node, section, Kind::Text, report);
    entries.into_iter().map(|(name, node)| field(role, name, node, report)).collect()
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
        person: None,
        check: None,
        min: None,
        max: None,
        max_length: None,
        name,
    };
    let owner = format!("{} `{}`", role.word(), field.name.value);
    let Some(mut keys) = Keys::of(node, &owner, &field.name.place, report) else { return field };
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
    if role == Role::Request {
        field.optional = keys.boolean("optional", report);
        field.default = keys.scalar("default", report);
    }
    if role != Role::Response {
        field.person = keys.boolean("person", report);
        field.check = keys.text("check", report);
        field.min = keys.number("min", report);
        field.max = keys.number("max", report);
        field.max_length = keys.number("max_length", report);
    }
    match role {
        Role::Request => {}
        Role::Response => keys.stray(&REQUEST_ONLY, "remove it: only a field of a request has it"),
        Role::Type => {
            keys.stray(&FIELD_ONLY, "remove it here, and say it in each field of this type that has it");
        }
    }
    keys.finish(report);
    field
}

/// What only a field of a request may say.
const REQUEST_ONLY: [&str; 7] = ["optional", "default", "person", "check", "min", "max", "max_length"];
/// What a field may say, and a named type may not.
const FIELD_ONLY: [&str; 5] = ["source", "deprecated", "rename", "optional", "default"];

/// Reads the keys that make up a type.
fn type_expr(keys: &mut Keys<'_>, role: Role, report: &mut Report) -> TypeExpr {
    let codes = keys.optional("enum").map(|node| codes(node, report));
    let shape = match codes {
        Some(codes) => {
            keys.stray(&["type"], "remove it: what has `enum` needs no `type`");
            Shape::Enum(codes)
        }
        None => match keys.required_text("type", type_hint(keys), report) {
            Some(word) if word.value == "object" => object(keys, role, report),
            Some(word) if word.value == "list" => list(keys, report),
            Some(word) => Shape::Name(word),
            None if keys.has("fields") => object(keys, role, report),
            None if keys.has("of") => list(keys, report),
            None => Shape::Missing,
        },
    };
    TypeExpr { shape, pattern: keys.text("pattern", report) }
}

/// What the type is meant to be, by what else is there.
fn type_hint(keys: &Keys<'_>) -> &'static str {
    match (keys.has("fields"), keys.has("of")) {
        (true, _) => "`type: object`, since it has `fields`",
        (_, true) => "`type: list`, since it has `of`",
        _ => "such as `type: string`",
    }
}

fn object(keys: &mut Keys<'_>, role: Role, report: &mut Report) -> Shape {
    let inner = if role == Role::Request { Role::Request } else { Role::Response };
    match keys.required("fields", "the object's fields, such as `fields: {city: {type: string}}`") {
        Some(node) => Shape::Object(fields(node, "fields", inner, report)),
        None => Shape::Missing,
    }
}

fn list(keys: &mut Keys<'_>, report: &mut Report) -> Shape {
    match keys.required("of", "what the list holds, such as `of: string`") {
        Some(node) => Shape::List(Box::new(element(node, report))),
        None => Shape::Missing,
    }
}

/// What a list holds: the name of a type, or the keys of one.
fn element(node: &Node, report: &mut Report) -> TypeExpr {
    if let Value::Scalar(_) = node.value {
        let shape = text(node, report).map_or(Shape::Missing, Shape::Name);
        return TypeExpr { shape, pattern: None };
    }
    match Keys::of(node, "the type after `of`", &node.place, report) {
        Some(mut keys) => {
            let ty = type_expr(&mut keys, Role::Response, report);
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
        Value::Map(_) => Response::Fields(fields(node, "response", Role::Response, report)),
        Value::Scalar(_) => {
            let shape = text(node, report).map_or(Shape::Missing, Shape::Name);
            Response::Whole(TypeExpr { shape, pattern: None })
        }
        Value::List(items) => {
            Response::Whole(TypeExpr { shape: whole_list(items, &node.place, report), pattern: None })
        }
    }
}

fn whole_list(items: &[Node], place: &Place, report: &mut Report) -> Shape {
    let [item] = items else {
        let help = "write one element that says what the list holds, such as `response: [string]`".to_owned();
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
    let entries = entries(node, "enum", Kind::Text, report);
    entries.into_iter().map(|(code, node)| self::code(code, node, report)).collect()
}

fn code(code: Text, node: &Node, report: &mut Report) -> Code {
    let mut code = Code { name: None, title: None, code };
    if let Some(mut keys) = Keys::of(node, &format!("code `{}`", code.code.value), &code.code.place, report) {
        code.name = keys.required_text("name", "a name for the code, such as `name: match`", report);
        code.title = keys.text("title", report);
        keys.finish(report);
    }
    code
}
