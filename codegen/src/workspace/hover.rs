//! The hover text of a word: the meaning of a key, the documentation and type of a field, what a
//! call costs for a status or a path.

use super::cursor::Cursor;
use crate::ast::{Endpoint, Field, Provider, Response, Shape, Status, Text, TypeExpr};
use crate::dialect::{Kind, Names};
use crate::ir::{BillingRule, StatusClass};

pub(super) fn hover(cursor: &Cursor<'_>, endpoint: Option<&Endpoint>, provider: &Provider) -> Option<String> {
    if let Some(names) = cursor.names {
        return of_name(names, cursor, endpoint, provider);
    }
    let named = |kind: Kind| matches!(kind, Kind::Type(_) | Kind::Element(_) | Kind::Response(_));
    if cursor.kind.is_some_and(named)
        && let Some(named) = provider.types.get(&cursor.word)
    {
        return Some(field(named, "type", provider));
    }
    let key = cursor.key?;
    let mut lines = vec![format!("{}: {}", key.name, key.meaning)];
    match (key.name, endpoint) {
        ("path" | "price", Some(endpoint)) if cursor.path.len() == 1 => {
            lines.extend(costs(endpoint, provider));
        }
        _ => lines.push(format!("such as {}: {}", key.name, key.example)),
    }
    Some(lines.join("\n"))
}

/// A name of the author's choice.
fn of_name(
    names: Names,
    cursor: &Cursor<'_>,
    endpoint: Option<&Endpoint>,
    provider: &Provider,
) -> Option<String> {
    let is_it = |name: &Text| name.value == cursor.word;
    match names {
        Names::Type => Some(field(provider.types.get(&cursor.word)?, "type", provider)),
        Names::Status => {
            let own = endpoint.into_iter().flat_map(|endpoint| &endpoint.statuses);
            Some(status(own.chain(&provider.statuses).find(|status| is_it(&status.code))?))
        }
        Names::HttpStatus => Some(status(provider.http.iter().find(|status| is_it(&status.code))?)),
        Names::Parameter => {
            let common = provider.common.iter().find(|common| is_it(&common.name))?;
            let from = common.from.as_ref().or(common.value.as_ref())?;
            Some(format!("{}: a common parameter, from {}", cursor.word, from.value))
        }
        Names::RequestField | Names::ReplyField => {
            let fields = fields_at(cursor, endpoint, provider)?;
            Some(field(fields.iter().find(|field| is_it(&field.name))?, "field", provider))
        }
        Names::Calls | Names::Code => None,
    }
}

/// The fields of the map that a name is in.
fn fields_at<'a>(
    cursor: &Cursor<'_>,
    endpoint: Option<&'a Endpoint>,
    provider: &'a Provider,
) -> Option<&'a [Field]> {
    let (_, way) = cursor.path.split_last()?;
    let (first, mut rest) = way.split_first()?;
    let mut fields = match *first {
        "request" => endpoint?.request.as_slice(),
        "response" => match &endpoint?.response {
            Response::Fields(fields) => fields,
            Response::Whole(ty) => inside(ty)?,
        },
        "callback" => {
            rest = rest.get(1..)?;
            &endpoint?.delivery()?.fields
        }
        "types" => {
            let (name, of_type) = rest.split_first()?;
            rest = of_type;
            inside(&provider.types.get(name)?.ty)?
        }
        _ => return None,
    };
    // Between two names there are `fields`, and `of` for each list.
    for name in rest.iter().filter(|name| !["fields", "of"].contains(name)) {
        fields = inside(&fields.iter().find(|field| field.name.value == **name)?.ty)?;
    }
    Some(fields)
}

/// The fields of an object, or of the objects in a list.
fn inside(ty: &TypeExpr) -> Option<&[Field]> {
    match &ty.shape {
        Shape::Object(fields) => Some(fields),
        Shape::List(item) => inside(item),
        Shape::Name(_) | Shape::Enum(_) | Shape::Missing => None,
    }
}

fn field(field: &Field, what: &str, provider: &Provider) -> String {
    let named = field.ty.name().and_then(|name| provider.types.get(&name.value));
    let text = |own: &Option<Text>, of_type: Option<&Option<Text>>| {
        own.as_ref().or(of_type.and_then(Option::as_ref)).map(|text| text.value.trim().to_owned())
    };
    let mut lines = vec![format!("{what} {}", field.name.value)];
    lines.extend(text(&field.title, named.map(|named| &named.title)));
    lines.extend(text(&field.doc, named.map(|named| &named.doc)));
    lines.push(format!("type: {}", type_of(&field.ty)));
    let is_true = |flag: &Option<crate::ast::At<bool>>| flag.as_ref().is_some_and(|flag| flag.value);
    if is_true(&field.optional) {
        lines.push("a call can leave it out".to_owned());
    }
    if is_true(&field.public) || named.is_some_and(|named| is_true(&named.public)) {
        lines.push("public: its value may appear in logs".to_owned());
    }
    lines.extend(text(&field.check, named.map(|named| &named.check)).map(|check| format!("check: {check}")));
    lines.extend(field.deprecated.as_ref().map(|why| format!("deprecated: {}", why.value)));
    lines.join("\n")
}

fn type_of(ty: &TypeExpr) -> String {
    match &ty.shape {
        Shape::Name(name) => name.value.clone(),
        Shape::Enum(codes) => {
            let codes: Vec<&str> = codes.iter().map(|code| code.code.value.as_str()).collect();
            format!("one of {}", codes.join(", "))
        }
        Shape::Object(_) => "object".to_owned(),
        Shape::List(item) => format!("list of {}", type_of(item)),
        Shape::Missing => "not known".to_owned(),
    }
}

fn status(status: &Status) -> String {
    let mut lines = vec![format!("status {}", status.code.value)];
    lines.extend(status.title.as_ref().map(|title| title.value.clone()));
    lines.extend(status.class.as_ref().map(|class| format!("class: {}", class.value)));
    lines.push(match status.billed.as_ref().and_then(|billed| billed.value.parse().ok()) {
        Some(BillingRule::Always) => "a call with it is billed".to_owned(),
        Some(BillingRule::Never) => "a call with it is free".to_owned(),
        Some(BillingRule::Unknown) | None => "whether a call with it is billed is not known".to_owned(),
    });
    lines.extend(status.remedy.as_ref().map(|remedy| format!("next: {}", remedy.value)));
    lines.join("\n")
}

/// What a call of an endpoint costs, and by which statuses it is billed.
fn costs(endpoint: &Endpoint, provider: &Provider) -> Vec<String> {
    let mut lines = Vec::new();
    match &endpoint.price {
        Some(price) => {
            let currency = price.currency.as_ref().map_or("", |currency| currency.value.as_str());
            for (calls, each) in &price.tiers {
                lines.push(format!("{} {currency} a call, in packages of {}", each.value, calls.value));
            }
        }
        None => lines.push("its price is not known".to_owned()),
    }
    let billed = provider.statuses.iter().chain(&endpoint.statuses).filter(|status| {
        status.billed.as_ref().is_some_and(|billed| billed.value == BillingRule::Always.as_str())
    });
    for status in billed {
        let is_data = status.class.as_ref().is_some_and(|class| class.value == StatusClass::Data.as_str());
        let whatever = if is_data { ", whatever the data says" } else { "" };
        lines.push(format!("billed by status {}{whatever}", status.code.value));
    }
    lines
}
