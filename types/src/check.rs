//! Rules for the values of a request.

use std::borrow::Cow;

use crate::request::CheckWord;

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
