//! The sections of a reply: its envelope, and its statuses.

use super::key;
use super::key::Need::{OnlyWhere, Optional, Required};
use super::key::{Form, Key, Kind, Section};
use crate::ir::{BillingRule, Retry, StatusClass};

/// `envelope` in `provider.yaml`.
pub static ENVELOPE: Section = Section {
    name: "envelope",
    about: "`envelope` in `provider.yaml`: where the parts of a reply are",
    keys: &[
        key("status", Kind::Texts(Form::Pointer), Required, STATUS_MEANING, "codeid"),
        ABSENT,
        PROOF,
        key("message", Kind::Texts(Form::Pointer), Optional, MESSAGE_MEANING, "message"),
        key("data", Kind::Text(Form::Pointer), Optional, DATA_MEANING, "retdata"),
        TIME,
        JSON_TEXT,
        EMPTY,
    ],
};

/// `envelope` in an endpoint.
pub static ENVELOPE_OVERRIDE: Section = Section {
    name: "envelope-override",
    about: "`envelope` in an endpoint: the parts that are elsewhere in its replies",
    keys: &[
        key("status", Kind::Texts(Form::Pointer), Optional, STATUS_MEANING, "code"),
        ABSENT,
        PROOF,
        key("message", Kind::Texts(Form::Pointer), Optional, MESSAGE_MEANING, "msg"),
        key("data", Kind::Text(Form::Pointer), Optional, DATA_MEANING, "/time_get_response/time"),
        TIME,
        JSON_TEXT,
        EMPTY,
    ],
};

const STATUS_MEANING: &str = "where the status code is, or a list of places: the first that is there and not empty counts. `http` is the HTTP \
     status, and comes last";
const MESSAGE_MEANING: &str = "where the provider's message is, or a list of places: the first that is there counts. Absent if the status has all that is said";
const DATA_MEANING: &str = "where the payload is: a member, `/` before each of several names, or `.` for the whole reply (XML without its root). An \
     endpoint can state it instead of the provider";

const ABSENT: Key = key(
    "absent",
    Kind::Code,
    Optional,
    "the status of a reply without a status code, such as a success that says nothing else. It counts only with an HTTP \
     status of success, and if `proof` is there",
    "ok",
);

const PROOF: Key = key(
    "proof",
    Kind::Text(Form::Pointer),
    Optional,
    "the part that a reply without a status code has if it is a success; default: the payload. Required with `absent` where \
     the payload is the whole reply",
    "trans_result",
);

const TIME: Key = key(
    "time",
    Kind::Texts(Form::Pointer),
    Optional,
    "where the server's time may be; the first that is there counts",
    "[timestamp, time]",
);

const JSON_TEXT: Key = key(
    "json_text",
    Kind::Texts(Form::Pointer),
    Optional,
    "the members whose text is JSON, such as `\"{\\\"code\\\": 0}\"`: it is read as if it stood there, so that other places \
     can be inside of it. One that is inside of another comes after it",
    "apiResultData",
);

const EMPTY: Key = key(
    "empty",
    Kind::Code,
    Optional,
    "the status of a reply without a body, such as an answer with HTTP status 204. It counts only with an HTTP status of \
     success, and its payload is empty",
    "ok",
);

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
