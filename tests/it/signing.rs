//! Signing schemes of many providers: each method against Python's hashlib and hmac, the vectors of
//! official pages, and programs in four languages against the sandbox.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use pyi_codegen::Input;
use pyi_codegen::ir::SignMethod;
use pyi_export::samples::{Lang, sample};
use pyi_sandbox::Sandbox;

use crate::samples::INTERPRETED;
use crate::support::{has, pyi};

/// A provider with a signing scheme, and an endpoint.
fn spec(sign: &str) -> [(String, String); 2] {
    let provider = format!(
        "provider: demo\ntitle: Demo\nsign:\n  parameter: sign\n{sign}\ncommon:\n  app: {{from: app_id}}\n  \
         nonce: {{from: nonce}}\n  time: {{from: clock, write: unix_ms}}\n  v: {{value: \"2.0\"}}\n  \
         kind: {{value: json, signed: false}}\n\
         envelope: {{status: code, message: message, data: data}}\nstatuses:\n  \
         0: {{name: ok, title: Done, class: data, billed: always}}\n  \
         10003: {{name: sign_invalid, title: Bad signature, class: auth, billed: never}}\n"
    );
    let endpoint = "path: /look\ntitle: Look\nsource: a test\neffect: query\nmethods: [POST]\nformats: [json]\n\
                    request:\n  name: {type: string, title: Name, example: 张 三&=+/%~}\n\
                    response:\n  name: {type: string, title: Name}\n";
    [("provider.yaml".to_owned(), provider), ("endpoints/look.yaml".to_owned(), endpoint.to_owned())]
}

/// `pyi sign` with a scheme: the canonical string, and the signature.
fn sign(scheme: &str, method: &str, secret: &str, pairs: &[&str]) -> (String, String) {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    for (name, text) in spec(scheme) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut command = pyi();
    command.args(["sign", "--spec"]).arg(folder.path()).args(["--sign", method]).args(pairs);
    let output = command.env("PYI_SECRET", secret).output().unwrap();
    assert!(output.status.success(), "{scheme}: {}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    let (text, signature) = text.trim_end().rsplit_once('\n').unwrap();
    let strip = |line: &str, word: &str| line.strip_prefix(word).unwrap().to_owned();
    (strip(text, "text  "), strip(signature, "sign  "))
}

/// The methods that digest.
fn digesting() -> impl Iterator<Item = &'static str> {
    SignMethod::WORDS.iter().copied().filter(|word| !["hash", "key", "basic", "signer"].contains(word))
}

const PYTHON: &str = r#"
import base64, hashlib, hmac, sys
method, encoding, case, secret, before, between, join, after, *pairs = sys.argv[1:]
pairs = sorted((pair.split("=", 1) for pair in pairs), key=lambda pair: pair[0].encode())
text = before + join.join(key + between + value for key, value in pairs) + after
if method.startswith("hmac_"):
    digest = hmac.new(secret.encode(), text.encode(), method[5:]).digest()
else:
    digest = hashlib.new(method, text.encode()).digest()
written = base64.b64encode(digest).decode() if encoding == "base64" else digest.hex()
print(written.upper() if (encoding, case) == ("hex", "upper") else written)
"#;

#[test]
fn each_method_signs_as_python_does() {
    let secret = "a secret, 很长 and longer than the 64 bytes of one block of these digests, to be sure";
    let pairs = ["b=2", "a=张三", "B=x y", "c=&="];
    for method in digesting() {
        for (encoding, case) in [("hex", "lower"), ("hex", "upper"), ("base64", "lower")] {
            let scheme = format!(
                "  methods: [{method}]\n  canonical: {{pair: \"{{key}}={{value}}\", join: \"&\", secret: \"{{secret}}:{{params}}&key={{secret}}\", \
                 hmac: \"<{{params}}>\"}}\n  digest: {{encoding: {encoding}, case: {case}}}"
            );
            let (before, after) = match method.starts_with("hmac_") {
                true => ("<".to_owned(), ">".to_owned()),
                false => (format!("{secret}:"), format!("&key={secret}")),
            };
            let mut python = Command::new("python3");
            python
                .args(["-c", PYTHON, method, encoding, case, secret, &before, "=", "&", &after])
                .args(pairs);
            let expected = python.output().unwrap();
            assert!(expected.status.success(), "{}", String::from_utf8_lossy(&expected.stderr));
            let expected = String::from_utf8(expected.stdout).unwrap();
            let (text, signature) = sign(&scheme, method, secret, &pairs);
            assert_eq!(signature, expected.trim(), "{method} {encoding} {case}");
            assert!(!text.contains(secret) && text.contains("B=x y&a=张三&b=2&c=&="), "{text}");
        }
    }
}

/// A vector of an official page: the scheme, the method, the secret, the parameters, the signature.
type Vector = (&'static str, &'static str, &'static str, &'static [&'static str], &'static str);

const TOP: &str = r#"  methods: [md5, hmac_md5, hmac_sha256]
  canonical: {pair: "{key}{value}", join: "", secret: "{secret}{params}{secret}", hmac: "{params}"}
  digest: {case: upper}"#;
const WECHAT: &str = r#"  methods: [md5, hmac_sha256]
  canonical: {pair: "{key}={value}", join: "&", secret: "{params}&key={secret}", hmac: "{params}&key={secret}"}
  digest: {case: upper}"#;
const WECHAT_PAIRS: &[&str] = &[
    "appid=wxd930ea5d5a258f4f",
    "body=test",
    "device_info=1000",
    "mch_id=10000100",
    "nonce_str=ibuaiVcKdpRxkhJA",
];
const YIDUN: &str = r#"  methods: [md5, sha1, sha256, sm3]
  canonical: {pair: "{key}{value}", join: "", secret: "{params}{secret}"}"#;
const YIDUN_PAIRS: &[&str] = &["bar=2", "baz=4", "foo=1", "foobar=3"];

/// The secrets are those that the pages print as examples.
const VECTORS: [Vector; 7] = [
    // open.taobao.com, the signing of an API call.
    (
        TOP,
        "md5",
        "helloworld",
        &[
            "app_key=12345678",
            "fields=num_iid,title,nick,price,num",
            "format=json",
            "method=taobao.item.seller.get",
            "num_iid=11223344",
            "session=test",
            "sign_method=md5",
            "timestamp=2016-01-01 12:00:00",
            "v=2.0",
        ],
        "66987CB115214E59E6EC978214934FB8",
    ),
    // open.pinduoduo.com, the signing of an API call.
    (
        TOP,
        "md5",
        "testSecret",
        &[
            "access_token=asd78172s8ds9a921j9qqwda12312w1w21211",
            "client_id=1",
            "data_type=XML",
            "order_status=1",
            "page=1",
            "page_size=10",
            "timestamp=1480411125",
            "type=pdd.order.number.list.get",
        ],
        "E4DE3ED21002510DED352819E7AE6775",
    ),
    // pay.weixin.qq.com, version 2: both methods have the secret in their text.
    (WECHAT, "md5", "192006250b4c09247ec02edce69f6a2d", WECHAT_PAIRS, "9A0A8659F005D6984697E2CA0A9CF3B7"),
    (
        WECHAT,
        "hmac_sha256",
        "192006250b4c09247ec02edce69f6a2d",
        WECHAT_PAIRS,
        "6A9AE1657590FD6257D693A078E1C3E4BB6BA4DC30B23E0EE2496E54170DACD6",
    ),
    // lbs.amap.com, digital signatures: the text is the page's, its digest is MD5 by hand.
    (
        "  methods: [md5]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}{secret}\"}",
        "md5",
        "bbbbb",
        &["a=23", "b=12", "d=48", "f=8", "c=67"],
        "a89e8c2266d888860c46672d77d069f3",
    ),
    // support.dun.163.com, the signing of requests: the text is the page's, its digests by hand.
    (YIDUN, "md5", "6308afb129ea00301bd7c79621d07591", YIDUN_PAIRS, "1b899fd2cfc7b901701b2d26a9f34063"),
    (
        YIDUN,
        "sm3",
        "6308afb129ea00301bd7c79621d07591",
        YIDUN_PAIRS,
        "f22994af0e52159332fbf9c855776f64706b90d410e9755d2f7d7ee54c533fff",
    ),
];

#[test]
fn official_vectors_are_met() {
    for (scheme, method, secret, pairs, expected) in VECTORS {
        assert_eq!(sign(scheme, method, secret, pairs).1, expected, "{method}\n{scheme}");
    }
}

/// Programs that sign with the libraries of their own languages are taken, and are refused with
/// another secret.
#[tokio::test(flavor = "multi_thread")]
async fn the_sandbox_takes_what_four_languages_sign() {
    let folder = tempfile::tempdir().unwrap();
    for method in SignMethod::WORDS.iter().filter(|method| **method != "signer") {
        for encoding in ["hex", "base64"] {
            let case = if encoding == "hex" { "upper" } else { "lower" };
            let texts = spec(&format!(
                "  methods: [{method}]\n  canonical: {{pair: \"{{key}}={{value}}\", join: \"&\", secret: \"{{params}}{{secret}}\", hmac: \"{{params}}\"}}\n  \
                 digest: {{encoding: {encoding}, case: {case}}}"
            ));
            let texts: Vec<(&str, &str)> = texts.iter().map(|(name, text)| (&**name, &**text)).collect();
            let (provider, report) = pyi_codegen::load(Input::Texts(&texts));
            assert!(report.is_empty(), "{report}");
            let sandbox = Sandbox::start(&texts).await.unwrap();
            for (lang, program, ending) in INTERPRETED {
                if !has(if lang == Lang::Curl { "curl" } else { program }) {
                    continue;
                }
                let script = folder.path().join(format!("{method}-{encoding}.{ending}"));
                let text = sample(&provider, &provider.endpoints[0], lang, "demo");
                std::fs::write(&script, &text).unwrap();
                let run = |secret: &str| {
                    let mut command = Command::new(program);
                    command
                        .arg(&script)
                        .env("PYI_BASE_URL", sandbox.url())
                        .env("PYI_APP_ID", sandbox.app_id());
                    command.env("PYI_SECRET", secret).env("no_proxy", "127.0.0.1").output().unwrap()
                };
                let output = run(sandbox.secret());
                assert!(output.status.success(), "{lang:?} {method} {encoding}: {output:?}\n{text}");
                let log = sandbox.take_request_log();
                assert_eq!(log[0].parameter("name"), Some("张 三&=+/%~"), "{lang:?}");
                let refused = run("another secret");
                assert_eq!(refused.status.code(), Some(3), "{lang:?} {method} {encoding}: {refused:?}");
                sandbox.take_request_log();
            }
        }
    }
}

/// A server by its own few lines: it takes a call once, if its signature, its time and its
/// constants are as it says.
const SERVER: &str = r#"
import hashlib, http.server, json, time, urllib.parse
seen = set()
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        pairs = dict(urllib.parse.parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        signed = sorted((key, value) for key, value in pairs.items() if key not in ("sign", "kind"))
        text = "&".join(key + "=" + value for key, value in signed) + "the secret"
        faults = []
        if pairs.get("sign") != hashlib.sha1(text.encode()).hexdigest(): faults.append("sign")
        if abs(int(pairs["time"]) - time.time() * 1000) > 60000: faults.append("time")
        if pairs["nonce"] in seen or len(pairs["nonce"]) < 8: faults.append("nonce")
        if (pairs["v"], pairs["kind"], pairs["app"]) != ("2.0", "json", "7"): faults.append("constants")
        seen.add(pairs["nonce"])
        reply = {"code": 10003 if faults else 0, "message": " ".join(faults), "data": {"name": pairs["name"]}}
        text = json.dumps(reply).encode()
        self.send_response(200)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[test]
fn a_server_in_python_takes_what_the_client_sends() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    let scheme = "  methods: [sha1]\n  canonical: {pair: \"{key}={value}\", join: \"&\", secret: \"{params}{secret}\"}";
    for (name, text) in spec(scheme) {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let mut server = Command::new("python3").args(["-c", SERVER]).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let url = format!("http://127.0.0.1:{}", lines.next().unwrap().unwrap());
    let call = |secret: &str, more: &[&str]| {
        let mut command = pyi();
        command.args([
            "call",
            "look",
            "--base-url",
            &url,
            "--allow-insecure-http",
            "--app-id",
            "7",
            "--name",
            "张 三&=",
        ]);
        command.arg("--spec").arg(folder.path()).args(more).env("PYI_SECRET", secret);
        let output = command.output().unwrap();
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    for more in [&[][..], &[], &["--nonce", "given, 一次"]] {
        let reply = call("the secret", more);
        assert_eq!(
            (reply["code"].as_i64(), reply["data"]["name"].as_str()),
            (Some(0), Some("张 三&=")),
            "{reply}"
        );
    }
    let refused =
        |secret: &str, more: &[&str]| call(secret, more)["message"].as_str().unwrap_or_default().to_owned();
    assert_eq!(refused("another", &[]), "sign");
    assert_eq!(refused("the secret", &["--time", "1000000000"]), "time");
    assert_eq!(refused("the secret", &["--nonce", "given, 一次"]), "nonce");
    server.kill().unwrap();
    server.wait().unwrap();
}
