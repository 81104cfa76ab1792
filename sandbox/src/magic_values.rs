//! Magic values: request values that select an answer. They work in any field of any request.
//!
//! | value | answer |
//! |---|---|
//! | `status-10018`, `状态10018` | the status 10018 |
//! | digits that start with 000000 and end in a status code, such as `000000194901010018` | that status |
//! | `code-02`, `代码02` | 02 in every field that holds a code, whether or not the spec names it |
//!
//! The status must be one that the spec lists. 000000 is a region code that no ID number has.

use pyi_codegen::ir::{Status, StatusCode};

/// Number of digits of a status code at the end of a number.
const CODE_DIGITS: usize = 5;

/// Status that a request's magic values select.
pub(crate) fn status<'p>(statuses: &[&'p Status], values: &[&str]) -> Option<&'p Status> {
    let mut codes = values.iter().filter_map(|value| status_code(value));
    codes.find_map(|code| statuses.iter().find(|status| status.code == code).copied())
}

fn status_code(value: &str) -> Option<StatusCode> {
    let worded = value.strip_prefix("status-").or_else(|| value.strip_prefix("状态"));
    let numbered = || {
        let digits =
            value.strip_prefix("000000").filter(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()))?;
        digits.len().checked_sub(CODE_DIGITS).and_then(|start| digits.get(start..))
    };
    worded.or_else(numbered)?.parse().ok()
}

/// Enum code that a request's magic values select for every enum field.
pub(crate) fn code<'v>(values: &[&'v str]) -> Option<&'v str> {
    values.iter().find_map(|value| value.strip_prefix("code-").or_else(|| value.strip_prefix("代码")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_numbers_ask_for_a_status() {
        let table = [
            ("status-10018", Some(10018)),
            ("状态10025", Some(10025)),
            ("000000194901010018", Some(10018)),
            ("11010519491231002X", None),
            ("00000019490101001X", None),
            ("000000", None),
            ("张三", None),
            ("status-", None),
        ];
        for (value, code) in table {
            assert_eq!(status_code(value), code.map(StatusCode::from), "{value}");
        }
        assert_eq!(code(&["张三", "代码202"]), Some("202"));
    }
}
