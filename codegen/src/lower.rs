//! Lowers the ast to the ir. It cannot fail: a part that is missing here is a fault in the report,
//! and the code of the spec does not compile. Endpoints with a fault are left out.

mod delivery;
mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use self::types::{Side, Types, enums_of};
use crate::ast::{self, At, Spec, Text};
use crate::ir::{
    BillingRule, BodyForm, Case, Check, Common, CommonSource, Effect, Encoding, Endpoint, Envelope, Field,
    JsonForm, Named, Parameter, ParameterOrder, ParameterPlace, Price, Provider, Response, Retry, Segment,
    SigningScheme, Source, Status, StatusClass, TimeForm, Type,
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

fn sign(written: &ast::Sign, common: &[ast::Common]) -> SigningScheme {
    let pair = template(&written.pair);
    let (between, has_key) = match pair.strip_prefix("{key}") {
        Some(rest) => (rest, true),
        None => (pair, false),
    };
    SigningScheme {
        parameter: text(&written.parameter),
        place: word(&written.place, ParameterPlace::Body),
        template: template(&written.template).to_owned(),
        methods: words(&written.methods),
        has_names: has_key,
        key_value_separator: between.trim_end_matches("{value}").to_owned(),
        pair_separator: template(&written.join).to_owned(),
        encode: written.encode.as_ref().and_then(|encode| encode.value.parse().ok()),
        order: word(&written.order, ParameterOrder::Key),
        digest_text: segments(&written.secret, common),
        hmac_text: segments(&written.hmac, common),
        hmac_key: segments(&written.hmac_key, common),
        skip_empty: written.skip_empty.as_ref().is_none_or(|skip| skip.value),
        encoding: word(&written.encoding, Encoding::Hex),
        case: word(&written.case, Case::Lower),
    }
}

/// The segments of a text. A word that stands for a common parameter is that parameter.
fn segments(written: &Option<Text>, common: &[ast::Common]) -> Vec<Segment> {
    let named = |segment| match segment {
        Segment::Parameter(name) => {
            let of_word = Segment::source(&name).and_then(|source| {
                common
                    .iter()
                    .find(|common| common.from.as_ref().is_some_and(|from| from.value == source.as_str()))
            });
            Segment::Parameter(of_word.map_or(name, |common| common.name.value.clone()))
        }
        other => other,
    };
    Segment::of(template(written)).into_iter().map(named).collect()
}

fn common(written: &ast::Common) -> Common {
    let source = match &written.value {
        Some(_) => Source::Constant,
        None => Source::Common(word(&written.from, CommonSource::AppId)),
    };
    let is_clock = source == Source::Common(CommonSource::Clock);
    Common {
        name: written.name.value.clone(),
        source,
        value: template(&written.value).to_owned(),
        form: time_form(template(&written.write), template(&written.zone)),
        place: word(&written.place, ParameterPlace::Body),
        template: if is_clock { String::new() } else { template(&written.write).to_owned() },
        words: written
            .words
            .iter()
            .map(|(word, own)| (word.value.clone().into(), own.value.clone().into()))
            .collect(),
        is_signed: is_signed(&written.signed, &written.place),
        optional: written.optional,
        opt_in: written.opt_in,
    }
}

/// By default, a parameter in the body or the query is signed.
fn is_signed(written: &Option<At<bool>>, place: &Option<Text>) -> bool {
    let place = word(place, ParameterPlace::Body);
    let by_default = matches!(place, ParameterPlace::Body | ParameterPlace::Query);
    written.as_ref().map_or(by_default, |signed| signed.value)
}

fn time_form(written: &str, zone: &str) -> TimeForm {
    match written {
        "" | "unix" => TimeForm::Unix,
        "unix_ms" => TimeForm::UnixMs,
        pattern => {
            let offset = offset_of(zone).unwrap_or(0);
            TimeForm::Pattern { pattern: pattern.to_owned(), offset }
        }
    }
}

/// The seconds of an offset such as `+08:00`, of less than a day.
pub(crate) fn offset_of(zone: &str) -> Option<i32> {
    let (sign, digits) = match zone.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = digits.split_once(':')?;
    let number = |text: &str| {
        let is_plain = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<i32>().ok().filter(|_| is_plain)
    };
    let (hours, minutes) = (number(hours).filter(|hours| *hours < 24)?, number(minutes)?);
    (minutes < 60).then_some(sign * (hours * 3600 + minutes * 60))
}

/// Keys that are absent are those of the provider.
fn envelope(written: &ast::Envelope, otherwise: &Envelope) -> Envelope {
    let places = |written: &[Text], otherwise: &[String]| match written {
        [] => otherwise.to_vec(),
        written => written.iter().map(|place| place.value.clone()).collect(),
    };
    let absent = written.absent.as_ref().and_then(|code| code.value.parse().ok());
    Envelope {
        status: places(&written.status, &otherwise.status),
        absent: absent.or(otherwise.absent),
        proof: written.proof.as_ref().map(|proof| proof.value.clone()).or(otherwise.proof.clone()),
        message: places(&written.message, &otherwise.message),
        data: written.data.as_ref().map_or(&otherwise.data, |data| &data.value).clone(),
        time: places(&written.time, &otherwise.time),
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
        parameters: parameters(written, provider, &request),
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

/// The parameters in signing order. Keys are sorted here only, so that nothing is sorted during a
/// call. A fixed value comes before a common parameter of its name.
fn parameters(written: &ast::Endpoint, provider: &Provider, request: &[Field]) -> Vec<Parameter> {
    let choices: BTreeMap<&str, bool> =
        written.common.iter().map(|(name, has)| (name.value.as_str(), has.value)).collect();
    let chosen = |common: &&Common| choices.get(common.name.as_str()).copied().unwrap_or(!common.opt_in);
    let is_other = |common: &&Common| !written.fixed.iter().any(|(name, _)| name.value == common.name);
    let common = provider.common.iter().filter(chosen).filter(is_other).map(|common| Parameter {
        name: common.name.clone(),
        source: common.source,
        required: !common.optional,
        default: common.value.clone(),
        form: common.form.clone(),
        place: common.place,
        template: common.template.clone(),
        words: common.words.clone(),
        join: None,
        json: JsonForm::Text,
        is_signed: common.is_signed,
    });
    let own = |name: &str| provider.common.iter().find(|common| common.name == name);
    let fixed = written.fixed.iter().map(|(At { value: name, .. }, value)| Parameter {
        name: name.clone(),
        source: Source::Constant,
        required: true,
        default: value.value.clone(),
        form: TimeForm::Unix,
        place: own(name).map_or(ParameterPlace::Body, |common| common.place),
        template: own(name).map(|common| common.template.clone()).unwrap_or_default(),
        words: Vec::new(),
        join: None,
        json: JsonForm::Text,
        is_signed: own(name).is_none_or(|common| common.is_signed),
    });
    let own_fields = request.iter().enumerate().map(|(index, field)| Parameter {
        name: field.wire.clone(),
        source: Source::Request(index),
        required: !field.optional,
        default: field.default.clone().unwrap_or_default(),
        form: TimeForm::Unix,
        place: field.place,
        template: field.template.clone(),
        words: Vec::new(),
        join: field.join.clone(),
        json: match field.ty {
            Type::Boolean => JsonForm::Boolean,
            Type::List(_) if field.join.is_some() => JsonForm::Text,
            Type::Integer | Type::Decimal | Type::Timestamp | Type::Any | Type::Object(_) | Type::List(_) => {
                JsonForm::Raw
            }
            Type::String | Type::Date { .. } | Type::Bytes | Type::Enum(_) => JsonForm::Text,
        },
        is_signed: field.is_signed,
    });
    let all = fixed.chain(common).chain(own_fields);
    match provider.sign.order {
        ParameterOrder::Key => sorted(all, |parameter| parameter.name.clone()),
        ParameterOrder::Listed => sorted(all, |parameter| match parameter.source {
            Source::Request(_) => written.request.iter().position(|field| field.name.value == parameter.name),
            _ => None,
        }),
    }
}
