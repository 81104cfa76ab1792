//! Lowers the ast to the ir. It cannot fail: a part that is missing here is a fault in the report,
//! and the code of the spec does not compile. Endpoints with a fault are left out.

mod delivery;
mod signing;
mod types;

use std::collections::BTreeSet;
use std::str::FromStr;

pub(crate) use self::signing::offset_of;
use self::signing::{common, is_signed, parameters, sign};
pub(crate) use self::types::MOST_PLACES;
use self::types::{Side, Types, enums_of};
use crate::ast::{self, At, Spec, Text};
use crate::ir::{
    BillingRule, BodyForm, Check, Effect, Endpoint, Envelope, Field, Named, Price, Provider, Response, Retry,
    Status, StatusClass, Type,
};
use crate::names;
use crate::report::Report;
use crate::source::Sources;

pub(crate) fn lower(spec: &Spec, sources: &Sources, report: &Report) -> Provider {
    let written = &spec.provider;
    let mut types = Types::new(&written.types);
    let mut provider = Provider {
        name: text(&written.name),
        title: text(&written.title),
        doc: text(&written.doc),
        sign: sign(&written.sign, &written.common),
        common: written.common.iter().map(common).collect(),
        envelope: envelope(&written.envelope, &Envelope::default()),
        jsonp_callback: written.jsonp_callback.as_ref().map_or("callback", |name| &name.value).to_owned(),
        types: written.types.iter().map(named).collect(),
        enums: Vec::new(),
        objects: Vec::new(),
        statuses: statuses(&written.statuses),
        http: http(&written.http),
        endpoints: Vec::new(),
        faulty: Vec::new(),
        files: sources.iter().map(|file| (**file).clone()).collect(),
    };
    let (faulty, sound): (Vec<_>, Vec<_>) =
        spec.endpoints.iter().partition(|endpoint| report.is_faulty(&endpoint.file));
    let mut lowered = |written: Vec<&ast::Endpoint>, provider: &Provider| {
        let endpoints =
            written.into_iter().map(|written| endpoint(written, provider, &mut types)).collect::<Vec<_>>();
        sorted(endpoints.into_iter(), |endpoint| endpoint.id.clone())
    };
    provider.endpoints = lowered(sound, &provider);
    provider.faulty =
        lowered(faulty.into_iter().filter(|written| report.has_names(&written.file)).collect(), &provider);
    provider.enums = sorted(types.enums.into_iter(), |named| named.rust.clone());
    provider.objects = sorted(types.objects.into_iter(), |named| named.rust.clone());
    place_enums(&mut provider);
    provider
}

/// Finds where enums are. One that only requests have is closed: a caller can give no other code.
fn place_enums(provider: &mut Provider) {
    let (mut given, mut nested, mut read) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for object in &provider.objects {
        let found = if object.is_given { &mut nested } else { &mut read };
        object.fields.iter().for_each(|field| enums_of(&field.ty, found));
    }
    for endpoint in provider.endpoints.iter().chain(&provider.faulty) {
        for field in &endpoint.request {
            let is_list = matches!(field.ty, Type::List(_));
            enums_of(&field.ty, if is_list { &mut nested } else { &mut given });
        }
        for field in endpoint.delivery.iter().flat_map(|delivery| &delivery.fields) {
            enums_of(&field.ty, &mut read);
        }
        match &endpoint.response {
            Response::Fields(fields) => fields.iter().for_each(|field| enums_of(&field.ty, &mut read)),
            Response::Whole(ty) => enums_of(ty, &mut read),
        }
    }
    given.extend(&nested);
    let place = |rust: &str| (!given.contains(rust) || read.contains(rust), nested.contains(rust));
    let places: Vec<(bool, bool)> = provider.enums.iter().map(|named| place(&named.rust)).collect();
    for (named, place) in provider.enums.iter_mut().zip(places) {
        (named.is_open, named.in_composite) = place;
    }
}

fn sorted<T, K: Ord>(items: impl Iterator<Item = T>, key: impl Fn(&T) -> K) -> Vec<T> {
    let mut items: Vec<T> = items.collect();
    items.sort_by_key(key);
    items
}

fn text(written: &Option<Text>) -> String {
    written.as_ref().map(|text| text.value.trim().to_owned()).unwrap_or_default()
}

fn word<T: FromStr>(written: &Option<Text>, otherwise: T) -> T {
    written.as_ref().and_then(|text| text.value.parse().ok()).unwrap_or(otherwise)
}

fn words<T: FromStr>(written: &[Text]) -> Vec<T> {
    written.iter().filter_map(|text| text.value.parse().ok()).collect()
}

/// The text as written: blanks at the ends of a template count.
fn template(written: &Option<Text>) -> &str {
    written.as_ref().map(|text| text.value.as_str()).unwrap_or_default()
}

fn named(written: &ast::Field) -> Named {
    Named { name: written.name.value.clone(), title: text(&written.title) }
}

/// Keys that are absent are those of the provider.
fn envelope(written: &ast::Envelope, otherwise: &Envelope) -> Envelope {
    let places = |written: &[Text], otherwise: &[String]| match written {
        [] => otherwise.to_vec(),
        written => written.iter().map(|place| place.value.clone()).collect(),
    };
    let code = |written: &Option<Text>| written.as_ref().and_then(|code| code.value.parse().ok());
    Envelope {
        status: places(&written.status, &otherwise.status),
        absent: code(&written.absent).or(otherwise.absent),
        proof: written.proof.as_ref().map(|proof| proof.value.clone()).or(otherwise.proof.clone()),
        message: places(&written.message, &otherwise.message),
        data: written.data.as_ref().map_or(&otherwise.data, |data| &data.value).clone(),
        time: places(&written.time, &otherwise.time),
        json_text: places(&written.json_text, &otherwise.json_text),
        empty: code(&written.empty).or(otherwise.empty),
    }
}

fn statuses(written: &[ast::Status]) -> Vec<Status> {
    let mut usable: Vec<Status> = Vec::new();
    let (mut names, mut codes) = (BTreeSet::new(), BTreeSet::new());
    for status in written.iter().filter_map(status) {
        if !names.contains(&status.rust) && codes.insert(status.code) {
            names.insert(status.rust.clone());
            usable.push(status);
        }
    }
    sorted(usable.into_iter(), |status| status.code)
}

/// The default name of an HTTP status is its number.
fn http(written: &[ast::Status]) -> Vec<Status> {
    let named = written.iter().map(|status| {
        let number = At { value: format!("http_{}", status.code.value), place: status.code.place.clone() };
        ast::Status { name: status.name.clone().or(Some(number)), ..status.clone() }
    });
    statuses(&named.collect::<Vec<_>>())
}

fn status(written: &ast::Status) -> Option<Status> {
    let name = written.name.as_ref().filter(|name| names::is_nameable(&name.value))?;
    Some(Status {
        code: written.code.value.parse().ok()?,
        name: name.value.clone(),
        rust: names::camel(&name.value),
        title: text(&written.title),
        class: word(&written.class, StatusClass::Other),
        billed: word(&written.billed, BillingRule::Unknown),
        retry: word(&written.retry, Retry::Never),
        halts_batch: written.halts_batch,
        remedy: text(&written.remedy),
    })
}

fn endpoint(written: &ast::Endpoint, provider: &Provider, types: &mut Types<'_>) -> Endpoint {
    let name = names::camel(&written.id);
    let mut request = types.fields(&written.request, &name, Side::Request);
    for field in &mut request {
        // A reply may have codes that the spec does not list. A request may not.
        field.checks.extend(types.codes(&field.ty).map(Check::OneOf));
    }
    let (optional, mut request): (Vec<Field>, Vec<Field>) =
        request.into_iter().partition(|field| field.optional);
    let has_options = !optional.is_empty();
    request.extend(optional);
    Endpoint {
        function: names::snake(&written.id),
        options_type: has_options.then(|| format!("{name}Options")),
        data_type: format!("{name}Data"),
        constant: names::upper(&written.id),
        id: written.id.clone(),
        path: text(&written.path),
        host: written.host.as_ref().map(|host| host.value.clone()),
        body: word(&written.body, BodyForm::Form),
        xml_root: written.xml_root.as_ref().map_or("xml", |root| &root.value).to_owned(),
        is_signed: written.signed.as_ref().is_none_or(|signed| signed.value),
        title: text(&written.title),
        doc: text(&written.doc),
        source: text(&written.source),
        deprecated: written.deprecated.as_ref().map(|why| why.value.clone()),
        effect: word(&written.effect, Effect::Act),
        methods: words(&written.methods),
        formats: words(&written.formats),
        price: written.price.as_ref().map(price),
        envelope: envelope(&written.envelope, &provider.envelope),
        statuses: statuses(&written.statuses),
        callback: written.callback.as_ref().and_then(|callback| Some(callback.field.as_ref()?.value.clone())),
        delivery: written.delivery().map(|delivery| delivery::delivery(written, delivery, provider, types)),
        parameters: parameters(written, provider, &request, types),
        request,
        response: match &written.response {
            ast::Response::Fields(fields) => Response::Fields(types.fields(fields, &name, Side::Reply)),
            ast::Response::Whole(ty) => {
                Response::Whole(types.ty(ty, &names::within(&name, "item"), Side::Reply))
            }
        },
        request_type: names::request_type(&written.id),
    }
}

fn price(written: &ast::Price) -> Price {
    let tiers = written
        .tiers
        .iter()
        .filter_map(|(calls, price)| Some((calls.value.parse().ok()?, price.value.clone())));
    Price { currency: text(&written.currency), tiers: sorted(tiers, |(calls, _)| *calls) }
}
