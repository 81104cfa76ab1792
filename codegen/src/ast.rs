//! What was written: the spec as its author put it, each part with its place. A part that is missing or unreadable is
//! `None`; its fault is already in the report.

use std::sync::Arc;

use crate::report::Place;
use crate::source::File;

/// A value and where it stands.
#[derive(Debug, Clone)]
pub(crate) struct At<T> {
    pub(crate) value: T,
    pub(crate) place: Place,
}

pub(crate) type Text = At<String>;

#[derive(Debug, Default)]
pub(crate) struct Spec {
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
    pub(crate) types: Vec<Field>,
    pub(crate) statuses: Vec<Status>,
}

#[derive(Debug, Default)]
pub(crate) struct Sign {
    pub(crate) parameter: Option<Text>,
    pub(crate) methods: Vec<Text>,
    pub(crate) pair: Option<Text>,
    pub(crate) join: Option<Text>,
    pub(crate) secret: Option<Text>,
    pub(crate) skip_empty: Option<At<bool>>,
    pub(crate) algorithm: Option<Text>,
    pub(crate) case: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Common {
    pub(crate) name: Text,
    pub(crate) from: Option<Text>,
    pub(crate) optional: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Envelope {
    pub(crate) status: Option<Text>,
    pub(crate) message: Option<Text>,
    pub(crate) data: Option<Text>,
    pub(crate) time: Vec<Text>,
}

#[derive(Debug)]
pub(crate) struct Status {
    pub(crate) code: Text,
    pub(crate) name: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) class: Option<Text>,
    pub(crate) billed: Option<Text>,
    pub(crate) retry: Option<At<bool>>,
    pub(crate) next: Option<Text>,
}

#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(crate) file: Arc<File>,
    /// The file's name without its ending.
    pub(crate) id: String,
    pub(crate) path: Option<Text>,
    pub(crate) title: Option<Text>,
    pub(crate) doc: Option<Text>,
    pub(crate) source: Option<Text>,
    pub(crate) effect: Option<Text>,
    pub(crate) methods: Vec<Text>,
    pub(crate) formats: Vec<Text>,
    pub(crate) price: Option<Price>,
    pub(crate) request: Vec<Field>,
    pub(crate) response: Vec<Field>,
}

#[derive(Debug)]
pub(crate) struct Price {
    pub(crate) currency: Option<Text>,
    /// The number of calls bought, and what each of them then costs.
    pub(crate) tiers: Vec<(Text, Text)>,
}

/// A field of a request or response, or a named type: a named type is a field that has a type's name for its own.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: Text,
    pub(crate) ty: Option<Text>,
    pub(crate) codes: Option<Vec<Code>>,
    pub(crate) title: Option<Text>,
    pub(crate) doc: Option<Text>,
    pub(crate) example: Option<Text>,
    pub(crate) pattern: Option<Text>,
    pub(crate) rename: Option<Text>,
    pub(crate) public: Option<At<bool>>,
}

/// One code of an enum.
#[derive(Debug, Clone)]
pub(crate) struct Code {
    pub(crate) code: Text,
    pub(crate) name: Option<Text>,
    pub(crate) title: Option<Text>,
}
