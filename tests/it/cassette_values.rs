//! What is invented for a cassette: no two requests become one, nothing of a person is left however
//! deep it is, and each value passes the checks of its field.

use std::process::Command;

use pyi_codegen::Input;
use pyi_codegen::ir::CheckWord;
use pyi_dynamic::CallOptions;
use pyi_runtime::{CallOutcome, Decimal};
use pyi_sandbox::{CassetteKey, Proxy, Sandbox};
use serde_json::{Value, json};

use crate::cassettes::{ID, NAME, client, provider_file, written};
use crate::support::{Raw, has_python, run, skipped};

/// A spec with one endpoint, of these fields.
pub(crate) fn made(fields: &str) -> [(&'static str, String); 2] {
    let endpoint = format!(
        "path: /made/{{way}}\ntitle: Made\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\n\
         price: {{currency: CNY, tiers: {{1: \"0.01\"}}}}\n{fields}"
    );
    [("provider.yaml", provider_file()), ("endpoints/made.yaml", endpoint)]
}

/// A provider that answers each request by what it was asked, and the number of its answer.
fn counting(data: impl Fn(usize) -> Value + Send + Sync + 'static) -> Raw {
    Raw::answering(move |number| {
        let body = json!({"codeid": 10000, "message": "", "retdata": data(number)}).to_string();
        format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len())
            .into_bytes()
    })
}

/// Requests of few values are told apart: each replay has the answer to its own request, and what
/// cannot be told apart is neither sent nor recorded.
#[tokio::test(flavor = "multi_thread")]
async fn no_two_requests_become_one() {
    let texts = made(
        "request:\n  way: {type: string, in: path}\n  flag: {type: boolean}\n  day: {type: date, pattern: \"%Y-%m-%d\"}\n  few: {type: integer, min: 1, max: 3}\n  \
         open: {type: any}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let provider = counting(|number| json!({"answer": number}));
    let folder = tempfile::tempdir().unwrap();
    let key = CassetteKey::new([1; 32]);
    let settings = Proxy::new(provider.url(), Decimal::from(10)).record(folder.path(), key.clone());
    let proxy = Sandbox::builder().proxy(settings).start(&texts).await.unwrap();
    let caller = client(&proxy, &proxy, &spec);
    let request = |number: usize| {
        let values = [
            ("way", "a".to_owned()),
            ("flag", if number.is_multiple_of(2) { "true" } else { "false" }.to_owned()),
            ("day", format!("2026-01-{:02}", 1 + number % 28)),
            ("few", (1 + number % 3).to_string()),
            ("open", json!({"q": number}).to_string()),
        ];
        values.map(|(name, value)| (name.to_owned(), value))
    };
    let mut recorded = Vec::new();
    for number in 0..60 {
        let report = caller.call("made", &request(number), &CallOptions::default()).await.unwrap();
        recorded.push(report.data().map(|data| data.json().to_owned()));
    }
    let answers = recorded.iter().flatten().count();
    assert_eq!((written(folder.path()).len(), provider.arrived().len()), (answers, answers));
    assert!(answers > 50, "{answers}");
    let replay = Sandbox::builder().replay(folder.path(), Some(key)).start(&texts).await.unwrap();
    let caller = client(&replay, &replay, &spec);
    for (number, recorded) in recorded.iter().enumerate() {
        let report = caller.call("made", &request(number), &CallOptions::default()).await.unwrap();
        assert_eq!(report.data().map(|data| data.json().to_owned()), *recorded, "{number}");
    }
    // A way that leads to another path.
    let climbing = Command::new("curl")
        .args(["-s", "--path-as-is", "-o", "/dev/null", "-w", "%{http_code}", "-d", "a=b"])
        .arg(format!("{}/made/%2E%2e", proxy.url()))
        .output();
    assert_eq!(String::from_utf8(climbing.unwrap().stdout).unwrap(), "400");
    assert_eq!(provider.arrived().len(), answers);
}

/// Requests that are in flight at once are told apart as well.
#[tokio::test(flavor = "multi_thread")]
async fn requests_at_once_do_not_become_one() {
    let texts = made(
        "request: {way: {type: string, in: path, public: true}, few: {type: integer, min: 1, max: 4}}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let provider = counting(|number| {
        std::thread::sleep(std::time::Duration::from_millis(300));
        json!({"answer": number})
    });
    let folder = tempfile::tempdir().unwrap();
    let key = CassetteKey::new([4; 32]);
    let settings = Proxy::new(provider.url(), Decimal::from(10)).record(folder.path(), key.clone());
    let proxy = Sandbox::builder().proxy(settings).start(&texts).await.unwrap();
    let caller = client(&proxy, &proxy, &spec);
    let request = |few: u32| [("way".to_owned(), "a".to_owned()), ("few".to_owned(), few.to_string())];
    let options = CallOptions::default();
    let (one, two, three) = (request(1), request(2), request(3));
    let (one, two, three) = tokio::join!(
        caller.call("made", &one, &options),
        caller.call("made", &two, &options),
        caller.call("made", &three, &options)
    );
    let recorded = [one, two, three].map(|report| report.unwrap().data().map(|data| data.json().to_owned()));
    assert_eq!(written(folder.path()).len(), recorded.iter().flatten().count());
    assert!(recorded.iter().flatten().count() >= 2, "{recorded:?}");
    let replay = Sandbox::builder().replay(folder.path(), Some(key)).start(&texts).await.unwrap();
    let caller = client(&replay, &replay, &spec);
    for (number, recorded) in (1..).zip(&recorded) {
        let report = caller.call("made", &request(number), &options).await.unwrap();
        assert_eq!(report.data().map(|data| data.json().to_owned()), *recorded, "{number}");
    }
}

/// What is public stays, of what the spec describes; nothing else of a reply does, however deep it
/// is.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_is_not_described_is_kept_however_deep() {
    let texts = made(
        "request: {way: {type: string, in: path}}\nresponse:\n  shown: {type: object, public: true, fields: {city: {type: string, public: true}, who: {type: string}}}\n  \
         number: {type: integer, public: true}\n  kind: {enum: {\"01\": {name: one}}}\n  free: {type: any}\n  \
         rows: {type: list, of: {type: object, fields: {name: {type: string}, words: {type: list, of: string}}}}\n",
    );
    let texts = texts.each_ref().map(|(name, text)| (*name, text.as_str()));
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let provider = counting(|number| {
        json!({
            "shown": {"city": "北京", "who": NAME, "name": NAME},
            "number": if number == 0 { json!(7) } else { json!(format!("{NAME} {ID}")) },
            "kind": if number == 0 { json!("01") } else { json!(NAME) },
            "free": {NAME: [NAME, {"a": ID}]},
            "rows": [{"name": NAME, "words": [NAME, ID], "more": NAME}, {"name": null, "words": NAME}, NAME, {NAME: NAME}],
        })
    });
    let folder = tempfile::tempdir().unwrap();
    let settings =
        Proxy::new(provider.url(), Decimal::from(10)).record(folder.path(), CassetteKey::new([2; 32]));
    let proxy = Sandbox::builder().proxy(settings).start(&texts).await.unwrap();
    let caller = client(&proxy, &proxy, &spec);
    for way in ["a", NAME] {
        let values = [("way".to_owned(), way.to_owned())];
        caller.call("made", &values, &CallOptions::default()).await.unwrap();
    }
    let files = written(folder.path());
    assert_eq!(files.len(), 2);
    let mut kept = 0;
    for (name, text) in files {
        for canary in [NAME, ID, "%E9%87%91"] {
            assert!(!name.contains(canary) && !text.contains(canary), "{canary} in {name}:\n{text}");
        }
        let data = serde_json::from_str::<Value>(&text).unwrap()["reply"]["data"].clone();
        assert_eq!((&data["shown"]["city"], data["shown"].as_object().unwrap().len()), (&json!("北京"), 2));
        assert_eq!(data["rows"].as_array().unwrap().len(), 4);
        kept += usize::from(data["number"] == 7 && data["kind"] == "01");
    }
    assert_eq!(kept, 1);
}

/// Judges invented values by checks of others.
const JUDGE: &str = r#"import json, sys
import stdnum.cn.ric, stdnum.cn.uscc, stdnum.luhn
wrong = []
for line in sys.stdin:
    word, value = json.loads(line)
    fine = {"resident_id": stdnum.cn.ric.is_valid, "unified_credit_code": lambda value: stdnum.cn.uscc.calc_check_digit(value[:-1]) == value[-1],
            "bank_card": stdnum.luhn.is_valid, "digits": str.isdigit}[word](value)
    if not fine or (word == "resident_id" and value[:10] != "1101051949"):
        wrong.append((word, value))
print(json.dumps(wrong))
"#;

/// Invented identifiers have their check characters, and lengths and ranges are kept, whatever the
/// value was.
#[tokio::test(flavor = "multi_thread")]
async fn invented_values_pass_the_checks_of_their_fields() {
    if !has_python("stdnum") {
        return skipped("python-stdnum is not installed");
    }
    let provider_file = provider_file();
    let endpoint = "path: /pyi/0/1\ntitle: Judged\nsource: made up for this test\neffect: query\nmethods: [POST]\nformats: [json]\n\
        price: {currency: CNY, tiers: {1: \"0.01\"}}\nrequest:\n  a: {type: string, check: resident_id}\n  \
        b: {type: string, check: unified_credit_code}\n  c: {type: string, check: bank_card}\n  d: {type: string, check: digits, length: 11}\n  \
        e: {type: integer, min: 5, max: 9}\n  f: {type: string, min_length: 3, max_length: 4}\n  g: {type: decimal, min: 1.5, max: 3}\n\
        response: {h: {type: string}}\n";
    let texts = [("provider.yaml", provider_file.as_str()), ("endpoints/judged.yaml", endpoint)];
    let (spec, report) = pyi_codegen::load(Input::Texts(&texts));
    assert!(report.is_empty(), "{report}");
    let provider = Sandbox::start(&texts).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let settings =
        Proxy::new(provider.url(), Decimal::from(100)).record(folder.path(), CassetteKey::new([3; 32]));
    let proxy = Sandbox::builder().proxy(settings).start(&texts).await.unwrap();
    let caller = client(&proxy, &provider, &spec);
    for number in 0..60 {
        let values = ["a", "b", "c", "d", "f"].map(|name| (name.to_owned(), format!("{name}{number}")));
        let numbers = [("e", format!("{}", 5 + number % 5)), ("g", format!("1.{:02}", 50 + number % 50))];
        let numbers = numbers.map(|(name, value)| (name.to_owned(), value));
        let report = caller
            .call("judged", &[&values[..], &numbers[..]].concat(), &CallOptions::default())
            .await
            .unwrap();
        assert_eq!(report.outcome(), CallOutcome::Data, "{:?}", report.error());
    }
    let files = written(folder.path());
    assert_eq!(files.len(), 60);
    let mut judged = String::new();
    let mut different = std::collections::BTreeSet::new();
    for (name, text) in files {
        let cassette: Value = serde_json::from_str(&text).unwrap();
        let value =
            |field: &str| cassette["request"][field].as_str().unwrap_or_else(|| panic!("{name}")).to_owned();
        for (field, word) in [
            ("a", CheckWord::ResidentId),
            ("b", CheckWord::UnifiedCreditCode),
            ("c", CheckWord::BankCard),
            ("d", CheckWord::Digits),
        ] {
            judged.push_str(&format!("{}\n", json!([word.as_str(), value(field)])));
        }
        assert_eq!(value("d").len(), 11);
        assert!((5..=9).contains(&value("e").parse::<i64>().unwrap()), "{text}");
        assert!((3..=4).contains(&value("f").len()), "{text}");
        assert!((1.5..=3.0).contains(&value("g").parse::<f64>().unwrap()), "{text}");
        different.insert(value("a"));
    }
    assert!(different.len() > 55, "one value for each person: {}", different.len());
    assert_eq!(run("python3", &["-c", JUDGE], &judged), "[]\n");
}
