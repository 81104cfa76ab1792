//! Rules for the values of a request.

use std::borrow::Cow;

use crate::request::CheckWord;

/// Rules for the values at a place inside of an object or a list of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InsideChecks {
    /// The names of the members, from the outermost, with a slash between two; all elements of a
    /// list are at its place. Empty for the elements of a list alone.
    pub place: Cow<'static, str>,
    /// The rules.
    pub checks: Cow<'static, [Check]>,
    /// The text between the elements of a list that is one text; empty for JSON.
    pub separator: Cow<'static, str>,
}

/// A rule for a value of a request. It runs if the caller asks for it. Text is owned in a spec that
/// was read, and static in generated code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Check {
    /// A rule with a name.
    Named(CheckWord),
    /// Smallest number.
    Min(Cow<'static, str>),
    /// Largest number.
    Max(Cow<'static, str>),
    /// Minimum number of characters.
    MinLength(u32),
    /// Maximum number of characters.
    MaxLength(u32),
    /// Number of characters.
    Length(u32),
    /// The codes of an enum.
    OneOf(Cow<'static, [Cow<'static, str>]>),
}
