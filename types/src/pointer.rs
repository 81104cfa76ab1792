//! Where a part of a reply is, as an envelope of a spec says it.

/// Where a part of a reply is.
///
/// ```
/// use pyi_types::Pointer;
///
/// assert_eq!(Pointer::of("."), Pointer::Whole);
/// assert_eq!(Pointer::of("http"), Pointer::HttpStatus);
/// assert_eq!(Pointer::of("codeid").members().collect::<Vec<_>>(), ["codeid"]);
/// assert_eq!(Pointer::of("/error/code").members().collect::<Vec<_>>(), ["error", "code"]);
/// // A member with the name of a word is written with a slash.
/// assert_eq!(Pointer::of("/http").members().collect::<Vec<_>>(), ["http"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pointer<'a> {
    /// `.`: the whole reply.
    Whole,
    /// `http`: the HTTP status, which is in no member.
    HttpStatus,
    /// A member of the reply.
    Member(&'a str),
    /// A member inside of members: their names, from the outermost, with a slash between two, as in
    /// a JSON Pointer (RFC 6901) without escapes.
    Path(&'a str),
}

impl<'a> Pointer<'a> {
    /// The pointer of a text.
    #[inline]
    pub fn of(text: &'a str) -> Self {
        match text {
            "." => Self::Whole,
            "http" => Self::HttpStatus,
            _ => text.strip_prefix('/').map_or(Self::Member(text), Self::Path),
        }
    }

    /// The names of the members, from the outermost; none for the whole reply and the HTTP status.
    pub fn members(self) -> impl Iterator<Item = &'a str> + Clone {
        let (single, path) = match self {
            Self::Whole | Self::HttpStatus => (None, None),
            Self::Member(name) => (Some(name), None),
            Self::Path(names) => (None, Some(names.split('/'))),
        };
        single.into_iter().chain(path.into_iter().flatten())
    }
}
