//! Requests as other providers ask for them: parameters in the path, the query, headers and a body
//! of JSON or XML. A server in Python checks each by its own few lines.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};

use pyi_runtime::__private::sign::Credentials;
use pyi_runtime::{
    Billing, CredentialsError, ErrorKind, Method, SignFuture, SignMethod, Signer, SigningText,
};
use pyi_sandbox::Sandbox;

use crate::goldens::request::{Client, RequestOptions, RequestRequest as Request, TimeGet, XmlOrder};

const SERVER: &str = r#"
import base64, datetime, hashlib, hmac, http.server, json, re, urllib.parse
from xml.etree import ElementTree
SECRET = b"the secret&"
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self): self.answer("")
    def do_POST(self): self.answer(self.rfile.read(int(self.headers["content-length"])).decode())
    def answer(self, body):
        path, _, query = self.path.partition("?")
        pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        if body.startswith("{"): values = json.loads(body)
        elif body.startswith("<"): values = {e.tag: e.text for e in ElementTree.fromstring(body)}
        else: values = {}
        text = lambda value: json.dumps(value) if not isinstance(value, str) else value
        written = json.loads(body, parse_float=str, parse_int=str) if body.startswith("{") else values
        if "items" in written: written["items"] = body[body.index("[{"):body.index("}]") + 2]
        sent = {**dict(pairs), **{name: text(value) for name, value in written.items()}}
        # The fixed ones, the common ones, then the request's, as the spec lists them.
        order = ["version", "moment", "lang", "amount", "count", "urgent", "items"]
        quote = lambda text: urllib.parse.quote(text, safe="-._~")
        if "action" in sent: order = ["action", "version", "moment", "detail", "text"]
        params = "&".join(quote(name) + "=" + quote(sent[name]) for name in order if name in sent)
        head = self.headers
        signed = "\n".join([self.command, head["host"], path[1:], query, head["x-app"], head["x-time"], head["x-nonce"],
                            sent["version"], quote(params), body])
        digest = base64.b64encode(hmac.new(SECRET, signed.encode(), hashlib.sha256).digest()).decode()
        faults = []
        if head["x-sign"] != "HMAC " + digest: faults.append("sign")
        now = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8)))
        time = datetime.datetime.strptime(head["x-time"], "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=now.tzinfo)
        if abs((now - time).total_seconds()) > 60: faults.append("time")
        if not re.fullmatch("[0-9]{14}", sent["moment"]): faults.append("moment")
        if not re.fullmatch("[0-9a-f]{32}", head["x-nonce"]): faults.append("nonce")
        kind = head["content-type"]
        if body.startswith("{") and kind != "application/json;charset=utf-8": faults.append("type")
        if body.startswith("<") and kind != "application/xml;charset=utf-8": faults.append("type")
        seen = {"id": json.dumps([urllib.parse.unquote(path), head["x-trace"], values], ensure_ascii=False)}
        reply = {"code": 401, "message": " ".join(faults)} if faults else seen
        if "action" in sent: reply["time_get_response"] = "12:00"
        text = json.dumps(reply).encode()
        if sent.get("action") == "order.get": text = ("<r><text>" + values["text"].replace("&", "&amp;").replace("<", "&lt;") + "</text></r>").encode() if not faults else text
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A server that ends with the test.
pub(crate) struct Python(Child, pub(crate) String);

impl Python {
    fn start() -> Self {
        Self::start_with(SERVER)
    }

    pub(crate) fn start_with(program: &str) -> Self {
        let mut server =
            Command::new("python3").args(["-c", program]).stdout(Stdio::piped()).spawn().unwrap();
        let port = BufReader::new(server.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        Self(server, format!("http://127.0.0.1:{port}"))
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn client(url: &str, secret: &str) -> Client {
    let credentials = Credentials::new(SignMethod::HmacSha256, secret);
    let builder = Client::builder().base_url(url).host("orders", url).app("7", credentials);
    builder.loopback_only().build().unwrap()
}

fn json(text: &str) -> pyi_runtime::Any {
    pyi_runtime::Any::from_json(text).unwrap()
}

fn order() -> Request {
    Request {
        city: "北 京/%".to_owned(),
        amount: "12.50".parse().unwrap(),
        urgent: true,
        items: json(r#"[{"sku": "a", "count": 2}]"#),
        note: "\"quoted\\\" & <tag>\n张三".to_owned(),
    }
}

#[tokio::test]
async fn a_server_in_python_takes_what_is_sent_anywhere() {
    let server = Python::start();
    let ours = client(&server.1, "the secret");
    let options = RequestOptions::default().lang("zh&CN").x_trace("1").count(3);
    let reply = ours.request(&order()).options(&options).await.unwrap();
    let seen: serde_json::Value = serde_json::from_str(&reply.into_data().unwrap().id.unwrap()).unwrap();
    assert_eq!((seen[0].as_str(), seen[1].as_str()), (Some("/v1/北 京/%/orders"), Some("trace=1")));
    // Values have the types of JSON, and every character arrives.
    assert_eq!(seen[2]["amount"].to_string(), "12.5");
    assert_eq!((seen[2]["urgent"].as_bool(), seen[2]["count"].as_i64()), (Some(true), Some(3)));
    assert_eq!(seen[2]["items"][0]["count"].as_i64(), Some(2));
    assert_eq!(seen[2]["note"].as_str(), Some("\"quoted\\\" & <tag>\n张三"));
    assert!(seen[2].get("city").is_none() && seen[2].get("lang").is_none());
    let xml = ours.xml_order(&XmlOrder { text: "a<b>&'\"张".to_owned(), detail: json("{}") }).await.unwrap();
    assert_eq!(xml.into_data().unwrap().text.as_deref(), Some("a<b>&'\"张"));
    assert!(ours.time_get(&TimeGet {}).await.unwrap().data().is_ok());
    let refused = client(&server.1, "another").time_get(&TimeGet {}).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Some(401.into()), Some("sign")));
}

#[tokio::test]
async fn the_sandbox_takes_the_same() {
    let sandbox = Sandbox::start(crate::goldens::request::SPEC).await.unwrap();
    let ours = client(&sandbox.url(), sandbox.secret());
    let ours = ours.with_app(pyi_runtime::App::new(
        sandbox.app_id(),
        Credentials::new(SignMethod::HmacSha256, sandbox.secret()),
    ));
    for method in [Method::Post, Method::Get] {
        let reply = ours.request(&order()).method(method).await.unwrap();
        assert!(reply.data().is_ok());
    }
    assert!(
        ours.xml_order(&XmlOrder { text: "a<b>&张".to_owned(), detail: json("[1]") })
            .await
            .unwrap()
            .data()
            .is_ok()
    );
    assert!(ours.time_get(&TimeGet {}).await.unwrap().data().is_ok());
    let log = sandbox.request_log();
    let seen: Vec<_> = log.iter().map(|entry| entry.endpoint.as_deref().unwrap()).collect();
    assert_eq!(seen, ["request", "request", "xml_order", "time_get"]);
    assert_eq!((log[0].parameter("city"), log[0].parameter("urgent")), (Some("北 京/%"), Some("true")));
    assert_eq!((log[1].parameter("city"), log[1].parameter("urgent")), (Some("北 京/%"), Some("1")));
    assert_eq!(log[2].parameter("text"), Some("a<b>&张"));
}

/// A signer that has the key in another process.
struct Outside(&'static str);

const OUTSIDE: &str = r#"
import hashlib, hmac, sys
sys.stdout.buffer.write(hmac.new(sys.argv[1].encode(), sys.stdin.buffer.read(), hashlib.sha256).digest())
"#;

impl Signer for Outside {
    fn sign<'a>(&'a self, text: SigningText<'a>) -> SignFuture<'a> {
        Box::pin(async move {
            if self.0.is_empty() {
                return Err(CredentialsError::new("the module does not answer"));
            }
            let mut python = Command::new("python3");
            python.args(["-c", OUTSIDE, self.0]).stdin(Stdio::piped()).stdout(Stdio::piped());
            let mut python = python.spawn().unwrap();
            python.stdin.take().unwrap().write_all(text.text.as_bytes()).unwrap();
            Ok(python.wait_with_output().unwrap().stdout)
        })
    }
}

/// The key stays where it is: the client sends what another process has signed.
#[tokio::test]
async fn a_signer_outside_signs_the_canonical_string() {
    let server = Python::start();
    let client = |method, signer| {
        let credentials = Credentials::signer(method, signer);
        let builder = Client::builder().base_url(&server.1).host("orders", &server.1).app("7", credentials);
        builder.loopback_only().build()
    };
    let ours = client(SignMethod::HmacSha256, Outside("the secret&")).unwrap();
    assert!(ours.time_get(&TimeGet {}).await.unwrap().data().is_ok());
    assert!(ours.request(&order()).await.unwrap().data().is_ok());
    let other = client(SignMethod::HmacSha256, Outside("another key")).unwrap();
    let refused = other.time_get(&TimeGet {}).await.unwrap_err();
    assert_eq!((refused.code(), refused.message()), (Some(401.into()), Some("sign")));
    // A signer that fails sends nothing.
    let silent = client(SignMethod::HmacSha256, Outside("")).unwrap();
    let error = silent.time_get(&TimeGet {}).await.unwrap_err();
    assert_eq!((error.kind(), error.billing()), (ErrorKind::Credentials, Billing::NotSent));
    // Where the secret is part of the text, there is nothing that a signer could sign.
    let error = client(SignMethod::Md5, Outside("a key")).unwrap_err();
    assert!(error.to_string().contains("has the secret in it"), "{error}");
}

#[tokio::test]
async fn what_cannot_be_sent_is_refused_before_it_is() {
    let builder = Client::builder().base_url("http://127.0.0.1:1");
    let builder = builder.app("7", Credentials::new(SignMethod::HmacSha256, "a secret")).loopback_only();
    let error = builder.clone().build().unwrap().request(&order()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert!(error.to_string().contains(".host(\"orders\""), "{error}");
    let ours = builder.host("orders", "http://127.0.0.1:1").build().unwrap();
    let options = RequestOptions::default().x_trace("two\nlines");
    let error = ours.request(&order()).options(&options).await.unwrap_err();
    assert_eq!((error.kind(), error.field()), (ErrorKind::Value, Some("X-Trace")));
    assert!(!error.to_string().contains("two"), "{error}");
}
