//! The spec as written, each part with its place. A part that is missing or unreadable is `None`,
//! and its fault is in the report.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::ir::{Check, Segment};
use crate::report::Place;
use crate::source::File;
use crate::yaml::Scalar;

/// A value with its place.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

pub(crate) type Text = At<String>;

#[derive(Debug, Default)]
pub(crate) struct Spec {
    /// Whether the provider's file could be read. Without it, its names are unknown.
    pub(crate) provider_read: bool,
    pub(crate) provider: Provider,
    pub(crate) endpoints: Vec<Endpoint>,
}

#[derive(Debug, Default)]
pub(crate) struct Provider {
    pub(crate) name: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) doc: Option<Text>,
    pub(crate) sign: Sign,
    pub(crate) common: Vec<Common>,
    pub(crate) envelope: Envelope,
    pub(crate) types: Types,
    pub(crate) statuses: Vec<Status>,
    /// HTTP statuses of answers without an envelope whose billing is known. Name and title are
    /// optional.
    pub(crate) http: Vec<Status>,
    /// The parameter for the function's name of a JSONP reply.
    pub(crate) jsonp_callback: Option<Text>,
}

/// The named types of the provider's file, in order, without duplicates.
#[derive(Debug, Default)]
pub(crate) struct Types {
    fields: Vec<Field>,
    by_name: BTreeMap<String, usize>,
}

impl Types {
    pub(crate) fn get(&self, name: &str) -> Option<&Field> {
        self.fields.get(*self.by_name.get(name)?)
    }

    pub(crate) fn iter(&self) -> std::slice::Iter<'_, Field> {
        self.fields.iter()
    }

    /// Whether a named type has another one in it, at any depth.
    pub(crate) fn reaches(&self, name: &str, goal: &str) -> bool {
        let mut seen = BTreeSet::new();
        let mut rest: Vec<&TypeExpr> = self.get(name).map(|named| &named.ty).into_iter().collect();
        while let Some(ty) = rest.pop() {
            match &ty.shape {
                Shape::Object(fields) => rest.extend(fields.iter().map(|field| &field.ty)),
                Shape::List(item) => rest.push(item),
                Shape::Name(name) if name.value == goal => return true,
                Shape::Name(name) => {
                    if let Some(named) = self.get(&name.value)
                        && seen.insert(name.value.as_str())
                    {
                        rest.push(&named.ty);
                    }
                }
                Shape::Enum(_) | Shape::Missing => {}
            }
        }
        false
    }
}

impl FromIterator<Field> for Types {
    fn from_iter<I: IntoIterator<Item = Field>>(fields: I) -> Self {
        let fields: Vec<Field> = fields.into_iter().collect();
        let names = fields.iter().map(|field| field.name.value.clone());
        Self { by_name: names.zip(0..).collect(), fields }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Sign {
    pub(crate) parameter: Option<Text>,
    pub(crate) place: Option<Text>,
    pub(crate) template: Option<Text>,
    pub(crate) write_as: Option<Text>,
    pub(crate) methods: Vec<Text>,
    /// Whether there is a form of the canonical string.
    pub(crate) has_canonical: bool,
    pub(crate) pair: Option<Text>,
    pub(crate) join: Option<Text>,
    pub(crate) order: Option<Text>,
    pub(crate) encode: Option<Text>,
    pub(crate) encode_text: Option<Text>,
    pub(crate) secret: Option<Text>,
    pub(crate) secret_as: Option<Text>,
    pub(crate) hmac: Option<Text>,
    pub(crate) hmac_key: Option<Text>,
    pub(crate) key_encoding: Option<Text>,
    pub(crate) skip_empty: Option<At<bool>>,
    pub(crate) algorithm: Option<Text>,
    pub(crate) case: Option<Text>,
    pub(crate) encoding: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) name: Text,
    pub(crate) from: Option<Text>,
    /// A constant.
    pub(crate) value: Option<Text>,
    pub(crate) place: Option<Text>,
    pub(crate) write: Option<Text>,
    pub(crate) zone: Option<Text>,
    pub(crate) words: Vec<(Text, Text)>,
    /// Whether it is a number in a body of JSON.
    pub(crate) number: Option<At<bool>>,
    pub(crate) signed: Option<At<bool>>,
    pub(crate) optional: bool,
    /// Whether an endpoint has it only on request.
    pub(crate) opt_in: bool,
}

impl Common {
    /// Whether a word in braces, `{time}` or `{nonce}`, stands for this parameter.
    pub(crate) fn is_meant_by(&self, word: &str) -> bool {
        let from = self.from.as_ref().map(|from| from.value.as_str());
        Segment::source(word).is_some_and(|source| from == Some(source.as_str()))
    }
}

#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) status: Vec<Text>,
    pub(crate) absent: Option<Text>,
    pub(crate) proof: Option<Text>,
    pub(crate) message: Vec<Text>,
    pub(crate) data: Option<Text>,
    pub(crate) time: Vec<Text>,
    pub(crate) json_text: Vec<Text>,
    pub(crate) empty: Option<Text>,
}

#[derive(Debug, Clone)]
pub(crate) struct Status {
    pub(crate) code: Text,
    pub(crate) name: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) class: Option<Text>,
    pub(crate) billed: Option<Text>,
    pub(crate) retry: Option<Text>,
    /// Whether all further calls fail too.
    pub(crate) halts_batch: bool,
    pub(crate) remedy: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) file: Arc<File>,
    /// The name of its file, without the ending.
    pub(crate) id: String,
    pub(crate) path: Option<Text>,
    /// Parameters with one value in every call.
    pub(crate) fixed: Vec<(Text, Text)>,
    pub(crate) host: Option<Text>,
    pub(crate) body: Option<Text>,
    pub(crate) xml_root: Option<Text>,
    pub(crate) signed: Option<At<bool>>,
    pub(crate) title: Option<Text>,
    pub(crate) doc: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) deprecated: Option<Text>,
    pub(crate) effect: Option<Text>,
    pub(crate) methods: Vec<Text>,
    pub(crate) formats: Vec<Text>,
    pub(crate) price: Option<Price>,
    /// Common parameters that this endpoint opts in to, or out of.
    pub(crate) common: Vec<(Text, At<bool>)>,
    /// Members of the envelope with another name here.
    pub(crate) envelope: Envelope,
    /// The endpoint's own statuses.
    pub(crate) statuses: Vec<Status>,
    pub(crate) callback: Option<Callback>,
    pub(crate) request: Vec<Field>,
    pub(crate) response: Response,
}

/// A later answer.
#[derive(Debug)]
pub(crate) struct Callback {
    /// The request's field with the address.
    pub(crate) field: Option<Text>,
    /// What arrives there, if it is known.
    pub(crate) delivery: Option<Delivery>,
}

/// What arrives for a later answer.
#[derive(Debug)]
pub(crate) struct Delivery {
    pub(crate) place: Place,
    pub(crate) method: Option<Text>,
    pub(crate) body: Option<Text>,
    /// How it is signed, if that differs from requests.
    pub(crate) sign: Option<Sign>,
    pub(crate) fields: Vec<Field>,
    pub(crate) answer: Option<Text>,
}

impl Endpoint {
    /// What arrives for a later answer.
    pub(crate) fn delivery(&self) -> Option<&Delivery> {
        self.callback.as_ref()?.delivery.as_ref()
    }
}

/// The payload of a reply.
#[derive(Debug)]
pub(crate) enum Response {
    /// An object of these fields.
    Fields(Vec<Field>),
    /// A value of this type.
    Whole(TypeExpr),
}

impl Response {
    /// The fields of an object; empty for other payloads.
    pub(crate) fn fields(&self) -> &[Field] {
        match self {
            Self::Fields(fields) => fields,
            Self::Whole(_) => &[],
        }
    }
}

#[derive(Debug)]
pub(crate) struct Price {
    pub(crate) currency: Option<Text>,
    /// The number of calls that are bought, and the exact unit price.
    pub(crate) tiers: Vec<(Text, Text)>,
}

/// A field of a request or response, or a named type, which is a field with the type's name.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: Text,
    pub(crate) ty: TypeExpr,
    pub(crate) title: Option<Text>,
    pub(crate) doc: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) deprecated: Option<Text>,
    pub(crate) example: Option<At<Scalar>>,
    pub(crate) default: Option<At<Scalar>>,
    pub(crate) rename: Option<Text>,
    pub(crate) public: Option<At<bool>>,
    pub(crate) optional: Option<At<bool>>,
    /// Where a request's value is sent.
    pub(crate) place: Option<Text>,
    pub(crate) template: Option<Text>,
    /// The text that its value is sent as.
    pub(crate) form: Option<Text>,
    /// The text between the elements of a list that is one text.
    pub(crate) join: Option<Text>,
    /// What the value of a callback's field is made of.
    pub(crate) from: Option<Text>,
    pub(crate) signed: Option<At<bool>>,
    /// Whether its value identifies a person.
    pub(crate) person: Option<At<bool>>,
    pub(crate) check: Option<Text>,
    pub(crate) min: Option<Text>,
    pub(crate) max: Option<Text>,
    pub(crate) min_length: Option<Text>,
    pub(crate) max_length: Option<Text>,
    pub(crate) length: Option<Text>,
}

impl Field {
    /// The checks that the field itself states, without those of its named type.
    pub(crate) fn checks(&self) -> Vec<Check> {
        let named = self.check.as_ref().and_then(|word| word.value.parse().ok()).map(Check::Named);
        let min = self.min.as_ref().map(|min| Check::Min(min.value.clone().into()));
        let max = self.max.as_ref().map(|max| Check::Max(max.value.clone().into()));
        let number = |length: &Option<Text>| length.as_ref().and_then(|length| length.value.parse().ok());
        let min_length = number(&self.min_length).map(Check::MinLength);
        let max_length = number(&self.max_length).map(Check::MaxLength);
        let length = number(&self.length).map(Check::Length);
        [named, min, max, min_length, max_length, length].into_iter().flatten().collect()
    }
}

/// A type as written, with the keys that belong to it.
#[derive(Debug, Clone)]
pub(crate) struct TypeExpr {
    pub(crate) shape: Shape,
    /// The pattern of a date.
    pub(crate) pattern: Option<Text>,
}

#[derive(Debug, Clone)]
pub(crate) enum Shape {
    /// Unreadable; its fault is in the report.
    Missing,
    /// A built-in type without parts, or a named type.
    Name(Text),
    Enum(Vec<Code>),
    Object(Vec<Field>),
    List(Box<TypeExpr>),
}

impl TypeExpr {
    /// The name of the type, if it is only a name.
    pub(crate) fn name(&self) -> Option<&Text> {
        match &self.shape {
            Shape::Name(name) => Some(name),
            _ => None,
        }
    }
}

/// A code of an enum.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) code: Text,
    pub(crate) name: Option<Text>,
    pub(crate) title: Option<Text>,
}
