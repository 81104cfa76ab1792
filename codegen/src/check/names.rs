//! Names in Rust: each can be one, and no two things get the same.

use std::collections::BTreeMap;

use crate::ast::{Code, Endpoint, Field, Response, Shape, Spec, Text, TypeExpr};
use crate::catalogue::Rule;
use crate::ir::Type;
use crate::names;
use crate::report::{Place, Report};

/// Types that the generated code has for itself; `lower` leaves them out.
pub(crate) const GENERATED_TYPES: [&str; 2] = ["Client", "Status"];
const GENERATED_METHODS: [&str; 11] = [
    "builder",
    "runtime",
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

/// Types that every Rust file has without asking: one of the spec's would hide it in the file that says `provider!`.
const PRELUDE: [&str; 6] = ["Box", "Option", "Result", "String", "Vec", "Self_"];

pub(super) fn check(spec: &Spec, report: &mut Report) {
    check_type_names(spec, report);
    for endpoint in &spec.endpoints {
        check_id(endpoint, report);
        check_field_names("request", &endpoint.request, report);
        check_field_names("response", endpoint.response.fields(), report);
        check_options(&endpoint.request, report);
    }
}

/// Types in Rust have names of their own: named and unnamed types, requests, data, and what every generated crate has.
fn check_type_names(spec: &Spec, report: &mut Report) {
    let mut claims = Claims::default();
    GENERATED_TYPES.iter().for_each(|name| claims.reserve(name, "a type of the generated code"));
    PRELUDE.iter().for_each(|name| claims.reserve(name, "a type that every Rust file has"));
    for named in spec.provider.types.iter() {
        check_nameable(&named.name, "type", report);
        if Type::WORDS.contains(&named.name.value.as_str())
            || ["list", "object", "enum"].contains(&named.name.value.as_str())
        {
            let message = format!("type `{}` has the name of a built-in type", named.name.value);
            report.fault(Rule::ReservedName, &named.name.place, message, "choose another name".to_owned());
        }
        claims.shape(&named.ty, names::camel(&named.name.value), &named.name.place, report);
    }
    for endpoint in &spec.endpoints {
        let place = Place::start_of(&endpoint.file);
        let name = names::camel(&endpoint.id);
        let owner = format!("endpoint `{}`", endpoint.id);
        claims.claim(name.clone(), owner.clone(), &place, report);
        claims.claim(format!("{name}Data"), owner.clone(), &place, report);
        if endpoint.request.iter().any(is_optional) {
            claims.claim(format!("{name}Options"), owner, &place, report);
        }
        claims.fields(&endpoint.request, &name, report);
        match &endpoint.response {
            Response::Fields(fields) => claims.fields(fields, &name, report),
            Response::Whole(ty) => claims.shape(ty, names::within(&name, "item"), &place, report),
        }
        let id = endpoint.id.as_str();
        if GENERATED_METHODS.contains(&id) || GENERATED_STATICS.contains(&id) {
            let message = format!("endpoint `{id}` has a name that the generated code needs");
            report.fault(Rule::ReservedName, &place, message, "rename the file".to_owned());
        }
    }
}

/// Who has which name.
#[derive(Default)]
struct Claims(BTreeMap<String, String>);

impl Claims {
    fn reserve(&mut self, name: &str, owner: &str) {
        self.0.insert(name.to_owned(), owner.to_owned());
    }

    fn claim(&mut self, name: String, owner: String, place: &Place, report: &mut Report) {
        if let Some(other) = self.0.get(&name) {
            let message = format!("{owner} would be `{name}` in Rust, and so is {other}");
            report.fault(Rule::SameRustName, place, message, "rename one of the two".to_owned());
        } else {
            self.0.insert(name, owner);
        }
    }

    fn fields(&mut self, fields: &[Field], owner: &str, report: &mut Report) {
        for field in fields {
            let name = &field.rename.as_ref().unwrap_or(&field.name).value;
            self.shape(&field.ty, names::within(owner, name), &field.name.place, report);
        }
    }

    /// Claims what `lower` will make of a type that stands in place.
    fn shape(&mut self, ty: &TypeExpr, name: String, place: &Place, report: &mut Report) {
        let owner = || format!("the type `{name}`, which has its name from where it stands,");
        match &ty.shape {
            Shape::Enum(codes) => {
                check_code_names(codes, report);
                self.claim(name.clone(), owner(), place, report);
            }
            Shape::Object(fields) => {
                check_field_names("object", fields, report);
                self.claim(name.clone(), owner(), place, report);
                self.fields(fields, &name, report);
            }
            Shape::List(item) => self.shape(item, name, place, report),
            Shape::Name(_) | Shape::Missing => {}
        }
    }
}

fn check_code_names(codes: &[Code], report: &mut Report) {
    let mut claims = Claims::default();
    claims.reserve("Other", "every unknown code");
    for code in codes {
        if let Some(name) = &code.name {
            check_nameable(name, "code", report);
            claims.claim(
                names::camel(&name.value),
                format!("code `{}`", code.code.value),
                &name.place,
                report,
            );
        }
    }
}

/// A name that the author chose: it is no name on the wire, so that it needs nothing but letters, digits, `_` and `-`.
pub(super) fn check_nameable(name: &Text, what: &str, report: &mut Report) {
    let plain = name.value.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if !plain || !names::is_nameable(&name.value) {
        let message = format!("`{}` cannot be a name in Rust", name.value.escape_debug());
        let help =
            format!("name the {what} in ASCII letters and digits; `title` says it in the provider's words");
        report.fault(Rule::NotAName, &name.place, message, help);
    }
}

/// An endpoint's file is named as its function will be.
fn check_id(endpoint: &Endpoint, report: &mut Report) {
    let snake = names::unescaped(&names::snake(&endpoint.id)).to_owned();
    if snake != endpoint.id || !names::is_nameable(&endpoint.id) {
        let message = format!("`{}` cannot be the name of an endpoint", endpoint.file.shown);
        let help = "name the file in small ASCII letters, digits and `_`, such as id_card_two_factor.yaml"
            .to_owned();
        report.fault(Rule::NotAName, &Place::start_of(&endpoint.file), message, help);
    }
}

/// Fields of one struct have names of their own in Rust.
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
            report.fault(Rule::SameRustName, &name.place, message, format!("add `rename: …` to `{wire}`"));
        }
    }
}

/// An optional field has a setter, which must not hide `default()`.
fn check_options(fields: &[Field], report: &mut Report) {
    for field in fields.iter().filter(|field| is_optional(field)) {
        let name = field.rename.as_ref().unwrap_or(&field.name);
        if names::snake(&name.value) == "default" {
            let message =
                format!("the optional field `{}` has a name that the generated code needs", field.name.value);
            report.fault(Rule::ReservedName, &name.place, message, "add `rename: …`".to_owned());
        }
    }
}

fn is_optional(field: &Field) -> bool {
    field.default.is_some() || field.optional.as_ref().is_some_and(|optional| optional.value)
}
