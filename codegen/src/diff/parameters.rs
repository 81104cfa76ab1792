//! Compares the parameters that follow from no field: those of all endpoints, those with one value
//! in every call, and the order in which parameters are signed.

use super::change::{At, Changes};
use super::fields::partner;
use crate::ir::{
    Common, Delivery, Endpoint, Parameter, ParameterOrder, Provider, Segment, SegmentWord, SigningScheme,
    Source,
};

use super::change::ChangeClass::Calls;

/// Compares the parameters of all endpoints.
pub(super) fn common(changes: &mut Changes<'_>, old: &Provider, new: &Provider) {
    let at = |name: &str| At::provider(&["common", name]);
    for parameter in &old.common {
        match shared(new, &parameter.name) {
            Some(other) => changes.compare(
                Calls,
                "common-changed",
                &at(&parameter.name),
                (&with_sorted_words(parameter), &with_sorted_words(other)),
                || format!("the parameter `{}` of all endpoints is another", parameter.name),
            ),
            None => {
                let message = format!("the parameter `{}` of all endpoints is gone", parameter.name);
                changes.removed(Calls, "common-removed", &at(&parameter.name), message);
            }
        }
    }
    for parameter in &new.common {
        if shared(old, &parameter.name).is_none() {
            let message = format!("all endpoints have a new parameter `{}`", parameter.name);
            changes.added(Calls, "common-added", &at(&parameter.name), message);
        }
    }
    let [was, is] = common_orders(old, new);
    if let Some(name) = first_other(&was, &is) {
        let message =
            format!("the parameters of all endpoints are signed in another order, from `{name}` on");
        changes.changed(Calls, "common-order", &at(&name), message);
    }
}

fn shared<'p>(provider: &'p Provider, name: &str) -> Option<&'p Common> {
    provider.common.iter().find(|common| common.name == name)
}

/// The order of words has no meaning.
fn with_sorted_words(common: &Common) -> Common {
    let mut common = common.clone();
    common.words.sort();
    common
}

/// What a parameter of an endpoint follows from.
#[derive(Clone, Copy)]
enum Origin<'p> {
    /// There is none.
    None,
    /// The endpoint does without the one of all endpoints.
    Without,
    /// All endpoints have it.
    All,
    /// The endpoint asks for it.
    Asked,
    /// The endpoint has a value for it.
    Fixed(&'p str),
}

impl<'p> Origin<'p> {
    fn of(provider: &Provider, endpoint: &'p Endpoint, name: &str) -> Self {
        match (own(endpoint, name), shared(provider, name)) {
            (None, Some(common)) if !common.opt_in => Self::Without,
            (None, _) => Self::None,
            (Some(sent), Some(common)) if *sent == Parameter::of_common(common) => {
                if common.opt_in {
                    Self::Asked
                } else {
                    Self::All
                }
            }
            (Some(sent), _) => Self::Fixed(&sent.default),
        }
    }

    fn at(self, id: &str, name: &str) -> At {
        match self {
            Self::All => At::provider(&["common", name]).about(id),
            Self::None | Self::Without | Self::Asked => At::endpoint(id).key(&["common", name]),
            Self::Fixed(_) => At::endpoint(id).key(&["fixed", name]),
        }
    }

    fn word(self) -> String {
        match self {
            Self::Fixed(value) => format!("`{value}`"),
            _ => "that of all endpoints".to_owned(),
        }
    }
}

/// The parameter of an endpoint that no field has the value of.
fn own<'e>(endpoint: &'e Endpoint, name: &str) -> Option<&'e Parameter> {
    let is_own = |sent: &&Parameter| !matches!(sent.source, Source::Request(_) | Source::Secret);
    endpoint.parameters.iter().filter(is_own).find(|sent| sent.name == name)
}

/// Compares the parameters of an endpoint. What follows from the provider's file alone is a change
/// of the parameters of all endpoints.
pub(super) fn parameters(
    changes: &mut Changes<'_>,
    (old, new): (&Endpoint, &Endpoint),
    (old_provider, new_provider): (&Provider, &Provider),
) {
    use Origin::{All, Asked, Fixed, None, Without};
    let mut names: Vec<&str> = old.parameters.iter().map(|sent| sent.name.as_str()).collect();
    names.extend(new.parameters.iter().map(|sent| sent.name.as_str()));
    names.sort_unstable();
    names.dedup();
    for name in names {
        let was = Origin::of(old_provider, old, name);
        let is = Origin::of(new_provider, new, name);
        if own(old, name) == own(new, name) {
            continue;
        }
        let at = At::between(&was.at(&old.id, name), &is.at(&new.id, name));
        match (was, is) {
            (None | All, None | All) | (None, Without) | (Without, None) | (Without, Without) => {}
            (Asked, Asked | All) | (All, Asked) => {}
            (Fixed(old), Fixed(new)) => {
                changes.compare(Calls, "parameter-changed", &at, (&old, &new), || {
                    format!("its parameter `{name}` is `{new}`, and was `{old}`")
                });
            }
            (Fixed(_), All | Asked) | (All | Asked, Fixed(_)) => {
                let message = format!("its parameter `{name}` is {}, and was {}", is.word(), was.word());
                changes.changed(Calls, "parameter-changed", &at, message);
            }
            (None, Asked | Fixed(_)) => {
                changes.added(Calls, "parameter-added", &at, format!("its parameter `{name}` is new"));
            }
            (Without, All | Asked | Fixed(_)) => {
                changes.changed(Calls, "parameter-added", &at, format!("its parameter `{name}` is new"));
            }
            (Asked | Fixed(_), None) => {
                let message = format!("its parameter `{name}` is gone");
                changes.removed(Calls, "parameter-removed", &at, message);
            }
            (All | Asked | Fixed(_), Without) => {
                let message = format!("its parameter `{name}` is gone");
                changes.changed(Calls, "parameter-removed", &at, message);
            }
        }
    }
    order(changes, (old, new), (old_provider, new_provider));
}

/// Compares the order in which an endpoint's parameters are signed.
fn order(
    changes: &mut Changes<'_>,
    (old, new): (&Endpoint, &Endpoint),
    (old_provider, new_provider): (&Provider, &Provider),
) {
    // A field is named as it is on the wire now.
    let now = |sent: &Parameter| match sent.source {
        Source::Request(index) => {
            let field = old.request.get(index)?;
            partner(field, &new.request, &old.request).map(|field| field.wire.clone())
        }
        _ => Some(sent.name.clone()),
    };
    let was: Vec<String> = signed(old_provider, old).filter_map(now).collect();
    let is: Vec<String> = signed(new_provider, new).map(|sent| sent.name.clone()).collect();
    let own = |names: &[String]| -> Vec<String> {
        let of_all = |name: &str| shared(old_provider, name).or_else(|| shared(new_provider, name)).is_some();
        names.iter().filter(|name| !of_all(name)).cloned().collect()
    };
    let [common_was, common_is] = common_orders(old_provider, new_provider);
    let is_of_all = first_other(&common_was, &common_is).is_some();
    let other = if is_of_all { first_other(&own(&was), &own(&is)) } else { first_other(&was, &is) };
    if let Some(name) = other {
        let is_field = new.request.iter().any(|field| field.wire == name);
        let part = if is_field { "request" } else { "fixed" };
        let at = At::endpoint(&new.id).key(&[part, &name]);
        let message = format!("its parameters are signed in another order, from `{name}` on");
        changes.changed(Calls, "parameter-order", &at, message);
    }
}

/// Compares the order in which the fields of a callback are signed.
pub(super) fn callback_order(changes: &mut Changes<'_>, at: &At, old: &Delivery, new: &Delivery) {
    let signed = |delivery: &Delivery| -> Vec<String> {
        let is_listed = delivery.sign.order == ParameterOrder::Listed;
        let signed =
            delivery.fields.iter().filter(|field| is_listed && is_in_text(&delivery.sign, field.is_signed));
        signed.map(|field| field.wire.clone()).collect()
    };
    if let Some(name) = first_other(&signed(old), &signed(new)) {
        let message = format!("the fields of its callback are signed in another order, from `{name}` on");
        changes.changed(Calls, "callback-order", &at.key(&["fields", &name]), message);
    }
}

/// The names of the parameters of all endpoints in the order in which they are signed, where both
/// specs have an order of their own.
fn common_orders(old: &Provider, new: &Provider) -> [Vec<String>; 2] {
    [old, new].map(|provider| {
        let is_listed = provider.sign.order == ParameterOrder::Listed;
        let signed =
            provider.common.iter().filter(|common| is_listed && is_in_text(&provider.sign, common.is_signed));
        signed.map(|common| common.name.clone()).collect()
    })
}

/// The parameters of an endpoint whose order in the spec is that of the signed text.
fn signed<'e>(provider: &'e Provider, endpoint: &'e Endpoint) -> impl Iterator<Item = &'e Parameter> {
    let is_listed = endpoint.is_signed && provider.sign.order == ParameterOrder::Listed;
    let is_signed = move |sent: &&Parameter| is_listed && is_in_text(&provider.sign, sent.is_signed);
    endpoint.parameters.iter().filter(is_signed)
}

/// Whether a parameter is in the text that is signed, as one of those or in what is sent.
fn is_in_text(sign: &SigningScheme, is_signed: bool) -> bool {
    sign.digest_text.iter().chain(&sign.hmac_text).any(|segment| match segment {
        Segment::Word(SegmentWord::Params | SegmentWord::EncodedParams) => is_signed,
        Segment::Word(SegmentWord::Query | SegmentWord::Target | SegmentWord::Body) => true,
        Segment::Word(_) | Segment::Text(_) | Segment::Parameter(_) => false,
    })
}

/// The first of the new names that is not where it was among the names that are in both lists.
fn first_other(old: &[String], new: &[String]) -> Option<String> {
    let was = old.iter().filter(|name| new.contains(name));
    let is = new.iter().filter(|name| old.contains(name));
    was.zip(is).find(|(was, is)| was != is).map(|(_, is)| is.clone())
}
