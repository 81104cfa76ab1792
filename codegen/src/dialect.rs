//! The dialect: one table of the keys that a spec may have. The parser takes its keys, suggestions
//! and hints from it; the JSON Schema (`pyi schema`) and docs/SPEC.md are generated from it.
//!
//! A section is one map of a spec. Its keys are listed in the order in which they are read, which
//! is the order in which messages list them. `key.rs` defines what a key's value can be.

mod endpoint;
mod key;
mod reply;
#[cfg(test)]
mod tests;
mod types;

pub use self::endpoint::{ENDPOINT, PRICE};
pub use self::key::{Entry, Form, Key, Kind, Names, Need, Section};
pub use self::reply::{ENVELOPE, ENVELOPE_OVERRIDE, HTTP_STATUS, STATUS};
pub use self::types::{CODE, COMPOSITE_TYPES, ELEMENT, NAMED_TYPE, REPLY_FIELD, REQUEST_FIELD};
use crate::ir::{Case, CommonSource, Encoding, SignMethod, TimeForm};

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
    &REQUEST_FIELD,
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

/// `sign` in `provider.yaml`.
pub static SIGN: Section = Section {
    name: "sign",
    about: "`sign`: how a request is signed",
    keys: &[
        key(
            "parameter",
            Kind::Text(Form::Parameter),
            Required,
            "the parameter that carries the signature",
            "sign",
        ),
        key(
            "methods",
            Kind::Words(SignMethod::WORDS),
            Required,
            "the signing methods, the default first",
            "[md5, hash]",
        ),
        key(
            "canonical",
            Kind::Map(&CANONICAL),
            Required,
            "the form of the canonical string",
            "{pair: \"{key}{value}\", join: \"\", secret: \"{params}{secret}\"}",
        ),
        key(
            "digest",
            Kind::Map(&DIGEST),
            Optional,
            "how the digest of the canonical string is written",
            "{algorithm: md5, case: lower}",
        ),
    ],
};

/// `canonical` in `sign`.
pub static CANONICAL: Section = Section {
    name: "canonical",
    about: "`canonical`: the form of the canonical string",
    keys: &[
        key(
            "pair",
            Kind::Text(Form::Pair),
            Required,
            "a parameter as it is signed: `{key}`, a separator, `{value}`",
            "\"{key}{value}\"",
        ),
        key("join", Kind::Text(Form::Any), Required, "the separator of two pairs", "\"\""),
        key(
            "secret",
            Kind::Text(Form::Secret),
            Required,
            "the whole text of digests: `{params}` once, and `{secret}` around it",
            "\"{params}{secret}\"",
        ),
        key(
            "hmac",
            Kind::Text(Form::Keyed),
            Optional,
            "the whole text of HMAC methods, whose key is the secret: `{params}` once; required if `methods` has one of them",
            "\"{params}\"",
        ),
        key(
            "skip_empty",
            Kind::Boolean,
            Optional,
            "whether empty values are neither signed nor sent; default: `true`",
            "false",
        ),
    ],
};

/// The names of algorithms. `hash` sends the secret itself, and has none.
pub(crate) const ALGORITHMS: &[&str] = SignMethod::WORDS.split_at(SignMethod::WORDS.len() - 1).0;

/// `digest` in `sign`.
pub static DIGEST: Section = Section {
    name: "digest",
    about: "`digest`: how the digest of the canonical string is written",
    keys: &[
        key(
            "algorithm",
            Kind::Word(ALGORITHMS),
            Optional,
            "the algorithm as the provider names it, which must be one of `methods`",
            "md5",
        ),
        key(
            "encoding",
            Kind::Word(Encoding::WORDS),
            Optional,
            "how a digest is written; default: `hex`",
            "base64",
        ),
        key(
            "case",
            Kind::Word(Case::WORDS),
            Optional,
            "the case of the hexadecimal digits; default: `lower`",
            "lower",
        ),
    ],
};

/// An entry of `common` in `provider.yaml`.
pub static COMMON: Section = Section {
    name: "common",
    about: "An entry of `common`: a parameter that the client fills in",
    keys: &[
        key(
            "from",
            Kind::Word(CommonSource::WORDS),
            Optional,
            "the source of the value; required without `value`",
            "app_id",
        ),
        key("value", Kind::Text(Form::Any), Optional, "the value itself, the same in every call", "\"2.0\""),
        key(
            "write",
            Kind::Word(TimeForm::WORDS),
            Optional,
            "how `from: clock` is written; default: `unix`",
            "unix_ms",
        ),
        key("signed", Kind::Boolean, Optional, "whether it is signed; default: `true`", "false"),
        key(
            "optional",
            Kind::Boolean,
            Optional,
            "whether the provider accepts a call without it; default: `false`",
            "true",
        ),
        key(
            "opt_in",
            Kind::Boolean,
            Optional,
            "whether only endpoints that ask for it have it; default: `false`",
            "true",
        ),
    ],
};
