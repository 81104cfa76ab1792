//! What a call of an endpoint costs at most.

use pyi_codegen::ir::Endpoint;
use pyi_runtime::Decimal;

/// The maximum price of one call. `None` where the spec has no price.
pub fn worst_price(endpoint: &Endpoint) -> Option<Decimal> {
    price_tiers(endpoint)?.into_iter().map(|(_, each)| each).max()
}

/// The calls of each package, and the price of one of them. `None` where the spec has no price.
pub fn price_tiers(endpoint: &Endpoint) -> Option<Vec<(u32, Decimal)>> {
    let tiers = endpoint.price.as_ref()?.tiers.iter();
    tiers.map(|(calls, each)| Some((*calls, Decimal::from_str_exact(each).ok()?))).collect()
}
