//! Draws a value of a type: by a keyed digest of the value that it is in place of, within the checks
//! of the field.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use pyi_codegen::ir::{Check, CheckWord, Type};
use pyi_runtime::__private::check::violation;
use pyi_runtime::Decimal;

use super::invent::CassetteKey;

/// Maximum characters of an invented text. A field whose texts are longer is not recorded.
const LENGTH_LIMIT: usize = 4096;

/// Days of 1949.
const DAYS: u64 = 365;

const SMALL: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
/// Capital letters and digits that all identifiers may have.
const PLAIN: &str = "0123456789ABCDEFGHJKLMNPRTUWXY";

/// Random numbers that follow from a key and a value.
pub(super) struct Draw<'a> {
    key: &'a CassetteKey,
    text: &'a str,
    round: u32,
    attempt: u32,
    count: u32,
}

impl<'a> Draw<'a> {
    /// Of a value: another one for each round and attempt.
    pub(super) fn new(key: &'a CassetteKey, text: &'a str, round: u32, attempt: u32) -> Self {
        Self { key, text, round, attempt, count: 0 }
    }

    /// A number below a limit, which is not 0.
    fn below(&mut self, limit: u64) -> u64 {
        self.count += 1;
        let (round, attempt, count) =
            (self.round.to_be_bytes(), self.attempt.to_be_bytes(), self.count.to_be_bytes());
        let bytes = self.key.mac(&[self.text.as_bytes(), &[0], &round, &attempt, &count]);
        let number = bytes.iter().take(8).fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
        number % limit.max(1)
    }

    fn one_of(&mut self, characters: &str) -> char {
        let index = usize::try_from(self.below(characters.len() as u64)).unwrap_or(0);
        characters.as_bytes().get(index).map_or('0', |byte| char::from(*byte))
    }

    fn text(&mut self, characters: &str, count: usize) -> String {
        (0..count).map(|_| self.one_of(characters)).collect()
    }

    /// A day of 1949.
    fn day(&mut self) -> jiff::civil::Date {
        let first = jiff::civil::date(1949, 1, 1);
        let days = i64::try_from(self.below(DAYS)).unwrap_or(0);
        first.saturating_add(jiff::Span::new().days(days))
    }
}

/// A number between the bounds of a field's checks: a whole one, or with two decimals or as many as
/// the bounds have.
fn number(checks: &[Check], is_whole: bool, draw: &mut Draw<'_>) -> Decimal {
    let bound = |of: fn(&Check) -> Option<&str>| Decimal::from_str_exact(checks.iter().find_map(of)?).ok();
    let least = bound(|check| if let Check::Min(least) = check { Some(least) } else { None });
    let most = bound(|check| if let Check::Max(most) = check { Some(most) } else { None });
    let scales = [least, most].into_iter().flatten().map(|bound| bound.scale());
    let scale = if is_whole { 0 } else { scales.max().unwrap_or(0).clamp(2, 9) };
    let one = 10_i64.pow(scale);
    let steps = |bound: Decimal| bound.checked_mul(Decimal::from(one));
    let least = least.and_then(steps).and_then(|least| i64::try_from(least.ceil()).ok());
    let most = most.and_then(steps).and_then(|most| i64::try_from(most.floor()).ok());
    let from = least.unwrap_or_else(|| most.map_or(one, |most| most.min(one)));
    let to = most.unwrap_or_else(|| from.saturating_add(one.saturating_mul(999_998))).max(from);
    let drawn = draw.below(to.abs_diff(from).saturating_add(1));
    Decimal::new(from.saturating_add_unsigned(drawn), scale)
}

/// A value of a type, which may still violate a check.
pub(super) fn invented(ty: &Type, checks: &[Check], text: &str, draw: &mut Draw<'_>) -> String {
    match ty {
        Type::Integer => number(checks, true, draw).to_string(),
        Type::Decimal => number(checks, false, draw).to_string(),
        Type::Boolean => {
            let is_true = draw.below(2) == 1;
            let is_digit = ["0", "1"].contains(&text);
            match (is_digit, is_true) {
                (true, _) => u8::from(is_true).to_string(),
                (false, _) => is_true.to_string(),
            }
        }
        Type::Date { pattern } => draw.day().strftime(pattern).to_string(),
        // Of the year 2000.
        Type::Timestamp => (946_684_800 + draw.below(31_536_000)).to_string(),
        Type::Bytes => BASE64_STANDARD.encode(draw.text(SMALL, 12)),
        Type::Enum(_) => format!("x{}", draw.text(DIGITS, 6)),
        Type::String | Type::Object(_) | Type::List(_) | Type::Any => string(checks, text, draw),
    }
}

fn string(checks: &[Check], text: &str, draw: &mut Draw<'_>) -> String {
    let mut word = None;
    let (mut least, mut most) = (0, usize::MAX);
    let length = |length: &u32| usize::try_from(*length).unwrap_or(usize::MAX);
    for check in checks {
        match check {
            Check::Named(named) => word = Some(*named),
            Check::MinLength(bound) => least = least.max(length(bound)),
            Check::MaxLength(bound) => most = most.min(length(bound)),
            Check::Length(bound) => (least, most) = (length(bound), length(bound)),
            Check::OneOf(codes) => {
                let index = usize::try_from(draw.below(codes.len() as u64)).unwrap_or(0);
                return codes.get(index).map(|code| code.to_string()).unwrap_or_default();
            }
            Check::Min(_) | Check::Max(_) => {}
        }
    }
    let clamped = |wanted: usize| wanted.max(least).min(most).min(LENGTH_LIMIT);
    match word {
        Some(CheckWord::ResidentId) => {
            let number = format!("110105{}{:03}", draw.day().strftime("%Y%m%d"), draw.below(1000));
            completed(&number, "", "0123456789X", CheckWord::ResidentId)
        }
        Some(CheckWord::UnifiedCreditCode) => {
            let code = format!("91000000{}", draw.text(PLAIN, 9));
            completed(&code, "", PLAIN, CheckWord::UnifiedCreditCode)
        }
        Some(CheckWord::Vin) => {
            let (maker, rest) = (format!("000{}", draw.text(PLAIN, 5)), draw.text(PLAIN, 8));
            completed(&maker, &rest, "0123456789X", CheckWord::Vin)
        }
        Some(CheckWord::BankCard) => {
            let length = text.chars().count().clamp(12, 19);
            let card = format!("000000{}", draw.text(DIGITS, clamped(length).saturating_sub(7)));
            completed(&card, "", DIGITS, CheckWord::BankCard)
        }
        Some(CheckWord::Digits) => {
            let length = clamped(text.chars().count());
            let front = if length > 8 { "000" } else { "" };
            format!("{front}{}", draw.text(DIGITS, length - front.len()))
        }
        None => draw.text(SMALL, clamped(10)),
    }
}

/// A text with the check character between its parts that fits.
fn completed(before: &str, after: &str, characters: &str, word: CheckWord) -> String {
    let all = characters.chars().map(|c| format!("{before}{c}{after}"));
    let fits = |text: &String| violation(&Check::Named(word), text).is_none();
    all.into_iter().find(fits).unwrap_or_else(|| format!("{before}{after}"))
}
