//! Money of a batch, in millionths of the spec's currency: every price is a whole number of them.

use pyi_batch::{Currency, Money, worst_price};
use pyi_codegen::ir::Endpoint;
use pyi_text::message;

use crate::UsageError;

const DECIMALS: u32 = 6;

/// The maximum cost of a call.
pub(super) fn price(endpoint: &Endpoint) -> Result<Money, UsageError> {
    let (Some(price), Some(unit_price)) = (&endpoint.price, worst_price(endpoint)) else {
        return Err(UsageError(message!(
            "the spec has no price of {id}, so no budget can be held; add one",
            id = endpoint.id
        )));
    };
    let currency = Currency::new(&price.currency, DECIMALS).ok_or_else(|| {
        UsageError(message!("the currency of {id} is not an ISO 4217 code such as CNY, so no budget can be held; correct it in the spec", id = endpoint.id))
    })?;
    Money::from_decimal(unit_price, currency).ok_or_else(|| {
        UsageError(message!(
            "the price of {id} cannot be counted in millionths, so no budget can be held",
            id = endpoint.id
        ))
    })
}

/// The amount of `--budget`.
pub(super) fn budget(text: &str, unit_price: Money) -> Result<Money, UsageError> {
    Money::parse(text, unit_price.currency)
        .ok_or_else(|| UsageError(message!("--budget is an amount of money such as 100.00")))
}

/// An amount as text. A ledger of the first format has no currency, and counts in millionths.
pub(super) fn amount(money: Money) -> String {
    match Currency::new("XXX", DECIMALS) {
        Some(currency) if money.currency == Currency::NONE => Money { currency, ..money }.to_string(),
        _ => money.to_string(),
    }
}

/// The sum of two amounts of one ledger, or the largest amount on overflow.
pub(super) fn sum(one: Money, other: Money) -> Money {
    one.checked_add(other).unwrap_or(Money { units: i64::MAX, ..one })
}

/// The cost of a number of calls, or the largest amount on overflow.
pub(super) fn times(price: Money, calls: u64) -> Money {
    price.checked_mul(calls).unwrap_or(Money { units: i64::MAX, ..price })
}
