//! Rust names: each is possible, and no two are the same.

use std::collections::BTreeMap;

use crate::ast::{Code, Endpoint, Field, Response, Shape, Spec, Text, TypeExpr};
use crate::dialect::COMPOSITE_TYPES;
use crate::fix::{Edit, Fix};
use crate::ir::Type;
use crate::names::{self, RUNTIME_TYPES, STATUS_TYPE};
use crate::report::{Place, Report};
use crate::rules::Rule;

const GENERATED_METHODS: [&str; 13] = [
    "builder",
    "runtime",
    "with_app",
    "with_credentials",
    "clone",
    "clone_from",
    "from",
    "into",
    "try_from",
    "try_into",
    "to_owned",
    "fmt",
    "type_id",
];
const GENERATED_STATICS: [&str; 2] = ["provider", "all"];

/// Types of Rust's prelude: a type of the spec would hide them in the file with `provider!`.
const PRELUDE: [&str; 6] = ["Box", "Option", "Result", "String", "Vec", "Self_"];

pub(super) fn check(spec: &Spec, report: &mut Report) {
    check_type_names(spec, report);
    for endpoint in &spec.endpoints {
        check_id(endpoint, report);
        check_field_names("request", &endpoint.request, report);
        check_field_names("response", endpoint.response.fields(), report);
        check_options(&endpoint.request, report);
        if let Some(delivery) = endpoint.delivery() {
            check_field_names("callback", &delivery.fields, report);
        }
    }
}

/// Rust types have different names: named and anonymous types, requests, data, and the types of
/// every generated crate.
fn check_type_names(spec: &Spec, report: &mut Report) {
    let mut claims = Claims::default();
    claims.reserve(STATUS_TYPE, "a type of the generated code");
    RUNTIME_TYPES.iter().for_each(|name| claims.reserve(name, "a type of every generated crate"));
    PRELUDE.iter().for_each(|name| claims.reserve(name, "a type that every Rust file has"));
    for named in spec.provider.types.iter() {
        check_nameable(&named.name, "type", report);
        if Type::WORDS.contains(&named.name.value.as_str())
            || COMPOSITE_TYPES.contains(&named.name.value.as_str())
            || named.name.value == "enum"
        {
            let message = format!("type `{}` has the name of a built-in type", named.name.value);
            report.fault(Rule::ReservedName, &named.name.place, message, "choose another name".to_owned());
        }
        let claimant = Claimant {
            owner: format!("type `{}`", named.name.value),
            place: &named.name.place,
            way_out: &|| ("rename this type or the other one".to_owned(), None),
        };
        claims.shape(&named.ty, names::named_type(&named.name.value), &claimant, report);
    }
    for endpoint in &spec.endpoints {
        let place = Place::start_of(&endpoint.file);
        let name = names::camel(&endpoint.id);
        let claimant = Claimant {
            owner: format!("endpoint `{}`", endpoint.id),
            place: &place,
            way_out: &|| ("rename the file or the other one".to_owned(), None),
        };
        claims.claim(names::request_type(&endpoint.id), &claimant, report);
        claims.claim(format!("{name}Data"), &claimant, report);
        if endpoint.request.iter().any(is_optional) {
            claims.claim(format!("{name}Options"), &claimant, report);
        }
        claims.fields(&endpoint.request, &name, report);
        if let Some(delivery) = endpoint.delivery() {
            let name = names::callback_type(&endpoint.id);
            claims.claim(name.clone(), &claimant, report);
            claims.fields(&delivery.fields, &name, report);
        }
        match &endpoint.response {
            Response::Fields(fields) => claims.fields(fields, &name, report),
            Response::Whole(ty) => {
                let owner = format!("the response of endpoint `{}`", endpoint.id);
                claims.shape(ty, names::within(&name, "item"), &Claimant { owner, ..claimant }, report);
            }
        }
        for named in named_in(&endpoint.request, spec) {
            let claimant = Claimant {
                owner: format!("type `{}` in a request", named.name.value),
                place: &named.name.place,
                way_out: &|| ("rename this type or the other one".to_owned(), None),
            };
            claims.inputs(&named.ty, names::named_type(&named.name.value), &claimant, report);
        }
        let id = endpoint.id.as_str();
        if GENERATED_METHODS.contains(&id) || GENERATED_STATICS.contains(&id) {
            let message = format!("endpoint `{id}` has a name of the generated code");
            report.fault(Rule::ReservedName, &place, message, "rename the file".to_owned());
        }
    }
}

/// The named types with objects in them that fields of a request have, each once.
fn named_in<'a>(request: &'a [Field], spec: &'a Spec) -> Vec<&'a Field> {
    let mut found: Vec<&Field> = Vec::new();
    let mut rest: Vec<&TypeExpr> = request.iter().map(|field| &field.ty).collect();
    while let Some(ty) = rest.pop() {
        match &ty.shape {
            Shape::Object(fields) => rest.extend(fields.iter().map(|field| &field.ty)),
            Shape::List(item) => rest.push(item),
            Shape::Name(name) => {
                if let Some(named) = spec.provider.types.get(&name.value)
                    && !found.iter().any(|other| other.name.value == named.name.value)
                {
                    found.push(named);
                    rest.push(&named.ty);
                }
            }
            Shape::Enum(_) | Shape::Missing => {}
        }
    }
    found
}

/// The names in use, each with its owner.
#[derive(Default)]
struct Claims(BTreeMap<String, String>);

/// The owner of a name.
struct Claimant<'a> {
    owner: String,
    place: &'a Place,
    /// What to do if the name is in use.
    way_out: &'a dyn Fn() -> (String, Option<Fix>),
}

impl Claims {
    fn reserve(&mut self, name: &str, owner: &str) {
        self.0.insert(name.to_owned(), owner.to_owned());
    }

    fn claim(&mut self, name: String, claimant: &Claimant<'_>, report: &mut Report) {
        let Claimant { owner, place, way_out } = claimant;
        if let Some(other) = self.0.get(&name) {
            let message = format!("{owner} would be `{name}` in Rust, and so is {other}");
            let (help, fix) = way_out();
            report.fixable(Rule::SameRustName, place, message, help, fix);
        } else {
            self.0.insert(name, owner.clone());
        }
    }

    fn fields(&mut self, fields: &[Field], owner: &str, report: &mut Report) {
        // A field without a possible name is reported as such: its type would get its owner's name.
        for field in fields.iter().filter(|field| names::is_nameable(named_after(field))) {
            let is_free = |name: &str| fields.iter().all(|other| names::snake(named_after(other)) != name);
            let claimant = Claimant {
                owner: format!("the type of field `{}`", field.name.value),
                place: &field.name.place,
                way_out: &|| rename(field, is_free),
            };
            self.shape(&field.ty, names::within(owner, named_after(field)), &claimant, report);
        }
    }

    /// Claims the names that `lower` gives to an anonymous type.
    fn shape(&mut self, ty: &TypeExpr, name: String, claimant: &Claimant<'_>, report: &mut Report) {
        match &ty.shape {
            Shape::Enum(codes) => {
                check_code_names(codes, report);
                self.claim(name, claimant, report);
            }
            Shape::Object(fields) => {
                check_field_names("object", fields, report);
                self.claim(name.clone(), claimant, report);
                self.fields(fields, &name, report);
            }
            Shape::List(item) => self.shape(item, name, claimant, report),
            Shape::Name(_) | Shape::Missing => {}
        }
    }

    /// Claims the names that `lower` gives to the objects of a named type in requests. Several
    /// requests share them.
    fn inputs(&mut self, ty: &TypeExpr, name: String, claimant: &Claimant<'_>, report: &mut Report) {
        match &ty.shape {
            Shape::Object(fields) => {
                let input = names::input_type(&name);
                if self.0.get(&input) != Some(&claimant.owner) {
                    self.claim(input, claimant, report);
                }
                for field in fields.iter().filter(|field| names::is_nameable(named_after(field))) {
                    self.inputs(&field.ty, names::within(&name, named_after(field)), claimant, report);
                }
            }
            Shape::List(item) => self.inputs(item, name, claimant, report),
            Shape::Name(_) | Shape::Enum(_) | Shape::Missing => {}
        }
    }
}

/// The word that becomes a field's Rust name.
fn named_after(field: &Field) -> &str {
    &field.rename.as_ref().unwrap_or(&field.name).value
}

/// How to rename a field: the key with a name that is free.
fn rename(field: &Field, is_free: impl Fn(&str) -> bool) -> (String, Option<Fix>) {
    let old = names::unescaped(&names::snake(named_after(field))).to_owned();
    let free =
        (2..).map(|count: u32| format!("{old}_{count}")).find(|name| is_free(name)).unwrap_or_default();
    let help = format!("write `rename: {free}` in `{}`, or a better name", field.name.value);
    (help, renamed(field, &free).map(Fix::risky))
}

/// A field with another name in Rust.
fn renamed(field: &Field, name: &str) -> Option<Edit> {
    match &field.rename {
        Some(rename) => Edit::word(&rename.place, &rename.value, name),
        None => Edit::within(&field.name.place, &format!("rename: {name}")),
    }
}

fn check_code_names(codes: &[Code], report: &mut Report) {
    let mut claims = Claims::default();
    claims.reserve("Other", "every unknown code");
    for code in codes {
        if let Some(name) = &code.name {
            check_nameable(name, "code", report);
            let claimant = Claimant {
                owner: format!("code `{}`", code.code.value),
                place: &name.place,
                way_out: &|| (format!("write another `name` in code `{}`", code.code.value), None),
            };
            claims.claim(names::camel(&name.value), &claimant, report);
        }
    }
}

/// A name of the author's choice, which is not a wire name: letters, digits, `_` and `-`.
pub(super) fn check_nameable(name: &Text, what: &str, report: &mut Report) {
    let plain = name.value.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if !plain || !names::is_nameable(&name.value) {
        let message = format!("`{}` cannot be a name in Rust", name.value.escape_debug());
        let help =
            format!("name the {what} in ASCII letters and digits; `title` has the provider's own words");
        report.fault(Rule::NotAName, &name.place, message, help);
    }
}

/// The name of an endpoint's file is the name of its function.
fn check_id(endpoint: &Endpoint, report: &mut Report) {
    let snake = names::unescaped(&names::snake(&endpoint.id)).to_owned();
    if snake != endpoint.id || !names::is_nameable(&endpoint.id) {
        let message = format!("`{}` cannot be the name of an endpoint", endpoint.file.shown);
        let help = "name the file in small ASCII letters, digits and `_`, such as id_card_two_factor.yaml"
            .to_owned();
        report.fault(Rule::NotAName, &Place::start_of(&endpoint.file), message, help);
    }
}

/// Fields of one struct have different Rust names.
fn check_field_names(section: &str, fields: &[Field], report: &mut Report) {
    let mut taken: BTreeMap<String, &str> = BTreeMap::new();
    for field in fields {
        if let Some(rename) = &field.rename {
            check_nameable(rename, "field", report);
        }
        let name = field.rename.as_ref().unwrap_or(&field.name);
        if !names::is_nameable(&name.value) {
            if field.rename.is_none() {
                check_nameable(name, "field with `rename`", report);
            }
        } else if let Some(other) = taken.insert(names::snake(&name.value), &field.name.value) {
            let (rust, wire) = (names::snake(&name.value), &field.name.value);
            let message =
                format!("fields `{other}` and `{wire}` of the {section} would both be `{rust}` in Rust");
            let (help, fix) = rename(field, |free| !taken.contains_key(free));
            report.fixable(Rule::SameRustName, &name.place, message, help, fix);
        }
    }
}

/// The setter of an optional field does not hide `default()`.
fn check_options(fields: &[Field], report: &mut Report) {
    for field in fields.iter().filter(|field| is_optional(field)) {
        let name = field.rename.as_ref().unwrap_or(&field.name);
        if names::snake(&name.value) == "default" {
            let message =
                format!("the optional field `{}` has a name of the generated code", field.name.value);
            let help = "write `rename: default_value` in it, or a better name".to_owned();
            let fix = renamed(field, "default_value").map(Fix::risky);
            report.fixable(Rule::ReservedName, &name.place, message, help, fix);
        }
    }
}

fn is_optional(field: &Field) -> bool {
    field.default.is_some() || field.optional.as_ref().is_some_and(|optional| optional.value)
}
