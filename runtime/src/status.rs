//! What a provider's status means: its kind, and whether it is billed.

use std::borrow::Cow;
use std::fmt;

/// What the spec says of a status.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct StatusInfo {
    /// Its code on the wire.
    pub code: i32,
    /// Its name in `snake_case`.
    pub name: Cow<'static, str>,
    /// The provider's words for it.
    pub title: Cow<'static, str>,
    /// What kind of answer it is.
    pub class: Class,
    /// Whether a call that ends with it is billed.
    pub billed: Billed,
    /// Whether the same call may be sent again.
    pub retry: Retry,
    /// What to do about it, or empty.
    pub next: Cow<'static, str>,
}

impl StatusInfo {
    /// A status that was known when the program was compiled.
    pub const fn new(
        code: i32,
        name: &'static str,
        title: &'static str,
        class: Class,
        billed: Billed,
        retry: Retry,
        next: &'static str,
    ) -> Self {
        Self {
            code,
            name: Cow::Borrowed(name),
            title: Cow::Borrowed(title),
            class,
            billed,
            retry,
            next: Cow::Borrowed(next),
        }
    }

    /// A status of a spec that was read at run time.
    pub fn owned(
        code: i32,
        name: String,
        title: String,
        class: Class,
        billed: Billed,
        retry: Retry,
        next: String,
    ) -> Self {
        let (name, title, next) = (Cow::Owned(name), Cow::Owned(title), Cow::Owned(next));
        Self { code, name, title, class, billed, retry, next }
    }

    /// The provider's words for it, without the marks of what they leave open, such as `{ip}`.
    pub(crate) fn words(&self) -> String {
        let mut words = String::new();
        for part in self.title.split('{') {
            words.push_str(part.split_once('}').map_or(part, |(_, rest)| rest));
        }
        if words.is_empty() { "without a word".to_owned() } else { words }
    }
}

/// What kind of answer a status is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Class {
    /// Real data.
    Data,
    /// The provider was asked and knows nothing.
    NoData,
    /// An order was taken; its answer comes later.
    Pending,
    /// Data made up for testing.
    Debug,
    /// The caller could not be identified: app id, signature, time, address.
    Auth,
    /// The account may not do this: subscription, quota, balance.
    Account,
    /// The request itself is wrong.
    Request,
    /// The provider failed.
    Server,
    /// None of these.
    Other,
}

impl fmt::Display for Class {
    /// The word that a spec uses.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Data => "data",
            Self::NoData => "no_data",
            Self::Pending => "pending",
            Self::Debug => "debug",
            Self::Auth => "auth",
            Self::Account => "account",
            Self::Request => "request",
            Self::Server => "server",
            Self::Other => "other",
        })
    }
}

/// Whether the provider bills a call that ends with a status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Billed {
    /// It does.
    Always,
    /// It does not.
    Never,
    /// Nobody knows.
    Unknown,
}

/// Whether a call that ends with a status may be sent again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Retry {
    /// It may not.
    Never,
    /// It may, after a while: the provider failed, and bills nothing.
    Later,
    /// It may, once, with the time corrected: the provider says that the request's was off.
    Clock,
}
