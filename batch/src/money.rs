//! Amounts of money: whole units of a currency with a number of decimals, so that a ledger adds
//! them exactly.

use std::fmt;

use rust_decimal::Decimal;

/// A currency, and the number of decimals that its amounts have.
///
/// ```
/// # fn main() { example(); } fn example() -> Option<()> {
/// use pyi_batch::Currency;
///
/// let millionths = Currency::new("CNY", 6)?;
/// assert_eq!(millionths.to_string(), "CNY with 6 decimals");
/// assert_eq!(Currency::new("yuan", 6), None);
/// # Some(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    code: [u8; 3],
    decimals: u32,
}

/// An amount of money.
///
/// ```
/// # fn main() { example(); } fn example() -> Option<()> {
/// use pyi_batch::{Currency, Money};
///
/// let price = Money::parse("0.16", Currency::new("CNY", 6)?)?;
/// assert_eq!(price.units, 160_000);
/// assert_eq!(price.checked_mul(3)?.to_string(), "0.48");
/// # Some(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Money {
    /// The amount, in the smallest unit that the currency's decimals allow.
    pub units: i64,
    /// The currency.
    pub currency: Currency,
}

impl Currency {
    /// No currency: `XXX` in ISO 4217. A ledger of the first format did not name one.
    pub const NONE: Self = Self { code: *b"XXX", decimals: 0 };

    /// A currency by its ISO 4217 code, with 0 to 18 decimals. `None` for another code or number.
    pub fn new(code: &str, decimals: u32) -> Option<Self> {
        let code: [u8; 3] = code.as_bytes().try_into().ok()?;
        (code.iter().all(u8::is_ascii_uppercase) && decimals <= 18).then_some(Self { code, decimals })
    }

    /// The ISO 4217 code.
    pub fn code(&self) -> &str {
        // Three letters of ASCII, by its two constructors.
        std::str::from_utf8(&self.code).unwrap_or("XXX")
    }

    /// The number of decimals.
    pub fn decimals(&self) -> u32 {
        self.decimals
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {} decimals", self.code(), self.decimals)
    }
}

impl Money {
    /// The exact amount of a decimal text. `None` for another text, a negative amount, or more
    /// decimals than the currency has.
    pub fn parse(amount: &str, currency: Currency) -> Option<Self> {
        Self::from_decimal(Decimal::from_str_exact(amount).ok()?, currency)
    }

    /// The exact amount of a decimal. `None` for a negative amount, one that is too large, or more
    /// decimals than the currency has.
    pub fn from_decimal(amount: Decimal, currency: Currency) -> Option<Self> {
        let units = amount.checked_mul(Decimal::from(10_u64.pow(currency.decimals)))?;
        if !units.is_integer() || units.is_sign_negative() {
            return None;
        }
        Some(Self { units: i64::try_from(units).ok()?, currency })
    }

    /// The sum. `None` for two currencies, or a sum that is too large.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        let units = self.units.checked_add(other.units).filter(|_| self.currency == other.currency)?;
        Some(Self { units, ..self })
    }

    /// The difference. `None` for two currencies, or a difference that is too large.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        let units = self.units.checked_sub(other.units).filter(|_| self.currency == other.currency)?;
        Some(Self { units, ..self })
    }

    /// The amount multiplied by a number. `None` on overflow.
    pub fn checked_mul(self, count: u64) -> Option<Self> {
        let units = self.units.checked_mul(i64::try_from(count).ok()?)?;
        Some(Self { units, ..self })
    }
}

/// The amount without its currency and without zeros at its end.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Decimal::new(self.units, self.currency.decimals).normalize().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact() {
        let yuan = |decimals| Currency::new("CNY", decimals).unwrap();
        for (text, decimals, units) in [
            ("0", 2, Some(0)),
            ("0.16", 2, Some(16)),
            ("0.160", 2, Some(16)),
            ("0.165", 2, None),
            ("0.165", 6, Some(165_000)),
            ("-1", 2, None),
            ("1e2", 2, None),
            ("", 2, None),
            ("92233720368547758.07", 2, Some(i64::MAX)),
            ("92233720368547758.08", 2, None),
            ("9999999999999999999999999999", 18, None),
        ] {
            assert_eq!(Money::parse(text, yuan(decimals)).map(|money| money.units), units, "{text}");
        }
    }

    #[test]
    fn amounts_of_two_currencies_are_not_added() {
        let of = |code, decimals| Money { units: 1, currency: Currency::new(code, decimals).unwrap() };
        assert_eq!(of("CNY", 2).checked_add(of("CNY", 2)).map(|sum| sum.units), Some(2));
        assert_eq!(of("CNY", 2).checked_add(of("USD", 2)), None);
        assert_eq!(of("CNY", 2).checked_add(of("CNY", 6)), None);
        assert_eq!(of("CNY", 2).checked_sub(of("USD", 2)), None);
        let most = Money { units: i64::MAX, ..of("CNY", 2) };
        assert_eq!((most.checked_add(of("CNY", 2)), most.checked_mul(2)), (None, None));
    }

    #[test]
    fn a_currency_has_an_iso_code() {
        for (code, decimals, is_known) in [
            ("CNY", 2, true),
            ("USD", 18, true),
            ("cny", 2, false),
            ("元", 2, false),
            ("", 2, false),
            ("CNY", 19, false),
        ] {
            assert_eq!(Currency::new(code, decimals).is_some(), is_known, "{code} {decimals}");
        }
        assert_eq!(Currency::NONE.code(), "XXX");
    }
}
