//! Callers in PHP, in which the provider shows its samples, and in Python.

use std::process::Command;

use pyi::{Client, Credentials, IdCardTwoFactor, MatchStatus, Method};
use pyi_sandbox::Sandbox;

use crate::support::{Served, has};

/// The provider's rules as a PHP program: sorted, empty values dropped, form-encoded by PHP.
const PHP: &str = r#"<?php
[, $url, $method, $way, $secret, $appid] = $argv;
$fields = ['format' => 'json', 'bank_name' => '张三 & 李四+=%#', 'bank_id' => '11010519491231002X', 'appid' => $appid, 'time' => time(), 'debug' => ''];
ksort($fields, SORT_STRING);
$text = '';
foreach ($fields as $key => $value) {
    if (strlen((string) $value) === 0) { unset($fields[$key]); continue; }
    $text .= $key . $value;
}
$fields['sign'] = $way === 'md5' ? md5($text . $secret) : $secret;
$form = http_build_query($fields);
$http = $method === 'POST'
    ? ['method' => 'POST', 'header' => 'Content-Type: application/x-www-form-urlencoded;charset=utf-8', 'content' => $form]
    : ['method' => 'GET'];
$context = stream_context_create(['http' => $http]);
$answer = json_decode(file_get_contents($url . '/pyi/62/169' . ($method === 'GET' ? '?' . $form : ''), false, $context), true);
echo $answer['codeid'], ' ', $answer['retdata']['bank_name'] ?? '';
"#;

#[tokio::test(flavor = "multi_thread")]
async fn php_is_understood_by_the_sandbox() {
    if !has("php") {
        return;
    }
    let sandbox = Sandbox::start(pyi::SPEC).await.unwrap();
    let script = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(script.path(), PHP).unwrap();
    let call = |method: &'static str, way: &'static str, secret: &str| {
        let output = Command::new("php")
            .arg(script.path())
            .args([sandbox.url().as_str(), method, way, secret, sandbox.app_id()])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    for (method, way) in [("POST", "md5"), ("POST", "hash"), ("GET", "md5"), ("GET", "hash")] {
        assert_eq!(call(method, way, sandbox.secret()), "10000 张三 & 李四+=%#", "{method} {way}");
        assert_eq!(call(method, way, "another secret"), "10003 ", "{method} {way}, signed wrong");
    }
    assert_eq!(sandbox.request_log().len(), 8);
}

/// A server that is not our sandbox: it decodes the form with urllib and checks the signature with
/// hashlib.
const PYTHON: &str = r#"
import hashlib, http.server, json, sys, urllib.parse
SECRET = sys.argv[1]
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self): self.answer(self.path.partition("?")[2])
    def do_POST(self):
        assert self.headers["content-type"] == "application/x-www-form-urlencoded;charset=utf-8"
        self.answer(self.rfile.read(int(self.headers["content-length"])).decode())
    def answer(self, form):
        got = dict(urllib.parse.parse_qsl(form, keep_blank_values=True, strict_parsing=True, errors="strict"))
        text = "".join(k + got[k] for k in sorted(got) if k != "sign" and got[k] != "") + SECRET
        good = got["sign"] in (hashlib.md5(text.encode()).hexdigest(), SECRET) and self.path.startswith("/pyi/62/169")
        body = {"codeid": 10000 if good else 10003, "message": "通过", "retdata": {"bank_name": got["bank_name"], "bank_status": "01"} if good else []}
        data = json.dumps(body).encode()
        self.send_response(200); self.send_header("content-length", str(len(data))); self.end_headers(); self.wfile.write(data)
    def log_message(self, *_): pass
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

#[tokio::test]
async fn the_client_is_understood_by_python() {
    if !has("python3") {
        return;
    }
    let secret = "0123456789abcdef0123456789abcdef";
    let server = Served::start(Command::new("python3").args(["-c", PYTHON, secret]));
    for sign in [Credentials::md5(secret), Credentials::hash(secret)] {
        let client = Client::builder().base_url(&server.url).app("1", sign).build().unwrap();
        for method in [Method::Post, Method::Get] {
            for name in ["张三", "A&B=C", "A+B", "a b % # ? /", "阿凡提·𠮷"] {
                let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: name.into() };
                let reply = client.id_card_two_factor(&person).method(method).await.unwrap();
                let data = reply.data().unwrap();
                assert_eq!(data.bank_name.as_deref(), Some(name));
                assert_eq!(data.bank_status, Some(MatchStatus::Match));
            }
        }
    }
    let stranger =
        Client::builder().base_url(&server.url).app("1", Credentials::md5("another secret")).build().unwrap();
    let person = IdCardTwoFactor { bank_id: "11010519491231002X".into(), bank_name: "张三".into() };
    let refused = stranger.id_card_two_factor(&person).await.unwrap_err();
    assert_eq!(pyi::Status::of(&refused), Some(pyi::Status::SignInvalid));
}
