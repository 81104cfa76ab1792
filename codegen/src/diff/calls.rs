//! What is sent and read, and what it costs: signing, parameters, envelopes, prices, effects, and
//! the meaning of statuses.

use super::change::{At, ChangeClass, Changes};
use super::fields::deprecation;
use crate::ir::{
    BillingRule, Common, Delivery, Endpoint, Envelope, Named, Price, Provider, Retry, SigningScheme, Status,
};

use ChangeClass::{Calls, Money, Safe};

pub(super) fn provider(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    let Provider {
        name,
        title,
        doc,
        sign,
        common,
        envelope,
        jsonp_callback,
        types,
        // What a caller's code names.
        enums: _,
        objects: _,
        statuses,
        http,
        endpoints,
        // The parts with faults are not compared, and the texts are what all else is read from.
        faulty: _,
        files: _,
    } = old;
    let at = At::provider(&[]);
    let before = changes.count();
    signing(changes, &At::provider(&["sign"]), sign, &new.sign);
    self::common(changes, common, &new.common);
    self::envelope(changes, &At::provider(&["envelope"]), envelope, &new.envelope);
    changes.compare(
        Calls,
        "jsonp",
        &at.key(&["jsonp_callback"]),
        (jsonp_callback, &new.jsonp_callback),
        || "JSONP has another parameter".to_owned(),
    );
    let are_calls_other = changes.count() > before;
    self::statuses(changes, &At::provider(&["statuses"]), statuses, &new.statuses);
    self::statuses(changes, &At::provider(&["http"]), http, &new.http);
    for endpoint in endpoints {
        if let Some(other) = new.endpoint(&endpoint.id) {
            self::endpoint(changes, endpoint, other, are_calls_other);
        }
    }
    changes.compare(Safe, "provider-name", &at.key(&["provider"]), (name, &new.name), || {
        format!("the provider is called `{}`, and was called `{name}`", new.name)
    });
    let titles = |types: &[Named]| -> Vec<(String, String)> {
        types.iter().map(|Named { name, title }| (name.clone(), title.clone())).collect()
    };
    let words = (title, doc, titles(types));
    changes.compare(Safe, "wording", &at, (&words, &(&new.title, &new.doc, titles(&new.types))), || {
        "the provider or its named types are described in other words".to_owned()
    });
}

fn endpoint(changes: &mut Changes<'_>, old: &Endpoint, new: &Endpoint, are_all_other: bool) {
    let Endpoint {
        id,
        // What a caller's code names.
        function: _,
        request_type: _,
        options_type: _,
        data_type: _,
        constant: _,
        request,
        response,
        path,
        host,
        body,
        xml_root,
        is_signed,
        title,
        doc,
        source,
        deprecated,
        effect,
        methods,
        formats,
        price,
        envelope,
        statuses,
        callback,
        delivery,
        parameters,
    } = old;
    let at = At::endpoint(id);
    let before = changes.count();
    changes.compare(Calls, "path", &at.key(&["path"]), (path, &new.path), || {
        format!("its path is `{}`, and was `{path}`", new.path)
    });
    changes
        .compare(Calls, "host", &at.key(&["host"]), (host, &new.host), || "it is on another host".to_owned());
    changes.compare(
        Calls,
        "body",
        &at.key(&["body"]),
        (&(body, xml_root), &(&new.body, &new.xml_root)),
        || "its body is written in another form".to_owned(),
    );
    changes.compare(Calls, "signed", &at.key(&["sign"]), (is_signed, &new.is_signed), || {
        match new.is_signed {
            true => "its requests are signed now".to_owned(),
            false => "its requests are not signed any more".to_owned(),
        }
    });
    choices(changes, "methods", &at, (methods, &new.methods), |method| method.as_str());
    choices(changes, "formats", &at, (formats, &new.formats), |format| format.as_str());
    changes.compare(Money, "effect", &at.key(&["effect"]), (effect, &new.effect), || {
        format!("its effect is {}, and was {}", new.effect.as_str(), effect.as_str())
    });
    changes.compare(Money, "price", &at.key(&["price"]), (price, &new.price), || {
        format!("its price is {}, and was {}", shown(&new.price), shown(price))
    });
    self::envelope(changes, &at.key(&["envelope"]), envelope, &new.envelope);
    self::statuses(changes, &at.key(&["statuses"]), statuses, &new.statuses);
    changes.compare(Calls, "callback-address", &at.key(&["callback"]), (callback, &new.callback), || {
        "another field has the address for a later answer".to_owned()
    });
    if let (Some(old), Some(new)) = (delivery, &new.delivery) {
        self::delivery(changes, &at.key(&["callback"]), old, new);
    }
    let of = |what: &str| format!("the endpoint {what}");
    deprecation(changes, &at.key(&["deprecated"]), (deprecated, &new.deprecated), &of);
    changes.compare(
        Safe,
        "wording",
        &at,
        (&(title, doc, source), &(&new.title, &new.doc, &new.source)),
        || of("is described in other words"),
    );
    // The parameters follow from the fields and from what the provider's file shares.
    let has_same_fields = (request, response) == (&new.request, &new.response);
    if *parameters != new.parameters && has_same_fields && !are_all_other && changes.count() == before {
        changes.changed(Calls, "parameters", &at, "its parameters are others".to_owned());
    }
}

/// Compares lists of words. The first word of a list is the default.
fn choices<T: PartialEq + Copy>(
    changes: &mut Changes<'_>,
    key: &'static str,
    at: &At,
    (old, new): (&[T], &[T]),
    word: fn(T) -> &'static str,
) {
    let at = at.key(&[key]);
    let first = |words: &[T]| words.first().map_or("none", |first| word(*first));
    if first(old) != first(new) {
        let message = format!("the default of its {key} is {}, and was {}", first(new), first(old));
        changes.changed(Calls, key, &at, message);
    }
    for gone in old.iter().filter(|word| !new.contains(word)) {
        changes.changed(Calls, key, &at, format!("{} is none of its {key} any more", word(*gone)));
    }
    for added in new.iter().filter(|word| !old.contains(word)) {
        changes.changed(Safe, key, &at, format!("{} is one of its {key} now", word(*added)));
    }
}

fn shown(price: &Option<Price>) -> String {
    let Some(Price { currency, tiers }) = price else { return "unknown".to_owned() };
    let tiers: Vec<String> =
        tiers.iter().map(|(calls, each)| format!("{each} from {calls} calls on")).collect();
    format!("{currency} {}", tiers.join(", "))
}

fn signing(changes: &mut Changes<'_>, at: &At, old: &SigningScheme, new: &SigningScheme) {
    if old == new {
        return;
    }
    choices(changes, "methods", at, (&old.methods, &new.methods), |method| method.as_str());
    let without = |scheme: &SigningScheme| SigningScheme { methods: Vec::new(), ..scheme.clone() };
    changes.compare(Calls, "signature", at, (&without(old), &without(new)), || {
        "the signature is made, or sent, in another way".to_owned()
    });
}

fn common(changes: &mut Changes<'_>, old: &[Common], new: &[Common]) {
    let at = |name: &str| At::provider(&["common", name]);
    for parameter in old {
        match new.iter().find(|other| other.name == parameter.name) {
            Some(other) => {
                changes.compare(Calls, "common-changed", &at(&parameter.name), (parameter, other), || {
                    format!("the parameter `{}` of all endpoints is another", parameter.name)
                })
            }
            None => {
                let message = format!("the parameter `{}` of all endpoints is gone", parameter.name);
                changes.removed(Calls, "common-removed", &at(&parameter.name), message);
            }
        }
    }
    for parameter in new {
        if !old.iter().any(|other| other.name == parameter.name) {
            let message = format!("all endpoints have a new parameter `{}`", parameter.name);
            changes.added(Calls, "common-added", &at(&parameter.name), message);
        }
    }
}

fn envelope(changes: &mut Changes<'_>, at: &At, old: &Envelope, new: &Envelope) {
    changes
        .compare(Calls, "envelope", at, (old, new), || "the parts of a reply are at other places".to_owned());
}

fn delivery(changes: &mut Changes<'_>, at: &At, old: &Delivery, new: &Delivery) {
    // The struct and its fields are what a caller's code names.
    let Delivery { rust: _, constant: _, method, body, sign, fields: _, answer } = old;
    changes.compare(Calls, "callback-form", at, (&(method, body), &(&new.method, &new.body)), || {
        "its callback arrives in another form".to_owned()
    });
    signing(changes, &at.key(&["sign"]), sign, &new.sign);
    changes.compare(Calls, "callback-answer", &at.key(&["answer"]), (answer, &new.answer), || {
        "its callback is answered with another text".to_owned()
    });
}

/// What statuses mean. Which of them there are in Rust is what a caller's code names.
fn statuses(changes: &mut Changes<'_>, at: &At, old: &[Status], new: &[Status]) {
    for status in old {
        let at = at.key(&[&status.code.to_string()]);
        match new.iter().find(|other| other.code == status.code) {
            Some(other) => self::status(changes, &at, status, other),
            None => {
                let message =
                    format!("the status {} is not listed: whether it is billed is unknown", status.code);
                changes.removed(Money, "status-unlisted", &at, message);
            }
        }
    }
    for status in new {
        if old.iter().any(|other| other.code == status.code) {
            continue;
        }
        // A status that is not listed counts as billed, and is never sent again.
        let is_cheaper = status.billed == BillingRule::Never || status.retry != Retry::Never;
        let class = if is_cheaper || status.halts_batch { Money } else { Safe };
        let message = format!("the status {} is listed: {}", status.code, meaning(status));
        changes.added(class, "status-added", &at.key(&[&status.code.to_string()]), message);
    }
}

fn meaning(status: &Status) -> String {
    let retry = match status.retry {
        Retry::Never => "",
        _ => ", may be sent again",
    };
    let halts = if status.halts_batch { ", stops batches" } else { "" };
    format!("billed {}{retry}{halts}", status.billed.as_str())
}

fn status(changes: &mut Changes<'_>, at: &At, old: &Status, new: &Status) {
    let Status { code, name: _, rust: _, title, class, billed, retry, halts_batch, remedy } = old;
    let costs = ((billed, retry), halts_batch);
    changes.compare(
        Money,
        "status-billing",
        at,
        (&costs, &((&new.billed, &new.retry), &new.halts_batch)),
        || format!("the status {code} is {}, and was {}", meaning(new), meaning(old)),
    );
    changes.compare(Calls, "status-class", at, (class, &new.class), || {
        format!("the status {code} is of class {}, and was of class {}", new.class.as_str(), class.as_str())
    });
    changes.compare(Safe, "wording", at, (&(title, remedy), &(&new.title, &new.remedy)), || {
        format!("the status {code} is described in other words")
    });
}
