//! Warnings: what the dialect allows and the author probably did not intend. `pyi lint` reports
//! them, and they refuse nothing.
//!
//! The runtime decides whether a value violates a check; the caller passes that function as
//! [`CheckFn`].

use pyi_text::Message;

use super::reply::is_path_by;
use crate::ast::{At, Envelope, Field, Provider, Response, Shape, Spec, TypeExpr};
use crate::fix::Fix;
use crate::ir::{Check, Pointer};
use crate::report::{Places, Report};
use crate::rules::Rule;
use crate::yaml::Scalar;

/// How a value violates a check, if it does.
pub type CheckFn<'a> = &'a dyn Fn(&Check, &str) -> Option<Message>;

pub(crate) fn lint(spec: &Spec, check: CheckFn<'_>, report: &mut Report) {
    let faulty = report.places();
    let mut lints = Lints { provider: &spec.provider, check, faulty, report };
    for named in spec.provider.types.iter() {
        lints.field(named);
    }
    lints.envelope(&spec.provider.envelope);
    for endpoint in &spec.endpoints {
        lints.envelope(&endpoint.envelope);
        lints.fields(&endpoint.request);
        match &endpoint.response {
            Response::Fields(fields) => lints.fields(fields),
            Response::Whole(ty) => lints.inside(ty),
        }
    }
}

struct Lints<'a> {
    provider: &'a Provider,
    check: CheckFn<'a>,
    /// Places with faults, which get no warnings.
    faulty: Places,
    report: &'a mut Report,
}

impl Lints<'_> {
    /// No place is a name with a dot, which is a path in other notations.
    fn envelope(&mut self, envelope: &Envelope) {
        let lists = [&envelope.status, &envelope.message, &envelope.time].into_iter().flatten();
        let places = lists.chain(&envelope.data).chain(&envelope.proof).chain(&envelope.json_text);
        for place in places.filter(|place| !self.faulty.contains(&place.place)) {
            let Pointer::Member(name) = Pointer::of(&place.value) else { continue };
            if !is_path_by(name, '.') {
                continue;
            }
            let path = name.trim_start_matches(['$', '.']).replace('.', "/");
            let message = format!("`{name}` is the name of one member, with a dot in it");
            let help =
                format!("write `/{path}` for a member inside of another, or `/{name}` if this is its name");
            self.report.fault(Rule::DottedPlace, &place.place, message, help);
        }
    }

    fn fields(&mut self, fields: &[Field]) {
        fields.iter().for_each(|field| self.field(field));
    }

    fn field(&mut self, field: &Field) {
        let provider = self.provider;
        let named = field.ty.name().and_then(|name| provider.types.get(&name.value));
        let sound = self.is_sound(field) && named.is_none_or(|named| self.is_sound(named));
        if sound && !self.check_range(field) {
            let rules: Vec<Check> = named.into_iter().chain([field]).flat_map(Field::checks).collect();
            self.check_own_value("example", &field.example, field, &rules);
            self.check_own_value("default", &field.default, field, &rules);
        }
        self.inside(&field.ty);
    }

    fn inside(&mut self, ty: &TypeExpr) {
        match &ty.shape {
            Shape::Object(fields) => self.fields(fields),
            Shape::List(item) => self.inside(item),
            Shape::Name(_) | Shape::Enum(_) | Shape::Missing => {}
        }
    }

    /// Whether a field's type and checks have no fault.
    fn is_sound(&self, field: &Field) -> bool {
        let rules =
            [&field.check, &field.min, &field.max, &field.min_length, &field.max_length, &field.length];
        let parts = rules.into_iter().flatten().chain(field.ty.name());
        parts.into_iter().all(|part| !self.faulty.contains(&part.place))
    }

    /// An example or a default passes the checks of its own field.
    fn check_own_value(&mut self, what: &str, value: &Option<At<Scalar>>, field: &Field, rules: &[Check]) {
        let Some(value) = value.as_ref().filter(|value| !self.faulty.contains(&value.place)) else { return };
        let (name, text) = (&field.name.value, &value.value.text);
        if let Some(why) = rules.iter().find_map(|rule| (self.check)(rule, text)) {
            let message = format!("the {what} `{text}` of `{name}` violates its own check: it {why}");
            let help =
                format!("write one that passes, or remove the check; `.check_values()` refuses this {what}");
            self.report.fault(Rule::FailsOwnCheck, &value.place, message, help);
        }
    }

    /// `min` is not above `max`. Returns whether it is.
    fn check_range(&mut self, field: &Field) -> bool {
        let (Some(min), Some(max)) = (&field.min, &field.max) else { return false };
        if (self.check)(&Check::Min(min.value.clone().into()), &max.value).is_none() {
            return false;
        }
        let name = &field.name.value;
        let message =
            format!("`{name}` can have no value: its `min` is {}, and its `max` {}", min.value, max.value);
        let help = "swap `min` and `max`, or correct one of them; `.check_values()` refuses every value";
        let is_in_one_file = min.place.file == max.place.file;
        let fix = is_in_one_file.then(|| Fix::swapped(&min.place, &max.place)).flatten();
        self.report.fixable(Rule::EmptyRange, &max.place, message, help.to_owned(), fix);
        true
    }
}
