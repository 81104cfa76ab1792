//! Reads scalars: text that is text in YAML too, numbers, and booleans.

use crate::ast::{At, Text};
use crate::fix::{Edit, Fix};
use crate::names::list;
use crate::report::{Place, Report};
use crate::rules::Rule;
use crate::yaml::{Kind, Node, Scalar, Value};

/// A scalar that is text in YAML too. Where only some `words` are possible, quotes make none of it.
pub(super) fn text(node: &Node, words: Option<&[&str]>, report: &mut Report) -> Option<Text> {
    let scalar = scalar(node, "a text", report)?;
    text_of(scalar, &node.place, words, report)
}

/// Any text.
pub(super) fn any_text(scalar: &Scalar, place: &Place, report: &mut Report) -> Option<Text> {
    text_of(scalar, place, None, report)
}

/// As [`text`], of a scalar at a place.
fn text_of(scalar: &Scalar, place: &Place, words: Option<&[&str]>, report: &mut Report) -> Option<Text> {
    let kind = match scalar.kind() {
        Kind::Text => {
            return Some(At { value: scalar.text.clone(), place: place.clone() });
        }
        Kind::Null => "nothing",
        Kind::Boolean => "a boolean",
        Kind::Number => "a number",
    };
    let help = match words {
        Some(words) => format!("write one of {}", list(words.iter().copied())),
        None if scalar.text.is_empty() => "write a value, or \"\" for an empty text".to_owned(),
        None => format!("quote it to keep it as written: \"{}\"", scalar.text),
    };
    let message = format!("`{}` is {kind} in YAML where text is expected", scalar.text);
    let is_value = words.is_none() && matches!(scalar.kind(), Kind::Boolean | Kind::Number);
    let fix = is_value.then(|| Edit::quoted(place, &scalar.text)).flatten().map(Fix::safe);
    report.fixable(Rule::NotText, place, message, help, fix);
    None
}

pub(super) fn number_of(scalar: &Scalar, place: &Place, example: u32, report: &mut Report) -> Option<Text> {
    let text = scalar.text.as_str();
    if is_whole(text) {
        return Some(At { value: scalar.text.clone(), place: place.clone() });
    }
    let message = format!("`{text}` is not a whole number");
    report.fault(Rule::NotANumber, place, message, format!("write digits only, such as `{example}`"));
    None
}

/// The code of a status: a whole number, which may be negative, or a text.
pub(super) fn code_of(scalar: &Scalar, place: &Place, report: &mut Report) -> Option<Text> {
    let digits = scalar.text.strip_prefix('-').unwrap_or(&scalar.text);
    if is_whole(digits) && scalar.text != "-0" {
        return Some(At { value: scalar.text.clone(), place: place.clone() });
    }
    any_text(scalar, place, report)
}

/// Whether a text is an integer without leading zeros.
fn is_whole(text: &str) -> bool {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits && (text == "0" || !text.starts_with('0'))
}

pub(super) fn boolean(node: &Node, report: &mut Report) -> Option<At<bool>> {
    let scalar = scalar(node, "`true` or `false`", report)?;
    let value = match (scalar.text.as_str(), scalar.quoted) {
        ("true", false) => true,
        ("false", false) => false,
        (other, _) => {
            let help = "write `true` or `false`, without quotes".to_owned();
            let message = format!("`{other}` is neither true nor false");
            let meant = match other.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Some("true"),
                "false" | "no" | "off" => Some("false"),
                _ => None,
            };
            let fix = meant.and_then(|word| Edit::scalar(&node.place, other, word)).map(Fix::safe);
            report.fixable(Rule::NotABoolean, &node.place, message, help, fix);
            return None;
        }
    };
    Some(At { value, place: node.place.clone() })
}

pub(super) fn scalar<'n>(node: &'n Node, wanted: &str, report: &mut Report) -> Option<&'n Scalar> {
    let found = match &node.value {
        Value::Scalar(scalar) => return Some(scalar),
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    };
    report.fault(
        Rule::WrongShape,
        &node.place,
        format!("{found} where {wanted} is expected"),
        format!("write {wanted}"),
    );
    None
}

/// A list of texts; a single text is a list of one.
pub(super) fn texts(node: &Node, words: Option<&[&str]>, report: &mut Report) -> Vec<Text> {
    match &node.value {
        Value::List(items) => items.iter().filter_map(|item| text(item, words, report)).collect(),
        _ => text(node, words, report).into_iter().collect(),
    }
}

/// A scalar of any kind; it is checked when its field's type is known.
pub(super) fn any_scalar(node: &Node, report: &mut Report) -> Option<At<Scalar>> {
    let value = scalar(node, "a value", report)?.clone();
    if value.kind() == Kind::Null {
        report.fault(
            Rule::NotText,
            &node.place,
            "nothing stands where a value is expected".to_owned(),
            "write a value".to_owned(),
        );
        return None;
    }
    Some(At { value, place: node.place.clone() })
}

/// Maximum digits of an exact number in the runtime.
const DIGITS: usize = 28;

/// Whether a text is an exact decimal number that the runtime can hold.
pub(crate) fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let plain = |digits: &str| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain(whole) && plain(part) && whole.len() + part.len() <= DIGITS
}

/// The digits of an exact number, quoted or not.
pub(super) fn number(node: &Node, report: &mut Report) -> Option<Text> {
    let scalar = scalar(node, "a number", report)?;
    if is_decimal(&scalar.text) {
        return Some(At { value: scalar.text.clone(), place: node.place.clone() });
    }
    let message = format!("`{}` is not a number", scalar.text);
    report.fault(Rule::NotANumber, &node.place, message, "write digits, such as `10` or `0.50`".to_owned());
    None
}
