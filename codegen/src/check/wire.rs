//! Paths and wire names: a form's keys, the members of a reply. They have no character that no
//! provider needs, since the others have a meaning where they are written (a URL, a shell, a page).

use crate::ast::{Field, Response, Shape, Spec, Text, TypeExpr};
use crate::fix::{Edit, Fix};
use crate::report::Report;
use crate::rules::Rule;

pub(super) fn check(spec: &Spec, report: &mut Report) {
    let provider = &spec.provider;
    let keys = provider.sign.parameter.iter().chain(&provider.jsonp_callback);
    keys.chain(provider.common.iter().map(|common| &common.name)).for_each(|name| check_key(name, report));
    provider.types.iter().for_each(|named| check_inside(&named.ty, report));
    for endpoint in &spec.endpoints {
        if let Some(path) = &endpoint.path {
            check_path(path, report);
        }
        endpoint.fixed.iter().for_each(|(name, _)| check_key(name, report));
        for field in &endpoint.request {
            check_key(&field.name, report);
            check_inside(&field.ty, report);
        }
        match &endpoint.response {
            Response::Fields(fields) => check_members(fields, report),
            Response::Whole(ty) => check_inside(ty, report),
        }
    }
}

/// A path begins with a slash, has no query, needs no encoding, and means the same to every client:
/// clients differ about `..`.
fn check_path(path: &Text, report: &mut Report) {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-._~:@+,;=".contains(c);
    let climbs = path.value.split('/').any(|segment| segment == "." || segment == "..");
    let literal = super::place::in_braces(&path.value)
        .fold(path.value.clone(), |literal, name| literal.replacen(&format!("{{{name}}}"), "", 1));
    if !path.value.starts_with('/') || !literal.chars().all(plain) || climbs {
        let message = format!("`{}` is not a path", path.value.escape_debug());
        let help =
            "write it from the first slash, in ASCII letters, digits and `-._~:@+,;=`, such as /pyi/62/169";
        let is_all_else = literal.chars().all(plain) && !climbs && !literal.contains(':');
        let fix = (is_all_else && !path.value.is_empty())
            .then(|| Edit::word(&path.place, &path.value, &format!("/{}", path.value)))
            .flatten()
            // What has a dot may be a host.
            .map(if path.value.split('/').next().is_some_and(|first| first.contains('.')) {
                Fix::risky
            } else {
                Fix::safe
            });
        report.fixable(Rule::BadPath, &path.place, message, help.to_owned(), fix);
    }
}

/// A form's key has letters and digits, and separators that providers use.
fn check_key(name: &Text, report: &mut Report) {
    let plain = |c: char| c.is_alphanumeric() || "_-.:@[]".contains(c);
    if name.value.is_empty() || !name.value.chars().all(plain) {
        let help = "write the name as the provider has it: letters, digits and `_-.:@[]`, without blanks";
        refuse(name, help, report);
    }
}

/// A member of a reply has a name in any script, without characters that end a text or a tag.
pub(super) fn check_member(name: &Text, report: &mut Report) {
    // `escape_debug` keeps visible characters: no quotes, backslashes, control characters or
    // direction marks.
    let shows = name.value.escape_debug().eq(name.value.chars());
    let special = |c: char| c.is_whitespace() || "`$<>".contains(c);
    if name.value.is_empty() || !shows || name.value.contains(special) {
        let help =
            "write the name as the provider has it, without blanks, quotes, `\\`, `` ` ``, `$`, `<` and `>`";
        refuse(name, help, report);
    }
}

fn refuse(name: &Text, help: &str, report: &mut Report) {
    let message = format!("`{}` cannot be a name on the wire", name.value.escape_debug());
    report.fault(Rule::BadWireName, &name.place, message, help.to_owned());
}

fn check_members(fields: &[Field], report: &mut Report) {
    for field in fields {
        check_member(&field.name, report);
        check_inside(&field.ty, report);
    }
}

/// Only replies have objects.
fn check_inside(ty: &TypeExpr, report: &mut Report) {
    match &ty.shape {
        Shape::Object(fields) => check_members(fields, report),
        Shape::List(item) => check_inside(item, report),
        Shape::Name(_) | Shape::Enum(_) | Shape::Missing => {}
    }
}
