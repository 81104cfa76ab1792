//! The parts of a row of the table: the key's kind, whether it must be present, and its texts.

/// Maximum keys in an example of a map.
const SHOWN_KEYS: usize = 2;

/// One map of a spec.
#[derive(Debug)]
pub struct Section {
    /// Its name in docs/SPEC.md and in the JSON Schema.
    pub name: &'static str,
    /// The maps that it describes.
    pub about: &'static str,
    /// Its keys, in the order in which they are read.
    pub keys: &'static [Key],
}

impl Section {
    /// The key of a name.
    pub fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// A map with the first keys that it must have, as an example.
    pub(crate) fn shape(&self) -> String {
        let needed = |key: &&Key| matches!(key.need, Need::Required | Need::RequiredUnless(_));
        let mut keys: Vec<&Key> = self.keys.iter().filter(needed).take(SHOWN_KEYS).collect();
        if keys.is_empty() {
            keys.extend(self.keys.first());
        }
        let entries = keys.iter().map(|key| format!("{}: {}", key.name, key.example));
        format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
    }
}

/// One key of a section.
#[derive(Debug)]
pub struct Key {
    /// The key.
    pub name: &'static str,
    /// The kind of its value.
    pub kind: Kind,
    /// Whether it must be present.
    pub need: Need,
    /// Its meaning: a phrase without a full stop.
    pub meaning: &'static str,
    /// An example of a value, as YAML.
    pub example: &'static str,
}

impl Key {
    /// What to write if the key is missing.
    pub(crate) fn hint(&self) -> String {
        let meaning = self.meaning;
        match self.kind {
            Kind::Word(words) if !meaning.contains('`') => {
                format!("{meaning}, one of {}", crate::names::list(words.iter().copied()))
            }
            Kind::Word(_) => meaning.to_owned(),
            _ => format!("{meaning}, such as `{}: {}`", self.name, self.example),
        }
    }
}

/// Whether a key must be present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It must be present.
    Required,
    /// It can be absent.
    Optional,
    /// It must be present, except beside another key, where it is refused.
    RequiredUnless(&'static str),
    /// It must be present where `type` is this word, and is refused elsewhere.
    OnlyForType(&'static str),
    /// It must be present where `type` is this word.
    ForType(&'static str),
    /// It can be absent. A value other than `unless` is refused where `key` is not `word`.
    OnlyWhere {
        /// The other key.
        key: &'static str,
        /// The value that the other key must have.
        word: &'static str,
        /// The value that is accepted everywhere.
        unless: &'static str,
    },
}

impl Need {
    /// Whether the parser reports that the key is absent, once it has asked for it. It does not ask
    /// for a key that another one excludes. The pattern of a date can come from its named type, so
    /// that a rule of its own looks for it.
    pub(crate) fn is_required_when_asked(self) -> bool {
        matches!(self, Self::Required | Self::RequiredUnless(_) | Self::OnlyForType(_))
    }

    /// Whether every map of the section can have the key.
    pub(crate) fn is_unconditional(self) -> bool {
        !matches!(self, Self::RequiredUnless(_) | Self::OnlyForType(_))
    }
}

/// The kind of a key's value.
#[derive(Debug, Clone, Copy)]
pub enum Kind {
    /// A text.
    Text(Form),
    /// A list of texts, or one text for a list of one.
    Texts(Form),
    /// `true` or `false`.
    Boolean,
    /// An exact decimal number, quoted or not.
    Number,
    /// A number of characters.
    Length,
    /// A text, a number, `true` or `false`, as the field's type demands.
    Value,
    /// The code of a status: a whole number, or a text.
    Code,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A list of these words, or one of them for a list of one.
    Words(&'static [&'static str]),
    /// The name of a built-in or named type, except these.
    Type(&'static [&'static str]),
    /// A map with the keys of a section.
    Map(&'static Section),
    /// A map with names of the author's choice.
    MapOf(Names, Entry),
    /// The name of a type, or a map with the keys of a section.
    Element(&'static Section),
    /// A map of fields, the name of a type, or a list with one of these.
    Response(&'static Section),
    /// The name of a field of the request, or a map with the keys of a section.
    Callback(&'static Section),
}

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Any,
    /// An ASCII name that can become a Rust name.
    RustName,
    /// The name of a parameter on the wire.
    Parameter,
    /// Where a part of a reply is: the name of a member, names with slashes, or a word.
    Pointer,
    /// The path of a URL.
    Path,
    /// The template of a pair.
    Pair,
    /// The template of a digest's canonical string.
    Secret,
    /// The template of an HMAC's canonical string.
    Keyed,
    /// The template of an HMAC's key.
    HmacKey,
    /// A template with `{value}` in it.
    Template,
    /// A template with `{value}` in it, and perhaps `{app_id}`.
    SignTemplate,
    /// How a common parameter is written: a word or a pattern for a time, or a template.
    Written,
    /// An offset from UTC.
    Zone,
    /// The pattern of a date.
    Pattern,
}

/// The names in a map with names of the author's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Common parameters, by wire name.
    Parameter,
    /// Named types.
    Type,
    /// Status codes.
    Status,
    /// HTTP status codes.
    HttpStatus,
    /// Numbers of calls.
    Calls,
    /// Fields of a request, by wire name.
    RequestField,
    /// Fields of a reply or an object, by wire name.
    ReplyField,
    /// Codes of an enum, as they are on the wire.
    Code,
}

/// The values in a map with names of the author's choice.
#[derive(Debug, Clone, Copy)]
pub enum Entry {
    /// Maps with the keys of a section.
    Section(&'static Section),
    /// `true` or `false`.
    Boolean,
    /// Exact decimal numbers, quoted or not.
    Number,
    /// Texts.
    Text,
}
