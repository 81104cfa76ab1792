//! What is signed and not sent by itself. Python verifies what the generated client sends.

use std::process::{Command, Stdio};

use pyi_runtime::{Billing, Credentials, SignMethod};
use pyi_sandbox::Sandbox;

use crate::goldens::beside::{Beside, Client, Drop, SPEC};
use crate::raw::Raw;

const SECRET: &str = "密 钥";

const VERIFIER: &str = r#"
import base64, hashlib, json, re, sys, time, urllib.parse
request, secret = json.load(sys.stdin)
head, body = request.split("\r\n\r\n", 1)
method, path, _ = head.split("\r\n")[0].split(" ")
sign = re.search(r"(?im)^x-sign: (.*)$", head).group(1).strip()
ts, once, value = re.fullmatch(r"id=7;ts=(\d+);once=([1-9]\d{8});v1=(.*)", sign).groups()
sent = {"ts": ts, "once": once, "kind": "web", "key": secret}
if method == "POST": sent["name"] = re.fullmatch("<request><name>(.*)</name></request>", body).group(1)
text = method + path + "&".join(f"{key}={sent[key]}" for key in sorted(sent))
text = urllib.parse.quote(text, safe="-._~")
print(value == base64.urlsafe_b64encode(hashlib.sha512(text.encode()).digest()).decode(), abs(int(ts) - time.time()) < 60, body)
"#;

fn client(url: &str, secret: &str) -> Client {
    Client::builder()
        .base_url(url)
        .app("7", Credentials::new(SignMethod::Sha512, secret))
        .retries(0)
        .build()
        .unwrap()
}

fn verified_by_python(request: &str) -> String {
    let mut python = Command::new("python3");
    python.args(["-c", VERIFIER]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut python = python.spawn().unwrap();
    serde_json::to_writer(python.stdin.take().unwrap(), &(request, SECRET)).unwrap();
    String::from_utf8(python.wait_with_output().unwrap().stdout).unwrap().trim().to_owned()
}

/// The text of JSON was written by Python's `json.dumps`, twice.
#[tokio::test]
async fn what_is_not_sent_is_signed_and_a_text_of_json_is_read() {
    let reply = r#"{"body": "{\"code\": \"0\", \"data\": \"{\\\"name\\\": \\\"\\\\u5f20\\\"}\"}"}"#;
    let server = Raw::http("200 OK", reply);
    let answered = client(&server.url(), SECRET).beside(&Beside { name: "张三".to_owned() }).await.unwrap();
    assert_eq!(answered.data().unwrap().name.as_deref(), Some("张"));
    let arrived = server.arrived().remove(0);
    assert_eq!(verified_by_python(&arrived), "True True <request><name>张三</name></request>");
    assert!(!arrived.contains(SECRET) && !arrived.contains("web"), "{arrived}");
    let server = Raw::http("200 OK", r#"{"body": "{\"code\": 401, \"message\": \"no\"}"}"#);
    let error = client(&server.url(), SECRET).beside(&Beside { name: "张三".to_owned() }).await.unwrap_err();
    assert_eq!((error.code(), error.billing()), (Some(401.into()), Billing::Free));
}

#[tokio::test]
async fn an_answer_without_a_body_is_a_success_only_where_http_says_so() {
    let drop = || Drop { order: "1".to_owned() };
    let server = Raw::http("204 No Content", "");
    let answered = client(&server.url(), SECRET).drop(&drop()).await.unwrap();
    assert!(answered.data().is_ok() && answered.billing() == Billing::Billed);
    assert_eq!(verified_by_python(&server.arrived()[0]), "True True");
    for status in ["500 Internal Server Error", "302 Found"] {
        let error = client(&Raw::http(status, "").url(), SECRET).drop(&drop()).await.unwrap_err();
        assert_eq!(error.billing(), Billing::Unknown, "{status}: {error}");
    }
}

#[tokio::test]
async fn the_sandbox_answers_alike() {
    let sandbox = Sandbox::start(SPEC).await.unwrap();
    let of = |secret: &str| {
        let app = (sandbox.app_id().to_owned(), Credentials::new(SignMethod::Sha512, secret));
        Client::builder().base_url(sandbox.url()).app(app.0, app.1).retries(0).build().unwrap()
    };
    let client = of(sandbox.secret());
    let reply = client.beside(&Beside { name: "张三".to_owned() }).await.unwrap();
    assert_eq!(reply.data().unwrap().name.as_deref(), Some("张三"));
    assert!(client.drop(&Drop { order: "1".to_owned() }).await.unwrap().data().is_ok());
    let error = of("another").drop(&Drop { order: "1".to_owned() }).await.unwrap_err();
    assert_eq!(error.code(), Some(401.into()), "{error}");
    let logged = format!("{:?}", sandbox.request_log());
    assert!(!logged.contains(sandbox.secret()), "{logged}");
}
