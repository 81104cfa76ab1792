//! Runs the rules for what is inside of an object or a list of a request.

use pyi_text::Message;
use pyi_types::{Check, InsideChecks};

use crate::request::check::violation;
use crate::response::decode::{self, Json, Tape};

/// The first violation inside of a value of some of its rules: where it is, and why.
pub fn violation_inside(
    inside: &[InsideChecks],
    value: &str,
    is_run: fn(&Check) -> bool,
) -> Option<(String, Message)> {
    for rules in inside {
        let checks: Vec<&Check> = rules.checks.iter().filter(|check| is_run(check)).collect();
        if checks.is_empty() {
            continue;
        }
        let broken = |text: &str| checks.iter().find_map(|check| violation(check, text));
        let found = match &*rules.separator {
            "" => {
                // It was written from values, or read by the spec's types.
                let tape = Tape::of(value)?;
                at(Json::whole(value, &tape), &rules.place, &broken)
            }
            separator => value.split(separator).find_map(broken),
        };
        if let Some(why) = found {
            return Some((rules.place.replace('/', "."), why));
        }
    }
    None
}

fn at(json: Json<'_>, place: &str, broken: &dyn Fn(&str) -> Option<Message>) -> Option<Message> {
    if json.is_list() {
        return json.items().find_map(|item| at(item, place, broken));
    }
    let Some((name, rest)) = place.split_once('/').or((!place.is_empty()).then_some((place, ""))) else {
        return json.characters().filter(|text| !text.is_empty()).and_then(|text| broken(&text));
    };
    let members = decode::members(json, &[name]).ok()?;
    at(json.part(members.place(0)?)?, rest, broken)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_at_a_place_is_checked() {
        let rules = |place: &'static str, separator: &'static str| InsideChecks {
            place: place.into(),
            checks: vec![Check::MaxLength(2)].into(),
            separator: separator.into(),
        };
        let table = [
            ("a/b", "", r#"{"a": {"b": "张三"}}"#, false),
            ("a/b", "", r#"{"a": {"b": "张三四"}}"#, true),
            ("a/b", "", r#"{"a": [{"b": "1"}, {"c": "123"}, {"b": ["1", "123"]}]}"#, true),
            ("a/b", "", r#"{"a": {"b": 123}}"#, true),
            ("a/b", "", r#"{"a": null, "b": "123"}"#, false),
            ("", "", r#"["1", "123"]"#, true),
            ("", ",", "1,123", true),
            ("", ",", "1,12", false),
        ];
        for (place, separator, value, is_broken) in table {
            let found = violation_inside(&[rules(place, separator)], value, |_| true);
            assert_eq!(found.is_some(), is_broken, "{place} {value}");
            assert!(found.is_none_or(|(at, why)| at == place.replace('/', ".") && !why.to_string().contains("123")));
        }
        assert!(
            violation_inside(&[rules("", ",")], "123", |check| matches!(check, Check::OneOf(_))).is_none()
        );
    }
}
