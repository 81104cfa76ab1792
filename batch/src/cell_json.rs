//! JSON in the cells of a table.

/// JSON without the blanks between its parts, so that two ways to write one value are one person.
pub(crate) fn without_blanks(json: &str) -> String {
    let (mut text, mut is_inside, mut is_escaped) = (String::new(), false, false);
    for character in json.chars() {
        if is_inside || !matches!(character, ' ' | '\t' | '\n' | '\r') {
            text.push(character);
        }
        is_inside ^= character == '"' && !is_escaped;
        is_escaped = is_inside && character == '\\' && !is_escaped;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_of_json_are_between_its_parts() {
        for (written, expected) in [
            ("[ \"1\" ,\n 2 ]", "[\"1\",2]"),
            (r#"{ "a b" : "x \" y " }"#, r#"{"a b":"x \" y "}"#),
            (r#"["\\" , " "]"#, r#"["\\"," "]"#),
            ("not json", "notjson"),
        ] {
            assert_eq!(without_blanks(written), expected);
        }
    }
}
