//! A spec in the forms that others read, and the provider's pages as a spec. A backend reads the ir and nothing else, and no user's build
//! pays for any of it.

pub mod import;
pub mod openapi;
pub mod samples;
