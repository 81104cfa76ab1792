//! Lowers fields and their types. An anonymous type is named after its owner and its field, in
//! `CamelCase`. Those of a request are given by the caller, and those of a reply are read.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::{is_signed, template, text, word};
use crate::ast::{self, At, Shape, Text, TypeExpr};
use crate::ir::{Check, Code, Enum, Field, InsideChecks, Object, ParameterPlace, Type};
use crate::names;
use crate::yaml::Scalar;

/// The most values that a field of a request has inside, each of which may have checks.
pub(crate) const MOST_PLACES: u64 = 10_000;

/// The side of a call that a field is on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The caller gives its value.
    Request,
    /// The caller gives its value, and its type has a name of its own in the spec, which what is
    /// read may have too.
    Input,
    /// Its value is read.
    Reply,
}

/// Named types, and those that are created for anonymous ones.
pub(super) struct Types<'a> {
    named: &'a ast::Types,
    /// The names of types that can be generated.
    usable: BTreeSet<&'a str>,
    pub(super) enums: Vec<Enum>,
    pub(super) objects: Vec<Object>,
    /// The named types that requests have, whose objects are created for them too.
    inputs: BTreeSet<String>,
    /// The named types that contain themselves, which is a fault. No request has them.
    circles: BTreeSet<&'a str>,
}

impl<'a> Types<'a> {
    /// Named types are created once, whether or not a field refers to them.
    pub(super) fn new(named: &'a ast::Types) -> Self {
        let is_usable = |written: &&ast::Field| is_usable(written, named);
        let usable = named.iter().filter(is_usable).map(|named| named.name.value.as_str());
        let mut types = Self {
            named,
            usable: usable.collect(),
            enums: Vec::new(),
            objects: Vec::new(),
            inputs: BTreeSet::new(),
            circles: named
                .iter()
                .map(|named| named.name.value.as_str())
                .filter(|name| named.reaches(name, name))
                .collect(),
        };
        for written in named.iter().filter(is_usable) {
            types.define(
                &written.ty,
                &names::named_type(&written.name.value),
                (&text(&written.title), &text(&written.doc)),
                Side::Reply,
            );
        }
        types
    }

    pub(super) fn fields(&mut self, written: &[ast::Field], owner: &str, side: Side) -> Vec<Field> {
        written.iter().map(|field| self.field(field, owner, side)).collect()
    }

    /// A field inherits from its named type what it does not state.
    fn field(&mut self, written: &ast::Field, owner: &str, side: Side) -> Field {
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
        let within = names::within(owner, &written.rename.as_ref().unwrap_or(&written.name).value);
        let ty = self.ty(&written.ty, &within, side);
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
            form: written.form.as_ref().and_then(|form| form.value.parse().ok()),
            join: written.join.as_ref().map(|join| join.value.clone()),
            body_digest: written.from.as_ref().and_then(|from| from.value.parse().ok()),
            is_signed: is_signed(&written.signed, &written.place),
            checks: [named, Some(written)].into_iter().flatten().flat_map(ast::Field::checks).collect(),
            element_checks: self.element_checks(&written.ty),
            named: named.map(|named| named.name.value.clone()),
            ty,
        }
    }

    /// The checks of the named type that the elements of a list have.
    fn element_checks(&self, ty: &TypeExpr) -> Vec<Check> {
        match &ty.shape {
            Shape::List(item) => match item.name().and_then(|name| self.find(&name.value)) {
                Some(named) if !matches!(named.ty.shape, Shape::List(_)) => named.checks(),
                _ => self.element_checks(item),
            },
            Shape::Name(name) => match self.find(&name.value) {
                Some(named) if matches!(named.ty.shape, Shape::List(_)) => self.element_checks(&named.ty),
                _ => Vec::new(),
            },
            Shape::Enum(_) | Shape::Object(_) | Shape::Missing => Vec::new(),
        }
    }

    /// The checks inside of a field of a request, with those of codes that the spec lists.
    pub(super) fn inside_checks(&self, field: &Field) -> Vec<InsideChecks> {
        let mut found = Vec::new();
        // More than a request can have are a fault.
        let mut left = MOST_PLACES;
        self.find_inside(&field.ty, &field.element_checks, String::new(), &mut left, &mut found);
        for inside in &mut found {
            inside.separator = field.join.clone().unwrap_or_default().into();
        }
        found
    }

    fn find_inside(
        &self,
        ty: &Type,
        elements: &[Check],
        place: String,
        left: &mut u64,
        found: &mut Vec<InsideChecks>,
    ) {
        match ty {
            _ if *left == 0 => {}
            Type::Object(name) => {
                let object = self.objects.iter().find(|object| object.rust == *name);
                for field in object.map_or(&[][..], |object| &object.fields) {
                    let place =
                        if place.is_empty() { field.wire.clone() } else { format!("{place}/{}", field.wire) };
                    match field.ty {
                        Type::Object(_) | Type::List(_) => {
                            self.find_inside(&field.ty, &field.element_checks, place, left, found);
                        }
                        _ => {
                            *left = left.saturating_sub(1);
                            found.extend(self.checks_at(place, &field.checks, &field.ty));
                        }
                    }
                }
            }
            Type::List(item) => match **item {
                Type::Object(_) | Type::List(_) => self.find_inside(item, elements, place, left, found),
                _ => found.extend(self.checks_at(place, elements, item)),
            },
            _ => {}
        }
    }

    fn checks_at(&self, place: String, checks: &[Check], ty: &Type) -> Option<InsideChecks> {
        let codes = self.codes(ty).map(Check::OneOf);
        let checks: Vec<Check> = checks.iter().cloned().chain(codes).collect();
        let is_any = !checks.is_empty();
        is_any.then(|| InsideChecks { place: place.into(), checks: checks.into(), separator: "".into() })
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
    pub(super) fn ty(&mut self, written: &TypeExpr, name: &str, side: Side) -> Type {
        match written.name() {
            Some(word) => self.named(word, written.pattern.as_ref(), side),
            None => self.define(written, name, ("", ""), side),
        }
    }

    /// The type of a name, built in or not.
    fn named(&mut self, word: &Text, pattern: Option<&Text>, side: Side) -> Type {
        match self.find(&word.value) {
            Some(named) => {
                let rust = names::named_type(&word.value);
                if side != Side::Reply && self.circles.contains(word.value.as_str()) {
                    return Type::Any;
                }
                if side != Side::Reply && self.inputs.insert(word.value.clone()) {
                    self.define(&named.ty, &rust, (&text(&named.title), &text(&named.doc)), Side::Input);
                }
                let pattern = pattern.or(named.ty.pattern.as_ref());
                self.defined(&named.ty.shape, &rust, pattern, side)
            }
            None => built_in(&word.value, pattern),
        }
    }

    /// The type that [`Self::define`] has created, or will create, under a name.
    fn defined(&mut self, shape: &Shape, rust: &str, pattern: Option<&Text>, side: Side) -> Type {
        match shape {
            Shape::Enum(_) => Type::Enum(rust.to_owned()),
            Shape::Object(_) if side != Side::Reply => Type::Object(names::input_type(rust)),
            Shape::Object(_) => Type::Object(rust.to_owned()),
            Shape::Name(base) if self.find(&base.value).is_some() => self.named(base, pattern, side),
            Shape::Name(base) => built_in(&base.value, pattern),
            Shape::List(item) => {
                Type::List(Box::new(self.defined(&item.shape, rust, item.pattern.as_ref(), side)))
            }
            Shape::Missing => Type::String,
        }
    }

    /// Creates an anonymous type. Types inside it are named after it.
    fn define(&mut self, written: &TypeExpr, name: &str, (title, doc): (&str, &str), side: Side) -> Type {
        let (rust, title, doc) = (name.to_owned(), title.to_owned(), doc.to_owned());
        match &written.shape {
            // The one that is read.
            Shape::Enum(_) if side == Side::Input => Type::Enum(rust),
            Shape::Enum(written) => {
                let mut codes: Vec<Code> = Vec::new();
                let mut taken = BTreeSet::from(["Other".to_owned()]);
                for code in written.iter().filter_map(code) {
                    if taken.insert(code.rust.clone()) {
                        codes.push(code);
                    }
                }
                self.enums.push(Enum {
                    rust: rust.clone(),
                    title,
                    doc,
                    is_open: true,
                    in_composite: false,
                    codes,
                });
                Type::Enum(rust)
            }
            Shape::Object(written) => {
                let fields = self.fields(written, name, side);
                let is_given = side != Side::Reply;
                let rust = if side == Side::Input { names::input_type(name) } else { rust };
                self.objects.push(Object { rust: rust.clone(), title, doc, is_given, fields });
                Type::Object(rust)
            }
            Shape::List(item) => Type::List(Box::new(self.ty(item, name, side))),
            Shape::Name(base) => built_in(&base.value, written.pattern.as_ref()),
            Shape::Missing => Type::String,
        }
    }
}

/// The names of the enums that are in a type.
pub(super) fn enums_of<'t>(ty: &'t Type, found: &mut BTreeSet<&'t str>) {
    match ty {
        Type::Enum(name) => {
            found.insert(name);
        }
        Type::List(item) => enums_of(item, found),
        _ => {}
    }
}

/// Whether a named type can be generated. The code of one with a fault would cause compile errors
/// that hide the fault.
fn is_usable(written: &ast::Field, named: &ast::Types) -> bool {
    names::is_nameable(&written.name.value) && is_finite(&written.ty, named)
}

/// Whether the type of the innermost elements is reached. A list that contains itself has none.
fn is_finite(ty: &TypeExpr, named: &ast::Types) -> bool {
    let mut shape = &ty.shape;
    let mut steps = 0..=named.iter().len();
    loop {
        shape = match shape {
            Shape::List(item) => &item.shape,
            Shape::Name(name) => match named.get(&name.value) {
                Some(_) if steps.next().is_none() => return false,
                Some(named) => &named.ty.shape,
                None => return true,
            },
            Shape::Enum(_) | Shape::Object(_) | Shape::Missing => return true,
        }
    }
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
