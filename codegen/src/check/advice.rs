//! What the dialect allows and its author hardly meant: warnings, which `pyi lint` tells and nothing is refused for.
//!
//! Whether a value breaks a check is for the runtime to say; whoever lints brings that along as [`Broken`].

use crate::ast::{At, Field, Provider, Response, Shape, Spec, TypeExpr};
use crate::catalogue::Rule;
use crate::ir::Check;
use crate::lower::checks;
use crate::report::Report;
use crate::tree::Scalar;

/// Why a value breaks a check, if it does.
pub type Broken<'a> = &'a dyn Fn(&Check, &str) -> Option<String>;

pub(crate) fn advise(spec: &Spec, broken: Broken<'_>, report: &mut Report) {
    let provider = &spec.provider;
    for named in provider.types.iter() {
        advise_field(named, provider, broken, report);
    }
    for endpoint in &spec.endpoints {
        advise_fields(&endpoint.request, provider, broken, report);
        match &endpoint.response {
            Response::Fields(fields) => advise_fields(fields, provider, broken, report),
            Response::Whole(ty) => advise_inside(ty, provider, broken, report),
        }
    }
}

fn advise_fields(fields: &[Field], provider: &Provider, broken: Broken<'_>, report: &mut Report) {
    fields.iter().for_each(|field| advise_field(field, provider, broken, report));
}

fn advise_field(field: &Field, provider: &Provider, broken: Broken<'_>, report: &mut Report) {
    let named = field.ty.name().and_then(|name| provider.types.get(&name.value));
    let rules: Vec<Check> = named.into_iter().chain([field]).flat_map(checks).collect();
    if !check_range(field, broken, report) {
        for (what, value) in [("example", &field.example), ("default", &field.default)] {
            if let Some(value) = value {
                check_own_value(what, value, field, &rules, broken, report);
            }
        }
    }
    advise_inside(&field.ty, provider, broken, report);
}

fn advise_inside(ty: &TypeExpr, provider: &Provider, broken: Broken<'_>, report: &mut Report) {
    match &ty.shape {
        Shape::Object(fields) => advise_fields(fields, provider, broken, report),
        Shape::List(item) => advise_inside(item, provider, broken, report),
        Shape::Name(_) | Shape::Enum(_) | Shape::Missing => {}
    }
}

/// An example or a default passes the checks of its own field.
fn check_own_value(
    what: &str,
    value: &At<Scalar>,
    field: &Field,
    rules: &[Check],
    broken: Broken<'_>,
    report: &mut Report,
) {
    let (name, text) = (&field.name.value, &value.value.text);
    if let Some(why) = rules.iter().find_map(|rule| broken(rule, text)) {
        let message = format!("the {what} `{text}` of `{name}` fails its own check: it {why}");
        let help = format!("write one that passes, or remove the check; `.check()` refuses this {what}");
        report.fault(Rule::FailsOwnCheck, &value.place, message, help);
    }
}

/// Some number is as large as `min` and no larger than `max`. Says whether there is none.
fn check_range(field: &Field, broken: Broken<'_>, report: &mut Report) -> bool {
    let (Some(min), Some(max)) = (&field.min, &field.max) else { return false };
    if broken(&Check::Min(min.value.clone()), &max.value).is_none() {
        return false;
    }
    let name = &field.name.value;
    let message =
        format!("`{name}` can have no value: its `min` is {}, and its `max` {}", min.value, max.value);
    let help = "swap `min` and `max`, or mend one of them; as it is, `.check()` refuses every value";
    report.fault(Rule::EmptyRange, &max.place, message, help.to_owned());
    true
}
