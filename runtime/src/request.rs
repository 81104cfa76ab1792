//! The way from a request struct to signed bytes: its values, their checks, the form and the
//! signature.

pub mod check;
pub mod encode;
pub mod sign;
