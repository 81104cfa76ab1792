//! The sections of a callback: what arrives later, at the address that a request gave.

use super::key;
use super::key::Need::{Optional, Required};
use super::key::{Entry, Form, Kind, Names, Section};
use super::signing::SIGN;
use super::types::ELEMENT;
use super::types::{
    DEPRECATED, DOC, ENUM, EXAMPLE, PATTERN, PUBLIC, RENAME, REPLY_FIELD, SOURCE, TITLE, fields_key, of_key,
    type_key,
};
use crate::ir::{BodyForm, CommonSource, Method, ParameterPlace};

/// The sources that are digests of the body.
pub(crate) const BODY_DIGESTS: &[&str] = &[
    CommonSource::BodyMd5.as_str(),
    CommonSource::BodyMd5Base64.as_str(),
    CommonSource::BodySha256.as_str(),
    CommonSource::BodySha256Base64.as_str(),
    CommonSource::BodySha512.as_str(),
];

/// The places of a callback's field, which is in no path.
pub(crate) const ARRIVAL_PLACES: &[&str] = &[
    ParameterPlace::Body.as_str(),
    ParameterPlace::Query.as_str(),
    ParameterPlace::Header.as_str(),
    ParameterPlace::Sign.as_str(),
];

/// `callback` in an endpoint, where it is a map.
pub static CALLBACK: Section = Section {
    name: "callback",
    about: "`callback` in an endpoint, where it is a map: the signed request that arrives later. Its signature is \
            verified before it is read. In the texts of `sign`, `{host}`, `{path}` and `{query}` are those of the request that \
            arrives. What it has beyond `fields` is one of the signed parameters, and is not read. A callback whose form or signature is \
            unknown is the name of the request's field alone",
    keys: &[
        key(
            "field",
            Kind::Text(Form::Any),
            Optional,
            "the request's field that holds the address; default: the account has it",
            "notify_url",
        ),
        key("method", Kind::Word(Method::WORDS), Optional, "the HTTP method; default: `POST`", "GET"),
        key(
            "body",
            Kind::Word(BodyForm::WORDS),
            Optional,
            "how the parameters in a body are written; default: `form`",
            "json",
        ),
        key(
            "sign",
            Kind::Map(&SIGN),
            Optional,
            "how it is signed, where that differs from the provider's `sign`. Its texts can name the callback's fields",
            "{parameter: sign, methods: [md5], canonical: {pair: \"{key}{value}\", secret: \"{params}{secret}\"}}",
        ),
        key(
            "fields",
            Kind::MapOf(Names::ReplyField, Entry::Section(&CALLBACK_FIELD)),
            Required,
            "its fields by their name on the wire, without the signature",
            "{trade_no: {type: string}}",
        ),
        key(
            "answer",
            Kind::Text(Form::Any),
            Required,
            "the text that the provider takes for an answer; without it, it sends the same again",
            "success",
        ),
    ],
};

/// An entry of `fields` in a callback.
pub static CALLBACK_FIELD: Section = Section {
    name: "callback-field",
    about: "An entry of `fields` in a callback. An object, a list or any JSON can be a text of JSON in a form",
    keys: &[
        ENUM,
        type_key(&[]),
        fields_key(Names::ReplyField, &REPLY_FIELD),
        of_key(&ELEMENT),
        PATTERN,
        TITLE,
        DOC,
        EXAMPLE,
        PUBLIC,
        SOURCE,
        DEPRECATED,
        RENAME,
        key(
            "in",
            Kind::Word(ARRIVAL_PLACES),
            Optional,
            "where it arrives: `body` is the body of a POST, PUT or PATCH, and the query of a GET or DELETE, `sign` the text of \
             the signature, whose `write` has its name; default: `body`",
            "header",
        ),
        key(
            "signed",
            Kind::Boolean,
            Optional,
            "whether it is one of the signed parameters, `{params}`; default: `true` in the body, the query and the text of the \
             signature, `false` in a header. A field that no part of the text covers needs `false`: anyone can set it",
            "false",
        ),
        key(
            "from",
            Kind::Word(BODY_DIGESTS),
            Optional,
            "the digest of the body that its value must be, in a header that the text has",
            "body_md5",
        ),
    ],
};
