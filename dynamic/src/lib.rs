//! Calls endpoints of a spec that was not compiled. A [`DynamicOperation`] is built from the ir and
//! equals the static that the macro writes, so both make their calls by the same `execute`.
//!
//! | to | use |
//! |---|---|
//! | call endpoints by name | [`DynamicClient`] |
//! | make many calls of one endpoint | [`DynamicOperation`] |
//! | show the result | [`CallReport`] |

pub mod title;

mod client;
mod data;
mod operation;
mod options;
mod report;
mod values;

pub use client::{DynamicClient, InvalidCall};
pub use data::check_data;
pub use operation::{DynamicOperation, ProviderParts};
pub use options::CallOptions;
pub use report::CallReport;
pub use values::{ValueFault, canonical_value, values};
