//! The specs under `providers/`: each is free of faults, gives the signatures that its provider's
//! pages print, and is served and called, by the interpreted client and by programs in four
//! languages.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use pyi_codegen::Input;
use pyi_codegen::ir::{Provider, StatusClass, account_variable, base_url_variable};
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_export::samples::{Lang, sample};
use pyi_runtime::CallOutcome;
use pyi_sandbox::Sandbox;
use serde_json::Value;

use crate::samples::INTERPRETED;
use crate::support::{cargo, has, pyi, root};

/// The folders of all providers.
pub(crate) fn folders() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(root().join("providers"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    folders.sort();
    assert!(folders.len() > 10, "{folders:?}");
    folders
}

fn load(folder: &std::path::Path) -> Provider {
    let (provider, report) = pyi_codegen::load(Input::Folder { path: folder, shown: "spec" });
    assert!(report.diagnostics().is_empty(), "{}: {report}", folder.display());
    provider
}

#[test]
fn each_spec_is_free_of_faults_and_warnings() {
    for folder in folders() {
        let output = pyi().args(["lint", "--spec"]).arg(&folder).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && said.contains("no faults"), "{said}");
        assert!(!said.contains("warning"), "{said}");
    }
}

/// For a generated crate: a transport that keeps what would be sent.
const CAPTURED: &str = r#"
#[derive(Clone, Default)]
struct Captured(std::sync::Arc<std::sync::Mutex<String>>);
impl pyi_runtime::Transport for Captured {
    fn send(&self, request: pyi_runtime::HttpRequest) -> pyi_runtime::SendFuture<'_> {
        *self.0.lock().unwrap() = format!("{}&{}", request.query, request.body);
        Box::pin(async { Err(pyi_runtime::TransportError::not_sent("it is kept")) })
    }
}
"#;

/// The pages list each provider.
#[test]
fn the_documents_list_each_provider() {
    let read = |name: &str| std::fs::read_to_string(root().join(name)).unwrap();
    for name in ["README.md", "README.zh-CN.md", "docs/PROVIDERS.md"] {
        let text = read(name);
        for folder in folders() {
            let folder = format!("`{}`", folder.file_name().unwrap().to_string_lossy());
            assert!(text.contains(&folder), "{name} lacks {folder}");
        }
    }
}

/// Each vector of each provider, through `pyi sign`.
#[test]
fn signatures_are_those_that_the_providers_print() {
    let mut count = 0;
    let text = std::fs::read_to_string(root().join("providers/vectors.yaml")).unwrap();
    let all: BTreeMap<String, Vec<Value>> = serde_yaml::from_str(&text).unwrap();
    for (name, vectors) in all {
        let folder = root().join("providers").join(name);
        for vector in vectors {
            let part = |name: &str| vector[name].as_str().unwrap_or_else(|| panic!("{vector}"));
            let mut command = pyi();
            command.args(["sign", "--spec"]).arg(&folder).args(["--sign", part("method")]);
            for (key, flag) in [("http_method", "--http-method"), ("path", "--path")] {
                if let Some(value) = vector[key].as_str() {
                    command.args([flag, value]);
                }
            }
            let parameters = vector["parameters"].as_object().unwrap();
            command
                .args(parameters.iter().map(|(name, value)| format!("{name}={}", value.as_str().unwrap())));
            let output = command.env("PYI_SECRET", part("secret")).output().unwrap();
            let said = String::from_utf8_lossy(&output.stdout).into_owned();
            let signature = said.trim_end().rsplit_once("sign  ").map(|(_, signature)| signature);
            assert_eq!(signature, Some(part("signature")), "{}: {output:?}", folder.display());
            assert!(!said.contains(part("secret")), "{said}");
            count += 1;
        }
    }
    assert!(count >= 12, "{count}");
}

/// The sandbox of each provider answers each endpoint, and refuses another secret in the provider's
/// own form: the interpreted client reads both as the spec says.
#[tokio::test(flavor = "multi_thread")]
async fn each_endpoint_is_served_and_called() {
    for folder in folders() {
        let spec = load(&folder);
        let sandbox = Sandbox::start_folder(&folder).await.unwrap();
        let client: pyi_runtime::Client = sandbox.client().unwrap();
        let dynamic = DynamicClient::new(spec.clone(), client.clone());
        let method = spec.sign.methods[0];
        let mut app =
            pyi_runtime::App::new(sandbox.app_id(), pyi_runtime::Credentials::new(method, "another secret"));
        for name in spec.account_parameters() {
            app = app.value(name, "a value");
        }
        let refused = DynamicClient::new(spec.clone(), client.with_app(app));
        for endpoint in &spec.endpoints {
            let name = format!("{} {}", spec.name, endpoint.id);
            let values: Vec<(String, String)> = endpoint
                .request
                .iter()
                .filter(|field| !field.optional)
                .map(|field| (field.wire.clone(), pyi_export::samples::example(&spec, field)))
                .collect();
            let report = dynamic.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            assert_eq!(report.outcome(), CallOutcome::Data, "{name}: {:?}", report.error());
            let report = refused.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            let class = report.status().map(|status| status.class);
            if endpoint.is_signed {
                assert_eq!(report.outcome(), CallOutcome::Error, "{name}: {:?}", report.error());
                assert!(class.is_some_and(|class| class != StatusClass::Data), "{name}");
            }
        }
    }
}

/// A program in each language that calls each endpoint: exit code 0, and 3 with another secret.
#[tokio::test(flavor = "multi_thread")]
async fn programs_call_each_endpoint() {
    let scripts = tempfile::tempdir().unwrap();
    for folder in folders() {
        let spec = load(&folder);
        let sandbox = Sandbox::start_folder(&folder).await.unwrap();
        for (lang, program, ending) in INTERPRETED {
            if !has(if lang == Lang::Curl { "curl" } else { program }) {
                continue;
            }
            for endpoint in &spec.endpoints {
                let script = scripts.path().join(format!("{}.{ending}", endpoint.id));
                let text = sample(&spec, endpoint, lang, "demo");
                std::fs::write(&script, &text).unwrap();
                let run = |secret: &str| {
                    let mut command = Command::new(program);
                    command.arg(&script).env("PYI_APP_ID", sandbox.app_id()).env("PYI_SECRET", secret);
                    command.env(base_url_variable(endpoint.host.as_deref()), sandbox.url());
                    for name in spec.account_parameters() {
                        command.env(account_variable(name), "a value");
                    }
                    command.env("no_proxy", "127.0.0.1").output().unwrap()
                };
                let name = format!("{} {} {lang:?}", spec.name, endpoint.id);
                let output = run(sandbox.secret());
                assert_eq!(output.status.code(), Some(0), "{name}: {output:?}\n{text}");
                if endpoint.is_signed {
                    let output = run("another-secret");
                    assert_eq!(output.status.code(), Some(3), "{name}: {output:?}\n{text}");
                }
            }
        }
    }
}

/// A server that checks the signature of each provider by a few lines of its own. The first part of
/// a path is the provider's folder. `/verdicts` tells what was found.
const SERVER: &str = r#"
import base64, hashlib, hmac, http.server, json, urllib.parse
from xml.etree import ElementTree
SECRET, verdicts = "the secret", []
md5 = lambda text: hashlib.md5(text.encode()).hexdigest()
quote = lambda text: urllib.parse.quote(text, safe="-._~")
def kv(pairs, between, join, *drop):
    return join.join(name + between + value for name, value in sorted(pairs.items()) if name not in drop and value != "")
def right(provider, method, path, query, pairs, body, head):
    if provider in ("taobao", "pinduoduo"):
        return pairs["sign"] == md5(SECRET + kv(pairs, "", "", "sign") + SECRET).upper()
    if provider == "wechat_pay":
        pairs = {part.tag: part.text for part in ElementTree.fromstring(body)}
        return pairs["sign"] == md5(kv(pairs, "=", "&", "sign") + "&key=" + SECRET).upper() and pairs["sign_type"] == "MD5"
    if provider == "kuaidi100": return pairs["sign"] == md5(pairs["param"] + SECRET + pairs["customer"]).upper()
    if provider == "epay": return pairs["sign"] == md5(kv(pairs, "=", "&", "sign", "sign_type") + SECRET)
    if provider == "showapi": return pairs["showapi_sign"] == md5(kv(pairs, "", "", "showapi_sign") + SECRET)
    if provider == "amap": return pairs["sig"] == md5(kv(pairs, "=", "&", "sig") + SECRET)
    if provider == "baidu_fanyi": return pairs["sign"] == md5(pairs["appid"] + pairs["q"] + pairs["salt"] + SECRET)
    if provider == "yidun": return pairs["signature"] == md5(kv(pairs, "", "", "signature") + SECRET)
    if provider == "aliyun_rpc":
        sent = {quote(name): quote(value) for name, value in pairs.items() if name != "Signature"}
        text = method + "&%2F&" + quote(kv(sent, "=", "&"))
        digest = hmac.new((SECRET + "&").encode(), text.encode(), hashlib.sha1).digest()
        return pairs["Signature"] == base64.b64encode(digest).decode()
    if provider == "alibaba_1688":
        text = path[1:] + kv(pairs, "", "", "_aop_signature")
        return pairs["_aop_signature"] == hmac.new(SECRET.encode(), text.encode(), hashlib.sha1).hexdigest().upper()
    if provider == "okx":
        if path == "/api/v5/public/time": return not any(name.lower().startswith("ok-") for name in head)
        text = head["OK-ACCESS-TIMESTAMP"] + method + path + ("?" + query if query else "") + body
        digest = hmac.new(SECRET.encode(), text.encode(), hashlib.sha256).digest()
        return head["OK-ACCESS-SIGN"] == base64.b64encode(digest).decode() and head["OK-ACCESS-PASSPHRASE"] == "a value"
    if provider == "aliyun_market": return head["Authorization"] == "APPCODE " + SECRET
    if provider == "jisu": return pairs["appkey"] == SECRET
    if provider in ("juhe", "tianapi"): return pairs["key"] == SECRET
    raise KeyError(provider)
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *arguments): pass
    def do_GET(self): self.answer("")
    def do_POST(self): self.answer(self.rfile.read(int(self.headers["content-length"])).decode())
    def answer(self, body):
        path, _, query = self.path.partition("?")
        _, provider, rest = path.split("/", 2) if path.count("/") > 1 else ("", path[1:], "")
        text = json.dumps(verdicts)
        if provider != "verdicts":
            form = "" if body.startswith("<") else body
            pairs = dict(urllib.parse.parse_qsl(query + "&" + form, keep_blank_values=True))
            try: found = right(provider, self.command, "/" + rest, query, pairs, body, self.headers)
            except Exception as error: found = repr(error)
            verdicts.append([provider, rest, found])
        self.send_response(200)
        self.send_header("content-length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"#;

/// A server that ends with the test.
struct Python(Child, String);

impl Python {
    fn start() -> Self {
        let mut server = Command::new("python3").args(["-c", SERVER]).stdout(Stdio::piped()).spawn().unwrap();
        let port = BufReader::new(server.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        Self(server, format!("http://127.0.0.1:{port}"))
    }

    /// The provider, the path, and whether the signature was right, of each request.
    fn verdicts(&self) -> Vec<(String, String, Value)> {
        let mut curl = Command::new("curl");
        let output =
            curl.args(["--silent", "--noproxy", "*", &format!("{}/verdicts", self.1)]).output().unwrap();
        serde_json::from_slice(&output.stdout).unwrap()
    }
}

impl Drop for Python {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn all_right(verdicts: &[(String, String, Value)], endpoints: usize) {
    let wrong: Vec<_> = verdicts.iter().filter(|(.., found)| *found != Value::Bool(true)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(verdicts.len(), endpoints);
}

/// The interpreted client, against a check that shares no code with it.
#[tokio::test(flavor = "multi_thread")]
async fn a_server_in_python_takes_the_signatures_of_the_interpreted_client() {
    let python = Python::start();
    let mut endpoints = 0;
    for folder in folders() {
        let spec = load(&folder);
        let url = format!("{}/{}", python.1, folder.file_name().unwrap().to_string_lossy());
        let credentials = pyi_runtime::Credentials::new(spec.sign.methods[0], "the secret");
        let mut app = pyi_runtime::App::new("the id", credentials);
        for name in spec.account_parameters() {
            app = app.value(name, "a value");
        }
        let mut builder =
            pyi_runtime::Client::builder().base_url(&url).app_of(app).loopback_only().retries(0);
        for host in spec.hosts() {
            builder = builder.host(host, &url);
        }
        let dynamic = DynamicClient::new(spec.clone(), builder.build().unwrap());
        for endpoint in &spec.endpoints {
            let fields = endpoint.request.iter().filter(|field| !field.optional);
            let values: Vec<(String, String)> = fields
                .map(|field| (field.wire.clone(), pyi_export::samples::example(&spec, field)))
                .collect();
            dynamic.call(&endpoint.id, &values, &CallOptions::default()).await.unwrap();
            endpoints += 1;
        }
    }
    all_right(&python.verdicts(), endpoints);
}

/// The typed clients of all providers, compiled in one crate: each endpoint is called on a sandbox,
/// and on the server in Python.
#[test]
fn typed_clients_call_each_endpoint() {
    use std::fmt::Write as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("all");
    let output = pyi().arg("new").arg(&path).arg("--local").arg(root()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (mut code, mut tests, mut endpoints) = (String::new(), String::new(), 0);
    for provider in folders() {
        let spec = load(&provider);
        let name = provider.file_name().unwrap().to_string_lossy().into_owned();
        let shown = provider.display();
        writeln!(code, "pub mod {name} {{ pyi_runtime::provider!({:?}); }}", shown.to_string()).unwrap();
        let values: String =
            spec.account_parameters().map(|name| format!(".value({name:?}, \"a value\")")).collect();
        let hosts: String = spec.hosts().iter().map(|host| format!(".host({host:?}, &url)")).collect();
        let method = spec.sign.methods[0];
        write!(
            tests,
            "#[tokio::test]\nasync fn {name}() {{ {name}_all().await.unwrap(); }}\n\
             async fn {name}_all() -> Result<(), Box<dyn std::error::Error>> {{\n\
             let sandbox = pyi_sandbox::Sandbox::start(all::{name}::SPEC).await?;\n\
             let ours: all::{name}::Client = sandbox.client()?;\n\
             let url = format!(\"{{}}/{name}\", std::env::var(\"PYTHON_URL\")?);\n\
             let app = pyi_runtime::App::new(\"the id\", pyi_runtime::Credentials::new(pyi_runtime::SignMethod::{method:?}, \"the secret\")){values};\n\
             let theirs = all::{name}::Client::builder().base_url(&url){hosts}.app_of(app).loopback_only().retries(0).build()?;\n"
        )
        .unwrap();
        for endpoint in &spec.endpoints {
            let request = pyi_export::samples::request_literal(&spec, endpoint, &format!("all::{name}"));
            let function = &endpoint.function;
            writeln!(tests, "let request = {request};\nours.{function}(&request).await?.data()?;\nlet _ = theirs.{function}(&request).await;").unwrap();
            endpoints += 1;
        }
        tests.push_str("Ok(())\n}\n");
    }
    // The vectors that their pages print, through generated clients.
    tests.push_str(CAPTURED);
    for vector in crate::vectors::vectors() {
        let (name, folder) = (&vector.name, path.join("vectors").join(&vector.name));
        for (file, text) in &vector.files {
            let file = folder.join(file);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, text).unwrap();
        }
        writeln!(
            code,
            "pub mod vector_{name} {{ pyi_runtime::provider!({:?}); }}",
            folder.display().to_string()
        )
        .unwrap();
        let crate::vectors::Vector { method, app_id, secret, sent, .. } = &vector;
        write!(
            tests,
            "#[tokio::test]\nasync fn vector_{name}() {{\n\
             let kept = Captured::default();\n\
             let app = pyi_runtime::App::new({app_id:?}, pyi_runtime::Credentials::new(pyi_runtime::SignMethod::{method:?}, {secret:?}));\n\
             let client = all::vector_{name}::Client::builder().base_url(\"http://127.0.0.1:1\").app_of(app).retries(0);\n\
             let client = client.transport(kept.clone()).loopback_only().build().unwrap();\n\
             assert!(client.vector(&all::vector_{name}::Vector {{}}).await.is_err());\n\
             let sent = kept.0.lock().unwrap().clone();\n\
             assert!(sent.contains({sent:?}), \"{{sent}}\");\n}}\n"
        )
        .unwrap();
    }
    // A request's literal names what a crate of one provider exports.
    let reexports = "#![allow(missing_docs)]\n";
    std::fs::write(path.join("src/lib.rs"), format!("{reexports}{code}")).unwrap();
    std::fs::write(path.join("tests/sandbox.rs"), tests).unwrap();
    std::fs::copy(root().join("Cargo.lock"), path.join("Cargo.lock")).unwrap();
    let python = Python::start();
    let output = cargo()
        .args(["test", "--offline", "--quiet", "--test", "sandbox"])
        .current_dir(&path)
        .env("PYTHON_URL", &python.1)
        .env("CARGO_TARGET_DIR", root().join("target/foreign"))
        .env_remove("RUSTFLAGS")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    all_right(&python.verdicts(), endpoints);
}
