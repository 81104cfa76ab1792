//! The sections of a signature, and of the parameters that the client fills in.

use super::key;
use super::key::Need::{Optional, Required};
use super::key::{Entry, Form, Key, Kind, Names, Section};
use crate::ir::{
    Case, CommonSource, Encoding, KeyEncoding, ParameterOrder, ParameterPlace, PercentEncoding, SignMethod,
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
            "the parameter or header that carries the signature, or the bare key",
            "sign",
        ),
        key("in", Kind::Word(SIGNATURE_PLACES), Optional, PLACE_MEANING, "header"),
        key(
            "write",
            Kind::Text(Form::SignTemplate),
            Optional,
            "the text that is sent, with `{value}` in it, and perhaps `{app_id}`, `{time}`, `{nonce}` or the name of a common \
             parameter; default: the value alone",
            "\"ts={time},sign={value}\"",
        ),
        key(
            "write_as",
            Kind::Word(WRITTEN_AS),
            Optional,
            "`base64` if that text is sent in base64 as a whole",
            "base64",
        ),
        key(
            "methods",
            Kind::Words(SignMethod::WORDS),
            Required,
            "the signing methods, the default first; `key` and `hash` send the secret itself, `basic` the app's id and the secret in base64 \
             (with `write: \"Basic {value}\"` for HTTP's own), `signer` is any other method, by a signer that the client is given",
            "[md5, hash]",
        ),
        key(
            "canonical",
            Kind::Map(&CANONICAL),
            Optional,
            "the form of the canonical string; required unless all methods are `key`, `basic` or `hash`, which sign nothing",
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

const PLACE_MEANING: &str = "where it is sent: `body` is the body of a POST, PUT or PATCH, and the query of a GET or DELETE; default: `body`";
pub(super) const TEMPLATE_MEANING: &str = "the text that is sent, and signed if it is one of the signed, with `{value}` in it; default: the value \
     alone";
/// The places of a signature, which is in no path.
pub(crate) const SIGNATURE_PLACES: &[&str] =
    ParameterPlace::WORDS.split_at(ParameterPlace::WORDS.len() - 2).0;
/// The places of a request's field, which is sent.
pub(crate) const FIELD_PLACES: &[&str] = ParameterPlace::WORDS.split_at(ParameterPlace::WORDS.len() - 1).0;

/// The key `in` of a request's field.
pub(super) const PLACE: Key = key(
    "in",
    Kind::Word(FIELD_PLACES),
    Optional,
    "where it is sent: `body` is the body of a POST, PUT or PATCH, and the query of a GET or DELETE, `path` the place of its name in braces; \
     default: `body`",
    "header",
);

const COMMON_PLACE_MEANING: &str = "where it is sent: `body` is the body of a POST, PUT or PATCH, and the query of a GET or DELETE, `path` the \
     place of its name in braces; `sign`: the parameter is not sent alone; it is part of the signed text, and of `write` in `sign` if \
     `write` names it; default: `body`";

/// The key `signed` of a parameter.
pub(super) const SIGNED: Key = key(
    "signed",
    Kind::Boolean,
    Optional,
    "whether it is one of the signed parameters, `{params}`; default: `true` in the body and the query, and for `in: sign`; `false` in a \
     header and the path",
    "false",
);

/// `canonical` in `sign`.
pub static CANONICAL: Section = Section {
    name: "canonical",
    about: "`canonical`: the form of the canonical string. Its texts have, in braces: `{params}`, the signed \
            parameters; `{encoded_params}`, the same, percent-encoded a second time; `{secret}`, `{app_id}`; \
            `{time}` and `{nonce}`, as they are sent; `{http_method}`, `{host}`, `{path}`, `{relative_path}` (without its first slash), `{query}`, \
            `{target}` (the path, and the query after a question mark), `{body}`, all as they are sent, without the signature, a path without that of the base \
            URL; or the name of a parameter, whose value is as it is sent",
    keys: &[
        key(
            "pair",
            Kind::Text(Form::Pair),
            Optional,
            "a parameter as it is signed: `{key}`, a separator, `{value}`, or `{value}` alone; required with `{params}`",
            "\"{key}{value}\"",
        ),
        key("join", Kind::Text(Form::Any), Optional, "the separator of two pairs; default: none", "\"&\""),
        key(
            "order",
            Kind::Word(ParameterOrder::WORDS),
            Optional,
            "the order of the parameters: by name, as the spec lists them (the fixed ones, the common ones, the request's), or by \
             value, where `pair` is `{value}` alone and `join` one character or none; default: `key`",
            "listed",
        ),
        key(
            "encode",
            Kind::Word(PercentEncoding::WORDS),
            Optional,
            "how names and values are encoded before they are signed: `form`, where a blank is `+` and `*-._` stay, or `rfc3986`, where \
             a blank is `%20` and `-._~` stay; default: not at all",
            "rfc3986",
        ),
        key(
            "encode_text",
            Kind::Word(PercentEncoding::WORDS),
            Optional,
            "how the whole text, with the secret if it is in it, is encoded before it is signed; default: not at all",
            "form",
        ),
        key(
            "secret",
            Kind::Text(Form::Secret),
            Optional,
            "the whole text of digests, with `{secret}` in it, unless `secret_as` puts it among the parameters; required if `methods` has one",
            "\"{params}{secret}\"",
        ),
        key(
            "secret_as",
            Kind::Text(Form::Parameter),
            Optional,
            "the name by which digests have the secret as one of the signed parameters, in their order; it is not sent",
            "key",
        ),
        key(
            "hmac",
            Kind::Text(Form::Keyed),
            Optional,
            "the whole text of HMAC methods, whose key is the secret, and of `signer`; required if `methods` has one of them",
            "\"{params}\"",
        ),
        key(
            "hmac_key",
            Kind::Text(Form::HmacKey),
            Optional,
            "the key of HMAC methods, with `{secret}` in it, and perhaps `{time}`, `{nonce}` or the name of a parameter; default: the secret",
            "\"{secret}&\"",
        ),
        key(
            "key_encoding",
            Kind::Word(KeyEncoding::WORDS),
            Optional,
            "what the secret is, as the key of HMAC methods: the key itself, or the key in base64 or hexadecimal digits; default: \
             `text`",
            "base64",
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

/// How the text of a signature is sent, where it is not as it is.
pub(crate) const WRITTEN_AS: &[&str] = &[Encoding::Base64.as_str()];

/// The names of algorithms. `hash`, `key` and `basic` send the secret itself, and `signer` signs
/// outside.
pub(crate) const ALGORITHMS: &[&str] = SignMethod::WORDS.split_at(SignMethod::WORDS.len() - 4).0;

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
            "how a digest is written: `hex`; `base64`, and `base64url` with `-` and `_`, both with `=` at the end; `base64_percent`, with `+/=` in \
             percent signs; `hex_base64`, the hexadecimal digits as a text in base64; default: `hex`",
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
            "the source of the value: `app_id`; `format` and `sign_method` of the call; `clock`; `debug`, 1 if the call asks for \
             data made up for testing; `nonce`, random digits, anew for each attempt; `account`, a value of \
             the account by this parameter's name, which the app has (in programs, the variable `PYI_ACCOUNT_` and the name in \
             capitals); or a digest of the body. \
             Required without `value`",
            "app_id",
        ),
        key("value", Kind::Text(Form::Any), Optional, "the value itself, the same in every call", "\"2.0\""),
        key("in", Kind::Word(ParameterPlace::WORDS), Optional, COMMON_PLACE_MEANING, "header"),
        key(
            "write",
            Kind::Text(Form::Written),
            Optional,
            "how it is written. `from: clock`: `unix`, `unix_ms`, or a pattern of `%Y`, `%m`, `%d`, `%H`, `%M`, `%S`, \
             `%3f` for milliseconds, and `%a` and `%b` for the English names of day and month; default: `unix`. `from: nonce`: \
             `hex` for 32 hexadecimal digits, `digits` for 9 decimal ones, `uuid`; default: `hex`. Another source: a text with `{value}` in it",
            "\"%Y-%m-%d %H:%M:%S\"",
        ),
        key(
            "zone",
            Kind::Text(Form::Zone),
            Optional,
            "the offset from UTC of a time in a pattern; default: `+00:00`",
            "\"+08:00\"",
        ),
        key(
            "words",
            Kind::MapOf(Names::Parameter, Entry::Text),
            Optional,
            "the provider's words for those of `from: sign_method` or `from: format`; default: the same words",
            "{md5: MD5, hmac_sha256: HMAC-SHA256}",
        ),
        SIGNED,
        key(
            "number",
            Kind::Boolean,
            Optional,
            "whether it is a number in a body of JSON, as a time in unix seconds or milliseconds, digits of a nonce and a \
             constant can be; default: `false`",
            "true",
        ),
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
            "whether the parameter is sent only where the endpoint lists it under `common`; default: `false`",
            "true",
        ),
    ],
};
