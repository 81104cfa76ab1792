//! The rules of the dialect beyond its grammar, one `check_*` each. A check reads what was written and reports; it
//! changes nothing. Each has a file under `tests/specs` that is named after its fault.

use std::collections::BTreeMap;

use crate::ast::{At, Endpoint, Field, Provider, Spec, Text};
use crate::ir::{Algorithm, Billed, Case, Class, Effect, Format, From, Method, SignMethod, Type};
use crate::names;
use crate::parse::list;
use crate::report::{Place, Report};

/// Names that the generated code has for itself.
const GENERATED_TYPES: [&str; 2] = ["Client", "Status"];
const GENERATED_METHODS: [&str; 2] = ["builder", "runtime"];

pub(crate) fn check(spec: &Spec, report: &mut Report) {
    check_words(spec, report);
    check_canonical(&spec.provider, report);
    check_statuses(&spec.provider, report);
    check_type_names(spec, report);
    for field in all_fields(spec) {
        check_type(field, &spec.provider, report);
        check_pattern(field, &spec.provider, report);
    }
    for endpoint in &spec.endpoints {
        check_id(endpoint, report);
        check_path(endpoint, report);
        check_reserved(endpoint, &spec.provider, report);
        check_field_names(endpoint, report);
    }
    check_paths_differ(spec, report);
}

fn all_fields(spec: &Spec) -> impl Iterator<Item = &Field> {
    let fields = spec.endpoints.iter().flat_map(|endpoint| endpoint.request.iter().chain(&endpoint.response));
    spec.provider.types.iter().chain(fields)
}

/// Every word that names one of a few things names one of them.
fn check_words(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    for common in &provider.common {
        word(&common.from, "source of a common parameter", From::WORDS, report);
    }
    for status in &provider.statuses {
        word(&status.class, "class", Class::WORDS, report);
        word(&status.billed, "`billed`", Billed::WORDS, report);
    }
    let sign = &provider.sign;
    sign.methods.iter().for_each(|method| one_word(method, "signing method", SignMethod::WORDS, report));
    word(&sign.algorithm, "digest algorithm", Algorithm::WORDS, report);
    word(&sign.case, "case", Case::WORDS, report);
    for endpoint in &spec.endpoints {
        word(&endpoint.effect, "effect", Effect::WORDS, report);
        endpoint.methods.iter().for_each(|method| one_word(method, "method", Method::WORDS, report));
        endpoint.formats.iter().for_each(|format| one_word(format, "format", Format::WORDS, report));
    }
}

fn word(text: &Option<Text>, what: &str, words: &[&str], report: &mut Report) {
    if let Some(text) = text {
        one_word(text, what, words, report);
    }
}

fn one_word(text: &Text, what: &str, words: &[&str], report: &mut Report) {
    if !words.contains(&text.value.as_str()) {
        let help = meant(&text.value, words.iter().copied());
        report.fault("unknown-word", &text.place, format!("unknown {what} `{}`", text.value), help);
    }
}

/// "did you mean", or the whole choice.
fn meant<'a>(word: &str, words: impl Iterator<Item = &'a str> + Clone) -> String {
    match names::nearest(word, words.clone()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("write one of {}", list(words)),
    }
}

/// The signed text is built from a scheme that the runtime knows.
fn check_canonical(provider: &Provider, report: &mut Report) {
    let sign = &provider.sign;
    if let Some(pair) = &sign.pair {
        let known =
            pair.value.starts_with("{key}") && pair.value.ends_with("{value}") && braces(&pair.value) == 2;
        if !known {
            let help = "write `{key}`, then what stands between, then `{value}`, such as \"{key}={value}\""
                .to_owned();
            report.fault(
                "unknown-scheme",
                &pair.place,
                format!("no signing scheme pairs as `{}`", pair.value),
                help,
            );
        }
    }
    if let Some(secret) = &sign.secret {
        let rest = secret.value.replace("{secret}", "");
        if rest.matches("{params}").count() != 1 || braces(&rest) != 1 || rest == secret.value {
            let help =
                "write `{params}` once and `{secret}` around it, such as \"{params}{secret}\"".to_owned();
            let message = format!("no signing scheme places the secret as `{}`", secret.value);
            report.fault("unknown-scheme", &secret.place, message, help);
        }
    }
}

fn braces(text: &str) -> usize {
    text.matches('{').count()
}

/// Statuses have codes that fit, names that differ, and no retry that could be paid for twice.
fn check_statuses(provider: &Provider, report: &mut Report) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for status in &provider.statuses {
        if status.code.value.parse::<i32>().is_err() {
            let help = format!("a code is at most {}", i32::MAX);
            report.fault(
                "not-a-number",
                &status.code.place,
                format!("status `{}` is too large", status.code.value),
                help,
            );
        }
        if let Some(name) = &status.name {
            check_nameable(name, "status", report);
            if let Some(other) = seen.insert(names::camel(&name.value), &status.code.value) {
                let message = format!("status `{}` has the name of status `{other}`", status.code.value);
                report.fault(
                    "same-name",
                    &name.place,
                    message,
                    "give each status a name of its own".to_owned(),
                );
            }
        }
        let free = status.billed.as_ref().is_some_and(|billed| billed.value == Billed::Never.word());
        if let (Some(At { value: true, place }), false) = (&status.retry, free) {
            let message =
                format!("status `{}` may be billed, and would be paid for twice", status.code.value);
            report.fault(
                "retry-billed",
                place,
                message,
                "remove `retry`, or state `billed: never`".to_owned(),
            );
        }
    }
}

/// Types in Rust have names of their own: enums, requests, data, and what every generated crate has.
fn check_type_names(spec: &Spec, report: &mut Report) {
    let mut taken: BTreeMap<String, String> =
        GENERATED_TYPES.iter().map(|name| ((*name).to_owned(), "the generated code".to_owned())).collect();
    for named in &spec.provider.types {
        check_nameable(&named.name, "type", report);
        if Type::WORDS.contains(&named.name.value.as_str()) {
            let message = format!("type `{}` has the name of a built-in type", named.name.value);
            report.fault("reserved-name", &named.name.place, message, "choose another name".to_owned());
        }
        if let Some(codes) = &named.codes {
            let owner = format!("type `{}`", named.name.value);
            claim(&mut taken, names::camel(&named.name.value), owner, &named.name.place, report);
            check_code_names(codes, report);
        }
    }
    for endpoint in &spec.endpoints {
        let place = Place::start_of(&endpoint.file);
        let name = names::camel(&endpoint.id);
        let owner = format!("endpoint `{}`", endpoint.id);
        claim(&mut taken, format!("{name}Data"), owner.clone(), &place, report);
        claim(&mut taken, name, owner, &place, report);
        if GENERATED_METHODS.contains(&endpoint.id.as_str()) {
            let message = format!("endpoint `{}` has the name of a generated method", endpoint.id);
            report.fault("reserved-name", &place, message, "rename the file".to_owned());
        }
    }
}

fn claim(
    taken: &mut BTreeMap<String, String>,
    name: String,
    owner: String,
    place: &Place,
    report: &mut Report,
) {
    if let Some(other) = taken.get(&name) {
        let message = format!("{owner} would be `{name}` in Rust, and so is {other}");
        report.fault("same-rust-name", place, message, "rename one of the two".to_owned());
    } else {
        taken.insert(name, owner);
    }
}

fn check_code_names(codes: &[crate::ast::Code], report: &mut Report) {
    let mut taken = BTreeMap::from([("Other".to_owned(), "every unknown code".to_owned())]);
    for code in codes {
        if let Some(name) = &code.name {
            check_nameable(name, "code", report);
            let owner = format!("code `{}`", code.code.value);
            claim(&mut taken, names::camel(&name.value), owner, &name.place, report);
        }
    }
}

fn check_nameable(name: &Text, what: &str, report: &mut Report) {
    if !names::is_nameable(&name.value) {
        let message = format!("`{}` cannot be a name in Rust", name.value);
        let help =
            format!("name the {what} in ASCII letters and digits; `title` says it in the provider's words");
        report.fault("not-a-name", &name.place, message, help);
    }
}

/// A field's type is built in or named in the provider's file; a named type's is built in.
fn check_type(field: &Field, provider: &Provider, report: &mut Report) {
    let Some(ty) = &field.ty else { return };
    let own = std::ptr::from_ref(field);
    let is_named = provider.types.iter().any(|named| std::ptr::from_ref(named) == own);
    let named = provider.types.iter().map(|named| named.name.value.as_str()).filter(|_| !is_named);
    let known = Type::WORDS.iter().copied().chain(named);
    if !known.clone().any(|word| word == ty.value) {
        let owner = if is_named { "type" } else { "field" };
        let message = format!("unknown type `{}` in {owner} `{}`", ty.value, field.name.value);
        report.fault("unknown-type", &ty.place, message, meant(&ty.value, known));
    }
}

/// A date says how it is written, and nothing else does.
fn check_pattern(field: &Field, provider: &Provider, report: &mut Report) {
    let ty = field.ty.as_ref().map(|ty| ty.value.as_str());
    let named = provider.types.iter().find(|named| Some(named.name.value.as_str()) == ty);
    let base = named.map_or(ty, |named| named.ty.as_ref().map(|ty| ty.value.as_str()));
    let has_pattern = field.pattern.is_some() || named.is_some_and(|named| named.pattern.is_some());
    match (base, &field.pattern) {
        (Some("date"), _) if !has_pattern => {
            let message = format!("missing key `pattern` in `{}`, which is a date", field.name.value);
            let help = "add `pattern`: how the provider writes it, such as \"%Y-%m-%d\"".to_owned();
            report.fault("missing-key", &field.name.place, message, help);
        }
        (Some(other), Some(pattern)) if other != "date" => {
            let message = format!("`{}` is no date, and has no pattern", field.name.value);
            report.fault(
                "stray-pattern",
                &pattern.place,
                message,
                "remove `pattern`, or write `type: date`".to_owned(),
            );
        }
        _ => {}
    }
}

/// An endpoint's file is named as its function will be.
fn check_id(endpoint: &Endpoint, report: &mut Report) {
    let snake = names::unescaped(&names::snake(&endpoint.id)).to_owned();
    if snake != endpoint.id || !names::is_nameable(&endpoint.id) {
        let message = format!("`{}` cannot be the name of an endpoint", endpoint.file.shown);
        let help = "name the file in small ASCII letters, digits and `_`, such as id_card_two_factor.yaml"
            .to_owned();
        report.fault("not-a-name", &Place::start_of(&endpoint.file), message, help);
    }
}

/// A path begins with a slash, and is nothing but a path.
fn check_path(endpoint: &Endpoint, report: &mut Report) {
    let Some(path) = &endpoint.path else { return };
    if !path.value.starts_with('/')
        || path.value.contains(['?', '#'])
        || path.value.contains(char::is_whitespace)
    {
        let message = format!("`{}` is not a path", path.value);
        report.fault(
            "bad-path",
            &path.place,
            message,
            "write it from the first slash, such as /pyi/62/169".to_owned(),
        );
    }
}

/// No two endpoints have one path.
fn check_paths_differ(spec: &Spec, report: &mut Report) {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for endpoint in &spec.endpoints {
        let Some(path) = &endpoint.path else { continue };
        if let Some(other) = seen.insert(&path.value, &endpoint.id) {
            let message = format!("`{}` is the path of endpoint `{other}` too", path.value);
            report.fault("duplicate-path", &path.place, message, "describe each path in one file".to_owned());
        }
    }
}

/// A request has no field that the client fills in.
fn check_reserved(endpoint: &Endpoint, provider: &Provider, report: &mut Report) {
    let sign = provider.sign.parameter.as_ref().map(|name| name.value.as_str());
    for field in &endpoint.request {
        let name = field.name.value.as_str();
        if provider.common.iter().any(|common| common.name.value == name) || Some(name) == sign {
            let message = format!("the request cannot have a field `{name}`: the client fills it in");
            report.fault("reserved-parameter", &field.name.place, message, "remove the field".to_owned());
        }
    }
}

/// Fields of one struct have names of their own in Rust.
fn check_field_names(endpoint: &Endpoint, report: &mut Report) {
    for (section, fields) in [("request", &endpoint.request), ("response", &endpoint.response)] {
        let mut taken: BTreeMap<String, &str> = BTreeMap::new();
        for field in fields {
            let name = field.rename.as_ref().unwrap_or(&field.name);
            if !names::is_nameable(&name.value) {
                check_nameable(name, "field with `rename`", report);
            } else if let Some(other) = taken.insert(names::snake(&name.value), &field.name.value) {
                let rust = names::snake(&name.value);
                let message = format!(
                    "fields `{other}` and `{}` of the {section} would both be `{rust}` in Rust",
                    field.name.value
                );
                report.fault(
                    "same-rust-name",
                    &name.place,
                    message,
                    format!("add `rename: …` to `{}`", field.name.value),
                );
            }
        }
    }
}
