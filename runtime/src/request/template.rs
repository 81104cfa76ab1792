//! Texts with names in braces, such as `ts={time},sign={value}`: filling one in, and reading the
//! values that one was made of.

use std::borrow::Cow;

/// A part of a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Piece<'t> {
    Text(&'t str),
    Name(&'t str),
}

/// The parts of a template, none of them empty text. A brace without its other one is text.
fn pieces(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Name(name));
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// A template with each name replaced by its value. No value is read as a template.
pub(crate) fn fill<'v>(template: &str, value_of: impl Fn(&str) -> Cow<'v, str>) -> String {
    let mut text = String::new();
    for piece in pieces(template) {
        match piece {
            Piece::Text(literal) => text.push_str(literal),
            Piece::Name(name) => text.push_str(&value_of(name)),
        }
    }
    text
}

/// The names and values that a text was made of; `None` for a text that the template does not make.
/// A value ends where the next text of the template begins.
///
/// ```
/// use pyi_runtime::__private::template::read;
///
/// assert_eq!(read("t={time},v1={value}", "t=7,v1=ab"), Some(vec![("time", "7"), ("value", "ab")]));
/// assert_eq!(read("t={time},v1={value}", "v1=ab,t=7"), None);
/// ```
pub fn read<'t>(template: &'t str, text: &'t str) -> Option<Vec<(&'t str, &'t str)>> {
    let pieces = pieces(template);
    let mut values: Vec<(&str, &str)> = Vec::new();
    let mut rest = text;
    for (index, piece) in pieces.iter().enumerate() {
        match (*piece, pieces.get(index + 1)) {
            (Piece::Text(literal), _) => rest = rest.strip_prefix(literal)?,
            (Piece::Name(name), None) => {
                values.push((name, rest));
                rest = "";
            }
            (Piece::Name(name), Some(Piece::Text(next))) => {
                let is_last = index + 2 == pieces.len();
                let end = if is_last { rest.len().checked_sub(next.len())? } else { rest.find(next)? };
                let (value, after) = rest.split_at_checked(end)?;
                values.push((name, value));
                rest = after;
            }
            // The rules of a spec refuse two names without a text between them.
            (Piece::Name(_), Some(Piece::Name(_))) => return None,
        }
    }
    let is_same = |(name, value): &(&str, &str)| {
        values.iter().all(|(other, another)| other != name || another == value)
    };
    (rest.is_empty() && values.iter().all(is_same)).then_some(values)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_is_not_read_as_a_template() {
        let value_of = |name: &str| Cow::from(if name == "value" { "{app_id}" } else { "7" });
        assert_eq!(fill("{app_id}:{value}", value_of), "7:{app_id}");
        assert_eq!(fill("{value", value_of), "{value");
    }

    #[test]
    fn a_text_of_another_form_has_no_values() {
        for text in ["a=1", "a=1,b=", "x,a=1,b=2;", "a=1,b=2", "a=1,b=2;;x"] {
            assert_eq!(read("a={a},b={b};", text), None, "{text}");
        }
        assert_eq!(read("{a}-{a}", "1-2"), None);
        assert_eq!(read("{a}-{a}", "1-1"), Some(vec![("a", "1"), ("a", "1")]));
        assert_eq!(read("Bearer x", "Bearer x"), Some(Vec::new()));
        // The last text of a template ends the value, wherever else it is.
        assert_eq!(read("\"{a}\"", "\"x\"y\""), Some(vec![("a", "x\"y")]));
    }

    proptest! {
        #[test]
        fn what_was_filled_in_is_read(
            texts in prop::collection::vec("[a-z]{1,3}[,;]", 1..4),
            values in prop::collection::vec("[A-Z0-9 ]{0,5}", 4),
        ) {
            let template: String =
                texts.iter().enumerate().map(|(index, text)| format!("{text}{{n{index}}}")).collect();
            let index = |name: &str| name[1..].parse::<usize>().unwrap();
            let filled = fill(&template, |name| Cow::from(values[index(name)].as_str()));
            let read = read(&template, &filled).unwrap();
            prop_assert_eq!(read.len(), texts.len());
            for (name, value) in read {
                prop_assert_eq!(value, values[index(name)].as_str());
            }
        }
    }
}
