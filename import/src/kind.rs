//! Type names as pages write them, in any language: `List<Object>`, `array[object]`, 对象数组,
//! `varchar(32)`.

use pyi_dynamic::normalize_title::plain;

/// Meaning of a page's type name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Whole,
    Decimal,
    Boolean,
    Moment,
    /// A date in an unknown format.
    Date,
    Object,
    /// A list with its item type.
    List(Item),
    /// PHP's array: a list or an object.
    Array,
    Any,
}

/// Item type of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Item {
    /// Values of a type of the dialect.
    Of(&'static str),
    Object,
    Unknown,
}

/// Words for lists, before or after the item type.
const LISTS: [&str; 10] =
    ["jsonarray", "arraylist", "array", "list", "set", "collection", "数组", "列表", "集合", "数据集合"];
const BRACKETS: [(char, char); 4] = [('<', '>'), ('[', ']'), ('(', ')'), ('{', '}')];

impl Kind {
    pub(crate) fn of(word: &str) -> Option<Self> {
        let word = plain(word).replace(' ', "");
        Self::single(&word).or_else(|| list(&word))
    }

    /// A type of one word, with an optional length as in `decimal(10,2)`.
    fn single(word: &str) -> Option<Self> {
        Some(match without_length(word) {
            "string" | "str" | "varchar" | "char" | "text" | "字符串" | "字符" | "文本" | "字符型"
            | "字符串型" => Self::Text,
            "integer" | "int" | "long" | "bigint" | "int32" | "int64" | "整型" | "整数" | "长整型" => {
                Self::Whole
            }
            "float" | "double" | "decimal" | "bigdecimal" | "number" | "money" | "浮点" | "浮点型"
            | "浮点数" | "数字" => Self::Decimal,
            "boolean" | "bool" | "布尔" | "布尔值" | "布尔型" => Self::Boolean,
            "timestamp" => Self::Moment,
            "date" | "datetime" | "time" | "日期" => Self::Date,
            "object" | "obj" | "map" | "json" | "jsonobject" | "对象" | "json对象" | "struct" | "dict" => {
                Self::Object
            }
            "list" | "jsonarray" | "列表" | "arraylist" | "集合" => Self::List(Item::Unknown),
            "array" | "数组" => Self::Array,
            "null" | "any" | "mixed" => Self::Any,
            map if map.starts_with("map<") && map.ends_with('>') => Self::Object,
            _ => return None,
        })
    }
}

/// Whether a word names a type.
pub(crate) fn is_type(word: &str) -> bool {
    Kind::of(word).is_some()
}

fn without_length(word: &str) -> &str {
    let Some((name, length)) = word.strip_suffix(')').and_then(|word| word.split_once('(')) else {
        return word;
    };
    let digits = !length.is_empty() && length.chars().all(|c| c.is_ascii_digit() || c == ',');
    if digits { name } else { word }
}

/// A list type with its item type.
fn list(word: &str) -> Option<Kind> {
    // Brackets contain a type, known or unknown: `List<City>`.
    for (open, close) in BRACKETS {
        if let Some((outer, inner)) = word.strip_suffix(close).and_then(|word| word.split_once(open))
            && LISTS.contains(&outer)
        {
            return Some(Kind::List(item(inner).unwrap_or(Item::Unknown)));
        }
    }
    if let Some(inner) = word.strip_suffix("[]").or_else(|| word.strip_prefix("[]")) {
        let named = !inner.is_empty() && inner.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        return item(inner).or(named.then_some(Item::Unknown)).map(Kind::List);
    }
    // Without brackets, the item type must be a known word: 返回数组 is not a type.
    LISTS.iter().find_map(|list| {
        let behind = word.strip_prefix(list).map(|rest| rest.strip_prefix("of").unwrap_or(rest));
        let inner = behind.or_else(|| word.strip_suffix(list))?;
        item(inner.strip_suffix('的').unwrap_or(inner)).map(Kind::List)
    })
}

fn item(word: &str) -> Option<Item> {
    Some(match Kind::single(word)? {
        Kind::Text => Item::Of("string"),
        Kind::Whole => Item::Of("integer"),
        Kind::Decimal => Item::Of("decimal"),
        Kind::Boolean => Item::Of("boolean"),
        Kind::Object => Item::Object,
        Kind::Moment | Kind::Date | Kind::List(_) | Kind::Array | Kind::Any => Item::Unknown,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_types_are_known_in_the_forms_that_pages_use() {
        let objects = Some(Kind::List(Item::Object));
        for word in [
            "array[object]",
            "List<Object>",
            "object[]",
            "[]object",
            "Array<Object>",
            "array(object)",
            "Array of Object",
            "object array",
            "对象数组",
            "数组对象",
            "数组[对象]",
            "对象列表",
            "List<Map>",
            "list<json>",
            "JSONArray<JSONObject>",
            "ＬＩＳＴ＜Object＞",
        ] {
            assert_eq!(Kind::of(word), objects, "{word}");
        }
        let table = [
            ("List<City>", Some(Kind::List(Item::Unknown))),
            ("City[]", Some(Kind::List(Item::Unknown))),
            ("List<Map<String,Object>>", Some(Kind::List(Item::Object))),
            ("string[]", Some(Kind::List(Item::Of("string")))),
            ("字符串数组", Some(Kind::List(Item::Of("string")))),
            ("数组", Some(Kind::Array)),
            ("Array", Some(Kind::Array)),
            ("Map<String, Object>", Some(Kind::Object)),
            ("varchar(32)", Some(Kind::Text)),
            ("decimal(10, 2)", Some(Kind::Decimal)),
            ("返回数组", None),
            ("姓名(必填)", None),
            ("[]", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(Kind::of(word), expected, "{word}");
        }
    }
}
