//! A method that no spec describes: RSA, by OpenSSL, which verifies the signature too.

use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};

use pyi_codegen::Input;
use pyi_dynamic::{CallOptions, DynamicClient};
use pyi_runtime::{
    App, Credentials, HttpRequest, HttpResponse, SendFuture, SignFuture, SignMethod, Signer, SigningText,
    Transport,
};

use crate::specs::{borrowed, case};
use crate::support::run;

const SPEC: &str = "### provider.yaml
provider: demo
title: Demo
sign:
  parameter: sign
  methods: [signer]
  canonical: {pair: \"{key}={value}\", join: \"&\", hmac: \"{params}\"}
  digest: {encoding: base64}
common:
  app: {from: app_id}
envelope: {status: code, data: .}
statuses:
  0: {name: ok, title: Done, class: data, billed: always}
### endpoints/look.yaml
path: /look
title: Look
source: a test
effect: query
methods: [POST]
formats: [json]
request:
  name: {type: string}
response: any
";

/// Signs with a key in a file.
struct OpenSsl(PathBuf);

impl Signer for OpenSsl {
    fn sign<'a>(&'a self, text: SigningText<'a>) -> SignFuture<'a> {
        assert!(!format!("{text:?}").contains("张三"));
        Box::pin(async move {
            let mut openssl = Command::new("openssl");
            openssl.args(["dgst", "-sha256", "-sign"]).arg(&self.0);
            let mut openssl = openssl.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
            openssl.stdin.take().unwrap().write_all(text.text.as_bytes()).unwrap();
            Ok(openssl.wait_with_output().unwrap().stdout)
        })
    }
}

/// Keeps the bodies that are sent.
#[derive(Clone, Default)]
struct Kept(Arc<Mutex<Vec<String>>>);

impl Transport for Kept {
    fn send(&self, request: HttpRequest) -> SendFuture<'_> {
        self.0.lock().unwrap().push(request.body);
        let body = br#"{"code": 0}"#.to_vec();
        Box::pin(async { Ok(HttpResponse { status: 200, body, ..HttpResponse::default() }) })
    }
}

fn openssl(arguments: &[&str]) {
    let output = Command::new("openssl").args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[tokio::test]
async fn openssl_verifies_what_a_signer_by_rsa_signs() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    openssl(&["genpkey", "-quiet", "-algorithm", "RSA", "-out", &path("key")]);
    openssl(&["pkey", "-in", &path("key"), "-pubout", "-out", &path("public")]);
    let parts = case("look", SPEC, "");
    let (spec, report) = pyi_codegen::load(Input::Texts(&borrowed(&parts)));
    assert!(report.is_empty(), "{report}");
    let kept = Kept::default();
    let credentials = Credentials::signer(SignMethod::Signer, OpenSsl(folder.path().join("key")));
    let client = pyi_runtime::Client::builder().base_url("https://host.invalid").transport(kept.clone());
    let client = client.app_of(App::new("7", credentials)).build().unwrap();
    let values = [("name".to_owned(), "张三".to_owned())];
    let report = DynamicClient::new(spec, client).call("look", &values, &CallOptions::default()).await;
    assert_eq!(report.unwrap().error(), None);
    let sent = kept.0.lock().unwrap().remove(0);
    let decode =
        "import json, sys, urllib.parse; print(json.dumps(urllib.parse.parse_qsl(sys.stdin.read())))";
    let pairs = run("python3", &["-c", decode], &sent);
    let pairs: Vec<(String, String)> = serde_json::from_str(&pairs).unwrap();
    assert_eq!(pairs.len(), 3);
    std::fs::write(path("text"), format!("app={}&name={}", pairs[0].1, pairs[1].1)).unwrap();
    std::fs::write(path("base64"), &pairs[2].1).unwrap();
    openssl(&["base64", "-d", "-A", "-in", &path("base64"), "-out", &path("signature")]);
    openssl(&[
        "dgst",
        "-sha256",
        "-verify",
        &path("public"),
        "-signature",
        &path("signature"),
        &path("text"),
    ]);
    // The sandbox takes what it cannot check.
    let sandbox = pyi_sandbox::Sandbox::start(&borrowed(&parts)).await.unwrap();
    let (spec, _) = pyi_codegen::load(Input::Texts(&borrowed(&parts)));
    let report = DynamicClient::new(spec, sandbox.client::<pyi_runtime::Client>().unwrap());
    let report = report.call("look", &values, &CallOptions::default()).await.unwrap();
    assert_eq!(report.error(), None);
    // Without a signer, the method has nothing to sign with.
    let builder = pyi_runtime::Client::builder().base_url("https://host.invalid");
    let error = builder.app("7", Credentials::new(SignMethod::Signer, "a secret")).build().unwrap_err();
    assert!(error.to_string().contains("Credentials::signer"), "{error}");
}
