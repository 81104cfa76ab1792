//! Words of OpenAPI and JSON Schema, and what says the same here.

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
        _ => return None,
    })
}

/// What to write in place of a key of a type in another dialect, where no key says the same.
pub(crate) fn instead_of_key(word: &str) -> Option<&'static str> {
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
