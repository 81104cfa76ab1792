//! A spec in the formats of other tools: OpenAPI and samples. A backend reads only the ir. The
//! crates of users do not depend on this crate, so it costs their builds nothing.

pub mod openapi;
pub mod samples;
