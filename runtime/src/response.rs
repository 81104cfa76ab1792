//! The way from an HTTP response to a reply: the body, the envelope, the payload.

pub(crate) mod body;
pub(crate) mod decode;
pub(crate) mod envelope;
mod json_text;
pub(crate) mod reply;
