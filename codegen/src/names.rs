//! Rust names of wire names, suggestions for misspelt words, and lists of words in messages.
//!
//! ```text
//! bank_idCard   field bank_id_card   type BankIdCard
//! type          field r#type
//! 2fa           field _2fa           type _2fa
//! ```

/// Keywords of Rust, sorted. `r#` makes names of all but [`UNESCAPABLE`].
#[rustfmt::skip]
const KEYWORDS: &[&str] = &[
    "Self", "abstract", "as", "async", "await", "become", "box", "break", "const", "continue",
    "crate", "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if",
    "impl", "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub",
    "ref", "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];
const UNESCAPABLE: [&str; 4] = ["crate", "self", "super", "Self"];

/// The enum of statuses, which every generated crate has beside the runtime's types.
pub(crate) const STATUS_TYPE: &str = "Status";

/// Types that a generated crate exports from the runtime, sorted. An endpoint or a named type with
/// such a name gets a suffix, so that it replaces none of them.
#[rustfmt::skip]
pub(crate) const RUNTIME_TYPES: &[&str] = &[
    "Any", "App", "AppFuture", "Billing", "BillingRule", "Body", "Call", "CallOutcome", "Callback",
    "CallbackParseError", "Client", "ClientBuilder", "Credentials", "CredentialsError",
    "CredentialsProvider", "Date", "Decimal", "DecodeError", "Delivery", "DeliveryError", "Effect", "Error", "ErrorKind", "Format",
    "HeaderMap", "HeaderName", "HeaderValue", "HttpRequest", "HttpResponse", "HttpTransport",
    "HttpTransportBuilder", "Method", "Metrics", "Operation", "Options", "Outcome", "Reply",
    "ReplyFuture", "Request", "Retry", "SendFuture", "SignFuture", "SignMethod", "SignedCallback", "Signer",
    "SigningText", "StatusClass", "StatusCode", "StatusInfo", "StatusInfoBuilder", "Time", "Timestamp",
    "Transport", "TransportError", "Unrecognized",
];

/// The type of an endpoint's request: `IdCardTwoFactor`, or `ReplyRequest` for the endpoint
/// `reply`.
pub(crate) fn request_type(id: &str) -> String {
    unreserved(camel(id), "Request")
}

/// The type of what arrives for a later answer.
pub(crate) fn callback_type(id: &str) -> String {
    format!("{}Callback", camel(id))
}

/// The Rust name of an object of a named type in requests, whose required members must be there.
pub(crate) fn input_type(rust: &str) -> String {
    format!("{rust}Input")
}

/// The type of a named type of the spec: `MatchStatus`, or `DateType` for the type `date`.
pub(crate) fn named_type(name: &str) -> String {
    unreserved(camel(name), "Type")
}

fn unreserved(name: String, suffix: &str) -> String {
    let reserved = name == STATUS_TYPE || RUNTIME_TYPES.binary_search(&name.as_str()).is_ok();
    if reserved { format!("{name}{suffix}") } else { name }
}

/// A name for a field, function or module: `snake_case`.
pub(crate) fn snake(name: &str) -> String {
    if is_snake(name) { escape(name) } else { escape(&words(name).join("_")) }
}

/// Whether a name is `snake_case` already. Debug builds are much faster if it need not be split and
/// joined.
fn is_snake(name: &str) -> bool {
    let mut before = b'_';
    for byte in name.bytes() {
        let plain = byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !plain && (byte != b'_' || before == b'_') {
            return false;
        }
        before = byte;
    }
    before != b'_'
}

/// A name for a type or variant: `CamelCase`.
pub(crate) fn camel(name: &str) -> String {
    escape(&joined(name))
}

fn joined(name: &str) -> String {
    words(name).iter().map(|word| capitalise(word)).collect()
}

/// The name of an anonymous type: its owner's name and its field's. `BillData` and `BillOptions`
/// are structs of the endpoint `bill`, so the types of fields `data` and `options` are
/// `BillInnerData` and `BillInnerOptions`.
pub(crate) fn within(owner: &str, field: &str) -> String {
    match joined(field).as_str() {
        generated @ ("Data" | "Options") => format!("{owner}Inner{generated}"),
        joined => format!("{owner}{joined}"),
    }
}

/// A name for a static: `UPPER_CASE`.
pub(crate) fn upper(name: &str) -> String {
    escape(&words(name).join("_").to_uppercase())
}

/// The name without `r#`, for prose.
pub(crate) fn unescaped(name: &str) -> &str {
    name.strip_prefix("r#").unwrap_or(name)
}

fn escape(name: &str) -> String {
    if UNESCAPABLE.contains(&name) {
        format!("{name}_")
    } else if KEYWORDS.binary_search(&name).is_ok() {
        format!("r#{name}")
    } else if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("_{name}")
    } else {
        name.to_owned()
    }
}

/// The ASCII words of a name in lower case: split at other characters, before a capital after a
/// small letter or digit, and before the last capital of an acronym (`HTMLText`: `html`, `text`).
fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before: Option<char> = None;
    let mut chars = name.chars().peekable();
    while let Some(c) = chars.next() {
        let after = chars.peek();
        let rises = before.is_some_and(|b| b.is_lowercase() || b.is_ascii_digit());
        let acronym_ends =
            before.is_some_and(|b| b.is_uppercase()) && after.is_some_and(|a| a.is_lowercase());
        let boundary = !c.is_ascii_alphanumeric() || (c.is_uppercase() && (rises || acronym_ends));
        if boundary && words.last().is_some_and(|word| !word.is_empty()) {
            words.push(String::new());
        }
        if let (true, Some(word)) = (c.is_ascii_alphanumeric(), words.last_mut()) {
            word.push(c.to_ascii_lowercase());
        }
        before = Some(c);
    }
    words.retain(|word| !word.is_empty());
    words
}

fn capitalise(word: &str) -> String {
    let mut word = word.to_owned();
    if let Some(first) = word.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    word
}

/// Whether a wire name can become a Rust name: it has a letter or digit, and only ASCII ones.
pub(crate) fn is_nameable(name: &str) -> bool {
    name.is_ascii() && name.chars().any(|c| c.is_ascii_alphanumeric())
}

/// Maximum length of a misspelt word. Longer ones take long to compare.
const NEAR_LIMIT: usize = 64;

/// The most similar candidate of a misspelt or shortened word, if it is similar enough.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let length = word.chars().count();
    if length > NEAR_LIMIT {
        return None;
    }
    // Two letters are as near to most words of two as a slip is.
    let limit = length / 3;
    let far = |candidate: &str| {
        let candidate = candidate.to_lowercase();
        if length > 2 && candidate.starts_with(&word) { 1 } else { distance(&word, &candidate) }
    };
    let candidates = candidates.into_iter().filter(|candidate| candidate.len() <= 4 * NEAR_LIMIT);
    let ranked = candidates.map(|candidate| (far(candidate), candidate));
    ranked
        .filter(|(far, candidate)| *far <= limit && *far < candidate.chars().count())
        .min()
        .map(|(_, near)| near)
}

/// The edit distance of two words: additions, removals, replacements, and swaps of neighbours
/// (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    for i in 0..=a.len() {
        for j in 0..=b.len() {
            rows[i][j] = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
                let swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                let swapped = if swapped { rows[i - 2][j - 2] + 1 } else { replaced };
                replaced.min(swapped).min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1)
            };
        }
    }
    rows[a.len()][b.len()]
}

/// Maximum number of words in a message.
const LIST_LIMIT: usize = 30;

/// A list of words in a message: `` `a`, `b`, `c` ``.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    let mut words = words.into_iter();
    let listed: Vec<String> = words.by_ref().take(LIST_LIMIT).map(|word| format!("`{word}`")).collect();
    let more = if words.next().is_some() { ", …" } else { "" };
    listed.join(", ") + more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wire_names_become_rust_names() {
        let table = [
            ("bank_idCard", "bank_id_card", "BankIdCard"),
            ("bank_accountNo", "bank_account_no", "BankAccountNo"),
            ("HTMLText", "html_text", "HtmlText"),
            ("type", "r#type", "Type"),
            ("self", "self_", "Self_"),
            ("2fa", "_2fa", "_2fa"),
            ("a-b.c", "a_b_c", "ABC"),
            ("m_newisp", "m_newisp", "MNewisp"),
        ];
        for (wire, field, ty) in table {
            assert_eq!((snake(wire).as_str(), camel(wire).as_str()), (field, ty), "{wire}");
        }
        assert!(KEYWORDS.is_sorted());
        assert_eq!(upper("id_card_two_factor"), "ID_CARD_TWO_FACTOR");
    }

    #[test]
    fn a_near_word_is_offered_and_a_far_one_is_not() {
        let keys = ["type", "title", "doc", "example"];
        assert_eq!(nearest("typ", keys), Some("type"));
        assert_eq!(nearest("exmaple", keys), Some("example"));
        assert_eq!(nearest("tpye", keys), Some("type"));
        assert_eq!(nearest("Title", keys), Some("title"));
        assert_eq!(nearest("resident", ["resident_id", "president_id"]), Some("resident_id"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("x", ["y"]), None);
    }
}
