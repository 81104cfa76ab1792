//! Terms of pages: labels, columns and marks (`kind.rs` has the types). Terms are compared in one
//! normal form of characters and punctuation. Text taken from a page stays unchanged.

use pyi_dynamic::normalize_title::plain;

/// Content of a table's column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Name,
    Required,
    Type,
    About,
    Example,
    /// Value that the provider uses for an absent field.
    Default,
    /// Number of a row, such as 1.2.
    Number,
    /// Depth of a row.
    Level,
    Code,
    /// Content that a spec cannot hold.
    Other,
}

impl Column {
    /// Column that a heading names.
    pub(crate) fn of(heading: &str) -> Option<Self> {
        Some(match plain(heading).trim_end_matches(':') {
            "名称" | "参数名" | "参数名称" | "参数" | "字段" | "字段名" | "字段名称" | "变量名" | "name" => {
                Self::Name
            }
            "必填" | "是否必填" | "必选" | "是否必选" | "必须" | "是否必须" | "required" => {
                Self::Required
            }
            "类型" | "数据类型" | "参数类型" | "字段类型" | "type" => Self::Type,
            "说明" | "描述" | "备注" | "参数说明" | "参数描述" | "字段说明" | "含义" | "注释"
            | "description" => Self::About,
            "示例" | "示例值" | "样例" | "例子" | "举例" | "参考值" | "example" => {
                Self::Example
            }
            "状态码" | "错误码" | "返回码" | "代码" | "code" => Self::Code,
            "默认值" | "缺省值" | "默认" | "缺省" | "default" => Self::Default,
            "序号" | "编号" | "no" | "no." => Self::Number,
            "层级" | "层次" | "节点层级" | "level" => Self::Level,
            "参数另存" | "长度" | "操作" | "位置" => Self::Other,
            _ => return None,
        })
    }
}

/// Meaning of a mark in the column of required fields. `None` for an unknown mark.
pub(crate) fn is_required(mark: &str) -> Option<bool> {
    match plain(mark).as_str() {
        "是" | "必填" | "必选" | "必须" | "y" | "yes" | "true" | "1" | "√" | "✓" | "✔" | "☑" | "●" | "*" => {
            Some(true)
        }
        "否" | "选填" | "可选" | "非必填" | "n" | "no" | "false" | "0" | "×" | "✗" | "✘" | "✕" | "x"
        | "-" | "○" => Some(false),
        _ => None,
    }
}

/// Meaning of an icon, by its classes or the name of its picture.
pub(crate) fn icon(classes: &str) -> Option<bool> {
    let lower = classes.to_ascii_lowercase();
    let mut words = lower.split(|c: char| !c.is_ascii_alphanumeric());
    words.find_map(|word| match word {
        "ok" | "check" | "checked" | "yes" | "true" | "required" | "must" | "duigou" | "gou" => Some(true),
        "no" | "close" | "times" | "remove" | "false" | "cross" | "cuo" | "minus" | "optional" => Some(false),
        _ => None,
    })
}

/// A part of a page under a heading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Request,
    Response,
    Statuses,
    /// Any other section.
    Other,
}

impl Section {
    /// Section that a line starts.
    pub(crate) fn of(line: &str) -> Option<Self> {
        let line = plain(line);
        let line = line.trim_end_matches(':').trim_end_matches(" (json)");
        Some(match line {
            "请求说明" | "请求参数" | "请求参数说明" | "输入参数" | "入参" | "入参说明" | "request" => {
                Self::Request
            }
            "返回参数说明" | "返回参数" | "返回说明" | "响应参数" | "响应参数说明" | "输出参数" | "出参"
            | "出参说明" | "response" => Self::Response,
            "服务器状态码" | "状态码" | "状态码说明" | "错误码" | "错误码说明" | "返回码说明" => {
                Self::Statuses
            }
            "json返回示例" | "返回示例" | "请求示例" | "请选择开发语言" | "xml返回示例" => {
                Self::Other
            }
            _ => return None,
        })
    }
}

/// Label of a fact.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Place,
    Path,
    Formats,
    Methods,
    Summary,
}

impl Label {
    /// Label at the start of a line, and the unchanged text after it.
    pub(crate) fn of(line: &str) -> Option<(Self, &str)> {
        let (label, value) = line.split_once([':', '：'])?;
        let label = match plain(label).trim_start_matches('*').trim() {
            "当前位置" | "您的位置" | "您当前的位置" => Self::Place,
            "接口地址" | "请求地址" | "请求url" | "接口url" | "url" => Self::Path,
            "返回格式" | "响应格式" | "返回数据格式" => Self::Formats,
            "请求方式" | "请求方法" | "http请求方式" | "method" => Self::Methods,
            "接口简介" | "接口描述" | "接口介绍" | "功能描述" | "简介" => Self::Summary,
            _ => return None,
        };
        Some((label, value.trim()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_the_same_in_either_script_and_width() {
        assert_eq!(Column::of("參數名稱"), Some(Column::Name));
        assert_eq!(Column::of("說明"), Some(Column::About));
        assert_eq!(Section::of("返回參數說明："), Some(Section::Response));
        assert_eq!(Label::of("接口地址：https://a/b"), Some((Label::Path, "https://a/b")));
    }
}
