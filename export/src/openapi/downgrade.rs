//! Downgrades a document from OpenAPI 3.1 to 3.0.3, on its JSON. It converts only what our
//! documents contain:
//!
//! | 3.1 | 3.0 |
//! |---|---|
//! | `type: [string, "null"]` | `type: string`, `nullable: true` |
//! | `examples: [one, …]` in a schema | `example: one` |
//! | `contentEncoding: base64`, `contentMediaType` | `format: byte`, nothing |
//! | a `$ref` with other keys | `allOf` around the `$ref` |

use serde_json::{Map, Value, json};

/// The document as OpenAPI 3.0.3.
pub(super) fn to_3_0(mut document: Value) -> Value {
    if let Some(members) = document.as_object_mut() {
        members.insert("openapi".to_owned(), json!("3.0.3"));
        members.values_mut().for_each(lower);
    }
    document
}

/// Converts schemas at any depth. Extensions contain the spec's data and stay unchanged.
fn lower(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(lower),
        Value::Object(members) => {
            types(members);
            examples(members);
            content(members);
            reference(members);
            let inner = members.iter_mut().filter(|(key, _)| !key.starts_with("x-") && *key != "example");
            inner.for_each(|(key, value)| match value {
                // Keys are names of fields, not keywords.
                Value::Object(fields) if key == "properties" => fields.values_mut().for_each(lower),
                value => lower(value),
            });
        }
        _ => {}
    }
}

fn types(schema: &mut Map<String, Value>) {
    let Some(Value::Array(types)) = schema.get("type") else { return };
    let (null, mut others): (Vec<Value>, Vec<Value>) = types.iter().cloned().partition(|word| word == "null");
    if others.len() == 1 {
        schema.insert("type".to_owned(), others.remove(0));
    } else {
        schema.remove("type");
        schema.insert("anyOf".to_owned(), others.into_iter().map(|word| json!({"type": word})).collect());
    }
    if !null.is_empty() {
        schema.insert("nullable".to_owned(), json!(true));
    }
}

/// In a schema, examples are a list. Elsewhere they are a map, which 3.0 also supports.
fn examples(schema: &mut Map<String, Value>) {
    if let Some(Value::Array(examples)) = schema.get("examples") {
        let first = examples.first().cloned();
        schema.remove("examples");
        schema.extend(first.map(|first| ("example".to_owned(), first)));
    }
}

/// What is in a text. A member of the same name, of a map of fields, is not a text.
fn content(schema: &mut Map<String, Value>) {
    if schema.get("contentMediaType").is_some_and(Value::is_string) {
        schema.remove("contentMediaType");
    }
    if schema.get("contentEncoding").is_some_and(|encoding| encoding == "base64") {
        schema.remove("contentEncoding");
        schema.insert("format".to_owned(), json!("byte"));
    }
}

fn reference(schema: &mut Map<String, Value>) {
    if schema.len() > 1
        && let Some(to) = schema.remove("$ref")
    {
        schema.insert("allOf".to_owned(), json!([{"$ref": to}]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_schema_is_turned_and_nothing_else() {
        let table = [
            (json!({"type": ["string", "null"]}), json!({"type": "string", "nullable": true})),
            (
                json!({"type": ["null", "integer"], "minimum": 1}),
                json!({"type": "integer", "minimum": 1, "nullable": true}),
            ),
            (
                json!({"type": ["string", "integer"]}),
                json!({"anyOf": [{"type": "string"}, {"type": "integer"}]}),
            ),
            (json!({"examples": ["01", "02"]}), json!({"example": "01"})),
            (json!({"examples": []}), json!({})),
            (json!({"examples": {"one": {"value": 1}}}), json!({"examples": {"one": {"value": 1}}})),
            (
                json!({"type": "string", "contentEncoding": "base64"}),
                json!({"type": "string", "format": "byte"}),
            ),
            (json!({"contentMediaType": "application/json"}), json!({})),
            (json!({"$ref": "#/a"}), json!({"$ref": "#/a"})),
            (json!({"$ref": "#/a", "title": "t"}), json!({"allOf": [{"$ref": "#/a"}], "title": "t"})),
            (
                json!({"properties": {"a": {"type": ["boolean", "null"]}}}),
                json!({"properties": {"a": {"type": "boolean", "nullable": true}}}),
            ),
            (
                json!({"properties": {"x-a": {"type": ["string", "null"]}, "example": {"type": ["string", "null"]}}}),
                json!({"properties": {"x-a": {"type": "string", "nullable": true}, "example": {"type": "string", "nullable": true}}}),
            ),
            (json!({"x-own": {"type": ["a", "null"]}}), json!({"x-own": {"type": ["a", "null"]}})),
            (json!({"example": {"examples": [1]}}), json!({"example": {"examples": [1]}})),
        ];
        for (newer, older) in table {
            let mut turned = newer.clone();
            lower(&mut turned);
            assert_eq!(turned, older, "{newer}");
        }
        assert_eq!(to_3_0(json!({"openapi": "3.1.0"})), json!({"openapi": "3.0.3"}));
    }
}
