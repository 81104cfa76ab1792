//! Compares the fields of requests, replies, callbacks and objects.

use super::change::{At, ChangeClass, Changes};
use crate::ir::{Check, Field, Type};

/// Whose fields they are: that decides what a caller's code does with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    /// A request: required fields are in a struct that callers fill in, optional ones have setters.
    Request,
    /// An object in a request: callers fill in all its fields.
    Given,
    /// A reply, or an object in one: callers read its fields.
    Reply,
    /// A callback: callers read its fields, which are verified.
    Callback,
}

impl Owner {
    fn is_given(self) -> bool {
        matches!(self, Self::Request | Self::Given)
    }

    /// The key of the spec that has the fields.
    fn word(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Given => "object",
            Self::Reply => "response",
            Self::Callback => "callback",
        }
    }

    /// Whether a caller's code compiles without a field that is new.
    fn may_lack(self, field: &Field) -> bool {
        match self {
            Self::Request => field.optional,
            Self::Given => false,
            Self::Reply | Self::Callback => true,
        }
    }
}

/// Compares fields, each with the one of its name on the wire, or else of its name in Rust.
pub(super) fn fields(changes: &mut Changes<'_>, at: &At, owner: Owner, old: &[Field], new: &[Field]) {
    for field in old {
        match partner(field, new, old) {
            Some(other) => compare(changes, &at.keys(&field.wire, &other.wire), owner, field, other),
            None => {
                let message = format!("the {} has no field `{}` any more", owner.word(), field.wire);
                changes.removed(ChangeClass::Callers, "field-removed", &at.key(&[&field.wire]), message);
            }
        }
    }
    for field in new {
        if partner(field, old, new).is_some() {
            continue;
        }
        let at = at.key(&[&field.wire]);
        let (class, kind, how) = match (owner.may_lack(field), field.optional) {
            (true, _) => (ChangeClass::Safe, "field-added", ""),
            (false, true) => (ChangeClass::Callers, "given-field-added", "optional "),
            (false, false) => (ChangeClass::Callers, "required-field-added", "required "),
        };
        changes.added(
            class,
            kind,
            &at,
            format!("the {} has a new {how}field `{}`", owner.word(), field.wire),
        );
    }
}

/// The field of another spec that a field is compared with.
pub(super) fn partner<'a>(field: &Field, others: &'a [Field], own: &[Field]) -> Option<&'a Field> {
    let by_wire = others.iter().find(|other| other.wire == field.wire);
    let is_free = |other: &Field| own.iter().all(|field| field.wire != other.wire);
    by_wire.or_else(|| others.iter().find(|other| other.rust == field.rust && is_free(other)))
}

fn compare(changes: &mut Changes<'_>, at: &At, owner: Owner, old: &Field, new: &Field) {
    use ChangeClass::{Callers, Calls, Safe};
    let Field {
        wire,
        rust,
        title,
        doc,
        source,
        deprecated,
        named,
        ty,
        example,
        default,
        optional,
        public,
        person,
        checks,
        element_checks,
        place,
        template,
        form,
        join,
        body_digest,
        is_signed,
    } = old;
    let at = &at.of_types(named, &new.named);
    let of = |what: &str| format!("the field `{wire}` of the {} {what}", owner.word());
    changes.compare(Callers, "field-renamed", &at.at(&["rename"]), (rust, &new.rust), || {
        of(&format!("is `{}` in Rust, and was `{rust}`", new.rust))
    });
    let (was, is) = (shape(ty), shape(&new.ty));
    if was != is {
        changes.changed(
            Callers,
            "field-type",
            &at.at(&["type", "of", "enum", "fields"]),
            of(&format!("is of type {is}, and was of type {was}")),
        );
    } else {
        changes.compare(Calls, "field-pattern", &at.at(&["pattern", "of"]), (ty, &new.ty), || {
            of("has another pattern of its date")
        });
    }
    if owner.is_given() {
        let word = |optional: bool| if optional { "optional" } else { "required" };
        changes.compare(
            Callers,
            "field-optional",
            &at.at(&["optional", "default"]),
            (optional, &new.optional),
            || of(&format!("is {}, and was {}", word(new.optional), word(*optional))),
        );
    }
    changes.compare(Calls, "field-wire-name", at, (wire, &new.wire), || {
        of(&format!("is `{}` on the wire", new.wire))
    });
    changes.compare(Calls, "field-default", &at.at(&["default"]), (default, &new.default), || {
        let text =
            |default: &Option<String>| default.as_ref().map_or("none".to_owned(), |text| format!("`{text}`"));
        of(&format!("has the default {}, and had {}", text(&new.default), text(default)))
    });
    let rules = (rules_of(checks, element_checks), rules_of(&new.checks, &new.element_checks));
    // What is read is not checked.
    if owner.is_given() {
        changes.compare(
            Calls,
            "field-checks",
            &at.at(&["check", "min", "max", "min_length", "max_length", "length", "enum", "of", "fields"]),
            (&rules.0, &rules.1),
            || of("has other checks: other values are refused"),
        );
    }
    changes.compare(Calls, "field-person", &at.at(&["person"]), (person, &new.person), || {
        of(if new.person { "identifies a person now" } else { "does not identify a person any more" })
    });
    changes.compare(Calls, "field-public", &at.at(&["public"]), (public, &new.public), || {
        of(if new.public { "is shown in logs and Debug output" } else { "is not shown in logs any more" })
    });
    changes.compare(Calls, "field-place", &at.at(&["in"]), (place, &new.place), || {
        of(&format!("is sent in the {}, and was in the {}", new.place.as_str(), place.as_str()))
    });
    changes.compare(Calls, "field-signed", &at.at(&["signed"]), (is_signed, &new.is_signed), || {
        of(if new.is_signed { "is signed now" } else { "is not signed any more" })
    });
    let written = ((template, form), (join, body_digest));
    let written_now = ((&new.template, &new.form), (&new.join, &new.body_digest));
    changes.compare(
        Calls,
        "field-written",
        &at.at(&["write", "as", "join", "from"]),
        (&written, &written_now),
        || of("is written in another form"),
    );
    deprecation(changes, &at.at(&["deprecated"]), (deprecated, &new.deprecated), &of);
    named_type(changes, &at.at(&["type", "of"]), (named, &new.named), &of);
    let words = ((title, doc), (source, example));
    let words_now = ((&new.title, &new.doc), (&new.source, &new.example));
    changes.compare(
        Safe,
        "wording",
        &at.at(&["title", "doc", "source", "example"]),
        (&words, &words_now),
        || of("is described in other words"),
    );
}

/// The checks of a value and of its elements, numbers without zeros that mean nothing. The codes of
/// an enum are compared with the enum.
fn rules_of(checks: &[Check], element_checks: &[Check]) -> [Vec<Check>; 2] {
    [checks, element_checks].map(|checks| {
        let rules = checks.iter().filter(|check| !matches!(check, Check::OneOf(_))).cloned();
        rules
            .map(|check| match check {
                Check::Min(number) => Check::Min(plain(&number).into()),
                Check::Max(number) => Check::Max(plain(&number).into()),
                other => other,
            })
            .collect()
    })
}

/// An exact decimal number without zeros that mean nothing.
pub(super) fn plain(number: &str) -> String {
    let digits = number.trim_start_matches('-');
    let sign = &number[..number.len() - digits.len()];
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    match (whole.trim_start_matches('0'), part.trim_end_matches('0')) {
        ("", "") => "0".to_owned(),
        ("", part) => format!("{sign}0.{part}"),
        (whole, "") => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

/// Compares the named types of a field. What they say of it is compared with the field.
fn named_type(
    changes: &mut Changes<'_>,
    at: &At,
    (old, new): (&Option<String>, &Option<String>),
    of: &dyn Fn(&str) -> String,
) {
    let message = match (old, new) {
        (Some(old), Some(new)) if changes.is_renamed(old, new) => return,
        (Some(old), Some(new)) => format!("has the named type `{new}`, and had `{old}`"),
        (Some(old), None) => format!("has no named type any more, and had `{old}`"),
        (None, Some(new)) => format!("has the named type `{new}` now"),
        (None, None) => return,
    };
    changes.compare(ChangeClass::Safe, "field-named-type", at, (old, new), || of(&message));
}

/// Compares deprecations: the compiler warns code that uses what is deprecated.
pub(super) fn deprecation(
    changes: &mut Changes<'_>,
    at: &At,
    (old, new): (&Option<String>, &Option<String>),
    of: &dyn Fn(&str) -> String,
) {
    match (old, new) {
        (None, Some(_)) => {
            changes.changed(ChangeClass::Safe, "deprecated", at, of("is deprecated: callers get a warning"));
        }
        (Some(_), None) => {
            changes.changed(ChangeClass::Safe, "deprecated", at, of("is not deprecated any more"))
        }
        (old, new) => changes
            .compare(ChangeClass::Safe, "wording", at, (old, new), || of("is described in other words")),
    }
}

/// The Rust type of a value, as callers write it.
pub(super) fn shape(ty: &Type) -> String {
    match ty {
        Type::String => "string".to_owned(),
        Type::Integer => "integer".to_owned(),
        Type::Decimal => "decimal".to_owned(),
        Type::Boolean => "boolean".to_owned(),
        Type::Date { .. } => "date".to_owned(),
        Type::Timestamp => "timestamp".to_owned(),
        Type::Bytes => "bytes".to_owned(),
        Type::Enum(name) | Type::Object(name) => name.clone(),
        Type::List(item) => format!("list of {}", shape(item)),
        Type::Any => "any".to_owned(),
    }
}
