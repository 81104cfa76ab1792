//! What is sent and read, and what it costs: signing, parameters, envelopes, prices, effects, and
//! the meaning of statuses.

use super::change::{At, ChangeClass, Changes};
use super::fields::{deprecation, plain};
use super::parameters;
use crate::ir::{
    BillingRule, Delivery, Endpoint, Envelope, Named, Price, Provider, Retry, SigningScheme, Status,
    StatusClass, StatusCode,
};

use ChangeClass::{Calls, Money, Safe};

pub(super) fn provider(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    let Provider {
        name,
        title,
        doc,
        sign,
        common: _,
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
    signing(changes, &At::provider(&["sign"]), sign, &new.sign);
    parameters::common(changes, old, new);
    self::envelope(changes, &At::provider(&["envelope"]), envelope, &new.envelope);
    changes.compare(
        Calls,
        "jsonp",
        &at.key(&["jsonp_callback"]),
        (jsonp_callback, &new.jsonp_callback),
        || "JSONP has another parameter".to_owned(),
    );
    self::statuses(changes, &At::provider(&["statuses"]), (statuses, &[]), (&new.statuses, &[]));
    self::statuses(changes, &At::provider(&["http"]), (http, &[]), (&new.http, &[]));
    for endpoint in endpoints {
        if let Some(other) = new.endpoint(&endpoint.id) {
            self::endpoint(changes, (endpoint, other), (old, new));
        }
    }
    changes.compare(Safe, "provider-name", &at.key(&["provider"]), (name, &new.name), || {
        format!("the provider is called `{}`, and was called `{name}`", new.name)
    });
    let words = at.at(&["title", "doc"]);
    changes.compare(Safe, "wording", &words, (&(title, doc), &(&new.title, &new.doc)), || {
        "the provider is described in other words".to_owned()
    });
    // A type with another name is the same type, and one that is new or gone is so where it is used.
    for Named { name, title } in types {
        let rust = crate::names::named_type(name);
        let has_name_in_rust = old.codes(&rust).is_some() || old.object(&rust).is_some();
        let other = new.types.iter().find(|other| other.name == *name);
        let Some(other) = other.filter(|_| !has_name_in_rust) else { continue };
        let at = At::named_type(name).at(&["title"]);
        changes.compare(Safe, "wording", &at, (title, &other.title), || {
            format!("the type `{name}` is described in other words")
        });
    }
}

fn endpoint(
    changes: &mut Changes<'_>,
    (old, new): (&Endpoint, &Endpoint),
    (old_provider, new_provider): (&Provider, &Provider),
) {
    let Endpoint {
        id,
        // What a caller's code names.
        function: _,
        request_type: _,
        options_type: _,
        data_type: _,
        constant: _,
        request: _,
        response: _,
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
        parameters: _,
    } = old;
    let at = At::endpoint(id);
    changes.compare(Calls, "path", &at.key(&["path"]), (path, &new.path), || {
        format!("its path is `{}`, and was `{path}`", new.path)
    });
    changes
        .compare(Calls, "host", &at.key(&["host"]), (host, &new.host), || "it is on another host".to_owned());
    changes.compare(
        Calls,
        "body",
        &at.at(&["body", "xml_root"]),
        (&(body, xml_root), &(&new.body, &new.xml_root)),
        || "its body is written in another form".to_owned(),
    );
    changes.compare(Calls, "signed", &at.key(&["signed"]), (is_signed, &new.is_signed), || {
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
    self::price(changes, &at.key(&["price"]), price, &new.price);
    self::envelope(changes, &at.key(&["envelope"]), envelope, &new.envelope);
    let of_all = (&old_provider.statuses, &new_provider.statuses);
    self::statuses(changes, &at.key(&["statuses"]), (statuses, of_all.0), (&new.statuses, of_all.1));
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
        &at.at(&["title", "doc", "source"]),
        (&(title, doc, source), &(&new.title, &new.doc, &new.source)),
        || of("is described in other words"),
    );
    parameters::parameters(changes, (old, new), (old_provider, new_provider));
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

fn price(changes: &mut Changes<'_>, at: &At, old: &Option<Price>, new: &Option<Price>) {
    let plain = |price: &Option<Price>| {
        price.clone().map(|Price { currency, tiers }| {
            let tiers = tiers.iter().map(|(calls, each)| (*calls, plain(each))).collect();
            Price { currency, tiers }
        })
    };
    let message = || format!("its price is {}, and was {}", shown(new), shown(old));
    if plain(old) != plain(new) {
        changes.changed(Money, "price", at, message());
    } else {
        changes.compare(Safe, "wording", at, (old, new), message);
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

fn envelope(changes: &mut Changes<'_>, at: &At, old: &Envelope, new: &Envelope) {
    changes
        .compare(Calls, "envelope", at, (old, new), || "the parts of a reply are at other places".to_owned());
}

fn delivery(changes: &mut Changes<'_>, at: &At, old: &Delivery, new: &Delivery) {
    // The struct and its fields are what a caller's code names.
    let Delivery { rust: _, constant: _, method, body, sign, fields: _, answer } = old;
    changes.compare(
        Calls,
        "callback-form",
        &at.at(&["method", "body"]),
        (&(method, body), &(&new.method, &new.body)),
        || "its callback arrives in another form".to_owned(),
    );
    signing(changes, &at.key(&["sign"]), sign, &new.sign);
    parameters::callback_order(changes, at, old, new);
    changes.compare(Calls, "callback-answer", &at.key(&["answer"]), (answer, &new.answer), || {
        "its callback is answered with another text".to_owned()
    });
}

/// What statuses mean. Which of them there are in Rust is what a caller's code names. What a list
/// lacks may be one of all endpoints, which is the second list of a spec.
fn statuses(
    changes: &mut Changes<'_>,
    at: &At,
    (old, old_of_all): (&[Status], &[Status]),
    (new, new_of_all): (&[Status], &[Status]),
) {
    let find = |statuses: &[Status], code: StatusCode| -> Option<Status> {
        statuses.iter().find(|status| status.code == code).cloned()
    };
    for status in old {
        let code = status.code.to_string();
        let (at, of_all) = (at.key(&[&code]), At::provider(&["statuses", &code]));
        if let Some(other) = find(new, status.code) {
            self::status(changes, &at, status, &other);
        } else if let Some(other) = find(new_of_all, status.code) {
            self::status(changes, &At::between(&at, &of_all).about(&at.subject), status, &other);
        } else {
            let message = format!("the status {code} is not listed: whether it is billed is unknown");
            changes.removed(Money, "status-unlisted", &at, message);
        }
    }
    for status in new.iter().filter(|status| find(old, status.code).is_none()) {
        let code = status.code.to_string();
        let (at, of_all) = (at.key(&[&code]), At::provider(&["statuses", &code]));
        if let Some(other) = find(old_of_all, status.code) {
            self::status(changes, &At::between(&of_all, &at), &other, status);
            continue;
        }
        // A status that is not listed counts as billed, is never sent again, and is an error.
        let is_cheaper = status.billed == BillingRule::Never || status.retry != Retry::Never;
        let is_success = !StatusClass::ERRORS.contains(&status.class.as_str());
        let class = match (is_cheaper || status.halts_batch, is_success) {
            (true, _) => Money,
            (false, true) => Calls,
            (false, false) => Safe,
        };
        let message =
            format!("the status {code} is listed: of class {}, {}", status.class.as_str(), meaning(status));
        changes.added(class, "status-added", &at, message);
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
    let Status { code, name, rust: _, title, class, billed, retry, halts_batch, remedy } = old;
    let costs = ((billed, retry), halts_batch);
    changes.compare(
        Money,
        "status-billing",
        &at.at(&["billed", "retry", "stops"]),
        (&costs, &((&new.billed, &new.retry), &new.halts_batch)),
        || format!("the status {code} is {}, and was {}", meaning(new), meaning(old)),
    );
    changes.compare(Calls, "status-name", &at.at(&["name"]), (name, &new.name), || {
        format!("the status {code} has the name `{}`, and had `{name}`", new.name)
    });
    changes.compare(Calls, "status-class", &at.at(&["class"]), (class, &new.class), || {
        format!("the status {code} is of class {}, and was of class {}", new.class.as_str(), class.as_str())
    });
    changes.compare(
        Safe,
        "wording",
        &at.at(&["title", "next"]),
        (&(title, remedy), &(&new.title, &new.remedy)),
        || format!("the status {code} is described in other words"),
    );
}
