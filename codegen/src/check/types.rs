//! Types and their keys: each name is known, each value fits.

use std::collections::BTreeMap;

use super::dates::{self, check_conversions};
use super::{suggest, suggest_value};
use crate::ast::{At, Field, Provider, Response, Shape, Spec, Text, TypeExpr};
use crate::dialect::COMPOSITE_TYPES;
use crate::dialect::elsewhere::same_type;
use crate::fix::{Edit, Fix};
use crate::ir::{CheckWord, Type, ValueForm};
use crate::lower::MOST_PLACES;
use crate::report::{Place, Report};
use crate::rules::Rule;
use crate::yaml::{Kind, Scalar};

pub(super) fn check(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    if !spec.provider_read {
        return;
    }
    for named in provider.types.iter() {
        check_named(named, provider, report);
        check_field(named, provider, report);
    }
    check_cycles(provider, report);
    for endpoint in &spec.endpoints {
        for field in &endpoint.request {
            check_join(field, provider, report);
            check_form(field, provider, report);
            check_places(field, provider, report);
            check_field(field, provider, report);
        }
        for field in endpoint.delivery().into_iter().flat_map(|delivery| &delivery.fields) {
            check_field(field, provider, report);
        }
        match &endpoint.response {
            Response::Fields(fields) => fields.iter().for_each(|field| check_field(field, provider, report)),
            Response::Whole(ty) => check_type(ty, "the response", provider, report),
        }
    }
}

fn check_field(field: &Field, provider: &Provider, report: &mut Report) {
    check_type(&field.ty, &format!("field `{}`", field.name.value), provider, report);
    check_pattern(field, provider, report);
    check_rules(field, provider, report);
    for (what, value) in [("example", &field.example), ("default", &field.default)] {
        if let Some(value) = value {
            check_value(what, value, field, provider, report);
        }
    }
}

/// A key that does not belong to its field. To remove it takes away what the author said, wherever
/// it belongs.
fn stray(key: &str, value: &Place, message: String, help: String, report: &mut Report) {
    let fix = Edit::without(key, value).map(Fix::risky);
    report.fixable(Rule::StrayKey, value, message, help, fix);
}

/// A type is built in, or named in the provider's file.
fn check_type(ty: &TypeExpr, owner: &str, provider: &Provider, report: &mut Report) {
    match &ty.shape {
        Shape::Name(name) => {
            let named = provider.types.iter().map(|named| named.name.value.as_str());
            let known = Type::WORDS.iter().copied().chain(COMPOSITE_TYPES.iter().copied()).chain(named);
            let is_known = Type::WORDS.contains(&name.value.as_str())
                || COMPOSITE_TYPES.contains(&name.value.as_str())
                || provider.types.get(&name.value).is_some();
            if !is_known {
                let message = format!("unknown type `{}` in {owner}", name.value);
                let (help, fix) = match suggest(name, known, report) {
                    _ if name.value == "enum" => {
                        let help =
                            "write its codes in place of `type`, such as `enum: {\"01\": {name: match}}`";
                        (help.to_owned(), None)
                    }
                    near if near.0.starts_with("did you mean") => near,
                    (choice, _) => match same_type(&name.value) {
                        // Only an array has one word here that says the same.
                        Some(same) => {
                            let fix = Edit::scalar(&name.place, "array", "list").map(Fix::risky);
                            (format!("write {same}"), fix)
                        }
                        None => (format!("{choice}; or name it under `types` in provider.yaml"), None),
                    },
                };
                report.fixable(Rule::UnknownType, &name.place, message, help, fix);
            } else if COMPOSITE_TYPES.contains(&name.value.as_str()) {
                let message = format!("`{}` needs the type of its elements or its fields", name.value);
                let help = "write a map: `{type: list, of: …}` or `{type: object, fields: {…}}`".to_owned();
                report.fault(Rule::UnknownType, &name.place, message, help);
            }
        }
        Shape::Object(fields) => fields.iter().for_each(|field| check_field(field, provider, report)),
        Shape::List(item) => {
            check_type(item, owner, provider, report);
            check_element(item, owner, provider, report);
        }
        Shape::Enum(_) | Shape::Missing => {}
    }
}

/// The elements of a list have a pattern if they are dates, and only then.
fn check_element(item: &TypeExpr, owner: &str, provider: &Provider, report: &mut Report) {
    match (base(item, provider), &item.pattern, item.name()) {
        (Base::BuiltIn("date"), Some(pattern), _) => check_conversions(pattern, report),
        (Base::BuiltIn("date"), None, Some(name)) if name.value == "date" => {
            let message = format!("missing key `pattern` for the dates of {owner}");
            let help = "write `of: {type: date, pattern: \"%Y-%m-%d\"}`".to_owned();
            report.fault(Rule::MissingKey, &name.place, message, help);
        }
        (_, Some(pattern), _) => {
            let message = format!("the elements of {owner} are not dates, and have no pattern");
            stray("pattern", &pattern.place, message, "remove `pattern`".to_owned(), report);
        }
        _ => {}
    }
}

/// A named type is not another name of a named type.
fn check_named(named: &Field, provider: &Provider, report: &mut Report) {
    if let Shape::Name(base) = &named.ty.shape
        && provider.types.get(&base.value).is_some()
    {
        let message = format!("type `{}` is another name for type `{}`", named.name.value, base.value);
        report.fault(Rule::UnknownType, &base.place, message, "write a built-in type".to_owned());
    }
}

/// No named object contains itself, at any depth.
fn check_cycles(provider: &Provider, report: &mut Report) {
    for named in provider.types.iter() {
        if provider.types.reaches(&named.name.value, &named.name.value) {
            let message = format!("type `{}` contains itself", named.name.value);
            let help = "end the circle with a field of type `any`".to_owned();
            report.fault(Rule::TypeCycle, &named.name.place, message, help);
        }
    }
}

/// Types in types do not make more values than a request can have.
fn check_places(field: &Field, provider: &Provider, report: &mut Report) {
    if places(&field.ty, provider, &mut BTreeMap::new()) > MOST_PLACES {
        let message =
            format!("`{}` has more than {MOST_PLACES} values inside of its types", field.name.value);
        let help = "write `type: any` for a part of it".to_owned();
        report.fault(Rule::TypeCycle, &field.name.place, message, help);
    }
}

/// The number of single values inside of a type. One that contains itself has its fault.
fn places<'a>(ty: &'a TypeExpr, provider: &'a Provider, known: &mut BTreeMap<&'a str, u64>) -> u64 {
    match &ty.shape {
        Shape::Object(fields) => {
            fields.iter().fold(0, |sum: u64, field| sum.saturating_add(places(&field.ty, provider, known)))
        }
        Shape::List(item) => places(item, provider, known),
        Shape::Name(name) => {
            if let Some(count) = known.get(name.value.as_str()) {
                return *count;
            }
            known.insert(&name.value, 1);
            let count = provider.types.get(&name.value).map_or(1, |named| places(&named.ty, provider, known));
            known.insert(&name.value, count);
            count
        }
        Shape::Enum(_) | Shape::Missing => 1,
    }
}

/// The built-in type of a type. A type with a fault is `Unknown`, which causes no further faults.
enum Base<'a> {
    BuiltIn(&'a str),
    Enum(&'a [crate::ast::Code]),
    Composite(&'static str),
    Unknown,
}

/// The named type that a type refers to.
fn named<'a>(ty: &TypeExpr, provider: &'a Provider) -> Option<&'a Field> {
    provider.types.get(&ty.name()?.value)
}

/// One step only: a named type does not name another one, which is checked.
fn base<'a>(ty: &'a TypeExpr, provider: &'a Provider) -> Base<'a> {
    match named(ty, provider).map_or(&ty.shape, |named| &named.ty.shape) {
        Shape::Name(name) if Type::WORDS.contains(&name.value.as_str()) => Base::BuiltIn(&name.value),
        Shape::Name(_) => Base::Unknown,
        Shape::Enum(codes) => Base::Enum(codes),
        Shape::Object(_) => Base::Composite("an object"),
        Shape::List(_) => Base::Composite("a list"),
        Shape::Missing => Base::Unknown,
    }
}

/// A value that is sent in another form has a text for it.
fn check_form(field: &Field, provider: &Provider, report: &mut Report) {
    let Some(form) = &field.form else { return };
    let is_json =
        matches!(base(&field.ty, provider), Base::Composite(_) | Base::BuiltIn("any") | Base::Unknown);
    let fits = match form.value.parse() {
        Ok(ValueForm::JsonText) => is_json && field.join.is_none(),
        Ok(ValueForm::Base64) => {
            field.join.is_none() && (is_json || matches!(base(&field.ty, provider), Base::BuiltIn("string")))
        }
        Err(_) => true,
    };
    if !fits {
        let message = format!("`{}` is no value that is sent as `{}`", field.name.value, form.value);
        let help = "remove `as`: `json_text` is for an object, a list or any JSON, `base64` for these and for a text; bytes are \
                    in base64 by themselves"
            .to_owned();
        stray("as", &form.place, message, help, report);
    }
}

/// Only a list of a request is joined.
fn check_join(field: &Field, provider: &Provider, report: &mut Report) {
    let Some(join) = &field.join else { return };
    let help = match base(&field.ty, provider) {
        Base::Unknown => return,
        Base::Composite("a list") => match elements(&field.ty, provider).map(|item| base(item, provider)) {
            Some(Base::Composite(_) | Base::BuiltIn("any")) => {
                "remove `join`: elements that are lists, objects or any JSON are sent as JSON"
            }
            _ if join.value.is_empty() => {
                "write the text that is between two elements, such as `join: \",\"`"
            }
            _ => return,
        },
        _ => "remove `join`, or write `type: list`",
    };
    let message = format!("`{}` has no elements that `join` can join", field.name.value);
    stray("join", &join.place, message, help.to_owned(), report);
}

/// The type of a list's elements.
fn elements<'a>(ty: &'a TypeExpr, provider: &'a Provider) -> Option<&'a TypeExpr> {
    match named(ty, provider).map_or(&ty.shape, |named| &named.ty.shape) {
        Shape::List(item) => Some(item),
        _ => None,
    }
}

/// A date has a pattern, and no other type has one.
fn check_pattern(field: &Field, provider: &Provider, report: &mut Report) {
    let named = named(&field.ty, provider);
    let has_pattern = named.is_some_and(|named| named.ty.pattern.is_some());
    match (base(&field.ty, provider), &field.ty.pattern) {
        (Base::Unknown, _) => {}
        (Base::BuiltIn("date"), Some(pattern)) => check_conversions(pattern, report),
        (Base::BuiltIn("date"), None) if !has_pattern => {
            let message = format!("missing key `pattern` in `{}`, which is a date", field.name.value);
            let help = "add `pattern`, the form that the provider writes, such as \"%Y-%m-%d\"".to_owned();
            report.fault(Rule::MissingKey, &field.name.place, message, help);
        }
        (_, Some(pattern)) => {
            let message = format!("`{}` is not a date, and has no pattern", field.name.value);
            report.fault(
                Rule::StrayKey,
                &pattern.place,
                message,
                "remove `pattern`, or write `type: date`".to_owned(),
            );
        }
        _ => {}
    }
}

/// A check is known, and fits its field's type.
fn check_rules(field: &Field, provider: &Provider, report: &mut Report) {
    if let Some(check) = &field.check {
        super::one_word(check, "check", CheckWord::WORDS, report);
    }
    let base = base(&field.ty, provider);
    let textual = matches!(base, Base::BuiltIn("string") | Base::Unknown);
    let numeric = matches!(base, Base::BuiltIn("integer" | "decimal") | Base::Unknown);
    let rules: [(&str, &Option<Text>, bool, &str); 6] = [
        ("check", &field.check, textual, "text"),
        ("min_length", &field.min_length, textual, "text"),
        ("max_length", &field.max_length, textual, "text"),
        ("length", &field.length, textual, "text"),
        ("min", &field.min, numeric, "a number"),
        ("max", &field.max, numeric, "a number"),
    ];
    for (key, value, fits, wanted) in rules {
        if let (Some(value), false) = (value, fits) {
            let message = format!("`{key}` is for {wanted}, which `{}` is not", field.name.value);
            stray(key, &value.place, message, format!("remove `{key}`"), report);
        }
    }
    if let (Some(person), Base::Composite(what)) =
        (field.person.as_ref().filter(|person| person.value), &base)
    {
        let message = format!("`{}` is {what}, and `person` is for a single value", field.name.value);
        let help = "remove `person`: the pause between two calls is that of one person, whom one value names"
            .to_owned();
        stray("person", &person.place, message, help, report);
    }
    let lengths = [&field.min_length, &field.max_length, &field.length].into_iter().flatten();
    for length in lengths.filter(|length| length.value.parse::<u32>().is_err()) {
        let message = format!("`{}` is not a length", length.value);
        report.fault(
            Rule::NotANumber,
            &length.place,
            message,
            "write a whole number of characters".to_owned(),
        );
    }
}

/// An example or a default is a possible value of the field.
fn check_value(what: &str, written: &At<Scalar>, field: &Field, provider: &Provider, report: &mut Report) {
    let text = written.value.text.as_str();
    let whole = || text.parse::<i64>().is_ok();
    let decimal = || crate::parse::is_decimal(text);
    let named = named(&field.ty, provider);
    let pattern = field.ty.pattern.as_ref().or_else(|| named.and_then(|named| named.ty.pattern.as_ref()));
    let fault = match base(&field.ty, provider) {
        Base::BuiltIn("string" | "date" | "bytes" | "any") | Base::Enum(_)
            if written.value.kind() != Kind::Text =>
        {
            let message = format!("`{text}` is not text in YAML, and `{}` is", field.name.value);
            let fix = Edit::quoted(&written.place, text).map(Fix::safe);
            Some((Rule::NotText, message, format!("quote it to keep it as written: \"{text}\""), fix))
        }
        Base::BuiltIn("date") if pattern.is_some_and(|pattern| !dates::fits(pattern, text)) => {
            let help = "write it in the pattern, or correct the pattern".to_owned();
            Some((Rule::UnfitValue, unfit(text, "a date in its pattern"), help, None))
        }
        Base::Enum(codes) if !codes.iter().any(|code| code.code.value == text) => {
            let known = codes.iter().map(|code| code.code.value.as_str());
            let message = format!("`{text}` is not a code of `{}`", field.name.value);
            let word = Text { value: text.to_owned(), place: written.place.clone() };
            let (help, fix) = suggest_value(&word, known, report);
            Some((Rule::UnfitValue, message, help, fix))
        }
        Base::BuiltIn("bytes") if !is_base64(text) => {
            let help =
                "write the bytes in base64, with `=` at the end where its length asks for it".to_owned();
            Some((Rule::UnfitValue, unfit(text, "base64"), help, None))
        }
        Base::BuiltIn("integer" | "timestamp") if !whole() => {
            Some((Rule::UnfitValue, unfit(text, "a whole number"), digits(), None))
        }
        Base::BuiltIn("timestamp") if !text.parse().is_ok_and(|seconds| MOMENTS.contains(&seconds)) => {
            Some((Rule::UnfitValue, unfit(text, "a moment in unix seconds"), digits(), None))
        }
        Base::BuiltIn("decimal") if !decimal() => {
            Some((Rule::UnfitValue, unfit(text, "a decimal number"), digits(), None))
        }
        Base::BuiltIn("boolean") if !["true", "false", "0", "1"].contains(&text) => {
            Some((Rule::UnfitValue, unfit(text, "true or false"), "write `true` or `false`".to_owned(), None))
        }
        Base::Composite(kind) => {
            let message = format!("`{}` is {kind}, and has no {what} of its own", field.name.value);
            let fix = Edit::without(what, &written.place).map(Fix::risky);
            let help = format!("remove it; a single value inside may have its {what}");
            Some((Rule::StrayKey, message, help, fix))
        }
        _ => None,
    };
    if let Some((rule, message, help, fix)) = fault {
        report.fixable(rule, &written.place, message, help, fix);
    }
}

/// Whether a text has the digits of base64, and is padded (RFC 4648, section 4).
fn is_base64(text: &str) -> bool {
    let digits = text.trim_end_matches('=');
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(&byte));
    is_plain && text.len().is_multiple_of(4) && text.len() - digits.len() <= 2
}

/// The timestamps that the runtime supports: years -9999 to 9999.
const MOMENTS: std::ops::RangeInclusive<i64> = -377_705_023_201..=253_402_207_200;

fn unfit(text: &str, wanted: &str) -> String {
    format!("`{text}` is not {wanted}")
}

fn digits() -> String {
    "write digits, such as `10` or `0.50`".to_owned()
}
