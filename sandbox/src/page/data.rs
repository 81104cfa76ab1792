//! Data for the page's script: the spec, and the outcome of a call.

use std::collections::BTreeMap;
use std::time::Duration;

use pyi_codegen::ir::{
    BillingRule, CommonSource, Effect, Endpoint, Field, Provider, Response, Source, Status, Type,
};
use pyi_dynamic::CallReport;
use pyi_export::samples::{Lang, sample};
use pyi_runtime::Any;
use serde_json::value::RawValue;
use serde_json::{Value, json};

/// Spec as the page shows it.
pub(super) fn spec(provider: &Provider, faults: &str, live: bool) -> String {
    let endpoints: Vec<Value> = provider.endpoints.iter().map(|listed| endpoint(provider, listed)).collect();
    let statuses = provider.statuses.iter().map(status).chain(provider.http.iter().map(http));
    json!({
        "title": provider.title,
        "live": live,
        "faults": faults,
        "main": main_endpoint(provider).map(|endpoint| endpoint.id.as_str()),
        "endpoints": endpoints,
        "statuses": statuses.collect::<Vec<_>>(),
    })
    .to_string()
}

/// The endpoint that the page opens on: the first with a price, by the numbers of its path.
///
/// A spec does not mark its main endpoint, and its files are sorted by name. A price is written
/// only for an endpoint whose own product page was read, so it marks what the spec is for. Without
/// any price, the numbers of the paths decide: the provider counts its endpoints up.
fn main_endpoint(provider: &Provider) -> Option<&Endpoint> {
    provider.endpoints.iter().min_by_key(|endpoint| (endpoint.price.is_none(), path_numbers(&endpoint.path)))
}

/// The numbers in a path, in their order: 62 and 169 of `/pyi/62/169`.
fn path_numbers(path: &str) -> Vec<u64> {
    path.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

fn endpoint(provider: &Provider, endpoint: &Endpoint) -> Value {
    let samples: serde_json::Map<String, Value> = Lang::ALL
        .iter()
        .map(|(word, lang)| ((*word).to_owned(), json!(sample(provider, endpoint, *lang, "pyi"))))
        .collect();
    let response = match &endpoint.response {
        Response::Fields(fields) => json!({"type": "object", "fields": self::fields(provider, fields)}),
        Response::Whole(ty) => typed(provider, ty),
    };
    json!({
        "id": endpoint.id,
        "path": endpoint.path,
        "title": endpoint.title,
        "doc": endpoint.doc,
        "effect": if endpoint.effect == Effect::Act { "act" } else { "query" },
        "methods": endpoint.methods.iter().map(|method| method.as_str()).collect::<Vec<_>>(),
        "formats": endpoint.formats.iter().map(|format| format.as_str()).collect::<Vec<_>>(),
        "price": price(endpoint),
        "debug": endpoint.parameters.iter().any(|parameter| parameter.source == Source::Common(CommonSource::Debug)),
        "request": fields(provider, &endpoint.request),
        "response": response,
        "statuses": endpoint.statuses.iter().map(status).collect::<Vec<_>>(),
        "samples": samples,
    })
}

/// Price range of a call, from the largest tier to the smallest.
pub(super) fn price(endpoint: &Endpoint) -> Option<String> {
    let price = endpoint.price.as_ref()?;
    let (first, last) = (price.tiers.last()?, price.tiers.first()?);
    let span = if first.1 == last.1 { first.1.clone() } else { format!("{}–{}", first.1, last.1) };
    Some(format!("{span} {}", price.currency))
}

fn fields(provider: &Provider, fields: &[Field]) -> Vec<Value> {
    fields.iter().map(|listed| field(provider, listed)).collect()
}

fn field(provider: &Provider, field: &Field) -> Value {
    let mut value = typed(provider, &field.ty);
    let more = json!({
        "name": field.wire,
        "title": field.title,
        "doc": field.doc,
        "example": field.example,
        "default": field.default,
        "optional": field.optional,
    });
    if let (Value::Object(value), Value::Object(more)) = (&mut value, more) {
        value.extend(more);
    }
    value
}

/// A type by its name, with its codes or its fields.
fn typed(provider: &Provider, ty: &Type) -> Value {
    match ty {
        Type::String => json!({"type": "string"}),
        Type::Integer => json!({"type": "integer"}),
        Type::Decimal => json!({"type": "decimal"}),
        Type::Boolean => json!({"type": "boolean"}),
        Type::Date { pattern } => json!({"type": format!("date {pattern}")}),
        Type::Timestamp => json!({"type": "timestamp"}),
        Type::Bytes => json!({"type": "bytes"}),
        Type::Any => json!({"type": "any"}),
        Type::Enum(name) => {
            let codes = provider.codes(name).into_iter().flat_map(|named| &named.codes);
            let codes: Vec<Value> =
                codes.map(|code| json!({"code": code.code, "title": code.title})).collect();
            json!({"type": "code", "codes": codes})
        }
        Type::Object(name) => {
            let inside = provider.object(name).map(|object| fields(provider, &object.fields));
            json!({"type": "object", "fields": inside})
        }
        Type::List(item) => {
            let mut list = typed(provider, item);
            let word = list.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
            if let Value::Object(list) = &mut list {
                list.insert("type".to_owned(), json!(format!("list of {word}")));
            }
            list
        }
    }
}

fn status(status: &Status) -> Value {
    let billed = match status.billed {
        BillingRule::Always => "always",
        BillingRule::Never => "never",
        BillingRule::Unknown => "unknown",
    };
    json!({"code": status.code, "name": status.name, "title": status.title, "billed": billed, "next": status.remedy})
}

/// HTTP status of an answer without an envelope, in the same form.
fn http(listed: &Status) -> Value {
    let mut status = status(listed);
    status["code"] = json!(format!("HTTP {}", listed.code));
    status
}

/// Outcome of a call.
pub(super) fn answer(
    provider: &Provider,
    endpoint: &Endpoint,
    report: &CallReport,
    elapsed: Duration,
) -> String {
    let status = report
        .status()
        .map(|status| json!({"name": status.name, "title": status.title, "next": status.remedy}));
    json!({
        "outcome": report.outcome().as_str(),
        "code": report.code(),
        "status": status,
        "message": report.message(),
        "billing": report.billing().as_str(),
        "rows": report.data().and_then(|data| rows(provider, endpoint, data)),
        "data": report.data().map(Any::json),
        "error": report.error(),
        "milliseconds": u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX),
    })
    .to_string()
}

/// Members of an object with the spec's titles. Values keep their text, so that no digit is lost.
fn rows(provider: &Provider, endpoint: &Endpoint, data: &Any) -> Option<Vec<Value>> {
    let members: BTreeMap<String, Box<RawValue>> = data.parse().ok()?;
    let row = |(name, value): (String, Box<RawValue>)| {
        let text = serde_json::from_str::<String>(value.get()).unwrap_or_else(|_| value.get().to_owned());
        let field = endpoint.response.fields().iter().find(|field| field.wire == name);
        let codes = match field.map(|field| &field.ty) {
            Some(Type::Enum(rust)) => {
                provider.codes(rust).map(|named| named.codes.as_slice()).unwrap_or_default()
            }
            _ => &[],
        };
        let means = codes.iter().find(|code| code.code == text).map(|code| code.title.as_str());
        json!({"name": name, "title": field.map(|field| field.title.as_str()), "value": text, "means": means})
    };
    Some(members.into_iter().map(row).collect())
}
