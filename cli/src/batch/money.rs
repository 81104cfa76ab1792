//! Money as a ledger counts it: in millionths, so that every price is a whole number of them.

use pyi_batch::worst_price;
use pyi_codegen::ir::Endpoint;
use rust_decimal::Decimal;

use crate::Misuse;

pub(super) const SCALE: u32 = 6;

/// What a call costs at the most, in millionths.
pub(super) fn price(endpoint: &Endpoint) -> Result<i64, Misuse> {
    let each = worst_price(endpoint).ok_or_else(|| {
        Misuse(format!("the spec has no price of {}, so no budget can be held; add one", endpoint.id))
    })?;
    units(each).ok_or_else(|| {
        Misuse(format!(
            "the price of {} cannot be counted in millionths, so no budget can be held",
            endpoint.id
        ))
    })
}

/// An amount in millionths, exactly.
pub(super) fn units(amount: Decimal) -> Option<i64> {
    let units = amount.checked_mul(Decimal::from(10_u64.pow(SCALE)))?;
    if units.is_integer() && !units.is_sign_negative() { i64::try_from(units).ok() } else { None }
}

/// Millionths as an amount.
pub(super) fn amount(units: i64) -> String {
    Decimal::new(units, SCALE).normalize().to_string()
}
