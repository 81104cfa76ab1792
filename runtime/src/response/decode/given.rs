//! Reads the parts of a request that a caller wrote as text, with the feature `serde`. They are
//! stricter than a reply: a required field is there, and a code is one that the spec lists.

use super::{Cursor, DecodeError, Payload};

/// A struct of a request. Generated code implements it.
pub trait Given: Sized {
    /// The wire names of the fields, in the order of [`Self::read`].
    const NAMES: &'static [&'static str];
    /// Reads the fields in order; `None` at the first required one that is missing.
    fn read(from: &mut Cursor<'_>) -> Option<Self>;
}

impl Cursor<'_> {
    /// The next member, as an object of a request.
    pub fn given<T: Given>(&mut self) -> Option<T> {
        let (name, member) = self.advance();
        let json = member.filter(|member| !member.is_nothing() || member.is_object())?;
        match read(Payload(Some(json))) {
            Ok(given) => Some(given),
            Err(fault) => {
                self.note(|| fault.inside(name));
                None
            }
        }
    }

    /// The next member, as a code that the spec lists.
    pub fn listed<T>(&mut self, read: fn(&str) -> Option<T>) -> Option<T> {
        self.take("a code that the spec lists", |text| read(&text))
    }
}

fn read<T: Given>(payload: Payload<'_>) -> Result<T, DecodeError> {
    let mut cursor = payload.members(T::NAMES)?;
    let given = T::read(&mut cursor);
    let last = cursor.last_name().to_owned();
    cursor.finish(given)?.ok_or(DecodeError { field: last, expected: "given" })
}
