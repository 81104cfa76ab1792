//! Calls endpoints of a spec that was not compiled. A [`DynamicOperation`] is built from the ir and
//! equals the static that the macro writes, so both make their calls by the same `execute`.
//!
//! | to | use |
//! |---|---|
//! | call endpoints by name | [`DynamicClient`] |
//! | make many calls of one endpoint | [`DynamicOperation`] |
//! | show the result | [`CallReport`] |

pub mod normalize_title;

mod call_options;
mod callback;
mod check_data;
mod client;
mod composite;
mod operation;
mod price;
mod report;
mod values;

pub use call_options::CallOptions;
pub use callback::DynamicCallback;
pub use check_data::{check_data, check_value};
pub use client::{DynamicClient, InvalidCall};
pub use operation::{DynamicOperation, EnvelopeParts, ProviderParts};
pub use price::{price_tiers, worst_price};
/// A text for people, which can be said in another language.
pub use pyi_text::Message;
pub use report::CallReport;
pub use values::{ValueFault, canonical_value, values};
