//! From what was written to what will be made. Cannot fail: whatever is missing here is a fault in the report already,
//! and the code made from it will not compile anyway. Endpoints with a fault are left out.

use crate::ast::{self, Spec, Text};
use crate::ir::{
    Algorithm, Billed, Case, Class, Code, Common, Effect, Endpoint, Enum, Envelope, Field, Format, From,
    Method, Parameter, Piece, Price, Provider, Sign, SignMethod, Source, Status, Type,
};
use crate::names;
use crate::report::Report;
use crate::source::Sources;

pub(crate) fn lower(spec: &Spec, sources: &Sources, report: &Report) -> Provider {
    let written = &spec.provider;
    let mut provider = Provider {
        name: text(&written.name),
        title: text(&written.title),
        doc: text(&written.doc),
        sign: sign(&written.sign),
        common: written.common.iter().map(common).collect(),
        envelope: envelope(&written.envelope),
        enums: sorted(written.types.iter().filter_map(codes), |named| named.name.clone()),
        statuses: sorted(written.statuses.iter().filter_map(status), |status| status.code),
        endpoints: Vec::new(),
        files: sources.iter().map(|file| (**file).clone()).collect(),
    };
    let sound = spec.endpoints.iter().filter(|endpoint| !report.is_faulty(&endpoint.file));
    provider.endpoints =
        sorted(sound.map(|written| endpoint(written, &provider, spec)), |endpoint| endpoint.id.clone());
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

fn word<T>(written: &Option<Text>, from_word: impl Fn(&str) -> Option<T>, otherwise: T) -> T {
    written.as_ref().and_then(|text| from_word(&text.value)).unwrap_or(otherwise)
}

fn words<T>(written: &[Text], from_word: impl Fn(&str) -> Option<T>) -> Vec<T> {
    written.iter().filter_map(|text| from_word(&text.value)).collect()
}

/// As written: in a template, a blank at either end counts.
fn template(written: &Option<Text>) -> &str {
    written.as_ref().map(|text| text.value.as_str()).unwrap_or_default()
}

fn sign(written: &ast::Sign) -> Sign {
    let pair = template(&written.pair);
    let (prefix, suffix) = template(&written.secret).split_once("{params}").unwrap_or_default();
    Sign {
        parameter: text(&written.parameter),
        methods: words(&written.methods, SignMethod::from_word),
        between: pair.trim_start_matches("{key}").trim_end_matches("{value}").to_owned(),
        join: template(&written.join).to_owned(),
        prefix: pieces(prefix),
        suffix: pieces(suffix),
        skip_empty: written.skip_empty.as_ref().is_none_or(|skip| skip.value),
        algorithm: word(&written.algorithm, Algorithm::from_word, Algorithm::Md5),
        case: word(&written.case, Case::from_word, Case::Lower),
    }
}

fn pieces(template: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    for (index, text) in template.split("{secret}").enumerate() {
        if index > 0 {
            pieces.push(Piece::Secret);
        }
        if !text.is_empty() {
            pieces.push(Piece::Text(text.to_owned()));
        }
    }
    pieces
}

fn common(written: &ast::Common) -> Common {
    let from = word(&written.from, From::from_word, From::AppId);
    Common { name: written.name.value.clone(), from, optional: written.optional }
}

fn envelope(written: &ast::Envelope) -> Envelope {
    Envelope {
        status: text(&written.status),
        message: text(&written.message),
        data: text(&written.data),
        time: written.time.iter().map(|name| name.value.clone()).collect(),
    }
}

fn status(written: &ast::Status) -> Option<Status> {
    let name = written.name.as_ref()?;
    Some(Status {
        code: written.code.value.parse().ok()?,
        name: name.value.clone(),
        rust: names::camel(&name.value),
        title: text(&written.title),
        class: word(&written.class, Class::from_word, Class::Other),
        billed: word(&written.billed, Billed::from_word, Billed::Unknown),
        retry: written.retry.as_ref().is_some_and(|retry| retry.value),
        next: text(&written.next),
    })
}

fn codes(written: &ast::Field) -> Option<Enum> {
    let codes = written.codes.as_ref()?.iter().filter_map(|code| {
        let name = code.name.as_ref()?;
        Some(Code {
            code: code.code.value.clone(),
            rust: names::camel(&name.value),
            title: text(&code.title),
        })
    });
    Some(Enum {
        name: written.name.value.clone(),
        rust: names::camel(&written.name.value),
        title: text(&written.title),
        doc: text(&written.doc),
        codes: codes.collect(),
    })
}

fn endpoint(written: &ast::Endpoint, provider: &Provider, spec: &Spec) -> Endpoint {
    let fields =
        |fields: &[ast::Field]| fields.iter().map(|field| lower_field(field, spec)).collect::<Vec<_>>();
    let request = fields(&written.request);
    Endpoint {
        function: names::snake(&written.id),
        request_type: names::camel(&written.id),
        data_type: format!("{}Data", names::camel(&written.id)),
        constant: names::upper(&written.id),
        id: written.id.clone(),
        path: text(&written.path),
        title: text(&written.title),
        doc: text(&written.doc),
        source: text(&written.source),
        effect: word(&written.effect, Effect::from_word, Effect::Act),
        methods: words(&written.methods, Method::from_word),
        formats: words(&written.formats, Format::from_word),
        price: written.price.as_ref().map(price),
        parameters: parameters(provider, &request),
        request,
        response: fields(&written.response),
    }
}

fn price(written: &ast::Price) -> Price {
    let tiers = written
        .tiers
        .iter()
        .filter_map(|(calls, price)| Some((calls.value.parse().ok()?, price.value.clone())));
    Price { currency: text(&written.currency), tiers: sorted(tiers, |(calls, _)| *calls) }
}

/// In signing order: the one place where keys are sorted, so that nothing is sorted when a call is made.
fn parameters(provider: &Provider, request: &[Field]) -> Vec<Parameter> {
    let common = provider.common.iter().map(|common| Parameter {
        name: common.name.clone(),
        source: Source::Common(common.from),
        required: !common.optional,
    });
    let own = request.iter().enumerate().map(|(index, field)| Parameter {
        name: field.wire.clone(),
        source: Source::Request(index),
        required: true,
    });
    sorted(common.chain(own), |parameter| parameter.name.clone())
}

/// A field takes from its named type what it does not say itself.
fn lower_field(written: &ast::Field, spec: &Spec) -> Field {
    let ty = text(&written.ty);
    let named = spec.provider.types.iter().find(|named| named.name.value == ty);
    let inherited = |part: fn(&ast::Field) -> &Option<Text>| {
        let own = part(written).as_ref();
        own.or_else(|| named.and_then(|named| part(named).as_ref())).map(|text| text.value.trim().to_owned())
    };
    let pattern = inherited(|field| &field.pattern).unwrap_or_default();
    Field {
        wire: written.name.value.clone(),
        rust: names::snake(&written.rename.as_ref().unwrap_or(&written.name).value),
        title: inherited(|field| &field.title).unwrap_or_default(),
        doc: inherited(|field| &field.doc).unwrap_or_default(),
        example: inherited(|field| &field.example),
        public: written
            .public
            .as_ref()
            .or(named.and_then(|named| named.public.as_ref()))
            .is_some_and(|public| public.value),
        ty: match named {
            Some(named) if named.codes.is_some() => Type::Enum(ty),
            Some(named) => built_in(&text(&named.ty), pattern),
            None => built_in(&ty, pattern),
        },
        named: named.map(|named| named.name.value.clone()),
    }
}

fn built_in(word: &str, pattern: String) -> Type {
    match word {
        "integer" => Type::Integer,
        "boolean" => Type::Boolean,
        "date" => Type::Date { pattern },
        "any" => Type::Any,
        _ => Type::String,
    }
}
