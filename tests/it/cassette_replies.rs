//! What a replay answers is what the client read when the call was recorded: no code becomes
//! another, and no request gets the answer to another.

use std::process::Command;

use pyi_codegen::Input;
use pyi_codegen::ir::Provider;
use pyi_dynamic::{CallOptions, CallReport, DynamicClient};
use pyi_runtime::{Billing, CallOutcome, Decimal};
use pyi_sandbox::{CassetteKey, Fault, Proxy, Sandbox, Settings};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::cassette_values::made;
use crate::cassettes::{client, written};
use crate::support::Raw;

/// An answer of HTTP.
fn http(media_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .into_bytes()
}

/// A spec of one endpoint, and what was recorded of its calls.
struct Tape {
    texts: [(&'static str, String); 2],
    spec: Provider,
    folder: TempDir,
}

const KEY: [u8; 32] = [8; 32];

impl Tape {
    fn of(fields: &str) -> Self {
        let texts = made(fields);
        let (spec, report) = pyi_codegen::load(Input::Texts(&borrowed(&texts)));
        assert!(report.is_empty(), "{report}");
        Self { texts, spec, folder: tempfile::tempdir().unwrap() }
    }

    fn proxy(&self, provider: &Raw) -> Proxy {
        Proxy::new(provider.url(), Decimal::from(10)).record(self.folder.path(), CassetteKey::new(KEY))
    }

    async fn recording(&self, provider: &Raw) -> (Sandbox, DynamicClient) {
        let builder = Sandbox::builder().proxy(self.proxy(provider));
        let sandbox = builder.start(&borrowed(&self.texts)).await.unwrap();
        let client = client(&sandbox, &sandbox, &self.spec);
        (sandbox, client)
    }

    async fn replaying(&self, key: Option<[u8; 32]>) -> (Sandbox, DynamicClient) {
        let builder = Sandbox::builder().replay(self.folder.path(), key.map(CassetteKey::new));
        let sandbox = builder.start(&borrowed(&self.texts)).await.unwrap();
        let client = client(&sandbox, &sandbox, &self.spec);
        (sandbox, client)
    }

    /// The payload of each cassette that has an answer.
    fn payloads(&self) -> Vec<Value> {
        let cassettes = written(self.folder.path()).into_iter();
        let cassettes = cassettes.map(|(_, text)| serde_json::from_str::<Value>(&text).unwrap());
        cassettes
            .filter(|cassette| !cassette["reply"].is_null())
            .map(|cassette| cassette["reply"]["data"].clone())
            .collect()
    }
}

fn borrowed<'a>(texts: &'a [(&'static str, String); 2]) -> [(&'static str, &'a str); 2] {
    texts.each_ref().map(|(name, text)| (*name, text.as_str()))
}

fn values<const N: usize>(values: [(&str, &str); N]) -> [(String, String); N] {
    values.map(|(name, value)| (name.to_owned(), value.to_owned()))
}

fn data(report: &CallReport) -> Value {
    serde_json::from_str(report.data().unwrap().json()).unwrap()
}

async fn called(client: &DynamicClient, request: &[(String, String)]) -> CallReport {
    client.call("made", request, &CallOptions::default()).await.unwrap()
}

/// Two texts of JSON that a reader may take for one value are two requests.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_look_alike_have_their_own_answers() {
    let fields = "request: {way: {type: string, in: path}, open: {type: any}}\nresponse: {number: {type: integer, public: true}}\n";
    let tape = Tape::of(fields);
    let provider = Raw::answering(|number| {
        http(
            "application/json",
            &format!(r#"{{"codeid": 10000, "message": "", "retdata": {{"number": {number}}}}}"#),
        )
    });
    let opens = [
        r#"{"q":100000000000000000000001}"#,
        r#"{"q":100000000000000000000002}"#,
        r#"{"q":1,"q":2}"#,
        r#"{"q":2}"#,
        r#"{"q":2.0}"#,
    ];
    let (_proxy, recording) = tape.recording(&provider).await;
    for open in opens {
        let recorded = called(&recording, &values([("way", "a"), ("open", open)])).await;
        assert_eq!(recorded.billing(), Billing::Billed, "{open}");
    }
    let (_replay, replaying) = tape.replaying(Some(KEY)).await;
    for (number, open) in opens.iter().enumerate().rev() {
        let replayed = called(&replaying, &values([("way", "a"), ("open", open)])).await;
        assert_eq!(data(&replayed), json!({"number": number}), "{open}");
    }
}

/// What the client reads of a payload, it reads of its replay: a code that only resembles a listed
/// one is none, and what cannot be decoded is no data.
#[tokio::test(flavor = "multi_thread")]
async fn a_replay_is_read_as_the_answer_was() {
    let payloads = [
        // A code of the spec, and others that only look like it.
        r#"{"kind": "01"}"#,
        r#"{"kind": " 01"}"#,
        r#"{"kind": "\u300001"}"#,
        r#"{"kind": "1"}"#,
        // A member twice.
        r#"{"kind": "02", "kind": "01"}"#,
        // Members that the spec does not have, and that few readers take.
        r#"{"kind": "01", "x": 1e400}"#,
        &format!(r#"{{"kind": "01", "x": {}{}}}"#, "[".repeat(100), "]".repeat(100)),
        r#"{"kind": "01", "x": "\ud800"}"#,
        // One item in place of a list.
        r#"{"rows": {"kind": "01", "name": "b"}}"#,
        r#"{"rows": ["01"]}"#,
        // Base64 without its last character, and a text that is none.
        r#"{"bytes": "5aSn5aSn5aQ"}"#,
        r#"{"bytes": "%"}"#,
        r#"{"number": "many"}"#,
        r#"{"number": " 7 "}"#,
        r#"{"many": 12345678901234567890.123}"#,
        r#"{"kind": {"a": "01"}}"#,
        r#"[]"#,
        r#""none""#,
    ];
    let fields = "request: {way: {type: string, in: path}}\nresponse:\n  kind: {enum: {\"01\": {name: match}, \"02\": {name: mismatch}}}\n  \
        rows: {type: list, of: {type: object, fields: {name: {type: string}, kind: {enum: {\"01\": {name: same}}}}}}\n  \
        bytes: {type: bytes}\n  number: {type: integer}\n  many: {type: decimal, public: true}\n";
    for payload in payloads {
        let tape = Tape::of(fields);
        let body = format!("{{\"codeid\": 10000, \"message\": \"\", \"retdata\": {payload}}}");
        let provider = Raw::answering(move |_| http("application/json", &body));
        let (_proxy, recording) = tape.recording(&provider).await;
        let request = values([("way", "a")]);
        let before = called(&recording, &request).await;
        let (_replay, replaying) = tape.replaying(Some(KEY)).await;
        let after = called(&replaying, &request).await;
        assert_eq!(
            (after.outcome(), after.code(), after.billing()),
            (before.outcome(), before.code(), before.billing()),
            "{payload}: {:?}, {:?}",
            before.error(),
            after.error()
        );
        if before.outcome() != CallOutcome::Data || !payload.starts_with('{') {
            continue;
        }
        let before: Value =
            serde_json::from_str(&payload.replace("1e400", "1").replace("\\ud800", "")).unwrap();
        let after = data(&after);
        let is_listed = |code: &Value| ["01", "02"].iter().any(|listed| code == listed);
        assert_eq!(is_listed(&after["kind"]), is_listed(&before["kind"]), "{payload}\n{after}");
        assert!(!is_listed(&before["kind"]) || after["kind"] == before["kind"], "{payload}\n{after}");
        if payload.contains("rows") {
            assert_eq!(
                (&after["rows"][0]["kind"], after["rows"].as_array().unwrap().len()),
                (&json!("01"), 1)
            );
        }
        if payload.contains("many") && before["number"].is_null() {
            assert_eq!(after["many"].to_string().trim_matches('"'), "12345678901234567890.123", "each digit");
        }
    }
}

/// XML of a payload that the spec does not describe is well-formed in a replay too.
#[tokio::test(flavor = "multi_thread")]
async fn any_payload_of_xml_is_replayed() {
    let mut tape = Tape::of("request: {way: {type: string, in: path}}\nresponse: any\n");
    tape.texts[1].1 = tape.texts[1].1.replace("formats: [json]", "formats: [xml]");
    tape.spec = pyi_codegen::load(Input::Texts(&borrowed(&tape.texts))).0;
    let body = "<root><codeid>10000</codeid><message/><retdata><name>a</name></retdata></root>";
    let provider = Raw::answering(move |_| http("application/xml", body));
    let (_proxy, recording) = tape.recording(&provider).await;
    let request = values([("way", "a")]);
    assert_eq!(called(&recording, &request).await.outcome(), CallOutcome::Data);
    let (_replay, replaying) = tape.replaying(Some(KEY)).await;
    let after = called(&replaying, &request).await;
    assert_eq!(after.outcome(), CallOutcome::Data, "{:?}", after.error());
}

/// A request of few values has the answer to its own recording, or none.
#[tokio::test(flavor = "multi_thread")]
async fn with_the_key_no_request_has_the_answer_of_another() {
    let tape = Tape::of(
        "request: {way: {type: string, in: path, public: true}, flag: {type: boolean}}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let provider = Raw::answering(|_| {
        http("application/json", r#"{"codeid": 10000, "message": "", "retdata": {"answer": 1}}"#)
    });
    let (_proxy, recording) = tape.recording(&provider).await;
    let request = |flag| values([("way", "a"), ("flag", flag)]);
    let recorded = called(&recording, &request("true")).await;
    assert_eq!(recorded.outcome(), CallOutcome::Data, "{:?}", recorded.error());
    let (replay, replaying) = tape.replaying(Some(KEY)).await;
    assert_eq!(called(&replaying, &request("false")).await.outcome(), CallOutcome::Unknown);
    assert_eq!(called(&replaying, &request("true")).await.outcome(), CallOutcome::Data);
    assert_eq!(replay.request_log()[0].billing, Billing::NotSent);
    // Without the key, the invented value is the one that is known.
    let invented = tape.folder.path().join(&written(tape.folder.path())[0].0);
    let cassette: Value = serde_json::from_str(&std::fs::read_to_string(invented).unwrap()).unwrap();
    let flag = if cassette["request"]["flag"] == "1" { "true" } else { "false" };
    let (_replay, replaying) = tape.replaying(None).await;
    assert_eq!(called(&replaying, &request(flag)).await.outcome(), CallOutcome::Data);
}

/// Values in another charset than UTF-8 are neither passed on nor answered: two of them would be
/// one.
#[tokio::test(flavor = "multi_thread")]
async fn values_in_another_charset_do_not_become_one() {
    let tape = Tape::of("request: {way: {type: string, in: path}, name: {type: string}}\nresponse: any\n");
    let provider =
        Raw::answering(|_| http("application/json", r#"{"codeid": 10000, "message": "", "retdata": {}}"#));
    let (proxy, _) = tape.recording(&provider).await;
    let url = proxy.url();
    let status = |arguments: &[&str]| {
        let mut curl = Command::new("curl");
        curl.args(["-s", "-o", "/dev/null", "-w", "%{http_code}"]).args(arguments);
        String::from_utf8(curl.output().unwrap().stdout).unwrap()
    };
    let (path, query, header) =
        (format!("{url}/made/%D5%C5"), format!("{url}/made/a?name=%C0%EE"), format!("{url}/made/a"));
    let statuses = [
        status(&["-d", "appid=1&name=%D5%C5%C8%FD", &header]),
        status(&["-d", "appid=1&name=a", &path]),
        status(&["-d", "appid=1", &query]),
    ];
    assert_eq!(statuses, ["415", "415", "415"]);
    assert_eq!((provider.arrived().len(), written(tape.folder.path()).len()), (0, 0));
}

/// An answer counts as given only if it is given, and debug data answers a request for it alone.
#[tokio::test(flavor = "multi_thread")]
async fn each_answer_is_given_once_and_to_its_own_request() {
    let tape = Tape::of(
        "common: {debug: true}\nrequest: {way: {type: string, in: path}}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let provider = Raw::answering(|number| {
        let code = if number == 2 { 10024 } else { 10000 };
        http(
            "application/json",
            &json!({"codeid": code, "message": "", "retdata": {"answer": number}}).to_string(),
        )
    });
    let (_proxy, recording) = tape.recording(&provider).await;
    let request = values([("way", "a")]);
    called(&recording, &request).await;
    called(&recording, &request).await;
    let debug = CallOptions { debug: true, ..CallOptions::default() };
    let recorded = recording.call("made", &request, &debug).await.unwrap();
    assert_eq!(recorded.outcome(), CallOutcome::Debug, "{:?}", recorded.error());
    let (replay, replaying) = tape.replaying(Some(KEY)).await;
    let mut settings = Settings::default();
    settings.account.balance = Some(Decimal::ZERO);
    replay.set(settings).unwrap();
    assert_eq!(called(&replaying, &request).await.code().unwrap().to_string(), "10022");
    replay.set(Settings::default()).unwrap();
    replay.inject(Fault::Http { status: 503, retry_after: None });
    assert_eq!(called(&replaying, &request).await.result().as_ref().unwrap_err().http_status(), Some(503));
    for answer in [0, 1, 1] {
        assert_eq!(data(&called(&replaying, &request).await)["answer"], answer);
    }
    let replayed = replaying.call("made", &request, &debug).await.unwrap();
    assert_eq!((replayed.outcome(), data(&replayed)["answer"].clone()), (CallOutcome::Debug, json!(2)));
}

/// A call that cannot be recorded is not paid for, and two programs that record to one folder do
/// not take one another's values.
#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_written_is_not_paid_for() {
    let tape = Tape::of(
        "request: {way: {type: string, in: path, public: true}, flag: {type: boolean}}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let provider = Raw::answering(|number| {
        std::thread::sleep(std::time::Duration::from_millis(200));
        http(
            "application/json",
            &json!({"codeid": 10000, "message": "", "retdata": {"answer": number}}).to_string(),
        )
    });
    let (one, first) = tape.recording(&provider).await;
    let (other, second) = tape.recording(&provider).await;
    let (yes, no) = (values([("way", "a"), ("flag", "true")]), values([("way", "a"), ("flag", "false")]));
    let (yes, no) = tokio::join!(called(&first, &yes), called(&second, &no));
    let paid = [&yes, &no].iter().filter(|report| report.billing() == Billing::Billed).count();
    assert_eq!((provider.arrived().len(), tape.payloads().len()), (paid, paid), "{yes:?} {no:?}");
    assert!(paid > 0);
    drop((one, other));
    // No folder can be where a file is.
    let file = tape.folder.path().join("a-file");
    std::fs::write(&file, "").unwrap();
    let settings = Proxy::new(provider.url(), Decimal::ONE).record(file, CassetteKey::new(KEY));
    let proxy = Sandbox::builder().proxy(settings).start(&borrowed(&tape.texts)).await.unwrap();
    let refused =
        called(&client(&proxy, &proxy, &tape.spec), &values([("way", "a"), ("flag", "true")])).await;
    assert_eq!(provider.arrived().len(), paid, "{refused:?}");
    assert_eq!(proxy.request_log()[0].billing, Billing::NotSent);
}

/// A call without an answer leaves a request without one, which a replay passes over.
#[tokio::test(flavor = "multi_thread")]
async fn a_call_without_an_answer_is_passed_over() {
    let tape = Tape::of(
        "request: {way: {type: string, in: path}}\nresponse: {answer: {type: integer, public: true}}\n",
    );
    let provider = Raw::answering(|number| {
        if number == 0 {
            return Vec::new();
        }
        http(
            "application/json",
            &json!({"codeid": 10000, "message": "", "retdata": {"answer": number}}).to_string(),
        )
    });
    let (_proxy, recording) = tape.recording(&provider).await;
    let request = values([("way", "a")]);
    assert_eq!(called(&recording, &request).await.billing(), Billing::Unknown);
    called(&recording, &request).await;
    assert_eq!((written(tape.folder.path()).len(), tape.payloads().len()), (2, 1));
    let (_replay, replaying) = tape.replaying(Some(KEY)).await;
    assert_eq!(data(&called(&replaying, &request).await)["answer"], 1);
}
