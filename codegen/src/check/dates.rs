//! Patterns of dates:
//!
//! | conversion | writes and reads |
//! |---|---|
//! | `%Y` | four digits of a year |
//! | `%m`, `%d` | two digits of a month, of a day |
//! | `%-m`, `%-d` | the same without a leading zero |

use crate::ast::Text;
use crate::report::Report;
use crate::rules::Rule;

/// A part of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'p> {
    Literal(&'p str),
    Year,
    /// Whether it has a leading zero.
    Month(bool),
    Day(bool),
}

/// The parts of a pattern; `None` if a conversion is not in the table.
fn parts(pattern: &str) -> Option<Vec<Part<'_>>> {
    let mut parts = Vec::new();
    let mut pieces = pattern.split('%');
    parts.extend(pieces.next().filter(|text| !text.is_empty()).map(Part::Literal));
    for piece in pieces {
        let table = [
            ("Y", Part::Year),
            ("m", Part::Month(true)),
            ("-m", Part::Month(false)),
            ("d", Part::Day(true)),
            ("-d", Part::Day(false)),
        ];
        let (conversion, part) = table.into_iter().find(|(conversion, _)| piece.starts_with(conversion))?;
        parts.push(part);
        let rest = piece.strip_prefix(conversion).unwrap_or_default();
        parts.extend((!rest.is_empty()).then_some(Part::Literal(rest)));
    }
    Some(parts)
}

/// A pattern has a year, a month and a day, once each, and its dates are unambiguous.
pub(super) fn check_conversions(pattern: &Text, report: &mut Report) {
    let Some(message) = unfit(pattern) else { return };
    let help = "write %Y, %m (%-m without a leading zero) and %d (%-d), each once, such as \"%Y年%m月%d日\""
        .to_owned();
    report.fault(Rule::BadPattern, &pattern.place, message, help);
}

/// Why a pattern is refused.
fn unfit(pattern: &Text) -> Option<String> {
    let parts = parts(&pattern.value).unwrap_or_default();
    let count = |wanted: fn(&Part<'_>) -> bool| parts.iter().filter(|part| wanted(part)).count();
    let years = count(|part| matches!(part, Part::Year));
    let months = count(|part| matches!(part, Part::Month(_)));
    let days = count(|part| matches!(part, Part::Day(_)));
    if (years, months, days) != (1, 1, 1) {
        return Some(format!("`{}` is not the pattern of a date", pattern.value));
    }
    parts.windows(2).any(|pair| is_ambiguous(pair[0], pair[1])).then(|| {
        format!(
            "`{}` can be read in two ways: digits follow a month or day of one or two digits",
            pattern.value
        )
    })
}

fn is_ambiguous(part: Part<'_>, next: Part<'_>) -> bool {
    let open = matches!(part, Part::Month(false) | Part::Day(false));
    open && !matches!(next, Part::Literal(text) if !text.starts_with(|c: char| c.is_ascii_digit()))
}

/// Whether a text is a date of a pattern. A pattern with a fault accepts any text.
pub(super) fn fits(pattern: &Text, text: &str) -> bool {
    let Some(parts) = parts(&pattern.value).filter(|_| unfit(pattern).is_none()) else { return true };
    let mut rest = text;
    let (mut year, mut month, mut day) = (0, 0, 0);
    for part in parts {
        let (least, most, highest) = match part {
            Part::Literal(literal) => match rest.strip_prefix(literal) {
                Some(after) => {
                    rest = after;
                    continue;
                }
                None => return false,
            },
            Part::Year => (4, 4, 9999),
            Part::Month(zero) => (if zero { 2 } else { 1 }, 2, 12),
            Part::Day(zero) => (if zero { 2 } else { 1 }, 2, 31),
        };
        let digits = rest.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let number = number.parse::<u32>().unwrap_or_default();
        if digits < least || number == 0 || number > highest {
            return false;
        }
        match part {
            Part::Year => year = number,
            Part::Month(_) => month = number,
            Part::Day(_) | Part::Literal(_) => day = number,
        }
        rest = after;
    }
    rest.is_empty() && day <= days(year, month)
}

/// The days of a month in the Gregorian calendar.
fn days(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
