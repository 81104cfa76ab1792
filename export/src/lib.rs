//! A spec in the forms that others read. Each backend reads the ir and nothing else, and no user's build pays for it.

pub mod openapi;
pub mod samples;
