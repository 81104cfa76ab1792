//! The way from a request struct to signed bytes: its values, their checks, the body or the query,
//! the canonical string, the signature.

pub(crate) mod body_digest;
pub mod canonical;
pub mod check;
pub mod encode;
pub(crate) mod form;
pub mod identifiers;
pub mod inside;
pub mod key;
pub mod sign;
pub(crate) mod signer;
pub mod template;
pub(crate) mod times;
pub(crate) mod values;
