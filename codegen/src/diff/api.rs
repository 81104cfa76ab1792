//! What a caller's code names: endpoints, the structs of requests and replies, enums, and statuses.

use super::change::{At, ChangeClass, Changes};
use super::fields::{Owner, fields, shape};
use crate::ir::{Code, Delivery, Endpoint, Enum, Object, Provider, Response, Status};

pub(super) fn provider(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    for endpoint in &old.endpoints {
        let at = At::endpoint(&endpoint.id);
        match new.endpoint(&endpoint.id) {
            Some(other) => self::endpoint(changes, &at, endpoint, other),
            None => {
                let message = format!("the endpoint `{}` is gone", endpoint.id);
                changes.removed(ChangeClass::Callers, "endpoint-removed", &at, message);
            }
        }
    }
    for endpoint in &new.endpoints {
        if old.endpoint(&endpoint.id).is_none() {
            let (at, message) =
                (At::endpoint(&endpoint.id), format!("the endpoint `{}` is new", endpoint.id));
            changes.added(ChangeClass::Safe, "endpoint-added", &at, message);
        }
    }
    enums(changes, old, new);
    objects(changes, old, new);
    statuses(changes, old, new);
}

fn endpoint(changes: &mut Changes<'_>, at: &At, old: &Endpoint, new: &Endpoint) {
    // The names of its method and its types follow from its id, which is the same.
    fields(changes, &at.key(&["request"]), Owner::Request, &old.request, &new.request);
    let at_response = at.key(&["response"]);
    match (&old.response, &new.response) {
        (Response::Fields(old), Response::Fields(new)) => {
            fields(changes, &at_response, Owner::Reply, old, new)
        }
        (old, new) => {
            let payload = |response: &Response| match response {
                Response::Fields(_) => "an object of fields".to_owned(),
                Response::Whole(ty) => shape(ty),
            };
            let (was, is) = (payload(old), payload(new));
            if was != is {
                let message = format!("its payload is {is}, and was {was}");
                changes.changed(ChangeClass::Callers, "payload-type", &at_response, message);
            } else {
                changes.compare(ChangeClass::Calls, "field-pattern", &at_response, (old, new), || {
                    "its payload has another pattern of its date".to_owned()
                });
            }
        }
    }
    deliveries(changes, &at.key(&["callback"]), &old.delivery, &new.delivery);
}

fn deliveries(changes: &mut Changes<'_>, at: &At, old: &Option<Delivery>, new: &Option<Delivery>) {
    match (old, new) {
        (Some(old), Some(new)) => {
            fields(changes, &at.key(&["fields"]), Owner::Callback, &old.fields, &new.fields);
        }
        (Some(old), None) => {
            let message = format!("its callback `{}` is gone", old.rust);
            changes.removed(ChangeClass::Callers, "callback-removed", at, message);
        }
        (None, Some(new)) => {
            let message = format!("its callback `{}` is new", new.rust);
            changes.added(ChangeClass::Safe, "callback-added", at, message);
        }
        (None, None) => {}
    }
}

/// A type of the old spec (0) or of the new one (1), by its name in Rust: one of the provider's
/// file, or one that belongs to an endpoint.
fn type_at(changes: &Changes<'_>, provider: &Provider, side: usize, rust: &str) -> At {
    if let Some(name) = changes.type_named(side, rust) {
        return At::named_type(name);
    }
    let owner =
        provider.endpoints.iter().filter(|endpoint| rust.starts_with(&crate::names::camel(&endpoint.id)));
    let owner = owner.max_by_key(|endpoint| endpoint.id.len());
    owner.map_or_else(|| At::provider(&["types"]), |endpoint| At::endpoint(&endpoint.id))
}

fn enums(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    for named in &old.enums {
        let at = type_at(changes, old, 0, &named.rust);
        match new.codes(&named.rust) {
            Some(other) => {
                let at = At::between(&at, &type_at(changes, new, 1, &other.rust));
                codes(changes, &at, named, other);
            }
            None => {
                let message = format!("the enum `{}` is gone", named.rust);
                changes.removed(ChangeClass::Callers, "enum-removed", &at, message);
            }
        }
    }
    for named in &new.enums {
        if old.codes(&named.rust).is_none() {
            let (at, message) =
                (type_at(changes, new, 1, &named.rust), format!("the enum `{}` is new", named.rust));
            changes.added(ChangeClass::Safe, "enum-added", &at, message);
        }
    }
}

fn codes(changes: &mut Changes<'_>, at: &At, old: &Enum, new: &Enum) {
    // What is written for an enum inside of an object follows from where it is used.
    let Enum { rust, title, doc, is_open, in_composite: _, codes } = old;
    changes.compare(ChangeClass::Callers, "enum-open", at, (is_open, &new.is_open), || match new.is_open {
        true => format!("`{rust}` can be a code that the spec does not list: a reply has it now"),
        false => format!("`{rust}` is in no reply any more, and has no `Other`"),
    });
    let at_codes = at.key(&["enum"]);
    for code in codes {
        let Code { code: wire, rust, title } = code;
        let by_name = new.codes.iter().find(|other| other.rust == *rust);
        match (by_name, new.codes.iter().find(|other| other.code == *wire)) {
            (Some(other), same) => {
                let at = at_codes.keys(wire, &other.code);
                changes.compare(ChangeClass::Calls, "code-wire", &at, (wire, &other.code), || {
                    format!("`{rust}` is `{}` on the wire, and was `{wire}`", other.code)
                });
                if same.is_some() {
                    changes.compare(ChangeClass::Safe, "wording", &at, (title, &other.title), || {
                        format!("`{rust}` is described in other words")
                    });
                }
            }
            (None, Some(other)) => {
                let message = format!("`{wire}` is `{}` in Rust, and was `{rust}`", other.rust);
                changes.changed(ChangeClass::Callers, "code-renamed", &at_codes.key(&[wire]), message);
            }
            (None, None) => {
                let message = format!("the code `{wire}` (`{rust}`) is gone");
                changes.removed(ChangeClass::Callers, "code-removed", &at_codes.key(&[wire]), message);
            }
        }
    }
    for Code { code: wire, rust, title: _ } in &new.codes {
        if codes.iter().any(|old| old.rust == *rust) {
            continue;
        }
        let at = at_codes.key(&[wire]);
        match codes.iter().find(|old| old.code == *wire) {
            None => {
                let message = format!("the code `{wire}` (`{rust}`) is new");
                changes.added(ChangeClass::Safe, "code-added", &at, message);
            }
            // The old variant has another code now. One that is gone was reported as renamed.
            Some(old) if new.codes.iter().any(|other| other.rust == old.rust) => {
                let message = format!("`{wire}` is read as the new `{rust}`, and was `{}`", old.rust);
                changes.changed(ChangeClass::Calls, "code-taken", &at, message);
            }
            Some(_) => {}
        }
    }
    changes.compare(
        ChangeClass::Safe,
        "wording",
        &at.at(&["title", "doc"]),
        (&(title, doc), &(&new.title, &new.doc)),
        || format!("`{rust}` is described in other words"),
    );
}

fn objects(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    for object in &old.objects {
        let at = type_at(changes, old, 0, &object.rust);
        let Some(other) = new.object(&object.rust) else {
            let message = format!("the object `{}` is gone", object.rust);
            changes.removed(ChangeClass::Callers, "object-removed", &at, message);
            continue;
        };
        let at = At::between(&at, &type_at(changes, new, 1, &other.rust));
        let Object { rust, title, doc, is_given, fields: members } = object;
        changes.compare(
            ChangeClass::Callers,
            "object-given",
            &at,
            (is_given, &other.is_given),
            || match other.is_given {
                true => format!("`{rust}` is part of a request now"),
                false => format!("`{rust}` is not part of a request any more"),
            },
        );
        let owner = if other.is_given { Owner::Given } else { Owner::Reply };
        fields(changes, &at.key(&["fields"]), owner, members, &other.fields);
        changes.compare(
            ChangeClass::Safe,
            "wording",
            &at.at(&["title", "doc"]),
            (&(title, doc), &(&other.title, &other.doc)),
            || format!("`{rust}` is described in other words"),
        );
    }
    for object in &new.objects {
        if old.object(&object.rust).is_none() {
            let (at, message) =
                (type_at(changes, new, 1, &object.rust), format!("the object `{}` is new", object.rust));
            changes.added(ChangeClass::Safe, "object-added", &at, message);
        }
    }
}

/// The variants of the enum of statuses. What a status means is compared with the calls.
fn statuses(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    let (was, is) = (old.all_statuses(), new.all_statuses());
    let are_numbers = |statuses: &[&Status]| statuses.iter().all(|status| status.code.number().is_some());
    let at = At::provider(&["statuses"]);
    changes.compare(
        ChangeClass::Callers,
        "status-codes",
        &at,
        (&are_numbers(&was), &are_numbers(&is)),
        || "the codes of all statuses were numbers and some are texts now, or the other way round".to_owned(),
    );
    for status in &was {
        let at = status_at(old, status);
        let by_code = is.iter().find(|other| other.code == status.code);
        match (is.iter().find(|other| other.rust == status.rust), by_code) {
            (Some(other), _) => {
                let at = At::between(&at, &status_at(new, other));
                changes.compare(ChangeClass::Calls, "status-code", &at, (&status.code, &other.code), || {
                    format!("`{}` is the status {}, and was {}", status.rust, other.code, status.code)
                });
            }
            (None, Some(other)) => {
                let message = format!(
                    "the status {} is `{}` in Rust, and was `{}`",
                    status.code, other.rust, status.rust
                );
                let at = At::between(&at, &status_at(new, other));
                changes.changed(ChangeClass::Callers, "status-renamed", &at, message);
            }
            (None, None) => {
                let message = format!("the status {} (`{}`) is gone", status.code, status.rust);
                changes.removed(ChangeClass::Callers, "status-removed", &at, message);
            }
        }
    }
    for status in &is {
        let is_known = was.iter().any(|other| other.rust == status.rust);
        let by_code = was.iter().find(|other| other.code == status.code).filter(|_| !is_known);
        // The old variant has another code now. One that is gone was reported as renamed.
        if let Some(other) = by_code.filter(|old| is.iter().any(|other| other.rust == old.rust)) {
            let message =
                format!("the status {} is the new `{}`, and was `{}`", status.code, status.rust, other.rust);
            let at = At::between(&status_at(old, other), &status_at(new, status));
            changes.changed(ChangeClass::Calls, "status-taken", &at, message);
        }
    }
}

/// A status: of the provider's file, or of the first endpoint that has it.
fn status_at(provider: &Provider, status: &Status) -> At {
    let has = |statuses: &[Status]| statuses.iter().any(|other| other.code == status.code);
    let code = status.code.to_string();
    match provider.endpoints.iter().find(|endpoint| has(&endpoint.statuses)) {
        Some(endpoint) if !has(&provider.statuses) => At::endpoint(&endpoint.id).key(&["statuses", &code]),
        _ => At::provider(&["statuses", &code]),
    }
}
