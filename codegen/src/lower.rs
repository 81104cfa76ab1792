//! Lowers the ast to the ir. It cannot fail: a part that is missing here is a fault in the report,
//! and the code of the spec does not compile. Endpoints with a fault are left out.

mod types;

use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

use self::types::Types;
use crate::ast::{self, At, Spec, Text};
use crate::ir::{
    BillingRule, Case, Check, Common, CommonSource, Effect, Encoding, Endpoint, Envelope, Field, Frame,
    Named, Parameter, Price, Provider, Response, Retry, Segment, SigningScheme, Source, Status, StatusClass,
    TimeForm,
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
        sign: sign(&written.sign),
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
    provider
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

fn sign(written: &ast::Sign) -> SigningScheme {
    let pair = template(&written.pair);
    SigningScheme {
        parameter: text(&written.parameter),
        methods: words(&written.methods),
        key_value_separator: pair.trim_start_matches("{key}").trim_end_matches("{value}").to_owned(),
        pair_separator: template(&written.join).to_owned(),
        digest_frame: frame(&written.secret),
        hmac_frame: frame(written.hmac.as_ref().map_or(&written.secret, |_| &written.hmac)),
        skip_empty: written.skip_empty.as_ref().is_none_or(|skip| skip.value),
        encoding: word(&written.encoding, Encoding::Hex),
        case: word(&written.case, Case::Lower),
    }
}

fn frame(written: &Option<Text>) -> Frame {
    let (prefix, suffix) = template(written).split_once("{params}").unwrap_or_default();
    Frame { prefix: pieces(prefix), suffix: pieces(suffix) }
}

fn pieces(template: &str) -> Vec<Segment> {
    let mut pieces = Vec::new();
    for (index, text) in template.split("{secret}").enumerate() {
        if index > 0 {
            pieces.push(Segment::Secret);
        }
        if !text.is_empty() {
            pieces.push(Segment::Text(text.to_owned()));
        }
    }
    pieces
}

fn common(written: &ast::Common) -> Common {
    let source = match &written.value {
        Some(_) => Source::Constant,
        None => Source::Common(word(&written.from, CommonSource::AppId)),
    };
    Common {
        name: written.name.value.clone(),
        source,
        value: template(&written.value).to_owned(),
        form: word(&written.write, TimeForm::Unix),
        is_signed: written.signed.as_ref().is_none_or(|signed| signed.value),
        optional: written.optional,
        opt_in: written.opt_in,
    }
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
    let mut request = types.fields(&written.request, &name);
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
        callback: written.callback.as_ref().map(|field| field.value.clone()),
        parameters: parameters(written, provider, &request),
        request,
        response: match &written.response {
            ast::Response::Fields(fields) => Response::Fields(types.fields(fields, &name)),
            ast::Response::Whole(ty) => Response::Whole(types.ty(ty, &names::within(&name, "item"))),
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
/// call.
fn parameters(written: &ast::Endpoint, provider: &Provider, request: &[Field]) -> Vec<Parameter> {
    let choices: BTreeMap<&str, bool> =
        written.common.iter().map(|(name, has)| (name.value.as_str(), has.value)).collect();
    let chosen = |common: &&Common| choices.get(common.name.as_str()).copied().unwrap_or(!common.opt_in);
    let common = provider.common.iter().filter(chosen).map(|common| Parameter {
        name: common.name.clone(),
        source: common.source,
        required: !common.optional,
        default: common.value.clone(),
        form: common.form,
        is_signed: common.is_signed,
    });
    let own_fields = request.iter().enumerate().map(|(index, field)| Parameter {
        name: field.wire.clone(),
        source: Source::Request(index),
        required: !field.optional,
        default: field.default.clone().unwrap_or_default(),
        form: TimeForm::Unix,
        is_signed: true,
    });
    sorted(common.chain(own_fields), |parameter| parameter.name.clone())
}
