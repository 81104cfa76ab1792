//! The body of a response: its bytes, and its JSON text in any format.

use std::borrow::Cow;
use std::fmt;

use crate::redact::REDACTED;
use crate::response::decode;

/// The bytes of a response, after decompression. They contain a person's data and are shown only on
/// request.
///
/// ```
/// use pyi_runtime::Reply;
///
/// /// The body of a paid reply, for a later [`Reply::from_http`].
/// fn keep<T>(reply: &Reply<T>) -> Vec<u8> {
///     reply.body().as_bytes().to_vec()
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Body {
    content: Content,
    /// The header `content-type`, which may name a charset.
    content_type: Option<String>,
}

/// Bytes, and whether they are UTF-8, which is checked once.
#[derive(Clone, PartialEq, Eq)]
enum Content {
    Text(String),
    Bytes(Vec<u8>),
}

impl Body {
    pub(crate) fn new(bytes: Vec<u8>, content_type: Option<String>) -> Self {
        let content =
            String::from_utf8(bytes).map_or_else(|no| Content::Bytes(no.into_bytes()), Content::Text);
        Self { content, content_type }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// The body as text; `None` if it is not UTF-8.
    pub(crate) fn as_text(&self) -> Option<&str> {
        match &self.content {
            Content::Text(text) => Some(text),
            Content::Bytes(_) => None,
        }
    }

    /// The body as JSON text, from any format; `None` if it cannot be read.
    pub fn json(&self) -> Option<Cow<'_, str>> {
        self.read().ok()
    }

    pub(crate) fn read(&self) -> Result<Cow<'_, str>, &'static str> {
        decode::as_json(self, self.content_type.as_deref())
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Body({REDACTED}; {} bytes)", self.as_bytes().len())
    }
}
