//! Rules for the values of a request. Those of the spec run only if the caller asks for it: both
//! numbers on the provider's page fail their own checksum. What cannot be sent is refused in every
//! call. A message never contains the value.

use std::borrow::Cow;

use jiff::civil::Date;
use pyi_text::{Message, message};
use pyi_types::{Check, CheckWord};
use rust_decimal::Decimal;

use crate::operation::{Operation, Parameter, ParameterPlace, Source};
use crate::request::identifiers::{bank_card, unified_credit_code, vin};
use crate::request::inside::violation_inside;
use crate::request::values::Values;

/// How a value violates a rule, without the value. `None` if it does not.
///
/// ```
/// use pyi_runtime::__private::check::violation;
/// use pyi_runtime::__private::operation::Check;
///
/// assert_eq!(violation(&Check::MaxLength(2), "ab"), None);
/// assert_eq!(violation(&Check::Min("5".into()), "4").unwrap().to_string(), "is less than 5");
/// ```
pub fn violation(check: &Check, value: &str) -> Option<Message> {
    match check {
        Check::Named(CheckWord::ResidentId) => resident_id(value).err().map(ResidentIdFault::message),
        Check::Named(CheckWord::Digits) => (!digits(value)).then(|| message!("is not made of digits alone")),
        Check::Named(CheckWord::UnifiedCreditCode) => unified_credit_code(value),
        Check::Named(CheckWord::Vin) => vin(value),
        Check::Named(CheckWord::BankCard) => bank_card(value),
        Check::Min(least) => (!in_order(least, value)).then(|| message!("is less than {least}", least)),
        Check::Max(most) => (!in_order(value, most)).then(|| message!("is more than {most}", most)),
        Check::MinLength(least) => {
            let length = value.chars().count();
            (length < *least as usize)
                .then(|| message!("has {length} characters, fewer than {least}", length, least))
        }
        Check::MaxLength(most) => {
            let length = value.chars().count();
            (length > *most as usize)
                .then(|| message!("has {length} characters, more than {most}", length, most))
        }
        Check::Length(exact) => {
            let length = value.chars().count();
            (length != *exact as usize)
                .then(|| message!("has {length} characters, and not {exact}", length, exact))
        }
        Check::OneOf(codes) => (!codes.iter().any(|code| code == value)).then(|| none_of(codes)),
    }
}

/// Maximum number of codes in a message.
const CODES: usize = 12;

fn none_of(codes: &[Cow<'_, str>]) -> Message {
    let known: Vec<&str> = codes.iter().take(CODES).map(|code| &**code).collect();
    let more = if codes.len() > CODES { ", …" } else { "" };
    message!(
        "is none of the codes that the spec lists ({known}{more}); if the provider has it, add it to the spec",
        known = known.join(", "),
        more,
    )
}

fn digits(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether both are exact numbers, and the first is not larger.
fn in_order(a: &str, b: &str) -> bool {
    let number = |text: &str| Decimal::from_str_exact(text).ok();
    number(a).zip(number(b)).is_some_and(|(a, b)| a <= b)
}

/// Why a text is not a resident ID number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ResidentIdFault {
    /// It does not have 18 characters.
    Length,
    /// A digit is not ASCII, for example full-width.
    Width,
    /// The last character is `x`, where the provider's numbers have `X`.
    SmallX,
    /// It is not 17 digits and a digit or `X`.
    Characters,
    /// The birth date is not a date.
    BirthDate,
    /// The last character does not match the others.
    Checksum,
}

impl ResidentIdFault {
    /// Its text, which can be said in another language.
    pub fn message(self) -> Message {
        match self {
            Self::Length => message!("is not 18 characters long"),
            Self::Width => message!("has full-width or other digits than 0 to 9; write those"),
            Self::SmallX => message!("ends in a small x; write X"),
            Self::Characters => message!("is not 17 digits and a digit or X"),
            Self::BirthDate => message!("has no day of the calendar as its birth date"),
            Self::Checksum => {
                message!("has a last character that does not follow from the others: one of them is mistyped")
            }
        }
    }
}

impl std::fmt::Display for ResidentIdFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.message().fmt(f)
    }
}

impl std::error::Error for ResidentIdFault {}

/// The weights of the first 17 digits, and the last character by the remainder (GB 11643-1999).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const LAST: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Checks the structure of a resident ID number: 6 digits of a region, 8 of a birth date, 3 of a
/// sequence, and a check character over them (GB 11643-1999).
///
/// Residence permits of Hong Kong, Macao and Taiwan residents (from 81, 82, 83) and
/// permanent-resident cards of foreigners (from 9) have the same structure. Regions are not
/// checked: regions are abolished, and their numbers remain.
///
/// ```
/// use pyi_runtime::__private::check::{ResidentIdFault, resident_id};
///
/// assert_eq!(resident_id("11010519491231002X"), Ok(()));
/// assert_eq!(resident_id("110105194912310020"), Err(ResidentIdFault::Checksum));
/// ```
///
/// # Errors
///
/// The first fault, characters before meaning.
pub fn resident_id(text: &str) -> Result<(), ResidentIdFault> {
    let characters: Vec<char> = text.chars().collect();
    let number: [char; 18] = characters.as_slice().try_into().map_err(|_| ResidentIdFault::Length)?;
    let [.., last] = number;
    if number.iter().any(|c| c.is_numeric() && !c.is_ascii()) {
        return Err(ResidentIdFault::Width);
    }
    let digits: Vec<u32> = number.iter().take(17).filter_map(|c| c.to_digit(10)).collect();
    if digits.len() != 17 || !(last.is_ascii_digit() || last.eq_ignore_ascii_case(&'x')) {
        return Err(ResidentIdFault::Characters);
    }
    if last == 'x' {
        return Err(ResidentIdFault::SmallX);
    }
    let birth: String = number.iter().skip(6).take(8).collect();
    Date::strptime("%Y%m%d", &birth).map_err(|_| ResidentIdFault::BirthDate)?;
    let sum: u32 = WEIGHTS.iter().zip(&digits).map(|(weight, digit)| weight * digit).sum();
    let expected = LAST.iter().zip(0..).find(|(_, remainder)| *remainder == sum % 11).map(|(last, _)| *last);
    if expected == Some(last) { Ok(()) } else { Err(ResidentIdFault::Checksum) }
}

/// The first required parameter without a value.
pub(crate) fn missing<'a>(operation: &Operation<'a>, values: &Values) -> Option<&'a Parameter<'a>> {
    operation.parameters.iter().find(|parameter| match parameter.source {
        Source::Request(index) => parameter.required && values.get(index).is_empty(),
        _ => false,
    })
}

/// The first parameter of the path whose value would make another path of it.
pub(crate) fn climbing<'a>(operation: &Operation<'a>, values: &Values) -> Option<&'a Parameter<'a>> {
    operation.parameters.iter().find(|parameter| match parameter.source {
        Source::Request(index) => {
            parameter.place == ParameterPlace::Path && matches!(values.get(index), "." | "..")
        }
        _ => false,
    })
}

/// The first parameter whose value is no code of its enum. A reply may have codes that the spec
/// does not list. A request may not.
pub(crate) fn unlisted(operation: &Operation<'_>, values: &Values) -> Option<(String, Message)> {
    for parameter in operation.parameters {
        let Source::Request(index) = parameter.source else { continue };
        let value = values.get(index);
        for check in parameter.checks.iter().filter(|check| matches!(check, Check::OneOf(_))) {
            if let Some(why) = violation(check, value).filter(|_| !value.is_empty()) {
                return Some((parameter.name.to_owned(), why));
            }
        }
        if let Some((place, why)) =
            violation_inside(parameter.inside, value, |check| matches!(check, Check::OneOf(_)))
        {
            return Some((named(parameter, &place), why));
        }
    }
    None
}

/// The name of what is inside of a parameter.
pub(crate) fn named(parameter: &Parameter<'_>, place: &str) -> String {
    match place {
        "" => parameter.name.to_owned(),
        place => format!("{}.{place}", parameter.name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_that_are_known() {
        use ResidentIdFault::{BirthDate, Characters, Checksum, Length, SmallX, Width};
        let table = [
            ("11010519491231002X", Ok(())),
            // Official samples of permanent-resident cards.
            ("932682198501010017", Ok(())),
            ("911124198108030024", Ok(())),
            // The numbers on the provider's page.
            ("362536199105034456", Err(Checksum)),
            ("330327198505055708", Err(Checksum)),
            ("11010519491231002x", Err(SmallX)),
            ("11010519490231002X", Err(BirthDate)),
            ("１１010519491231002X", Err(Width)),
            ("1101051949123100X2", Err(Characters)),
            ("11010519491231002", Err(Length)),
            ("𠮷", Err(Length)),
            ("", Err(Length)),
        ];
        for (text, expected) in table {
            assert_eq!(resident_id(text), expected, "{text}");
        }
    }

    proptest! {
        /// Total on any input, and a fault never holds the value.
        #[test]
        fn any_text_is_judged(text in "\\PC{0,24}|[0-9xX]{15,20}") {
            let _ = resident_id(&text);
        }

        /// Of the eleven characters that could end a number, one is right; and no digit can be
        /// mistyped unnoticed.
        #[test]
        fn one_end_fits_and_a_mistyped_digit_is_noticed(
            region in prop::sample::select(vec!["110105", "000000", "810000", "820000", "830000", "932682"]),
            day in 1..=28u32, month in 1..=12u32, sequence in 0..1000u32, at in 0..6usize, off in 1..10u32,
        ) {
            let head = format!("{region}1949{month:02}{day:02}{sequence:03}");
            let good: Vec<String> = LAST.iter().map(|last| format!("{head}{last}")).filter(|number| resident_id(number).is_ok()).collect();
            prop_assert_eq!(good.len(), 1);
            let mut digits: Vec<char> = good[0].chars().collect();
            digits[at] = char::from_digit((digits[at].to_digit(10).unwrap() + off) % 10, 10).unwrap();
            prop_assert_eq!(resident_id(&digits.iter().collect::<String>()), Err(ResidentIdFault::Checksum));
        }
    }

    #[test]
    fn rules_say_why() {
        const CODES: &[Cow<'static, str>] = &[Cow::Borrowed("01"), Cow::Borrowed("02")];
        let table = [
            (Check::Named(CheckWord::Digits), "19900000000", None),
            (Check::Named(CheckWord::Digits), "199-0000", Some("is not made of digits alone")),
            (Check::Min("0.10".into()), "0.1", None),
            (Check::Min("0.10".into()), "0.09", Some("is less than 0.10")),
            (Check::Max("5".into()), "5.01", Some("is more than 5")),
            (Check::Max("5".into()), "five", Some("is more than 5")),
            (Check::OneOf(CODES.into()), "02", None),
            (
                Check::OneOf(CODES.into()),
                "2",
                Some(
                    "is none of the codes that the spec lists (01, 02); if the provider has it, add it to the spec",
                ),
            ),
            (Check::MinLength(2), "𠮷·", None),
            (Check::MinLength(2), "𠮷", Some("has 1 characters, fewer than 2")),
            (Check::Length(2), "𠮷·", None),
            (Check::Length(2), "𠮷·a", Some("has 3 characters, and not 2")),
            (Check::MaxLength(2), "𠮷·", None),
            (Check::MaxLength(2), "𠮷·a", Some("has 3 characters, more than 2")),
        ];
        for (check, value, why) in table {
            let found = violation(&check, value).map(|message| message.to_string());
            assert_eq!(found.as_deref(), why, "{check:?} {value}");
        }
    }
}
