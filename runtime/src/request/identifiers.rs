//! Check characters of identifiers of companies, vehicles and cards. A message never has the value.

use pyi_text::{Message, message};

/// The characters of a unified social credit code, by their value (GB 32100-2015, table 2).
const CREDIT_CODE: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// How a text is no unified social credit code of an organisation: 18 characters, the last of which
/// follows from the others (GB 32100-2015).
///
/// ```
/// use pyi_runtime::__private::identifiers::unified_credit_code;
///
/// assert_eq!(unified_credit_code("91110000600037341L"), None);
/// assert!(unified_credit_code("91110000600037342L").is_some());
/// ```
pub fn unified_credit_code(text: &str) -> Option<Message> {
    let values: Vec<usize> = text.chars().filter_map(|c| CREDIT_CODE.find(c)).collect();
    let [first @ .., last] = values.as_slice() else {
        return Some(message!("is not 18 capital letters and digits, without I, O, S, V and Z"));
    };
    if first.len() != 17 || text.chars().count() != 18 {
        return Some(message!("is not 18 capital letters and digits, without I, O, S, V and Z"));
    }
    // The weights are the powers of 3, modulo 31.
    let (mut sum, mut weight) = (0, 1);
    for value in first {
        sum += value * weight;
        weight = weight * 3 % 31;
    }
    let expected = (31 - sum % 31) % 31;
    (expected != *last).then(mistyped)
}

/// The weights of a VIN's characters; the ninth is the check character (GB 16735-2019).
const VIN_WEIGHTS: [u32; 17] = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];

/// How a text is no vehicle identification number: 17 characters, the ninth of which follows from
/// the others (GB 16735-2019).
///
/// ```
/// use pyi_runtime::__private::identifiers::vin;
///
/// assert_eq!(vin("1M8GDM9AXKP042788"), None);
/// assert!(vin("1M8GDM9A1KP042788").is_some());
/// ```
pub fn vin(text: &str) -> Option<Message> {
    let values: Vec<u32> = text.chars().filter_map(vin_value).collect();
    if values.len() != 17 || text.chars().count() != 17 {
        return Some(message!("is not 17 capital letters and digits, without I, O and Q"));
    }
    let sum: u32 = VIN_WEIGHTS.iter().zip(&values).map(|(weight, value)| weight * value).sum();
    let expected = match sum % 11 {
        10 => Some('X'),
        digit => char::from_digit(digit, 10),
    };
    (text.chars().nth(8) != expected).then(mistyped)
}

/// The value of a VIN's character (GB 16735-2019, table of values).
fn vin_value(c: char) -> Option<u32> {
    Some(match c {
        '0'..='9' => return c.to_digit(10),
        'A' | 'J' => 1,
        'B' | 'K' | 'S' => 2,
        'C' | 'L' | 'T' => 3,
        'D' | 'M' | 'U' => 4,
        'E' | 'N' | 'V' => 5,
        'F' | 'W' => 6,
        'G' | 'P' | 'X' => 7,
        'H' | 'Y' => 8,
        'R' | 'Z' => 9,
        _ => return None,
    })
}

/// How a text is no number of a bank card: 12 to 19 digits, the last of which follows from the
/// others (ISO/IEC 7812-1, Luhn's algorithm).
///
/// ```
/// use pyi_runtime::__private::identifiers::bank_card;
///
/// assert_eq!(bank_card("4111111111111111"), None);
/// assert!(bank_card("4111111111111112").is_some());
/// ```
pub fn bank_card(text: &str) -> Option<Message> {
    let digits: Vec<u32> = text.chars().filter_map(|c| c.to_digit(10)).collect();
    if !(12..=19).contains(&digits.len()) || text.chars().count() != digits.len() {
        return Some(message!("is not 12 to 19 digits"));
    }
    let double = |(index, digit): (usize, &u32)| match (index % 2, digit * 2) {
        (0, _) => *digit,
        (_, doubled) if doubled > 9 => doubled - 9,
        (_, doubled) => doubled,
    };
    let sum: u32 = digits.iter().rev().enumerate().map(double).sum();
    (!sum.is_multiple_of(10)).then(mistyped)
}

fn mistyped() -> Message {
    message!("has a check character that does not follow from the others: one of them is mistyped")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_text_of_another_form_is_refused() {
        for text in [
            "",
            "9111000060003734",
            "91110000600037341l",
            "91110000600037341I",
            "91110000600037341L0",
            "１1110000600037341L",
        ] {
            assert!(unified_credit_code(text).is_some(), "{text}");
        }
        for text in ["", "1M8GDM9AXKP04278", "1M8GDM9AXKP04278O", "1m8gdm9axkp042788", "1M8GDM9AXKP0427888"] {
            assert!(vin(text).is_some(), "{text}");
        }
        for text in ["", "4111 1111 1111 1111", "00000000000", "41111111111111110000", "４111111111111111"] {
            assert!(bank_card(text).is_some(), "{text}");
        }
        assert_eq!(vin("11111111111111111"), None);
        assert_eq!(bank_card("6222020000000000000"), bank_card("6222020000000000000"));
    }

    proptest! {
        /// Of the characters that could end a code, one fits; and it is total on any text.
        #[test]
        fn one_check_character_fits(code in "[0-9A-HJ-NPQRTUWXY]{17}", card in "[0-9]{11,18}", any in "\\PC{0,20}") {
            let ends = CREDIT_CODE.chars().filter(|c| unified_credit_code(&format!("{code}{c}")).is_none());
            prop_assert_eq!(ends.count(), 1);
            let ends = ('0'..='9').filter(|c| bank_card(&format!("{card}{c}")).is_none());
            prop_assert_eq!(ends.count(), 1);
            let _ = (unified_credit_code(&any), vin(&any), bank_card(&any));
        }
    }
}
