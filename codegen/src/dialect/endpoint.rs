//! The sections of an endpoint's file, except its statuses, envelope and fields.

use super::key::Need::{Optional, Required};
use super::key::{Entry, Form, Kind, Names, Section};
use super::{CALLBACK, ENVELOPE_OVERRIDE, REPLY_FIELD, REQUEST_FIELD, STATUS, key};
use crate::ir::{BodyForm, Effect, Format, Method};

/// A file of an endpoint.
pub static ENDPOINT: Section = Section {
    name: "endpoint",
    about: "A file `endpoints/<name>.yaml`: one endpoint of a provider",
    keys: &[
        key(
            "path",
            Kind::Text(Form::Path),
            Required,
            "the endpoint's path, from the first slash, with the names of parameters that are in it in braces. Endpoints can \
             share a path if `fixed` or `methods` tells them apart",
            "/pyi/62/169",
        ),
        key(
            "fixed",
            Kind::MapOf(Names::Parameter, Entry::Text),
            Optional,
            "parameters with one value in every call of this endpoint, such as its name at a gateway. A fixed parameter \
             replaces the common parameter of the same name, and keeps its `in` and `write`",
            "{method: taobao.time.get}",
        ),
        key(
            "host",
            Kind::Text(Form::RustName),
            Optional,
            "the name of the endpoint's host, if it is not the client's base URL; the client is given its URL by this name",
            "voice",
        ),
        key(
            "body",
            Kind::Word(BodyForm::WORDS),
            Optional,
            "how the parameters in a body are written; default: `form`. `xml` has them in an element, `xml_root`. A boolean is `1` or \
             `0`, and in `json` `true` or `false`; in `json`, a number is a number",
            "json",
        ),
        key(
            "xml_root",
            Kind::Text(Form::Any),
            Optional,
            "the name of the element that a body of XML is; default: `xml`",
            "request",
        ),
        key(
            "signed",
            Kind::Boolean,
            Optional,
            "whether its requests carry a signature; default: `true`",
            "false",
        ),
        key("title", Kind::Text(Form::Any), Required, "the endpoint's name at the provider", "身份证二要素"),
        key(
            "doc",
            Kind::Text(Form::Any),
            Optional,
            "notes about the endpoint",
            "Checks a name and a number.",
        ),
        key("source", Kind::Text(Form::Any), Required, "where these facts come from", "product page"),
        key(
            "effect",
            Kind::Word(Effect::WORDS),
            Required,
            "`query` if the call only looks something up, `act` if it does something that must not happen twice",
            "query",
        ),
        key(
            "methods",
            Kind::Words(Method::WORDS),
            Required,
            "the HTTP methods, the default first",
            "[POST, GET]",
        ),
        key(
            "formats",
            Kind::Words(Format::WORDS),
            Required,
            "the formats of a reply, the default first",
            "[json]",
        ),
        key(
            "price",
            Kind::Map(&PRICE),
            Optional,
            "the price of a billed call",
            "{currency: CNY, tiers: {1000: \"0.16\"}}",
        ),
        key("deprecated", Kind::Text(Form::Any), Optional, "why it should no longer be used", "use id_card"),
        key(
            "common",
            Kind::MapOf(Names::Parameter, Entry::Boolean),
            Optional,
            "common parameters that this endpoint has (`true`) or does not have (`false`), other than \
             by default",
            "{time: false}",
        ),
        key(
            "envelope",
            Kind::Map(&ENVELOPE_OVERRIDE),
            Optional,
            "the parts of a reply that are elsewhere here",
            "{data: result}",
        ),
        key(
            "statuses",
            Kind::MapOf(Names::Status, Entry::Section(&STATUS)),
            Optional,
            "statuses that only this endpoint has",
            "{20001: {name: busy, title: Busy, class: server, billed: never}}",
        ),
        key(
            "callback",
            Kind::Callback(&CALLBACK),
            Optional,
            "the request's field that holds the address for a later answer, or a map that describes what arrives \
             there",
            "notify_url",
        ),
        key(
            "request",
            Kind::MapOf(Names::RequestField, Entry::Section(&REQUEST_FIELD)),
            Required,
            "the request's fields by their name on the wire; `{}` for none",
            "{mobile: {type: string}}",
        ),
        key(
            "response",
            Kind::Response(&REPLY_FIELD),
            Required,
            "the payload of a reply: its fields by their name on the wire, the name of a type, or a \
             list of one of these",
            "any",
        ),
    ],
};

/// `price` in an endpoint.
pub static PRICE: Section = Section {
    name: "price",
    about: "`price` in an endpoint",
    keys: &[
        key("currency", Kind::Text(Form::Any), Required, "the currency's ISO 4217 code", "CNY"),
        key(
            "tiers",
            Kind::MapOf(Names::Calls, Entry::Number),
            Required,
            "the number of calls bought, and the exact price of one",
            "{1000: \"0.16\"}",
        ),
    ],
};
