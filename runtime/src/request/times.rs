//! The time of a request, in each form that its parameters have.

use jiff::Timestamp;
use jiff::tz::Offset;
use smallvec::SmallVec;

use crate::operation::{Operation, Source, TimeForm};

/// The time of a request, in the forms that its parameters have.
pub(crate) struct Times<'a> {
    unix: Digits,
    millis: Digits,
    /// In a pattern.
    written: SmallVec<[(TimeForm<'a>, String); 1]>,
}

impl<'a> Times<'a> {
    pub(crate) fn new(operation: &Operation<'a>, time: Option<i64>, millis: u16) -> Self {
        let mut times = Self { unix: Digits::default(), millis: Digits::default(), written: SmallVec::new() };
        let Some(time) = time else { return times };
        for parameter in operation.parameters {
            if parameter.source != Source::Clock {
                continue;
            }
            match parameter.form {
                TimeForm::Unix => times.unix = Digits::of(time),
                TimeForm::UnixMs => times.millis = Digits::of(in_millis(time, millis)),
                TimeForm::Pattern { pattern, offset } => {
                    times
                        .written
                        .push((parameter.form, written_time(in_millis(time, millis), pattern, offset)));
                }
            }
        }
        times
    }

    /// The time in a form; empty if it is left out.
    pub(crate) fn of(&self, form: TimeForm<'_>) -> &str {
        match form {
            TimeForm::Unix => self.unix.text(),
            TimeForm::UnixMs => self.millis.text(),
            TimeForm::Pattern { .. } => {
                self.written.iter().find(|(other, _)| *other == form).map_or("", |(_, text)| text)
            }
        }
    }
}

fn in_millis(seconds: i64, millis: u16) -> i64 {
    seconds.saturating_mul(1000).saturating_add(millis.into())
}

/// A time in unix milliseconds in a pattern of `strftime`, at an offset from UTC in seconds. A time
/// that no calendar has is empty.
fn written_time(millis: i64, pattern: &str, offset: i32) -> String {
    let offset = Offset::from_seconds(offset).unwrap_or(Offset::UTC);
    let time = Timestamp::from_millisecond(millis).map(|time| offset.to_datetime(time));
    time.map(|time| time.strftime(pattern).to_string()).unwrap_or_default()
}

/// A number, written without an allocation.
#[derive(Default)]
struct Digits {
    digits: [u8; 20],
    length: usize,
}

impl Digits {
    fn of(number: i64) -> Self {
        use std::io::Write;
        let mut digits = [0; 20];
        let mut rest: &mut [u8] = &mut digits;
        // The longest number has 20 characters, its sign among them.
        let left = write!(rest, "{number}").map_or(20, |()| rest.len());
        Self { digits, length: 20 - left }
    }

    fn text(&self) -> &str {
        self.digits.get(..self.length).and_then(|text| std::str::from_utf8(text).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_all_their_digits() {
        for number in [0, 7, -1, i64::MAX, i64::MIN] {
            assert_eq!(Digits::of(number).text(), number.to_string());
        }
    }

    /// As `date -u` prints it, eight hours ahead.
    #[test]
    fn a_pattern_has_its_zone() {
        let written = |offset| written_time(1_577_695_766_042, "%Y-%m-%dT%H:%M:%S.%3fZ", offset);
        assert_eq!(written(0), "2019-12-30T08:49:26.042Z");
        assert_eq!(written(8 * 3600), "2019-12-30T16:49:26.042Z");
        assert_eq!(written_time(i64::MAX, "%Y", 0), "");
    }
}
