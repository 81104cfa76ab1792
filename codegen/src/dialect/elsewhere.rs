//! Words of OpenAPI, JSON Schema and providers, and what says the same here.

use super::Section;

/// The key that says what a key of another dialect says.
pub(crate) fn same_key(word: &str) -> Option<&'static str> {
    Some(match word {
        "description" => "doc",
        "summary" => "title",
        "minimum" => "min",
        "maximum" => "max",
        "items" => "of",
        "properties" => "fields",
        "errors" | "codes" => "statuses",
        "parameters" | "params" => "request",
        "url" | "uri" => "path",
        "code" | "errcode" | "error_code" => "status",
        "msg" | "errmsg" | "error_msg" => "message",
        "result" => "data",
        "timestamp" => "time",
        _ => return None,
    })
}

/// The word that says what a word of another dialect says, among those that a key takes.
pub(crate) fn same_word<'a>(word: &str, words: &[&'a str]) -> Option<&'a str> {
    let same = match word.to_ascii_lowercase().as_str() {
        "read" | "get" => "query",
        "write" => "act",
        "success" => "data",
        "client" => "request",
        "alphabetical" | "sorted" | "asc" => "key",
        "timestamp" | "time" | "now" => "clock",
        "random" => "nonce",
        "yes" => "true",
        "no" => "false",
        _ => return None,
    };
    words.iter().copied().find(|known| *known == same)
}

/// What to write in place of a key of another dialect, where no key of a section says the same.
pub(crate) fn instead_of_key(section: &Section, word: &str) -> Option<&'static str> {
    if section.key("provider").is_some() {
        return Some(match word {
            "base_url" | "baseUrl" | "server" | "servers" | "host" | "hosts" => {
                "remove it: a client is given the base URL, such as by `--base-url`"
            }
            "auth" | "security" | "token" => {
                "write `sign`; for a token, `sign: {parameter: Authorization, in: header, methods: [key], write: \"Bearer {value}\"}`"
            }
            _ => return None,
        });
    }
    section.key("type")?;
    Some(match word {
        "$ref" => "write a name from `types` in provider.yaml, such as `type: resident_id`",
        "nullable" => {
            "remove it: `null` counts as absent, and a field of a request that may be absent has `optional: true`"
        }
        "format" => "write `type: date` and its `pattern` for a date, or the `type` that the value has",
        "oneOf" | "anyOf" | "allOf" => "write the type that the value has, or `type: any`",
        _ => return None,
    })
}

/// What a type of another dialect is called.
pub(crate) fn same_type(word: &str) -> Option<&'static str> {
    Some(match word.to_ascii_lowercase().as_str() {
        "int" | "int32" | "int64" | "long" => "`integer`",
        "float" | "double" | "money" => "`decimal`",
        "number" => "`integer`, or `decimal` for a fraction",
        "str" | "text" | "varchar" => "`string`",
        "datetime" => "`timestamp` for unix seconds, or `date` with a `pattern`",
        "array" => "`{type: list, of: …}`",
        "map" | "dict" | "json" => "`{type: object, fields: {…}}`, or `any` in a reply",
        _ => return None,
    })
}
