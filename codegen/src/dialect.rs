//! The dialect: one table of the keys that a spec may have. The parser takes its keys, suggestions
//! and hints from it; the JSON Schema (`pyi schema`) and docs/SPEC.md are generated from it.
//!
//! A section is one map of a spec. Its keys are listed in the order in which they are read, which
//! is the order in which messages list them. `key.rs` defines what a key's value can be.

mod callback;
pub(crate) mod elsewhere;
mod endpoint;
mod key;
mod reply;
mod signing;
#[cfg(test)]
mod tests;
mod types;

pub(crate) use self::callback::{ARRIVAL_PLACES, BODY_DIGESTS};
pub use self::callback::{CALLBACK, CALLBACK_FIELD};
pub use self::endpoint::{ENDPOINT, PRICE};
pub use self::key::{Entry, Form, Key, Kind, Names, Need, Section};
pub use self::reply::{ENVELOPE, ENVELOPE_OVERRIDE, HTTP_STATUS, STATUS};
pub(crate) use self::signing::{ALGORITHMS, FIELD_PLACES, SIGNATURE_PLACES, WRITTEN_AS};
pub use self::signing::{CANONICAL, COMMON, DIGEST, SIGN};
pub(crate) use self::types::ENUM;
pub use self::types::{
    CODE, COMPOSITE_TYPES, ELEMENT, NAMED_TYPE, REPLY_FIELD, REQUEST_ELEMENT, REQUEST_FIELD, REQUEST_MEMBER,
};

use self::Need::{Optional, Required};

/// Every section, in the order of docs/SPEC.md.
pub static SECTIONS: &[&Section] = &[
    &PROVIDER,
    &SIGN,
    &CANONICAL,
    &DIGEST,
    &COMMON,
    &ENVELOPE,
    &STATUS,
    &HTTP_STATUS,
    &ENDPOINT,
    &PRICE,
    &ENVELOPE_OVERRIDE,
    &CALLBACK,
    &CALLBACK_FIELD,
    &REQUEST_FIELD,
    &REQUEST_MEMBER,
    &REQUEST_ELEMENT,
    &REPLY_FIELD,
    &NAMED_TYPE,
    &ELEMENT,
    &CODE,
];

/// One row of the table.
const fn key(
    name: &'static str,
    kind: Kind,
    need: Need,
    meaning: &'static str,
    example: &'static str,
) -> Key {
    Key { name, kind, need, meaning, example }
}

/// `provider.yaml`.
pub static PROVIDER: Section = Section {
    name: "provider",
    about: "The file `provider.yaml`: everything that the endpoints of a provider share",
    keys: &[
        key("provider", Kind::Text(Form::Any), Required, "the provider's short name", "wapi"),
        key("title", Kind::Text(Form::Any), Required, "the provider's own name", "挖数据"),
        key("doc", Kind::Text(Form::Any), Optional, "notes about the provider", "See the price list."),
        key(
            "sign",
            Kind::Map(&SIGN),
            Required,
            "how a request is signed",
            "{parameter: sign, methods: [md5], canonical: {pair: \"{key}{value}\", join: \"\", \
             secret: \"{params}{secret}\"}, digest: {algorithm: md5, case: lower}}",
        ),
        key(
            "common",
            Kind::MapOf(Names::Parameter, Entry::Section(&COMMON)),
            Optional,
            "parameters that the client fills in, by name",
            "{appid: {from: app_id}}",
        ),
        key(
            "envelope",
            Kind::Map(&ENVELOPE),
            Required,
            "where the parts of a reply are",
            "{status: codeid, message: message, data: retdata}",
        ),
        key(
            "types",
            Kind::MapOf(Names::Type, Entry::Section(&NAMED_TYPE)),
            Optional,
            "types that are defined once and used by many fields, by name",
            "{mobile: {type: string, title: 手机号}}",
        ),
        key(
            "statuses",
            Kind::MapOf(Names::Status, Entry::Section(&STATUS)),
            Required,
            "the provider's status codes",
            "{10000: {name: ok, title: Done, class: data, billed: always}}",
        ),
        key(
            "http",
            Kind::MapOf(Names::HttpStatus, Entry::Section(&HTTP_STATUS)),
            Optional,
            "HTTP statuses of answers without an envelope whose billing is known; any other \
             counts as billed",
            "{429: {class: server, billed: never, retry: true}}",
        ),
        key(
            "jsonp_callback",
            Kind::Text(Form::Parameter),
            Optional,
            "the parameter that names the function of a JSONP reply; default: `callback`",
            "jsonpcallback",
        ),
    ],
};
