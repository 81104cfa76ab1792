//! Lowers how requests are signed, and the parameters that they have.

use std::collections::BTreeMap;

use super::types::Types;
use super::{sorted, template, text, word, words};
use crate::ast::{self, At, Text};
use crate::ir::{
    Case, Common, CommonSource, Encoding, Field, JsonForm, KeyEncoding, NonceForm, Parameter, ParameterOrder,
    ParameterPlace, Provider, Segment, SigningScheme, Source, TimeForm, Type, ValueForm,
};

pub(super) fn sign(written: &ast::Sign, common: &[ast::Common]) -> SigningScheme {
    let pair = template(&written.pair);
    let (between, has_key) = match pair.strip_prefix("{key}") {
        Some(rest) => (rest, true),
        None => (pair, false),
    };
    SigningScheme {
        parameter: text(&written.parameter),
        place: word(&written.place, ParameterPlace::Body),
        template: sent_text(template(&written.template), common),
        is_in_base64: written.write_as.is_some(),
        methods: words(&written.methods),
        has_names: has_key,
        key_value_separator: between.trim_end_matches("{value}").to_owned(),
        pair_separator: template(&written.join).to_owned(),
        encode: written.encode.as_ref().and_then(|encode| encode.value.parse().ok()),
        encode_text: written.encode_text.as_ref().and_then(|encode| encode.value.parse().ok()),
        order: word(&written.order, ParameterOrder::Key),
        digest_text: segments(&written.secret, common),
        secret_as: template(&written.secret_as).to_owned(),
        hmac_text: segments(&written.hmac, common),
        hmac_key: segments(&written.hmac_key, common),
        key_encoding: word(&written.key_encoding, KeyEncoding::Text),
        skip_empty: written.skip_empty.as_ref().is_none_or(|skip| skip.value),
        encoding: word(&written.encoding, Encoding::Hex),
        case: word(&written.case, Case::Lower),
    }
}

/// The segments of a text. A word that stands for a common parameter is that parameter.
fn segments(written: &Option<Text>, common: &[ast::Common]) -> Vec<Segment> {
    let named = |segment| match segment {
        Segment::Parameter(name) => {
            let of_word = common.iter().find(|common| common.is_meant_by(&name));
            Segment::Parameter(of_word.map_or(name, |common| common.name.value.clone()))
        }
        other => other,
    };
    Segment::of(template(written)).into_iter().map(named).collect()
}

/// The text that a signature is sent in. A word that stands for a common parameter is that
/// parameter.
fn sent_text(written: &str, common: &[ast::Common]) -> String {
    let mut text = written.to_owned();
    for word in ["time", "nonce"] {
        if let Some(common) = common.iter().find(|common| common.is_meant_by(word)) {
            text = text.replace(&format!("{{{word}}}"), &format!("{{{}}}", common.name.value));
        }
    }
    text
}

pub(super) fn common(written: &ast::Common) -> Common {
    let source = match &written.value {
        Some(_) => Source::Constant,
        None => Source::Common(word(&written.from, CommonSource::AppId)),
    };
    let is_word = match source {
        Source::Common(CommonSource::Clock) => true,
        Source::Common(CommonSource::Nonce) => NonceForm::WORDS.contains(&template(&written.write)),
        _ => false,
    };
    let is_digest = matches!(source, Source::Common(from) if from.body_digest().is_some());
    Common {
        name: written.name.value.clone(),
        source,
        value: template(&written.value).to_owned(),
        form: time_form(template(&written.write), template(&written.zone)),
        place: word(&written.place, ParameterPlace::Body),
        nonce: word(&written.write, NonceForm::Hex),
        template: match template(&written.write) {
            _ if is_word => String::new(),
            written => written.to_owned(),
        },
        words: written
            .words
            .iter()
            .map(|(word, own)| (word.value.clone().into(), own.value.clone().into()))
            .collect(),
        is_number: written.number.as_ref().is_some_and(|number| number.value),
        // A digest of the body is made when the pairs are known.
        is_signed: is_signed(&written.signed, &written.place) && !is_digest,
        optional: written.optional,
        opt_in: written.opt_in,
    }
}

/// By default, a parameter in the body or the query is signed, and one that is there to be signed.
pub(super) fn is_signed(written: &Option<At<bool>>, place: &Option<Text>) -> bool {
    let place = word(place, ParameterPlace::Body);
    let by_default = matches!(place, ParameterPlace::Body | ParameterPlace::Query | ParameterPlace::Sign);
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

/// The parameters in signing order. Keys are sorted here only, so that nothing is sorted during a
/// call. A fixed value comes before a common parameter of its name.
pub(super) fn parameters(
    written: &ast::Endpoint,
    provider: &Provider,
    request: &[Field],
    types: &Types<'_>,
) -> Vec<Parameter> {
    let choices: BTreeMap<&str, bool> =
        written.common.iter().map(|(name, has)| (name.value.as_str(), has.value)).collect();
    let chosen = |common: &&Common| choices.get(common.name.as_str()).copied().unwrap_or(!common.opt_in);
    let is_other = |common: &&Common| !written.fixed.iter().any(|(name, _)| name.value == common.name);
    let common = provider.common.iter().filter(chosen).filter(is_other).map(Parameter::of_common);
    let own = |name: &str| provider.common.iter().find(|common| common.name == name);
    let fixed = written.fixed.iter().map(|(At { value: name, .. }, value)| Parameter {
        name: name.clone(),
        source: Source::Constant,
        required: true,
        default: value.value.clone(),
        form: TimeForm::Unix,
        nonce: NonceForm::Hex,
        place: own(name).map_or(ParameterPlace::Body, |common| common.place),
        template: own(name).map(|common| common.template.clone()).unwrap_or_default(),
        words: Vec::new(),
        join: None,
        json: match own(name) {
            Some(common) if common.is_number => JsonForm::Raw,
            _ => JsonForm::Text,
        },
        is_in_base64: false,
        inside: Vec::new(),
        is_signed: own(name).is_none_or(|common| common.is_signed),
    });
    let own_fields = request.iter().enumerate().map(|(index, field)| Parameter {
        name: field.wire.clone(),
        source: Source::Request(index),
        required: !field.optional,
        default: field.default.clone().unwrap_or_default(),
        form: TimeForm::Unix,
        nonce: NonceForm::Hex,
        place: field.place,
        template: field.template.clone(),
        words: Vec::new(),
        join: field.join.clone(),
        json: match field.ty {
            _ if field.form.is_some() => JsonForm::Text,
            Type::Boolean => JsonForm::Boolean,
            Type::List(_) if field.join.is_some() => JsonForm::Text,
            Type::Integer | Type::Decimal | Type::Timestamp | Type::Any | Type::Object(_) | Type::List(_) => {
                JsonForm::Raw
            }
            Type::String | Type::Date { .. } | Type::Bytes | Type::Enum(_) => JsonForm::Text,
        },
        is_in_base64: field.form == Some(ValueForm::Base64),
        inside: types.inside_checks(field),
        is_signed: field.is_signed,
    });
    let secret = (!provider.sign.secret_as.is_empty()).then(|| Parameter {
        name: provider.sign.secret_as.clone(),
        source: Source::Secret,
        required: true,
        default: String::new(),
        form: TimeForm::Unix,
        nonce: NonceForm::Hex,
        place: ParameterPlace::Sign,
        // What the runtime knows it by: its value is in no text but the signed one.
        template: "{secret}".to_owned(),
        words: Vec::new(),
        join: None,
        json: JsonForm::Text,
        is_in_base64: false,
        inside: Vec::new(),
        is_signed: true,
    });
    let all = fixed.chain(common).chain(own_fields).chain(secret);
    match provider.sign.order {
        // Values are sorted in each call.
        ParameterOrder::Key | ParameterOrder::Value => sorted(all, |parameter| parameter.name.clone()),
        ParameterOrder::Listed => sorted(all, |parameter| match parameter.source {
            Source::Request(_) => written.request.iter().position(|field| field.name.value == parameter.name),
            Source::Secret => Some(usize::MAX),
            _ => None,
        }),
    }
}
