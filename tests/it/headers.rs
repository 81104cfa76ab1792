//! Programs in four languages that send what is made of the body or of the app in headers: a server
//! in Python judges them, and the sandbox.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use pyi_codegen::Input;
use pyi_export::samples::{Lang, sample};
use pyi_sandbox::Sandbox;

use crate::samples::INTERPRETED;
use crate::specs::{borrowed, case_in};
use crate::support::{has, pyi, root};

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_in_four_languages_send_headers_that_a_server_in_python_takes() {
    let mut server = Command::new("python3");
    server.arg(root().join("tests/support/headers.py")).stdout(Stdio::piped());
    let mut server = Server(server.spawn().unwrap());
    let port = BufReader::new(server.0.stdout.take().unwrap()).lines().next().unwrap().unwrap();
    let url = format!("http://127.0.0.1:{port}");
    let folder = tempfile::tempdir().unwrap();
    for name in ["digests", "basic"] {
        let parts = case_in(&root().join(format!("tests/expand/{name}.yaml")), "");
        let texts = borrowed(&parts);
        let (provider, report) = pyi_codegen::load(Input::Texts(&texts));
        assert!(report.is_empty(), "{report}");
        let sandbox = Sandbox::start(&texts).await.unwrap();
        for (lang, program, ending) in INTERPRETED {
            if !has(if lang == Lang::Curl { "curl" } else { program }) {
                continue;
            }
            for endpoint in &provider.endpoints {
                let script = folder.path().join(format!("{}.{ending}", endpoint.id));
                let text = sample(&provider, endpoint, lang, "demo");
                std::fs::write(&script, &text).unwrap();
                let run = |url: &str, id: &str, secret: &str| {
                    let mut command = Command::new(program);
                    command.arg(&script).env("PYI_BASE_URL", url).env("PYI_APP_ID", id);
                    command.env("PYI_SECRET", secret).env("no_proxy", "127.0.0.1").output().unwrap()
                };
                let told = format!("{} {lang:?}", endpoint.id);
                let output = run(&url, "7", "the secret");
                assert_eq!(output.status.code(), Some(0), "{told}: {output:?}\n{text}");
                let output = run(&url, "7", "another");
                assert_eq!(output.status.code(), Some(3), "{told}: {output:?}\n{text}");
                let output = run(&sandbox.url(), sandbox.app_id(), sandbox.secret());
                assert_eq!(output.status.code(), Some(0), "{told}: {output:?}\n{text}");
            }
        }
    }
}

/// The example of RFC 7617 has this user and this password.
#[test]
fn the_program_signs_as_rfc_7617_does() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    for (path, text) in case_in(&root().join("tests/expand/basic.yaml"), "") {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let sign = |id: &str| {
        let mut command = pyi();
        command.args(["sign", "--spec"]).arg(folder.path()).arg("name=a");
        command.env("PYI_APP_ID", id).env("PYI_SECRET", "open sesame").output().unwrap()
    };
    let output = sign("Aladdin");
    assert!(String::from_utf8(output.stdout).unwrap().ends_with("sign  QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"));
    let output = sign("");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("set PYI_APP_ID"));
}

/// A part of the text that was not given is signed as empty, and told.
#[test]
fn the_program_tells_which_part_of_the_text_is_empty() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("endpoints")).unwrap();
    for (path, text) in case_in(&root().join("tests/expand/digests.yaml"), "") {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let mut command = pyi();
    command.args(["sign", "--spec"]).arg(folder.path()).arg("Date=Sat, 01 Jan 2000 00:00:00 GMT");
    let output = command.env("PYI_SECRET", "a").output().unwrap();
    assert!(output.status.success());
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("`Content-MD5` is part of the text") && !told.contains("`Date`"), "{told}");
    // The digest of a body that was given, as Python's hashlib makes it.
    let mut command = pyi();
    command.args(["sign", "--body", "{\"name\":\"a\"}", "--spec"]).arg(folder.path());
    let output = command.arg("Date=Sat, 01 Jan 2000 00:00:00 GMT").env("PYI_SECRET", "a").output().unwrap();
    let (text, told) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(text.contains("POST\niBSOQRubQkouDd8QjLArqg==\nSat, 01 Jan") && told.is_empty(), "{text}{told}");
    // It is signed as it is sent: in its template.
    let provider = std::fs::read_to_string(folder.path().join("provider.yaml")).unwrap();
    let with_template = provider.replace(
        "Content-MD5: {from: body_md5_base64, in: header}",
        "Content-MD5: {from: body_md5_base64, in: header, write: \"md5={value}\"}",
    );
    assert_ne!(provider, with_template);
    std::fs::write(folder.path().join("provider.yaml"), with_template).unwrap();
    let mut command = pyi();
    command.args(["sign", "--body", "{\"name\":\"a\"}", "--spec"]).arg(folder.path());
    let output = command.arg("Date=Sat, 01 Jan 2000 00:00:00 GMT").env("PYI_SECRET", "a").output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("POST\nmd5=iBSOQRubQkouDd8QjLArqg==\nSat, 01 Jan"), "{text}");
}
