//! Replies whose status is inside of a member, of HTTP, or absent: programs in four languages see
//! success, refusal, and what is neither.

use std::process::Command;

use pyi_codegen::Input;
use pyi_export::samples::{Lang, sample};
use pyi_sandbox::{Fault, Sandbox};
use serde_json::json;

use crate::samples::INTERPRETED;
use crate::specs::{borrowed, case_in};
use crate::support::{has, root};

#[tokio::test(flavor = "multi_thread")]
async fn programs_see_what_a_reply_says() {
    let parts = case_in(&root().join("tests/expand/reply.yaml"), "");
    let texts = borrowed(&parts);
    let (provider, _) = pyi_codegen::load(Input::Texts(&texts));
    let sandbox = Sandbox::start(&texts).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (lang, program, ending) in INTERPRETED {
        if !has(if lang == Lang::Curl { "curl" } else { program }) {
            continue;
        }
        for endpoint in &provider.endpoints {
            let script = folder.path().join(format!("{}.{ending}", endpoint.id));
            let text = sample(&provider, endpoint, lang, "demo");
            std::fs::write(&script, &text).unwrap();
            let run = |fault: Option<Fault>| {
                fault.into_iter().for_each(|fault| sandbox.inject(fault));
                let mut command = Command::new(program);
                command.arg(&script).env("PYI_BASE_URL", sandbox.url()).env("PYI_APP_ID", sandbox.app_id());
                let output =
                    command.env("PYI_SECRET", sandbox.secret()).env("no_proxy", "127.0.0.1").output();
                let output = output.unwrap();
                (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
            };
            let (code, printed) = run(None);
            assert_eq!(code, Some(0), "{lang:?} {}: {printed}\n{text}", endpoint.id);
            assert!(printed.contains("示例") || printed.contains("\\u793a"), "{lang:?}: {printed}");
            for refused in ["isv.invalid-parameter", "404", "unlisted"] {
                let (code, _) = run(Some(Fault::Status(refused.parse().unwrap())));
                assert_eq!(code, Some(3), "{lang:?} {} {refused}\n{text}", endpoint.id);
            }
            for lost in [Fault::Page, Fault::Garble] {
                let (code, _) = run(Some(lost));
                assert_eq!(code, Some(5), "{lang:?} {}\n{text}", endpoint.id);
            }
        }
        // A success has its payload.
        sandbox.inject(Fault::Data(json!(null)));
        let script = folder.path().join(format!("reply.{ending}"));
        let mut command = Command::new(program);
        command.arg(&script).env("PYI_BASE_URL", sandbox.url()).env("PYI_APP_ID", sandbox.app_id());
        let output =
            command.env("PYI_SECRET", sandbox.secret()).env("no_proxy", "127.0.0.1").output().unwrap();
        assert!(lang == Lang::Curl || output.status.code() == Some(5), "{lang:?}: {output:?}");
    }
}

/// Parameters in the path, the query, headers and a body of JSON or XML: the sandbox takes what the
/// programs send, and refuses it with another secret.
#[tokio::test(flavor = "multi_thread")]
async fn programs_send_parameters_anywhere() {
    let parts = case_in(&root().join("tests/expand/request.yaml"), "");
    let texts = borrowed(&parts);
    let (provider, _) = pyi_codegen::load(Input::Texts(&texts));
    let sandbox = Sandbox::start(&texts).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    for (lang, program, ending) in INTERPRETED {
        if !has(if lang == Lang::Curl { "curl" } else { program }) {
            continue;
        }
        for endpoint in &provider.endpoints {
            let script = folder.path().join(format!("{}.{ending}", endpoint.id));
            let text = sample(&provider, endpoint, lang, "demo");
            std::fs::write(&script, &text).unwrap();
            let run = |secret: &str| {
                let mut command = Command::new(program);
                command.arg(&script).env("PYI_BASE_URL", sandbox.url()).env("PYI_APP_ID", sandbox.app_id());
                command.env("PYI_BASE_URL_ORDERS", sandbox.url());
                command.env("PYI_SECRET", secret).env("no_proxy", "127.0.0.1").output().unwrap()
            };
            let output = run(sandbox.secret());
            assert_eq!(output.status.code(), Some(0), "{lang:?} {}: {output:?}\n{text}", endpoint.id);
            let log = sandbox.take_request_log();
            assert_eq!((log.len(), log[0].code), (1, Some(200.into())), "{lang:?} {}\n{text}", endpoint.id);
            run("another secret");
            assert_eq!(sandbox.take_request_log()[0].code, Some(401.into()), "{lang:?} {}", endpoint.id);
        }
    }
}
