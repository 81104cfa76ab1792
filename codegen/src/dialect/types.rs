//! The sections of fields and types. A request's field, a reply's field, a named type and the
//! elements of a list share most of their keys.

use super::key;
use super::key::Need::{ForType, OnlyForType, Optional, Required, RequiredUnless};
use super::key::{Entry, Form, Key, Kind, Names, Section};
use super::signing::{PLACE, SIGNED, TEMPLATE_MEANING};
use crate::ir::{CheckWord, ValueForm};

pub(crate) const ENUM: Key = key(
    "enum",
    Kind::MapOf(Names::Code, Entry::Section(&CODE)),
    Optional,
    "the codes that the value can be, as they are on the wire, each with a name",
    "{\"01\": {name: match, title: 一致}}",
);

/// The types that need a further key: `of` or `fields`.
pub const COMPOSITE_TYPES: &[&str] = &["list", "object"];

/// The key `type`, which can name every type except these.
pub(super) const fn type_key(except: &'static [&'static str]) -> Key {
    let meaning = "`string`, `integer`, `decimal`, `boolean`, `date`, `timestamp`, `bytes` (base64 on the \
                   wire), `any` (any JSON), `object`, `list`, or a name from `types`";
    key("type", Kind::Type(except), RequiredUnless("enum"), meaning, "string")
}

/// The key `fields`, whose fields are read as the fields of this section.
pub(super) const fn fields_key(names: Names, section: &'static Section) -> Key {
    key(
        "fields",
        Kind::MapOf(names, Entry::Section(section)),
        OnlyForType("object"),
        "the object's fields",
        "{city: {type: string}}",
    )
}

/// The key `of`. The section is a parameter, since a constant cannot refer to what refers to it.
pub(super) const fn of_key(element: &'static Section) -> Key {
    key("of", Kind::Element(element), OnlyForType("list"), "what the list holds", "string")
}

pub(super) const PATTERN: Key = key(
    "pattern",
    Kind::Text(Form::Pattern),
    ForType("date"),
    "how a date is written: `%Y`, `%m` and `%d` once each, `%-m` and `%-d` without a leading zero",
    "\"%Y-%m-%d\"",
);
pub(super) const TITLE: Key =
    key("title", Kind::Text(Form::Any), Optional, "the provider's name for it", "手机号");
pub(super) const DOC: Key = key("doc", Kind::Text(Form::Any), Optional, "notes about it", "Eleven digits.");
pub(super) const EXAMPLE: Key =
    key("example", Kind::Value, Optional, "a value that it can have", "\"13800000000\"");
pub(super) const PUBLIC: Key = key(
    "public",
    Kind::Boolean,
    Optional,
    "whether its value may appear in logs and Debug output; default: `false`",
    "true",
);
pub(super) const SOURCE: Key = key(
    "source",
    Kind::Text(Form::Any),
    Optional,
    "where these facts come from, if not from the endpoint's source",
    "support desk",
);
pub(super) const DEPRECATED: Key =
    key("deprecated", Kind::Text(Form::Any), Optional, "why it should no longer be used", "use mobile");
pub(super) const RENAME: Key = key(
    "rename",
    Kind::Text(Form::RustName),
    Optional,
    "its name in Rust; required where Rust cannot have the name on the wire",
    "amount",
);
const OPTIONAL: Key =
    key("optional", Kind::Boolean, Optional, "whether a call can leave it out; default: `false`", "true");
const DEFAULT: Key = key("default", Kind::Value, Optional, "the value that is sent by default", "\"1\"");
const PERSON: Key = key(
    "person",
    Kind::Boolean,
    Optional,
    "whether its value names a person, who must not be asked about too often; default: `false`",
    "true",
);
const CHECK: Key = key(
    "check",
    Kind::Word(CheckWord::WORDS),
    Optional,
    "a rule for a text, run by `.check_values()`",
    "resident_id",
);
const MIN: Key = key("min", Kind::Number, Optional, "the least number that `.check_values()` accepts", "1");
const MAX: Key =
    key("max", Kind::Number, Optional, "the greatest number that `.check_values()` accepts", "100");
const MIN_LENGTH: Key =
    key("min_length", Kind::Length, Optional, "the fewest characters that `.check_values()` accepts", "2");
const LENGTH: Key =
    key("length", Kind::Length, Optional, "the number of characters that `.check_values()` accepts", "17");
const MAX_LENGTH: Key =
    key("max_length", Kind::Length, Optional, "the most characters that `.check_values()` accepts", "11");

/// An entry of `request`.
pub static REQUEST_FIELD: Section = Section {
    name: "request-field",
    about: "An entry of `request`: a field that is signed and sent. An object or a list is sent as JSON: as \
            it is in a body of JSON, as a text elsewhere",
    keys: &[
        ENUM,
        type_key(&[]),
        fields_key(Names::RequestField, &REQUEST_MEMBER),
        of_key(&REQUEST_ELEMENT),
        key(
            "join",
            Kind::Text(Form::Any),
            Optional,
            "for `type: list`: the text between its elements, which are then one text; default: a list \
             is sent as JSON",
            "\",\"",
        ),
        PATTERN,
        TITLE,
        DOC,
        EXAMPLE,
        PUBLIC,
        SOURCE,
        DEPRECATED,
        RENAME,
        OPTIONAL,
        DEFAULT,
        PLACE,
        key("write", Kind::Text(Form::Template), Optional, TEMPLATE_MEANING, "\"Bearer {value}\""),
        key(
            "as",
            Kind::Word(ValueForm::WORDS),
            Optional,
            "`json_text` if an object, a list or any JSON is a text of JSON in a body of JSON too; `base64` if the value's text, of \
             JSON if it is one of these, is sent in base64",
            "json_text",
        ),
        SIGNED,
        PERSON,
        CHECK,
        MIN,
        MAX,
        MIN_LENGTH,
        MAX_LENGTH,
        LENGTH,
    ],
};

/// An entry of an object's `fields` in a request.
pub static REQUEST_MEMBER: Section = Section {
    name: "request-member",
    about: "An entry of `fields` in a request, or in a named type: a member of an object. `optional` and the checks are \
            for requests; what is read may lack any member",
    keys: &[
        ENUM,
        type_key(&[]),
        fields_key(Names::RequestField, &REQUEST_MEMBER),
        of_key(&REQUEST_ELEMENT),
        PATTERN,
        TITLE,
        DOC,
        EXAMPLE,
        PUBLIC,
        SOURCE,
        DEPRECATED,
        RENAME,
        OPTIONAL,
        CHECK,
        MIN,
        MAX,
        MIN_LENGTH,
        MAX_LENGTH,
        LENGTH,
    ],
};

/// An entry of `response`, or of an object's `fields`.
pub static REPLY_FIELD: Section = Section {
    name: "reply-field",
    about: "An entry of `response` or of `fields`: a field of a reply",
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
    ],
};

/// An entry of `types` in `provider.yaml`.
pub static NAMED_TYPE: Section = Section {
    name: "type",
    about: "An entry of `types` in `provider.yaml`. A field of this type takes from it what it does \
            not state itself",
    keys: &[
        ENUM,
        type_key(&[]),
        fields_key(Names::ReplyField, &REQUEST_MEMBER),
        of_key(&REQUEST_ELEMENT),
        PATTERN,
        TITLE,
        DOC,
        EXAMPLE,
        PUBLIC,
        PERSON,
        CHECK,
        MIN,
        MAX,
        MIN_LENGTH,
        MAX_LENGTH,
        LENGTH,
    ],
};

/// `of` in a list of a request.
pub static REQUEST_ELEMENT: Section = Section {
    name: "request-element",
    about: "`of` in a list of a request, or of a named type, where it is a map",
    keys: &[
        ENUM,
        type_key(&[]),
        fields_key(Names::RequestField, &REQUEST_MEMBER),
        of_key(&REQUEST_ELEMENT),
        PATTERN,
    ],
};

/// `of` in a list.
pub static ELEMENT: Section = Section {
    name: "element",
    about: "`of` in a list, where it is a map",
    keys: &[ENUM, type_key(&[]), fields_key(Names::ReplyField, &REPLY_FIELD), of_key(&ELEMENT), PATTERN],
};

/// An entry of `enum`.
pub static CODE: Section = Section {
    name: "code",
    about: "An entry of `enum`: a code as it is on the wire, quoted",
    keys: &[
        key("name", Kind::Text(Form::RustName), Required, "the name of the code's variant in Rust", "match"),
        key("title", Kind::Text(Form::Any), Optional, "the provider's words for it", "一致"),
    ],
};
