//! The signature, against the provider's vectors and against Python's hashlib.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use pyi::operations::PROVIDER;
use pyi_runtime::__private::canonical::{self, Material, Pair, in_order};
use pyi_runtime::__private::operation::SigningScheme;
use pyi_runtime::__private::sign::{Credentials, signature};

use crate::support::{has, run};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

fn canonical_string<'p>(
    scheme: &SigningScheme<'_>,
    credentials: &Credentials,
    pairs: impl IntoIterator<Item = (&'p str, &'p str)>,
    mark: &str,
) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| Pair { name, value, template: "", is_signed: true });
    let material = Material { pairs: &in_order(scheme, pairs), ..Material::default() };
    canonical::canonical_string(scheme, credentials, &material, mark)
}

/// Computed with PHP 8.2 and with Python; the last is the formula on the provider's page, with its
/// placeholder of the secret.
#[test]
fn vectors() {
    let page = [
        ("appid", "1"),
        ("bank_id", "362536199105034456"),
        ("bank_name", "张三"),
        ("format", "json"),
        ("time", ""),
    ];
    let timed = page.map(|(key, value)| if key == "time" { (key, "1577695766") } else { (key, value) });
    let table = [
        (page, SECRET, "0e59eb5415a111339d2fefaabd16b9da"),
        (timed, SECRET, "b316467d1ee2cdb290c40f998e23d8a9"),
        (page, "密钥", "bc07dddbf51adc001805d39fa64fb67c"),
    ];
    for (pairs, secret, expected) in table {
        assert_eq!(signature(&PROVIDER.sign, &Credentials::md5(secret), pairs), expected);
        let mut shuffled = pairs;
        shuffled.reverse();
        assert_eq!(
            signature(&PROVIDER.sign, &Credentials::md5(secret), shuffled),
            expected,
            "the order that is given does not count"
        );
    }
    assert_eq!(signature(&PROVIDER.sign, &Credentials::hash(SECRET), page), SECRET);
}

#[test]
fn zero_is_signed_and_empty_values_and_the_signature_are_not() {
    let text = canonical_string(
        &PROVIDER.sign,
        &Credentials::md5(SECRET),
        [("b", "0"), ("a", ""), ("sign", "x"), ("B", "1")],
        "<secret>",
    );
    assert_eq!(text, "B1b0<secret>");
}

/// Written from the provider's description only: drop sign and empty values, sort by key in bytes,
/// join, append, digest.
const PYTHON: &str = r#"
import hashlib, json, sys
for line in sys.stdin:
    case = json.loads(line)
    pairs = sorted((k.encode(), v.encode()) for k, v in case["pairs"] if k != "sign" and v != "")
    text = b"".join(k + v for k, v in pairs) + case["secret"].encode()
    print(hashlib.md5(text).hexdigest())
"#;

fn value() -> impl Strategy<Value = String> {
    prop_oneof![
        Just(String::new()),
        Just("0".to_owned()),
        Just("& = + % # ?".to_owned()),
        Just("𠮷田·阿凡提".to_owned()),
        "[0-9]{1,19}",
        "\\PC{0,12}",
    ]
}

#[test]
fn any_request_is_signed_as_pythons_hashlib_does() {
    if !has("python3") {
        return;
    }
    let count = std::env::var("PYI_CASES").map_or(400, |count| count.parse().unwrap());
    let cases = proptest::collection::vec(
        (proptest::collection::btree_map("[a-zA-Z_]{1,8}|sign", value(), 0..8), "\\PC{1,32}"),
        count,
    );
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let cases = cases.new_tree(&mut runner).unwrap().current();
    let lines: Vec<String> = cases
        .iter()
        .map(|(pairs, secret)| {
            serde_json::json!({"pairs": pairs.iter().collect::<Vec<_>>(), "secret": secret}).to_string()
        })
        .collect();
    let expected = run("python3", &["-c", PYTHON], &lines.join("\n"));
    let ours: Vec<String> = cases
        .iter()
        .map(|(pairs, secret)| {
            let pairs = pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()));
            signature(&PROVIDER.sign, &Credentials::md5(secret.as_str()), pairs)
        })
        .collect();
    assert_eq!(ours.len(), count);
    assert_eq!(expected.lines().collect::<Vec<_>>(), ours);
}
