//! The dialect: one table of the keys that a spec may have. The parser takes its keys, suggestions
//! and hints from it; the JSON Schema (`pyi schema`) and docs/SPEC.md are generated from it.
//!
//! A section is one map of a spec. Its keys are listed in the order in which they are read, which
//! is the order in which messages list them. `key.rs` defines what a key's value can be.

mod endpoint;
mod key;
#[cfg(test)]
mod tests;
mod types;

pub use self::endpoint::{ENDPOINT, PRICE};
pub use self::key::{Entry, Form, Key, Kind, Names, Need, Section};
pub use self::types::{CODE, COMPOSITE_TYPES, ELEMENT, NAMED_TYPE, REPLY_FIELD, REQUEST_FIELD};
use crate::ir::{BillingRule, Case, CommonSource, Encoding, Retry, SignMethod, StatusClass, TimeForm};

use self::Need::{OnlyWhere, Optional, Required};

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
            "the names of a reply's outer members",
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

/// `envelope` in `provider.yaml`.
pub static ENVELOPE: Section = Section {
    name: "envelope",
    about: "`envelope` in `provider.yaml`: the outer members of a reply",
    keys: &[
        key("status", Kind::Text(Form::Member), Required, "the member that holds the status code", "codeid"),
        key(
            "message",
            Kind::Text(Form::Member),
            Required,
            "the member that holds the provider's message",
            "message",
        ),
        key("data", Kind::Text(Form::Member), Required, "the member that holds the payload", "retdata"),
        TIME,
    ],
};

const TIME: Key = key(
    "time",
    Kind::Texts(Form::Member),
    Optional,
    "the members that may hold the server's time; the first that is present counts",
    "[timestamp, time]",
);

/// `envelope` in an endpoint.
pub static ENVELOPE_OVERRIDE: Section = Section {
    name: "envelope-override",
    about: "`envelope` in an endpoint: the members that have another name there",
    keys: &[
        key("status", Kind::Text(Form::Member), Optional, "the member that holds the status code", "code"),
        key(
            "message",
            Kind::Text(Form::Member),
            Optional,
            "the member that holds the provider's message",
            "msg",
        ),
        key("data", Kind::Text(Form::Member), Optional, "the member that holds the payload", "result"),
        TIME,
    ],
};

const CLASS: &str = "the kind of answer";
const BILLED: &str = "whether a call that ends with this status is billed";

const RETRY: Key = key(
    "retry",
    Kind::Word(Retry::WORDS),
    OnlyWhere { key: "billed", word: "never", unless: "false" },
    "whether a query that ends with this status may be sent again, `clock` with the time corrected; \
     default: `false`",
    "true",
);
const STOPS: Key = key(
    "stops",
    Kind::Boolean,
    Optional,
    "whether every further call would end the same way until somebody acts, so that a batch stops; \
     default: `false`",
    "true",
);
const NEXT: Key =
    key("next", Kind::Text(Form::Any), Optional, "what to do about it", "buy more calls in the store");

/// An entry of `statuses`.
pub static STATUS: Section = Section {
    name: "status",
    about: "An entry of `statuses`, in `provider.yaml` or in an endpoint",
    keys: &[
        key(
            "name",
            Kind::Text(Form::RustName),
            Required,
            "the name of the status and of its variant in Rust",
            "quota_exhausted",
        ),
        key("title", Kind::Text(Form::Any), Required, "the provider's title for it", "次数不足"),
        key("class", Kind::Word(StatusClass::WORDS), Required, CLASS, "account"),
        key("billed", Kind::Word(BillingRule::WORDS), Required, BILLED, "never"),
        RETRY,
        STOPS,
        NEXT,
    ],
};

/// An entry of `http` in `provider.yaml`.
pub static HTTP_STATUS: Section = Section {
    name: "http-status",
    about: "An entry of `http` in `provider.yaml`",
    keys: &[
        key(
            "name",
            Kind::Text(Form::RustName),
            Optional,
            "a name for the HTTP status; default: `http_` and the number",
            "too_many_requests",
        ),
        key("title", Kind::Text(Form::Any), Optional, "its meaning in words", "Too many requests"),
        key("class", Kind::Word(StatusClass::ERRORS), Required, CLASS, "server"),
        key("billed", Kind::Word(BillingRule::WORDS), Required, BILLED, "never"),
        RETRY,
        STOPS,
        NEXT,
    ],
};
