//! Lowers fields and their types. An anonymous type is named after its owner and its field, in
//! `CamelCase`.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{is_signed, template, text, word};
use crate::ast::{self, At, Shape, Text, TypeExpr};
use crate::ir::{Code, Enum, Field, Object, ParameterPlace, Type};
use crate::names;
use crate::yaml::Scalar;

/// Named types, and those that are created for anonymous ones.
pub(super) struct Types<'a> {
    named: &'a ast::Types,
    /// The names of types that can be generated.
    usable: BTreeSet<&'a str>,
    pub(super) enums: Vec<Enum>,
    pub(super) objects: Vec<Object>,
}

impl<'a> Types<'a> {
    /// Named types are created once, whether or not a field refers to them.
    pub(super) fn new(named: &'a ast::Types) -> Self {
        let usable = named.iter().filter(|named| is_usable(named)).map(|named| named.name.value.as_str());
        let mut types = Self { named, usable: usable.collect(), enums: Vec::new(), objects: Vec::new() };
        for written in named.iter().filter(|named| is_usable(named)) {
            types.define(
                &written.ty,
                &names::named_type(&written.name.value),
                &text(&written.title),
                &text(&written.doc),
            );
        }
        types
    }

    pub(super) fn fields(&mut self, written: &[ast::Field], owner: &str) -> Vec<Field> {
        written.iter().map(|field| self.field(field, owner)).collect()
    }

    /// A field inherits from its named type what it does not state.
    fn field(&mut self, written: &ast::Field, owner: &str) -> Field {
        let named = written.ty.name().and_then(|name| self.find(&name.value));
        let own_or_named = |part: fn(&ast::Field) -> &Option<Text>| {
            let stated = part(written).as_ref();
            stated
                .or_else(|| named.and_then(|named| part(named).as_ref()))
                .map(|text| text.value.trim().to_owned())
        };
        let example = written.example.as_ref().or_else(|| named.and_then(|named| named.example.as_ref()));
        let person = written.person.as_ref().or_else(|| named.and_then(|named| named.person.as_ref()));
        let public = written.public.as_ref().or_else(|| named.and_then(|named| named.public.as_ref()));
        let ty = self
            .ty(&written.ty, &names::within(owner, &written.rename.as_ref().unwrap_or(&written.name).value));
        let default = written.default.as_ref().map(|default| on_the_wire(&ty, &default.value.text));
        Field {
            wire: written.name.value.clone(),
            rust: names::snake(&written.rename.as_ref().unwrap_or(&written.name).value),
            title: own_or_named(|field| &field.title).unwrap_or_default(),
            doc: own_or_named(|field| &field.doc).unwrap_or_default(),
            source: text(&written.source),
            deprecated: written.deprecated.as_ref().map(|why| why.value.clone()),
            example: example.map(scalar),
            optional: default.is_some() || written.optional.as_ref().is_some_and(|optional| optional.value),
            default,
            public: public.is_some_and(|public| public.value),
            person: person.is_some_and(|person| person.value),
            place: word(&written.place, ParameterPlace::Body),
            template: template(&written.template).to_owned(),
            is_signed: is_signed(&written.signed, &written.place),
            checks: [named, Some(written)].into_iter().flatten().flat_map(ast::Field::checks).collect(),
            named: named.map(|named| named.name.value.clone()),
            ty,
        }
    }

    fn find(&self, name: &str) -> Option<&'a ast::Field> {
        self.named.get(name).filter(|_| self.usable.contains(name))
    }

    /// The codes of an enum.
    pub(super) fn codes(&self, ty: &Type) -> Option<Cow<'static, [Cow<'static, str>]>> {
        let Type::Enum(rust) = ty else { return None };
        let found = self.enums.iter().find(|named| named.rust == *rust)?;
        Some(found.codes.iter().map(|code| Cow::Owned(code.code.clone())).collect())
    }

    /// The type of a type expression; `name` is for an anonymous one.
    pub(super) fn ty(&mut self, written: &TypeExpr, name: &str) -> Type {
        let Some(word) = written.name() else { return self.define(written, name, "", "") };
        let pattern = written.pattern.as_ref();
        match self.find(&word.value) {
            Some(named) => match &named.ty.shape {
                Shape::Enum(_) => Type::Enum(names::named_type(&word.value)),
                Shape::Object(_) => Type::Object(names::named_type(&word.value)),
                Shape::Name(base) => built_in(&base.value, pattern.or(named.ty.pattern.as_ref())),
                // A list has no name, which is checked.
                Shape::List(_) | Shape::Missing => Type::String,
            },
            None => built_in(&word.value, pattern),
        }
    }

    /// Creates an anonymous type. Types inside it are named after it.
    fn define(&mut self, written: &TypeExpr, name: &str, title: &str, doc: &str) -> Type {
        let (rust, title, doc) = (name.to_owned(), title.to_owned(), doc.to_owned());
        match &written.shape {
            Shape::Enum(written) => {
                let mut codes: Vec<Code> = Vec::new();
                let mut taken = BTreeSet::from(["Other".to_owned()]);
                for code in written.iter().filter_map(code) {
                    if taken.insert(code.rust.clone()) {
                        codes.push(code);
                    }
                }
                self.enums.push(Enum { rust: rust.clone(), title, doc, codes });
                Type::Enum(rust)
            }
            Shape::Object(written) => {
                let fields = self.fields(written, name);
                self.objects.push(Object { rust: rust.clone(), title, doc, fields });
                Type::Object(rust)
            }
            Shape::List(item) => Type::List(Box::new(self.ty(item, name))),
            Shape::Name(base) => built_in(&base.value, written.pattern.as_ref()),
            Shape::Missing => Type::String,
        }
    }
}

/// Whether a named type can be generated. The code of one with a fault would cause compile errors
/// that hide the fault.
fn is_usable(named: &ast::Field) -> bool {
    names::is_nameable(&named.name.value)
}

fn built_in(word: &str, pattern: Option<&Text>) -> Type {
    let pattern = pattern.map(|pattern| pattern.value.clone()).unwrap_or_default();
    Type::from_name(word, pattern).unwrap_or(Type::String)
}

/// A default as it is sent: booleans are 1 and 0.
fn on_the_wire(ty: &Type, text: &str) -> String {
    match (ty, text) {
        (Type::Boolean, "true") => "1",
        (Type::Boolean, "false") => "0",
        _ => text,
    }
    .to_owned()
}

fn scalar(written: &At<Scalar>) -> String {
    written.value.text.clone()
}

fn code(written: &ast::Code) -> Option<Code> {
    let name = written.name.as_ref().filter(|name| names::is_nameable(&name.value))?;
    Some(Code {
        code: written.code.value.clone(),
        rust: names::camel(&name.value),
        title: text(&written.title),
    })
}
